// Looking at a history that was exported from AWS: dropped on the page, or chosen.
// Nothing of it is stored.

import { h, signal } from '../core/view.js';
import { post } from '../core/api.js';
import { icon } from '../core/icon.js';
import { server } from '../core/server.js';
import { get } from '../core/api.js';
import { parseHistory } from './history.js';

const MAX_FILE = 64 << 20;

/** Reads files: a history, and the definition of its state machine if one is among them. */
export async function importFiles(files, machine = '') {
  let history = '', definition = '';
  for (const file of files) {
    if (file.size > MAX_FILE) throw new Error(`${file.name} has ${Math.round(file.size / (1 << 20))} MiB; at most ${MAX_FILE >> 20} can be read.`);
    const text = await file.text();
    if (/^\s*\{/.test(text) && /"StartAt"\s*:/.test(text) && /"States"\s*:/.test(text) && !/"previousEventId"/.test(text.slice(0, 4000))) definition = text; else history = text;
  }
  if (!history) throw new Error('There is no history among the files. Drop what "aws stepfunctions get-execution-history" prints.');
  const events = parseHistory(history);
  if (!definition && machine) definition = (await get('machine', { arn: machine })).definition;
  return post('import', { history: JSON.stringify({ events: events.map(awsEvent) }), definition });
}

function awsEvent(e) {
  const name = e.name || (Object.keys(e.details).length ? detailsName(e.type) : '');
  return { timestamp: new Date(e.at).toISOString(), type: e.type, id: e.id, previousEventId: e.previousEventId, ...(name ? { [name]: e.details } : {}) };
}

/** The key of AWS for the details of a type of event. */
export function detailsName(type) {
  const m = /^\w+State(Entered|Exited)$/.exec(type);
  if (m) return `state${m[1]}EventDetails`;
  return `${type[0].toLowerCase()}${type.slice(1)}EventDetails`;
}

/** The page before a history was dropped. */
export function importPage(show) {
  const problem = signal(''), over = signal(false), machine = signal('');
  const take = async files => {
    if (!files.length) return;
    try { problem.set(''); show(await importFiles(files, machine.peek())); } catch (error) { problem.set(error.message); }
  };
  const input = h('input.vh', { type: 'file', multiple: true, accept: '.json,.jsonl,.yaml,.yml,application/json', id: 'history-file', 'data-testid': 'history-file', onchange: event => take([...event.target.files]) });
  return h('div.page.importpage', {
    ondragover: event => { event.preventDefault(); over.set(true); }, ondragleave: () => over.set(false),
    ondrop: event => { event.preventDefault(); over.set(false); take([...event.dataTransfer.files]); },
  },
  h('h1.h1', null, 'Look at an exported history'),
  h('div.drop.droplarge', { class: () => over() && 'is-over', 'data-testid': 'history-drop' },
    icon('upload', 20),
    h('p', null, 'Drop the history of an execution here, with or without the definition of its state machine.'),
    h('p.sm.t3', null, 'It is what this prints: ', h('code', null, 'aws stepfunctions get-execution-history --execution-arn … --output json')),
    h('label.btn.btn--pri', { for: 'history-file' }, 'Choose files'), input),
  h('div.field', null, h('label', { for: 'history-machine' }, 'Draw it on the graph of'),
    h('select.in', { id: 'history-machine', 'data-testid': 'history-machine', onchange: event => machine.set(event.target.value) }, h('option', { value: '' }, 'no machine of this server'), () => (server.machines()?.machines ?? []).map(m => h('option', { value: m.arn }, m.name)))),
  h('p.sm.t3', null, 'Nothing is stored or sent anywhere but to this server.'),
  () => problem() && h('p.stat.is-failed', { role: 'alert', 'data-testid': 'import-problem' }, icon('st-failed', 14), problem()));
}
