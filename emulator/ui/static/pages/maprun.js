// The page of a Map Run (S4): progress, one cell for each child, failures by error, children.

import { cleanup, computed, effect, h, signal, untrack } from '../core/view.js';
import { get, post, resource } from '../core/api.js';
import { ask } from '../core/dialog.js';
import { icon } from '../core/icon.js';
import { changed, on } from '../core/live.js';
import { amend, go, link, place } from '../core/router.js';
import { server } from '../core/server.js';
import { empty, loading, refused, shown } from '../core/shown.js';
import { statusIcon, statusName, statusPill, statusText, statusWord } from '../core/status.js';
import { table } from '../core/table.js';
import { count, duration, now, plural, relative } from '../core/time.js';
import { copy, failed } from '../core/toast.js';

const cellsAtMost = 10_000;
const parts = [['succeeded', 'SUCCEEDED'], ['failed', 'FAILED'], ['timedOut', 'TIMED_OUT'], ['aborted', 'ABORTED'], ['running', 'RUNNING']];

export function page(arn) {
  const run = resource(abort => get('maprun', { arn }, abort));
  changed('executions', run.reload);
  const children = reader(arn, '');
  const execution = computed(() => run.data()?.execution);
  const parent = resource(abort => (execution() ? get('execution', { arn: execution() }, abort) : Promise.resolve(null)));
  const state = computed(() => parent.data()?.children.find(child => child.arn === arn)?.state);
  return shown(run, data => untrack(() => {
    const [machine, label = ''] = arn.split(':mapRun:').at(-1).split(':')[0].split('/');
    return [
      h('div.head', null,
        h('div.crumb', null, h('span.hide-xs', null, machine), h('span.hide-xs', null, icon('right', 12)),
          h('a.mono', { href: link('x', execution()), 'data-testid': 'parent' }, execution().split(':').at(-1)), icon('right', 12), h('h1.trunc', { title: label }, () => state() || label || 'Map Run')),
        () => statusPill(data().status), h('span.badge.hide-xs', null, 'Distributed'), h('span.grow'),
        h('button.btn.btn--ghost.btn--icon', { 'data-testid': 'copy-arn', 'aria-label': 'Copy ARN', title: 'Copy ARN', onclick: () => copy(arn, 'ARN copied') }, icon('copy')),
        () => data().status === 'RUNNING' && !server.overview()?.readOnly && h('button.btn.btn--danger', { 'data-testid': 'stop', onclick: () => stop(execution()) }, icon('stop'), 'Stop execution')),
      h('div.page.col.gap-5', null, () => numbers(data()), h('div.columns.flat', null, cells(data, children), errors(data, children)), list(arn, data)),
    ];
  }));
}

async function stop(arn) {
  if (!await ask('Stop the execution?', 'The execution that has this Map Run ends as aborted, with all running children.', 'Stop execution', 'Keep running')) return;
  post('stop', { arn, error: '', cause: 'stopped in the browser' }).catch(failed);
}

function numbers(run) {
  const of = run.items.total ? run.items : run.executions;
  const done = of.succeeded + of.failed + of.timedOut + of.aborted, bad = of.failed + of.timedOut;
  const took = Math.max(1, (run.stopped || now.peek()) - run.started), rate = done / took;
  const left = run.status === 'RUNNING' && rate > 0 ? (of.total - done) / rate : 0;
  const big = (value, word, kind) => h('div', null, h('p.big.num', { class: kind && `is-${kind}` }, value), h('p.t3.sm', null, word));
  return h('section.card.card--pad.col.gap-4', { 'aria-label': 'Progress', 'data-testid': 'progress' },
    h('div.bigs', null,
      big(of.total ? `${Math.floor(100 * done / of.total)} %` : '0 %', `${count(done)} of ${plural(of.total, 'item')}`),
      big(count(of.succeeded), 'succeeded', 'succeeded'), big(count(bad), 'failed', bad ? 'failed' : ''), big(count(of.running), 'running', of.running ? 'running' : ''),
      big(`${rate * 1000 < 10 ? (rate * 1000).toFixed(1) : count(Math.round(rate * 1000))}/s`, 'throughput'),
      run.status === 'RUNNING' ? big(left ? duration(Math.ceil(left / 1000) * 1000) : 'not known', 'left') : big(duration(took), 'duration')),
    h('div.meter.meter--big', { role: 'img', 'aria-label': parts.map(([name, status]) => `${of[name]} ${statusWord(status).toLowerCase()}`).join(', ') },
      parts.map(([name, status]) => of[name] > 0 && h('i', { class: `is-${statusName(status)}`, style: { '--v': 100 * of[name] / of.total } }))),
    h('p.row.wrap.gap-5.sm.t2', null,
      h('span', null, 'Concurrency ', h('b.num', null, `${count(run.executions.running)} of ${run.maxConcurrency && run.maxConcurrency < 1e6 ? count(run.maxConcurrency) : 'no limit'}`)),
      h('span', null, 'Failures tolerated ', h('b.num', null, tolerated(run))),
      h('span', null, 'Children ', h('b.num', null, count(run.executions.total))),
      run.redrives > 0 && h('span', null, 'Redriven ', h('b.num', null, plural(run.redrives, 'time')))));
}

