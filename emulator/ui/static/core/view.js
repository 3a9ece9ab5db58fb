// The view core: signals, and h() that makes DOM nodes which follow them.
//
//   const n = signal(0), twice = computed(() => n() * 2);
//   mount(document.body, () => h('button.btn', { onclick: () => n.set(n() + 1) }, () => `${twice()} times`));
//
// Reading a signal inside an effect or a computed subscribes to it. Effects run in one batch, in a
// microtask after the change, and only if a value that they read did change. What an effect creates
// (effects, listeners registered with cleanup) ends when it runs again or is disposed.
// Data reaches the document as text nodes and attributes only, so markup in it stays text.

let current = null; // the reaction whose reads are recorded
let owner = null; // the reaction that owns what is created now
const pending = new Set(); // effects for the next flush

// signal holds a value. Call it to read; .set(v) and .update(old => v) write; .peek() reads without subscribing.
export function signal(value) {
  const source = { version: 0, readers: new Set() };
  const read = () => { track(source); return value; };
  read.peek = () => value;
  read.set = next => {
    if (Object.is(next, value)) return;
    value = next;
    source.version++;
    spread(source);
  };
  read.update = change => read.set(change(value));
  return read;
}

// computed is a signal made from others. It is evaluated when read, and again only after a source changed.
export function computed(make) {
  const source = { version: 0, readers: new Set(), refresh };
  const node = reaction(() => { if (!node.stale) { node.stale = true; spread(source); } });
  node.stale = true;
  let value;
  function refresh() {
    if (!node.stale) return;
    node.stale = false;
    if (source.version && !changed(node)) return;
    const next = run(node, make);
    if (!source.version || !Object.is(next, value)) { value = next; source.version++; }
  }
  const read = () => { refresh(); track(source); return value; };
  read.peek = () => { refresh(); return value; };
  return read;
}

// effect runs fn now and again after what it read has changed. It returns the function that ends it.
export function effect(fn) {
  const node = reaction(() => {
    if (!pending.size) queueMicrotask(flush);
    pending.add(node);
  });
  node.again = () => { if (changed(node)) run(node, fn); };
  run(node, fn);
  return () => dispose(node);
}

// cleanup registers fn for the moment when the effect that runs now runs again or ends.
export function cleanup(fn) { owner?.owned.push(fn); }

// untrack runs fn without subscribing to what it reads.
export function untrack(fn) {
  const before = current;
  current = null;
  try { return fn(); } finally { current = before; }
}

// root runs fn outside of all scopes: what it makes lasts as long as somebody uses it.
export function root(fn) {
  const before = [current, owner];
  current = owner = null;
  try { return fn(); } finally { [current, owner] = before; }
}

// flush runs the effects that wait. Tests call it; the page has the microtask.
export function flush() {
  for (let turns = 0; pending.size; turns++) {
    if (turns > 100) { pending.clear(); throw new Error('view: effects change what they read without end'); }
    const batch = [...pending];
    pending.clear();
    for (const node of batch) if (!node.ended) node.again();
  }
}

function reaction(notify) {
  const node = { notify, sources: new Map(), owned: [], ended: false };
  owner?.owned.push(() => dispose(node));
  return node;
}
function track(source) {
  if (!current) return;
  source.readers.add(current);
  if (!current.sources.has(source)) current.sources.set(source, source.version);
}
function spread(source) { for (const node of [...source.readers]) node.notify(); }
function changed(node) {
  for (const [source, version] of node.sources) {
    source.refresh?.();
    if (source.version !== version) return true;
  }
  return false;
}
function run(node, fn) {
  release(node);
  const before = [current, owner];
  current = owner = node;
  try { return fn(); } finally { [current, owner] = before; }
}
function release(node) {
  for (const source of node.sources.keys()) source.readers.delete(node);
  node.sources.clear();
  for (const end of node.owned.splice(0).reverse()) end();
}
function dispose(node) { node.ended = true; pending.delete(node); release(node); }

// ── nodes ──

const SVG = new Set(['svg', 'g', 'path', 'use', 'rect', 'circle', 'line', 'polyline', 'text', 'tspan', 'defs', 'marker']);

// h makes an element: h('div.row', {props}, ...children). A prop or child that is a function is followed.
// on… props are listeners, style is a map of properties for setProperty (the CSP forbids style
// attributes), ref is called with the element; false, null and undefined remove an attribute.
export function h(tag, props, ...children) {
  const [name, ...classes] = tag.split('.');
  const el = SVG.has(name) ? document.createElementNS('http://www.w3.org/2000/svg', name) : document.createElement(name);
  if (classes.length) el.setAttribute('class', classes.join(' '));
  for (const [key, value] of Object.entries(props ?? {})) {
    if (key === 'ref') value(el);
    else if (key.startsWith('on')) el.addEventListener(key.slice(2), value);
    else if (typeof value === 'function') effect(() => assign(el, key, value(), classes));
    else assign(el, key, value, classes);
  }
  append(el, children);
  return el;
}

function assign(el, key, value, classes) {
  if (key === 'class') el.setAttribute('class', [...classes, ...[value].flat()].filter(Boolean).join(' '));
  else if (key === 'style') for (const [name, v] of Object.entries(value)) el.style.setProperty(name, v);
  else if (key === 'value' && el.tagName === 'OPTION') el.setAttribute(key, value ?? ''); // or its text would be its value
  else if (key === 'value' || key === 'checked' || key === 'indeterminate') { if (el[key] !== value) el[key] = value ?? ''; }
  else if (value === false || value == null) el.removeAttribute(key);
  else el.setAttribute(key, value === true ? '' : value);
}

// append adds children: nodes, text, numbers, lists of them, and functions, whose place is kept and filled anew.
export function append(el, children) {
  for (const child of [children].flat(Infinity)) {
    if (typeof child === 'function') follow(el, child);
    else if (child != null && child !== false && child !== true) el.append(child);
  }
}

function follow(el, make) {
  const start = el.appendChild(document.createComment('')), end = el.appendChild(document.createComment(''));
  effect(() => {
    const part = document.createDocumentFragment();
    append(part, make());
    while (start.nextSibling !== end) start.nextSibling.remove();
    end.before(part);
  });
}

// each shows a list and keeps the element of an item as long as the item's key is in the list.
// render gets a signal of the item and returns one element.
export function each(list, key, render) {
  const part = document.createDocumentFragment(), end = part.appendChild(document.createComment(''));
  let rows = new Map();
  cleanup(() => rows.forEach(row => dispose(row.node)));
  effect(() => {
    const next = new Map();
    for (const item of list()) {
      const id = key(item), row = rows.get(id);
      if (row) row.item.set(item);
      next.set(id, row ?? untrack(() => makeRow(item, render)));
    }
    for (const [id, row] of rows) if (!next.has(id)) { dispose(row.node); row.el.remove(); }
    let place = end;
    for (const row of [...next.values()].reverse()) {
      if (row.el.nextSibling !== place) place.before(row.el);
      place = row.el;
    }
    rows = next;
  });
  return part;
}
function makeRow(value, render) {
  const item = signal(value), node = { sources: new Map(), owned: [] }; // owned by the list, not by the effect
  return { item, node, el: run(node, () => untrack(() => render(item))) };
}

// mount shows what make() returns inside el and returns the function that takes it away.
export function mount(el, make) {
  return effect(() => {
    el.replaceChildren();
    untrack(() => append(el, make()));
  });
}
