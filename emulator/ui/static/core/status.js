// Statuses of executions, states and Map Runs: word, class and icon. Colour means status and nothing else.

import { h } from './view.js';
import { icon } from './icon.js';

const table = {
  RUNNING: ['running', 'Running'],
  SUCCEEDED: ['succeeded', 'Succeeded'],
  FAILED: ['failed', 'Failed'],
  TIMED_OUT: ['timedout', 'Timed out'],
  ABORTED: ['aborted', 'Aborted'],
  PENDING_REDRIVE: ['redrive', 'Pending redrive'],
  WAITING: ['waiting', 'Waiting'],
  CAUGHT: ['caught', 'Caught'],
  SKIPPED: ['skipped', 'Skipped'],
};

export const statuses = Object.keys(table);

// statusName gives the short name used in classes and icons: "timedout" for TIMED_OUT.
export function statusName(status) { return table[status]?.[0] ?? 'skipped'; }

// statusWord gives the word to show: "Timed out" for TIMED_OUT; an unknown status is shown as it came.
export function statusWord(status) { return table[status]?.[1] ?? String(status ?? ''); }

// statusIcon is the icon alone; who uses it puts the word beside it or labels it.
export function statusIcon(status, size = 14) {
  return icon(`st-${statusName(status)}`, size, status === 'RUNNING');
}

// statusText is icon and word in the colour of the status; text replaces the word, as in "3 min ago".
export function statusText(status, text) {
  return h('span.stat', { class: `is-${statusName(status)}`, title: text && statusWord(status) },
    statusIcon(status), text ? [h('span.vh', null, `${statusWord(status)}, `), text] : statusWord(status));
}

// statusPill is the same on the tint of the status, for heads of pages.
export function statusPill(status) {
  return h('span.pill', { class: `is-${statusName(status)}`, 'data-testid': 'status' }, statusIcon(status), statusWord(status));
}
