// What the bar of the editor offers: save with the difference shown first, compare, run, export, publish.

import { h, signal, untrack } from '../core/view.js';
import { get, post } from '../core/api.js';
import { aws } from '../core/aws.js';
import { dialog, dialogHead } from '../core/dialog.js';
import { difference as differenceView } from '../core/difference.js';
import { editor } from '../core/editor.js';
import { icon } from '../core/icon.js';
import { recall, remember } from '../core/memory.js';
import { server } from '../core/server.js';
import { plural } from '../core/time.js';
import { copy, failed, toast } from '../core/toast.js';
import { menu as openMenu } from '../execution/menu.js';
import { download, exportAs } from './export.js';
import { merge } from './merge.js';
import { mockOf } from './notebook.js';

export { exportAs };

/** Shows what has changed since the document was saved. */
export function difference({ store }) {
  return dialog('What has changed', close => [
    dialogHead('What has changed', close),
    h('div.dialog-body.difference-body', null, differenceView(store.saved.peek() ?? '', store.text.peek(), { format: 'text', names: ['Saved', 'Here'] })),
  ], 'dialog.wide');
}

const errorsOf = store => store.problems.peek().filter(one => one.severity === 'ERROR').length;

/** Saves the document to where it came from, after the difference was seen. */
export async function save(ed) {
  const { store } = ed;
  if (!store.dirty.peek()) return;
  const about = store.file.peek();
  if (!about.savable) return elsewhere(ed);
  const errors = errorsOf(store), where = about.path || (about.arn ? `state machine ${about.name}` : `new state machine ${about.name}`);
  const sure = await dialog('Save', close => [
    dialogHead(store.saved.peek() === null ? `Save a new file` : 'Save', close),
    h('div.dialog-body.difference-body', null,
      errors > 0 && h('p.notice', { 'data-testid': 'save-errors' }, icon('st-caught', 14), about.path ? `There are ${plural(errors, 'error')}: the file is saved, and what is registered stays as it was until they are gone.` : `There are ${plural(errors, 'error')}: the API will refuse it.`),
      differenceView(store.saved.peek() ?? '', store.text.peek(), { format: 'text', names: ['Saved', 'Here'], label: 'What is saved' })),
    h('footer', null,
      h('button.btn', { 'data-testid': 'save-cancel', onclick: () => close() }, 'Keep editing'),
      h('button.btn.btn--pri', { 'data-testid': 'save-do', autofocus: true, onclick: () => close(true) }, icon('save'), `Save to ${where}`)),
  ], 'dialog.wide');
  if (sure) await write(ed, about.hash);
}

// write saves the text over what has the hash; if that has changed, the user chooses.
async function write(ed, hash) {
  const { store } = ed, about = store.file.peek(), text = store.text.peek();
  if (!about.path && !about.arn) return createMachine(ed, text);
  try {
    const { hash: now } = await post('save', about.path ? { path: about.path, text, hash } : { arn: about.arn, text, format: about.format, hash });
    store.written(text, { hash: now });
    toast(about.path ? `Saved to ${about.path}` : 'The state machine is updated', 'succeeded');
    ed.settled?.();
  } catch (error) {
    if (error.status !== 409) throw error;
    if (error.code === 'Gone') { store.written(null, { hash: '' }); throw error; }
    store.theirs.set({ text: error.body.text, hash: error.body.hash });
    await compareTheirs(ed);
  }
}

async function createMachine(ed, text) {
  const { store } = ed, about = store.file.peek();
  const { text: definition } = await post('convert', { ...store.body(), to: 'JSON' });
  const made = await aws('CreateStateMachine', { name: about.name, definition, type: about.type, roleArn: `arn:aws:iam::${server.overview.peek()?.account ?? '123456789012'}:role/aslocal` });
  const now = await get('document', { arn: made.stateMachineArn });
  store.written(text, { arn: made.stateMachineArn, hash: now.hash });
  server.reloadMachines();
  toast(`${about.name} is created`, 'succeeded');
  ed.settled?.();
}

