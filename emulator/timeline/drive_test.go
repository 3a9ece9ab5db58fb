package timeline_test

import (
	"slices"
	"testing"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/value"
)

// This file runs definitions for the tests of this package: in memory, with a
// clock that jumps to the next timer.

// began is when all executions begin, in Unix milliseconds.
const began = 1_000_000

// A drive is one execution under way.
type drive struct {
	x        *machine.Execution
	now      int64
	todo     []machine.Command
	events   []machine.Event
	failures map[string]int64 // of tasks, by state
}

// run runs a definition until its execution ends or waits for what the drive
// does not do. Tasks whose input has an Error fail with it as often as Times
// says, or always; the others return their input.
func run(tb testing.TB, definition, input string) []machine.Event {
	tb.Helper()
	d := begin(tb, definition, input)
	d.finish()
	return d.events
}

// begin starts an execution.
func begin(tb testing.TB, definition, input string) *drive {
	tb.Helper()
	parsed, found := asl.Parse(definition)
	if found = append(found, asl.Validate(parsed, asl.Options{})...); found.HasErrors() {
		tb.Fatal(found)
	}
	program, err := machine.Compile(parsed)
	if err != nil {
		tb.Fatal(err)
	}
	d := &drive{x: machine.New(program), now: began, failures: make(map[string]int64)}
	start := machine.Start{ARN: "arn:aws:states:us-east-1:123456789012:execution:m:x", MachineARN: "arn:aws:states:us-east-1:123456789012:stateMachine:m", Name: "x", Machine: "m", Seed: 1}
	d.take(machine.Stimulus{Kind: machine.Begin, Start: &start, Output: value.MustParse(input)})
	return d
}

// finish carries out commands until the execution has ended, or none is left.
func (d *drive) finish() {
	for len(d.todo) > 0 && d.x.Status() == machine.Running {
		c := d.next()
		switch c.Kind {
		case machine.RunTask:
			s := machine.Stimulus{Kind: machine.Answered, Frame: c.Frame, Token: c.Token, Output: c.Task.Input}
			if name := c.Task.Input.Get("Error").Text(); name != "" {
				times, limited := c.Task.Input.Get("Times").Int()
				if d.failures[c.Task.State]++; !limited || d.failures[c.Task.State] <= times {
					s.Output, s.Failure = value.Value{}, machine.NewFailure(name, "on purpose")
				}
			}
			d.take(s)
		case machine.SetTimer:
			if c.Timer == machine.ExecutionTimeout {
				continue
			}
			d.now = max(d.now, c.Due)
			d.take(machine.Stimulus{Kind: machine.Fired, Frame: c.Frame, Token: c.Token, Timer: c.Timer})
		case machine.ReadItems:
			d.take(machine.Stimulus{Kind: machine.Answered, Frame: c.Frame, Token: c.Token, Output: value.MustParse("[1, 2]")})
		case machine.StartChild:
			d.take(machine.Stimulus{Kind: machine.ChildrenEnded, Frame: c.Frame, Token: c.Token,
				Ended: []machine.ChildEnd{{Index: c.Child.Index, Status: machine.Succeeded, Output: c.Child.Input}}})
		}
	}
}

// next takes the command that is carried out next: timers go after everything
// else, the earliest first. A task that is called Hang is never answered.
func (d *drive) next() machine.Command {
	best := -1
	for i, c := range d.todo {
		switch {
		case c.Kind == machine.RunTask && c.Task.State == "Hang":
		case best < 0, c.Kind != machine.SetTimer && d.todo[best].Kind == machine.SetTimer,
			c.Kind == machine.SetTimer && d.todo[best].Kind == machine.SetTimer && c.Due < d.todo[best].Due:
			best = i
		}
	}
	if best < 0 {
		d.todo = nil
		return machine.Command{}
	}
	c := d.todo[best]
	d.todo = slices.Delete(d.todo, best, best+1)
	return c
}

func (d *drive) take(s machine.Stimulus) {
	s.At = d.now
	b := d.x.Handle(s, 0, nil)
	d.events = append(d.events, b.Events...)
	d.todo = append(d.todo, b.Commands...)
}
