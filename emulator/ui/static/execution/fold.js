// The state of an execution at any of its events, from its history alone.
//
// Nothing is replayed. A Fold reads each event once and notes, for each visit of
// a state, at which event it began, was tried, failed and ended. What was true at
// event n is then what has a number of at most n: a comparison for one visit, a
// binary search for the latest visit of a state, the count of iterations or of
// the times an edge was taken. So event 20,000 of 25,000 costs what event 2 costs,
// and events that arrive later are simply added.
//
// Events are counted by their place in the history, from 1 (`n` below). "At n"
// means after the n-th event.
//
// A scope is a line of control: the execution, a branch or an iteration. Where
// the history does not say the scope of an event, it follows from
// previousEventId: an event is in the scope of the event before it, except those
// that open a branch or an iteration, and those of the state around it.

import { normalize, parse, resourceOf } from './history.js';

/**
 * @typedef {object} Attempt one try of a Task, Parallel or Map state; 0 for what has not happened
 * @property {number} scheduled
 * @property {number} started
 * @property {number} submitted
 * @property {number} ended
 * @property {Failure|null} failure
 *
 * @typedef {object} Failure
 * @property {number} n the event
 * @property {string} error
 * @property {string} cause
 *
 * @typedef {object} Visit one passage through a state
 * @property {number} id place in visits
 * @property {Scope} scope
 * @property {string} state
 * @property {string} kind type of the state
 * @property {Visit|null} around the Parallel or Map state it is in
 * @property {number} entered event
 * @property {number} left event that ended it, 0 while it is open
 * @property {"open"|"succeeded"|"caught"|"failed"|"timedout"|"aborted"} outcome
 * @property {Attempt[]} attempts
 * @property {Failure|null} failure that was not retried
 * @property {number[]} events
 * @property {number} catcher that took the failure: its place in Catch, -1 if none or not known
 * @property {string} resource what a Task calls
 * @property {string} mapRun ARN of the latest Map Run of a distributed Map
 * @property {Record<string, string>} assigned variables, as JSON texts
 * @property {string} input JSON; undefined if not in the history
 * @property {string} output
 * @property {string} next name of the state that followed
 * @property {number} redrive how often the execution had been redriven
 * @property {MapTry[]} runs of a Map: one a try
 *
 * @typedef {object} MapTry
 * @property {number} n MapStateStarted
 * @property {number} length -1 if not known
 * @property {number[]} started events, as below
 * @property {number[]} succeeded
 * @property {number[]} failed
 * @property {number[]} aborted
 * @property {Map<number, {scope: Scope, started: number, ended: number, status: string}>} iterations by index
 */

/** A line of control. */
class Scope {
  constructor(parent, step) {
    this.parent = parent;
    this.step = step; // null for the execution
    this.key = parent ? `${parent.key}/${JSON.stringify(step.state)}[${step.index}]` : '';
    this.path = parent ? [...parent.path, step] : [];
    this.opened = []; // events at which it began
    this.current = null; // latest visit
    this.restarted = 0; // event that began the branches or iterations of its state anew
    this.last = 0; // latest event that it made itself
    this.visits = new Map(); // by state
    this.edges = new Map(); // by edgeKey: events
    this.assigned = []; // {n, variables}
    this.below = new Set(); // scopes that may have open visits
    this.all = new Map(); // scopes below, by "state index"
  }

}

const ATTEMPT = /^(Task|LambdaFunction|Activity)(Scheduled|Started|Submitted|Succeeded|Failed|TimedOut|ScheduleFailed|StartFailed|SubmitFailed)$/;

/** The key of a transition: a Catcher's is another edge than Next. */
export function edgeKey(from, to, caught) { return JSON.stringify([from, to, caught ? 1 : 0]); }

/** How many of the ascending numbers are at most n. */
export function countTo(numbers, n) {
  let low = 0, high = numbers.length;
  while (low < high) {
    const mid = (low + high) >>> 1;
    if (numbers[mid] <= n) low = mid + 1; else high = mid;
  }
  return low;
}

/** How many of the visits, in their order, had begun at n. */
function enteredTo(visits, n) {
  let low = 0, high = visits.length;
  while (low < high) {
    const mid = (low + high) >>> 1;
    if (visits[mid].entered <= n) low = mid + 1; else high = mid;
  }
  return low;
}

