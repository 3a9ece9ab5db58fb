// Tabs with the keyboard of the ARIA pattern: one tab stop, arrows move and choose.

import { h } from './view.js';

let made = 0;

// tabs shows rows [name, label, content()] ; chosen is a signal of a name. kind is "tabs" or "seg".
export function tabs(label, rows, chosen, kind = 'tabs') {
  const id = `tab-${++made}`;
  const names = rows.map(row => row[0]);
  const onkeydown = event => {
    const at = names.indexOf(chosen.peek());
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: names.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    chosen.set(names[(to + names.length) % names.length]);
    document.getElementById(`${id}-${chosen.peek()}`).focus();
  };
  return [
    h(`div.${kind}`, { role: 'tablist', 'aria-label': label, onkeydown }, rows.map(([name, text]) => h('button', {
      id: `${id}-${name}`, role: 'tab', 'data-testid': `tab-${name}`, 'aria-controls': `${id}-panel`,
      'aria-selected': () => String(chosen() === name), tabindex: () => (chosen() === name ? 0 : -1), onclick: () => chosen.set(name),
    }, text))),
    h('div.tabpanel', { role: 'tabpanel', id: `${id}-panel`, 'aria-labelledby': () => `${id}-${chosen()}` }, () => rows.find(row => row[0] === chosen())?.[2]()),
  ];
}
