package testcase

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/internal/mock"
	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/value"
)

// This file answers the calls of a case.

// An answerer answers the calls of one case, and notes them.
type answerer struct {
	ctx     context.Context // of the case
	test    *Case
	machine string       // name of the state machine under test
	config  *mock.Config // nil: there is none

	mu       sync.Mutex
	used     map[*Answer]int
	numbers  map[string]int // calls so far, by state
	calls    []call
	problems []Failure // calls that nothing answers
}

// A call is one that was made.
type call struct {
	state     string
	names     []string // of what is called
	arguments value.Value
}

// answer answers a call; ok is false if it is to be made. One that nothing answers fails
// with an error that no Catcher takes, so that the case ends there.
func (a *answerer) answer(c emulator.TaskCall) (out emulator.Answer, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	names := called(c)
	a.calls = append(a.calls, call{c.State, names, c.Arguments})
	number := a.numbers[c.State]
	a.numbers[c.State]++
	m := a.test.Mocks[c.State]
	if m == nil || c.State == "" {
		outcome, mocked, err := a.configured(c.State, number)
		if err != nil {
			return a.fail(Failure{At: a.test.At, What: "mockCase", Message: err.Error()})
		}
		if mocked {
			return emulator.Answer{Outcome: outcome}, true
		}
		m = a.resource(names)
	}
	if m == nil {
		return a.fail(Failure{At: a.test.At, What: "mocks", Message: fmt.Sprintf("%s has no mock; write what answers it into the case or at the top of the file:\n%s", who(&c), suggestion(&c, names))})
	}
	answer, failure := a.next(m, &c, number)
	if failure != nil {
		return a.fail(*failure)
	}
	out = emulator.Answer{Timeout: answer.Timeout, Delay: answer.Delay}
	switch {
	case answer.Real:
		return out, false
	case answer.Error != "":
		out.Throw = &asl.Error{Name: answer.Error, Cause: answer.Cause}
	case answer.Evaluate != "":
		result, err := evaluate(a.ctx, answer.Evaluate, c.Arguments, value.OfMembers("input", c.Arguments))
		if err != nil {
			return a.fail(Failure{At: answer.At, What: "mocks", Message: fmt.Sprintf("the answer of %s cannot be evaluated for the arguments %s: %v", who(&c), extract(c.Arguments), err)})
		}
		out.Return = result
	default:
		out.Return = answer.Return
	}
	return out, true
}

// fail notes a call that nothing answers.
func (a *answerer) fail(f Failure) (emulator.Answer, bool) {
	a.problems = append(a.problems, f)
	return emulator.Throws(asl.ErrRuntime, f.Message), true
}

// resource is the mock of what is called; nil if there is none.
func (a *answerer) resource(names []string) *Mock {
	for _, name := range names {
		if m := a.test.Resources[name]; m != nil {
			return m
		}
	}
	for _, pattern := range slices.Sorted(maps.Keys(a.test.Resources)) {
		if slices.ContainsFunc(names, func(name string) bool { return fits(pattern, name) }) {
			return a.test.Resources[pattern]
		}
	}
	return nil
}

// next is the next answer of a mock for a call.
func (a *answerer) next(m *Mock, c *emulator.TaskCall, number int) (*Answer, *Failure) {
	conditions := false
	for i := range m.Answers {
		answer := &m.Answers[i]
		if answer.Times != Always && a.used[answer] >= answer.Times {
			continue
		}
		if answer.When != "" {
			conditions = true
			holds, err := evaluate(a.ctx, answer.When, c.Arguments, value.OfMembers("input", c.Arguments))
			if err != nil {
				return nil, &Failure{At: answer.At, What: "mocks", Message: fmt.Sprintf("the condition %s fails for the arguments %s: %v", answer.When, extract(c.Arguments), err)}
			}
			if holds.Exists() && holds.Kind() != value.Bool {
				return nil, &Failure{At: answer.At, What: "mocks", Message: fmt.Sprintf("the condition %s gives %s; expected true or false, or nothing for false", answer.When, extract(holds))}
			}
			if !holds.Bool() {
				continue
			}
		}
		a.used[answer]++
		return answer, nil
	}
	why := fmt.Sprintf("call %d of %s has no answer: the mock has %d, which are used up; add one, or times: always to the last", number+1, who(c), len(m.Answers))
	if conditions {
		why = fmt.Sprintf("call %d of %s has no answer: no condition holds for the arguments %s, or its answers are used up", number+1, who(c), extract(c.Arguments))
	}
	return nil, &Failure{At: m.At, What: "mocks", Message: why}
}

