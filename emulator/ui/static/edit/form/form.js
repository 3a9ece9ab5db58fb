// What the forms read of a document, and how they change it. A form shows the last definition that could be read:
// while the text has an error, nothing can be changed by form.

import { computed, signal } from '../../core/view.js';
import { formatJSON, parseJSON } from '../../core/jsontext.js';
import { get } from '../../core/api.js';
import { dataOf } from './data.js';
import { changeEdits, languageAt, memberOf, namesOf, nodeAt, removeEdits, setEdits, textOf } from './definition.js';

// formOf makes the forms' view of a document (edit/document.js). ed is what the editor shares: catalog, test.
export function formOf(doc, ed) {
  let last = null, source = '';
  const opened = new Map();
  const definition = computed(() => {
    const text = doc.draft()?.definition;
    const { node } = text ? parseJSON(text) : {};
    if (node) [last, source] = [node, text];
    return last;
  });
  const placed = computed(() => (doc.draft()?.diagnostics ?? []).map(one => ({ ...one, at: placeOf(one) })));
  const form = {
    doc, definition, ed, data: dataOf(doc),
    source: () => source, // the text that the nodes of definition() are places in
    readable: computed(() => Boolean(doc.draft()?.definition)),
    help: signal(null), // {name, docs} of the field that has the focus or the pointer
    // explained are the props of an element whose meaning is told at the foot of the panel; the innermost counts.
    explained: explanation => ({
      'data-help': '', onpointerenter: () => form.help.set(explanation),
      onfocusin: event => { if (event.target.closest('[data-help]') === event.currentTarget) form.help.set(explanation); },
    }),
    unwritten: new Map(), // texts of fields that could not be written, by their pointers
    // opened is the signal of which items of a list are open, by their places. They stay so while other forms are shown.
    opened: pointer => opened.get(pointer) ?? opened.set(pointer, signal(new Set())).get(pointer),
    node: pointer => nodeAt(definition(), pointer),
    has: pointer => nodeAt(definition(), pointer) !== undefined,
    text: pointer => textOf(nodeAt(definition(), pointer)) ?? '',
    // raw is the JSON of a member in one form, so that texts can be compared; "" if it is absent.
    raw: pointer => { const node = nodeAt(definition(), pointer); return node ? formatJSON(node) : ''; },
    length: pointer => { const node = nodeAt(definition(), pointer); return node?.type === 'array' ? node.items.length : 0; },
    language: state => languageAt(definition(), state),
    member: (pointer, name) => memberOf(nodeAt(definition(), pointer), name),
    // apply resolves when the text has changed. Edits with the same burst are undone together.
    apply: (edits, burst = '') => (edits.length ? doc.apply(edits, { kind: burst }) : Promise.resolve(null)),
    // change makes of a member what a value is, by edits of what differs.
    change: (pointer, value, burst) => form.apply(changeEdits(definition.peek(), pointer, value), burst),
    set: (pointer, value, burst) => form.apply(setEdits(definition.peek(), pointer, value), burst),
    // remove takes a member away, and what is empty then, up to the state.
    remove: (pointer, state, burst) => {
      return form.apply(removeEdits(definition.peek(), pointer, state), burst);
    },
    // problems are the diagnostics of a member, and with deep those of what is in it.
    problems: (pointer, deep = true) => placed().filter(one => one.at === pointer || deep && one.at.startsWith(`${pointer}/`)),
  };
  return form;
}

// placeOf is the JSON pointer of a diagnostic, whose pointer has places of arrays and names of states as AWS writes them.
export function placeOf({ pointer, state }) {
  const inJSON = text => text.replace(/\[(\d+)\]/g, '/$1');
  if (!state) return inJSON(pointer ?? '');
  const written = namesOf(state).map((name, i, all) => (/^\d+$/.test(name) && all[i - 1] === 'Branches' ? `[${name}]` : `/${name}`)).join('');
  return pointer.startsWith(written) ? state + inJSON(pointer.slice(written.length)) : state;
}

const known = new Map();

// fieldsOf promises the fields of a state with their documentation, as asl/assist has them; type "" is the state machine.
export function fieldsOf(type, language, resource) {
  const key = [type, language, resource].join('\n');
  if (!known.has(key)) {
    const answer = get('fields', { type, language, resource });
    answer.catch(() => known.delete(key));
    known.set(key, answer);
  }
  return known.get(key);
}
