// The graph of an execution: nodes as buttons over edges as SVG, painted as they
// stood at the moment shown.

import { computed, effect, h, signal, untrack } from '../core/view.js';
import { icon } from '../core/icon.js';
import { duration, now, plural } from '../core/time.js';
import { announce } from '../core/toast.js';
import { faultText, faultsOf, machineOf, mocks, pinOf, pinText } from '../core/mocks.js';
import { debugging } from '../core/debugger.js';
import { gutter } from '../debug/points.js';
import { camera } from '../graph/camera.js';
import { overview } from '../graph/overview.js';
import { drawEdge, drawNode, neighbour } from '../graph/draw.js';
import { chainOf, stateIcon } from '../graph/state.js';
import { menu, popup } from './menu.js';
import { parse } from './history.js';
import { isTaskOf, pickKey, visitNumber } from './run.js';

const WORDS = { idle: 'not reached', running: 'running', succeeded: 'succeeded', failed: 'failed', timedout: 'timed out', aborted: 'aborted', caught: 'failed, caught or retried', waiting: 'waiting', open: 'running' };
export const STATUS_ICONS = new Set(['running', 'succeeded', 'failed', 'timedout', 'aborted', 'caught', 'waiting']);

/**
 * @param {object} run of run.js
 * @param {object} actions of actions.js
 * @param {object} debug of debug/session.js
 * @param {object} points of debug/points.js
 */
export function graphView(run, actions, debug, points) {
  return h('div.canvas', { 'data-testid': 'graph' }, () => {
    const graph = run.execution()?.graph;
    if (!run.execution()) return null;
    if (!graph || !graph.nodes?.length) {
      return h('div.empty', null, h('h2.h1', null, 'No graph'), h('p', null, 'This execution has no definition here, so its states cannot be drawn. Events and timeline have all of its history.'));
    }
    return drawing(run, graph, actions, debug, points);
  });
}

function drawing(run, graph, actions, debug, points) {
  const nodes = graph.nodes.map(node => ({ node, ...chainOf(node.id), resource: '' }));
  const byID = new Map(nodes.map(one => [one.node.id, one]));
  for (const one of nodes) one.resource = resourceIn(run, one);
  const focus = signal(null); // id of the node that Tab reaches
  const world = h('div.world', { role: 'group', 'aria-label': 'States', style: { width: `${graph.width}px`, height: `${graph.height}px` } });
  const edges = graph.edges.map(edgeOf);
  world.append(h('svg.edges', { width: graph.width, height: graph.height, viewBox: `0 0 ${graph.width} ${graph.height}`, 'aria-hidden': 'true' }, edges.map(e => e.parts)), ...edges.map(e => e.label).filter(Boolean));
  for (const one of nodes) { draw(one); world.append(one.el); }
  gutter(nodes, debug, points);

  const count = signal(0); // moves when actions have been painted
  const painted = signal(0); // moves when nodes have been painted
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
    painted.update(turn => turn + 1);
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
    count.update(turn => turn + 1);
  });
  // How long a Wait, or the pause before a retry, still takes. Events do not say it, so the server is asked
  // when such a state has begun or ended.
  const waiting = computed(() => { count(); return nodes.filter(one => one.countdown).map(one => one.visit.id).join(); });
  effect(() => { if (waiting()) untrack(run.readWaits); });
  effect(() => {
    count();
    for (const one of nodes) if (one.countdown) one.countdown.textContent = timeLeft(run, one.visit);
  });
  effect(() => {
    const id = focus() ?? nodes.find(one => one.name)?.node.id;
    for (const one of nodes) if (one.button) one.button.tabIndex = one.node.id === id ? 0 : -1;
  });

  function edgeOf(edge) {
    const from = chainOf(edge.from), to = chainOf(edge.to);
    const inMap = (from.name ? from : to).chain.some(step => step.kind === 'Map');
    return { edge, ...drawEdge(edge, inMap), from, to, painted: '' };
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

  function draw(one) {
    const { node } = one;
    const choose = () => {
      focus.set(node.id);
      if (one.visit) run.select(one.visit, false); else run.selectState(one.scope, one.name, node.id);
    };
    Object.assign(one, drawNode(node, stateIcon(node.type, one.resource), { onclick: choose, onkeydown: arrows(one), oncontextmenu: nodeMenu(one) }));
    if (one.button) one.el.classList.add('is-idle');
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
      if (!actions.canAct()) return;
      event.preventDefault();
      if (one.visit) run.select(one.visit, false);
      menu(one.button, one.name, [...points.items(one.name, one.node.id),
        debug.changeable() && debug.statesHere().includes(one.name) && { label: `Jump to ${one.name}`, icon: 'swap', id: 'debug-jump-here', run: () => debug.change({ next: one.name }) },
        ...(one.node.type === 'Task' ? ['-', 'Answers', ...actions.mockItems(one.name, one.visit)] : [])]);
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
    one.countdown = waits && kind ? h('span.countdown.num', { 'data-testid': `left-${one.name}` }) : null;
    one.act.replaceChildren(...(task
      ? [h('button.btn.btn--sm', { 'data-testid': `answer-${one.name}`, onclick: () => actions.answer(task) }, task.kind === 'held' ? 'Mock' : 'Answer')]
      : waits && kind ? [one.countdown, h('button.btn.btn--sm', { 'data-testid': `skip-${one.name}`, title: 'Go on now', onclick: () => actions.skipWait(visit) }, icon('clock-ff', 14), 'Skip')] : []));
  }

  /** Arrow keys follow edges; [ and ] are bound on the page. */
  function arrows(one) {
    return event => {
      if (!event.key.startsWith('Arrow') || event.shiftKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      const next = neighbour(nodes, graph.edges, one, event.key, o => o.status !== 'idle');
      if (!next) return;
      focus.set(next.node.id);
      next.button.tabIndex = 0;
      next.button.focus();
      canvas.reveal(next.node);
    };
  }

  const canvas = camera(world, () => graph, () => {
    const selection = run.selection.peek();
    return nodes.find(one => one.name && selection && one.name === selection.state && one.scope?.key === selection.scope)?.node
      ?? nodes.find(one => one.status === 'failed' && one.node.kind === 'state')?.node ?? nodes.find(one => one.status === 'running' && one.node.kind === 'state')?.node;
  });
  // What to show of a graph that does not fit depends on the history.
  effect(() => { if (run.loaded()) queueMicrotask(canvas.settle); });
  const mini = overview(() => graph, canvas, node => {
    painted();
    const { status } = byID.get(node.id);
    return STATUS_ICONS.has(status) ? `is-${status}` : 'is-idle';
  });
  return [world, canvas.controls, legend(), mini];
}

/** How long a visit still waits, in words; "" if that is not known. It moves with the clock. */
function timeLeft(run, visit) {
  const read = run.waits(), found = read?.waits.find(one => one.visit === visitNumber(run, visit));
  if (!found) return '';
  if (read.paused) return 'paused';
  if (debugging.standing().length) return 'the clock stands';
  const left = found.due - read.now - (read.virtual ? 0 : Math.max(0, now() - read.read));
  return left > 0 ? `${duration(Math.ceil(left / 1000) * 1000)} left` : 'due';
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
