// Breakpoints: the dots on the nodes, their menu and dialog, and the list of all.

import { effect, h, signal } from '../core/view.js';
import { changePoints, debugging } from '../core/debugger.js';
import { dialog, dialogHead } from '../core/dialog.js';
import { fits, literal } from '../core/glob.js';
import { icon } from '../core/icon.js';
import { machineOf } from '../core/mocks.js';
import { chainOf, pointerParts } from '../graph/state.js';
import { menu } from '../execution/menu.js';

const FIELDS = ['InputPath', 'Parameters', 'Arguments', 'ItemsPath', 'ItemSelector', 'ItemBatcher', 'ResultSelector', 'ResultPath', 'Assign', 'Output', 'Default'];
const LISTS = ['Choices', 'Retry', 'Catch'];
const KINDS = [['state', 'State'], ['resource', 'Resource that a Task calls'], ['variable', 'Variable that is assigned'], ['payload', 'Part of the input that changes']];
const PLACES = { resource: ['resource', 'Resource', 'lambda:charge-card'], variable: ['variable', 'Variable', 'total'], payload: ['pointer', 'JSON pointer', '/order/id'] };

/** The mark of a breakpoint: disc, diamond, square, or ring, with its name for screen readers. */
export function dot(point) {
  const shape = point.disabled || point.problem ? 'off' : point.log ? 'log' : point.condition || point.hit ? 'cond' : '';
  return h('span.bpd', { class: shape && `bpd--${shape}`, role: 'img', 'aria-label': { '': 'breakpoint', cond: 'conditional breakpoint', log: 'logpoint', off: point.problem ? 'breakpoint that cannot work' : 'breakpoint, off' }[shape] });
}

/** What a breakpoint is about, in words. */
export function placeOf(point) {
  switch (point.kind) {
    case 'state': return `${point.state.startsWith('/States/') ? chainOf(point.state).name : point.state.replace(/\\(.)/g, '$1')}${point.field ? ` at ${point.field}` : ''}`;
    case 'resource': return point.resource;
    case 'variable': return `$${point.variable} assigned`;
    case 'payload': return `${point.pointer || 'input'} changed`;
    default: return `failures: ${[point.uncaught && 'uncaught', point.caught && 'caught', point.retried && 'retried'].filter(Boolean).join(', ')}${point.errors?.length ? ` (${point.errors.join(', ')})` : ''}`;
  }
}

