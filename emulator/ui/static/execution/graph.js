// The graph of an execution: nodes as buttons over edges as SVG, painted as they
// stood at the moment shown.

import { cleanup, computed, effect, h, signal } from '../core/view.js';
import { icon } from '../core/icon.js';
import { duration, plural } from '../core/time.js';
import { announce } from '../core/toast.js';
import { faultText, faultsOf, machineOf, mocks, pinOf, pinText } from '../core/mocks.js';
import { menu, popup } from './menu.js';
import { parse } from './history.js';
import { isTaskOf, pickKey } from './run.js';

const ICONS = { Task: 'task', Choice: 'choice', Pass: 'pass', Wait: 'wait', Succeed: 'succeed', Fail: 'fail', Parallel: 'parallel', Map: 'map' };
const SERVICES = { lambda: 'function', sqs: 'queue', sns: 'topic', dynamodb: 'table', s3: 'bucket', events: 'bus', ecs: 'container', batch: 'job', glue: 'job', http: 'http', states: 'nested', bedrock: 'ai' };
const WORDS = { idle: 'not reached', running: 'running', succeeded: 'succeeded', failed: 'failed', timedout: 'timed out', aborted: 'aborted', caught: 'failed, caught or retried', waiting: 'waiting', open: 'running' };
export const STATUS_ICONS = new Set(['running', 'succeeded', 'failed', 'timedout', 'aborted', 'caught', 'waiting']);

/** The icon of a state: that of the service which a Task calls, or of its type. */
export function stateIcon(type, resource = '') {
  if (type === 'Task') {
    const service = /^arn:[^:]*:states:[^:]*:[^:]*:(?:aws-sdk:)?([\w-]+)/.exec(resource)?.[1] ?? /^arn:[^:]*:([\w-]+)/.exec(resource)?.[1] ?? /^([\w-]+):/.exec(resource)?.[1];
    if (service === 'states' && /:activity:/.test(resource)) return 'activity';
    return SERVICES[service] ?? 'task';
  }
  return ICONS[type] ?? 'task';
}

/**
 * The chain of containers that a JSON pointer of a state leads through, and the
 * state's name. A lane's pointer ends in its workflow and has no name.
 */
export function chainOf(pointer) {
  const parts = pointer.split('/').slice(1).map(part => part.replace(/~1/g, '/').replace(/~0/g, '~'));
  const chain = [];
  let name = '';
  for (let i = 0; i < parts.length;) {
    if (parts[i] === 'States') { name = parts[i + 1]; i += 2; } else if (parts[i] === 'Branches') {
      chain.push({ state: name, kind: 'Parallel', index: +parts[i + 1] });
      name = '';
      i += 2;
    } else if (parts[i] === 'ItemProcessor' || parts[i] === 'Iterator') {
      chain.push({ state: name, kind: 'Map', index: 0 });
      name = '';
      i++;
    } else break;
  }
  return { chain, name };
}

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
function arrow(points) {
  const [x, y] = points[points.length - 1], [px, py] = points[points.length - 2] ?? points[0];
  const l = Math.hypot(x - px, y - py) || 1, ux = (x - px) / l, uy = (y - py) / l;
  return `M${x} ${y}L${x - ux * 7 - uy * 4} ${y - uy * 7 + ux * 4}L${x - ux * 7 + uy * 4} ${y - uy * 7 - ux * 4}Z`;
}

/**
 * @param {object} run of run.js
 * @param {object} actions of actions.js
 */
export function graphView(run, actions) {
  return h('div.canvas', { 'data-testid': 'graph' }, () => {
    const graph = run.execution()?.graph;
    if (!run.execution()) return null;
    if (!graph || !graph.nodes?.length) {
      return h('div.empty', null, h('h2.h1', null, 'No graph'), h('p', null, 'This execution has no definition here, so its states cannot be drawn. Events and timeline have all of its history.'));
    }
    return drawing(run, graph, actions);
  });
}

