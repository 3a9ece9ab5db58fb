// The drawing of a draft. It is kept in step with the graph: an update touches the elements of
// what has changed, and moves the rest. What stays in view moves visibly.

import { h } from '../core/view.js';
import { arrow, drawEdge, drawNode, roundedPath } from '../graph/draw.js';
import { chainOf, stateIcon } from '../graph/state.js';
import { isHole } from './targets.js';

const MOVE = 240; // ms
const still = matchMedia('(prefers-reduced-motion: reduce)');

/**
 * An empty drawing. update(graph, follow, seen) brings it up to date: follow(dx, dy) is called
 * first with how far the start has moved, so that the camera goes with it; seen(box) says
 * whether a box of the graph is in view then. What is out of view is moved a moment later,
 * or by settle(), which must be called when the camera has moved.
 */
export function scene() {
  const nodes = new Map(), edges = new Map(); // items by ID, and by the key of the edge
  const owners = new WeakMap(); // items by element
  const svg = h('svg.edges', { 'aria-hidden': 'true' }), labels = h('div');
  const world = h('div.world', { role: 'group', 'aria-label': 'States' }, svg, labels);
  const later = new Set(); // items that are not yet where they should be
  let graph = { width: 0, height: 0, nodes: [], edges: [] }, seen = () => true, timer = 0;

  function update(next, follow, inView) {
    seen = inView;
    const before = graph;
    graph = next;
    const renamed = match(before, next);
    const shift = shiftOf(before, next);
    follow(...shift);
    const moves = before.nodes.length > 0 && !still.matches ? [] : null; // what to animate
    updateNodes(renamed, shift, moves);
    updateEdges(renamed, shift, moves);
    clearTimeout(timer);
    if (later.size) timer = setTimeout(trickle, MOVE);
    for (const [el, frames] of moves ?? []) el.animate(frames, { duration: MOVE, easing: 'cubic-bezier(.2, .7, .2, 1)' });
    world.style.setProperty('width', `${next.width}px`);
    world.style.setProperty('height', `${next.height}px`);
    svg.setAttribute('width', next.width);
    svg.setAttribute('height', next.height);
  }

  /** Moves what has come into view. */
  function settle() {
    for (const item of later) if (seen(item.edge ? boxOf(item.edge.points) : item.node)) place(item);
  }

  // What nobody sees is moved in small parts, so that the page answers meanwhile.
  function trickle() {
    let n = 0;
    for (const item of later) { if (n++ === 100) break; place(item); }
    if (later.size) timer = setTimeout(trickle, 16);
  }

  function place(item) {
    later.delete(item);
    if (item.edge) placeEdge(item);
    else placeNode(item);
  }

  function updateNodes(renamed, [sx, sy], moves) {
    const kept = new Set(graph.nodes.map(node => node.id));
    const adopted = new Map([...renamed].map(([from, to]) => [to, nodes.get(from)]));
    for (const [id, item] of nodes) {
      if (kept.has(id)) continue;
      nodes.delete(id);
      if (!renamed.has(id)) { item.el.remove(); later.delete(item); }
    }
    let last = labels;
    for (const node of graph.nodes) {
      let item = nodes.get(node.id) ?? adopted.get(node.id);
      const was = item?.node;
      if (!item) {
        item = {};
        make(item, node);
        moves?.push([item.el, [{ opacity: 0 }, { opacity: 1 }]]);
      } else if (item.look !== lookOf(node)) make(item, node);
      else {
        if (was.id !== node.id) Object.assign(item, chainOf(node.id));
        item.node = node;
        later.add(item);
      }
      nodes.set(node.id, item);
      if (was && (seen(node) || seen({ ...was, x: was.x + sx, y: was.y + sy }))) {
        if (later.has(item)) place(item);
        const dx = was.x - node.x + sx, dy = was.y - node.y + sy;
        if (moves && (Math.abs(dx) > 0.5 || Math.abs(dy) > 0.5)) moves.push([item.el, [{ translate: `${dx}px ${dy}px` }, { translate: '0 0' }]]);
      }
      if (last.nextSibling !== item.el) last.after(item.el);
      last = item.el;
    }
  }

  function make(item, node) {
    const old = item.el, hadFocus = old?.contains(document.activeElement);
    const sign = node.icon && node.icon !== 'missing' ? node.icon : node.kind === 'missing' ? 'st-failed' : stateIcon(node.type);
    Object.assign(item, { badges: null, button: null, extra: null }, drawNode(node, sign, { tabindex: -1, 'aria-pressed': 'false' }));
    Object.assign(item, chainOf(node.id), { node, placed: node, look: lookOf(node), problems: '' });
    later.delete(item);
    if (node.kind === 'missing') hole(item, node);
    if (node.kind === 'lane') grip(item, node);
    if (node.unreachable) item.el.classList.add('is-lost');
    if (item.words) item.words.textContent = wordsOf(node);
    owners.set(item.el, item);
    old?.replaceWith(item.el);
    if (hadFocus) item.button?.focus({ preventScroll: true });
  }

  function placeNode(item) {
    const { node, placed } = item;
    item.placed = node;
    for (const [name, key] of [['left', 'x'], ['top', 'y'], ['width', 'w'], ['height', 'h']]) {
      if (placed[key] !== node[key]) item.el.style.setProperty(name, `${node[key]}px`);
    }
  }

  function updateEdges(renamed, [sx, sy], moves) {
    const key = edge => `${edge.id} ${edge.from} ${edge.from === 'start' || edge.kind === 'end' ? edge.kind : ''}`;
    const kept = new Set(graph.edges.map(key));
    const adopted = new Map();
    if (renamed.size) {
      for (const [old, item] of edges) {
        if (kept.has(old)) continue;
        const [from, to] = [...renamed].find(([id]) => item.edge.from === id) ?? [];
        if (from) adopted.set(key({ ...item.edge, from: to, id: item.edge.id.startsWith(`${from}/`) ? to + item.edge.id.slice(from.length) : item.edge.id }), item);
      }
    }
    for (const [old, item] of edges) {
      if (kept.has(old)) continue;
      edges.delete(old);
      if (![...adopted].some(([id, one]) => one === item && kept.has(id))) { item.el.remove(); item.label?.remove(); later.delete(item); }
    }
    let last = null;
    for (const edge of graph.edges) {
      const id = key(edge);
      let item = edges.get(id) ?? adopted.get(id);
      const was = item?.edge;
      if (!item) {
        item = {};
        line(item, edge);
        moves?.push([item.el, [{ opacity: 0 }, { opacity: 1 }]]);
      } else {
        if (item.look !== lineOf(edge)) line(item, edge);
        else { item.edge = edge; later.add(item); }
        if (seen(boxOf(edge.points)) || seen(boxOf(was.points.map(([x, y]) => [x + sx, y + sy])))) {
          if (later.has(item)) place(item);
          if (moves && was.points.length === edge.points.length) bend(item, was, edge, sx, sy, moves);
        }
      }
      item.key = id;
      edges.set(id, item);
      const next = last ? last.nextSibling : svg.firstChild;
      if (next !== item.el) svg.insertBefore(item.el, next);
      last = item.el;
    }
  }

  function line(item, edge) {
    const old = item.el;
    item.label?.remove();
    const inMap = chainOf(edge.from === 'start' ? edge.to : edge.from).chain.some(step => step.kind === 'Map');
    Object.assign(item, drawEdge(edge, inMap), { edge, placed: edge, base: edge.points, look: lineOf(edge) });
    later.delete(item);
    item.hit = h('path.ehit', { d: roundedPath(edge.points) });
    if (edge.happy) { item.line.classList.add('edge--happy'); item.head.classList.add('is-taken'); }
    item.el = h('g.eg', { 'data-edge': edge.id }, item.parts, item.hit);
    if (item.label) { labels.append(item.label); owners.set(item.label, item); }
    owners.set(item.el, item);
    old?.replaceWith(item.el);
  }

  // A line that only moves is moved as a whole: to write its parts anew costs much more.
  function placeEdge(item) {
    const { edge, placed } = item;
    item.placed = edge;
    const by = moveOf(item.base, edge.points);
    if (!by) {
      const d = roundedPath(edge.points);
      for (const part of [item.parts[0], item.line, item.hit]) part.setAttribute('d', d);
      item.head.setAttribute('d', arrow(edge.points));
      item.base = edge.points;
      item.el.removeAttribute('transform');
    } else if (String(moveOf(item.base, placed.points)) !== String(by)) item.el.setAttribute('transform', `translate(${by[0]} ${by[1]})`);
    if (item.label && (placed.box.x !== edge.box.x || placed.box.y !== edge.box.y)) {
      item.label.style.setProperty('left', `${edge.box.x + edge.box.w / 2}px`);
      item.label.style.setProperty('top', `${edge.box.y + edge.box.h / 2}px`);
    }
  }

  return {
    world, svg, nodes, edges, update, settle,
    graph: () => graph,
    /** The item that an element belongs to: a node, an edge or its label. */
    owner: el => owners.get(el?.closest?.('.node, .box, .lane, .eg, .elab')),
  };
}

