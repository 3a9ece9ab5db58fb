// Copy, cut and paste of states as JSON: by the clipboard of the system where the browser allows
// it, so that states go from one machine, window or file to another; else within this browser.

import { cleanup } from '../core/view.js';
import { parseJSON } from '../core/jsontext.js';
import { recall, remember } from '../core/memory.js';
import { plural } from '../core/time.js';
import { fragmentOf } from './fragment.js';

/** The states of a document as text, in the order in which they are written. */
export function textOfStates(store, pointers) {
  const places = store.draft.peek()?.states ?? {};
  return fragmentOf(store.draft.peek()?.definition ?? '', [...pointers].sort((a, b) => (places[a]?.start ?? 0) - (places[b]?.start ?? 0)));
}

/** Copies states without an event of the browser; gives whether that was possible. */
export async function copySelection(board, pointers) {
  const text = textOfStates(board.store, pointers);
  if (!text) return false;
  remember('clipboard', text);
  try { await navigator.clipboard.writeText(text); } catch { /* it stays within this browser */ }
  return true;
}

/** What is on the clipboard; if the browser does not tell, what was copied here last. */
export async function readClipboard() {
  try { return await navigator.clipboard.readText() || recall('clipboard', ''); } catch { return recall('clipboard', ''); }
}

/** Pastes a fragment behind the selection, or on the selected transition. The server says what is wrong with it. */
export function pasteText(board, text) {
  const { node } = parseJSON(text.trim());
  const states = node?.type === 'object' && node.entries.find(([key]) => key === 'States')?.[1];
  return board.insert({ label: states?.entries ? plural(states.entries.length, 'state') : 'The clipboard', icon: 'copy', text: text.trim() });
}

/** Lets the keys of the system for copy, cut and paste act on the canvas while it has the focus. */
export function bindClipboard(board) {
  const { store } = board;
  const mine = () => board.holdsFocus() && !document.activeElement.matches('input, textarea') && String(document.getSelection()) === '';
  const take = cuts => event => {
    const list = board.actions.outermost(store.selection.peek());
    if (!mine() || !list.length) return;
    const text = textOfStates(store, list);
    if (!text) return;
    event.clipboardData.setData('text/plain', text);
    event.preventDefault();
    remember('clipboard', text);
    if (cuts) board.run([{ op: 'delete', states: list }], `${plural(list.length, 'state')} cut`);
  };
  const copy = take(false), cut = take(true);
  const paste = event => {
    if (!mine()) return;
    event.preventDefault();
    const text = event.clipboardData.getData('text/plain') || recall('clipboard', '');
    if (text) pasteText(board, text);
  };
  document.addEventListener('copy', copy);
  document.addEventListener('cut', cut);
  document.addEventListener('paste', paste);
  cleanup(() => { document.removeEventListener('copy', copy); document.removeEventListener('cut', cut); document.removeEventListener('paste', paste); });
}
