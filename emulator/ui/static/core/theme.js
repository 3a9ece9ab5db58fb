// The theme: as the system has it ("auto"), or the one that was chosen, which the browser remembers.

import { signal } from './view.js';

const themes = ['auto', 'light', 'dark'];
const key = 'aslocal.theme'; // theme.js reads it before the first paint

export const theme = signal(document.documentElement.dataset.theme ?? 'auto');

export function setTheme(name) {
  theme.set(name);
  if (name === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
  try { localStorage.setItem(key, name); } catch { /* storage is off: it holds for this page */ }
}

export function nextTheme() { setTheme(themes[(themes.indexOf(theme.peek()) + 1) % themes.length]); }
