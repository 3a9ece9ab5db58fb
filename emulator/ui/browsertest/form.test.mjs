// Tests of what the forms of the editor compute (static/edit/form), run by TestModules with `node --test`.
import assert from 'node:assert/strict';
import { test } from 'node:test';

globalThis.document = { addEventListener() {}, hidden: true };
globalThis.addEventListener = () => {};
globalThis.setInterval = () => 0; // else the process does not end
globalThis.localStorage = { getItem: () => null, setItem() {} };

const { parseJSON } = await import('../static/core/jsontext.js');
const { changeEdits, pointerOf, namesOf, removeEdits, setEdits, variablesIn, statePointers } = await import('../static/edit/form/definition.js');
const { delaysOf, seconds, summary } = await import('../static/edit/form/backoff.js');
const { converted, inWords } = await import('../static/edit/form/comparison.js');
const { narrowed, placesOf, withMember } = await import('../static/edit/form/completion.js');
const { languageFor } = await import('../static/edit/form/preview.js');
const { parserOf } = await import('../static/edit/form/field.js');
const { paired } = await import('../static/edit/form/fieldset.js');
const { placeOf } = await import('../static/edit/form/form.js');

const tree = value => parseJSON(JSON.stringify(value)).node;
const json = value => JSON.parse(JSON.stringify(value));

test('pointers escape what must be escaped, and are read again', () => {
  assert.equal(pointerOf('/States', 'a/b~c', 0), '/States/a~1b~0c/0');
  assert.deepEqual(namesOf('/States/a~1b~0c/0'), ['States', 'a/b~c', '0']);
});

test('setting a member makes what is missing on the way', () => {
  const root = tree({ States: { A: { Retry: [{}] } } });
  assert.deepEqual(setEdits(root, '/States/A/Comment', 'x'), [{ op: 'set', pointer: '/States/A/Comment', value: 'x' }]);
  assert.deepEqual(setEdits(root, '/States/A/Retry/1', {}), [{ op: 'set', pointer: '/States/A/Retry/1', value: {} }]);
  assert.deepEqual(setEdits(root, '/States/A/Catch/0', {}), [{ op: 'set', pointer: '/States/A/Catch', value: [{}] }]);
  assert.deepEqual(setEdits(root, '/States/A/ItemReader/ReaderConfig/MaxItems', 3), [{ op: 'set', pointer: '/States/A/ItemReader', value: { ReaderConfig: { MaxItems: 3 } } }]);
});

test('removing a member takes what is empty then, up to the state', () => {
  const root = tree({ States: { A: { Retry: [{}], ItemReader: { ReaderConfig: { MaxItems: 3 } }, Assign: { a: 1, b: 2 } } } });
  const remove = pointer => removeEdits(root, pointer, '/States/A').map(edit => edit.pointer);
  assert.deepEqual(remove('/States/A/ItemReader/ReaderConfig/MaxItems'), ['/States/A/ItemReader']);
  assert.deepEqual(remove('/States/A/Retry/0'), ['/States/A/Retry']);
  assert.deepEqual(remove('/States/A/Assign/a'), ['/States/A/Assign/a']);
  assert.deepEqual(remove('/States/A/Nothing'), []);
});

test('a changed object is changed where it differs', () => {
  const root = tree({ A: { same: [1, { b: 2 }], gone: 1, old: { x: 1 } } });
  assert.deepEqual(json(changeEdits(root, '/A', { same: [1, { b: 3 }], old: { x: 1, y: 2 }, new: null })), [
    { op: 'remove', pointer: '/A/gone' }, { op: 'set', pointer: '/A/same/1/b', value: 3 }, { op: 'set', pointer: '/A/old/y', value: 2 }, { op: 'set', pointer: '/A/new', value: null },
  ]);
  assert.deepEqual(changeEdits(root, '/A', { same: [1, { b: 2 }], gone: 1, old: { x: 1 } }), []);
  assert.deepEqual(json(changeEdits(root, '/A/same', [1])), [{ op: 'set', pointer: '/A/same', value: [1] }]);
});

