// The form of one state: which of its fields stand in which tab, and those that are edited in a way of their own.

import { computed, effect, h, signal, untrack } from '../../core/view.js';
import { jsonView } from '../../core/json.js';
import { failed, toast } from '../../core/toast.js';
import { link } from '../../core/router.js';
import { branches } from './branches.js';
import { namesOf, parentOf, pointerOf, statesOf, variablesIn, workflowOf } from './definition.js';
import { field, filled, problem } from './field.js';
import { fieldset } from './fieldset.js';
import { language } from './language.js';
import { resource } from './resource.js';
import { fieldsOf } from './form.js';

const inOut = new Set(['InputPath', 'ResultSelector', 'ResultPath', 'OutputPath', 'Output']);
const own = new Set(['Type', 'Next', 'End', 'QueryLanguage', 'Assign', 'Retry', 'Catch']); // shown apart
const often = new Set(['Comment', 'Arguments', 'Parameters', 'Result', 'Error', 'Cause', 'Seconds', 'SecondsPath', 'Items', 'ItemsPath', 'ItemSelector', 'MaxConcurrency', 'TimeoutSeconds', 'TimeoutSecondsPath', 'Default', ...inOut]);
const types = ['Task', 'Pass', 'Choice', 'Wait', 'Succeed', 'Fail', 'Parallel', 'Map'];

// stateForm makes the tabs of a state, rows for core/tabs.js, from its type and language, which stay the same.
export function stateForm(form, state, type, queryLanguage) {
  const specs = signal(null), text = computed(() => form.text(pointerOf(state, 'Resource')));
  // The parameters follow the resource; the form does not, or it would be made anew while the resource is typed.
  const parameters = signal([]);
  fieldsOf(type, queryLanguage, '').then(({ fields }) => specs.set(fields), failed);
  effect(() => {
    const name = text();
    if (type !== 'Task') return;
    fieldsOf(type, queryLanguage, name).then(({ fields }) => { if (untrack(text) === name) parameters.set(fields.find(one => one.name === 'Arguments' || one.name === 'Parameters')?.fields ?? []); }, () => {});
  });
  const ready = show => () => (specs() ? untrack(() => h('div.col.fields', null, show(specs()))) : null);
  const named = (all, name) => all.find(one => one.name === name);
  const isInOut = one => inOut.has(one.name) || (type === 'Pass' || type === 'Parallel') && (one.name === 'Parameters' || one.name === 'Arguments');
  const count = (...names) => names.reduce((sum, name) => sum + form.length(pointerOf(state, name)), 0);
  // Problems of states inside of this one are told there.
  const wrong = test => form.problems(state).filter(one => (!one.state || one.state === state) && test(namesOf(one.at.slice(state.length))[0])).length;
  const label = (words, n, test) => [words, () => (wrong(test) ? h('span.n.is-bad', null, wrong(test), h('span.vh', null, wrong(test) === 1 ? ' problem' : ' problems')) : n() > 0 && h('span.n', null, n()))];
  const isError = name => name === 'Retry' || name === 'Catch';
  const hasErrors = type === 'Task' || type === 'Parallel' || type === 'Map', hasVariables = type !== 'Fail' && type !== 'Succeed';

  const setUp = all => [
    nameField(form, state),
    () => form.problems(state, false).map(problem),
    fieldset(form, state, state, all.filter(one => !own.has(one.name) && !isInOut(one)), {
      options: reads,
      often: one => often.has(one.name) && !(type === 'Map' && one.name === 'Parameters'), // ItemSelector is its name now
      make: spec => {
        if (spec.name === 'Resource' && type === 'Task') return resource(form, state, spec, queryLanguage === 'JSONata' ? 'Arguments' : 'Parameters');
        if (spec.name === 'Branches') return branches(form, state, spec);
        if (spec.kind === 'workflow') return spec.fields && processor(form, state, spec);
        if (type === 'Task' && (spec.name === 'Arguments' || spec.name === 'Parameters')) return parametersField(form, state, spec, parameters);
        return null;
      },
    }),
    named(all, 'Next') && nextField(form, state, named(all, 'Next')),
    typeField(form, state, type),
    language(form, state),
  ];
  const reads = spec => ({ data: () => phaseOf(form, state, type, spec.name) });
  const data = all => [
    fieldset(form, state, state, all.filter(isInOut), { options: reads }),
    h('p.sm.t3', { hidden: all.some(isInOut) }, `A ${type} state has no fields for its input and output.`),
    lastRun(form, state),
  ];
  const variables = all => [
    named(all, 'Assign') ? fieldset(form, state, state, [named(all, 'Assign')], { options: reads }) : null,
    inScope(form, state),
  ];
  return [
    ['setup', label('Set up', () => 0, name => !isError(name) && !inOut.has(name) && name !== 'Assign'), ready(setUp)],
    ['data', label('Input, output', () => 0, name => inOut.has(name)), ready(data)],
    hasVariables && ['variables', label('Variables', () => { const node = form.node(pointerOf(state, 'Assign')); return node?.entries?.length ?? 0; }, name => name === 'Assign'), ready(variables)],
    hasErrors && ['errors', label('Errors', () => count('Retry', 'Catch'), isError), ready(all => fieldset(form, state, state, ['Retry', 'Catch'].map(name => named(all, name)).filter(Boolean)))],
    ['json', 'JSON', () => untrack(() => h('div.col.fields', null, field(form, state, state, { name: 'State', kind: 'any', required: true, docs: 'The state as JSON. Only the members that you change are changed in the text.' }, { deep: true, unseen: true, label: 'The state as JSON', class: 'field--tall' })))],
  ].filter(Boolean);
}

