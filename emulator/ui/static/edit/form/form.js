// What the forms read of a document, and how they change it. A form shows the last definition that could be read:
// while the text has an error, nothing can be changed by form.

import { computed, signal } from '../../core/view.js';
import { formatJSON, parseJSON } from '../../core/jsontext.js';
import { get } from '../../core/api.js';
import { languageAt, memberOf, nodeAt, removeEdits, setEdits, textOf } from './definition.js';

// formOf makes the forms' view of a document (edit/document.js).
export function formOf(doc) {
  let last = null, source = '';
  const definition = computed(() => {
    const text = doc.draft()?.definition;
    const { node } = text ? parseJSON(text) : {};
    if (node) [last, source] = [node, text];
    return last;
  });
  const form = {
    doc, definition,
    source: () => source, // the text that the nodes of definition() are places in
    readable: computed(() => Boolean(doc.draft()?.ok)),
    help: signal(null), // {name, docs} of the field that has the focus or the pointer
    node: pointer => nodeAt(definition(), pointer),
    has: pointer => nodeAt(definition(), pointer) !== undefined,
    text: pointer => textOf(nodeAt(definition(), pointer)) ?? '',
    // raw is the JSON of a member in one form, so that texts can be compared; "" if it is absent.
    raw: pointer => { const node = nodeAt(definition(), pointer); return node ? formatJSON(node) : ''; },
    length: pointer => { const node = nodeAt(definition(), pointer); return node?.type === 'array' ? node.items.length : 0; },
    language: state => languageAt(definition(), state),
    member: (pointer, name) => memberOf(nodeAt(definition(), pointer), name),
    apply: (edits, burst) => doc.apply(edits, burst),
    set: (pointer, value, burst) => form.apply(setEdits(definition.peek(), pointer, value), burst),
    // remove takes a member away, and what is empty then, up to the state.
    remove: (pointer, state, burst) => {
      const edits = removeEdits(definition.peek(), pointer, state);
      return edits.length ? form.apply(edits, burst) : Promise.resolve();
    },
    // problems are the diagnostics of a member, and with deep those of what is in it.
    problems: (pointer, deep = true) => (doc.draft()?.diagnostics ?? []).filter(one => one.pointer === pointer || deep && one.pointer.startsWith(`${pointer}/`)),
  };
  return form;
}

const known = new Map();

// fieldsOf promises the fields of a state with their documentation; type "" is the state machine.
export function fieldsOf(type, language, resource) {
  const key = [type, language, resource].join('\n');
  if (!known.has(key)) {
    const answer = get('fields', { type, language, resource });
    answer.catch(() => known.delete(key));
    known.set(key, answer);
  }
  return known.get(key);
}
