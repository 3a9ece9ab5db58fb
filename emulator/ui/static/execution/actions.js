// What can be done with an execution: stop, redrive, rerun, answer, skip, pause, and
// what it can be copied as.

import { h, signal } from '../core/view.js';
import { get, post } from '../core/api.js';
import { openDifference } from '../core/difference.js';
import { dialog, dialogHead, ask } from '../core/dialog.js';
import { icon } from '../core/icon.js';
import { go, link } from '../core/router.js';
import { server } from '../core/server.js';
import { machineOf } from '../core/mocks.js';
import { copy, failed, toast } from '../core/toast.js';
import { recordDialog, testDialog, setPin, stateItems } from '../mocking/dialogs.js';
import { compareWith } from '../compare.js';
import { pretty } from './data.js';
import { parse } from './history.js';
import { scopeName, visitNumber } from './run.js';
import { takenBy } from './inspector.js';

const CLOCK = [['a second', 1000], ['a minute', 60_000], ['an hour', 3_600_000], ['a day', 86_400_000]];

export function actionsOf(run) {
  const canAct = () => !run.imported && !server.overview()?.readOnly;
  const attempt = async (name, body, said) => {
    try {
      const answer = await post(name, body);
      if (said) toast(said, 'succeeded');
      await run.refresh();
      return answer;
    } catch (error) {
      failed(error);
      return null;
    }
  };

  const stop = async () => {
    if (await ask('Stop this execution?', 'It ends as ABORTED. What its tasks have done is not undone.', 'Stop execution', 'Keep running')) await attempt('stop', { arn: run.arn, error: '', cause: '' }, '');
  };
  const redrive = async () => { if (await attempt('redrive', { arn: run.arn }, 'Redriven: it goes on from what failed.')) run.goLive(); };
  const started = answer => {
    if (!answer) return;
    if (answer.arn) go('x', answer.arn); else toast('Started. Nothing is kept of an Express execution.', 'succeeded');
  };
  const rerun = async () => started(await attempt('rerun', { arn: run.arn, name: '', input: null, from: null }, ''));
  const pause = () => attempt('pause', { arn: run.arn }, '');
  const resume = () => attempt('resume', { arn: run.arn }, '');
  const advance = ms => attempt('advance', { milliseconds: ms }, '');
  const skipWait = visit => attempt('skip-wait', { arn: run.arn, visit: visitNumber(run, visit) }, '');

  /** Rerun with the input in an editor; from a visit if one is given. */
  async function rerunWith(from = null) {
    const visit = from && rootVisit(from);
    const text = signal(pretty(parse(run.execution.peek().input || '{}')));
    const definition = signal(visit ? 'then' : 'now');
    const value = await dialog(visit ? `Rerun from ${visit.state}` : 'Rerun with another input', close => [
      dialogHead(visit ? `Rerun from ${visit.state}` : 'Rerun with another input', close),
      h('div.dialog-body.col', null,
        h('p.sm.t2', null, visit ? 'A new execution. Tasks that ended before this state get the results that they had and are not called again.' : 'A new execution of the same state machine.'),
        run.execution.peek().changed && h('div.field', null, h('span.lab', null, 'Definition'),
          h('div.row', null, h('div.seg', { role: 'group', 'aria-label': 'Definition' }, [['then', 'as then'], ['now', 'as now']].map(([value, word]) => h('button', {
            'data-testid': `rerun-${value}`, 'aria-pressed': () => String(definition() === value), onclick: () => definition.set(value),
          }, word))), h('button.btn.btn--sm.btn--ghost', { 'data-testid': 'rerun-definitions', onclick: definitionChanged }, 'Show the difference'))),
        editor('Input', 'rerun-input', text)),
      h('footer', null, h('button.btn', { 'data-testid': 'rerun-cancel', onclick: () => close() }, 'Cancel'),
        h('button.btn.btn--pri', { 'data-testid': 'rerun-do', disabled: () => Boolean(jsonProblem(text())), onclick: () => close({ input: text.peek() }) }, visit ? `Rerun from ${visit.state}` : 'Start execution')),
    ]);
    if (!value) return;
    const unchanged = JSON.stringify(parse(value.input)) === JSON.stringify(parse(run.execution.peek().input || '{}'));
    started(await attempt('rerun', { arn: run.arn, name: '', input: unchanged ? null : value.input, from: visit ? visitNumber(run, visit) : null, definition: definition.peek() }, ''));
  }
  const rerunFrom = visit => rerunWith(visit);

  /** The visit at the root that a visit lies in: where a rerun can begin. */
  function rootVisit(visit) {
    let v = visit;
    while (v?.around) v = v.around;
    return v ?? null;
  }

  /** Answers a task that waits: with an output, or with an error. */
  async function answer(task) {
    const output = signal('{}'), error = signal('Failed'), cause = signal(''), fails = signal(false), keep = signal(false);
    const title = task.kind === 'held' ? `Mock ${task.state}` : `Answer ${task.state}`;
    const value = await dialog(title, close => [
      dialogHead(title, close),
      h('div.dialog-body.col', null,
        h('p.sm.t2', null, task.kind === 'held' ? 'Nothing is set up for this task. What you give here is its result.' : task.kind === 'activity' ? 'As a worker of the activity would answer.' : 'As whoever has the task token would answer.'),
        h('details.jn', null, h('summary', { 'data-testid': 'answer-show-input' }, icon('right', 12), 'What the task was called with'), h('pre.raw', null, pretty(parse(task.input)))),
        h('div.seg', { role: 'group', 'aria-label': 'Answer with' },
          h('button', { 'data-testid': 'answer-succeed', 'aria-pressed': () => String(!fails()), class: () => !fails() && 'is-on', onclick: () => fails.set(false) }, 'Result'),
          h('button', { 'data-testid': 'answer-fail', 'aria-pressed': () => String(fails()), class: () => fails() && 'is-on', onclick: () => fails.set(true) }, 'Error')),
        () => (fails()
          ? [field('Error', h('input.in', { 'data-testid': 'answer-error', 'aria-label': 'Error', value: error, oninput: event => error.set(event.target.value) })), field('Cause', h('input.in', { 'data-testid': 'answer-cause', 'aria-label': 'Cause', value: cause, oninput: event => cause.set(event.target.value) }))]
          : editor('Result', 'answer-output', output)),
        task.kind === 'held' && rememberBox(keep, 'answer-remember')),
      h('footer', null, h('button.btn', { 'data-testid': 'answer-cancel', onclick: () => close() }, 'Cancel'),
        h('button.btn.btn--pri', { 'data-testid': 'answer-do', disabled: () => !fails() && Boolean(jsonProblem(output())), onclick: () => close(fails.peek() ? { error: error.peek(), cause: cause.peek() } : { output: output.peek() }) }, () => (keep() ? 'Pin and go on' : fails() ? 'Send failure' : 'Send success'))),
    ]);
    if (!value) return;
    if (keep.peek()) {
      await setPin({ machine: machineOf(task.machine.split(':').at(-1)), state: task.state, ...value });
      return;
    }
    await attempt(value.output !== undefined ? 'answer' : 'fail', { id: task.id, ...value }, '');
  }

  const markdown = () => {
    const fold = run.fold, visit = fold.failedVisit, x = run.execution.peek();
    const failure = visit?.failure ?? fold.failure;
    return [`### ${failure?.error || x.status} in ${visit ? `\`${visit.state}\`` : 'the execution'} of ${x.machineName || 'a state machine'}`, '',
      visit && scopeName(visit.scope) && `Where: ${scopeName(visit.scope)}`, visit && `Attempts: ${Math.max(1, visit.attempts.length)}`, visit && failure && `Taken by: ${takenBy(fold, visit, failure, fold.state(visit.scope.path, visit.state))}`,
      '', '```', failure?.cause ?? '', '```', '', visit && 'Input:', visit && '', visit && '```json', visit && pretty(parse(visit.input)), visit && '```', '', `Execution: \`${x.arn}\``].filter(line => line !== null && line !== false && line !== undefined).join('\n');
  };

  /** The same start as a command or a program. */
  const copyItems = () => {
    const x = run.execution.peek();
    const endpoint = server.overview.peek()?.endpoint || location.origin;
    return Object.entries(startSnippets(x.machine, x.input || '{}', endpoint, x.machine.split(':')[3] || 'us-east-1'))
      .map(([name, text]) => ({ label: name, icon: 'terminal', id: `copy-${name.toLowerCase().replace(/\W+/g, '-')}`, run: () => copy(text, `Copied as ${name}`) }));
  };
  /** The definition that the execution runs, and the one that its state machine has now. */
  const definitionChanged = async () => {
    const x = run.execution.peek();
    try {
      const now = await get('machine', { arn: x.machine });
      openDifference('Definition changed since', x.definition, now.definition, { names: ['Of this execution', 'Now'] });
    } catch (error) { failed(error); }
  };
  const download = () => { const a = h('a', { href: run.imported ? importedURL(run) : `/_ui/api/export?arn=${encodeURIComponent(run.arn)}`, download: `${(run.execution.peek().name || 'history').replace(/[^\w.-]/g, '_')}.json` }); document.body.append(a); a.click(); a.remove(); };
  const moreItems = () => [
    canAct() && run.running.peek() && (run.execution.peek().paused ? { label: 'Resume', icon: 'play', id: 'resume', run: resume } : { label: 'Pause', icon: 'dbg-pause', id: 'pause', run: pause }),
    { label: 'Copy ARN', icon: 'copy', id: 'copy-arn', run: () => copy(run.execution.peek().arn, 'ARN copied') },
    { label: 'Copy link', icon: 'link', id: 'copy-link', run: () => copy(location.href, 'Link copied') },
    canAct() && !run.running.peek() && { label: 'Record as a test', icon: 'test', id: 'record-test', run: () => testDialog(run.execution.peek()) },
    canAct() && { label: 'Record as a mock configuration', icon: 'test', id: 'record', run: () => recordDialog(run.execution.peek()) },
    !run.imported && { label: 'Compare with …', icon: 'columns', id: 'compare', run: () => compareWith(run.execution.peek()) },
    run.execution.peek().changed && { label: 'Definition then and now', icon: 'file', id: 'definition-changed', run: definitionChanged },
    { label: 'Download history', icon: 'download', id: 'download', run: download },
    { label: 'Open an exported history', icon: 'upload', id: 'open-history', run: () => go('x') },
    ...(canAct() && server.overview.peek()?.virtual ? ['-', 'The virtual clock', ...CLOCK.map(([label, ms]) => ({ label: `Advance by ${label}`, icon: 'clock-ff', id: `advance-${label.replace(' ', '-')}`, run: () => advance(ms) }))] : []),
    '-', 'Start the same as', ...copyItems(),
  ];
  const rerunItems = () => [
    { label: 'Rerun with the same input', icon: 'rerun', id: 'rerun-same', run: rerun },
    { label: 'Rerun with another input', icon: 'edit', id: 'rerun-edit', run: () => rerunWith() },
    run.selected.peek() && visitNumber(run, rootVisit(run.selected.peek())) >= 0 && { label: `Rerun from ${rootVisit(run.selected.peek()).state}`, icon: 'fork', id: 'rerun-selected', run: () => rerunFrom(run.selected.peek()) },
  ];

  /** What an attempt of a task has led to, to pin it; null if it has not ended. */
  const outcomeOf = attempt => {
    if (!attempt?.ended || attempt.ended > run.n.peek()) return null;
    if (attempt.failure) return { error: attempt.failure.error || 'Failed', cause: attempt.failure.cause ?? '' };
    return attempt.output === undefined ? null : { output: attempt.output };
  };
  const machineName = () => machineOf(run.execution.peek()?.machineName);
  const mockItems = (state, visit) => stateItems(machineName(), state, outcomeOf(visit?.attempts.findLast(a => outcomeOf(a))));

  /** Where the state machine is edited with the data of this execution; "" if it cannot be: of a trial run, or a child of a Map Run. */
  const debuggable = () => {
    const machine = run.execution()?.machine ?? '';
    return canAct() && machine && !/:aslocal-trial-|\//.test(machine) ? link('edit', machine, { debug: run.arn }) : '';
  };

  return { canAct, debuggable, machineName, outcomeOf, mockItems, stop, redrive, rerun, rerunWith, rerunFrom, rootVisit, pause, resume, skipWait, answer, markdown, definitionChanged, moreItems, rerunItems, download };
}

