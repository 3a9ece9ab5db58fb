// The editor: a text area over coloured text, which lies exactly behind it. Undo, selection, input methods
// and screen readers are the browser's own.

import { effect, h, signal } from './view.js';
import { icon } from './icon.js';
import { formatJSON, parseJSON, tokensOf } from './jsontext.js';
import { size } from './time.js';

const coloured = 60_000; // characters; longer text is edited without colours
const limit = 256 * 1024; // bytes that Step Functions takes

// editor edits the text of a signal. options: label, json (default true: colours and checks), submit (for
// Ctrl+Enter), placeholder, optional (empty text is fine). It returns {el, problem}: problem is a signal of the
// error of the JSON, or null.
export function editor(text, { label, json = true, submit = null, placeholder = '', optional = false } = {}) {
  const problem = signal(null);
  effect(() => { problem.set(json && !(optional && !text().trim()) ? parseJSON(text()).error ?? null : null); });
  const id = `editor-${++made}`;
  const back = h('pre.ed-back', { 'aria-hidden': 'true' }, () => lines(text(), json, problem()));
  const area = h('textarea.ed-text', {
    'data-testid': 'editor', 'aria-label': label, 'aria-describedby': id, 'aria-invalid': () => String(problem() !== null),
    value: text, placeholder, spellcheck: 'false', autocomplete: 'off', autocapitalize: 'off', wrap: 'off',
    oninput: () => text.set(area.value),
    onkeydown: event => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); event.stopPropagation(); submit?.(); }
      else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); newLine(area); }
    },
  });
  const el = h('div.ed', null,
    h('div.ed-scroll', null, h('div.ed-stack', null, back, area)),
    json && h('div.ed-foot', { id, role: 'status' },
      () => (problem()
        ? h('button.err', { 'data-testid': 'editor-error', onclick: () => { area.focus(); area.setSelectionRange(problem().offset, problem().offset + 1); } },
          icon('st-failed', 14), `line ${problem().line}, column ${problem().column}: ${problem().message}`)
        : h('span.t3', null, text().trim() ? 'valid JSON' : 'empty')),
      h('span.grow'),
      () => { const n = new TextEncoder().encode(text()).length; return h('span.num.t3', { class: n > limit && 'err' }, `${size(n)} of 256 KiB`); },
      h('button.btn.btn--sm.btn--ghost', { 'data-testid': 'editor-format', disabled: () => problem() !== null, onclick: () => format(text) }, 'Format')));
  return { el, problem };
}
let made = 0;

function lines(text, json, problem) {
  if (text.length > coloured) return `${text}\n`;
  const bad = problem?.offset ?? -1;
  let at = 0;
  const parts = (json ? tokensOf(text) : [['p', text]]).map(([kind, part]) => {
    const from = at;
    at += part.length;
    return h('span', { class: [kind === 'p' ? '' : kind, bad >= from && bad < at && 'sq'] }, part);
  });
  return [parts, bad >= text.length && h('span.sq', null, ' '), '\n'];
}

// newLine keeps the indentation, and adds a step after an opening bracket.
function newLine(area) {
  const before = area.value.slice(0, area.selectionStart), line = before.slice(before.lastIndexOf('\n') + 1);
  const indent = /^\s*/.exec(line)[0] + (/[[{(]\s*$/.test(line) ? '  ' : '');
  document.execCommand('insertText', false, `\n${indent}`); // the only way that keeps the browser's undo
}

function format(text) {
  const { node } = parseJSON(text.peek());
  if (node) text.set(formatJSON(node));
}
