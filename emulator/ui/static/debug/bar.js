// The strip under the head of an execution page: where the execution stands, and the
// buttons that move it.

import { h } from '../core/view.js';
import { icon } from '../core/icon.js';
import { menuButton } from '../execution/menu.js';

const MOVES = [
  ['continue', 'Continue', 'F8', 'dbg-continue'], ['pause', 'Pause before the next step', 'F8', 'dbg-pause'], ['over', 'Next state', 'F10', 'dbg-over'], ['into', 'Step in, phase by phase', 'S', 'dbg-in'], ['out', 'Step out', 'O', 'dbg-out'],
  null, ['back', 'Step back', 'B', 'dbg-back'], ['reverse', 'Continue backwards', '⇧B', 'dbg-reverse'],
];
const IN_THE_PAST = { continue: 'Back to the present', over: 'Next state, in the past', into: 'Next state, in the past' };

export function debugBar(debug) {
  const { run, stop } = debug;
  return () => debug.shown() && h('section.dbgbar', { 'aria-label': 'Debugger', 'data-testid': 'debug-bar', class: () => [stop() && 'is-stopped', stop()?.past && 'is-past'] },
    h('div.dbgwhere', null,
      () => (stop() ? h('span.pill.is-stop', { 'data-testid': 'stopped' }, icon(stop().past ? 'dbg-reverse' : 'dbg-pause', 14), h('span.trunc', { title: debug.title }, () => `${stop().past ? 'In the past, ' : 'Stopped '}${debug.title()}`))
        : h('span.sm.t2', { 'data-testid': 'not-stopped' }, run.running() ? 'Runs until a breakpoint, or Pause, stops it.' : 'It has ended. Step back to look at its states.')),
      () => stop() && (stop().past
        ? h('span.sm.t2', { 'data-testid': 'debug-past' }, 'Nothing can be changed here. ', stop().stands ? `The execution itself stands at ${run.length()} events.` : 'The execution has ended.')
        : h('span.sm.t2.dbgwhy', { 'data-testid': 'stop-reason' }, debug.reason)),
      () => stop()?.stands && h('span.sm.t3.row.gap-1.nowrap', { 'data-testid': 'clock-stands', title: 'Waits, timeouts and heartbeats do not run while an execution is stopped' }, icon('wait', 14), h('span.num', null, () => `The clock stands still${stop().past ? '' : ` at ${debug.clock()}`}`)),
      () => debug.snapshot()?.edited && h('span.badge.is-caught', { 'data-testid': 'edited', title: 'Data of this execution was changed by hand' }, 'edited')),
    h('div.row.gap-1.wrap', null,
      () => stop()?.past && [
        h('button.btn.btn--sm', { 'data-testid': 'debug-present', onclick: () => debug.move('present') }, icon('to-end', 14), stop().stands ? 'Back to the present' : 'Leave the past'),
        h('button.btn.btn--sm', { 'data-testid': 'debug-fork', onclick: debug.fork }, icon('fork', 14), 'Go on from here')],
      () => debug.changeable() && menuButton(['Act', icon('down', 12)], { class: 'btn--sm', 'data-testid': 'debug-act', 'aria-label': 'Act on the state', title: 'Skip it, force its outcome, or go elsewhere' }, () => acts(debug)),
      h('div.dbg', { role: 'toolbar', 'aria-label': 'Debugger' }, MOVES.map(one => {
        if (!one) return h('span.sep');
        const [id, label, key, sign] = one, word = () => (stop()?.past && IN_THE_PAST[id]) || label;
        if (id === 'pause' || id === 'continue') return () => (Boolean(stop()) === (id === 'continue')) && button(debug, id, word, key, sign);
        return button(debug, id, word, key, sign);
      }))));
}

function button(debug, id, word, key, sign) {
  return h('button.btn.btn--icon.btn--sm', { 'data-testid': `debug-${id}`, 'aria-label': () => `${word()} (${key})`, title: () => `${word()} (${key})`, disabled: () => !debug.can(id), onclick: () => debug.step(id) }, icon(sign));
}

function acts(debug) {
  return [
    { label: 'Skip the state', icon: 'st-skipped', id: 'debug-skip', title: 'Its input is its output', run: debug.skip },
    { label: 'Force a result', icon: 'pin', id: 'debug-force', run: () => debug.force('result') },
    { label: 'Force an output', icon: 'edit', id: 'debug-force-output', run: () => debug.force('output') },
    { label: 'Let it fail', icon: 'st-failed', id: 'debug-fail', run: () => debug.force('error') },
    { label: 'Jump to another state', icon: 'swap', id: 'debug-jump', run: debug.jump },
    '-',
    { label: 'Go on from here in a new execution', icon: 'fork', id: 'debug-fork-now', run: debug.fork },
    !debug.run.live.peek() && { label: 'Look at the moment of the tape', icon: 'eye', id: 'debug-event', run: () => debug.move('event', { event: debug.run.n.peek() }) },
  ];
}

/** The keys of the debugger, for the page of an execution. */
export function debugKeys(debug, points) {
  const step = name => () => (debug.actions.canAct() && debug.can(name) ? debug.step(name) : false);
  return [
    ['d', 'Show or hide the debugger', () => (debug.actions.canAct() ? debug.show(!debug.shown.peek()) : false)],
    ['F8', 'Continue, or pause', () => (debug.actions.canAct() ? debug.pauseOrContinue() : false)],
    ['F10', 'Next state', step('over')], ['n', 'Next state', step('over')],
    ['s', 'Step in, phase by phase', step('into')],
    ['o', 'Step out', step('out')],
    ['b', 'Step back', step('back')],
    ['B', 'Continue backwards', step('reverse')],
    ['p', 'Back to the present', () => (debug.stop.peek()?.past ? debug.move('present') : false)],
    ['F9', 'Breakpoint at the selected state', points.toggleSelected],
    ['shift+F9', 'Edit that breakpoint', points.editSelected],
    [':', 'To the console', () => { const field = document.querySelector('[data-testid=console-input]'); if (!field) return false; field.focus(); return true; }],
  ];
}