function importedURL(run) {
  const events = run.fold.events.map(e => ({ timestamp: new Date(e.at).toISOString(), type: e.type, id: e.id, previousEventId: e.previousEventId, ...(e.name ? { [e.name]: e.details } : {}) }));
  return URL.createObjectURL(new Blob([JSON.stringify({ events }, null, 2)], { type: 'application/json' }));
}

/** Whether an answer is kept for the next calls of the state, as a pin. */
function rememberBox(keep, testid) {
  return h('label.row.tick', null, h('input', { type: 'checkbox', 'data-testid': testid, checked: keep, onchange: event => keep.set(event.target.checked) }), 'Remember: pin this for the next calls of the state, too');
}

function field(label, control) { return h('div.field', null, h('span.lab', null, label), control); }

/** A text area for JSON that says what is wrong, where. */
export function editor(label, testid, text) {
  return h('div.field', null, h('label', { for: testid }, label),
    h('textarea.code', { id: testid, 'data-testid': testid, rows: 10, spellcheck: 'false', value: text, 'aria-invalid': () => String(Boolean(jsonProblem(text()))), oninput: event => text.set(event.target.value) }),
    () => { const problem = jsonProblem(text()); return problem ? h('div.err', { role: 'alert', 'data-testid': `${testid}-problem` }, problem) : null; });
}

