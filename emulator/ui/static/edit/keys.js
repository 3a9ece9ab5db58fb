// The canvas by keyboard: arrows follow transitions, letters act on the selection, and two modes
// do what a pointer does by dragging. In "place", arrows choose where a piece goes; in "connect",
// first which transition, then where it leads. Enter does it, Escape leaves.

import { h } from '../core/view.js';
import { keys } from '../core/keys.js';
import { announce } from '../core/toast.js';
import { neighbour } from '../graph/draw.js';
import { accepts, towards } from './targets.js';

export function bindKeys(board) {
  const { el, store, drawing, mode } = board;
  const here = act => event => (board.holdsFocus() && !mode.peek() ? act(event) : false);
  const { actions } = board;
  keys('Drawing', [
    ['Enter', 'Select; again: go to its form', () => false],
    ['a', 'Add a state after the selected one', here(() => actions.addAfter())],
    ['d', 'Duplicate', here(() => actions.duplicate())],
    ['F2', 'Rename', here(() => actions.rename())],
    ['Delete', 'Delete; neighbours are joined', here(() => actions.remove())],
    ['Backspace', 'Delete', here(() => actions.remove())],
    ['m', 'Move: arrows choose the place, Enter drops', here(() => board.pickUp())],
    ['r', 'Reconnect: arrows choose the transition and its end, Del removes it', here(() => board.reconnect())],
    ['[', 'Move the branch to the left', here(actions.stepBranch(-1))],
    [']', 'Move the branch to the right', here(actions.stepBranch(1))],
    ['mod+a', 'Select all states of the workflow', here(() => actions.selectAll())],
    ['mod+c', 'Copy', () => false], ['mod+x', 'Cut', () => false], ['mod+v', 'Paste', () => false],
    ['Escape', 'Select nothing', here(() => { store.select([]); board.link.set(''); })],
    ['mod+Enter', 'Test the state', event => (event.target.matches?.('textarea') ? false : actions.test())],
    ['/', 'Find a state or service', () => (el.checkVisibility() ? board.find() : false)],
    ['alt+c', 'Fit the graph', () => board.view.fit()],
  ]);

  el.addEventListener('keydown', event => {
    if (event.target.matches('input')) return;
    if (mode.peek()) { modeKey(event); return; }
    if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      event.preventDefault();
      const item = board.item(board.focus.peek());
      if (item?.name && document.activeElement === item.button && !store.selection.peek().includes(item.node.id)) board.choose(item.node.id);
      if (item) board.view.reveal(item.node);
      board.actions.menu(item?.button ?? el);
      return;
    }
    const at = drawing.owner(event.target);
    if (event.key === 'Enter' && at?.button && event.target === at.button && store.selection.peek().includes(at.node.id)) {
      event.preventDefault();
      board.open();
      return;
    }
    if (!event.key.startsWith('Arrow') || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const items = [...drawing.nodes.values()].filter(one => one.button || one.node.kind === 'lane');
    const now = board.item(board.focus.peek()) ?? items.find(one => one.button);
    if (!now) return;
    const next = el.contains(document.activeElement?.closest?.('.node, .box') ?? null) ? neighbour(items, drawing.graph().edges, now, event.key, one => one.node.happy) : now;
    if (!next) return;
    if (next.name && next.node.kind !== 'missing') {
      if (event.shiftKey) store.select([...new Set([...store.selection.peek(), next.node.id])]); else board.choose(next.node.id);
    } else { store.select([]); board.focus.set(next.node.id); }
    board.focusOn(next.node.id);
  });

  // ── the modes ──

  const strip = h('div.modebar', { role: 'status', 'data-testid': 'mode', hidden: () => !mode() }, () => mode() && [h('b', null, mode().title), h('span', null, mode().words()), h('span.t3', null, mode().link?.() ? 'Arrows choose, Enter confirms, Del removes the transition, Esc leaves' : 'Arrows choose, Enter confirms, Esc leaves')]);
  el.append(strip);

  function enter(next) {
    mode.set(next);
    el.focus({ preventScroll: true });
    next.show();
  }
  function leave(back) {
    mode.set(null);
    board.over.querySelectorAll('.is-aim').forEach(one => one.remove());
    el.querySelectorAll('.is-aimed').forEach(one => one.classList.remove('is-aimed'));
    if (back) { board.link.set(''); board.focusOn(back); }
  }
  board.leave = () => { if (mode.peek()) leave(''); };
  el.addEventListener('focusout', event => { if (!el.contains(event.relatedTarget)) board.leave(); });
  el.addEventListener('pointerdown', board.leave, true);

  function modeKey(event) {
    if (event.key === 'Control' || event.key === 'Shift' || event.key === 'Alt' || event.key === 'Meta') return;
    event.preventDefault();
    event.stopPropagation();
    const now = mode.peek();
    if (event.key === 'Escape') { const back = now.back; leave(back); announce('Left as it was'); return; }
    if (event.key === 'Enter' || event.key === ' ') { now.take(); return; }
    if (event.key === 'Delete' && now.link?.()) { const item = now.link(); leave(''); returnTo(actions.removeLink(item), now.back); return; }
    const all = now.items, at = all.indexOf(now.at);
    const next = event.key.startsWith('Arrow') ? towards(all, now.at, event.key) : event.key === 'Tab' ? all[(at + (event.shiftKey ? -1 : 1) + all.length) % all.length] : null;
    if (next) { mode.set({ ...now, at: next }); mode.peek().show(); }
  }

  // Selects and focuses a state again when something is done.
  function returnTo(done, id) { Promise.resolve(done).then(() => { if (board.item(id)) { board.choose(id); board.focusOn(id); } }); }

  /** Takes the selected states, or a piece of the palette, and lets the arrows choose its place. */
  board.pickUp = piece => {
    const list = piece ? [] : board.actions.outermost(store.selection.peek());
    if (!piece && !list.length) { announce('Select a state first'); return; }
    const what = piece ?? { label: list.length === 1 ? board.nameOf(list[0]) : `${list.length} states`, icon: 'drag', moved: list };
    const items = board.targets().filter(target => !what.moved || accepts(target, what.moved)).sort((a, b) => a.y - b.y || a.x - b.x);
    if (!items.length) { announce('There is no other place for it'); return; }
    const chosen = board.item(store.selection.peek().at(-1))?.node, from = chosen ? { x: chosen.x + chosen.w / 2, y: chosen.y + chosen.h } : { x: 0, y: 0 };
    const at = items.reduce((a, b) => (Math.hypot(b.x - from.x, b.y - from.y) < Math.hypot(a.x - from.x, a.y - from.y) ? b : a));
    enter({
      kind: 'place', title: `${what.moved ? 'Move' : 'Add'} ${what.label}`, items, at, back: chosen?.id,
      words() { return board.words(this.at); },
      show() {
        board.showTarget(this.at);
        board.view.reveal({ x: this.at.x - 40, y: this.at.y - 40, w: 80, h: 80 });
      },
      take() { const target = this.at; leave(''); board.drop(what, target); },
    });
  };

  /** Lets the arrows choose a transition of the selected state, and then where it leads. */
  board.reconnect = item => {
    const id = store.selection.peek().at(-1), chosen = item ?? board.edge(board.link.peek());
    if (chosen && !id) { aim(chosen); return; }
    if (!id) { announce('Select a state or a transition first'); return; }
    const links = board.actions.linksOf(id);
    if (!links.length) { aim(null, id); return; }
    if (links.length === 1) { aim(links[0]); return; }
    const items = links.map(one => ({ link: one, x: one.edge.points.at(-1)[0], y: one.edge.points.at(-1)[1] })).sort((a, b) => a.x - b.x || a.y - b.y);
    enter({
      kind: 'link', title: `Reconnect ${board.nameOf(id)}: which transition?`, items, at: items[0], back: id,
      words() { const { edge } = this.at.link; return `${edge.text || edge.label || edge.kind}, to ${board.nameOf(edge.to)}`; },
      show() { board.link.set(this.at.link.key); },
      link() { return this.at.link; },
      take() { aim(this.at.link); },
    });
  };

  function aim(link, state) {
    const edge = link?.edge ?? null, from = edge?.from ?? state;
    const items = board.actions.endsFor(from, edge).sort((a, b) => a.y - b.y || a.x - b.x);
    const back = from === 'start' ? edge.to : from;
    enter({
      kind: 'end', title: `${board.nameOf(from)} leads to`, items, at: items.find(one => one.id === edge?.to) ?? items[0], back,
      words() { return board.nameOf(this.at.id); },
      show() {
        el.querySelectorAll('.is-aimed').forEach(one => one.classList.remove('is-aimed'));
        board.over.querySelectorAll('.is-aim').forEach(one => one.remove());
        const node = board.item(this.at.id);
        if (node) node.el.classList.add('is-aimed');
        else {
          const pill = h('span.endpill.is-over.is-aim', null, 'End');
          pill.style.setProperty('left', `${this.at.x}px`);
          pill.style.setProperty('top', `${this.at.y}px`);
          board.over.append(pill);
        }
        board.view.reveal({ x: this.at.x - 60, y: this.at.y - 30, w: 120, h: 60 });
      },
      take() {
        const to = this.at.id;
        leave('');
        returnTo(actions.connect(from, edge, to), back);
      },
      link: () => link,
    });
  }
}
