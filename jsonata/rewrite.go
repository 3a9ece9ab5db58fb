package jsonata

import (
	"strconv"

	"github.com/aslocal/aslocal/jsonata/internal/ecma"
	"github.com/aslocal/aslocal/value"
)

// This file turns the tree of the parser into the one that is compiled.
//
// Paths. The parser reads "a.b[c].d" as operators like any other. They become a
// list of steps, because a step has more than an operator has: it
// filters per item of the step before it (its stages), it may be the first or
// the last (an array constructor there is not flattened), it may bind its
// results to a variable. So chains of dots are flattened into one path, and
// predicates, order-by clauses, groups and bindings move to the step, or to the
// path, that they belong to. A node that is not a path keeps them itself.
//
// Parents. A "%" means the input of some step before it, and which one is known
// from the text alone. So each "%" becomes a variable with a name of its own,
// and the search goes back over the steps: a name or a wildcard is a level up,
// another "%" a level down, and a block or a path in parentheses is entered from
// its end. The step where the level reaches zero binds its input to that
// variable (its ancestor), which makes it a step that yields tuples: results
// together with their bindings. A node hands the parents that it cannot resolve to
// the node around it (seeking); one that is left at the top is S0217.
//
// Tail calls. A call whose result is the result of the lambda around it is
// marked. Running it replaces the lambda's own run instead of nesting in it.

// rewriter numbers the parents of one expression.
type rewriter struct {
	parents int
}

// rewrite returns the tree to compile. It fails with the errors that the
// reference finds at this stage, in its order.
func rewrite(raw *node) (*node, error) {
	var r rewriter
	n, err := r.node(raw)
	if err != nil {
		return nil, err
	}
	if n.kind == nodeParent || len(n.seeking) > 0 {
		e := failAt("S0217", n.position, n.kind.String())
		if n.kind == nodeParent {
			e.Position = 0 // the reference does not know it
		}
		return nil, e
	}
	return n, nil
}

// node rewrites n, mostly in place.
func (r *rewriter) node(n *node) (out *node, err error) {
	keep := n.keepArray
	switch n.kind {
	case nodeEnd:
		return nil, failAt("S0207", n.position, n.text)
	case nodePlaceholder:
		return n, nil
	case nodeName, nodeOperator:
		n.kind = nodeName
		out = &node{kind: nodePath, items: []*node{n}, singleton: keep}
	case nodeParent:
		n.parent = &parent{name: "%" + strconv.Itoa(r.parents), level: 1}
		r.parents++
		out = n
	case nodeDot:
		out, err = r.dot(n)
	case nodePredicate:
		out, err = r.predicate(n)
	case nodeGroup:
		out, err = r.group(n)
	case nodeOrder:
		out, err = r.order(n)
	case nodeFocus:
		out, err = r.focus(n)
	case nodeIndex:
		out, err = r.index(n)
	case nodeNegate:
		out, err = r.negate(n)
	case nodeLambda:
		out, err = r.lambda(n)
	case nodeTransform:
		out, err = n, r.transform(n)
	case nodeApply: // what its sides seek is lost
		out, err = n, r.operands(n)
		n.seeking = nil
		keep = keep || err == nil && (n.lhs.keepArray || n.rhs.keepArray)
	default:
		out, err = n, r.operands(n)
	}
	if err != nil {
		return nil, err
	}
	out.keepArray = out.keepArray || keep
	return out, nil
}

// operands rewrites all nodes below n and takes over the parents that they seek.
func (r *rewriter) operands(n *node) error {
	if n.kind == nodeCall || n.kind == nodePartial { // the arguments first; what the callee seeks is lost
		for i := range n.items {
			if err := r.below(n, &n.items[i]); err != nil {
				return err
			}
		}
		callee, err := r.node(n.lhs)
		n.lhs = callee
		return err
	}
	for _, field := range [...]**node{&n.lhs, &n.rhs, &n.third} {
		if err := r.below(n, field); err != nil {
			return err
		}
	}
	for i := range n.items {
		if err := r.below(n, &n.items[i]); err != nil {
			return err
		}
		if item := n.items[i]; n.kind == nodeBlock && (item.cons || item.kind == nodePath && item.items[0].cons) {
			n.cons = true
		}
	}
	for i := range n.pairs {
		for j := range n.pairs[i] {
			if err := r.below(n, &n.pairs[i][j]); err != nil {
				return err
			}
		}
	}
	return nil
}

