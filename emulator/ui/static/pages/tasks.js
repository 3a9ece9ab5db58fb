// The inbox: callbacks, activities and held tasks that wait for an answer, and the activities there are.

import { cleanup, computed, each, h, signal, untrack } from '../core/view.js';
import { get, post, resource } from '../core/api.js';
import { editor } from '../core/editor.js';
import { icon } from '../core/icon.js';
import { jsonView } from '../core/json.js';
import { keys } from '../core/keys.js';
import { on } from '../core/live.js';
import { recall, remember } from '../core/memory.js';
import { machineOf } from '../core/mocks.js';
import { amend, link, place } from '../core/router.js';
import { server } from '../core/server.js';
import { empty, shown } from '../core/shown.js';
import { statusIcon } from '../core/status.js';
import { tabs } from '../core/tabs.js';
import { duration, now, relative } from '../core/time.js';
import { copy, failed, toast } from '../core/toast.js';
import { canPoint, pointDialog, retryHeld, setPin } from '../mocking/dialogs.js';

const kinds = { token: ['token', 'key'], activity: ['activity', 'activity'], held: ['no endpoint', 'function'] };

export function page() {
  const pending = resource(abort => get('pending', {}, abort));
  on('pending', pending.reload);
  // A worker that takes a task, and a heartbeat, are no events: look again now and then.
  const again = setInterval(() => { if (!document.hidden && !pending.loading.peek()) pending.reload(); }, 5000);
  cleanup(() => clearInterval(again));
  const query = computed(() => place().query);
  const search = h('input', { type: 'search', 'data-testid': 'search', 'aria-label': 'Find tasks', placeholder: 'State, machine or execution', value: query.peek().q ?? '', oninput: event => amend({ q: event.target.value }) });
  keys('Tasks', [['/', 'Find', () => search.focus()]]);
  const tasks = computed(() => {
    const word = (query().q ?? '').toLowerCase();
    return (pending.data()?.tasks ?? []).filter(task => [task.state, task.execution, task.resource].some(text => text.toLowerCase().includes(word)));
  });
  return h('div.page.page--narrow', null,
    h('div.bar', null, h('h1.h1', null, 'Tasks'), h('span.t3', null, 'what waits for an answer'), h('span.grow'), h('div.in.in--find', null, icon('search', 14), search)),
    shown(pending, data => untrack(() => [
      h('div.card.clip', null,
        () => (tasks().length === 0 && (data().tasks.length
          ? empty('No task fits', 'None has this state, machine or execution.', h('button.btn', { 'data-testid': 'lift', onclick: () => { search.value = ''; amend({ q: '' }); } }, 'Lift the filter'))
          : empty('Nothing waits', 'Tasks with .waitForTaskToken, activities without a worker, and tasks that nothing is set up for appear here and can be answered by hand.'))),
        each(tasks, task => task.id, task => row(task, query))),
      () => data().activities.length > 0 && h('section.card.clip.mt', null, h('header', null, h('h2.h1', null, 'Activities')),
        h('div.table', { role: 'table', 'aria-label': 'Activities', style: { '--cols': 'minmax(0,1fr) 90px 110px 40px' } },
          h('div.tr.tr--head', { role: 'row' }, ['Name', 'Waiting', 'Created', 'ARN'].map(text => h('span', { role: 'columnheader' }, text))),
          data().activities.map(one => h('div.tr', { role: 'row' }, h('span.name', { role: 'cell', title: one.name }, one.name), h('span.num', { role: 'cell' }, one.waiting), h('span', { role: 'cell' }, relative(one.created)),
            h('span', { role: 'cell' }, h('button.btn.btn--sm.btn--ghost.btn--icon', { 'data-testid': 'copy-activity', 'aria-label': `Copy ARN of ${one.name}`, onclick: () => copy(one.arn, 'ARN copied') }, icon('copy', 14))))))),
    ])));
}

