// The comparisons of Choice rules in JSONPath, and a rule in words. Spec: "Choice State".

import { formatJSON } from '../../core/jsontext.js';
import { memberOf, textOf } from './definition.js';

const orders = [['Equals', 'is'], ['LessThan', 'is less than'], ['GreaterThan', 'is greater than'], ['LessThanEquals', 'is at most'], ['GreaterThanEquals', 'is at least']];

// comparisons are the operators in groups: {name, words, group, kind, path}. kind is the type of the value to compare
// with; path says that there is a form which compares with the value at a path.
export const comparisons = [
  ...['String', 'Numeric', 'Timestamp'].flatMap(type => orders.map(([suffix, words]) => ({
    name: type + suffix, words, path: true, kind: { String: 'text', Numeric: 'number', Timestamp: 'timestamp' }[type],
    group: { String: 'Text', Numeric: 'Number', Timestamp: 'Timestamp' }[type],
  }))),
  { name: 'StringMatches', words: 'matches the pattern', group: 'Text', kind: 'text', path: false },
  { name: 'BooleanEquals', words: 'is', group: 'Boolean', kind: 'boolean', path: true },
  ...[['IsPresent', 'is present'], ['IsNull', 'is null'], ['IsString', 'is a text'], ['IsNumeric', 'is a number'], ['IsBoolean', 'is a boolean'], ['IsTimestamp', 'is a timestamp']]
    .map(([name, words]) => ({ name, words, group: 'Type', kind: 'boolean', path: false })),
];
const byName = new Map(comparisons.flatMap(one => [[one.name, one], ...(one.path ? [[`${one.name}Path`, one]] : [])]));

// operatorOf is the operator of a comparison, {operator, one, node, path}, or null.
export function operatorOf(node) {
  for (const [key, value] of node?.type === 'object' ? node.entries : []) {
    const one = byName.get(key);
    if (one) return { operator: key, one, node: value, path: key !== one.name };
  }
  return null;
}

// shapeOf says what a test is: "And", "Or", "Not" or "compare".
export function shapeOf(node) { return ['And', 'Or', 'Not'].find(name => memberOf(node, name)) ?? 'compare'; }

// inWords tells a test or a rule: "$.total is greater than 100 and $.vip is true".
export function inWords(node, inner = false) {
  const condition = memberOf(node, 'Condition');
  if (condition) return (textOf(condition) ?? condition.text ?? '').replace(/^\{%\s*|\s*%\}$/g, '');
  const shape = shapeOf(node), held = memberOf(node, shape);
  if (shape === 'Not') return `not (${inWords(held)})`;
  if (shape === 'And' || shape === 'Or') {
    const words = (held.items ?? []).map(one => inWords(one, true)).join(shape === 'And' ? ' and ' : ' or ');
    return inner ? `(${words})` : words || 'nothing yet';
  }
  const found = operatorOf(node), variable = textOf(memberOf(node, 'Variable')) || '…';
  if (!found) return `${variable} …`;
  const { one } = found, value = found.node.type === 'string' && (found.path || one.kind !== 'text') ? textOf(found.node) : formatJSON(found.node).replace(/\s+/g, ' ');
  if (one.group === 'Type') return value === 'false' ? `${variable} ${one.words.replace(/^is/, 'is not')}` : `${variable} ${one.words}`;
  return `${variable} ${one.words} ${value}`;
}

// converted is the value that an operator begins with, made of that of the former one where it fits.
export function converted(value, kind) {
  if (kind === 'boolean') return value !== false && value !== 'false';
  if (kind === 'number') { const number = Number(value); return Number.isFinite(number) && value !== '' && typeof value !== 'boolean' ? number : 0; }
  if (kind === 'timestamp') return /^\d{4}-\d\d-\d\dT/.test(value) ? value : '2030-01-01T00:00:00Z';
  return typeof value === 'boolean' || value == null ? '' : String(value);
}
