// The live stream of the server: what changed, as it happens. All tabs of a browser share one stream, which a
// shared worker has; where there are no shared workers, a tab has its own. Tabs that are hidden take no part, so that
// a browser with many tabs does not use up its connections, and go on where they stopped.

import { cleanup, signal } from './view.js';
import { Stream, kinds } from './stream.js';

const listeners = new Map(kinds.map(kind => [kind, new Set()]));
const followed = new Map(); // ARN → {last, readers}
let source = null; // {set(what this tab follows), alive(), close()}
let planned = false;
let gap = false; // something may have been missed
let opened = false; // the stream has been live
let left = false; // the browser has gone on to another page

// connection is "live", "connecting" or "off", for the sign in the top bar.
export const connection = signal('connecting');

// on calls fn with each message of a kind: "executions" (ExecutionsChanged), "machines",
// "pending", "mocks" and "debug".
// After a gap fn is called with null: what it shows may be old and is to be read again. It ends with the
// scope that called on, or by the function that it returns.
export function on(kind, fn) {
  listeners.get(kind).add(fn);
  update();
  const end = () => listeners.get(kind).delete(fn);
  cleanup(end);
  return end;
}

// changed calls fn after messages of a kind, at most once a second: for what is read anew as a whole.
export function changed(kind, fn) {
  let planned = 0;
  cleanup(() => clearTimeout(planned));
  return on(kind, () => { planned ||= setTimeout(() => { planned = 0; fn(); }, 1000); });
}

// follow calls fn with the EventsHappened of an execution that come after the event with the id last.
export function follow(arn, last, fn) {
  const one = followed.get(arn) ?? { last, readers: new Set() };
  one.last = Math.min(one.last, last);
  one.readers.add(fn);
  followed.set(arn, one);
  update();
  const end = () => {
    one.readers.delete(fn);
    if (!one.readers.size && followed.get(arn) === one) { followed.delete(arn); update(); }
  };
  cleanup(end);
  return end;
}

// update tells the stream what this tab follows now, once after all changes of a turn.
function update() {
  if (planned) return;
  planned = true;
  queueMicrotask(() => {
    planned = false;
    if (left) return;
    source ??= shared() ?? alone();
    source.set({ follow: [...followed].map(([arn, one]) => [arn, one.last]), visible: !document.hidden });
  });
}

// shared is the stream of all tabs; null if this browser has no shared workers.
function shared() {
  if (typeof SharedWorker === 'undefined') return null;
  let worker;
  try {
    worker = new SharedWorker(new URL('./stream-worker.js', import.meta.url), { type: 'module', name: 'aslocal' });
  } catch { return null; }
  worker.onerror = () => instead(worker);
  // A worker that could not be started need not say so. It answers what it is told at once.
  let silent = 0;
  worker.port.onmessage = ({ data }) => {
    clearTimeout(silent);
    silent = -1;
    if (data.kind === 'alone') instead(worker); else if (data.kind === 'again') update(); else receive(data);
  };
  // A tab can go without a word. It holds a lock as long as it is there, for which the worker waits.
  navigator.locks?.request(`aslocal tab ${Math.random()}`, lock => {
    worker.port.postMessage({ lock: lock.name });
    return new Promise(() => {});
  });
  return {
    worker,
    set: what => {
      worker.port.postMessage(what);
      if (what.visible) silent ||= setTimeout(() => instead(worker), 3000);
    },
    alive: () => worker.port.postMessage({ alive: true }),
    close: () => { clearTimeout(silent); worker.port.onmessage = null; worker.port.postMessage({ bye: true }); },
  };
}

// instead takes a stream of this tab's own in the place of a worker that does not serve it.
function instead(worker) {
  if (source?.worker !== worker) return;
  source.close();
  source = alone();
  gap = true;
  update();
}

// alone is a stream of this tab.
function alone() {
  const stream = new Stream(), client = { send: receive };
  return { set: what => stream.set(client, what), alive() {}, close: () => stream.remove(client) };
}

function receive({ kind, state, data }) {
  if (kind === 'state') {
    if (state !== 'live' && connection.peek() === 'live') gap = true;
    connection.set(state);
    if (state !== 'live') return;
    if (!opened) setTimeout(reread, 500);
    opened = true;
    if (!gap) return;
    gap = false;
    for (const one of kinds) tell(one, null);
  } else if (kind === 'events') {
    const happened = JSON.parse(data), one = followed.get(happened.arn);
    if (!one || happened.last < one.last) return; // what changes without an event has the number of the last one
    one.last = happened.last;
    for (const fn of [...one.readers]) fn(happened);
  } else tell(kind, JSON.parse(data));
}

// reread makes the page read anew what it read before its stream was open: later changes may be in no message. It
// comes a moment later, so that the first answers are shown. A list of executions stays: its reader may scroll in it.
function reread() { for (const one of kinds) if (one !== 'executions') tell(one, null); }

function tell(kind, message) { for (const fn of [...listeners.get(kind)]) fn(message); }

document.addEventListener('visibilitychange', () => {
  gap = true;
  if (document.hidden) connection.set('off');
  update();
});
addEventListener('pagehide', () => { left = true; source?.close(); source = null; });
addEventListener('pageshow', event => { left = false; if (event.persisted) { gap = true; update(); } });
setInterval(() => { if (!document.hidden) source?.alive(); }, 20_000);
