package debug

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/engine"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// This file drives a debugger on a real engine for the tests of this package: a
// virtual clock, and tasks that a table answers.

const order = `{"StartAt": "Validate", "States": {
	"Validate": {"Type": "Pass", "Assign": {"total.$": "$.total"}, "Next": "IsValid"},
	"IsValid": {"Type": "Choice", "Choices": [{"Variable": "$.total", "NumericLessThan": 0, "Next": "Reject"}, {"Variable": "$.total", "NumericGreaterThan": 0, "Next": "Fulfil"}], "Default": "Reject"},
	"Fulfil": {"Type": "Parallel", "ResultPath": "$.done", "Next": "Deliver", "Branches": [
		{"StartAt": "Charge", "States": {
			"Charge": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "charge-card", "Payload.$": "$"}, "ResultPath": "$.charge",
				"Retry": [{"ErrorEquals": ["Busy"], "MaxAttempts": 2}], "Catch": [{"ErrorEquals": ["Declined"], "Next": "Apologise"}], "Next": "Receipt"},
			"Receipt": {"Type": "Pass", "End": true},
			"Apologise": {"Type": "Pass", "End": true}}},
		{"StartAt": "Reserve", "States": {
			"Reserve": {"Type": "Map", "ItemsPath": "$.items", "MaxConcurrency": 1, "End": true, "ItemProcessor": {"StartAt": "Pick", "States": {
				"Pick": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:pick", "Retry": [{"ErrorEquals": ["Busy"], "MaxAttempts": 1}], "End": true}}}}}}]},
	"Deliver": {"Type": "Wait", "Seconds": 30, "Next": "Done"},
	"Reject": {"Type": "Fail", "Error": "Rejected"},
	"Done": {"Type": "Succeed"}}}`

type bench struct {
	*testing.T
	engine  *engine.Engine
	d       *Debugger
	face    *Face
	program *machine.Program
	answer  func(c *task.Call, times int) (value.Value, error)

	mu     sync.Mutex
	calls  map[string]int
	events []Event
	told   chan struct{}
}

// Run implements task.Runner.
func (b *bench) Run(_ context.Context, c *task.Call) (task.Answer, error) {
	key := c.State + c.Input.String()
	b.mu.Lock()
	b.calls[key]++
	n := b.calls[key]
	b.mu.Unlock()
	out, err := b.answer(c, n)
	return task.Answer{Output: out}, err
}

// Watch implements task.Runner.
func (b *bench) Watch(context.Context, *task.Call, value.Value, func(value.Value, error)) {}

