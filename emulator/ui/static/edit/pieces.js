// What can be put into a state machine, as pieces that are dropped on the canvas: made of the
// catalog of the server, and of what the user has kept.

import { signal } from '../core/view.js';
import { recall, remember } from '../core/memory.js';
import { chainOf } from '../graph/state.js';
import { textOfStates } from './clipboard.js';

const most = 40; // snippets that are kept

/** The user's own fragments: {name, text}. */
export const snippets = signal(recall('snippets', []));

/** Keeps states as a snippet; gives its name, or "" if there is nothing to keep. */
export function saveSnippet(store, pointers) {
  const text = textOfStates(store, pointers);
  if (!text) return '';
  const names = pointers.map(pointer => chainOf(pointer).name), name = names.length > 1 ? `${names[0]} and ${names.length - 1} more` : names[0];
  keepSnippets([{ name, text }, ...snippets.peek().filter(one => one.name !== name)].slice(0, most));
  return name;
}
export function dropSnippet(name) { keepSnippets(snippets.peek().filter(one => one.name !== name)); }
function keepSnippets(list) { snippets.set(list); remember('snippets', list); }

/** "putItem" in words: "put item". */
function inWords(name) { return name.replace(/([a-z\d])([A-Z])/g, '$1 $2').toLowerCase(); }

/**
 * A Task that calls an action; its arguments are written as the query language has them. What a
 * function answers is the output, without what Lambda says of the call.
 */
function taskOf(resource, args, language) {
  const state = { Type: 'Task', Resource: resource }, jsonata = language === 'JSONata';
  if (args && Object.keys(args).length) state[jsonata ? 'Arguments' : 'Parameters'] = args;
  if (resource.endsWith(':lambda:invoke')) state[jsonata ? 'Output' : 'OutputPath'] = jsonata ? '{% $states.result.Payload %}' : '$.Payload';
  return state;
}

function actionPiece(action, label, icon, language) {
  const [service, name] = action.name.includes(':') ? action.name.split(':') : [label, action.name];
  const title = `${service} ${inWords(name)}`;
  return { id: action.resource.replace(/^arn:aws:states:::/, ''), label: title, detail: action.resource.replace(/^arn:aws:states:::/, ''), icon, name: title, state: taskOf(action.resource, action.arguments, language) };
}

/** The pieces of a catalog in groups {title, pieces}; those of services have more, their other actions. */
export function groupsOf(catalog, language) {
  const payload = language === 'JSONata' ? { Payload: '{% $states.input %}' } : { 'Payload.$': '$' };
  const input = language === 'JSONata' ? { Input: '{% $states.input %}' } : { 'Input.$': '$' };
  return [
    { title: 'Flow', pieces: catalog.flow.map(one => ({ id: one.type, label: one.label, detail: '', icon: one.icon, name: one.label, state: one.state })) },
    { title: 'My snippets', pieces: snippets().map(one => ({ id: `snippet-${one.name}`, label: one.name, detail: 'my snippet', icon: 'save', text: one.text, mine: true })) },
    {
      title: 'Services',
      pieces: catalog.services.map(service => {
        const all = service.actions.map(action => actionPiece(action.resource.endsWith(':lambda:invoke') ? { ...action, arguments: { ...action.arguments, ...payload } } : action, service.label, service.icon, language));
        return { ...all[0], id: service.name, label: service.label, more: all.length > 1 ? all : null };
      }),
    },
    { title: 'Functions', pieces: catalog.functions.map(one => ({ id: `function-${one.name}`, label: one.name, detail: one.problem || one.note || 'Lambda function', icon: 'function', name: one.name, state: taskOf('arn:aws:states:::lambda:invoke', { FunctionName: one.arn, ...payload }, language) })) },
    { title: 'State machines', pieces: catalog.machines.map(one => ({ id: `machine-${one.name}`, label: one.name, detail: 'start and wait', icon: 'nested', name: one.name, state: taskOf('arn:aws:states:::states:startExecution.sync:2', { StateMachineArn: one.arn, ...input }, language) })) },
    { title: 'Activities', pieces: catalog.activities.map(one => ({ id: `activity-${one.name}`, label: one.name, detail: 'activity', icon: 'activity', name: one.name, state: { Type: 'Task', Resource: one.arn } })) },
    { title: 'Patterns', pieces: catalog.patterns.map(one => ({ id: `pattern-${one.name}`, label: one.title, detail: one.comment, icon: one.icon, text: language === 'JSONata' ? one.jsonata : one.definition })) },
  ].filter(group => group.pieces.length);
}

/** The pieces that have all words of a text, as groups; sdk are actions of the AWS SDK that the server has found. */
export function found(groups, text, sdk, language) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = piece => { const all = `${piece.label} ${piece.detail} ${piece.name ?? ''}`.toLowerCase(); return words.every(word => all.includes(word)); };
  const list = groups.map(group => ({ title: group.title, pieces: group.pieces.flatMap(piece => piece.more ?? [piece]).filter(fits) }));
  list.push({ title: 'AWS SDK', pieces: sdk.map(action => actionPiece(action, '', 'task', language)) });
  return list.filter(group => group.pieces.length);
}
