// The names of errors that a Retrier or Catcher is for: each with a button that takes it away, and a field to add more,
// completed from the errors of the language and of the service that the Task calls.

import { each, h, signal, untrack } from '../../core/view.js';
import { icon } from '../../core/icon.js';
import { completes, suggestions } from './completion.js';
import { pointerOf, textOf } from './definition.js';

// names is a control for an array of texts.
export function names(parts, form, state, pointer) {
  const all = () => { const node = form.node(pointer); return node?.type === 'array' ? node.items.map(one => textOf(one) ?? '') : []; };
  const text = signal('');
  let el = null;
  const wrote = promise => promise.then(() => parts.own.set(''), error => parts.own.set(error.message));
  const add = value => {
    const name = value.trim().replace(/^"|"$/g, '');
    text.set('');
    if (!name || untrack(all).includes(name)) return;
    wrote(form.set(pointerOf(pointer, untrack(all).length), name));
  };
  const remove = i => {
    const rest = untrack(all).toSpliced(i, 1);
    wrote(form.set(pointer, rest)); // a Retrier without names keeps its other fields
    el.focus();
  };
  const complete = completes({
    control: () => el, label: parts.label,
    ask: (value, caret) => suggestions(form, state, pointerOf(pointer, untrack(all).length), value, caret, true),
    take: value => add(value),
  });
  el = h('input.line.mono', {
    id: parts.id, 'data-testid': parts.testid, value: text, spellcheck: 'false', autocomplete: 'off', autocapitalize: 'off', placeholder: () => (all().length ? 'Add another' : 'States.ALL, MyError, …'),
    'aria-describedby': parts.described, 'aria-invalid': () => String(parts.bad()), disabled: () => !form.readable(),
    role: 'combobox', 'aria-expanded': () => String(complete.open()), ...complete.props,
    oninput: () => { text.set(el.value); complete.typed(); },
    onfocus: () => complete.suggest(),
    onblur: () => { complete.close(); add(text.peek()); },
    onkeydown: event => {
      if (complete.keydown(event)) return;
      if (event.key === 'Enter' || event.key === ',') { event.preventDefault(); add(text.peek()); } else if (event.key === 'ArrowDown') { event.preventDefault(); complete.suggest(); } else if (event.key === 'Backspace' && !text.peek() && untrack(all).length) { event.preventDefault(); remove(untrack(all).length - 1); }
    },
  });
  return {
    el: h('div.in.names', { class: () => parts.bad() && 'is-bad', onclick: event => { if (event.target === event.currentTarget) el.focus(); } },
      each(() => all().map((name, i) => ({ name, i })), one => `${one.i} ${one.name}`, one => h('span.name-chip', null, h('span.mono.trunc', { title: one.peek().name }, one.peek().name),
        h('button', { 'aria-label': `Remove ${one.peek().name}`, 'data-testid': 'name-remove', disabled: () => !form.readable(), onclick: () => remove(one.peek().i) }, icon('close', 12)))),
      el),
  };
}
