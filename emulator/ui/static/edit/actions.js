// What can be done with the states and transitions that are selected: as functions, as items of
// context menus, and as commands of the palette.

import { commands } from '../core/commands.js';
import { keyName } from '../core/keys.js';
import { announce, toast } from '../core/toast.js';
import { plural } from '../core/time.js';
import { workflowOf } from '../graph/state.js';
import { menu } from '../execution/menu.js';
import { copySelection, pasteText, readClipboard } from './clipboard.js';
import { saveSnippet } from './pieces.js';
import { isHole } from './targets.js';

const TYPES = [['Task', 'task'], ['Pass', 'pass'], ['Choice', 'choice'], ['Wait', 'wait'], ['Parallel', 'parallel'], ['Map', 'map'], ['Succeed', 'succeed'], ['Fail', 'fail']];

export function actionsOf(board) {
  const { store } = board;
  const graph = () => board.drawing.graph();
  const selected = () => outermost(store.selection.peek());
  const node = id => board.item(id)?.node;
  const many = list => (list.length === 1 ? board.nameOf(list[0]) : plural(list.length, 'state'));

  /** Of states, those that are not inside another of them. */
  function outermost(list) { return list.filter(id => !list.some(other => other !== id && id.startsWith(`${other}/`))); }

  /** Calls act with the selected states; says so if there are none. */
  const withStates = act => () => {
    const list = selected();
    if (list.length) return act(list);
    announce('Select a state first');
    return false;
  };

  const remove = withStates(list => {
    const next = neighbourOf(list);
    board.run([{ op: 'delete', states: list }], `${many(list)} deleted`).then(answer => { if (answer && !answer.select?.length && next) { board.choose(next); board.focusOn(next); } });
  });
  // What gets the focus when states are gone: what led to the first of them, or what it led to.
  function neighbourOf(list) {
    const gone = id => list.some(one => id === one || id.startsWith(`${one}/`)), ok = id => id !== 'start' && id !== 'end' && !gone(id) && board.item(id)?.button;
    return graph().edges.filter(edge => gone(edge.to)).map(edge => edge.from).find(ok) ?? graph().edges.filter(edge => gone(edge.from)).map(edge => edge.to).find(ok) ?? graph().nodes.find(one => one.name && ok(one.id))?.id;
  }
  const duplicate = withStates(list => { board.run([{ op: 'duplicate', states: list }], `${many(list)} duplicated`); });
  const rename = withStates(list => board.rename(list.at(-1)));
  const wrap = type => withStates(list => { board.run([{ op: 'wrap', states: list, type }], `${many(list)} wrapped in a ${type} state`); });
  const unwrap = withStates(list => { board.run([{ op: 'unwrap', state: list.at(-1) }], `${board.nameOf(list.at(-1))} unwrapped`); });
  const addBranch = withStates(list => { board.run([{ op: 'addBranch', state: list.at(-1) }], 'Branch added'); });
  const convert = (id, type) => board.run([{ op: 'convert', state: id, type }], `${board.nameOf(id)} is a ${type} state now`);
  const test = withStates(list => board.test(list.at(-1)));
  const selectAll = () => {
    const at = store.selection.peek().at(-1), workflow = at ? workflowOf(at) : '';
    store.select(graph().nodes.filter(one => one.name && one.kind !== 'missing' && workflowOf(one.id) === workflow).map(one => one.id));
    announce(`${plural(store.selection.peek().length, 'state')} selected`);
  };

  function moveBranch(parent, from, to) {
    return board.run([{ op: 'moveItem', array: `${parent}/Branches`, from, to }], `Branch ${from + 1} is branch ${to + 1} now`);
  }
  /** Moves the branch that the selection is in. */
  const stepBranch = by => () => {
    const at = store.selection.peek().at(-1), lane = at && graph().nodes.find(one => one.id === workflowOf(at) && one.type === 'Parallel');
    if (!lane) return announce('The selected state is in no branch of a Parallel state');
    const from = Number(lane.id.slice(lane.id.lastIndexOf('/') + 1)), count = branchesOf(lane.parent).length, to = from + by;
    if (to < 0 || to >= count) return announce(to < 0 ? 'This is the first branch' : 'This is the last branch');
    const then = `${lane.parent}/Branches/${to}${at.slice(lane.id.length)}`;
    return moveBranch(lane.parent, from, to).then(answer => { if (answer) { board.choose(then); board.focusOn(then); } });
  };
  const branchesOf = parent => graph().nodes.filter(one => one.parent === parent && one.kind === 'lane');

  // ── transitions ──

  /** Where the end of a transition may go: to the states of its workflow, or to the end. Each {id, x, y}. */
  function endsFor(from, edge) {
    const workflow = from === 'start' ? '' : workflowOf(from);
    const states = graph().nodes.filter(one => (one.kind === 'state' || one.kind === 'container') && workflowOf(one.id) === workflow)
      .map(one => ({ id: one.id, x: one.x + one.w / 2, y: one.y + (one.kind === 'container' ? 18 : one.h / 2) }));
    const last = from !== 'start' && (!edge || edge.kind === 'next' || edge.kind === 'end') && node(from)?.type !== 'Choice';
    if (!last) return states;
    const end = workflow === '' && node('end');
    const below = states.reduce((most, one) => Math.max(most, one.y), 0);
    return [...states, end ? { id: 'end', x: end.x + end.w / 2, y: end.y + end.h / 2 } : { id: 'end', x: node(from).x + node(from).w / 2, y: below + 60 }];
  }

  /** Lets a transition, or a new one, lead to a state or to the end. */
  function connect(from, edge, to) {
    if (edge ? edge.to === to : to === 'end' && node(from)?.end) return null;
    const done = `${board.nameOf(from)} leads to ${board.nameOf(to)} now`;
    if (from === 'start') return board.run([{ op: 'start', workflow: '', to }], done);
    return board.run([edge ? { op: 'reconnect', edge: edge.id, from, to } : { op: 'connect', from, to }], done);
  }

  /** The transitions out of a state, and the one that leads to it from the start. */
  function linksOf(id) { return [...board.drawing.edges.values()].filter(item => item.edge.from === id || (item.edge.from === 'start' && item.edge.to === id)); }

  /** Takes a transition away: a rule or a Catcher with it, a Next becomes the end. */
  function removeLink(item) {
    const { kind, id, from } = item.edge;
    const name = `Transition from ${board.nameOf(from)} to ${board.nameOf(item.edge.to)} removed`;
    if (kind === 'next') return board.run([{ op: 'reconnect', edge: id, from, to: 'end' }], name);
    if (kind === 'choice' || kind === 'catch') return board.run([{ op: 'remove', pointer: id.slice(0, id.lastIndexOf('/')) }], name);
    if (kind === 'default') return board.run([{ op: 'remove', pointer: id }], name);
    return announce('The start and the end stay');
  }

  function removeSelected() {
    const item = board.edge(board.link.peek());
    return item && !store.selection.peek().length ? removeLink(item) : remove();
  }

  // ── adding ──

  /** Asks what to add, and puts it on a target. */
  function addAt(target, opener) { board.pick(opener, 'Add a state', piece => board.drop(piece, target)); }

  /** Asks what to add behind the selection, or on the selected transition. */
  function addAfter() {
    const id = store.selection.peek().at(-1) ?? (board.holdsFocus() ? board.focus.peek() : ''), item = id && board.item(id);
    if (item && isHole(item.node)) return item.button.click();
    if (item?.name && item.node.kind !== 'missing') { store.select([id]); board.view.reveal(item.node); return board.pick(item.button, `Add after ${item.name}`, piece => board.drop(piece, { after: id })); }
    return board.pick(board.el, 'Add a state', piece => board.insert(piece));
  }

  const copy = withStates(async list => { if (await copySelection(board, list)) toast(`${many(list)} copied`, 'info'); });
  const cut = withStates(async list => { if (await copySelection(board, list)) board.run([{ op: 'delete', states: list }], `${many(list)} cut`); });
  const paste = async () => {
    const text = await readClipboard();
    if (text) return pasteText(board, text);
    return toast(`The browser does not let this page read the clipboard. Press ${keyName('mod+v')}.`, 'info');
  };
  const snippet = withStates(list => { const name = saveSnippet(store, list); if (name) toast(`“${name}” is in the palette under My snippets.`, 'succeeded'); });

  // ── menus ──

  function show(opener, label, items) {
    menu(opener, label, items.filter(Boolean).map(one => (one.key ? { ...one, note: keyName(one.key) } : one)));
  }

  function stateMenu(opener) {
    const list = selected(), id = list.at(-1), one = list.length === 1 && node(id), inBranch = graph().nodes.some(n => n.id === workflowOf(id) && n.type === 'Parallel');
    show(opener, many(list), [
      one && { label: 'Test state', icon: 'test', id: 'menu-test', key: 'mod+Enter', run: test },
      one && { label: 'Rename', icon: 'edit', id: 'menu-rename', key: 'F2', run: rename },
      one && { label: 'Add after', icon: 'plus', id: 'menu-add', key: 'a', run: addAfter },
      { label: 'Duplicate', icon: 'copy', id: 'menu-duplicate', key: 'd', run: duplicate },
      { label: 'Move', icon: 'drag', id: 'menu-move', key: 'm', run: () => board.pickUp() },
      one && { label: 'Reconnect', icon: 'link', id: 'menu-reconnect', key: 'r', run: () => board.reconnect() },
      '-',
      { label: 'Copy', icon: 'copy', id: 'menu-copy', key: 'mod+c', run: copy },
      { label: 'Cut', icon: 'copy', id: 'menu-cut', key: 'mod+x', run: cut },
      { label: 'Paste after', icon: 'download', id: 'menu-paste', key: 'mod+v', run: paste },
      { label: 'Save as snippet', icon: 'save', id: 'menu-snippet', run: snippet },
      '-',
      { label: 'Wrap in Parallel', icon: 'parallel', id: 'menu-wrap-parallel', run: wrap('Parallel') },
      { label: 'Wrap in Map', icon: 'map', id: 'menu-wrap-map', run: wrap('Map') },
      one?.kind === 'container' && { label: 'Unwrap', icon: 'open', id: 'menu-unwrap', run: unwrap },
      one?.type === 'Parallel' && { label: 'Add branch', icon: 'plus', id: 'menu-add-branch', run: addBranch },
      one && { label: 'Convert …', icon: 'redrive', id: 'menu-convert', run: () => convertMenu(opener, id) },
      inBranch && { label: 'Move its branch to the left', icon: 'left', id: 'menu-branch-left', key: '[', run: stepBranch(-1) },
      inBranch && { label: 'Move its branch to the right', icon: 'right', id: 'menu-branch-right', key: ']', run: stepBranch(1) },
      '-',
      { label: 'Delete', icon: 'trash', id: 'menu-delete', key: 'Delete', run: remove },
    ]);
  }

  function convertMenu(opener, id) {
    const type = node(id)?.type;
    show(opener, `Convert ${board.nameOf(id)}`, [`${board.nameOf(id)} is a ${type} state. Make it`, ...TYPES.filter(([name]) => name !== type).map(([name, icon]) => ({ label: name, icon, id: `convert-${name}`, run: () => convert(id, name) }))]);
  }

  function branchMenu(opener, item) {
    const parent = item.node.parent, index = Number(item.node.id.slice(item.node.id.lastIndexOf('/') + 1)), count = branchesOf(parent).length;
    show(opener, `Branch ${index + 1} of ${board.nameOf(parent)}`, [
      { label: 'Move to the left', icon: 'left', id: 'branch-left', disabled: index === 0, run: () => moveBranch(parent, index, index - 1) },
      { label: 'Move to the right', icon: 'right', id: 'branch-right', disabled: index === count - 1, run: () => moveBranch(parent, index, index + 1) },
      { label: 'Add a branch', icon: 'plus', id: 'branch-add', run: () => board.run([{ op: 'addBranch', state: parent }], 'Branch added') },
      { label: 'Delete the branch', icon: 'trash', id: 'branch-delete', disabled: count < 2, title: count < 2 ? 'A Parallel state needs a branch' : null, run: () => board.run([{ op: 'deleteBranch', state: parent, index }], `Branch ${index + 1} deleted`) },
    ]);
  }

  function linkMenu(opener, item) {
    const fixed = item.edge.kind === 'start' || item.edge.kind === 'end';
    show(opener, `From ${board.nameOf(item.edge.from)} to ${board.nameOf(item.edge.to)}`, [
      { label: 'Add a state here', icon: 'plus', id: 'link-add', key: 'a', run: () => addOnLink(opener, item) },
      { label: 'Lead it to another state', icon: 'link', id: 'link-reconnect', key: 'r', run: () => board.reconnect(item) },
      { label: 'Paste here', icon: 'download', id: 'link-paste', key: 'mod+v', run: paste },
      !fixed && { label: 'Remove', icon: 'trash', id: 'link-remove', key: 'Delete', run: () => removeLink(item) },
    ]);
  }
  function addOnLink(opener, item) {
    const target = board.targets().find(one => one.kind === 'edge' && one.edge === item.edge.id && one.from === item.edge.from);
    return target ? addAt(target, opener) : announce('Nothing can follow there');
  }

  function canvasMenu(opener) {
    show(opener, 'Drawing', [
      { label: 'Add a state', icon: 'plus', id: 'menu-add', key: 'a', run: addAfter },
      { label: 'Paste', icon: 'download', id: 'menu-paste', key: 'mod+v', run: paste },
      { label: 'Select all', icon: 'check', id: 'menu-all', key: 'mod+a', run: selectAll },
      '-',
      { label: 'Undo', icon: 'undo', id: 'menu-undo', key: 'mod+z', disabled: !store.canUndo.peek(), run: () => store.undo() },
      { label: 'Redo', icon: 'redo', id: 'menu-redo', key: 'mod+shift+z', disabled: !store.canRedo.peek(), run: () => store.redo() },
      { label: 'Fit the graph', icon: 'fit', id: 'menu-fit', key: 'alt+c', run: () => board.view.fit() },
    ]);
  }

  /** The menu of what is selected. */
  function openMenu(opener) {
    const item = board.edge(board.link.peek());
    if (selected().length) return stateMenu(opener);
    return item ? linkMenu(opener, item) : canvasMenu(opener);
  }

  commands('Edit', [
    { label: 'Add a state after the selected one', icon: 'plus', key: 'a', run: addAfter },
    { label: 'Wrap in Parallel', icon: 'parallel', run: wrap('Parallel') },
    { label: 'Wrap in Map', icon: 'map', run: wrap('Map') },
    { label: 'Unwrap', icon: 'open', run: unwrap },
    { label: 'Add a branch', icon: 'plus', run: addBranch },
    { label: 'Rename the state', icon: 'edit', key: 'F2', run: rename },
    { label: 'Duplicate', icon: 'copy', key: 'd', run: duplicate },
    { label: 'Delete', icon: 'trash', key: 'Delete', run: removeSelected },
    { label: 'Convert the state', icon: 'redrive', run: withStates(list => convertMenu(board.item(list.at(-1)).button, list.at(-1))) },
    { label: 'Save the states as a snippet', icon: 'save', run: snippet },
    { label: 'Test the state', icon: 'test', key: 'mod+Enter', run: test },
    { label: 'Fit the graph', icon: 'fit', key: 'alt+c', run: () => board.view.fit() },
  ]);

  return {
    outermost, remove: removeSelected, duplicate, rename, wrap, unwrap, test, selectAll, moveBranch, stepBranch, endsFor, connect, linksOf, removeLink, addAt, addAfter, copy, cut, paste,
    menu: openMenu, branchMenu, linkMenu, canvasMenu,
  };
}
