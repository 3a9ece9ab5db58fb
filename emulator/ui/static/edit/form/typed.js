// The text of a control and the member of the definition that it shows. Typing is written after a short
// pause, as one burst; a text that cannot be written stays as it is, with what is wrong with it.

import { cleanup, effect, signal, untrack } from '../../core/view.js';
import { failed } from '../../core/toast.js';

const pause = 250; // ms without a key until what was typed is written
let bursts = 0;

// typed keeps the text of one control. read() gives what the definition has, "" for nothing; show(what was read) the
// text for it; parse(text) gives {value}, {remove: true} or {problem}; write(outcome, burst) changes the definition
// and promises to have done so. What cannot be written is kept in a map under a key, so that it is there again when
// the control is. It returns {text, problem, oninput, commit, begin, unwritten}: commit writes at once, begin starts a
// burst, unwritten says whether the text is not (yet) in the definition.
export function typed({ read, show = text => text, parse, write, kept, key }) {
  let known = untrack(read), timer = 0, writing = 0, burst = 0, ended = false;
  const text = signal(kept.get(key) ?? show(known)), problem = signal(kept.has(key) ? parse(text.peek()).problem ?? '' : '');
  const busy = () => timer !== 0 || writing > 0;
  effect(() => {
    const now = read();
    if (busy() || now === known) return;
    known = now;
    problem.set('');
    text.set(show(now));
  });
  cleanup(() => {
    commit();
    ended = true;
    if (problem.peek()) kept.set(key, text.peek()); else kept.delete(key);
  });

  // commit writes now what was typed.
  function commit() {
    if (!timer) return;
    clearTimeout(timer);
    timer = 0;
    const outcome = parse(text.peek());
    problem.set(outcome.problem ?? '');
    if (outcome.problem) return;
    writing++;
    const done = error => {
      writing--;
      if (error) { if (ended) failed(error); else problem.set(error.message); }
      if (!busy() && !error) known = untrack(read); // what the definition has now is what was typed
    };
    write(outcome, burst).then(() => done(), done);
  }
  return {
    text, problem, commit,
    unwritten: () => timer !== 0 || problem.peek() !== '',
    begin: () => { burst = ++bursts; },
    oninput: value => {
      text.set(value);
      clearTimeout(timer);
      timer = setTimeout(commit, pause);
      if (!burst) burst = ++bursts;
    },
  };
}
