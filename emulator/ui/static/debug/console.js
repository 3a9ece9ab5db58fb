// The lower part of the debugger: the phases of the step that comes next, and the
// console, which evaluates expressions with what the stopped state sees.

import { computed, effect, h, signal, untrack } from '../core/view.js';
import { debugging } from '../core/debugger.js';
import { icon } from '../core/icon.js';
import { jsonText, jsonView } from '../core/json.js';
import { parseJSON, pretty } from '../core/jsontext.js';
import { recall, remember } from '../core/memory.js';
import { chainOf } from '../graph/state.js';

const KEPT = 100; // lines of history, and of answers

export function debugDock(debug) {
  // The console stays from stop to stop, and shows what logpoints print meanwhile.
  const on = computed(() => debug.shown() && (Boolean(debug.stop()) || debugging.output().some(line => line.arn === debug.run.arn)));
  return () => on() && untrack(() => h('div.dock', { 'data-testid': 'debug-dock' }, phases(debug), replOf(debug)));
}

// ── phases ──

function phases(debug) {
  const at = () => {
    const data = debug.snapshot(), stop = debug.stop();
    const here = stop && data?.thread === stop.thread ? stop.phase : 0;
    return { data, here, shown: Math.min(debug.phase() ?? here, (data?.phases.length ?? 1) - 1) };
  };
  const strip = h('div.phases', { role: 'listbox', 'aria-label': 'Phases of the step', tabindex: 0, 'aria-activedescendant': () => (debug.snapshot() ? `phase-${at().shown}` : null), onkeydown: event => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key], { data, shown } = at();
    if (!by || !data) return;
    event.preventDefault();
    event.stopPropagation();
    debug.phase.set(Math.max(0, Math.min(data.phases.length - 1, shown + by)));
  } }, () => {
    const { data, here, shown } = at();
    return data?.phases.map((one, i) => h('div.stackf', { role: 'option', id: `phase-${i}`, 'data-testid': 'phase', 'aria-selected': String(i === shown), class: [i === shown && 'is-cur'], onclick: () => debug.phase.set(i) },
      i === here ? h('span.stat.is-stop', { title: 'it stands here' }, icon('dbg-pause', 12), h('span.vh', null, 'it stands here')) : h('span.i12'), h('span.trunc', { title: one.name }, one.name)));
  });
  return h('section.dockpart', { 'aria-label': 'Phases of the step' },
    h('div.dockhead', null, icon('columns', 14), h('h2.m', null, 'Phases'), h('span.t3.trunc', null, () => (debug.snapshot()?.next ? `of ${debug.snapshot().state}, then ${debug.snapshot().next}` : debug.snapshot() ? `of ${debug.snapshot().state}` : ''))),
    h('div.phasebody', null, strip, h('div.phasedata', { 'data-testid': 'phase-data', tabindex: 0, role: 'group', 'aria-label': 'Data of the phase' }, () => {
      const { data, shown } = at(), one = data?.phases[shown];
      if (!debug.stop()) return h('p.sm.t3', null, 'The data of the state at which it stops, step by step.');
      return one && untrack(() => jsonView(one.data, one.name, { empty: 'This phase has no data.', open: 1 }));
    })));
}

// ── console ──

const COMMANDS = {
  ':skip': 'the state is left with its input, or with {json}', ':result': '{json}: the result of the state', ':fail': 'ERROR CAUSE: the state fails with it', ':next': 'STATE: leaves the state for that one',
  ':continue': 'goes on', ':help': 'the commands',
};

