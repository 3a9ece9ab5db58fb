package asl

import (
	"github.com/aslocal/aslocal/value"
)

// A Workflow is a set of states with a start state: a whole state machine, a branch
// of a Parallel state, or the processor of a Map state. Transitions do not leave it.
// Spec: "Top-level fields".
type Workflow struct {
	Pointer       string // JSON pointer (RFC 6901); "" for the machine
	Comment       string
	StartAt       string
	QueryLanguage QueryLanguage // of the states that name none: always the machine's
	States        []*State      // in the order written
	Fields        value.Value   // the object as written

	byName  map[string]*State
	tooDeep bool // its states have not been read
	at      *place
}

// State returns the state of that name, or nil.
func (w *Workflow) State(name string) *State { return w.byName[name] }

// names returns the names of the first maxCandidates states in the order written.
func (w *Workflow) names() []string {
	names := make([]string, min(len(w.States), maxCandidates))
	for i := range names {
		names[i] = w.States[i].Name
	}
	return names
}

// maxNesting is the maximum nesting of workflows. The service has a limit, but does
// not publish it; this one bounds the cost of hostile definitions.
const maxNesting = 40

func (w *Workflow) read(fields value.Value, at *place, language QueryLanguage, depth int) {
	w.at = at.known()
	w.Pointer, w.Fields, w.QueryLanguage = w.at.basePointer, fields, language
	w.tooDeep = depth > maxNesting
	w.Comment = fields.Get("Comment").Text()
	w.StartAt = fields.Get("StartAt").Text()
	states := fields.Get("States")
	if w.tooDeep {
		return // Validate says so
	}
	w.byName = make(map[string]*State, states.Len())
	for name, v := range states.Members() {
		s := readState(name, v, w.at.member("States").member(name), language, depth)
		w.States = append(w.States, s)
		w.byName[name] = s
	}
}

func (w *Workflow) all(visit func(*Workflow, *State)) {
	for _, s := range w.States {
		visit(w, s)
		for _, inner := range s.workflows() {
			inner.all(visit)
		}
	}
}

// A QueryLanguage is the language of a state's expressions.
type QueryLanguage string

// The query languages. JSONPath is the default.
const (
	JSONPath QueryLanguage = "JSONPath"
	JSONata  QueryLanguage = "JSONata"
)

// languageOf returns the query language that an object names, or the inherited one.
// Anything but JSONPath counts as JSONata; the schema reports other values.
func languageOf(fields value.Value, inherited QueryLanguage) QueryLanguage {
	v := fields.Get("QueryLanguage")
	switch {
	case !v.Exists():
		return inherited
	case v.Text() == string(JSONPath):
		return JSONPath
	}
	return JSONata
}
