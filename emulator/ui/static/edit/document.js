// The document that is edited. Its text is the truth: each change, by mouse, form or key, is a patch of the text
// that the server makes, and what is drawn comes from the text. The store holds text, selection and undo stack.
//
//   const store = openDocument(await get('document', {arn}));
//   await store.apply([{op: 'rename', state: '/States/A', name: 'B'}]);
//   store.undo();

import { computed, signal } from '../core/view.js';
import { post } from '../core/api.js';
import { recall, remember } from '../core/memory.js';

const steps = 500; // that can be undone
const short = 1000; // milliseconds: typing with shorter pauses is undone together
const pause = 120; // after the last key before the text is checked
const longest = 500_000; // characters of a text that the browser remembers

// openDocument makes the store of a Document of the API. All that it has are signals and functions:
//
//   file        what the document came from: {path, hash, savable, why, arn, name, type, format, pointer}
//   text        the text; saved: as it was read or saved last; dirty: they differ
//   draft       the last Draft of the server, null before the first; of its text, or of one shortly before
//   graph       the last drawing that there was: a text that cannot be read keeps it
//   current     draft belongs to the text
//   definition  the definition as an object, null before the first
//   selection   JSON pointers of the selected states, the last selected at the end; select(pointers) sets it
//   problems    the diagnostics of the draft
//   theirs      {text, hash} if the file has changed while there are changes here, else null
//   data        pointer → {input, output, variables, error, cause, status, stale, from}: data of the last run
//   known       data of the selected state for a request
//   apply       changes the text by edits of package asl/edit; resolves to the answer: {select, notes, …}
//   type        replaces the text by what was typed
//   undo, redo, canUndo, canRedo
export function openDocument(document) {
  const { text: first, ...about } = document;
  const file = signal(about), text = signal(first), saved = signal(document.hash === '' ? null : first);
  const draft = signal(null), graph = signal(null), checked = signal(null), selection = signal([]), theirs = signal(null), data = signal({});
  const past = signal([]), future = signal([]);
  const key = `draft.${about.path || about.arn}`;
  let asking = null, timer = 0, keeping = 0, turn = Promise.resolve();

  const body = () => ({ text: text.peek(), format: file.peek().format, pointer: file.peek().pointer, express: file.peek().type === 'EXPRESS' });

  // take shows a Draft of a text. States that are no more are not selected any more.
  function take(next, of) {
    checked.set(of);
    draft.set(next);
    if (next.graph) {
      graph.set(next.graph);
      const there = new Set(next.graph.nodes.map(node => node.id));
      if (selection.peek().some(id => !there.has(id))) selection.set(selection.peek().filter(id => there.has(id)));
    }
  }

  // check asks for the draft of the text in a moment. Answers for older texts are dropped.
  function check(wait = 0) {
    clearTimeout(timer);
    asking?.abort();
    const run = async () => {
      const mine = asking = new AbortController(), of = text.peek();
      try {
        const next = await post('draft', body(), mine.signal);
        if (text.peek() === of) take(next, of);
      } catch (error) {
        if (mine.signal.aborted) return;
        take({ graph: null, diagnostics: [{ line: 0, column: 0, offset: 0, length: 0, severity: 'ERROR', code: '', message: error.message, hint: '', pointer: '', state: '' }], states: {}, definition: '', ok: false }, of);
      }
    };
    if (wait) timer = setTimeout(run, wait);
    else run();
  }

  // change replaces the text and notes how to go back. Changes of one burst are one step.
  function change(next, kind, select) {
    const before = text.peek();
    if (next === before) return;
    const now = Date.now(), last = past.peek().at(-1);
    const joined = kind && last?.kind === kind && (kind !== 'type' || now - last.at < short) && !future.peek().length;
    const step = { ...difference(joined ? taken(before, last) : before, next), selection: joined ? last.selection : selection.peek(), kind, at: now };
    past.set([...joined ? past.peek().slice(0, -1) : past.peek(), step].slice(-steps));
    future.set([]);
    text.set(next);
    if (select) selection.set(select);
    keep();
  }

  // keep lets the browser remember what is not saved, should the page be closed.
  function keep() {
    clearTimeout(keeping);
    keeping = setTimeout(() => {
      const changed = text.peek() !== saved.peek() && text.peek().length < longest;
      remember(key, changed ? { text: text.peek(), hash: file.peek().hash } : null);
    }, 300);
  }

  function back(from, to, take) {
    const step = from.peek().at(-1);
    if (!step) return false;
    from.set(from.peek().slice(0, -1));
    to.set([...to.peek(), { ...step, selection: selection.peek(), kind: '' }]);
    text.set(take(text.peek(), step));
    selection.set(step.selection);
    keep();
    check();
    return true;
  }

  async function once(edits, kind, tries) {
    const before = text.peek();
    const answer = await post('edit', { ...body(), edits });
    if (text.peek() !== before) { // typed meanwhile
      if (tries > 1) return once(edits, kind, tries - 1);
      throw new Error('The text has changed meanwhile. Try it again.');
    }
    change(answer.text, kind, answer.select.length ? answer.select : null);
    clearTimeout(timer);
    asking?.abort();
    take(answer.draft, answer.text);
    return answer;
  }

  const store = {
    file, text, saved, draft, graph, selection, theirs, data,
    dirty: computed(() => text() !== saved()),
    current: computed(() => checked() === text()),
    problems: computed(() => draft()?.diagnostics ?? []),
    definition: computed(() => { const json = draft()?.definition; return json ? JSON.parse(json) : null; }),
    canUndo: computed(() => past().length > 0),
    canRedo: computed(() => future().length > 0),
    check,
    select(pointers) {
      const now = selection.peek();
      if (pointers.length !== now.length || pointers.some((id, i) => id !== now[i])) selection.set(pointers);
    },
    // Edits wait for one another. Those of one burst, as typing in a field, are undone together; "" for a step of its own.
    apply(edits, burst = '') {
      const result = turn.then(() => once(edits, burst, 3));
      turn = result.then(() => {}, () => {});
      return result;
    },
    type(next, { kind = 'type' } = {}) { change(next, kind, null); check(pause); },
    // replace is a change as a whole: a format, what the disk has.
    replace(next) { change(next, '', null); check(); },
    undo: () => back(past, future, taken),
    redo: () => back(future, past, (now, step) => now.slice(0, step.from) + step.added + now.slice(step.from + step.removed.length)),
    // written notes that a text was saved, or read again from where it came from.
    written(content, about) {
      saved.set(content);
      file.set({ ...file.peek(), ...about });
      theirs.set(null);
      keep();
    },
    body,
    // known is the data of the selected state, as the API takes it.
    known() {
      const pointer = selection.peek().at(-1), { from, stale, ...one } = data.peek()[pointer] ?? {};
      return pointer && from ? { [pointer]: one } : {};
    },
  };
  const kept = about.hash && recall(key, null);
  store.restored = Boolean(kept) && kept.text !== first && kept.hash === about.hash;
  if (store.restored) change(kept.text, '', null);
  check();
  return store;
}

// taken is a text without a step.
function taken(text, step) { return text.slice(0, step.from) + step.removed + text.slice(step.from + step.added.length); }

// difference is the smallest part in which two texts differ: {from, removed, added}. It compares long pieces first,
// which the browser does much faster than one character after another.
export function difference(before, after) {
  const most = Math.min(before.length, after.length);
  let from = 0, same = 0;
  for (const step of [4096, 64, 1]) {
    while (from + step <= most && before.slice(from, from + step) === after.slice(from, from + step)) from += step;
  }
  const ends = (text, length) => text.slice(text.length - same - length, text.length - same);
  for (const step of [4096, 64, 1]) {
    while (same + step <= most - from && ends(before, step) === ends(after, step)) same += step;
  }
  return { from: from, removed: before.slice(from, before.length - same), added: after.slice(from, after.length - same) };
}
