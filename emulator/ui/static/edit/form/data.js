// The data that expressions are tried on: what a state had in the run that the editor shows, or in the last run of the
// state machine, or a sample input that the user writes.

import { signal } from '../../core/view.js';
import { get } from '../../core/api.js';
import { changed } from '../../core/live.js';
import { recall, remember } from '../../core/memory.js';

// dataOf makes {sample, setSample, at}. at(pointer of a state) gives {from, input, result, errorOutput, output,
// variables, context, execution}, JSON texts of which "" is no data, or null while it is read. from is "run", "sample"
// or "none".
export function dataOf(doc) {
  const about = doc.file.peek(), name = `sample.${about.arn || about.path || 'new'}`;
  const sample = signal(recall(name, '')), last = signal(null); // {arn, states} of the last run
  let asked = false;

  // The last run is asked for when it is first needed, and anew when a run has begun or ended since.
  async function load() {
    if (asked) return;
    asked = true;
    const { arn: machine } = doc.file.peek();
    try {
      const row = machine && (await get('executions', { machine, limit: 1 })).executions[0];
      last.set(row ? await get('pinned', { arn: row.arn }) : { arn: '', states: {} });
    } catch { last.set({ arn: '', states: {} }); } // Express executions have no data, for example
  }
  changed('executions', () => { if (asked) { asked = false; load(); } });
  return {
    sample,
    setSample: text => { sample.set(text); remember(name, text); },
    at(pointer) {
      const shown = doc.data()[pointer];
      if (shown?.input) return { from: 'run', ...dataIn(shown), execution: '' };
      load();
      if (last() === null) return null;
      const one = last().states[pointer];
      if (one) return { from: 'run', ...dataIn(one), execution: last().arn };
      return sample().trim() ? { from: 'sample', ...dataIn({ input: sample() }), execution: '' } : { from: 'none' };
    },
  };
}

function dataIn({ input = '', result = '', errorOutput = '', output = '', variables = '', context = '' }) {
  return { input, result, errorOutput, output, variables, context };
}
