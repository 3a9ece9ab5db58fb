// One stream of server-sent events for any number of clients: pages that are shown. It follows the executions
// that any of them follows, and tells all of them what happens. It is closed while there are none. A shared
// worker has one for all tabs (stream-worker.js); where there is none, each tab has its own.
//
// A client is {send(message)}. Messages are {kind: 'state', state} with "live", "connecting" or "off", and
// {kind, data} for each event of the stream, data being its JSON text.

// The kinds of messages for all clients.
export const kinds = ['executions', 'machines', 'pending', 'mocks', 'debug'];
const mostFollowed = 16; // by one stream, as the server allows

export class Stream {
  #clients = new Map(); // client → {follow: Map of ARN → id of the last event that it has, heard}
  #source = null;
  #before = new Set(); // sources that go on until the new one is open
  #followed = new Map(); // by the open source: ARN → id of the last event that was told
  #state = 'off';
  #planned = false;
  #retry = 0;
  #again = 0; // the timer of the next try
  #make;

  // make opens a source for a URL; tests give another one than EventSource.
  constructor(make = url => new EventSource(url)) { this.#make = make; }

  // set says what a client follows, [[ARN, last id], …], and whether it is shown. It returns false if that is
  // more than one stream can follow: then the client is not served.
  set(client, { follow, visible }) {
    this.#clients.delete(client);
    if (visible) {
      const all = new Set(follow.map(([arn]) => arn));
      for (const one of this.#clients.values()) for (const arn of one.follow.keys()) all.add(arn);
      if (all.size > mostFollowed && this.#clients.size > 0) return false;
      this.#clients.set(client, { follow: new Map(follow), heard: Date.now() });
      client.send({ kind: 'state', state: this.#state === 'live' ? 'live' : 'connecting' });
    }
    this.#plan();
    return true;
  }

  remove(client) { if (this.#clients.delete(client)) this.#plan(); }

  // alive notes that a client is there; false if it is not known.
  alive(client) {
    const one = this.#clients.get(client);
    if (one) one.heard = Date.now();
    return Boolean(one);
  }

  // drop forgets clients that were not heard of for some milliseconds: their tab has gone without a word.
  drop(silent) {
    for (const [client, one] of this.#clients) if (Date.now() - one.heard > silent) this.remove(client);
  }

  // #plan opens the stream anew if it does not follow what is wanted, once after all changes of a turn.
  #plan() {
    if (this.#planned) return;
    this.#planned = true;
    queueMicrotask(() => {
      this.#planned = false;
      const wanted = this.#wanted();
      if (this.#source && this.#clients.size && wanted.size === this.#followed.size && [...wanted].every(([arn, last]) => this.#followed.has(arn) && last >= this.#followed.get(arn))) return;
      if (!this.#source && !this.#clients.size) return;
      clearTimeout(this.#again);
      if (this.#clients.size) return this.#open();
      this.#source?.close();
      this.#source = null;
      this.#closeBefore();
      this.#tell('off');
    });
  }

  #wanted() {
    const wanted = new Map();
    for (const one of this.#clients.values()) for (const [arn, last] of one.follow) wanted.set(arn, Math.min(last, wanted.get(arn) ?? last));
    return wanted;
  }

  // #open opens a source. The one before it goes on until the new one is open, so that nothing is missed.
  #open() {
    if (this.#source) this.#before.add(this.#source);
    this.#followed = this.#wanted();
    const query = new URLSearchParams([...this.#followed.keys()].map(arn => ['follow', arn]));
    if (this.#followed.size) query.set('after', [...this.#followed.values()].join(','));
    const source = this.#source = this.#make(`/_ui/stream${query.size ? `?${query}` : ''}`);
    if (!this.#before.size) this.#tell('connecting');
    source.onopen = () => {
      if (source !== this.#source) return;
      this.#closeBefore();
      this.#retry = 0;
      this.#tell('live');
    };
    source.onerror = () => {
      if (source !== this.#source) return;
      this.#closeBefore();
      if (source.readyState !== 2) return this.#tell('connecting'); // the browser tries again by itself
      this.#source = null;
      this.#tell('off');
      this.#again = setTimeout(() => this.#plan(), Math.min(10_000, 500 * 2 ** this.#retry++));
    };
    for (const kind of kinds) source.addEventListener(kind, ({ data }) => this.#send({ kind, data }));
    source.addEventListener('events', ({ data }) => {
      const { arn, last } = JSON.parse(data);
      if (this.#followed.has(arn)) this.#followed.set(arn, Math.max(last, this.#followed.get(arn)));
      for (const [client, one] of this.#clients) {
        if (!one.follow.has(arn)) continue;
        one.follow.set(arn, Math.max(last, one.follow.get(arn)));
        client.send({ kind: 'events', data });
      }
    });
  }

  #closeBefore() {
    for (const source of this.#before) source.close();
    this.#before.clear();
  }

  #tell(state) {
    this.#state = state;
    this.#send({ kind: 'state', state });
  }

  #send(message) { for (const client of [...this.#clients.keys()]) client.send(message); }
}
