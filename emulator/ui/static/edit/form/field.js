// One field of a form: its label, its control by the kind of the field, what is wrong with it, and its documentation.

import { cleanup, computed, effect, h, signal, untrack } from '../../core/view.js';
import { icon } from '../../core/icon.js';
import { failed } from '../../core/toast.js';
import { parseJSON, tokensOf } from '../../core/jsontext.js';
import { completes, formatted, isExpression, suggestions } from './completion.js';
import { numberOf, parsed, statesOf, textOf, workflowOf } from './definition.js';
import { preview } from './preview.js';
import { typed } from './typed.js';

let made = 0;

// Kinds of package asl/assist by the control that edits them.
const numbers = new Set(['integer', 'number', 'duration']);
const texts = new Set(['text', 'timestamp', 'path', 'referencePath', 'resultPath', 'textPath', 'resource']);
const nullable = new Set(['path', 'resultPath']);
const evaluated = new Set(['path', 'referencePath', 'textPath', 'template', 'jsonata', 'condition', 'variables', 'timestamp', 'duration', 'integer', 'number', 'text', 'list', 'any']);

// field shows the member at a pointer. spec is a field of asl/assist; state is the pointer of the state that has it.
// options: label; data, a function that says what its expressions read, as in preview.js; control, which makes another
// control: control(parts, form, state, pointer, spec) gives {el, below}, and parts what el needs to be labelled and told
// of problems; ask, which makes the control a picker (see completes); parse, which reads its text; unseen, so that
// nothing is tried; actions, beside the label.
export function field(form, state, pointer, spec, options = {}) {
  const id = `field-${++made}`;
  // What a template puts in the place of a text or number, such as {"Ref": …}, is JSON to edit, and so is a text of
  // several lines.
  const given = untrack(() => form.node(pointer));
  if ((given?.type === 'object' || given?.type === 'array' || textOf(given)?.includes('\n')) && isSimple(spec)) return field(form, state, pointer, { ...spec, kind: 'any', values: null }, { ...options, control: null });
  const control = options.control ?? controlOf(spec);
  const own = signal(''); // what is wrong with a text that is not written
  const wrong = computed(() => {
    const told = form.problems(pointer, options.deep ?? true).map(one => ({ severity: one.severity, message: one.message, hint: one.hint }));
    return own() ? [{ severity: 'ERROR', message: own() }, ...told] : told;
  });
  const bad = computed(() => wrong().some(one => one.severity !== 'WARNING'));
  const testid = `field-${spec.name}`;
  const parts = { id, own, bad, testid, described: `${id}-docs ${id}-wrong`, label: options.label ?? spec.name, options };
  const { el, below } = control(parts, form, state, pointer, spec);
  return h('div.field', { class: options.class, ...form.explained({ name: parts.label, docs: spec.docs }) },
    h('div.lab', null,
      h('label', { for: id }, parts.label),
      spec.required && h('span.t3', null, 'required'), spec.kind === 'duration' && h('span.t3', null, 's'),
      h('span.grow'), options.actions),
    el,
    h('span.vh', { id: `${id}-docs` }, spec.docs),
    h('div.wrong', { id: `${id}-wrong`, 'aria-live': 'polite' }, () => wrong().slice(0, 3).map(problem)),
    below);
}

// problem is a line with what is wrong.
export function problem(one) {
  return h(one.severity === 'WARNING' ? 'p.warn' : 'p.err', { 'data-testid': 'field-problem', title: one.hint || null },
    icon(one.severity === 'WARNING' ? 'st-caught' : 'st-failed', 12), h('span', null, one.message, one.hint && h('span.t3', null, ` (${one.hint})`)));
}

function controlOf(spec) {
  if (spec.kind === 'enum' || spec.values?.length) return choice;
  if (spec.kind === 'boolean') return boolean;
  if (spec.kind === 'stateName') return stateName;
  if (numbers.has(spec.kind) || texts.has(spec.kind)) return line;
  return code;
}

function isSimple(spec) { return spec.values?.length || spec.kind === 'boolean' || spec.kind === 'stateName' || texts.has(spec.kind) || numbers.has(spec.kind); }

