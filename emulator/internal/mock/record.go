package mock

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/aslocal/aslocal/value"
)

// This file writes a mock configuration.

// A Recording is what the calls of an execution's states have led to, to be run again as
// a test case.
type Recording struct{ states []recordedState }

type recordedState struct {
	name     string
	outcomes []Outcome // of the invocations, from 0; one without Return and Throw is not known
}

// Add adds the outcome of the next invocation of a state.
func (r *Recording) Add(state string, out Outcome) {
	for i := range r.states {
		if r.states[i].name == state {
			r.states[i].outcomes = append(r.states[i].outcomes, out)
			return
		}
	}
	r.states = append(r.states, recordedState{state, []Outcome{out}})
}

// Skip leaves the outcome of the next invocation of a state open: there was none.
func (r *Recording) Skip(state string) { r.Add(state, Outcome{}) }

// Empty reports whether no outcome is known.
func (r *Recording) Empty() bool {
	return !slices.ContainsFunc(r.states, func(s recordedState) bool { return s.response().Len() > 0 })
}

// Document returns the mock configuration that has the recording as its only test case.
// Invocations with the same outcome one after the other are one range.
func (r *Recording) Document(machine, testCase string) []byte {
	states, responses := r.responses(testCase, func(string) bool { return false })
	cases := value.OfMembers(testCases, value.OfMembers(testCase, states))
	text := value.OfMembers(stateMachines, value.OfMembers(machine, cases), mockedResponses, responses).AppendJSON(nil)
	var b bytes.Buffer
	if err := json.Indent(&b, text, "", indent); err != nil {
		return text // never: it is JSON
	}
	b.WriteByte('\n')
	return b.Bytes()
}

// responses are the members of a test case, and the mocked responses that they name, none
// of them by a name that is taken.
func (r *Recording) responses(testCase string, taken func(name string) bool) (states, responses value.Value) {
	var named, mocked value.ObjectBuilder
	for i := range r.states {
		s := &r.states[i]
		response := s.response()
		if response.Len() == 0 {
			continue // it is called, as in the execution
		}
		name := testCase + " " + s.name
		for n := 2; taken(name); n++ {
			name = fmt.Sprintf("%s %s %d", testCase, s.name, n)
		}
		named.Set(s.name, value.OfString(name))
		mocked.Set(name, response)
	}
	return named.Value(), mocked.Value()
}

func (s *recordedState) response() value.Value {
	var b value.ObjectBuilder
	for first := 0; first < len(s.outcomes); {
		last := first
		for last+1 < len(s.outcomes) && s.outcomes[last+1].equal(s.outcomes[first]) {
			last++
		}
		if s.outcomes[first].known() {
			b.Set(span{first: first, last: last}.String(), s.outcomes[first].document())
		}
		first = last + 1
	}
	return b.Value()
}

func (o Outcome) known() bool { return o.Throw != nil || o.Return.Exists() }

func (o Outcome) equal(other Outcome) bool {
	if o.Throw != nil || other.Throw != nil {
		return o.Throw != nil && other.Throw != nil && *o.Throw == *other.Throw
	}
	return o.known() == other.known() && value.Equal(o.Return, other.Return)
}

// document is the outcome as the file has it.
func (o Outcome) document() value.Value {
	if o.Throw == nil {
		return value.OfMembers(returns, o.Return)
	}
	thrown := value.OfMembers("Error", value.OfString(o.Throw.Name))
	if o.Throw.Cause != "" {
		thrown = thrown.With("Cause", value.OfString(o.Throw.Cause))
	}
	return value.OfMembers(throws, thrown)
}
