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
import { ghost, press } from './drag.js';
import { bindKeys } from './keys.js';
import { pick } from './palette.js';
import { scene } from './scene.js';
import { accepts, isHole, targetAt, targetsOf } from './targets.js';

// statuses of states in a run, by the outcomes of visits
const statuses = { succeeded: 'SUCCEEDED', caught: 'CAUGHT', failed: 'FAILED', enclosed: 'FAILED', aborted: 'ABORTED', open: 'RUNNING' };
const sheets = ['../graph/graph.css', './canvas.css'].map(name => sheet(name, import.meta.url));

const REACH = 44; // px on the screen within which a transition takes what is dropped

/** The slot of the canvas: ed.board is what the palette and others do with it. */
export function canvas(store, ed) {
  const board = ed.board = openCanvas(store, {
    test: pointer => ed.test(pointer),
    find: () => ed.functions.findPiece?.() || pick(store, ed, board.el, 'Add a state', piece => board.insert(piece)),
    pick: (opener, label, choose) => pick(store, ed, opener, label, choose),
  });
  return () => sheets.every(ready => ready()) && board.el;
}

/**
 * The canvas of a store of document.js. hooks: test(pointer) tests a state, find() lets the user
 * search for what to add, pick(opener, label, choose) lets him choose it in a popup. It returns
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
  el.append(view.controls, overview(small, view, node => (store.selection().includes(node.id) ? 'is-stop' : '')));

  const board = {
    el, store, drawing, view, focus, link, mode, over,
    item: id => drawing.nodes.get(id),
    edge: key => drawing.edges.get(key),
    selection: () => store.selection(),
    nameOf: id => (id === 'end' ? 'the end' : id === 'start' ? 'the start' : chainOf(id).name || 'the branch'),
    holdsFocus: () => el.contains(document.activeElement),
    run, choose, chooseLink, focusOn, drop, insert, dragPiece, rename, showTarget, targets, anchor, words,
    pick: (at, label, take) => hooks.pick(at, label, take),
    test: pointer => hooks.test?.(pointer),
    find: () => hooks.find?.(),
  };
  const actions = board.actions = actionsOf(board);
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
    const empty = !drawing.graph().nodes.length;
    drawing.update(graph, view.follow, inView);
    clearTimeout(smallTimer);
    if (empty) { view.settle(); small.set(graph); } else smallTimer = setTimeout(() => small.set(graph), 300);
    if (!drawing.edges.has(link.peek())) link.set('');
    if (!drawing.edges.has(hovered.peek())) hovered.set('');
    if (!drawing.nodes.get(focus.peek())?.button) focus.set(store.selection.peek().at(-1) ?? firstState()?.id ?? '');
    paintProblems();
    paintRun();
    paintSelection();
    paintFocus();
    paintHandles();
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

  // ── dragging ──

  /** Drags a piece that was pressed: over the canvas, to where it is dropped. */
  function dragPiece(down, piece) { press(down, () => lift(down, piece)); }

  /** A state that is dragged takes the other selected ones with it, if it is selected. */
  function dragStates(down, { node, name }) {
    press(down, () => {
      if (!store.selection.peek().includes(node.id)) choose(node.id);
      const moved = actions.outermost(store.selection.peek());
      return lift(down, { label: moved.length > 1 ? plural(moved.length, 'state') : node.label ?? name, icon: node.icon || 'task', moved });
    });
  }

  function lift(down, piece) {
    view.release(down);
    const hang = ghost([h('span.tile', null, icon(piece.icon, 16)), h('span.tx', null, h('b', null, piece.label), h('small', null, piece.moved ? 'drop to move' : 'drop to insert'))]);
    const lanes = drawing.graph().nodes.filter(node => node.kind === 'lane');
    const fitting = targets().filter(target => !piece.moved || accepts(target, piece.moved));
    let target = null;
    hovered.set('');
    for (const id of piece.moved ?? []) drawing.nodes.get(id)?.el.classList.add('is-lifted');
    el.classList.add('is-target');
    const aim = event => {
      target = isOver(event) ? targetAt(fitting, lanes, ...view.at(event), REACH / view.view.peek().k) ?? null : null;
      showTarget(target);
    };
    const scroll = edgeScroll(aim);
    return {
      move: event => { hang.move(event); aim(event); scroll.at(event); },
      drop: () => { if (target) drop(piece, target); },
      end: () => {
        scroll.end();
        hang.remove();
        el.classList.remove('is-target');
        el.querySelectorAll('.is-lifted').forEach(one => one.classList.remove('is-lifted'));
        showTarget(null);
      },
    };
  }

  function isOver(event) {
    const box = el.getBoundingClientRect();
    return event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom && !document.elementsFromPoint(event.clientX, event.clientY).some(one => one.matches('.cz'));
  }

  /** Moves the camera while a drag is at an edge of the canvas. */
  function edgeScroll(then) {
    let last = null, frame = 0;
    const step = () => {
      frame = 0;
      const box = el.getBoundingClientRect(), near = (at, from, to) => (at < from + 32 ? at - from - 32 : at > to - 32 ? at - to + 32 : 0);
      if (!last || !isOver(last)) return;
      const dx = near(last.clientX, box.left, box.right), dy = near(last.clientY, box.top, box.bottom);
      if (!dx && !dy) return;
      view.pan(-dx / 3, -dy / 3);
      then(last);
      frame = requestAnimationFrame(step);
    };
    return { at: event => { last = event; frame ||= requestAnimationFrame(step); }, end: () => cancelAnimationFrame(frame) };
  }

  /** Drags a branch to another place in its Parallel state. */
  function dragBranch(down, item) {
    press(down, () => {
      const parent = item.node.parent, from = Number(item.node.id.slice(item.node.id.lastIndexOf('/') + 1));
      const lanes = drawing.graph().nodes.filter(node => node.parent === parent && node.kind === 'lane');
      const hang = ghost([h('span.tile', null, icon('parallel', 16)), h('span.tx', null, h('b', null, `Branch ${from + 1}`), h('small', null, 'drop to reorder'))]);
      item.el.classList.add('is-lifted');
      let to = from;
      return {
        move: event => {
          hang.move(event);
          const [x, y] = view.at(event);
          to = lanes.reduce((best, lane, i) => (Math.hypot(lane.x + lane.w / 2 - x, lane.y + lane.h / 2 - y) < Math.hypot(lanes[best].x + lanes[best].w / 2 - x, lanes[best].y + lanes[best].h / 2 - y) ? i : best), 0);
          lanes.forEach((lane, i) => drawing.nodes.get(lane.id)?.el.classList.toggle('is-over', i === to && i !== from));
        },
        drop: () => { if (to !== from) actions.moveBranch(parent, from, to); },
        end: () => { hang.remove(); el.querySelectorAll('.lane.is-over, .lane.is-lifted').forEach(one => one.classList.remove('is-over', 'is-lifted')); },
      };
    });
  }

  /** Drags the end of a transition, or a new one out of a state, to another state. */
  function dragEnd(down, { key, from }) {
    press(down, () => {
      const edge = key ? drawing.edges.get(key)?.edge : null, source = edge ? edge.from : from;
      if (!source) return null;
      const ends = actions.endsFor(source, edge);
      const box = drawing.nodes.get(source)?.node;
      const [sx, sy] = edge ? edge.points[0] : [box.x + box.w / 2, box.y + box.h];
      const line = h('path.edge.rubber'), tip = h('path.ehead.rubber');
      drawing.svg.append(line, tip);
      const pill = at(h('span.endpill', { 'data-testid': 'end-here' }, 'End'), { x: box.x + box.w + 34, y: box.y + box.h + 14 });
      if (ends.some(one => one.id === 'end')) over.append(pill);
      for (const one of ends) drawing.nodes.get(one.id)?.el.classList.add('is-open');
      el.classList.add('is-target', 'is-linking');
      let to = null;
      return {
        move: event => {
          const [x, y] = view.at(event);
          const points = Math.abs(x - sx) < 8 ? [[sx, sy], [x, y]] : [[sx, sy], [sx, (sy + y) / 2], [x, (sy + y) / 2], [x, y]];
          line.setAttribute('d', `M${points.map(p => p.join(' ')).join('L')}`);
          tip.setAttribute('d', `M${x} ${y}l-4 -7h8z`);
          const under = document.elementsFromPoint(event.clientX, event.clientY);
          const item = under.map(one => drawing.owner(one)).find(one => one?.node);
          const next = under.includes(pill) || item?.node.id === 'end' ? ends.find(one => one.id === 'end') : ends.find(one => one.id === item?.node.id);
          if (next !== to) {
            el.querySelectorAll('.node.is-over, .box.is-over').forEach(one => one.classList.remove('is-over'));
            pill.classList.toggle('is-over', next?.id === 'end');
            if (next) drawing.nodes.get(next.id)?.el.classList.add('is-over');
            to = next;
          }
        },
        drop: () => { if (to) actions.connect(source, edge, to.id); },
        end: () => {
          line.remove();
          tip.remove();
          pill.remove();
          el.classList.remove('is-target', 'is-linking');
          el.querySelectorAll('.is-open, .is-over').forEach(one => one.classList.remove('is-open', 'is-over'));
        },
      };
    });
  }

  /** Selects what a frame touches. */
  function dragFrame(down) {
    press(down, () => {
      const [ax, ay] = view.at(down), before = store.selection.peek();
      const frame = h('div.frame', { 'aria-hidden': 'true' });
      over.append(frame);
      return {
        move: event => {
          const [bx, by] = view.at(event), x = Math.min(ax, bx), y = Math.min(ay, by), w = Math.abs(bx - ax), ht = Math.abs(by - ay);
          for (const [name, value] of [['left', x], ['top', y], ['width', w], ['height', ht]]) frame.style.setProperty(name, `${value}px`);
          const hit = drawing.graph().nodes.filter(node => node.kind === 'state' ? node.x < x + w && node.x + node.w > x && node.y < y + ht && node.y + node.h > y
            : node.kind === 'container' && node.x >= x && node.y >= y && node.x + node.w <= x + w && node.y + node.h <= y + ht).map(node => node.id);
          store.select([...new Set([...before, ...hit])]);
        },
        drop: () => announce(`${plural(store.selection.peek().length, 'state')} selected`),
        end: () => frame.remove(),
      };
    });
  }

  /** What a pointerdown on the canvas is for: true if not for the camera. */
  function keeps(event) {
    if (event.target.closest('.cz, .over, .modebar, .grip, .mini, input')) return true;
    if (event.pointerType === 'touch') return false; // a finger pans; held, it drags
    return event.shiftKey || Boolean(drawing.owner(event.target)?.button);
  }

  el.addEventListener('pointerdown', event => {
    const knob = event.target.closest('.knob');
    if (knob) return dragEnd(event, { key: knob.getAttribute('data-edge'), from: knob.getAttribute('data-from') });
    const item = drawing.owner(event.target);
    if (event.target.closest('.grip')) return dragBranch(event, item);
    if (event.target.closest('.over, .cz, .modebar, .mini, input')) return undefined;
    if (item?.button && !isHole(item.node) && item.node.kind !== 'missing') return dragStates(event, item);
    if (event.shiftKey && event.pointerType !== 'touch') return dragFrame(event);
    return undefined;
  });

  el.addEventListener('click', event => {
    if (event.target.closest('.over, .cz, .modebar, .mini')) return;
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