// parserOf makes the outcome of a text by the kind of a field.
export function parserOf(spec) {
  const empty = spec.required ? { problem: 'This field is required.' } : { remove: true };
  if (numbers.has(spec.kind)) {
    return text => {
      const trimmed = text.trim();
      if (!trimmed) return empty;
      if (spec.expression && isExpression(trimmed)) return { value: trimmed };
      if (!/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(trimmed)) return { problem: `Expected a number${spec.expression ? ' or an expression {% … %}' : ''}.` };
      const number = /^-?0\d/.test(trimmed) ? String(Number(trimmed)) : trimmed;
      if (spec.kind !== 'number' && !Number.isInteger(Number(number))) return { problem: 'Expected a whole number.' };
      return { value: numberOf(number) };
    };
  }
  if (texts.has(spec.kind)) {
    return text => {
      if (!text.trim()) return spec.kind === 'text' && spec.required ? { value: text } : empty;
      if (nullable.has(spec.kind) && text.trim() === 'null') return { value: null };
      return { value: text };
    };
  }
  if (spec.kind === 'condition') {
    return text => {
      const trimmed = text.trim();
      if (!trimmed) return empty;
      if (trimmed === 'true' || trimmed === 'false') return { value: trimmed === 'true' };
      return { value: isExpression(trimmed) ? trimmed : `{% ${trimmed} %}` };
    };
  }
  return text => {
    const trimmed = text.trim();
    if (!trimmed) return empty;
    if (spec.expression && trimmed.startsWith('{%')) return isExpression(trimmed) ? { value: trimmed } : { problem: 'The expression is not closed by %}.' };
    const { value, problem: why } = parsed(text);
    return why ? { problem: `Not JSON${spec.expression ? ', and no expression {% … %}' : ''}: ${why}` } : { value };
  };
}

// shownAs makes the text of what a member has.
function shownAs(spec) {
  return raw => {
    if (!raw) return '';
    const { node } = parseJSON(raw);
    if (texts.has(spec.kind) || numbers.has(spec.kind)) return node.type === 'string' ? JSON.parse(node.text) : raw;
    return formatted(node);
  };
}

// bind ties a text to a member.
function bind(form, state, pointer, spec, parts) {
  const text = typed({
    read: () => form.raw(pointer), show: shownAs(spec), parse: parts.options.parse ?? parserOf(spec), kept: form.unwritten, key: pointer,
    write: (outcome, burst) => {
      const key = `${pointer} ${burst}`;
      if (outcome.remove) return form.remove(pointer, state, key);
      return form.change(pointer, outcome.value, key);
    },
  });
  effect(() => { parts.own.set(text.problem()); });
  return text;
}

function assisted(form, state, pointer, parts, el, text, quoted) {
  return completes({
    control: el, label: parts.label, picker: Boolean(parts.options.ask),
    ask: parts.options.ask ?? ((value, caret) => suggestions(form, state, pointer, value, caret, quoted(value))),
    take: (value, caret) => { text.oninput(value); queueMicrotask(() => { el().value = value; el().setSelectionRange(caret, caret); el().focus(); }); },
  });
}

// line is a control of one line.
export function line(parts, form, state, pointer, spec) {
  const text = bind(form, state, pointer, spec, parts);
  const plain = spec.kind === 'text' && !spec.expression && !parts.options.ask;
  let el = null;
  const complete = plain ? null : assisted(form, state, pointer, parts, () => el, text, () => true);
  el = h('input.line', {
    id: parts.id, 'data-testid': parts.testid, value: text.text, spellcheck: plain ? null : 'false', autocomplete: 'off', autocapitalize: 'off',
    class: [!plain && 'mono'], inputmode: numbers.has(spec.kind) && !spec.expression ? 'decimal' : null, placeholder: parts.options.placeholder ?? (spec.default ? `default ${spec.default}` : null),
    'aria-describedby': parts.described, 'aria-invalid': () => String(parts.bad()), disabled: () => !form.readable(),
    ...complete ? { role: 'combobox', 'aria-expanded': () => String(complete.open()), ...complete.props } : {},
    onfocus: text.begin, onblur: () => { complete?.close(); text.commit(); },
    oninput: () => { text.oninput(el.value); complete?.typed(); },
    onkeydown: event => {
      if (complete?.keydown(event) || undoes(event, text)) return;
      if (event.key === 'Enter' && !event.isComposing) text.commit();
      if (parts.options.ask && event.key === 'ArrowDown') { event.preventDefault(); complete.suggest(); }
    },
  });
  const box = h('div.in', { class: () => parts.bad() && 'is-bad' }, el,
    parts.options.ask && h('button.btn.btn--ghost.btn--sm.btn--icon.end', { tabindex: -1, 'aria-label': `Suggestions for ${parts.label}`, 'data-testid': `${parts.testid}-open`, onclick: () => { el.focus(); complete.suggest(); } }, icon('down', 14)));
  return { el: box, below: evaluated.has(spec.kind) && !plain && !parts.options.unseen && preview(form, state, spec, text.text, parts.options.data) };
}

