// JSON text as a tree that forgets nothing: numbers keep their digits, objects the order and the repetition
// of their keys. JSON.parse would lose both, and tells no line.

const depth = 500; // of nesting; deeper text is an error, not a crash

// parseJSON reads text. It gives {node} or {error: {message, offset, line, column}}; lines and columns count from 1.
// A node is {type, text} for a string, number, true, false or null (text as written), or {type: "object", entries:
// [[key, node], …]} or {type: "array", items: [node, …]}; each has from and to, offsets in the text.
export function parseJSON(text) {
  const reader = { text, at: 0 };
  try {
    space(reader);
    const node = value(reader, 0);
    space(reader);
    if (reader.at < text.length) fail(reader, `unexpected ${shown(reader)} after the value`);
    return { node };
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    const before = text.slice(0, error.offset).split('\n');
    return { error: { message: error.message, offset: error.offset, line: before.length, column: before.at(-1).length + 1 } };
  }
}

class Mistake extends Error {
  constructor(message, offset) { super(message); this.offset = offset; }
}
function fail(reader, message, at = reader.at) { throw new Mistake(message, at); }
function shown(reader) {
  const c = String.fromCodePoint(reader.text.codePointAt(reader.at) ?? 32);
  return reader.at >= reader.text.length ? 'the end of the text' : `“${c}”`;
}

const blank = /[ \t\r\n]*/y, numeral = /-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y, word = /true|false|null/y;
const string = /"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

function match(reader, pattern) {
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.text)?.[0];
  if (found !== undefined) reader.at += found.length;
  return found;
}
function space(reader) { match(reader, blank); }
function take(reader, c) {
  if (reader.text[reader.at] !== c) return false;
  reader.at++;
  space(reader);
  return true;
}

function value(reader, level) {
  if (level > depth) fail(reader, `more than ${depth} levels of nesting`);
  const from = reader.at, c = reader.text[from];
  const node = c === '{' ? object(reader, level) : c === '[' ? array(reader, level) : scalar(reader);
  return { ...node, from, to: reader.at };
}

function scalar(reader) {
  const c = reader.text[reader.at];
  if (c === '"') return { type: 'string', text: quoted(reader) };
  const literal = match(reader, word);
  if (literal) return { type: literal === 'null' ? 'null' : 'boolean', text: literal };
  const number = match(reader, numeral);
  if (number) return { type: 'number', text: number };
  return fail(reader, `expected a value, got ${shown(reader)}`);
}

function quoted(reader) {
  const from = reader.at, found = match(reader, string);
  if (found) return found;
  return fail(reader, 'a string that is not closed, or has a character that must be escaped', from);
}

function object(reader, level) {
  const entries = [];
  take(reader, '{');
  while (reader.text[reader.at] !== '}') {
    if (entries.length && !take(reader, ',')) fail(reader, `expected a comma or “}”, got ${shown(reader)}`);
    if (reader.text[reader.at] !== '"') fail(reader, `expected a key in quotes, got ${shown(reader)}`);
    const key = JSON.parse(quoted(reader));
    space(reader);
    if (!take(reader, ':')) fail(reader, `expected a colon after the key, got ${shown(reader)}`);
    entries.push([key, value(reader, level + 1)]);
    space(reader);
  }
  reader.at++;
  return { type: 'object', entries };
}

function array(reader, level) {
  const items = [];
  take(reader, '[');
  while (reader.text[reader.at] !== ']') {
    if (items.length && !take(reader, ',')) fail(reader, `expected a comma or “]”, got ${shown(reader)}`);
    items.push(value(reader, level + 1));
    space(reader);
  }
  reader.at++;
  return { type: 'array', items };
}

// formatJSON writes a node over several lines, two spaces a level; values stay as they were written.
export function formatJSON(node, indent = '') {
  const inner = `${indent}  `;
  if (node.type === 'object') {
    if (!node.entries.length) return '{}';
    return `{\n${node.entries.map(([key, one]) => `${inner}${JSON.stringify(key)}: ${formatJSON(one, inner)}`).join(',\n')}\n${indent}}`;
  }
  if (node.type === 'array') {
    if (!node.items.length) return '[]';
    return `[\n${node.items.map(one => inner + formatJSON(one, inner)).join(',\n')}\n${indent}]`;
  }
  return node.text;
}

// pretty formats JSON text; text that is not JSON is given back as it is.
export function pretty(text) {
  const { node } = parseJSON(text);
  return node ? formatJSON(node) : text;
}

// tokensOf cuts a text into [class, text] for colouring: k key, s string, n number, l literal, p the rest.
// It works on text that is not (yet) JSON too.
export function tokensOf(text) {
  const tokens = [];
  const pattern = /("(?:[^"\\\n]|\\.)*"?)(\s*:)?|(-?\d[\d.eE+-]*)|(true|false|null)|[^"\-\dtfn]+|./gs;
  for (const [all, quotes, colon, number, literal] of text.matchAll(pattern)) {
    if (quotes !== undefined) {
      tokens.push([colon === undefined ? (/^"\{%/.test(quotes) ? 'x' : 's') : 'k', quotes]);
      if (colon) tokens.push(['p', colon]);
    } else tokens.push([number ? 'n' : literal ? 'l' : 'p', all]);
  }
  return tokens;
}
