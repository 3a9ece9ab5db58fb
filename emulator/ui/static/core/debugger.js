// The debugger as all pages know it: which executions are stopped, and the breakpoints; kept true by the stream.
// The pages are one face of it: they share their breakpoints.

import { computed } from './view.js';
import { get, post, resource } from './api.js';
import { on } from './live.js';
import { server } from './server.js';
import { failed } from './toast.js';

const none = { breakpoints: [], others: [], stopped: [], output: [] };
const known = computed(() => server.overview()?.readOnly === false);
const found = resource(abort => (known() ? get('debug', {}, abort) : Promise.resolve(none)));
on('debug', found.reload);
const state = computed(() => found.data() ?? none);
const standing = computed(() => state().stopped.filter(stop => stop.stands));

export const debugging = {
  points: computed(() => state().breakpoints), // those of the pages
  others: computed(() => state().others), // those of editors and terminals, each with its face
  stopped: computed(() => state().stopped), // executions that are stopped, or looked at in the past
  standing, // those that do not go on. While there is one, the clock of the server stands still
  output: computed(() => state().output), // lines that logpoints have printed: {number, arn, pointer, text}
  reload: found.reload,
};

let last = Promise.resolve();

/**
 * Changes the breakpoints of the pages: change(list) gives the new list. Changes are made one after the other, each
 * on what the one before has led to. The answer has them with what is wrong with them; it is null if it failed.
 */
export function changePoints(change) {
  last = last.then(async () => {
    try {
      const { breakpoints } = await post('debug/breakpoints', { breakpoints: change(debugging.points.peek()) });
      found.data.set({ ...state.peek(), breakpoints });
      return breakpoints;
    } catch (error) {
      failed(error);
      return null;
    } finally { found.reload(); }
  });
  return last;
}

/** Moves an execution; more is what the move needs beside it. */
export async function move(arn, name, more = {}) {
  try {
    await post('debug/move', { arn, thread: 0, move: name, ...more });
  } catch (error) { failed(error); }
  found.reload();
}

/** Where a stop is, in words: "before Charge", "at the failure of Charge". */
export function whereOf(stop) {
  if (!stop.state) return 'at the end';
  if (stop.error) return `at the failure of ${stop.state}`;
  const field = fieldOf(stop);
  return field ? `in ${stop.state} at ${field}` : `at ${stop.state}`;
}

/** The field of the state that a stop is about, "" for the state itself. */
export function fieldOf(stop) {
  const parts = stop.pointer.split('/'), at = parts.lastIndexOf('States');
  return stop.phase ? parts.slice(at + 2).join('/') : '';
}
