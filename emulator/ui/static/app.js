// The application: the shell around the pages, and which page is at which place.

import { cleanup, computed, h, mount, signal, untrack } from './core/view.js';
import { debugging, whereOf } from './core/debugger.js';
import { dialog, dialogHead } from './core/dialog.js';
import { icon } from './core/icon.js';
import { bound, keyCaps, keyName, keys } from './core/keys.js';
import { connection } from './core/live.js';
import { mocks } from './core/mocks.js';
import { go, link, place } from './core/router.js';
import { server } from './core/server.js';
import { theme, nextTheme } from './core/theme.js';
import { plural } from './core/time.js';
import { toasts } from './core/toast.js';
import { palette } from './palette.js';

// pages by the first part of the place. A module's page(rest) gets the other parts and returns nodes;
// it is called anew when the path changes, not when the query does.
const pages = {
  '': { load: () => import('./pages/home.js'), title: 'Start' },
  machines: { load: () => import('./pages/machines.js'), title: 'Machines' },
  machine: { load: () => import('./pages/machine.js'), title: 'Machine', nav: 'machines' },
  executions: { load: () => import('./pages/executions.js'), title: 'Executions' },
  x: { load: () => import('./execution/page.js'), title: 'Execution', nav: 'executions' },
  compare: { load: () => import('./pages/compare.js'), title: 'Compare', nav: 'executions' },
  map: { load: () => import('./pages/maprun.js'), title: 'Map Run', nav: 'executions' },
  edit: { load: () => import('./edit/page.js'), title: 'Editor', nav: 'machines' },
  tasks: { load: () => import('./pages/tasks.js'), title: 'Tasks' },
  settings: { load: () => import('./pages/settings.js'), title: 'Settings' },
};
const missing = { load: () => import('./pages/missing.js'), title: 'Not found' };

const nav = [['machines', 'Machines', 'graph'], ['executions', 'Executions', 'list'], ['tasks', 'Tasks', 'activity'], ['settings', 'Settings', 'columns']];

function shell() {
  const current = computed(() => place().path[0] ?? '');
  const page = computed(() => (Object.hasOwn(pages, current()) ? pages[current()] : missing));
  return [
    h('a.skip', { href: '#main', 'data-testid': 'skip', onclick: event => { event.preventDefault(); document.querySelector('main').focus(); } }, 'Skip to content'),
    h('header.top', null,
      h('a.brand', { href: '#/', 'aria-label': 'aslocal, start page', 'data-testid': 'home' }, icon('logo'), h('span.hide-xs', null, 'aslocal')),
      h('nav.nav', { 'aria-label': 'Main' }, nav.map(([name, label, sign]) =>
        h('a', {
          hidden: () => name === 'tasks' && server.overview()?.readOnly === true, // another server's cannot be seen
          href: link(name), 'data-testid': `nav-${name}`,
          'aria-current': () => ((page().nav ?? current()) === name ? 'page' : null),
        }, icon(sign), h('span.word', null, label), name === 'tasks' && (() => server.overview()?.pending > 0 && h('span.badge', { 'data-testid': 'pending-count' }, server.overview().pending))))),
      h('span.grow'),
      stopSign(),
      mockSign(),
      h('button.cmd', { 'data-testid': 'palette-open', onclick: palette },
        icon('search', 14), h('span.word', null, 'Search or run a command'), h('span.kbd.hide-s', { 'aria-hidden': 'true' }, keyName('mod+k'))),
      h('button.btn.btn--ghost.btn--icon', {
        'data-testid': 'theme', 'aria-label': () => `Theme: ${theme()}`, title: () => `Theme: ${theme()}`, onclick: nextTheme,
      }, icon('theme')),
      h('button.btn.btn--ghost.btn--icon.hide-xs', { 'data-testid': 'keys', 'aria-label': 'Keyboard shortcuts', title: 'Keyboard shortcuts', onclick: sheet }, icon('keyboard')),
      liveSign()),
    () => server.overview()?.readOnly && h('aside.past', { 'aria-label': 'Read only', 'data-testid': 'read-only' }, icon('eye', 14), `Read only: this shows ${server.overview().remote}.`),
    h('main', { id: 'main', tabindex: -1 }, () => view(page())),
    toasts(),
  ];
}