// below rewrites a node below n; it may be nil.
func (r *rewriter) below(n *node, field **node) error {
	if *field == nil {
		return nil
	}
	out, err := r.node(*field)
	if err != nil {
		return err
	}
	*field = out
	adopt(n, out)
	return nil
}

// adopt hands the parents that from seeks to n. The first list is shared, not
// copied: it may be long, and pass through many levels.
func adopt(n, from *node) {
	if n.seeking == nil {
		n.seeking = from.seeking
	} else {
		n.seeking = append(n.seeking, from.seeking...)
	}
	if from.kind == nodeParent {
		n.seeking = append(n.seeking, from.parent)
	}
}

// negate folds the sign into a number.
func (r *rewriter) negate(n *node) (*node, error) {
	if err := r.operands(n); err != nil {
		return nil, err
	}
	if n.rhs.kind == nodeNumber {
		n.rhs.number = -n.rhs.number
		n.rhs.text = ecma.NumberText(n.rhs.number)
		return n.rhs, nil
	}
	return n, nil
}

func (r *rewriter) lambda(n *node) (*node, error) {
	body, err := r.node(n.rhs)
	if err != nil {
		return nil, err
	}
	markTail(body)
	n.rhs = body
	return n, nil
}

// markTail marks the calls in tail position. As in the reference, a group behind such a
// call is lost; for the predicates and the group of a block see compiler.thunked.
func markTail(n *node) {
	switch {
	case n == nil:
	case n.kind == nodeCall && n.predicates == nil:
		n.tail, n.group = true, nil
	case n.kind == nodeCondition:
		markTail(n.rhs)
		markTail(n.third)
	case n.kind == nodeBlock && len(n.items) > 0:
		markTail(n.items[len(n.items)-1])
	}
}

// endsInTail reports whether n leaves a call in tail position to its caller.
func (n *node) endsInTail() bool {
	switch {
	case n == nil:
		return false
	case n.kind == nodeCondition:
		return n.rhs.endsInTail() || n.third.endsInTail()
	case n.kind == nodeBlock && len(n.items) > 0:
		return n.items[len(n.items)-1].endsInTail()
	}
	return n.tail
}

// transform rewrites the clauses, which seek for themselves.
func (r *rewriter) transform(n *node) (err error) {
	for _, field := range [...]**node{&n.lhs, &n.rhs, &n.third} {
		if *field == nil {
			continue
		}
		if *field, err = r.node(*field); err != nil {
			return err
		}
	}
	return nil
}

// dot joins two paths, or makes a path of two steps.
func (r *rewriter) dot(n *node) (*node, error) {
	left, err := r.node(n.lhs)
	if err != nil {
		return nil, err
	}
	path := left
	if left.kind != nodePath {
		path = &node{kind: nodePath, items: []*node{left}}
		if left.kind == nodeParent {
			path.seeking = []*parent{left.parent}
		}
	}
	right, err := r.node(n.rhs)
	if err != nil {
		return nil, err
	}
	if right.kind == nodePath {
		path.items = append(path.items, right.items...)
	} else {
		right.stages, right.predicates = append(right.stages, right.predicates...), nil
		path.items = append(path.items, right)
	}
	for _, step := range path.items {
		switch step.kind {
		case nodeNumber, nodeWord:
			e := failAt("S0213", step.position, "")
			e.Value = step.literal()
			return nil, e
		}
	}
	for _, step := range path.items {
		if step.kind == nodeString {
			step.kind = nodeName
		}
		path.singleton = path.singleton || step.keepArray
	}
	for _, end := range [...]*node{path.items[0], path.items[len(path.items)-1]} {
		if end.kind == nodeArray {
			end.cons = true
		}
	}
	return path, resolve(path)
}

// literal is the value of a string, number or word.
func (n *node) literal() value.Value {
	switch n.kind {
	case nodeString:
		return value.OfString(n.text)
	case nodeNumber:
		return value.OfFloat(n.number)
	}
	return n.word
}

