package mock

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/internal/spell"
	"github.com/aslocal/aslocal/value"
)

// This file reads a mock configuration.

// Mistakes are all that is wrong with a mock configuration, in the order of the
// text.
type Mistakes []Mistake

// A Mistake is one of them.
type Mistake struct {
	File    string
	At      position.Position
	Message string
}

// Error returns a line for each mistake: "file:line:column: message". Of very
// many, the first are shown.
func (m Mistakes) Error() string {
	const most = 20
	var b strings.Builder
	for i, mistake := range m {
		if i > 0 {
			b.WriteByte('\n')
		}
		if i == most {
			fmt.Fprintf(&b, "and %d more", len(m)-most)
			break
		}
		fmt.Fprintf(&b, "%s:%s: %s", mistake.File, mistake.At, mistake.Message)
	}
	return b.String()
}

// The members of the file.
const (
	stateMachines   = "StateMachines"
	testCases       = "TestCases"
	mockedResponses = "MockedResponses"
	returns         = "Return"
	throws          = "Throw"
)

// Parse reads the text of a file of that name. The error is [Mistakes].
func Parse(name, text string) (*Config, error) {
	document, err := value.Parse(text)
	if bad, ok := errors.AsType[*value.SyntaxError](err); ok {
		return nil, Mistakes{{name, position.JSON(text).Before(bad.Offset), bad.Message}}
	} else if err != nil {
		return nil, Mistakes{{name, position.Position{Line: 1, Column: 1}, err.Error()}}
	}
	r := &reader{name: name, table: position.JSON(text)}
	for _, d := range r.table.Duplicates(100) {
		if inData(d.Pointer) {
			continue
		}
		r.mistakes = append(r.mistakes, Mistake{name, d.Second.Start, fmt.Sprintf("%s: this member is there twice, first at %s", shown(d.Pointer), d.First.Start)})
	}
	c := &Config{name: name, machines: make(map[string]map[string]*testCase)}
	members := r.known("", document, stateMachines, mockedResponses)
	responses := r.responses(members[mockedResponses])
	for machine, at := range r.named("/"+stateMachines, members[stateMachines], "a state machine") {
		c.machines[machine] = r.machine(at.pointer, at.value, responses)
	}
	if len(r.mistakes) > 0 {
		slices.SortFunc(r.mistakes, func(a, b Mistake) int {
			return cmp.Or(a.At.Line-b.At.Line, a.At.Column-b.At.Column, strings.Compare(a.Message, b.Message))
		})
		return nil, r.mistakes
	}
	return c, nil
}

// inData reports whether a pointer leads into what a mocked response returns.
func inData(pointer string) bool {
	parts := strings.SplitN(pointer, "/", 6) // "", MockedResponses, response, invocations, Return, …
	return len(parts) == 6 && parts[1] == mockedResponses && parts[4] == returns
}

// A reader collects mistakes.
type reader struct {
	name     string
	table    *position.Table
	mistakes Mistakes
}

// A member of an object, and where it is.
type member struct {
	pointer string
	value   value.Value
}

// wrong notes a mistake at the value of a pointer, or at its key.
func (r *reader) wrong(pointer string, atKey bool, format string, args ...any) {
	place, _ := r.table.Lookup(pointer)
	r.mistakes = append(r.mistakes, Mistake{r.name, place.Shown(atKey).Start, shown(pointer) + ": " + fmt.Sprintf(format, args...)})
}

// shown is how people write a pointer: StateMachines.order.TestCases.
func shown(pointer string) string {
	if pointer == "" {
		return "the file"
	}
	parts := strings.Split(pointer[1:], "/")
	for i := range parts {
		parts[i] = position.Unescape(parts[i])
	}
	return strings.Join(parts, ".")
}

// remarks are members that say nothing to the emulator.
var remarks = []string{"Comment", "$schema"}

// known returns the members of an object that may have only these.
func (r *reader) known(pointer string, v value.Value, names ...string) map[string]value.Value {
	members := make(map[string]value.Value)
	for name, at := range r.named(pointer, v, strings.Join(names, " and ")) {
		switch {
		case slices.Contains(names, name):
			members[name] = at.value
		case slices.Contains(remarks, name):
		default:
			hint := "there are " + strings.Join(names, ", ")
			if near := spell.Suggest(name, names); near != "" {
				hint = fmt.Sprintf("did you mean %q?", near)
			}
			r.wrong(at.pointer, true, "there is no such member; %s", hint)
		}
	}
	return members
}

// named returns the members of an object whose names are free. No value has
// none; any other but an object is a mistake. What says what the members are.
func (r *reader) named(pointer string, v value.Value, what string) map[string]member {
	members := make(map[string]member)
	switch v.Kind() {
	case value.Absent:
	case value.Object:
		for name, m := range v.Members() {
			members[name] = member{pointer + "/" + position.Escape(name), m}
		}
	default:
		r.wrong(pointer, false, "expected an object with %s, got %s", what, v.Kind())
	}
	return members
}

