// The branches of a Parallel state.

import { pointerOf, statesOf, textOf } from './definition.js';
import { list } from './list.js';

export function branches(form, state, spec) {
  const pointer = pointerOf(state, 'Branches');
  return list(form, state, pointer, {
    noun: 'branch', title: 'Branches', docs: spec.docs, none: 'A Parallel state needs a branch.',
    summary: i => {
      const names = statesOf(form.definition(), pointerOf(pointer, i)), first = textOf(form.member(pointerOf(pointer, i), 'StartAt')) ?? '';
      return `${i + 1}: ${[first, ...names.filter(name => name !== first)].join(', ') || 'empty'}`;
    },
    add: () => form.apply([{ op: 'addBranch', state }]),
    remove: index => form.apply([{ op: 'deleteBranch', state, index }]),
  });
}
