package conformance

import (
	"slices"

	"github.com/aslocal/aslocal/value"
)

// This file has what must come of a case.

// An Expectation says what must come of a case. What is no value or empty is not
// compared; an Error or Cause of null must be absent.
type Expectation struct {
	Status      string
	Output      value.Value
	OutputText  value.Value // a string: the text of the output, order and spelling included
	Error       value.Value
	Cause       value.Value
	Seconds     value.Value // a number: how long the execution takes
	History     []Line      // all of it
	Interleaved bool        // events of different branches come in any order
	Events      []value.Value
	Calls       map[string][]value.Value // what the tasks are called with
	Described   value.Value              // members of DescribeExecution, or no value
	MapRuns     []value.Value            // parts of them, in the order in which they start
	Invalid     []Diagnostic             // what is wrong with the definition; all else is empty then
	Answer      value.Value              // of a test: all of it; all else but Calls is empty then
	Fault       *Fault                   // of a test that is refused
}

// A Diagnostic is a mistake in a definition. An empty Message or Location of an
// expected one is not compared.
type Diagnostic struct{ Code, Message, Location string }

var statuses = []string{"SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "RUNNING"}

func (d *decoder) expectation(to *Expectation) func(value.Value, string) {
	return func(v value.Value, at string) {
		d.object(v, at, fields{
			"status":      d.oneOf(&to.Status, statuses...),
			"output":      d.pattern(&to.Output),
			"outputText":  d.patternText(&to.OutputText),
			"error":       d.pattern(&to.Error),
			"cause":       d.pattern(&to.Cause),
			"seconds":     func(v value.Value, at string) { d.seconds(new(seconds))(v, at); to.Seconds = v },
			"history":     d.history(&to.History),
			"interleaved": d.isTrue(&to.Interleaved),
			"events":      d.events(&to.Events),
			"calls":       d.calls(&to.Calls),
			"described":   d.described(&to.Described),
			"mapRuns":     d.mapRuns(&to.MapRuns),
			"invalid":     d.invalid(&to.Invalid),
			"answer":      d.pattern(&to.Answer),
			"fault":       d.fault(&to.Fault),
		})
		d.oneMember(v, at, "status", "invalid", "answer", "fault")
		if v.Get("invalid").Exists() && v.Len() > 1 {
			d.fail(at, "expected nothing beside invalid, since nothing is executed")
		}
		switch {
		case to.Status == "FAILED" && !to.Error.Exists():
			d.fail(at+"/error", "missing: a failed execution has an error, or null")
		case to.Status == "SUCCEEDED" && (to.Error.Exists() || to.Cause.Exists()):
			d.fail(at, "an execution that has succeeded has neither error nor cause")
		case to.Status != "SUCCEEDED" && (to.Output.Exists() || to.OutputText.Exists()):
			d.fail(at, "an execution that has not succeeded has no output")
		}
	}
}

// pattern keeps a value that may contain placeholders.
func (d *decoder) pattern(to *value.Value) func(value.Value, string) {
	return func(v value.Value, at string) {
		*to = v
		d.placeholders(v, at)
	}
}

func (d *decoder) patternText(to *value.Value) func(value.Value, string) {
	return func(v value.Value, at string) {
		if d.kind(v, at, value.String) {
			d.pattern(to)(v, at)
		}
	}
}

// events reads parts of events, which are found by their ids.
func (d *decoder) events(to *[]value.Value) func(value.Value, string) {
	return d.list(func(v value.Value, at string) {
		if id, ok := v.Get("id").Int(); !ok || id < 1 {
			d.fail(at+"/id", "expected the id of the event, got %s", shorten(v.String()))
			return
		}
		for name := range v.Members() {
			if !slices.Contains(eventMembers, name) && !isDetails(name) {
				d.fail(at+pointer(name), "unknown member")
			}
		}
		d.placeholders(v, at)
		*to = append(*to, v)
	})
}

func (d *decoder) calls(to *map[string][]value.Value) func(value.Value, string) {
	return func(v value.Value, at string) {
		*to = make(map[string][]value.Value)
		if !d.kind(v, at, value.Object) {
			return
		}
		for name, events := range v.Members() {
			if d.kind(events, at+pointer(name), value.Array) {
				(*to)[name] = events.Slice()
				d.placeholders(events, at+pointer(name))
			}
		}
	}
}

func (d *decoder) invalid(to *[]Diagnostic) func(value.Value, string) {
	return func(v value.Value, at string) {
		if v.Kind() == value.Array && v.Len() == 0 {
			d.fail(at, "expected at least one diagnostic")
		}
		d.list(func(v value.Value, at string) {
			var one Diagnostic
			d.object(v, at, fields{"code": d.text(&one.Code), "message": d.text(&one.Message), "location": d.text(&one.Location)}, "code")
			*to = append(*to, one)
		})(v, at)
	}
}
