// The live stream of the server: what changed, as it happens. A tab has one stream, which carries the list
// changes and the events of the executions it follows. It is closed while the tab is hidden, so that a
// browser with many tabs does not use up its connections, and goes on where it stopped.

import { cleanup, signal } from './view.js';

const kinds = ['executions', 'machines', 'pending'];
const listeners = new Map(kinds.map(kind => [kind, new Set()]));
const followed = new Map(); // ARN → {last, readers}
let source = null, planned = false, retry = 0;

// connection is "live", "connecting" or "off", for the sign in the top bar.
export const connection = signal('connecting');

// on calls fn with each message of a kind: "executions" (ExecutionsChanged), "machines" and "pending".
// After a gap fn is called with null: what it shows may be old and is to be read again. It ends with the
// scope that called on, or by the function that it returns.
export function on(kind, fn) {
  listeners.get(kind).add(fn);
  connect();
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
  reconnect();
  const end = () => {
    one.readers.delete(fn);
    if (!one.readers.size && followed.get(arn) === one) { followed.delete(arn); reconnect(); }
  };
  cleanup(end);
  return end;
}

// reconnect opens a stream for the executions that are followed now, once after all changes of a turn.
function reconnect() {
  if (planned) return;
  planned = true;
  queueMicrotask(() => {
    planned = false;
    source?.close();
    source = null;
    connect();
  });
}

function connect() {
  if (source || document.hidden) return;
  const query = new URLSearchParams();
  for (const arn of followed.keys()) query.append('follow', arn);
  if (followed.size) query.set('after', [...followed.values()].map(one => one.last).join(','));
  source = new EventSource(`/_ui/stream${query.size ? `?${query}` : ''}`);
  const mine = source;
  let gap = connection.peek() === 'off';
  connection.set('connecting');
  mine.onopen = () => {
    connection.set('live');
    retry = 0;
    if (gap) for (const kind of kinds) tell(kind, null);
    gap = false;
  };
  mine.onerror = () => {
    if (mine !== source) return;
    gap = true;
    connection.set('connecting');
    if (mine.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    source = null;
    connection.set('off');
    setTimeout(connect, Math.min(10_000, 500 * 2 ** retry++));
  };
  for (const kind of kinds) mine.addEventListener(kind, event => tell(kind, JSON.parse(event.data)));
  mine.addEventListener('events', event => {
    const happened = JSON.parse(event.data), one = followed.get(happened.arn);
    if (!one || happened.last < one.last) return; // what changes without an event has the number of the last one
    one.last = happened.last;
    for (const fn of [...one.readers]) fn(happened);
  });
}

function tell(kind, message) { for (const fn of [...listeners.get(kind)]) fn(message); }

document.addEventListener('visibilitychange', () => {
  if (!document.hidden) return connect();
  source?.close();
  source = null;
  connection.set('off');
});
