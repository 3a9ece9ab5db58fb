// One execution as the page has it: what the server says of it, its history as it
// grows, the moment that is shown, and what is selected. Every view reads from
// here and changes only this.

import { cleanup, computed, signal } from '../core/view.js';
import { get } from '../core/api.js';
import { follow, on } from '../core/live.js';
import { amend, place } from '../core/router.js';
import { Fold } from './fold.js';
import { parse } from './history.js';

const PAGE = 2000; // events of one answer
const SLICE = 8; // ms of work between two frames
const REFRESH = 100; // ms between two changes of what is shown

/**
 * @typedef {object} Selection a state in a scope, or one visit of it; nothing is the execution itself
 * @property {string} scope key of the scope
 * @property {string} state
 * @property {number} visit its id, -1 for the latest one at the moment shown
 */

/** What the page shows of the execution with an ARN, or of an imported one. */
export function openRun(arn, imported = null) {
  const execution = signal(imported ? imported.execution : null);
  const problem = signal(null);
  const loaded = signal(false);
  const version = signal(0); // moves when the history has grown
  const playhead = signal(Number(place.peek().query.event) || 0); // 0: the latest event
  const selection = signal(null);
  const picks = signal(new Map()); // iteration of a Map by "scope key|state"
  const pending = signal([]);
  const reruns = signal([]); // rows of the executions that are reruns of this one
  const waits = signal(null); // Waits, and when they were read
  const seen = signal(0); // events that were there when the playhead left the end
  let fold = new Fold();
  let following = !playhead.peek(); // the selection goes with the newest event
  let ended = false;
  cleanup(() => { ended = true; clearTimeout(due); });

  const length = computed(() => { version(); return fold.length; });
  const n = computed(() => { const at = playhead(); return at && at <= length() ? at : length(); });
  const live = computed(() => playhead() === 0 || playhead() > length());
  const running = computed(() => execution()?.status === 'RUNNING' && !imported);

  async function load() {
    try {
      const found = imported ? imported.execution : await get('execution', { arn });
      if (ended) return;
      fold = new Fold(parse(found.definition || 'null'));
      execution.set(found);
      if (imported) await take(imported.history.events);
      else await read();
      if (ended) return;
      shownAt = 0;
      changed();
      settle();
      loaded.set(true);
      if (!imported) watch();
    } catch (error) {
      if (!ended) problem.set(error);
    }
  }

  /** Reads the events behind those that are known. */
  async function read() {
    for (;;) {
      const last = fold.length ? fold.events[fold.length - 1].id : 0;
      const page = await get('history', { arn, after: last, limit: PAGE });
      if (ended) return;
      await take(page.events);
      if (!page.more || !page.events.length) return;
    }
  }

  /** Adds events, a few at a time, so that no frame waits for all of them. */
  async function take(events) {
    for (let i = 0; i < events.length && !ended;) {
      const until = performance.now() + SLICE;
      while (i < events.length && performance.now() < until) { fold.add(events.slice(i, i + 100)); i += 100; }
      if (i < events.length) await frame();
    }
    if (!ended) changed();
  }

  // A busy run changes what is shown ten times a second, not with each message.
  let shownAt = 0, due = 0;
  function changed() {
    const wait = shownAt + REFRESH - performance.now();
    if (wait > 0) { due ||= setTimeout(() => { due = 0; changed(); }, wait); return; }
    clearTimeout(due);
    due = 0;
    shownAt = performance.now();
    version.update(v => v + 1);
    if (following && loaded.peek() && playhead.peek() === 0) selectNewest();
  }

  let queue = Promise.resolve();
  function watch() {
    const end = follow(arn, fold.length ? fold.events[fold.length - 1].id : 0, happened => {
      queue = queue.then(async () => {
        if (ended) return;
        if (happened.missed) await read(); else await take(happened.events);
        if (happened.ended || !execution.peek() || happened.events.some(e => e.type === 'ExecutionRedriven')) await refresh();
      }).catch(error => problem.set(error));
    });
    const endPending = on('pending', readPending);
    // Children appear in the answer of the execution only: read it again when others change.
    let planned = 0;
    const endRows = on('executions', message => {
      if (!message || message.missed || message.executions.some(row => row.machine === execution.peek().machine && row.started >= execution.peek().started && row.arn !== arn)) readReruns();
      if (message && message.executions.some(row => row.arn === arn && row.status !== execution.peek().status)) return refresh();
      if (execution.peek().status === 'RUNNING') planned ||= setTimeout(() => { planned = 0; refresh(); }, 1000);
    });
    cleanups.push(end, endPending, endRows, () => clearTimeout(planned));
    readPending();
    readReruns();
  }
  const cleanups = [];
  cleanup(() => cleanups.forEach(end => end()));

  async function refresh() {
    if (ended || imported) return;
    const found = await get('execution', { arn }).catch(() => null);
    if (found && !ended) execution.set(found);
    if (waits.peek()) readWaits(); // it was paused or resumed, or its clock was moved
  }

  // Other servers do not know which execution is a rerun, nor when a Wait is due.
  let rerunsAsked = 0;
  function readReruns() {
    rerunsAsked ||= setTimeout(async () => {
      rerunsAsked = 0;
      const found = await get('reruns', { arn }).catch(() => null);
      if (found && !ended) reruns.set(found.executions);
    }, 300);
  }
  cleanup(() => clearTimeout(rerunsAsked));

  /** Reads when what the execution waits for is due. */
  async function readWaits() {
    const found = await get('waits', { arn }).catch(() => null);
    if (found && !ended) waits.set({ ...found, read: Date.now() });
  }

  async function readPending() {
    const found = await get('pending').catch(() => null);
    if (found && !ended) pending.set(found.tasks.filter(task => task.execution === arn));
  }

  /** What is selected when the page opens: what the address says, the failure, or what runs. */
  function settle() {
    const { state, scope, visit } = place.peek().query;
    if (visit && fold.visits[+visit]) return select(fold.visits[+visit]);
    if (state) {
      const found = fold.visits.findLast(v => v.state === state && (scope === undefined || v.scope.key === scope));
      if (found) return select(found);
    }
    if (playhead.peek()) return selectEvent(playhead.peek());
    if (fold.failedVisit) return select(fold.failedVisit);
    selectNewest();
  }

  function selectNewest() {
    const visit = fold.ended && fold.status === 'SUCCEEDED' ? null : fold.visitOfEvent(fold.length);
    show(visit);
  }

  function show(visit) {
    if (!visit) return selection.set(null);
    const now = selection.peek();
    if (!now || now.scope !== visit.scope.key || now.state !== visit.state || now.visit !== -1) selection.set({ scope: visit.scope.key, state: visit.state, visit: -1 });
    pickPath(visit.scope);
  }

  /** Shows the iterations that a scope lies in. */
  function pickPath(scope) {
    const next = new Map(picks.peek());
    let changed = false;
    for (let s = scope; s && s.parent; s = s.parent) {
      if (s.step.kind !== 'Map') continue;
      const key = pickKey(s.parent, s.step.state);
      if (next.get(key) !== s.step.index) { next.set(key, s.step.index); changed = true; }
    }
    if (changed) picks.set(next);
  }

  /** Selects a visit, or the execution itself for null. The user did it: the newest event is followed no more. */
  function select(visit, pinned = true) {
    following = false;
    if (!visit) {
      selection.set(null);
      amend({ state: '', scope: '', visit: '' });
      return;
    }
    const latest = fold.visitAt(visit.scope, visit.state, n.peek()) === visit;
    selection.set({ scope: visit.scope.key, state: visit.state, visit: pinned && !latest ? visit.id : -1 });
    pickPath(visit.scope);
    amend({ state: visit.state, scope: visit.scope.key, visit: pinned && !latest ? visit.id : '' });
  }

  /** Selects a state that may not have been reached. */
  function selectState(scope, state, pointer) {
    following = false;
    selection.set({ scope: scope?.key ?? null, state, visit: -1, pointer });
    amend({ state, scope: scope?.key ?? '', visit: '' });
  }

  /** Moves the playhead to an event and selects what it is about. */
  function selectEvent(at) {
    go(at);
    show(fold.visitOfEvent(Math.max(1, Math.min(at, fold.length))));
  }

  /** Moves the playhead; 0, or the last event of a run that has ended, is the end. */
  function go(at) {
    following = false;
    const end = fold.length;
    const next = at <= 0 || (at >= end && !running.peek()) ? 0 : Math.min(Math.max(1, at), end);
    if (next && !playhead.peek()) seen.set(end);
    playhead.set(next);
    amend({ event: next || '' });
  }

  /** Back to the latest event, which is followed from now on. */
  function goLive() {
    playhead.set(0);
    amend({ event: '', state: '', scope: '', visit: '' });
    following = true;
    if (running.peek()) selectNewest();
  }

  const selectedScope = computed(() => { version(); const s = selection(); return s && s.scope !== null ? fold.byKey.get(s.scope) ?? null : null; });
  const selected = computed(() => {
    const s = selection();
    if (!s) return null;
    const at = n(), scope = selectedScope();
    if (s.visit >= 0 && fold.visits[s.visit] && fold.visits[s.visit].entered <= at) return fold.visits[s.visit];
    return fold.visitAt(scope, s.state, at);
  });

  load();
  return {
    arn, imported, execution, problem, loaded, version, length, n, live, running, playhead, selection, selected, selectedScope, picks, pending, seen, reruns, waits, readWaits,
    get fold() { return fold; },
    select, selectState, selectEvent, go, goLive, refresh, pick, scopeOfChain, statusOf,
  };

  function pick(scope, state, index) {
    picks.update(old => new Map(old).set(pickKey(scope, state), index));
  }

  /** The status of a visit at the moment shown. A task that somebody has to answer waits, which its events do not say. */
  function statusOf(visit) {
    const status = fold.statusAt(visit, n());
    if (status === 'running' && live() && pending().some(task => isTaskOf({ fold }, task, visit))) return 'waiting';
    return status;
  }

  /** The scope that a chain of containers leads to at the moment shown: iterations are those picked, or the telling ones. */
  function scopeOfChain(chain, at) {
    let scope = fold.root;
    for (const step of chain) {
      const index = step.kind === 'Map' ? pickedIndex(scope, step.state, at) : step.index;
      scope = scope.all.get(`${step.state} ${index}`);
      if (!scope) return null;
    }
    return scope;
  }

  function pickedIndex(scope, state, at) {
    return picks().get(pickKey(scope, state)) ?? fold.iterationToShow(fold.visitAt(scope, state, at), at);
  }
}

export function pickKey(scope, state) { return `${scope.key}|${state}`; }

/** The number that the server gives a visit; -1 if it gives none. */
export function visitNumber(run, visit) { return visit && visit.events.length ? run.fold.events[visit.events[0] - 1].visit : -1; }

/** Whether a pending task of this execution is that of a visit. */
export function isTaskOf(run, task, visit) { return task.state === visit.state && (task.visit < 0 || task.visit === visitNumber(run, visit)); }

/** "Fulfil › branch 2 › ReserveItems #17": where a scope is, for people. */
export function scopeName(scope) {
  return scope.path.map(step => (step.kind === 'Map' ? `${step.state} #${step.index}` : `${step.state} › branch ${step.index + 1}`)).join(' › ');
}

function frame() { return new Promise(resolve => { setTimeout(resolve, 0); }); }