function replOf(debug) {
  const key = 'console.history';
  const lines = signal([]);
  let past = recall(key, []), at = past.length, draft = '', turn = 0, listed = '';
  const print = (kind, text, state = '') => { lines.update(list => [...list.slice(-2 * KEPT), { id: ++turn, kind, text, state }]); queueMicrotask(() => { log.scrollTop = log.scrollHeight; }); };

  let printed = 0;
  effect(() => {
    for (const line of debugging.output()) {
      if (line.number <= printed) continue;
      printed = line.number;
      if (line.arn === debug.run.arn) untrack(() => print('log', line.text, chainOf(line.pointer).name));
    }
  });

  async function run(text) {
    print('in', text);
    past = [...past.filter(one => one !== text), text].slice(-KEPT);
    at = past.length;
    remember(key, past);
    if (!debug.stop.peek()) return print('err', 'The execution is not stopped: there is nothing to evaluate on.');
    if (text.startsWith(':')) return command(text);
    try {
      const answer = await debug.evaluate(text);
      print(answer.error ? 'err' : 'out', answer.error ? `${answer.error}${answer.position >= 0 ? ` (at ${answer.position + 1})` : ''}` : pretty(answer.value));
    } catch (error) { print('err', error.message); }
  }

  async function command(text) {
    const [, name, rest] = /^(\S+)\s*([^]*)$/.exec(text);
    const json = rest && parseJSON(rest).error;
    if (name === ':help') return Object.entries(COMMANDS).forEach(([one, does]) => print('note', `${one}  ${does}`));
    if (!Object.hasOwn(COMMANDS, name)) return print('err', `There is no command ${name}; :help lists them.`);
    if (name === ':continue') return debug.step('continue');
    if (!debug.changeable()) return print('err', 'Nothing can be changed here: it is the past, or the execution runs.');
    if ((name === ':skip' || name === ':result') && json) return print('err', `JSON expected: ${json.message} (column ${json.column})`);
    if (name === ':result' && !rest) return print('err', ':result needs the result as JSON');
    if (name === ':next' && !rest) return print('err', `:next needs a state: ${debug.statesHere().join(', ')}`);
    const [error, ...cause] = rest.split(/\s+/);
    const what = { ':skip': { output: rest || debug.snapshot.peek()?.input || '{}' }, ':result': { result: rest }, ':fail': { error: error || 'Failed', cause: cause.join(' ') }, ':next': { next: rest } }[name];
    if (await debug.change(what)) print('note', { ':skip': 'The state is left.', ':result': 'It has this result.', ':fail': 'It fails.', ':next': `It goes to ${rest}.` }[name]);
    else print('err', 'That was refused.');
  }

  /** Names that what is typed may become: roots, variables, members on the way, and states behind :next. */
  function completions(text) {
    if (/^:\w*$/.test(text)) return Object.keys(COMMANDS).filter(one => one.startsWith(text)).map(one => `${one} `);
    const next = /^:next\s+([^]*)$/.exec(text);
    if (next) return debug.statesHere().filter(one => one.startsWith(next[1])).map(one => `:next ${one}`);
    const word = /[$\w.]+$/.exec(text)?.[0] ?? '', data = debug.snapshot.peek();
    if (!word || !data) return [];
    const before = text.slice(0, text.length - word.length), dots = word.lastIndexOf('.'), stem = word.slice(0, dots + 1), part = word.slice(dots + 1);
    return namesBelow(data, stem.slice(0, -1)).filter(name => name.startsWith(part) && name !== part).map(name => before + stem + name);
  }

  const complete = event => {
    const found = completions(field.value);
    if (!found.length || field.selectionStart !== field.value.length) return;
    let shared = found[0];
    for (const one of found) while (!one.startsWith(shared)) shared = shared.slice(0, -1);
    if (shared === field.value && listed === shared) return; // they were listed: Tab goes on to the next control
    event.preventDefault();
    listed = shared === field.value ? shared : '';
    if (shared !== field.value) field.value = shared;
    else print('note', found.slice(0, 30).map(one => one.split(/[\s.]/).filter(Boolean).at(-1)).join('  '));
  };
  const recallLine = by => {
    if (at === past.length) draft = field.value;
    at = Math.max(0, Math.min(past.length, at + by));
    field.value = past[at] ?? draft;
  };
  const field = h('input.mono', {
    'data-testid': 'console-input', 'aria-label': 'Expression or command', placeholder: '$states.input… or :help', spellcheck: 'false', autocomplete: 'off', autocapitalize: 'off',
    onkeydown: event => {
      if (event.isComposing) return;
      const text = field.value.trim();
      if (event.key === 'Enter' && text) { field.value = ''; run(text); } else if (event.key === 'Tab' && !event.shiftKey && text) complete(event);
      else if (event.key === 'ArrowUp') { event.preventDefault(); recallLine(-1); } else if (event.key === 'ArrowDown') { event.preventDefault(); recallLine(1); } else if (event.key === 'Escape') field.blur();
    },
  });
  const log = h('div.repl', { role: 'log', 'aria-label': 'Answers', tabindex: 0, 'data-testid': 'console-log' }, () => lines().map(one => (one.kind === 'out' ? jsonText(one.text, 'Answer') : h('div', { class: { in: 'in-l', err: 'err', note: 't3' }[one.kind], 'data-testid': one.kind === 'log' ? 'console-printed' : null }, one.kind === 'log' && [h('span.bpd.bpd--log', { 'aria-hidden': 'true' }), h('span.t3', null, ` ${one.state} `)], one.text))));
  return h('section.dockpart', { 'aria-label': 'Console' },
    h('div.dockhead', null, icon('terminal', 14), h('h2.m', null, 'Console'), h('span.t3.trunc', null, 'JSONata or JSONPath on what the state sees')),
    log, h('div.replin', null, h('div.in', null, h('span.t3', { 'aria-hidden': 'true' }, '›'), field)));
}

/** The names below a path such as "$states.input.order", or of roots for "". */
function namesBelow(data, stem) {
  const members = text => (text ? parseJSON(text).node : null);
  const variables = members(data.variables);
  if (!stem) return ['$states', '$.', '$$.', ...(variables?.entries ?? []).map(([name]) => `$${name}`)];
  if (stem === '$states') return ['input', data.result && 'result', data.error && 'errorOutput', 'context'].filter(Boolean);
  const [root, ...path] = stem.split('.');
  let node = root === '$states' ? members({ input: data.input, result: data.result, context: data.context }[path.shift()] ?? '') : root === '$' ? members(data.input) : root === '$$' ? members(data.context)
    : variables?.entries.find(([name]) => `$${name}` === root)?.[1];
  for (const part of path) node = node?.entries?.find(([name]) => name === part)?.[1];
  return (node?.entries ?? []).map(([name]) => name).filter(name => /^[A-Za-z_]\w*$/.test(name));
}
