// One history in three views with one selection: compact (a row a state), timeline
// (a bar a visit, split into waiting, running and back-off) and tree (visits with
// their events).

import { computed, effect, h, signal } from '../core/view.js';
import { icon } from '../core/icon.js';
import { summaryOf } from '../core/summary.js';
import { count, duration, now, plural } from '../core/time.js';
import { summary } from './history.js';
import { stateIcon } from '../graph/state.js';
import { itemName } from './graph.js';
import { scopeName } from './run.js';
import { toneOf } from './tape.js';
import { virtual } from './virtual.js';

const GROUP = 6; // iterations in a row that succeeded are one row from this many on

/**
 * The parts of the bar of a visit: [{kind, from, to, n, failed}] in ms since the start.
 * kind: slot (waiting to be taken), run, backoff, wait, group.
 */
export function barsOf(fold, visit, end) {
  const at = n => fold.elapsed(n);
  const over = visit.left ? at(visit.left) : end;
  if (visit.kind === 'Map' || visit.kind === 'Parallel') return [{ kind: 'group', from: at(visit.entered), to: over, open: !visit.left }];
  if (visit.kind === 'Wait') return [{ kind: 'wait', from: at(visit.entered), to: over, open: !visit.left }];
  if (!visit.attempts.length) return [{ kind: 'run', from: at(visit.entered), to: over, open: !visit.left }];
  const bars = [];
  visit.attempts.forEach((attempt, i) => {
    const scheduled = at(attempt.scheduled || attempt.started), started = attempt.started ? at(attempt.started) : scheduled;
    const ended = attempt.ended ? at(attempt.ended) : over;
    if (started > scheduled) bars.push({ kind: 'slot', from: scheduled, to: started });
    const submitted = attempt.submitted ? at(attempt.submitted) : 0;
    if (submitted) {
      bars.push({ kind: 'run', from: started, to: submitted, attempt: i + 1 }, { kind: 'wait', from: submitted, to: ended, open: !attempt.ended && !visit.left, failed: Boolean(attempt.failure), attempt: i + 1 });
    } else bars.push({ kind: 'run', from: started, to: ended, attempt: i + 1, failed: Boolean(attempt.failure), retried: Boolean(attempt.retriedAt), open: !attempt.ended && !visit.left });
    if (attempt.failure && (attempt.retriedAt || (!visit.left && i === visit.attempts.length - 1))) bars.push({ kind: 'backoff', from: ended, to: attempt.retriedAt ? at(attempt.retriedAt) : over, open: !attempt.retriedAt });
  });
  return bars;
}

/** Times of a visit in ms: in the user's code, in back-off, waiting to be taken or answered. */
export function timesOf(fold, visit, end) {
  const times = { run: 0, backoff: 0, slot: 0, wait: 0 };
  for (const bar of barsOf(fold, visit, end)) if (bar.kind in times) times[bar.kind] += bar.to - bar.from;
  return times;
}

