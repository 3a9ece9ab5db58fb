// The JSON view: data as a tree or as text, with copy. Data reaches the page as text only.

import { h, signal, untrack } from './view.js';
import { icon } from './icon.js';
import { formatJSON, parseJSON, tokensOf } from './jsontext.js';
import { count, plural, size } from './time.js';
import { copy } from './toast.js';

const coloured = 100_000; // characters; longer text is shown plain
const chunk = 100; // children shown at once

// jsonView shows JSON text under a label. options: empty (text for no data), open (levels that are open, default 2),
// actions (more buttons of the bar).
export function jsonView(text, label, { empty = 'No data', open = 2, actions = null } = {}) {
  if (!text) return h('p.t3.sm', { 'data-testid': 'json-empty' }, empty);
  const { node, error } = parseJSON(text);
  const raw = signal(!node || node.type !== 'object' && node.type !== 'array');
  return h('div.json', { 'data-testid': 'json' },
    h('div.json-bar', null,
      node && h('div.seg', { role: 'group', 'aria-label': `How to show ${label}` },
        [['Tree', false], ['Text', true]].map(([word, value]) => h('button', {
          'data-testid': `json-${word.toLowerCase()}`, 'aria-pressed': () => String(raw() === value), onclick: () => raw.set(value),
        }, word))),
      h('span.grow'),
      h('span.xs.t3.num', null, size(new TextEncoder().encode(text).length)),
      actions,
      h('button.btn.btn--sm.btn--ghost.btn--icon', { 'data-testid': 'json-copy', 'aria-label': `Copy ${label}`, title: 'Copy', onclick: () => copy(node ? formatJSON(node) : text, `${label} copied`) }, icon('copy', 14))),
    error && h('p.sm.t3', null, `Not JSON: ${error.message} (line ${error.line}).`),
    () => (raw() ? jsonText(node ? formatJSON(node) : text, label) : untrack(() => jsonTree(node, label, open))));
}

// jsonText shows text in the colours of JSON.
export function jsonText(text, label) {
  return h('pre.json-text', { tabindex: 0, role: 'group', 'aria-label': label },
    text.length > coloured ? text : tokensOf(text).map(([kind, part]) => (kind === 'p' ? part : h('span', { class: kind }, part))));
}

// jsonTree shows a node of parseJSON as a tree for keyboard and mouse. marked has the JSON pointers of what is to be
// shown as changed.
export function jsonTree(root, label, open = 2, marked = null) {
  const tree = h('div.tree', { role: 'tree', 'aria-label': label, tabindex: -1, onkeydown: event => move(event, tree) });
  tree.append(branch(null, root, 0, open, '', marked));
  tree.querySelector('[role=treeitem]').tabIndex = 0;
  return tree;
}

// pointerPart writes a key as a part of a JSON pointer (RFC 6901).
export function pointerPart(key) { return String(key).replace(/~/g, '~0').replace(/\//g, '~1'); }

// changedIn gives the JSON pointers at which a node differs from an earlier one: of values, and of members that are new.
export function changedIn(before, after, path = '', found = new Set()) {
  if (before?.type !== after.type || before.text !== after.text) return found.add(path);
  const earlier = new Map(childrenOf(before));
  for (const [key, child] of childrenOf(after)) changedIn(earlier.get(key), child, `${path}/${pointerPart(key)}`, found);
  return found;
}

function childrenOf(node) {
  if (node.type === 'object') return node.entries;
  return node.type === 'array' ? node.items.map((item, i) => [i, item]) : [];
}

// branch is an item and, below it, the group of its children, which is made when it is first opened.
function branch(key, node, level, open, path, marked) {
  const children = childrenOf(node), opened = signal(children.length > 0 && level < open);
  const toggle = () => opened.update(now => !now);
  const label = key === null ? null : h('span', { class: typeof key === 'number' ? 'n' : 'k' }, typeof key === 'number' ? String(key) : JSON.stringify(key), h('span.p', null, ':'));
  const item = h('div.tn', {
    role: 'treeitem', tabindex: -1, 'aria-level': level + 1, style: { '--d': level }, 'data-testid': 'json-item',
    class: marked?.has(path) && 'is-add', 'aria-expanded': () => (children.length ? String(opened()) : null), onclick: children.length ? toggle : () => {},
  },
  children.length ? h('span.turn', { class: () => opened() && 'is-open' }, icon('right', 12)) : h('span.i0'),
  label, summary(node, opened), marked?.has(path) && h('span.vh', null, ', changed'));
  item.toggle = want => { if (children.length && (want === undefined || want !== opened.peek())) { toggle(); return true; } return false; };
  return h('div', { role: 'none' }, item, children.length > 0 && h('div', { role: 'group' }, () => opened() && untrack(() => group(children, level, open, path, marked))));
}

function group(children, level, open, path, marked) {
  const shown = signal(chunk);
  return () => [
    children.slice(0, shown()).map(([key, child]) => branch(key, child, level + 1, open, `${path}/${pointerPart(key)}`, marked)),
    children.length > shown() && h('button.btn.btn--sm.btn--ghost', { 'data-testid': 'json-more', onclick: () => shown.update(n => n + 10 * chunk) },
      `Show ${count(Math.min(10 * chunk, children.length - shown()))} of ${count(children.length - shown())} more`),
  ];
}

function summary(node, opened) {
  if (node.type === 'object') return h('span.sum', null, () => (node.entries.length ? (opened() ? '{' : `{ ${plural(node.entries.length, 'member')} }`) : '{}'));
  if (node.type === 'array') return h('span.sum', null, () => (node.items.length ? (opened() ? '[' : `[ ${plural(node.items.length, 'item')} ]`) : '[]'));
  const kind = { string: 's', number: 'n', boolean: 'l', null: 'l' }[node.type];
  return h('span.trunc', { class: kind, title: node.text.length > 60 ? node.text.slice(0, 2000) : null }, node.text.slice(0, 2000));
}

function move(event, tree) {
  const item = event.target.closest('[role=treeitem]');
  if (!item) return;
  const items = [...tree.querySelectorAll('[role=treeitem]')], at = items.indexOf(item), level = Number(item.getAttribute('aria-level'));
  const to = {
    ArrowDown: () => items[at + 1], ArrowUp: () => items[at - 1], Home: () => items[0], End: () => items.at(-1),
    ArrowRight: () => (item.toggle(true) ? item : items[at + 1]),
    ArrowLeft: () => (item.toggle(false) ? item : items.slice(0, at).findLast(one => Number(one.getAttribute('aria-level')) < level)),
    Enter: () => { item.toggle(); return item; },
    ' ': () => { item.toggle(); return item; },
  }[event.key]?.();
  if (!to) return;
  event.preventDefault();
  item.tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
}
