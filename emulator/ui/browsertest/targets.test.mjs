// Tests of where things may be dropped (static/edit/targets.js), and of what is copied
// (static/edit/fragment.js), run by TestTargets with `node --test`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accepts, targetAt, targetsOf, towards } from '../static/edit/targets.js';
import { fragmentOf } from '../static/edit/fragment.js';

const state = (id, x, y, more = {}) => ({ id, kind: 'state', type: 'Pass', name: id.slice(id.lastIndexOf('/') + 1), x, y, w: 188, h: 44, ...more });
// Start → A → P (a Parallel state with a branch of B and an empty one) → end
const graph = {
  width: 700, height: 600,
  nodes: [
    { id: 'start', kind: 'start', x: 290, y: 24, w: 20, h: 20 },
    state('/States/A', 206, 84),
    { id: '/States/P', kind: 'container', type: 'Parallel', name: 'P', x: 80, y: 180, w: 440, h: 200 },
    { id: '/States/P/Branches/0', parent: '/States/P', kind: 'lane', type: 'Parallel', x: 92, y: 216, w: 212, h: 150 },
    state('/States/P/Branches/0/States/B', 104, 228, { parent: '/States/P/Branches/0', end: true }),
    { id: '/States/P/Branches/1', parent: '/States/P', kind: 'lane', type: 'Parallel', x: 312, y: 216, w: 196, h: 150 },
    { id: '/States/P/Branches/1#', parent: '/States/P/Branches/1', kind: 'missing', name: '', x: 324, y: 228, w: 172, h: 44 },
    { id: 'end', kind: 'end', x: 290, y: 440, w: 20, h: 20 },
  ],
  edges: [
    { id: '/StartAt', from: 'start', to: '/States/A', kind: 'start', points: [[300, 44], [300, 84]] },
    { id: '/States/A/Next', from: '/States/A', to: '/States/P', kind: 'next', points: [[300, 128], [300, 180]] },
    { id: 'end', from: '/States/P', to: 'end', kind: 'end', points: [[300, 380], [300, 440]] },
  ],
};
const targets = targetsOf(graph), lanes = graph.nodes.filter(node => node.kind === 'lane');
const at = (x, y, list = targets) => { const one = targetAt(list, lanes, x, y, 44); return one && `${one.kind} ${one.edge ?? one.state ?? one.workflow}`; };

test('a point means the transition, the end of a branch, the empty branch or a new branch', () => {
  for (const [x, y, want] of [
    [310, 60, 'edge /StartAt'], [290, 150, 'edge /States/A/Next'], [300, 410, 'edge end'],
    [200, 222, 'start /States/P/Branches/0/StartAt'], [200, 300, 'end end'], [200, 360, 'end end'],
    [400, 300, 'empty /States/P/Branches/1'], [140, 200, 'branch /States/P'], [650, 560, undefined],
  ]) assert.equal(at(x, y), want, `${x},${y}`);
});

test('states are not dropped into themselves, nor where they are', () => {
  const fitting = pointer => targets.filter(target => accepts(target, [pointer]));
  assert.deepEqual(fitting('/States/P').map(one => one.edge), ['/StartAt']);
  assert.deepEqual(fitting('/States/A').map(one => one.edge ?? one.kind), ['end', '/States/P/Branches/0/StartAt', 'end', 'empty', 'branch']);
});

test('an arrow key leads to what stands there', () => {
  const [a, b, c, d] = [{ x: 0, y: 0 }, { x: 100, y: 10 }, { x: 5, y: 100 }, { x: 400, y: 300 }];
  for (const [key, want] of [['ArrowRight', b], ['ArrowDown', c], ['ArrowLeft', undefined], ['ArrowUp', undefined]]) assert.equal(towards([a, b, c, d], a, key), want, key);
});

test('what is copied is as it was written', () => {
  const text = '{"StartAt":"a/b","States":{"a/b":{"Type":"Pass","Result":1.50,"Next":"B"},"B":{"Type":"Parallel","Branches":[{"States":{"C":{"Type":"Wait","Seconds":10000000000000000001}}}]}}}';
  assert.equal(fragmentOf(text, ['/States/a~1b']), '{\n  "StartAt": "a/b",\n  "States": {\n    "a/b": {"Type":"Pass","Result":1.50,"Next":"B"}\n  }\n}');
  assert.match(fragmentOf(text, ['/States/B/Branches/0/States/C']), /"C": \{"Type":"Wait","Seconds":10000000000000000001\}/);
  assert.equal(fragmentOf(text, ['/States/gone', '/States/a~1b/Nothing']), '');
  assert.equal(fragmentOf('not json', ['/States/B']), '');
});