// code is a control of several lines for JSON and expressions, coloured, with completion.
function code(parts, form, state, pointer, spec) {
  const text = bind(form, state, pointer, spec, parts);
  let el = null;
  const complete = assisted(form, state, pointer, parts, () => el, text, value => spec.kind === 'condition' || value.trim().startsWith('{%'));
  el = h('textarea.cf-text', {
    id: parts.id, 'data-testid': parts.testid, value: text.text, spellcheck: 'false', autocomplete: 'off', autocapitalize: 'off', wrap: 'off', rows: 1,
    placeholder: parts.options.placeholder ?? (spec.kind === 'condition' ? 'for example $states.input.total > 0' : null),
    'aria-describedby': parts.described, 'aria-invalid': () => String(parts.bad()), disabled: () => !form.readable(), ...complete.props, 'aria-haspopup': 'listbox',
    onfocus: text.begin, onblur: () => { complete.close(); text.commit(); },
    oninput: () => { text.oninput(el.value); complete.typed(); },
    onkeydown: event => {
      if (complete.keydown(event) || undoes(event, text)) return;
      if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey && !event.isComposing) { event.preventDefault(); newLine(el); }
    },
  });
  const box = h('div.cf', { class: () => parts.bad() && 'is-bad' },
    h('div.cf-scroll', null, h('div.cf-stack', null, h('pre.cf-back', { 'aria-hidden': 'true' }, () => coloured(text.text())), el)),
    !parts.options.unseen && evaluated.has(spec.kind) && preview(form, state, spec, text.text, parts.options.data));
  return { el: box };
}

// undoes leaves the undo of a text that is not in the definition to the browser; all else the document undoes.
function undoes(event, text) {
  if (!(event.ctrlKey || event.metaKey) || !/^[zy]$/i.test(event.key) || !text.unwritten()) return false;
  event.stopPropagation();
  return true;
}

// newLine keeps the indentation, and adds a step after an opening bracket.
function newLine(el) {
  const before = el.value.slice(0, el.selectionStart), last = before.slice(before.lastIndexOf('\n') + 1);
  document.execCommand('insertText', false, `\n${/^\s*/.exec(last)[0]}${/[[{(]\s*$/.test(last) ? '  ' : ''}`); // the only way that keeps the browser's undo
}

function coloured(text) {
  if (text.length > 20_000) return `${text}\n`;
  const tokens = text.trimStart().startsWith('{%') ? [['x', text]] : tokensOf(text);
  return [tokens.map(([kind, part]) => (kind === 'p' ? part : h('span', { class: kind }, part))), '\n'];
}

const many = 50; // options that do not delay a form

// filled is a signal that tells a picker whether to have all of its options: not in the frame in which a form appears, but
// shortly after it, or when the picker gets the focus. So a state is shown at once, however many others it can lead to.
export function filled() {
  const all = signal(false), timer = setTimeout(() => all.set(true), 100);
  cleanup(() => clearTimeout(timer));
  return all;
}

