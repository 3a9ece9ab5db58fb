package jsonpath

import (
	"strconv"

	"github.com/aslocal/aslocal/value"
)

// This file walks a document along the steps of a path. The order of what is
// found is the document's; that of a deep scan is a node before its children.

// A step is one token of a path.
type step struct {
	kind     kind
	upstream bool // all steps before it are definite
	name     string
	names    []string // of byName and byNames
	quote    byte     // that the names were written with
	indexes  []int    // of byIndex and byIndexes
	from, to bound    // of bySlice
	filter   *condition
	call     *call
}

type kind uint8

const (
	byName     kind = iota // .a ['a']
	byNames                // ['a','b']
	byIndex                // [0] [-1]
	byIndexes              // [0,1]
	bySlice                // [1:2]
	byWildcard             // .* [*]
	byScan                 // ..
	byFilter               // [?( )]
	byFunction             // .length()
)

// A bound is one end of a slice.
type bound struct {
	given bool
	n     int
}

// String returns the bound as it is written.
func (b bound) String() string {
	if !b.given {
		return ""
	}
	return strconv.Itoa(b.n)
}

// maxFound is how many values a path may find, and maxWork how many it may
// look at on the way: what a hostile path (a chain of scans) costs.
const (
	maxFound = 1_000_000
	maxWork  = 10_000_000
)

// textPerWork is how many bytes of text count as one value looked at.
const textPerWork = 16

// A mode says for whom a path is evaluated.
type mode uint8

const (
	operand   mode = iota // of a filter, or argument of a function
	existence             // test in a filter: what is missing anywhere fails
	outermost             // the caller: see Path.Get
)

// A scene is one evaluation of a path with all the paths inside its filters.
type scene struct {
	root  value.Value
	reads int
	left  int // work
	known []remembered
}

func (s *scene) work(n int) *failure {
	if s.left -= n; s.left < 0 {
		return tooMuchWork
	}
	return nil
}

// evaluate evaluates any path on doc.
func (p *Path) evaluate(s *scene, doc value.Value, m mode) (value.Value, *failure) {
	if p.plain {
		if v := p.follow(doc); v.Exists() {
			return v, nil
		}
	}
	w := walk{path: p, scene: s, mode: m}
	if f := w.step(0, doc); f != nil {
		return value.Value{}, f
	}
	if !p.definite {
		return value.OfSlice(w.found), nil
	}
	if len(w.found) == 0 {
		return value.Value{}, p.noResults(len(p.steps))
	}
	return w.found[len(w.found)-1], nil
}

// A walk goes along one path and collects what it finds.
type walk struct {
	path  *Path
	scene *scene
	mode  mode
	found []value.Value
}

// step takes step i and all that follow from v on.
func (w *walk) step(i int, v value.Value) *failure {
	if f := w.scene.work(1); f != nil {
		return f
	}
	if i == len(w.path.steps) {
		if len(w.found) == maxFound {
			return tooManyFound
		}
		w.found = append(w.found, v)
		return nil
	}
	s := &w.path.steps[i]
	switch s.kind {
	case byName, byNames:
		return w.byNames(i, s, v)
	case byIndex, byIndexes, bySlice:
		return w.byIndexes(i, s, v)
	case byWildcard:
		return w.each(i+1, v)
	case byScan:
		return w.scan(i+1, v)
	case byFilter:
		return w.byFilter(i, s, v)
	}
	result, f := s.call.invoke(w.scene, v)
	if f != nil {
		return f
	}
	return w.step(i+1, result)
}

func (w *walk) last(i int) bool { return i == len(w.path.steps)-1 }

func (w *walk) byNames(i int, s *step, v value.Value) *failure {
	if v.Kind() != value.Object {
		if s.upstream {
			return w.path.notObject(i, v)
		}
		return nil
	}
	if f := w.scene.work(len(s.names)); f != nil {
		return f
	}
	if s.kind == byNames && w.last(i) {
		return w.merge(i, s, v)
	}
	for _, name := range s.names {
		member := v.Get(name)
		if !member.Exists() {
			if f := w.noMember(i, s); f != nil {
				return f
			}
			continue
		}
		if f := w.step(i+1, member); f != nil {
			return f
		}
	}
	return nil
}

// merge ends a path with one object of the members that are there.
func (w *walk) merge(i int, s *step, v value.Value) *failure {
	var b value.ObjectBuilder
	for _, name := range s.names {
		if member := v.Get(name); member.Exists() {
			b.Set(name, member)
		} else if w.mode == existence {
			return w.path.missingProperty(i + 1)
		}
	}
	return w.step(i+1, b.Value())
}

