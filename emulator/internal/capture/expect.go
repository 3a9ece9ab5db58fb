package capture

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/timeline"
	"github.com/aslocal/aslocal/value"
)

// This file makes the case, with what is expected.

// Document returns a test file with one case of that name. It fails if a test cannot repeat
// the execution, and says why.
func Document(x *Execution, name string) (value.Value, error) {
	start, end, err := bounds(x)
	if err != nil {
		return value.Value{}, err
	}
	all := collect(x)
	if err := all.check(); err != nil {
		return value.Value{}, err
	}
	var c value.ObjectBuilder
	c.Set("name", value.OfString(name))
	c.Set("clock", value.OfString(time.UnixMilli(start.At).UTC().Format("2006-01-02T15:04:05.999Z07:00")))
	c.Set("input", start.Doc)
	states, resources := all.mocks()
	if states.Len() > 0 {
		c.Set("mocks", states)
	}
	if resources.Len() > 0 {
		c.Set("resources", resources)
	}
	c.Set("expect", x.expect(end))
	return value.OfMembers("cases", value.OfSlice([]value.Value{c.Value()})), nil
}

// A Refusal says why a test cannot repeat an execution.
type Refusal string

// Error returns the reason.
func (r Refusal) Error() string { return string(r) }

const (
	errRunning  = Refusal("the execution has not ended; a test needs an end")
	errAborted  = Refusal("the execution was stopped from outside, which a test cannot do")
	errRedriven = Refusal("the execution was redriven, which a test cannot do")
	errActivity = Refusal("the execution has called an activity that did not exist; in a test, all exist")
	errChanged  = Refusal("a debugger has changed the execution; a test would not do the same")
)

// missingActivity is how a cause says that an activity does not exist.
var missingActivity = regexp.MustCompile(`The activity \S+ does not exist\.$`)

// bounds are the first and the last event.
func bounds(x *Execution) (start, end *machine.Event, err error) {
	for i := range x.Events {
		switch e := &x.Events[i]; {
		case e.Type == machine.ExecutionStarted:
			start = e
		case e.Type == machine.ExecutionRedriven:
			return nil, nil, errRedriven
		case e.Type == machine.StateOverridden:
			return nil, nil, errChanged
		case e.Type == machine.ExecutionAborted:
			return nil, nil, errAborted
		case e.Failure != nil && missingActivity.MatchString(e.Failure.Cause.Text()):
			return nil, nil, errActivity
		case e.Type.Terminal():
			end = e
		}
	}
	if start == nil || end == nil {
		return nil, nil, errRunning
	}
	return start, end, nil
}

// check looks for answers that a test file has no form for.
func (all *calls) check() error {
	for state, list := range all.states {
		for i := range list {
			if f := list[i].failure; f != nil && f.Name.Text() == "" && !list[i].timedOut {
				return Refusal(fmt.Sprintf("a call of the state %q has failed with an error without a name, which a mock cannot do", state))
			}
		}
	}
	return nil
}

// maxPath is how long the path may be that is expected.
const maxPath = 1000

// expect is what is expected.
func (x *Execution) expect(end *machine.Event) value.Value {
	var b value.ObjectBuilder
	switch end.Type {
	case machine.ExecutionSucceeded:
		b.Set("status", value.OfString("SUCCEEDED"))
		b.Set("output", x.marked(end.Doc, func(e End) value.Value { return e.Output }))
	default:
		status := machine.Failed
		if end.Type == machine.ExecutionTimedOut {
			status = machine.TimedOut
		}
		b.Set("status", value.OfString(status.String()))
		if f := end.Failure; f != nil {
			x.expectFailure(&b, f)
		}
	}
	path, attempts := x.path()
	if len(path) <= maxPath {
		b.Set("path", value.OfSlice(path))
	}
	if attempts.Len() > 0 {
		b.Set("states", attempts)
	}
	return b.Value()
}

// numbered is how causes name an event, whose number may be another one.
var numbered = regexp.MustCompile(`(?s)^.*event id #[0-9]+\)?[.:]? ?`)

