// The first page (S0): point your code at the server, add a machine, try a demo.

import { cleanup, h, signal, untrack } from '../core/view.js';
import { post } from '../core/api.js';
import { icon } from '../core/icon.js';
import { go, link } from '../core/router.js';
import { server } from '../core/server.js';
import { shown } from '../core/shown.js';
import { tabs } from '../core/tabs.js';
import { plural, relative } from '../core/time.js';
import { copy, failed } from '../core/toast.js';
import { createFromFile, createMachine } from '../create.js';

// snippets by language: how code finds the server.
const snippets = [
  ['shell', 'Shell', url => `export AWS_ENDPOINT_URL_SFN=${url}`],
  ['compose', 'Compose', url => `environment:\n  AWS_ENDPOINT_URL_SFN: ${url.replace(/localhost|127\.0\.0\.1/, 'host.docker.internal')}`],
  ['go', 'Go', url => `client := sfn.NewFromConfig(cfg, func(o *sfn.Options) {\n\to.BaseEndpoint = aws.String("${url}")\n})`],
  ['python', 'Python', url => `sfn = boto3.client("stepfunctions", endpoint_url="${url}")`],
  ['javascript', 'JavaScript', url => `const client = new SFNClient({ endpoint: "${url}" });`],
  ['terraform', 'Terraform', url => `provider "aws" {\n  endpoints {\n    sfn = "${url}"\n  }\n}`],
];

export function page() {
  const ask = setInterval(() => { if (!document.hidden && !server.overview.peek()?.clients.length) server.reloadOverview(); }, 3000);
  cleanup(() => clearInterval(ask));
  return h('div.page.page--narrow', null,
    shown({ data: server.overview, error: server.overviewError, reload: server.reloadOverview }, data => untrack(() => landed(data()) && [
      h('h1.hero', null, 'Your local Step Functions is running'),
      h('p.t2', null, 'Account ', h('span.mono', null, data().account), ' · ', h('span.mono', null, data().region), ' · ', data().store ? ['state kept in ', h('span.mono', null, data().store)] : 'state kept in memory'),
      h('div.columns', null,
        h('div.col.gap-5', null, point(data), add(data)),
        h('div.col.gap-5', null, demos(data), talks(data))),
    ])));
}

// landed tells whether this page is to be shown: who comes with no place in mind, and
// has machines, wants those, and another server cannot be added to.
function landed(overview) {
  if (!overview.readOnly && (location.hash || !overview.machines)) return true;
  location.replace(link('machines'));
  return false;
}

function step(number, done, title, ...content) {
  return h('section.card.card--pad.col.gap-4', { 'aria-label': title },
    h('div.row', null, () => h('span.step', { class: done() && 'is-done' }, done() ? [icon('check', 14), h('span.vh', null, 'done')] : number), h('h2.h1', null, title)), content);
}

function point(data) {
  const chosen = signal('shell');
  return step('1', () => data().clients.length > 0, 'Point your code at it',
    tabs('Language', snippets.map(([name, label, text]) => [name, label, () => {
      const code = text(data.peek().endpoint);
      return h('div.snippet', null, h('pre', { tabindex: 0, role: 'group', 'aria-label': `${label} snippet` }, code), h('button.btn', { 'data-testid': 'copy-snippet', onclick: () => copy(code, 'Copied') }, icon('copy'), 'Copy'));
    }]), chosen),
    () => {
      const first = data().clients[0];
      return first
        ? h('p.stat.is-succeeded.wrap', { 'data-testid': 'first-call' }, icon('check', 14), 'First call received: ', h('span.mono', null, first.action), ' from ', h('span.mono', null, first.name), ' ', relative(first.at))
        : h('p.t3.row', null, icon('st-waiting', 14), 'Waits for the first call of your code.');
    });
}