/** What is seen of a node, apart from its place. */
function lookOf(node) { return JSON.stringify([node.kind, node.type, node.name, node.label, node.label2, node.icon, node.end, node.unreachable, node.kind === 'lane' && node.id]); }
function lineOf(edge) { return JSON.stringify([edge.kind, edge.id, edge.label, edge.text, edge.happy, Boolean(edge.box)]); }

function boxOf(points) {
  const xs = points.map(p => p[0]), ys = points.map(p => p[1]), x = Math.min(...xs), y = Math.min(...ys);
  return { x, y, w: Math.max(...xs) - x, h: Math.max(...ys) - y };
}

/** How far points have moved, [dx, dy], if all of them have moved alike. */
function moveOf(from, to) {
  if (from.length !== to.length) return null;
  const dx = Math.round((to[0][0] - from[0][0]) * 10) / 10, dy = Math.round((to[0][1] - from[0][1]) * 10) / 10;
  return to.every(([x, y], i) => Math.abs(x - from[i][0] - dx) < 0.2 && Math.abs(y - from[i][1] - dy) < 0.2) ? [dx, dy] : null;
}

/** Lets a line move or bend from what it was; a browser that cannot bend it shows the new one at once. */
function bend(item, was, edge, sx, sy, moves) {
  const from = was.points.map(([x, y]) => [x + sx, y + sy]), by = moveOf(edge.points, from);
  if (by && !by[0] && !by[1]) return;
  if (by) moves.push([item.el, [{ translate: `${by[0]}px ${by[1]}px` }, { translate: '0 0' }]]);
  else {
    const path = points => ({ d: `path("${roundedPath(points)}")` });
    for (const part of [item.parts[0], item.line]) moves.push([part, [path(from), path(edge.points)]]);
    moves.push([item.head, [{ d: `path("${arrow(from)}")` }, { d: `path("${arrow(edge.points)}")` }]]);
  }
  if (item.label && was.box && edge.box) moves.push([item.label, [{ opacity: 0 }, { opacity: 0 }, { opacity: 1 }]]);
}

