// Completion in a field: a list below the cursor, chosen from with arrows and Enter, which the screen reader hears.
// What can be written at a place is the server's to say (POST complete): it gets the definition with the field's
// present text in it.

import { cleanup, effect, h, signal, untrack } from '../../core/view.js';
import { post } from '../../core/api.js';
import { announce } from '../../core/toast.js';
import { formatJSON } from '../../core/jsontext.js';
import { memberOf, nodeAt, namesOf } from './definition.js';

let made = 0;
const most = 50; // rows that are shown

// completes attaches completion to an input or text area. ask(text, caret) promises {from, items}: an item is {label,
// insert, detail, docs, from, to} in places of the text. take(text, caret) is called with what was chosen. It returns
// attributes for the control, and its list. A picker lists all when it is asked, with what is chosen marked.
export function completes({ control, ask, take, label, picker = false }) {
  const id = `complete-${++made}`, rows = signal([]), at = signal(0), open = signal(false);
  let touched = false; // something was typed, or chosen with arrows, since the list is open
  let turn = 0, timer = 0, known = []; // what the last answer has
  const choices = h('div.completion-list', { id, role: 'listbox', 'aria-label': `Suggestions for ${label}` }, () => rows().map((row, i) => h('div.mi', {
      role: 'option', id: `${id}-${i}`, 'data-testid': 'suggestion', 'aria-selected': () => String(at() === i), class: () => at() === i && 'is-hover',
      onpointerdown: event => { event.preventDefault(); choose(row); },
    }, h('span.mono.trunc', null, row.label), row.detail && h('span.end.xs.trunc', null, row.detail))));
  const list = h('div.menu.keep.completion', { popover: 'manual', 'data-testid': 'completion' }, choices,
    h('div.completion-docs.xs.t2', { hidden: () => !rows()[at()]?.docs }, () => rows()[at()]?.docs));

  function close() {
    turn++;
    clearTimeout(timer);
    touched = false;
    if (!open.peek()) return;
    open.set(false);
    list.hidePopover();
  }
  async function suggest(explicit) {
    const mine = ++turn, el = control(), caret = el.selectionStart, text = el.value;
    let found;
    try { found = await ask(text, caret, explicit); } catch { found = []; } // no completion is no reason to stop typing
    if (mine !== turn || document.activeElement !== el) return;
    known = found;
    offer(el, text, caret, explicit);
  }
  // offer lists what fits the text before the caret.
  function offer(el, text, caret, explicit) {
    const matching = (picker && explicit ? known : narrowed(known, text, caret)).slice(0, picker ? 500 : most);
    if (!matching.length || !explicit && matching.length === 1 && text.slice(matching[0].from, caret) === matching[0].insert) return close();
    rows.set(matching);
    at.set(picker ? Math.max(0, matching.findIndex(item => item.insert === text)) : 0);
    if (!list.isConnected) el.after(list);
    if (!open.peek()) { open.set(true); list.showPopover(); }
    place(list, el);
    announce(`${matching.length} suggestions, ${matching[0].label}`);
  }
  function choose(row) {
    const el = control(), text = el.value.slice(0, row.from) + row.insert + el.value.slice(Math.max(row.to, row.from));
    close();
    take(text, row.from + (row.caret ?? row.insert.length));
  }
  cleanup(() => { close(); list.remove(); });
  effect(() => { if (open()) list.querySelector(`#${id}-${at()}`)?.scrollIntoView({ block: 'nearest' }); });
  return {
    list, open,
    props: {
      'aria-autocomplete': 'list', 'aria-controls': () => (open() ? id : null),
      'aria-activedescendant': () => (open() ? `${id}-${at()}` : null),
    },
    // keydown reports whether the key was for the list.
    keydown: event => {
      if ((event.ctrlKey || event.metaKey) && event.key === ' ') { event.preventDefault(); suggest(true); return true; }
      if (!open.peek()) return false;
      const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
      if (step) { event.preventDefault(); move(step); return true; }
      if (event.key === 'Tab' && !touched) { close(); return false; } // it was only offered: Tab goes on to the next field
      if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey) { event.preventDefault(); event.stopPropagation(); choose(rows.peek()[at.peek()]); return true; }
      if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); close(); return true; }
      return false;
    },
    // typed narrows what is listed at once, and asks again.
    typed: () => {
      touched = true;
      clearTimeout(timer);
      turn++;
      const el = control(), caret = el.selectionStart;
      if (open.peek()) {
        known = known.filter(item => item.from <= caret).map(item => ({ ...item, to: Math.max(item.to, caret) }));
        offer(el, el.value, caret, false);
      }
      timer = setTimeout(() => suggest(false), 60);
    },
    suggest: () => suggest(true),
    close,
  };
  function move(step) {
    touched = true;
    const count = rows.peek().length;
    at.set((at.peek() + step + count) % count);
    announce(rows.peek()[at.peek()].label);
  }
}

// narrowed keeps the items that begin with what was typed, and behind them those that have it somewhere.
export function narrowed(items, text, caret) {
  const ranked = [];
  for (const item of items) {
    const typed = text.slice(item.from, caret).toLowerCase(), filter = (item.filter ?? item.label).toLowerCase();
    const place = filter.indexOf(typed);
    if (place >= 0) ranked.push([place === 0 ? 0 : 1, item]);
  }
  return [...ranked.filter(([rank]) => rank === 0), ...ranked.filter(([rank]) => rank === 1)].map(([, item]) => item);
}

