// The run drawer: starts an execution of a machine. It remembers inputs, and knows a skeleton of the input
// from the paths that the definition reads.

import { computed, h, signal } from './core/view.js';
import { get, post, resource } from './core/api.js';
import { dialog, dialogHead } from './core/dialog.js';
import { editor } from './core/editor.js';
import { icon } from './core/icon.js';
import { jsonView } from './core/json.js';
import { pretty } from './core/jsontext.js';
import { recall, remember } from './core/memory.js';
import { go } from './core/router.js';
import { shellQuote } from './core/shell.js';
import { server } from './core/server.js';
import { shown } from './core/shown.js';
import { statusIcon, statusName, statusPill, statusWord } from './core/status.js';
import { tabs } from './core/tabs.js';
import { ago } from './core/time.js';
import { copy, failed } from './core/toast.js';

const kept = 5; // inputs remembered for a machine

// startExecution opens the drawer for a machine. options: input (JSON text to begin with).
// It goes to the execution that was started.
export async function startExecution(arn, { input = null } = {}) {
  const started = await dialog('Start execution', close => {
    const machine = resource(abort => get('machine', { arn }, abort));
    return shown(machine, data => drawer(data.peek(), input, close));
  }, 'drawer');
  if (started?.express) expressEnded(started);
  else if (started) go('x', started.arn);
}

// expressEnded shows how an Express execution ended: nothing is kept of it, so this is the only place.
function expressEnded(run) {
  return dialog('Express execution', close => [
    dialogHead('Express execution', close, statusPill(run.status)),
    h('div.dialog-body.col.gap-4', null,
      run.error && h('div.why', null, h('b', null, run.error), run.cause && h('p', null, run.cause)),
      jsonView(run.output, 'output', { empty: 'No output' }),
      h('p.sm.t3', null, 'Nothing is kept of Express executions, as on AWS.')),
  ], 'dialog.wide');
}

function drawer(machine, given, close) {
  const memory = recall(`inputs.${machine.arn}`, []);
  const skeleton = pretty(machine.skeleton || '{}');
  const input = signal(given ?? memory[0]?.input ?? skeleton), name = signal(''), testCase = signal(''), atFirst = signal(false), busy = signal(false), problem = signal(null);
  if (input.peek() === '{}' && machine.runs.length) { // nothing is known of the input but what was used
    get('execution', { arn: machine.runs[0].arn }).then(x => { if (input.peek() === '{}') input.set(pretty(x.input)); }, () => {});
  }
  const edit = editor(input, { label: 'Input', optional: true, submit: start });
  const badName = computed(() => (/^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]{0,80}$/.test(name()) ? null
    : 'A name has at most 80 characters and no spaces, brackets, quotes or any of ? * # % \\ ^ | ~ ` $ & , ; : /'));
  async function start() {
    if (busy.peek() || edit.problem.peek() || badName.peek()) return;
    busy.set(true);
    problem.set(null);
    try {
      const started = await post(atFirst.peek() ? 'debug/start' : 'start', { machine: machine.arn, name: name.peek(), input: input.peek(), testCase: testCase.peek() });
      if (input.peek().trim()) {
        remember(`inputs.${machine.arn}`, [{ input: input.peek(), at: Date.now() }, ...memory.filter(one => one.input !== input.peek())].slice(0, kept).filter(one => one.input.length < 50_000));
      }
      close(started);
    } catch (error) { problem.set(error); busy.set(false); }
  }
  const chosen = signal('input');
  const offer = (label, text, sign) => h('button.chip', {
    'data-testid': 'input-choice', 'aria-pressed': () => String(input() === text), class: () => input() === text && 'is-on', onclick: () => input.set(text),
  }, sign, label);
  const form = () => h('div.col.gap-5', null,
    h('div.row.wrap.gap-1', { role: 'group', 'aria-label': 'Inputs' },
      offer('Skeleton', skeleton),
      memory.map(one => offer(`used ${ago(one.at)}`, one.input)),
      machine.runs.slice(0, 3).map(run => h('button.chip', { 'data-testid': 'input-run', title: `Input of ${run.name}`, onclick: () => get('execution', { arn: run.arn }).then(x => input.set(pretty(x.input)), failed) },
        h('span.stat', { class: `is-${statusName(run.status)}` }, statusIcon(run.status, 12), h('span.vh', null, statusWord(run.status))), `run ${ago(run.started)}`))),
    edit.el,
    h('div.field', null, h('label', { for: 'run-name' }, 'Name', h('span.t3', null, 'optional')),
      h('div.in', { class: () => badName() && 'is-bad' }, h('input.mono', { id: 'run-name', 'data-testid': 'run-name', placeholder: 'made up if left empty', autocomplete: 'off', 'aria-invalid': () => String(badName() !== null), oninput: event => name.set(event.target.value) })),
      () => badName() && h('p.err', { role: 'alert' }, badName())),
    machine.testCases.length > 0 && h('div.field', null, h('label', { for: 'run-case' }, 'Mocks', h('span.t3', null, 'test case of the mock configuration')),
      h('select.in', { id: 'run-case', 'data-testid': 'run-case', onchange: event => testCase.set(event.target.value) }, h('option', { value: '' }, 'none'), machine.testCases.map(one => h('option', { value: one }, one)))),
    machine.type !== 'EXPRESS' && h('label.row.tick', null, h('input', { type: 'checkbox', 'data-testid': 'run-stop', checked: atFirst, onchange: event => atFirst.set(event.target.checked) }), 'Stop at the first state'));
  const command = () => {
    const text = ['aws stepfunctions start-execution', `--endpoint-url ${server.overview.peek()?.endpoint ?? location.origin}`, `--state-machine-arn ${shellQuote(machine.arn)}`,
      name.peek() && `--name ${shellQuote(name.peek())}`, `--input ${shellQuote(input.peek() || '{}')}`].filter(Boolean).join(' \\\n  ');
    return h('div.col', null, h('pre.code-block', { tabindex: 0, role: 'group', 'aria-label': 'Command' }, text), h('button.btn.self-start', { 'data-testid': 'copy-command', onclick: () => copy(text, 'Command copied') }, icon('copy'), 'Copy command'));
  };
  return [
    dialogHead(`Start ${machine.name}`, close),
    h('p.dialog-sub.xs.t3.trunc', null, `${machine.source || 'API'} · ${machine.type === 'EXPRESS' ? 'Express' : 'Standard'}`),
    tabs('Start', [['input', 'Input', form], ['command', 'As command', command]], chosen),
    () => problem() && h('p.why.drawer-error', { role: 'alert', 'data-testid': 'start-error' }, problem().message),
    h('footer', null, h('kbd.kbd.hide-s', null, 'Ctrl ↵'), h('span.grow'),
      h('button.btn', { 'data-testid': 'start-cancel', onclick: () => close() }, 'Cancel'),
      h('button.btn.btn--pri', { 'data-testid': 'start', disabled: () => busy() || edit.problem() !== null || badName() !== null, onclick: start }, icon('play'), 'Start execution')),
  ];
}
