// The inspector: what is known of the selected state, or of the execution, at the
// moment shown.

import { computed, effect, h, signal } from '../core/view.js';
import { get } from '../core/api.js';
import { icon } from '../core/icon.js';
import { faultText, faultsOf, mocks, pinOf, pinText } from '../core/mocks.js';
import { amend, link, place } from '../core/router.js';
import { statusIcon, statusName, statusText, statusWord } from '../core/status.js';
import { count, duration, exact, size } from '../core/time.js';
import { pinDialog, setFault, setPin, toggle } from '../mocking/dialogs.js';
import { dataSection, diffView, payloadMeter, pretty, tree } from './data.js';
import { stateIcon } from '../graph/state.js';
import { iterationList, STATUS_ICONS } from './graph.js';
import { bytes, MAX_EVENTS, MAX_PAYLOAD, parse, PRICE_OF_TRANSITION } from './history.js';
import { menuButton } from './menu.js';
import { playground } from './playground.js';
import { scopeName, visitNumber } from './run.js';
import { toneOf } from './tape.js';
import { timesOf } from './timeline.js';

const WORDS = { idle: 'Not reached', running: 'Running', open: 'Running', succeeded: 'Succeeded', failed: 'Failed', timedout: 'Timed out', aborted: 'Aborted', caught: 'Caught', waiting: 'Waiting' };

export function inspector(run, actions) {
  return h('aside.panel', { 'aria-label': 'Inspector', 'data-testid': 'inspector' },
    () => (run.selection() ? stateInspector(run, actions) : executionInspector(run, actions)));
}

/** Tabs whose choice is kept in the address and over a change of the selection. */
function tabbed(label, tabs, otherwise) {
  const wanted = computed(() => place().query.tab ?? '');
  const names = computed(() => tabs().map(tab => tab.id));
  const chosen = computed(() => (names().includes(wanted()) ? wanted() : names().includes(otherwise()) ? otherwise() : names()[0]));
  const choose = id => amend({ tab: id });
  const onkey = event => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    const list = names.peek(), at = (list.indexOf(chosen.peek()) + step + list.length) % list.length;
    choose(list[at]);
    queueMicrotask(() => strip.querySelector('[aria-selected=true]')?.focus());
  };
  const shape = computed(() => tabs().map(tab => `${tab.id} ${tab.label} ${tab.n ?? ''}`).join('\n'));
  const strip = h('div.tabs', { role: 'tablist', 'aria-label': label, onkeydown: onkey }, () => {
    shape();
    return tabs().map(tab => h('button', {
      role: 'tab', id: `tab-${tab.id}`, 'aria-controls': 'tabpanel', 'data-testid': `tab-${tab.id}`,
      'aria-selected': () => String(chosen() === tab.id), tabindex: () => (chosen() === tab.id ? 0 : -1), onclick: () => choose(tab.id),
    }, tab.label, tab.n ? h('span.n', null, count(tab.n)) : null));
  });
  const body = h('div.pbody', { role: 'tabpanel', id: 'tabpanel', tabindex: 0, 'aria-labelledby': () => `tab-${chosen()}`, 'data-testid': 'tabpanel' },
    () => { const id = chosen(); return tabs().find(tab => tab.id === id)?.body(); });
  return [strip, body];
}

// ── a state ──

