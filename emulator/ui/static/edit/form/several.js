// What can be done with all selected states.

import { h, signal } from '../../core/view.js';
import { icon } from '../../core/icon.js';
import { failed } from '../../core/toast.js';
import { stateIcon } from '../../graph/state.js';
import { namesOf, parentOf, pointerOf, setEdits } from './definition.js';

const retried = new Set(['Task', 'Parallel', 'Map']);

export function severalForm(form, pointers) {
  const working = signal(false);
  const typeOf = pointer => form.text(pointerOf(pointer, 'Type'));
  const together = new Set(pointers.map(parentOf)).size === 1; // in the same workflow
  const act = async edits => {
    working.set(true);
    try { const done = await form.apply(edits); if (done?.select?.length) form.doc.select(done.select); } catch (error) { failed(error); }
    working.set(false);
  };
  const button = (id, label, sign, edits, why = '') => h('button.btn', { 'data-testid': id, disabled: () => Boolean(why) || working() || !form.readable(), title: why || null, onclick: () => act(edits()) }, icon(sign), label);
  const apart = together ? '' : 'The states are in different workflows.';
  const retriers = () => pointers.filter(one => retried.has(typeOf(one))).flatMap(one => setEdits(form.definition.peek(), pointerOf(one, 'Retry', form.length(pointerOf(one, 'Retry'))), { ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 2 }));
  return h('div.col.fields', null,
    h('ul.several', { 'aria-label': 'Selected states' }, pointers.map(one => h('li.row.sm', null, icon(stateIcon(typeOf(one), form.text(pointerOf(one, 'Resource'))), 14),
      h('button.linkb.trunc', { 'data-testid': 'selected-state', onclick: () => form.doc.select([one]) }, namesOf(one).at(-1)), h('span.t3', null, typeOf(one))))),
    h('div.several-acts', null,
      button('wrap-parallel', 'Wrap in Parallel', 'parallel', () => [{ op: 'wrap', states: pointers, type: 'Parallel' }], apart),
      button('wrap-map', 'Wrap in Map', 'map', () => [{ op: 'wrap', states: pointers, type: 'Map' }], apart),
      button('retry-all', 'Add a Retrier to each', 'st-retry', retriers, pointers.some(one => retried.has(typeOf(one))) ? '' : 'None of these states can have Retry.'),
      button('duplicate-all', 'Duplicate', 'copy', () => [{ op: 'duplicate', states: pointers }]),
      button('delete-all', `Delete ${pointers.length} states`, 'trash', () => [{ op: 'delete', states: pointers }])));
}
