// Tests of the stream that tabs share (static/core/stream.js), run by TestModules with `node --test`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stream, kinds } from '../static/core/stream.js';
import { summaryOf } from '../static/core/summary.js';

// server gives sources that do what the test says.
function server() {
  const sources = [];
  const make = url => {
    const listeners = {};
    const source = {
      url: decodeURIComponent(url), open: true, readyState: 0, close() { this.open = false; },
      addEventListener: (kind, fn) => { listeners[kind] = fn; }, event: (kind, data) => listeners[kind]({ data: JSON.stringify(data) }),
    };
    sources.push(source);
    return source;
  };
  return { make, sources, open: () => sources.filter(source => source.open) };
}

function client() {
  const got = [];
  return { got, send: message => got.push(message.kind === 'state' ? message.state : `${message.kind} ${message.data}`) };
}

const turn = () => new Promise(resolve => { queueMicrotask(resolve); });

test('messages of each kind reach a client', async () => {
  const { make, sources } = server(), stream = new Stream(make), a = client();
  stream.set(a, { follow: [], visible: true });
  await turn();
  assert.deepEqual(kinds.toSorted(), ['debug', 'executions', 'machines', 'mocks', 'pending']); // those of package ui, stream.go
  for (const kind of kinds) sources[0].event(kind, {});
  assert.deepEqual(a.got.slice(1), ['connecting', ...kinds.map(kind => `${kind} {}`)]);
});

test('clients share a source, which follows what any of them follows from where it stands', async () => {
  const { make, sources, open } = server(), stream = new Stream(make), a = client(), b = client();
  stream.set(a, { follow: [['x', 7]], visible: true });
  stream.set(b, { follow: [['x', 5], ['y', 1]], visible: true });
  await turn();
  assert.deepEqual(sources.map(source => source.url), ['/_ui/stream?follow=x&follow=y&after=5,1']);
  sources[0].onopen();
  sources[0].event('events', { arn: 'y', last: 3 });
  sources[0].event('machines', {});
  assert.deepEqual(a.got, ['connecting', 'connecting', 'live', 'machines {}']);
  assert.deepEqual(b.got, ['connecting', 'connecting', 'live', 'events {"arn":"y","last":3}', 'machines {}']);

  // One that goes leaves the others; the old source goes on until the new one is open.
  stream.remove(a);
  stream.set(b, { follow: [['y', 3]], visible: true });
  await turn();
  assert.equal(sources[1].url, '/_ui/stream?follow=y&after=3');
  assert.equal(open().length, 2);
  sources[1].onopen();
  assert.equal(open().length, 1);
});

test('what changes nothing opens nothing', async () => {
  const { make, sources } = server(), stream = new Stream(make), a = client(), b = client();
  stream.set(a, { follow: [['x', 1]], visible: true });
  await turn();
  sources[0].onopen();
  stream.set(b, { follow: [['x', 1]], visible: true });
  await turn();
  assert.equal(sources.length, 1);
  assert.deepEqual(b.got, ['live']);
});

test('no source is left when all are hidden, whatever was on its way', async () => {
  const { make, sources, open } = server(), stream = new Stream(make), a = client();
  for (const last of [3, 2, 1]) {
    stream.set(a, { follow: [['x', last]], visible: true });
    await turn();
  }
  assert.equal(sources.length, 3);
  stream.set(a, { follow: [], visible: false });
  await turn();
  assert.equal(open().length, 0);
});

test('a client that is silent is dropped; more than a stream can follow is refused', async () => {
  const { make, open } = server(), stream = new Stream(make), a = client(), b = client();
  stream.set(a, { follow: Array.from({ length: 10 }, (_, i) => [`a${i}`, 0]), visible: true });
  assert.equal(stream.set(b, { follow: Array.from({ length: 10 }, (_, i) => [`b${i}`, 0]), visible: true }), false);
  assert.equal(stream.alive(b), false);
  await turn();
  stream.drop(60_000);
  assert.equal(stream.alive(a), true);
  stream.drop(-1);
  await turn();
  assert.equal(open().length, 0);
});

test('JSON in a line', () => {
  for (const [text, line] of [
    ['', ''], ['{}', '{}'], ['[1,2]', '[2 items] 1'], ['"x"', 'x'], ['12345678901234567890', '12345678901234567890'], ['{', '{'],
    ['{"items":[1,2,3],"id":"A-17","total":1.50,"to":{"a":1}}', 'id A-17 · total 1.50 · items [3] · to {1}'],
    ['{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}', 'a 1 · b 2 · c 3 · d 4 · e 5 · …'],
    [JSON.stringify({ text: 'x'.repeat(60) }), `text ${'x'.repeat(40)}…`], [JSON.stringify('x'.repeat(20_000)), '20 KiB of JSON'],
  ]) assert.equal(summaryOf(text), line);
});