/** The breakpoints as the page of one execution changes them. */
export function pointsOf(run, actions) {
  const machine = () => run.execution.peek()?.machineName ?? '';
  const concerns = point => (!point.machine || fits(point.machine, machine()) || fits(point.machine, machineOf(machine()))) && (!point.execution || point.execution === run.arn);
  const isAt = (point, state, pointer) => point.kind === 'state' && concerns(point) && (point.state === pointer || fits(point.state, state));
  /** The breakpoints at a state: own ones, and those of editors and terminals. */
  const at = (state, pointer) => ({ own: debugging.points().filter(one => isAt(one, state, pointer)), others: debugging.others().filter(one => isAt(one, state, pointer)) });

  const plain = state => ({ kind: 'state', machine: literal(machineOf(machine())), state: literal(state) });
  const add = point => changePoints(list => [...list, point]);
  const remove = (...gone) => changePoints(list => list.filter(one => !gone.some(other => other.id === one.id)));
  const replace = (old, point) => changePoints(list => list.map(one => (one.id === old.id ? point : one)));
  const turn = point => replace(point, { ...point, disabled: !point.disabled });
  const toggle = (state, pointer) => {
    const { own } = at(state, pointer);
    return own.length ? remove(...own) : add(plain(state));
  };

  /** What is selected: {state, pointer}, undefined for the execution itself. */
  const selected = () => {
    const one = run.selection.peek();
    if (!one || !actions.canAct()) return undefined;
    const nodes = run.execution.peek()?.graph?.nodes ?? [];
    const scope = run.selectedScope.peek();
    const node = nodes.find(n => n.name === one.state && (!scope || same(chainOf(n.id).chain, scope.path))) ?? nodes.find(n => n.name === one.state);
    return { state: one.state, pointer: node?.id ?? '' };
  };
  const toggleSelected = () => { const one = selected(); if (!one) return false; toggle(one.state, one.pointer); return true; };
  const editSelected = () => {
    const one = selected();
    if (!one) return false;
    edit(at(one.state, one.pointer).own[0] ?? null, one.state, one.pointer);
    return true;
  };

  /** The fields of a state at which it can be stopped. */
  function fieldsOf(pointer) {
    let state = run.fold.definition;
    for (const part of pointerParts(pointer)) state = state?.[part];
    if (!state || !pointer) return [];
    return [...FIELDS.filter(name => name in state), ...LISTS.flatMap(name => (Array.isArray(state[name]) ? state[name].map((_, i) => `${name}/${i}`) : []))];
  }

  /** Edits a breakpoint, or makes one; state and pointer are those that it begins with. */
  async function edit(old, state = '', pointer = '') {
    const point = signal(old ?? (state ? plain(state) : { kind: 'state', machine: literal(machineOf(machine())), state: '' }));
    const problem = signal(''), busy = signal(false);
    const set = more => point.update(before => ({ ...before, ...more }));
    const field = (name, label, hint, placeholder, mono = true) => h('div.field', null, h('label.lab', { for: `point-${name}` }, label, hint && h('span.t3', null, ` ${hint}`)),
      h('div.in', null, h('input', { class: mono && 'mono', id: `point-${name}`, 'data-testid': `point-${name}`, placeholder, autocomplete: 'off', spellcheck: 'false', value: point.peek()[name] ?? '', oninput: event => set({ [name]: event.target.value }) })));
    await dialog(old ? 'Edit the breakpoint' : 'New breakpoint', close => {
      const save = async () => {
        if (busy.peek()) return;
        busy.set(true);
        const kept = point.peek();
        const index = old ? debugging.points.peek().findIndex(one => one.id === old.id) : -1; // -1: it is new, or somebody has removed it
        const answer = await (index >= 0 ? replace(old, kept) : add(kept));
        busy.set(false);
        if (!answer) return;
        const now = answer.at(index);
        problem.set(now.problem ?? '');
        if (now.problem) old = now; // it is there, to be corrected
        else close();
      };
      return [
        dialogHead(old ? 'Edit the breakpoint' : 'New breakpoint', close),
        h('div.dialog-body.col', { onkeydown: event => event.key === 'Enter' && event.target.matches('input') && save() },
          h('div.field', null, h('label.lab', { for: 'point-kind' }, 'Stops at'), h('select.in', { id: 'point-kind', 'data-testid': 'point-kind', onchange: event => set({ kind: event.target.value }) }, KINDS.map(([id, word]) => h('option', { value: id, selected: point.peek().kind === id }, word)))),
          kindFields(point, field, set, pointer, fieldsOf),
          field('condition', 'Only if', 'JSONata, or JSONPath that begins with $.', '$states.input.total > 100'),
          field('hit', 'Hit count', 'as 5, > 5, % 5', ''),
          field('log', 'Print instead of stopping', 'with {expressions}', 'total is {$states.input.total}', false),
          h('label.row.tick', null, h('input', { type: 'checkbox', 'data-testid': 'point-everywhere', checked: !point.peek().machine, onchange: event => set({ machine: event.target.checked ? '' : literal(machineOf(machine())) }) }), 'In all state machines'),
          () => problem() && h('p.err', { role: 'alert', 'data-testid': 'point-problem' }, problem())),
        h('footer', null,
          old && h('button.btn', { 'data-testid': 'point-remove', onclick: () => { remove(old); close(); } }, icon('trash', 14), 'Remove'), h('span.grow'),
          h('button.btn', { 'data-testid': 'point-cancel', onclick: () => close() }, 'Cancel'),
          h('button.btn.btn--pri', { 'data-testid': 'point-do', disabled: busy, onclick: save }, old ? 'Change the breakpoint' : 'Add the breakpoint')),
      ];
    });
  }

  /** The rows of a node's menu. */
  const items = (state, pointer) => {
    const { own } = at(state, pointer);
    return [
      { label: own.length ? 'Remove the breakpoint' : 'Add a breakpoint', icon: 'bug', id: 'point-toggle', note: 'F9', run: () => toggle(state, pointer) },
      { label: own.length ? 'Edit the breakpoint' : 'Add a conditional breakpoint or a logpoint', icon: 'edit', id: 'point-edit', note: '⇧F9', run: () => edit(own[0] ?? null, state, pointer) },
      own.length > 0 && { label: own[0].disabled ? 'Switch the breakpoint on' : 'Switch the breakpoint off', icon: 'eye', id: 'point-switch', run: () => turn(own[0]) },
    ].filter(Boolean);
  };

  return { at, add, remove, turn, toggle, toggleSelected, editSelected, edit, items, concerns };
}

