// The palette: what can be put into the machine, to drag onto the canvas or to click.

import { cleanup, computed, effect, h, signal, untrack } from '../core/view.js';
import { get } from '../core/api.js';
import { icon } from '../core/icon.js';
import { sheet } from '../core/sheet.js';
import { popup } from '../execution/menu.js';
import { dropSnippet, found, groupsOf } from './pieces.js';

const sheets = ['../graph/graph.css', './canvas.css'].map(name => sheet(name, import.meta.url));

const few = 8; // services that are shown at first

/** The slot of the palette. ed.board is the canvas, once it is there. */
export function palette(store, ed) {
  const text = signal(''), opened = signal(new Set()), all = signal(false); // services that are open; all services are shown
  const groups = searched(store, ed, text);
  const plain = computed(() => !text().trim());
  const field = h('input', {
    type: 'search', 'data-testid': 'palette-find', 'aria-label': 'Find a state, service or pattern', placeholder: 'Find a state or service', autocomplete: 'off', spellcheck: 'false',
    value: text, oninput: event => text.set(event.target.value), onkeydown: event => fieldKey(event),
  });
  const list = h('div.plt-list', null, () => {
    if (!groups().length) return h('p.plt-none', { role: 'status' }, text() ? `Nothing is called “${text()}”.` : '');
    return groups().map(group => h('section.plt-group', { 'aria-label': group.title, class: `plt-group--${group.title.toLowerCase().replace(/\W+/g, '-')}` },
      h('h2.mgrp', null, group.title),
      h('div', { class: plain() && group.title === 'Flow' ? 'plt-tiles' : 'plt-rows' }, shownOf(group).map(piece => row(piece, plain() && group.title === 'Flow'))),
      shownOf(group).length < group.pieces.length && h('button.plt-all', { 'data-testid': 'all-services', onclick: () => all.set(true) }, `All ${group.pieces.length} services`)));
  });
  ed.functions.findPiece = () => {
    if (!field.checkVisibility()) return false;
    field.focus();
    field.select();
    return true;
  };

  function shownOf(group) { return plain() && group.title === 'Services' && !all() ? group.pieces.slice(0, few) : group.pieces; }
  function fieldKey(event) {
    if (event.key === 'ArrowDown') { event.preventDefault(); list.querySelector('.plt-item')?.focus(); }
    if (event.key === 'Enter') { const first = groups()[0]?.pieces[0]; if (first && text().trim()) { event.preventDefault(); use(first); } }
    if (event.key === 'Escape' && text()) { event.preventDefault(); event.stopPropagation(); text.set(''); }
  }
  function use(piece) { ed.board?.insert(piece); }

  function row(piece, tile) {
    const id = `piece-${piece.id}`;
    const button = h(`button.plt-item${tile ? '.plt-item--tile' : ''}`, {
      'data-testid': id, 'aria-label': piece.detail && !tile ? `${piece.label}, ${piece.detail}` : piece.label, title: `${piece.detail || piece.label}. Drag it to its place, or press Enter to add it after the selected state, M to choose the place`,
      onclick: () => use(piece), onpointerdown: event => ed.board?.dragPiece(event, piece), onkeydown: event => rowKey(event, piece),
    }, tile ? icon(piece.icon, 20) : h('span.tile.tile--sm', null, icon(piece.icon, 14)), h('span.plt-name.trunc', null, piece.label), !tile && h('span.plt-grip', { 'aria-hidden': 'true' }, icon('drag', 14)));
    if (piece.mine) return h('div.plt-row', null, button, h('button.btn.btn--ghost.btn--sm.btn--icon.plt-more', { 'aria-label': `Forget ${piece.label}`, title: 'Forget this snippet', 'data-testid': `forget-${piece.label}`, onclick: () => dropSnippet(piece.label) }, icon('close', 12)));
    if (!piece.more) return button;
    const open = () => opened().has(piece.id);
    return h('div.plt-service', null,
      h('div.plt-row', null, button, h('button.btn.btn--ghost.btn--sm.btn--icon.plt-more', {
        'data-testid': `more-${piece.id}`, 'aria-label': `Actions of ${piece.label}`, title: `${piece.more.length} actions`, 'aria-expanded': () => String(open()),
        onclick: () => opened.update(now => { const next = new Set(now); if (!next.delete(piece.id)) next.add(piece.id); return next; }),
      }, () => icon(open() ? 'up' : 'down', 12))),
      () => open() && h('div.plt-actions', null, piece.more.map(one => row({ ...one, label: one.label.slice(piece.label.length + 1) || one.label, id: one.id }, false))));
  }

  function rowKey(event, piece) {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const all = [...list.querySelectorAll('.plt-item')].filter(one => one.checkVisibility()), next = all[all.indexOf(event.currentTarget) + (event.key === 'ArrowDown' ? 1 : -1)];
      (next ?? field).focus();
    } else if (event.key === 'm' && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      event.stopPropagation();
      ed.board?.pickUp(piece);
    }
  }

  return () => sheets.every(ready => ready()) && h('div.plt', null,
    h('div.plt-find', null, h('div.in.in--ghost', null, icon('search', 14), field, h('kbd.kbd', { 'aria-hidden': 'true' }, '/'))),
    h('button.plt-open.btn.btn--ghost.btn--icon', { 'data-testid': 'palette-search', 'aria-label': 'Find a state, service or pattern', title: 'Find a state, service or pattern (/)', onclick: event => ed.board && pick(store, ed, event.currentTarget, 'Add a state', piece => ed.board.insert(piece)) }, icon('search')),
    list);
}

