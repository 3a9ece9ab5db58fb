// Menus and popups that hang from a button. The browser's popover closes them on
// Escape and on a click elsewhere.

import { append, effect, h, untrack } from '../core/view.js';
import { icon } from '../core/icon.js';

/** Opens a popup with what content(close) returns, below or above the button. */
export function popup(opener, label, content, kind = '') {
  const el = h('div.menu.keep', { popover: 'auto', role: 'dialog', 'aria-label': label, class: kind, 'data-testid': 'popup' });
  let end;
  const close = () => el.hidePopover();
  el.addEventListener('toggle', event => {
    if (event.newState !== 'closed') return;
    end();
    const had = el.contains(document.activeElement) || document.activeElement === document.body;
    el.remove();
    opener.setAttribute('aria-expanded', 'false');
    if (had && opener.isConnected) opener.focus();
  });
  end = effect(() => untrack(() => append(el, [content(close)])));
  document.body.append(el);
  el.showPopover();
  opener.setAttribute('aria-expanded', 'true');
  place(el, opener);
  (el.querySelector('[autofocus]') ?? el.querySelector('button, input, a'))?.focus();
  return close;
}

function place(el, opener) {
  const box = opener.getBoundingClientRect(), w = el.offsetWidth, ht = el.offsetHeight;
  const left = Math.max(8, Math.min(box.right - w, innerWidth - w - 8));
  const below = box.bottom + 4 + ht <= innerHeight - 8;
  el.style.setProperty('left', `${Math.max(8, box.left + w <= innerWidth - 8 && box.left + w / 2 < innerWidth / 2 ? box.left : left)}px`);
  el.style.setProperty('top', `${Math.max(8, Math.min(innerHeight - ht - 8, below ? box.bottom + 4 : box.top - ht - 4))}px`);
}

/**
 * A menu of actions. Items are {label, icon, run, id, title, disabled}, "-" for a
 * line, or a text for a heading.
 */
export function menu(opener, label, items) {
  popup(opener, label, close => {
    const list = h('div', { role: 'menu', 'aria-label': label, onkeydown: event => move(event, list) }, items.filter(Boolean).map(item => {
      if (item === '-') return h('hr', { role: 'separator' });
      if (typeof item === 'string') return h('div.mgrp', { role: 'presentation' }, item);
      return h('button.mi', { role: 'menuitem', 'data-testid': item.id, disabled: Boolean(item.disabled), title: item.title, onclick: () => { close(); item.run(); } },
        icon(item.icon ?? 'right', 14), h('span', null, item.label), item.note && h('span.end.xs', null, item.note));
    }));
    return list;
  });
}

function move(event, list) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const all = [...list.querySelectorAll('button:not(:disabled)')];
  const at = all.indexOf(document.activeElement);
  all[(at + step + all.length) % all.length]?.focus();
}

/** A button that opens a menu; items() is called when it opens. */
export function menuButton(content, props, items) {
  const el = h('button.btn', { 'aria-haspopup': 'menu', 'aria-expanded': 'false', ...props, onclick: () => menu(el, props['aria-label'] ?? props.title ?? 'Menu', items()) }, content);
  return el;
}
