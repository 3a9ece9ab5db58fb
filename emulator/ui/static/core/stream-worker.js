// The shared worker that has the stream of all tabs. A tab sends {follow, visible} when that changes,
// {alive: true} now and then, {bye: true} when it goes, and {lock}, the name of a lock that it holds until it has
// gone. It is answered {kind: 'alone'} if it must have a stream of its own, and {kind: 'again'} if it is not known
// any more and is to say again what it follows.

import { Stream } from './stream.js';

const stream = new Stream();

addEventListener('connect', ({ ports: [port] }) => {
  const client = { send: message => port.postMessage(message) };
  port.onmessage = ({ data }) => {
    if (data.lock) navigator.locks.request(data.lock, () => stream.remove(client));
    else if (data.bye) stream.remove(client);
    else if (data.alive) { if (!stream.alive(client)) port.postMessage({ kind: 'again' }); } else if (!stream.set(client, data)) port.postMessage({ kind: 'alone' });
  };
});
setInterval(() => stream.drop(60_000), 30_000);
