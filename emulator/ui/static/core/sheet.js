// Style sheets that only some pages need. They are loaded when the first of those pages is.

import { signal } from './view.js';

const sheets = new Map(); // URL → signal: it applies

// sheet loads a style sheet by its URL relative to a module: sheet('./edit.css', import.meta.url). It gives a
// signal that is true when the sheet applies, so that nothing is shown without it.
export function sheet(name, module) {
  const url = new URL(name, module).pathname;
  const known = sheets.get(url);
  if (known) return known;
  const applies = signal(false), el = document.createElement('link');
  sheets.set(url, applies);
  el.rel = 'stylesheet';
  el.addEventListener('load', () => applies.set(true));
  el.addEventListener('error', () => applies.set(true)); // unstyled is better than nothing
  el.href = url;
  document.head.append(el);
  return applies;
}