/** The groups of pieces that fit a text, with what the server finds in the AWS SDK. */
function searched(store, ed, text) {
  const sdk = signal([]);
  const language = computed(() => (store.definition()?.QueryLanguage ?? store.file().language) || 'JSONPath');
  const all = computed(() => (ed.catalog.data() ? groupsOf(ed.catalog.data(), language()) : []));
  effect(() => {
    const q = text().trim();
    if (q.length < 3) { sdk.set([]); return; }
    const abort = new AbortController(), wait = setTimeout(() => get('catalog', { q }, abort.signal).then(answer => sdk.set(answer.sdk), () => sdk.set([])), 150);
    cleanup(() => { clearTimeout(wait); abort.abort(); });
  });
  return computed(() => (text().trim() ? found(all(), text(), sdk(), language()) : all()));
}

/** Lets the user choose a piece in a popup at an opener. */
export function pick(store, ed, opener, label, choose) {
  popup(opener, label, close => {
    const text = signal(''), at = signal(0);
    const groups = searched(store, ed, text);
    const list = computed(() => groups().flatMap(group => group.pieces.map(piece => ({ piece, title: group.title }))).slice(0, 120).map((one, i) => ({ ...one, i })));
    effect(() => { text(); at.set(0); });
    const take = one => { if (one) { close(); choose(one.piece); } };
    const key = event => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) at.set((at.peek() + step + list().length) % Math.max(1, list().length));
      else if (event.key === 'Enter') take(list()[at()]);
      else return;
      event.preventDefault();
      document.getElementById(`pick-${at()}`)?.scrollIntoView({ block: 'nearest' });
    };
    return [
      h('div.in', null, icon('search', 14), h('input', {
        autofocus: true, role: 'combobox', 'data-testid': 'pick-find', 'aria-label': label, 'aria-expanded': 'true', 'aria-controls': 'pick-list', 'aria-autocomplete': 'list', placeholder: label, autocomplete: 'off', spellcheck: 'false',
        'aria-activedescendant': () => (list().length ? `pick-${at()}` : null), oninput: event => text.set(event.target.value), onkeydown: key,
      })),
      h('div.plist', { id: 'pick-list', role: 'listbox', 'aria-label': label, tabindex: -1 }, () => [...Map.groupBy(list(), one => one.title)].map(([title, rows]) => h('div', { role: 'group', 'aria-label': title }, h('div.mgrp', { 'aria-hidden': 'true' }, title),
        untrack(() => rows.map(one => h('div.mi', {
          role: 'option', id: `pick-${one.i}`, 'data-testid': `pick-${one.piece.id}`, 'aria-selected': () => String(at() === one.i), class: () => at() === one.i && 'is-hover', onclick: () => take(one),
        }, h('span.tile.tile--sm', null, icon(one.piece.icon, 14)), h('span.trunc', null, one.piece.label), h('span.end.xs.t3.trunc', null, one.piece.detail))))))),
      () => !list().length && h('p.sm.t3', { role: 'status' }, ed.catalog.loading() ? 'Reading the catalog …' : 'Nothing is called that.'),
    ];
  }, 'pick');
}
