// The router keeps the place in the hash of the address: #/executions?status=FAILED. Every place has an
// address, so links can be shared and the back button works.

import { signal } from './view.js';

// place is {path, query}: path a list of decoded parts, query an object of strings.
export const place = signal(parse(location.hash));

addEventListener('hashchange', () => place.set(parse(location.hash)));

function parse(hash) {
  const [path, query = ''] = hash.replace(/^#?\/?/, '').split('?');
  return { path: path.split('/').filter(Boolean).map(decode), query: Object.fromEntries(new URLSearchParams(query)) };
}
function decode(part) {
  try { return decodeURIComponent(part); } catch { return part; }
}

// link makes the href of a place: link('x', arn), link('executions', {status: 'FAILED'}). Empty values are left out.
export function link(...parts) {
  const query = typeof parts.at(-1) === 'object' ? parts.pop() : {};
  const text = new URLSearchParams(Object.entries(query).filter(([, v]) => v != null && v !== '' && v !== false)).toString();
  return `#/${parts.map(encodeURIComponent).join('/')}${text && `?${text}`}`;
}

// go opens a place as a click on its link would.
export function go(...parts) { location.hash = link(...parts); }

// amend changes values of the query without a new entry in the browser's history.
export function amend(values) {
  const { path, query } = place.peek();
  history.replaceState(null, '', link(...path, { ...query, ...values }));
  place.set(parse(location.hash));
}
