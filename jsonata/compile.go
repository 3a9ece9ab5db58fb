package jsonata

import (
	"github.com/aslocal/aslocal/value"
)

// This file compiles the tree into closures. Each node becomes a function of
// the frame and the context item. Constants, names and the places of variables are
// determined here, once.

// An eval evaluates one node: in is the context item, "$".
type eval func(f *frame, in value.Value) (value.Value, error)

// A scope is the list of the variables of a frame. A block that binds nothing has
// no scope of its own.
type scope struct {
	names    []string
	at       map[string]int // the last place of each name, from manyNames names on
	params   int            // the first ones, which are always bound
	places   map[string]*place
	up       *scope
	captured bool // a function may keep the frame
}

// manyNames is the number of names from which on a scope has a map of them.
const manyNames = 16

// index returns the place of a name, the last one of a parameter that occurs
// twice; -1 if it is not bound in the scope.
func (s *scope) index(name string) int {
	if s.at != nil {
		if i, ok := s.at[name]; ok {
			return i
		}
		return -1
	}
	for i := len(s.names) - 1; i >= 0; i-- {
		if s.names[i] == name {
			return i
		}
	}
	return -1
}

func (s *scope) add(name string) int {
	if i := s.index(name); i >= 0 {
		return i
	}
	return s.push(name)
}

// push adds a name, even if the scope has it already.
func (s *scope) push(name string) int {
	if s.names = append(s.names, name); len(s.names) == manyNames {
		s.at = make(map[string]int)
		for i, n := range s.names {
			s.at[n] = i
		}
	} else if s.at != nil {
		s.at[name] = len(s.names) - 1
	}
	return len(s.names) - 1
}

// A freeVariable is a variable that the expression does not bind itself, or a
// built-in function.
type freeVariable struct {
	name     string
	function value.Value // of that name, if there is one
}

// compiler compiles one expression.
type compiler struct {
	*options
	scope  *scope
	free   []freeVariable
	freeAt map[string]int // places in free, by name
	marks  bool           // results may hold marks inside
}

// freeIndex returns the place of a free variable.
func (c *compiler) freeIndex(name string) int {
	i, ok := c.freeAt[name]
	if !ok {
		if c.freeAt == nil {
			c.freeAt = make(map[string]int)
		}
		i = len(c.free)
		c.freeAt[name], c.free = i, append(c.free, freeVariable{name, c.function(name)})
	}
	return i
}

// open begins a scope with the variables that the nodes bind.
func (c *compiler) open(params []string, nodes ...*node) *scope {
	s := &scope{up: c.scope, params: len(params)}
	for _, name := range params { // a repeated parameter has two places, of which the last counts
		s.push(name)
	}
	for _, n := range nodes {
		bindings(n, s)
	}
	c.scope = s
	return s
}

// close ends the innermost scope.
func (c *compiler) close() { c.scope = c.scope.up }

// capture notes that a function may keep the frames around it.
func (c *compiler) capture() {
	for s := c.scope; s != nil && !s.captured; s = s.up { // the frames around a captured one are captured, too
		s.captured = true
	}
}

// bindings adds the variables that n binds in the scope around it. Blocks and
// lambdas have scopes of their own, which do not hold their predicates and groups.
func bindings(n *node, s *scope) {
	if n == nil {
		return
	}
	if n.kind == nodeBlock || n.kind == nodeLambda {
		n = &node{predicates: n.predicates, stages: n.stages, group: n.group}
	}
	if n.kind == nodeBind {
		s.add(n.text)
	}
	n.each(func(child *node) { bindings(child, s) })
}

// each calls do for every node directly below n.
func (n *node) each(do func(*node)) {
	for _, child := range [...]*node{n.lhs, n.rhs, n.third} {
		if child != nil {
			do(child)
		}
	}
	for _, child := range n.items {
		do(child)
	}
	for _, pair := range n.pairs {
		do(pair[0])
		do(pair[1])
	}
	for _, t := range n.terms {
		do(t.expr)
	}
	for _, list := range [...][]stage{n.predicates, n.stages} {
		for _, st := range list {
			if st.filter != nil {
				do(st.filter)
			}
		}
	}
	if n.group != nil {
		for _, pair := range n.group.pairs {
			do(pair[0])
			do(pair[1])
		}
	}
}

