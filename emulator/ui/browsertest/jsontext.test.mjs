// Tests of JSON as a tree (static/core/jsontext.js), run by TestModules with `node --test`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatJSON, parseJSON, pretty, tokensOf } from '../static/core/jsontext.js';

test('formatting keeps digits, escapes, the order of keys and keys that come twice', () => {
  const text = '{"b":1.50,"a":12345678901234567890,"a":"\\u00e9\\/","c":[],"d":{},"e":[1,{"f":null}]}';
  assert.equal(pretty(text), `{
  "b": 1.50,
  "a": 12345678901234567890,
  "a": "\\u00e9\\/",
  "c": [],
  "d": {},
  "e": [
    1,
    {
      "f": null
    }
  ]
}`);
});

test('what is formatted means the same', () => {
  for (const text of ['0', '-1.5e+10', '"x"', 'true', ' [ 1 , [ ] , { "a" : [ false , null ] } ] ', '{"__proto__":1}']) {
    assert.deepEqual(JSON.parse(formatJSON(parseJSON(text).node)), JSON.parse(text));
  }
});

test('it takes what JSON.parse takes, and nothing else', () => {
  for (const text of ['', '{', '[1,]', '{"a":}', '{"a" 1}', "{'a':1}", '01', '1.', '+1', 'nul', '"a\nb"', '"\\x"', '[1 2]', '{} x', '{"a":1,}', '\u00a0{}', 'NaN', '"']) {
    assert.throws(() => JSON.parse(text), SyntaxError, text);
    assert.ok(parseJSON(text).error, text);
  }
});

test('an error has its place and says what was expected', () => {
  const cases = [
    ['{\n  "a": 1\n  "b": 2\n}', 3, 3, 'expected a comma or “}”, got “"”'],
    ['{"a": tru}', 1, 7, 'expected a value, got “t”'],
    ['[1', 1, 3, 'expected a comma or “]”, got the end of the text'],
    ['{"a": 1} 😀', 1, 10, 'unexpected “😀” after the value'],
    ['{"a": "x\n}', 1, 7, 'a string that is not closed, or has a character that must be escaped'],
  ];
  for (const [text, line, column, message] of cases) {
    const { error } = parseJSON(text);
    assert.deepEqual([error.line, error.column, error.message], [line, column, message], text);
  }
});

test('deep nesting is an error', () => {
  assert.match(parseJSON('['.repeat(100_000)).error.message, /500 levels/);
});

test('tokens put together are the text', () => {
  for (const text of ['{"a": [1, true, "x"]}', '{"a', 'tru -', '"{% $x %}"', '\\"', '']) {
    assert.equal(tokensOf(text).map(token => token[1]).join(''), text);
  }
  assert.deepEqual(tokensOf('{"a":"{% 1 %}"}').map(token => token[0]), ['p', 'k', 'p', 'x', 'p']);
});