/** Which nodes that are gone are which that are new: a state that was renamed or moved. */
function match(before, next) {
  const had = new Set(before.nodes.map(node => node.id)), has = new Set(next.nodes.map(node => node.id));
  const gone = before.nodes.filter(node => !has.has(node.id) && node.kind !== 'missing'), come = next.nodes.filter(node => !had.has(node.id) && node.kind !== 'missing');
  const renamed = new Map();
  if (!gone.length || !come.length || gone.length > 200) return renamed;
  const take = (test, from) => { const i = come.findIndex(node => test(node, from)); if (i >= 0) renamed.set(from.id, come.splice(i, 1)[0].id); };
  for (const node of gone) if (node.name) take((one, from) => one.name === from.name && one.kind === from.kind && one.type === from.type, node);
  for (const node of gone) if (!renamed.has(node.id)) take((one, from) => one.kind === from.kind && one.type === from.type && (one.parent === from.parent || one.parent === parentOf(from, renamed)), node);
  return renamed;
}
function parentOf(node, renamed) {
  for (const [from, to] of renamed) if (node.parent?.startsWith(from)) return to + node.parent.slice(from.length);
  return node.parent;
}

/** How far the start has moved: what is above a change stays where it is on the screen. */
function shiftOf(before, next) {
  const start = before.nodes.find(node => node.id === 'start'), now = next.nodes.find(node => node.id === 'start');
  return start && now ? [now.x - start.x, now.y - start.y] : [0, 0];
}

function wordsOf(node) {
  if (isHole(node)) return '';
  return ['', node.label !== node.name && node.name, node.label2 !== node.type && node.type, node.unreachable && 'no transition leads here'].filter(word => word || word === '').join(', ');
}

/** Where a workflow has no state: a place to fill. */
function hole(item, node) {
  item.el.classList.add(isHole(node) ? 'node--hole' : 'node--missing');
  item.button.setAttribute('data-testid', isHole(node) ? 'hole' : 'missing');
  if (!isHole(node)) return;
  item.button.replaceChildren(h('span.tx', null, h('b', null, 'Add a state')));
}

/** The grip that moves a branch. */
function grip(item, node) {
  if (node.type !== 'Parallel') return;
  const index = Number(node.id.slice(node.id.lastIndexOf('/') + 1));
  item.el.append(h('button.grip', { 'data-testid': `branch-${index}`, tabindex: -1, 'aria-label': `Branch ${index + 1}`, title: `Branch ${index + 1}: drag to reorder, click for what can be done` }));
}
