// Completion in a text area: the server says what can be written at a place, and what fits what has been typed is
// offered. Arrows choose, Enter or Tab takes.

import { computed, h, signal } from '../core/view.js';
import { post } from '../core/api.js';

const most = 60; // that are listed

// completion makes {el, ask(), typed(event), key(event), close()} for the text area of a store. at(offset) gives
// the place of an offset in the area; put(text, from, to, selectFrom, selectTo) replaces a part of the text.
export function completion(store, area, at, put) {
  const items = signal([]), chosen = signal(0), place = signal(null);
  let turn = 0;
  const typedOf = item => area.value.slice(item.start, area.selectionStart);
  const close = () => { turn++; if (place.peek()) place.set(null); items.set([]); };

  async function ask() {
    const mine = ++turn, text = area.value, offset = area.selectionStart;
    let all;
    try { all = (await post('complete', { ...store.body(), text, offset, data: store.known() })).items; } catch { return close(); }
    if (mine !== turn) return;
    if (area.value !== text) { if (area.selectionStart >= offset) return ask(); return close(); }
    show(all);
  }
  // show narrows items down to those that fit what has been typed: first those that begin with it.
  function show(all) {
    const ranked = all.map(item => ({ item, rank: rank(item, typedOf(item)) })).filter(one => one.rank >= 0).sort((a, b) => a.rank - b.rank).slice(0, most);
    if (!ranked.length) return close();
    items.set(ranked.map(one => one.item));
    items.all = all;
    chosen.set(0);
    place.set(at(ranked[0].item.start));
  }
  function take(item) {
    const stop = item.stops?.[0], from = item.start, to = Math.max(item.end, area.selectionStart);
    close();
    put(item.insert, from, to, from + (stop ? stop.start : item.insert.length), from + (stop ? stop.end : item.insert.length));
    if (stop && stop.start === stop.end) ask();
  }
  return {
    ask, close,
    typed(event) {
      const key = event.data ?? '';
      if (event.inputType?.startsWith('delete')) return place.peek() ? refresh() : undefined;
      if (/^\w+$/.test(key) && place.peek()) return refresh();
      if (/^[\w"'$.]+$/.test(key) || key === ' ' && /:\s$/.test(area.value.slice(0, area.selectionStart))) return void ask();
      close();
    },
    // key handles a key while something is offered; true if it did.
    key(event) {
      if (!place.peek() || event.altKey || event.ctrlKey || event.metaKey) return false;
      const list = items.peek(), at = chosen.peek();
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 8, PageUp: at - 8 }[event.key];
      if (to !== undefined) chosen.set(Math.abs(to - at) > 1 ? Math.max(0, Math.min(list.length - 1, to)) : (to + list.length) % list.length);
      else if (event.key === 'Escape') close();
      else if (event.key === 'Enter' && list[at].insert === typedOf(list[at])) { close(); return false; }
      else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey) take(list[at]);
      else return false;
      event.preventDefault();
      event.stopPropagation();
      return true;
    },
    el: () => place() && h('div.code-offers', {
      ref: el => {
        const { x, y } = place.peek(), below = y < area.clientHeight / 2;
        el.style.setProperty('left', `${Math.max(4, Math.min(x - 8, area.clientWidth - 420))}px`);
        el.style.setProperty(below ? 'top' : 'bottom', `${below ? y + 22 : area.clientHeight - y + 2}px`);
      },
    },
    h('div.code-offers-list', { role: 'listbox', 'aria-label': 'Completion', 'data-testid': 'offers' }, () => items().map((item, i) => h('div.mi', {
      role: 'option', id: `offer-${i}`, 'data-testid': 'offer', 'aria-selected': () => String(chosen() === i), class: () => chosen() === i && 'is-hover',
      ref: el => queueMicrotask(() => { if (chosen.peek() === i) el.scrollIntoView({ block: 'nearest' }); }),
      onmousedown: event => { event.preventDefault(); take(item); },
    }, h('span.mono.trunc', null, item.label), h('span.end.trunc.sm', null, item.detail || item.kind)))),
    h('p.code-offers-docs', { 'aria-live': 'polite' }, () => items()[chosen()]?.docs)),
  };
  function refresh() {
    const all = items.all ?? [];
    if (all.length && area.selectionStart >= all[0].start) show(all.map(item => ({ ...item, end: Math.max(item.end, area.selectionStart) })));
    if (!place.peek()) ask();
  }
}

// rank says how well an item fits what has been typed: 0 best, -1 not at all.
function rank(item, typed) {
  const filter = item.filter.toLowerCase(), word = typed.toLowerCase();
  if (filter.startsWith(word)) return 0;
  if (filter.includes(word)) return 1;
  let at = 0;
  for (const c of filter) if (c === word[at]) at++;
  return at === word.length && word.length > 1 ? 2 : -1;
}
