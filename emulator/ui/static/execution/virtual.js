// A list of rows of one height, of which only those in view are in the document:
// 25,000 rows cost what fifty do.

import { held } from '../core/held.js';
import { cleanup, effect, h } from '../core/view.js';

const OVERSCAN = 8; // rows above and below the view

/**
 * @param {object} of
 * @param {() => number} of.count signal: rows
 * @param {number} of.height px of a row; a wider target on touch screens comes from --row-v
 * @param {(i: number, el: HTMLElement) => void} of.fill writes row i into an element that may have had another row
 * @param {() => any} of.follow signal: what else changes rows
 * @param {() => number} of.current signal: the row that is to be in view, -1 for none
 * @param {(i: number, event: Event) => void} of.open a row was clicked or Enter was pressed on it
 * @param {string} of.role of the rows
 */
export function virtual({ label, count, height, fill, follow, current, open, testid, head = null, rowClass = 'tr', role = 'row', roleOfList = 'table' }) {
  const spacer = h('div.vspace', { role: roleOfList === 'table' ? 'rowgroup' : 'presentation' });
  const pool = [], pressed = held('[data-i]');
  let planned = 0, first = -1, cursor = -1, headHeight = 0, viewHeight = 0, wanted = -1;
  const list = h('div.vlist', {
    ref: pressed.watch, role: roleOfList, 'aria-label': label, tabindex: 0, 'data-testid': testid, 'aria-rowcount': roleOfList === 'table' ? () => String(count() + (head ? 1 : 0)) : null,
    onscroll: plan, onkeydown: key,
    onclick: event => { const row = event.target.closest('[data-i]'); if (row && !event.target.closest('button, a')) open(+row.dataset.i, event); },
  }, head, spacer);

  function plan() { planned ||= requestAnimationFrame(draw); }

  function draw() {
    planned = 0;
    if (!list.isConnected || !viewHeight || pressed.peek()) return;
    if (wanted >= 0) { reveal(wanted); wanted = -1; }
    const total = count.peek ? count.peek() : count();
    const from = Math.max(0, Math.floor((list.scrollTop - headHeight) / height) - OVERSCAN);
    const to = Math.min(total, Math.ceil((list.scrollTop + viewHeight) / height) + OVERSCAN);
    const shown = Math.max(0, to - from);
    while (pool.length < shown) { const el = h(`div.${rowClass}`, { role }); pool.push(el); spacer.append(el); }
    for (let k = 0; k < pool.length; k++) {
      const el = pool[k];
      // Row i always has the element i modulo the pool, so that scrolling by a row writes one row.
      const i = from + ((k - (from % pool.length) + pool.length) % pool.length);
      if (i >= to) { if (!el.hidden) el.hidden = true; continue; }
      const stale = el.dataset.i !== String(i) || first === -1;
      if (el.hidden) el.hidden = false;
      if (!stale) continue;
      el.dataset.i = i;
      if (roleOfList === 'table') el.setAttribute('aria-rowindex', i + 1 + (head ? 1 : 0));
      el.style.setProperty('--y', `${i * height}px`);
      fill(i, el);
    }
    first = from;
  }

  function key(event) {
    const page = Math.max(1, Math.floor(viewHeight / height) - 2);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -1e9, End: 1e9 }[event.key];
    if (event.target !== list || event.shiftKey || event.ctrlKey || event.metaKey) return;
    if (step) {
      event.preventDefault();
      event.stopPropagation();
      const now = cursor >= 0 ? cursor : current.peek ? current.peek() : -1;
      const next = Math.max(0, Math.min(count.peek() - 1, now + step));
      cursor = next;
      reveal(next);
      open(next, event);
    }
  }

  /** Scrolls a row into view, if it is not. */
  function reveal(i) {
    const top = i * height;
    if (top < list.scrollTop) list.scrollTop = top;
    else if (top + height + headHeight > list.scrollTop + viewHeight) list.scrollTop = top + height + headHeight - viewHeight;
  }

  effect(() => { spacer.style.setProperty('height', `${count() * height}px`); follow(); first = -1; plan(); });
  effect(() => { if (!pressed()) plan(); });
  effect(() => { const i = current(); cursor = i; if (i >= 0) { wanted = i; plan(); } });
  // Sizes are looked up when they change and not in each frame: that would lay out the page again.
  const sizes = new ResizeObserver(() => { headHeight = head ? head.offsetHeight : 0; viewHeight = list.clientHeight; plan(); });
  sizes.observe(list);
  cleanup(() => sizes.disconnect());
  plan();
  return list;
}
