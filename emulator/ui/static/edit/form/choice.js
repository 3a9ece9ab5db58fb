// The builder of Choice rules: a condition in JSONata, or in JSONPath comparisons in And, Or and Not.

import { computed, effect, h, untrack } from '../../core/view.js';
import { icon } from '../../core/icon.js';
import { failed } from '../../core/toast.js';
import { assign } from './assign.js';
import { comparisons, converted, inWords, operatorOf, shapeOf } from './comparison.js';
import { memberOf, pointerOf, textOf, valueOf } from './definition.js';
import { field, problem } from './field.js';
import { list } from './list.js';

const shapes = [['compare', 'a comparison'], ['And', 'all of these'], ['Or', 'any of these'], ['Not', 'the opposite of']];
const deepest = 5; // levels of And, Or and Not that can be added

// rules edits the Choices of a state; spec is the field Choices with the fields of a rule.
export function rules(form, state, pointer, spec) {
  const jsonata = form.language(state) === 'JSONata';
  const specOf = name => spec.fields?.find(one => one.name === name);
  return list(form, state, pointer, {
    noun: 'rule', title: 'Rules', docs: spec.docs, none: 'Without a rule the state has nothing to choose from.',
    fresh: () => (jsonata ? { Condition: '{% false %}', ...target() } : { Variable: '$.value', StringEquals: '', ...target() }),
    summary: i => {
      const rule = form.node(pointerOf(pointer, i));
      return [h('span.mono', null, inWords(rule)), h('span.t3', null, ' → '), textOf(memberOf(rule, 'Next')) || h('span.t3', null, 'no state yet')];
    },
    body: i => {
      const at = pointerOf(pointer, i);
      const shown = (name, options) => specOf(name) && field(form, state, pointerOf(at, name), specOf(name), options);
      return [
        jsonata ? shown('Condition') : h('fieldset.test-root', null, h('legend.sm.m.t2', null, 'If'), test(form, state, at, true, 0, specOf('Variable'))),
        shown('Next', { label: 'Then go to' }),
        shown('Output'),
        specOf('Assign') && assign(form, state, pointerOf(at, 'Assign'), specOf('Assign')),
        shown('Comment'),
      ];
    },
  });
  function target() {
    const next = form.text(pointerOf(state, 'Default')) || form.text(pointerOf(pointer, 0, 'Next'));
    return next ? { Next: next } : {};
  }
}

// test edits one test. Of a rule (root) only the members of the test are changed, since the rule has others.
function test(form, state, at, root, depth, variable) {
  const shape = computed(() => shapeOf(form.node(at)));
  const replace = value => {
    if (!root) return form.set(at, value);
    const old = (form.node(at)?.entries ?? []).map(([key]) => key).filter(isTest);
    const kept = old.filter(key => key in value);
    return form.apply([
      ...old.filter(key => !kept.includes(key)).map(key => ({ op: 'remove', pointer: pointerOf(at, key) })),
      ...Object.entries(value).map(([key, one]) => ({ op: 'set', pointer: pointerOf(at, key), value: one })),
    ]);
  };
  const present = () => Object.fromEntries((form.node(at)?.entries ?? []).filter(([key]) => !root || isTest(key)).map(([key, node]) => [key, valueOf(node)]));
  const become = to => {
    const from = shape.peek(), now = present();
    const inner = from === 'compare' ? [now] : from === 'Not' ? [now.Not] : now[from];
    const value = to === 'compare' ? firstComparison(now) : to === 'Not' ? { Not: from === 'compare' ? now : { [from]: now[from] } } : { [to]: inner };
    return replace(value).catch(failed);
  };
  const pick = h('select.in.shape', { 'data-testid': 'rule-shape', 'aria-label': 'Kind of test', disabled: () => !form.readable(), onchange: () => become(pick.value) },
    shapes.filter(([name]) => name === 'compare' || depth < deepest).map(([name, words]) => h('option', { value: name }, words)));
  effect(() => { pick.value = shape(); });
  return h('div.test', null, pick, () => {
    const kind = shape();
    return untrack(() => {
      if (kind === 'compare') return comparison(form, state, at, present, replace, variable);
      if (kind === 'Not') return h('div.test-in', null, test(form, state, pointerOf(at, 'Not'), false, depth + 1, variable));
      return group(form, state, pointerOf(at, kind), depth, variable, kind);
    });
  });
}

