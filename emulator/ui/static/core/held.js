// A click needs the element that the pointer went down on: when a redraw has replaced it by the
// time the pointer goes up, the browser makes no click. Lists whose rows may change at any time
// leave them as they are while one is pressed.

import { cleanup, signal } from './view.js';

/**
 * A signal: true while the main button or a finger is down on an element of a selector.
 * Its watch(list) is to be called once with the list that has these elements.
 */
export function held(selector) {
  const down = signal(false);
  const release = () => down.set(false);
  const soon = () => setTimeout(release); // the click comes after pointerup
  for (const type of ['pointerup', 'pointercancel']) addEventListener(type, soon);
  cleanup(() => { for (const type of ['pointerup', 'pointercancel']) removeEventListener(type, soon); });
  down.watch = list => {
    list.addEventListener('pointerdown', event => { if (event.button === 0 && event.target.closest(selector)) down.set(true); });
    list.addEventListener('scroll', release); // what comes into view is drawn
  };
  return down;
}
