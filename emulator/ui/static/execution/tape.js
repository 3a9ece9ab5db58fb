// The tape: one tick an event, and the playhead, which is the moment that all of
// the page shows. Over 400 events a tick is a bin, and the worst of it is its colour.

import { cleanup, computed, effect, h, signal } from '../core/view.js';
import { icon } from '../core/icon.js';
import { keys } from '../core/keys.js';
import { statusName } from '../core/status.js';
import { count, duration, exact } from '../core/time.js';
import { tone } from './history.js';

const BINS = 400;
const WORST = ['running', 'succeeded', 'redrive', 'waiting', 'aborted', 'caught', 'timedout', 'failed'];
const HEIGHTS = { failed: 32, timedout: 32, caught: 20, waiting: 20, aborted: 20, redrive: 20 };

/** The tone of the n-th event: a failure that was retried or caught is not one of the run. */
export function toneOf(fold, n) {
  const now = tone(fold.events[n - 1].type);
  if (now !== 'failed' && now !== 'timedout') return now;
  const fate = fold.fate(n);
  return fate === 'retried' || fate === 'caught' ? 'caught' : now;
}

/** The ticks of a history: {x, w, height, tone} in thousandths of its width. */
export function ticks(fold) {
  const total = fold.length;
  if (!total) return [];
  const bins = Math.min(total, BINS), step = 1000 / bins, out = [];
  for (let b = 0; b < bins; b++) {
    const from = Math.floor((b * total) / bins), to = Math.max(from + 1, Math.floor(((b + 1) * total) / bins));
    let worst = 0, entered = 0;
    for (let i = from; i < to; i++) {
      worst = Math.max(worst, WORST.indexOf(toneOf(fold, i + 1)));
      if (fold.events[i].type.endsWith('StateEntered')) entered++;
    }
    const name = WORST[worst];
    const height = HEIGHTS[name] ?? Math.min(13, entered ? 13 : 6);
    out.push({ x: b * step, w: Math.min(7, HEIGHTS[name] ? Math.max(step * 0.8, 2.4) : Math.max(step * 0.55, 1)), height, tone: HEIGHTS[name] ? name : '', n: from + 1 });
  }
  return out;
}

