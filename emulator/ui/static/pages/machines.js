// The list of state machines (S1).

import { computed, each, h } from '../core/view.js';
import { icon } from '../core/icon.js';
import { keys } from '../core/keys.js';
import { changed } from '../core/live.js';
import { amend, go, link, place } from '../core/router.js';
import { server } from '../core/server.js';
import { shown, empty } from '../core/shown.js';
import { statusName, statusText, statusWord } from '../core/status.js';
import { ago, duration, exact, now, plural } from '../core/time.js';
import { createMachine } from '../create.js';
import { thumbnail } from '../thumbnail.js';
import { startExecution } from '../start.js';

const sorts = {
  name: (a, b) => a.name.localeCompare(b.name),
  run: (a, b) => (b.runs[0]?.started ?? 0) - (a.runs[0]?.started ?? 0) || a.name.localeCompare(b.name),
  p50: (a, b) => b.p50 - a.p50 || a.name.localeCompare(b.name),
};

export function page() {
  changed('executions', server.reloadMachines); // their last runs
  const query = computed(() => place().query);
  const writable = () => !server.overview()?.readOnly;
  const list = computed(() => {
    const { q = '', type, failing, sort = 'name' } = query(), word = q.toLowerCase();
    return (server.machines()?.machines ?? [])
      .filter(m => m.name.toLowerCase().includes(word) || m.source.toLowerCase().includes(word))
      .filter(m => !type || m.type === type)
      .filter(m => !failing || m.runs.some(run => failed(run.status)))
      .sort(sorts[sort] ?? sorts.name);
  });
  // The table is made once and its rows follow the list, or the focus would be lost whenever that is read again.
  const stage = computed(() => (!server.machines()?.machines.length ? 'none' : list().length ? 'some' : 'filtered'));
  const search = h('input', {
    type: 'search', 'data-testid': 'search', 'aria-label': 'Find machines by name or file', placeholder: 'Find by name or file',
    value: query.peek().q ?? '', oninput: event => amend({ q: event.target.value }),
  });
  keys('Machines', [
    ['/', 'Find', () => search.focus()],
    ['j', 'Next machine', () => step(1)], ['k', 'Machine before', () => step(-1)],
    ['r', 'Run the machine', () => { const arn = document.activeElement.closest('[data-arn]')?.dataset.arn; if (!arn) return false; startExecution(arn); }],
    ['n', 'New machine', () => { if (!writable()) return false; createMachine(); }],
    ['d', 'Draw a new machine', () => { if (!writable()) return false; go('edit', 'new'); }],
  ]);
  const chip = (label, name, value) => h('button.chip', {
    'data-testid': `filter-${label.toLowerCase().replace(/ /g, '-')}`, 'aria-pressed': () => String(query()[name] === value), class: () => query()[name] === value && 'is-on',
    onclick: () => amend({ [name]: query.peek()[name] === value ? '' : value }),
  }, label);
  return h('div.page', null,
    h('div.bar', null,
      h('h1.h1', null, 'Machines'), h('span.t3.num', { 'data-testid': 'count' }, () => server.machines() && list().length),
      h('span.grow'),
      h('div.in.in--find', null, icon('search', 14), search, h('kbd.kbd.hide-s', null, '/')),
      h('div.row.gap-1.wrap', { role: 'group', 'aria-label': 'Filters' }, chip('Standard', 'type', 'STANDARD'), chip('Express', 'type', 'EXPRESS'), chip('Has failures', 'failing', '1')),
      () => writable() && h('a.btn', { 'data-testid': 'draw-machine', href: link('edit', 'new') }, icon('edit'), 'Draw'),
      () => writable() && h('button.btn.btn--pri', { 'data-testid': 'new-machine', onclick: () => createMachine() }, icon('plus'), 'New machine')),
    shown({ data: server.machines, error: server.machinesError, reload: server.reloadMachines }, data => h('div.card.clip', null,
      () => data().problems.map(problem),
      () => (stage() === 'none'
        ? empty('No state machines yet', 'Create one here, start aslocal with files or a folder, or let your code call CreateStateMachine.', h('a.btn', { href: '#/', 'data-testid': 'empty-home' }, 'Get started'))
        : stage() === 'filtered'
          ? empty('No machine fits', 'None has this name, file and kind.', h('button.btn', { 'data-testid': 'lift', onclick: () => amend({ q: '', type: '', failing: '' }) }, 'Lift the filter'))
          : h('div.table', { role: 'table', 'aria-label': 'State machines', style: { '--cols': 'minmax(220px,2.4fr) 84px minmax(120px,1.6fr) 128px 116px 80px 84px' }, class: 'cols-machines' },
            h('div.tr.tr--head', { role: 'row' },
              head('Name', 'name'), head('Type', null, 'hide-s'), head('Source', null, 'hide-s'), head('Last run', 'run'), head('Last 18 runs', null, 'hide-s'), head('p50', 'p50', 'r hide-s'),
              h('span', { role: 'columnheader' }, h('span.vh', null, 'Actions'))),
            each(list, m => m.arn, m => row(m, writable)))))));

  function head(label, sort, kind) {
    return h('span', { role: 'columnheader', class: kind, 'aria-sort': () => sort && (query().sort ?? 'name') === sort ? (sort === 'name' ? 'ascending' : 'descending') : null },
      sort ? h('button.sort', { 'data-testid': `sort-${sort}`, onclick: () => amend({ sort: sort === 'name' ? '' : sort }) }, label, () => (query().sort || 'name') === sort && icon(sort === 'name' ? 'up' : 'down', 12)) : label);
  }
}