export class Fold {
  /** @param {object|null} definition of the machine, parsed; without it Catchers, Retriers and branches are not told apart */
  constructor(definition = null) {
    this.definition = definition;
    /** @type {import('./history.js').HistoryEvent[]} */
    this.events = [];
    this.root = new Scope(null, null);
    this.scopes = [this.root];
    this.byKey = new Map([['', this.root]]);
    /** @type {Visit[]} */
    this.visits = [];
    this.scopeOf = []; // by n - 1
    this.visitOf = []; // by n - 1: visit or null
    this.retried = new Set(); // failures that another try followed
    this.redrives = [];
    this.billed = []; // events that are a billed transition
    this.ended = 0; // event that ended the execution
    this.status = 'RUNNING';
    this.failure = null;
    this.failedVisit = null;
    this.places = new Map(); // of events, by id: only where ids have gaps
  }

  /** Takes the events that follow. An event whose id is known already is left out. */
  add(events) {
    for (const raw of events) {
      const event = normalize(raw);
      const last = this.events.length ? this.events[this.events.length - 1].id : 0;
      if (event.id <= last) continue;
      this.events.push(event);
      const n = this.events.length;
      this.places.set(event.id, n);
      this.#take(event, n);
    }
    return this;
  }

  get length() { return this.events.length; }

  /** Milliseconds from the first event to the n-th. */
  elapsed(n) { return n > 0 && this.events.length ? this.events[Math.min(n, this.length) - 1].at - this.events[0].at : 0; }

  /** The n of an event's id, 0 if the history does not have it. */
  place(id) { return this.places.get(id) ?? 0; }

  // ── reading a history ──

