// The list of executions: of all machines, of one machine (on its page), of one Map Run.

import { cleanup, computed, effect, h, signal, untrack } from '../core/view.js';
import { get, post } from '../core/api.js';
import { commands } from '../core/commands.js';
import { icon } from '../core/icon.js';
import { keys } from '../core/keys.js';
import { on } from '../core/live.js';
import { recall, remember } from '../core/memory.js';
import { amend, go, link, place } from '../core/router.js';
import { server } from '../core/server.js';
import { empty, loading, refused } from '../core/shown.js';
import { statusIcon, statusName, statusText, statusWord } from '../core/status.js';
import { summaryOf } from '../core/summary.js';
import { table } from '../core/table.js';
import { count, duration, now, plural, relative, size } from '../core/time.js';
import { announce } from '../core/toast.js';
import { bulkBar } from '../bulk.js';
import { stoppedList } from '../debug/stopped.js';
import { startExecution } from '../start.js';

const offered = ['RUNNING', 'FAILED', 'TIMED_OUT', 'PENDING_REDRIVE', 'ABORTED', 'SUCCEEDED'];
const spans = [['', 'any time'], ['1h', 'last hour'], ['24h', 'last 24 h'], ['7d', 'last 7 days']];
const hours = { '1h': 1, '24h': 24, '7d': 168 };
const filters = ['status', 'not', 'q', 'machine', 'since'];

export function page() {
  const machine = computed(() => place().query.machine ?? '');
  return h('div.page.page--fill', null,
    h('div.bar', null, h('h1.h1', null, 'Executions'), views(), h('span.grow'),
      () => !server.overview()?.readOnly && machine() && h('button.btn.btn--pri', { 'data-testid': 'start-here', onclick: () => startExecution(machine()) }, icon('play'), 'Start execution')),
    stoppedList(),
    executions());
}

// views are filters that were saved under a name; each is an address.
function views() {
  const saved = signal(recall('views', []));
  const keep = list => { saved.set(list); remember('views', list); };
  const query = computed(() => Object.fromEntries(filters.filter(name => place().query[name]).map(name => [name, place().query[name]])));
  const current = computed(() => JSON.stringify(query()));
  const naming = signal(false);
  const show = view => go('executions', view);
  return h('div.row.wrap', null,
    () => saved().length > 0 && h('div.seg', { role: 'group', 'aria-label': 'Saved views' },
      [{ name: 'Recent', query: {} }, ...saved()].map(view => h('button', {
        'data-testid': 'view', 'aria-pressed': () => String(current() === JSON.stringify(view.query)), onclick: () => show(view.query),
      }, view.name))),
    () => {
      const known = saved().find(view => JSON.stringify(view.query) === current());
      if (known) return h('button.btn.btn--sm.btn--ghost', { 'data-testid': 'view-forget', onclick: () => keep(saved.peek().filter(view => view !== known)) }, icon('trash', 14), 'Forget view');
      if (current() === '{}') return null;
      if (!naming()) return h('button.btn.btn--sm.btn--ghost', { 'data-testid': 'view-save', onclick: () => naming.set(true) }, icon('plus', 14), 'Save view');
      return h('form.row.gap-1', { onsubmit: event => {
        event.preventDefault();
        const name = event.target.elements.name.value.trim();
        naming.set(false);
        if (name) keep([...saved.peek().filter(view => view.name !== name), { name, query: query.peek() }]);
      } }, h('div.in.in--name', null, h('input', { name: 'name', 'aria-label': 'Name of the view', 'data-testid': 'view-name', placeholder: 'Name', maxlength: 40, ref: el => queueMicrotask(() => el.focus()), onkeydown: event => { if (event.key === 'Escape') naming.set(false); } })),
        h('button.btn.btn--sm', { 'data-testid': 'view-keep' }, 'Save'));
    });
}