function stateInspector(run, actions) {
  const visit = run.selected;
  const status = computed(() => { run.version(); return run.statusOf(visit()); });
  const definition = computed(() => {
    const s = run.selection(), scope = run.selectedScope();
    if (!s) return null;
    if (scope) return run.fold.state(scope.path, s.state) ?? null;
    return s.pointer ? atPointer(run.fold.definition, s.pointer) : null;
  });
  const type = computed(() => visit()?.kind ?? definition()?.Type ?? '');
  const detail = visitDetail(run, visit);
  const attempts = computed(() => { run.version(); return run.fold.attemptsAt(visit(), run.n()); });
  const failure = computed(() => {
    run.version();
    const v = visit(), at = run.n();
    if (!v) return null;
    // Of the latest attempt: one that was tried again and went well has no error to show.
    const attempt = v.attempts.findLast(a => (a.scheduled || a.started) <= at);
    const found = attempt?.failure ?? v.failure;
    return found && found.n <= at ? found : null;
  });
  const variables = computed(() => { run.version(); return run.fold.variablesAt(run.selectedScope() ?? run.fold.root, run.n()); });

  const tabs = computed(() => {
    const v = visit();
    const list = [];
    if (v && v.kind === 'Map' && v.runs.length && v.runs[v.runs.length - 1].iterations.size) list.push({ id: 'iterations', label: 'Iterations', n: v.runs[v.runs.length - 1].length, body: () => iterationsTab(run, v) });
    if (failure()) list.push({ id: 'error', label: 'Error', body: () => errorTab(run, v, failure(), definition()) });
    if (v && (v.attempts.length > 1 || (failure() && v.attempts.length))) list.push({ id: 'attempts', label: 'Attempts', n: attempts(), body: () => attemptsTab(run, v, definition(), actions) });
    list.push({ id: 'input', label: 'Input', body: () => inputTab(run, visit()) });
    list.push({ id: 'flow', label: 'Data flow', body: () => flowTab(run, visit(), detail) });
    list.push({ id: 'output', label: 'Output', body: () => outputTab(run, visit()) });
    list.push({ id: 'variables', label: 'Variables', n: variables().size, body: () => variablesTab(variables(), run) });
    list.push({ id: 'definition', label: 'Definition', body: () => definitionTab(definition()) });
    list.push({ id: 'events', label: 'Events', n: v ? v.events.filter(n => n <= run.n()).length : 0, body: () => eventsTab(run, visit()) });
    if (type() === 'Task' && !run.imported) list.push({ id: 'logs', label: 'Logs', body: () => logsTab(run, visit()) });
    list.push({ id: 'try', label: 'Try', body: () => playground(run, visit, variables, definition) });
    return list;
  });

  const sub = () => {
    const s = run.selectedScope(), d = definition();
    return [type(), resourceName(visit()?.resource || (typeof d?.Resource === 'string' ? d.Resource : '')), s && scopeName(s)].filter(Boolean).join(' · ');
  };
  const pill = () => h('span.pill', { class: `is-${cls(status())}`, 'data-testid': 'state-status' }, STATUS_ICONS.has(cls(status())) ? icon(`st-${cls(status())}`, 14, cls(status()) === 'running') : null, visit() && status() === 'caught' && visit().outcome !== 'caught' ? 'Retrying' : WORDS[status()]);
  return [
    h('div.ph.row.gap-4', null,
      h('span.tile', { class: () => `is-${cls(status())}` }, () => icon(stateIcon(type(), visit()?.resource || definition()?.Resource || ''))),
      h('div.grow', null, h('h2.h1.trunc', { 'data-testid': 'selected-state', title: () => run.selection()?.state }, () => run.selection()?.state), h('div.xs.t3.trunc', { title: sub }, sub)),
      pill,
      visitSteps(run, visit),
      h('button.btn.btn--ghost.btn--icon.btn--sm', { 'aria-label': 'Show the execution', title: 'Show the execution', 'data-testid': 'deselect', onclick: () => run.select(null) }, icon('close', 14))),
    () => stateActions(run, visit(), status(), actions),
    () => type() === 'Task' && actions.canAct() && mockBar(run, visit(), actions),
    tabbed('State', tabs, () => (failure() && visit()?.outcome !== 'succeeded' ? 'error' : visit()?.kind === 'Map' ? 'iterations' : 'input')),
  ];
}

function cls(status) { return status === 'open' ? 'running' : status; }

function resourceName(resource) {
  if (!resource) return '';
  return resource.replace(/^arn:[^:]*:states:[^:]*:[^:]*:/, '').replace(/^arn:[^:]*:lambda:[^:]*:[^:]*:function:/, 'lambda ');
}

function atPointer(definition, pointer) {
  let value = definition;
  for (const part of pointer.split('/').slice(1)) value = value?.[part.replace(/~1/g, '/').replace(/~0/g, '~')];
  return value;
}

/** Earlier and later visits of a state that was entered more than once. */
function visitSteps(run, visit) {
  return () => {
    run.version();
    const v = visit();
    const all = v ? v.scope.visits.get(v.state) : [];
    if (all.length < 2) return null;
    const at = all.indexOf(v);
    return h('span.iter', null,
      h('button.btn.btn--icon', { 'aria-label': 'Previous visit', 'data-testid': 'visit-prev', disabled: at === 0, onclick: () => run.select(all[at - 1]) }, icon('left', 14)),
      h('span.num.xs', { 'data-testid': 'visit-number' }, `${at + 1} of ${all.length}`),
      h('button.btn.btn--icon', { 'aria-label': 'Next visit', 'data-testid': 'visit-next', disabled: at === all.length - 1, onclick: () => run.select(all[at + 1]) }, icon('right', 14)));
  };
}