// node compiles n with everything that is attached to it.
func (c *compiler) node(n *node) (eval, error) {
	if n.keepArray || n.singleton || n.cons {
		c.marks = true
	}
	x := collapse
	if n.keepArray {
		x = keepArray
	}
	if n.kind == nodePath {
		return c.path(n)
	}
	if len(n.predicates) == 0 && n.group == nil {
		return c.plain(n, x)
	}
	if n.streamed() != nil && n.group == nil {
		return c.streamedBlock(n)
	}
	e, err := c.plain(n, raw)
	if err == nil && n.endsInTail() {
		e = c.thunked(e)
	}
	if err == nil && len(n.predicates) > 0 {
		e, err = c.filtered(e, n)
	}
	if err != nil {
		return nil, err
	}
	if n.group != nil {
		return c.grouped(e, n.group)
	}
	if n.endsInTail() {
		return unthunked(x.then(e)), nil
	}
	return x.then(e), nil
}

// thunked compiles a block with predicates or a group that ends with a call in tail
// position. In the reference that call is a function when these see it: "(f())[0]" is
// all that f returns, "(f())[1]" nothing, and a group never calls it.
func (c *compiler) thunked(e eval) eval {
	c.capture()
	return func(f *frame, in value.Value) (value.Value, error) {
		v, err := e(f, in)
		r := f.run
		if err != nil || r.tail.call == nil {
			return v, err
		}
		tail := r.tail
		r.tail = tailCall{}
		return ofFunction(&function{tail: &tail, call: func(c Call, _ []value.Value) (value.Value, error) {
			c.run.tail = tail
			return value.Value{}, nil
		}}), nil
	}
}

// unthunked leaves the call to the caller, if it is still there.
func unthunked(e eval) eval {
	return func(f *frame, in value.Value) (value.Value, error) {
		v, err := e(f, in)
		if fn := functionOf(v); fn != nil && fn.tail != nil && err == nil {
			f.run.tail = *fn.tail
			return value.Value{}, nil
		}
		return v, err
	}
}

// plain compiles n without its predicates and its group, with the exit x.
func (c *compiler) plain(n *node, x exit) (eval, error) {
	switch n.kind {
	case nodeName:
		return x.then(c.name(n)), nil
	case nodeString, nodeNumber, nodeWord:
		return constant(n.literal()), nil
	case nodeVariable:
		return c.variable(n.text, x), nil
	case nodeParent:
		return c.variable(n.parent.name, x), nil
	case nodeWildcard:
		return x.then(wildcard), nil
	case nodeDescendant:
		return x.then(descendants), nil
	case nodeRegex:
		return c.regex(n)
	case nodeBinary:
		return c.binary(n, x)
	case nodeNegate:
		return c.negate(n)
	case nodeArray:
		return c.array(n)
	case nodeObject:
		return c.object(n)
	case nodeBlock:
		return c.block(n, x)
	case nodeCondition:
		return c.condition(n)
	case nodeBind:
		return c.bind(n)
	case nodeCall:
		return c.callNode(n, x)
	case nodePartial:
		return c.partial(n)
	case nodeLambda:
		return c.lambda(n)
	case nodeApply:
		return c.apply(n, x)
	case nodeTransform:
		return c.transform(n)
	}
	e := failAt("S0206", n.position, n.text)
	return nil, e
}

func constant(v value.Value) eval {
	return func(*frame, value.Value) (value.Value, error) { return v, nil }
}

// name compiles a name on its own: a step of a path by other means.
func (c *compiler) name(n *node) eval {
	name := n.text
	return func(f *frame, in value.Value) (value.Value, error) {
		return f.run.lookUp(in, name)
	}
}

