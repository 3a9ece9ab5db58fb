// Fields by what the server tells of them: a field of each kind, forms with and without Path as one, objects as
// groups. Nothing here knows a type of state.

import { computed, h, untrack } from '../../core/view.js';
import { icon } from '../../core/icon.js';
import { failed } from '../../core/toast.js';
import { assign } from './assign.js';
import { pointerOf } from './definition.js';
import { field, problem, twin } from './field.js';
import { names } from './names.js';
import { caught, retry } from './retry.js';
import { rules } from './choice.js';

// fieldset shows the fields of an object at base. often says which are shown though they are absent; the others are
// behind "More fields". make(spec) may show a field in a way of its own.
export function fieldset(form, state, base, specs, { often = () => true, make = () => null, options = () => ({}), more = 'More fields' } = {}) {
  const rows = paired(specs).map(group => ({
    group, shown: group.some(spec => spec.required || often(spec) || untrack(() => form.has(pointerOf(base, spec.name)))),
    show: () => make(group[0]) ?? (group.length > 1 ? twin(form, state, base, group, options(group[0])) : single(form, state, pointerOf(base, group[0].name), group[0], options(group[0]))),
  }));
  const hidden = rows.filter(row => !row.shown);
  return [
    rows.filter(row => row.shown).map(row => row.show()),
    hidden.length > 0 && h('details.more', null, h('summary.sm', { 'data-testid': 'more-fields' }, more, h('span.t3', null, ` ${hidden.flatMap(row => row.group[0].name).join(', ')}`)),
      h('div.col.fields', null, hidden.map(row => row.show()))),
  ];
}

// paired puts together fields of which one may be there: TimeoutSeconds and TimeoutSecondsPath, and the four of Wait.
export function paired(specs) {
  const groups = [], taken = new Set();
  for (const spec of specs) {
    if (taken.has(spec.name)) continue;
    const group = [spec, ...specs.filter(one => one !== spec && !taken.has(one.name) && spec.without?.includes(one.name) && sameThing(spec.name, one.name))];
    group.forEach(one => taken.add(one.name));
    const order = name => (name.endsWith('Path') ? 1 : 0) + (/^Timestamp/.test(name) ? 2 : 0);
    group.sort((a, b) => order(a.name) - order(b.name));
    groups.push(group);
  }
  return groups;
}
const waits = new Set(['Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath']);
function sameThing(a, b) { return waits.has(a) && waits.has(b) || a === `${b}Path` || b === `${a}Path`; }

// single shows a field by its kind.
export function single(form, state, pointer, spec, options = {}) {
  switch (spec.kind) {
    case 'object': return object(form, state, pointer, spec, options);
    case 'variables': return assign(form, state, pointer, spec, options.data);
    case 'retriers': return retry(form, state, pointer, spec);
    case 'catchers': return caught(form, state, pointer, spec);
    case 'rules': return rules(form, state, pointer, spec);
    case 'errorNames': case 'texts': return field(form, state, pointer, spec, { ...options, control: names });
    case 'workflow': case 'workflows': case 'states': case 'rule': return null; // drawn, not filled in
  }
  return field(form, state, pointer, spec, options);
}

// object is a group of fields that opens.
function object(form, state, pointer, spec, options) {
  const there = computed(() => form.has(pointer));
  if (!spec.fields?.length) return field(form, state, pointer, spec, options);
  return h('div.group-box', form.explained(spec),
    h('details.group', { open: untrack(there) },
      h('summary.sm', { 'data-testid': `group-${spec.name}` }, h('span.m', null, spec.name), () => !there() && h('span.t3', null, ' not set')),
      () => form.problems(pointer, false).map(problem),
      h('div.col.fields', null, fieldset(form, state, pointer, spec.fields, { options: () => options }))),
    () => there() && h('button.btn.btn--ghost.btn--sm.btn--icon', {
      'aria-label': `Remove ${spec.name}`, title: `Remove ${spec.name}`, 'data-testid': `remove-${spec.name}`, disabled: () => !form.readable(), onclick: () => form.remove(pointer, state).catch(failed),
    }, icon('trash', 14)));
}
