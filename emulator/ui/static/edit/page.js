// The editor's page: the bar, the views of the document, and the problems. #/edit/ARN edits a state machine,
// #/edit?path=FILE a file, #/edit/new begins one.

import { cleanup, computed, effect, h, root, signal, untrack } from '../core/view.js';
import { get, resource } from '../core/api.js';
import { commands } from '../core/commands.js';
import { icon } from '../core/icon.js';
import { keyName, keys } from '../core/keys.js';
import { on } from '../core/live.js';
import { amend, go as visit, link, place } from '../core/router.js';
import { sheet } from '../core/sheet.js';
import { shown } from '../core/shown.js';
import { plural } from '../core/time.js';
import { failed, toast } from '../core/toast.js';
import { openDocument } from './document.js';
import { runOf } from './run.js';

const sheets = ['../execution.css', './edit.css'].map(name => sheet(name, import.meta.url));

// views are the ways to see a document; each shows some of the slots.
const views = [
  ['design', 'Design', ['palette', 'canvas', 'panel']],
  ['code', 'Code', ['code']],
  ['split', 'Split', ['canvas', 'code']],
  ['test', 'Test', ['canvas', 'test']],
];

// slots are the parts of a view, each a module that makes its nodes from the store and the editor.
const slots = {
  palette: ['Palette', async () => (await import('./palette.js')).palette],
  canvas: ['Drawing', async () => (await import('./canvas.js')).canvas],
  code: ['Code', async () => (await import('./code.js')).code],
  panel: ['State', async () => (await import('./panel.js')).panel],
  test: ['Test', async () => (await import('./notebook.js')).notebook],
};

const open = new Map(); // stores of this session by the place of their document, so that undo outlives the page

export function page(arn) {
  const path = computed(() => (arn ? '' : place().query.path ?? ''));
  return () => (sheets.every(ready => ready()) ? untrack(() => () => body(arn, path())) : null);
}

function body(arn, path) {
  return untrack(() => {
    const known = open.get(path || arn);
    if (known) return editor(known, true);
    if (arn === 'new' || !arn && !path) return starter();
    const opened = resource(abort => get('document', path ? { path } : { arn }, abort));
    return shown(opened, data => untrack(() => editor(adopt(root(() => openDocument(data())), path || arn))));
  });
}

// starter asks what to begin with.
function starter() {
  const begin = signal(null);
  import('./start.js').then(module => begin.set(module.start), failed);
  const begun = signal(null);
  return () => (begun() ? untrack(() => editor(begun())) : begin() && untrack(() => begin()(document => begun.set(settling(root(() => openDocument(document)))))));
}

// settling moves a new document to its own address when it is saved first.
function settling(store) {
  store.settled = () => {
    const { path, arn } = store.file.peek();
    store.settled = null;
    adopt(store, path || arn);
    if (path) visit('edit', { path });
    else visit('edit', arn);
  };
  return store;
}

// adopt keeps a store for the session, the last five.
function adopt(store, key) {
  open.set(key, store);
  if (open.size > 5) {
    const old = [...open].find(([, one]) => one !== store && !one.dirty.peek());
    if (old) open.delete(old[0]);
  }
  if (store.restored) toast('Your changes that were not saved are back.', 'info', { label: 'Undo', run: () => store.undo() });
  return store;
}