// A place is where a scope has a variable. Only at run time it is known whether
// the variable is bound there; if not, the next place further out counts.
type place struct {
	slot  int
	sure  bool   // it is bound whenever it is looked up
	up    int    // frames from here to the next place
	outer *place // nil if there is none
}

// find returns the innermost place of a variable and how many frames up it is;
// nil if nothing binds it.
func (s *scope) find(name string) (up int, p *place) {
	for ; s != nil; s = s.up {
		if i := s.index(name); i >= 0 {
			return up, s.place(name, i)
		}
		up++
	}
	return 0, nil
}

// place returns the place of a variable in slot i. All look-ups share it and the
// places further out.
func (s *scope) place(name string, i int) *place {
	if p := s.places[name]; p != nil {
		return p
	}
	p := &place{slot: i, sure: i < s.params}
	if !p.sure {
		p.up, p.outer = s.up.find(name)
		p.up++
	}
	if s.places == nil {
		s.places = make(map[string]*place)
	}
	s.places[name] = p
	return p
}

// bound returns the value in the slot of a variable that is bound.
func bound(v value.Value) value.Value {
	if functionOf(v) == nothing {
		return value.Value{}
	}
	return v
}

// variable compiles a look-up. The text determines where the variable is, but only
// at run time it is known whether it is bound yet; until then the next variable of
// that name further out counts.
func (c *compiler) variable(name string, x exit) eval {
	if x != collapse {
		return x.then(c.variable(name, collapse))
	}
	switch name {
	case "":
		return func(f *frame, in value.Value) (value.Value, error) {
			if markOf(in)&markOuter != 0 && isArray(in) {
				return in.Index(0), nil
			}
			return collapsed(in), nil
		}
	case "$":
		if _, p := c.scope.find("$"); p == nil {
			return func(f *frame, in value.Value) (value.Value, error) { return f.run.root, nil }
		}
	}
	up, first := c.scope.find(name)
	if first != nil && first.sure {
		slot := first.slot
		switch up {
		case 0:
			return func(f *frame, in value.Value) (value.Value, error) { return collapsed(f.slots[slot]), nil }
		case 1:
			return func(f *frame, in value.Value) (value.Value, error) { return collapsed(f.up.slots[slot]), nil }
		}
		return func(f *frame, in value.Value) (value.Value, error) { return collapsed(f.above(up).slots[slot]), nil }
	}
	free := c.freeIndex(name)
	if first == nil {
		return func(f *frame, in value.Value) (value.Value, error) { return f.run.free[free], nil }
	}
	return func(f *frame, in value.Value) (value.Value, error) {
		r, up := f.run, up
		for p := first; p != nil; up, p = p.up, p.outer {
			f = f.above(up)
			if v := f.slots[p.slot]; v.Exists() {
				return collapsed(bound(v)), nil
			}
			if p.sure {
				return value.Value{}, nil
			}
		}
		return r.free[free], nil
	}
}

// bind compiles "$a := b": it binds in the innermost scope, which open gave a slot
// for it.
func (c *compiler) bind(n *node) (eval, error) {
	e, err := c.node(n.rhs)
	if err != nil {
		return nil, err
	}
	up, to := c.scope.find(n.text)
	slot, sure := to.slot, to.sure
	return func(f *frame, in value.Value) (value.Value, error) {
		v, err := e(f, in)
		if err != nil {
			return value.Value{}, err
		}
		f = f.above(up)
		if f.slots[slot] = v; !v.Exists() && !sure {
			f.slots[slot] = boundToNothing
		}
		return v, nil
	}, nil
}

// nodes compiles a list.
func (c *compiler) nodes(list []*node) ([]eval, error) {
	out := make([]eval, len(list))
	for i, n := range list {
		e, err := c.node(n)
		if err != nil {
			return nil, err
		}
		out[i] = e
	}
	return out, nil
}

