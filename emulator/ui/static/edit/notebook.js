// The notebook: states are run one at a time while they are drawn. Results are kept, and those below a change are
// marked as stale. What a state gets is what the state before it gave, unless the user writes something else.

import { computed, effect, h, root, signal, untrack } from '../core/view.js';
import { post } from '../core/api.js';
import { editor } from '../core/editor.js';
import { icon } from '../core/icon.js';
import { jsonView } from '../core/json.js';
import { parseJSON, pretty } from '../core/jsontext.js';
import { link } from '../core/router.js';
import { statusText } from '../core/status.js';
import { duration } from '../core/time.js';
import { announce, failed } from '../core/toast.js';
import { chainOf, pointerParts, stateIcon, workflowOf } from '../graph/state.js';

const works = ['Task', 'Map', 'Parallel'];
const longest = 200; // states that a run of all runs, should they go in circles
const words = { SUCCEEDED: 'SUCCEEDED', FAILED: 'FAILED', RETRIABLE: 'FAILED', CAUGHT_ERROR: 'CAUGHT', RUNNING: 'RUNNING' };
const outcomes = { SUCCEEDED: 'succeeded', FAILED: 'failed', RETRIABLE: 'failed', CAUGHT_ERROR: 'caught', RUNNING: 'open' };

// notebook is the slot of the view Test.
export function notebook(store, ed) {
  const book = store.book ??= root(() => bookOf(store)), open = book.open;
  effect(() => { // a state that is to be tested
    const pointer = ed.tested();
    if (!pointer) return;
    untrack(() => { open.set(pointer); store.select([pointer]); ed.tested.set(null); });
    queueMicrotask(() => document.getElementById(idOf(pointer))?.scrollIntoView({ block: 'nearest' }));
  });
  effect(() => { const pointer = store.selection().at(-1); if (pointer && ed.view() === 'test') untrack(() => open.set(pointer)); });
  return h('div.nb', { 'data-testid': 'notebook' },
    () => runBanner(ed),
    h('header.nb-head', null, h('h2.h1', null, 'One state at a time'), h('span.grow'),
      h('button.btn.btn--sm', { 'data-testid': 'nb-clear', disabled: () => !book.any(), onclick: book.clear }, 'Clear'),
      h('button.btn.btn--sm', { 'data-testid': 'nb-all', disabled: () => book.busy() !== '' || !book.order().length, onclick: () => book.all().catch(failed) }, icon('play', 14), 'Run all')),
    h('p.nb-note.xs.t3', null, 'States run here alone and leave no execution. Functions and services are called, unless a result is mocked.'),
    () => !book.order().length && h('p.nb-note.t3', null, 'There is no state yet.'),
    h('ol.nb-cells', null, () => book.order().map(pointer => untrack(() => cell(book, ed, pointer)))));
}

function runBanner(ed) {
  const run = ed.run.shown();
  if (!run) return null;
  return h('aside.nb-run', { 'aria-label': run.pinned ? 'Pinned data' : 'Trial run', 'data-testid': 'trial' },
    statusText(run.status), h('span.grow.trunc', null, run.pinned ? `Data of ${run.name} is pinned on the states.` : 'Trial run of the whole.'),
    h('a.btn.btn--sm', { href: link('x', run.arn), 'data-testid': 'trial-open' }, 'Open'),
    h('button.btn.btn--sm.btn--ghost.btn--icon', { 'aria-label': 'Forget its data', title: 'Forget its data', 'data-testid': 'trial-forget', onclick: ed.run.clear }, icon('close', 14)));
}

const idOf = pointer => `cell-${pointerParts(pointer).join('-').replace(/[^\w-]/g, c => c.charCodeAt(0).toString(16))}`;

