// Find and replace in the text of code mode.

import { computed, h, signal } from '../core/view.js';
import { icon } from '../core/icon.js';

const most = 2000; // matches that are counted

// finder makes the bar {el, open(text), close(), shown, step(by), matches}. go(from, to) selects a match, put
// replaces a part of the text. matches() gives {in(start, end)}: the ranges of matches to be marked.
export function finder(store, area, go, put) {
  const shown = signal(false), wanted = signal(''), instead = signal(''), current = signal(-1);
  const found = computed(() => {
    const word = shown() ? wanted().toLowerCase() : '', all = [];
    if (!word) return all;
    const text = store.text().toLowerCase();
    for (let at = text.indexOf(word); at >= 0 && all.length < most; at = text.indexOf(word, at + word.length)) all.push(at);
    return all;
  });
  const matches = computed(() => {
    const all = found(), length = wanted().length;
    return {
      in(start, end) {
        let low = 0, high = all.length;
        while (low < high) { const mid = (low + high) >> 1; if (all[mid] < start) low = mid + 1; else high = mid; }
        const ranges = [];
        for (; low < all.length && all[low] < end; low++) ranges.push([all[low], all[low] + length, low === current() ? 'hit hit--now' : 'hit']);
        return ranges;
      },
    };
  });
  function step(by) {
    const all = found.peek();
    if (!all.length) return;
    const at = area.selectionStart;
    let next = by > 0 ? all.findIndex(one => one > at || one === at && current.peek() < 0) : all.findLastIndex(one => one < at);
    if (next < 0) next = by > 0 ? 0 : all.length - 1;
    current.set(next);
    go(all[next], all[next] + wanted.peek().length);
  }
  function close() { shown.set(false); current.set(-1); area.focus(); }
  function replace() {
    const word = wanted.peek(), from = area.selectionStart;
    if (word && area.value.slice(from, area.selectionEnd).toLowerCase() === word.toLowerCase()) put(instead.peek(), from, area.selectionEnd);
    step(1);
  }
  function replaceAll() {
    const all = found.peek(), length = wanted.peek().length;
    if (!all.length) return;
    let text = '', at = 0;
    for (const one of all) { text += area.value.slice(at, one) + instead.peek(); at = one + length; }
    put(text + area.value.slice(at), 0, area.value.length, 0);
  }
  const onkeydown = event => {
    if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); close(); }
    if (event.key === 'Enter') { event.preventDefault(); step(event.shiftKey ? -1 : 1); input.focus(); }
  };
  const input = h('input', { 'data-testid': 'find-text', 'aria-label': 'Find', placeholder: 'Find', value: wanted, autocomplete: 'off', spellcheck: 'false', oninput: event => { wanted.set(event.target.value); current.set(-1); } });
  const button = (id, label, sign, run) => h('button.btn.btn--sm.btn--ghost.btn--icon', { 'data-testid': id, 'aria-label': label, title: label, onclick: run }, icon(sign, 14));
  return {
    shown, close, step, matches,
    open(text) {
      if (text && !text.includes('\n')) wanted.set(text);
      shown.set(true);
      queueMicrotask(() => { input.focus(); input.select(); });
    },
    el: h('div.code-find', { hidden: () => !shown(), role: 'search', onkeydown },
      h('div.in', null, icon('search', 14), input, h('span.num.t3', { role: 'status' }, () => (wanted() ? `${current() >= 0 ? `${current() + 1} of ` : ''}${found().length}${found().length === most ? '+' : ''}` : ''))),
      button('find-previous', 'Previous match (Shift Enter)', 'up', () => step(-1)), button('find-next', 'Next match (Enter)', 'down', () => step(1)),
      h('div.in', null, h('input', { 'data-testid': 'replace-text', 'aria-label': 'Replace with', placeholder: 'Replace with', value: instead, autocomplete: 'off', oninput: event => instead.set(event.target.value) })),
      h('button.btn.btn--sm', { 'data-testid': 'replace', disabled: () => !found().length, onclick: replace }, 'Replace'),
      h('button.btn.btn--sm', { 'data-testid': 'replace-all', disabled: () => !found().length, onclick: replaceAll }, 'All'),
      button('find-close', 'Close (Esc)', 'close', close)),
  };
}
