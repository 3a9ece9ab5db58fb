package mock

import (
	"fmt"
	"maps"
	"slices"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/internal/spell"
	"github.com/aslocal/aslocal/value"
)

// This file has what a mock configuration says, and finds the outcome of an
// invocation in it.

// A Config is a mock configuration. It never changes; many goroutines may use it.
type Config struct {
	name     string                          // of the file
	machines map[string]map[string]*testCase // by name of the state machine and of the test case
}

// A testCase has the responses of the states that it mocks, by their names.
type testCase struct{ responses map[string]*response }

// A response says how invocations end.
type response struct {
	name  string
	place string // in the file, as "file:line:column"
	spans []span // in order, none overlaps another
}

// A span has the outcome of the invocations from first to last.
type span struct {
	first, last int
	outcome     Outcome
}

// An Outcome is how an invocation ends.
type Outcome struct {
	Return value.Value
	Throw  *asl.Error // instead of Return; nil: none
}

// Check reports why the state machine cannot run the test case; nil if it can.
// The error is for the caller of StartExecution and says which test cases there
// are.
func (c *Config) Check(machine, name string) error {
	_, err := c.find(machine, name)
	return err
}

// Cases returns the names of the test cases of a state machine.
func (c *Config) Cases(machine string) []string {
	return slices.Sorted(maps.Keys(c.machines[machine]))
}

func (c *Config) find(machine, name string) (*testCase, error) {
	cases, ok := c.machines[machine]
	if !ok {
		return nil, fmt.Errorf("%s has no test cases for the state machine %q%s", c.name, machine, otherwise("it has", maps.Keys(c.machines), machine))
	}
	if found := cases[name]; found != nil {
		return found, nil
	}
	return nil, fmt.Errorf("%s has no test case %q for the state machine %q%s", c.name, name, machine, otherwise("it has", maps.Keys(cases), name))
}

// most is how many names a message lists.
const most = 10

// otherwise says which name may be meant, or which there are.
func otherwise(have string, names func(func(string) bool), word string) string {
	sorted := slices.Sorted(names)
	if near := spell.Suggest(word, sorted); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	switch n := len(sorted); {
	case n == 0:
		return "; " + have + " none"
	case n > most:
		return fmt.Sprintf("; %s %q and %d more", have, sorted[:most], n-most)
	}
	return fmt.Sprintf("; %s %q", have, sorted)
}

// Outcome returns how an invocation of a state ends in a test case; invocations
// count from 0. mocked is false for a state that the test case leaves to its
// service. The error says that the configuration has nothing for the invocation,
// or no such test case any more.
func (c *Config) Outcome(machine, name, state string, invocation int) (out Outcome, mocked bool, err error) {
	found, err := c.find(machine, name)
	if err != nil {
		return out, true, err
	}
	r := found.responses[state]
	if r == nil {
		return out, false, nil
	}
	for _, s := range r.spans {
		if s.first <= invocation && invocation <= s.last {
			return s.outcome, true, nil
		}
	}
	return out, true, fmt.Errorf("%s: the mocked response %q of the state %q in the test case %q has nothing for invocation %d; it has %s, counted from 0, retries included",
		r.place, r.name, state, name, invocation, r.covers())
}

// covers lists the invocations that a response has, as they are written.
func (r *response) covers() string {
	var text string
	for i, s := range r.spans {
		if i > 0 {
			text += ", "
		}
		if i == most {
			return fmt.Sprintf("%sand %d more", text, len(r.spans)-most)
		}
		text += s.String()
	}
	return text
}

// String returns the key of the span: "0" or "1-2".
func (s span) String() string {
	if s.first == s.last {
		return fmt.Sprint(s.first)
	}
	return fmt.Sprintf("%d-%d", s.first, s.last)
}
