// Commands: what can be done on the page that is shown. The palette lists them; a page binds its own for
// as long as it is shown.

import { cleanup } from './view.js';

const bound = new Set();

// commands adds rows of {label, run, icon?, hint?, key?} under the name of a group. They go with the scope.
export function commands(group, rows) {
  const added = rows.map(row => ({ ...row, group }));
  added.forEach(row => bound.add(row));
  cleanup(() => added.forEach(row => bound.delete(row)));
}

// allCommands lists what is bound, the newest group first.
export function allCommands() { return [...bound].reverse(); }