/** What can be done with the state as it stands: answer, skip, rerun from here. */
function stateActions(run, visit, status, actions) {
  if (!visit || !actions.canAct() || run.imported) return null;
  const out = [];
  const number = visitNumber(run, visit);
  const task = run.live() && run.pending().find(p => p.state === visit.state && (p.visit < 0 || p.visit === number));
  if (task) {
    out.push(h('button.btn.btn--pri', { 'data-testid': 'answer', onclick: () => actions.answer(task) }, task.kind === 'held' ? 'Mock a result' : task.kind === 'activity' ? 'Answer the activity' : 'Answer the token'));
  }
  if (run.live() && run.running() && !visit.left && (visit.kind === 'Wait' || (status === 'caught' && visit.outcome === 'open'))) {
    out.push(h('button.btn', { 'data-testid': 'skip-wait', onclick: () => actions.skipWait(visit) }, icon('clock-ff', 14), visit.kind === 'Wait' ? 'Skip the wait' : 'Retry now'));
  }
  // The card of the failure has this button already.
  if (!run.running() && !(run.live() && visit === run.fold.failedVisit)) {
    const root = actions.rootVisit(visit);
    if (root && visitNumber(run, root) >= 0) out.push(h('button.btn', { 'data-testid': 'rerun-from', onclick: () => actions.rerunFrom(visit) }, icon('fork', 14), `Rerun from ${root.state}`));
  }
  return out.length ? h('div.row.wrap.pacts', null, out) : null;
}

/** What answers the task in place of what it calls, and what disturbs it. */
function mockBar(run, visit, actions) {
  const state = run.selection()?.state, machine = actions.machineName();
  run.version();
  run.n();
  mocks.all();
  const pin = pinOf(machine, state), faults = faultsOf(machine, state);
  const outcome = actions.outcomeOf(visit?.attempts.findLast(a => actions.outcomeOf(a)));
  const line = (testid, sign, kind, one, label, text, change) => h('div.row.mockline', { 'data-testid': testid }, toggle(label, () => !one.off, change, `${testid}-switch`), h('span.stat', { class: one.off ? 'is-skipped' : kind }, icon(sign, 14)), h('span.trunc.grow.sm', { title: text }, text));
  return h('div.mockbar', { 'data-testid': 'mock-bar' },
    pin && line('state-pin', 'pin', 'is-pinned', pin, 'Pin', `Pinned: ${pinText(pin)}`, () => setPin({ ...pin, off: !pin.off })),
    faults.map(fault => line('state-fault', 'bug', 'is-failed', fault, `Fault: ${faultText(fault)}`, `Fault: ${faultText(fault)}`, () => setFault({ ...fault, off: !fault.off }))),
    h('div.row.wrap', null,
      outcome && !samePin(pin, outcome) && h('button.btn.btn--sm', { 'data-testid': 'pin-result', title: 'All calls of this state get this answer', onclick: () => setPin({ machine, state, ...outcome }) }, icon('pin', 14), outcome.error ? 'Pin this error' : 'Pin this result'),
      pin && h('button.btn.btn--sm', { 'data-testid': 'pin-edit-here', onclick: () => pinDialog(machine, state) }, icon('edit', 14), 'Edit pin'),
      menuButton([icon('bug', 14), 'Mock and faults', icon('down', 12)], { class: 'btn--sm', 'data-testid': 'mock-menu', 'aria-label': `Mock and faults of ${state}` }, () => actions.mockItems(state, visit))));
}

function samePin(pin, outcome) {
  return Boolean(pin) && (outcome.error ? pin.error === outcome.error && pin.cause === outcome.cause : pin.output === outcome.output);
}

/** What the server knows more of a visit: the steps of its data. Read when a tab asks. */
function visitDetail(run, visit) {
  const cache = new Map();
  return v => {
    const number = visitNumber(run, v);
    const key = `${number} ${v.left}`;
    let found = cache.get(key);
    if (!found) {
      found = signal(null);
      cache.set(key, found);
      if (run.imported) found.set(run.imported.details.find(d => d.number === number) ?? {});
      else if (number < 0) found.set({});
      else get('visit', { arn: run.arn, visit: number }).then(found.set, error => found.set({ problem: error.message }));
    }
    return found;
  };
}

function notYet(text = 'The state has not been reached at this event.') { return h('p.sm.t3', { 'data-testid': 'not-yet' }, text); }

function inputTab(run, visit) {
  if (!visit) return notYet();
  const sent = visit.attempts.findLast(a => a.parameters !== undefined && a.scheduled <= run.n());
  return [
    dataSection('Input', visit.input, { testid: 'input' }),
    sent && sent.parameters !== visit.input && dataSection('Sent to the task', sent.parameters, { testid: 'parameters' }),
    timeSection(run, visit),
  ];
}

function timeSection(run, visit) {
  const fold = run.fold, end = visit.left ? fold.elapsed(visit.left) : fold.elapsed(fold.length);
  const times = timesOf(fold, visit, end), whole = end - fold.elapsed(visit.entered);
  const share = ms => (whole > 0 ? ` ${Math.round((ms / whole) * 100)} %` : '');
  const row = (name, ms) => ms > 0 && [h('dt', null, name), h('dd.num', null, duration(ms), h('span.t3', null, share(ms)))];
  return h('section.sect', null, h('dl.kv', null,
    h('dt', null, 'Entered'), h('dd.num', null, exact(fold.events[visit.entered - 1].at), h('span.t3', null, ` +${duration(fold.elapsed(visit.entered))}`)),
    visit.left ? [h('dt', null, 'Took'), h('dd.num', null, duration(whole))] : null,
    row('In the task', times.run), row('Back-off', times.backoff), row('For a slot', times.slot), row('Waiting', times.wait),
    visit.redrive ? [h('dt', null, 'Redrive'), h('dd', null, `${visit.redrive}`)] : null,
    visit.mapRun ? [h('dt', null, 'Map Run'), h('dd', null, h('a', { href: link('map', visit.mapRun), 'data-testid': 'map-run-link' }, visit.mapRun.split(':').pop()))] : null));
}