// bookOf keeps the cells of a document: what was run, on what, and what came.
function bookOf(store) {
  const cells = signal({}), busy = signal(''), first = signal('{}');
  const stateAt = pointer => pointerParts(pointer).reduce((value, part) => value?.[part], store.definition() ?? {});
  const workflowAt = pointer => (pointer ? stateAt(pointer) : store.definition());
  const order = computed(() => { // along the transitions, those of a container behind it
    const all = [], seen = new Set(), definition = store.definition();
    const walk = (workflow, base) => {
      if (!workflow?.States || typeof workflow.States !== 'object') return;
      const visit = name => {
        const pointer = `${base}/States/${name.replace(/~/g, '~0').replace(/\//g, '~1')}`, state = Object.hasOwn(workflow.States, name) ? workflow.States[name] : null;
        if (!state || seen.has(pointer)) return;
        seen.add(pointer);
        all.push(pointer);
        (Array.isArray(state.Branches) ? state.Branches : []).forEach((branch, i) => walk(branch, `${pointer}/Branches/${i}`));
        for (const member of ['ItemProcessor', 'Iterator']) if (state[member]) walk(state[member], `${pointer}/${member}`);
        for (const next of [state.Next, ...(Array.isArray(state.Choices) ? state.Choices : []).map(rule => rule?.Next), state.Default, ...(Array.isArray(state.Catch) ? state.Catch : []).map(one => one?.Next)]) if (typeof next === 'string') visit(next);
      };
      if (typeof workflow.StartAt === 'string') visit(workflow.StartAt);
      Object.keys(workflow.States).forEach(visit);
    };
    walk(definition, '');
    return all;
  });
  const cellOf = pointer => cells()[pointer] ?? {};
  const change = (pointer, more) => cells.update(now => ({ ...now, [pointer]: { ...now[pointer], ...more } }));

  // given is what a state gets now: {input, variables, stale}: what the user wrote, or the state before gave, or a run.
  function given(pointer, depth = 0) {
    const own = cellOf(pointer).input, base = workflowOf(pointer), { name } = chainOf(pointer), workflow = workflowAt(base);
    let before = null;
    for (const other of order()) {
      const result = cellOf(other).result;
      if (other !== pointer && workflowOf(other) === base && result?.next === name && (!before || result.at > before.result.at)) before = { pointer: other, result };
    }
    const stale = before !== null && depth < 50 && staleness(before.pointer, depth + 1);
    const variables = before ? JSON.stringify({ ...JSON.parse(before.result.variables || '{}'), ...JSON.parse(before.result.assigned || '{}') }) : store.data()[pointer]?.variables || '{}';
    if (own !== undefined) return { input: own, variables, stale };
    if (before) return { input: before.result.output, variables, stale };
    const run = store.data()[pointer];
    if (run?.input && run.from !== 'notebook') return { input: run.input, variables, stale: false };
    if (base === '' && workflow?.StartAt === name) return { input: first(), variables, stale: false };
    if (base !== '' && workflow?.StartAt === name) return { input: firstOfContainer(base, depth), variables, stale: false };
    return { input: '{}', variables, stale: false };
  }
  // firstOfContainer is what the first state of a branch gets, as far as that is known without running: the input of
  // a Parallel state, or the first item of a list that a Map state gets.
  function firstOfContainer(base, depth) {
    const container = base.replace(/\/(Branches\/\d+|ItemProcessor|Iterator)$/, '');
    if (depth > 50) return '{}';
    const { input } = given(container, depth + 1);
    if (stateAt(container)?.Type !== 'Map') return input;
    try {
      const value = JSON.parse(input), list = Array.isArray(value) ? value : Object.values(value).find(Array.isArray);
      return list?.length ? JSON.stringify(list[0]) : '{}';
    } catch { return '{}'; }
  }
  function staleness(pointer, depth = 0) {
    const { result } = cellOf(pointer);
    if (!result) return false;
    const now = given(pointer, depth);
    return result.state !== JSON.stringify(stateAt(pointer)) || result.input !== now.input || result.mocked !== mockText(cellOf(pointer)) || now.stale;
  }
  const mockText = one => JSON.stringify(one.mock?.on ? [one.mock.result, one.mock.error, one.mock.cause] : null);

  async function run(pointer) {
    if (busy.peek()) return null;
    busy.set(pointer);
    const about = store.file.peek(), one = cells.peek()[pointer] ?? {}, { input, variables } = untrack(() => given(pointer));
    try {
      const mock = one.mock?.on ? { result: one.mock.error ? '' : one.mock.result || '{}', error: one.mock.error ?? '', cause: one.mock.cause ?? '' } : null;
      const tried = await post('try', { ...store.body(), name: about.name || about.path, state: pointer, input, variables: variables === '{}' ? '' : variables, mock });
      const result = { ...tried, input, variables, state: JSON.stringify(untrack(() => stateAt(pointer))), mocked: mockText(one), at: Date.now() };
      change(pointer, { result, problem: '' });
      store.data.update(now => ({ ...now, [pointer]: {
        input, variables, output: tried.output, arguments: tried.steps.find(step => /^(Arguments|Parameters)$/.test(step.name))?.data ?? '', result: tried.steps.find(step => step.name === 'Result')?.data ?? '',
        errorOutput: tried.error ? JSON.stringify({ Error: tried.error, Cause: tried.cause }) : '', context: '', status: outcomes[tried.status], error: tried.error, cause: tried.cause, from: 'notebook', stale: false,
      } }));
      announce(`${chainOf(pointer).name}: ${tried.status.toLowerCase().replace('_', ' ')}`);
      return result;
    } catch (error) {
      change(pointer, { problem: error.message });
      return null;
    } finally { busy.set(''); }
  }
  // all runs the states from the first on, along the ways that they take.
  async function all() {
    let name = store.definition.peek()?.StartAt;
    for (let i = 0; i < longest && name; i++) {
      const pointer = untrack(order).find(one => workflowOf(one) === '' && chainOf(one).name === name);
      const result = pointer && await run(pointer);
      if (!result || !['SUCCEEDED', 'CAUGHT_ERROR'].includes(result.status)) return;
      name = result.next;
    }
  }
  return {
    order, cellOf, change, given, staleness, run, all, busy, first, stateAt, open: signal(''),
    any: () => Object.values(cells()).some(one => one.result),
    clear: () => { cells.set({}); store.run.clear(); },
  };
}

