package testcase

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/emulator/timeline"
	"github.com/aslocal/aslocal/value"
)

// This file compares an execution with what is expected of it.

// judge notes what was not as expected. If nothing has answered a call, that is all that is
// said: the rest follows from it.
func (r *run) judge() {
	if len(r.answers.problems) > 0 {
		r.result.Failures = append(r.result.Failures, r.answers.problems...)
		return
	}
	e, out := &r.result.Case.Expect, r.result
	if out.Status == "RUNNING" {
		r.fail(Failure{At: e.At, What: "status", Message: "the execution has not ended: " + r.waiting()})
		return
	}
	if out.Status != e.Status {
		got := out.Status
		if out.Error != "" || out.Cause != "" {
			got += fmt.Sprintf(" with the error %s: %s", cmp.Or(out.Error, "without a name"), cut(cmp.Or(out.Cause, "no cause"), maxExtract))
		}
		r.fail(Failure{At: e.At, What: "status", Want: e.Status, Got: got})
	}
	r.value("output", e.Output, out.Output)
	r.value("error", e.Error, text(out.Error))
	r.value("cause", e.Cause, text(out.Cause))
	if e.Path != nil {
		r.path("path", e.Path, out.Path)
	}
	for _, place := range slices.Sorted(maps.Keys(e.Paths)) {
		r.paths(place, e.Paths[place])
	}
	r.inOrder()
	for _, state := range slices.Sorted(maps.Keys(e.States)) {
		r.state(state, e.States[state])
	}
	r.calls()
	if e.Transitions != nil && *e.Transitions != out.Transitions {
		r.fail(Failure{At: e.TransitionsAt, What: "transitions", Want: strconv.Itoa(*e.Transitions), Got: strconv.Itoa(out.Transitions)})
	}
	if e.Snapshot && r.snapshots != nil {
		r.snapshot()
	}
}

// text is a text of an execution; no value if there is none.
func text(s string) value.Value {
	if s == "" {
		return value.Value{}
	}
	return value.OfString(s)
}

// value compares a value, if one is expected.
func (r *run) value(what string, w Wanted, got value.Value) {
	if !w.Value.Exists() {
		return
	}
	variables := value.OfMembers("input", r.result.Case.Input)
	if r.result.Output.Exists() {
		variables = variables.With("output", r.result.Output)
	}
	for _, d := range compare(r.ctx, w, got, variables) {
		r.fail(Failure{At: r.file.Place(d.pointer), What: what + d.inside, Want: d.want, Got: d.got})
	}
}

// waiting says what an execution waits for.
func (r *run) waiting() string {
	for i := len(r.visits) - 1; i >= 0; i-- {
		if v := &r.visits[i]; v.Outcome == timeline.Open {
			return fmt.Sprintf("the state %q waits for an answer that does not come", v.State)
		}
	}
	return "it waits for something that does not come"
}

// path compares the states of one line of control.
func (r *run) path(what string, w *PathWanted, states []string) {
	ok, at, wanted := timeline.Pattern(w.States).Match(states)
	if ok {
		return
	}
	was := "the end"
	if at < len(states) {
		was = strconv.Quote(states[at])
	}
	where := fmt.Sprintf("as state %d", at+1)
	switch {
	case wanted == "":
		wanted = "the end"
	case wanted == timeline.AnyState:
		wanted = "a state"
	case timeline.AnyStates(wanted):
		wanted = "the rest"
	default:
		wanted = strconv.Quote(wanted)
	}
	r.fail(Failure{At: w.At, What: what, Message: fmt.Sprintf("expected %s %s, got %s; expected %s, got %s", wanted, where, was, arrows(w.States), arrows(states))})
}

func (r *run) paths(place string, w *PathWanted) {
	states, ok := r.result.Paths[place]
	if !ok && len(w.States) > 0 {
		message := "there is no such branch or iteration"
		if all := slices.Sorted(maps.Keys(r.result.Paths)); len(all) > 0 {
			message += "; there are " + strings.Join(all[:min(len(all), 10)], ", ")
		}
		r.fail(Failure{At: w.At, What: "paths." + place, Message: message})
		return
	}
	r.path("paths."+place, w, states)
}

// inOrder looks for the events that are expected, one behind the other.
func (r *run) inOrder() {
	rest := r.events
	for i, want := range r.result.Case.Expect.Events {
		at := slices.Index(rest, want)
		if at >= 0 {
			rest = rest[at+1:]
			continue
		}
		after := ""
		if i > 0 {
			after = " after " + strings.Join(r.result.Case.Expect.Events[:i], ", ")
		}
		r.fail(Failure{At: r.result.Case.Expect.EventsAt, What: "events", Message: fmt.Sprintf("there is no %s%s; the history is %s", want, after, arrows(r.events))})
		return
	}
}