/** The rows of a mode: {key, depth, kind: visit|iterations|branch|event|state, …}. */
export function rowsOf(fold, mode, opened) {
  if (mode === 'compact') return compactRows(fold);
  const below = new Map(); // visits by scope, in order
  for (const visit of fold.visits) {
    const list = below.get(visit.scope);
    if (list) list.push(visit); else below.set(visit.scope, [visit]);
  }
  const rows = [];
  const isOpen = (key, otherwise) => opened.get(key) ?? otherwise;
  const walk = (scope, depth, around) => {
    for (const visit of below.get(scope) ?? []) {
      if (visit.around !== around) continue;
      const key = `v${visit.id}`;
      const container = visit.kind === 'Map' || visit.kind === 'Parallel';
      const opens = container ? true : mode === 'tree';
      const open = opens && isOpen(key, container);
      rows.push({ key, kind: 'visit', depth, visit, opens, open });
      if (!open) continue;
      if (mode === 'tree' && !container) for (const n of visit.events) rows.push({ key: `e${n}`, kind: 'event', depth: depth + 1, n, visit });
      if (visit.kind === 'Parallel') branches(scope, visit, depth + 1);
      if (visit.kind === 'Map') iterations(scope, visit, depth + 1);
    }
  };
  const branches = (scope, visit, depth) => {
    const inner = [...scope.all.values()].filter(s => s.step.state === visit.state && (below.get(s) ?? []).some(v => v.around === visit));
    for (const branch of inner.sort((a, b) => a.step.index - b.step.index)) walk(branch, depth, visit);
  };
  const iterations = (scope, visit, depth) => {
    const run = visit.runs[visit.runs.length - 1];
    if (!run) return;
    const all = [...run.iterations].sort((a, b) => a[0] - b[0]);
    for (let i = 0; i < all.length;) {
      let end = i;
      while (end < all.length && all[end][1].status === 'succeeded') end++;
      if (end - i >= GROUP) {
        const key = `g${visit.id}:${all[i][0]}`, open = isOpen(key, false);
        rows.push({ key, kind: 'iterations', depth, visit, list: all.slice(i, end), opens: true, open });
        if (open) for (let k = i; k < end; k++) iteration(all[k], visit, depth + 1);
        i = end;
      } else {
        const until = Math.max(end, i + 1);
        for (; i < until; i++) iteration(all[i], visit, depth);
      }
    }
  };
  const iteration = ([index, one], visit, depth) => {
    const key = `i${visit.id}:${index}`, open = isOpen(key, one.status === 'failed');
    rows.push({ key, kind: 'iteration', depth, visit, index, iteration: one, opens: true, open });
    if (open) walk(one.scope, depth + 1, visit);
  };
  walk(fold.root, 0, null);
  return rows;
}

function compactRows(fold) {
  const groups = new Map();
  for (const visit of fold.visits) {
    const place = visit.scope.path.map(step => (step.kind === 'Map' ? step.state : `${step.state} ${step.index}`)).join('\u0000');
    const key = `${place}\u0000${visit.state}`;
    const row = groups.get(key);
    if (row) row.visits.push(visit); else groups.set(key, { key: `c${key}`, kind: 'state', depth: visit.scope.path.length, visits: [visit], visit });
  }
  return [...groups.values()];
}

