// How long a Retrier waits before each attempt, as numbers and as a drawing. Spec: "Retrying after error".

import { h } from '../../core/view.js';

export const defaults = { IntervalSeconds: 1, MaxAttempts: 3, BackoffRate: 2, MaxDelaySeconds: 0, JitterStrategy: 'NONE' };
const most = 12; // attempts that are drawn
const ceiling = 99_999_999; // seconds: no pause is longer

// delaysOf gives for each retry {attempt, delay, least, at}: seconds of the pause before it, the least that jitter may
// make of that, and how long all pauses up to it take at most. No more than 12 are given; all says how many there are.
export function delaysOf(retrier) {
  const { IntervalSeconds, MaxAttempts, BackoffRate, MaxDelaySeconds, JitterStrategy } = { ...defaults, ...retrier };
  const retries = [], all = Math.max(0, Math.floor(MaxAttempts) || 0), cap = MaxDelaySeconds > 0 ? MaxDelaySeconds : ceiling;
  let at = 0;
  for (let n = 1; n <= Math.min(all, most); n++) {
    const delay = Math.min(IntervalSeconds * BackoffRate ** (n - 1), cap, ceiling);
    at += delay;
    retries.push({ attempt: n, delay, least: JitterStrategy === 'FULL' ? 0 : delay, at, capped: MaxDelaySeconds > 0 && delay >= MaxDelaySeconds });
  }
  return { retries, all };
}

// seconds writes a time for people: "1.5 s", "2 min 5 s", "3 h".
export function seconds(n) {
  if (n < 60) return `${Math.round(n * 100) / 100} s`;
  const units = [['d', 86400], ['h', 3600], ['min', 60], ['s', 1]];
  const from = units.findIndex(([, size]) => n >= size), [name, size] = units[from];
  const whole = Math.floor(n / size), rest = from + 1 < units.length ? Math.floor((n % size) / units[from + 1][1]) : 0;
  return `${whole} ${name}${rest ? ` ${rest} ${units[from + 1][0]}` : ''}`;
}

// short is the first unit of that alone.
function short(n) { return seconds(n).split(' ').slice(0, 2).join(' '); }

// summary tells a Retrier in a few words: "2 s × 2, 3 times".
export function summary(retrier) {
  const { IntervalSeconds, MaxAttempts, BackoffRate, MaxDelaySeconds } = { ...defaults, ...retrier };
  if (MaxAttempts === 0) return 'never';
  return `${seconds(IntervalSeconds)}${BackoffRate === 1 ? '' : ` × ${BackoffRate}`}${MaxDelaySeconds ? ` ≤ ${seconds(MaxDelaySeconds)}` : ''}, ${MaxAttempts === 1 ? 'once' : `${MaxAttempts} times`}`;
}

// plot draws the pauses: a bar for each retry as high as its pause, the band of jitter pale, the limit as a line; with
// the same as a table. retrier is a signal.
export function plot(retrier) {
  return () => {
    const one = retrier(), { retries, all } = delaysOf(one);
    if (!retries.length) return h('p.sm.t3', { 'data-testid': 'backoff' }, 'An error of this Retrier is not retried.');
    const full = one.JitterStrategy === 'FULL', limit = one.MaxDelaySeconds > 0 ? one.MaxDelaySeconds : 0;
    const width = 320, height = 96, top = 14, bottom = 18, high = Math.max(...retries.map(r => r.delay), retries.some(r => r.capped) ? limit : 0) || 1;
    const step = width / retries.length, bar = Math.min(34, step * 0.56), y = s => top + (height - top - bottom) * (1 - s / high);
    const words = `${all} ${all === 1 ? 'retry' : 'retries'}, the last after ${seconds(retries.at(-1).at)} of waiting${full ? ' at most: jitter makes each pause a random part of this' : ''}`;
    return h('figure.backoff', { 'data-testid': 'backoff' },
      h('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': words },
        h('line.bo-axis', { x1: 0, x2: width, y1: height - bottom, y2: height - bottom }),
        retries.some(r => r.capped) && h('line.bo-limit', { x1: 0, x2: width, y1: y(limit), y2: y(limit) }),
        retries.map((r, i) => {
          const x = step * i + step / 2;
          return h('g', null,
            h('rect', { class: full ? 'bo-band' : 'bo-bar', x: x - bar / 2, width: bar, y: y(r.delay), height: Math.max(1, height - bottom - y(r.delay)), rx: 2 }),
            full && h('line.bo-half', { x1: x - bar / 2, x2: x + bar / 2, y1: y(r.delay / 2), y2: y(r.delay / 2) }),
            (retries.length <= 8 || i % 2 === 0) && h('text.bo-text', { x, y: y(r.delay) - 4, 'text-anchor': 'middle' }, `${full ? '≤' : ''}${short(r.delay)}`),
            h('text.bo-text.bo-n', { x, y: height - 5, 'text-anchor': 'middle' }, String(r.attempt)));
        })),
      h('figcaption.xs.t3', null, words, all > retries.length && `; the first ${retries.length} are shown`, limit && retries.some(r => r.capped) ? `; the line is MaxDelaySeconds, ${seconds(limit)}` : '', '.'),
      h('table.vh', null, h('caption', null, 'Pauses before the retries'),
        h('thead', null, h('tr', null, ['Retry', 'Pause', 'Waited in all'].map(text => h('th', { scope: 'col' }, text)))),
        h('tbody', null, retries.map(r => h('tr', null, h('th', { scope: 'row' }, r.attempt), h('td', null, full ? `0 to ${seconds(r.delay)}` : seconds(r.delay)), h('td', null, `${full ? 'at most ' : ''}${seconds(r.at)}`))))));
  };
}
