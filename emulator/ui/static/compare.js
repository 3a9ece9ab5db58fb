// The dialog that chooses with which execution one is compared.

import { computed, h, signal } from './core/view.js';
import { get, resource } from './core/api.js';
import { dialog, dialogHead } from './core/dialog.js';
import { icon } from './core/icon.js';
import { go } from './core/router.js';
import { loading, refused } from './core/shown.js';
import { statusText } from './core/status.js';
import { relative } from './core/time.js';

// compareWith asks for another execution of the same state machine and opens the comparison. x is an
// execution with arn, name, machine and rerunOf. The other one, which was before, is on the left.
export async function compareWith(x) {
  const wanted = signal('');
  const other = await dialog('Compare with', close => {
    const list = resource(abort => get('executions', { machine: x.machine, q: wanted(), limit: 50 }, abort));
    const success = resource(abort => get('executions', { machine: x.machine, status: 'SUCCEEDED', limit: 2 }, abort));
        const last = computed(() => success.data()?.executions.find(row => row.arn !== x.arn));
    const offered = () => (wanted() ? [] : [x.rerunOf, last()?.arn]); // above the list
    const rows = computed(() => (list.data()?.executions ?? []).filter(row => row.arn !== x.arn && !offered().includes(row.arn)));
    const choice = (row, note, testid) => h('li', null, h('button.mi.cmppick', { 'data-testid': testid, onclick: () => close(row.arn) },
      h('span.cmppick-status', null, row.status && statusText(row.status)), h('span.mono.trunc.grow', null, row.name), h('span.sm.t3.nowrap', null, note ?? relative(row.started))));
    return [
      dialogHead('Compare with', close),
      h('div.dialog-body.col', null,
        h('div.in', null, icon('search', 14), h('input', { type: 'search', autofocus: true, 'data-testid': 'compare-find', 'aria-label': 'Name or ARN of an execution', placeholder: 'Name or ARN', oninput: event => wanted.set(event.target.value.trim()) })),
        h('ul.cmplist', { 'aria-label': 'Executions' },
          () => !wanted() && x.rerunOf && choice({ arn: x.rerunOf, name: x.rerunOf.split(':').at(-1), status: '' }, 'this is a rerun of it', 'compare-original'),
          () => !wanted() && last() && choice(last(), 'last success', 'compare-success'),
          () => (list.error() ? h('li', null, refused(list.error(), list.reload)) : !list.data() ? h('li', null, loading(3)) : rows().length ? rows().map(row => choice(row, null, 'compare-choice')) : !offered().some(Boolean) && h('li.card-note', null, wanted() ? 'No other execution of this state machine has this name.' : 'This state machine has no other execution yet.')))),
    ];
  });
  if (other) go('compare', other, x.arn);
}
