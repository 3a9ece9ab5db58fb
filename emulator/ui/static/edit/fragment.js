// States of a definition as a text of its own, as they are written.

import { parseJSON } from '../core/jsontext.js';
import { pointerParts } from '../graph/state.js';

/** The text of states of a definition (JSON) as a definition of its own, values as they are written; "" if there are none. */
export function fragmentOf(definition, pointers) {
  const { node } = parseJSON(definition);
  const states = pointers.map(pointer => {
    let at = node;
    for (const part of pointerParts(pointer)) at = at?.type === 'object' ? at.entries.find(([key]) => key === part)?.[1] : at?.items?.[Number(part)];
    return at && [pointerParts(pointer).at(-1), definition.slice(at.from, at.to)];
  }).filter(Boolean);
  if (!states.length) return '';
  return `{\n  "StartAt": ${JSON.stringify(states[0][0])},\n  "States": {\n${states.map(([name, text]) => `    ${JSON.stringify(name)}: ${text}`).join(',\n')}\n  }\n}`;
}