// row shows a task; what changes while it waits is who has taken it, and what it lacks.
function row(current, query) {
  const task = current.peek(), [word, sign] = kinds[task.kind] ?? [task.kind, 'task'];
  const open = computed(() => query().task === task.id);
  const machine = task.machine.split(':').at(-1), name = task.execution.split(':').at(-1);
  return h('article.task', { 'data-testid': 'task', 'aria-label': `${task.state} of ${name}` },
    h('div.row.gap-4', null,
      h('span.tile.is-waiting', null, icon(sign)),
      h('div.grow', null,
        h('h2.row', null, h('span.m.trunc', { title: task.state }, task.state), h('span.badge', null, word), () => current().worker && h('span.badge', null, `taken by ${current().worker}`)),
        h('p.sm.t3.trunc', null, h('a', { href: link('machine', task.machine), 'data-testid': 'task-machine' }, machine), ' · ', h('a', { href: link('x', task.execution, { visit: task.visit < 0 ? '' : task.visit }), 'data-testid': 'task-execution' }, name))),
      h('span.stat.is-waiting.hide-xs', null, statusIcon('WAITING'), () => `waits ${duration(Math.floor(Math.max(0, now() - current().since) / 1000) * 1000)}`),
      () => !server.overview()?.readOnly && task.kind === 'held' && [
        canPoint(task) && h('button.btn', { 'data-testid': 'task-point', onclick: () => pointDialog(task) }, icon('link', 14), 'Point to a URL'),
        h('button.btn', { 'data-testid': 'task-retry', title: 'Call it again, with what is set up now', onclick: () => retryHeld(task) }, icon('st-retry', 14), 'Retry')],
      () => !server.overview()?.readOnly && h('button.btn', { 'data-testid': 'task-open', 'aria-expanded': () => String(open()), onclick: () => amend({ task: open() ? '' : task.id }) }, () => (open() ? 'Close' : 'Answer'))),
    () => current().missing && h('p.t2', null, `${current().missing.replace(/\.?$/, '.')} The state waits, nothing has failed.`),
    () => open() && untrack(() => form(task, machine)));
}

// form answers a task: what the state sent, and the answer as output or error.
function form(task, machine) {
  const memory = `answers.${machine}.${task.state}`;
  const output = signal(recall(memory, '{}')), error = signal(''), cause = signal(''), mode = signal('succeed'), busy = signal(false), keep = signal(false);
  const edit = editor(output, { label: 'Your answer', submit: send });
  async function send() {
    if (busy.peek() || mode.peek() === 'succeed' && edit.problem.peek()) return;
    busy.set(true);
    try {
      if (keep.peek()) {
        const answer = mode.peek() === 'succeed' ? { output: output.peek() } : { error: error.peek(), cause: cause.peek() };
        if (!await setPin({ machine: machineOf(machine), state: task.state, ...answer })) return busy.set(false);
      } else if (mode.peek() === 'succeed') {
        await post('answer', { id: task.id, output: output.peek() });
        remember(memory, output.peek());
      } else await post('fail', { id: task.id, error: error.peek(), cause: cause.peek() });
      amend({ task: '' });
      toast(`${task.state} was answered.`, 'succeeded');
    } catch (problem) { failed(problem); busy.set(false); }
  }
  const field = (label, value, id) => h('div.field', null, h('label', { for: id }, label), h('div.in', null, h('input.mono', { id, 'data-testid': id, value: value.peek(), oninput: event => value.set(event.target.value) })));
  return h('div.col.gap-4', null,
    h('div.pair', null,
      h('div.col', null, h('h3.sm.t2', null, 'What the state sent'), jsonView(task.input, 'input of the task', { empty: 'No input' })),
      h('div.col', null, tabs('Your answer', [
        ['succeed', 'Succeed', () => edit.el],
        ['fail', 'Fail', () => h('div.col.gap-4', null, field('Error', error, 'answer-error'), field('Cause', cause, 'answer-cause'))],
      ], mode, 'seg'))),
    task.kind === 'held' && h('label.row.tick', null, h('input', { type: 'checkbox', 'data-testid': 'task-remember', checked: keep, onchange: event => keep.set(event.target.checked) }), 'Remember: pin this for the next calls of the state, too'),
    h('div.row.wrap', null,
      h('button.btn.btn--pri', { 'data-testid': 'answer', disabled: () => busy() || mode() === 'succeed' && edit.problem() !== null, onclick: send }, () => (mode() === 'succeed' ? [icon('check'), 'Send success'] : [icon('close'), 'Send failure'])),
      task.token && h('button.btn', { 'data-testid': 'copy-token', onclick: () => copy(task.token, 'Task token copied') }, icon('key'), 'Copy token')));
}
