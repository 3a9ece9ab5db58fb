// What stands where there is nothing to show, or not yet.

import { computed, h } from './view.js';

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

// shown chooses between the three for a resource: show(data) makes what is shown of the data. It runs again only
// when the place was something else in between: what it makes follows data() by itself, or a form in it would be
// empty again whenever the data is read again.
export function shown(resource, show) {
  const stage = computed(() => (resource.data() !== null ? 'data' : resource.error() ? 'error' : 'loading'));
  return () => {
    switch (stage()) {
      case 'data': return show(resource.data);
      case 'error': return () => resource.error() && refused(resource.error(), resource.reload);
      default: return loading();
    }
  };
}