function outputTab(run, visit) {
  if (!visit) return notYet();
  const result = visit.attempts.findLast(a => a.output !== undefined && a.ended <= run.n());
  if (!visit.left || visit.left > run.n() || visit.output === undefined) {
    return [result && dataSection('Task result', result.output, { testid: 'result' }), notYet(visit.left && visit.left <= run.n() ? `The state ended without an output: ${WORDS[visit.outcome].toLowerCase()}.` : 'The state has not ended at this event.')];
  }
  return [dataSection('Output', visit.output, { testid: 'output' }), result && result.output !== visit.output && dataSection('Task result', result.output, { testid: 'result' })];
}

const REACHED_LATE = new Set(['ResultSelector', 'ResultPath', 'Result', 'OutputPath', 'Output', 'Assign']);

/** The steps of the data, each with what it changed. */
function flowTab(run, visit, detail) {
  if (!visit) return notYet();
  const found = detail(visit)();
  if (!found) return h('p.sm.t3', null, 'Reading …');
  if (found.problem) return h('p.sm.t3', null, found.problem);
  const full = signal(false);
  const steps = found.flow?.length ? found.flow : recordedFlow(visit);
  const at = run.n();
  const reached = step => {
    if (step.name === 'Result') { const done = visit.attempts.findLast(a => a.ended)?.ended || visit.left; return done && done <= at; }
    return !REACHED_LATE.has(step.name) || (visit.left && visit.left <= at);
  };
  return h('div.flowbox', { 'data-testid': 'flow' },
    h('div.row.dhead', null, h('h3.b', null, 'From the input to the output'), h('span.grow'),
      h('div.seg', { role: 'group', 'aria-label': 'Show' },
        h('button', { 'aria-pressed': () => String(!full()), 'aria-selected': null, 'data-testid': 'flow-diff', class: () => !full() && 'is-on', onclick: () => full.set(false) }, 'Diff'),
        h('button', { 'aria-pressed': () => String(full()), 'data-testid': 'flow-full', class: () => full() && 'is-on', onclick: () => full.set(true) }, 'Full'))),
    h('ol.flow', null, () => steps.map((step, i) => {
      const before = i ? steps[i - 1].data : undefined;
      const there = reached(step), same = i > 0 && step.data === before;
      const changed = i > 0 && !same && there && step.name !== 'Assign';
      return h('li.fs', { class: (same || !there) && 'is-same', 'data-testid': `flow-${step.name}` },
        h('span.nb', { 'aria-hidden': 'true' }, i + 1),
        h('div', null,
          h('div.row', null, h('b.m', null, stepName(step.name)), h('span.xs.t3', null, !there ? 'not reached' : same ? 'as before' : size(bytes(step.data))), !step.recorded && there && h('span.xs.t3', { title: 'The history does not have this step; it was computed again from what it has.' }, 'computed')),
          !there || same ? null : full() || !changed ? h('div.diff.diff--full', null, tree(parse(step.data))) : diffView(before, step.data)));
    })),
    visit.failure && visit.failure.n <= at && h('p.sm.flowerr', null, h('span.stat.is-failed', null, icon('st-failed', 14), visit.failure.error || 'Failed'), visit.failure.cause && h('span.mono', null, ` ${visit.failure.cause}`)),
    found.flowNote && h('p.xs.t3', null, found.flowNote));
}

function stepName(name) { return { Input: 'State input', Parameters: 'Parameters', Result: 'Task result' }[name] ?? name; }

/** The steps that a history has by itself. */
function recordedFlow(visit) {
  const last = visit.attempts[visit.attempts.length - 1];
  return [['Input', visit.input], ['Parameters', last?.parameters], ['Result', last?.output], ['Output', visit.output], ['Assign', visit.assigned && JSON.stringify(Object.fromEntries(Object.entries(visit.assigned).map(([k, v]) => [k, parse(v)])))]]
    .filter(([, data]) => data !== undefined).map(([name, data]) => ({ name, data, recorded: true }));
}