function same(chain, path) { return chain.length === path.length && chain.every((step, i) => step.state === path[i].state && (step.kind === 'Map' || step.index === path[i].index)); }

function kindFields(point, field, set, pointer, fieldsOf) {
  let shown = null, nodes = null;
  return () => { // what is typed must not make the field anew
    const { kind } = point();
    if (kind === shown) return nodes;
    shown = kind;
    if (kind !== 'state') return (nodes = field(...PLACES[kind].slice(0, 2), '', PLACES[kind][2]));
    const fields = fieldsOf(pointer), current = point.peek().field ?? '';
    return (nodes = [
      field('state', 'State', 'its name, or a pattern as Charge*', 'ChargeCard'),
      (fields.length > 0 || current) && h('div.field', null, h('label.lab', { for: 'point-field' }, 'Where in it'), h('select.in', { id: 'point-field', 'data-testid': 'point-field', onchange: event => set({ field: event.target.value }) },
        h('option', { value: '' }, 'before it does anything'), [...new Set([...fields, current].filter(Boolean))].map(name => h('option', { value: name, selected: name === current }, name)))),
    ]);
  };
}

/**
 * Puts dots on the nodes of a graph, {node, name, el, button}, and marks where the debugger stands.
 */
export function gutter(nodes, debug, points) {
  if (!debug.actions.canAct()) return;
  for (const one of nodes) {
    if (!one.button) continue;
    one.gutter = h('button.bpb', {
      tabindex: -1, 'data-testid': `breakpoint-${one.name}`,
      onclick: event => { event.stopPropagation(); points.toggle(one.name, one.node.id); },
      oncontextmenu: event => { event.preventDefault(); event.stopPropagation(); menu(one.gutter, `Breakpoint at ${one.name}`, points.items(one.name, one.node.id)); },
    });
    one.told = one.button.appendChild(h('span.vh'));
    one.el.append(one.gutter);
  }
  effect(() => {
    const stop = debug.stop(), list = debug.frames(), here = list[0]?.pointer ?? stop?.pointer;
    const title = debug.title().split(' ')[0];
    for (const one of nodes) {
      if (!one.button) continue;
      const { own, others } = points.at(one.name, one.node.id);
      const point = own[0] ?? others[0];
      one.gutter.classList.toggle('is-set', Boolean(point));
      one.gutter.classList.toggle('is-other', !own.length && others.length > 0);
      one.gutter.replaceChildren(...(point ? [dot(point)] : [h('span.bpd.bpd--add')]));
      const what = own.length ? 'Remove the breakpoint' : 'Add a breakpoint';
      one.gutter.setAttribute('aria-label', `${what} at ${one.name}`);
      one.gutter.title = [own.length && own.map(describe).join('\n'), others.length && others.map(p => `${describe(p)} (${p.face})`).join('\n'), `${what} (F9). Right button: edit`].filter(Boolean).join('\n');
      const stands = Boolean(stop) && (here === one.node.id || Boolean(here?.startsWith(`${one.node.id}/`)) && stop.state === one.name);
      one.el.classList.toggle('stands', stands);
      one.flag?.remove();
      one.flag = stands ? one.el.appendChild(h('span.badge.is-stop.bpflag', { 'data-testid': 'stands-here' }, icon(stop.past ? 'dbg-reverse' : 'dbg-pause', 12), stop.past ? 'past' : stop.error ? 'failure' : ['before', 'behind', 'in'].includes(title) ? title : 'here')) : null;
      one.told.textContent = [point && `, ${dot(point).getAttribute('aria-label')}`, stands && ', the debugger stands here'].filter(Boolean).join('');
    }
  });
}

