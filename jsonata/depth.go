package jsonata

// This file counts how deep evaluation nests. The reference evaluates node by
// node and counts the nested calls of its evaluator; Step Functions ends an
// expression at a hundred of them. Our closures need no such call, so the depth of
// each node in its body (of the expression, or of a function) is determined when it
// is compiled. At run time only calls of functions add to it.

// nest sets the depth of n and of all nodes below it, and returns the depth that
// its evaluation reaches whatever the data is. Nodes that may not be evaluated do
// not count: so the limit is never reached where the reference would not reach it,
// and at most a few levels later than there.
func (n *node) nest(depth int) (reach int) {
	n.depth, n.reach = depth, depth
	certain := func(children ...*node) {
		for _, child := range children {
			if child != nil {
				n.reach = max(n.reach, child.nest(depth+1))
			}
		}
	}
	switch {
	case n.kind == nodeLambda:
		n.rhs.nest(1)
	case n.kind == nodePath:
		certain(n.items[0])
		possible(depth, n.items[1:]...)
	case n.kind == nodeCondition, n.kind == nodeBinary && (n.text == "and" || n.text == "or"):
		certain(n.lhs)
		possible(depth, n.rhs, n.third)
	case n.tail: // the caller makes the call when the body has ended
		possible(depth, append([]*node{n.lhs}, n.items...)...)
	case n.kind == nodeTransform:
		possible(depth, n.lhs, n.rhs, n.third)
	case n.kind == nodeApply && n.rhs.kind == nodeCall: // one call, of which the left side is an argument
		certain(n.lhs)
		n.reach = max(n.reach, n.rhs.nest(depth))
	default:
		certain(n.lhs, n.rhs, n.third)
		certain(n.items...)
		for _, pair := range n.pairs {
			certain(pair[:]...)
		}
	}
	for _, list := range [...][]stage{n.predicates, n.stages} {
		for _, st := range list {
			possible(depth, st.filter)
		}
	}
	for _, t := range n.terms {
		possible(depth, t.expr)
	}
	if n.group != nil {
		for _, pair := range n.group.pairs {
			possible(depth, pair[:]...)
		}
	}
	return n.reach
}

// possible is nest for nodes that may not be evaluated.
func possible(depth int, nodes ...*node) {
	for _, n := range nodes {
		if n != nil {
			n.nest(depth + 1)
		}
	}
}

// checkDepth fails if a depth in the current body is beyond the limit.
func (r *run) checkDepth(depth int) error {
	if r.depth+depth > r.maxDepth {
		return limitError(tooDeep, nil)
	}
	return nil
}

// callAt begins a call at a depth in the current body.
func (r *run) callAt(depth int) error {
	r.level = r.depth + depth
	return r.checkDepth(depth)
}

// nested calls do one level deeper. It is for functions that the reference defines
// in JSONata itself, and that can call one another without end.
func (r *run) nested(do func() error) error {
	level := r.level
	if r.level++; r.level > r.maxDepth {
		return limitError(tooDeep, nil)
	}
	err := do()
	r.level = level
	return err
}
