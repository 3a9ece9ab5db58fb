// A JSON value in a line: enough to tell one from its neighbours.

import { parseJSON } from './jsontext.js';
import { plural, size } from './time.js';

const longest = 16 * 1024; // bytes of a text that is looked at
const shown = 5; // members
const word = 40; // characters of a text in it

// summaryOf writes JSON text in a line: "id A-17 · total 42 · items [3]". Texts and numbers come before
// what has members of its own; "" for no text; more than 16 KiB are only counted.
export function summaryOf(text) {
  if (!text) return '';
  if (text.length > longest) return `${size(text.length)} of JSON`;
  const { node } = parseJSON(text);
  if (!node) return text.slice(0, word);
  if (node.type === 'array') return `[${plural(node.items.length, 'item')}]${node.items.length ? ` ${brief(node.items[0])}` : ''}`;
  if (node.type !== 'object') return brief(node);
  const inner = child => child.type === 'object' || child.type === 'array';
  const members = [...node.entries.filter(([, child]) => !inner(child)), ...node.entries.filter(([, child]) => inner(child))];
  const line = members.slice(0, shown).map(([name, child]) => `${name} ${brief(child)}`).join(' · ');
  return members.length > shown ? `${line} · …` : line || '{}';
}

function brief(node) {
  if (node.type === 'object') return `{${node.entries.length}}`;
  if (node.type === 'array') return `[${node.items.length}]`;
  const text = node.type === 'string' ? JSON.parse(node.text) : node.text;
  return text.length > word ? `${text.slice(0, word)}…` : text;
}