export function timelineView(run, mode) {
  const opened = signal(new Map());
  const failedOnly = signal(false);
  const zoom = signal(1);
  // A busy run is laid out anew four times a second.
  const version = signal(0);
  let planned = 0, last = 0;
  effect(() => {
    run.version();
    planned ||= setTimeout(() => { planned = 0; last = performance.now(); version.update(v => v + 1); }, last ? Math.max(0, 250 - (performance.now() - last)) : 0);
  });
  const rows = computed(() => {
    version();
    const all = rowsOf(run.fold, mode(), opened());
    return failedOnly() ? all.filter(row => failing(row)) : all;
  });
  const total = computed(() => rows().length);
  const end = computed(() => {
    version();
    const fold = run.fold, known = fold.elapsed(fold.length);
    return Math.max(1, run.running() ? Math.max(known, now() - (fold.events[0]?.at ?? now())) : known);
  });
  // The part of the time that is shown: around the playhead when it is enlarged.
  const view = computed(() => {
    const span = end() / zoom(), at = zoom() > 1 ? run.fold.elapsed(run.n()) : 0;
    return { start: Math.max(0, Math.min(end() - span, at - span / 2)), span };
  });
  const current = computed(() => {
    const visit = run.selected(), at = run.live() ? 0 : run.n();
    if (!visit) return -1;
    const list = rows();
    const exact = at && mode() === 'tree' ? list.findIndex(row => row.kind === 'event' && row.n === at) : -1;
    return exact >= 0 ? exact : list.findIndex(row => (row.visits ? row.visits.includes(visit) : row.kind === 'visit' && row.visit === visit));
  });

  const fill = (i, el) => {
    const row = rows.peek()[i];
    if (!row) return;
    const fold = run.fold, at = run.n.peek(), span = view.peek();
    const name = h('span.nm', { role: 'cell', style: { '--d': row.depth } });
    const track = h('span.trk', { role: 'cell' });
    const took = h('span.du', { role: 'cell' });
    if (row.opens) name.append(h('button.btn.btn--ghost.twist', { tabindex: -1, 'aria-expanded': String(row.open), 'aria-label': row.open ? 'Close' : 'Open', 'data-testid': `open-${row.key}`, onclick: () => toggle(row) }, icon(row.open ? 'down' : 'right', 12)));
    else name.append(h('span.twist'));
    let status = 'idle', label = '';
    if (row.kind === 'event') {
      const event = fold.events[row.n - 1];
      status = toneOf(fold, row.n);
      name.append(h('span.dot', { class: `is-${status}` }), h('span.trunc.sm', null, event.type));
      track.append(h('span.trunc.xs.t3.evsum', null, summary(event).slice(0, 160)));
      took.textContent = `+${duration(fold.elapsed(row.n))}`;
      label = event.type;
    } else if (row.kind === 'visit' || row.kind === 'state') {
      const visits = row.visits ?? [row.visit];
      const known = visits.filter(v => v.entered <= at);
      const lastKnown = known[known.length - 1];
      status = worst(known.map(v => fold.statusAt(v, at)));
      const retries = known.reduce((sum, v) => sum + Math.max(0, fold.attemptsAt(v, at) - 1), 0);
      name.append(icon(stateIcon(row.visit.kind, row.visit.resource), 14), h('span.trunc', null, row.visit.state));
      if (row.kind === 'state' && visits.length > 1) name.append(h('span.badge', null, `×${known.length}`));
      if (retries) name.append(h('span.badge', { class: status === 'failed' ? 'is-failed' : 'is-caught', title: plural(retries, 'retry', 'retries') }, icon('st-retry', 12), String(retries)));
      if (row.visit.kind === 'Map') { const c = fold.iterationsAt(lastKnown, at); if (c) name.append(h('span.badge', null, `${c.succeeded + c.failed + c.aborted} / ${c.length}`)); }
      if ((status === 'failed' || status === 'timedout') && !retries && row.visit.kind !== 'Map') name.append(h('span.badge.is-failed', null, status === 'failed' ? 'failed' : 'timed out'));
      if (mode.peek() !== 'timeline') name.append(...aboutRow(fold, lastKnown ?? row.visit));
      if (mode.peek() === 'tree') track.append(h('span.trunc.xs.evsum.mono', { class: status === 'failed' || status === 'timedout' ? 'is-failed fgtext' : 't3' }, outcomeText(row.visit, at)));
      else if (mode.peek() === 'compact' && visits.length > 40) track.append(...density(fold, visits, span));
      else for (const visit of visits.slice(0, 400)) track.append(...bars(fold, visit, span, at));
      const ms = known.reduce((sum, v) => sum + ((v.left && v.left <= at ? fold.elapsed(v.left) : Math.min(end.peek(), run.live.peek() ? Infinity : fold.elapsed(at))) - fold.elapsed(v.entered)), 0);
      took.textContent = known.length ? duration(ms) : '–';
      label = `${row.visit.state}, ${status}, ${took.textContent}`;
    } else if (row.kind === 'iteration') {
      status = fold.iterationStatus(row.iteration, at);
      const first = row.iteration.scope.visits.values().next().value?.[0]?.input ?? '';
      name.append(icon(`st-${status}`, 14), h('span.num', null, `#${row.index}`), h('span.trunc.xs.t3', null, itemName(first)));
      const to = row.iteration.ended ? fold.elapsed(row.iteration.ended) : end.peek();
      if (mode.peek() !== 'tree') track.append(bar('gp', status, fold.elapsed(row.iteration.started), to, span, !row.iteration.ended));
      took.textContent = duration(to - fold.elapsed(row.iteration.started));
      label = `iteration ${row.index}, ${status}`;
    } else {
      status = 'succeeded';
      const list = row.list, from = Math.min(...list.map(([, one]) => one.started)), to = Math.max(...list.map(([, one]) => one.ended));
      name.append(icon('list', 14), h('span.num', null, `#${list[0][0]} to #${list[list.length - 1][0]}`));
      if (mode.peek() !== 'tree') track.append(bar('gp', 'succeeded', fold.elapsed(from), fold.elapsed(to), span));
      took.textContent = `${count(list.length)} ok`;
      label = `iterations ${list[0][0]} to ${list[list.length - 1][0]}, succeeded`;
    }
    const selected = i === current.peek();
    el.className = `tlr is-${status}${selected ? ' is-sel' : ''}${row.kind !== 'event' && row.visit && row.visit.entered > at ? ' is-future' : ''}${mode.peek() === 'tree' ? ' tlr--tree' : ''}`;
    el.setAttribute('aria-selected', String(selected));
    el.setAttribute('aria-label', label);
    el.setAttribute('data-testid', row.kind === 'visit' || row.kind === 'state' ? `row-${row.visit.state}` : `row-${row.key}`);
    name.title = row.visit ? [scopeName(row.visit.scope), row.visit.state].filter(Boolean).join(' › ') : '';
    el.replaceChildren(name, track, took);
  };

  const toggle = row => opened.update(old => new Map(old).set(row.key, !row.open));
  const open = (i, event) => {
    const row = rows.peek()[i];
    if (row.kind === 'event') return run.selectEvent(row.n);
    if (row.kind === 'iteration') { const visit = [...row.iteration.scope.visits.values()].flat().findLast(v => v.outcome === 'failed') ?? [...row.iteration.scope.visits.values()].flat().pop(); if (visit) run.select(visit, false); }
    else if (row.kind === 'iterations') { if (event.type === 'click') toggle(row); } else run.select(row.visits ? row.visits.findLast(v => v.outcome === 'failed') ?? row.visits[row.visits.length - 1] : row.visit);
  };
  const head = h('div.tlr.tla', { role: 'row' }, h('span.nm', { role: 'columnheader' }, () => (mode() === 'compact' ? 'State' : 'Visit')),
    h('span.trk', { role: 'columnheader' }, () => (mode() === 'tree' ? 'Detail' : [h('span.vh', null, 'Time'), axis(view())])), h('span.du', { role: 'columnheader' }, 'Duration'));
  const list = virtual({
    label: () => ({ compact: 'States', timeline: 'Timeline', tree: 'Tree' })[mode()], count: total, height: 30, fill, testid: 'timeline',
    follow: () => { rows(); run.n(); view(); current(); }, current, head, rowClass: 'tlr', open,
  });
  list.classList.add('tl');
  list.addEventListener('keydown', event => {
    const row = rows.peek()[current.peek()];
    if (event.target !== list || event.shiftKey || !row?.opens || !(event.key === 'ArrowRight' || event.key === 'ArrowLeft') || (event.key === 'ArrowRight') === row.open) return;
    event.preventDefault();
    event.stopPropagation();
    toggle(row);
  });
  const head2 = h('span.tlx', { 'aria-hidden': 'true', style: () => ({ '--x': Math.max(0, Math.min(100, ((run.fold.elapsed(run.n()) - view().start) / view().span) * 100)) }) });
  const key = (kind, text, label = null) => h('span', null, h('span.seg-b.key', { class: kind }, label), text);
  return h('div.tlpane', { class: () => mode() !== 'timeline' && `tlpane--${mode()}` },
    h('div.tlbox', null, list, () => (mode() !== 'tree' && !run.live() ? head2 : null)),
    h('div.foot', null,
      h('button.chip', { 'aria-pressed': () => String(failedOnly()), class: () => failedOnly() && 'is-on', 'data-testid': 'failed-only', onclick: () => failedOnly.update(v => !v) }, 'Failed only'),
      h('span.tlkeys.hide-s', { hidden: () => mode() === 'tree' }, key('sl', 'waiting for a slot'), key('is-succeeded', 'running'), key('is-caught', 'attempt that failed', h('span', null, '1')), key('bo', 'back-off'), key('w', 'Wait or token'), key('gp is-succeeded', 'group')),
      h('span.grow'),
      () => mode() !== 'tree' && [h('button.btn.btn--sm.btn--ghost.btn--icon', { 'aria-label': 'Less time detail', title: 'Less time detail', 'data-testid': 'timeline-out', onclick: () => zoom.update(z => Math.max(1, z / 2)) }, icon('minus', 14)),
      h('button.btn.btn--sm.btn--ghost.btn--icon', { 'aria-label': 'More time detail', title: 'More time detail', 'data-testid': 'timeline-in', onclick: () => zoom.update(z => Math.min(4096, z * 2)) }, icon('plus', 14))]));
}

