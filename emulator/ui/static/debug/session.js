// The debugger of one execution: where it stands, what is seen there, and what can be
// done. Every part of the debugger reads from here.

import { computed, effect, h, signal, untrack } from '../core/view.js';
import { get, post } from '../core/api.js';
import { debugging, fieldOf, move as moveTo, whereOf } from '../core/debugger.js';
import { dialog, dialogHead } from '../core/dialog.js';
import { editor } from '../core/editor.js';
import { changedIn } from '../core/json.js';
import { parseJSON, pretty } from '../core/jsontext.js';
import { amend, go, place } from '../core/router.js';
import { announce, failed } from '../core/toast.js';
import { duration } from '../core/time.js';
import { workflowOf } from '../graph/state.js';

/** The scopes of a stop: member of the snapshot, name, and whether it can be edited. */
export const SCOPES = [['input', 'Input', true], ['arguments', 'Arguments', false], ['result', 'Result', true], ['output', 'Output', false], ['assigned', 'Assigned', false], ['variables', 'Variables', true], ['context', 'Context', false]];

/**
 * @param {object} run of run.js
 * @param {object} actions of actions.js
 */
export function debugOf(run, actions) {
  // What the server says of the stop is the same as long as its text is.
  const key = computed(() => JSON.stringify(debugging.stopped().find(one => one.arn === run.arn) ?? null));
  const stop = computed(() => JSON.parse(key()));
  const chosen = signal(null); // a thread that somebody chose
  const thread = computed(() => chosen() ?? stop()?.thread ?? 0);
  const threads = signal([]), more = signal(0);
  const readFor = signal('null'); // the stop that threads are of
  const snapshot = signal(null);
  const marks = signal(new Map()); // what differs from the last stop: JSON pointers by scope
  const phase = signal(null); // that somebody looks at; null: the one of the stop
  const shown = computed(() => actions.canAct() && Boolean(run.execution()) && (place().query.panel === 'debug' || Boolean(stop()) && place().query.panel !== 'inspector'));
  const show = on => amend({ panel: on ? 'debug' : stop.peek() ? 'inspector' : '' });
  const still = () => debugging.standing().length > 0;

  // Threads and data belong to the stop: they are read when it moves.
  let turn = 0, seen = null;
  effect(() => {
    const now = stop(), text = key(), id = thread(), mine = ++turn;
    if (!now) { threads.set([]); more.set(0); snapshot.set(null); return; }
    Promise.all([get('debug/threads', { arn: run.arn }), get('debug/snapshot', { arn: run.arn, thread: id })]).then(([list, data]) => {
      if (mine !== turn) return;
      threads.set(list.threads);
      more.set(list.more);
      readFor.set(text);
      const at = `${now.records} ${now.past} ${id}`;
      if (seen && seen.at !== at) marks.set(differences(seen.data, data));
      seen = { at, data };
      phase.set(null);
      snapshot.set(data);
    }, error => { if (mine === turn && error.status !== 409 && error.status !== 404) failed(error); });
  });
  effect(() => { key(); chosen.set(null); });

  const frames = computed(() => threads().find(one => one.id === thread())?.frames ?? []);

  /** The scope of the history that a frame lies in; null while the page has not read of it. */
  function scopeOf(list, at) {
    let scope = run.fold.root;
    for (let i = list.length - 1; i > at && scope; i--) scope = scope.all.get(`${list[i].state} ${list[i - 1].index}`);
    return scope ?? null;
  }

  /** Selects the state of a frame in the graph. */
  function select(list, at) {
    const { state, pointer } = list[at], scope = scopeOf(list, at);
    const visit = scope && run.fold.visitAt(scope, state, run.n.peek());
    if (visit) run.select(visit, false); else run.selectState(scope, state, pointer);
  }

  // The page goes where the debugger goes: to the moment in the past, or to the present.
  let wasPast = false;
  effect(() => {
    const now = stop();
    if (!now?.past && !wasPast) return;
    wasPast = Boolean(now?.past);
    untrack(() => { if (now?.past && run.loaded()) run.go(now.event); else if (!now?.past) run.goLive(); });
  });
  let selectedFor = '';
  effect(() => {
    run.version();
    const now = stop(), list = frames();
    if (!now || readFor() !== key() || !list.length || !run.loaded() || run.length() < now.event) return;
    const at = `${now.records} ${now.past} ${thread()} ${now.state}`;
    if (at === selectedFor) return;
    selectedFor = at;
    untrack(() => select(list, 0));
  });
  // Who does not see the page is told of each stop.
  let told = '';
  effect(() => {
    const now = stop();
    const text = now ? `${now.past ? `In the past, ${whereOf(now)}` : `Stopped ${whereOf(now)}`}${reason() ? `, ${reason()}` : ''}. The clock stands still.` : '';
    if (text !== told) announce(text || 'It goes on.');
    told = text;
  });

  /** Why it has stopped, in words. */
  function reason() {
    const now = stop();
    if (!now || now.past) return '';
    const met = [...debugging.points(), ...debugging.others()].filter(one => now.breakpoints.includes(one.id));
    const points = met.map(one => `breakpoint ${one.id}${one.face ? ` of ${one.face}` : ''}${one.condition ? `, condition ${one.condition}` : ''}${one.hit ? `, hit ${one.hits}` : ''}`).join('; ');
    switch (now.reason) {
      case 'breakpoint': return points || 'a breakpoint';
      case 'data breakpoint': return `${now.text} has changed${points && `, ${points}`}`;
      case 'exception': return `${now.error}${now.taker ? `, to be taken by ${now.taker}` : ', taken by nobody'}${points && `, ${points}`}`;
      case 'entry': return 'the first state';
      case 'pause': return 'paused';
      case 'goto': return 'changed by hand';
      default: return now.error || 'a step';
    }
  }

  /** The moment of the stop on the clock of the execution. */
  const clock = computed(() => {
    run.version();
    const at = Math.min(stop()?.event ?? 0, run.length());
    return at ? `+${duration(run.fold.elapsed(at))}` : '';
  });

  const move = (name, extra = {}) => moveTo(run.arn, name, { thread: thread.peek(), ...extra });
  /** Whether a move can be made from where the execution stands. */
  const can = name => {
    const now = stop();
    switch (name) {
      case 'pause': return !now && run.running();
      case 'back': case 'reverse': return now ? now.event > 2 : !run.running(); // the second event enters the first state
      case 'out': return Boolean(now) && !now.past && frames().length > 1;
      default: return Boolean(now);
    }
  };
  /** Steps: in the past they go to what has happened next, and nothing runs. */
  const step = name => {
    if (!can(name)) return false;
    const now = stop.peek();
    if (now?.past) return move({ continue: 'present', over: 'forward', into: 'forward' }[name] ?? name);
    return move(name);
  };
  const pauseOrContinue = () => (stop.peek() ? step('continue') : step('pause'));

  const changeable = () => Boolean(stop()) && !stop().past;
  /** Changes what the thread has; what is JSON text. False if it was refused. */
  async function change(what) {
    try {
      await post('debug/change', { arn: run.arn, thread: thread.peek(), ...what });
      debugging.reload();
      return true;
    } catch (error) {
      failed(error);
      return false;
    }
  }
  const skip = () => change({ output: snapshot.peek()?.input || '{}' });

  /** Gives the state a result, an error or an output, whatever its work would come to. */
  async function force(kind = 'result') {
    const state = snapshot.peek()?.state ?? stop.peek().state;
    const as = signal(kind), text = signal(pretty(snapshot.peek()?.result || '{}')), error = signal('Failed'), cause = signal('');
    const what = await dialog(`Force the outcome of ${state}`, close => {
      const edit = editor(text, { label: 'Value', submit: () => edit.problem.peek() || close({ [as.peek()]: text.peek() }) });
      const input = (id, label, value) => h('div.field', null, h('label.lab', { for: id }, label), h('div.in', null, h('input', { id, 'data-testid': id, value, oninput: event => value.set(event.target.value) })));
      return [
        dialogHead(`Force the outcome of ${state}`, close),
        h('div.dialog-body.col', null,
          h('p.sm.t2', null, 'What the state does, or waits for, is given up. It stays stopped.'),
          h('div.seg', { role: 'group', 'aria-label': 'Outcome' }, [['result', 'Result'], ['output', 'Output'], ['error', 'Error']].map(([id, word]) => h('button', { 'data-testid': `force-${id}`, 'aria-pressed': () => String(as() === id), onclick: () => as.set(id) }, word))),
          () => h('p.sm.t3', null, { result: 'The fields of the state make its output of the result.', output: 'The state is left with this; none of its fields is evaluated.', error: 'Its Retry and Catch may take it.' }[as()]),
          () => (as() === 'error' ? [input('force-name', 'Error', error), input('force-cause', 'Cause', cause)] : edit.el)),
        h('footer', null, h('button.btn', { 'data-testid': 'force-cancel', onclick: () => close() }, 'Cancel'),
          h('button.btn.btn--pri', {
            'data-testid': 'force-do', disabled: () => (as() === 'error' ? !error().trim() : edit.problem() !== null),
            onclick: () => close(as.peek() === 'error' ? { error: error.peek(), cause: cause.peek() } : { [as.peek()]: text.peek() }),
          }, () => (as() === 'error' ? 'Let it fail' : `Force the ${as()}`))),
      ];
    });
    if (what) await change(what);
  }

  /** The states of the workflow that the thread is in. */
  function statesHere() {
    const around = workflowOf(snapshot.peek()?.pointer ?? '');
    return (run.execution.peek().graph?.nodes ?? []).filter(node => node.name && workflowOf(node.id) === around && node.id !== snapshot.peek()?.pointer).map(node => node.name);
  }

  /** Leaves the state for another one of its workflow. */
  async function jump() {
    const states = statesHere(), to = signal(states[0] ?? '');
    const next = await dialog('Jump to another state', close => [
      dialogHead('Jump to another state', close),
      h('div.dialog-body.col', null,
        h('p.sm.t2', null, `${snapshot.peek()?.state} is left without doing its work; what it would have put out is the input of the state that you choose.`),
        states.length ? h('div.field', null, h('label.lab', { for: 'jump-to' }, 'State'), h('select.in', { id: 'jump-to', 'data-testid': 'jump-to', onchange: event => to.set(event.target.value) }, states.map(name => h('option', { value: name }, name))))
          : h('p', null, 'Its workflow has no other state.')),
      h('footer', null, h('button.btn', { 'data-testid': 'jump-cancel', onclick: () => close() }, 'Cancel'),
        h('button.btn.btn--pri', { 'data-testid': 'jump-do', disabled: !states.length, onclick: () => close(to.peek()) }, 'Jump')),
    ]);
    if (next) await change({ next });
  }

  /** A new execution that goes on from the moment that is looked at. */
  async function fork() {
    const before = pretty(run.execution.peek().input || '{}'), text = signal(before);
    const input = await dialog('Go on from here', close => {
      const edit = editor(text, { label: 'Input of the execution', submit: () => edit.problem.peek() || close(text.peek()) });
      return [
        dialogHead('Go on from here', close),
        h('div.dialog-body.col', null, h('p.sm.t2', null, 'A new execution. Tasks that had ended by this moment get the results that they had and are not called again; it meets the breakpoints anew.'), edit.el),
        h('footer', null, h('button.btn', { 'data-testid': 'fork-cancel', onclick: () => close() }, 'Cancel'),
          h('button.btn.btn--pri', { 'data-testid': 'fork-do', disabled: () => edit.problem() !== null, onclick: () => close(text.peek()) }, 'Start execution')),
      ];
    });
    if (input === undefined) return;
    try {
      const started = await post('debug/fork', { arn: run.arn, input: input === before ? null : input });
      go('x', started.arn);
    } catch (error) { failed(error); }
  }

  /** Evaluates an expression with what the thread sees. */
  const evaluate = expression => post('debug/evaluate', { arn: run.arn, thread: thread.peek(), expression, language: '' });

  const title = () => {
    const now = stop(), data = snapshot();
    if (!now) return '';
    if (now.error || !now.state || fieldOf(now) || data?.state !== now.state) return whereOf(now);
    if (data.phase === 'finishing') return `behind ${now.state}, before its output`;
    return data.phase === 'working' && !data.attempts || data.phase === 'entering' ? `before ${now.state}` : whereOf(now);
  };

  return {
    run, actions, stop, thread, threads, more, snapshot, marks, phase, shown, show, still, frames, select, scopeOf, reason, clock, title,
    choose: id => chosen.set(id), move, can, step, pauseOrContinue, changeable, change, skip, force, jump, statesHere, fork, evaluate,
  };
}

/** What differs between two snapshots: JSON pointers by scope. */
function differences(before, after) {
  const all = new Map();
  for (const [scope] of SCOPES) {
    const a = parseJSON(before[scope] || 'null').node, b = parseJSON(after[scope] || 'null').node;
    if (a && b && before[scope] !== after[scope]) all.set(scope, changedIn(a, b));
  }
  return all;
}