func newBench(t *testing.T, definition string, points ...Breakpoint) *bench {
	b := &bench{T: t, calls: make(map[string]int), told: make(chan struct{}, 1)}
	b.answer = func(c *task.Call, n int) (value.Value, error) {
		switch {
		case c.State == "Charge" && n == 1:
			return value.Value{}, &asl.Error{Name: "Busy", Cause: "try again"}
		case c.State == "Pick" && n == 1 && c.Input.Text() == "b":
			return value.Value{}, &asl.Error{Name: "Busy", Cause: "try again"}
		}
		return c.Input, nil
	}
	parsed, found := asl.Parse(definition)
	if found.HasErrors() {
		t.Fatal(found)
	}
	program, err := machine.Compile(parsed)
	if err != nil {
		t.Fatal(err)
	}
	b.program = program
	b.d = New(Config{Rerun: func(_ context.Context, arn string, event int64, input value.Value) (string, error) {
		return fmt.Sprintf("%s before %d with %s", arn, event, input), nil
	}})
	b.engine = engine.New(engine.Config{
		Store: journal.NewMemory(), Clock: engine.NewVirtualClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)), Tasks: b, Stepper: b.d, Log: slog.New(slog.DiscardHandler),
		Program: func(string) (*machine.Program, error) { return program, nil }, AutoAdvance: true,
		Ended: func(v *engine.View) { b.d.Ended(v.Start, v.Status) },
	})
	b.d.Use(b.engine)
	if err := b.engine.Recover(); err != nil {
		t.Fatal(err)
	}
	b.face = b.d.Attach("test", func(e Event) {
		b.mu.Lock()
		b.events = append(b.events, e)
		b.mu.Unlock()
		select {
		case b.told <- struct{}{}:
		default:
		}
	})
	for i := range points {
		if points[i].Kind == "" {
			points[i].Kind = AtState
		}
	}
	for _, p := range b.face.SetBreakpoints(points) {
		if p.Problem != "" {
			t.Fatal(p.Problem)
		}
	}
	t.Cleanup(func() {
		b.face.Detach()
		if err := b.engine.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return b
}

func (b *bench) start(name, input string) string {
	b.Helper()
	arn := "arn:aws:states:us-east-1:123456789012:execution:order:" + name
	_, err := b.engine.Start(context.Background(), engine.Request{
		Start: machine.Start{ARN: arn, Name: name, MachineARN: "arn:aws:states:us-east-1:123456789012:stateMachine:order", Machine: "order", InputText: input},
		Input: value.MustParse(input), Revision: "1", Program: b.program,
	})
	if err != nil {
		b.Fatal(err)
	}
	return arn
}

// stop waits until the execution is stopped or has ended, and returns where; nil
// if it has ended.
func (b *bench) stop(arn string) *Stop {
	b.Helper()
	ended := make(chan error, 1)
	go func() {
		_, err := b.engine.Wait(context.Background(), arn)
		ended <- err
	}()
	for {
		if s := b.d.Execution(arn); s != nil {
			return s
		}
		select {
		case <-b.told:
		case err := <-ended:
			if err != nil {
				b.Fatal(err)
			}
			return nil
		}
	}
}

// at is a stop in short: "breakpoint Charge working", "end".
func (b *bench) at(arn string) string {
	b.Helper()
	s := b.stop(arn)
	if s == nil {
		v, _ := b.engine.Describe(arn)
		return "end " + v.Status.String()
	}
	line := ""
	if snapshot, err := b.d.Snapshot(arn, s.Thread); err == nil {
		line = " " + snapshot.Phase.String()
		if s.Phase > 0 {
			line += " " + snapshot.Phases[s.Phase].Name
		}
	}
	return string(s.Reason) + " " + s.State + line
}

func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

const input = `{"total": 5, "items": ["a", "b", "c"]}`

// Where breakpoints stop an execution, one after the other.
func TestBreakpoints(t *testing.T) {
	for _, c := range []struct {
		name   string
		points []Breakpoint
		want   []string
	}{
		{"none", nil, nil},
		{"state", []Breakpoint{{State: "IsValid"}}, []string{"breakpoint IsValid working"}},
		{"pointer", []Breakpoint{{State: "/States/Fulfil/Branches/0/States/Receipt"}}, []string{"breakpoint Receipt working"}},
		{"glob, and each turn of a Map but no retry", []Breakpoint{{State: "P*k"}}, []string{"breakpoint Pick working", "breakpoint Pick working", "breakpoint Pick working"}},
		{"other machine", []Breakpoint{{State: "Validate", Machine: "invoice"}}, nil},
		{"machine", []Breakpoint{{State: "Validate", Machine: "ord*"}}, []string{"breakpoint Validate working"}},
		{"disabled", []Breakpoint{{State: "Validate", Disabled: true}}, nil},
		{"condition in JSONata", []Breakpoint{{State: "Pick", Condition: `$states.input = "b"`}}, []string{"breakpoint Pick working"}},
		{"condition on a variable", []Breakpoint{{State: "Pick", Condition: `$total > 5`}}, nil},
		{"condition in JSONPath", []Breakpoint{{State: "Pick", Condition: `$$.Map.Item.Index`}}, nil},
		{"condition that fails", []Breakpoint{{State: "Pick", Condition: `$number("x") > 1`}}, nil},
		{"hit count", []Breakpoint{{State: "Pick", Hit: "2"}}, []string{"breakpoint Pick working"}},
		{"from a hit count on", []Breakpoint{{State: "Pick", Hit: ">=2"}}, []string{"breakpoint Pick working", "breakpoint Pick working"}},
		{"every other hit", []Breakpoint{{State: "Pick", Hit: "% 2"}}, []string{"breakpoint Pick working"}},
		{"field", []Breakpoint{{State: "Charge", Field: "Parameters"}}, []string{"breakpoint Charge working after Parameters", "breakpoint Charge working after Parameters"}},
		{"result", []Breakpoint{{State: "Charge", Field: "ResultPath"}}, []string{"breakpoint Charge finishing after ResultPath"}},
		{"assignment", []Breakpoint{{State: "Validate", Field: "Assign"}}, []string{"breakpoint Validate working assigned"}},
		{"rule of a Choice", []Breakpoint{{State: "IsValid", Field: "Choices/1"}}, []string{"breakpoint IsValid working Choices/1 holds"}},
		{"rule that does not hold", []Breakpoint{{State: "IsValid", Field: "Choices/0"}}, nil},
		{"Retrier", []Breakpoint{{State: "Charge", Field: "Retry/0"}}, []string{"breakpoint Charge failing tried again in 1000 ms"}},
		{"resource", []Breakpoint{{Kind: AtResource, Resource: "lambda:charge-card"}}, []string{"breakpoint Charge working"}},
		{"function by its ARN", []Breakpoint{{Kind: AtResource, Resource: "lambda:pi*", Hit: "1"}}, []string{"breakpoint Pick working"}},
		{"variable", []Breakpoint{{Kind: AtVariable, Variable: "total"}}, []string{"data breakpoint IsValid entering"}},
		{"payload", []Breakpoint{{Kind: AtPayload, Pointer: "/charge"}}, []string{"data breakpoint Receipt working"}},
		{"uncaught", []Breakpoint{{Kind: AtFailure, Uncaught: true}}, nil},
		{"retried", []Breakpoint{{Kind: AtFailure, Retried: true}}, []string{"exception Charge failing", "exception Pick failing"}},
		{"retried, by name", []Breakpoint{{Kind: AtFailure, Retried: true, Errors: []string{"B?sy"}, Condition: `$states.errorOutput.Cause = "try again" and $states.context.State.Name = "Charge"`}}, []string{"exception Charge failing"}},
		{"logged only", []Breakpoint{{State: "Pick", Log: "picks {$states.input} of {$total}"}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, order, c.points...)
			arn := b.start("x", input)
			var got []string
			for at := b.at(arn); at != "end SUCCEEDED"; at = b.at(arn) {
				if got = append(got, at); len(got) > 20 {
					break
				}
				b.must(b.d.Continue(arn))
			}
			slices.Sort(got) // branches run side by side
			slices.Sort(c.want)
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			if c.name == "logged only" {
				b.mu.Lock()
				defer b.mu.Unlock()
				var lines []string
				for _, e := range b.events {
					if e.Kind == Output {
						lines = append(lines, e.Text)
					}
				}
				if want := "picks a of 5|picks b of 5|picks c of 5"; strings.Join(lines, "|") != want {
					t.Errorf("lines %q", lines)
				}
			}
		})
	}
}

