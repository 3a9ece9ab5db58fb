// Tests of the document of the editor and of its text (static/edit), run by TestModules with `node --test`.
import assert from 'node:assert/strict';
import { test } from 'node:test';

globalThis.document = { addEventListener() {}, hidden: true };
globalThis.addEventListener = () => {};
const kept = new Map();
globalThis.localStorage = { getItem: key => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: key => kept.delete(key) };
const draft = text => ({ graph: { nodes: [], edges: [] }, diagnostics: [], states: {}, definition: JSON.stringify({ text }), ok: true });
const edits = { upper: text => text.toUpperCase(), mark: text => `${text}!` };
let slow = null; // what the server waits for before it answers an edit
globalThis.fetch = async (url, { body }) => {
  const { text, edits: wanted } = JSON.parse(body);
  if (url.endsWith('/edit')) await slow;
  const next = (wanted ?? []).reduce((now, { op }) => edits[op](now), text);
  return { ok: true, text: async () => JSON.stringify(url.endsWith('/edit') ? { text: next, changes: [], select: [], notes: [], draft: draft(next) } : draft(text)) };
};

const { openDocument, difference } = await import('../static/edit/document.js');
const { highlight } = await import('../static/edit/highlight.js');
const { hunks, mergeHunks } = await import('../static/edit/merge.js');

const open = text => openDocument({ text, format: 'YAML', pointer: '', path: 'a.asl.yaml', hash: 'h', savable: true, why: '', arn: '', name: 'a', type: 'STANDARD', language: 'JSONata' });
// random is a small generator of numbers, so that a failure can be repeated.
function random(seed) { return most => { seed = (seed * 1103515245 + 12345) % 2147483648; return seed % most; }; }

test('random typing is undone to the letter, and done again', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const pick = random(seed), store = open('StartAt: A\nStates: {}\n'), texts = [store.text()];
    for (let i = 0; i < 60; i++) {
      const now = store.text(), from = pick(now.length + 1), to = Math.min(now.length, from + pick(4));
      store.type(now.slice(0, from) + ['x', '', 'aa\n', '😀'][pick(4)] + now.slice(to), { kind: ['', 'type', 'field'][pick(3)] });
      texts.push(store.text());
    }
    const last = store.text();
    while (store.undo());
    assert.equal(store.text(), texts[0], `seed ${seed}`);
    assert.equal(store.dirty(), false);
    while (store.redo());
    assert.equal(store.text(), last, `seed ${seed}`);
  }
});

test('the steps of a burst are one', async () => {
  const store = open('a');
  store.type('ab');
  store.type('abc');
  store.undo();
  assert.equal(store.text(), 'a');
  await store.apply([{ op: 'mark' }], 'field 1');
  await store.apply([{ op: 'mark' }], 'field 1');
  await store.apply([{ op: 'mark' }], 'field 2');
  assert.equal(store.text(), 'a!!!');
  store.undo();
  assert.equal(store.text(), 'a!!');
  store.undo();
  assert.equal(store.text(), 'a');
  assert.equal(store.canUndo(), false);
});

test('edits wait for one another, and what was typed meanwhile is not lost', async () => {
  const store = open('a');
  let answer;
  slow = new Promise(done => { answer = done; });
  const both = [store.apply([{ op: 'upper' }]), store.apply([{ op: 'mark' }])];
  await new Promise(done => setTimeout(done));
  store.type('ab');
  answer();
  await Promise.all(both);
  slow = null;
  assert.equal(store.text(), 'AB!');
  assert.equal(store.definition().text, 'AB!');
});

test('a difference is the smallest part', () => {
  assert.deepEqual(difference('aXc', 'aYc'), { from: 1, removed: 'X', added: 'Y' });
  assert.deepEqual(difference('aa', 'aaa'), { from: 2, removed: '', added: 'a' });
  assert.deepEqual(difference('same', 'same'), { from: 4, removed: '', added: '' });
});

test('colours lose no character', () => {
  const texts = { JSON: ['{"a": "x {% $b %} ${C}", "n": -1.5e3, "t": [true, null]}', '{"open: "', '"\\"'], YAML: ['# c', 'a: |-', '  text: # not a comment', 'b: !Sub "${X}" # c', '- - x: {y: 1, "z": [a, b]}', "k: '{% $x %}'", '? odd', 'a: "open', '\t', '---', '%YAML 1.2'] };
  for (const [format, lines] of Object.entries(texts)) {
    highlight(lines, 0, lines.length, format).forEach((tokens, i) => assert.equal(tokens.map(token => token[1]).join(''), lines[i]));
  }
  const kinds = highlight(['a: |', '  b: c', 'd: 1 # e'], 0, 3, 'YAML').map(tokens => tokens.filter(([kind]) => kind !== 'p').map(([kind, text]) => kind + text.trim()));
  assert.deepEqual(kinds, [['ka'], ['sb: c'], ['kd', 'n1', 'c# e']]);
});

test('changes of different lines are put together, and of the same line are not', () => {
  const base = 'a\nb\nc\nd';
  const part = (same, removed, added) => ({ same, removed, added });
  const first = hunks({ parts: [part([], ['a'], ['A']), part(['b', 'c', 'd'], [], [])] });
  const last = hunks({ parts: [part(['a', 'b', 'c'], [], []), part([], ['d'], ['d', 'e'])] });
  assert.equal(mergeHunks(base, first, last), 'A\nb\nc\nd\ne');
  assert.equal(mergeHunks(base, last, last), 'a\nb\nc\nd\ne');
  assert.equal(mergeHunks(base, first, hunks({ parts: [part([], ['a'], ['x']), part(['b', 'c', 'd'], [], [])] })), null);
  assert.equal(mergeHunks(base, [], last), 'a\nb\nc\nd\ne');
});
