// A new machine: blank, from a pattern, or from a text that is pasted.

import { computed, h, signal } from '../core/view.js';
import { get, post, resource } from '../core/api.js';
import { icon } from '../core/icon.js';
import { server } from '../core/server.js';
import { failed } from '../core/toast.js';

const blank = { JSON: language => `${JSON.stringify({ QueryLanguage: language, States: {} }, null, 2)}\n`, YAML: language => `QueryLanguage: ${language}\nStates: {}\n` };

// start shows the form. done is called with the Document to begin with.
export function start(done) {
  const name = signal(''), format = signal('YAML'), type = signal('STANDARD'), language = signal('JSONata'), from = signal('blank'), pasted = signal(''), place = signal(null), problem = signal(''), busy = signal(false);
  const catalog = resource(abort => get('catalog', {}, abort));
  const folder = computed(() => server.overview()?.folder ?? '');
  const where = computed(() => place() ?? (folder() ? 'file' : 'api'));
  const path = computed(() => `${name().trim()}.asl.${format() === 'YAML' ? 'yaml' : 'json'}`);
  const bad = computed(() => (/^[\w-]{1,80}$/.test(name().trim()) ? '' : 'A name has 1 to 80 letters, digits, - and _.'));

  async function begin(event) {
    event.preventDefault();
    if (bad.peek()) { problem.set(bad.peek()); document.getElementById('new-name').focus(); return; }
    busy.set(true);
    problem.set('');
    try {
      const text = await textOf();
      const file = where.peek() === 'file' ? path.peek() : '';
      if (file && await get('document', { path: file }).then(() => true, error => error.status !== 404)) throw new Error(`${file} is there already.`);
      done({ text, format: format.peek(), pointer: '', path: file, hash: '', savable: true, why: '', arn: '', name: name.peek().trim(), type: type.peek(), language: language.peek() });
    } catch (error) { problem.set(error.message); }
    busy.set(false);
  }
  async function textOf() {
    const chosen = from.peek();
    if (chosen === 'blank') return blank[format.peek()](language.peek());
    const text = chosen === 'paste' ? pasted.peek() : catalog.data.peek().patterns.find(one => one.name === chosen)[language.peek() === 'JSONata' ? 'jsonata' : 'definition'];
    if (!text.trim()) throw new Error('There is no text yet: paste a definition.');
    const is = text.trimStart().startsWith('{') ? 'JSON' : 'YAML';
    if (is === format.peek()) return text;
    return (await post('convert', { text, format: is, pointer: '', to: format.peek() })).text;
  }
  const choice = (id, value, title, note, sign) => h('label.choice', { class: () => from() === value && 'is-on' },
    h('input', { type: 'radio', name: 'from', 'data-testid': id, checked: () => from() === value, onchange: () => from.set(value) }), h('span.tile', null, icon(sign)), h('span.grow', null, h('span.m', null, title), h('span.sm.t3', null, note)));
  const pick = (id, label, value, rows) => h('div.field', null, h('label', { for: id }, label), h('select.in', { id, 'data-testid': id, onchange: event => value.set(event.target.value) }, rows.map(([key, text]) => h('option', { value: key, selected: () => value() === key }, text))));
  return h('div.page.page--narrow', null, h('form.card.card--pad.col.gap-5.new-machine', { onsubmit: event => begin(event).catch(failed) },
    h('h1.h1', null, 'New state machine'),
    h('div.pair', null,
      h('div.field', null, h('label', { for: 'new-name' }, 'Name'), h('div.in', { class: () => problem() && bad() && 'is-bad' }, h('input.mono', { id: 'new-name', 'data-testid': 'new-name', autofocus: true, maxlength: 80, autocomplete: 'off', spellcheck: 'false', oninput: event => name.set(event.target.value), ref: el => queueMicrotask(() => el.focus()) }))),
      h('div.field', null, h('label', { for: 'new-place' }, 'Where'), h('select.in', { id: 'new-place', 'data-testid': 'new-place', onchange: event => place.set(event.target.value) },
        () => folder() && h('option', { value: 'file', selected: () => where() === 'file' }, 'a file in the served folder'), h('option', { value: 'api', selected: () => where() === 'api' }, 'the API alone')))),
    h('div.new-row', null, pick('new-format', 'Format', format, [['YAML', 'YAML'], ['JSON', 'JSON']]), pick('new-language', 'Query language', language, [['JSONata', 'JSONata'], ['JSONPath', 'JSONPath']]), pick('new-type', 'Type', type, [['STANDARD', 'Standard'], ['EXPRESS', 'Express']])),
    h('p.sm.t3', { 'data-testid': 'new-path' }, () => (where() === 'file' ? ['It is saved to ', h('span.mono', null, name().trim() ? path() : 'NAME.asl.yaml'), ' when you save it.'] : 'It is created in the API when you save it.')),
    h('fieldset.choices', null, h('legend.lab.m', null, 'Begin with'),
      choice('from-blank', 'blank', 'Blank', 'No state yet', 'plus'), choice('from-paste', 'paste', 'A text', 'Paste JSON or YAML', 'copy'),
      () => (catalog.data()?.patterns ?? []).map(one => choice(`from-${one.name}`, one.name, one.title, one.comment, one.icon))),
    () => from() === 'paste' && h('div.field', null, h('label', { for: 'new-text' }, 'Definition'), h('textarea.in.mono.new-text', { id: 'new-text', 'data-testid': 'new-text', rows: 10, spellcheck: 'false', oninput: event => pasted.set(event.target.value) })),
    () => problem() && h('p.why', { role: 'alert', 'data-testid': 'new-problem' }, problem()),
    h('div.row', null, h('button.btn.btn--pri', { type: 'submit', 'data-testid': 'new-begin', disabled: busy }, icon('edit'), 'Draw it'))));
}