// view loads the module of a page and shows it for the rest of the path.
function view(page) {
  const module = signal(null), problem = signal(null);
  let gone = false;
  cleanup(() => { gone = true; });
  page.load().then(m => gone || module.set(m), error => gone || problem.set(error));
  const rest = computed(() => place().path.slice(1).join('\n'));
  return () => {
    if (problem()) return h('div.empty', null, h('h1.h1', null, 'This page could not be loaded'), h('p', null, String(problem().message)));
    if (!module()) return null;
    document.title = `${page.title} · aslocal`;
    const path = rest() ? rest().split('\n') : [];
    return untrack(() => module().page(...path));
  };
}

// stopSign says that the debugger has stopped executions, so that time stands still, and leads there.
function stopSign() {
  return () => {
    const stops = debugging.standing();
    if (!stops.length) return null;
    return h('a.badge.badge--sign.is-stop', { href: stops.length === 1 ? link('x', stops[0].arn) : link('executions'), 'data-testid': 'stop-sign', title: stops.map(one => `${one.machine} stopped ${whereOf(one)}`).slice(0, 10).join('\n') },
      icon('dbg-pause', 12), h('span', null, stops.length === 1 ? '' : `${stops.length} `, h('span.hide-s', null, 'Stopped'), h('span.vh', null, ' by the debugger, the clock stands still')));
  };
}

// mockSign says that not everything is called as it would be: what is pinned, and which faults are on.
function mockSign() {
  const part = (sign, n, word) => n > 0 && [icon(sign, 14), h('span', null, `${n} `, h('span.hide-s', null, n === 1 ? word : `${word}s`))];
  return () => {
    const { pins, faults } = mocks.on();
    if (!pins && !faults) return null;
    const words = [faults && plural(faults, 'fault'), pins && plural(pins, 'pin')].filter(Boolean).join(', ');
    return h('a.badge.badge--sign', { href: link('settings', { show: 'mocks' }), 'data-testid': 'mock-sign', class: faults ? 'is-failed' : 'is-pinned', title: `${words} on: tasks do not answer as they would` },
      part('bug', faults, 'fault'), part('pin', pins, 'pin'), h('span.vh', null, ' on'));
  };
}

function liveSign() {
  const words = { live: ['Live', 'succeeded'], connecting: ['Connecting', 'waiting'], off: ['Offline', 'failed'] };
  return h('span.live', { role: 'status', 'data-testid': 'live', title: 'The stream of changes from the server' },
    () => { const [word, kind] = words[connection()]; return [h('span.dot', { class: `is-${kind}` }), h('span.word', null, word)]; });
}

// sheet lists the keys that are bound at the moment.
function sheet() {
  const groups = Map.groupBy(bound.peek(), one => one.group);
  dialog('Keyboard shortcuts', close => [
    dialogHead('Keyboard', close),
    h('div.sheet', { tabindex: 0, role: 'group', 'aria-label': 'Keys' }, [...groups].map(([group, rows]) => h('section', null,
      h('h3.over', null, group),
      h('dl', null, rows.map(one => [h('dt', null, one.label), h('dd', null, keyCaps(one.key))]))))),
  ]);
}

function globalKeys() {
  keys('Everywhere', [
    ['mod+k', 'Search or run a command', palette],
    ['?', 'Show the keys', sheet],
    ['g h', 'Go to start', () => go()],
    ...nav.map(([name, label]) => [`g ${name[0]}`, `Go to ${label.toLowerCase()}`, () => go(name)]),
    ['T', 'Next theme', nextTheme],
  ]);
}

mount(document.body, () => { globalKeys(); return shell(); });
