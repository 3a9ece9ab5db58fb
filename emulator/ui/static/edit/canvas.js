// The canvas of the editor: the drawing of the draft under a camera, what is selected on it, and
// what the pointer does there. What can be done is in actions.js, by which key in keys.js.

import { effect, h, signal, untrack } from '../core/view.js';
import { icon } from '../core/icon.js';
import { sheet } from '../core/sheet.js';
import { statusIcon, statusName, statusWord } from '../core/status.js';
import { plural } from '../core/time.js';
import { announce, failed, toast } from '../core/toast.js';
import { camera } from '../graph/camera.js';
import { overview } from '../graph/overview.js';
import { chainOf } from '../graph/state.js';
import { actionsOf } from './actions.js';
import { bindClipboard } from './clipboard.js';
import { dragsOf } from './drag.js';
import { bindKeys } from './keys.js';
import { pick } from './palette.js';
import { scene } from './scene.js';
import { isHole, targetsOf } from './targets.js';

// statuses of states in a run, by the outcomes of visits
const statuses = { succeeded: 'SUCCEEDED', caught: 'CAUGHT', failed: 'FAILED', enclosed: 'FAILED', aborted: 'ABORTED', open: 'RUNNING' };
const sheets = ['../graph/graph.css', './canvas.css'].map(name => sheet(name, import.meta.url));

/** The slot of the canvas: ed.board is what the palette and others do with it. */
export function canvas(store, ed) {
  const board = ed.board = openCanvas(store, {
    test: pointer => ed.test(pointer),
    open: () => document.querySelector('[data-testid=slot-panel] :is(input, select, textarea, button)')?.focus(),
    find: () => ed.functions.findPiece?.() || pick(store, ed, board.el, 'Add a state', piece => board.insert(piece)),
    pick: (opener, label, choose) => pick(store, ed, opener, label, choose),
  });
  return () => sheets.every(ready => ready()) && board.el;
}

/**
 * The canvas of a store of document.js. hooks: test(pointer) tests a state, open() goes to the form
 * of the selected one, find() lets the user search for what to add, pick(opener, label, choose) lets him choose it in a popup. It returns
 * the board: el, the element to show, and what palette, keys and menus do with it.
 *
 * A piece is what can be dropped: {label, icon, name, state} with the JSON of a new state,
 * {label, icon, text} with a fragment to paste, or {label, icon, moved} with pointers.
 */