const summaries = new WeakMap(); // by visit: its input does not change

/** The comment of a state, and what a visit to it has got, in a line. */
function aboutRow(fold, visit) {
  const comment = fold.state(visit.scope.path, visit.state)?.Comment;
  let input = summaries.get(visit);
  if (input === undefined) summaries.set(visit, input = summaryOf(visit.input));
  return [
    typeof comment === 'string' && comment && h('span.trunc.xs.t2.rowcomment', { title: comment, 'data-testid': 'row-comment' }, comment.slice(0, 200)),
    input && h('span.trunc.xs.t3.rowinput', { title: input, 'data-testid': 'row-input' }, input),
  ].filter(Boolean);
}

/** What came of a visit, in a line: its error or its output. */
function outcomeText(visit, at) {
  const failure = visit.failure && visit.failure.n <= at ? visit.failure : null;
  if (failure) return failure.cause ? `${failure.error}: ${failure.cause.slice(0, 160)}` : failure.error;
  return visit.left && visit.left <= at ? `→ ${(visit.output ?? '').slice(0, 160)}` : '';
}

function failing(row) {
  if (row.kind === 'iteration') return row.iteration.status === 'failed';
  if (row.kind === 'event' || row.kind === 'iterations') return false;
  return (row.visits ?? [row.visit]).some(v => v.outcome === 'failed' || v.outcome === 'timedout' || v.outcome === 'caught');
}

