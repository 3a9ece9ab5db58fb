// The lists of pins and faults, of one state machine or of all.

import { each, h } from '../core/view.js';
import { icon } from '../core/icon.js';
import { faultText, mocks, pinText } from '../core/mocks.js';
import { link } from '../core/router.js';
import { server } from '../core/server.js';
import { empty } from '../core/shown.js';
import { faultDialog, pinDialog, removeFault, setFault, setPin, toggle, unpin } from './dialogs.js';

// mockList shows the pins and faults of a state machine, and adds some to its tasks, the states; of all
// state machines without a name.
export function mockList(machine = '', states = []) {
  const pins = () => mocks.all().pins.filter(pin => !machine || pin.machine === machine);
  const faults = () => mocks.all().faults.filter(fault => !machine || fault.machine === '' || fault.machine === machine);
  return h('div', { 'data-testid': 'mocks' },
    () => !pins().length && !faults().length && empty('Nothing is pinned and nothing is disturbed', 'A pin answers a task in place of what it calls, and a fault lets it fail, time out or come late. Choose the task here, or in an execution.'),
    () => machine && states.length > 0 && !server.overview()?.readOnly && adder(machine, states),
    h('ul.list.list--pad', { 'aria-label': 'Pins and faults' },
      each(pins, pin => JSON.stringify(pin), pin => pinRow(pin.peek(), machine)),
      each(faults, fault => JSON.stringify(fault), fault => faultRow(fault.peek(), machine))));
}

// adder pins a task, or adds a fault to it.
function adder(machine, states) {
  const select = h('select.in.grow', { 'aria-label': 'Task', 'data-testid': 'mock-state' }, states.map(state => h('option', { value: state }, state)));
  return h('div.row.wrap.mockadd', null, select,
    h('button.btn', { 'data-testid': 'mock-add-pin', onclick: () => pinDialog(machine, select.value) }, icon('pin', 14), 'Pin a result'),
    h('button.btn', { 'data-testid': 'mock-add-fault', onclick: () => faultDialog(machine, select.value) }, icon('bug', 14), 'Add a fault'));
}

function where(one, machine) {
  const arn = one.machine && server.machines()?.machines.find(m => m.name === one.machine)?.arn;
  return [h('b.m.trunc', { title: one.state }, one.state), !machine && (one.machine === '' ? h('span.t3.sm', null, 'in every machine') : arn ? h('a.t3.sm.trunc', { href: link('machine', arn, { tab: 'mocks' }), 'data-testid': 'mock-machine' }, one.machine) : h('span.t3.sm.trunc', null, one.machine))];
}

function row(testid, sign, kind, one, text, machine, label, change, edit, remove) {
  return h('li.row.wrap', { 'data-testid': testid, class: one.off && 'is-offrow' },
    toggle(label, () => !one.off, change, `${testid}-switch`),
    h('span.stat', { class: one.off ? 'is-skipped' : kind }, icon(sign, 14)),
    () => where(one, machine),
    h('span.t2.grow.trunc.mono.sm.mocktext', { title: text }, text),
    h('span.row.gap-1.mockacts', null,
      one.given && h('span.badge.hide-xs', { title: 'From aslocal.yaml, or an option of the Go test' }, 'settings'),
      h('button.btn.btn--sm.btn--ghost.btn--icon', { 'aria-label': `Edit: ${label}`, title: 'Edit', 'data-testid': `${testid}-edit`, onclick: edit }, icon('edit', 14)),
      h('button.btn.btn--sm.btn--ghost.btn--icon', { 'aria-label': `Remove: ${label}`, title: 'Remove', 'data-testid': `${testid}-remove`, onclick: remove }, icon('trash', 14))));
}

function pinRow(pin, machine) {
  return row('pin-row', 'pin', 'is-pinned', pin, pinText(pin), machine, `Pin of ${pin.state}`, () => setPin({ ...pin, off: !pin.off }), () => pinDialog(pin.machine, pin.state), () => unpin(pin));
}

function faultRow(fault, machine) {
  return row('fault-row', 'bug', 'is-failed', fault, faultText(fault), machine, `Fault in ${fault.state}: ${faultText(fault)}`, () => setFault({ ...fault, off: !fault.off }), () => faultDialog(fault.machine, fault.state, fault), () => removeFault(fault));
}
