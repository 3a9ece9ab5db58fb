// Where in a graph something may be dropped, and which of these places is meant by a point
// or by an arrow key. Pure: it knows the graph as the server lays it out, and no elements.

import { workflowOf } from '../graph/state.js';

const TERMINAL = new Set(['Succeed', 'Fail']);

/**
 * The places of a graph, each {kind, workflow, x, y, …}:
 *   edge    on a transition: edge (its ID), from (ID of a node), to, points
 *   start   before the first state of a lane, whose StartAt is not drawn: edge, from
 *   end     behind a state that ends its workflow and has no edge: edge ("end"), from
 *   empty   in a workflow without states: box
 *   branch  a new branch of a Parallel state: state, box
 * x and y are where a mark shows it.
 */
export function targetsOf(graph) {
  const byID = new Map(graph.nodes.map(node => [node.id, node]));
  const inside = new Map(); // nodes by the lane that they are in
  for (const node of graph.nodes) {
    if (node.kind === 'lane') continue;
    const key = node.parent ?? '';
    if (inside.has(key)) inside.get(key).push(node); else inside.set(key, [node]);
  }
  const all = [], ended = new Set();
  for (const edge of graph.edges) {
    const from = byID.get(edge.from), to = byID.get(edge.to);
    if (edge.kind === 'end') { ended.add(edge.from); if (TERMINAL.has(from?.type)) continue; }
    if (isHole(to)) continue;
    const [x, y] = middle(edge);
    all.push({ kind: 'edge', workflow: edge.from === 'start' ? '' : workflowOf(edge.from), edge: edge.id, from: edge.from, to: edge.to, points: edge.points, x, y });
  }
  const places = [{ id: '', x: 0, y: 0, w: graph.width, h: graph.height }, ...graph.nodes.filter(node => node.kind === 'lane')];
  for (const place of places) {
    const states = (inside.get(place.id) ?? []).filter(node => node.kind === 'state' || node.kind === 'container' || (node.kind === 'missing' && node.name));
    if (!states.length) all.push({ kind: 'empty', workflow: place.id, box: place, x: place.x + place.w / 2, y: place.y + place.h / 2 });
    else if (place.id) all.push({ kind: 'start', workflow: place.id, edge: `${place.id}/StartAt`, from: place.id, to: states[0].id, x: states[0].x + states[0].w / 2, y: states[0].y - 7, w: states[0].w });
    for (const node of states) {
      if (node.end && !ended.has(node.id) && !TERMINAL.has(node.type)) all.push({ kind: 'end', workflow: place.id, edge: 'end', from: node.id, to: 'end', x: node.x + node.w / 2, y: node.y + node.h + 12, w: node.w });
    }
  }
  for (const node of graph.nodes) {
    if (node.kind === 'container' && node.type === 'Parallel') all.push({ kind: 'branch', workflow: '', state: node.id, box: node, x: node.x + node.w - 20, y: node.y + 18 });
  }
  return all;
}

/** A hole is what stands where a workflow has no state at all. */
export function isHole(node) { return node?.kind === 'missing' && !node.name; }

/** The middle of the longest straight run of an edge that has no label on it. */
function middle(edge) {
  let best = edge.points[0], most = -1;
  for (let i = 1; i < edge.points.length; i++) {
    const [ax, ay] = edge.points[i - 1], [bx, by] = edge.points[i];
    const [x, y] = [(ax + bx) / 2, (ay + by) / 2], b = edge.box;
    const labelled = b && x > b.x - 12 && x < b.x + b.w + 12 && y > b.y - 12 && y < b.y + b.h + 12;
    const length = Math.hypot(bx - ax, by - ay) * (labelled ? 0.25 : 1);
    if (length > most) { most = length; best = [x, y]; }
  }
  return best;
}

/** How far a point is from a line of points. */
export function distance(points, x, y) {
  let least = Infinity;
  for (let i = 1; i < points.length; i++) {
    const [ax, ay] = points[i - 1], [bx, by] = points[i];
    const dx = bx - ax, dy = by - ay, length = dx * dx + dy * dy || 1;
    const t = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length));
    least = Math.min(least, Math.hypot(x - ax - t * dx, y - ay - t * dy));
  }
  return least;
}

const holds = (box, x, y) => x >= box.x && x <= box.x + box.w && y >= box.y && y <= box.y + box.h;

function away(target, x, y) {
  if (target.points) return distance(target.points, x, y);
  if (target.kind === 'start' || target.kind === 'end') return distance([[target.x - target.w / 2, target.y], [target.x + target.w / 2, target.y]], x, y);
  return holds(target.box, x, y) ? 0 : Infinity;
}

/**
 * The target that a point means: over a Parallel state beside its lanes, a new branch; else the
 * nearest line within reach; inside a lane, the nearest of that lane; undefined if none.
 */
export function targetAt(targets, lanes, x, y, reach) {
  const within = lanes.filter(lane => holds(lane, x, y)).reduce((a, b) => (a && a.w * a.h < b.w * b.h ? a : b), undefined);
  const nearest = (list, limit) => {
    let best, least = limit;
    for (const target of list) {
      const d = away(target, x, y);
      if (d < least) { least = d; best = target; }
    }
    return best;
  };
  const lines = targets.filter(target => target.kind !== 'empty' && target.kind !== 'branch');
  const branch = targets.filter(target => target.kind === 'branch' && holds(target.box, x, y)).reduce((a, b) => (a && a.box.w * a.box.h < b.box.w * b.box.h ? a : b), undefined);
  if (branch && !within?.id.startsWith(`${branch.state}/`)) return branch;
  const hole = nearest(targets.filter(target => target.kind === 'empty' && target.workflow === (within?.id ?? '')), Infinity);
  if (hole) return hole;
  const near = nearest(lines.filter(target => !within || target.workflow.startsWith(within.id)), reach);
  if (near) return near;
  return within && nearest(lines.filter(target => target.workflow === within.id), Infinity);
}

/** Whether states that are moved may be dropped on a target: not into themselves, nor where they are already. */
export function accepts(target, moved) {
  const within = id => moved.some(pointer => id === pointer || id?.startsWith(`${pointer}/`));
  if (target.kind === 'branch') return !within(target.state);
  return !within(target.workflow) && !within(target.from) && !within(target.to ?? '');
}

/** The one of items {x, y} that an arrow key leads to from (x, y). */
export function towards(items, from, key) {
  const [dx, dy] = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[key];
  let best, least = Infinity;
  for (const item of items) {
    if (item === from) continue;
    const x = item.x - from.x, y = item.y - from.y, ahead = x * dx + y * dy, aside = Math.abs(x * dy) + Math.abs(y * dx);
    const cost = ahead + aside * 2;
    if (ahead > 1 && cost < least) { least = cost; best = item; }
  }
  return best;
}
