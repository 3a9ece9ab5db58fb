// Toasts tell about what happened elsewhere; what is visible anyway gets none. Announcements for
// screen readers go to one polite region.

import { each, h, signal } from './view.js';
import { icon } from './icon.js';

const shown = signal([]);
const spoken = signal('');
let last = 0;

// toast shows a message. kind is "succeeded", "failed" or "info". A failure stays until it is closed,
// everything else for six seconds. action is {label, run} for a button.
export function toast(text, kind = 'info', action = null) {
  const item = { id: ++last, text, kind, action };
  shown.update(list => [...list.slice(-3), item]);
  if (kind !== 'failed') setTimeout(() => close(item), 6000);
}

// failed shows an error of the API or of the page.
export function failed(error) { toast(error.message || String(error), 'failed'); }

// announce tells a screen reader about a live change.
export function announce(text) { spoken.set(text); }

function close(item) { shown.update(list => list.filter(one => one.id !== item.id)); }

// toasts is the corner of the page where they appear.
export function toasts() {
  return h('div.toasts', { role: 'region', 'aria-label': 'Messages' },
    h('div.vh', { 'aria-live': 'polite' }, () => spoken()),
    h('div.col', { 'aria-live': 'polite' }, each(shown, item => item.id, item => {
      const { text, kind, action } = item.peek();
      return h('div.toast', { class: `is-${kind}`, 'data-testid': 'toast' },
        h('span.stat', { class: `is-${kind}` }, icon(kind === 'info' ? 'info' : `st-${kind}`)),
        h('span.grow', null, text),
        action && h('button.btn.btn--sm', { 'data-testid': 'toast-action', onclick: () => { close(item.peek()); action.run(); } }, action.label),
        h('button.btn.btn--sm.btn--ghost.btn--icon', { 'aria-label': 'Close message', 'data-testid': 'toast-close', onclick: () => close(item.peek()) }, icon('close', 14)));
    })));
}

// copy puts text on the clipboard and says so.
export async function copy(text, what = 'Copied') {
  try {
    await navigator.clipboard.writeText(text);
    toast(what, 'succeeded');
  } catch {
    toast('The browser does not allow this page to write to the clipboard. Select the text and copy it.', 'failed');
  }
}
