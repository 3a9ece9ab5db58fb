// What is dragged on the canvas: pieces and states to where they are dropped, branches to another
// place, the ends of transitions to other states, and a frame around what is to be selected.

import { h } from '../core/view.js';
import { icon } from '../core/icon.js';
import { plural } from '../core/time.js';
import { announce } from '../core/toast.js';
import { ghost, press } from './press.js';
import { accepts, targetAt } from './targets.js';

const REACH = 44; // px on the screen within which a transition takes what is dropped

/** The drags of a board of canvas.js; each begins with a pointerdown. */
export function dragsOf(board) {
  const { el, store, drawing, view, over } = board;

  /** Drags a piece that was pressed: over the canvas, to where it is dropped. */
  function piece(down, what) { press(down, () => lift(down, what)); }

  /** A state that is dragged takes the other selected ones with it, if it is selected. */
  function states(down, { node, name }) {
    press(down, () => {
      if (!store.selection.peek().includes(node.id)) board.choose(node.id);
      const moved = board.actions.outermost(store.selection.peek());
      return lift(down, { label: moved.length > 1 ? plural(moved.length, 'state') : node.label ?? name, icon: node.icon || 'task', moved });
    });
  }

  // Hangs a piece on the pointer and shows where it would go.
  function lift(down, piece) {
    view.release(down);
    const hang = ghost([h('span.tile', null, icon(piece.icon, 16)), h('span.tx', null, h('b', null, piece.label), h('small', null, piece.moved ? 'drop to move' : 'drop to insert'))]);
    const lanes = drawing.graph().nodes.filter(node => node.kind === 'lane');
    const fitting = board.targets().filter(target => !piece.moved || accepts(target, piece.moved));
    let target = null;
    board.hovered.set('');
    for (const id of piece.moved ?? []) drawing.nodes.get(id)?.el.classList.add('is-lifted');
    el.classList.add('is-target');
    const aim = event => {
      target = isOver(event) ? targetAt(fitting, lanes, ...view.at(event), REACH / view.view.peek().k) ?? null : null;
      board.showTarget(target);
    };
    const scroll = edgeScroll(aim);
    return {
      move: event => { hang.move(event); aim(event); scroll.at(event); },
      drop: () => { if (target) board.drop(piece, target); },
      end: () => {
        scroll.end();
        hang.remove();
        el.classList.remove('is-target');
        el.querySelectorAll('.is-lifted').forEach(one => one.classList.remove('is-lifted'));
        board.showTarget(null);
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
  function branch(down, item) {
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
        drop: () => { if (to !== from) board.actions.moveBranch(parent, from, to); },
        end: () => { hang.remove(); el.querySelectorAll('.lane.is-over, .lane.is-lifted').forEach(one => one.classList.remove('is-over', 'is-lifted')); },
      };
    });
  }

  /** Drags the end of a transition, or a new one out of a state, to another state. */
  function end(down, { key, from }) {
    press(down, () => {
      const edge = key ? drawing.edges.get(key)?.edge : null, source = edge ? edge.from : from;
      if (!source) return null;
      const ends = board.actions.endsFor(source, edge);
      const box = drawing.nodes.get(source)?.node;
      const [sx, sy] = edge ? edge.points[0] : [box.x + box.w / 2, box.y + box.h];
      const line = h('path.edge.rubber'), tip = h('path.ehead.rubber');
      drawing.svg.append(line, tip);
      const pill = board.at(h('span.endpill', { 'data-testid': 'end-here' }, 'End'), { x: box.x + box.w + 34, y: box.y + box.h + 14 });
      if (ends.some(one => one.id === 'end')) over.append(pill);
      for (const one of ends) drawing.nodes.get(one.id)?.el.classList.add('is-open');
      if (key) drawing.edges.get(key).el.classList.add('is-lifted');
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
          const meant = under.includes(pill) ? 'end' : item?.node.id;
          const next = ends.find(one => one.id === meant) ?? ends.find(one => isWithin(drawing.nodes.get(one.id)?.node, x, y));
          if (next !== to) {
            el.querySelectorAll('.node.is-over, .box.is-over').forEach(one => one.classList.remove('is-over'));
            pill.classList.toggle('is-over', next?.id === 'end');
            if (next) drawing.nodes.get(next.id)?.el.classList.add('is-over');
            to = next;
          }
        },
        drop: () => { if (to) board.actions.connect(source, edge, to.id); },
        end: () => {
          line.remove();
          tip.remove();
          pill.remove();
          el.classList.remove('is-target', 'is-linking');
          el.querySelectorAll('.is-open, .is-over, .is-lifted').forEach(one => one.classList.remove('is-open', 'is-over', 'is-lifted'));
        },
      };
    });
  }

  /** Selects what a frame touches. */
  function frame(down) {
    press(down, () => {
      const [ax, ay] = view.at(down), before = store.selection.peek();
      const box = h('div.frame', { 'aria-hidden': 'true' });
      over.append(box);
      return {
        move: event => {
          const [bx, by] = view.at(event), x = Math.min(ax, bx), y = Math.min(ay, by), w = Math.abs(bx - ax), ht = Math.abs(by - ay);
          for (const [name, value] of [['left', x], ['top', y], ['width', w], ['height', ht]]) box.style.setProperty(name, `${value}px`);
          const hit = drawing.graph().nodes.filter(node => node.kind === 'state' ? node.x < x + w && node.x + node.w > x && node.y < y + ht && node.y + node.h > y
            : node.kind === 'container' && node.x >= x && node.y >= y && node.x + node.w <= x + w && node.y + node.h <= y + ht).map(node => node.id);
          store.select([...new Set([...before, ...hit])]);
        },
        drop: () => announce(`${plural(store.selection.peek().length, 'state')} selected`),
        end: () => box.remove(),
      };
    });
  }

  return { piece, states, branch, end, frame };
}

function isWithin(node, x, y) { return Boolean(node) && x >= node.x && x <= node.x + node.w && y >= node.y && y <= node.y + node.h; }