function drawing(run, graph, actions) {
  const nodes = graph.nodes.map(node => ({ node, ...chainOf(node.id), resource: '' }));
  const byID = new Map(nodes.map(one => [one.node.id, one]));
  for (const one of nodes) one.resource = resourceIn(run, one);
  const focus = signal(null); // id of the node that Tab reaches
  const world = h('div.world', { role: 'group', 'aria-label': 'States', style: { width: `${graph.width}px`, height: `${graph.height}px` } });
  const edges = graph.edges.map(edge => drawEdge(edge));
  world.append(h('svg.edges', { width: graph.width, height: graph.height, viewBox: `0 0 ${graph.width} ${graph.height}`, 'aria-hidden': 'true' }, edges.map(e => e.parts)), ...edges.map(e => e.label).filter(Boolean));
  for (const one of nodes) { one.el = drawNode(one); world.append(one.el); }

  // Paint: compare with what is painted and write only what has changed.
  effect(() => {
    run.version();
    run.picks();
    mocks.all();
    const at = run.n(), fold = run.fold, ended = fold.ended && fold.ended <= at;
    for (const one of nodes) {
      one.scope = run.scopeOfChain(one.chain, at);
      if (!one.name) { if (one.node.kind === 'start') one.status = at > 0 ? 'succeeded' : 'idle'; continue; }
      one.visit = fold.visitAt(one.scope, one.name, at);
      one.status = run.statusOf(one.visit);
      paintNode(one, at);
    }
    for (const e of edges) paintEdge(e, at, ended);
  });
  effect(() => {
    const selection = run.selection(), pending = run.pending(), at = run.n(), isLive = run.live();
    run.version();
    for (const one of nodes) {
      if (!one.name) continue;
      const is = selection && selection.state === one.name && (selection.scope === null ? selection.pointer === one.node.id : one.scope?.key === selection.scope);
      one.el.classList.toggle('is-sel', Boolean(is));
      one.button.setAttribute('aria-pressed', String(Boolean(is)));
      if (is) focus.set(one.node.id);
      paintAction(one, isLive ? pending : [], at, isLive);
    }
  });
  effect(() => {
    const id = focus() ?? nodes.find(one => one.name)?.node.id;
    for (const one of nodes) if (one.button) one.button.tabIndex = one.node.id === id ? 0 : -1;
  });

  function drawEdge(edge) {
    const d = roundedPath(edge.points);
    const halo = h('path.edge.edge--halo', { d });
    const line = h('path.edge', { d, class: [`edge--${edge.kind}`] });
    const head = h('path.ehead', { d: arrow(edge.points) });
    const from = chainOf(edge.from), to = chainOf(edge.to);
    const inMap = (from.name ? from : to).chain.some(step => step.kind === 'Map');
    const label = edge.label && edge.box
      ? h('span.elab', { class: [edge.kind === 'catch' && 'elab--catch', inMap && 'elab--in'], title: edge.text ?? edge.label, style: { left: `${edge.box.x + edge.box.w / 2}px`, top: `${edge.box.y + edge.box.h / 2}px` } }, edge.label) : null;
    return { edge, line, head, label, parts: [halo, line, head], from, to, painted: '' };
  }

  function paintEdge(e, at, ended) {
    const fold = run.fold;
    const { kind } = e.edge;
    const chain = e.from.name ? e.from.chain : e.to.chain;
    const scope = run.scopeOfChain(chain, at);
    const taken = fold.takenAt(scope, kind === 'start' ? '' : e.from.name, kind === 'end' ? '' : e.to.name, kind === 'catch', at);
    const to = byID.get(e.edge.to);
    const now = taken && !ended && to?.status === 'running' && to.visit?.entered && fold.events[to.visit.entered - 1].previousEventId && lastFrom(scope, to.visit) === e.from.name;
    const look = now ? 'is-running' : taken ? 'is-taken' : 'is-off';
    const count = taken > 1 ? taken : 0;
    const key = `${look} ${count}`;
    if (key === e.painted) return;
    e.painted = key;
    for (const part of [e.line, e.head]) { part.classList.remove('is-running', 'is-taken', 'is-off'); part.classList.add(look); }
    e.label?.classList.toggle('is-off', look === 'is-off');
    if (e.label) e.label.textContent = count ? `${e.edge.label} ×${count}` : e.edge.label;
  }

  function lastFrom(scope, visit) {
    let from = '', latest = 0;
    for (const [key, taken] of scope?.edges ?? []) {
      const [a, b] = JSON.parse(key);
      if (b === visit.state && taken.includes(visit.entered) && visit.entered > latest) { from = a; latest = visit.entered; }
    }
    return from;
  }

  function drawNode(one) {
    const { node } = one;
    const style = { left: `${node.x}px`, top: `${node.y}px`, width: `${node.w}px`, height: `${node.h}px` };
    if (node.kind === 'start' || node.kind === 'end') {
      return h('div.node.node--cap', { class: [node.kind === 'end' && 'node--endcap'], style, 'aria-hidden': 'true' }, node.kind === 'start' ? icon('play', 12) : null);
    }
    if (node.kind === 'lane') return h('div.lane', { style, class: [node.type === 'Map' && 'lane--map'] });
    const testid = `node-${node.name}`;
    const choose = () => {
      focus.set(node.id);
      if (one.visit) run.select(one.visit, false); else run.selectState(one.scope, one.name, node.id);
    };
    one.mark = h('span.mk');
    one.words = h('span.vh'); // what is told by colour and icons
    one.meta = h('small', null, node.label2 ?? '');
    const tile = h('span.tile', null, icon(stateIcon(node.type, one.resource), 16));
    if (node.kind === 'container') {
      one.extra = h('span.end.row.gap-1');
      one.button = h('button.boxb', { 'data-testid': testid, onclick: choose, onkeydown: arrows(one) }, tile, h('b.trunc', null, node.label ?? node.name), ' ', one.meta, one.words);
      return h('div.box', { style, class: [node.type === 'Map' && 'box--map', 'is-idle'] }, h('header', null, one.button, one.mark, one.extra));
    }
    one.badges = h('span.nbadges');
    one.button = h('button.nodeb', { 'data-testid': testid, title: node.name !== node.label ? node.name : null, onclick: choose, onkeydown: arrows(one), oncontextmenu: nodeMenu(one) },
      tile, h('span.tx', null, h('b', null, node.label ?? node.name), ' ', one.meta), one.words, one.mark);
    one.act = h('span.nact');
    const shape = { Choice: 'node--choice', Succeed: 'node--succeed', Fail: 'node--fail' }[node.type];
    return h('div.node', { style, class: [shape, node.end && 'node--last', 'is-idle'] }, one.button, one.badges, one.act);
  }

  function paintNode(one, at) {
    const { node, visit, status } = one;
    const fold = run.fold;
    const attempts = fold.attemptsAt(visit, at);
    const visits = fold.visitsTo(one.scope, one.name, at);
    const iterations = node.type === 'Map' && visit ? fold.iterationsAt(visit, at) : null;
    const picked = iterations && node.kind === 'container' ? pickedIndex(one, at) : -1;
    const failure = visit && (status === 'failed' || status === 'timedout' || status === 'caught') ? visit.failure ?? visit.attempts.findLast(a => a.failure && a.failure.n <= at)?.failure : null;
    const mocked = marksOf(one);
    const key = [status, attempts, visits, failure?.error, picked, mocked.map(mark => mark.text), iterations ? [iterations.length, iterations.started, iterations.succeeded, iterations.failed, iterations.aborted] : ''].join();
    if (key === one.painted) return;
    one.painted = key;
    for (const name of [...one.el.classList]) if (name.startsWith('is-') && name !== 'is-sel') one.el.classList.remove(name);
    one.el.classList.add(`is-${status}`);
    one.mark.replaceChildren(...(STATUS_ICONS.has(status) && (node.kind !== 'container' || status !== 'succeeded') ? [icon(`st-${status}`, 14, status === 'running')] : []));
    one.meta.textContent = failure?.error && node.kind !== 'container' ? failure.error : iterations && node.kind === 'container' ? '' : node.label2 ?? '';
    const many = visits > 1 ? `${visits} visits` : '';
    one.words.textContent = ['', node.label && node.label !== node.name && node.name, one.meta.textContent !== node.type && node.type, WORDS[status] ?? status, attempts > 1 && `attempt ${attempts} of ${visit.attempts.length}`, many || false, ...mocked.map(mark => mark.text), failure?.error !== one.meta.textContent && failure?.error, iterations && `${iterations.succeeded + iterations.failed + iterations.aborted} of ${iterations.length} iterations ended`].filter(part => part !== false && part !== undefined && part !== null).join(', ');
    if (one.badges) {
      const retries = attempts > 1 ? h('span.badge', { class: `is-${status === 'failed' || status === 'timedout' ? 'failed' : 'caught'}`, title: plural(attempts - 1, 'retry', 'retries') }, icon('st-retry', 12), String(attempts - 1)) : null;
      const loops = visits > 1 ? h('span.badge.badge--loop', { title: many }, `×${visits}`) : null;
      const marks = mocked.map(mark => h('span.badge', { class: mark.kind, title: mark.text, 'data-testid': `${mark.sign}-mark-${one.name}` }, icon(mark.sign, 12)));
      one.badges.replaceChildren(...[...marks, loops, retries].filter(Boolean));
    }
    if (one.extra) one.extra.replaceChildren(...(iterations ? mapHead(one, iterations, picked) : []));
  }

  /** What the node shows of the pin and the faults of a Task that are on. */
  function marksOf(one) {
    const machine = machineOf(run.execution.peek()?.machineName);
    if (one.node.type !== 'Task' || !actions.canAct()) return [];
    const pin = pinOf(machine, one.name), faults = faultsOf(machine, one.name).filter(fault => !fault.off);
    return [
      pin && !pin.off && { sign: 'pin', kind: 'is-pinned', text: `pinned: ${pinText(pin)}` },
      faults.length > 0 && { sign: 'bug', kind: 'is-failed', text: `fault: ${faults.map(faultText).join('; ')}` },
    ].filter(Boolean);
  }

  /** The menu of a node, for the right mouse button and the menu key. */
  function nodeMenu(one) {
    return event => {
      if (one.node.type !== 'Task' || !actions.canAct()) return;
      event.preventDefault();
      if (one.visit) run.select(one.visit, false);
      menu(one.button, `Mock ${one.name}`, actions.mockItems(one.name, one.visit));
    };
  }

  function pickedIndex(one, at) { return run.picks.peek().get(pickKey(one.scope, one.name)) ?? run.fold.iterationToShow(one.visit, at); }

  function mapHead(one, counts, picked) {
    const done = counts.succeeded + counts.failed + counts.aborted, total = Math.max(counts.length, 1);
    const part = (name, n) => h('i', { class: `is-${name}`, style: { '--v': `${(n / total) * 100}` } });
    const parts = [h('span.meter', { role: 'img', 'aria-label': `${done} of ${counts.length} iterations ended` }, part('succeeded', counts.succeeded), part('failed', counts.failed), part('aborted', counts.aborted), part('running', counts.running)),
      h('span.num.xs.t2', null, `${done}/${counts.length}`)];
    if (!counts.run.iterations.size) {
      if (one.visit.mapRun) parts.push(h('a.btn.btn--sm', { href: `#/map/${encodeURIComponent(one.visit.mapRun)}`, 'data-testid': 'open-map-run' }, 'Map Run'));
      return parts;
    }
    const step = by => () => {
      const indexes = [...counts.run.iterations.keys()].sort((a, b) => a - b);
      const place = indexes.indexOf(picked);
      const next = indexes[Math.max(0, Math.min(indexes.length - 1, place + by))];
      run.pick(one.scope, one.name, next);
      announce(`${one.name}, iteration ${next}`);
    };
    const opener = h('button.btn.sm', { 'data-testid': `iterations-${one.name}`, 'aria-haspopup': 'dialog', 'aria-label': `Iterations of ${one.name}, showing ${picked}`, onclick: () => iterationPicker(opener, one) }, `#${picked}`, icon('down', 12));
    parts.push(h('span.iter', null,
      h('button.btn.btn--icon', { 'aria-label': 'Previous iteration', title: 'Previous iteration ([)', 'data-testid': `iteration-prev-${one.name}`, onclick: step(-1) }, icon('left', 14)),
      opener,
      h('button.btn.btn--icon', { 'aria-label': 'Next iteration', title: 'Next iteration (])', 'data-testid': `iteration-next-${one.name}`, onclick: step(1) }, icon('right', 14))));
    return parts;
  }

  /** The popup that has a cell for each iteration, failed ones first in its list. */
  function iterationPicker(opener, one) {
    popup(opener, `Iterations of ${one.name}`, close => iterationList(run, one.scope, one.visit, index => { run.pick(one.scope, one.name, index); close(); }), 'pick');
  }

  /** What a waiting node offers: answer, mock, skip. One action a node. */
  function paintAction(one, pending, at, isLive) {
    if (!one.act) return;
    const visit = one.visit;
    const task = visit && pending.find(p => isTaskOf(run, p, visit));
    const waits = isLive && run.running() && visit && !visit.left && (visit.kind === 'Wait' || (one.status === 'caught' && visit.outcome === 'open'));
    const kind = !actions.canAct() ? '' : task ? `${task.kind} ${task.id}` : waits ? 'wait' : '';
    if (one.acted === kind) return;
    one.acted = kind;
    one.act.replaceChildren(...(task
      ? [h('button.btn.btn--sm', { 'data-testid': `answer-${one.name}`, onclick: () => actions.answer(task) }, task.kind === 'held' ? 'Mock' : 'Answer')]
      : waits && kind ? [h('button.btn.btn--sm', { 'data-testid': `skip-${one.name}`, title: 'Go on now', onclick: () => actions.skipWait(visit) }, icon('clock-ff', 14), 'Skip')] : []));
  }

  /** Arrow keys follow edges; [ and ] are bound on the page. */
  function arrows(one) {
    return event => {
      if (!event.key.startsWith('Arrow') || event.shiftKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      const next = neighbour(one, event.key);
      if (!next) return;
      focus.set(next.node.id);
      next.button.tabIndex = 0;
      next.button.focus();
      canvas.reveal(next.node);
    };
  }

  function neighbour(one, key) {
    const { node } = one;
    if (key === 'ArrowDown' || key === 'ArrowUp') {
      const linked = graph.edges.filter(e => (key === 'ArrowDown' ? e.from : e.to) === node.id).map(e => byID.get(key === 'ArrowDown' ? e.to : e.from)).filter(o => o?.button);
      const inside = key === 'ArrowDown' && node.kind === 'container' ? nodes.filter(o => o.button && o.node.id.startsWith(`${node.id}/`)).sort((a, b) => a.node.y - b.node.y || a.node.x - b.node.x)[0] : null;
      const around = key === 'ArrowUp' && !linked.length ? byID.get(byID.get(node.parent)?.node.parent) : null;
      return inside ?? linked.find(o => o.status !== 'idle') ?? linked[0] ?? around;
    }
    const side = key === 'ArrowRight' ? 1 : -1, cx = node.x + node.w / 2, cy = node.y + node.h / 2;
    const away = o => { const dx = (o.node.x + o.node.w / 2 - cx) * side, dy = Math.abs(o.node.y + o.node.h / 2 - cy); return dx > 8 ? dx + dy * 2 : Infinity; };
    return nodes.filter(o => o.button && away(o) < Infinity).sort((a, b) => away(a) - away(b))[0];
  }

  const canvas = panZoom(world, graph, () => {
    const selection = run.selection.peek();
    return nodes.find(one => one.name && selection && one.name === selection.state && one.scope?.key === selection.scope)?.node
      ?? nodes.find(one => one.status === 'failed' && one.node.kind === 'state')?.node ?? nodes.find(one => one.status === 'running' && one.node.kind === 'state')?.node;
  });
  // What to show of a graph that does not fit depends on the history.
  effect(() => { if (run.loaded()) queueMicrotask(canvas.settle); });
  return [world, canvas.controls, legend()];
}

function resourceIn(run, one) {
  let workflow = run.fold.definition;
  for (const step of one.chain) {
    const container = workflow?.States?.[step.state];
    workflow = step.kind === 'Map' ? container?.ItemProcessor ?? container?.Iterator : container?.Branches?.[step.index];
  }
  const state = workflow?.States?.[one.name];
  return typeof state?.Resource === 'string' ? state.Resource : '';
}

function legend() {
  const line = (kind, look, text) => h('span', null, h('svg', { viewBox: '0 0 22 6', 'aria-hidden': 'true' }, h('path.edge', { class: [kind, look], d: 'M0 3h22' })), text);
  return h('div.legend.hide-s', null, line('', 'is-taken', 'taken'), line('edge--catch', '', 'catch'), line('edge--default', '', 'default'));
}

/** What an item is called: its first short text, or the item itself if it is short. */
export function itemName(text) {
  const value = parse((text ?? '').length > 20000 ? '' : text ?? '');
  if (value === null || typeof value !== 'object') return String(value).slice(0, 60);
  return Object.values(value).find(v => typeof v === 'string' && v && v.length <= 60) ?? JSON.stringify(value).slice(0, 60);
}

/** The cells and the list of the iterations of a Map visit. */
export function iterationList(run, scope, visit, choose) {
  const text = signal('');
  const at = run.n.peek(), fold = run.fold;
  const counts = fold.iterationsAt(visit, at);
  const picked = run.picks.peek().get(pickKey(scope, visit.state)) ?? fold.iterationToShow(visit, at);
  const rank = { failed: 0, aborted: 1, running: 2, succeeded: 3, idle: 4 };
  const all = [...counts.run.iterations].map(([index, iteration]) => {
    const status = fold.iterationStatus(iteration, at);
    return { index, iteration, status };
  }).sort((a, b) => a.index - b.index);
  const itemOf = one => one.iteration.scope.visits.values().next().value?.[0]?.input ?? '';
  const errorOf = one => (one.status === 'failed' ? [...one.iteration.scope.visits.values()].flat().find(v => v.failure && v.outcome === 'failed')?.failure.error ?? '' : '');
  const shown = computed(() => {
    const t = text().trim().toLowerCase();
    return all.filter(one => !t || `#${one.index}` === t || String(one.index) === t || one.status.startsWith(t) || itemOf(one).toLowerCase().includes(t) || errorOf(one).toLowerCase().includes(t));
  });
  const took = one => (one.iteration.ended && one.iteration.ended <= at ? duration(fold.elapsed(one.iteration.ended) - fold.elapsed(one.iteration.started)) : '');
  const numbers = ['succeeded', 'failed', 'aborted', 'running'].filter(name => counts[name]);
  const idle = Math.max(0, counts.length - counts.started);
  return [
    h('div.in', null, icon('search', 14), h('input', { type: 'search', placeholder: 'Number, status or text of the item', 'aria-label': 'Find an iteration', 'data-testid': 'iteration-find', value: text, oninput: event => text.set(event.target.value) })),
    cells(all, idle, picked, choose),
    h('div.row.wrap.xs.t2', null, numbers.map(name => h('span.row.gap-1', null, h('span.dot', { class: `is-${name}` }), `${counts[name]} ${name}`)), idle > 0 && h('span.t3', null, `${idle} not started`)),
    h('div.plist', { role: 'listbox', 'aria-label': 'Iterations, failed first', tabindex: -1 }, () => {
      const rows = [...shown()].sort((a, b) => rank[a.status] - rank[b.status] || a.index - b.index);
      if (!rows.length) return h('p.sm.t3', null, 'No iteration matches. Clear the field to see all.');
      return rows.slice(0, 50).map(one => h('button.mi', { role: 'option', 'aria-selected': String(one.index === picked), 'data-testid': `iteration-${one.index}`, onclick: () => choose(one.index) },
        h('span.stat', { class: `is-${one.status}` }, icon(`st-${one.status}`, 14)), h('span.vh', null, one.status), h('b.num', null, `#${one.index}`),
        h('span.trunc.grow.sm', null, [itemName(itemOf(one)), errorOf(one)].filter(Boolean).join(' · ')), h('span.num.xs.t3', null, took(one))));
    }),
  ];
}

const COLUMNS = 28, CELLS = 28 * 20; // of the picture of iterations

/** A cell for each iteration, the first of them if there are very many: a path a status, so that thousands cost little. */
function cells(all, idle, picked, choose) {
  const shown = all.slice(0, CELLS), total = Math.min(CELLS, shown.length + idle);
  const d = new Map();
  const square = (x, y, s) => `M${x} ${y}h${s}v${s}h-${s}z`;
  for (let i = 0; i < total; i++) {
    const status = shown[i]?.status ?? 'idle', x = (i % COLUMNS) * 11, y = Math.floor(i / COLUMNS) * 11;
    d.set(status, `${d.get(status) ?? ''}${square(x, y, 9)}${status === 'failed' ? square(x + 3, y + 3, 3) : ''}`);
  }
  const at = shown.findIndex(one => one.index === picked);
  const height = Math.ceil(total / COLUMNS) * 11 + 2;
  return h('svg.cellmap', {
    viewBox: `-2 -2 ${COLUMNS * 11 + 2} ${height + 1}`, width: COLUMNS * 11 + 2, height: height + 1, 'aria-hidden': 'true',
    onclick: event => {
      const box = event.currentTarget.getBoundingClientRect(), k = (COLUMNS * 11 + 2) / box.width;
      const i = Math.floor(((event.clientY - box.top) * k - 2) / 11) * COLUMNS + Math.floor(((event.clientX - box.left) * k - 2) / 11);
      if (shown[i]) choose(shown[i].index);
    },
  }, [...d].map(([status, path]) => h('path', { class: `is-${status}`, d: path, 'fill-rule': 'evenodd' })),
  at >= 0 && h('rect.cellsel', { x: (at % COLUMNS) * 11 - 1, y: Math.floor(at / COLUMNS) * 11 - 1, width: 11, height: 11, rx: 2 }));
}

/** Pan by dragging or scrolling, zoom by pinch, Ctrl and wheel, or buttons. */
function panZoom(world, graph, target) {
  let x = 0, y = 0, k = 1, touched = false;
  const percent = signal('100 %');
  const pointers = new Map();

  function apply() {
    world.style.setProperty('transform', `translate(${x}px, ${y}px) scale(${k})`);
    world.style.setProperty('--k', k);
    world.classList.toggle('z-mid', k < 0.8);
    world.classList.toggle('z-far', k < 0.6 && k >= 0.35);
    world.classList.toggle('z-min', k < 0.35);
    percent.set(`${Math.round(k * 100)} %`);
  }

  function size() { const c = world.parentElement; return [c.clientWidth, c.clientHeight]; }

  function fit() {
    const [w, ht] = size();
    if (!w || !ht) return;
    k = Math.min(1.25, (w - 48) / graph.width, (ht - 40) / graph.height);
    // The switch of the views floats over the upper left corner.
    const covered = (w - graph.width * k) / 2 + graph.nodes.reduce((x, n) => (n.kind === 'start' ? Math.min(x, n.x) : x), graph.width) * k < (w <= 720 ? w : 420);
    const top = covered ? 52 : 16;
    if (covered) k = Math.min(k, (ht - 72) / graph.height);
    // A little under the zoom at which second lines go, they are worth more than the margins.
    if (k > 0.56 && k < 0.6 && graph.width * 0.6 <= w && graph.height * 0.6 <= ht) k = 0.6;
    const node = w <= 720 && k < 0.66 ? target() : null;
    if (node || (k < 0.3 && target())) {
      k = 0.66;
      centre(node ?? target());
    } else {
      k = Math.max(k, 0.05);
      x = (w - graph.width * k) / 2;
      y = Math.max(top, (ht - graph.height * k) / 2);
    }
    apply();
  }

  function centre(node) {
    const [w, ht] = size();
    x = w / 2 - (node.x + node.w / 2) * k;
    y = ht / 2 - (node.y + node.h / 2) * k;
  }

  function reveal(node) {
    const [w, ht] = size();
    const left = x + node.x * k, top = y + node.y * k;
    if (left >= 0 && top >= 0 && left + node.w * k <= w && top + node.h * k <= ht) return;
    centre(node);
    apply();
  }

  function zoom(by, cx, cy) {
    const [w, ht] = size();
    const next = Math.min(2.5, Math.max(0.05, k * by));
    cx ??= w / 2;
    cy ??= ht / 2;
    x = cx - ((cx - x) * next) / k;
    y = cy - ((cy - y) * next) / k;
    k = next;
    touched = true;
    apply();
  }

  const setUp = () => {
    const c = world.parentElement;
    if (!c) return;
    const at = event => { const box = c.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
    const wheel = event => {
      if (event.target.closest('.cz, .vb')) return;
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) zoom(Math.exp(-event.deltaY * 0.01), ...at(event));
      else { x -= event.deltaX; y -= event.deltaY; touched = true; apply(); }
    };
    let moved = false;
    const down = event => {
      if (event.target.closest('.cz, .vb, .iter, .nact, a')) return;
      pointers.set(event.pointerId, at(event));
      moved = false;
    };
    const move = event => {
      const before = pointers.get(event.pointerId);
      if (!before) return;
      const now = at(event);
      if (!moved && Math.hypot(now[0] - before[0], now[1] - before[1]) < 4) return;
      if (!moved) { moved = true; c.setPointerCapture(event.pointerId); }
      if (pointers.size === 1) { x += now[0] - before[0]; y += now[1] - before[1]; } else {
        const other = [...pointers].find(([id]) => id !== event.pointerId)[1];
        const was = Math.hypot(before[0] - other[0], before[1] - other[1]), is = Math.hypot(now[0] - other[0], now[1] - other[1]);
        if (was) zoom(is / was, (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
      }
      pointers.set(event.pointerId, now);
      touched = true;
      apply();
    };
    const up = event => { pointers.delete(event.pointerId); };
    const click = event => { if (moved) { event.stopPropagation(); event.preventDefault(); moved = false; } };
    c.addEventListener('wheel', wheel, { passive: false });
    c.addEventListener('pointerdown', down);
    c.addEventListener('pointermove', move);
    c.addEventListener('pointerup', up);
    c.addEventListener('pointercancel', up);
    c.addEventListener('click', click, true);
    const sizes = new ResizeObserver(() => { if (!touched) fit(); });
    sizes.observe(c);
    end.push(() => {
      sizes.disconnect();
      for (const [name, fn] of [['wheel', wheel], ['pointerdown', down], ['pointermove', move], ['pointerup', up], ['pointercancel', up]]) c.removeEventListener(name, fn);
      c.removeEventListener('click', click, true);
    });
    fit();
  };
  const end = [];
  cleanup(() => end.forEach(fn => fn()));
  queueMicrotask(setUp);

  const button = (name, label, id, act) => h('button.btn.btn--sm.btn--icon', { 'aria-label': label, title: label, 'data-testid': id, onclick: act }, icon(name, 14));
  const controls = h('div.cz', null,
    button('minus', 'Zoom out', 'zoom-out', () => zoom(1 / 1.25)), h('span.num.xs', { 'data-testid': 'zoom' }, percent), button('plus', 'Zoom in', 'zoom-in', () => zoom(1.25)),
    button('fit', 'Fit the graph', 'zoom-fit', () => { touched = false; fit(); }));
  return { controls, reveal, settle: () => { if (!touched && world.isConnected) fit(); } };
}