function tolerated(run) {
  const limits = [run.toleratedFailureCount > 0 && count(run.toleratedFailureCount), run.toleratedFailurePercentage > 0 && `${run.toleratedFailurePercentage} %`].filter(Boolean);
  return limits.length ? limits.join(' or ') : 'none';
}

// reader reads the children of a status, page by page, as far as they are wanted, and keeps them true by the stream.
function reader(arn, status) {
  const rows = signal([]), next = signal(''), busy = signal(true), error = signal(null);
  let abort = null, goal = 0;
  async function read(from) {
    abort?.abort();
    const mine = abort = new AbortController();
    busy.set(true);
    try {
      const answer = await get('maprun/children', { arn, status, next: from, limit: 200 }, mine.signal);
      rows.set(from ? merge(rows.peek(), answer.executions) : answer.executions);
      next.set(answer.next);
      error.set(null);
    } catch (problem) {
      if (mine.signal.aborted) return;
      error.set(problem);
    }
    busy.set(false);
    if (next.peek() && rows.peek().length < goal) read(next.peek());
  }
  cleanup(() => abort?.abort());
  on('executions', message => {
    if (!message || message.missed) return read('');
    const mine = message.executions.filter(row => row.mapRun === arn);
    if (mine.length) rows.set(merge(rows.peek(), mine).filter(row => !status || row.status === status));
  });
  read('');
  return { rows, next, busy, error, reload: () => read(''), more: (to = 0) => { goal = to; if (next.peek() && !busy.peek()) read(next.peek()); } };
}

// merge puts rows in the place of older ones of the same execution, and new ones at the end.
function merge(before, rows) {
  const all = new Map(before.map(row => [row.arn, row]));
  for (const row of rows) all.set(row.arn, row);
  return [...all.values()];
}

// cells draws one square for each child on a canvas: colour for the status, a hole for a failure.
function cells(data, children) {
  const canvas = h('canvas', {
    'data-testid': 'cells', role: 'img', 'aria-label': () => `${plural(data().executions.total, 'child', 'children')}: ${count(data().executions.succeeded)} succeeded, ${count(data().executions.failed + data().executions.timedOut)} failed, ${count(data().executions.running)} running. The list below opens each.`,
    onclick: event => { const row = at(event); if (row) go('x', row.arn); },
    onmousemove: event => { const row = at(event); canvas.title = row ? `${row.name}: ${statusWord(row.status)}` : ''; canvas.style.setProperty('cursor', row ? 'pointer' : 'default'); },
  });
  const width = signal(0), theme = signal(0);
  const observer = new ResizeObserver(() => width.set(canvas.parentElement.clientWidth - 32));
  queueMicrotask(() => observer.observe(canvas.parentElement));
  const watch = new MutationObserver(() => theme.update(n => n + 1));
  watch.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  cleanup(() => { observer.disconnect(); watch.disconnect(); });
  const total = computed(() => Math.min(cellsAtMost, Math.max(data().executions.total, children.rows().length)));
  const step = computed(() => (total() > 4000 ? 7 : total() > 1500 ? 9 : 12));
  const columns = computed(() => Math.max(1, Math.floor((width() + 2) / step())));
  const ordered = computed(() => children.rows().toSorted((a, b) => a.started - b.started));
  const at = event => ordered.peek()[Math.floor(event.offsetY / step.peek()) * columns.peek() + Math.floor(event.offsetX / step.peek())];
  effect(() => { if (children.rows().length < total()) untrack(() => children.more(cellsAtMost)); });
  effect(() => {
    theme();
    if (!width()) return;
    const size = step() - 2, high = Math.ceil(total() / columns()) * step(), scale = devicePixelRatio;
    canvas.width = width() * scale;
    canvas.height = high * scale;
    canvas.style.setProperty('width', `${width()}px`);
    canvas.style.setProperty('height', `${high}px`);
    const pen = canvas.getContext('2d'), colours = {};
    const colour = name => (colours[name] ??= resolve(canvas, name));
    pen.scale(scale, scale);
    for (let i = 0; i < total(); i++) {
      const status = ordered()[i]?.status, x = i % columns() * step(), y = Math.floor(i / columns()) * step();
      pen.fillStyle = colour(status ? statusName(status) : 'none');
      pen.beginPath();
      pen.roundRect(x, y, size, size, 2);
      pen.fill();
      if (status === 'FAILED' || status === 'TIMED_OUT') { pen.fillStyle = colour('hole'); pen.fillRect(x + size / 2 - 1, y + size / 2 - 1, 2, 2); }
    }
  });
  return h('section.card.clip', { 'aria-label': 'Children' },
    h('header', null, h('h2.h1', null, 'Children'), h('span.t3.sm.hide-xs', null, () => (data().executions.total > cellsAtMost ? `the first ${count(cellsAtMost)}` : 'one cell is a child execution')), h('span.grow'),
      h('span.row.gap-4.xs', null, [['succeeded', 'SUCCEEDED'], ['failed', 'FAILED'], ['running', 'RUNNING']].map(([word, status]) => h('span.stat', { class: `is-${statusName(status)}` }, h('span.dot'), word)))),
    h('div.card--pad.cellbox', null, canvas));
}

