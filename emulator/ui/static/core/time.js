// Times and sizes in words. Times of the API are milliseconds since 1970.

import { h, signal } from './view.js';

const number = new Intl.NumberFormat('en-US');

// count writes 12345 as 12,345.
export function count(n) { return number.format(n ?? 0); }

// plural writes "1 state" and "2 states".
export function plural(n, one, many = `${one}s`) { return `${count(n)} ${n === 1 ? one : many}`; }

// duration writes milliseconds as "65 ms", "4.318 s", "6 min 12 s", "2 h 10 min", "3 d 4 h".
export function duration(ms) {
  if (ms == null || !Number.isFinite(ms)) return '';
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const s = ms / 1000;
  if (s < 60) return `${s.toFixed(s < 10 ? 3 : 1).replace(/\.?0+$/, '')} s`;
  if (s < 3600) return pair(s, 60, 'min', 's');
  if (s < 86400) return pair(s / 60, 60, 'h', 'min');
  return pair(s / 3600, 24, 'd', 'h');
}
function pair(value, of, big, small) {
  const whole = Math.floor(value / of), rest = Math.floor(value % of);
  return rest ? `${whole} ${big} ${rest} ${small}` : `${whole} ${big}`;
}

// ago writes how long before now a time was: "now", "12 s ago", "3 min ago", "2 h ago", "4 d ago".
export function ago(time, now = Date.now()) {
  const s = Math.max(0, (now - time) / 1000);
  if (s < 2) return 'now';
  if (s < 60) return `${Math.floor(s)} s ago`;
  if (s < 3600) return `${Math.floor(s / 60)} min ago`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ago`;
  return `${Math.floor(s / 86400)} d ago`;
}

// exact writes a time for a title: local time with milliseconds and zone.
export function exact(time) {
  return new Date(time).toLocaleString(undefined, {
    year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit',
    fractionalSecondDigits: 3, hour12: false, timeZoneName: 'short',
  });
}

// size writes bytes as "812 B", "1.2 KiB", "3.4 MiB".
export function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  const [value, unit] = bytes < 1 << 20 ? [bytes / 1024, 'KiB'] : [bytes / (1 << 20), 'MiB'];
  return `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`;
}

// now is a signal of the time, which moves once a second while the page is visible.
export const now = signal(Date.now());
if (typeof document !== 'undefined') setInterval(() => { if (!document.hidden) now.set(Date.now()); }, 1000);

// relative is an element that shows how long ago a time was and keeps it true.
export function relative(time) {
  return h('time', { datetime: new Date(time).toISOString(), title: exact(time) }, () => ago(time, now()));
}