test('variables of the workflows around are in scope, those inside are not', () => {
  const inner = { StartAt: 'I', States: { I: { Type: 'Pass', Assign: { inner: 1 } } } };
  const root = tree({ States: { A: { Type: 'Pass', Assign: { 'outer.$': '$' } }, P: { Type: 'Parallel', Branches: [inner] }, C: { Type: 'Choice', Choices: [{ Assign: { chosen: 1 } }] } } });
  assert.deepEqual([...variablesIn(root, '/States/P/Branches/0/States/I').keys()], ['inner', 'outer', 'chosen']);
  assert.deepEqual([...variablesIn(root, '/States/A').keys()], ['outer', 'chosen']);
  assert.deepEqual(statePointers(root), ['/States/A', '/States/P', '/States/P/Branches/0/States/I', '/States/C']);
});

test('pauses grow by the rate, up to the limit', () => {
  const { retries, all } = delaysOf({ IntervalSeconds: 2, MaxAttempts: 5, BackoffRate: 3, MaxDelaySeconds: 20, JitterStrategy: 'FULL' });
  assert.equal(all, 5);
  assert.deepEqual(retries.map(r => [r.delay, r.least, r.at]), [[2, 0, 2], [6, 0, 8], [18, 0, 26], [20, 0, 46], [20, 0, 66]]);
  assert.deepEqual(delaysOf({}).retries.map(r => r.delay), [1, 2, 4]);
  assert.deepEqual(delaysOf({ MaxAttempts: 0 }).retries, []);
  assert.equal(delaysOf({ MaxAttempts: 99999999, BackoffRate: 10 }).retries.at(-1).delay, 99_999_999);
});

test('times and Retriers are told in few words', () => {
  assert.deepEqual([0.5, 59, 65, 3600, 90061].map(seconds), ['0.5 s', '59 s', '1 min 5 s', '1 h', '1 d 1 h']);
  assert.equal(summary({ IntervalSeconds: 2 }), '2 s × 2, 3 times');
  assert.equal(summary({ BackoffRate: 1, MaxAttempts: 1 }), '1 s, once');
  assert.equal(summary({ MaxAttempts: 0 }), 'never');
});

test('rules are told in words', () => {
  const said = rule => inWords(tree(rule));
  assert.equal(said({ Condition: '{% $x > 1 %}' }), '$x > 1');
  assert.equal(said({ Variable: '$.a', NumericGreaterThanEquals: 1.5 }), '$.a is at least 1.5');
  assert.equal(said({ Variable: '$.a', StringEqualsPath: '$.b' }), '$.a is $.b');
  assert.equal(said({ Variable: '$.a', StringEquals: 'x' }), '$.a is "x"');
  assert.equal(said({ Variable: '$.a', IsPresent: false }), '$.a is not present');
  assert.equal(said({ And: [{ Variable: '$.a', IsNull: true }, { Or: [{ Variable: '$.b', BooleanEquals: true }, { Not: { Variable: '$.c', IsString: true } }] }] }), '$.a is null and ($.b is true or not ($.c is a text))');
  assert.equal(said({}), '… …');
});

test('an operator takes over a value that fits', () => {
  assert.deepEqual([converted('5', 'number'), converted('x', 'number'), converted(5, 'text'), converted(true, 'text'), converted('x', 'boolean'), converted('2026-01-02T00:00:00Z', 'timestamp')],
    [5, 0, '5', '', true, '2026-01-02T00:00:00Z']);
});

test('a member is put into the text of a definition, there or not', () => {
  const text = '{"States": {"A": {"Type": "Pass", "L": [1]}, "B": {}}}', root = parseJSON(text).node;
  for (const [pointer, value] of [['/States/A/Type', '"Wait"'], ['/States/A/Comment', '"c"'], ['/States/B/Comment', '1'], ['/States/A/L/1', '2'], ['/States/A/Retry/0/ErrorEquals/0', '"E"']]) {
    const made = withMember(text, root, pointer, value);
    let found = JSON.parse(made.text);
    for (const name of namesOf(pointer)) found = found[name];
    assert.deepEqual(found, JSON.parse(value), pointer);
    assert.equal(made.text.slice(made.start, made.start + value.length), value, pointer);
  }
});

