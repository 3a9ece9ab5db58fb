// What a Task calls: the action with its pattern, and pickers of what there is on this server.

import { computed, effect, h, untrack } from '../../core/view.js';
import { get } from '../../core/api.js';
import { icon } from '../../core/icon.js';
import { failed } from '../../core/toast.js';
import { pointerOf, textOf } from './definition.js';
import { field, line } from './field.js';

const patternWords = { '': 'Request and response', '.sync': 'Run a job, wait for its end (.sync)', '.sync:2': 'Run a job, wait for its end, output as JSON (.sync:2)', '.waitForTaskToken': 'Wait for a callback (.waitForTaskToken)' };
const suffix = /\.(sync(:2)?|waitForTaskToken)$/;

// pickers are parameters whose values this server knows: by action, {parameter, label, of(catalog)}.
const pickers = {
  'lambda:invoke': { parameter: 'FunctionName', label: 'Function', of: catalog => catalog.functions, missing: 'not set up on this server' },
  'states:startExecution': { parameter: 'StateMachineArn', label: 'State machine', of: catalog => catalog.machines, missing: 'not on this server' },
};

// actionOf is the service and action of a resource, "lambda:invoke"; "" if it calls none.
export function actionOf(resource) { return /^arn:[^:]*:states:::([^.]+)/.exec(resource)?.[1] ?? ''; }

// resource shows the fields of what a Task calls. spec is its field Resource; argumentsName that of its parameters.
export function resource(form, state, spec, argumentsName) {
  const pointer = pointerOf(state, 'Resource'), text = computed(() => form.text(pointer));
  const catalog = form.ed.catalog;
  const patterns = computed(() => {
    const action = actionOf(text()), [service, name] = action.split(':');
    if (service === 'aws-sdk') return ['.waitForTaskToken'];
    return catalog.data()?.services.find(one => one.name === service)?.actions.find(one => one.name === name)?.patterns ?? [];
  });
  const pattern = computed(() => suffix.exec(text())?.[0] ?? '');
  const action = computed(() => actionOf(text()));
  return [
    field(form, state, pointer, spec, { ask: value => resources(catalog.data(), value), unseen: true, parse: resourceOf }),
    () => patterns().length > 0 && untrack(() => patternField(form, pointer, text, patterns, pattern)),
    () => pickers[action()] && untrack(() => picker(form, state, argumentsName, pickers[action()])),
    () => /:function:/.test(text()) && untrack(() => found(text, pickers['lambda:invoke'], catalog)),
  ];
}

// resourceOf reads what was typed. Words to search with are no resource, and stay in the field.
function resourceOf(text) {
  const name = text.trim();
  return /^(arn:|\$\{)/.test(name) ? { value: name } : { problem: 'Choose what is called from the list, or write an ARN.' };
}

// resources promises what a Task can call, and with some letters actions of the AWS SDK too.
async function resources(catalog, text) {
  if (!catalog) return [];
  const item = (resource, label, detail, docs) => ({ label, filter: `${label} ${resource} ${detail}`, insert: resource, detail, docs, from: 0, to: text.length });
  const all = [
    ...catalog.services.flatMap(service => service.actions.map(action => item(action.resource, `${service.name}:${action.name}`, service.label))),
    ...catalog.functions.map(one => item(one.arn, one.name, 'Lambda function', one.problem || one.note)),
    ...catalog.activities.map(one => item(one.arn, one.name, 'activity')),
  ];
  const word = text.replace(/^arn:aws:states:::(aws-sdk:)?/, '').replace(suffix, '');
  if (word.length < 3) return all;
  const found = await get('catalog', { q: word });
  return [...all, ...found.sdk.map(action => item(action.resource, action.name, 'AWS SDK'))];
}

function patternField(form, pointer, text, patterns, pattern) {
  const id = `pattern-${++made}`;
  const choose = value => form.set(pointer, text.peek().replace(suffix, '') + value).catch(failed);
  const el = h('select.in', { id, 'data-testid': 'pattern', disabled: () => !form.readable(), onchange: () => choose(el.value) },
    () => ['', ...patterns()].map(one => h('option', { value: one }, patternWords[one] ?? one)));
  effect(() => { patterns(); const now = pattern(); queueMicrotask(() => { el.value = now; }); });
  const docs = 'How the Task waits: for the answer alone, for the end of the job that it started, or until somebody returns the task token of the context object.';
  return h('div.field', form.explained({ name: 'Pattern', docs }), h('div.lab', null, h('label', { for: id }, 'Pattern')), el);
}
let made = 0;

// picker shows the parameter that names what is called, as long as the parameters are an object.
function picker(form, state, argumentsName, { parameter, label, of, missing }) {
  const base = pointerOf(state, argumentsName);
  const open = computed(() => { const node = form.node(base); return !node || node.type === 'object'; });
  const evaluated = computed(() => form.has(pointerOf(base, `${parameter}.$`)));
  return () => {
    if (!open()) return null;
    const name = evaluated() ? `${parameter}.$` : parameter;
    return untrack(() => {
      const pointer = pointerOf(base, name);
      const ask = async value => of(form.ed.catalog.data() ?? { functions: [], machines: [] }).map(one => ({ label: one.name, filter: `${one.name} ${one.arn}`, insert: parameter === 'FunctionName' ? one.name : one.arn, detail: one.problem || one.note || '', from: 0, to: value.length }));
      return h('div', null,
        field(form, state, pointer, { name, kind: 'text', expression: true, docs: `${parameter} of the action.`, required: false }, { label, control: line, ...evaluated() ? {} : { ask } }),
        !evaluated() && found(computed(() => textOf(form.node(pointer)) ?? ''), { of, missing, parameter }, form.ed.catalog));
    });
  };
}

// found tells whether this server has what is named.
function found(text, { of, missing }, catalog) {
  return () => {
    const name = text(), data = catalog.data();
    if (!name || !data || /^\{%|^\$/.test(name)) return null;
    const plain = name.replace(/:\$LATEST$/, ''), last = /:function:([^:]+)/.exec(plain)?.[1] ?? plain;
    const one = of(data).find(other => other.name === last || other.arn === plain || other.name === plain);
    if (!one) return h('p.hint.row.gap-1.sm.t3', { 'data-testid': 'resource-found' }, icon('info', 12), missing);
    return h('p.hint.row.gap-1.sm', { 'data-testid': 'resource-found', class: one.problem ? 'err' : 'is-here' }, icon(one.problem ? 'st-failed' : 'check', 12), one.problem || `runs here${one.note ? `: ${one.note}` : ''}`);
  };
}