export function openCanvas(store, hooks) {
  const drawing = scene();
  const focus = signal(''); // ID of the node that Tab reaches
  const link = signal(''); // key of the selected transition
  const hovered = signal(''); // key of the transition under the pointer
  const mode = signal(null); // what the arrow keys do now, if not moving about: see keys.js
  const over = h('div.over'); // marks over the drawing
  drawing.world.append(over);
  let tabbed = null, painted = new Set(), shown = null; // items that are the tab stop, and selected; the target that is shown

  const el = h('div.canvas.canvas--edit', { 'data-testid': 'canvas', tabindex: -1, role: 'group', 'aria-label': 'State machine' }, drawing.world);
  const view = camera(drawing.world, () => drawing.graph(), () => focused() ?? firstState(), { keeps, margin: 0, narrow: 480 });
  const small = signal(drawing.graph()); // what the overview shows: it follows when the drawing stands
  let smallTimer = 0;
  const told = () => (store.draft() && !store.draft().graph ? 'The text cannot be read at the moment. This is the last drawing.'
    : store.graph()?.omitted ? `There is too much to draw: ${plural(store.graph().omitted, 'state or transition', 'states and transitions')} left out.` : '');
  const stale = h('div.stalebar', { role: 'status', 'data-testid': 'stale', hidden: () => !told() }, icon('info', 14), told);
  el.append(stale, view.controls, overview(small, view, node => (store.selection().includes(node.id) ? 'is-stop' : '')));

  const board = {
    el, store, drawing, view, focus, link, hovered, mode, over,
    item: id => drawing.nodes.get(id),
    edge: key => drawing.edges.get(key),
    selection: () => store.selection(),
    nameOf: id => (id === 'end' ? 'the end' : id === 'start' ? 'the start' : chainOf(id).name || 'the branch'),
    holdsFocus: () => el.contains(document.activeElement),
    run, choose, chooseLink, focusOn, drop, insert, rename, showTarget, targets, anchor, words, at,
    pick: (at, label, take) => hooks.pick(at, label, take),
    test: pointer => hooks.test(pointer),
    open: () => hooks.open(),
    find: () => hooks.find(),
  };
  const actions = board.actions = actionsOf(board), drags = dragsOf(board);
  board.dragPiece = drags.piece;
  bindKeys(board);
  bindClipboard(board);

  // ── showing the draft ──

  effect(() => { const graph = store.graph(); if (graph) untrack(() => show(graph)); });
  effect(() => { store.problems(); untrack(paintProblems); });
  effect(() => { store.data(); untrack(paintRun); });
  effect(() => { store.selection(); untrack(paintSelection); });
  effect(() => { focus(); untrack(paintFocus); });
  effect(() => { link(); hovered(); store.selection(); untrack(paintHandles); });
  effect(() => { if (!mode()) showTarget(null); });
  effect(() => { view.view(); drawing.settle(); });

  function inView(box) {
    const { x, y, k, w, h: ht } = view.view.peek();
    return x + (box.x + box.w) * k > 0 && y + (box.y + box.h) * k > 0 && x + box.x * k < w && y + box.y * k < ht;
  }

  function show(graph) {
    const empty = !drawing.graph().nodes.length, hadFocus = el.contains(document.activeElement);
    drawing.update(graph, view.follow, inView);
    board.leave(); // the places that a mode knows are no more
    clearTimeout(smallTimer);
    if (empty) { view.settle(); small.set(graph); } else smallTimer = setTimeout(() => small.set(graph), 300);
    if (!drawing.edges.has(link.peek())) link.set('');
    if (!drawing.edges.has(hovered.peek())) hovered.set('');
    if (!drawing.nodes.get(focus.peek())?.button) focus.set([store.selection.peek().at(-1), firstState()?.id].find(id => drawing.nodes.get(id)?.button) ?? '');
    paintProblems();
    paintRun();
    paintSelection();
    paintFocus();
    paintHandles();
    // What had the focus may be gone.
    if (hadFocus && !el.contains(document.activeElement)) (drawing.nodes.get(focus.peek())?.button ?? el).focus({ preventScroll: true });
  }

  function firstState() { return drawing.graph().nodes.find(node => node.kind === 'state' || node.kind === 'container' || isHole(node)); }
  function focused() { return drawing.nodes.get(store.selection.peek().at(-1) ?? focus.peek())?.node; }

  function paintFocus() {
    const item = drawing.nodes.get(focus.peek());
    if (tabbed?.button && tabbed !== item) tabbed.button.tabIndex = -1;
    if (item?.button) item.button.tabIndex = 0;
    tabbed = item;
  }

  function paintSelection() {
    const now = new Set();
    for (const id of store.selection.peek()) { const item = drawing.nodes.get(id); if (item?.button) now.add(item); }
    for (const item of painted) if (!now.has(item)) mark(item, false);
    for (const item of now) mark(item, true);
    painted = now;
  }
  function mark(item, is) {
    item.el.classList.toggle('is-sel', is);
    item.button.setAttribute('aria-pressed', String(is));
  }

  function paintProblems() {
    const of = Map.groupBy(store.problems.peek().filter(one => one.state), one => one.state);
    for (const [id, item] of drawing.nodes) {
      const list = of.get(id), key = list ? JSON.stringify(list.map(one => [one.severity, one.message])) : '';
      if (item.problems === key || !item.button) continue;
      item.problems = key;
      const bad = list?.some(one => one.severity === 'ERROR');
      const badge = list && h('span.badge.nproblem', { class: bad ? 'is-failed' : 'is-caught', title: list.map(one => one.message).join('\n'), 'data-testid': `problems-${item.name}` },
        icon(bad ? 'st-failed' : 'st-caught', 12), String(list.length), h('span.vh', null, plural(list.length, bad ? 'error' : 'warning')));
      item.el.classList.toggle('is-bad', Boolean(bad));
      (item.badges ?? item.extra)?.replaceChildren(...(badge ? [badge] : []));
      item.button.setAttribute('aria-description', list ? list.map(one => one.message).join('. ') : '');
      if (!list) item.button.removeAttribute('aria-description');
    }
  }

  // paintRun shows how the states stand in the run whose data they have.
  function paintRun() {
    const data = store.data.peek();
    for (const [id, item] of drawing.nodes) {
      const status = statuses[data[id]?.status] ?? '';
      if (!item.button || (item.run ?? '') === status) continue;
      if (item.run) item.el.classList.remove(`is-${statusName(item.run)}`);
      item.run = status;
      if (status) item.el.classList.add(`is-${statusName(status)}`);
      item.mark.replaceChildren(...(status ? [statusIcon(status), h('span.vh', null, statusWord(status))] : []));
    }
  }

  // ── handles: what appears where the pointer or the selection is ──

  function paintHandles() {
    over.querySelectorAll('.plus:not(.is-drop), .knob').forEach(one => one.remove());
    drawing.svg.querySelectorAll('.is-hot, .is-picked').forEach(one => one.classList.remove('is-hot', 'is-picked'));
    for (const key of new Set([link.peek(), hovered.peek()])) {
      const item = drawing.edges.get(key);
      if (!item) continue;
      item.el.classList.add(key === link.peek() ? 'is-picked' : 'is-hot');
      const target = targets().find(one => one.kind === 'edge' && one.edge === item.edge.id && one.from === item.edge.from);
      if (target) over.append(at(h('button.plus', { tabindex: -1, 'data-testid': 'edge-add', 'aria-label': `Add a state ${words(target)}`, title: 'Add a state here', onclick: event => actions.addAt(target, event.currentTarget) }, icon('plus', 14)), target));
      if (item.edge.kind === 'end' && !target) continue;
      const [x, y] = item.edge.points.at(-1);
      over.append(at(h('button.knob', { tabindex: -1, 'data-testid': 'edge-end', 'data-edge': key, 'aria-label': 'End of the transition', title: 'Drag to another state' }), { x, y }));
    }
    const only = store.selection.peek().length === 1 && drawing.nodes.get(store.selection.peek()[0]);
    if (only?.button && !['Succeed', 'Fail'].includes(only.node.type)) {
      over.append(at(h('button.knob.knob--out', { tabindex: -1, 'data-testid': 'connect', 'data-from': only.node.id, 'aria-label': `Connect ${only.name}`, title: 'Drag to the state that follows' }), { x: only.node.x + only.node.w / 2, y: only.node.y + only.node.h }));
    }
  }

  function at(element, { x, y }) {
    element.style.setProperty('left', `${x}px`);
    element.style.setProperty('top', `${y}px`);
    return element;
  }

  /** Where a target is, in words: "between A and B". */
  function words(target) {
    if (target.kind === 'branch') return `in a new branch of ${board.nameOf(target.state)}`;
    if (target.kind === 'empty') return target.workflow ? `in ${laneName(target.workflow)}` : 'as the first state';
    if (target.kind === 'start') return `before ${board.nameOf(target.to)}, in ${laneName(target.workflow)}`;
    if (target.kind === 'end' || target.to === 'end') return `after ${board.nameOf(target.from)}`;
    return `between ${board.nameOf(target.from)} and ${board.nameOf(target.to)}`;
  }
  function laneName(workflow) {
    const step = chainOf(workflow).chain.at(-1);
    return step.kind === 'Map' ? step.state : `branch ${step.index + 1} of ${step.state}`;
  }

  function targets() {
    const graph = drawing.graph();
    if (targets.graph !== graph) { targets.graph = graph; targets.list = targetsOf(graph); }
    return targets.list;
  }

  /** Shows where something would be dropped; null for nowhere. */
  function showTarget(target) {
    if (shown === target) return;
    shown = target;
    over.querySelectorAll('.is-drop').forEach(one => one.remove());
    drawing.svg.querySelectorAll('.is-over').forEach(one => one.classList.remove('is-over'));
    el.querySelectorAll('.lane.is-over, .box.is-over, .node.is-over').forEach(one => one.classList.remove('is-over'));
    if (!target) return;
    if (target.kind === 'edge') {
      [...drawing.edges.values()].find(item => item.edge.id === target.edge && item.edge.from === target.from)?.el.classList.add('is-over');
      over.append(at(h('span.plus.is-drop', { 'aria-hidden': 'true', 'data-testid': 'drop-mark' }, icon('plus', 14)), target));
    } else if (target.kind === 'start' || target.kind === 'end') {
      const line = at(h('span.dropline.is-drop', { 'aria-hidden': 'true', 'data-testid': 'drop-mark' }), target);
      line.style.setProperty('width', `${target.w}px`);
      over.append(line);
    } else {
      const id = target.kind === 'branch' ? target.state : target.workflow;
      const item = drawing.nodes.get(id) ?? drawing.nodes.get(firstState()?.id);
      item?.el.classList.add('is-over');
      over.append(at(h('span.plus.is-drop', { 'aria-hidden': 'true', 'data-testid': 'drop-mark' }, icon('plus', 14)), target));
    }
  }

  // ── doing ──

  /** Applies edits; selects, shows and focuses what came of them. done is said to screen readers. */
  async function run(edits, done = '') {
    try {
      const answer = await store.apply(edits);
      for (const note of answer.notes ?? []) toast(note.message, 'info');
      if (answer.select?.length) focusOn(answer.select.at(-1));
      else if (!el.contains(document.activeElement)) el.focus({ preventScroll: true });
      if (done) announce(done);
      return answer;
    } catch (error) {
      failed(error);
      return null;
    }
  }

  /** Selects a state: alone, or also. */
  function choose(id, also = false) {
    link.set('');
    const now = store.selection.peek();
    store.select(!also ? [id] : now.includes(id) ? now.filter(one => one !== id) : [...now, id]);
    focus.set(id);
  }

  function chooseLink(key) {
    store.select([]);
    link.set(key);
    const item = drawing.edges.get(key);
    if (item) announce(`Transition from ${board.nameOf(item.edge.from)} to ${board.nameOf(item.edge.to)} selected`);
  }

  /** Moves the focus to a node and brings it into view. */
  function focusOn(id) {
    const item = drawing.nodes.get(id);
    if (!item?.button) return;
    focus.set(id);
    item.button.tabIndex = 0;
    item.button.focus({ preventScroll: true });
    view.reveal(item.node);
  }

  function editsOf(piece, target) {
    let place = { edge: target.edge, from: target.from };
    const edits = [];
    if (target.kind === 'empty') place = { workflow: target.workflow };
    if (target.kind === 'branch') {
      const lanes = drawing.graph().nodes.filter(node => node.parent === target.state && node.kind === 'lane').length;
      edits.push({ op: 'addBranch', state: target.state });
      place = { workflow: `${target.state}/Branches/${lanes}` };
    }
    if (target.after) place = { after: target.after };
    if (piece.moved) return [...edits, { op: 'move', states: piece.moved, ...place }];
    if (piece.text) return [...edits, { op: 'paste', text: piece.text, ...place }];
    return [...edits, { op: 'insert', name: piece.name, state: piece.state, ...place }];
  }

  /** Puts a piece on a target. */
  function drop(piece, target) {
    return run(editsOf(piece, target), `${piece.name ?? piece.label} ${piece.moved ? 'moved' : 'added'} ${target.after ? `after ${board.nameOf(target.after)}` : words(target)}`);
  }

  /** Puts a piece behind the selection; without one, on the selected transition or at the end. */
  function insert(piece) {
    const chosen = store.selection.peek().at(-1);
    if (chosen) return drop(piece, { after: chosen });
    const item = drawing.edges.get(link.peek());
    const all = targets().filter(target => target.kind !== 'branch' && target.workflow === '');
    const target = (item && targets().find(one => one.edge === item.edge.id && one.from === item.edge.from))
      ?? all.find(one => one.kind === 'empty') ?? all.findLast(one => one.to === 'end') ?? all.find(one => one.kind === 'edge');
    return target ? drop(piece, target) : null;
  }

  // ── the pointer ──

  /** What a pointerdown on the canvas is for: true if not for the camera. */
  function keeps(event) {
    if (event.target.closest('.cz, .over, .modebar, .grip, .mini, input')) return true;
    if (event.pointerType === 'touch') return false; // a finger pans; held, it drags
    return event.shiftKey || Boolean(drawing.owner(event.target)?.button);
  }

  el.addEventListener('pointerdown', event => {
    const knob = event.target.closest('.knob');
    if (knob) return drags.end(event, { key: knob.getAttribute('data-edge'), from: knob.getAttribute('data-from') });
    const item = drawing.owner(event.target);
    if (event.target.closest('.grip')) return drags.branch(event, item);
    if (event.target.closest('.over, .cz, .modebar, .mini, input')) return undefined;
    if (item?.button && !isHole(item.node) && item.node.kind !== 'missing') return drags.states(event, item);
    if (event.shiftKey && event.pointerType !== 'touch') return drags.frame(event);
    return undefined;
  });

  el.addEventListener('click', event => {
    if (event.target.closest('.over, .cz, .modebar, .stalebar, .mini')) return;
    const item = drawing.owner(event.target), also = event.shiftKey || event.ctrlKey || event.metaKey;
    if (event.target.closest('.grip')) actions.branchMenu(event.target.closest('.grip'), item);
    else if (item?.node && isHole(item.node)) { focus.set(item.node.id); actions.addAt(targets().find(one => one.kind === 'empty' && one.workflow === (item.node.parent ?? '')), item.button); }
    else if (item?.button && item.node.kind !== 'missing') choose(item.node.id, also);
    else if (item?.edge) chooseLink(item.key);
    else if (!also) { store.select([]); link.set(''); if (!el.contains(document.activeElement)) el.focus({ preventScroll: true }); }
  });

  el.addEventListener('dblclick', event => {
    const item = drawing.owner(event.target);
    if (item?.button && !isHole(item.node) && item.node.kind !== 'missing' && event.target.closest('.nodeb, .boxb')) rename(item.node.id);
  });

  el.addEventListener('contextmenu', event => {
    event.preventDefault();
    const item = drawing.owner(event.target), byKey = event.button < 0 || (!event.clientX && !event.clientY) || event.target === el;
    if (item?.button && !isHole(item.node) && item.node.kind !== 'missing') {
      if (!store.selection.peek().includes(item.node.id)) choose(item.node.id);
      actions.menu(byKey ? item.button : anchor(event.clientX, event.clientY, item.button));
    } else if (item?.edge) { chooseLink(item.key); actions.linkMenu(anchor(event.clientX, event.clientY, el), item); } else if (item?.node.kind === 'lane' && item.node.type === 'Parallel' && event.target.closest('.grip')) actions.branchMenu(event.target, item);
    else actions.canvasMenu(anchor(event.clientX, event.clientY, el));
  });

  el.addEventListener('pointerover', event => {
    if (event.pointerType === 'touch' || el.classList.contains('is-target') || event.buttons) return;
    const item = drawing.owner(event.target);
    if (item?.edge) hovered.set(item.key);
    else if (!event.target.closest('.plus, .knob')) hovered.set('');
  });
  el.addEventListener('pointerleave', () => hovered.set(''));

  // What gets the focus is brought into view by the camera, not by scrolling.
  el.addEventListener('scroll', () => el.scrollTo(0, 0));
  el.addEventListener('focusin', event => { const item = drawing.owner(event.target); if (item?.button && event.target.matches(':focus-visible')) view.reveal(item.node); });

  /** Something for a menu to hang from, at a point; the focus goes back to an element. */
  function anchor(x, y, back) {
    return { getBoundingClientRect: () => new DOMRect(x, y, 0, 0), setAttribute() {}, isConnected: true, focus: () => back.focus({ preventScroll: true }) };
  }

  // ── renaming in place ──

  function rename(id) {
    const item = drawing.nodes.get(id);
    if (!item?.button || !item.name) return;
    choose(id);
    let open = true;
    const close = (keep, back = true) => {
      if (!open) return;
      open = false;
      const name = input.value;
      input.remove();
      if (back) item.button.focus({ preventScroll: true });
      if (keep && name && name !== item.name) run([{ op: 'rename', state: id, name }], `Renamed to ${name}`);
    };
    const input = h('input.renamer', {
      'data-testid': 'rename', 'aria-label': `New name of ${item.name}`, value: item.name, maxlength: 80, spellcheck: 'false', autocomplete: 'off',
      onkeydown: event => {
        event.stopPropagation();
        if (event.key === 'Enter') { event.preventDefault(); close(true); } else if (event.key === 'Escape') { event.preventDefault(); close(false); }
      },
      onblur: () => close(true, false),
    });
    const inset = item.node.kind === 'container' ? 34 : 40;
    at(input, { x: item.node.x + inset, y: item.node.y + (item.node.kind === 'container' ? 4 : 8) });
    input.style.setProperty('width', `${Math.max(120, (item.node.kind === 'container' ? 240 : item.node.w) - inset - 8)}px`);
    view.reveal(item.node);
    over.append(input);
    input.focus({ preventScroll: true });
    input.select();
  }

  return board;
}