// Breakpoints that cannot work say why.
func TestProblems(t *testing.T) {
	b := newBench(t, order)
	for want, p := range map[string]Breakpoint{
		"condition: ":                                     {Kind: AtState, State: "A", Condition: "$x ="},
		"hit count: expected a number":                    {Kind: AtState, State: "A", Hit: "often"},
		"log message: the { at character 3 is not closed": {Kind: AtState, State: "A", Log: "a {$x"},
		`"[" is not a pattern`:                            {Kind: AtState, State: "["},
		"a breakpoint at a state needs":                   {Kind: AtState},
		"kind: expected state":                            {Kind: "moon", State: "A"},
		"needs uncaught, caught or retried":               {Kind: AtFailure},
	} {
		if got := b.face.SetBreakpoints([]Breakpoint{p})[0]; !strings.Contains(got.Problem, want) {
			t.Errorf("%+v: problem %q, want %q", p, got.Problem, want)
		}
	}
	same := []Breakpoint{{Kind: AtState, State: "A"}, {Kind: AtState, State: "B"}}
	first := b.face.SetBreakpoints(same)
	if second := b.face.SetBreakpoints([]Breakpoint{same[1], {Kind: AtState, State: "C"}}); second[0].ID != first[1].ID || second[1].ID == first[0].ID {
		t.Errorf("ids: %d and %d, before %d and %d", second[0].ID, second[1].ID, first[0].ID, first[1].ID)
	}
}

