// The keyboard: keys with a name and an action, which the page, a view or a dialog binds for as long as
// it is shown. The sheet on "?" lists what is bound now, so no key can be undocumented.

import { cleanup, h, signal } from './view.js';

const mac = /Mac|iPhone|iPad/.test(navigator.platform);
const layers = [[]]; // the uppermost layer wins; a dialog adds one
export const bound = signal([]);
let prefix = ''; // the first key of a sequence such as "g m"

// keys binds rows of [key, what it does, action]. A key is "j", "Enter", "?", "mod+k", "mod+shift+z", "alt+c", or a sequence "g m".
// An action may return false: the key is then left to the browser. The keys go with the scope that bound them.
export function keys(group, rows) {
  const layer = layers.at(-1);
  const added = rows.map(([key, label, run]) => ({ group, key, label, run }));
  layer.push(...added);
  refresh();
  const end = () => {
    for (const one of added) { const at = layer.indexOf(one); if (at >= 0) layer.splice(at, 1); }
    refresh();
  };
  cleanup(end);
  return end;
}

// keyLayer hides the keys below until the function that it returns is called.
export function keyLayer() {
  const layer = [];
  layers.push(layer);
  refresh();
  return () => { const at = layers.indexOf(layer); if (at > 0) layers.splice(at, 1); refresh(); };
}

function refresh() { bound.set([...layers.at(-1)]); }

// keyCaps shows a key as caps: "g m" as two, Ctrl+K as the platform writes it.
export function keyCaps(key) {
  return h('span.caps', null, key.split(/ (?=.)/).map(one => h('kbd.kbd', null, keyName(one))));
}

// keyName writes a key as the cap on the keyboard says.
export function keyName(key) {
  const name = key.replace('mod+', mac ? '⌘' : 'Ctrl ').replace('alt+', mac ? '⌥' : 'Alt ').replace('shift+', '⇧').replace('Arrow', '').replace('Enter', '↵').replace('Escape', 'Esc');
  return name.length === 1 && name >= 'A' && name <= 'Z' ? `⇧${name}` : name.replace(/(?<![a-z])[a-z]$/, letter => letter.toUpperCase());
}

addEventListener('keydown', event => {
  if (event.defaultPrevented || event.isComposing) return;
  const mod = event.ctrlKey || event.metaKey;
  // With Alt, the letter on the key counts: it may write another character.
  const key = event.altKey ? event.code.replace(/^Key/, '').toLowerCase() : event.key.length === 1 && mod ? event.key.toLowerCase() : event.key;
  const name = (mod ? 'mod+' : '') + (event.altKey ? 'alt+' : '') + (event.shiftKey && (key.length > 1 || mod) ? 'shift+' : '') + key;
  if (typing(event.target) && !/^mod\+|F\d+$/.test(name)) return;
  const layer = layers.at(-1);
  const found = prefix && layer.findLast(one => one.key === `${prefix} ${name}`) || layer.findLast(one => one.key === name);
  prefix = !found && layer.some(one => one.key.startsWith(`${name} `)) ? name : '';
  if (found && found.run(event) !== false) event.preventDefault();
});

function typing(el) {
  return el.matches?.('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]');
}
