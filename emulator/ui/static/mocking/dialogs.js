// The dialogs of pins, faults, recordings, and of the place of what is missing.

import { effect, h, signal } from '../core/view.js';
import { post } from '../core/api.js';
import { dialog, dialogHead } from '../core/dialog.js';
import { editor } from '../core/editor.js';
import { icon } from '../core/icon.js';
import { faultsOf, mocks, pinOf } from '../core/mocks.js';
import { recall, remember } from '../core/memory.js';
import { copy, failed, toast } from '../core/toast.js';

// attempt does something that changes pins or faults, and says so; false if it was refused.
async function attempt(name, body, said = '') {
  try {
    const answer = await post(name, body);
    mocks.reload();
    if (said) toast(said, 'succeeded');
    return answer;
  } catch (error) { failed(error); return null; }
}

// setPin pins a state at once: to an output, or an error with its cause.
export const setPin = pin => attempt('pin', { machine: pin.machine, state: pin.state, output: pin.output ?? '', error: pin.error ?? '', cause: pin.cause ?? '', off: Boolean(pin.off) });
export const unpin = pin => attempt('unpin', { machine: pin.machine, state: pin.state }, `${pin.state} is called again.`);
export const setFault = fault => attempt('fault', { ...fault, given: false });
export const removeFault = fault => attempt('remove-fault', { id: fault.id });

// line is a field with one line of text.
function line(label, text, id, hint = '', more = {}) {
  return h('div.field', null, h('label', { for: id }, label), h('div.in', null, h('input.mono', { id, 'data-testid': id, value: text, spellcheck: 'false', autocomplete: 'off', 'aria-describedby': hint && `${id}-hint`, oninput: event => text.set(event.target.value), ...more })), hint && h('span.hint', { id: `${id}-hint` }, hint));
}

// choice is a row of buttons of which one is chosen: [value, label].
function choice(label, rows, chosen, testid) {
  return h('div.seg.seg--wrap', { role: 'group', 'aria-label': label }, rows.map(([value, text]) => h('button', { 'data-testid': `${testid}-${value}`, 'aria-pressed': () => String(chosen() === value), class: () => chosen() === value && 'is-on', onclick: () => chosen.set(value) }, text)));
}

// pinDialog pins a state; given is what to begin with: {output} or {error, cause}.
export async function pinDialog(machine, state, given = {}) {
  const before = pinOf(machine, state);
  const from = given.output || given.error ? given : before ?? { output: '{}' };
  const kind = signal(from.error ? 'error' : 'result');
  const output = signal(pretty(from.output || '{}')), error = signal(from.error || 'Failed'), cause = signal(from.cause ?? '');
  let edit;
  const wrong = () => (kind() === 'result' ? edit.problem() !== null : error() === '');
  const chosen = await dialog(`Pin the result of ${state}`, close => [
    (edit = editor(output, { label: 'Result' })) && dialogHead(`Pin the result of ${state}`, close),
    h('div.dialog-body.col.gap-4', null,
      h('p.sm.t2', null, 'Every call of this state, in all executions of ', h('b', null, machine), ', gets this answer instead of being made, until the pin is switched off or removed. Pins are kept over a restart.'),
      choice('What the call does', [['result', 'Result'], ['error', 'Error']], kind, 'pin-as'),
      () => (kind() === 'result' ? edit.el : h('div.col.gap-4', null, line('Error', error, 'pin-error-name', 'Retry and Catch see this name.'), line('Cause', cause, 'pin-cause')))),
    h('footer', null, before && h('button.btn', { 'data-testid': 'pin-remove', onclick: () => close('remove') }, icon('trash', 14), 'Remove pin'), h('span.grow'),
      h('button.btn', { 'data-testid': 'pin-cancel', onclick: () => close() }, 'Cancel'),
      h('button.btn.btn--pri', { 'data-testid': 'pin-do', disabled: wrong, onclick: () => close('pin') }, icon('pin', 14), 'Pin')),
  ]);
  if (chosen === 'remove') return unpin(before);
  if (chosen !== 'pin') return null;
  return setPin({ machine, state, ...kind.peek() === 'result' ? { output: output.peek() } : { error: error.peek(), cause: cause.peek() } });
}

function pretty(text) {
  try { return text.length > 20_000 || /\d{16}/.test(text) ? text : JSON.stringify(JSON.parse(text), null, 2); } catch { return text; } // long numbers would lose digits
}

const KINDS = [['error', 'Error'], ['timeout', 'Timeout'], ['throttle', 'Throttling'], ['latency', 'Latency only']];

