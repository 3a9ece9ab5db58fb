// The editor of Retry and of Catch.

import { computed, h } from '../../core/view.js';
import { assign } from './assign.js';
import { plot, summary } from './backoff.js';
import { pointerOf, statesOf, textOf, workflowOf } from './definition.js';
import { field } from './field.js';
import { list } from './list.js';
import { names } from './names.js';

// retry edits the Retriers of a state; spec is the field Retry with the fields of a Retrier.
export function retry(form, state, pointer, spec) {
  const of = i => Object.fromEntries(['IntervalSeconds', 'MaxAttempts', 'BackoffRate', 'MaxDelaySeconds', 'JitterStrategy'].flatMap(name => {
    const node = form.node(pointerOf(pointer, i, name));
    if (node?.type === 'number') return [[name, Number(node.text)]];
    return node?.type === 'string' ? [[name, textOf(node)]] : [];
  }));
  return list(form, state, pointer, {
    noun: 'Retrier', title: 'Retry', docs: spec.docs, none: 'Errors are not retried.',
    fresh: () => ({ ErrorEquals: [], IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 2 }),
    summary: i => [h('span.mono', null, errorsOf(form, pointerOf(pointer, i))), ' ', h('span.t3.num', null, summary(of(i)))],
    body: i => {
      const at = pointerOf(pointer, i), same = computed(() => JSON.stringify(of(i)));
      return [
        named(form, state, at, spec, 'ErrorEquals', { control: names, label: 'Errors' }),
        h('div.pairs', null, ['IntervalSeconds', 'MaxAttempts', 'BackoffRate', 'MaxDelaySeconds', 'JitterStrategy'].map(name => named(form, state, at, spec, name))),
        plot(() => JSON.parse(same())),
        named(form, state, at, spec, 'Comment'),
      ];
    },
  });
}

// caught edits the Catchers of a state.
export function caught(form, state, pointer, spec) {
  return list(form, state, pointer, {
    noun: 'Catcher', title: 'Catch', docs: spec.docs, none: 'An error that is not retried ends the execution, or goes to the Catch of the state around.',
    fresh: () => {
      const workflow = workflowOf(state), fail = statesOf(form.definition.peek(), workflow).find(name => form.text(pointerOf(workflow, 'States', name, 'Type')) === 'Fail');
      return { ErrorEquals: form.raw(pointer).includes('"States.ALL"') ? [] : ['States.ALL'], ...fail && { Next: fail } };
    },
    summary: i => [h('span.mono', null, errorsOf(form, pointerOf(pointer, i))), h('span.t3', null, ' → '), form.text(pointerOf(pointer, i, 'Next')) || h('span.t3', null, 'no state yet')],
    body: i => {
      const at = pointerOf(pointer, i);
      return [
        named(form, state, at, spec, 'ErrorEquals', { control: names, label: 'Errors' }),
        ...spec.fields.filter(one => one.name !== 'ErrorEquals').map(one => (one.kind === 'variables' ? assign(form, state, pointerOf(at, one.name), one, () => 'error') : named(form, state, at, spec, one.name, { data: () => 'error' }))),
      ];
    },
  });
}

function named(form, state, at, spec, name, options) {
  const one = spec.fields.find(inner => inner.name === name);
  return one && field(form, state, pointerOf(at, name), one, options);
}

function errorsOf(form, at) {
  const node = form.node(pointerOf(at, 'ErrorEquals')), all = node?.type === 'array' ? node.items.map(one => textOf(one) ?? '?') : [];
  return all.length ? all.join(', ') : 'no errors yet';
}
