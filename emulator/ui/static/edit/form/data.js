// The data that expressions are tried on: what a state had in the last run, or a sample input that the user writes.

import { computed, signal } from '../../core/view.js';
import { get } from '../../core/api.js';
import { changed } from '../../core/live.js';
import { recall, remember } from '../../core/memory.js';

// dataOf gives a function of the pointer of a state: {from, input, result, errorOutput, variables, context}, JSON texts
// of which "" is no data, or null while it is read. from is "run", "sample" or "none".
export function dataOf(doc) {
  const about = doc.file.peek(), name = `sample.${about.arn || about.path || 'new'}`;
  const sample = signal(recall(name, '')), visits = signal(null), details = new Map();
  let asked = false;

  // The last run is asked for when it is first needed.
  async function load() {
    if (asked) return;
    asked = true;
    const { arn: machine } = doc.file.peek();
    if (!machine) return visits.set([]);
    try {
      const { executions } = await get('executions', { machine, limit: 1 });
      const arn = executions[0]?.arn;
      visits.set(arn ? (await get('visits', { arn })).visits.map(one => ({ ...one, arn })) : []);
    } catch { visits.set([]); }
  }
  function detail(visit) {
    const key = `${visit.arn}\n${visit.number}`;
    if (!details.has(key)) {
      const found = signal(null);
      details.set(key, found);
      get('visit', { arn: visit.arn, visit: visit.number }).then(found.set, () => found.set({}));
    }
    return details.get(key)();
  }
  // A run that has begun or ended since is the last one then.
  changed('executions', () => { if (asked) { asked = false; load(); } });
  const last = computed(() => new Map((visits() ?? []).filter(one => one.entered).map(one => [one.pointer, one])));
  return {
    sample,
    setSample: text => { sample.set(text); remember(name, text); },
    at(pointer) {
      const tried = doc.data()[pointer];
      if (tried?.input) return { from: 'run', input: tried.input, result: tried.result ?? '', errorOutput: tried.errorOutput || (tried.error ? JSON.stringify({ Error: tried.error, Cause: tried.cause ?? '' }) : ''), variables: tried.variables ?? '', context: tried.context ?? '', output: tried.output ?? '' };
      load();
      if (visits() === null) return null;
      const visit = last().get(pointer);
      if (!visit) return sample().trim() ? { from: 'sample', input: sample(), result: '', errorOutput: '', variables: '', context: '' } : { from: 'none' };
      const one = detail(visit);
      if (!one) return null;
      const error = visit.error && JSON.stringify({ Error: visit.error, Cause: visit.cause });
      return { from: 'run', input: one.input ?? '', result: one.calls?.findLast(call => call.output)?.output ?? '', errorOutput: error || '', variables: one.variables ?? '', context: one.context ?? '', output: one.output ?? '', execution: visit.arn };
    },
  };
}
