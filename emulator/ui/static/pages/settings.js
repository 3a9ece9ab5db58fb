// Settings: what the server does and talks to, and how this page looks.

import { h } from '../core/view.js';
import { icon } from '../core/icon.js';
import { place } from '../core/router.js';
import { server } from '../core/server.js';
import { empty, shown } from '../core/shown.js';
import { setTheme, theme } from '../core/theme.js';
import { exact, relative } from '../core/time.js';
import { copy } from '../core/toast.js';
import { mockList } from '../mocking/list.js';

export function page() {
  return h('div.page.page--narrow', null,
    h('div.bar', null, h('h1.h1', null, 'Settings')),
    shown({ data: server.overview, error: server.overviewError, reload: server.reloadOverview }, data => [
      section('Server', facts(data())),
      !data().remote && section('Endpoints', endpoints(data().services), 'Where tasks go. Set with --endpoint, --lambda-endpoint and environment variables; see aslocal serve --help.'),
      !data().remote && pinsAndFaults(),
      data().functions.length > 0 && section('Functions', functions(data().functions), 'Lambda functions that run as processes of this machine.'),
      data().clients.length > 0 && section('Clients', clients(data().clients), 'Who has called the API since the server began.'),
    ]),
    section('This page', h('div.row.wrap', null, h('span.grow', null, 'Theme'),
      h('div.seg', { role: 'group', 'aria-label': 'Theme' }, ['auto', 'light', 'dark'].map(name => h('button', { 'data-testid': `theme-${name}`, 'aria-pressed': () => String(theme() === name), onclick: () => setTheme(name) }, name[0].toUpperCase() + name.slice(1)))))));
}

function pinsAndFaults() {
  return h('section.card.clip.mt', { ref: el => { if (place.peek().query.show === 'mocks') queueMicrotask(() => el.scrollIntoView({ block: 'nearest' })); } },
    h('header', null, h('h2.h1', null, 'Pins and faults'), h('span.sm.t3.trunc.hide-s', null, 'What answers tasks, or disturbs them, in place of what they call.')), mockList());
}

function section(title, content, note = '') {
  return h('section.card.clip.mt', null, h('header', null, h('h2.h1', null, title), note && h('span.sm.t3.trunc.hide-s', { title: note }, note)), h('div.card--pad', null, content));
}

function facts(o) {
  const rows = [
    ['Version', o.version], ['Endpoint', h('span.row', null, h('span.mono', null, o.endpoint), h('button.btn.btn--sm.btn--ghost.btn--icon', { 'data-testid': 'copy-endpoint', 'aria-label': 'Copy endpoint', onclick: () => copy(o.endpoint, 'Endpoint copied') }, icon('copy', 14)))],
    o.remote && ['Shows', h('span.mono', null, o.remote)],
    ...o.remote ? [] : own(o),
  ].filter(Boolean);
  return h('dl.kv', null, rows.map(([term, value]) => [h('dt', null, term), h('dd', null, value)]));
}

// own are the facts that only the server itself knows.
function own(o) {
  return [
    ['Account', h('span.mono', null, o.account)], ['Region', h('span.mono', null, o.region)],
    ['Started', o.started ? relative(o.started) : 'not known'],
    ['Clock', o.virtual ? `virtual, at ${exact(o.now)}` : 'of the system'],
    ['Folder', o.folder ? h('span.mono', null, o.folder) : 'none'],
    ['State', o.store ? h('span.mono', null, o.store) : 'in memory, gone when the server ends'],
    ['Missing functions', o.byHand ? 'tasks wait for an answer by hand' : 'tasks fail'],
  ];
}

function endpoints(services) {
  if (!services.length) return empty('No endpoints are set', 'Tasks go to functions of this machine or to mocks, or wait for an answer by hand.');
  return h('dl.kv', null, services.map(one => [h('dt', null, one.name === '*' ? 'all others' : one.name), h('dd.mono.trunc', { title: one.url }, one.url)]));
}

function functions(list) {
  return h('ul.list', null, list.map(one => h('li', { 'data-testid': 'function' },
    h('span.row', null, icon('function', 14), h('b.m', null, one.name), h('span.badge', null, one.runtime), h('span.mono.t3.trunc.hide-s', { title: one.place }, one.place), h('span.grow'),
      one.problem ? h('span.stat.is-failed', null, icon('st-failed', 14), 'cannot run') : h('span.stat.is-succeeded', null, icon('st-succeeded', 14), one.processes ? `${one.processes} running` : 'ready')),
    (one.problem || one.note) && h('p.sm', { class: one.problem ? 'err' : 't3' }, one.problem || one.note))));
}

function clients(list) {
  return h('ul.list', null, list.map(one => h('li.row', null, h('span.mono.trunc', null, one.name), h('span.t3.sm.trunc', null, `first called ${one.action}`), h('span.grow'), h('span.t3.sm', null, relative(one.at)))));
}