function variablesTab(variables, run) {
  if (!variables.size) return h('p.sm.t3', null, 'No variable is assigned at this event.');
  return h('div', { 'data-testid': 'variables' }, [...variables].sort((a, b) => a[0].localeCompare(b[0])).map(([name, one]) => h('div.var', null,
    tree(parse(one.value), `$${name}`),
    h('button.btn.btn--ghost.btn--sm.num', { title: 'Go to the event that assigned it', 'data-testid': `variable-${name}`, onclick: () => run.selectEvent(one.n) }, `event ${run.fold.events[one.n - 1].id}`))));
}

function errorTab(run, visit, failure, definition) {
  const fold = run.fold;
  return [
    h('section.sect', { 'data-testid': 'error' }, h('dl.kv', null,
      h('dt', null, 'Error'), h('dd.mono', { 'data-testid': 'error-name' }, failure.error || 'none'),
      h('dt', null, 'Cause'), h('dd.mono.wrapany', { 'data-testid': 'error-cause' }, causeView(failure.cause)),
      h('dt', null, 'Taken by'), h('dd', { 'data-testid': 'taken-by' }, takenBy(fold, visit, failure, definition)),
      h('dt', null, 'Event'), h('dd', null, h('button.btn.btn--sm.btn--ghost.num', { 'data-testid': 'error-event', onclick: () => run.selectEvent(failure.n) }, `${fold.events[failure.n - 1].id} ${fold.events[failure.n - 1].type}`)))),
    dataSection('Input of the failed attempt', visit.attempts.findLast(a => a.failure && a.failure.n <= failure.n)?.parameters ?? visit.input, { testid: 'failed-input' }),
  ];
}

/** A cause is often JSON in a text: then it is a tree. */
function causeView(cause) {
  const value = parse(cause);
  return value && typeof value === 'object' ? tree(value, 'cause') : cause || 'none';
}

/** Who took a failure, in words. */
export function takenBy(fold, visit, failure, definition) {
  if (fold.retried.has(failure.n)) {
    const attempt = visit.attempts.find(a => a.failure?.n === failure.n);
    const i = attempt ? fold.retrier(visit, attempt) : -1;
    return i >= 0 ? `Retry[${i}], which tried again` : 'a Retrier, which tried again';
  }
  if (visit.outcome === 'caught') return visit.catcher >= 0 ? `Catch[${visit.catcher}], then ${visit.next || 'the end'}` : `a Catcher, then ${visit.next || 'the end'}`;
  if (visit.outcome === 'open') return 'not known yet';
  const container = outerTaker(visit);
  const own = definition?.Type === 'Fail' ? 'it is a Fail state, which ends what it stands in' : definition ? [definition.Retry && usedUp(visit, definition), definition.Catch ? `its ${definition.Catch.length === 1 ? 'Catcher does' : `${definition.Catch.length} Catchers do`} not match` : 'it has no Catch'].filter(Boolean).join(', ') : '';
  return container ? `${container.state}, around it${own && ` (${own})`}` : `nobody${own && `: ${own}`}`;
}

function outerTaker(visit) {
  for (let v = visit.around; v; v = v.around) if (v.outcome === 'caught' || v.attempts.some(a => a.retriedAt)) return v;
  return null;
}

function usedUp(visit, definition) {
  const tries = visit.attempts.length;
  return tries > 1 ? `Retry used up after ${tries} attempts` : 'its Retry did not take it';
}

function attemptsTab(run, visit, definition, actions) {
  const fold = run.fold, at = run.n();
  return h('ol.attempts', { 'data-testid': 'attempts' }, visit.attempts.filter(a => (a.scheduled || a.started) <= at).map((attempt, i) => {
    const from = attempt.scheduled || attempt.started, over = attempt.ended && attempt.ended <= at;
    const failed = attempt.failure && attempt.failure.n <= at;
    const status = !over ? 'running' : failed ? (attempt.retriedAt ? 'caught' : visit.outcome === 'caught' ? 'caught' : 'failed') : 'succeeded';
    const retrier = attempt.retriedAt ? fold.retrier(visit, attempt) : -1;
    return [
      h('li.row', null, h('span.stat', { class: `is-${status}` }, icon(`st-${status}`, 14)), h('button.btn.btn--ghost.btn--sm', { 'data-testid': `attempt-${i + 1}`, onclick: () => run.selectEvent(failed ? attempt.failure.n : attempt.ended || from) }, `Attempt ${i + 1}`), h('span.trunc.grow.t2', { title: attempt.failure?.cause }, failed ? attempt.failure.error : over ? 'succeeded' : 'running'), pinAttempt(visit, attempt, i, actions), h('span.num.xs.t3', null, over ? duration(fold.elapsed(attempt.ended) - fold.elapsed(from)) : '')),
      attempt.retriedAt && attempt.retriedAt <= at ? h('li.row', null, h('span.stat.is-waiting', null, icon('st-waiting', 14)), h('span.backoff', null, 'Back-off'), h('span.trunc.grow.t2', null, retrier >= 0 ? retryWords(definition?.Retry?.[retrier], retrier) : ''), h('span.num.xs.t3', null, duration(fold.elapsed(attempt.retriedAt) - fold.elapsed(attempt.ended)))) : null,
    ];
  }), timeSection(run, visit));
}