// noMember decides whether it is an error that step i finds no member.
func (w *walk) noMember(i int, s *step) *failure {
	switch {
	case w.mode == existence:
		return w.path.missingProperty(i + 1)
	case w.last(i), !s.upstream, s.kind == byNames:
		return nil // a definite path complains when it has found nothing
	case w.mode == outermost && !w.path.definite:
		return nil // as the service does, see Path.Get
	}
	return w.path.missingProperty(i + 1)
}

func (w *walk) byIndexes(i int, s *step, v value.Value) *failure {
	if v.Kind() != value.Array {
		if s.upstream {
			return w.path.notArray(i, v)
		}
		return nil
	}
	if s.kind == bySlice {
		return w.bySlice(i, s, v)
	}
	for _, n := range s.indexes {
		if f := w.item(i, v, n); f != nil {
			return f
		}
	}
	return nil
}

// bySlice walks the items from s.from to s.to, exclusive. With both ends given
// a negative end is not counted from the end of the array, but each index
// between them is: [-3:-1] are the items -3 and -2, [1:-1] is nothing, and
// [-1:1] the last and the first item.
func (w *walk) bySlice(i int, s *step, v value.Value) *failure {
	from, to := s.from.n, s.to.n
	switch {
	case !s.to.given:
		from, to = max(fromEnd(from, v), 0), v.Len()
	case !s.from.given:
		from, to = 0, min(fromEnd(to, v), v.Len())
	default:
		from, to = max(from, -v.Len()), min(to, v.Len())
	}
	for n := from; n < to; n++ {
		if f := w.item(i, v, n); f != nil {
			return f
		}
	}
	return nil
}

// item takes the steps behind i from item n on, if there is one.
func (w *walk) item(i int, v value.Value, n int) *failure {
	if v = at(v, n); !v.Exists() {
		return w.scene.work(1)
	}
	return w.step(i+1, v)
}

// at returns item n of an array, counted from the end if it is negative.
func at(v value.Value, n int) value.Value { return v.Index(fromEnd(n, v)) }

func fromEnd(n int, v value.Value) int {
	if n < 0 {
		n += v.Len()
	}
	return n
}

// each takes the steps from i on for all members or items of v.
func (w *walk) each(i int, v value.Value) *failure {
	for _, child := range children(v) {
		// What is not found (by an argument of a function) is passed over.
		if f := w.step(i, child); f != nil && (f.class != missing || w.mode == existence) {
			return f
		}
	}
	return nil
}

func children(v value.Value) []value.Value {
	if v.Kind() == value.Object {
		return v.MemberValues()
	}
	return v.Slice()
}

// scan takes the steps from i on for v and all below it that step i can be
// applied to.
//
// Jayway has a quirk here: if step i is not the last one, an array that it can
// be applied to is not asked for it, but step i+1 is taken for all items. So
// $..[0].x is x of every item (inferred).
func (w *walk) scan(i int, v value.Value) *failure {
	if f := w.scene.work(1); f != nil {
		return f
	}
	apply, f := w.applies(&w.path.steps[i], w.last(i), v)
	if f != nil {
		return f
	}
	switch {
	case !apply:
	case v.Kind() == value.Array && !w.last(i):
		for _, item := range v.Slice() {
			if f := w.step(i+1, item); f != nil {
				return f
			}
		}
	default:
		if f := w.step(i, v); f != nil {
			return f
		}
	}
	for _, child := range children(v) {
		if k := child.Kind(); k == value.Object || k == value.Array {
			if f := w.scan(i, child); f != nil {
				return f
			}
		}
	}
	return nil
}

// applies reports whether a scan asks v for the step.
func (w *walk) applies(s *step, last bool, v value.Value) (bool, *failure) {
	object, array := v.Kind() == value.Object, v.Kind() == value.Array
	switch s.kind {
	case byName, byNames:
		if !object || s.kind == byNames && !last {
			return object, nil
		}
		for _, name := range s.names {
			if !v.Get(name).Exists() {
				return false, nil
			}
		}
		return true, w.scene.work(len(s.names))
	case byIndex, byIndexes, bySlice:
		return array, nil
	case byFilter:
		if !object && !array {
			return false, nil
		}
		return s.filter.accepts(w.scene, v)
	}
	return object || array, nil
}

// byFilter applies a filter: to an object itself, but to the items of an array.
func (w *walk) byFilter(i int, s *step, v value.Value) *failure {
	switch v.Kind() {
	case value.Object:
		ok, f := s.filter.accepts(w.scene, v)
		if f != nil || !ok {
			return f
		}
		return w.step(i+1, v)
	case value.Array:
		for _, item := range v.Slice() {
			ok, f := s.filter.accepts(w.scene, item)
			if f == nil && ok {
				f = w.step(i+1, item)
			}
			if f != nil {
				return f
			}
		}
		return nil
	}
	if s.upstream {
		return notFilterable(v)
	}
	return nil
}
