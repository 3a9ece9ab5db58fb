// JSON as the inspector shows it: a tree that opens, lines of a difference, a size.
// Data becomes text nodes only.

import { h, signal } from '../core/view.js';
import { size } from '../core/time.js';
import { copy } from '../core/toast.js';
import { icon } from '../core/icon.js';
import { bytes, MAX_PAYLOAD, parse } from './history.js';

const CHUNK = 100; // members that are shown at once

/** A value as a tree. `name` is what stands before it. */
export function tree(value, name = '$') { return h('div.jt', null, branch(name, value, 0, true)); }

function branch(name, value, depth, open = false) {
  const label = name === null ? null : [h('span.jk', null, depth ? (typeof name === 'number' ? String(name) : JSON.stringify(name)) : name), h('span.t3', null, ': ')];
  if (value === null || typeof value !== 'object') return h('div.jl', null, label, leaf(value));
  const entries = Array.isArray(value) ? value.map((v, i) => [i, v]) : Object.entries(value);
  const shape = Array.isArray(value) ? `[ ${entries.length} ]` : `{ ${entries.length} }`;
  if (!entries.length) return h('div.jl', null, label, h('span.t3', null, Array.isArray(value) ? '[ ]' : '{ }'));
  const body = h('div.jb');
  const fill = from => {
    for (const [key, inner] of entries.slice(from, from + CHUNK)) body.append(branch(key, inner, depth + 1, depth < 1 && entries.length <= 30 && few(inner)));
    const rest = entries.length - from - CHUNK;
    if (rest > 0) {
      const more = h('button.btn.btn--sm.btn--ghost', { 'data-testid': 'json-more', onclick: () => { more.remove(); fill(from + CHUNK); } }, `${rest} more`);
      body.append(more);
    }
  };
  const opened = () => { if (!body.firstChild) fill(0); };
  if (open) opened();
  return h('details.jn', { open, ontoggle: event => event.target.open && opened() },
    h('summary', { 'data-testid': 'json-node' }, icon('right', 12), label, h('span.t3', null, shape, hint(value))), body);
}

/** Whether a value is small enough to stand open. */
function few(value) { return value !== null && typeof value === 'object' && Object.keys(value).length <= 8; }

/** The first short text of an object, so that a closed one can be told from its neighbours. */
function hint(value) {
  if (Array.isArray(value)) return '';
  const text = Object.values(value).find(v => typeof v === 'string' && v && v.length <= 40);
  return text === undefined ? '' : ` ${text}`;
}

function leaf(value) {
  if (typeof value === 'string') return h('span.js', null, JSON.stringify(value));
  if (typeof value === 'number') return h('span.jnum', null, String(value));
  return h('span.jlit', null, String(value));
}

/** A JSON text with a title, its size, tree or raw, and a button that copies it. */
export function dataSection(title, text, { meter = true, note = '', testid = '' } = {}) {
  if (text === undefined || text === null || text === '') {
    return h('section.sect', { 'data-testid': testid || null }, h('h3.b', null, title), h('p.sm.t3', null, note || 'The history has no data here.'));
  }
  const raw = signal(false), length = bytes(text);
  const value = parse(text);
  return h('section.sect', { 'data-testid': testid || null },
    h('div.row.dhead', null, h('h3.b', null, title), meter && payloadMeter(length), h('span.grow'),
      h('button.btn.btn--sm.btn--ghost', { 'data-testid': 'data-raw', 'aria-pressed': () => String(raw()), onclick: () => raw.update(v => !v) }, () => (raw() ? 'Tree' : 'Raw')),
      h('button.btn.btn--sm.btn--ghost.btn--icon', { 'aria-label': `Copy ${title.toLowerCase()}`, title: 'Copy', 'data-testid': 'data-copy', onclick: () => copy(text, `${title} copied`) }, icon('copy', 14))),
    () => (raw() ? h('pre.raw', { tabindex: 0, 'aria-label': `${title} as text` }, pretty(value)) : tree(value)));
}

/** How much of the 256 KiB of a payload is used. Nothing is coloured before it matters. */
export function payloadMeter(length) {
  const share = length / MAX_PAYLOAD;
  const state = share >= 1 ? 'is-failed' : share > 0.8 ? 'is-caught' : '';
  return h('span.xs.t3.num.nowrap', { class: state && `stat ${state}`, title: `${length} of ${MAX_PAYLOAD} bytes`, 'data-testid': 'payload-meter' },
    `${size(length)} of 256 KiB`);
}

/** A value as indented JSON. */
export function pretty(value) { return typeof value === 'string' && parse(value) === value && value.length > 2000 ? value : JSON.stringify(value, null, 2) ?? ''; }

const MAX_LINES = 400; // of each side: the comparison takes time by their product

/**
 * The lines of two JSON texts: [["same"|"a"|"d", text]…]. Runs of equal lines are cut
 * to two on each side.
 */
export function difference(before, after) {
  const a = lines(before), b = lines(after);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const changed = middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  return shorten([...a.slice(0, head).map(t => ['same', t]), ...changed, ...a.slice(a.length - tail).map(t => ['same', t])]);
}

function lines(text) { return text === undefined || text === '' ? [] : pretty(parse(text)).split('\n').map(line => line.replace(/,$/, '')); }

function middle(a, b) {
  if (a.length > MAX_LINES || b.length > MAX_LINES) return [...a.map(t => ['d', t]), ...b.map(t => ['a', t])];
  const width = b.length + 1;
  const length = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      length[i * width + j] = a[i] === b[j] ? length[(i + 1) * width + j + 1] + 1 : Math.max(length[(i + 1) * width + j], length[i * width + j + 1]);
    }
  }
  const out = [];
  let i = 0, j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) { out.push(['same', a[i]]); i++; j++; } else if (j < b.length && (i === a.length || length[i * width + j + 1] > length[(i + 1) * width + j])) out.push(['a', b[j++]]);
    else out.push(['d', a[i++]]);
  }
  return out;
}

function shorten(rows) {
  const out = [];
  for (let i = 0; i < rows.length;) {
    if (rows[i][0] !== 'same') { out.push(rows[i++]); continue; }
    let end = i;
    while (end < rows.length && rows[end][0] === 'same') end++;
    const first = i === 0 ? 0 : 2, last = end === rows.length ? 0 : 2;
    if (end - i <= first + last + 1) out.push(...rows.slice(i, end));
    else out.push(...rows.slice(i, i + first), ['cut', `${end - i - first - last} equal lines`], ...rows.slice(end - last, end));
    i = end;
  }
  return out;
}

/** The difference of two JSON texts as lines. */
export function diffView(before, after) {
  const rows = difference(before, after).slice(0, 600);
  const words = { a: 'added', d: 'removed' };
  return h('div.diff', { role: 'group', 'aria-label': 'Difference' }, rows.map(([kind, text]) =>
    h('div', { class: kind === 'same' ? '' : kind }, h('span', null, words[kind] && h('span.vh', null, `${words[kind]} `), text))));
}
