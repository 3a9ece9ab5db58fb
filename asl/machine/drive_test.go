package machine

import (
	"iter"
	"slices"
	"testing"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file drives executions for the tests of this package: a clock that
// jumps, and tasks that a function answers.

// A drive carries out the commands of one execution, in the order in which
// they were given.
type drive struct {
	tb     testing.TB
	x      *Execution
	answer func(*Task) (value.Value, *Failure) // nil failure: the output
	broken bool                                // children with the input "broken" fail, items cannot be read
	budget int
	now    int64
	todo   []Command
	events []Event
	runs   []MapRun // all that were told of Map Runs
	cuts   []int    // lengths of events after each batch

	before func(d *drive, frame int32) // step by step: before each step; nil: nobody looks
	after  func()                      // step by step: when all lines of control wait; nil: nobody looks
}

var testStart = Start{
	ARN: "arn:aws:states:us-east-1:123456789012:execution:m:x", Name: "x", MachineARN: "arn:aws:states:us-east-1:123456789012:stateMachine:m",
	Machine: "m", RoleARN: "arn:aws:iam::123456789012:role/r", Seed: 42,
}

func compileText(tb testing.TB, definition string) *Program {
	tb.Helper()
	d, found := asl.Parse(definition)
	if found.HasErrors() {
		tb.Fatalf("parsing: %v", found)
	}
	p, err := Compile(d)
	if err != nil {
		tb.Fatalf("compiling: %v", err)
	}
	return p
}

func newDrive(tb testing.TB, p *Program) *drive {
	return &drive{tb: tb, x: New(p), now: 1_767_225_600_000, answer: func(t *Task) (value.Value, *Failure) { return t.Input, nil }}
}

// run runs the execution from the start until it waits for nothing that the
// drive could bring.
func (d *drive) run(input string) *drive {
	start := testStart
	d.take(Stimulus{Kind: Begin, Start: &start, Output: value.MustParse(input)})
	d.finish()
	return d
}

func (d *drive) take(s Stimulus) {
	s.At = d.now
	for {
		b := d.x.Handle(s, d.budget, nil)
		d.events = append(d.events, b.Events...)
		d.runs = append(d.runs, b.MapRuns...)
		d.cuts = append(d.cuts, len(d.events))
		d.todo = append(d.todo, b.Commands...)
		if !b.More {
			if d.after != nil {
				d.after()
			}
			return
		}
		if frame, ok := d.x.Next(); ok && d.before != nil {
			d.before(d, frame)
		}
		s = Stimulus{Kind: Resumed, At: d.now}
	}
}

// finish carries out commands until none is left. Timers go after everything
// else, the earliest first; timeouts of tasks never fire, since all are
// answered.
func (d *drive) finish() {
	for len(d.todo) > 0 && d.x.Status() == Running {
		d.step()
	}
}

// step carries out one command.
func (d *drive) step() {
	i := slices.IndexFunc(d.todo, func(c Command) bool { return c.Kind != SetTimer })
	if i < 0 {
		i = d.earliest()
	}
	c := d.todo[i]
	d.todo = slices.Delete(d.todo, i, i+1)
	switch {
	case c.Kind == RunTask:
		out, failure := d.answer(c.Task)
		d.take(Stimulus{Kind: Answered, Frame: c.Frame, Token: c.Token, Output: out, Failure: failure})
		d.callBack()
	case c.Kind == StartChild:
		status := Succeeded
		if d.broken && c.Child.Input.Text() == "broken" {
			status = Failed
		}
		d.take(Stimulus{Kind: ChildrenEnded, Frame: c.Frame, Token: c.Token, Ended: []ChildEnd{childEnd(c.Child, status)}})
	case c.Kind == ReadItems && d.broken:
		d.take(Stimulus{Kind: Answered, Frame: c.Frame, Token: c.Token, Failure: NewFailure("States.ItemReaderFailed", "it is broken")})
	case c.Kind == ReadItems:
		d.take(Stimulus{Kind: Answered, Frame: c.Frame, Token: c.Token, Output: c.Reading.Arguments.Get("items"), Sources: []ItemSource{{0, "s3://b/k"}}})
	case c.Kind == WriteResults:
		d.take(Stimulus{Kind: Answered, Frame: c.Frame, Token: c.Token, Output: value.OfMembers("Bucket", value.OfString("b"))})
	case c.Kind == SetTimer && c.Timer == Sleep:
		d.now = max(d.now, c.Due)
		d.take(Stimulus{Kind: Fired, Frame: c.Frame, Token: c.Token, Timer: Sleep})
	}
}

// childEnd is the end of a child that echoes, if it succeeds.
func childEnd(c *ChildStarting, status Status) ChildEnd {
	end := ChildEnd{Index: c.Index, Status: status, Started: 1_767_225_600_000, Stopped: 1_767_225_601_500}
	if end.Output = c.Input; status != Succeeded {
		end.Output, end.Failure = value.Value{}, NewFailure("Broken", "it is broken")
	}
	return end
}

// callBack answers the tokens of all tasks that wait for it, with their input.
func (d *drive) callBack() {
	for _, f := range d.x.living() {
		if c, ok := f.open.(*call); ok && c.phase == submitted {
			d.take(Stimulus{Kind: CallbackSucceeded, Frame: f.id, Token: f.token, Output: c.input})
		}
	}
}

func (d *drive) earliest() int {
	best := 0
	for i, c := range d.todo {
		if c.Due < d.todo[best].Due {
			best = i
		}
	}
	return best
}

// resume goes on with an execution that was rebuilt.
func resume(tb testing.TB, x *Execution, like *drive) *drive {
	d := newDrive(tb, x.program)
	d.x, d.answer, d.now = x, like.answer, like.now
	d.todo = x.Pending()
	d.take(Stimulus{Kind: Resumed})
	d.callBack()
	d.finish()
	return d
}

func each(events []Event) iter.Seq[Event] { return slices.Values(events) }

// ids are the history's ids and what they point back to: its shape.
func shape(events []Event) (out [][3]int64) {
	for _, e := range events {
		if !e.Type.Private() {
			out = append(out, [3]int64{e.ID, e.Prev, int64(e.Type)})
		}
	}
	return out
}
