// Dialogs and drawers: the browser's own modal dialog, which traps the focus and closes with Escape.

import { append, effect, h, untrack } from './view.js';
import { icon } from './icon.js';
import { keyLayer } from './keys.js';

// dialog opens a modal. content(close) returns its children; kind is "dialog", "dialog.wide", "drawer" or "palette".
// The promise resolves with what close() was given, or undefined when the user left.
export function dialog(label, content, kind = 'dialog') {
  return new Promise(resolve => {
    const before = document.activeElement, endKeys = keyLayer();
    let result, end;
    const close = value => { result = value; el.close(); };
    const el = h(`dialog.${kind}`, {
      'aria-label': label, 'data-testid': kind.split('.')[0],
      onclick: event => { if (event.target === el) el.close(); },
      onclose: () => { end(); endKeys(); el.remove(); before?.focus?.(); resolve(result); },
    });
    end = effect(() => untrack(() => append(el, content(close))));
    document.body.append(el);
    el.showModal();
    el.querySelector('[autofocus]')?.focus();
  });
}

// dialogHead is the title row with the button that closes.
export function dialogHead(title, close, ...more) {
  return h('header.dialog-head', null, h('h2.h1', null, title), more, h('span.grow'),
    h('button.btn.btn--ghost.btn--icon', { 'aria-label': 'Close', 'data-testid': 'dialog-close', onclick: () => close() }, icon('close')));
}

// ask puts a question with two answers that say what happens; it resolves to true for the action.
export function ask(title, text, action, keep = 'Cancel') {
  return dialog(title, close => [
    dialogHead(title, close),
    h('p.dialog-body', null, text),
    h('footer', null,
      h('button.btn', { 'data-testid': 'ask-keep', onclick: () => close(false) }, keep),
      h('button.btn.btn--pri', { 'data-testid': 'ask-do', autofocus: true, onclick: () => close(true) }, action)),
  ]).then(Boolean);
}