// Steps of each kind, from one stop to the next.
func TestSteps(t *testing.T) {
	over := func(b *bench, s *Stop) error { return b.d.Over(s.Execution, s.Thread) }
	in := func(b *bench, s *Stop) error { return b.d.Into(s.Execution, s.Thread) }
	out := func(b *bench, s *Stop) error { return b.d.Out(s.Execution, s.Thread) }
	on := func(b *bench, s *Stop) error { return b.d.Continue(s.Execution) }
	for _, c := range []struct {
		name  string
		point Breakpoint
		moves []func(*bench, *Stop) error
		want  string
	}{
		{"over", Breakpoint{State: "Validate"}, []func(*bench, *Stop) error{over, over, over, over, over, over}, "Validate working|step IsValid working|step Fulfil working|step Deliver working|step Done working|end SUCCEEDED"},
		{"over in a branch", Breakpoint{State: "Charge"}, []func(*bench, *Stop) error{over, over, over, over}, "Charge working|step Receipt working|step Deliver working|step Done working|end SUCCEEDED"},
		{"into a Choice", Breakpoint{State: "IsValid"}, []func(*bench, *Stop) error{in, in, in}, "IsValid working|step IsValid working Choices/1 holds|step IsValid working output|step Fulfil working"},
		{"into a Parallel", Breakpoint{State: "Fulfil"}, []func(*bench, *Stop) error{in}, "Fulfil working|step Charge working"},
		{"into a Map", Breakpoint{State: "Reserve"}, []func(*bench, *Stop) error{in, in}, "Reserve working|step Reserve working after ItemsPath|step Pick working"},
		{"out of an iteration", Breakpoint{State: "Pick", Hit: "1"}, []func(*bench, *Stop) error{out, out}, "Pick working|step Deliver working|end SUCCEEDED"},
		{"into the phases of a Task", Breakpoint{State: "Charge"}, []func(*bench, *Stop) error{in, in, in, in, in, in},
			"Charge working|step Charge working after Parameters|step Charge failing|step Charge failing tried again in 1000 ms|step Charge working|step Charge working after Parameters|step Charge finishing"},
		{"on", Breakpoint{State: "Validate"}, []func(*bench, *Stop) error{on}, "Validate working|end SUCCEEDED"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, order, c.point)
			arn := b.start("x", input)
			got := []string{strings.TrimPrefix(b.at(arn), "breakpoint ")}
			b.face.SetBreakpoints(nil)
			for _, move := range c.moves {
				s := b.stop(arn)
				if s == nil {
					break
				}
				b.must(move(b, s))
				got = append(got, b.at(arn))
			}
			if strings.Join(got, "|") != c.want {
				t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), c.want)
			}
		})
	}
}

// Going back through a Map inside a Parallel with retries, and forward again, shows
// the same data at each place.
func TestBackAndForward(t *testing.T) {
	b := newBench(t, order, Breakpoint{State: "*"})
	arn := b.start("x", input)
	type seen struct {
		thread int32
		data   string
	}
	look := func() seen {
		s := b.stop(arn)
		snapshot, err := b.d.Snapshot(arn, s.Thread)
		b.must(err)
		return seen{s.Thread, fmt.Sprintf("%s %v in %s vars %s ctx %s next %s out %s", snapshot.State, snapshot.Phase, snapshot.Input, snapshot.Variables, snapshot.Context, snapshot.Next, snapshot.Output)}
	}
	var way []seen
	for s := b.stop(arn); s != nil && s.State != "Done"; s = b.stop(arn) {
		way = append(way, look())
		b.must(b.d.Continue(arn))
	}
	if len(way) < 9 {
		t.Fatalf("it stopped at %d places", len(way))
	}
	end := look()
	for i := range way {
		want := way[len(way)-1-i]
		b.must(b.d.ReverseContinue(arn))
		if got := look(); got != want {
			t.Errorf("back at place %d:\ngot  %+v\nwant %+v", len(way)-1-i, got, want)
		}
		if s := b.stop(arn); !s.Past {
			t.Error("it is not the past")
		}
		if err := b.d.Change(context.Background(), arn, 0, &machine.Override{Input: value.True}); err != ErrPast {
			t.Errorf("changing the past: %v", err)
		}
	}
	v, err := b.d.Evaluate(context.Background(), arn, 0, "", `$states.input.total & "!"`)
	if err != nil || v.Text() != "5!" {
		t.Errorf("evaluated %v, %v", v, err)
	}
	if child, err := b.d.Fork(context.Background(), arn, value.Value{}); err != nil || !strings.Contains(child, "before 3 ") {
		t.Errorf("forked %q, %v", child, err)
	}
	for i := 1; i < len(way); i++ {
		b.must(b.d.Forward(arn, 0))
		if got := look(); got != way[i] {
			t.Errorf("forward at place %d:\ngot  %+v\nwant %+v", i, got, way[i])
		}
	}
	b.must(b.d.Present(arn))
	if got := look(); got != end {
		t.Errorf("back in the present:\ngot  %+v\nwant %+v", got, end)
	}
	b.must(b.d.Continue(arn))
	if at := b.at(arn); at != "end SUCCEEDED" {
		t.Error(at)
	}
	b.must(b.d.ReverseContinue(arn)) // also of what has ended
	if s := b.d.Execution(arn); s.State != "Done" || !s.Past {
		t.Errorf("back from the end: %+v", s)
	}
	b.must(b.d.Present(arn))
}

