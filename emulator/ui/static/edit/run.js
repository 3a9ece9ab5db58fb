// Data of a run on the states of a document: that of a trial run, as it goes on, or of an execution that is debugged.

import { signal } from '../core/view.js';
import { get } from '../core/api.js';
import { announce, failed } from '../core/toast.js';
import { statusWord } from '../core/status.js';

const soonest = 100, latest = 2000; // milliseconds between two looks at a run

// runOf makes {shown, follow(arn), pin(arn), clear()}: shown is {arn, status, failed, pinned, input} of the run
// whose data the states have, or null.
export function runOf(store) {
  const shown = signal(null);
  let turn = 0;

  async function read(arn, pinned) {
    const run = await get('pinned', { arn });
    const states = {};
    for (const [pointer, one] of Object.entries(run.states)) states[pointer] = { ...one, from: pinned ? 'execution' : 'run', stale: false };
    store.data.set(states);
    shown.set({ arn, name: run.name, machine: run.machine, status: run.status, failed: run.failed, input: run.input, partial: run.partial, pinned });
    return run;
  }
  return {
    shown,
    // follow shows a trial run until it ends.
    async follow(arn) {
      const mine = ++turn;
      store.data.set({});
      for (let wait = soonest; mine === turn; wait = Math.min(latest, wait * 1.5)) {
        let run;
        try { run = await read(arn, false); } catch (error) { return failed(error); }
        if (mine !== turn) return;
        if (run.status !== 'RUNNING') {
          announce(`The run ${statusWord(run.status).toLowerCase()}`);
          if (run.failed) store.select([run.failed]);
          return;
        }
        await new Promise(done => { setTimeout(done, wait); });
      }
    },
    // pin puts the data of an execution on the states, and selects the state that has failed.
    async pin(arn) {
      turn++;
      try {
        const run = await read(arn, true);
        if (run.failed) store.select([run.failed]);
      } catch (error) { failed(error); }
    },
    clear() { turn++; shown.set(null); store.data.set({}); },
  };
}
