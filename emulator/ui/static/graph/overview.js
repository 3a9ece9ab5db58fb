// The overview of a graph: all of it, small, with the part that is in view. It floats over the canvas, and only
// while something is out of view. It is for the mouse: the keyboard has the arrows, which bring what they reach into view.

import { cleanup, computed, effect, h, signal } from '../core/view.js';

const WIDTH = 132, HEIGHT = 104; // pixels, at most
const SLACK = 8; // pixels of the graph that may be out of view: its margin

/**
 * Makes the overview of what a camera looks at. graph() gives {width, height, nodes}; it may read
 * signals, and does if the graph changes. view() gives {x, y, k} of the camera, pan(dx, dy)
 * moves it. look(node), if given, is the class of a node, as "is-failed"; it may read signals.
 * It goes into the canvas, beside the world.
 */
export function overview(graph, { view, pan }, look = () => '') {
  const size = signal([0, 0]); // of the canvas
  const out = computed(() => {
    const { x, y, k } = view(), [w, ht] = size(), { width, height } = graph();
    return w > 0 && (x < -SLACK || y < -SLACK || x + width * k > w + SLACK || y + height * k > ht + SLACK);
  });
  const scale = computed(() => { const { width, height } = graph(); return Math.min(WIDTH / Math.max(1, width), HEIGHT / Math.max(1, height)); });
  const frame = h('rect.mini-view', { rx: 2 });
  const states = computed(() => graph().nodes.filter(node => node.kind !== 'lane' && node.kind !== 'start' && node.kind !== 'end')
    .map(node => ({ node, painted: '', el: h('rect', { x: node.x, y: node.y, width: node.w, height: node.h, rx: 8, class: node.kind === 'container' && 'mini-box' }) })));
  effect(() => {
    if (!out()) return;
    for (const one of states()) {
      const now = look(one.node);
      if (now === one.painted) continue;
      if (one.painted) one.el.classList.remove(one.painted);
      if (now) one.el.classList.add(now);
      one.painted = now;
    }
  });
  const nodes = h('g', null, () => states().map(one => one.el));
  const svg = h('svg', { width: () => graph().width * scale(), height: () => graph().height * scale(), viewBox: () => `0 0 ${graph().width} ${graph().height}` }, nodes, frame);
  const el = h('div.mini', { 'aria-hidden': 'true', 'data-testid': 'overview', hidden: () => !out() }, svg);
  effect(() => {
    if (!out()) return;
    const { x, y, k } = view(), [w, ht] = size(), { width, height } = graph();
    // The part in view, held to the graph.
    const left = Math.max(0, -x / k), top = Math.max(0, -y / k);
    const place = { x: left, y: top, width: Math.max(0, Math.min(width, (w - x) / k) - left), height: Math.max(0, Math.min(height, (ht - y) / k) - top) };
    for (const [name, value] of Object.entries(place)) frame.setAttribute(name, value);
    frame.setAttribute('stroke-width', 2 / scale());
  });
  // Pressing and dragging bring what is under the pointer to the middle.
  const centre = event => {
    const box = svg.getBoundingClientRect(), { x, y, k } = view.peek(), [w, ht] = size.peek();
    const gx = (event.clientX - box.left) / scale.peek(), gy = (event.clientY - box.top) / scale.peek();
    pan(w / 2 - gx * k - x, ht / 2 - gy * k - y);
  };
  el.addEventListener('pointerdown', event => { event.stopPropagation(); el.setPointerCapture(event.pointerId); centre(event); });
  el.addEventListener('pointermove', event => { if (el.hasPointerCapture(event.pointerId)) centre(event); });
  const observer = new ResizeObserver(([entry]) => size.set([entry.contentRect.width, entry.contentRect.height]));
  queueMicrotask(() => { if (el.parentElement) observer.observe(el.parentElement); });
  cleanup(() => observer.disconnect());
  return el;
}