function isTest(key) { return key === 'Variable' || key === 'And' || key === 'Or' || key === 'Not' || operatorOf({ type: 'object', entries: [[key, null]] }) !== null; }

function firstComparison(test) {
  for (let one = test; one; one = one.Not ?? one.And?.[0] ?? one.Or?.[0]) if (one.Variable !== undefined) return one;
  return { Variable: '$.value', StringEquals: '' };
}

function group(form, state, at, depth, variable, kind) {
  const count = computed(() => form.length(at));
  return h('div.test-in', null, () => {
    const n = count();
    return untrack(() => Array.from({ length: n }, (_, i) => h('div.test-row', null,
      test(form, state, pointerOf(at, i), false, depth + 1, variable),
      h('button.btn.btn--ghost.btn--sm.btn--icon', {
        'aria-label': `Delete test ${i + 1}`, title: `Delete test ${i + 1}`, 'data-testid': 'test-delete', disabled: () => count() < 2 || !form.readable(),
        onclick: () => form.apply([{ op: 'remove', pointer: pointerOf(at, i) }]).catch(failed),
      }, icon('trash', 14)))));
  },
  h('button.btn.btn--ghost.btn--sm', { 'data-testid': 'test-add', disabled: () => !form.readable(), onclick: () => form.set(pointerOf(at, form.length(at)), { Variable: '$.value', StringEquals: '' }).catch(failed) },
    icon('plus', 14), kind === 'And' ? 'And' : 'Or'));
}

const valueSpecs = {
  text: { kind: 'text', values: null }, number: { kind: 'number' }, timestamp: { kind: 'timestamp' }, boolean: { kind: 'boolean', values: ['true', 'false'] },
};

// comparison edits Variable, operator and value.
function comparison(form, state, at, present, replace, variable) {
  const operator = computed(() => operatorOf(form.node(at))?.operator ?? '');
  const change = to => {
    const now = present(), from = operator.peek(), one = comparisons.find(c => c.name === to.replace(/Path$/, '') || c.name === to);
    const path = to !== one.name, before = now[from]?.rawJSON ?? now[from]; // a number that keeps its digits is an object
    const value = path ? (String(before ?? '').startsWith('$') ? before : '$.value') : converted(String(before ?? '').startsWith('$') ? '' : before, one.kind);
    return replace({ Variable: now.Variable ?? '$.value', [to]: value }).catch(failed);
  };
  const pick = h('select.in', { 'data-testid': 'rule-operator', 'aria-label': 'Comparison', disabled: () => !form.readable(), onchange: () => change(pick.value + (pathNow() && has(pick.value) ? 'Path' : '')) },
    h('option', { value: '' }, 'choose'),
    [...Map.groupBy(comparisons, one => one.group)].map(([group, all]) => h('optgroup', { label: group }, all.map(one => h('option', { value: one.name }, one.words)))));
  const pathNow = () => operatorOf(form.node(at))?.path ?? false;
  const has = name => comparisons.find(one => one.name === name)?.path;
  effect(() => { pick.value = operatorOf(form.node(at))?.one.name ?? ''; });
  return h('div.compare', null,
    field(form, state, pointerOf(at, 'Variable'), variable ?? { name: 'Variable', kind: 'path', docs: 'The path of the value that is compared.', required: true }, { label: 'Value of' }),
    pick,
    () => {
      const key = operator();
      const found = untrack(() => operatorOf(form.node(at)));
      if (!found) return null;
      return untrack(() => {
        const { one, path } = found;
        const spec = path ? { name: key, kind: 'path', required: true, docs: 'The path of the value to compare with.' } : { name: key, required: one.kind !== 'text', docs: one.name === 'StringMatches' ? 'A pattern in which * stands for any characters; \\* is an asterisk.' : 'The value to compare with.', ...valueSpecs[one.kind] };
        return field(form, state, pointerOf(at, key), spec, {
          label: path ? 'Value at path' : one.kind === 'boolean' && one.group === 'Type' ? 'Is this so?' : 'Compared with', ...(!path && one.kind === 'text' && { parse: text => ({ value: text }) }),
          actions: one.path && h('button.linkb.xs', { 'data-testid': 'rule-path', disabled: () => !form.readable(), onclick: () => change(path ? one.name : `${one.name}Path`) }, path ? 'Use a value' : 'Use a path'),
        });
      });
    },
    () => form.problems(at, false).map(problem));
}
