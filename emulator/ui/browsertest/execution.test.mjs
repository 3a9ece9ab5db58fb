// Tests of the modules of the execution page that need no browser.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { Fold, countTo, matches } from '../static/execution/fold.js';
import { milliseconds, parseHistory, tone } from '../static/execution/history.js';

const folder = new URL('testdata/histories/', import.meta.url);
const load = name => JSON.parse(readFileSync(new URL(`${name}.json`, folder)));
const foldOf = name => { const { definition, events } = load(name); return new Fold(definition).add(events); };
// The event that a state of a scope is entered with the k-th time, as n.
const entered = (fold, state, k = 0) => fold.visits.filter(v => v.state === state)[k].entered;
const outcomes = fold => fold.visits.map(v => `${v.scope.key}${v.scope.key && ' '}${v.state} ${v.outcome}`);

test('a failure that is retried and then caught', () => {
  const fold = foldOf('retry-then-catch');
  assert.deepEqual(outcomes(fold), ['Charge caught', 'Refund succeeded', 'Done succeeded']);
  const charge = fold.visits[0];
  assert.equal(charge.attempts.length, 3);
  assert.equal(charge.catcher, 1);
  assert.equal(charge.next, 'Refund');
  assert.equal(fold.retrier(charge, charge.attempts[0]), 0);
  assert.equal(fold.transitionsTo(fold.length), 5, 'three states and two retries');
  const failed = charge.attempts[0].failure.n;
  assert.equal(fold.statusAt(charge, charge.entered), 'running');
  assert.equal(fold.statusAt(charge, failed), 'caught');
  assert.equal(fold.fate(failed), 'retried');
  assert.equal(fold.fate(charge.attempts[2].failure.n), 'caught');
  assert.equal(fold.attemptsAt(charge, failed), 1);
  assert.equal(fold.statusAt(charge, fold.length), 'caught');
  assert.equal(fold.takenAt(fold.root, 'Charge', 'Refund', true, fold.length), 1);
  assert.equal(fold.takenAt(fold.root, 'Charge', 'Refund', false, fold.length), 0);
  assert.equal(fold.takenAt(fold.root, 'Done', '', false, fold.length), 1);
  const refund = fold.visits[1];
  assert.equal(fold.variablesAt(fold.root, refund.entered).size, 0);
  assert.equal(fold.variablesAt(fold.root, refund.left).get('refunded').value, 'true');
});

test('an iteration fails and takes the Map, the Parallel state and the execution with it', () => {
  const fold = foldOf('map-fails');
  const of = state => fold.visits.filter(v => v.state === state).map(v => v.outcome);
  assert.equal(fold.status, 'FAILED');
  assert.equal(fold.failedVisit.state, 'Pick');
  assert.deepEqual(fold.failedVisit.scope.path, [{ state: 'Both', kind: 'Parallel', index: 1 }, { state: 'Items', kind: 'Map', index: 2 }]);
  assert.equal(fold.failedVisit.failure.error, 'OutOfStock');
  assert.deepEqual([of('Both'), of('Items'), of('Rest')], [['failed'], ['failed'], ['aborted']]);
  const items = fold.visits.find(v => v.state === 'Items');
  const counts = fold.iterationsAt(items, fold.length);
  assert.deepEqual([counts.length, counts.started, counts.succeeded, counts.failed, counts.aborted, counts.running], [4, 4, 2, 1, 1, 0]);
  const first = fold.iterationsAt(items, items.runs[0].started[0]);
  assert.deepEqual([first.started, first.running, first.succeeded], [1, 1, 0]);
  assert.equal(fold.iterationToShow(items, fold.length), 2, 'the failed one');
  assert.equal(fold.iterationToShow(items, items.runs[0].started[0]), 0);
  assert.ok(fold.visits.every(v => v.outcome !== 'open'));
});

test('a Fail state in a branch has the error of its definition, or that of the execution', () => {
  const history = [
    { id: 1, type: 'ExecutionStarted' }, { id: 2, type: 'ParallelStateEntered', previousEventId: 0, details: { name: 'P', input: '{}' } }, { id: 3, type: 'ParallelStateStarted', previousEventId: 2 },
    { id: 4, type: 'FailStateEntered', previousEventId: 3, details: { name: 'F', input: '{}' } }, { id: 5, type: 'ParallelStateFailed', previousEventId: 4 },
    { id: 6, type: 'ExecutionFailed', previousEventId: 5, details: { error: 'Bad', cause: 'really' } },
  ];
  for (const error of ['Bad', "{% 'B' & 'ad' %}"]) {
    const fold = new Fold({ StartAt: 'P', States: { P: { Type: 'Parallel', Branches: [{ StartAt: 'F', States: { F: { Type: 'Fail', Error: error, Cause: 'really' } } }] } } }).add(history);
    assert.equal(fold.failedVisit.state, 'F');
    assert.equal(fold.failedVisit.failure.error, 'Bad');
    assert.deepEqual(fold.visits.map(v => v.outcome), ['failed', 'failed']);
  }
});

