// The palette (Ctrl+K): one field that finds pages, machines, executions and commands.

import { cleanup, computed, effect, h, signal } from './core/view.js';
import { get } from './core/api.js';
import { allCommands } from './core/commands.js';
import { dialog } from './core/dialog.js';
import { icon } from './core/icon.js';
import { keyCaps } from './core/keys.js';
import { go } from './core/router.js';
import { server } from './core/server.js';
import { statusIcon, statusName, statusWord } from './core/status.js';
import { setTheme } from './core/theme.js';
import { ago } from './core/time.js';
import { createMachine } from './create.js';

const places = [
  ['Start', '', 'logo', 'g h'], ['Machines', 'machines', 'graph', 'g m'], ['Executions', 'executions', 'list', 'g e'],
  ['Tasks', 'tasks', 'activity', 'g t'], ['Settings', 'settings', 'columns', 'g s'],
].map(([label, to, sign, key]) => ({ group: 'Go to', label, icon: sign, key, run: () => go(...[to].filter(Boolean)) }));
const doing = [
  { group: 'Do', label: 'New machine', icon: 'plus', writes: true, run: () => createMachine() },
  { group: 'Do', label: 'Draw a new machine', icon: 'edit', writes: true, run: () => go('edit', 'new') },
  { group: 'Do', label: 'Show failed executions', icon: 'filter', run: () => go('executions', { status: 'FAILED' }) },
  { group: 'Do', label: 'Look at a history exported from AWS', icon: 'upload', run: () => go('x') },
];
const themes = ['auto', 'light', 'dark'].map(name => ({ group: 'Theme', label: `Theme: ${name}`, icon: 'theme', run: () => setTheme(name) }));

let open = false;

export async function palette() {
  if (open) return;
  open = true;
  const chosen = await dialog('Search or run a command', content, 'palette');
  open = false;
  chosen?.run();
}

function content(close) {
  const text = signal(''), at = signal(0), found = signal([]);
  effect(() => {
    const q = text().trim();
    at.set(0);
    if (!q) return found.set([]);
    const abort = new AbortController(), wait = setTimeout(() => {
      get('executions', { q, limit: 8 }, abort.signal).then(list => found.set(list.executions), () => found.set([]));
    }, 120);
    cleanup(() => { clearTimeout(wait); abort.abort(); });
  });
  const items = computed(() => {
    const words = text().toLowerCase().split(/\s+/).filter(Boolean);
    const fits = label => words.every(word => label.toLowerCase().includes(word));
    const machines = server.machines()?.machines ?? [];
    return [
      ...allCommands(),
      ...places,
      ...machines.map(m => ({ group: 'Machines', label: m.name, icon: 'graph', run: () => go('machine', m.arn) })),
      ...(server.overview()?.readOnly ? [] : machines.map(m => ({
        group: 'Start execution', label: `Run ${m.name}`, icon: 'play', run: () => go('machine', m.arn, { run: 1 }),
      }))),
      ...doing.filter(item => !item.writes || !server.overview()?.readOnly),
      ...themes,
    ].filter(item => fits(`${item.label} ${item.group}`)).slice(0, 60).concat(found().map(one => ({
      group: 'Executions', label: one.name, status: one.status, hint: `${one.machineName} · ${ago(one.started)}`, run: () => go('x', one.arn),
    }))).map((item, i) => ({ ...item, id: `palette-${i}`, i }));
  });
  const groups = computed(() => [...Map.groupBy(items(), item => item.group)]);
  const move = by => at.set((at.peek() + by + items().length) % Math.max(1, items().length));
  const onkeydown = event => {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (steps[event.key]) move(steps[event.key]);
    else if (event.key === 'Enter') { if (items()[at()]) close(items()[at()]); } else return;
    event.preventDefault();
    document.getElementById(`palette-${at()}`)?.scrollIntoView({ block: 'nearest' });
  };
  return [
    h('div.pal-in', null, icon('search'), h('input', {
      'data-testid': 'palette-input', autofocus: true, role: 'combobox', 'aria-expanded': 'true', 'aria-controls': 'palette-list', 'aria-autocomplete': 'list',
      'aria-label': 'Search or run a command', 'aria-activedescendant': () => (items().length ? `palette-${at()}` : null),
      placeholder: 'Search or run a command', autocomplete: 'off', spellcheck: 'false',
      oninput: event => text.set(event.target.value), onkeydown,
    }), h('kbd.kbd', null, 'Esc')),
    h('div.pal', { id: 'palette-list', role: 'listbox', 'aria-label': 'Results', 'data-testid': 'palette-list' },
      () => groups().map(([group, rows]) => h('div', { role: 'group', 'aria-label': group },
        h('div.mgrp', { 'aria-hidden': 'true' }, group),
        rows.map(item => option(item, at, text, close))))),
    () => !items().length && h('p.empty', { role: 'status' }, `Nothing matches “${text()}”.`),
  ];
}

function option(item, at, text, close) {
  return h('div.mi', {
    id: item.id, role: 'option', 'data-testid': 'palette-item', 'aria-selected': () => String(at() === item.i),
    class: () => at() === item.i && 'is-hover', onclick: () => close(item), onmousemove: () => at.set(item.i),
  },
  item.status ? h('span.stat', { class: `is-${statusName(item.status)}` }, statusIcon(item.status), h('span.vh', null, statusWord(item.status))) : icon(item.icon ?? 'right', 14),
  h('span.trunc', null, marked(item.label, text().trim().split(/\s+/)[0])),
  h('span.end.xs.t3.nowrap', null, item.hint), item.key && keyCaps(item.key));
}

// marked shows the first place of a word in a text.
function marked(text, word) {
  const from = word ? text.toLowerCase().indexOf(word.toLowerCase()) : -1;
  if (from < 0) return text;
  return [text.slice(0, from), h('span.hit', null, text.slice(from, from + word.length)), text.slice(from + word.length)];
}
