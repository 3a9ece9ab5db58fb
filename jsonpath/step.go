package jsonpath

import (
	"strconv"

	"github.com/aslocal/aslocal/value"
)

// This file walks a document along the steps of a path. What is
// found is in the order of the document; a deep scan finds a node before its children.

// A step is one token of a path.
type step struct {
	kind     kind
	strict   bool // the step before it, it and all that follow are definite
	name     string
	names    []string // of byNames: none, or more than one
	indexes  []int    // of byIndex, byIndexes and, counted from the length, byLength
	from, to bound    // of bySlice
	filter   condition
}

type kind uint8

const (
	byName     kind = iota // .a ['a']
	byNames                // ['a','b']
	byIndex                // [0] [-1]
	byIndexes              // [0,1]
	byLength               // [(@.length-1)]
	bySlice                // [1:2]
	byWildcard             // .* [*]
	byScan                 // ..
	byFilter               // [?( )]
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

// An ending says how an evaluation ended, as the engine's exceptions do: what a
// test of a filter does not find makes it false, and "[*]" drops an item for
// which the rest of the path is missing; everything else goes up.
type ending uint8

const (
	reached ending = iota
	missing        // PathNotFoundException
	invalid        // InvalidPathException, while evaluating
	broken         // exceptions of the JVM, and our limits
)

// A purpose says what a path is evaluated for.
type purpose uint8

const (
	outermost purpose = iota // the caller
	inFilter                 // an operand of a comparison
	existence                // a test for being there: several names must all be
)

// A scene is one evaluation of a path with all the paths inside its filters.
type scene struct {
	root    value.Value
	maps    bool // the document is held in Java's maps, see Maps
	reads   int
	left    int // work
	known   []remembered
	seen    []sight // see Path.sights; nil if the path is definite
	message string  // of what ended the evaluation
}

// A sight is where a step has found its member last. The objects of an array mostly
// have one shape, in which the member is at the same place.
type sight struct {
	shape *value.Shape
	at    int
}

// get returns the member of v, and no value if there is none.
func (g *sight) get(v value.Value, name string) value.Value {
	shape := v.Shape()
	if shape == nil {
		return value.Value{}
	}
	if shape != g.shape {
		g.shape, g.at = shape, shape.Index(name)
	}
	if g.at < 0 {
		return value.Value{}
	}
	return v.MemberValues()[g.at]
}

// member returns the member that step i of a path asks v for.
func (s *scene) member(p *Path, i int, v value.Value) value.Value {
	if s.seen == nil {
		return v.Get(p.steps[i].name)
	}
	return s.seen[p.firstSight+i].get(v, p.steps[i].name)
}

func (s *scene) work(n int) ending {
	if s.left -= n; s.left < 0 {
		return s.stop(tooMuchWork)
	}
	return reached
}

// stop ends the whole evaluation with a message.
func (s *scene) stop(message string) ending {
	s.message = message
	return broken
}

// walk evaluates the path on doc. bare says that doc is the bare value that a
// member has, see walk.step. What is missing has a message only for the caller.
func (p *Path) walk(s *scene, doc value.Value, bare bool, why purpose) (value.Value, ending) {
	w := walk{path: p, scene: s, purpose: why, trail: make([]crumb, 0, 8)}
	if end := w.step(0, doc, bare); end != reached {
		if w.fault != told && (end != missing || why == outermost) {
			s.message = w.message()
		}
		return value.Value{}, end
	}
	if !p.definite {
		return value.OfSlice(w.found), reached
	}
	return w.found[0], reached
}

// follow evaluates a plain path, without a message for what it does not find. seen has
// the sights of its steps, or is nil.
func (p *Path) follow(v value.Value, bare, maps bool, seen []sight) (value.Value, ending) {
	for i := range p.steps {
		s := &p.steps[i]
		if s.kind == byName {
			if seen != nil {
				v = seen[i].get(v, s.name)
			} else {
				v = v.Get(s.name)
			}
			if !v.Exists() {
				return v, missing
			}
			bare = true
			continue
		}
		n := s.indexes[0]
		if s.kind == byLength {
			n += v.Len()
		}
		item := v.Index(n)
		switch {
		case item.Exists():
			v, bare = item, false
		case v.Kind() == value.Array && !maps:
			v, bare = value.NullValue, true
		case v.Kind() == value.Array, v.IsNull() && (bare || maps):
			return value.Value{}, missing
		default:
			return value.Value{}, invalid
		}
	}
	return v, reached
}

// A walk goes along one path and collects what it finds.
type walk struct {
	path    *Path
	scene   *scene
	purpose purpose
	found   []value.Value
	trail   []crumb // where the walk is, or where it failed

	// What failed, see error.go: the message, the step and the value.
	fault    fault
	failed   int
	at       value.Value
	bare     bool
	outIndex int
}

// A crumb is a name or an index on the way.
type crumb struct {
	name  string
	index int // or named
}

const named = -1 << 63

// step takes step i and all that follow from v on. bare says that v is the
// value of a member, or nothing at all past the end of an array: then a null is
// Java's, and a string has no quotes in messages. Items and the document are
// nodes of Jackson's.
func (w *walk) step(i int, v value.Value, bare bool) ending {
	if i == len(w.path.steps) {
		return w.take(v)
	}
	if end := w.scene.work(1); end != reached {
		return end
	}
	s := &w.path.steps[i]
	switch s.kind {
	case byName:
		return w.byName(i, s, v, bare)
	case byNames:
		return w.byNames(i, s, v, bare)
	case byIndex, byIndexes, byLength, bySlice:
		return w.byIndexes(i, s, v, bare)
	case byWildcard:
		return w.each(i+1, v)
	case byScan:
		return w.scan(i+1, v, bare)
	}
	return w.byFilter(i, s, v, bare)
}

// take ends the path with v.
func (w *walk) take(v value.Value) ending {
	if end := w.scene.work(1); end != reached {
		return end
	}
	if len(w.found) == maxFound {
		return w.scene.stop(tooManyFound)
	}
	w.found = append(w.found, v)
	return reached
}

func (w *walk) last(i int) bool { return i == len(w.path.steps)-1 }

func (w *walk) byName(i int, s *step, v value.Value, bare bool) ending {
	if v.Kind() != value.Object {
		return w.fail(missing, notObject, i, v, bare)
	}
	member := w.scene.member(w.path, i, v)
	switch {
	case member.Exists():
		return w.member(i+1, s.name, member)
	case w.last(i):
		return w.fail(missing, noResults, i, v, bare)
	case s.strict:
		return w.fail(missing, missingProperty, i, v, bare)
	}
	return reached
}

// byNames ends a path with one object of the members that are there.
func (w *walk) byNames(i int, s *step, v value.Value, bare bool) ending {
	switch {
	case v.Kind() != value.Object:
		return w.fail(missing, notObject, i, v, bare)
	case !w.last(i):
		return w.fail(invalid, notLeaf, i, v, bare)
	}
	if end := w.scene.work(len(s.names)); end != reached {
		return end
	}
	var b value.ObjectBuilder
	for _, name := range s.names {
		if member := v.Get(name); member.Exists() {
			b.Set(name, member)
		} else if w.purpose == existence {
			return w.fail(missing, missingProperty, i, v, bare)
		}
	}
	return w.step(i+1, b.Value(), true)
}

func (w *walk) byIndexes(i int, s *step, v value.Value, bare bool) ending {
	if v.Kind() != value.Array {
		if v.IsNull() && (bare || w.scene.maps) {
			return w.fail(missing, isNull, i, v, bare)
		}
		return w.fail(invalid, notArray, i, v, bare)
	}
	switch s.kind {
	case bySlice:
		return w.bySlice(i, s, v)
	case byLength:
		return w.item(i, v, v.Len()+s.indexes[0])
	}
	for _, n := range s.indexes {
		if end := w.item(i, v, n); end != reached {
			return end
		}
	}
	return reached
}

// bySlice walks the items from s.from to s.to, exclusive. With both ends given
// none is counted from the end of the array: [-3:-1] are the items -3 and -2,
// which are past its end.
func (w *walk) bySlice(i int, s *step, v value.Value) ending {
	from, to := s.from.n, s.to.n
	switch {
	case !s.to.given && from < 0:
		from, to = max(from+v.Len(), 0), v.Len()
	case !s.to.given:
		to = v.Len()
	case !s.from.given && to < 0:
		to += v.Len()
	case v.Len() == 0:
		return reached
	}
	for n := from; n < min(to, v.Len()); n++ {
		if end := w.item(i, v, n); end != reached {
			return end
		}
	}
	return reached
}

// item takes the steps behind i from item n on. Past the end, and before the
// start, a list of Java's fails and an array of Jackson's has nothing.
func (w *walk) item(i int, v value.Value, n int) ending {
	item := v.Index(n)
	if !item.Exists() {
		if w.scene.maps {
			w.outIndex = n
			return w.fail(missing, outOfBounds, i, v, false)
		}
		return w.index(i+1, n, value.NullValue, true)
	}
	return w.index(i+1, n, item, false)
}

// index takes the steps from i on for item n, and leaves the trail as it was
// unless it fails.
func (w *walk) index(i, n int, item value.Value, bare bool) ending {
	if i == len(w.path.steps) {
		return w.take(item)
	}
	w.trail = append(w.trail, crumb{index: n})
	end := w.step(i, item, bare)
	if end == reached {
		w.trail = w.trail[:len(w.trail)-1]
	}
	return end
}

// member is index for the member of a name.
func (w *walk) member(i int, name string, member value.Value) ending {
	if i == len(w.path.steps) {
		return w.take(member)
	}
	w.trail = append(w.trail, crumb{name, named})
	end := w.step(i, member, true)
	if end == reached {
		w.trail = w.trail[:len(w.trail)-1]
	}
	return end
}

// each takes the steps from i on for all members or items of v. An item for
// which they are missing is dropped; a member is not.
func (w *walk) each(i int, v value.Value) ending {
	if v.Kind() != value.Array {
		return w.members(i, v)
	}
	here := len(w.trail)
	w.trail = append(w.trail, crumb{})
	for n, item := range v.Slice() {
		w.trail[here].index = n
		switch end := w.step(i, item, false); end {
		case reached:
		case missing:
			w.trail, w.fault = w.trail[:here+1], told
		default:
			return end
		}
	}
	w.trail = w.trail[:here]
	return reached
}

// members takes the steps from i on for all members of v, if it is an object.
func (w *walk) members(i int, v value.Value) ending {
	if v.Kind() != value.Object {
		return reached
	}
	for k := range v.Len() {
		name, member := v.Member(k)
		if end := w.member(i, name, member); end != reached {
			return end
		}
	}
	return reached
}

// items takes the steps from i on for all items of v, as bare values.
func (w *walk) items(i int, v value.Value) ending {
	for n, item := range v.Slice() {
		if end := w.index(i, n, item, true); end != reached {
			return end
		}
	}
	return reached
}

// scan takes the steps from i on for v and all below it that step i can be
// applied to.
//
// If step i is not the last one, an array that it can be applied to is not
// asked for it, but step i+1 is taken for all items. So $..[0].x is x of every
// item.
func (w *walk) scan(i int, v value.Value, bare bool) ending {
	if end := w.scene.work(1); end != reached {
		return end
	}
	if end := w.scanned(i, v, bare); end != reached {
		return end
	}
	return w.below(i, v)
}

// scanned takes the steps from i on for v alone.
func (w *walk) scanned(i int, v value.Value, bare bool) ending {
	s := &w.path.steps[i]
	if s.kind == byName {
		if member := w.scene.member(w.path, i, v); member.Exists() {
			return w.member(i+1, s.name, member)
		}
		return reached
	}
	apply, end := w.applies(s, v)
	switch {
	case end != reached || !apply:
		return end
	case v.Kind() == value.Array && !w.last(i):
		return w.items(i+1, v)
	}
	return w.step(i, v, bare)
}

// below scans the children of v.
func (w *walk) below(i int, v value.Value) ending {
	if v.Kind() == value.Object {
		for k, member := range v.MemberValues() {
			if container(member) {
				name, _ := v.Member(k)
				w.trail = append(w.trail, crumb{name, named})
				if end := w.scan(i, member, true); end != reached {
					return end
				}
				w.trail = w.trail[:len(w.trail)-1]
			}
		}
		return reached
	}
	for n, item := range v.Slice() {
		if container(item) {
			w.trail = append(w.trail, crumb{index: n})
			if end := w.scan(i, item, false); end != reached {
				return end
			}
			w.trail = w.trail[:len(w.trail)-1]
		}
	}
	return reached
}

func container(v value.Value) bool { return v.Kind() == value.Object || v.Kind() == value.Array }

// applies reports whether a scan asks v for the step, which is no single name.
func (w *walk) applies(s *step, v value.Value) (bool, ending) {
	switch s.kind {
	case byNames:
		for _, name := range s.names {
			if !v.Get(name).Exists() {
				return false, reached
			}
		}
		return v.Kind() == value.Object, w.scene.work(len(s.names))
	case byIndex, byIndexes, byLength, bySlice:
		return v.Kind() == value.Array, reached
	case byFilter:
		if !container(v) {
			return false, reached
		}
		if s.filter == nil {
			return false, w.scene.stop(noCondition)
		}
		return s.filter.accepts(w.scene, v)
	}
	return s.kind == byWildcard && container(v), reached
}

// byFilter applies a filter: to an object itself, but to the items of an array.
func (w *walk) byFilter(i int, s *step, v value.Value, bare bool) ending {
	if s.filter == nil && container(v) {
		return w.scene.stop(noCondition)
	}
	switch v.Kind() {
	case value.Object:
		ok, end := s.filter.accepts(w.scene, v)
		if end != reached || !ok {
			return end
		}
		return w.step(i+1, v, bare)
	case value.Array:
		for n, item := range v.Slice() {
			ok, end := s.filter.accepts(w.scene, item)
			if end == reached && ok {
				end = w.index(i+1, n, item, false)
			}
			if end != reached {
				return end
			}
		}
		return reached
	}
	return w.fail(invalid, notFilterable, i, v, bare)
}
