// The page of one execution: head, failure, tape, the view and the inspector.

import { computed, effect, h, signal, untrack } from '../core/view.js';
import { commands } from '../core/commands.js';
import { icon } from '../core/icon.js';
import { keys } from '../core/keys.js';
import { amend, go, link, place } from '../core/router.js';
import { server } from '../core/server.js';
import { statusPill, statusWord } from '../core/status.js';
import { count, duration, exact, now, plural } from '../core/time.js';
import { announce, copy, failed } from '../core/toast.js';
import { canPoint, pointDialog, retryHeld } from '../mocking/dialogs.js';
import { debugBar, debugKeys } from '../debug/bar.js';
import { debugDock } from '../debug/console.js';
import { debugPanel } from '../debug/panel.js';
import { pointsOf } from '../debug/points.js';
import { debugOf } from '../debug/session.js';
import { actionsOf } from './actions.js';
import { eventsView } from './events.js';
import { graphView } from './graph.js';
import { summary, PRICE_OF_TRANSITION } from './history.js';
import { importFiles, importPage } from './import.js';
import { inspector, takenBy } from './inspector.js';
import { menuButton } from './menu.js';
import { openRun, pickKey, scopeName } from './run.js';
import { tape } from './tape.js';
import { timelineView } from './timeline.js';

const VIEWS = [['graph', 'Graph', 'graph'], ['compact', 'Compact', 'columns'], ['timeline', 'Timeline', 'timeline'], ['tree', 'Tree', 'nested'], ['events', 'Events', 'list']];

const styled = signal(false);
for (const sheet of ['../graph/graph.css', '../execution.css', './page.css', '../debug/debug.css']) {
  const url = new URL(sheet, import.meta.url).pathname;
  const el = h('link', { rel: 'stylesheet', href: url, onload: () => styled.set([...document.querySelectorAll('link[data-sheet]')].every(l => l.sheet)), 'data-sheet': 'execution' });
  document.head.append(el);
}

/** The page of the execution with an ARN; without one, of a history that is dropped. */
export function page(arn) {
  const dropped = signal(null);
  return () => {
    if (!styled()) return null;
    if (arn) return untrack(() => executionPage(openRun(arn), dropped));
    const imported = dropped();
    return untrack(() => (imported ? executionPage(openRun(imported.execution.arn || 'imported', imported), dropped) : importPage(found => dropped.set(found))));
  };
}

function executionPage(run, dropped) {
  const actions = actionsOf(run), debug = debugOf(run, actions), points = pointsOf(run, actions);
  const view = computed(() => (VIEWS.some(([id]) => id === place().query.view) ? place().query.view : run.execution() && !run.execution().graph ? 'timeline' : 'graph'));
  effect(() => { const x = run.execution(); if (x) document.title = `${x.name || 'history'} · ${x.machineName || 'execution'} · aslocal`; });
  // Who does not see the page is told when the execution ends, or waits for somebody.
  let told = '';
  effect(() => {
    const x = run.execution(), waiting = run.pending().length;
    const now = x ? `${x.name} ${statusWord(x.status).toLowerCase()}${waiting ? `, ${plural(waiting, 'task')} to answer` : ''}` : '';
    if (told && now !== told) announce(now);
    told = now;
  });
  bindKeys(run, actions, view);
  const debugRows = debugKeys(debug, points);
  keys('Debugger', debugRows);
  commands('Debugger', debugRows.filter(([key]) => key !== 'n').map(([key, label, act]) => ({ label, key, icon: 'bug', run: act })));
  return h('div.view.xview', {
    class: () => [debug.shown() && 'is-debugging', debug.stop()?.past && 'is-past', debug.still() && 'is-still'], ondragover: event => event.preventDefault(), ondrop: event => dropFiles(event, dropped) }, () => {
    const problem = run.problem();
    if (problem) {
      return h('div.empty', { 'data-testid': 'execution-problem' }, h('h1.h1', null, 'This execution cannot be shown'), h('p', null, problem.message), h('a.btn', { href: link('executions'), 'data-testid': 'to-executions' }, 'All executions'));
    }
    return [
      head(run, actions, debug),
      debugBar(debug),
      () => failureCard(run, actions),
      () => heldCard(run, actions),
      tape(run),
      h('div.work', null,
        h('section.stage', { 'aria-label': 'Execution', class: () => view() === 'graph' && 'stage--graph' },
          h('div.vb', null, h('div.seg', { role: 'tablist', 'aria-label': 'View' }, VIEWS.map(([id, label, name]) => h('button', {
            role: 'tab', id: `view-${id}`, 'data-testid': `view-${id}`, 'aria-selected': () => String(view() === id), 'aria-controls': 'stage', tabindex: () => (view() === id ? 0 : -1),
            onclick: () => amend({ view: id }), onkeydown: event => viewKey(event, view),
          }, icon(name, 14), h('span', null, label))))),
          h('div.stagebody', { role: 'tabpanel', id: 'stage', 'aria-labelledby': () => `view-${view()}` }, () => {
            const id = view();
            if (id === 'graph') return untrack(() => graphView(run, actions, debug, points));
            if (id === 'events') return untrack(() => eventsView(run));
            return untrack(() => timelineView(run, view));
          }),
          () => view() === 'graph' && eventLine(run),
          debugDock(debug)),
        () => (debug.shown() ? untrack(() => debugPanel(debug, points)) : untrack(() => inspector(run, actions)))),
    ];
  });
}