// editor shows a document. What the slots share beside the store: view, show(view), test(pointer), reveal (a
// pointer that the code is to scroll to), catalog.
// again: the store was shown before, and the file may have changed since.
function editor(store, again = false) {
  const view = computed(() => (views.some(([id]) => id === place().query.view) ? place().query.view : 'design'));
  const ed = {
    store, view,
    show: id => amend({ view: id === 'design' ? '' : id }),
    tested: signal(null), // the state that is to be tried
    run: store.run ??= root(() => runOf(store)), // data of a run on the states
    follow: arn => { ed.show('test'); ed.run.follow(arn); },
    settled: () => store.settled?.(),
    test: pointer => { ed.tested.set(pointer); ed.show('test'); },
    catalog: resource(abort => get('catalog', {}, abort)),
    functions: {}, // what slots offer to others by name: find, format …
  };
  const name = computed(() => store.file().name || store.file().path || 'Untitled');
  effect(() => { document.title = `${store.dirty() ? '• ' : ''}${name()} · Editor · aslocal`; });
  watch(store, again);
  bind(ed);
  const debugged = place.peek().query.debug;
  if (debugged) { amend({ debug: '', view: 'test' }); ed.run.pin(debugged); }
  const used = new Set();
  const has = slot => views.find(([id]) => id === view())[2].includes(slot);
  return h('div.edit', { class: () => `edit--${view()}`, 'data-testid': 'edit', 'data-settled': () => String(store.current()) },
    bar(ed, name),
    () => conflict(ed),
    h('div.edit-work', null, Object.entries(slots).map(([slot, [label, load]]) => {
      const part = signal(null), wanted = computed(() => has(slot) || used.has(slot));
      effect(() => {
        if (!wanted() || used.has(slot)) return;
        used.add(slot);
        load().then(part.set, error => part.set(() => h('p.edit-missing', { role: 'alert' }, `${label}: ${error.message}`)));
      });
      return h(`section.edit-slot.edit-slot--${slot}`, { 'aria-label': label, 'data-testid': `slot-${slot}`, hidden: () => !has(slot) }, () => part() && untrack(() => part()(store, ed)));
    })),
    problems(ed));
}

function bar(ed, name) {
  const { store } = ed;
  const button = (id, label, sign, run, disabled, key) => h('button.btn.btn--ghost.btn--icon', { 'data-testid': id, 'aria-label': label, title: key ? `${label} (${keyName(key)})` : label, disabled, onclick: run }, icon(sign));
  return h('div.head.edit-bar', null,
    h('div.crumb', null,
      h('a.hide-xs', { href: () => (store.file().arn ? link('machine', store.file().arn) : link('machines')), 'data-testid': 'crumb' }, () => (store.file().arn ? 'Machine' : 'Machines')), h('span.hide-xs', null, icon('right', 12)),
      h('h1.trunc', { title: name }, name)),
    h('div.seg', { role: 'group', 'aria-label': 'View' }, views.map(([id, label]) => h('button', {
      'data-testid': `view-${id}`, 'aria-pressed': () => String(ed.view() === id), onclick: () => ed.show(id),
    }, label))),
    h('span.grow'),
    h('span.edit-saved.trunc', { role: 'status', 'data-testid': 'saved' }, () => savedState(store)),
    button('undo', 'Undo', 'undo', () => store.undo(), () => !store.canUndo(), 'mod+z'),
    button('redo', 'Redo', 'redo', () => store.redo(), () => !store.canRedo(), 'mod+shift+z'),
    h('button.btn.btn--ghost.btn--icon', { 'data-testid': 'more', 'aria-label': 'More', title: 'Export, publish, format', 'aria-haspopup': 'menu', onclick: event => act(ed, 'menu', event.currentTarget) }, icon('more')),
    h('button.btn', { 'data-testid': 'diff', disabled: () => !store.dirty(), title: 'What has changed since it was saved', onclick: () => act(ed, 'difference') }, icon('columns'), h('span.word', null, 'Diff')),
    h('button.btn', { 'data-testid': 'save', disabled: () => !store.dirty(), title: () => store.file().why || `Save (${keyName('mod+s')})`, onclick: () => act(ed, 'save') }, icon('save'), h('span.word', null, 'Save')),
    h('button.btn.btn--pri', { 'data-testid': 'run', disabled: () => wrong(store), title: () => (wrong(store) ? 'The errors come first' : 'Run it as it is drawn, without saving it'), onclick: () => act(ed, 'run') }, icon('play'), 'Run'));
}

// wrong reports whether the text has errors.
function wrong(store) { return store.problems().some(one => one.severity === 'ERROR'); }

// act calls what the bar offers; its module is loaded when it is first used.
async function act(ed, what, ...rest) {
  try {
    const module = await import('./save.js');
    await module[what](ed, ...rest);
  } catch (error) { failed(error); }
}

function savedState(store) {
  const { path, savable, why } = store.file();
  const where = path ? h('span.mono', null, path) : 'the API';
  if (store.saved() === null) return ['not saved yet'];
  if (store.dirty()) return [h('span.dot.is-caught'), 'changed'];
  if (!savable) return [h('span.t3', { title: why }, 'not savable here')];
  return [icon('check', 14), 'saved to ', where];
}