// phaseOf says which data the expressions of a field read: "input", "result", or "" if it cannot be told without a run,
// since it is made of both, or of an item.
function phaseOf(form, state, type, name) {
  const has = (...names) => names.some(one => form.has(pointerOf(state, one))), works = type === 'Task' || type === 'Parallel' || type === 'Map';
  const jsonata = form.language(state) === 'JSONata';
  switch (name) {
    case 'ItemSelector': return '';
    case 'Parameters': return type === 'Map' ? '' : 'input';
    case 'ResultSelector': return 'result';
    case 'OutputPath': return works ? (has('ResultPath', 'ResultSelector') ? '' : 'result') : has('Result', 'Parameters', 'ResultPath') ? '' : 'input';
    case 'Output': return works ? 'result' : 'input';
    case 'Assign': return works ? 'result' : !jsonata && has('Result', 'Parameters') ? '' : 'input';
  }
  return 'input';
}

// nameField renames the state: what leads to it follows.
function nameField(form, state) {
  const id = 'state-name', now = namesOf(state).at(-1), wrong = signal('');
  const rename = async () => {
    const to = el.value.trim();
    wrong.set('');
    if (to === now) return;
    if (!to) { wrong.set('A state needs a name.'); return; }
    if (statesOf(form.definition.peek(), workflowOf(state)).includes(to)) { wrong.set(`There is a state ${to} already.`); return; }
    const focused = document.activeElement === el;
    try {
      const { notes } = await form.apply([{ op: 'rename', state, name: to }]);
      form.doc.select([pointerOf(parentOf(state), to)]);
      for (const note of notes ?? []) toast(note.message ?? String(note), 'info');
      if (focused) requestAnimationFrame(() => document.getElementById(id)?.focus());
    } catch (error) { wrong.set(error.message); }
  };
  const el = h('input.line', {
    id, 'data-testid': 'state-name', value: now, maxlength: 80, autocomplete: 'off', disabled: () => !form.readable(), 'aria-invalid': () => String(Boolean(wrong())), 'aria-describedby': `${id}-wrong`,
    onchange: rename, onkeydown: event => { if (event.key === 'Escape') { el.value = now; wrong.set(''); } },
  });
  const explanation = { name: 'Name', docs: 'The name of the state, up to 80 characters, unique in the state machine. Next, Default, StartAt and Catch that name it are changed with it.' };
  return h('div.field', form.explained(explanation),
    h('div.lab', null, h('label', { for: id }, 'Name')), h('div.in', { class: () => wrong() && 'is-bad' }, el),
    h('div.wrong', { id: `${id}-wrong`, 'aria-live': 'polite' }, () => wrong() && problem({ severity: 'ERROR', message: wrong() })));
}

// nextField chooses where the state leads: to another state, or to the end.
function nextField(form, state, spec) {
  const next = pointerOf(state, 'Next'), end = pointerOf(state, 'End'), last = '/end'; // no name of a state begins the list with this
  const value = () => (form.raw(end) === 'true' ? last : form.text(next));
  const all = filled();
  const shown = computed(() => { const now = value(); return JSON.stringify({ now, names: statesOf(form.definition(), workflowOf(state)).filter(name => all() || name === now) }); });
  const control = parts => {
    const el = h('select.in', {
      id: parts.id, 'data-testid': 'next', 'aria-describedby': parts.described, 'aria-invalid': () => String(parts.bad()), disabled: () => !form.readable(), onfocus: () => all.set(true),
      onchange: () => choose(el.value).then(() => parts.own.set(''), error => parts.own.set(error.message)),
    }, () => {
      const { now, names } = JSON.parse(shown());
      return [
        now === '' && h('option', { value: '' }, 'choose'), h('option', { value: last }, 'End of the workflow'),
        h('optgroup', { label: 'States' }, names.map(name => h('option', { value: name }, name))),
        now && now !== last && !names.includes(now) && h('option', { value: now }, `${now} (does not exist)`),
      ];
    });
    effect(() => { const { now } = JSON.parse(shown()); queueMicrotask(() => { el.value = now; }); });
    return { el };
  };
  const choose = to => form.apply(to === last
    ? [...form.has(next) ? [{ op: 'remove', pointer: next }] : [], { op: 'set', pointer: end, value: true }]
    : [...form.has(end) ? [{ op: 'remove', pointer: end }] : [], { op: 'set', pointer: next, value: to }]);
  return field(form, state, next, spec, { control });
}