test('a loop counts visits and transitions', () => {
  const fold = foldOf('loop');
  assert.equal(fold.visitsTo(fold.root, 'Count', fold.length), 3);
  assert.equal(fold.takenAt(fold.root, 'Enough', 'Count', false, fold.length), 2);
  const second = entered(fold, 'Count', 1);
  assert.equal(fold.takenAt(fold.root, 'Enough', 'Count', false, second), 1);
  assert.equal(fold.takenAt(fold.root, 'Enough', 'Count', false, second - 1), 0);
  assert.equal(fold.visitAt(fold.root, 'Count', second).input, '{"n":1}');
  assert.equal(fold.variablesAt(fold.root, second).get('n').value, '1');
  assert.equal(fold.variablesAt(fold.root, fold.length).get('n').value, '3');
});

test('a Parallel state that is tried again begins its branches anew', () => {
  const fold = foldOf('parallel-retried');
  const both = fold.visits[0];
  assert.equal(both.attempts.length, 2);
  assert.equal(both.outcome, 'succeeded');
  assert.deepEqual(outcomes(fold).filter(o => o.includes('Left')), ['/"Both"[0] Left failed', '/"Both"[0] Left succeeded']);
  const again = both.attempts[1].started;
  const branch = fold.byKey.get('/"Both"[0]');
  assert.equal(fold.visitAt(branch, 'Left', again), null, 'not reached in the second try yet');
  assert.equal(fold.visitAt(branch, 'Left', again - 1).outcome, 'failed');
});

test('Maps in Maps have an iteration each', () => {
  const fold = foldOf('nested-maps');
  assert.deepEqual(fold.visits.filter(v => v.state === 'P').map(v => [v.scope.key, v.input]), [['/"Outer"[0]/"Inner"[0]', '1'], ['/"Outer"[0]/"Inner"[1]', '2'], ['/"Outer"[1]/"Inner"[0]', '3']].sort((a, b) => fold.byKey.get(a[0]).opened[0] - fold.byKey.get(b[0]).opened[0]));
});

test('paths in the events and previousEventId give the same', () => {
  for (const file of readdirSync(folder)) {
    const { definition, events } = JSON.parse(readFileSync(new URL(file, folder)));
    const bare = new Fold(definition).add(events);
    const known = events.map((event, i) => ({ ...event, path: bare.scopeOf[i].path }));
    const withPaths = new Fold(definition).add(known);
    assert.deepEqual(outcomes(withPaths), outcomes(bare), file);
    assert.deepEqual(withPaths.visits.map(v => v.events), bare.visits.map(v => v.events), file);
  }
});

test('events one at a time give what all of them at once give, at every event', () => {
  for (const file of readdirSync(folder)) {
    const { definition, events } = JSON.parse(readFileSync(new URL(file, folder)));
    const whole = new Fold(definition).add(events), grown = new Fold(definition);
    events.forEach((event, i) => {
      grown.add([event, event]); // what is known already is left out
      const n = i + 1;
      const seen = fold => fold.visits.filter(v => v.entered <= n).map(v => [v.state, v.entered, fold.attemptsAt(v, n), fold.visitAt(v.scope, v.state, n)?.id]);
      assert.deepEqual(seen(grown), seen(whole), `${file} at ${n}`);
      assert.equal(grown.transitionsTo(n), whole.transitionsTo(n), `${file} at ${n}`);
    });
    assert.deepEqual(outcomes(grown), outcomes(whole), file);
  }
});

/** A history of n events: one Map of three states. */
function long(n) {
  const events = [{ id: 1, type: 'ExecutionStarted', timestamp: 1e12, executionStartedEventDetails: { input: '{}' } },
    { id: 2, previousEventId: 0, type: 'MapStateEntered', timestamp: 1e12, stateEnteredEventDetails: { name: 'M', input: '[]' } },
    { id: 3, previousEventId: 2, type: 'MapStateStarted', timestamp: 1e12, mapStateStartedEventDetails: { length: Math.floor(n / 8) } }];
  let index = 0;
  const add = (type, previousEventId, key, details) => { events.push({ id: events.length + 1, previousEventId, type, timestamp: 1e12 + events.length, ...(key && { [key]: details }) }); return events.length; };
  while (events.length < n - 8) {
    let at = add('MapIterationStarted', 3, 'mapIterationStartedEventDetails', { name: 'M', index });
    for (const state of ['A', 'B', 'C']) {
      at = add('PassStateEntered', at, 'stateEnteredEventDetails', { name: state, input: `{"n": ${index}}` });
      at = add('PassStateExited', at, 'stateExitedEventDetails', { name: state, output: `{"n": ${index}}` });
    }
    add('MapIterationSucceeded', at, 'mapIterationSucceededEventDetails', { name: 'M', index: index++ });
  }
  return events;
}