function add(data) {
  const over = signal(false);
  const take = file => createFromFile(file).catch(failed);
  const choose = h('input.vh', { type: 'file', accept: '.json,.yaml,.yml', tabindex: -1, 'aria-label': 'Definition file', 'data-testid': 'file', onchange: event => { if (event.target.files[0]) take(event.target.files[0]); event.target.value = ''; } });
  return step('2', () => data().machines > 0, 'Add a machine',
    () => !data().readOnly && h('div.drop', {
      class: () => over() && 'is-over', 'data-testid': 'drop',
      ondragover: event => { event.preventDefault(); over.set(true); }, ondragleave: () => over.set(false),
      ondrop: event => { event.preventDefault(); over.set(false); if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0]); },
    },
    icon('upload', 20), h('p', null, 'Drop a ', h('span.mono', null, '.json'), ' definition here'),
    h('div.row.wrap', null,
      h('a.btn', { 'data-testid': 'draw', href: link('edit', 'new') }, icon('edit'), 'Draw one'),
      h('button.btn', { 'data-testid': 'new-blank', onclick: () => createMachine() }, icon('plus'), 'New blank'),
      h('button.btn', { 'data-testid': 'choose-file', onclick: () => choose.click() }, icon('file'), 'Choose a file'), choose)),
    h('p.t3.sm', null, () => (data().folder ? ['Files below ', h('span.mono', null, data().folder), ' are read and watched.'] : ['Or start with a folder, which is then watched: ', h('span.mono', null, 'aslocal serve .')])),
    () => data().problems.length > 0 && h('a.why.row', { href: link('machines'), 'data-testid': 'home-problems' }, icon('st-failed'), `${plural(data().problems.length, 'file')} could not be loaded`),
    () => data().machines > 0 && h('a.btn.self-start', { href: link('machines'), 'data-testid': 'home-machines' }, icon('graph'), `See ${plural(data().machines, 'machine')}`));
}

function demos(data) {
  const busy = signal('');
  const run = async name => {
    busy.set(name);
    try { go('x', (await post('demo', { name })).arn); } catch (error) { failed(error); }
    busy.set('');
  };
  return h('section.card.clip', { 'aria-label': 'Demos' }, h('header', null, h('h2.h1', null, 'Or try a demo')),
    () => data().demos.map(demo => h('button.demo', { 'data-testid': `demo-${demo.name}`, disabled: () => data().readOnly || busy() !== '', onclick: () => run(demo.name) },
      h('span.tile', null, icon(/map/i.test(demo.name + demo.title) ? 'map' : /saga/i.test(demo.name + demo.title) ? 'undo' : 'parallel')),
      h('span.grow', null, h('span.m', null, demo.title), h('span.sm.t3', null, demo.comment)),
      () => (busy() === demo.name ? icon('st-running', 16, true) : icon('play')))),
    h('p.card-note', null, 'No Lambda needed: the tasks are answered here. Or ', h('a', { href: link('x'), 'data-testid': 'home-history' }, 'look at a history'), ' that AWS has exported.'));
}

function talks(data) {
  return h('section.card.clip', { 'aria-label': 'Endpoints' }, h('header', null, h('h2.h1', null, 'What it talks to')),
    () => h('ul.list.list--pad', null,
      data().services.map(one => h('li.row', null, icon('link', 14), h('span.m', null, one.name === '*' ? 'all others' : one.name), h('span.mono.t3.trunc', { title: one.url }, one.url))),
      data().functions.map(one => h('li.row', null, icon('function', 14), h('span.m.trunc', null, one.name), h('span.t3', null, one.runtime), h('span.grow'),
        h('span.stat', { class: one.problem ? 'is-failed' : 'is-succeeded', title: one.problem }, icon(one.problem ? 'st-failed' : 'st-succeeded', 14), one.problem ? 'cannot run' : 'ready'))),
      !data().services.length && !data().functions.length && h('li.t3', null, data().byHand ? 'Nothing yet: tasks wait until you answer them.' : 'Nothing yet: tasks without a mock fail.')),
    h('p.card-note', null, h('a', { href: link('settings'), 'data-testid': 'home-settings' }, 'All settings')));
}