// elsewhere offers what can be done with a text that cannot be saved to where it came from.
function elsewhere({ store }) {
  const { why, name, format } = store.file.peek();
  return dialog('Save', close => [
    dialogHead('This cannot be saved here', close),
    h('p.dialog-body', null, `${why[0]?.toUpperCase() ?? ''}${why.slice(1)}.`),
    h('footer', null,
      h('button.btn', { 'data-testid': 'elsewhere-copy', onclick: () => { copy(store.text.peek(), 'Copied'); close(); } }, icon('copy'), 'Copy the text'),
      h('button.btn.btn--pri', { 'data-testid': 'elsewhere-download', onclick: () => { download(`${name || 'machine'}.asl.${format === 'YAML' ? 'yaml' : 'json'}`, store.text.peek()); close(); } }, icon('download'), 'Download')),
  ]);
}

/** Shows what was written elsewhere meanwhile beside what is here, and lets the user choose. */
export async function compareTheirs(ed) {
  const { store } = ed, theirs = store.theirs.peek(), base = store.saved.peek() ?? '';
  const merged = await merge(base, store.text.peek(), theirs.text).catch(() => null);
  const chosen = await dialog('Changed in two places', close => [
    dialogHead('Changed in two places', close),
    h('div.dialog-body.difference-body', null,
      h('p', { 'data-testid': 'merge-note' }, merged !== null ? 'The changes here and those of the file touch different lines: they can be put together.' : 'The changes here and those of the file touch the same lines.'),
      differenceView(theirs.text, store.text.peek(), { format: 'text', names: ['In the file', 'Here'], label: 'The file and what is here' })),
    h('footer', null,
      h('button.btn', { 'data-testid': 'take-theirs', onclick: () => close('theirs') }, 'Take the file'),
      h('button.btn', { 'data-testid': 'keep-mine', onclick: () => close('mine') }, 'Keep what is here'),
      merged !== null && h('button.btn.btn--pri', { 'data-testid': 'merge', autofocus: true, onclick: () => close('merge') }, 'Put both together')),
  ], 'dialog.wide');
  if (!chosen) return;
  store.written(theirs.text, { hash: theirs.hash });
  if (chosen === 'theirs') store.replace(theirs.text);
  if (chosen === 'merge') store.replace(merged);
}

/** Publishes a version of the state machine as it is registered. */
export async function publish({ store }) {
  const { arn, name } = store.file.peek(), description = signal('');
  const sure = await dialog('Publish a version', close => [
    dialogHead('Publish a version', close),
    h('div.dialog-body.col.gap-5', null,
      h('p', null, store.dirty.peek() ? `The version is made of ${name} as it was saved last, without the changes since.` : `The version is made of ${name} as it is registered now.`),
      h('div.field', null, h('label', { for: 'publish-description' }, 'Description', h('span.t3', null, 'optional')), h('div.in', null, h('input', { id: 'publish-description', 'data-testid': 'publish-description', maxlength: 256, oninput: event => description.set(event.target.value) })))),
    h('footer', null, h('button.btn', { onclick: () => close(), 'data-testid': 'publish-cancel' }, 'Cancel'), h('button.btn.btn--pri', { 'data-testid': 'publish-do', onclick: () => close(true) }, 'Publish')),
  ]);
  if (!sure) return;
  const version = await post('publish', { arn, description: description.peek() });
  toast(`Version ${version.name} is published`, 'succeeded');
}

/** The menu of the bar. */
export function menu(ed, opener) {
  const { store } = ed, about = store.file.peek();
  const act = run => () => Promise.resolve(run()).catch(failed);
  openMenu(opener, 'Editor', [
    { id: 'menu-export', label: 'Export …', icon: 'download', run: act(() => exportAs(ed)) },
    { id: 'menu-download', label: 'Download the text', icon: 'file', run: act(() => download(about.path.split('/').at(-1) || `${about.name || 'machine'}.asl.${about.format.toLowerCase()}`, store.text.peek())) },
    { id: 'menu-format', label: 'Format the text', icon: 'list', run: act(() => store.apply([{ op: 'format' }])) },
    { id: 'menu-publish', label: 'Publish a version …', icon: 'save', disabled: !about.arn, run: act(() => publish(ed)) },
    { id: 'menu-revert', label: 'Back to what was saved', icon: 'undo', disabled: !store.dirty.peek() || store.saved.peek() === null, run: act(() => store.replace(store.saved.peek())) },
  ]);
}