function cell(book, ed, pointer) {
  const { name, chain } = chainOf(pointer), shown = () => book.open() === pointer, one = () => book.cellOf(pointer);
  const type = () => book.stateAt(pointer)?.Type ?? '';
  const busy = () => book.busy() === pointer;
  return h('li.nb-cell', { id: idOf(pointer), class: () => shown() && 'is-open', style: { '--depth': chain.length }, 'data-testid': `cell-${name}` },
    h('div.nb-row', null,
      h('button.nb-name', { 'aria-expanded': () => String(shown()), 'data-testid': `cell-open-${name}`, onclick: () => { book.open.set(shown() ? '' : pointer); if (shown()) ed.store.select([pointer]); } },
        h('span.tile.tile--sm', null, () => icon(stateIcon(type(), book.stateAt(pointer)?.Resource ?? ''), 14)), h('span.m.trunc', { title: name }, name),
        () => one().result && h('span.nb-status', { class: book.staleness(pointer) && 'is-old' }, statusText(words[one().result.status])),
        () => one().result && book.staleness(pointer) && h('span.badge.is-caught', { title: 'It was changed since, or one before it was', 'data-testid': `stale-${name}` }, 'stale'),
        () => ed.store.data()[pointer]?.from === 'execution' && h('span.badge', { title: 'Has data of the execution' }, icon('pin', 12), 'pinned')),
      h('button.btn.btn--sm', { 'data-testid': `cell-run-${name}`, 'aria-label': `Run ${name}`, title: 'Run this state', disabled: () => book.busy() !== '', onclick: () => book.run(pointer) }, () => (busy() ? icon('st-running', 14, true) : icon('play', 14)), 'Run')),
    () => shown() && untrack(() => detail(book, ed, pointer, name, type())));
}

