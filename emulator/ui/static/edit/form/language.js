// The query language of a state or of the state machine, and what each field becomes in the other one.

import { h, signal, untrack } from '../../core/view.js';
import { icon } from '../../core/icon.js';
import { failed } from '../../core/toast.js';

const becomes = [
  ['InputPath', 'read $states.input in the expressions'], ['Parameters', 'Arguments'], ['ResultSelector', 'Output, which reads $states.result'],
  ['ResultPath', 'Output, or Assign to keep the rest in variables'], ['OutputPath', 'Output'], ['ItemsPath', 'Items'], ['name.$: $.path', 'name: {% $states.input.path %}'],
  ['SecondsPath, TimeoutSecondsPath, …', 'Seconds, TimeoutSeconds, … with an expression'], ['$$.Execution.Id', '$states.context.Execution.Id'], ['States.Format, States.Array, …', 'the & operator, [ … ], and functions of JSONata'],
  ['Variable and a comparison', 'Condition'],
];

// language shows the language that counts at a pointer, "" for the state machine, with a button that converts it.
export function language(form, pointer) {
  const notes = signal([]), working = signal(false);
  const now = () => form.language(pointer), other = () => (now() === 'JSONata' ? 'JSONPath' : 'JSONata');
  const convert = async () => {
    working.set(true);
    try { notes.set((await form.apply([{ op: 'language', pointer, to: untrack(other) }]))?.notes ?? []); } catch (error) { failed(error); }
    working.set(false);
  };
  return h('section.language', { 'aria-label': 'Query language' },
    h('div.row', null, h('span.sm.m.t2', null, 'Query language'), h('span.mono.sm', { 'data-testid': 'language' }, now), h('span.grow'),
      h('button.btn.btn--sm', { 'data-testid': 'language-convert', disabled: () => working() || !form.readable(), onclick: convert }, () => `Convert to ${other()}`)),
    () => notes().length > 0 && h('ul.notes.sm', { role: 'status', 'data-testid': 'language-notes' }, notes().map(note => h('li', null, icon('info', 12), h('span', null, note.message ?? note.text ?? String(note))))),
    h('details.becomes', null, h('summary.xs', { 'data-testid': 'language-becomes' }, 'What each field becomes'),
      h('table', null, h('thead', null, h('tr', null, h('th', { scope: 'col' }, 'JSONPath'), h('th', { scope: 'col' }, 'JSONata'))),
        h('tbody', null, becomes.map(([from, to]) => h('tr', null, h('td.mono', null, from), h('td', null, to)))))));
}
