// Two executions side by side: the states that both have visited, in order, and in what they differ there.

import { computed, effect, h, signal, untrack } from '../core/view.js';
import { get, resource } from '../core/api.js';
import { difference, openDifference } from '../core/difference.js';
import { icon } from '../core/icon.js';
import { jsonView } from '../core/json.js';
import { keys } from '../core/keys.js';
import { changed } from '../core/live.js';
import { amend, go, link, place } from '../core/router.js';
import { empty, shown } from '../core/shown.js';
import { statusIcon, statusName, statusPill } from '../core/status.js';
import { table } from '../core/table.js';
import { duration, plural } from '../core/time.js';

const names = ['Left', 'Right'];
const words = { input: 'input', arguments: 'arguments', output: 'output', variables: 'variables', outcome: 'outcome', error: 'error', attempts: 'attempts', definition: 'definition', duration: 'duration' };
const statusOf = { open: 'RUNNING', succeeded: 'SUCCEEDED', caught: 'CAUGHT', enclosed: 'FAILED', failed: 'FAILED', aborted: 'ABORTED' };

export function page(left, right) {
  if (!left || !right) return empty('Two executions are compared', 'Select two in the list of executions, or choose “Compare with …” on the page of one.', h('a.btn', { href: link('executions'), 'data-testid': 'to-executions' }, 'Go to the executions'));
  const found = resource(abort => get('comparison', { left, right }, abort));
  changed('executions', () => { const c = found.data.peek(); if (c && (!c.left.stopped || !c.right.stopped)) found.reload(); });
  return h('div.cmpview', null, shown(found, data => untrack(() => compared(data, left, right))));
}

function compared(data, left, right) {
  const only = computed(() => place().query.only === '1');
  const rows = computed(() => data().rows.map((row, at) => ({ ...row, at, different: isDifferent(row) })).filter(row => !only() || row.different || row.at === data().first));
  const first = Math.max(0, untrack(data).first);
  const current = signal(Number(place.peek().query.row ?? first));
  effect(() => { const at = current(); if (at !== null && String(at) !== place.peek().query.row) amend({ row: at }); });
  const chosen = computed(() => data().rows[current()] ?? null);
  const grid = table({
    label: 'States of both executions', rows, key: row => row.at, current, open: () => {},
    rowClass: row => (row.different ? '' : 'is-same'),
    columns: [
      { head: h('span.vh', null, 'Difference'), width: '20px', cell: mark },
      { head: 'State', width: 'minmax(0,1.4fr)', cell: stateCell },
      { head: 'Differs in', width: 'minmax(0,1.2fr)', class: 'hide-xs', cell: differsCell },
      { head: names[0], width: 'minmax(0,.6fr)', class: 'num r', cell: row => sideCell(row, row.left) },
      { head: names[1], width: 'minmax(0,.6fr)', class: 'num r', cell: row => sideCell(row, row.right) },
    ],
    empty: empty('No difference', 'Both have visited the same states, with the same data.'),
  });
  queueMicrotask(() => { grid.el.focus({ preventScroll: true }); grid.show(current.peek()); });
  const step = by => {
    const list = rows.peek().filter(row => row.different || row.at === data.peek().first), at = current.peek();
    const next = by > 0 ? list.find(row => row.at > at) : list.findLast(row => row.at < at);
    if (!next) return false;
    current.set(next.at);
    grid.show(next.at);
    return true;
  };
  keys('Comparison', [
    ['d', 'Next difference', () => step(1)],
    ['D', 'Previous difference', () => step(-1)],
    ['f', 'Only what differs', () => amend({ only: only.peek() ? '' : '1' })],
    ['x', 'Change sides', () => go('compare', right, left)],
  ]);
  const definitions = () => openDifference('Definition', data.peek().left.definition, data.peek().right.definition, { names: [data.peek().left.name, data.peek().right.name] });
  return [
    h('div.head.cmphead', null,
      h('div.crumb', null, h('a', { href: link('executions'), 'data-testid': 'crumb' }, 'Executions'), icon('right', 12), h('h1', null, 'Compare')),
      () => [end(data().left, names[0]), h('button.btn.btn--sm.btn--ghost.btn--icon', { 'aria-label': 'Change sides', title: 'Change sides (x)', 'data-testid': 'swap', onclick: () => go('compare', right, left) }, icon('swap', 14)), end(data().right, names[1])],
      h('span.grow'),
      () => (data().sameDefinition
        ? h('span.sm.t3.hide-s', null, 'Same definition')
        : h('button.btn', { 'data-testid': 'definitions', onclick: definitions }, icon('file', 14), 'Definitions differ'))),
    h('div.cmpwork', null,
      h('section.cmpstage', { 'aria-label': 'States' },
        h('div.cmpbar', null,
          h('button.chip', { 'data-testid': 'compare-all', 'aria-pressed': () => String(!only()), class: () => !only() && 'is-on', onclick: () => amend({ only: '' }) }, 'All'),
          h('button.chip', { 'data-testid': 'compare-only', 'aria-pressed': () => String(only()), class: () => only() && 'is-on', onclick: () => amend({ only: '1' }) }, () => `Only what differs · ${data().different}`),
          h('span.grow'),
          h('button.btn.btn--sm.btn--ghost.btn--icon', { 'aria-label': 'Previous difference', title: 'Previous difference (D)', 'data-testid': 'previous-difference', onclick: () => step(-1) }, icon('up', 14)),
          h('button.btn.btn--sm.btn--ghost.btn--icon', { 'aria-label': 'Next difference', title: 'Next difference (d)', 'data-testid': 'next-difference', onclick: () => step(1) }, icon('down', 14))),
        grid.el,
        h('div.foot', null, h('span', { role: 'status', 'data-testid': 'compare-count' }, () => `${plural(data().rows.length - 1, 'state')} visited, ${plural(data().different, 'difference')}`))),
      h('section.cmppanel', { 'aria-label': 'Data', 'data-testid': 'compare-data' }, () => chosen() && panel(chosen(), left, right))),
  ];
}