// resolve gives the colour of a role as the canvas takes it.
function resolve(canvas, name) {
  const probe = canvas.parentElement.appendChild(h('span', { style: { color: `var(--c-${name})` } }));
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function errors(data, children) {
  const took = computed(() => children.rows().filter(row => row.stopped).map(row => row.stopped - row.started).sort((a, b) => a - b));
  return h('section.card.clip', { 'aria-label': 'Failures' },
    h('header', null, h('h2.h1', null, 'Failures by error')),
    h('div.card--pad.col.gap-4', null,
      () => (data().errors.length
        ? data().errors.map(one => h('div', { 'data-testid': 'error-count' }, h('p.row', null, h('span.mono.trunc.grow', { title: one.error }, one.error), h('b.num', null, count(one.count))),
          h('div.meter', { class: one.error === 'States.Timeout' ? 'is-timedout' : 'is-failed', 'aria-hidden': 'true' }, h('i', { style: { '--v': 100 * one.count / data().errors[0].count } }))))
        : h('p.t3', null, 'No child has failed.')),
      () => data().executions.failed > data().looked && h('p.xs.t3', null, `of ${count(data().looked)} that were looked at`),
      () => took().length > 1 && histogram(took())));
}

// histogram shows how long children took, in 20 bars of equal ratio.
function histogram(took) {
  const low = Math.max(1, took[0]), high = Math.max(low + 1, took.at(-1)), bars = new Array(20).fill(0);
  for (const ms of took) bars[Math.min(19, Math.max(0, Math.floor(20 * Math.log(Math.max(low, ms) / low) / Math.log(high / low))))]++;
  const most = Math.max(...bars), p50 = took[took.length >> 1];
  return h('div', null, h('h3.sm.t2', null, 'Duration of the children'),
    h('div.spark.spark--wide', { role: 'img', 'aria-label': `from ${duration(low)} to ${duration(high)}, half below ${duration(p50)}` }, bars.map(n => h('i.is-succeeded', { style: { '--v': 100 * n / most } }))),
    h('p.row.xs.t3.num', null, duration(low), h('span.grow'), `p50 ${duration(p50)}`, h('span.grow'), duration(high)));
}

function list(arn, data) {
  const status = computed(() => place().query.status ?? (untrack(() => data().executions.failed) ? 'FAILED' : ''));
  return h('section.card.clip', { 'aria-label': 'Executions of the children' },
    h('header.wrap', null, h('h2.h1', null, 'Executions'),
      h('div.row.wrap.gap-1', { role: 'group', 'aria-label': 'Status' }, [['all', ''], ['failed', 'FAILED'], ['running', 'RUNNING'], ['succeeded', 'SUCCEEDED']].map(([name, value]) => h('button.chip', {
        'data-testid': `children-${name}`, 'aria-pressed': () => String(status() === value), class: () => status() === value && 'is-on', onclick: () => amend({ status: value || 'all' }),
      }, value ? h('span.stat', { class: `is-${statusName(value)}` }, statusIcon(value, 12)) : null, value ? statusWord(value) : 'All', h('b.num', null, () => count(data().executions[name === 'all' ? 'total' : name])))))),
    () => {
      const children = reader(arn, status() === 'all' ? '' : status());
      return untrack(() => h('div.children', null, table({
        label: 'Children', rows: children.rows, key: row => row.arn, end: () => untrack(children.more), open: row => go('x', row.arn),
        columns: [
          { head: 'Status', width: '148px', cell: row => statusText(row.status) },
          { head: 'Name', width: 'minmax(0,2fr)', cell: row => h('a.mono.plain', { href: link('x', row.arn), tabindex: -1, title: row.name, 'data-testid': 'execution-link' }, row.name) },
          { head: 'Items', width: '80px', class: 'num r hide-xs', cell: row => row.items || '' },
          { head: 'Duration', width: '100px', class: 'num r', cell: row => (row.stopped ? duration(row.stopped - row.started) : 'runs') },
          { head: 'Started', width: '96px', class: 'num r hide-xs', cell: row => relative(row.started) },
        ],
        empty: () => (children.error() ? refused(children.error(), children.reload) : children.busy() ? loading(3) : empty('No child fits', 'None has this status.')),
      }).el));
    });
}