function viewKey(event, view) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step || event.shiftKey) return;
  event.preventDefault();
  event.stopPropagation();
  const at = VIEWS.findIndex(([id]) => id === view.peek());
  const next = VIEWS[(at + step + VIEWS.length) % VIEWS.length][0];
  amend({ view: next });
  queueMicrotask(() => document.getElementById(`view-${next}`)?.focus());
}

async function dropFiles(event, dropped) {
  event.preventDefault();
  const files = [...(event.dataTransfer?.files ?? [])];
  if (!files.length) return;
  try {
    const found = await importFiles(files);
    go('x');
    dropped.set(found);
  } catch (error) { failed(error); }
}

function head(run, actions, debug) {
  const x = run.execution;
  const took = () => {
    const e = x();
    if (!e) return '';
    const to = e.stopped || (run.running() && !server.overview()?.virtual && !debug.still() ? now() : run.fold.events[run.length() - 1]?.at ?? e.started);
    return duration(Math.max(0, to - e.started));
  };
  return h('div.head', null,
    h('div.crumb', null,
      () => x()?.machine && h('a', { href: link('machine', x().machine), 'data-testid': 'machine-link' }, x().machineName || 'machine'), () => x()?.machine && icon('right', 12),
      h('h1.mono.trunc', { 'data-testid': 'execution-name', title: () => x()?.arn }, () => x()?.name || (run.imported ? 'Exported history' : ''))),
    () => x() && statusPill(x().status),
    () => run.imported && h('span.badge', { 'data-testid': 'imported' }, 'exported history'),
    () => x()?.paused && h('span.badge.is-waiting', { 'data-testid': 'paused' }, 'paused'),
    () => x()?.changed && h('button.badge.badge--link.is-caught.hide-xs', { 'data-testid': 'changed', title: 'The state machine has another definition now: show the difference', onclick: actions.definitionChanged }, 'definition changed since'),
    h('span.sm.t3.nowrap.trunc', null, h('span.num', null, took), () => x() && h('span', { title: exact(x().started) }, ` · ${new Date(x().started).toLocaleTimeString(undefined, { hour12: false })}`),
      h('span.hide-s', null, () => { run.version(); const t = run.fold.transitionsTo(run.n()); return run.loaded() ? ` · ${plural(t, 'transition')} · $${(t * PRICE_OF_TRANSITION).toFixed(6)}` : ''; })),
    h('span.grow'),
    h('div.row.gap-1.wrap', null,
      () => actions.canAct() && h('button.btn', { 'data-testid': 'debugger', 'aria-pressed': () => String(debug.shown()), title: 'Show or hide the debugger (D)', onclick: () => debug.show(!debug.shown.peek()) }, icon('bug', 14), h('span.hide-xs', null, 'Debugger')),
      () => actions.canAct() && [
        run.running() && h('button.btn.btn--danger', { 'data-testid': 'stop', onclick: actions.stop }, icon('stop', 14), 'Stop'),
        run.running() && (x()?.paused ? h('button.btn', { 'data-testid': 'resume-now', onclick: actions.resume }, icon('play', 14), 'Resume') : !debug.stop() && h('button.btn.hide-xs', { 'data-testid': 'pause-now', onclick: actions.pause }, icon('dbg-pause', 14), 'Pause')),
        !run.running() && (x()?.redrivable || x()?.status === 'FAILED') && h('button.btn', { 'data-testid': 'redrive', disabled: !x().redrivable, title: x().redriveNote || 'Go on from what failed', onclick: actions.redrive }, icon('redrive', 14), 'Redrive'),
        h('span.split', null, h('button.btn', { 'data-testid': 'rerun', onclick: actions.rerun }, icon('rerun', 14), 'Rerun'),
          menuButton(icon('down', 14), { class: 'btn--icon', 'aria-label': 'More ways to run again', title: 'More ways to run again', 'data-testid': 'rerun-more', disabled: () => !run.execution() }, actions.rerunItems)),
      ],
      menuButton(icon('more', 16), { class: 'btn--icon', 'aria-label': 'More', title: 'More', 'data-testid': 'more', disabled: () => !run.execution() }, actions.moreItems)));
}

