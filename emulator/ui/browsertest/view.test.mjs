// Tests of the view core (static/core/view.js), run by TestModules with `node --test`.
import assert from 'node:assert/strict';
import { test } from 'node:test';

// A document with what view.js uses: a tree of nodes, text, comments and fragments.
class Node {
  constructor(kind, text = '') { Object.assign(this, { kind, text, childNodes: [], parentNode: null, attributes: {}, listeners: {}, props: {} }); }
  get nextSibling() { return this.parentNode?.childNodes[this.parentNode.childNodes.indexOf(this) + 1] ?? null; }
  get textContent() { return this.kind === 'text' ? this.text : this.childNodes.map(n => n.textContent).join(''); }
  place(at, items) {
    for (const item of items) {
      const nodes = item instanceof Node ? (item.kind === 'fragment' ? [...item.childNodes] : [item]) : [new Node('text', String(item))];
      for (const node of nodes) {
        if (node.parentNode) { if (node.parentNode === this && node.parentNode.childNodes.indexOf(node) < at) at--; node.remove(); }
        this.childNodes.splice(at++, 0, node);
        node.parentNode = this;
      }
    }
  }
  append(...items) { this.place(this.childNodes.length, items); }
  appendChild(node) { this.append(node); return node; }
  before(...items) { this.parentNode.place(this.parentNode.childNodes.indexOf(this), items); }
  remove() { const list = this.parentNode.childNodes; list.splice(list.indexOf(this), 1); this.parentNode = null; }
  replaceChildren() { while (this.childNodes.length) this.childNodes[0].remove(); }
  setAttribute(name, value) { this.attributes[name] = String(value); }
  removeAttribute(name) { delete this.attributes[name]; }
  addEventListener(name, fn) { this.listeners[name] = fn; }
  get style() { return { setProperty: (name, value) => { this.props[name] = value; } }; }
}
globalThis.document = {
  createElement: () => new Node('element'), createElementNS: () => new Node('svg'),
  createComment: () => new Node('comment'), createDocumentFragment: () => new Node('fragment'),
};

const { cleanup, computed, each, effect, flush, h, mount, signal, untrack } = await import('../static/core/view.js');

test('an effect runs once for many changes, and not for a value that came back', () => {
  const a = signal(1), b = signal(2), seen = [];
  effect(() => seen.push(a() + b()));
  a.set(10);
  b.set(20);
  flush();
  a.set(10);
  flush();
  assert.deepEqual(seen, [3, 30]);
});

test('a computed is evaluated when it is read, and spreads only a new value', () => {
  const n = signal(1);
  let made = 0, shown = 0;
  const even = computed(() => { made++; return n() % 2 === 0; });
  effect(() => { even(); shown++; });
  n.set(3);
  flush();
  assert.deepEqual([made, shown], [2, 1]);
  n.set(4);
  assert.equal(even(), true);
  flush();
  assert.deepEqual([made, shown], [3, 2]);
});

test('an effect sees a diamond of computeds in one state', () => {
  const n = signal(1), double = computed(() => n() * 2), triple = computed(() => n() * 3), seen = [];
  effect(() => seen.push([double(), triple()]));
  n.set(2);
  flush();
  assert.deepEqual(seen, [[2, 3], [4, 6]]);
});

test('an effect subscribes to what it read the last time only', () => {
  const first = signal(true), a = signal('a'), b = signal('b'), seen = [];
  effect(() => seen.push(first() ? a() : b()));
  first.set(false);
  flush();
  a.set('unread');
  flush();
  assert.deepEqual(seen, ['a', 'b']);
});

test('what an effect made ends when it runs again or is ended', () => {
  const n = signal(0), inner = signal(0), log = [];
  const end = effect(() => {
    const mine = n();
    cleanup(() => log.push(`end ${mine}`));
    effect(() => { inner(); log.push(`inner of ${mine}`); });
  });
  n.set(1);
  flush();
  inner.set(1);
  flush();
  end();
  inner.set(2);
  n.set(2);
  flush();
  assert.deepEqual(log, ['inner of 0', 'end 0', 'inner of 1', 'inner of 1', 'end 1']);
});

test('untrack and peek read without subscribing', () => {
  const n = signal(0);
  let runs = 0;
  effect(() => { untrack(() => n()); n.peek(); runs++; });
  n.set(1);
  flush();
  assert.equal(runs, 1);
});

test('effects that change what they read are stopped', () => {
  const n = signal(0);
  effect(() => { n.set(n() + 1); });
  assert.throws(flush, /without end/);
});

test('h sets classes, attributes, listeners, properties, and follows functions', () => {
  const on = signal(true), name = signal('x');
  const el = h('div.row', { class: ['wide', false], hidden: on, title: () => name(), style: { '--v': 3 }, onclick: () => {} });
  assert.equal(el.attributes.class, 'row wide');
  assert.equal(el.attributes.hidden, '');
  assert.equal(el.props['--v'], 3);
  assert.ok(el.listeners.click);
  on.set(false);
  name.set('y');
  flush();
  assert.deepEqual([el.attributes.hidden, el.attributes.title], [undefined, 'y']);
});

test('markup in data stays text', () => {
  const el = h('p', null, '<img src=x onerror=alert(1)>', () => '<b>');
  assert.equal(el.childNodes[0].kind, 'text');
  assert.equal(el.textContent, '<img src=x onerror=alert(1)><b>');
});

test('a followed child keeps its place, with followed children inside', () => {
  const outer = signal('o'), inner = signal('i');
  const el = h('p', null, 'a', () => [outer(), () => [inner(), inner()]], 'z');
  assert.equal(el.textContent, 'aoiiz');
  inner.set('j');
  flush();
  assert.equal(el.textContent, 'aojjz');
  outer.set('p');
  flush();
  inner.set('k');
  flush();
  assert.equal(el.textContent, 'apkkz');
});

test('each keeps the element of a key, in the order of the list', () => {
  const list = signal([{ k: 1, t: 'a' }, { k: 2, t: 'b' }, { k: 3, t: 'c' }]);
  let ended = 0;
  const el = h('ul', null, each(list, one => one.k, item => { cleanup(() => ended++); return h('li', null, () => item().t); }));
  const [a, b, c] = el.childNodes;
  list.set([{ k: 3, t: 'C' }, { k: 1, t: 'a' }, { k: 4, t: 'd' }]);
  flush();
  assert.equal(el.textContent, 'Cad');
  assert.deepEqual([el.childNodes[0] === c, el.childNodes[1] === a, b.parentNode, ended], [true, true, null, 1]);
});

test('mount shows and its end stops what it shows', () => {
  const n = signal(1), root = new Node('element');
  let runs = 0;
  const end = mount(root, () => h('b', null, () => { runs++; return n(); }));
  n.set(2);
  flush();
  assert.equal(root.textContent, '2');
  end();
  n.set(3);
  flush();
  assert.equal(runs, 2);
});