/** The button that pins what one attempt of a task has led to. */
function pinAttempt(visit, attempt, i, actions) {
  const outcome = visit.kind === 'Task' && actions.canAct() && actions.outcomeOf(attempt);
  const label = `Pin what attempt ${i + 1} has led to`;
  return outcome && h('button.btn.btn--ghost.btn--sm.btn--icon', { 'aria-label': label, title: label, 'data-testid': `pin-attempt-${i + 1}`, onclick: () => setPin({ machine: actions.machineName(), state: visit.state, ...outcome }) }, icon('pin', 14));
}

function retryWords(retrier, i) {
  const parts = [`Retry[${i}]`];
  if (retrier?.IntervalSeconds !== undefined) parts.push(`IntervalSeconds ${retrier.IntervalSeconds}`);
  if (retrier?.BackoffRate !== undefined) parts.push(`BackoffRate ${retrier.BackoffRate}`);
  return parts.join(' · ');
}

function definitionTab(definition) {
  if (!definition) return h('p.sm.t3', null, 'The definition is not known here.');
  return h('section.sect', { 'data-testid': 'definition' }, h('pre.raw', { tabindex: 0, 'aria-label': 'Definition of the state' }, pretty(definition)));
}

function eventsTab(run, visit) {
  if (!visit) return notYet();
  const fold = run.fold, at = run.n();
  return h('div.evlist', { 'data-testid': 'state-events' }, visit.events.filter(n => n <= at).slice(0, 300).map(n => {
    const event = fold.events[n - 1];
    return h('details.jn.ev', null,
      h('summary', { 'data-testid': `state-event-${event.id}` }, icon('right', 12), h('span.num.t3', null, event.id), h('span.dot', { class: `is-${toneOf(fold, n)}` }), h('span.grow.trunc', null, event.type), h('span.num.xs.t3', null, `+${duration(fold.elapsed(n))}`)),
      h('div.row.wrap', null, h('button.btn.btn--sm', { 'data-testid': `go-event-${event.id}`, onclick: () => run.selectEvent(n) }, 'Go to this event')), tree(event.details, event.name || 'details'));
  }));
}

function logsTab(run, visit) {
  const lines = signal(null), problem = signal('');
  effect(() => { run.version(); get('logs', { arn: run.arn }).then(found => lines.set(found.lines), error => problem.set(error.message)); });
  return () => {
    if (problem()) return h('p.sm.t3', null, problem());
    if (!lines()) return h('p.sm.t3', null, 'Reading …');
    const name = functionName(visit);
    const shown = lines().filter(line => !name || line.function === name);
    if (!shown.length) return h('p.sm.t3', null, 'No function that runs here has written a line for this execution. Functions behind an endpoint of their own write their logs there.');
    return h('pre.raw.logs', { tabindex: 0, 'aria-label': 'Log of the function', 'data-testid': 'logs' }, shown.slice(-500).map(line => h('div', { class: line.platform && 't3' }, line.text)));
  };
}

function functionName(visit) {
  const parameters = parse(visit?.attempts[0]?.parameters ?? '');
  const name = parameters?.FunctionName ?? /:function:([^:]+)/.exec(visit?.resource ?? '')?.[1] ?? '';
  return String(name).replace(/^arn:.*:function:/, '').split(':')[0];
}

function iterationsTab(run, visit) {
  const counts = run.fold.iterationsAt(visit, run.n());
  if (!counts) return notYet('No iteration has begun at this event.');
  const done = counts.succeeded + counts.failed + counts.aborted, total = Math.max(1, counts.length);
  const part = (name, n) => h('i', { class: `is-${name}`, style: { '--v': (n / total) * 100 } });
  const durations = [...counts.run.iterations.values()].filter(one => one.ended && one.ended <= run.n()).map(one => run.fold.elapsed(one.ended) - run.fold.elapsed(one.started)).sort((a, b) => a - b);
  const median = durations.length ? durations[durations.length >> 1] : 0;
  return h('div.col', { 'data-testid': 'iterations' },
    h('div.row', null, h('span.bignum.num', null, count(done)), h('span.t2', null, `of ${count(counts.length)} ended`), h('span.grow'), durations.length > 0 && h('span.xs.t3.num', null, `p50 ${duration(median)} · max ${duration(durations[durations.length - 1])}`)),
    h('span.meter.meter--wide', { role: 'img', 'aria-label': `${counts.succeeded} succeeded, ${counts.failed} failed, ${counts.aborted} aborted, ${counts.running} running` }, part('succeeded', counts.succeeded), part('failed', counts.failed), part('aborted', counts.aborted), part('running', counts.running)),
    iterationList(run, visit.scope, visit, index => {
      const iteration = counts.run.iterations.get(index);
      run.pick(visit.scope, visit.state, index);
      const inner = [...iteration.scope.visits.values()].flat();
      const found = inner.find(v => v.outcome === 'failed') ?? inner[inner.length - 1];
      if (found && found.entered <= run.n.peek()) run.select(found, false);
    }));
}

