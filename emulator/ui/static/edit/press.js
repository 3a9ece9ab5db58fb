// Dragging with a mouse, a pen or a finger: a press becomes a drag when the pointer has moved a
// little, or, for a finger, when it has been held; until then it is a click, or the page scrolls.

import { h } from '../core/view.js';

const SLOP = 4; // px that a pointer may move before it drags
const HOLD = 320; // ms that a finger is held before it drags

// The veil lies over the page while something is dragged: nothing below is hovered or selected.
const veil = h('div.dragveil', { 'aria-hidden': 'true' });

/**
 * Follows the pointer of a pointerdown. start() begins the drag and returns its hooks
 * {move(event), drop(event), end()}, or null for none; end() is called at last, dropped or not.
 * Escape ends a drag without a drop.
 */
export function press(down, start) {
  if (down.button !== 0 || !down.isPrimary) return;
  const finger = down.pointerType === 'touch';
  let hooks = null, last = down, timer = 0;
  const begin = () => {
    hooks = start(last);
    if (!hooks) return finish();
    document.body.append(veil);
    document.getSelection()?.removeAllRanges();
    hooks.move(last);
    return undefined;
  };
  const move = event => {
    if (event.pointerId !== down.pointerId) return;
    last = event;
    if (hooks) { event.preventDefault(); hooks.move(event); return; }
    if (Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < SLOP) return;
    if (finger) finish(); else begin();
  };
  const up = event => {
    if (event.pointerId !== down.pointerId) return;
    const had = hooks;
    finish();
    if (!had) return;
    if (event.type === 'pointerup') had.drop(event);
    swallowClick();
  };
  const key = event => {
    if (event.key !== 'Escape' || !hooks) return;
    event.preventDefault();
    event.stopPropagation();
    finish();
    swallowClick();
  };
  const scroll = event => { if (hooks) event.preventDefault(); }; // the page must not scroll under a drag
  function finish() {
    clearTimeout(timer);
    for (const [name, fn] of bound) removeEventListener(name, fn, true);
    veil.remove();
    const had = hooks;
    hooks = null;
    had?.end();
  }
  const bound = [['pointermove', move], ['pointerup', up], ['pointercancel', up], ['keydown', key], ['touchmove', scroll], ['contextmenu', scroll]];
  for (const [name, fn] of bound) addEventListener(name, fn, { capture: true, passive: false });
  if (finger) timer = setTimeout(begin, HOLD);
}

/** The click that the browser makes of a pointerup is none after a drag. */
function swallowClick() {
  const swallow = event => { event.stopPropagation(); event.preventDefault(); };
  addEventListener('click', swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener('click', swallow, { capture: true }));
}

/** What hangs on the pointer: a lifted node. {move(event), remove()}. */
export function ghost(content) {
  const el = h('div.ghost', { 'aria-hidden': 'true' }, content);
  document.body.append(el);
  return {
    move: event => { el.style.setProperty('--gx', `${event.clientX}px`); el.style.setProperty('--gy', `${event.clientY}px`); },
    remove: () => el.remove(),
  };
}