// state compares the visits of a state.
func (r *run) state(name string, w *StateWanted) {
	what := "states." + name
	var visits []*timeline.Visit
	for i := range r.visits {
		if r.visits[i].State == name {
			visits = append(visits, &r.visits[i])
		}
	}
	if w.Visits != nil && *w.Visits != len(visits) {
		r.fail(Failure{At: w.At, What: what + ".visits", Want: strconv.Itoa(*w.Visits), Got: strconv.Itoa(len(visits))})
		return
	}
	if len(visits) == 0 {
		if w.Visits == nil {
			r.fail(Failure{At: w.At, What: what, Message: "the state was not entered"})
		}
		return
	}
	for i := range w.Each {
		r.visit(fmt.Sprintf("%s[%d]", what, i), &w.Each[i], visits[i])
	}
	if w.Last != nil {
		r.visit(what, w.Last, visits[len(visits)-1])
	}
}

// visit compares one visit.
func (r *run) visit(what string, w *VisitWanted, v *timeline.Visit) {
	if w.Attempts != nil && *w.Attempts != len(v.Attempts) {
		r.fail(Failure{At: w.At, What: what + ".attempts", Want: strconv.Itoa(*w.Attempts), Got: strconv.Itoa(len(v.Attempts))})
	}
	var arguments, failed value.Value
	if n := len(v.Attempts); n > 0 {
		arguments = v.Attempts[n-1].Input
		if f := v.Attempts[n-1].Failure; f != nil {
			failed = text(f.Name.Text())
		}
	}
	if v.Failure != nil {
		failed = text(v.Failure.Name.Text())
	}
	variables := v.Assigned
	if !variables.Exists() {
		variables = value.EmptyObject
	}
	r.value(what+".input", w.Input, v.Input)
	r.value(what+".arguments", w.Arguments, arguments)
	r.value(what+".output", w.Output, v.Output)
	r.value(what+".variables", w.Variables, variables)
	r.value(what+".error", w.Error, failed)
	r.value(what+".next", w.Next, text(v.Next))
}

// calls looks for the calls that are expected, one behind the other, and counts those of
// which the number is given.
func (r *run) calls() {
	rest := r.answers.calls
	for i := range r.result.Case.Expect.Calls {
		w := &r.result.Case.Expect.Calls[i]
		what := fmt.Sprintf("calls[%d]", i)
		if w.Times != nil {
			n := 0
			for j := range r.answers.calls {
				if r.isCall(w, &r.answers.calls[j]) {
					n++
				}
			}
			if n != *w.Times {
				r.fail(Failure{At: w.At, What: what, Message: fmt.Sprintf("expected %d calls of %s, got %d; %s", *w.Times, w.subject(), n, r.called(w))})
			}
			continue
		}
		at := slices.IndexFunc(rest, func(c call) bool { return r.isCall(w, &c) })
		if at < 0 {
			r.fail(Failure{At: w.At, What: what, Message: fmt.Sprintf("there is no such call of %s; %s", w.subject(), r.called(w))})
			return
		}
		rest = rest[at+1:]
	}
}

func (w *CallWanted) subject() string { return cmp.Or(w.State, w.Resource) }

// isCall reports whether a call is the one that is expected.
func (r *run) isCall(w *CallWanted, c *call) bool {
	if w.State != "" && w.State != c.state || w.Resource != "" && !slices.ContainsFunc(c.names, func(name string) bool { return fits(w.Resource, name) }) {
		return false
	}
	return !w.Arguments.Value.Exists() || len(compare(r.ctx, w.Arguments, c.arguments, value.OfMembers("input", r.result.Case.Input))) == 0
}

// called lists the calls of what a call is expected of, with their arguments.
func (r *run) called(w *CallWanted) string {
	other := CallWanted{State: w.State, Resource: w.Resource}
	var list []string
	for i := range r.answers.calls {
		if c := &r.answers.calls[i]; r.isCall(&other, c) {
			list = append(list, extract(c.arguments))
		}
	}
	switch n := len(list); {
	case n == 0:
		return "it was not called"
	case n > 5:
		return fmt.Sprintf("its %d calls had the arguments %s and so on", n, strings.Join(list[:5], ", "))
	}
	return "its calls had the arguments " + strings.Join(list, ", ")
}

// snapshot compares the execution with its snapshot, or writes that.
func (r *run) snapshot() {
	name, now := r.result.Case.Name, r.result.snapshotOf()
	if r.snapshots.update {
		r.snapshots.set(name, now)
		return
	}
	before := r.snapshots.of(name)
	if !before.Exists() {
		r.fail(Failure{At: r.result.Case.Expect.SnapshotAt, What: "snapshot", Message: "there is none yet; aslocal test --update writes it to " + r.snapshots.path})
		return
	}
	c := comparison{ctx: r.ctx, exact: true}
	c.value("", "", before, now)
	for _, d := range c.found {
		r.fail(Failure{At: r.result.Case.Expect.SnapshotAt, What: "snapshot" + d.inside, Message: fmt.Sprintf("expected %s, got %s; aslocal test --update takes what is now", d.want, d.got)})
	}
}

// maxShown is how many states of a path are shown.
const maxShown = 40

// arrows is a path for people.
func arrows(states []string) string {
	if len(states) == 0 {
		return "no state"
	}
	if n := len(states); n > maxShown {
		return strings.Join(states[:maxShown/2], " → ") + " → … → " + strings.Join(states[n-maxShown/2:], " → ")
	}
	return strings.Join(states, " → ")
}