/** The failure first: error, cause, where, and why nothing took it. */
function failureCard(run, actions) {
  run.version();
  const fold = run.fold;
  if (!run.loaded() || !run.live() || !fold.ended || fold.status === 'SUCCEEDED') return null;
  const visit = fold.failedVisit, failure = visit?.failure ?? fold.failure;
  const words = { FAILED: 'Failed', TIMED_OUT: 'The execution timed out', ABORTED: 'Stopped' };
  const root = visit && actions.rootVisit(visit);
  const definition = visit && fold.state(visit.scope.path, visit.state);
  const cause = failure?.cause || fold.failure?.cause || '';
  return h('section.why.why--bar', { 'aria-label': 'Why it ended', 'data-testid': 'failure', class: fold.status === 'ABORTED' && 'why--aborted' },
    h('span.stat', { class: fold.status === 'ABORTED' ? 'is-aborted' : fold.status === 'TIMED_OUT' ? 'is-timedout' : 'is-failed' }, icon(fold.status === 'ABORTED' ? 'st-aborted' : fold.status === 'TIMED_OUT' ? 'st-timedout' : 'st-failed')),
    h('div.whytext', null,
      h('div', null, h('b.b', { 'data-testid': 'failure-error' }, failure?.error || words[fold.status]),
        visit && [' in ', h('button.linkb.b', { 'data-testid': 'failure-state', onclick: () => run.select(visit) }, visit.state)],
        visit && h('span.t2', null, [visit.scope.parent && ` · ${scopeName(visit.scope)}`, visit.attempts.length > 1 && ` · attempt ${visit.attempts.length} of ${visit.attempts.length}`])),
      cause && h('div.mono.whycause', { 'data-testid': 'failure-cause', title: cause.slice(0, 2000) }, cause.slice(0, 2000)),
      visit && failure && h('div.sm.t2', { 'data-testid': 'failure-why' }, sentence(takenBy(fold, visit, failure, definition)))),
    h('div.row.gap-1.wrap.whyacts', null,
      h('button.btn.btn--sm', { 'data-testid': 'copy-markdown', onclick: () => copy(actions.markdown(), 'Copied as Markdown') }, icon('copy', 14), 'Copy as Markdown'),
      actions.debuggable() && h('a.btn.btn--sm', { 'data-testid': 'debug-in-editor', href: actions.debuggable(), title: 'Edit the state machine, with the data of this execution on its states' }, icon('bug', 14), 'Debug in editor'),
      actions.canAct() && root && root.kind !== 'Fail' && h('button.btn.btn--sm.btn--pri', { 'data-testid': 'failure-rerun', onclick: () => actions.rerunFrom(visit) }, icon('fork', 14), `Rerun from ${root.state}`)));
}