  #take(event, n) {
    const { type, details } = event;
    let scope = this.#scope(event, n);
    this.scopeOf.push(scope);
    this.visitOf.push(null);
    if (/^(\w+)StateEntered$/.test(type)) this.#enter(scope, event, n);
    else if (type.endsWith('StateExited')) this.#exit(scope, event, n);
    else if (type.endsWith('StateAborted')) this.#note(scope.current, n);
    else if (ATTEMPT.test(type)) this.#attempt(scope, event, n);
    else switch (type) {
      case 'ParallelStateStarted': this.#begin(scope, n, null); break;
      case 'MapStateStarted': this.#begin(scope, n, details.length ?? -1); break;
      case 'MapRunStarted': case 'MapRunRedriven': this.#mapRun(scope, event, n); break;
      case 'MapIterationStarted': this.#iteration(scope, event, n); break;
      case 'MapIterationSucceeded': case 'MapIterationFailed': case 'MapIterationAborted': this.#iterationEnded(scope, event, n); break;
      case 'ParallelStateSucceeded': case 'MapStateSucceeded': case 'MapRunSucceeded': this.#succeeded(scope, n); break;
      case 'ParallelStateFailed': case 'MapStateFailed': case 'MapRunFailed': case 'MapRunAborted': this.#containerFailed(scope, event, n); break;
      case 'EvaluationFailed': this.#fail(scope, event, n); break;
      case 'ExecutionRedriven': this.redrives.push(n); this.ended = 0; this.status = 'RUNNING'; this.failure = null; this.failedVisit = null; break;
      case 'ExecutionSucceeded': case 'ExecutionFailed': case 'ExecutionTimedOut': case 'ExecutionAborted': this.#executionEnded(event, n); break;
    }
    if (!/Aborted$|^MapIterationFailed$/.test(type)) scope.last = n;
  }

  /** The scope that an event happens in. */
  #scope(event, n) {
    if (event.path) return this.#at(event.path, n);
    const before = this.place(event.previousEventId);
    let scope = before ? this.scopeOf[before - 1] : this.root;
    const prev = before ? this.events[before - 1] : null;
    const { type, details } = event;
    if (type.startsWith('Execution')) return this.root;
    if (prev && prev.type === 'ExecutionRedriven') return this.#redriven(event);
    if (type.endsWith('StateEntered') && prev) {
      if (prev.type === 'ParallelStateStarted') return this.#below(scope, { state: scope.current?.state ?? '', kind: 'Parallel', index: this.#branch(scope, before, details.name) }, n);
      if (prev.type === 'MapIterationStarted') return this.#below(scope, { state: prev.details.name, kind: 'Map', index: prev.details.index }, n);
      return scope;
    }
    if (type === 'MapIterationStarted') return this.#around(scope, 'Map', details.name);
    if (type.startsWith('MapIteration')) return this.#below(this.#around(scope, 'Map', details.name), { state: details.name, kind: 'Map', index: details.index }, n);
    const container = /^(Parallel|Map)(State(Started|Succeeded|Failed|Exited)|Run\w+)$/.exec(type);
    if (container) return this.#around(scope, container[1], details.name);
    return scope;
  }

  /** The scope at or around one whose state is of a kind, and has a name if one is given. */
  #around(scope, kind, name) {
    for (let s = scope; s; s = s.parent) {
      if (s.current && s.current.kind === kind && s.current.outcome === 'open' && (!name || s.current.state === name)) return s;
    }
    return scope;
  }

  /** Which branch a state begins: the definition tells, or the order. */
  #branch(scope, started, name) {
    const container = scope.current?.state ?? '', branches = this.state(scope.path, container)?.Branches;
    const opened = [...scope.all.values()].filter(s => s.step.state === container && s.opened.some(n => n > started)).map(s => s.step.index);
    for (let i = 0; branches && i < branches.length; i++) {
      if (branches[i].StartAt === name && !opened.includes(i)) return i;
    }
    return opened.length;
  }

  #at(path, n) {
    let scope = this.root;
    for (const step of path) scope = this.#below(scope, step, n);
    return scope;
  }

  #below(scope, step, n) {
    const name = `${step.state} ${step.index}`;
    let found = scope.all.get(name);
    if (!found) {
      found = new Scope(scope, { state: step.state, kind: step.kind, index: step.index });
      this.scopes.push(found);
      this.byKey.set(found.key, found);
      scope.all.set(name, found);
    }
    const around = scope.current?.entered ?? 0;
    const latest = found.opened.length ? found.opened[found.opened.length - 1] : 0;
    if (!latest || latest < Math.max(around, scope.restarted)) {
      found.opened.push(n);
      found.current = null;
    }
    scope.below.add(found);
    return found;
  }

  /** Where a redrive goes on, for a history that does not say: a scope that failed in a state of that kind. */
  #redriven(event) {
    const kind = /^(Task|Activity|LambdaFunction)/.test(event.type) ? 'Task' : /^(Map|Parallel)/.exec(event.type)?.[1];
    const failed = this.scopes.filter(s => s.current && ['failed', 'timedout', 'aborted'].includes(s.current.outcome));
    const name = event.details.name;
    return failed.find(s => name && s.current.state === name) ?? failed.findLast(s => !kind || s.current.kind === kind) ?? this.root;
  }

  #visit(scope, event, n, state, kind, input) {
    const visit = {
      id: this.visits.length, scope, state, kind, around: scope.parent?.current ?? null, entered: n, left: 0, outcome: 'open',
      attempts: [], failure: null, events: [], input, output: undefined, next: '', redrive: this.redrives.length, runs: [], resource: '', mapRun: '', catcher: -1,
    };
    this.visits.push(visit);
    scope.current = visit;
    scope.below.clear();
    const same = scope.visits.get(state);
    if (same) same.push(visit); else scope.visits.set(state, [visit]);
    return visit;
  }

  #enter(scope, event, n) {
    const kind = event.type.slice(0, -'StateEntered'.length);
    const before = scope.current;
    const name = String(event.details.name ?? '');
    this.#edge(scope, before && before.left ? before.state : '', name, before?.outcome === 'caught', n);
    if (before) {
      before.next = name;
      if (before.outcome === 'caught' && before.catcher < 0) before.catcher = this.#catcherTo(before, name);
    }
    this.#note(this.#visit(scope, event, n, name, kind, event.details.input), n);
    this.billed.push(n);
  }

  /** The Catcher that leads to a state, for a failure whose name no event has. */
  #catcherTo(visit, name) {
    const list = this.state(visit.scope.path, visit.state)?.Catch;
    return Array.isArray(list) ? list.findIndex(c => c.Next === name) : -1;
  }

  #edge(scope, from, to, caught, n) {
    const key = edgeKey(from, to, caught);
    const taken = scope.edges.get(key);
    if (taken) taken.push(n); else scope.edges.set(key, [n]);
  }

  #note(visit, n) {
    if (!visit) return;
    visit.events.push(n);
    this.visitOf[n - 1] = visit;
  }

  /** The visit that an event in a scope is about. After a redrive it is a new one of the same state. */
  #current(scope, n) {
    let visit = scope.current;
    if (visit && this.redrives.length > visit.redrive && ['failed', 'timedout', 'aborted'].includes(visit.outcome)) {
      if (scope.parent) this.#current(scope.parent, 0);
      const { state, kind, input, resource, mapRun } = visit;
      visit = this.#visit(scope, null, n || this.redrives[this.redrives.length - 1], state, kind, input);
      Object.assign(visit, { resource, mapRun });
      this.billed.push(n || this.redrives[this.redrives.length - 1]);
      scope.parent?.below.add(scope);
    }
    this.#note(visit, n || 0);
    if (!n && visit) visit.events.pop();
    return visit;
  }

  #exit(scope, event, n) {
    const visit = this.#current(scope, n);
    if (!visit) return;
    const { output, assignedVariables } = event.details;
    visit.left = n;
    visit.output = output;
    visit.assigned = assignedVariables;
    const last = visit.attempts[visit.attempts.length - 1];
    const failure = visit.failure ?? (last && last.failure);
    visit.outcome = failure ? 'caught' : 'succeeded';
    if (failure) {
      visit.failure = failure.error ? failure : { ...failure, ...errorOf(output) };
      visit.catcher = this.#taker(visit, 'Catch');
      this.#closeBelow(scope, n, failure);
    }
    if (assignedVariables) scope.assigned.push({ n, variables: assignedVariables });
  }

  #attempt(scope, event, n) {
    const visit = this.#current(scope, n);
    if (!visit) return;
    const { details } = event;
    const what = ATTEMPT.exec(event.type)[2];
    if (what === 'Scheduled' || (what === 'ScheduleFailed' && this.#over(visit))) this.#try(visit, n, { scheduled: n, parameters: details.parameters ?? details.input, resource: resourceOf(details) });
    const attempt = visit.attempts[visit.attempts.length - 1] ?? this.#try(visit, n, { scheduled: n });
    visit.resource = resourceOf(details) || visit.resource;
    switch (what) {
      case 'Started': attempt.started = n; break;
      case 'Submitted': attempt.submitted = n; break;
      case 'Succeeded': attempt.ended = n; attempt.output = details.output; break;
      case 'Scheduled': break;
      default: attempt.ended = n; attempt.failure = visit.failure = failureOf(event, n);
    }
  }

  #over(visit) { const last = visit.attempts[visit.attempts.length - 1]; return !last || last.ended; }

  /** Begins an attempt: the failure before it was retried. */
  #try(visit, n, fields) {
    const before = visit.attempts[visit.attempts.length - 1];
    if (before && before.failure) { this.retried.add(before.failure.n); before.retriedAt = n; this.billed.push(n); }
    visit.failure = null;
    const attempt = { scheduled: 0, started: 0, submitted: 0, ended: 0, failure: null, output: undefined, parameters: undefined, retriedAt: 0, ...fields };
    visit.attempts.push(attempt);
    return attempt;
  }

  #begin(scope, n, length) {
    const visit = this.#current(scope, n);
    if (!visit) return;
    if (visit.attempts.length) {
      const last = visit.attempts[visit.attempts.length - 1];
      last.failure ??= this.#innerFailure(scope, n);
      this.#closeBelow(scope, n, last.failure);
    }
    scope.restarted = n;
    this.#try(visit, n, { started: n });
    if (length !== null) visit.runs.push({ n, length, started: [], succeeded: [], failed: [], aborted: [], iterations: new Map() });
  }

  /** The latest failure below a container: what is retried where no event says so. */
  #innerFailure(scope, n) {
    let found = null;
    for (const inner of scope.below) {
      const failure = inner.current?.failure ?? this.#failureOfFail(inner.current, n);
      if (failure && (!found || failure.n > found.n)) found = failure;
    }
    return found ?? { n, error: '', cause: '' };
  }

  /** What a Fail state fails with: the definition says it, where it is no expression. */
  #failureOfFail(visit, n) {
    if (visit?.kind !== 'Fail' || visit.outcome !== 'open') return null;
    const { Error: error, Cause: cause } = this.state(visit.scope.path, visit.state) ?? {};
    const literal = text => (typeof text === 'string' && !text.startsWith('{%') ? text : '');
    return { n, error: literal(error), cause: literal(cause) };
  }

  #mapRun(scope, event, n) {
    const visit = this.#current(scope, n);
    if (!visit) return;
    visit.mapRun = event.details.mapRunArn ?? visit.mapRun;
  }

  #iteration(scope, event, n) {
    const visit = this.#current(scope, n);
    const run = visit?.runs[visit.runs.length - 1];
    if (!run) return;
    const { index } = event.details;
    const inner = this.#below(scope, { state: visit.state, kind: 'Map', index }, n);
    run.started.push(n);
    run.iterations.set(index, { scope: inner, started: n, ended: 0, status: 'running' });
  }

  #iterationEnded(scope, event, n) {
    const visit = scope.parent?.current;
    const run = visit?.runs[visit.runs.length - 1];
    this.#note(visit, n);
    const status = event.type === 'MapIterationSucceeded' ? 'succeeded' : event.type === 'MapIterationFailed' ? 'failed' : 'aborted';
    if (run) {
      run[status].push(n);
      const iteration = run.iterations.get(event.details.index);
      if (iteration) { iteration.ended = n; iteration.status = status; }
    }
    if (status === 'succeeded') this.#end(scope, n);
    else this.#close(scope, n, status, null);
  }

  /** The end of a line of control that succeeded: its last state had End. */
  #end(scope, n) {
    if (scope.current?.left) this.#edge(scope, scope.current.state, '', false, n);
    scope.parent?.below.delete(scope);
  }

  #succeeded(scope, n) {
    const visit = this.#current(scope, n);
    const last = visit?.attempts[visit.attempts.length - 1];
    if (last) last.ended = n;
    if (visit?.kind === 'Parallel') for (const branch of [...scope.below]) this.#end(branch, n);
  }

  #containerFailed(scope, event, n) {
    const visit = this.#current(scope, n);
    if (!visit) return;
    const inner = event.details.error ? null : visit.failure ?? this.#innerFailure(scope, n);
    const failure = { n, error: event.details.error ?? inner.error, cause: event.details.cause ?? inner.cause };
    const last = this.#failing(visit, n);
    last.ended = n;
    last.failure = failure;
    visit.failure = failure;
    this.#closeBelow(scope, n, failure);
  }

  #fail(scope, event, n) {
    const visit = this.#current(scope, n);
    if (!visit) return;
    const tried = visit.kind === 'Task' || visit.kind === 'Parallel' || visit.kind === 'Map';
    const last = tried ? this.#failing(visit, n) : null;
    visit.failure = failureOf(event, n);
    if (last) { last.failure = visit.failure; last.ended ||= n; }
  }

  /** The attempt that fails: the first one if the fields of the state fail before anything is called. */
  #failing(visit, n) {
    return visit.attempts[visit.attempts.length - 1] ?? this.#try(visit, n, { scheduled: n });
  }

  #executionEnded(event, n) {
    this.ended = n;
    this.status = { Succeeded: 'SUCCEEDED', Failed: 'FAILED', TimedOut: 'TIMED_OUT', Aborted: 'ABORTED' }[event.type.slice('Execution'.length)];
    if (this.status === 'SUCCEEDED') return this.#end(this.root, n);
    if (this.status === 'FAILED') {
      const before = this.place(event.previousEventId);
      this.failedVisit = (before && (this.visitOf[before - 1] ?? this.scopeOf[before - 1].current)) || this.#deepestFailure();
    }
    this.failure = failureOf(event, n);
    // What failed comes first, then what it lies in: closing a container ends all that is in it.
    for (let visit = this.failedVisit; visit; visit = visit.around) {
      if (visit.outcome === 'open') this.#close(visit.scope, n, 'failed', visit.failure ?? this.failure);
    }
    for (const scope of this.scopes) {
      if (scope.current?.outcome === 'open') this.#close(scope, n, scope.current.failure && this.status === 'FAILED' ? 'failed' : 'aborted', null);
    }
    if (this.failedVisit) this.failedVisit = this.#innermost(this.failedVisit);
    // Containers fail without a word: the end of the execution says what it was.
    for (let visit = this.failedVisit; visit && this.failure?.error; visit = visit.around) {
      if (visit.failure && !visit.failure.error) visit.failure = { ...visit.failure, error: this.failure.error, cause: this.failure.cause };
    }
  }

  #deepestFailure() {
    return this.visits.findLast(v => v.failure && !this.retried.has(v.failure.n) && v.outcome !== 'caught') ?? this.root.current;
  }

  /** The visit below a failed container that made it fail. */
  #innermost(visit) {
    for (;;) {
      const inner = this.visits.findLast(v => v.around === visit && v.outcome === 'failed');
      if (!inner) return visit;
      visit = inner;
    }
  }

  #close(scope, n, outcome, failure) {
    for (const inner of scope.below) this.#close(inner, n, outcome === 'failed' && inner.current?.failure ? 'failed' : 'aborted', null);
    scope.below.clear();
    const visit = scope.current;
    if (!visit || visit.outcome !== 'open') return;
    visit.left = n;
    visit.outcome = /TimedOut$/.test(this.events[(visit.failure?.n || 1) - 1].type) && outcome === 'failed' ? 'timedout' : outcome;
    if (failure && !visit.failure) visit.failure = failure;
  }

  /** Ends what is below a container that failed: what failed itself has failed, the rest is aborted. */
  #closeBelow(scope, n, failure) {
    for (const inner of [...scope.below]) {
      const visit = inner.current;
      const own = visit?.failure || (visit?.kind === 'Fail' && inner.last === visit.entered);
      if (own && !visit.failure) visit.failure = this.#failureOfFail(visit, n) ?? failure;
      this.#close(inner, n, own ? 'failed' : 'aborted', null);
    }
    scope.below.clear();
  }

  /** Which Retrier or Catcher takes a failure of a visit; -1 if none, or not known. */
  #taker(visit, field, failure = visit.failure) {
    const list = this.state(visit.scope.path, visit.state)?.[field];
    if (!Array.isArray(list) || !failure) return -1;
    return list.findIndex(t => matches(t.ErrorEquals, failure.error));
  }

  // ── what was true ──

  /** The definition of a state: by the path of its scope and its name. */
  state(path, name) {
    let workflow = this.definition;
    for (const step of path) {
      const container = workflow?.States?.[step.state];
      workflow = step.kind === 'Map' ? container?.ItemProcessor ?? container?.Iterator : container?.Branches?.[step.index];
    }
    return workflow?.States?.[name];
  }

  /** The visit of a state in a scope that was the latest at n; null if there was none. */
  visitAt(scope, state, n) {
    const list = scope?.visits.get(state) ?? [];
    const visit = list[enteredTo(list, n) - 1];
    if (!visit) return null;
    return visit.around && !this.#inLatest(visit, n) ? null : visit;
  }

  /** Whether the container of a visit was not entered again since: then what is below it has not begun. */
  #inLatest(visit, n) {
    const around = this.visitAt(visit.scope.parent, visit.around.state, n);
    if (around !== visit.around) return false;
    const began = around.attempts.findLast(a => a.started && a.started <= n);
    return !began || around.redrive !== visit.redrive || visit.entered >= began.started || around.kind === 'Map' && !around.runs.length;
  }

  /** How often a state of a scope had been entered at n. */
  visitsTo(scope, state, n) { return enteredTo(scope?.visits.get(state) ?? [], n); }

  /** The status of a visit at n: a class of ui.css without "is-". */
  statusAt(visit, n) {
    if (!visit || visit.entered > n) return 'idle';
    if (visit.left && visit.left <= n) return visit.outcome;
    const attempt = visit.attempts.findLast(a => (a.scheduled || a.started) <= n);
    const failure = attempt?.failure && attempt.failure.n <= n ? attempt.failure : visit.failure && visit.failure.n <= n ? visit.failure : null;
    if (failure) {
      if (this.retried.has(failure.n) || visit.outcome === 'caught') return 'caught';
      if (visit.outcome === 'open' && (this.#taker(visit, 'Retry', failure) >= 0 || this.#taker(visit, 'Catch', failure) >= 0)) return 'caught';
      return 'failed';
    }
    if (visit.kind === 'Wait') return 'waiting';
    if (attempt && (!attempt.ended || attempt.ended > n)) {
      if (attempt.submitted && attempt.submitted <= n) return 'waiting';
      const type = attempt.scheduled ? this.events[attempt.scheduled - 1].type : '';
      if (type === 'ActivityScheduled' && !(attempt.started && attempt.started <= n)) return 'waiting';
    }
    return 'running';
  }

  /** How many attempts a visit had begun at n. */
  attemptsAt(visit, n) { return visit ? visit.attempts.filter(a => (a.scheduled || a.started) <= n).length : 0; }

  /** Retrier that took a failed attempt: its place in Retry, -1 if not known. */
  retrier(visit, attempt) { return attempt.retriedAt ? this.#taker(visit, 'Retry', attempt.failure) : -1; }

  /** The latest try of a Map at n, with what had become of its iterations; null before the first. */
  iterationsAt(visit, n) {
    const run = visit?.runs.findLast(r => r.n <= n);
    if (!run) return null;
    const succeeded = countTo(run.succeeded, n), failed = countTo(run.failed, n), aborted = countTo(run.aborted, n), started = countTo(run.started, n);
    return { run, length: run.length >= 0 ? run.length : run.started.length, started, succeeded, failed, aborted, running: started - succeeded - failed - aborted };
  }

  /** The status of an iteration at n. */
  iterationStatus(iteration, n) {
    if (!iteration || iteration.started > n) return 'idle';
    return iteration.ended && iteration.ended <= n ? iteration.status : 'running';
  }

  /** The iteration to show before someone picks one: the first that failed, else one that runs, else the latest. */
  iterationToShow(visit, n) {
    const run = visit?.runs.findLast(r => r.n <= n);
    if (!run) return 0;
    let running = -1, latest = -1;
    for (const [index, iteration] of run.iterations) {
      const status = this.iterationStatus(iteration, n);
      if (status === 'failed') return index;
      if (status === 'running' && running < 0) running = index;
      if (status !== 'idle') latest = index;
    }
    return running >= 0 ? running : Math.max(latest, 0);
  }

  /** How often a transition of a scope had been taken at n. */
  takenAt(scope, from, to, caught, n) {
    const taken = scope?.edges.get(edgeKey(from, to, caught));
    return taken ? countTo(taken, n) : 0;
  }

  /** The variables that a scope saw at n, as values of JSON texts, by name: {value, n, scope}. */
  variablesAt(scope, n) {
    const chain = [];
    for (let s = scope; s; s = s.parent) chain.unshift(s);
    const variables = new Map();
    for (const s of chain) {
      const opened = s.opened[countTo(s.opened, n) - 1] ?? 0;
      for (const { n: at, variables: assigned } of s.assigned) {
        if (at > n) break;
        if (at < opened) continue;
        for (const name of Object.keys(assigned)) variables.set(name, { value: assigned[name], n: at, scope: s });
      }
    }
    return variables;
  }

  /** Billed transitions of a standard workflow up to n: one for each state entered and each retry. */
  transitionsTo(n) { return countTo(this.billed, n); }

  /** The visit that the n-th event is about, or happens in; null before the first state. */
  visitOfEvent(n) { return this.visitOf[n - 1] ?? this.#latestIn(this.scopeOf[n - 1], n); }

  #latestIn(scope, n) {
    if (!scope) return null;
    let found = null;
    for (const list of scope.visits.values()) {
      for (const visit of list) if (visit.entered <= n && (!found || visit.entered > found.entered)) found = visit;
    }
    return found;
  }

  /** The n of the next (step 1) or previous (-1) event that enters or leaves a state; n itself if there is none. */
  stateStep(n, step) {
    for (let i = n + step; i >= 1 && i <= this.length; i += step) {
      if (/State(Entered|Exited)$|^Execution/.test(this.events[i - 1].type)) return i;
    }
    return step < 0 ? 1 : this.length;
  }

  /** What became of a failed event: "retried", "caught", "failed" or "" (not known yet, or none). */
  fate(n) {
    if (this.retried.has(n)) return 'retried';
    const visit = this.visitOf[n - 1];
    if (!visit || !visit.failure || visit.failure.n !== n) return '';
    return visit.outcome === 'caught' ? 'caught' : visit.outcome === 'open' ? '' : 'failed';
  }
}

function failureOf(event, n) {
  const timedOut = /TimedOut$/.test(event.type);
  return { n, error: event.details.error ?? (timedOut ? 'States.Timeout' : ''), cause: event.details.cause ?? '' };
}

/** What a Catcher puts into the output of its state, where it puts it at the top. */
function errorOf(output) {
  const value = parse(output);
  return value && typeof value.Error === 'string' ? { error: value.Error, cause: String(value.Cause ?? '') } : {};
}

/** Whether a Retrier or Catcher with these ErrorEquals takes an error (F-013, F-014). */
export function matches(names, error) {
  if (!Array.isArray(names) || error === 'States.Runtime') return false;
  return names.some(name => {
    if (name === error || name === 'States.ALL') return true;
    if (name === 'States.TaskFailed') return error !== 'States.Timeout' && error !== 'States.HeartbeatTimeout';
    return name === 'States.Timeout' && error === 'States.HeartbeatTimeout';
  });
}