// typeField converts the state to another type.
function typeField(form, state, type) {
  const id = 'state-type', explanation = { name: 'Type', docs: 'What the state does. A state of another type keeps the fields that it may have.' };
  const el = h('select.in', { id, 'data-testid': 'state-type', disabled: () => !form.readable(), onchange: () => form.apply([{ op: 'convert', state, type: el.value }]).catch(error => { el.value = type; failed(error); }) },
    types.map(name => h('option', { value: name, selected: name === type }, name)));
  return h('div.field', form.explained(explanation), h('div.lab', null, h('label', { for: id }, 'Type')), el);
}

// processor shows how the items of a Map are processed; the states of its processor are drawn.
function processor(form, state, spec) {
  return fieldset(form, state, pointerOf(state, spec.name), spec.fields);
}

// parametersField edits what an action is called with, and offers the parameters that are missing.
function parametersField(form, state, spec, parameters) {
  const pointer = pointerOf(state, spec.name);
  const missing = computed(() => {
    const node = form.node(pointer);
    if (node && node.type !== 'object') return [];
    const there = new Set((node?.entries ?? []).map(([key]) => key.replace(/\.\$$/, '')));
    return parameters().filter(one => !there.has(one.name));
  });
  const add = h('select.in.add-parameter', {
    'data-testid': 'add-parameter', 'aria-label': `Add a parameter to ${spec.name}`, disabled: () => !form.readable() || !missing().length,
    onchange: () => {
      const one = missing.peek().find(parameter => parameter.name === add.value);
      add.value = '';
      if (one) form.set(pointerOf(pointer, one.name), blankOf(one)).catch(failed);
    },
  }, () => [h('option', { value: '' }, 'Add parameter'), missing().map(one => h('option', { value: one.name }, `${one.name}${one.required ? ' (required)' : ''}`))]);
  return h('div', null,
    field(form, state, pointer, spec, { actions: h('span', { hidden: () => parameters().length === 0 }, add) }),
    () => { const wanted = missing().filter(one => one.required); return form.has(pointer) && wanted.length > 0 && h('p.xs.t3', null, `Required: ${wanted.map(one => one.name).join(', ')}`); });
}

function blankOf({ kind, values }) {
  if (values?.length) return values[0];
  return { object: {}, template: {}, list: [], array: [], texts: [], boolean: false, integer: 0, number: 0 }[kind] ?? '';
}

// lastRun shows the data of the last run.
function lastRun(form, state) {
  return () => {
    const data = form.data.at(state);
    if (!data) return null;
    if (data.from !== 'run') return h('p.xs.t3', { 'data-testid': 'last-run' }, 'This state has not run yet.');
    return h('section.last-run', { 'aria-label': 'Last run', 'data-testid': 'last-run' },
      h('div.row', null, h('h3.sm.m.t2', null, 'Last run'), h('span.grow'), data.execution && h('a.sm', { href: link('x', data.execution), 'data-testid': 'last-execution' }, 'Execution')),
      [['Input', data.input], ['Result', data.result], ['Output', data.output]].filter(([, text]) => text).map(([name, text]) => h('details.group', null, h('summary.sm', { 'data-testid': `last-${name.toLowerCase()}` }, name), untrack(() => jsonView(text, `${name} of the last run`)))));
  };
}

// inScope lists the variables that the state can read.
function inScope(form, state) {
  return h('section.scope', { 'aria-label': 'Variables in scope' }, h('h3.sm.m.t2', null, 'In scope'), () => {
    const all = [...variablesIn(form.definition(), state)];
    if (!all.length) return h('p.xs.t3', null, 'No state around assigns a variable.');
    return h('ul', null, all.map(([name, states]) => h('li.row.sm', null, h('span.mono', null, `$${name}`), h('span.t3.trunc', null, `assigned by ${[...states].join(', ')}`))));
  });
}