test('places in a quoted text count its escapes', () => {
  const text = 'a"\n😀b', quoted = JSON.stringify(text), places = placesOf(text, 0, true);
  assert.equal(places.at(-1), quoted.length - 1);
  assert.equal(quoted.slice(places[5]), 'b"');
});

test('suggestions that begin with what was typed come first', () => {
  const items = ['States.ALL', 'ALL', 'x'].map(label => ({ label, from: 0, to: 2 }));
  assert.deepEqual(narrowed(items, 'al', 2).map(item => item.label), ['ALL', 'States.ALL']);
});

test('what is evaluated, and as what', () => {
  const rows = [
    ['jsonata', 'JSONata', '{% 1 %}', 'JSONata'], ['jsonata', 'JSONata', '{"a": "{% 1 %}"}', 'JSONataTemplate'], ['jsonata', 'JSONata', '{"a": 1}', ''], ['jsonata', 'JSONata', '{"a": "{% 1', ''],
    ['condition', 'JSONata', '$x > 1', 'JSONata'], ['condition', 'JSONata', 'true', ''], ['text', 'JSONata', 'plain', ''],
    ['path', 'JSONPath', '$.a', 'JSONPath'], ['textPath', 'JSONPath', 'States.UUID()', 'Intrinsic'], ['template', 'JSONPath', '{"a.$": "$.b"}', 'JSONPathTemplate'], ['template', 'JSONPath', '{"a": "$.b"}', ''], ['text', 'JSONPath', 'plain', ''],
  ];
  for (const [kind, language, text, want] of rows) assert.equal(languageFor(kind, language, text), want, text);
});

test('a text is read by the kind of its field', () => {
  const read = (spec, text) => json(parserOf(spec)(text));
  assert.deepEqual(read({ kind: 'duration' }, '3'), { value: 3 });
  assert.ok(read({ kind: 'duration' }, '3.5').problem);
  assert.ok(read({ kind: 'duration' }, '3x').problem);
  assert.deepEqual(read({ kind: 'number', expression: true }, '{% 1 %}'), { value: '{% 1 %}' });
  assert.ok(read({ kind: 'number' }, '{% 1 %}').problem);
  assert.deepEqual(read({ kind: 'path' }, 'null'), { value: null });
  assert.deepEqual(read({ kind: 'path' }, ' '), { remove: true });
  assert.ok(read({ kind: 'path', required: true }, '').problem);
  assert.deepEqual(read({ kind: 'condition' }, '$x'), { value: '{% $x %}' });
  assert.deepEqual(read({ kind: 'jsonata', expression: true }, '{"a": [1]}'), { value: { a: [1] } });
  assert.ok(read({ kind: 'jsonata', expression: true }, '{"a": ').problem);
  assert.ok(read({ kind: 'jsonata', expression: true }, '{% 1').problem);
});

test('a field and the one with its path are shown as one', () => {
  const specs = [{ name: 'Comment' }, { name: 'TimeoutSeconds', without: ['TimeoutSecondsPath'] }, { name: 'TimeoutSecondsPath', without: ['TimeoutSeconds'] }, { name: 'Next', without: ['End'] }, { name: 'End', without: ['Next'] }];
  assert.deepEqual(paired(specs).map(group => group.map(one => one.name)), [['Comment'], ['TimeoutSeconds', 'TimeoutSecondsPath'], ['Next'], ['End']]);
});

test('places of diagnostics are JSON pointers', () => {
  assert.equal(placeOf({ pointer: '/States/A/Choices[0]/And[1]/Variable', state: '/States/A' }), '/States/A/Choices/0/And/1/Variable');
  assert.equal(placeOf({ pointer: '/States/P/Branches[1]/States/a/b[0]/Next', state: '/States/P/Branches/1/States/a~1b[0]' }), '/States/P/Branches/1/States/a~1b[0]/Next');
  assert.equal(placeOf({ pointer: '/StartAt', state: '' }), '/StartAt');
});