// faultDialog adds a fault of a state, or changes one.
export async function faultDialog(machine, state, fault = null) {
  const text = key => signal(fault?.[key] ? String(fault[key]) : '');
  const kind = signal(fault ? (fault.timeout ? 'timeout' : fault.throttle ? 'throttle' : fault.error ? 'error' : 'latency') : 'error');
  const error = signal(fault?.error || 'Failed'), cause = text('cause'), milliseconds = text('milliseconds'), attempts = text('attempts'), seed = text('seed');
  const percent = signal(fault?.probability ? String(fault.probability * 100) : '');
  const everywhere = signal(fault ? fault.machine === '' : false);
  const problem = signal('');
  const made = () => ({
    id: fault?.id ?? 0, off: fault?.off ?? false, machine: everywhere.peek() ? '' : fault?.machine || machine, state,
    error: kind.peek() === 'error' ? error.peek() : '', cause: kind.peek() === 'error' ? cause.peek() : '', timeout: kind.peek() === 'timeout', throttle: kind.peek() === 'throttle',
    milliseconds: Number(milliseconds.peek()) || 0, attempts: attempts.peek().trim(), probability: percent.peek().trim() === '' ? 0 : Number(percent.peek()) / 100, seed: Number(seed.peek()) || 0,
  });
  // What was wrong is forgotten with the next change.
  const forget = () => { effect(() => { for (const field of [kind, error, cause, milliseconds, attempts, percent, seed, everywhere]) field(); problem.set(''); }); return null; };
  async function send(close) {
    const one = made();
    if (!Number.isSafeInteger(one.milliseconds) || one.milliseconds < 0 || /\D/.test(milliseconds.peek().trim())) return problem.set('Latency: expected a whole number of milliseconds.');
    if (percent.peek().trim() !== '' && !(one.probability > 0 && one.probability <= 1)) return problem.set('Probability: expected a number above 0, at most 100.');
    if (!Number.isSafeInteger(one.seed) || one.seed < 0 || /\D/.test(seed.peek().trim())) return problem.set('Seed: expected a whole number.');
    try {
      await post('fault', { ...one, given: false });
      mocks.reload();
      close(true);
    } catch (refused) { problem.set(refused.message); }
    return null;
  }
  return dialog(`Fault in ${state}`, close => [
    forget(),
    dialogHead(`Fault in ${state}`, close),
    h('div.dialog-body.col.gap-4', null,
      h('p.sm.t2', null, () => ({
        error: 'The call fails with this error. Where the state waits for a job or a token, that is what fails.',
        timeout: 'The task times out at once, or after the latency, as if its TimeoutSeconds were over.',
        throttle: 'The service refuses the call with its own error for too many requests.',
        latency: 'The call is made later, on the clock of the server.',
      })[kind()]),
      choice('What happens', KINDS, kind, 'fault-kind'),
      () => kind() === 'error' && h('div.pair', null, line('Error', error, 'fault-error-name'), line('Cause', cause, 'fault-cause')),
      h('div.pair', null,
        line('Latency in ms', milliseconds, 'fault-latency', 'Before the call, or its failure.', { inputmode: 'numeric' }),
        line('Attempts', attempts, 'fault-attempts', 'Of each visit: 1, or 2-3. Empty: all.')),
      h('div.pair', null,
        line('Probability in %', percent, 'fault-probability', 'Empty: always.', { inputmode: 'decimal' }),
        line('Seed', seed, 'fault-seed', 'The same seed gives the same.', { inputmode: 'numeric' })),
      h('div.row', null, toggle('In every state machine that has this state', () => everywhere(), () => everywhere.update(v => !v), 'fault-everywhere'), h('span', null, 'In every state machine that has this state')),
      () => problem() && h('p.err', { role: 'alert', 'data-testid': 'fault-problem' }, problem()),
      h('p.sm.t3', null, 'Faults end with the server. Those that shall stay belong under faults in aslocal.yaml.')),
    h('footer', null, fault && h('button.btn', { 'data-testid': 'fault-remove', onclick: async () => { if (await removeFault(fault)) close(true); } }, icon('trash', 14), 'Remove fault'), h('span.grow'),
      h('button.btn', { 'data-testid': 'fault-cancel', onclick: () => close() }, 'Cancel'),
      h('button.btn.btn--pri', { 'data-testid': 'fault-do', onclick: () => send(close) }, icon('bug', 14), fault ? 'Save fault' : 'Add fault')),
  ]);
}

// toggle is a switch.
export function toggle(label, on, change, testid) {
  return h('button.switch', { role: 'switch', 'aria-label': label, title: label, 'data-testid': testid, 'aria-checked': () => String(on()), class: () => on() && 'is-on', onclick: change });
}