function sentence(taker) { return taker.startsWith('nobody') ? `Nobody took it${taker.slice('nobody'.length)}.` : `Taken by ${taker}.`; }

/** A task that nothing is set up for waits: say so, and offer the one step. */
function heldCard(run, actions) {
  const task = run.running() && run.live() && run.pending().find(p => p.kind === 'held');
  if (!task) return null;
  return h('section.why.why--bar.why--held', { 'aria-label': 'Waiting for you', 'data-testid': 'held' },
    h('span.stat.is-waiting', null, icon('st-waiting')),
    h('div', null, h('div', null, h('b.b', null, task.state), ' waits: nothing is set up for it. Nothing has failed.'), h('div.sm.t2', null, task.missing)),
    actions.canAct() && h('div.row.gap-1.wrap', null, h('button.btn.btn--sm.btn--pri', { 'data-testid': 'held-mock', onclick: () => actions.answer(task) }, 'Mock a result'),
      canPoint(task) && h('button.btn.btn--sm', { 'data-testid': 'held-point', onclick: () => pointDialog(task) }, icon('link', 14), 'Point to a URL'),
      h('button.btn.btn--sm', { 'data-testid': 'held-retry', title: 'Call it again, with what is set up now', onclick: () => retryHeld(task) }, icon('st-retry', 14), 'Retry')));
}

/** The event at the playhead, under the graph. */
function eventLine(run) {
  return h('button.evline', { 'data-testid': 'open-events', onclick: () => amend({ view: 'events' }) }, icon('up', 14), h('span.sm.m', null, 'Events'), h('span.sm.t3.num', null, () => count(run.length())), h('span.grow'),
    h('span.sm.t3.trunc.num', null, () => {
      const event = run.fold.events[run.n() - 1];
      if (!event) return '';
      const visit = run.fold.visitOfEvent(run.n());
      return [`${count(event.id)} +${duration(run.fold.elapsed(run.n()))} ${event.type}`, visit && !event.type.startsWith('Execution') ? ` ${visit.state}` : '', event.details.error ? ` ${summary(event).slice(0, 80)}` : ''].join('');
    }));
}

function bindKeys(run, actions, view) {
  const step = by => () => {
    const visit = run.selected.peek();
    // The innermost Map that the selection is in, or is.
    let map = visit?.kind === 'Map' ? visit : null;
    for (let v = visit?.around; v && !map; v = v.around) if (v.kind === 'Map') map = v;
    const counts = map && run.fold.iterationsAt(map, run.n.peek());
    if (!counts) return false;
    const list = [...counts.run.iterations.keys()].sort((a, b) => a - b);
    const picked = run.picks.peek().get(pickKey(map.scope, map.state)) ?? run.fold.iterationToShow(map, run.n.peek());
    const index = list[Math.max(0, Math.min(list.length - 1, list.indexOf(picked) + by))];
    const inside = visit !== map && visit.scope.parent === map.scope ? counts.run.iterations.get(index)?.scope.visits.get(visit.state)?.[0] : null;
    run.pick(map.scope, map.state, index);
    if (inside) run.select(inside, false);
    return true;
  };
  keys('Execution', [
    ...VIEWS.map(([id, label], i) => [String(i + 1), `${label} view`, () => amend({ view: id })]),
    ['[', 'Previous iteration', step(-1)],
    [']', 'Next iteration', step(1)],
    ['f', 'Go to the failure', () => (run.fold.failedVisit ? run.select(run.fold.failedVisit) : false)],
    ['r', 'Rerun', () => (actions.canAct() ? actions.rerun() : false)],
    ['/', 'Filter events', () => { amend({ view: 'events' }); setTimeout(() => document.querySelector('[data-testid=events-filter]')?.focus(), 30); }],
  ]);
}
