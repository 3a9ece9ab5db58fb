// One state machine: its executions, graph, definition, versions and aliases.

import { computed, effect, h, signal, untrack } from '../core/view.js';
import { get, resource } from '../core/api.js';
import { commands } from '../core/commands.js';
import { icon } from '../core/icon.js';
import { jsonText } from '../core/json.js';
import { pretty } from '../core/jsontext.js';
import { keys } from '../core/keys.js';
import { mocks } from '../core/mocks.js';
import { on } from '../core/live.js';
import { amend, go, link, place } from '../core/router.js';
import { server } from '../core/server.js';
import { empty, shown } from '../core/shown.js';
import { tabs } from '../core/tabs.js';
import { relative } from '../core/time.js';
import { copy } from '../core/toast.js';
import { mockList } from '../mocking/list.js';
import { startExecution } from '../start.js';
import { executions } from './executions.js';

export function page(arn) {
  const machine = resource(abort => get('machine', { arn }, abort));
  on('machines', machine.reload);
  const run = () => startExecution(arn);
  const writable = () => !server.overview()?.readOnly;
  keys('Machine', [['r', 'Start an execution', () => (writable() ? run() : false)], ['e', 'Edit', () => (writable() ? go('edit', machineOf(arn)) : false)]]);
  commands('This machine', [{ label: 'Edit', icon: 'edit', key: 'e', run: () => go('edit', machineOf(arn)) }, { label: 'Start execution', icon: 'play', key: 'r', run }, { label: 'Copy ARN', icon: 'copy', run: () => copy(arn, 'ARN copied') }]);
  if (untrack(() => place().query.run)) { amend({ run: '' }); queueMicrotask(run); }
  const chosen = signal(place.peek().query.tab ?? 'executions');
  effect(() => { if (chosen() !== (place.peek().query.tab ?? 'executions')) amend({ tab: chosen() === 'executions' ? '' : chosen() }); });
  const name = arn.split(':').at(-1);
  return [
    h('div.head', null,
      h('div.crumb', null, h('a', { href: link('machines'), 'data-testid': 'crumb' }, 'Machines'), icon('right', 12), h('h1.trunc', { title: name }, name)),
      () => machine.data() && [h('span.badge', null, machine.data().type === 'EXPRESS' ? 'Express' : 'Standard'), h('span.mono.t3.trunc.hide-s', { title: machine.data().source }, machine.data().source)],
      h('span.grow'),
      h('button.btn.btn--ghost.btn--icon', { 'data-testid': 'copy-arn', 'aria-label': 'Copy ARN', title: 'Copy ARN', onclick: () => copy(arn, 'ARN copied') }, icon('copy')),
      () => writable() && h('a.btn', { 'data-testid': 'edit-here', href: link('edit', machineOf(arn)) }, icon('edit'), 'Edit'),
      () => writable() && h('button.btn.btn--pri', { 'data-testid': 'start-here', onclick: run }, icon('play'), 'Start execution')),
    h('div.page.page--fill', null, shown(machine, data => {
      const has = computed(() => data().versions.length + data().aliases.length);
      return untrack(() => [
        () => data().note && h('p.notice', null, icon('info', 14), data().note),
        () => data().comment && h('p.t2', null, data().comment),
        tabs('Machine', [
          ['executions', 'Executions', () => untrack(() => (data().type === 'EXPRESS'
            ? empty('Nothing is kept of Express executions', 'As on AWS, their events go to a log. Start one to see how it ends.', h('button.btn', { 'data-testid': 'empty-start', onclick: run }, 'Start execution'))
            : executions(arn)))],
          ['graph', 'Graph', () => h('div.card.clip.figure', { tabindex: 0, role: 'group', 'aria-label': 'Graph' }, h('img', { src: `/_ui/api/graph.svg?${new URLSearchParams({ arn })}#${data().updated}`, alt: `Graph of ${name}` }))],
          ['definition', 'Definition', () => definition(data())],
          ['mocks', ['Mocks', () => { const n = mocked(name); return n > 0 && h('span.n', null, n); }], () => h('div.card.clip', null, mockList(name, tasksOf(data().graph)))],
          ['versions', ['Versions', () => has() > 0 && h('span.n', null, has())], () => versions(data())],
        ], chosen),
      ]);
    })),
  ];
}

// tasksOf lists the Task states of a graph.
function tasksOf(graph) { return [...new Set((graph?.nodes ?? []).filter(node => node.type === 'Task' && node.name).map(node => node.name))]; }

// mocked counts the pins and faults of a state machine that are on.
function mocked(name) {
  const { pins, faults } = mocks.all();
  return pins.filter(pin => pin.machine === name && !pin.off).length + faults.filter(fault => (fault.machine === '' || fault.machine === name) && !fault.off).length;
}

// machineOf is the ARN of a state machine without a version or an alias.
function machineOf(arn) { return arn.split(':').slice(0, 7).join(':'); }

function definition(machine) {
  return h('div.card.clip', null,
    h('header', null, h('span.sm.t2.trunc', null, `Role ${machine.roleArn}`), h('span.grow'), h('button.btn.btn--sm', { 'data-testid': 'copy-definition', onclick: () => copy(machine.definition, 'Definition copied') }, icon('copy', 14), 'Copy')),
    jsonText(pretty(machine.definition), 'Definition'));
}

function versions(machine) {
  const all = [...machine.aliases.map(one => [one, 'alias']), ...machine.versions.map(one => [one, 'version'])];
  if (!all.length) return empty('No versions yet', 'PublishStateMachineVersion makes one; an alias points to one or two.');
  return h('div.card.clip', null, h('div.table', { role: 'table', 'aria-label': 'Versions and aliases', style: { '--cols': '80px minmax(0,1fr) 120px 40px' } },
    h('div.tr.tr--head', { role: 'row' }, ['Kind', 'Name', 'Created', ''].map(text => h('span', { role: 'columnheader' }, text || h('span.vh', null, 'Actions')))),
    all.map(([one, kind]) => h('div.tr', { role: 'row' }, h('span', { role: 'cell' }, kind), h('span.mono', { role: 'cell' }, one.name), h('span', { role: 'cell' }, relative(one.created)),
      h('span', { role: 'cell' }, h('button.btn.btn--sm.btn--ghost.btn--icon', { 'aria-label': `Copy ARN of ${one.name}`, 'data-testid': 'copy-version', onclick: () => copy(one.arn, 'ARN copied') }, icon('copy', 14)))))));
}
