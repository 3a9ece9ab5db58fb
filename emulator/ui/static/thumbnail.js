// Thumbnails: the outline of a state machine's graph, without words, as small as a letter is high.

import { h, signal } from './core/view.js';
import { get } from './core/api.js';

const most = 80; // states; a larger graph would only be grey
const known = new Map(); // ARN and time of update → signal of the graph
const queue = []; // what is to be read, two at a time
let reading = 0;

// thumbnail draws a machine of the list. The graph is read once, when the thumbnail is first shown.
export function thumbnail(machine) {
  const key = `${machine.arn} ${machine.updated}`;
  if (!known.has(key)) {
    known.set(key, signal(null));
    queue.push([machine.arn, known.get(key)]);
    next();
  }
  const graph = known.get(key);
  return h('span.thumb', { 'aria-hidden': 'true', 'data-testid': 'thumbnail' }, () => graph() && outline(graph()));
}

function next() {
  while (reading < 2 && queue.length) {
    const [arn, graph] = queue.shift();
    reading++;
    get('machine', { arn }).then(machine => graph.set(machine.graph), () => {}).finally(() => { reading--; next(); });
  }
}

function outline({ width, height, nodes, edges }) {
  const states = nodes.filter(node => node.kind === 'state' || node.kind === 'container').slice(0, most);
  const side = Math.min(Math.max(width, height), 2 * Math.min(width, height)); // of what is long, the beginning
  const unit = Math.max(1, side / 26); // a pixel of the thumbnail
  const x = width > side ? 0 : (width - side) / 2, y = height > side ? 0 : (height - side) / 2;
  return h('svg', { viewBox: `${x} ${y} ${side} ${side}` },
    edges.filter(edge => edge.kind !== 'catch').slice(0, 2 * most).map(edge => h('path', { d: `M${edge.points.map(point => point.join(' ')).join('L')}` })),
    states.map(node => (node.kind === 'container'
      ? h('path', { d: `M${node.x} ${node.y}h${node.w}v${node.h}h${-node.w}z` })
      : h('rect', { x: node.x, y: node.y, width: node.w, height: Math.max(node.h, 2 * unit), rx: unit }))));
}
