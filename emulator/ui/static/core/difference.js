// The difference of two texts: JSON with a line for each member, or any text by lines. The server compares
// (POST compare); this shows it, unified or side by side, with equal parts folded.

import { append, cleanup, h, signal, untrack } from './view.js';
import { post, resource } from './api.js';
import { dialog, dialogHead } from './dialog.js';
import { icon } from './icon.js';
import { keys } from './keys.js';
import { recall, remember } from './memory.js';
import { loading, refused } from './shown.js';
import { count, plural } from './time.js';

const context = 3; // equal lines that stay around a change
const chunk = 1500; // rows that are shown at once
const sideBySide = signal(recall('difference', 'unified') === 'side');

// difference shows in what two texts differ. options:
//   format   "json", "text", or "" (default): JSON if both are JSON
//   names    what the two texts are: ['Before', 'After']
//   label    name for screen readers
//   keys     binds n, p and s while it is shown (default true); turn it off for the second one of a page
//   equal    what to say if nothing differs
// It belongs to the scope that calls it, and returns an element.
export function difference(before, after, { format = '', names = ['Before', 'After'], label = 'Difference', keys: bind = true, equal = 'There is no difference.' } = {}) {
  if ((before ?? '') === (after ?? '')) return h('p.sm.t3', { 'data-testid': 'difference-equal' }, equal);
  const found = resource(() => post('compare', { before: before ?? '', after: after ?? '', format }));
  return h('div.difference', { 'data-testid': 'difference' }, () => {
    if (found.error()) return refused(found.error(), found.reload);
    const compared = found.data();
    if (!compared) return loading(3);
    if (compared.equal) return h('p.sm.t3', { 'data-testid': 'difference-equal' }, compared.format === 'json' ? `${equal} Only the order of members or the spelling is another one.` : equal);
    return untrack(() => shown(compared, names, label, bind));
  });
}

// openDifference shows a difference in a dialog; more are nodes for its head.
export function openDifference(title, before, after, options = {}, ...more) {
  return dialog(title, close => [dialogHead(title, close, ...more), h('div.dialog-body.difference-body', null, difference(before, after, { label: title, ...options }))], 'dialog.wide');
}

function shown(compared, names, label, bind) {
  const open = signal(new Set()); // parts whose equal lines are all shown
  const wide = signal(true), limit = signal(chunk);
  const side = () => sideBySide() && wide();
  const body = h('div.dl', { role: 'group', 'aria-label': label, tabindex: 0, class: () => (side() ? 'dl--side' : 'dl--one') }, () => {
    const rows = (side() ? pairRows : rowsOf)(compared.parts, open());
    return untrack(() => [
      rows.slice(0, limit()).map(row => rowElement(row, side(), part => { open.update(set => new Set(set).add(part)); body.focus(); })),
    ]);
  }, () => {
    const rest = (side() ? pairRows : rowsOf)(compared.parts, open()).length - limit();
    return rest > 0 && h('button.dl-fold', { 'data-testid': 'difference-more', onclick: () => limit.update(n => n + chunk) }, `Show ${plural(Math.min(rest, chunk), 'more line')} of ${count(rest)}`);
  });
  const observer = new ResizeObserver(([entry]) => wide.set(entry.contentRect.width >= 560));
  observer.observe(body);
  cleanup(() => observer.disconnect());
  const jump = by => {
    const changes = [...body.querySelectorAll('[data-change]')];
    if (!changes.length) return;
    const at = changes.findIndex(el => el.classList.contains('is-at'));
    changes[at]?.classList.remove('is-at');
    const next = changes[at < 0 ? (by > 0 ? 0 : changes.length - 1) : (at + by + changes.length) % changes.length];
    next.classList.add('is-at');
    next.scrollIntoView({ block: 'center' });
  };
  const swap = () => { sideBySide.update(on => !on); remember('difference', sideBySide.peek() ? 'side' : 'unified'); };
  if (bind) keys('Difference', [['n', 'Next change', () => jump(1)], ['p', 'Previous change', () => jump(-1)], ['s', 'Side by side or unified', swap]]);
  return [
    h('div.dl-bar', null,
      h('span.num.sm.dl-plus', { 'data-testid': 'difference-added' }, `+${count(compared.added)}`, h('span.vh', null, ' lines added')),
      h('span.num.sm.dl-minus', { 'data-testid': 'difference-removed' }, `−${count(compared.removed)}`, h('span.vh', null, ' lines removed')),
      h('span.grow'),
      () => wide() && h('div.seg', { role: 'group', 'aria-label': 'How to show the difference' }, [['Unified', false], ['Side by side', true]].map(([word, value]) => h('button', {
        'data-testid': value ? 'difference-side' : 'difference-unified', 'aria-pressed': () => String(sideBySide() === value), onclick: () => sideBySide.peek() !== value && swap(),
      }, word))),
      h('div.row.gap-1', null,
        h('button.btn.btn--sm.btn--ghost.btn--icon', { 'aria-label': 'Previous change', title: 'Previous change (p)', 'data-testid': 'difference-previous', onclick: () => jump(-1) }, icon('up', 14)),
        h('button.btn.btn--sm.btn--ghost.btn--icon', { 'aria-label': 'Next change', title: 'Next change (n)', 'data-testid': 'difference-next', onclick: () => jump(1) }, icon('down', 14)))),
    () => side() && h('div.dl-names', { 'aria-hidden': 'true' }, names.map(name => h('span.trunc', null, name))),
    body,
  ];
}

