// What stands where there is nothing to show, or not yet.

import { h } from './view.js';

// empty says what would be here and offers one step towards it.
export function empty(title, text, ...actions) {
  return h('div.empty', { 'data-testid': 'empty' }, h('h2.h1', null, title), text && h('p', null, text), actions);
}

// refused shows an error of the API in place of what it kept from being shown.
export function refused(error, again) {
  return h('div.empty', { role: 'alert', 'data-testid': 'error' },
    h('h2.h1', null, error.status === 0 ? 'No connection' : 'This could not be read'),
    h('p', null, error.message),
    again && h('button.btn', { 'data-testid': 'again', onclick: again }, 'Try again'));
}

// loading keeps the place of rows that are on their way; it appears after a moment only.
export function loading(rows = 6) {
  return h('div.loading', { 'aria-busy': 'true', 'aria-label': 'Loading', role: 'status' }, Array.from({ length: rows }, () => h('span')));
}

// shown chooses between the three for a resource: show(data) makes what is shown of the data.
export function shown(resource, show) {
  return () => {
    if (resource.data() !== null) return show(resource.data);
    return resource.error() ? refused(resource.error(), resource.reload) : loading();
  };
}