/** Why a text is no JSON; "" if it is. */
export function jsonProblem(text) {
  try { JSON.parse(text); return ''; } catch (error) { return error.message; }
}

/** A text in single quotes for a POSIX shell. */
function shell(text) { return `'${text.replace(/'/g, `'\\''`)}'`; }

/** How to start an execution of a machine with an input, by tool or language. */
export function startSnippets(machine, input, endpoint, region) {
  const compact = JSON.stringify(parse(input));
  const quoted = JSON.stringify(compact);
  return {
    'aws command': `aws stepfunctions start-execution --endpoint-url ${shell(endpoint)} --region ${region} \\\n  --state-machine-arn ${shell(machine)} \\\n  --input ${shell(compact)}`,
    curl: `curl -s ${shell(endpoint)} \\\n  -H 'Content-Type: application/x-amz-json-1.0' \\\n  -H 'X-Amz-Target: AWSStepFunctions.StartExecution' \\\n  -d ${shell(JSON.stringify({ stateMachineArn: machine, input: compact }))}`,
    Go: `cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion(${JSON.stringify(region)}))\nif err != nil {\n\treturn err\n}\nclient := sfn.NewFromConfig(cfg, func(o *sfn.Options) { o.BaseEndpoint = aws.String(${JSON.stringify(endpoint)}) })\nout, err := client.StartExecution(ctx, &sfn.StartExecutionInput{\n\tStateMachineArn: aws.String(${JSON.stringify(machine)}),\n\tInput:           aws.String(${quoted}),\n})`,
    Python: `import boto3\n\nclient = boto3.client("stepfunctions", endpoint_url=${JSON.stringify(endpoint)}, region_name=${JSON.stringify(region)})\nresponse = client.start_execution(\n    stateMachineArn=${JSON.stringify(machine)},\n    input=${quoted},\n)`,
    JavaScript: `import { SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";\n\nconst client = new SFNClient({ endpoint: ${JSON.stringify(endpoint)}, region: ${JSON.stringify(region)} });\nconst response = await client.send(new StartExecutionCommand({\n  stateMachineArn: ${JSON.stringify(machine)},\n  input: ${quoted},\n}));`,
  };
}
