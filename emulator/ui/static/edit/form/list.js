// A list whose items open, move and go: Retriers, Catchers, Choice rules, branches.

import { each, h, untrack } from '../../core/view.js';
import { icon } from '../../core/icon.js';
import { failed, announce } from '../../core/toast.js';
import { pointerOf } from './definition.js';
import { problem } from './field.js';

// list shows the array at a pointer. noun is "Retrier"; summary(i) the line of an item; body(i) what it opens to, or
// null if it does not open; fresh() the value of a new item. remove and add replace what is done by default.
export function list(form, state, pointer, { noun, title, docs = '', summary, body, fresh, add, remove, none }) {
  const opened = form.opened(pointer);
  const count = () => form.length(pointer);
  const testid = noun.toLowerCase().replaceAll(' ', '-');
  const act = promise => promise.catch(failed);
  const moved = (from, to) => {
    const open = new Set([...opened.peek()].filter(i => i !== from && i !== to));
    if (opened.peek().has(from)) open.add(to);
    if (opened.peek().has(to)) open.add(from);
    opened.set(open);
  };
  async function move(from, to, el) {
    if (to < 0 || to >= untrack(count)) return;
    try { await form.apply([{ op: 'moveItem', array: pointer, from, to }]); } catch (error) { return failed(error); }
    moved(from, to);
    el.closest('ol').children[to]?.querySelector('.li-head').focus();
    announce(`${noun} ${from + 1} is number ${to + 1} now`);
  }
  async function drop(i) {
    try { await (remove ? remove(i) : form.remove(pointerOf(pointer, i), state)); } catch (error) { return failed(error); }
    opened.set(new Set([...opened.peek()].filter(one => one !== i).map(one => (one > i ? one - 1 : one))));
  }
  const more = async () => {
    const at = untrack(count);
    try { await (add ? add() : form.set(pointerOf(pointer, at), fresh())); } catch (error) { return failed(error); }
    if (body) opened.update(now => new Set([...now, at]));
    requestAnimationFrame(() => section.querySelector(`ol > li:nth-child(${at + 1}) .li-body :is(input, textarea, select)`)?.focus());
  };
  const item = index => {
    const i = index.peek(), id = `${testid}-${++made}`;
    const open = () => opened().has(i);
    const toggle = () => opened.update(now => { const next = new Set(now); if (!next.delete(i)) next.add(i); return next; });
    const head = h('button.li-head', {
      'data-testid': `${testid}-item`, 'aria-expanded': body ? () => String(open()) : null, 'aria-controls': body ? id : null, onclick: () => body && toggle(),
      onkeydown: event => {
        const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
        if (event.altKey && step) { event.preventDefault(); move(i, i + step, head); }
      },
    }, body && h('span.turn', { class: () => open() && 'is-open' }, icon('right', 12)), h('span.grow.trunc.li-sum', null, () => summary(i)),
    () => form.problems(pointerOf(pointer, i)).length > 0 && h('span.badge.is-failed', { title: 'This has problems' }, icon('st-failed', 12), h('span.vh', null, 'has problems')));
    return h('li', null,
      h('div.li-row', null, head,
        small(`Move ${noun} ${i + 1} up`, 'up', () => move(i, i - 1, head), () => i === 0, `${testid}-up`),
        small(`Move ${noun} ${i + 1} down`, 'down', () => move(i, i + 1, head), () => i >= count() - 1, `${testid}-down`),
        small(`Delete ${noun} ${i + 1}`, 'trash', () => drop(i), () => false, `${testid}-delete`)),
      body && h('div.li-body', { id, hidden: () => !open() }, () => open() && [h('div', null, () => form.problems(pointerOf(pointer, i), false).map(problem)), untrack(() => body(i))]));
  };
  const small = (label, sign, run, off, id) => h('button.btn.btn--ghost.btn--sm.btn--icon', { 'aria-label': label, title: label, 'data-testid': id, disabled: () => off() || !form.readable(), onclick: () => act(Promise.resolve(run())) }, icon(sign, 14));
  const section = h('section.flist', { 'aria-label': title, ...form.explained({ name: title, docs }) },
    h('div.row.flist-head', null, h('h3.sm.m.t2', null, title), h('span.grow'),
      h('button.btn.btn--ghost.btn--sm', { 'data-testid': `${testid}-add`, disabled: () => !form.readable(), onclick: more }, icon('plus', 14), `Add ${noun}`)),
    () => form.problems(pointer, false).map(problem),
    () => count() === 0 && none && h('p.xs.t3', null, none),
    h('ol', null, each(() => Array.from({ length: count() }, (_, i) => i), i => i, item)));
  return section;
}
let made = 0;
