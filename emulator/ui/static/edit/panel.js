// The panel beside the drawing: the form of the selected state, of several, or of the state machine.

import { computed, h, signal, untrack } from '../core/view.js';
import { icon } from '../core/icon.js';
import { sheet } from '../core/sheet.js';
import { tabs } from '../core/tabs.js';
import { failed } from '../core/toast.js';
import { menuButton } from '../execution/menu.js';
import { chainOf, stateIcon } from '../graph/state.js';
import { namesOf, pointerOf } from './form/definition.js';
import { formOf } from './form/form.js';
import { machineForm } from './form/machine.js';
import { actionOf } from './form/resource.js';
import { severalForm } from './form/several.js';
import { stateForm } from './form/state.js';

const style = sheet('./form/form.css', import.meta.url);

// panel shows the selection of a store; ed is what the editor shares.
export function panel(store, ed) {
  const form = formOf(store, ed), tab = signal('setup');
  const ids = computed(() => store.selection().join('\n'));
  // A form stays as long as the selection, the type and the language do, so that no field loses the focus.
  const key = computed(() => {
    const all = ids() ? ids().split('\n') : [];
    if (!form.definition()) return 'none';
    if (all.length !== 1) return `${all.length ? 'several' : 'machine'}\n${ids()}`;
    return form.has(all[0]) ? ['state', all[0], form.text(pointerOf(all[0], 'Type')), form.language(all[0])].join('\n') : 'none';
  });
  return h('div.panel-form', { 'data-testid': 'panel', hidden: () => !style() },
    () => !form.readable() && store.draft() && h('p.notice.panel-notice', { role: 'status', 'data-testid': 'unreadable' }, icon('info', 14), form.definition() ? 'The text cannot be read. The form shows it as it was; mend it in the code first.' : 'The text cannot be read. Mend it in the code first.'),
    () => {
      const [kind, ...rest] = key().split('\n');
      return untrack(() => {
        form.help.set(null);
        if (kind === 'machine') return [head(h('span.tile', null, icon('graph')), 'State machine', store.file.peek().name ?? ''), h('div.panel-body', null, machineForm(form))];
        if (kind === 'several') return [head(h('span.tile', null, icon('list')), `${rest.length} states`, 'selected'), h('div.panel-body', null, severalForm(form, rest))];
        if (kind === 'state') return one(form, ed, tab, ...rest);
        return null;
      });
    },
    h('div.panel-help', { 'data-testid': 'help', 'aria-hidden': 'true' }, () => { const help = form.help(); return help?.docs ? [h('b.xs', null, help.name), h('p.xs.t2', null, help.docs)] : h('p.xs.t3', null, 'Go to a field to read what it means.'); }));
}

function head(tile, title, sub, ...buttons) {
  return h('header.panel-head', null, tile, h('div.grow', null, h('h2.h1.trunc', { title }, title), h('p.xs.t3.trunc', null, sub)), buttons);
}

function one(form, ed, tab, state, type, language) {
  const name = namesOf(state).at(-1), resource = computed(() => form.text(pointerOf(state, 'Resource')));
  const rows = stateForm(form, state, type, language);
  if (!rows.some(([id]) => id === tab.peek())) tab.set('setup');
  const where = chainOf(state).chain.map(step => (step.kind === 'Parallel' ? `${step.state} › branch ${step.index + 1}` : step.state)).join(' › ');
  return [
    head(h('span.tile', null, () => icon(stateIcon(type, resource()))), name,
      () => [type, actionOf(resource()) || (/:function:/.test(resource()) ? 'Lambda function' : ''), where].filter(Boolean).join(' · '),
      h('button.btn.btn--sm', { 'data-testid': 'test-state', onclick: () => ed.test(state) }, icon('test'), 'Test state'),
      menuButton(icon('more'), { class: 'btn--ghost btn--sm btn--icon', 'aria-label': 'More', title: 'More', 'data-testid': 'state-more' }, () => actions(form, state, type))),
    h('div.panel-tabs', null, tabs(`State ${name}`, rows, tab)),
  ];
}

// actions are what can be done with the state beside its fields.
function actions(form, state, type) {
  const act = edit => async () => {
    try { const done = await form.apply([edit]); if (done?.select?.length) form.doc.select(done.select); } catch (error) { failed(error); }
  };
  return [
    { id: 'state-duplicate', label: 'Duplicate', icon: 'copy', run: act({ op: 'duplicate', states: [state] }) },
    { id: 'state-wrap-parallel', label: 'Wrap in Parallel', icon: 'parallel', run: act({ op: 'wrap', states: [state], type: 'Parallel' }) },
    { id: 'state-wrap-map', label: 'Wrap in Map', icon: 'map', run: act({ op: 'wrap', states: [state], type: 'Map' }) },
    (type === 'Parallel' || type === 'Map') && { id: 'state-unwrap', label: 'Unwrap', icon: 'fork', run: act({ op: 'unwrap', state }) },
    '-',
    { id: 'state-delete', label: 'Delete', icon: 'trash', run: act({ op: 'delete', states: [state] }) },
  ];
}