export function tape(run) {
  const playing = signal(false);
  let timer = 0;
  const stop = () => { playing.set(false); clearInterval(timer); };
  cleanup(stop);
  const play = () => {
    if (playing.peek()) return stop();
    const total = run.length.peek();
    if (!total) return;
    if (run.live.peek()) run.selectEvent(1);
    playing.set(true);
    // The whole of it in 12 seconds at most, and no event faster than the eye.
    const step = Math.max(1, Math.ceil(total / 120));
    timer = setInterval(() => {
      const next = run.n.peek() + step;
      if (next >= run.length.peek()) { stop(); run.goLive(); } else run.selectEvent(next);
    }, 100);
  };
  const move = by => { stop(); const to = run.n.peek() + by; if (to >= run.length.peek() && !run.running.peek()) run.selectEvent(run.length.peek()); else run.selectEvent(Math.max(1, to)); };
  const byState = step => { stop(); run.selectEvent(run.fold.stateStep(run.n.peek(), step)); };
  const toEnd = () => { stop(); run.goLive(); };

  keys('Time travel', [
    ['ArrowLeft', 'Previous event', () => move(-1)],
    ['ArrowRight', 'Next event', () => move(1)],
    ['shift+ArrowLeft', 'Previous state', () => byState(-1)],
    ['shift+ArrowRight', 'Next state', () => byState(1)],
    ['Home', 'First event', () => { stop(); run.selectEvent(1); }],
    ['End', 'Latest event', toEnd],
    // Space presses the button that has the focus.
    [' ', 'Play', event => (event.target.closest('button, a, summary, [role=tab]') ? false : play())],
    ['Escape', 'Back to the latest event', () => (run.live.peek() ? false : toEnd())],
  ]);

  const ticksNow = signal([]);
  let last = 0, planned = 0;
  effect(() => {
    run.version();
    // Ticks follow a busy run four times a second.
    const wait = Math.max(0, 250 - (performance.now() - last));
    planned ||= setTimeout(() => { planned = 0; last = performance.now(); ticksNow.set(ticks(run.fold)); }, ticksNow.peek().length ? wait : 0);
  });
  cleanup(() => clearTimeout(planned));

  // The playhead stands on its tick; at the end it stands behind all of them.
  const share = computed(() => (run.n() < run.length() ? ((run.n() - 0.5) / run.length()) * 100 : 100));
  // One path a tone, and a veil over what lies after the playhead.
  const paths = new Map(['', ...WORST.slice(2)].map(name => [name, h('path.tk', { class: name && `is-${name}` })]));
  const veil = h('rect.veil', { y: 0, height: 36 });
  const svg = h('svg', { viewBox: '0 0 1000 36', preserveAspectRatio: 'none', 'aria-hidden': 'true' }, [...paths.values()], veil);
  effect(() => {
    const d = new Map();
    for (const t of ticksNow()) d.set(t.tone, `${d.get(t.tone) ?? ''}M${t.x.toFixed(1)} ${18 - t.height / 2}h${t.w.toFixed(1)}v${t.height}h-${t.w.toFixed(1)}z`);
    for (const [name, path] of paths) path.setAttribute('d', d.get(name) ?? '');
  });
  effect(() => {
    const x = run.live() ? 1000 : share() * 10;
    veil.setAttribute('x', x.toFixed(1));
    veil.setAttribute('width', Math.max(0, 1000 - x).toFixed(1));
  });

  const words = () => {
    const at = run.n(), event = run.fold.events[at - 1];
    return event ? `event ${count(at)} of ${count(run.length())}, ${event.type} ${run.fold.visitOfEvent(at)?.state ?? ''}`.trim() : 'no events';
  };
  let dragging = false;
  const toPointer = event => {
    const box = rail.getBoundingClientRect();
    const at = Math.floor(((event.clientX - box.left) / box.width) * run.length.peek()) + 1;
    run.selectEvent(Math.max(1, Math.min(run.length.peek(), at)));
  };
  const rail = h('div.rail', {
    role: 'slider', tabindex: 0, 'aria-label': 'Event', 'data-testid': 'tape',
    'aria-valuemin': 1, 'aria-valuemax': () => String(Math.max(1, run.length())), 'aria-valuenow': () => String(Math.max(1, run.n())), 'aria-valuetext': words, title: words,
    class: () => run.live() && run.running() && 'is-live',
    onpointerdown: event => { stop(); dragging = true; rail.setPointerCapture(event.pointerId); toPointer(event); },
    onpointermove: event => dragging && toPointer(event),
    onpointerup: () => { dragging = false; },
    onpointercancel: () => { dragging = false; },
    onkeydown: event => {
      const page = Math.max(1, Math.round(run.length.peek() / 20));
      if (event.key === 'PageUp') move(page); else if (event.key === 'PageDown') move(-page); else if (event.key === 'ArrowUp') move(1); else if (event.key === 'ArrowDown') move(-1); else return;
      event.preventDefault();
    },
  }, svg, h('span.head-x', { style: () => ({ '--x': share() }) }));

  const button = (name, label, key, id, act) => h('button.btn.btn--ghost.btn--sm.btn--icon', { 'aria-label': label, title: `${label} (${key})`, 'data-testid': id, onclick: act }, icon(name, 14));
  return [
    h('div.tape', { role: 'group', 'aria-label': 'Time travel' },
      h('div.row.gap-4', null,
        h('div.ctl.row', null,
          button('to-start', 'First event', 'Home', 'tape-first', () => { stop(); run.selectEvent(1); }),
          button('step-prev', 'Previous event', '←', 'tape-prev', () => move(-1)),
          h('button.btn.btn--ghost.btn--sm.btn--icon', { 'aria-label': () => (playing() ? 'Pause' : 'Play'), title: 'Play (space)', 'data-testid': 'tape-play', onclick: play }, () => icon(playing() ? 'dbg-pause' : 'play', 14)),
          button('step-next', 'Next event', '→', 'tape-next', () => move(1)),
          button('to-end', 'Latest event', 'End', 'tape-last', toEnd)),
        h('span.num.nowrap.tpos', { 'data-testid': 'tape-position' }, h('span.m', null, () => `event ${count(run.n())}`), h('span.t3', null, () => ` of ${count(Math.max(run.length(), run.loaded() ? 0 : run.execution()?.events ?? 0))}`))),
      rail,
      () => (run.live()
        ? run.running() ? h('span.pill.is-running.livepill', { 'data-testid': 'live-pill' }, h('span.dot.pulse'), 'Following') : h('span.pill.livepill', { class: () => `is-${statusName(run.execution()?.status ?? run.fold.status)}` }, () => (run.loaded() ? 'Ended' : 'Reading'))
        : h('button.btn.btn--sm', { 'data-testid': 'back-to-live', onclick: toEnd }, icon('to-end', 14), () => (run.running() ? `Live${fresh(run)}` : 'Back to end')))),
    () => !run.live() && h('div.past', { 'data-testid': 'past' }, icon('wait', 14), h('span', null, () => {
      const event = run.fold.events[run.n() - 1];
      return event ? [h('b.m', null, exact(event.at)), `, ${duration(run.fold.elapsed(run.n()))} after the start. Graph, variables and data are as they were then.`] : '';
    }), h('span.grow'), h('span.t2.hide-s', null, '← → step   ⇧← ⇧→ by state   Esc back to end')),
  ];
}

/** How many events have come since the playhead left the end. */
function fresh(run) {
  const more = run.length() - run.seen();
  return more > 0 ? ` · ${count(more)} new` : '';
}