// conflict tells that the file has changed on disk while there are changes here.
function conflict(ed) {
  return ed.store.theirs() && h('aside.past', { 'aria-label': 'Changed on disk', 'data-testid': 'theirs' },
    icon('info', 14), h('span.grow', null, 'The file has changed on disk, and here.'),
    h('button.btn.btn--sm', { 'data-testid': 'theirs-diff', onclick: () => act(ed, 'compareTheirs') }, 'Compare'));
}

// watch reads the document again when files have changed. Without changes here it follows the file.
function watch(store, again) {
  const look = async () => {
    const { path, arn, hash } = store.file.peek();
    if (store.saved.peek() === null) return;
    try {
      const now = await get('document', path ? { path } : { arn });
      if (now.hash === hash || now.hash === store.file.peek().hash) return;
      if (now.text === store.text.peek()) store.written(now.text, { hash: now.hash });
      else if (store.dirty.peek()) store.theirs.set({ text: now.text, hash: now.hash });
      else {
        store.written(now.text, { hash: now.hash, pointer: now.pointer });
        store.replace(now.text);
        toast('The file has changed on disk and was read again.', 'info');
      }
    } catch { /* gone, or broken: what is here stays */ }
  };
  on('machines', look);
  if (again) look();
  const leave = event => { if (store.dirty.peek()) event.preventDefault(); };
  addEventListener('beforeunload', leave);
  cleanup(() => removeEventListener('beforeunload', leave));
}

function bind(ed) {
  const { store } = ed;
  const undo = () => store.undo(), redo = () => store.redo();
  keys('Editor', [
    ['mod+z', 'Undo', undo], ['mod+shift+z', 'Redo', redo], ['mod+y', 'Redo', redo],
    ['mod+s', 'Save', () => act(ed, 'save')],
    ...views.map(([id, label], i) => [String(i + 1), `Show ${label.toLowerCase()}`, () => ed.show(id)]),
  ]);
  commands('Editor', [
    ...views.map(([id, label]) => ({ label: `Show ${label.toLowerCase()}`, icon: 'columns', run: () => ed.show(id) })),
    { label: 'Save', icon: 'save', key: 'mod+s', run: () => act(ed, 'save') },
    { label: 'Run as it is drawn', icon: 'play', run: () => act(ed, 'run') },
    { label: 'Export', icon: 'download', run: () => act(ed, 'exportAs') },
  ]);
}

// problems is the strip below: it opens to the list, and a problem leads to its state and line.
function problems(ed) {
  const { store } = ed, shown = signal(false);
  const count = severity => store.problems().filter(one => one.severity === severity).length;
  return h('section.edit-problems', { 'aria-label': 'Problems' },
    h('button.edit-problems-head', { 'data-testid': 'problems', 'aria-expanded': () => String(shown()), onclick: () => shown.update(now => !now) },
      () => icon(shown() ? 'down' : 'up', 14), h('span.m', null, 'Problems'),
      () => (store.problems().length ? h('span.badge', { class: count('ERROR') ? 'is-failed' : 'is-caught' }, store.problems().length) : h('span.stat.is-succeeded', null, icon('check', 14), 'valid')),
      () => store.problems().length > 0 && h('span.t3.trunc', null, `${plural(count('ERROR'), 'error')}, ${plural(count('WARNING'), 'warning')}`)),
    () => shown() && store.problems().length > 0 && h('ul.edit-problems-list', null, store.problems().map(one => h('li', null, h('button', { 'data-testid': 'problem', onclick: () => go(ed, one) },
      h('span.stat', { class: one.severity === 'ERROR' ? 'is-failed' : 'is-caught' }, icon(one.severity === 'ERROR' ? 'st-failed' : 'st-caught', 14), h('span.vh', null, one.severity.toLowerCase())),
      h('span.edit-problem-text', null, one.message, one.hint && h('span.t3', null, ` ${one.hint}`)),
      one.line > 0 && h('span.mono.t3', null, `${one.line}:${one.column}`), h('span.mono.t3.hide-s', null, one.code))))));
}

function go(ed, problem) {
  if (problem.state) ed.store.select([problem.state]);
  ed.functions.goto?.(problem.offset, problem.length);
  if (!problem.state && !ed.functions.goto) ed.show('code');
}