function isDifferent(row) { return row.at !== 0 && (!row.left || !row.right || row.differs.some(what => what !== 'duration')); }

function end(x, side) {
  return h('a.cmpend', { href: link('x', x.arn), 'data-testid': `compare-${side.toLowerCase()}`, title: x.arn },
    statusPill(x.status), h('span.mono.trunc', null, x.name), h('span.xs.t3.num.hide-s', null, x.stopped ? duration(x.stopped - x.started) : 'running'));
}

function mark(row) {
  const [sign, text, kind] = !row.right ? ['minus', 'only left', 'is-removed'] : !row.left ? ['plus', 'only right', 'is-added'] : row.differs.some(what => what !== 'duration') ? ['edit', 'differs', 'is-changed'] : ['', 'the same', ''];
  return h('span.cmpmark', { class: kind, title: text }, sign && icon(sign, 14), h('span.vh', null, text));
}

function stateCell(row) {
  const step = row.path.at(-1);
  return h('span.cmpstate', { style: { '--d': row.path.length } },
    icon(row.state ? row.kind.toLowerCase() || 'task' : 'play', 14),
    h('span.trunc', { class: row.state ? 'm' : 'm t2', title: row.path.map(one => `${one.state} ${one.index}`).join(' › ') || null }, row.state || 'Execution'),
    step && h('span.xs.t3.nowrap', null, step.kind === 'Map' ? `#${step.index}` : `branch ${step.index + 1}`));
}

function differsCell(row) {
  if (!row.left || !row.right) return h('span.sm.t3', null, row.left ? 'only left' : 'only right');
  return h('span.row.gap-1', null, row.differs.map(what => h('span.badge', { class: what === 'duration' ? '' : 'is-caught' }, words[what] ?? what)));
}

function sideCell(row, side) {
  if (!side) return h('span.t3', null, '–');
  const status = row.state ? statusOf[side.outcome] ?? side.outcome : side.outcome;
  return h('span.stat', { class: `is-${statusName(status)}` }, side.attempts > 1 && h('span.badge.is-caught', { title: plural(side.attempts, 'attempt') }, icon('st-retry', 12), side.attempts - 1),
    side.left ? duration(side.left - side.entered) : 'running', statusIcon(status));
}

// panel shows the data of a row: what differs as a difference, the rest folded.
function panel(row, left, right) {
  const data = resource(abort => get('comparison/visit', {
    ...(row.left ? { left, leftVisit: row.left.visit } : {}), ...(row.right ? { right, rightVisit: row.right.visit } : {}),
  }, abort));
  return [
    h('div.cmpph', null, h('h2.h1.trunc', { 'data-testid': 'compare-state' }, row.state || 'Execution'),
      h('p.sm.t3', null, !row.right ? 'Only the left execution was here.' : !row.left ? 'Only the right execution was here.' : row.differs.length ? `Differs in ${row.differs.map(what => words[what] ?? what).join(', ')}.` : 'The same on both sides.')),
    h('div.cmpbody', { tabindex: 0, role: 'group', 'aria-label': 'Data of the state' }, shown(data, one => untrack(() => sections(row, one())))),
  ];
}

function sections(row, { left, right }) {
  if (!left || !right) {
    const one = left ?? right;
    return parts(one).filter(([, text]) => text).map(([title, text]) => h('section.cmpsect', null, h('h3.b', null, title), jsonView(text, title, { open: 1 })));
  }
  const rightParts = new Map(parts(right));
  let bound = false;
  return parts(left).map(([title, before]) => {
    const after = rightParts.get(title);
    if (!before && !after) return null;
    const differs = row.differs.includes(title.toLowerCase()) || title === 'Error' && before !== after;
    if (!differs) {
      return h('details.cmpsect.cmpsame', null, h('summary', { 'data-testid': `same-${title.toLowerCase()}` }, icon('right', 12), h('span.b', null, title), h('span.sm.t3', null, 'the same')), jsonView(after, title, { open: 1 }));
    }
    const first = !bound;
    bound = true;
    return h('section.cmpsect', { 'data-testid': `differs-${title.toLowerCase()}` }, h('h3.b', null, title), difference(before, after, { names, label: `${title}: difference`, keys: first, format: title === 'Error' ? 'text' : '' }));
  });
}

// parts are the data of a side, in the order in which a state makes it.
function parts(data) {
  const last = data.calls.at(-1);
  return [
    ['Error', data.error && `${data.error}${data.cause ? `\n${data.cause}` : ''}`],
    ['Input', data.input],
    ['Arguments', last?.input ?? ''],
    ['Output', data.output],
    ['Variables', data.assigned],
    ['Definition', data.definition],
  ];
}
