// The nodes and edges of a laid-out graph as elements: nodes are buttons, edges are SVG.
// What a page shows on them (a run, a selection) it adds itself.

import { h } from '../core/view.js';
import { icon } from '../core/icon.js';

/** An SVG path of right angles with rounded corners. */
export function roundedPath(points, radius = 10) {
  let d = `M${points[0][0]} ${points[0][1]}`;
  for (let i = 1; i < points.length - 1; i++) {
    const [px, py] = points[i - 1], [x, y] = points[i], [nx, ny] = points[i + 1];
    const r = Math.min(radius, Math.hypot(x - px, y - py) / 2, Math.hypot(nx - x, ny - y) / 2);
    const towards = (tx, ty) => { const l = Math.hypot(tx - x, ty - y) || 1; return [x + ((tx - x) * r) / l, y + ((ty - y) * r) / l]; };
    const [ax, ay] = towards(px, py), [bx, by] = towards(nx, ny);
    d += `L${ax} ${ay}Q${x} ${y} ${bx} ${by}`;
  }
  const [x, y] = points[points.length - 1];
  return `${d}L${x} ${y}`;
}

/** The triangle at the end of an edge. */
export function arrow(points) {
  const [x, y] = points[points.length - 1], [px, py] = points[points.length - 2] ?? points[0];
  const l = Math.hypot(x - px, y - py) || 1, ux = (x - px) / l, uy = (y - py) / l;
  return `M${x} ${y}L${x - ux * 7 - uy * 4} ${y - uy * 7 + ux * 4}L${x - ux * 7 + uy * 4} ${y - uy * 7 - ux * 4}Z`;
}

/** An edge: {line, head, label, parts}; parts go into the SVG, label (or null) lies over it. inMap: it runs inside a Map. */
export function drawEdge(edge, inMap) {
  const d = roundedPath(edge.points);
  const halo = h('path.edge.edge--halo', { d });
  const line = h('path.edge', { d, class: [`edge--${edge.kind}`] });
  const head = h('path.ehead', { d: arrow(edge.points) });
  const label = edge.label && edge.box
    ? h('span.elab', { class: [edge.kind === 'catch' && 'elab--catch', inMap && 'elab--in'], title: edge.text ?? edge.label, style: { left: `${edge.box.x + edge.box.w / 2}px`, top: `${edge.box.y + edge.box.h / 2}px` } }, edge.label) : null;
  return { line, head, label, parts: [halo, line, head] };
}

const SHAPES = { Choice: 'node--choice', Succeed: 'node--succeed', Fail: 'node--fail' };

/**
 * A node: {el}, and of a state also button, meta (its second line), words (for
 * screen readers, what is told by looks), mark and one of extra (in the head of a
 * container) or badges and act. sign is the name of its icon; props go to the button.
 */
export function drawNode(node, sign, props) {
  const style = { left: `${node.x}px`, top: `${node.y}px`, width: `${node.w}px`, height: `${node.h}px` };
  if (node.kind === 'start' || node.kind === 'end') {
    return { el: h('div.node.node--cap', { class: [node.kind === 'end' && 'node--endcap'], style, 'aria-hidden': 'true' }, node.kind === 'start' ? icon('play', 12) : null) };
  }
  if (node.kind === 'lane') return { el: h('div.lane', { style, class: [node.type === 'Map' && 'lane--map'] }) };
  const parts = { mark: h('span.mk'), words: h('span.vh'), meta: h('small', null, node.label2 ?? '') };
  const tile = h('span.tile', null, icon(sign, 16)), testid = `node-${node.name}`;
  if (node.kind === 'container') {
    parts.extra = h('span.end.row.gap-1');
    parts.button = h('button.boxb', { 'data-testid': testid, ...props }, tile, h('b.trunc', null, node.label ?? node.name), ' ', parts.meta, parts.words);
    return { ...parts, el: h('div.box', { style, class: [node.type === 'Map' && 'box--map'] }, h('header', null, parts.button, parts.mark, parts.extra)) };
  }
  parts.badges = h('span.nbadges');
  parts.button = h('button.nodeb', { 'data-testid': testid, title: node.name !== node.label ? node.name : null, ...props },
    tile, h('span.tx', null, h('b', null, node.label ?? node.name), ' ', parts.meta), parts.words, parts.mark);
  parts.act = h('span.nact');
  return { ...parts, el: h('div.node', { style, class: [SHAPES[node.type], node.end && 'node--last'] }, parts.button, parts.badges, parts.act) };
}

/**
 * The node that an arrow key leads to, of items {node, button}: up and down follow
 * edges, into a container and out of it; left and right go to what stands there.
 * prefer(item), if given, says which of several edges to follow.
 */
export function neighbour(items, edges, one, key, prefer = () => true) {
  const { node } = one;
  if (key === 'ArrowDown' || key === 'ArrowUp') {
    const of = id => items.find(o => o.node.id === id);
    const linked = edges.filter(e => (key === 'ArrowDown' ? e.from : e.to) === node.id).map(e => of(key === 'ArrowDown' ? e.to : e.from)).filter(o => o?.button);
    const inside = key === 'ArrowDown' && node.kind === 'container' ? items.filter(o => o.button && o.node.id.startsWith(`${node.id}/`)).sort((a, b) => a.node.y - b.node.y || a.node.x - b.node.x)[0] : null;
    const around = key === 'ArrowUp' && !linked.length ? of(of(node.parent)?.node.parent) : null;
    return inside ?? linked.find(prefer) ?? linked[0] ?? around;
  }
  const side = key === 'ArrowRight' ? 1 : -1, cx = node.x + node.w / 2, cy = node.y + node.h / 2;
  const away = o => { const dx = (o.node.x + o.node.w / 2 - cx) * side, dy = Math.abs(o.node.y + o.node.h / 2 - cy); return dx > 8 ? dx + dy * 2 : Infinity; };
  return items.filter(o => o.button && away(o) < Infinity).sort((a, b) => away(a) - away(b))[0];
}
