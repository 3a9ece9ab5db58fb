// What an expression gives on the data of the last run, or on a sample input, below the field that has it.

import { cleanup, effect, h, signal } from '../../core/view.js';
import { post } from '../../core/api.js';
import { parseJSON, pretty, tokensOf } from '../../core/jsontext.js';
import { isExpression } from './completion.js';

const pause = 200; // ms without a key until the server is asked
const most = 4000; // characters that are shown

// languageFor says in which language of POST evaluate a text is; '' if there is nothing to evaluate.
export function languageFor(kind, language, text) {
  const trimmed = text.trim();
  if (!trimmed) return '';
  if (language === 'JSONata') {
    if (kind === 'condition') return isExpression(trimmed) || !/^(true|false)$/.test(trimmed) ? 'JSONata' : '';
    if (isExpression(trimmed)) return 'JSONata';
    return trimmed.includes('{%') && parseJSON(trimmed).node ? 'JSONataTemplate' : '';
  }
  if (kind === 'template' || kind === 'variables') return /\.\$"/.test(trimmed) && parseJSON(trimmed).node ? 'JSONPathTemplate' : '';
  if (/^States\.[A-Za-z0-9]+\(/.test(trimmed)) return 'Intrinsic';
  return trimmed.startsWith('$') ? 'JSONPath' : '';
}

// preview follows a text. phaseOf() says which data it reads: "input" (before the work of the state, the default),
// "result" (after it), "error" (in a Catcher), or "" for what cannot be told.
export function preview(form, state, spec, text, phaseOf = () => 'input') {
  const answer = signal(null), writing = signal(false);
  let timer = 0, turn = 0;
  effect(() => {
    const language = form.language(state), phase = phaseOf(), kind = phase && languageFor(spec.kind, language, text());
    const inputPath = language === 'JSONPath' && spec.name !== 'InputPath' && phase === 'input' ? form.text(`${state}/InputPath`) : '';
    const mine = ++turn;
    clearTimeout(timer);
    if (!kind) return answer.set(null);
    const data = form.data.at(state);
    if (!data) return answer.set(null);
    if (data.from === 'none') return answer.set({ none: true, phase });
    const missing = phase === 'result' && !data.result && !usesInputOnly(text(), language) || phase === 'error' && !data.errorOutput;
    if (missing) return answer.set({ from: data.from, missing: phase, phase });
    timer = setTimeout(async () => {
      let found;
      try {
        const rest = { input: data.input, result: data.result, errorOutput: data.errorOutput, variables: data.variables, context: data.context };
        if (phase === 'result' && language === 'JSONPath') rest.input = data.result;
        if (phase === 'error' && language === 'JSONPath') rest.input = data.errorOutput;
        if (inputPath.startsWith('$')) {
          const read = await post('evaluate', { language: 'JSONPath', expression: inputPath, ...rest });
          if (read.value) rest.input = read.value;
        }
        found = { from: data.from, phase, ...await post('evaluate', { language: kind, expression: text().trim(), ...rest }) };
      } catch (error) { found = { from: data.from, phase, error: error.message, value: '' }; }
      if (mine === turn) answer.set(found);
    }, pause);
  });
  cleanup(() => { turn++; clearTimeout(timer); });
  return () => {
    const found = answer();
    if (!found) return null;
    return h('div.prev', { 'data-testid': 'preview' },
      h('div.row.gap-1', null, h('span.xs.t3', null, heading(found)), h('span.grow'),
        found.from !== 'run' && h('button.linkb.xs', { 'data-testid': 'sample-open', 'aria-expanded': () => String(writing()), onclick: () => writing.update(now => !now) }, 'Sample input')),
      () => writing() && sampleInput(form),
      found.error ? h('p.prev-bad.sm', { 'data-testid': 'preview-error' }, found.error)
        : found.value && h('pre.prev-value', { tabindex: 0, role: 'group', 'aria-label': 'Value', 'data-testid': 'preview-value' }, coloured(found.value)));
  };
}

function usesInputOnly(text, language) { return language === 'JSONata' && !text.includes('$states.result'); }

function heading(found) {
  if (found.none) return 'No run yet.';
  if (found.missing === 'error') return 'The last run has caught no error here.';
  if (found.missing === 'result') return found.from === 'run' ? 'The last run has no result here.' : 'A sample has no result.';
  return found.from === 'run' ? `with the last run’s ${{ input: 'input', result: 'data', error: 'error' }[found.phase]}` : 'with the sample input';
}

function coloured(value) {
  const { node } = parseJSON(value);
  return tokensOf((value.length <= 60 && node ? oneLine(node) : pretty(value)).slice(0, most)).map(([kind, part]) => (kind === 'p' ? part : h('span', { class: kind }, part)));
}

// oneLine writes a short value with a blank where one eases reading.
function oneLine(node) {
  if (node.type === 'object') return node.entries.length ? `{ ${node.entries.map(([key, one]) => `${JSON.stringify(key)}: ${oneLine(one)}`).join(', ')} }` : '{}';
  return node.type === 'array' ? `[${node.items.map(oneLine).join(', ')}]` : node.text;
}

function sampleInput(form) {
  const bad = signal('');
  return h('label.sample.xs.t3', null, 'Sample input, JSON',
    h('textarea.code.mono', {
      'data-testid': 'sample-input', rows: 4, spellcheck: 'false', value: form.data.sample.peek() || '{}', 'aria-invalid': () => String(Boolean(bad())),
      oninput: event => { const { error } = parseJSON(event.target.value); bad.set(error ? `line ${error.line}, column ${error.column}: ${error.message}` : ''); if (!error) form.data.setSample(event.target.value); },
    }), () => bad() && h('span.err', null, bad()));
}