// ── the execution ──

function executionInspector(run, actions) {
  const tabs = computed(() => {
    const x = run.execution();
    const list = [{ id: 'overview', label: 'Overview', body: () => overviewTab(run, actions) }, { id: 'input', label: 'Input', body: () => dataSection('Input of the execution', run.execution()?.input ?? run.fold.events[0]?.details.input, { testid: 'input' }) }, { id: 'output', label: 'Output', body: () => executionOutput(run) }, { id: 'variables', label: 'Variables', body: () => { run.version(); return variablesTab(run.fold.variablesAt(run.fold.root, run.n()), run); } }];
    if (x?.children?.length || x?.parent) list.push({ id: 'related', label: 'Related', n: x.children?.length ?? 0, body: () => relatedTab(run) });
    list.push({ id: 'definition', label: 'Definition', body: () => definitionTab(run.fold.definition) });
    return list;
  });
  return [
    h('div.ph.row.gap-4', null, h('span.tile', null, icon('graph')), h('div.grow', null, h('h2.h1.trunc', { 'data-testid': 'selected-execution' }, 'Execution'), h('div.xs.t3.trunc', null, () => run.execution()?.name ?? '')),
      () => actions.canAct() && run.running() && run.pending().length > 0 && h('button.btn.btn--sm', { 'data-testid': 'answer-first', onclick: () => actions.answer(run.pending.peek()[0]) }, 'Answer')),
    tabbed('Execution', tabs, () => 'overview'),
  ];
}

function executionOutput(run) {
  run.version();
  const fold = run.fold, end = fold.ended && fold.ended <= run.n() ? fold.events[fold.ended - 1] : null;
  if (!end) return notYet('The execution has not ended at this event.');
  if (fold.status !== 'SUCCEEDED') return h('dl.kv', null, h('dt', null, 'Error'), h('dd.mono', null, end.details.error ?? 'none'), h('dt', null, 'Cause'), h('dd.mono.wrapany', null, causeView(end.details.cause)));
  return dataSection('Output', end.details.output, { testid: 'output' });
}

function overviewTab(run, actions) {
  run.version();
  const x = run.execution(), fold = run.fold, at = run.n();
  if (!x) return null;
  const transitions = fold.transitionsTo(at), largest = largestPayload(fold, at);
  const used = (value, most, label) => h('span.meter.meter--wide', { role: 'meter', 'aria-label': label, 'aria-valuemin': 0, 'aria-valuemax': most, 'aria-valuenow': value }, h('i', { class: value >= most ? 'is-failed' : value > most * 0.8 ? 'is-caught' : 'is-succeeded', style: { '--v': Math.min(100, (value / most) * 100) } }));
  const express = /:express:/.test(x.arn ?? '');
  return [
    h('section.sect', null, h('dl.kv', { 'data-testid': 'overview' },
      h('dt', null, 'Started'), h('dd.num', null, exact(x.started || fold.events[0]?.at || 0)),
      x.stopped ? [h('dt', null, 'Ended'), h('dd.num', null, exact(x.stopped))] : null,
      h('dt', null, 'ARN'), h('dd.mono.wrapany', null, x.arn || '–'),
      x.source && [h('dt', null, 'File'), h('dd.mono.wrapany', null, x.source)],
      x.testCase && [h('dt', null, 'Mocks'), h('dd', null, x.testCase)],
      x.rerunOf && [h('dt', null, 'Rerun of'), h('dd.row', null, h('a.mono.trunc.grow', { href: link('x', x.rerunOf), title: x.rerunOf, 'data-testid': 'rerun-of' }, x.rerunOf.split(':').at(-1)), h('a.sm.nowrap', { href: link('compare', x.rerunOf, x.arn), 'data-testid': 'rerun-compare' }, 'compare'))],
      run.reruns().length > 0 && [h('dt', null, 'Reruns'), h('dd.col.gap-1', { 'data-testid': 'reruns' }, run.reruns().slice(0, 10).map(row => h('span.row', null, h('span.stat', { class: `is-${statusName(row.status)}` }, statusIcon(row.status), h('span.vh', null, statusWord(row.status))), h('a.mono.trunc.grow', { href: link('x', row.arn), title: row.name, 'data-testid': 'rerun-link' }, row.name), h('a.sm.nowrap', { href: link('compare', x.arn, row.arn), 'data-testid': 'rerun-compare' }, 'compare'))), run.reruns().length > 10 && h('span.xs.t3', null, `and ${run.reruns().length - 10} more`))],
      x.redrives > 0 && [h('dt', null, 'Redrives'), h('dd.num', null, count(x.redrives))],
      x.changed && [h('dt', null, 'Definition'), h('dd', null, h('button.badge.badge--link.is-caught', { 'data-testid': 'changed-since', title: 'Show the difference', onclick: actions.definitionChanged }, 'changed since'))])),
    h('section.sect', { 'data-testid': 'meters' },
      h('div.row', null, h('b.m', null, 'Events'), h('span.grow'), h('span.num.xs.t3', null, `${count(at)} of ${count(MAX_EVENTS)}`)), used(at, MAX_EVENTS, 'Events of 25,000'),
      h('div.row.mt', null, h('b.m', null, 'Largest payload'), h('span.grow'), largest.n ? h('button.btn.btn--ghost.btn--sm', { 'data-testid': 'largest-payload', title: 'Go to the event that has it', onclick: () => run.selectEvent(largest.n) }, payloadMeter(largest.bytes)) : null), used(largest.bytes, MAX_PAYLOAD, 'Bytes of 256 KiB'),
      h('div.row.mt', null, h('b.m', null, 'Billed transitions'), h('span.grow'), h('span.num', { 'data-testid': 'transitions' }, count(transitions))),
      h('p.xs.t3', { 'data-testid': 'cost' }, express ? 'Express workflows are billed by requests and time, not by transitions.' : `About $${(transitions * PRICE_OF_TRANSITION).toFixed(6)} on AWS (${transitions} × $0.000025, us-east-1, after the free tier; each state entered and each retry counts).`)),
  ];
}