// rowsOf makes the rows of the unified view: {kind, left, right, text, other, first}. left and right are line
// numbers; other is the line in its place, whose difference is marked; first begins a change.
function rowsOf(parts, open) {
  const rows = [];
  parts.forEach((part, i) => {
    if (part.same.length) {
      foldOf(parts, i, open, (at, kind) => rows.push(kind ? { kind, part: i, hidden: at } : { kind: 'same', left: part.before + at, right: part.after + at, text: part.same[at] }));
      return;
    }
    part.removed.forEach((text, at) => rows.push({ kind: 'removed', left: part.before + at, text, other: part.added[at], first: at === 0 }));
    part.added.forEach((text, at) => rows.push({ kind: 'added', right: part.after + at, text, other: part.removed[at], first: at === 0 && !part.removed.length }));
  });
  return rows;
}

// pairRows makes the rows of the view side by side: {kind, left, right, text, other, first}.
function pairRows(parts, open) {
  const rows = [];
  parts.forEach((part, i) => {
    if (part.same.length) {
      foldOf(parts, i, open, (at, kind) => rows.push(kind ? { kind, part: i, hidden: at } : { kind: 'same', left: part.before + at, right: part.after + at, text: part.same[at], other: part.same[at] }));
      return;
    }
    for (let at = 0; at < Math.max(part.removed.length, part.added.length); at++) {
      rows.push({ kind: 'pair', left: at < part.removed.length ? part.before + at : null, right: at < part.added.length ? part.after + at : null, text: part.removed[at], other: part.added[at], first: at === 0 });
    }
  });
  return rows;
}

// foldOf calls add(line) for the equal lines that are shown, and add(count, 'fold') for those that are not.
function foldOf(parts, i, open, add) {
  const length = parts[i].same.length, head = i === 0 ? 0 : context, tail = i === parts.length - 1 ? 0 : context;
  const hidden = length - head - tail;
  if (hidden <= 1 || open.has(i)) { for (let at = 0; at < length; at++) add(at); return; }
  for (let at = 0; at < head; at++) add(at);
  add(hidden, 'fold');
  for (let at = length - tail; at < length; at++) add(at);
}

function rowElement(row, side, unfold) {
  if (row.kind === 'fold') {
    return h('button.dl-fold', { 'data-testid': 'difference-fold', onclick: () => unfold(row.part) }, icon('more', 14), `${plural(row.hidden, 'equal line')}`);
  }
  const first = row.first ? { 'data-change': '' } : null;
  if (side) {
    const same = row.kind === 'same';
    return h('div.dl-row', first,
      h('span.dl-n', { 'aria-hidden': 'true' }, row.left), cell(same ? 'same' : row.left === null ? 'none' : 'removed', row.text, row.other),
      h('span.dl-n', { 'aria-hidden': 'true' }, row.right), same ? h('span.dl-t', { 'aria-hidden': 'true' }, row.text) : cell(row.right === null ? 'none' : 'added', row.other, row.text));
  }
  return h('div.dl-row', { ...first, class: `is-${row.kind}` },
    h('span.dl-n', { 'aria-hidden': 'true' }, row.left), h('span.dl-n', { 'aria-hidden': 'true' }, row.right), cell(row.kind, row.text, row.other));
}

// cell is the text of a line; what it has not in common with the line in its place is marked.
function cell(kind, text, other) {
  const el = h('span.dl-t', { class: `is-${kind}` });
  if (kind === 'added' || kind === 'removed') el.append(h('span.vh', null, `${kind}: `));
  if (kind === 'none') return el;
  if (kind === 'same' || other === undefined) { append(el, [text]); return el; }
  let head = 0, tail = 0;
  const most = Math.min(text.length, other.length);
  while (head < most && text[head] === other[head]) head++;
  while (tail < most - head && text[text.length - 1 - tail] === other[other.length - 1 - tail]) tail++;
  // A mark that covers nearly all of a line says nothing.
  if ((head + tail) * 3 < text.length) { append(el, [text]); return el; }
  append(el, [text.slice(0, head), h('mark', null, text.slice(head, text.length - tail)), text.slice(text.length - tail)]);
  return el;
}
