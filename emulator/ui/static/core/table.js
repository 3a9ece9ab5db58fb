// The virtual table: any number of rows, of which only those in view are in the document. One tab stop; the
// arrows and j, k move, Enter opens, x selects, Home, End, PageUp and PageDown jump.

import { cleanup, computed, each, effect, h, signal } from './view.js';
import { held } from './held.js';
import { icon } from './icon.js';

const beyond = 6; // rows kept above and below the view
let made = 0;

// table shows rows, a signal of a list. options:
//   label      name for screen readers
//   columns    [{head, cell(row), width, class}]: cell gives what h() takes; width is one of a grid's columns
//   key        row => key, unique
//   open       (row, event) => …, on Enter and click
//   selected   signal of a Set of keys: adds check boxes and x; absent: no selection
//   current    signal of the key of the current row (made if absent)
//   rowClass   row => class
//   height     of a row in pixels; default: the role --row
//   end        called when the last rows come into view, to load more
//   total      signal of the number of rows there are, if more than are loaded
//   empty      what to show without rows
// It returns {el, current, atTop, toTop(), show(key)}.
export function table(options) {
  const { rows, columns, key, selected, label } = options;
  const current = options.current ?? signal(null);
  const id = `table-${++made}`;
  const top = signal(0), view = signal(600), height = signal(options.height ?? 36);
  const atTop = computed(() => top() < 4);
  const index = computed(() => new Map(rows().map((row, i) => [key(row), i])));
  const all = selected ? [{ head: () => box(allState(rows, selected, key), 'Select all loaded rows', () => toggleAll(rows, selected, key)), width: '20px', cell: row => box(selected().has(key(row)) ? 'true' : 'false', `Select ${key(row)}`, null) }, ...columns] : columns;

  const kept = new Map(), pressed = held('[role=rowgroup] > [role=row]');
  const inView = computed(() => {
    if (pressed()) return [...kept.values()];
    const from = Math.max(0, Math.floor(top() / height()) - beyond), to = Math.ceil((top() + view()) / height()) + beyond;
    const list = rows().slice(from, to).map((row, i) => {
      const k = key(row), before = kept.get(k), now = from + i;
      return before?.row === row && before.at === now ? before : { row, k, at: now };
    });
    kept.clear();
    for (const one of list) kept.set(one.k, one);
    return list;
  });

  const scroller = h('div.vscroll', {
    ref: pressed.watch, role: 'grid', 'aria-label': label, tabindex: 0, 'data-testid': 'table',
    'aria-rowcount': () => (options.total?.() ?? rows().length) + 1, 'aria-multiselectable': selected ? 'true' : null,
    'aria-activedescendant': () => (index().has(current()) ? `${id}-${index().get(current())}` : null),
    onscroll: () => top.set(scroller.scrollTop), onkeydown,
    style: { '--cols': widths(all, /(?!)/), '--cols-s': widths(all, /\bhide-s\b/), '--cols-xs': widths(all, /\bhide-x?s\b/) },
  },
  h('div.tr.tr--head', { role: 'row', 'aria-rowindex': 1 }, all.map(c => h('span', { role: 'columnheader', class: c.class }, c.head))),
  h('div.vbody', { role: 'rowgroup', ref: body => effect(() => body.style.setProperty('--h', `${rows().length * height()}px`)) },
    each(inView, one => one.k, one => {
      const row = computed(() => one().row), k = one.peek().k;
      return h('div.tr', {
        role: 'row', 'data-testid': 'row', id: () => `${id}-${one().at}`, 'aria-rowindex': () => one().at + 2,
        'aria-selected': () => String(selected ? selected().has(k) : current() === k),
        class: () => [(selected?.().has(k) || !selected && current() === k) && 'is-sel', current() === k && 'is-cur', options.rowClass?.(row())],
        ref: el => effect(() => { el.style.setProperty('--y', `${one().at * height()}px`); el.style.setProperty('--rh', `${height()}px`); }),
        onclick: event => click(event, row.peek()),
      }, () => all.map(c => h('span', { role: 'gridcell', class: c.class }, c.cell(row()))));
    })),
  () => rows().length === 0 && options.empty && h('div', { role: 'row' }, h('div', { role: 'gridcell' }, options.empty)));

  const measure = () => {
    view.set(scroller.clientHeight);
    height.set(options.height ?? (parseFloat(getComputedStyle(scroller).getPropertyValue('--row')) || 36));
  };
  const observer = new ResizeObserver(measure);
  observer.observe(scroller);
  cleanup(() => observer.disconnect());
  effect(() => { if (options.end && (top() + view()) / height() + beyond >= rows().length) options.end(); });

  function click(event, row) {
    if (event.target.closest('a, button:not([role=checkbox])')) return;
    current.set(key(row));
    if (selected && event.target.closest('[role=checkbox]')) return toggle(selected, key(row));
    options.open?.(row, event);
  }
  function show(k) {
    const at = index.peek().get(k);
    if (at === undefined) return;
    const y = at * height.peek(), head = 32, seen = view.peek() - head;
    if (y < scroller.scrollTop) scroller.scrollTop = y;
    else if (y + height.peek() > scroller.scrollTop + seen) scroller.scrollTop = y + height.peek() - seen;
  }
  function onkeydown(event) {
    if (event.target !== scroller || event.altKey || event.ctrlKey || event.metaKey) return;
    const list = rows.peek(), at = index.peek().get(current.peek()) ?? -1, page = Math.max(1, Math.floor(view.peek() / height.peek()) - 2);
    const steps = { ArrowDown: at + 1, j: at + 1, ArrowUp: at - 1, k: at - 1, Home: 0, End: list.length - 1, PageDown: at + page, PageUp: at - page };
    if (event.key in steps && list.length) {
      const k = key(list[Math.max(0, Math.min(list.length - 1, steps[event.key]))]);
      if (event.shiftKey && selected) selected.update(set => new Set(set).add(k));
      current.set(k);
      show(k);
    } else if (event.key === 'Enter' && at >= 0) options.open?.(list[at], event);
    else if ((event.key === 'x' || event.key === ' ') && at >= 0 && selected) toggle(selected, current.peek());
    else return;
    event.preventDefault();
  }
  return { el: scroller, current, atTop, show, toTop: () => { scroller.scrollTop = 0; } };
}

// widths are the columns of the grid without those that a class hides.
function widths(columns, hidden) {
  return columns.filter(c => !hidden.test(c.class ?? '')).map(c => c.width ?? 'minmax(0, 1fr)').join(' ');
}

function box(checked, label, click) {
  return h('button.check', {
    role: 'checkbox', tabindex: click ? 0 : -1, 'aria-checked': checked, 'aria-label': label, 'data-testid': 'select',
    class: checked !== 'false' && 'is-on', onclick: click ?? (() => {}),
  }, checked !== 'false' && icon(checked === 'mixed' ? 'minus' : 'check', 12));
}
function allState(rows, selected, key) {
  const n = rows().filter(row => selected().has(key(row))).length;
  return n === 0 ? 'false' : n === rows().length ? 'true' : 'mixed';
}
function toggle(selected, k) {
  selected.update(set => { const next = new Set(set); if (!next.delete(k)) next.add(k); return next; });
}
function toggleAll(rows, selected, key) {
  const list = rows.peek().map(key);
  selected.update(set => (list.every(k => set.has(k)) ? new Set() : new Set([...set, ...list])));
}
