// The form of the state machine itself: what is shown when no state is selected.

import { effect, h, signal, untrack } from '../../core/view.js';
import { failed } from '../../core/toast.js';
import { pointerOf, statePointers, statesOf } from './definition.js';
import { field, select } from './field.js';
import { fieldset } from './fieldset.js';
import { fieldsOf } from './form.js';
import { language } from './language.js';

export function machineForm(form) {
  const specs = signal(null);
  effect(() => { const now = form.language(''); fieldsOf('', now, '').then(({ fields }) => specs.set(fields), failed); });
  const start = spec => field(form, '', '/StartAt', spec, {
    label: 'Begins with', control: parts => select(form, parts,
      () => [...form.text('/StartAt') ? [] : [['', 'choose a state']], ...statesOf(form.definition(), '').map(name => [name, name])],
      () => form.text('/StartAt'), name => form.apply([{ op: 'start', workflow: '', to: pointerOf('/States', name) }])),
  });
  return h('div.col.fields', null,
    () => specs() && untrack(() => [
      fieldset(form, '', '', specs().filter(one => !['States', 'QueryLanguage', 'Version'].includes(one.name)), { make: spec => (spec.name === 'StartAt' ? start(spec) : null) }),
      language(form, ''),
    ]),
    h('p.sm.t3', { 'data-testid': 'state-count' }, () => { const n = statePointers(form.definition()).length; return n ? `${n} ${n === 1 ? 'state' : 'states'}. Select one to see its fields.` : 'No states yet. Add one from the palette.'; }));
}