// select is a control with rows [value, label]; choose(value) changes the definition. The rows are made anew only
// if they differ, or a list that is open would close.
export function select(form, parts, rows, value, choose) {
  const all = filled();
  const same = computed(() => { const list = rows(); return JSON.stringify(all() || list.length < many ? list : list.filter(([one]) => !one || one === value())); });
  const el = h('select.in', {
    id: parts.id, 'data-testid': parts.testid, 'aria-describedby': parts.described, 'aria-invalid': () => String(parts.bad()), disabled: () => !form.readable(),
    class: () => parts.bad() && 'is-bad', onfocus: () => all.set(true),
    onchange: () => { choose(el.value).catch(error => parts.own.set(error.message)); parts.own.set(''); },
  }, () => JSON.parse(same()).map(([one, label]) => h('option', { value: one }, label)));
  effect(() => { same(); const now = value(); queueMicrotask(() => { el.value = now; }); });
  return { el };
}

// choice is a control for a member that has one of a few values.
function choice(parts, form, state, pointer, spec) {
  const value = () => shownAs({ kind: 'text' })(form.raw(pointer));
  const rows = computed(() => {
    const all = spec.values ?? [], now = value();
    const none = spec.default ? `${unquote(spec.default)} (default)` : spec.required ? 'choose' : 'not set';
    return [['', none], ...all.map(one => [one, one]), ...(now && !all.includes(now) ? [[now, `${now} (unknown)`]] : [])];
  });
  return select(form, parts, rows, value, now => {
    if (!now) return form.remove(pointer, state);
    return form.set(pointer, spec.kind === 'integer' || spec.kind === 'number' ? numberOf(now) : spec.kind === 'boolean' ? now === 'true' : now);
  });
}
function unquote(json) { return json.replace(/^"|"$/g, ''); }

function boolean(parts, form, state, pointer, spec) {
  return choice(parts, form, state, pointer, { ...spec, values: ['true', 'false'] });
}

// stateName is a picker of a state of the same workflow.
function stateName(parts, form, state, pointer, spec) {
  const value = () => form.text(pointer);
  const rows = computed(() => {
    const names = statesOf(form.definition(), workflowOf(state)), now = value();
    return [...(spec.required && now ? [] : [['', spec.required ? 'choose a state' : 'none']]), ...names.map(one => [one, one]), ...(now && !names.includes(now) ? [[now, `${now} (does not exist)`]] : [])];
  });
  return select(form, parts, rows, value, now => (now ? form.set(pointer, now) : form.remove(pointer, state)));
}

// twin shows a field that exists in two forms, such as Seconds and SecondsPath, with a switch between them.
export function twin(form, state, base, specs, options = {}) {
  const present = () => Math.max(0, specs.findIndex(one => form.has(base + suffix(one))));
  const chosen = signal(untrack(present));
  effect(() => { if (specs.some(one => form.has(base + suffix(one)))) chosen.set(present()); });
  const swap = to => {
    const from = specs[chosen.peek()];
    chosen.set(to);
    if (form.has(base + suffix(from))) form.remove(base + suffix(from), state).catch(failed);
  };
  const ways = specs.map(one => (one.name.endsWith('Path') ? `${specs.length > 2 ? `${one.name.replace(/Path$/, '').toLowerCase()} at a ` : ''}path` : specs.length > 2 || !specs[1].name.endsWith('Path') ? one.name.toLowerCase() : 'value'));
  const label = `How ${specs[0].name} is given`;
  const switcher = () => (specs.length > 2
    ? h('select.in.way', { 'data-testid': 'twin', 'aria-label': label, disabled: () => !form.readable(), onchange: event => swap(Number(event.target.value)) }, ways.map((way, i) => h('option', { value: String(i), selected: i === chosen.peek() }, way)))
    : h('div.seg.seg--sm', { role: 'group', 'aria-label': label }, specs.map((one, i) => h('button', {
      'data-testid': `twin-${one.name}`, 'aria-pressed': () => String(chosen() === i), disabled: () => !form.readable(), onclick: () => chosen.peek() !== i && swap(i),
    }, ways[i]))));
  return h('div', null, () => {
    const spec = specs[chosen()];
    return untrack(() => field(form, state, base + suffix(spec), spec, { ...options, actions: switcher() }));
  });
}
const suffix = spec => `/${spec.name}`;