/** A breakpoint in a line. */
export function describe(point) {
  return [`${point.id} ${placeOf(point)}`, point.condition && `if ${point.condition}`, point.hit && `hit ${point.hit}`, point.log && `prints ${point.log}`, point.problem].filter(Boolean).join(', ');
}

/** The list of all breakpoints, and what stops at failures. */
export function pointList(points) {
  const failure = () => debugging.points().find(one => one.kind === 'failure');
  const setFailure = more => {
    changePoints(list => {
      const old = list.find(one => one.kind === 'failure'), next = { kind: 'failure', uncaught: false, caught: false, retried: false, errors: [], ...old, ...more };
      return [...list.filter(one => one !== old), ...(next.uncaught || next.caught || next.retried ? [next] : [])];
    });
  };
  const names = h('input', {
    'data-testid': 'failure-names', 'aria-label': 'Names of errors', placeholder: 'all errors, or names: States.Timeout, Payment*', spellcheck: 'false',
    value: () => (failure()?.errors ?? []).join(', '), onchange: event => setFailure({ errors: event.target.value.split(',').map(name => name.trim()).filter(Boolean) }),
  });
  return [
    () => {
      const own = debugging.points().filter(one => one.kind !== 'failure'), others = debugging.others();
      return [
        !own.length && !others.length && h('p.sm.t3.acchint', null, 'None. Click the upper left corner of a state, or press F9 on it.'),
        own.length > 0 && h('ul.plainlist', { 'aria-label': 'Breakpoints of the pages' }, own.map(point => h('li.stackf', { class: [point.disabled && 't3'], 'data-testid': 'point-row' },
          h('button.btn.btn--ghost.btn--icon.btn--sm', { 'data-testid': 'point-row-switch', 'aria-pressed': String(!point.disabled), 'aria-label': `Breakpoint ${point.id} on`, title: point.disabled ? 'Switch on' : 'Switch off', onclick: () => points.turn(point) }, dot(point)),
          h('button.rowlink.trunc', { 'data-testid': 'point-row-edit', title: describe(point), onclick: () => points.edit(point) }, h('span.t3.num', null, `${point.id} `), placeOf(point),
            (point.condition || point.log) && h('span.mono.xs.t3', null, ` ${point.condition || point.log}`)),
          point.problem ? h('span.err.xs.trunc', { title: point.problem }, point.problem) : h('span.end.num.xs.t3.nowrap', { title: 'how often it was met' }, point.machine ? '' : 'all · ', `${point.hits}×`),
          h('button.btn.btn--ghost.btn--icon.btn--sm', { 'data-testid': 'point-row-remove', 'aria-label': `Remove breakpoint ${point.id}`, title: 'Remove', onclick: () => points.remove(point) }, icon('close', 12))))),
        others.length > 0 && h('ul.plainlist', { 'aria-label': 'Breakpoints of editors and terminals' }, others.map(point => h('li.stackf', { 'data-testid': 'point-other', title: describe(point) }, h('span.bpcell', null, dot(point)), h('span.trunc', null, placeOf(point)), h('span.badge.end', { title: 'set there, and changed there only' }, point.face)))),
      ];
    },
    h('fieldset.failures', null, h('legend.xs.t3', null, 'Failures that'),
      [['uncaught', 'nobody takes'], ['caught', 'a Catch takes'], ['retried', 'a Retry takes']].map(([id, word]) => h('label.row.tick', null, h('input', { type: 'checkbox', 'data-testid': `failure-${id}`, checked: () => Boolean(failure()?.[id]), onchange: event => setFailure({ [id]: event.target.checked }) }), word)),
      () => failure() && h('div.in', null, names)),
  ];
}
