// Tests of core/glob.js, which must agree with path.Match of Go.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { fits, literal } from '../static/core/glob.js';

const rows = [
  ['Charge', 'Charge', true], ['Charge', 'ChargeCard', false], ['Charge*', 'ChargeCard', true], ['*', 'a/b', false], ['a?c', 'abc', true], ['a?c', 'a/c', false],
  ['[a-c]x', 'bx', true], ['[^a-c]x', 'bx', false], ['[^a-c]x', 'dx', true], ['a.c', 'abc', false], ['(a|b)+', '(a|b)+', true], ['a\\*', 'a*', true], ['a\\*', 'ab', false], ['[', 'x', false], ['[', '[', true],
  ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>', true], ['*💳', 'Pay💳', true],
];
for (const [glob, name, want] of rows) test(`${glob} and ${name}`, () => assert.equal(fits(glob, name), want));

test('a name as a glob fits itself alone', () => {
  for (const name of ['a*b', 'a?b', '[x]', 'a\\b', 'plain', '(a)']) {
    assert.equal(fits(literal(name), name), true, name);
    assert.equal(fits(literal(name), 'aXb'), false, name);
  }
});