// configured is the outcome of a call in the test case of the MockConfigFile.json.
func (a *answerer) configured(state string, number int) (out mock.Outcome, mocked bool, err error) {
	if a.config == nil || a.test.MockCase == "" || state == "" {
		return out, false, nil
	}
	return a.config.Outcome(a.machine, a.test.MockCase, state, number)
}

// suggestion is a mock to write.
func suggestion(c *emulator.TaskCall, names []string) string {
	switch {
	case c.State == "":
		return fmt.Sprintf("  resources:\n    %s: {return: []}", quoted(names[0]))
	case c.Resource.Service == "lambda" && c.Resource.Action == "invoke":
		return fmt.Sprintf("  mocks:\n    %s: {return: {Payload: {}}}", quoted(c.State))
	}
	return fmt.Sprintf("  mocks:\n    %s: {return: {}}", quoted(c.State))
}

// quoted is a key of YAML: in quotes if it needs them.
func quoted(name string) string {
	plain := name != "" && strings.Trim(name, " ") == name && !strings.ContainsAny(name, "\"'\\\t\r\n#:{}[],&*!|>%@`") && !strings.ContainsAny(name[:1], "-?0123456789.~")
	switch strings.ToLower(name) {
	case "true", "false", "null", "yes", "no", "on", "off", "y", "n":
		plain = false
	}
	if plain {
		return name
	}
	return string(value.AppendQuoted(nil, name))
}

// who is the maker of a call for people.
func who(c *emulator.TaskCall) string {
	if c.State == "" {
		return "what a Map state reads or writes (" + c.Resource.Text + ")"
	}
	return fmt.Sprintf("the state %q (%s)", c.State, cmp.Or(function(c), c.Resource.Text))
}

// function is the function that lambda:invoke calls, "" for other resources.
func function(c *emulator.TaskCall) string {
	if c.Resource.Service == "lambda" && c.Resource.Action == "invoke" {
		return c.Arguments.Get("FunctionName").Text()
	}
	return ""
}

// called are the names of what a call calls: the resource as it is written and without its
// pattern, and of a function its ARN and its name.
func called(c emulator.TaskCall) []string {
	names := []string{c.Resource.Text}
	add := func(name string) {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if plain, ok := strings.CutSuffix(c.Resource.Text, ":2"); ok && c.Resource.Version == 2 {
		add(strings.TrimSuffix(plain, ".sync"))
	} else {
		add(strings.TrimSuffix(c.Resource.Text, c.Resource.Pattern.String()))
	}
	for _, name := range []string{c.Resource.Text, function(&c)} {
		if name != c.Resource.Text {
			add(name)
		}
		_, rest, ok := strings.Cut(name, ":function:")
		if !ok && name == function(&c) && !strings.HasPrefix(name, "arn:") {
			rest, ok = name, true
		}
		if ok {
			add(rest)
			plain, _, _ := strings.Cut(rest, ":") // without version or alias
			add(plain)
		}
		if _, rest, ok := strings.Cut(name, ":activity:"); ok {
			add(rest)
		}
	}
	return names
}

// fits reports whether a name fits a pattern in which * stands for any text.
func fits(pattern, name string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == name
	}
	rest, ok := strings.CutPrefix(name, parts[0])
	if !ok {
		return false
	}
	for _, part := range parts[1 : len(parts)-1] {
		at := strings.Index(rest, part)
		if at < 0 {
			return false
		}
		rest = rest[at+len(part):]
	}
	return strings.HasSuffix(rest, parts[len(parts)-1])
}

// or gives a Failure without a position one.
func (f Failure) or(at position.Position) Failure {
	if f.At.Line == 0 {
		f.At = at
	}
	return f
}
