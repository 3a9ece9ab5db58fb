// The editor of Assign: the variables that a state sets, each with its name and value.

import { each, h, untrack } from '../../core/view.js';
import { icon } from '../../core/icon.js';
import { failed } from '../../core/toast.js';
import { pointerOf, valueOf } from './definition.js';
import { field, problem } from './field.js';

const suffix = '.$'; // ends the names of members that hold a path, in JSONPath

// assign shows an object of variables. data() says what their expressions read, as in preview.js.
export function assign(form, state, pointer, spec, data) {
  const jsonata = form.language(state) === 'JSONata';
  const keys = () => { const node = form.node(pointer); return node?.type === 'object' ? [...new Set(node.entries.map(([key]) => key))] : []; };
  const bare = key => (jsonata ? key : key.replace(/\.\$$/, ''));
  // rename keeps the place of a variable: the object is written anew.
  const rename = (from, to) => {
    const node = untrack(() => form.node(pointer));
    return form.set(pointer, Object.fromEntries(node.entries.map(([key, one]) => [key === from ? to : key, valueOf(one)])));
  };
  const newName = () => { const used = untrack(keys).map(bare); let name = 'value'; for (let n = 2; used.includes(name); n++) name = `value${n}`; return name; };
  const row = item => {
    const key = item.peek(), evaluated = !jsonata && key.endsWith(suffix), at = pointerOf(pointer, key);
    const input = h('input.line.mono', {
      'data-testid': 'variable-name', 'aria-label': 'Name of the variable', value: bare(key), spellcheck: 'false', autocomplete: 'off', disabled: () => !form.readable(),
      onchange: () => {
        const to = input.value.trim().replace(/^\$/, '');
        if (!to || to === bare(key) || untrack(keys).some(one => one !== key && bare(one) === to)) { input.value = bare(key); return; }
        rename(key, evaluated ? to + suffix : to).catch(failed);
      },
      onkeydown: event => { if (event.key === 'Enter') input.blur(); },
    });
    const valueSpec = evaluated ? { name: 'Value', kind: 'textPath', docs: 'A path, or an intrinsic function.', required: true } : { name: 'Value', kind: jsonata ? 'jsonata' : 'any', expression: jsonata, docs: spec.docs, required: true };
    return h('li.variable', null,
      h('div.row.gap-1', null, h('span.mono.t3', { 'aria-hidden': 'true' }, '$'), h('div.in', null, input),
        !jsonata && h('div.seg.seg--sm', { role: 'group', 'aria-label': `How ${bare(key)} is given` }, [[true, 'path'], [false, 'JSON']].map(([path, word]) => h('button', {
          'data-testid': `variable-${word}`, 'aria-pressed': String(evaluated === path), disabled: () => !form.readable(),
          onclick: () => evaluated !== path && form.set(pointer, Object.fromEntries(form.node(pointer).entries.map(([k, one]) => (k === key ? [path ? bare(key) + suffix : bare(key), path ? '$' : null] : [k, valueOf(one)])))).catch(failed),
        }, word))),
        h('button.btn.btn--ghost.btn--sm.btn--icon', { 'aria-label': `Delete ${bare(key)}`, title: `Delete ${bare(key)}`, 'data-testid': 'variable-delete', disabled: () => !form.readable(), onclick: () => form.remove(at, state).catch(failed) }, icon('trash', 14))),
      field(form, state, at, valueSpec, { label: `Value of ${bare(key)}`, data }));
  };
  return h('section.flist', { 'aria-label': spec.name, ...form.explained(spec) },
    h('div.row.flist-head', null, h('h3.sm.m.t2', null, spec.label ?? spec.name), h('span.grow'),
      h('button.btn.btn--ghost.btn--sm', {
        'data-testid': 'variable-add', disabled: () => !form.readable(),
        onclick: event => {
          const section = event.currentTarget.closest('section');
          form.set(pointerOf(pointer, newName()), jsonata ? '{% $states.input %}' : null)
            .then(() => requestAnimationFrame(() => { const last = [...section.querySelectorAll('[data-testid=variable-name]')].at(-1); last?.focus(); last?.select(); }), failed);
        },
      }, icon('plus', 14), 'Add variable')),
    () => form.problems(pointer, false).map(problem),
    () => keys().length === 0 && h('p.xs.t3', null, 'No variable is set here.'),
    h('ul', null, each(keys, key => key, row)));
}