// predicate moves a predicate to the last step of a path, or to another node.
func (r *rewriter) predicate(n *node) (*node, error) {
	out, err := r.node(n.lhs)
	if err != nil {
		return nil, err
	}
	step, list := out, &out.predicates
	if out.kind == nodePath {
		step = out.items[len(out.items)-1]
		list = &step.stages
	}
	if step.group != nil {
		return nil, failAt("S0209", n.position, "")
	}
	filter, err := r.node(n.rhs)
	if err != nil {
		return nil, err
	}
	for _, p := range filter.seeking { // a predicate that is nothing but "%" means no step: it has no value
		if p.level == 1 {
			if err := seek(step, p); err != nil {
				return nil, err
			}
		} else {
			p.level--
		}
	}
	if filter.seeking != nil {
		adopt(step, filter)
	}
	*list = append(*list, stage{filter: filter})
	return out, nil
}

// group moves an object constructor to the node that it groups.
func (r *rewriter) group(n *node) (*node, error) {
	out, err := r.node(n.lhs)
	if err != nil {
		return nil, err
	}
	if out.group != nil {
		return nil, failAt("S0210", n.position, "")
	}
	for i := range n.pairs {
		for j := range n.pairs[i] {
			if n.pairs[i][j], err = r.node(n.pairs[i][j]); err != nil {
				return nil, err
			}
		}
	}
	out.group = &group{pairs: n.pairs, position: n.position}
	return out, nil
}

// order adds a step that sorts.
func (r *rewriter) order(n *node) (*node, error) {
	out, err := r.node(n.lhs)
	if err != nil {
		return nil, err
	}
	if out.kind != nodePath {
		out = &node{kind: nodePath, items: []*node{out}}
	}
	step := &node{kind: nodeSort, position: n.position, terms: n.terms}
	for i := range step.terms {
		if err := r.below(step, &step.terms[i].expr); err != nil {
			return nil, err
		}
	}
	out.items = append(out.items, step)
	return out, resolve(out)
}

// focus makes a step bind its results and leave the context as it was.
func (r *rewriter) focus(n *node) (*node, error) {
	out, err := r.node(n.lhs)
	if err != nil {
		return nil, err
	}
	step := out
	if out.kind == nodePath {
		step = out.items[len(out.items)-1]
	}
	if len(step.stages) > 0 || len(step.predicates) > 0 {
		return nil, failAt("S0215", n.position, "")
	}
	if step.kind == nodeSort {
		return nil, failAt("S0216", n.position, "")
	}
	step.keepArray = step.keepArray || n.keepArray
	step.focus, step.tuple = n.text, true
	return out, nil
}

// index makes a step number its results, after the filters it has so far.
func (r *rewriter) index(n *node) (*node, error) {
	out, err := r.node(n.lhs)
	if err != nil {
		return nil, err
	}
	if out.kind != nodePath {
		out.stages, out.predicates = append(out.stages, out.predicates...), nil
		out = &node{kind: nodePath, items: []*node{out}}
	}
	step := out.items[len(out.items)-1]
	if step.stages == nil {
		step.index = n.text
	} else {
		step.stages = append(step.stages, stage{index: n.text})
	}
	step.tuple = true
	return out, nil
}

// resolve finds the steps that the parents sought by the last step of a path
// mean. The path seeks those that it does not find.
func resolve(path *node) error {
	last := path.items[len(path.items)-1]
	sought := last.seeking
	if last.kind == nodeParent {
		sought = append(sought[:len(sought):len(sought)], last.parent)
	}
	for _, p := range sought {
		for i := len(path.items) - 2; p.level > 0; {
			if i < 0 {
				path.seeking = append(path.seeking, p)
				break
			}
			step := path.items[i]
			i--
			// Of steps in a row that bind their results, only the first has a
			// context of its own.
			for i >= 0 && step.focus != "" && path.items[i].focus != "" {
				step = path.items[i]
				i--
			}
			if err := seek(step, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// seek goes back over one step on the way to the one that p means.
func seek(step *node, p *parent) error {
	switch step.kind {
	case nodeName, nodeWildcard:
		p.level--
		if p.level == 0 {
			if step.ancestor != nil {
				p.name = step.ancestor.name
			}
			step.ancestor, step.tuple = p, true
		}
		return nil
	case nodeParent:
		p.level++
		return nil
	case nodeBlock:
		if len(step.items) == 0 {
			return nil
		}
		step.tuple = true
		return seek(step.items[len(step.items)-1], p)
	case nodePath:
		step.tuple = true
		for i := len(step.items) - 1; i == len(step.items)-1 || i >= 0 && p.level > 0; i-- {
			if err := seek(step.items[i], p); err != nil {
				return err
			}
		}
		return nil
	}
	return failAt("S0217", step.position, step.kind.String())
}
