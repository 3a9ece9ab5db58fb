// The dialog that creates a state machine from a definition that is typed, pasted or dropped.

import { h, signal } from './core/view.js';
import { aws } from './core/aws.js';
import { dialog, dialogHead } from './core/dialog.js';
import { editor } from './core/editor.js';
import { icon } from './core/icon.js';
import { go } from './core/router.js';
import { server } from './core/server.js';

const blank = JSON.stringify({ Comment: 'Says hello', QueryLanguage: 'JSONata', StartAt: 'Hello', States: { Hello: { Type: 'Pass', Output: "{% 'Hello, ' & $states.input.name %}", End: true } } }, null, 2);

// createMachine opens the dialog; text and name are what it begins with.
export async function createMachine(text = blank, name = '') {
  const definition = signal(text), machine = signal(name), type = signal('STANDARD'), problem = signal(null), busy = signal(false);
  const arn = await dialog('New machine', close => {
    const create = async () => {
      problem.set(null);
      if (!machine.peek().trim()) { problem.set({ message: 'A machine needs a name.' }); return document.getElementById('machine-name').focus(); }
      busy.set(true);
      try {
        const made = await aws('CreateStateMachine', {
          name: machine.peek().trim(), definition: definition.peek(), type: type.peek(),
          roleArn: `arn:aws:iam::${server.overview.peek()?.account ?? '123456789012'}:role/aslocal`,
        });
        close(made.stateMachineArn);
      } catch (error) { problem.set(error); busy.set(false); }
    };
    return [
      dialogHead('New machine', close),
      h('div.dialog-body.col.gap-5', null,
        h('div.pair', null,
          h('div.field', null, h('label', { for: 'machine-name' }, 'Name'),
            h('div.in', null, h('input.mono', { id: 'machine-name', 'data-testid': 'machine-name', autofocus: true, value: name, maxlength: 80, oninput: event => machine.set(event.target.value), onkeydown: event => { if (event.key === 'Enter') create(); } }))),
          h('div.field', null, h('label', { for: 'machine-type' }, 'Type'),
            h('select.in', { id: 'machine-type', 'data-testid': 'machine-type', onchange: event => type.set(event.target.value) }, h('option', { value: 'STANDARD' }, 'Standard'), h('option', { value: 'EXPRESS' }, 'Express')))),
        h('div.field', null, h('span.lab', null, 'Definition'), editor(definition, { label: 'Definition', submit: create }).el),
        () => problem() && h('pre.why.sm', { role: 'alert', 'data-testid': 'create-error' }, problem().message)),
      h('footer', null, h('button.btn', { 'data-testid': 'create-cancel', onclick: () => close() }, 'Cancel'),
        h('button.btn.btn--pri', { 'data-testid': 'create', disabled: busy, onclick: create }, icon('plus'), 'Create machine')),
    ];
  }, 'dialog.wide');
  if (arn) { server.reloadMachines(); server.reloadOverview(); go('machine', arn); }
}

// createFromFile opens the dialog with a file that was dropped or chosen, or says why it cannot.
export async function createFromFile(file) {
  if (file.size > 1 << 20) throw new Error(`${file.name} has ${file.size} bytes; a definition has at most 1 MiB.`);
  if (/\.ya?ml$/i.test(file.name)) throw new Error(`${file.name} is YAML. Start aslocal with it, so that it is read and watched: aslocal serve ${file.name}`);
  return createMachine(await file.text(), file.name.replace(/(\.asl)?\.json$/i, '').replace(/[^\w-]+/g, '-').slice(0, 80));
}
