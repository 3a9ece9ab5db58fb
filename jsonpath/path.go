package jsonpath

import (
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/value"
)

// Path is a compiled path. It never changes, so goroutines may share it.
type Path struct {
	text     string
	root     Root
	variable string
	steps    []step
	definite bool
	plain    bool // nothing but names and indexes, one each
	reads    int  // number of $ operands in its filters, see remembered

	// The steps of a path and of the paths in its filters have numbers, for their
	// sights: sights is how many there are, firstSight the number of step 0.
	sights, firstSight int
}

// String returns the path as it was written.
func (p *Path) String() string { return p.text }

// Names returns the names of the members that the path goes through, as far as
// each step names one.
func (p *Path) Names() []string {
	var names []string
	for i := range p.steps {
		if p.steps[i].kind != byName {
			break
		}
		names = append(names, p.steps[i].name)
	}
	return names
}

// Definite reports whether the path can mean one place only. The result of a
// definite path is the value there, the result of any other path an array.
func (p *Path) Definite() bool { return p.definite }

// IsReference reports whether the path is a Reference Path: names and indexes
// from the start only. Spec: "Reference Paths".
func (p *Path) IsReference() bool {
	for i := range p.steps {
		if s := &p.steps[i]; s.kind != byName && (s.kind != byIndex || s.indexes[0] < 0) {
			return false
		}
	}
	return true
}

// Get evaluates the path on doc, which takes the place of the root. It fails
// with a *NotFoundError if the path is definite and leads nowhere (or any path
// leads through something without members), and with an *EvalError if an index,
// a slice or a filter meets what it cannot be applied to, a filter compares a
// number with what is none, or a limit is reached.
//
// A path that is not definite and goes through members that are missing finds
// nothing, which is no error. An index past the end of an array, and a negative
// one, means null.
func (p *Path) Get(doc value.Value) (value.Value, error) { return p.get(doc, false) }

// get is Get; maps says that the engine holds doc in Java's maps and lists.
func (p *Path) get(doc value.Value, maps bool) (value.Value, error) {
	if p.plain {
		if v, end := p.follow(doc, false, maps, nil); end == reached {
			return v, nil
		}
	}
	s := scene{root: doc, maps: maps, reads: p.reads, left: maxWork}
	if !p.definite {
		s.seen = make([]sight, p.sights)
	}
	v, end := p.walk(&s, doc, false, outermost)
	switch end {
	case reached:
		return v, nil
	case missing:
		return value.Value{}, &NotFoundError{Message: s.message}
	}
	return value.Value{}, &EvalError{Message: s.message}
}

// Normalized returns the path in the notation of the engine's messages:
// $['a']['b'][0]. The root is always $.
func (p *Path) Normalized() string { return "$" + p.fragments(0, len(p.steps)) }

// fragments returns the steps from i to end.
func (p *Path) fragments(i, end int) string {
	var b strings.Builder
	for ; i < end; i++ {
		b.WriteString(p.steps[i].fragment())
	}
	return b.String()
}

// fragment returns the step as the engine prints it.
func (s *step) fragment() string {
	switch s.kind {
	case byName:
		return "['" + s.name + "']"
	case byNames:
		if len(s.names) == 0 {
			return "[]"
		}
		return "['" + strings.Join(s.names, "', '") + "']"
	case byIndex, byIndexes:
		texts := make([]string, len(s.indexes))
		for i, n := range s.indexes {
			texts[i] = strconv.Itoa(n)
		}
		return "[" + strings.Join(texts, ",") + "]"
	case byLength:
		return "[@.size()" + strconv.Itoa(s.indexes[0]) + "]"
	case bySlice:
		return "[" + s.from.String() + ":" + s.to.String() + "]"
	case byWildcard:
		return "[*]"
	case byScan:
		return ".."
	}
	return "[?]"
}
