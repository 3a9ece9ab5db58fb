// Compares what Fold makes of histories with what package timeline has made of them.
// The one argument is the file that TestFoldAgreesWithTimeline has written.

import { readFileSync } from 'node:fs';
import { Fold } from '../static/execution/fold.js';

let wrong = 0;
for (const { name, definition, events, visits } of JSON.parse(readFileSync(process.argv[2]))) {
  const fold = new Fold(definition).add(events);
  const got = fold.visits.map(v => ({
    state: v.state,
    path: v.scope.path.map(step => `${step.state}[${step.index}]`).join('/'),
    outcome: v.outcome,
    attempts: v.attempts.length,
    catcher: v.catcher,
  }));
  // The page does not tell apart who has the failure, and shows what holds the failed
  // state as failed, too.
  const holds = new Set();
  for (let v = fold.failedVisit?.around; v; v = v.around) holds.add(v.id);
  const want = visits.map((v, i) => ({ ...v, outcome: v.outcome === 'enclosed' || (v.outcome === 'aborted' && holds.has(i)) ? 'failed' : v.outcome }));
  for (let i = 0; i < Math.max(got.length, want.length); i++) {
    const a = got[i] && { ...got[i], outcome: got[i].outcome === 'timedout' ? 'failed' : got[i].outcome };
    if (JSON.stringify(a) === JSON.stringify(want[i])) continue;
    wrong++;
    console.log(`${name}: visit ${i}: got ${JSON.stringify(got[i])}, want ${JSON.stringify(want[i])}`);
  }
}
process.exit(wrong ? 1 : 0);