// machine reads the test cases of a state machine.
func (r *reader) machine(pointer string, v value.Value, responses map[string]*response) map[string]*testCase {
	cases := make(map[string]*testCase)
	members := r.known(pointer, v, testCases)
	if v.Kind() == value.Object && !members[testCases].Exists() {
		r.wrong(pointer, true, "%s are missing", testCases)
	}
	for name, at := range r.named(pointer+"/"+testCases, members[testCases], "test cases") {
		c := &testCase{responses: make(map[string]*response)}
		for state, mocked := range r.named(at.pointer, at.value, "the mocked response of each state") {
			if mocked.value.Kind() != value.String {
				r.wrong(mocked.pointer, false, "expected the name of a mocked response, got %s", mocked.value.Kind())
				continue
			}
			named := mocked.value.Text()
			if c.responses[state] = responses[named]; c.responses[state] == nil {
				r.wrong(mocked.pointer, false, "there is no mocked response %q%s", named, otherwise(mockedResponses+" has", maps.Keys(responses), named))
			}
		}
		cases[name] = c
	}
	return cases
}

// responses reads the mocked responses. Those with mistakes are among them, so
// that nobody is told that they do not exist.
func (r *reader) responses(v value.Value) map[string]*response {
	responses := make(map[string]*response)
	for name, at := range r.named("/"+mockedResponses, v, "mocked responses") {
		place, _ := r.table.Lookup(at.pointer)
		responses[name] = &response{name: name, place: r.name + ":" + place.Shown(true).Start.String(), spans: r.spans(at.pointer, at.value)}
		if at.value.Kind() == value.Object && at.value.Len() == 0 {
			r.wrong(at.pointer, true, `expected an outcome for each invocation, as in {"0": {"Return": {}}}`)
		}
	}
	return responses
}

// spans reads the outcomes of a mocked response.
func (r *reader) spans(pointer string, v value.Value) []span {
	var spans []span
	pointers := make(map[span]string)
	for key, at := range r.named(pointer, v, "the outcome of each invocation") {
		s, ok := parseSpan(key)
		if !ok {
			r.wrong(at.pointer, true, `expected the number of an invocation, counted from 0, or a range as in "1-2", got %q`, key)
			continue
		}
		pointers[s] = at.pointer
		s.outcome = r.outcome(at.pointer, at.value)
		spans = append(spans, s)
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Or(a.first-b.first, a.last-b.last) })
	for i := 1; i < len(spans); i++ {
		if before := spans[i-1]; spans[i].first <= before.last {
			r.wrong(pointers[span{first: spans[i].first, last: spans[i].last}], true, "invocation %d is in %q already", spans[i].first, before)
		}
	}
	return spans
}

// maxInvocation is larger than the number of any invocation: a history has 25,000
// events.
const maxInvocation = 1_000_000_000

// parseSpan reads the key of an outcome: "0" or "1-2".
func parseSpan(key string) (s span, ok bool) {
	first, last, ranges := strings.Cut(key, "-")
	if !ranges {
		last = first
	}
	if s.first, ok = parseInvocation(first); !ok {
		return s, false
	}
	s.last, ok = parseInvocation(last)
	return s, ok && s.first <= s.last
}

func parseInvocation(text string) (int, bool) {
	if text == "" || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n <= maxInvocation
}

// outcome reads what one invocation returns or throws.
func (r *reader) outcome(pointer string, v value.Value) (out Outcome) {
	members := r.known(pointer, v, returns, throws)
	switch {
	case v.Kind() != value.Object || len(members) == 0 && v.Len() > 0: // that is noted
		return out
	case len(members) == 0:
		r.wrong(pointer, true, "expected %s or %s", returns, throws)
	case len(members) == 2:
		r.wrong(pointer, true, "expected one of %s and %s, not both", returns, throws)
	case members[returns].Exists():
		out.Return = members[returns]
	default:
		out.Throw = r.thrown(pointer+"/"+throws, members[throws])
	}
	return out
}

// thrown reads an error.
func (r *reader) thrown(pointer string, v value.Value) *asl.Error {
	members := r.known(pointer, v, "Error", "Cause")
	if v.Kind() == value.Object && !members["Error"].Exists() {
		r.wrong(pointer, true, "Error is missing")
	}
	for _, name := range []string{"Error", "Cause"} {
		if m := members[name]; m.Exists() && m.Kind() != value.String {
			r.wrong(pointer+"/"+name, false, "expected a string, got %s", m.Kind())
		}
	}
	return &asl.Error{Name: members["Error"].Text(), Cause: members["Cause"].Text()}
}