// executions is the filter, the table and the bulk bar. only is an ARN of a machine whose page it is part of.
export function executions(only = '') {
  const query = computed(() => place().query);
  const wanted = computed(() => {
    const { status = '', not = '', q = '', machine = '', since = '' } = query();
    return JSON.stringify({ status, not, q, machine: only || machine, since });
  });
  const list = lines(wanted), input = inputs();
  const selected = signal(new Set());
  effect(() => { wanted(); selected.set(new Set()); });
  const search = h('input', {
    type: 'search', 'data-testid': 'search', 'aria-label': 'Find executions by name or ARN', placeholder: 'Name or ARN',
    value: query.peek().q ?? '', oninput: event => amend({ q: event.target.value }),
  });
  const lift = () => { search.value = ''; amend(Object.fromEntries(filters.map(name => [name, '']))); };
  const grid = table({
    label: 'Executions', rows: list.rows, key: row => row.arn, selected, end: list.more,
    open: row => go('x', row.arn),
    columns: [
      { head: 'Status', width: '150px', cell: row => [statusText(row.status), row.redrives > 0 && h('span.badge.is-redrive', { title: `redriven ${plural(row.redrives, 'time')}` }, icon('redrive', 12), row.redrives)] },
      { head: 'Name', width: 'minmax(0,2fr)', cell: row => h('a.mono.plain.trunc', { href: link('x', row.arn), tabindex: -1, title: row.name, 'data-testid': 'execution-link' }, row.name) },
      ...(only ? [] : [{ head: 'Machine', width: 'minmax(0,1.5fr)', class: 'hide-s', cell: row => h('a.plain', { href: link('machine', row.machine), tabindex: -1, title: row.machineName, 'data-testid': 'row-machine' }, row.machineName) }]),
      { head: 'Input', width: 'minmax(0,2fr)', class: 'hide-s', cell: row => h('span.trunc.sm.t3', { 'data-testid': 'row-input', title: () => input(row.arn) }, () => input(row.arn)) },
      { head: 'Duration', width: '104px', class: 'num r hide-xs', cell: row => (row.stopped ? duration(row.stopped - row.started) : () => duration(Math.max(0, now() - row.started))) },
      { head: 'Started', width: '88px', class: 'num r', cell: row => relative(row.started) },
    ],
    empty: () => {
      if (list.error()) return refused(list.error(), list.reload);
      if (list.busy()) return loading();
      return Object.values(JSON.parse(wanted())).filter(Boolean).length > (only ? 1 : 0)
        ? empty('No execution fits', 'None has this status, name and time.', h('button.btn', { 'data-testid': 'lift', onclick: lift }, 'Lift the filter'))
        : empty('No executions yet', 'Start one with the Run button of a machine, or let your code call StartExecution.', h('a.btn', { href: link('machines'), 'data-testid': 'empty-machines' }, 'Go to the machines'));
    },
  });
  list.watch(grid);
  keys('Executions', [
    ['/', 'Find', () => search.focus()],
    ['j', 'Next execution', () => { grid.el.focus(); grid.el.dispatchEvent(new KeyboardEvent('keydown', { key: 'j' })); }],
    ['x', 'Select the execution', () => false],
    ['f', 'Only failed', () => amend({ status: query.peek().status === 'FAILED' ? '' : 'FAILED', not: '' })],
    ['Escape', 'Clear the selection', () => { if (!selected.peek().size) return false; selected.set(new Set()); }],
  ]);
  commands('Executions', offered.map(status => ({ label: `Show ${statusWord(status).toLowerCase()} executions`, icon: 'filter', run: () => amend({ status, not: '' }) })));
  return [
    h('div.filters', null,
      h('div.row.wrap.gap-1', { role: 'group', 'aria-label': 'Status' }, [statusChip(query, ''), ...offered.map(status => statusChip(query, status))]),
      h('div.row.wrap.gap-1', null,
        h('div.in.in--find', null, icon('search', 14), search, h('kbd.kbd.hide-s', null, '/')),
        !only && h('select.in.in--pick', { 'data-testid': 'filter-machine', 'aria-label': 'Machine', onchange: event => amend({ machine: event.target.value }) },
          () => [h('option', { value: '' }, 'all machines'), (server.machines()?.machines ?? []).map(m => h('option', { value: m.arn, selected: untrack(() => query().machine) === m.arn }, m.name))]),
        h('select.in.in--pick', { 'data-testid': 'filter-since', 'aria-label': 'Started', onchange: event => amend({ since: event.target.value }) },
          spans.map(([value, label]) => h('option', { value, selected: (query.peek().since ?? '') === value }, label))),
        () => query().status && h('button.chip', { 'data-testid': 'not', 'aria-pressed': () => String(query().not === '1'), class: () => query().not === '1' && 'is-on', onclick: () => amend({ not: query.peek().not === '1' ? '' : '1' }) }, `not ${statusWord(query().status).toLowerCase()}`))),
    h('div.card.clip.fill', null,
      () => list.fresh() !== 0 && h('button.btn.btn--sm.fresh', { 'data-testid': 'fresh', onclick: () => { list.take(); grid.toTop(); } }, icon('up', 14), list.fresh()),
      grid.el,
      h('div.foot', null,
        h('span.num', { role: 'status', 'data-testid': 'count' }, () => (list.busy() ? 'Reading …' : list.next() ? `${count(list.rows().length)} loaded, more below` : plural(list.rows().length, 'execution'))),
        h('span.grow'),
        h('span.hide-s.row.gap-1', { 'aria-hidden': 'true' }, h('kbd.kbd', null, 'J'), h('kbd.kbd', null, 'K'), 'move', h('kbd.kbd', null, 'X'), 'select', h('kbd.kbd', null, '↵'), 'open'))),
    bulkBar(list, selected),
  ];
}

function statusChip(query, status) {
  const chosen = () => (query().status ?? '') === status;
  return h('button.chip', {
    'data-testid': `status-${status || 'all'}`, 'aria-pressed': () => String(chosen()), class: () => [chosen() && 'is-on', chosen() && query().not === '1' && 'is-not'],
    onclick: () => amend({ status, not: '' }),
  }, status && h('span.stat', { class: `is-${statusName(status)}` }, statusIcon(status)), status ? statusWord(status) : 'All');
}

