// Code mode: a text area over coloured text. The text area scrolls, and only the lines in view are drawn behind
// it, so that a long text costs no more than a short one. Text, undo and problems are those of the store.

import { cleanup, computed, effect, h, signal, untrack } from '../core/view.js';
import { post } from '../core/api.js';
import { icon } from '../core/icon.js';
import { sheet } from '../core/sheet.js';
import { size } from '../core/time.js';
import { failed } from '../core/toast.js';
import { completion } from './completion.js';
import { difference } from './document.js';
import { finder } from './finder.js';
import { highlight } from './highlight.js';

const line = 20, edge = 8; // pixels: height of a line, and what is above the first
const beyond = 8; // lines that are drawn above and below those in view

const bytes = new TextEncoder();

sheet('./code.css', import.meta.url);

export function code(store, ed) {
  const lines = computed(() => store.text().split('\n'));
  const starts = computed(() => { let at = 0; return lines().map(text => { const from = at; at += text.length + 1; return from; }); });
  const caret = signal(store.caret ?? 0), scrolled = signal(0), height = signal(800), focused = signal(false);
  const marks = signal([]); // the problems, at their places in the text as it is now
  let fromCode = false, leave = false;
  let left = 0; // pixels that the text is scrolled to the right
  let drawn = new Map(); // line → {key, row, number}: a line that stays as it is keeps its elements

  const area = h('textarea.code-text', {
    'data-testid': 'code', 'aria-label': () => `Text of ${store.file().path || store.file().name}`, 'aria-describedby': 'code-status', 'aria-autocomplete': 'list',
    spellcheck: 'false', autocomplete: 'off', autocapitalize: 'off', wrap: 'off',
    onscroll: draw, onkeydown: event => key(event), oninput: event => typed(event),
    onbeforeinput: event => {
      const run = { historyUndo: store.undo, historyRedo: store.redo, insertLineBreak: newLine }[event.inputType];
      if (run) { event.preventDefault(); run(); }
    },
    onfocus: () => focused.set(true), onblur: () => { focused.set(false); leave = false; suggest.close(); },
    onmousemove: event => tip.move(event), onmouseleave: () => tip.close(), onmousedown: () => { tip.close(); suggest.close(); },
  });
  area.value = store.text.peek();
  const back = h('div.code-back', { 'aria-hidden': 'true' }), gutter = h('div.code-gutter', { 'aria-hidden': 'true' });
  const lineOf = offset => { // index of the line that an offset is in
    const all = starts.peek();
    let low = 0, high = all.length - 1;
    while (low < high) { const mid = (low + high + 1) >> 1; if (all[mid] <= offset) low = mid; else high = mid - 1; }
    return low;
  };

  // ── text ──
  function typed(event) {
    store.type(area.value, { kind: event.inputType === 'insertLineBreak' || event.inputType?.startsWith('insertFromP') ? '' : 'type' });
    look();
    suggest.typed(event);
  }
  // put replaces a part of the text as typing does, and selects a part of what is new.
  function put(text, from, to, selectFrom = from + text.length, selectTo = selectFrom, kind = '') {
    area.setRangeText(text, from, to, 'end');
    area.setSelectionRange(selectFrom, selectTo);
    store.type(area.value, { kind });
    look();
    reveal(selectFrom, false);
  }
  effect(() => { // changed elsewhere: by a form, the drawing, or undo
    const text = store.text();
    if (area.value === text) return;
    const { from, removed, added } = difference(area.value, text), top = area.scrollTop;
    area.setRangeText(added, from, from + removed.length, 'preserve');
    if (document.activeElement === area) { area.setSelectionRange(from + added.length, from + added.length); untrack(() => reveal(from, false)); }
    else area.scrollTop = top;
  });
  let before = store.text.peek();
  effect(() => { // problems move with the text until they are told anew
    const text = store.text();
    if (text === before) return;
    const { from, removed, added } = difference(before, text), by = added.length - removed.length;
    before = text;
    marks.set(marks.peek().map(one => (one.offset >= from + removed.length ? { ...one, offset: one.offset + by } : one)));
  });
  effect(() => { if (store.current()) marks.set(store.problems().filter(one => one.line > 0)); });

  // ── selection: that of the text and that of the drawing follow each other ──
  function look() {
    caret.set(area.selectionStart);
    store.caret = area.selectionStart;
    if (!store.current.peek()) return;
    const at = area.selectionStart;
    let inner = null, least = Infinity;
    for (const [pointer, { start, end }] of Object.entries(store.draft.peek()?.states ?? {})) {
      if (start <= at && at <= end && end - start < least) { inner = pointer; least = end - start; }
    }
    if (inner === null || store.selection.peek().at(-1) === inner) return;
    fromCode = true;
    store.select([inner]);
    queueMicrotask(() => { fromCode = false; });
  }
  const moved = () => { if (document.activeElement === area && caret.peek() !== area.selectionStart) { look(); } };
  document.addEventListener('selectionchange', moved);
  cleanup(() => document.removeEventListener('selectionchange', moved));
  const selected = computed(() => { // lines of the selected states
    if (!store.current()) return null;
    return store.selection().map(pointer => store.draft()?.states[pointer]).filter(Boolean).map(({ start, end }) => [lineOf(start), lineOf(end)]);
  });
  let shownLines = [];
  effect(() => { shownLines = selected() ?? shownLines; });
  const visible = computed(() => ed.view() === 'code' || ed.view() === 'split');
  effect(() => {
    const pointer = store.selection().at(-1);
    if (!visible() || !pointer || fromCode || document.activeElement === area) return;
    const place = untrack(() => store.draft()?.states[pointer]);
    if (place) reveal(place.start, true);
  });
  // reveal scrolls to an offset; well: to a third of the view, if it is not in view.
  function reveal(offset, well) {
    const y = edge + lineOf(offset) * line, top = area.scrollTop, bottom = top + area.clientHeight;
    if (y < top + edge || y + 2 * line > bottom) area.scrollTop = Math.max(0, y - (well ? area.clientHeight / 3 : y < top + edge ? line : area.clientHeight - 3 * line));
    draw();
  }
  ed.functions.goto = (offset, length = 0) => {
    if (!visible.peek()) return;
    area.focus();
    area.setSelectionRange(offset, offset + length);
    look();
    reveal(offset, true);
  };
  cleanup(() => { delete ed.functions.goto; });

  // ── drawing ──
  const find = finder(store, area, (from, to) => { area.setSelectionRange(from, to); look(); reveal(from, true); }, put);
  // Where the text stands is read when it scrolls, not when a line is drawn: to read it then would lay out the whole text.
  function draw() { left = area.scrollLeft; scrolled.set(area.scrollTop); place(); }
  function firstLine(top) { return Math.max(0, Math.floor((top - edge) / line) - beyond); }
  function place() {
    const top = scrolled.peek(), y = edge + firstLine(top) * line - top;
    back.style.setProperty('transform', `translate(${-left}px, ${y}px)`);
    gutter.style.setProperty('transform', `translateY(${y}px)`);
  }
  effect(() => {
    const all = lines(), first = firstLine(scrolled()), last = Math.min(all.length, first + Math.ceil(height() / line) + 2 * beyond);
    const tokens = highlight(all, first, last, store.file().format), from = starts(), sel = (selected(), shownLines), now = lineOf(caret());
    const hits = find.matches(), problems = marks(), before = drawn;
    drawn = new Map();
    for (let i = first; i < last; i++) {
      const start = from[i], end = start + all[i].length, mine = problems.filter(one => one.offset >= start && one.offset <= end || one.offset < start && one.offset + one.length > start);
      const ranges = [...mine.filter(one => one.offset + one.length > start).map(one => [one.offset - start, Math.max(one.offset + one.length, one.offset + 1) - start, one.severity === 'ERROR' ? 'sq' : 'sq sq--warn']), ...hits.in(start, end).map(([a, b, kind]) => [a - start, b - start, kind])];
      const here = mine.filter(one => one.offset >= start), worst = here.find(one => one.severity === 'ERROR') ?? here[0];
      const classes = [sel.some(([a, b]) => i >= a && i <= b) && 'is-sel', i === now && 'is-now'];
      const key = JSON.stringify([tokens[i - first], ranges, classes, worst && [worst.severity, worst.message, worst.hint]]), kept = before.get(i);
      drawn.set(i, kept?.key === key ? kept : {
        key,
        row: h('div.code-line', { class: classes }, paint(tokens[i - first], ranges),
          worst && h('span.code-note', { class: worst.severity === 'ERROR' ? 'is-failed' : 'is-caught' }, worst.message, worst.hint && ` · ${worst.hint}`)),
        number: h('div', { class: [...classes, worst && (worst.severity === 'ERROR' ? 'is-failed' : 'is-caught')] }, i + 1),
      });
    }
    for (const [i, one] of before) if (drawn.get(i) !== one) { one.row.remove(); one.number.remove(); }
    let row = back.firstChild, number = gutter.firstChild;
    for (const one of drawn.values()) {
      if (one.row === row) { row = row.nextSibling; number = number.nextSibling; } else { back.insertBefore(one.row, row); gutter.insertBefore(one.number, number); }
    }
    gutter.parentElement?.style.setProperty('--digits', Math.max(2, String(all.length).length));
    place();
  });

  // ── keys ──
  function key(event) {
    if (event.isComposing || suggest.key(event)) return;
    const mod = event.ctrlKey || event.metaKey, press = (name, ...with_) => event.key === name && with_.every(Boolean);
    const act = run => { event.preventDefault(); event.stopPropagation(); run(); };
    if (mod && !event.altKey) {
      const name = event.key.toLowerCase();
      if (name === 'z') return act(() => (event.shiftKey ? store.redo() : store.undo()));
      if (name === 'y') return act(() => store.redo());
      if (name === 'f') return act(() => find.open(area.value.slice(area.selectionStart, area.selectionEnd)));
      if (name === '/') return act(comment);
      if (name === ' ') return act(() => suggest.ask());
      return;
    }
    if (press('F', event.shiftKey, event.altKey) || event.code === 'KeyF' && event.shiftKey && event.altKey) return act(format);
    if (event.key === 'F8') return act(() => nextProblem(event.shiftKey ? -1 : 1));
    if (event.key === 'F1') return act(() => tip.show(area.selectionStart));
    if (event.key === 'Escape') { leave = true; tip.close(); if (find.shown()) act(find.close); return; }
    if (event.key === 'Tab' && !event.altKey && !leave) return act(() => indent(event.shiftKey));
    if (event.key === 'F3') return act(() => find.step(event.shiftKey ? -1 : 1));
    leave = false;
  }
  // newLine keeps the indentation, and adds a step after what opens something.
  function newLine() {
    const from = area.selectionStart, to = area.selectionEnd, text = area.value;
    const before = text.slice(text.lastIndexOf('\n', from - 1) + 1, from), isJSON = store.file.peek().format === 'JSON';
    const opens = isJSON ? /[[{]\s*$/.test(before) : /(:|^\s*-|[|>][-+]?)\s*$/.test(before);
    let space = /^\s*/.exec(before)[0];
    if (!isJSON && opens) space += /^\s*- /.test(before) && /:\s*$/.test(before) ? '    ' : '  ';
    else if (!isJSON && /^\s*- \S.*:/.test(before)) space += '  ';
    else if (opens) space += '  ';
    const closes = isJSON && opens && /^\s*[\]}]/.test(text.slice(to)) ? `\n${/^\s*/.exec(before)[0]}` : '';
    const at = from + 1 + space.length;
    put(`\n${space}${closes}`, from, to, at);
  }
  // indent moves lines by a step; without a selection it goes to the next stop.
  function indent(less) {
    const from = area.selectionStart, to = area.selectionEnd, text = area.value;
    if (!less && from === to) {
      const column = from - (text.lastIndexOf('\n', from - 1) + 1);
      put(' '.repeat(2 - column % 2), from, to);
      return;
    }
    const start = text.lastIndexOf('\n', from - 1) + 1, end = to > start && text[to - 1] === '\n' ? to - 1 : to;
    const old = text.slice(start, end), now = less ? old.replace(/^ {1,2}/gm, '') : old.replace(/^(?=.)/gm, '  ');
    const first = (less ? -(/^ {0,2}/.exec(old)[0].length) : 2);
    put(now, start, end, Math.max(start, from + first), start + now.length + (to - end));
  }
  // comment turns lines of YAML into comments, or back. JSON has none.
  function comment() {
    if (store.file.peek().format === 'JSON') return;
    const text = area.value, from = area.selectionStart, to = area.selectionEnd;
    const start = text.lastIndexOf('\n', from - 1) + 1, next = text.indexOf('\n', to), end = next < 0 ? text.length : next;
    const old = text.slice(start, end), all = old.split('\n').filter(one => one.trim());
    const off = all.every(one => /^\s*#/.test(one));
    const depth = Math.min(...all.map(one => /^ */.exec(one)[0].length));
    const now = old.split('\n').map(one => (!one.trim() ? one : off ? one.replace(/^(\s*)# ?/, '$1') : `${one.slice(0, depth)}# ${one.slice(depth)}`)).join('\n');
    put(now, start, end, start, start + now.length);
  }
  function format() { store.apply([{ op: 'format' }]).catch(failed); }
  function nextProblem(by) {
    const all = marks.peek().toSorted((a, b) => a.offset - b.offset);
    if (!all.length) return;
    const at = area.selectionStart;
    const next = by > 0 ? all.find(one => one.offset > at) ?? all[0] : all.findLast(one => one.offset < at) ?? all.at(-1);
    ed.functions.goto(next.offset, next.length);
  }
  ed.functions.format = format;

  // ── what pops up: completion, and what is known of a place ──
  // at gives where an offset is in the view.
  function at(offset) {
    const i = lineOf(offset), row = back.children[i - firstLine(scrolled.peek())];
    const y = edge + i * line - area.scrollTop;
    if (!row) return { x: edge, y };
    let rest = offset - starts.peek()[i];
    const walker = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (rest <= node.data.length) {
        const range = document.createRange();
        range.setStart(node, rest);
        range.setEnd(node, rest);
        const box = range.getBoundingClientRect();
        return { x: box.x - area.getBoundingClientRect().x, y };
      }
      rest -= node.data.length;
    }
    return { x: edge, y };
  }
  const suggest = completion(store, area, at, put);
  const tip = tooltip(store, area, { at, marks, starts, lines, offsetAt });
  // offsetAt gives the offset at a point of the window; -1 if there is no text.
  function offsetAt(x, y) {
    const box = area.getBoundingClientRect(), i = Math.floor((y - box.y + area.scrollTop - edge) / line);
    if (i < 0 || i >= lines.peek().length) return -1;
    const row = back.children[i - firstLine(scrolled.peek())];
    const column = row ? columnAt(row, x, lines.peek()[i].length) : -1;
    return column < 0 ? -1 : starts.peek()[i] + column;
  }

  const watch = new ResizeObserver(() => { if (area.clientHeight) { height.set(area.clientHeight); draw(); } });
  watch.observe(area);
  cleanup(() => watch.disconnect());
  if (store.caret) area.setSelectionRange(store.caret, store.caret);
  const position = computed(() => { const i = lineOf(caret()); return `line ${i + 1}, column ${caret() - (starts()[i] ?? 0) + 1}`; });
  const problem = computed(() => { const i = lineOf(caret()), start = starts()[i], end = start + lines()[i].length; return marks().find(one => one.offset >= start && one.offset <= end); });
  return h('div.code', { class: () => focused() && 'is-focused' },
    find.el,
    h('div.code-body', null, h('div.code-numbers', null, gutter), h('div.code-pane', null, back, area, suggest.el, tip.el)),
    h('div.code-foot', null,
      h('span.num', { 'data-testid': 'position' }, position),
      h('span.trunc.grow', { id: 'code-status', role: 'status', class: () => problem() && (problem().severity === 'ERROR' ? 'err is-failed' : 'err is-caught') }, () => problem() && `${problem().message}${problem().hint ? ` · ${problem().hint}` : ''}`),
      h('span.t3.hide-s', null, () => `${store.file().format}, ${size(bytes.encode(store.text()).length)}`),
      h('button.btn.btn--sm.btn--ghost', { 'data-testid': 'find', title: 'Find (Ctrl F)', onclick: () => find.open('') }, icon('search', 14), h('span.word', null, 'Find')),
      h('button.btn.btn--sm.btn--ghost', { 'data-testid': 'format', title: 'Format (Shift Alt F)', disabled: () => store.definition() === null, onclick: format }, 'Format')));
}

// paint makes the nodes of a line from its tokens; ranges are [from, to, class] in the line.
function paint(tokens, ranges) {
  const out = [];
  let at = 0;
  for (const [kind, text] of tokens) {
    const end = at + text.length, cuts = [at, ...ranges.flatMap(([a, b]) => [a, b]).filter(cut => cut > at && cut < end).sort((a, b) => a - b), end];
    for (let i = 0; i + 1 < cuts.length; i++) {
      if (cuts[i] === cuts[i + 1]) continue;
      const more = ranges.filter(([a, b]) => a <= cuts[i] && b >= cuts[i + 1]).map(range => range[2]), part = text.slice(cuts[i] - at, cuts[i + 1] - at);
      out.push(kind === 'p' && !more.length ? part : h('span', { class: [kind === 'p' ? '' : kind, ...more] }, part));
    }
    at = end;
  }
  return out;
}

// columnAt is the column of a line at x; -1 behind its end.
function columnAt(row, x, length) {
  const walker = document.createTreeWalker(row, NodeFilter.SHOW_TEXT), range = document.createRange();
  let column = 0;
  for (let node = walker.nextNode(); node && column < length; node = walker.nextNode()) {
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (x >= box.left && x < box.right) return column + Math.min(node.data.length - 1, Math.floor((x - box.left) / box.width * node.data.length));
    column += node.data.length;
  }
  return -1;
}

const rest = 400; // milliseconds that the pointer stays before something is said

// tooltip says what is known of the place under the pointer, or of an offset: problems, and what the server knows.
function tooltip(store, area, { at, marks, offsetAt }) {
  const shown = signal(null);
  let timer = 0, asked = 0;
  const close = () => { clearTimeout(timer); asked++; shown.set(null); };
  async function show(offset) {
    const turn = ++asked, here = marks.peek().filter(one => one.offset <= offset && offset <= one.offset + Math.max(one.length, 1));
    let known = null;
    try { known = await post('hover', { ...store.body(), offset, data: store.known() }); } catch { /* nothing is known */ }
    if (turn !== asked || !here.length && !known?.text) return;
    shown.set({ ...at(offset), problems: here, known });
  }
  return {
    close, show,
    move(event) {
      if (shown.peek() && Math.hypot(event.clientX - shown.peek().px, event.clientY - shown.peek().py) < 4) return;
      close();
      const { clientX, clientY } = event;
      timer = setTimeout(() => { const offset = offsetAt(clientX, clientY); if (offset >= 0) show(offset).then(() => { if (shown.peek()) Object.assign(shown.peek(), { px: clientX, py: clientY }); }); }, rest);
    },
    el: () => shown() && h('div.code-tip', {
      role: 'tooltip', 'data-testid': 'tip',
      ref: el => { const { x, y } = shown.peek(), below = y < area.clientHeight / 2; el.style.setProperty('left', `${Math.max(4, Math.min(x, area.clientWidth - 380))}px`); el.style.setProperty(below ? 'top' : 'bottom', `${below ? y + line + 2 : area.clientHeight - y + 2}px`); },
    },
    shown().problems.map(one => h('p.code-tip-problem', { class: one.severity === 'ERROR' ? 'is-failed' : 'is-caught' }, one.message, one.hint && h('span.t2', null, ` ${one.hint}`), h('span.mono.t3', null, ` ${one.code}`))),
    shown().known?.text && [h('b.mono', null, shown().known.title), h('p', null, shown().known.text), shown().known.shown.map(one => h('p.mono.trunc', null, h('span.t3', null, `${one.label} `), one.value.slice(0, 300)))]),
  };
}