// stateItems are the rows of a menu that pin a state and put faults into it. outcome is what to pin, or null.
export function stateItems(machine, state, outcome) {
  const pin = pinOf(machine, state), faults = faultsOf(machine, state);
  return [
    'Mock',
    outcome && { label: outcome.error ? `Pin this error: ${outcome.error}` : 'Pin this result', icon: 'pin', id: 'pin-this', run: () => setPin({ machine, state, ...outcome }).then(done => done && toast(`${state} is pinned.`, 'succeeded')) },
    { label: pin ? 'Edit the pin' : 'Pin a result or an error', icon: 'edit', id: 'pin-edit', run: () => pinDialog(machine, state, pin ? {} : outcome ?? {}) },
    pin && { label: pin.off ? 'Switch the pin on' : 'Switch the pin off', icon: pin.off ? 'pin' : 'eye', id: 'pin-switch', run: () => setPin({ ...pin, off: !pin.off }) },
    pin && { label: 'Remove the pin', icon: 'trash', id: 'pin-away', run: () => unpin(pin) },
    'Faults',
    { label: 'Add a fault', icon: 'bug', id: 'fault-add', run: () => faultDialog(machine, state) },
    ...faults.map(fault => ({ label: `${fault.off ? 'Switch on' : 'Switch off'}: ${shortFault(fault)}`, icon: 'bug', id: `fault-switch-${fault.id}`, run: () => setFault({ ...fault, off: !fault.off }) })),
    ...faults.map(fault => ({ label: `Edit: ${shortFault(fault)}`, icon: 'edit', id: `fault-edit-${fault.id}`, run: () => faultDialog(machine, state, fault) })),
  ];
}

function shortFault(fault) { return `${fault.timeout ? 'timeout' : fault.throttle ? 'throttling' : fault.error || 'latency'}${fault.attempts ? `, attempt ${fault.attempts}` : ''}`; }

// canPoint reports whether a held task can be given a URL.
export function canPoint(task) { return task.kind === 'held' && Boolean(task.function || task.service); }

// retryHeld calls a held task again, with what is set up now.
export function retryHeld(task) { return attempt('retry-held', { id: task.id }, `${task.state} is called again. If still nothing is set up for it, it waits on.`); }

// pointDialog says where the function or service of a held task is.
export async function pointDialog(task) {
  const name = task.function || task.service, what = task.function ? 'function' : 'service';
  const memory = `url.${what}.${name}`;
  const url = signal(recall(memory, '')), problem = signal(''), told = signal(null), busy = signal(false);
  async function send() {
    if (busy.peek() || !url.peek().trim()) return;
    busy.set(true);
    try {
      told.set(await post('point-to', { function: task.function, service: task.service, url: url.peek().trim() }));
      remember(memory, url.peek().trim());
    } catch (refused) { problem.set(refused.message); }
    busy.set(false);
  }
  return dialog(`Point ${name} to a URL`, close => [
    dialogHead(`Point ${name} to a URL`, close),
    () => (told() ? [
      h('div.dialog-body.col.gap-4', { 'data-testid': 'pointed' },
        h('p', null, `${name} is called at `, h('span.mono', null, url.peek()), ` until the server ends. ${told().called === 1 ? 'The task that waited for it is called again.' : `${told().called} tasks that waited for it are called again.`}`),
        h('p.sm.t2', null, 'To keep it, add these lines to aslocal.yaml:'),
        h('pre.raw', { tabindex: 0, 'aria-label': 'Lines of aslocal.yaml', 'data-testid': 'point-settings' }, told().settings)),
      h('footer', null, h('button.btn', { 'data-testid': 'point-copy', onclick: () => copy(told().settings, 'Lines copied') }, icon('copy', 14), 'Copy the lines'), h('span.grow'),
        h('button.btn.btn--pri', { 'data-testid': 'point-close', autofocus: true, onclick: () => close(true) }, 'Done')),
    ] : [
      h('div.dialog-body.col.gap-4', null,
        h('p.sm.t2', null, task.function ? 'An endpoint of Lambda\'s Invoke API, or of a container that has only this function.' : 'An endpoint that speaks the API of this service, or the word aws for AWS itself.'),
        line(`URL of the ${what}`, url, 'point-url', 'http://localhost:9000, for example', { autofocus: true, onkeydown: event => { if (event.key === 'Enter') { event.preventDefault(); send(); } } }),
        () => problem() && h('p.err', { role: 'alert', 'data-testid': 'point-problem' }, problem())),
      h('footer', null, h('button.btn', { 'data-testid': 'point-cancel', onclick: () => close() }, 'Cancel'),
        h('button.btn.btn--pri', { 'data-testid': 'point-do', disabled: () => busy() || !url().trim(), onclick: send }, icon('link', 14), 'Point and retry')),
    ]),
  ]);
}

