// The text of a control and the member of the definition that it shows. Typing is written after a short
// pause, as one burst; a text that cannot be written stays as it is, with what is wrong with it.

import { cleanup, effect, signal, untrack } from '../../core/view.js';

const pause = 250; // ms without a key until what was typed is written
let bursts = 0;

// typed keeps the text of one control. read() gives what the definition has, "" for nothing; show(what was read) the
// text for it; parse(text) gives {value}, {remove: true} or {problem}; write(outcome, burst) changes the definition
// and promises to have done so. It returns {text, problem, oninput, commit, begin}.
export function typed({ read, show = text => text, parse, write }) {
  let known = untrack(read), timer = 0, writing = 0, burst = 0, ended = false;
  const text = signal(show(known)), problem = signal('');
  const busy = () => timer !== 0 || writing > 0;
  effect(() => {
    const now = read();
    if (busy() || now === known) return;
    known = now;
    problem.set('');
    text.set(show(now));
  });
  cleanup(() => { commit(); ended = true; });

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
      if (error && !ended) problem.set(error.message);
      if (!busy() && !error) known = untrack(read); // what the definition has now is what was typed
    };
    write(outcome, burst).then(() => done(), done);
  }
  return {
    text, problem, commit,
    begin: () => { burst = ++bursts; },
    oninput: value => {
      text.set(value);
      clearTimeout(timer);
      timer = setTimeout(commit, pause);
      if (!burst) burst = ++bursts;
    },
  };
}
