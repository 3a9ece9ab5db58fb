// Icons are symbols of icons.svg, drawn in the colour of the text around them.

import { h } from './view.js';

const sprite = new URL('../icons.svg', import.meta.url).pathname;

// icon draws the symbol i-NAME; size is 16 (default), 12, 14 or 20 pixels. It is hidden from screen
// readers: the text or the label beside it says what it means.
export function icon(name, size = 16, spin = false) {
  return h('svg.ic', { class: [size !== 16 && `ic--${size}`, spin && 'spin'], 'aria-hidden': 'true' },
    h('use', { href: `${sprite}#i-${name}` }));
}