const largestKnown = new WeakMap();

/** The largest input, output or parameter up to n. Looked for once an event. */
function largestPayload(fold, n) {
  let known = largestKnown.get(fold);
  if (!known) largestKnown.set(fold, known = { upTo: 0, steps: [] });
  for (; known.upTo < fold.length; known.upTo++) {
    const d = fold.events[known.upTo].details;
    const best = known.steps[known.steps.length - 1]?.bytes ?? 0;
    for (const text of [d.input, d.output, d.parameters]) {
      // A text has at most three bytes a unit of its length.
      if (typeof text !== 'string' || text.length * 3 <= best) continue;
      const b = bytes(text);
      if (b > (known.steps[known.steps.length - 1]?.bytes ?? 0)) known.steps.push({ n: known.upTo + 1, bytes: b });
    }
  }
  return known.steps.findLast(step => step.n <= n) ?? { n: 0, bytes: 0 };
}

/** Parent, this execution and its children as a tree; children open in place. */
function relatedTab(run) {
  const x = run.execution();
  const children = list => h('ul.rel', { role: 'group' }, list.map(child => relatedItem(child)));
  return h('ul.rel', { role: 'tree', 'aria-label': 'Related executions', 'data-testid': 'related' },
    x.parent ? h('li', { role: 'treeitem', 'aria-expanded': 'true', 'aria-selected': 'false' }, relatedLine(x.parent, 'parent'), h('ul.rel', { role: 'group' }, h('li', { role: 'treeitem', 'aria-selected': 'true' }, h('span.row', null, statusText(x.status, x.name), h('b.xs.t3', null, 'this one')), children(x.children ?? []))))
      : h('li', { role: 'treeitem', 'aria-selected': 'true' }, h('span.row', null, statusText(x.status, x.name), h('b.xs.t3', null, 'this one')), children(x.children ?? [])));
}

function relatedLine(one, kind) {
  return h('span.row', null, icon(one.kind === 'mapRun' ? 'map' : 'nested', 14), h('a', { href: one.kind === 'mapRun' ? link('map', one.arn) : link('x', one.arn), 'data-testid': `related-${kind}` }, one.name), one.status && statusText(one.status), one.state && h('span.xs.t3', null, one.state));
}

function relatedItem(one) {
  if (one.kind === 'mapRun') return h('li', { role: 'treeitem', 'aria-selected': 'false' }, relatedLine(one, 'map-run'));
  const inner = signal(null), open = signal(false);
  const toggle = async () => {
    open.update(v => !v);
    if (!inner.peek()) inner.set((await get('execution', { arn: one.arn }).catch(() => null))?.children ?? []);
  };
  return h('li', { role: 'treeitem', 'aria-expanded': () => String(open()), 'aria-selected': 'false' },
    h('span.row.gap-1', null, h('button.btn.btn--ghost.btn--sm.btn--icon', { 'aria-label': `Children of ${one.name}`, 'data-testid': 'related-open', onclick: toggle }, () => icon(open() ? 'down' : 'right', 12)), relatedLine(one, 'child')),
    () => open() && inner() && (inner().length ? h('ul.rel', { role: 'group' }, inner().map(relatedItem)) : h('p.xs.t3', null, 'It has started no other.')));
}
