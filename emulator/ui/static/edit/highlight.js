// Colours for a line of JSON or YAML: it is cut into [class, text]. Classes: k key, s string, n number, l literal,
// x expression, c comment, t tag, anchor or substitution, p the rest. The text may be half-typed.

// Within a string, {% … %} is an expression and ${…} a substitution.
const special = /(\{%.*?(?:%\}|$))|(\$\{[^}]*\}?)/g;

function quoted(kind, text, out) {
  let at = 0;
  for (const found of text.matchAll(special)) {
    if (found.index > at) out.push([kind, text.slice(at, found.index)]);
    out.push([found[1] ? 'x' : 't', found[0]]);
    at = found.index + found[0].length;
  }
  if (at < text.length) out.push([kind, text.slice(at)]);
}

const json = /("(?:[^"\\]|\\.)*"?)(\s*:)?|(-?\d[\d.eE+-]*)|\b(true|false|null)\b|[^"\-\dtfn]+|./g;

function jsonTokens(line) {
  const out = [];
  for (const [all, string, colon, number, literal] of line.matchAll(json)) {
    if (string !== undefined) {
      if (colon === undefined) quoted('s', string, out);
      else out.push(['k', string], ['p', colon]);
    } else out.push([number ? 'n' : literal ? 'l' : 'p', all]);
  }
  return out;
}

const blank = /^\s*/, item = /^(?:-\s+|-$)/, comment = /^(.*?)(\s#.*)$/;
const key = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#&*!|>%@`"'{}[\],?-][^#]*?|-[^\s#][^#]*?)(\s*:)(?=\s|$)/;
const mark = /^([!&*][^\s,\]}]*)(\s*)/;

// yamlTokens cuts a line of YAML. inBlock: the line belongs to the text of a block ("|").
function yamlTokens(line, inBlock) {
  const out = [];
  if (inBlock) { quoted('s', line, out); return out; }
  let rest = line;
  const take = (kind, text) => { if (text) out.push([kind, text]); rest = rest.slice(text.length); };
  take('p', blank.exec(rest)[0]);
  if (rest.startsWith('#')) { take('c', rest); return out; }
  if (/^(---|\.\.\.|%)/.test(line)) { take('p', rest); return out; }
  for (let found = item.exec(rest); found; found = item.exec(rest)) take('p', found[0]);
  const named = key.exec(rest);
  if (named) { take('k', named[1]); take('p', named[2]); take('p', blank.exec(rest)[0]); }
  for (let found = mark.exec(rest); found; found = mark.exec(rest)) { take('t', found[1]); take('p', found[2]); }
  yamlValue(rest, out);
  return out;
}

function yamlValue(text, out) {
  if (/^["'[{]/.test(text)) { flow(text, out); return; }
  const cut = comment.exec(text), content = cut ? cut[1] : text.startsWith('#') ? '' : text, note = text.slice(content.length);
  if (/^[|>]/.test(content)) out.push(['p', content]);
  else if (/^-?(\d[\d_]*)(\.\d+)?([eE][+-]?\d+)?$/.test(content.trim())) out.push(['n', content]);
  else if (/^(true|false|null|~)$/i.test(content.trim())) out.push(['l', content]);
  else if (content) quoted('s', content, out);
  if (note) out.push(['c', note]);
}

const flowing = /("(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?)(\s*:(?=\s|$|[,\]}]))?|(\s#.*$)|(-?\d[\d.eE+-]*)(?=[\s,\]}]|$)|\b(true|false|null)\b|([A-Za-z_][\w .$-]*?)(\s*:(?=\s|$))|([!&*][\w.:-]+)|[\w$][^,\]}:"'#\s]*|./g;

function flow(text, out) {
  for (const [all, string, colon, note, number, literal, name, after, tag] of text.matchAll(flowing)) {
    if (string !== undefined) {
      if (colon === undefined) quoted('s', string, out);
      else out.push(['k', string], ['p', colon]);
    } else if (name !== undefined) out.push(['k', name], ['p', after]);
    else out.push([note ? 'c' : number ? 'n' : literal ? 'l' : tag ? 't' : /^[\w$]/.test(all) ? 's' : 'p', all]);
  }
}

// inBlockAt tells which of some lines of YAML belong to blocks. It looks back a little, so that a long text costs
// no more than a short one.
const lookBack = 300;
function blocks(lines, from, to) {
  const inside = [];
  let indent = -1; // of the line whose value the block is
  for (let at = Math.max(0, from - lookBack); at < to; at++) {
    const line = lines[at], depth = blank.exec(line)[0].length;
    if (indent >= 0 && line.trim() && depth <= indent) indent = -1;
    if (at >= from) inside.push(indent >= 0);
    if (indent < 0 && /(?:^|[:\-?]\s+(?:[!&]\S+\s+)*)[|>][-+\d]*(?:\s+#.*)?$/.test(line)) indent = depth + (/^\s*((?:-\s+)+)\S.*:/.exec(line)?.[1].length ?? 0);
  }
  return inside;
}

// highlight cuts the lines from … to (not included) of a text into tokens.
export function highlight(lines, from, to, format) {
  if (format === 'JSON') return lines.slice(from, to).map(jsonTokens);
  const inside = blocks(lines, from, Math.min(to, lines.length));
  return lines.slice(from, to).map((line, i) => yamlTokens(line, inside[i]));
}