// lines reads the executions that a filter wants, page by page, and keeps them true by the stream.
function lines(wanted) {
  const rows = signal([]), next = signal(''), busy = signal(true), error = signal(null), turn = signal(0), held = signal([]), stale = signal(false);
  let grid = null, abort = null;
  const params = () => {
    const { status, not, q, machine, since } = JSON.parse(wanted.peek());
    return { status: not ? offered.filter(one => one !== status).join() : status, q, machine, from: since ? Date.now() - hours[since] * 3_600_000 : '' };
  };
  const fits = row => {
    const { status, not, q, machine } = JSON.parse(wanted.peek());
    return (!status || (row.status === status) !== Boolean(not)) && (!machine || row.machine === machine) && (!q || row.arn.toLowerCase().includes(q.toLowerCase()));
  };
  async function read(from) {
    abort?.abort();
    const mine = abort = new AbortController();
    busy.set(true);
    try {
      const answer = await get('executions', { ...params(), next: from, limit: 100 }, mine.signal);
      rows.set(from ? merge(rows.peek(), answer.executions) : answer.executions);
      next.set(answer.next);
      error.set(null);
      busy.set(false);
      if (answer.next && (answer.partial || !answer.executions.length)) read(answer.next);
    } catch (problem) {
      if (mine.signal.aborted) return;
      error.set(problem);
      busy.set(false);
    }
  }
  let shownFor = null, planned = 0;
  effect(() => {
    const want = wanted();
    turn();
    const wait = setTimeout(() => {
      if (want !== shownFor) { rows.set([]); next.set(''); }
      shownFor = want;
      held.set([]);
      stale.set(false);
      read('');
    }, 60);
    cleanup(() => clearTimeout(wait));
  });
  cleanup(() => { abort?.abort(); clearTimeout(planned); });
  on('executions', message => {
    if (!message || message.missed > 0) {
      // More than the stream tells. Who reads further down is not disturbed.
      if (grid?.atTop.peek()) planned ||= setTimeout(() => { planned = 0; reload(); }, 1000);
      else stale.set(true);
      return;
    }
    const known = new Map(rows.peek().map((row, i) => [row.arn, i])), list = [...rows.peek()];
    const fresh = [];
    for (const row of message.executions) {
      const at = known.get(row.arn);
      if (at !== undefined) list[at] = row;
      else if (!row.mapRun && fits(row)) fresh.push(row);
    }
    const { status, not } = JSON.parse(wanted.peek());
    rows.set(status ? list.filter(row => (row.status === status) !== Boolean(not)) : list);
    if (fresh.length) held.update(before => merge(fresh, before));
    if (grid?.atTop.peek()) take();
    else if (fresh.length) announce(`${held.peek().length} new executions`);
  });
  const take = () => {
    if (stale.peek()) return reload();
    if (held.peek().length) { rows.set(merge(held.peek(), rows.peek()).sort((a, b) => b.started - a.started)); held.set([]); }
  };
  const reload = () => turn.update(n => n + 1);
  return {
    rows, next, busy, error, reload, take, fresh: computed(() => (stale() ? 'Show what is new' : held().length && `${count(held().length)} new`)), watch: one => { grid = one; },
    more: () => untrack(() => { if (next() && !busy()) read(next()); }),
    // every reads all that fits: the ARNs of at most 10,000 executions.
    every: async () => {
      const all = [];
      let from = '';
      do {
        const answer = await get('executions', { ...params(), next: from, limit: 200 });
        all.push(...answer.executions);
        from = answer.next;
      } while (from && all.length < 10_000);
      return all.slice(0, 10_000);
    },
  };
}

// inputs gives what rows in view were started with, in a line: a function of an ARN, to be called where it is
// shown. What is asked for in a moment is read together. Other servers are not asked: they would have to be for each.
function inputs() {
  const known = new Map();
  let asked = [], planned = 0;
  cleanup(() => clearTimeout(planned));
  async function read() {
    planned = 0;
    const arns = asked.splice(0, 200);
    if (asked.length) planned = setTimeout(read, 0);
    const answer = await post('inputs', { arns }).catch(() => null); // a row without it is still a row
    answer?.inputs.forEach(({ input, bytes }, i) => known.get(arns[i]).set(bytes && !input ? `${size(bytes)} of JSON` : input === '{}' ? '' : summaryOf(input)));
  }
  return arn => {
    if (!known.has(arn)) {
      known.set(arn, signal(''));
      if (server.overview.peek() && !server.overview.peek().readOnly) { asked.push(arn); planned ||= setTimeout(read, 50); } else if (!server.overview.peek()) known.delete(arn);
    }
    return known.get(arn)?.() ?? (server.overview(), '');
  };
}

function merge(first, second) {
  const seen = new Set(first.map(row => row.arn));
  return [...first, ...second.filter(row => !seen.has(row.arn))];
}
