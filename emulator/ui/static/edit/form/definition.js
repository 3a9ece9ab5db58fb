// The definition of a draft as a tree of JSON, and the edits that set and remove its members.

import { formatJSON, parseJSON } from '../../core/jsontext.js';

// pointerOf adds names to a JSON pointer (RFC 6901).
export function pointerOf(base, ...names) {
  return base + names.map(name => `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

// namesOf cuts a JSON pointer into the names on its way.
export function namesOf(pointer) {
  return pointer.split('/').slice(1).map(name => name.replaceAll('~1', '/').replaceAll('~0', '~'));
}

// parentOf is the pointer of what holds the member of a pointer.
export function parentOf(pointer) { return pointer.slice(0, Math.max(0, pointer.lastIndexOf('/'))); }

// memberOf is the member of an object or array, or undefined. Of keys that come twice the last counts.
export function memberOf(node, name) {
  if (node?.type === 'object') return node.entries.findLast(([key]) => key === name)?.[1];
  return node?.type === 'array' && /^\d+$/.test(name) ? node.items[Number(name)] : undefined;
}

// nodeAt is the node that a pointer leads to, or undefined.
export function nodeAt(root, pointer) {
  let node = root;
  for (const name of namesOf(pointer)) node = memberOf(node, name);
  return node;
}

// textOf is the text of a string node, otherwise undefined.
export function textOf(node) { return node?.type === 'string' ? JSON.parse(node.text) : undefined; }

// valueOf makes a value for JSON.stringify. Numbers keep their digits where the browser can do that.
export function valueOf(node) {
  switch (node.type) {
    case 'object': return Object.fromEntries(node.entries.map(([key, one]) => [key, valueOf(one)]));
    case 'array': return node.items.map(valueOf);
    case 'number': return numberOf(node.text);
  }
  return JSON.parse(node.text);
}

// numberOf is a number for JSON.stringify, which writes it as it is written here.
export function numberOf(text) { return JSON.rawJSON ? JSON.rawJSON(text) : Number(text); }

// parsed reads JSON text as a value for JSON.stringify; {value} or {problem}.
export function parsed(text) {
  const { node, error } = parseJSON(text);
  return node ? { value: valueOf(node) } : { problem: `line ${error.line}, column ${error.column}: ${error.message}` };
}

// setEdits are the edits that give a member a value. Objects and arrays that are missing on the way are made.
export function setEdits(root, pointer, value) {
  const names = namesOf(pointer);
  let node = root, depth = 0;
  while (depth < names.length - 1 && memberOf(node, names[depth])) node = memberOf(node, names[depth++]);
  let whole = value;
  for (const name of names.slice(depth + 1).reverse()) whole = /^\d+$/.test(name) ? [whole] : { [name]: whole };
  return [{ op: 'set', pointer: pointerOf('', ...names.slice(0, depth + 1)), value: whole }];
}

// changeEdits are the edits that make of a member what a value is. Objects are gone through, so that members which
// stay the same are not touched; so are arrays of the same length.
export function changeEdits(root, pointer, value) {
  const node = nodeAt(root, pointer);
  if (!node) return setEdits(root, pointer, value);
  const wanted = parseJSON(JSON.stringify(value)).node;
  const edits = [];
  const compare = (at, old, now) => {
    if (formatJSON(old) === formatJSON(now)) return;
    if (old.type === 'object' && now.type === 'object' && old.entries.length && now.entries.length) {
      const there = new Map(now.entries), before = new Map(old.entries);
      if (![...there.keys()].some(key => before.has(key))) { edits.push({ op: 'set', pointer: at, value: valueOf(now) }); return; }
      for (const key of before.keys()) if (!there.has(key)) edits.push({ op: 'remove', pointer: pointerOf(at, key) });
      for (const [key, one] of there) {
        if (before.has(key)) compare(pointerOf(at, key), before.get(key), one);
        else edits.push({ op: 'set', pointer: pointerOf(at, key), value: valueOf(one) });
      }
    } else if (old.type === 'array' && now.type === 'array' && old.items.length === now.items.length) now.items.forEach((one, i) => compare(pointerOf(at, i), old.items[i], one));
    else edits.push({ op: 'set', pointer: at, value: valueOf(now) });
  };
  compare(pointer, node, wanted);
  return edits;
}

// removeEdits are the edits that remove a member, and what holds nothing else then, up to the state.
export function removeEdits(root, pointer, state) {
  if (!nodeAt(root, pointer)) return [];
  let at = pointer;
  for (let up = parentOf(at); up.length > state.length; up = parentOf(at)) {
    const node = nodeAt(root, up);
    if ((node.type === 'object' ? node.entries : node.items).length > 1) break;
    at = up;
  }
  return [{ op: 'remove', pointer: at }];
}

// languageAt is the query language that counts at a state: its own, or else the state machine's.
export function languageAt(root, state) {
  return textOf(memberOf(nodeAt(root, state), 'QueryLanguage')) ?? textOf(memberOf(root, 'QueryLanguage')) ?? 'JSONPath';
}

// workflowOf is the pointer of the workflow that has a state: "" is the state machine.
export function workflowOf(state) { return parentOf(parentOf(state)); }

// statesOf lists the names of the states of a workflow.
export function statesOf(root, workflow) {
  const states = memberOf(nodeAt(root, workflow), 'States');
  return states?.type === 'object' ? states.entries.map(([name]) => name) : [];
}

// statePointers lists all states of a definition, those of branches and processors too.
export function statePointers(root, workflow = '') {
  return statesOf(root, workflow).flatMap(name => {
    const pointer = pointerOf(workflow, 'States', name);
    return [pointer, ...workflowsIn(root, pointer).flatMap(inner => statePointers(root, inner))];
  });
}

// workflowsIn are the pointers of the workflows of a state: branches of a Parallel, the processor of a Map.
export function workflowsIn(root, state) {
  const node = nodeAt(root, state), branches = memberOf(node, 'Branches');
  const inner = branches?.type === 'array' ? branches.items.map((_, i) => pointerOf(state, 'Branches', i)) : [];
  return [...inner, ...['ItemProcessor', 'Iterator'].filter(name => memberOf(node, name)).map(name => pointerOf(state, name))];
}

// variablesIn lists the variables that are assigned in a workflow and around it, with the states that do.
// The inside of a Map or Parallel state sees what is assigned outside, not the other way round.
export function variablesIn(root, state) {
  const found = new Map();
  for (let workflow = workflowOf(state); ; workflow = workflowOf(parentState(workflow))) {
    for (const name of statesOf(root, workflow)) {
      const node = nodeAt(root, pointerOf(workflow, 'States', name));
      for (const holder of [node, ...(memberOf(node, 'Choices')?.items ?? []), ...(memberOf(node, 'Catch')?.items ?? [])]) {
        const assign = memberOf(holder, 'Assign');
        for (const [key] of assign?.type === 'object' ? assign.entries : []) {
          const variable = key.replace(/\.\$$/, '');
          found.set(variable, (found.get(variable) ?? new Set()).add(name));
        }
      }
    }
    if (!workflow) return found;
  }
}

// parentState is the pointer of the state that has a workflow.
export function parentState(workflow) {
  return /\/Branches\/\d+$/.test(workflow) ? parentOf(parentOf(workflow)) : parentOf(workflow);
}