function worst(list) {
  for (const status of ['failed', 'timedout', 'aborted', 'running', 'open', 'waiting', 'caught', 'succeeded']) if (list.includes(status)) return status === 'open' ? 'running' : status;
  return 'idle';
}

function bar(kind, status, from, to, { start, span }, open = false) {
  return h('span.seg-b', { class: [kind, `is-${status}`, open && 'open'], style: { '--x': ((from - start) / span) * 100, '--v': Math.max(0, ((to - from) / span) * 100) } });
}

function bars(fold, visit, span, at) {
  const status = fold.statusAt(visit, at);
  return barsOf(fold, visit, fold.elapsed(fold.length)).map(part => {
    const kind = { slot: 'sl', run: '', backoff: 'bo', wait: 'w', group: 'gp' }[part.kind];
    const look = part.failed ? (part.retried || visit.outcome === 'caught' ? 'caught' : 'failed') : part.kind === 'run' && visit.left && visit.outcome === 'caught' ? 'succeeded' : status === 'idle' ? 'skipped' : part.kind === 'run' && part.attempt && !part.open ? 'succeeded' : status;
    const el = bar(kind, look, part.from, part.to, span, part.open);
    const words = { slot: 'waited to be taken', run: part.failed ? 'failed after' : 'ran', backoff: 'backed off', wait: 'waited', group: 'took' }[part.kind];
    el.title = `${visit.state}${part.attempt && visit.attempts.length > 1 ? `, attempt ${part.attempt}` : ''}: ${words} ${duration(part.to - part.from)}`;
    if (part.attempt && visit.attempts.length > 1 && part.kind === 'run') el.append(h('span', null, String(part.attempt)));
    return el;
  });
}

/** Very many visits in one row are drawn as 200 columns. */
function density(fold, visits, view) {
  const columns = new Map(), width = view.span / 200;
  for (const visit of visits) {
    const column = Math.floor((fold.elapsed(visit.entered) - view.start) / width);
    if (column < 0 || column > 200) continue;
    const bad = visit.outcome === 'failed' || visit.outcome === 'timedout';
    columns.set(column, columns.get(column) || bad);
  }
  return [...columns].map(([column, bad]) => bar('', bad ? 'failed' : 'succeeded', view.start + column * width, view.start + (column + 0.8) * width, view));
}

function axis({ start, span }) {
  const step = niceStep(span / 5);
  const out = [];
  for (let t = Math.ceil(start / step) * step; t < start + span; t += step) out.push(h('span', { style: { '--x': ((t - start) / span) * 100 } }, t === 0 ? '0' : duration(t)));
  return out;
}

/** 1, 2 or 5 times a power of ten, at least x. */
export function niceStep(x) {
  const power = 10 ** Math.floor(Math.log10(Math.max(x, 1)));
  return [1, 2, 5, 10].map(f => f * power).find(step => step >= x);
}