// What is changed at a stop is what the execution goes on with.
func TestChange(t *testing.T) {
	doc := value.MustParse
	for _, c := range []struct {
		name, state string
		o           machine.Override
		want        string
	}{
		{"total that is refused", "IsValid", machine.Override{Input: doc(`{"total": -1}`)}, "FAILED"},
		{"result of a Task", "Charge", machine.Override{Result: doc(`{"ok": true}`)}, `SUCCEEDED {"ok":true}`},
		{"failure that is caught", "Charge", machine.Override{Failure: machine.NewFailure("Declined", "no")}, `SUCCEEDED `},
		{"failure that is not", "Charge", machine.Override{Failure: machine.NewFailure("Stolen", "no")}, `FAILED`},
		{"another next state", "IsValid", machine.Override{Next: "Reject"}, "FAILED"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, order, Breakpoint{State: c.state})
			arn := b.start("x", input)
			s := b.stop(arn)
			if err := b.d.Change(context.Background(), arn, 99, &c.o); err != ErrNotHere {
				t.Errorf("a thread that is not there: %v", err)
			}
			b.must(b.d.Change(context.Background(), arn, s.Thread, &c.o))
			b.face.SetBreakpoints(nil)
			b.must(b.d.Continue(arn))
			at := b.at(arn)
			v, _ := b.engine.Describe(arn)
			if got := strings.TrimPrefix(at, "end ") + " " + v.Output.Get("done").Index(0).Get("charge").String(); !strings.HasPrefix(got, c.want) {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if err := b.d.Continue(arn); err != ErrNotStopped {
				t.Errorf("continuing what has ended: %v", err)
			}
		})
	}
}

// An execution can be paused where it waits, and everything goes on when the last
// face leaves.
func TestPauseAndDetach(t *testing.T) {
	b := newBench(t, order)
	b.answer = func(c *task.Call, _ int) (value.Value, error) { return c.Input, nil }
	other := b.d.Attach("other", func(Event) {})
	b.d.StopAtEntry(&machine.Start{ARN: "arn:aws:states:us-east-1:123456789012:execution:order:x", Machine: "order"})
	arn := b.start("x", input)
	if at := b.at(arn); at != "entry Validate working" {
		t.Fatal(at)
	}
	threads, more, err := b.d.Threads(arn)
	if err != nil || more != 0 || len(threads) != 1 || threads[0].Name != "main" || threads[0].Frames[0].Pointer != "/States/Validate" {
		t.Errorf("threads %+v, %d more, %v", threads, more, err)
	}
	b.must(b.d.Into(arn, 0))
	b.must(b.d.Pause(arn)) // it is stopped already
	other.Detach()
	if b.d.Execution(arn) == nil {
		t.Error("it goes on although a face is there")
	}
	b.face.Detach()
	if at := b.at(arn); at != "end SUCCEEDED" {
		t.Error(at)
	}
	if err := b.d.Pause(arn); err == nil {
		t.Error("what has ended was paused")
	}
}

// Breakpoints at several fields of a state are met one after the other, also where a field
// changes nothing; each counts once.
func TestBreakpointsInOneState(t *testing.T) {
	const fields = `{"StartAt": "A", "States": {
		"A": {"Type": "Pass", "InputPath": "$.in", "Parameters": {"total.$": "$.total"}, "Assign": {"x": 1}, "ResultPath": "$.r", "Next": "B"},
		"B": {"Type": "Pass", "End": true}}}`
	b := newBench(t, fields, Breakpoint{State: "A"}, Breakpoint{State: "A", Field: "InputPath"}, Breakpoint{State: "A", Field: "Parameters"},
		Breakpoint{State: "A", Field: "Assign", Condition: "$states.input.in.total > 9"}, Breakpoint{State: "A", Field: "ResultPath", Hit: "2"}, Breakpoint{State: "A", Field: "Output"}, Breakpoint{State: "B"})
	arn := b.start("x", `{"in": {"total": 5}}`)
	for _, want := range []string{
		"breakpoint A working", "breakpoint A working after InputPath", "breakpoint A working after Parameters", "breakpoint A working output", "breakpoint B working", "end SUCCEEDED",
	} {
		if at := b.at(arn); at != want {
			t.Fatalf("at %s, want %s", at, want)
		}
		if want != "end SUCCEEDED" {
			b.must(b.d.Continue(arn))
		}
	}
	for _, p := range b.face.Breakpoints() {
		want := 1
		if p.Field == "Assign" {
			want = 0
		}
		if p.Hits != want {
			t.Errorf("%s %s was met %d times, want %d", p.State, p.Field, p.Hits, want)
		}
	}
}

