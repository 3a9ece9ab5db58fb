// What the debugger has stopped, for the list of executions and for the page of another one.

import { computed, h } from '../core/view.js';
import { debugging, move, whereOf } from '../core/debugger.js';
import { icon } from '../core/icon.js';
import { link } from '../core/router.js';
import { plural } from '../core/time.js';

/** Executions that are stopped, each with the way to it. */
export function stoppedRows(stops) {
  return h('ul.plainlist', { 'aria-label': 'Stopped executions' }, stops.map(one => h('li.stackf', { 'data-testid': 'stopped-row' }, h('span.stat.is-stop', null, icon('dbg-pause', 14)),
    h('a.trunc', { href: link('x', one.arn), 'data-testid': 'stopped-open', title: one.arn }, h('b', null, one.machine), ` ${one.arn.split(':').at(-1)}`), h('span.sm.t2.trunc', null, `${one.past ? 'in the past ' : ''}${whereOf(one)}`),
    h('button.btn.btn--sm.end', { 'data-testid': 'stopped-continue', onclick: () => move(one.arn, 'continue') }, icon('dbg-continue', 14), 'Continue'))));
}

/** What is stopped, over the list of executions. */
export function stoppedList() {
  const some = computed(() => debugging.standing().length > 0);
  return () => some() && h('section.card.stopcard', { 'aria-label': 'Stopped', 'data-testid': 'stopped-list' },
    h('div.row.wrap', null, h('h2.b', null, 'Time stands still'), h('span.sm.t2.grow', null, () => `${plural(debugging.standing().length, 'execution')} stopped by the debugger; no Wait and no timeout runs until all of them go on.`),
      h('button.btn.btn--sm', { 'data-testid': 'continue-all', onclick: () => debugging.standing.peek().forEach(one => move(one.arn, 'continue')) }, icon('dbg-continue', 14), 'Continue all')),
    () => stoppedRows(debugging.standing()));
}
