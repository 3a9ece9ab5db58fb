// The table of events: all of a history, filtered by type, state or text.

import { cleanup, computed, effect, h, signal } from '../core/view.js';
import { icon } from '../core/icon.js';
import { count } from '../core/time.js';
import { amend, place } from '../core/router.js';
import { summary } from './history.js';
import { scopeName } from './run.js';
import { toneOf } from './tape.js';
import { virtual } from './virtual.js';
import { popup } from './menu.js';

const SLICE = 8; // ms of filtering between two frames
const ROW = 30;

/**
 * A filter from what the user typed: words that an event must have, "-word" that it
 * must not have, "type:Failed" and "state:Pay" for one column. "Failed*" is not needed:
 * a word is found anywhere.
 */
export function parseFilter(text) {
  return [...text.toLowerCase().matchAll(/(-?)(?:(type|state|scope):)?(?:"([^"]*)"|(\S+))/g)]
    .map(([, not, column, quoted, word]) => ({ not: not === '-', column: column ?? '', word: quoted ?? word }))
    .filter(rule => rule.word);
}

/** Whether the n-th event has what the rules ask for. texts keeps what was looked up. */
export function passes(fold, n, rules, texts) {
  if (!rules.length) return true;
  const event = fold.events[n - 1];
  const state = fold.visitOfEvent(n)?.state ?? '';
  return rules.every(({ not, column, word }) => {
    let found;
    if (column === 'type') found = event.type.toLowerCase().includes(word);
    else if (column === 'state') found = state.toLowerCase().includes(word);
    else if (column === 'scope') found = scopeName(fold.scopeOf[n - 1]).toLowerCase().includes(word);
    else found = (texts[n - 1] ??= `${event.type} ${state} ${words(event.details)}`.toLowerCase()).includes(word);
    return found !== not;
  });
}

/** The texts of an event's details, without the backslashes of JSON in JSON. */
function words(details) {
  let text = '';
  for (const key in details) text += ` ${typeof details[key] === 'object' ? JSON.stringify(details[key]) : details[key]}`;
  return text;
}

export function eventsView(run) {
  const text = signal(place.peek().query.filter ?? '');
  const rows = signal([]); // n of each row
  const texts = [];
  const busy = signal(false);
  let turn = 0, known = 0, rulesKnown = null;

  // Filters in slices. With the same rules only new events are looked at.
  effect(() => {
    run.version();
    const rules = parseFilter(text()), now = ++turn, key = JSON.stringify(rules);
    const fold = run.fold;
    let from = 1, out = [];
    if (rulesKnown === key) { from = known + 1; out = rows.peek().slice(); }
    rulesKnown = null;
    const step = () => {
      if (now !== turn) return;
      const until = performance.now() + SLICE;
      while (from <= fold.length && performance.now() < until) { if (passes(fold, from, rules, texts)) out.push(from); from++; }
      if (from <= fold.length) { busy.set(true); setTimeout(step, 0); return; }
      busy.set(false);
      known = fold.length;
      rulesKnown = key;
      rows.set(out);
    };
    step();
  });
  cleanup(() => { turn++; });

  const total = computed(() => rows().length);
  const current = computed(() => {
    const at = run.n(), list = rows();
    let low = 0, high = list.length;
    while (low < high) { const mid = (low + high) >>> 1; if (list[mid] <= at) low = mid + 1; else high = mid; }
    return low - 1;
  });

  const columns = ['Event', 'Time', 'Since the last', 'Type', 'State', 'Detail'];
  const head = h('div.tr.tr--head', { role: 'row' }, columns.map((name, i) => h('span', { role: 'columnheader', class: [i < 1 && 'r', i === 2 && 'hide-s', i === 5 && 'hide-xs'] }, name)));

  const fill = (i, el) => {
    const n = rows.peek()[i], fold = run.fold, event = fold.events[n - 1];
    if (!event) return;
    const at = run.n.peek(), live = run.live.peek();
    if (!el.cells) {
      el.cells = [h('span.r.num', { role: 'cell' }), h('span.num', { role: 'cell' }), h('span.since.hide-s', { role: 'cell' }, h('i')), h('span.name', { role: 'cell' }), h('span', { role: 'cell' }), h('span.sm.t3.hide-xs', { role: 'cell' })];
      el.dotEl = h('span.dot');
      el.typeText = document.createTextNode('');
      el.cells[3].append(el.dotEl, el.typeText);
      el.append(...el.cells);
    }
    const [id, time, since, , state, detail] = el.cells;
    const tone = toneOf(fold, n);
    id.textContent = event.id;
    time.textContent = `+${(fold.elapsed(n) / 1000).toFixed(3)} s`;
    const gap = n > 1 ? event.at - fold.events[n - 2].at : 0;
    since.firstChild.style.setProperty('--v', gap > 0 ? Math.min(100, 8 + Math.log10(1 + gap) * 22) : 0);
    since.title = gap ? `${gap} ms since event ${fold.events[n - 2].id}` : '';
    el.dotEl.className = `dot is-${tone}`;
    el.typeText.data = event.type;
    const scope = fold.scopeOf[n - 1], name = fold.visitOf[n - 1]?.state ?? event.details.name ?? '';
    state.textContent = scope.parent ? `${name} ${scope.step.kind === 'Map' ? `#${scope.step.index}` : ''}` : name;
    state.title = scope.parent ? `${scopeName(scope)} › ${name}` : name;
    const said = summary(event);
    detail.textContent = said.length > 200 ? `${said.slice(0, 200)}…` : said;
    const selected = n === at;
    el.className = `tr${selected ? ' is-sel' : ''}${!live && n > at ? ' is-future' : ''}`;
    el.setAttribute('aria-selected', String(selected));
    el.setAttribute('data-testid', `event-${event.id}`);
  };

  const list = virtual({
    label: 'Events', count: total, height: ROW, fill, testid: 'events',
    follow: () => { rows(); run.n(); run.live(); }, current, head,
    open: i => run.selectEvent(rows.peek()[i]),
  });
  list.classList.add('evtable');

  const pickWord = (opener, column, words) => popup(opener, `Filter by ${column}`, close => h('div.plist', { role: 'menu', 'aria-label': column }, words.slice(0, 200).map(word =>
    h('button.mi', { role: 'menuitem', 'data-testid': `filter-${column}-${word}`, onclick: () => { add(`${column}:${/\s/.test(word) ? `"${word}"` : word}`); close(); } }, word))));
  const add = rule => setText(`${text.peek()} ${rule}`.trim());
  const setText = value => { text.set(value); amend({ filter: value }); };
  const names = field => [...new Set(field === 'type' ? run.fold.events.map(e => e.type) : run.fold.visits.map(v => v.state))].sort();
  const typeChip = h('button.chip', { 'data-testid': 'filter-type', 'aria-haspopup': 'menu', onclick: () => pickWord(typeChip, 'type', names('type')) }, 'type', icon('down', 12));
  const stateChip = h('button.chip', { 'data-testid': 'filter-state', 'aria-haspopup': 'menu', onclick: () => pickWord(stateChip, 'state', names('state')) }, 'state', icon('down', 12));

  return h('div.evpane', null,
    h('div.row.evbar', { role: 'search', 'aria-label': 'Events' },
      h('div.in.evfind', null, icon('search', 14), h('input', { type: 'search', placeholder: 'Type, state or text', title: 'Words that an event has; -word leaves out; type:Failed and state:Pay look in a column', 'aria-label': 'Filter events', 'data-testid': 'events-filter', value: text, oninput: event => setText(event.target.value) })),
      typeChip, stateChip,
      h('span.grow'),
      h('span.sm.t3.num.nowrap', { role: 'status', 'data-testid': 'events-count' }, () => (text() ? `${busy() ? '… ' : ''}${count(total())} of ${count(run.length())}` : count(run.length()))),
      () => eventMeter(run)),
    () => (text() && !total() && !busy() ? h('div.empty', null, h('p', null, 'No event has this.'), h('button.btn', { 'data-testid': 'filter-clear', onclick: () => setText('') }, 'Show all events')) : null),
    list);
}

/** How much of the 25,000 events of a history is used: shown from a tenth on. */
function eventMeter(run) {
  const share = run.length() / 25000;
  if (share < 0.1) return null;
  const state = share >= 1 ? 'is-failed' : share > 0.8 ? 'is-caught' : '';
  return h('span.xs.num.nowrap.hide-xs', { class: state ? `stat ${state}` : 't3', 'data-testid': 'event-meter', title: 'AWS ends a standard execution at 25,000 events' }, `${Math.round(share * 100)} % of 25,000`);
}