// A step over passes breakpoints of later fields no more than Continue does; a step that
// lands on a state stops there before its fields.
func TestStepsMeetFields(t *testing.T) {
	b := newBench(t, order, Breakpoint{State: "Validate"}, Breakpoint{State: "Validate", Field: "Assign"}, Breakpoint{State: "IsValid", Field: "Choices/1"})
	arn := b.start("x", input)
	for _, want := range []string{"breakpoint Validate working", "breakpoint Validate working assigned", "step IsValid working", "breakpoint IsValid working Choices/1 holds"} {
		if at := b.at(arn); at != want {
			t.Fatalf("at %s, want %s", at, want)
		}
		b.must(b.d.Over(arn, 0))
	}
}

// What is kept is the breakpoints of one face and what is stopped; it is given when it has
// changed, and restored for who attaches under that name.
func TestKept(t *testing.T) {
	var kept []Kept
	d := New(Config{KeptFace: "pages", Keep: func(k Kept) { kept = append(kept, k) }})
	d.Attach("editor", func(Event) {}).SetBreakpoints([]Breakpoint{{Kind: AtState, State: "A"}})
	face := d.Attach("pages", func(Event) {})
	points := []Breakpoint{{Kind: AtState, State: "B", Log: "at {$x}"}, {Kind: AtFailure, Uncaught: true, Errors: []string{"E"}}}
	face.SetBreakpoints(points)
	face.SetBreakpoints(points) // nothing new
	if len(kept) != 2 || len(kept[0].Breakpoints) != 0 || len(kept[1].Breakpoints) != 2 || kept[1].Breakpoints[0].ID != 0 {
		t.Fatalf("kept %+v", kept)
	}
	again := New(Config{KeptFace: "pages", Keep: func(Kept) {}})
	again.Restore(kept[1])
	restored := again.Attach("pages", func(Event) {})
	if got := restored.Breakpoints(); len(got) != 2 || got[0].Log != "at {$x}" || got[0].Problem != "" || !got[1].Uncaught {
		t.Errorf("restored %+v", got)
	}
	if other := again.Attach("pages", func(Event) {}); len(other.Breakpoints()) != 0 {
		t.Errorf("two faces have taken it over: %+v", other.Breakpoints())
	}
}

// What is stopped stays stopped when the last face only leaves, as at the end of a server.
func TestLeave(t *testing.T) {
	b := newBench(t, order, Breakpoint{State: "IsValid"})
	arn := b.start("x", input)
	if at := b.at(arn); at != "breakpoint IsValid working" {
		t.Fatal(at)
	}
	other := b.d.Attach("other", func(Event) {})
	if b.face.Leave() || !other.Leave() {
		t.Error("the last one to leave was not told so")
	}
	if b.d.Execution(arn) == nil {
		t.Error("it goes on")
	}
}

// A breakpoint at a Catcher stops before that takes the failure.
func TestBreakpointAtACatcher(t *testing.T) {
	b := newBench(t, order, Breakpoint{State: "Charge", Field: "Catch/0"})
	b.answer = func(c *task.Call, _ int) (value.Value, error) {
		if c.State == "Charge" {
			return value.Value{}, &asl.Error{Name: "Declined", Cause: "no"}
		}
		return c.Input, nil
	}
	arn := b.start("x", input)
	if at := b.at(arn); at != "breakpoint Charge failing caught" {
		t.Fatal(at)
	}
	if s := b.stop(arn); s.Pointer != "/States/Fulfil/Branches/0/States/Charge/Catch/0" {
		t.Errorf("pointer %s", s.Pointer)
	}
	b.must(b.d.Continue(arn))
	if at := b.at(arn); at != "end SUCCEEDED" {
		t.Error(at)
	}
}
