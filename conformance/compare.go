package conformance

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aslocal/aslocal/value"
)

// This file compares what came of a case with what was expected.

// Compare returns the first difference in each part of the expectation; none if
// all is as expected.
func (c *Case) Compare(got *Outcome) []Difference {
	if c.Test != nil {
		return append(c.compareTest(got), c.compareCalls(got)...)
	}
	if c.Expect.Invalid != nil || got.Refused {
		return compareDiagnostics(c.Expect.Invalid, got.Diagnostics)
	}
	m := &matcher{values: got.Names}
	var found []Difference
	note := func(d *Difference) {
		if d != nil {
			found = append(found, *d)
		}
	}
	want := &c.Expect
	if want.Status != got.Status {
		found = append(found, Difference{"/expect/status", got.Status + failureOf(got), want.Status})
	}
	if want.Output.Exists() {
		note(m.difference("/expect/output", want.Output, parsed(got.Output)))
	}
	if want.OutputText.Exists() {
		note(m.difference("/expect/outputText", want.OutputText, got.Output))
	}
	note(m.optional("/expect/error", want.Error, got.Error))
	note(m.optional("/expect/cause", want.Cause, got.Cause))
	if want.Seconds.Exists() {
		note(compareDuration(want.Seconds, got))
	}
	switch {
	case want.History == nil:
	case want.Interleaved:
		note(compareEdges(want.History, got.lines()))
	default:
		note(compareLines(want.History, got.lines()))
	}
	for i, w := range want.Events {
		at := fmt.Sprintf("/expect/events/%d", i)
		id, _ := w.Get("id").Int() // the loader has seen it
		if e := slices.IndexFunc(got.Events, func(e Event) bool { return e.ID == id }); e < 0 {
			found = append(found, Difference{at, "no such event", "the event " + strconv.FormatInt(id, 10)})
		} else {
			note(m.subset(at, w, got.Events[e].member))
		}
	}
	found = append(found, c.compareCalls(got)...)
	if want.Described.Exists() {
		note(m.subset("/expect/described", want.Described, got.Described.Get))
	}
	note(m.compareRedrives(c.Redrives, got.Redrives))
	if want.MapRuns != nil {
		note(m.compareMapRuns(want.MapRuns, got.MapRuns))
	}
	return found
}

// compareCalls compares what the tasks were called with.
func (c *Case) compareCalls(got *Outcome) (found []Difference) {
	m := &matcher{values: got.Names}
	for name, calls := range c.Expect.Calls {
		events := slices.Clone(got.Calls[name])
		if c.Expect.Interleaved {
			calls = slices.Clone(calls)
			slices.SortFunc(calls, byText)
			slices.SortFunc(events, byText)
		}
		if d := m.difference("/expect/calls"+pointer(name), value.OfSlice(slices.Clone(calls)), value.OfSlice(events)); d != nil {
			found = append(found, *d)
		}
	}
	return found
}

func byText(a, b value.Value) int { return strings.Compare(a.String(), b.String()) }

// optional compares a text that an execution may have; null says that it has not.
func (m *matcher) optional(at string, want, got value.Value) *Difference {
	if !want.Exists() || want.IsNull() && !got.Exists() {
		return nil
	}
	return m.inText(at, want, got)
}

// failureOf shows error and cause beside a status that is wrong.
func failureOf(got *Outcome) string {
	if !got.Error.Exists() && !got.Cause.Exists() {
		return ""
	}
	return fmt.Sprintf(" (%s: %s)", got.Error.Text(), got.Cause.Text())
}

// parsed returns the JSON in a text.
func parsed(text value.Value) value.Value {
	if v, err := value.Parse(text.Text()); err == nil {
		return v
	}
	return text
}

func compareDuration(want value.Value, got *Outcome) *Difference {
	expected := seconds(want.Float()).duration()
	if got.Lasted == expected || !got.ExactTime && got.Lasted > expected {
		return nil
	}
	return &Difference{"/expect/seconds", fmt.Sprint(float64(got.Lasted) / float64(time.Second)), want.String()}
}

func compareLines(want, got []Line) *Difference {
	for i := range max(len(want), len(got)) {
		at := fmt.Sprintf("/expect/history/%d", i)
		switch {
		case i >= len(want):
			return &Difference{at, got[i].String(), "the end of the history"}
		case i >= len(got):
			return &Difference{at, "the end of the history", want[i].String()}
		case want[i] != got[i]:
			return &Difference{at, got[i].String(), want[i].String()}
		}
	}
	return nil
}

// compareEdges compares histories of branches that run at once, by which event
// leads to which. The events that end a state with branches are only counted:
// which event they follow depends on which branch was last.
func compareEdges(want, got []Line) *Difference {
	w, g := edges(want), edges(got)
	for i := range max(len(w), len(g)) {
		switch {
		case i >= len(w) || i < len(g) && g[i] < w[i]:
			return &Difference{"/expect/history", g[i], "no such event, or fewer of them"}
		case i >= len(g) || w[i] < g[i]:
			return &Difference{"/expect/history", "no such event, or fewer of them", w[i]}
		}
	}
	return nil
}

func edges(lines []Line) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = l.Label
		if prev := slices.IndexFunc(lines, func(p Line) bool { return p.ID == l.Prev }); prev >= 0 && !endsBranches(l.Label) {
			out[i] += " after " + lines[prev].Label
		}
	}
	slices.Sort(out)
	return out
}

func endsBranches(label string) bool {
	for _, prefix := range []string{
		"MapStateSucceeded", "MapStateFailed", "MapStateExited", "MapIterationFailed", "MapIterationAborted",
		"ParallelStateSucceeded", "ParallelStateFailed", "ParallelStateExited", "Execution",
	} {
		if strings.HasPrefix(label, prefix) {
			return true
		}
	}
	return strings.Contains(label, "StateAborted")
}

// compareDiagnostics compares by place in the list; a part that was not given
// is not compared.
func compareDiagnostics(want, got []Diagnostic) []Difference {
	if len(want) == 0 {
		return []Difference{{"/definition", fmt.Sprint("it is refused: ", got), "a definition that is accepted"}}
	}
	for i := range max(len(want), len(got)) {
		at := fmt.Sprintf("/expect/invalid/%d", i)
		switch {
		case i >= len(want):
			return []Difference{{at, fmt.Sprint(got[i]), "no more diagnostics"}}
		case i >= len(got):
			return []Difference{{at, "no more diagnostics", fmt.Sprint(want[i])}}
		}
		w, g := want[i], got[i]
		if w.Message == "" {
			g.Message = ""
		}
		if w.Location == "" {
			g.Location = ""
		}
		if w != g {
			return []Difference{{at, fmt.Sprint(got[i]), fmt.Sprint(w)}}
		}
	}
	return nil
}

// String returns "CODE: message at location".
func (d Diagnostic) String() string {
	text := d.Code
	if d.Message != "" {
		text += ": " + d.Message
	}
	if d.Location != "" {
		text += " at " + d.Location
	}
	return text
}
