// The page for places that do not exist.

import { h } from '../core/view.js';
import { link } from '../core/router.js';

export function page() {
  return h('div.empty', { 'data-testid': 'missing' },
    h('h1.h1', null, 'There is no such page'),
    h('p', null, `Nothing is at ${location.hash}.`),
    h('a.btn', { href: link('machines'), 'data-testid': 'missing-machines' }, 'Go to the machines'));
}