/** Runs the text as a whole, without saving it. */
export async function run(ed) {
  const { store } = ed, about = store.file.peek(), key = `trial.${about.path || about.arn || about.name}`;
  const input = signal(recall(key, '{}')), mocks = signal(recall(`${key}.mocks`, {})), problem = signal(null), busy = signal(false);
  const tasks = tasksOf(store.definition.peek());
  const started = await dialog('Run', close => {
    const edit = editor(input, { label: 'Input', optional: true, submit: start });
    async function start() {
      if (edit.problem.peek() || busy.peek()) return;
      busy.set(true);
      try {
        remember(key, input.peek());
        remember(`${key}.mocks`, mocks.peek());
        const used = Object.fromEntries(Object.entries(mocks.peek()).filter(([state, one]) => one.on && tasks.has(state)).map(([state, { result, error, cause }]) => [state, { result: error ? '' : result, error, cause }]));
        close(await post('run-draft', { ...store.body(), name: about.name || about.path, input: input.peek(), mocks: used }));
      } catch (error) { problem.set(error); busy.set(false); }
    }
    return [
      dialogHead('Run as it is drawn', close),
      h('p.dialog-sub.xs.t3', null, 'A trial run: nothing is saved, and it is in no list of executions.'),
      h('div.dialog-body.col.gap-5.run-body', null, h('div.field', null, h('span.lab', null, 'Input'), edit.el), mockList(tasks, mocks)),
      () => problem() && h('p.why.drawer-error', { role: 'alert', 'data-testid': 'run-error' }, problem().message),
      h('footer', null, h('kbd.kbd.hide-s', null, 'Ctrl ↵'), h('span.grow'), h('button.btn', { 'data-testid': 'run-cancel', onclick: () => close() }, 'Cancel'),
        h('button.btn.btn--pri', { 'data-testid': 'run-start', disabled: () => busy() || edit.problem() !== null, onclick: start }, icon('play'), 'Run')),
    ];
  }, 'drawer');
  if (started) ed.follow(started.arn);
}

/** The states that call something, at any depth: name → state. */
function tasksOf(definition) {
  const found = new Map();
  const walk = workflow => Object.entries(workflow?.States ?? {}).forEach(([name, state]) => {
    if (state?.Type === 'Task') found.set(name, state);
    (state?.Branches ?? []).forEach(walk);
    walk(state?.ItemProcessor ?? state?.Iterator);
  });
  walk(definition);
  return found;
}

// mockList lets the user say what states get instead of calling what they call.
function mockList(tasks, mocks) {
  if (!tasks.size) return null;
  const set = (state, change) => mocks.update(now => ({ ...now, [state]: { on: false, result: mockOf(tasks.get(state)), error: '', cause: '', ...now[state], ...change } }));
  return h('section.col', { 'aria-label': 'Mocks' }, h('h3.lab.m', null, 'Mocks'), h('p.xs.t3', null, 'Tasks that are ticked get a result and call nothing.'),
    [...tasks.keys()].map((state, i) => h('div.mock', null,
      h('label.row', null, h('input', { type: 'checkbox', 'data-testid': `mock-${state}`, checked: () => Boolean(mocks()[state]?.on), onchange: event => set(state, { on: event.target.checked }) }), h('span.trunc', { title: state }, state)),
      () => mocks()[state]?.on && untrack(() => h('div.col', null,
        h('label.vh', { for: `mock-result-${i}` }, `Result of ${state}`), h('textarea.in.mono.mock-text', { id: `mock-result-${i}`, 'data-testid': 'mock-result', rows: 2, spellcheck: 'false', value: mocks.peek()[state].result, oninput: event => set(state, { result: event.target.value }) }),
        h('div.in', null, h('input.mono', { 'aria-label': `Error of ${state}`, 'data-testid': 'mock-error', placeholder: 'or the name of an error', value: mocks.peek()[state].error, oninput: event => set(state, { error: event.target.value.trim() }) })))))));
}
