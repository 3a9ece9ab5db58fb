// The camera over a graph: pan by dragging or scrolling, zoom by pinch, Ctrl and wheel, or buttons.
// The level of detail follows the zoom: classes z-mid, z-far and z-min of the world.

import { cleanup, h, signal } from '../core/view.js';
import { icon } from '../core/icon.js';

/**
 * Moves world, an element in a canvas. graph() gives {width, height, nodes} of what is
 * drawn, target() the node to open on if the whole does not fit legibly. keep is a
 * selector of elements whose pointers are left alone; margin the width at the upper
 * left that something floats over.
 * It returns controls (the buttons), view (a signal {x, y, k}), at(event) (the place in
 * the graph), reveal(node), pan(dx, dy), zoom(by, x, y), fit() and settle(), which fits
 * unless the user has moved it.
 */
export function camera(world, graph, target, { keep = '.cz, .vb, .iter, .nact, a', margin = 420 } = {}) {
  let x = 0, y = 0, k = 1, touched = false;
  const view = signal({ x, y, k });
  const pointers = new Map();

  function apply() {
    world.style.setProperty('transform', `translate(${x}px, ${y}px) scale(${k})`);
    world.style.setProperty('--k', k);
    world.classList.toggle('z-mid', k < 0.8);
    world.classList.toggle('z-far', k < 0.6 && k >= 0.35);
    world.classList.toggle('z-min', k < 0.35);
    view.set({ x, y, k });
  }

  function size() { const c = world.parentElement; return [c.clientWidth, c.clientHeight]; }

  function fit() {
    const [w, ht] = size(), { width, height, nodes } = graph();
    if (!w || !ht) return;
    k = Math.min(1.25, (w - 48) / width, (ht - 40) / height);
    // The switch of the views floats over the upper left corner.
    const covered = margin && (w - width * k) / 2 + nodes.reduce((least, n) => (n.kind === 'start' ? Math.min(least, n.x) : least), width) * k < (w <= 720 ? w : margin);
    const top = covered ? 52 : 16;
    if (covered) k = Math.min(k, (ht - 72) / height);
    // A little under the zoom at which second lines go, they are worth more than the margins.
    if (k > 0.56 && k < 0.6 && width * 0.6 <= w && height * 0.6 <= ht) k = 0.6;
    const node = w <= 720 && k < 0.66 ? target() : null;
    if (node || (k < 0.3 && target())) {
      k = 0.66;
      centre(node ?? target());
    } else {
      k = Math.max(k, 0.05);
      x = (w - width * k) / 2;
      y = Math.max(top, (ht - height * k) / 2);
    }
    apply();
  }

  function centre(node) {
    const [w, ht] = size();
    x = w / 2 - (node.x + node.w / 2) * k;
    y = ht / 2 - (node.y + node.h / 2) * k;
  }

  function reveal(node) {
    const [w, ht] = size();
    const left = x + node.x * k, top = y + node.y * k;
    if (left >= 0 && top >= 0 && left + node.w * k <= w && top + node.h * k <= ht) return;
    centre(node);
    apply();
  }

  function zoom(by, cx, cy) {
    const [w, ht] = size();
    const next = Math.min(2.5, Math.max(0.05, k * by));
    cx ??= w / 2;
    cy ??= ht / 2;
    x = cx - ((cx - x) * next) / k;
    y = cy - ((cy - y) * next) / k;
    k = next;
    touched = true;
    apply();
  }

  function pan(dx, dy) {
    x += dx;
    y += dy;
    touched = true;
    apply();
  }

  const inCanvas = event => { const box = world.parentElement.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };

  const setUp = () => {
    const c = world.parentElement;
    if (!c) return;
    const wheel = event => {
      if (event.target.closest('.cz, .vb')) return;
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) zoom(Math.exp(-event.deltaY * 0.01), ...inCanvas(event));
      else pan(-event.deltaX, -event.deltaY);
    };
    let moved = false;
    const down = event => {
      if (event.target.closest(keep)) return;
      pointers.set(event.pointerId, inCanvas(event));
      moved = false;
    };
    const move = event => {
      const before = pointers.get(event.pointerId);
      if (!before) return;
      const now = inCanvas(event);
      if (!moved && Math.hypot(now[0] - before[0], now[1] - before[1]) < 4) return;
      if (!moved) { moved = true; c.setPointerCapture(event.pointerId); }
      if (pointers.size === 1) { x += now[0] - before[0]; y += now[1] - before[1]; } else {
        const other = [...pointers].find(([id]) => id !== event.pointerId)[1];
        const was = Math.hypot(before[0] - other[0], before[1] - other[1]), is = Math.hypot(now[0] - other[0], now[1] - other[1]);
        if (was) zoom(is / was, (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
      }
      pointers.set(event.pointerId, now);
      touched = true;
      apply();
    };
    const up = event => { pointers.delete(event.pointerId); };
    const click = event => { if (moved) { event.stopPropagation(); event.preventDefault(); moved = false; } };
    const bound = [['wheel', wheel, { passive: false }], ['pointerdown', down], ['pointermove', move], ['pointerup', up], ['pointercancel', up], ['click', click, true]];
    for (const [name, fn, options] of bound) c.addEventListener(name, fn, options);
    const sizes = new ResizeObserver(() => { if (!touched) fit(); });
    sizes.observe(c);
    end.push(() => {
      sizes.disconnect();
      for (const [name, fn, options] of bound) c.removeEventListener(name, fn, options);
    });
    fit();
  };
  const end = [];
  cleanup(() => end.forEach(fn => fn()));
  queueMicrotask(setUp);

  const button = (name, label, id, act) => h('button.btn.btn--sm.btn--icon', { 'aria-label': label, title: label, 'data-testid': id, onclick: act }, icon(name, 14));
  const again = () => { touched = false; fit(); };
  const controls = h('div.cz', null,
    button('minus', 'Zoom out', 'zoom-out', () => zoom(1 / 1.25)), h('span.num.xs', { 'data-testid': 'zoom' }, () => `${Math.round(view().k * 100)} %`), button('plus', 'Zoom in', 'zoom-in', () => zoom(1.25)),
    button('fit', 'Fit the graph', 'zoom-fit', again));
  return {
    controls, view, reveal, pan, zoom, fit: again,
    at: event => { const [cx, cy] = inCanvas(event); return [(cx - x) / k, (cy - y) / k]; },
    settle: () => { if (!touched && world.isConnected) fit(); },
  };
}
