// Puts two changes of one text together, if they touch different lines.

import { post } from '../core/api.js';

/** The text with both changes; null if they touch the same lines. */
export async function merge(base, mine, theirs) {
  const [a, b] = await Promise.all([mine, theirs].map(async after => hunks(await post('compare', { before: base, after, format: 'text' }))));
  return mergeHunks(base, a, b);
}

// hunks are the places of a comparison that differ: {from, to, added}, in lines of the text before.
export function hunks({ parts }) {
  const list = [];
  let line = 0;
  for (const part of parts) {
    if (!part.same.length) list.push({ from: line, to: line + part.removed.length, added: part.added });
    line += part.same.length + part.removed.length;
  }
  return list;
}

export function mergeHunks(base, a, b) {
  for (const one of a) {
    for (const other of b) {
      const same = one.from === other.from && one.to === other.to && one.added.join('\n') === other.added.join('\n');
      if (!same && one.from <= other.to && other.from <= one.to) return null;
    }
  }
  const lines = base.split('\n'), all = [...a, ...b.filter(other => !a.some(one => one.from === other.from))].sort((x, y) => y.from - x.from);
  for (const { from, to, added } of all) lines.splice(from, to - from, ...added);
  return lines.join('\n');
}
