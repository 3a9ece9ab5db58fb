// The panel of the debugger: variables, watches, call stack, threads, breakpoints.

import { cleanup, effect, h, signal, untrack } from '../core/view.js';
import { debugging } from '../core/debugger.js';
import { editor } from '../core/editor.js';
import { icon } from '../core/icon.js';
import { jsonText, jsonTree } from '../core/json.js';
import { parseJSON, pretty } from '../core/jsontext.js';
import { recall, remember } from '../core/memory.js';
import { link } from '../core/router.js';
import { count, plural } from '../core/time.js';
import { pointList } from './points.js';
import { SCOPES } from './session.js';
import { stoppedRows } from './stopped.js';

const closed = new Set(recall('debug.closed', [])); // sections and scopes that are folded
const WORDS = { entering: 'is entered', working: 'before its work', waiting: 'waits', finishing: 'before its output', failing: 'fails', ending: 'ends' };

export function debugPanel(debug, points) {
  const { stop } = debug;
  const el = h('aside.panel.dbgpanel', { 'aria-label': 'Debugger', 'data-testid': 'debug-panel' },
    h('div.dbgscroll', { tabindex: 0, role: 'group', 'aria-label': 'What the debugger knows' },
      section('variables', 'Variables', () => (stop() ? variables(debug) : hint('They are shown while the execution is stopped.'))),
      section('watch', 'Watch', () => untrack(() => watches(debug))),
      section('stack', 'Call stack', () => (stop() ? callStack(debug) : hint('The states around the one where it stops.'))),
      section('threads', 'Threads', () => threadList(debug), () => stop() && count(debug.threads().length + debug.more())),
      section('breakpoints', 'Breakpoints', () => untrack(() => pointList(points)), () => h('button.btn.btn--ghost.btn--icon.btn--sm', { 'data-testid': 'point-add', 'aria-label': 'Add a breakpoint', title: 'Add a breakpoint', onclick: () => points.edit(null) }, icon('plus', 14)))));
  keepFocus(el);
  return el;
}

/** Lists are made anew when something changes: the focus stays at its place in them. */
function keepFocus(el) {
  let had = null, id = '', at = 0;
  const alike = () => [...el.querySelectorAll(`[data-testid="${CSS.escape(id)}"]`)];
  el.addEventListener('focusin', event => { had = event.target; id = had.dataset.testid ?? ''; at = alike().indexOf(had); });
  el.addEventListener('focusout', event => { if (event.relatedTarget) had = null; });
  const observer = new MutationObserver(() => {
    if (!had || had.isConnected || !id || document.activeElement !== document.body) return;
    const next = alike();
    next[Math.min(at, next.length - 1)]?.focus();
  });
  observer.observe(el, { childList: true, subtree: true });
  cleanup(() => observer.disconnect());
}

function hint(text) { return h('p.sm.t3.acchint', null, text); }

/** A part of the panel that can be folded; the page remembers which are. */
function section(id, title, content, end = null) {
  const open = signal(!closed.has(id));
  return h('section.acc', { 'aria-label': title },
    h('div.ah', null, foldButton(id, open, title, 'h2'), h('span.grow'), end && h('span.xs.t3.num', null, end)),
    () => open() && h('div.ab', { 'data-testid': `debug-${id}` }, content));
}

function foldButton(id, open, title, kind) {
  const toggle = () => {
    open.update(now => !now);
    if (open.peek()) closed.delete(id); else closed.add(id);
    remember('debug.closed', [...closed]);
  };
  return h(`${kind}.foldhead`, null, h('button', { 'data-testid': `fold-${id}`, 'aria-expanded': () => String(open()), onclick: toggle }, h('span.turn', { class: () => open() && 'is-open' }, icon('right', 12)), title));
}

// ── variables ──

function variables(debug) {
  const data = debug.snapshot();
  if (!data) return null;
  return untrack(() => [
    data.error && h('div.why.scopeerr', { 'data-testid': 'scope-error' }, h('b.mono', null, data.error), data.cause && h('p.mono.xs.wrapany', null, data.cause.slice(0, 4000)), h('p.xs.t2', null, data.taker ? `${data.taker} takes it.` : 'Nobody takes it.')),
    data.attempts > 0 && h('p.xs.t3.acchint', { 'data-testid': 'scope-attempts' }, `attempt ${data.attempts + 1}`),
    SCOPES.filter(([id]) => data[id] || id === 'variables').map(([id, title, editable]) => scope(debug, data, id, title, editable)),
  ]);
}

function scope(debug, data, id, title, editable) {
  const key = `scope.${id}`, text = data[id] || (id === 'variables' ? '{}' : '');
  const open = signal(id === 'context' || id === 'assigned' ? recall('debug.open', []).includes(id) : !closed.has(key));
  const editing = signal(false), marks = debug.marks.peek().get(id);
  const { node } = parseJSON(text);
  const size = node?.type === 'object' ? plural(node.entries.length, 'member') : node?.type === 'array' ? plural(node.items.length, 'item') : '';
  if (id === 'context' || id === 'assigned') effect(() => { const now = open(); remember('debug.open', [...recall('debug.open', []).filter(one => one !== id), ...(now ? [id] : [])]); });
  return h('div.scope', { 'data-testid': `scope-${id}` },
    h('div.scopehead', null, foldButton(key, open, title, 'h3'), h('span.xs.t3', null, size), marks?.size > 0 && h('span.xs.dot-changed', { 'data-testid': 'scope-changed', title: 'since the last stop' }, `${marks.size} changed`), h('span.grow'),
      editable && debug.changeable() && h('button.btn.btn--ghost.btn--icon.btn--sm', { 'data-testid': `edit-${id}`, 'aria-label': `Edit ${title.toLowerCase()}`, title: 'Edit', 'aria-pressed': () => String(editing()), onclick: () => { open.set(true); editing.update(now => !now); } }, icon('edit', 12))),
    () => open() && (editing() ? untrack(() => editScope(debug, id, title, text, () => editing.set(false))) : untrack(() => (node && (node.type === 'object' || node.type === 'array') ? jsonTree(node, title, 1, marks) : h('div', { class: marks?.size && 'is-changed' }, jsonText(text, title))))));
}