// expectFailure expects error and cause. Of a cause with the number of an event, the rest is
// expected.
func (x *Execution) expectFailure(b *value.ObjectBuilder, f *machine.Failure) {
	if f.Name.Text() != "" {
		b.Set("error", x.marked(f.Name, func(e End) value.Value { return failureOf(e).Name }))
	}
	cause := f.Cause.Text()
	if cause == "" {
		return
	}
	marked := x.marked(f.Cause, func(e End) value.Value { return failureOf(e).Cause })
	rest := numbered.ReplaceAllString(cause, "")
	switch {
	case rest == cause:
		b.Set("cause", marked)
	case rest != "" && x.agree(func(e End) bool { return strings.HasSuffix(failureOf(e).Cause.Text(), rest) }) && !looksVarying(value.OfString(rest)):
		b.Set("cause", condition("$contains($, "+value.OfString(rest).String()+")"))
	}
}

func failureOf(e End) *machine.Failure {
	if e.Failure == nil {
		return &machine.Failure{}
	}
	return e.Failure
}

func (x *Execution) agree(is func(End) bool) bool {
	for _, e := range x.Replays {
		if !is(e) {
			return false
		}
	}
	return true
}

// path is the states of the state machine itself, and how often those were tried that were
// tried more than once.
func (x *Execution) path() (path []value.Value, attempts value.Value) {
	var b timeline.Builder
	b.Definition = x.Definition
	for i := range x.Events {
		b.Add(&x.Events[i])
	}
	tried := make(map[string]int)
	for _, v := range b.Visits() {
		if len(v.Path) == 0 {
			path = append(path, value.OfString(v.State))
			tried[v.State] = len(v.Attempts)
		}
	}
	var more value.ObjectBuilder
	for _, v := range path {
		if n := tried[v.Text()]; n > 1 {
			more.Set(v.Text(), value.OfMembers("attempts", value.OfInt(int64(n))))
		}
	}
	return path, more.Value()
}

// marked is a value with conditions in the places of what varies.
func (x *Execution) marked(v value.Value, of func(End) value.Value) value.Value {
	others := make([]value.Value, 0, len(x.Replays))
	for _, e := range x.Replays {
		others = append(others, of(e))
	}
	return mark(v, others, len(x.Children) > 0)
}

// mark compares a value with the same place of other executions. The results of Map Runs are
// the same in all of them; looks says that texts which look as if they vary do.
func mark(v value.Value, others []value.Value, looks bool) value.Value {
	same := true
	alike := true
	for _, o := range others {
		same = same && o.Exists() && value.Equal(v, o)
		alike = alike && o.Kind() == v.Kind() && (v.Kind() != value.Array || o.Len() == v.Len())
	}
	at := func(part func(value.Value) value.Value) []value.Value {
		parts := make([]value.Value, len(others))
		for i, o := range others {
			parts[i] = part(o)
		}
		return parts
	}
	switch {
	case alike && v.Kind() == value.Object:
		var b value.ObjectBuilder
		for name, member := range v.Members() {
			b.Set(name, mark(member, at(func(o value.Value) value.Value { return o.Get(name) }), looks))
		}
		return b.Value()
	case alike && v.Kind() == value.Array:
		items := make([]value.Value, 0, v.Len())
		for i, item := range v.Items() {
			items = append(items, mark(item, at(func(o value.Value) value.Value { return o.Index(i) }), looks))
		}
		return value.OfSlice(items)
	case !same || looks && looksVarying(v):
		return ofType(v)
	case strings.HasPrefix(strings.TrimSpace(v.Text()), "{%"):
		return condition("$ = " + v.String())
	}
	return v
}

// ofType expects the type of a value.
func ofType(v value.Value) value.Value {
	names := map[value.Kind]string{value.String: "string", value.Number: "number", value.Bool: "boolean", value.Null: "null", value.Array: "array", value.Object: "object"}
	return condition(`$type($) = "` + names[v.Kind()] + `"`)
}

func condition(expression string) value.Value { return value.OfString("{% " + expression + " %}") }

// varying are texts that every execution has others of: ids, times, ARNs of executions and
// Map Runs, and where items were read, which mocks do not say.
var varying = regexp.MustCompile(`^s3://|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|:(?:execution|express|mapRun):|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}|^[A-Za-z0-9+/=]{100,}$`)

func looksVarying(v value.Value) bool {
	return v.Kind() == value.String && varying.MatchString(v.Text())
}