// recordDialog makes a test case of an execution, to download.
export async function recordDialog(execution) {
  const name = signal('Recorded'), problem = signal(''), busy = signal(false);
  const fits = () => /^[\w.-]{1,80}$/.test(name());
  async function send(close) {
    busy.set(true);
    try {
      const answer = await fetch(`/_ui/api/mocks.json?${new URLSearchParams({ arn: execution.arn, case: name.peek() })}`);
      const text = await answer.text(); // as it is: a number keeps its digits
      if (!answer.ok) throw new Error(JSON.parse(text).message);
      download(text, 'MockConfigFile.json');
      close(true);
    } catch (refused) { problem.set(refused.message); }
    busy.set(false);
  }
  async function add(close) {
    busy.set(true);
    try {
      await post('record', { arn: execution.arn, case: name.peek() });
      toast(`The test case ${name.peek()} is in ${mocks.all().file}.`, 'succeeded');
      close(true);
    } catch (refused) { problem.set(refused.message); }
    busy.set(false);
  }
  return dialog('Record as a mock configuration', close => [
    dialogHead('Record as a mock configuration', close),
    h('div.dialog-body.col.gap-4', null,
      h('p.sm.t2', null, 'What the tasks of this execution have returned, errors and retries included, as a mock configuration of Step Functions Local. Tasks in the children of a Map Run are not in it.'),
      line('Name of the test case', name, 'record-name', '', { autofocus: true }),
      () => !fits() && h('p.err', { role: 'alert' }, 'Expected 1 to 80 letters, digits and ._-'),
      h('p.sm.t3', null, 'Served as ', h('span.mono', null, mocks.all().file || 'MockConfigFile.json'), ' it runs with ', h('span.mono.wrapany', null, () => `…stateMachine:${execution.machineName}#${name()}`)),
      () => problem() && h('p.err', { role: 'alert', 'data-testid': 'record-problem' }, problem())),
    h('footer', null, h('button.btn', { 'data-testid': 'record-cancel', onclick: () => close() }, 'Cancel'),
      h('button.btn', { 'data-testid': 'record-do', class: !mocks.all().adds && 'btn--pri', disabled: () => busy() || !fits(), onclick: () => send(close) }, icon('download', 14), 'Download'),
      mocks.all().adds && h('button.btn.btn--pri', { 'data-testid': 'record-add', title: mocks.all().file, disabled: () => busy() || !fits(), onclick: () => add(close) }, icon('save', 14), 'Add to the file')),
  ]);
}

// testDialog makes a test of an execution, to download.
export async function testDialog(execution) {
  const name = signal(`like ${execution.name}`), problem = signal(''), busy = signal(false);
  const file = `${execution.machineName}.test.yaml`;
  async function send(close) {
    busy.set(true);
    try {
      const answer = await fetch(`/_ui/api/test.yaml?${new URLSearchParams({ arn: execution.arn, case: name.peek().trim() })}`);
      const text = await answer.text();
      if (!answer.ok) throw new Error(JSON.parse(text).message);
      download(text, file, 'application/yaml');
      close(true);
    } catch (refused) { problem.set(refused.message); }
    busy.set(false);
  }
  return dialog('Record as a test', close => [
    dialogHead('Record as a test', close),
    h('div.dialog-body.col.gap-4', null,
      h('p.sm.t2', null, 'A test that repeats this execution: mocks of what its tasks have answered, errors and attempts included, and its status, output and path. Of ids, times and other values that vary, only the type is expected.'),
      line('Name of the case', name, 'test-name', '', { autofocus: true }),
      h('p.sm.t3', null, 'Beside the definition, ', h('span.mono', null, 'aslocal test'), ' runs ', h('span.mono.wrapany', null, file)),
      () => problem() && h('p.err', { role: 'alert', 'data-testid': 'test-problem' }, problem())),
    h('footer', null, h('button.btn', { 'data-testid': 'test-cancel', onclick: () => close() }, 'Cancel'),
      h('button.btn.btn--pri', { 'data-testid': 'test-do', disabled: () => busy() || !name().trim(), onclick: () => send(close) }, icon('download', 14), 'Download')),
  ]);
}

function download(text, name, type = 'application/json') {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const a = h('a', { href: url, download: name });
  document.body.append(a);
  a.click();
  a.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