function failed(status) { return status === 'FAILED' || status === 'TIMED_OUT'; }

function problem(one) {
  const place = one.place || /^\S+?:\d+:\d+/.exec(one.text)?.[0] || '';
  return h('div.why.why--row', { 'data-testid': 'problem' },
    h('span.stat.is-failed', null, icon('st-failed')),
    h('div.grow', null,
      h('p', null, h('b', null, one.machine || place.replace(/:\d+:\d+$/, '') || 'A file'), one.machine ? ' is not as its file says ' : ' is not loaded ', one.machine && h('span.mono.t3', null, place)),
      h('pre.mono.excerpt', { tabindex: 0, role: 'group', 'aria-label': 'Problems' }, one.text)));
}

function row(m, writable) {
  const last = computed(() => m().runs[0]);
  return h('div.tr.tr--2', { role: 'row', 'data-testid': 'machine', 'data-arn': m.peek().arn, onclick: event => { if (!event.target.closest('a, button')) go('machine', m.peek().arn); } },
    h('span.row.gap-4', { role: 'cell' },
      () => thumbnail(m()),
      h('span.trunc', null,
        h('a.name.trunc', { href: link('machine', m.peek().arn), 'data-testid': 'machine-link', title: m.peek().name }, m.peek().name),
        h('span.xs.t3.trunc', null, () => m().note || rate(m().runs) || `created ${ago(m().created, now())}`))),
    h('span.hide-s', { role: 'cell' }, m.peek().type === 'EXPRESS' ? 'Express' : 'Standard'),
    h('span.hide-s', { role: 'cell' }, () => (m().source ? h('span.mono.trunc', { title: m().source }, m().source) : 'API')),
    h('span', { role: 'cell' }, () => (last()
      ? h('a.plain', { href: link('x', last().arn), 'data-testid': 'last-run', title: exact(last().started) }, statusText(last().status, last().status === 'RUNNING' ? 'running now' : h('span', null, () => ago(last().started, now()))))
      : h('span.t3', null, m().type === 'EXPRESS' ? 'not kept' : 'never'))),
    h('span.hide-s', { role: 'cell' }, () => m().runs.length > 0 && spark(m().runs)),
    h('span.num.r.hide-s', { role: 'cell' }, () => (m().p50 < 0 ? '' : duration(m().p50))),
    h('span.acts', { role: 'cell' }, () => writable() && h('button.btn.btn--sm', {
      'data-testid': 'run', 'aria-label': `Run ${m.peek().name}`, onclick: () => startExecution(m.peek().arn),
    }, icon('play', 14), h('span.hide-s', null, 'Run'))));
}

// rate says how many of the last runs ended well.
function rate(runs) {
  const ended = runs.filter(run => run.stopped);
  return ended.length ? `${Math.round(100 * ended.filter(run => run.status === 'SUCCEEDED').length / ended.length)} % of the last ${ended.length} succeeded` : '';
}

// spark draws the last runs, oldest first: height for the time taken, colour for the status.
function spark(runs) {
  const some = runs.slice(0, 18).reverse(), took = run => (run.stopped || Date.now()) - run.started;
  const most = Math.max(1, ...some.filter(run => run.stopped).map(took));
  const words = [...Map.groupBy(some, run => run.status)].map(([status, list]) => `${list.length} ${statusWord(status).toLowerCase()}`).join(', ');
  return h('span.spark', { role: 'img', 'aria-label': `Last ${plural(some.length, 'run')}: ${words}` }, some.map(run => h('i', {
    class: `is-${statusName(run.status)}`, style: { '--v': Math.round(20 + 80 * Math.sqrt(Math.min(1, took(run) / most))) }, title: `${run.name}: ${statusWord(run.status)}, ${duration(took(run))}`,
  })));
}

// step moves the focus to the next or previous machine of the list.
function step(by) {
  const links = [...document.querySelectorAll('[data-testid=machine-link]')];
  const at = links.indexOf(document.activeElement.closest('[data-arn]')?.querySelector('[data-testid=machine-link]'));
  links[Math.max(0, Math.min(links.length - 1, at + by))]?.focus();
}