function detail(book, ed, pointer, name, type) {
  const isFirst = pointer === book.order.peek()[0];
  const input = signal(pretty(book.given(pointer).input)), one = () => book.cellOf(pointer);
  let written = input.peek();
  effect(() => { // what it gets changes as long as the user has not written something
    const now = pretty(book.given(pointer).input);
    if (now !== pretty(written)) { written = now; untrack(() => input.set(now)); }
  });
  effect(() => {
    const text = input();
    if (text === written || parseJSON(text).error) return;
    written = text;
    untrack(() => (isFirst ? book.first.set(text) : book.change(pointer, { input: text })));
  });
  const mock = () => ({ on: false, result: mockOf(book.stateAt(pointer)), error: '', cause: '', ...one().mock });
  const set = change => book.change(pointer, { mock: { ...mock(), ...change } });
  return h('div.nb-detail', null,
    h('div.field', null, h('span.lab', null, 'Input', () => one().input !== undefined && h('button.btn.btn--sm.btn--ghost', { 'data-testid': 'nb-input-reset', onclick: () => { written = ''; book.change(pointer, { input: undefined }); } }, 'as it comes')), editor(input, { label: `Input of ${name}`, submit: () => book.run(pointer) }).el),
    works.includes(type) && h('div.col', null,
      h('label.row', null, h('input', { type: 'checkbox', 'data-testid': 'nb-mock', checked: () => mock().on, onchange: event => set({ on: event.target.checked }) }), 'Mock what it calls'),
      () => mock().on && untrack(() => h('div.col', null,
        h('textarea.in.mono.mock-text', { 'aria-label': 'Mocked result', 'data-testid': 'nb-mock-result', rows: 3, spellcheck: 'false', value: mock().result, oninput: event => set({ result: event.target.value }) }),
        h('div.pair', null,
          h('div.in', null, h('input', { 'aria-label': 'Mocked error', 'data-testid': 'nb-mock-error', placeholder: 'or an error, as States.Timeout', value: mock().error, oninput: event => set({ error: event.target.value.trim() }) })),
          h('div.in', null, h('input', { 'aria-label': 'Mocked cause', placeholder: 'its cause', 'data-testid': 'nb-mock-cause', value: mock().cause, oninput: event => set({ cause: event.target.value }) })))))),
    () => one().problem && h('p.why', { role: 'alert', 'data-testid': 'nb-problem' }, one().problem),
    () => one().result ? untrack(() => resultOf(book, pointer, one().result, name)) : runData(ed, pointer, name));
}

/** A result to begin a mock with: what a state gets from Lambda has the answer of the function in Payload. */
export function mockOf(state) { return /:lambda:invoke/.test(state?.Resource ?? '') ? '{"Payload": {}}' : '{}'; }

function resultOf(book, pointer, result, name) {
  const shown = signal('output');
  const steps = result.steps.filter(step => step.name !== 'Output');
  return h('section.nb-result', { 'aria-label': `Result of ${name}`, 'data-testid': 'nb-result' },
    h('div.row.wrap', null, statusText(words[result.status]), h('span.t3.num', null, duration(result.milliseconds)), result.next && h('span.t2', null, '→ ', h('b', null, result.next)), h('span.grow'),
      result.execution && h('a', { href: link('x', result.execution), 'data-testid': 'nb-execution' }, 'its run')),
    result.error && h('div.why', null, h('b', null, result.error), result.cause && h('p', null, result.cause)),
    result.note && h('p.xs.t3', null, result.note),
    h('div.row.wrap.gap-1', { role: 'group', 'aria-label': 'Data' }, [['output', 'Output'], ...steps.map((step, i) => [String(i), step.name])].map(([id, label]) => h('button.chip', { 'data-testid': `nb-step-${label}`, 'aria-pressed': () => String(shown() === id), class: () => shown() === id && 'is-on', onclick: () => shown.set(id) }, label))),
    () => jsonView(shown() === 'output' ? result.output : steps[Number(shown())].data, shown() === 'output' ? 'output' : steps[Number(shown())].name, { empty: 'No output' }));
}

// runData shows what the state had in the run whose data is shown.
function runData(ed, pointer, name) {
  const run = ed.store.data()[pointer];
  if (!run) return null;
  return h('section.nb-result', { 'aria-label': `Data of ${name}`, 'data-testid': 'nb-run-data' },
    run.error && h('div.why', null, h('b', null, run.error), run.cause && h('p', null, run.cause)),
    h('span.lab.xs', null, 'Output of the run'), jsonView(run.output, 'output', { empty: 'No output' }));
}