// block compiles "(a; b)", with the exit x.
func (c *compiler) block(n *node, x exit) (eval, error) {
	s := &scope{}
	for _, item := range n.items {
		bindings(item, s)
	}
	if len(s.names) > 0 {
		s.up, c.scope = c.scope, s
		defer c.close()
	}
	items, err := c.nodes(n.items)
	if err != nil {
		return nil, err
	}
	switch {
	case len(items) == 0:
		return constant(value.Value{}), nil
	case len(s.names) > 0:
		return framed(s, items, x), nil
	case len(items) == 1:
		if n.items[0].single() {
			return items[0], nil
		}
		return x.then(items[0]), nil
	}
	return func(f *frame, in value.Value) (v value.Value, err error) {
		for _, item := range items {
			if v, err = item(f, in); err != nil {
				return value.Value{}, err
			}
		}
		return x.of(v), nil
	}, nil
}

// single reports whether n evaluates to something that cannot be a sequence, so
// that collapsing it changes nothing.
func (n *node) single() bool {
	switch n.kind {
	case nodeBinary, nodeNegate, nodeString, nodeNumber, nodeWord, nodeObject, nodeLambda:
		return len(n.predicates) == 0 && n.group == nil && n.text != ".."
	}
	return false
}

// framed evaluates the items in a frame of their own.
func framed(s *scope, items []eval, x exit) eval {
	return func(f *frame, in value.Value) (v value.Value, err error) {
		r := f.run
		own := r.frame(s, f)
		for _, item := range items {
			if v, err = item(own, in); err != nil {
				return value.Value{}, err
			}
		}
		if r.tail.call == nil { // a tail call still needs the frame
			r.release(s, own)
		}
		return x.of(v), nil
	}
}

// condition compiles "a ? b : c".
func (c *compiler) condition(n *node) (eval, error) {
	test, err := c.test(n.lhs)
	if err != nil {
		return nil, err
	}
	then, err := c.node(n.rhs)
	if err != nil {
		return nil, err
	}
	otherwise, reach := constant(value.Value{}), [2]int{n.rhs.reach}
	if n.third != nil {
		if otherwise, err = c.node(n.third); err != nil {
			return nil, err
		}
		reach[1] = n.third.reach
	}
	return func(f *frame, in value.Value) (value.Value, error) {
		ok, err := test(f, in)
		if err != nil {
			return value.Value{}, err
		}
		branch, depth := otherwise, reach[1]
		if ok {
			branch, depth = then, reach[0]
		}
		if err := f.run.checkDepth(depth); err != nil {
			return value.Value{}, err
		}
		v, err := branch(f, in)
		return collapsed(v), err
	}, nil
}

// lambda compiles "function($a){b}".
func (c *compiler) lambda(n *node) (eval, error) {
	c.capture()
	names := make([]string, len(n.items))
	for i, item := range n.items {
		names[i] = item.text
	}
	l := &lambda{params: len(names), signature: n.signature, reach: n.rhs.reach}
	l.scope = c.open(names, n.rhs)
	defer c.close()
	var err error
	if l.body, err = c.node(n.rhs); err != nil {
		return nil, err
	}
	return func(f *frame, in value.Value) (value.Value, error) {
		return ofFunction(&function{lambda: l, signature: l.signature, arity: l.params, frame: f, in: in}), nil
	}, nil
}

// calleeName returns the name of a callee in errors.
func calleeName(n *node) (text string, bare bool) {
	switch n.kind {
	case nodePath:
		if n.items[0].kind == nodeParent {
			return "", false
		}
		return n.items[0].text, n.items[0].bare
	case nodeParent, nodeBlock, nodeLambda, nodeCondition, nodeTransform, nodeBind, nodeRegex:
		return "", false
	case nodeCall:
		return "(", false
	}
	return n.text, n.bare
}