test('25,000 events: any of them is reached by a search, not by a replay', () => {
  const fold = new Fold().add(long(25000));
  const visit = fold.visits[0];
  let reads = 0;
  for (let n = 1; n <= fold.length; n += 50) {
    const counts = fold.iterationsAt(visit, n);
    const show = Math.max(0, counts ? counts.started - 1 : 0);
    const scope = fold.root.all.get(`M ${show}`);
    if (fold.visitAt(scope, 'A', n)) reads++;
    fold.variablesAt(scope ?? fold.root, n);
  }
  assert.ok(reads > 400, String(reads));
  assert.equal(fold.iterationsAt(visit, fold.length).succeeded, visit.runs[0].iterations.size);
});

test('files that someone exported', () => {
  const { events } = load('loop');
  const want = events.length;
  const aws = events.map(({ details, ...e }) => ({ ...e, timestamp: '2026-01-02T03:04:05.678000+00:00', ...(details && { stateEnteredEventDetails: details }) }));
  assert.equal(parseHistory(JSON.stringify({ events: aws })).length, want, 'the CLI');
  assert.equal(parseHistory(JSON.stringify([{ events: aws.slice(0, 3) }, { events: aws.slice(3) }])).length, want, 'pages');
  assert.equal(parseHistory(events.map(e => JSON.stringify(e)).join('\n')).length, want, 'an event a line');
  assert.equal(parseHistory(JSON.stringify({ events: [...aws].reverse() }))[0].id, 1, 'newest first');
  assert.equal(parseHistory(JSON.stringify({ events: aws }))[0].at, Date.UTC(2026, 0, 2, 3, 4, 5, 678));
  assert.throws(() => parseHistory('hello'), /not JSON/);
  assert.throws(() => parseHistory('{"events": []}'), /has no history/);
  assert.throws(() => parseHistory('{"StartAt": "A", "States": {}}'), /has no history/);
  assert.throws(() => parseHistory('[1, null, "x"]'), /has no history/);
});

test('times as the CLI, SDKs and aslocal write them', () => {
  assert.equal(milliseconds('1970-01-01T00:00:01Z'), 1000);
  assert.equal(milliseconds(1700000000.25), 1700000000250);
  assert.equal(milliseconds(1700000000250), 1700000000250);
  assert.equal(milliseconds('nonsense'), 0);
  assert.equal(milliseconds(null), 0);
});

test('a history without its beginning, or with nonsense in it, is read as far as it goes', () => {
  const { definition, events } = load('map-fails');
  for (let from = 0; from < events.length; from++) {
    const fold = new Fold(definition).add(events.slice(from));
    assert.equal(fold.length, events.length - from);
    for (const v of fold.visits) fold.statusAt(v, fold.length);
  }
  for (let skip = 0; skip < events.length; skip++) new Fold(definition).add(events.filter((_, i) => i !== skip));
  new Fold().add([{ id: 1, type: 'MapIterationStarted' }, { id: 2, type: 'TaskFailed', previousEventId: 99 }, { id: 3, type: 'ParallelStateFailed', previousEventId: 2 }, { id: 4, type: '' }]);
  new Fold({ States: { __proto__: null, constructor: {} } }).add([{ id: 1, type: 'TaskStateEntered', details: { name: '__proto__' } }, { id: 2, type: 'TaskStateExited', previousEventId: 1, details: { name: '__proto__', assignedVariables: { __proto__: '1' } } }]);
});

test('which Retrier or Catcher takes an error', () => {
  for (const [names, error, want] of [
    [['States.ALL'], 'Anything', true], [['States.ALL'], 'States.Runtime', false], [['States.TaskFailed'], 'Mine', true], [['States.TaskFailed'], 'States.Timeout', false],
    [['States.Timeout'], 'States.HeartbeatTimeout', true], [['Mine'], 'Mine', true], [['Mine'], 'Yours', false], [undefined, 'Mine', false],
  ]) assert.equal(matches(names, error), want, `${names} ${error}`);
});

test('small parts', () => {
  assert.equal(countTo([1, 3, 3, 7], 3), 3);
  assert.equal(countTo([], 3), 0);
  assert.equal(tone('TaskTimedOut'), 'timedout');
  assert.equal(tone('LambdaFunctionScheduleFailed'), 'failed');
});
