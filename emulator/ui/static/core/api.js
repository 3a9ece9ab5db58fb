// The private API of the server, below /_ui/api/.

import { cleanup, effect, signal } from './view.js';

// APIError is a refused call: code for programs, message for people. body is the whole Refusal.
export class APIError extends Error {
  constructor(code, message, status, body = null) {
    super(message);
    this.code = code;
    this.status = status;
    this.body = body;
  }
}

// get reads; values of params that are empty are left out. signal ends the call.
export function get(name, params = {}, signal = undefined) {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) {
    if (Array.isArray(value)) value.forEach(v => query.append(key, v));
    else if (value != null && value !== '') query.set(key, value);
  }
  return call(`/_ui/api/${name}${query.size ? `?${query}` : ''}`, { signal });
}

// post acts. The header tells the server that the page itself calls: other sites cannot set it. signal ends
// the call.
export function post(name, body, signal = undefined) {
  return call(`/_ui/api/${name}`, {
    method: 'POST',
    signal,
    headers: { 'Content-Type': 'application/json', 'X-Aslocal': '1' },
    body: JSON.stringify(body),
  });
}

async function call(url, options) {
  let response;
  try {
    response = await fetch(url, options);
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new APIError('Unreachable', 'The server does not answer. Is aslocal still running?', 0);
  }
  const text = await response.text();
  let body;
  try { body = text ? JSON.parse(text) : null; } catch { body = null; }
  if (!response.ok) {
    throw new APIError(body?.code ?? String(response.status), body?.message || text.slice(0, 500) || response.statusText, response.status, body);
  }
  return body;
}

// resource keeps what read(signal) gives in signals: data (the last good value), error and loading.
// Signals that read uses before its first await make it read again, and so does reload().
export function resource(read) {
  const data = signal(null), error = signal(null), loading = signal(true), turn = signal(0);
  effect(() => {
    turn();
    const abort = new AbortController();
    cleanup(() => abort.abort());
    loading.set(true);
    read(abort.signal).then(
      value => { if (!abort.signal.aborted) { data.set(value); error.set(null); loading.set(false); } },
      problem => { if (!abort.signal.aborted) { error.set(problem); loading.set(false); } });
  });
  return { data, error, loading, reload: () => turn.update(n => n + 1) };
}