function editScope(debug, id, title, text, close) {
  const draft = signal(pretty(text)), busy = signal(false);
  const save = async () => {
    if (edit.problem.peek() || busy.peek()) return;
    busy.set(true);
    if (await debug.change({ [id]: draft.peek() })) close();
    busy.set(false);
  };
  const edit = editor(draft, { label: title, submit: save });
  queueMicrotask(() => edit.el.querySelector('textarea').focus());
  return h('div.col.scopeedit', { onkeydown: event => { if (event.key === 'Escape') { event.stopPropagation(); close(); } } }, edit.el,
    h('div.row.gap-1', null, h('span.xs.t3.grow', null, id === 'result' ? 'The state gets this result at once.' : ''),
      h('button.btn.btn--sm', { 'data-testid': 'scope-cancel', onclick: close }, 'Cancel'),
      h('button.btn.btn--sm.btn--pri', { 'data-testid': 'scope-save', disabled: () => edit.problem() !== null || busy(), onclick: save }, `Change the ${title.toLowerCase()}`)));
}

// ── watches ──

function watches(debug) {
  const key = `watch.${debug.run.execution.peek()?.machine || debug.run.arn}`;
  const list = signal(recall(key, []));
  const keep = next => { list.set(next.slice(0, 50)); remember(key, list.peek()); };
  const answers = signal(new Map());
  let turn = 0;
  effect(() => {
    const data = debug.snapshot(), wanted = list(), mine = ++turn;
    if (!data) { answers.set(new Map()); return; }
    Promise.all(wanted.map(text => debug.evaluate(text).catch(error => ({ value: '', error: error.message })))).then(found => { if (mine === turn) answers.set(new Map(wanted.map((text, i) => [text, found[i]]))); });
  });
  const field = h('input.mono', {
    'data-testid': 'watch-add', 'aria-label': 'Expression to watch', placeholder: '$states.input.total', spellcheck: 'false', autocomplete: 'off',
    onkeydown: event => {
      if (event.key !== 'Enter' || !field.value.trim()) return;
      if (!list.peek().includes(field.value.trim())) keep([...list.peek(), field.value.trim()]);
      field.value = '';
    },
  });
  return [
    () => list().length > 0 && h('ul.plainlist', { 'aria-label': 'Watched expressions' }, list().map(text => h('li.watch', { 'data-testid': 'watch-row' },
      h('code.mono.trunc', { title: text }, text),
      () => { const answer = answers().get(text); return h('span.mono.trunc', { class: answer?.error && 'err', title: answer?.error || answer?.value?.slice(0, 2000) }, answer ? answer.error || answer.value.slice(0, 2000) : debug.stop() ? '…' : '—'); },
      h('button.btn.btn--ghost.btn--icon.btn--sm', { 'data-testid': 'watch-remove', 'aria-label': `Do not watch ${text}`, title: 'Remove', onclick: () => keep(list.peek().filter(one => one !== text)) }, icon('close', 12))))),
    h('div.in.watchin', null, h('span.t3', { 'aria-hidden': 'true' }, '›'), field),
  ];
}

// ── call stack and threads ──

function callStack(debug) {
  const list = debug.frames(), machine = debug.run.execution();
  return [
    h('ol.plainlist', { 'aria-label': 'States, from the inside' }, list.map((frame, i) => h('li', null, h('button.stackf', { 'data-testid': 'stack-frame', 'aria-current': i === 0 ? 'true' : null, class: i === 0 && 'is-cur', onclick: () => debug.select(list, i) },
      i === 0 ? icon('right', 12) : h('span.i12'), h('b.trunc', { class: i > 0 && 'w400' }, frame.state),
      h('span.xs.t3.nowrap', null, i === 0 ? WORDS[frame.phase] ?? frame.phase : frame.type === 'Map' ? `iteration ${list[i - 1].index}` : `branch ${list[i - 1].index + 1}`)))),
    h('li.stackf.t3', null, h('span.i12'), h('span.trunc', null, `execution ${machine?.name ?? ''}`))),
    machine?.parent && h('a.stackf', { href: link('x', machine.parent.arn), 'data-testid': 'stack-parent' }, icon('up', 12), 'the execution that started it'),
  ];
}

function threadList(debug) {
  const elsewhere = debugging.standing().filter(one => one.arn !== debug.run.arn);
  return [
    debug.stop() ? h('ul.plainlist', { 'aria-label': 'Lines of control' }, debug.threads().map(one => h('li', null, h('button.stackf', {
      'data-testid': 'thread', class: one.id === debug.thread() && 'is-cur', 'aria-current': one.id === debug.thread() ? 'true' : null, onclick: () => debug.choose(one.id),
    }, h('span.dot', { class: one.next ? 'is-stop' : 'is-running' }), h('span.trunc', null, one.name), h('span.xs.t3.trunc', null, one.frames[0]?.state), h('span.end.xs.t3.nowrap', null, one.id === debug.stop().thread ? 'stopped' : 'stands still')))))
      : hint('The branches and iterations that are under way.'),
    debug.more() > 0 && h('p.xs.t3.acchint', null, `… and ${count(debug.more())} more`),
    elsewhere.length > 0 && [h('h3.xs.t3.acchint', null, 'Other executions that are stopped'), stoppedRows(elsewhere)],
  ];
}
