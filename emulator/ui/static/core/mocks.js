// What answers tasks, or disturbs them, in place of what they call: the pins and faults of the server,
// kept true by the stream.

import { computed } from './view.js';
import { get, resource } from './api.js';
import { on } from './live.js';
import { server } from './server.js';
import { duration } from './time.js';

const none = { pins: [], faults: [], file: '' };
const known = computed(() => server.overview()?.readOnly === false);
const found = resource(abort => (known() ? get('mocks', {}, abort) : Promise.resolve(none)));
on('mocks', found.reload);

// mocks.all() is the last answer; mocks.on() counts those that are in force.
export const mocks = {
  all: () => found.data() ?? none,
  on: () => ({ pins: mocks.all().pins.filter(pin => !pin.off).length, faults: mocks.all().faults.filter(fault => !fault.off).length }),
  reload: found.reload,
};

// machineOf is the name of a state machine as pins and faults have it: children of a Map Run are of its machine.
export function machineOf(name) { return (name ?? '').split('/')[0]; }

// pinOf is the pin of a state, on or off, or undefined.
export function pinOf(machine, state) { return mocks.all().pins.find(pin => pin.machine === machine && pin.state === state); }

// faultsOf are the faults that are for a state, on or off.
export function faultsOf(machine, state) { return mocks.all().faults.filter(fault => fault.state === state && (fault.machine === '' || fault.machine === machine)); }

// pinText says what a pin answers.
export function pinText(pin) { return pin.error ? `fails with ${pin.error}` : `returns ${pin.output.length > 60 ? `${pin.output.slice(0, 60)}…` : pin.output}`; }

// faultText says what a fault does.
export function faultText(fault) {
  const what = fault.timeout ? 'times out' : fault.throttle ? 'is throttled' : fault.error ? `fails with ${fault.error}` : '';
  const late = fault.milliseconds ? `${what ? 'after' : 'comes late by'} ${duration(fault.milliseconds)}` : '';
  const chance = fault.probability > 0 && fault.probability < 1 ? `in ${Math.round(fault.probability * 1000) / 10} % of its calls` : '';
  const attempts = fault.attempts && (fault.attempts.includes('-') ? `in attempts ${fault.attempts}` : `in attempt ${fault.attempts}`);
  return [what, late, attempts, chance].filter(Boolean).join(' ');
}
