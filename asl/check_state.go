package asl

import "github.com/aslocal/aslocal/value"

// This file has the checks of states of several types.

// checkStateLanguage reports a JSONPath state in a JSONata state machine. (The
// reverse is valid.)
func (c *checker) checkStateLanguage(s *State) {
	if c.d.QueryLanguage == JSONata && s.QueryLanguage == JSONPath {
		c.reportIn(s.at, s.at.member("QueryLanguage"), languageDowngrade())
	}
}

// needsTransition reports whether a state of this type must have Next or End.
func (s *State) needsTransition() bool {
	switch s.Type {
	case Task, Pass, Wait, Parallel, Map:
		return true
	}
	return false
}

// checkTransition reports states with both Next and "End": true, or neither.
func (c *checker) checkTransition(s *State) {
	if !s.needsTransition() {
		return
	}
	next := s.Fields.Get("Next").Exists()
	switch end := s.Fields.Get("End"); {
	case next && s.End:
		c.report(s.at, severalOf("Next", "End"))
	case !next && !s.End && (!end.Exists() || end.Kind() == value.Bool):
		c.report(s.at, noneOf("Next", "End"))
	}
}

// A field is a member of a state, or of an object in it.
type field struct {
	inside []string // the names on the way: none for the state itself
	name   string
}

// find returns the object that may have the field; no value if there is no such object.
func (f field) find(s *State) (*place, value.Value) {
	at, v := s.at, s.Fields
	for _, name := range f.inside {
		if v = v.Get(name); !v.Exists() {
			return at, v
		}
		at = at.member(name)
	}
	return at, v
}

// The objects in a Map state.
var (
	inReader       = []string{"ItemReader"}
	inReaderConfig = []string{"ItemReader", "ReaderConfig"}
	inBatcher      = []string{"ItemBatcher"}
	inWriter       = []string{"ResultWriter"}
)

// pairs are the fields that exist in two forms: with a value, and with the suffix
// Path and the Path to the value.
var pairs = []field{
	{nil, "TimeoutSeconds"}, {nil, "HeartbeatSeconds"},
	{nil, "Error"}, {nil, "Cause"},
	{nil, "MaxConcurrency"}, {nil, "ToleratedFailureCount"}, {nil, "ToleratedFailurePercentage"},
	{inReaderConfig, "MaxItems"},
	{inBatcher, "MaxItemsPerBatch"}, {inBatcher, "MaxInputBytesPerBatch"},
}

// checkPairs reports fields that are written in both forms.
func (c *checker) checkPairs(s *State) {
	for _, f := range pairs {
		at, object := f.find(s)
		if object.Get(f.name).Exists() && object.Get(f.name+"Path").Exists() {
			c.report(at, severalOf(f.name, f.name+"Path"))
		}
	}
}

// checkErrorEquals reports States.ALL that is not alone in the last Retrier or
// Catcher, and warns of names that begin with "States." but are not errors of the
// service: names are case-sensitive. Spec: "Retrying after error".
func (c *checker) checkErrorEquals(s *State) {
	retry, catch := s.at.member("Retry"), s.at.member("Catch")
	for i, r := range s.Retry {
		c.checkAll(retry.item(i), r.ErrorEquals, i == len(s.Retry)-1)
	}
	for i, k := range s.Catch {
		c.checkAll(catch.item(i), k.ErrorEquals, i == len(s.Catch)-1)
	}
}

func (c *checker) checkAll(at *place, errorEquals []string, last bool) {
	for i, name := range errorEquals {
		if !errorNameOK(name) && !c.full() {
			if m := unknownName(name, name, errorNames); m.hint != "" && !c.raised(name) {
				c.report(at.member("ErrorEquals").item(i), m)
			}
		}
		if name == ErrAll && (!last || len(errorEquals) > 1) {
			c.report(at.member("ErrorEquals").item(i), allNotAlone())
		}
	}
}

// raised reports whether a Fail state ends with an error of that name, which
// may be the program's own though it begins with "States.".
func (c *checker) raised(name string) bool {
	if c.raises == nil {
		c.raises = make(map[string]bool)
		c.d.AllStates(func(_ *Workflow, s *State) {
			if s.Type == Fail {
				c.raises[s.Fields.Get("Error").Text()] = true
			}
		})
	}
	return c.raises[name]
}