// calls compiles the common part of a call and of a partial application.
func (c *compiler) calls(n *node) (*call, error) {
	var err error
	out := &call{site: site{position: n.position}, depth: n.depth}
	out.site.token, out.site.bare = calleeName(n.lhs)
	out.calleeSite = site{position: n.lhs.position}
	if n.lhs.kind == nodeVariable {
		out.calleeSite.token = n.lhs.text
	}
	if n.lhs.kind == nodePath && n.lhs.items[0].text != "" {
		same := c.variable(n.lhs.items[0].text, collapse)
		out.forgotten = func(f *frame) bool {
			v, err := same(f, value.Value{})
			if err != nil {
				return false
			}
			ok, err := f.run.cast(v)
			return ok && err == nil
		}
	}
	if out.callee, err = c.node(n.lhs); err != nil {
		return nil, err
	}
	for _, item := range n.items {
		if item.kind == nodePlaceholder {
			out.args = append(out.args, nil)
			continue
		}
		e, err := c.node(item)
		if err != nil {
			return nil, err
		}
		out.args = append(out.args, e)
	}
	return out, nil
}

// callNode compiles "f(a)".
func (c *compiler) callNode(n *node, x exit) (eval, error) {
	call, err := c.calls(n)
	if err != nil {
		return nil, err
	}
	call.exit = x
	if e, ok, err := c.aggregate(n, call); ok || err != nil {
		return e, err
	}
	if !n.tail {
		return call.eval, nil
	}
	return func(f *frame, in value.Value) (value.Value, error) {
		f.run.tail = tailCall{call: call, frame: f, in: in}
		return value.Value{}, nil
	}, nil
}

// apply compiles "a ~> f". If f is a call, a becomes its first argument; if a is a
// function, the result is the function that calls a and then f.
func (c *compiler) apply(n *node, x exit) (eval, error) {
	left, err := c.node(n.lhs)
	if err != nil {
		return nil, err
	}
	if n.rhs.kind == nodeCall && len(n.rhs.predicates) == 0 && n.rhs.group == nil {
		call, err := c.calls(n.rhs)
		if err != nil {
			return nil, err
		}
		call.first, call.exit = left, x
		return call.eval, nil
	}
	right, err := c.node(n.rhs)
	if err != nil {
		return nil, err
	}
	position, depth := n.position, n.depth
	return func(f *frame, in value.Value) (value.Value, error) {
		arg, err := left(f, in)
		if err != nil {
			return value.Value{}, err
		}
		v, err := right(f, in)
		if err != nil {
			return value.Value{}, err
		}
		fn := functionOf(v)
		if fn == nil {
			return value.Value{}, &Error{Code: "T2006", Position: position, Value: v}
		}
		r := f.run
		if first := functionOf(arg); first != nil {
			return ofFunction(chain(first, fn)), nil
		}
		if err := r.callAt(depth); err != nil {
			return value.Value{}, err
		}
		base := len(r.stack)
		r.stack = append(r.stack, arg)
		v, err = r.apply(fn, r.stack[base:], value.NullValue)
		r.stack = r.stack[:base]
		return x.of(v), err
	}, nil
}

// partial compiles "f(a, ?)": a function of the parameters marked "?".
func (c *compiler) partial(n *node) (eval, error) {
	call, err := c.calls(n)
	if err != nil {
		return nil, err
	}
	return func(f *frame, in value.Value) (value.Value, error) {
		args := make([]value.Value, len(call.args))
		for i, arg := range call.args {
			if arg == nil {
				continue
			}
			var err error
			if args[i], err = arg(f, in); err != nil {
				return value.Value{}, err
			}
		}
		v, err := call.callee(f, in)
		if err != nil {
			return value.Value{}, err
		}
		fn := functionOf(v)
		switch {
		case fn != nil:
			if err := fn.partialError(); err != nil {
				return value.Value{}, err
			}
			g := &given{values: args[:min(len(args), fn.parameters())]} // what is too much is lost
			for i := range g.values {
				if call.args[i] == nil {
					g.open = append(g.open, i)
				}
			}
			return ofFunction(partly(fn, g)), nil
		case !v.Exists() && call.forgotten != nil && call.forgotten(f):
			return value.Value{}, call.site.error("T1007")
		}
		return value.Value{}, call.site.error("T1008")
	}, nil
}
