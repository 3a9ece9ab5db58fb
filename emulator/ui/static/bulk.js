// The bar for many executions at once: stop, redrive, rerun, with progress and a way to break off.

import { h, signal } from './core/view.js';
import { post } from './core/api.js';
import { ask } from './core/dialog.js';
import { icon } from './core/icon.js';
import { go } from './core/router.js';
import { server } from './core/server.js';
import { count, plural } from './core/time.js';
import { failed, toast } from './core/toast.js';

// Each verb: word, icon, which executions it is for, and the call for one.
const verbs = {
  rerun: ['Rerun', 'rerun', row => row.status !== 'RUNNING', row => post('rerun', { arn: row.arn, name: '', input: null, from: null })],
  redrive: ['Redrive', 'redrive', row => ['FAILED', 'TIMED_OUT', 'ABORTED'].includes(row.status), row => post('redrive', { arn: row.arn })],
  stop: ['Stop', 'stop', row => row.status === 'RUNNING' || row.status === 'PENDING_REDRIVE', row => post('stop', { arn: row.arn, error: '', cause: 'stopped in the browser' })],
};

// bulkBar shows while executions of a list are selected. list has rows, a signal, and every(), which reads all that fit.
export function bulkBar(list, selected) {
  const work = signal(null); // {verb, done, all, broken}
  let every = null; // rows that were selected beyond those loaded
  const chosen = () => {
    const known = new Map([...(every ?? []), ...list.rows()].map(row => [row.arn, row]));
    return [...selected()].map(arn => known.get(arn)).filter(Boolean);
  };
  async function selectAll() {
    try { every = await list.every(); selected.set(new Set(every.map(row => row.arn))); } catch (error) { failed(error); }
  }
  async function run(verb) {
    const [word, , fits, call] = verbs[verb], rows = chosen().filter(fits);
    const what = plural(rows.length, 'execution');
    if (verb === 'stop' || rows.length > 20) {
      const sure = await ask(`${word} ${what}?`, verb === 'stop' ? 'They end as aborted and can be redriven later.' : 'They run one after the other; you can break off.', `${word} ${what}`, verb === 'stop' ? 'Keep running' : 'Cancel');
      if (!sure) return;
    }
    const problems = [];
    work.set({ word, done: 0, all: rows.length });
    for (const row of rows) {
      if (!work.peek()) break;
      try { await call(row); } catch (error) { problems.push(`${row.name}: ${error.message}`); }
      work.update(now => now && { ...now, done: now.done + 1 });
    }
    const done = work.peek()?.done ?? 0;
    work.set(null);
    selected.set(new Set());
    if (problems.length) failed(new Error(`${word}: ${problems.length} of ${count(rows.length)} were refused. ${problems[0]}`));
    else toast(`${word}: ${plural(done || rows.length, 'execution')} done`, 'succeeded');
  }
  // compare opens the comparison of the two, the older one on the left. The list has the newest first.
  const compare = () => go('compare', ...list.rows().filter(row => selected().has(row.arn)).reverse().map(row => row.arn));
  return () => {
    if (work()) {
      return h('div.bulk', { role: 'status', 'data-testid': 'bulk-progress' }, `${work().word} ${count(work().done)} of ${count(work().all)}`,
        h('progress', { max: work().all, value: work().done, 'aria-label': 'Progress' }), h('button.btn', { 'data-testid': 'bulk-break', onclick: () => work.set(null) }, 'Break off'));
    }
    if (!selected().size) return null;
    return h('div.bulk', { role: 'toolbar', 'aria-label': 'Selected executions', 'data-testid': 'bulk' },
      h('b.num', null, `${count(selected().size)} selected`),
      h('button.btn.btn--ghost.btn--sm.hide-xs', { 'data-testid': 'bulk-all', onclick: selectAll }, 'Select all that match'),
      selected().size === 2 && list.rows().filter(row => selected().has(row.arn)).length === 2 && h('button.btn', { 'data-testid': 'bulk-compare', onclick: compare }, icon('columns'), 'Compare'),
      !server.overview()?.readOnly && Object.entries(verbs).map(([verb, [word, sign, fits]]) => {
        const n = chosen().filter(fits).length;
        return h('button.btn', { 'data-testid': `bulk-${verb}`, class: verb === 'stop' && 'btn--danger', disabled: n === 0, title: n === 0 ? `None of them can be ${verb === 'stop' ? 'stopped' : verb === 'rerun' ? 'rerun while running' : 'redriven'}` : null, onclick: () => run(verb) },
          icon(sign), n && n !== selected().size ? `${word} ${count(n)}` : word);
      }),
      h('button.btn.btn--ghost.btn--icon', { 'data-testid': 'bulk-clear', 'aria-label': 'Clear the selection', onclick: () => selected.set(new Set()) }, icon('close')));
  };
}