// place puts the list below the control, or below the line of the cursor of a text area.
function place(list, el) {
  const box = el.getBoundingClientRect(), style = getComputedStyle(el);
  let x = box.left, bottom = box.bottom, top = box.top;
  if (el.tagName === 'TEXTAREA') {
    const before = el.value.slice(0, el.selectionStart).split('\n'), line = parseFloat(style.lineHeight);
    top = box.top + parseFloat(style.paddingTop) + (before.length - 1) * line;
    bottom = top + line;
    x = box.left + parseFloat(style.paddingLeft) + before.at(-1).length * characterWidth(style);
  }
  const width = list.offsetWidth, height = list.offsetHeight;
  list.style.setProperty('left', `${Math.max(8, Math.min(x, innerWidth - width - 8))}px`);
  list.style.setProperty('top', `${bottom + 4 + height <= innerHeight - 8 || top < height ? bottom + 4 : top - height - 4}px`);
}

let brush = null;
function characterWidth(style) {
  brush ??= document.createElement('canvas').getContext('2d');
  brush.font = style.font;
  return brush.measureText('0').width;
}

// suggestions asks the server what can be written in a member of a state: text is JSON, or with quoted the text of a
// string.
export async function suggestions(form, state, pointer, text, caret, quoted) {
  const whole = withMember(form.source(), form.definition.peek(), pointer, quoted ? JSON.stringify(text) : text || 'null');
  if (!whole) return [];
  const places = placesOf(text, whole.start, quoted);
  const { items } = await post('complete', { text: whole.text, format: 'JSON', pointer: '', offset: places[caret], data: dataFor(form, state) });
  const found = [];
  for (const item of items) {
    const about = { label: item.label, detail: item.detail, docs: item.docs };
    if (quoted && item.start === whole.start && item.end === places.at(-1) + 1 && item.insert.startsWith('"')) { // it is the whole text, with its quotes
      found.push({ ...about, filter: item.filter.replace(/^"|"$/g, ''), from: 0, to: text.length, insert: unquoted(item.insert.slice(1, -1)) });
      continue;
    }
    const from = places.indexOf(item.start), to = places.indexOf(item.end);
    if (from < 0 || to < 0) continue; // it is about more than this field
    const stop = item.stops[0], plain = part => (quoted ? unquoted(part) : part);
    found.push({ ...about, filter: item.filter, from, to, insert: plain(item.insert), caret: stop && plain(item.insert.slice(0, stop.start)).length });
  }
  return found;
}

// dataFor is what the server may know of the data of a state.
function dataFor(form, state) {
  const data = untrack(() => form.data.at(state));
  if (!data?.input) return {};
  const { input, result, errorOutput, variables, context } = data;
  return { [state]: { input, result, errorOutput, variables, context } };
}

function unquoted(part) { try { return JSON.parse(`"${part}"`); } catch { return part; } }

// placesOf gives for each place in a field's text the offset in the whole.
export function placesOf(text, start, quoted) {
  const places = [];
  let at = start + (quoted ? 1 : 0);
  for (let i = 0; i <= text.length; i++) {
    places.push(at);
    if (i < text.length) at += quoted && !/[\ud800-\udfff]/.test(text[i]) ? JSON.stringify(text[i]).length - 2 : 1;
  }
  return places;
}

// withMember writes a member into the text of a definition: {text, start}, where it starts; null if there is no place
// for it.
export function withMember(text, root, pointer, json) {
  const node = nodeAt(root, pointer);
  if (node) return { text: text.slice(0, node.from) + json + text.slice(node.to), start: node.from };
  const names = namesOf(pointer);
  for (let depth = names.length - 1; depth >= 0; depth--) {
    let holder = root;
    for (const name of names.slice(0, depth)) holder = memberOf(holder, name);
    if (holder?.type !== 'object' && holder?.type !== 'array') continue;
    const open = names.slice(depth).map((name, i) => (i === 0 && holder.type === 'array' || i > 0 && /^\d+$/.test(name) ? '' : `${JSON.stringify(name)}: `));
    let before = '', after = '';
    names.slice(depth).forEach((name, i) => {
      const inArray = i === 0 ? holder.type === 'array' : /^\d+$/.test(name);
      if (i > 0) { before += inArray ? '[' : '{'; after = (inArray ? ']' : '}') + after; }
      before += open[i];
    });
    const comma = (holder.entries ?? holder.items).length ? ', ' : '';
    const end = holder.to - 1;
    return { text: text.slice(0, end) + comma + before + json + after + text.slice(end), start: end + comma.length + before.length };
  }
  return null;
}

// formatted is a node as text; a string that is an expression stands without quotes.
export function formatted(node) {
  if (!node) return '';
  if (node.type === 'string') { const text = JSON.parse(node.text); if (isExpression(text)) return text; }
  return formatJSON(node);
}

export function isExpression(text) { return text.startsWith('{%') && text.endsWith('%}') && text.length >= 4; }
