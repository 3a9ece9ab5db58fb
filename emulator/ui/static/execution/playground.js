// The expression playground: JSONata, JSONPath and intrinsic functions on the data of
// the selected state at the moment shown. The server evaluates.

import { cleanup, computed, effect, h, signal } from '../core/view.js';
import { post } from '../core/api.js';
import { recall, remember } from '../core/memory.js';
import { dataSection, tree } from './data.js';
import { parse } from './history.js';

export function playground(run, visit, variables, definition) {
  const jsonata = (definition.peek()?.QueryLanguage ?? run.fold.definition?.QueryLanguage) === 'JSONata';
  const language = signal(jsonata ? 'JSONata' : 'JSONPath');
  const expression = signal(recall('expression', '') || (jsonata ? '$states.input' : '$'));
  const answer = signal(null);
  const data = computed(() => {
    const v = visit(), at = run.n();
    const result = v?.attempts.findLast(a => a.output !== undefined && a.ended <= at)?.output ?? '';
    const vars = Object.fromEntries([...variables()].map(([name, one]) => [name, parse(one.value)]));
    const x = run.execution();
    const context = { Execution: { Id: x?.arn ?? '', Name: x?.name ?? '', Input: parse(x?.input || '{}') }, State: { Name: v?.state ?? run.selection()?.state ?? '' }, StateMachine: { Id: x?.machine ?? '', Name: x?.machineName ?? '' } };
    return { input: v?.input ?? x?.input ?? '{}', result, variables: JSON.stringify(vars), context: JSON.stringify(context) };
  });
  let timer = 0, turn = 0;
  effect(() => {
    const body = { language: language(), expression: expression(), ...data() };
    const mine = ++turn;
    clearTimeout(timer);
    if (!body.expression.trim()) return answer.set(null);
    timer = setTimeout(() => {
      remember('expression', body.expression);
      post('evaluate', body).then(found => { if (mine === turn) answer.set(found); }, error => { if (mine === turn) answer.set({ value: '', error: error.message, position: -1 }); });
    }, 150);
  });
  cleanup(() => { turn++; clearTimeout(timer); });
  return h('div.col.play', { 'data-testid': 'playground' },
    h('div.row', null,
      h('label.sm.m', { for: 'play-language' }, 'Language'),
      h('select.in.playlang', { id: 'play-language', 'data-testid': 'play-language', value: language, onchange: event => language.set(event.target.value) },
        ['JSONata', 'JSONPath', 'Intrinsic'].map(name => h('option', { value: name, selected: name === language.peek() }, name)))),
    h('label.sm.m', { for: 'play-expression' }, 'Expression'),
    h('textarea.code', { id: 'play-expression', rows: 4, spellcheck: 'false', 'data-testid': 'play-expression', value: expression, oninput: event => expression.set(event.target.value) }),
    h('div', { role: 'status', 'data-testid': 'play-value' }, () => {
      const found = answer();
      if (!found) return h('p.sm.t3', null, 'Write an expression to see its value.');
      if (found.error) return h('p.stat.is-failed.wrapany', { 'data-testid': 'play-error' }, found.error, found.position >= 0 && ` (at ${found.position + 1})`);
      return h('div', null, tree(parse(found.value), 'value'), h('p.xs.t3.num', null, `${found.microseconds} µs`));
    }),
    () => dataSection('Input', data().input, { testid: 'play-input' }),
    () => (data().result ? dataSection('Result', data().result) : null));
}
