package emulator_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/debug"
	"github.com/aslocal/aslocal/emulator/ui"
)

// The debugger over the private API: start with a stop, breakpoints, steps, changes,
// the past, and what is refused.
func TestPagesDebug(t *testing.T) {
	em, b, machine, _ := tourist(t)
	told := make(chan debug.Event, 100)
	defer em.Debugger().Attach("test", func(e debug.Event) { told <- e }).Detach()
	wait := func(kind debug.EventKind) {
		t.Helper()
		for e := range told {
			if e.Kind == kind {
				return
			}
		}
	}
	var started ui.Started
	b.post("debug/start", map[string]any{"machine": machine, "input": tourInput}, &started)
	wait(debug.Stopped)
	var state ui.DebugState
	b.get("debug", &state)
	if len(state.Stopped) != 1 || state.Stopped[0].State != "First" || state.Stopped[0].Reason != "entry" || state.Stopped[0].Event != 2 {
		t.Fatalf("stopped: %+v", state.Stopped)
	}
	arn := state.Stopped[0].ARN
	if arn != started.ARN {
		t.Fatalf("%s is stopped, not %s", arn, started.ARN)
	}
	at := "?arn=" + arn
	var threads ui.DebugThreads
	b.get("debug/threads"+at, &threads)
	if len(threads.Threads) != 1 || threads.Threads[0].Frames[0].Pointer != "/States/First" {
		t.Errorf("threads %+v", threads)
	}
	var snapshot ui.DebugSnapshot
	b.get("debug/snapshot"+at, &snapshot)
	if snapshot.Input != tourInput && !strings.Contains(snapshot.Input, `"id":11`) || snapshot.Phase != "working" || snapshot.Arguments != `{"id":11}` {
		t.Errorf("snapshot %+v", snapshot)
	}
	var points ui.DebugPoints
	b.post("debug/breakpoints", ui.DebugPoints{Breakpoints: []debug.Breakpoint{{Kind: debug.AtState, State: "Large?", Condition: "$states.input.first.got > 10"}}}, &points)
	if len(points.Breakpoints) != 1 || points.Breakpoints[0].ID == 0 || points.Breakpoints[0].Problem != "" {
		t.Errorf("breakpoints %+v", points)
	}
	var evaluated ui.Evaluated
	b.post("debug/evaluate", ui.DebugEvaluate{ARN: arn, Expression: "$.order.id"}, &evaluated)
	if evaluated.Value != "11" {
		t.Errorf("evaluated %+v", evaluated)
	}
	b.post("debug/evaluate", ui.DebugEvaluate{ARN: arn, Expression: "$nothing"}, &evaluated)
	if evaluated.Error == "" {
		t.Errorf("evaluated %+v", evaluated)
	}
	var done ui.Done
	editor := em.Debugger().Attach("editor", func(debug.Event) {})
	defer editor.Detach()
	editor.SetBreakpoints([]debug.Breakpoint{{Kind: debug.AtState, State: "First", Disabled: true}})
	b.get("debug", &state)
	if o := state.Others; len(o) != 1 || o[0].Face != "editor" || o[0].State != "First" || !o[0].Disabled || !state.Stopped[0].Stands || threads.Threads[0].Frames[0].Index != 0 {
		t.Errorf("others %+v, stopped %+v", o, state.Stopped)
	}
	b.post("debug/change", ui.DebugChange{ARN: arn, Result: `{"id": 12}`}, &done)
	wait(debug.Stopped)
	b.post("debug/move", ui.DebugMove{ARN: arn, Move: "continue"}, &done)
	wait(debug.Continued)
	wait(debug.Stopped)
	b.get("debug", &state)
	if s := state.Stopped; len(s) != 1 || s[0].State != "Large?" || s[0].Reason != "breakpoint" || state.Breakpoints[0].Hits != 1 {
		t.Fatalf("stopped: %+v, breakpoints %+v", s, state.Breakpoints)
	}
	b.post("debug/move", ui.DebugMove{ARN: arn, Move: "back"}, &done)
	b.get("debug", &state)
	if s := state.Stopped[0]; s.State != "First" || !s.Past {
		t.Errorf("back at %+v", s)
	}
	if why := b.refused("debug/change", ui.DebugChange{ARN: arn, Result: "1"}); !strings.Contains(why.Message, "this is the past") {
		t.Errorf("refused: %+v", why)
	}
	var forked ui.Started
	b.post("debug/fork", ui.DebugFork{ARN: arn}, &forked)
	wait(debug.Stopped)
	b.post("debug/move", ui.DebugMove{ARN: arn, Move: "present"}, &done)
	for _, c := range []struct {
		path string
		in   any
		want string
	}{
		{"debug/move", ui.DebugMove{ARN: arn, Move: "fly"}, `got "fly"`},
		{"debug/move", ui.DebugMove{ARN: arn + "x", Move: "over"}, "the execution is over"},
		{"debug/move", ui.DebugMove{ARN: arn, Thread: 77, Move: "over"}, "no such line of control"},
		{"debug/change", ui.DebugChange{ARN: arn, Input: "{"}, "input: expected JSON"},
		{"debug/change", ui.DebugChange{ARN: arn, Variables: "[]"}, "variables: expected an object"},
		{"debug/change", ui.DebugChange{ARN: arn, Next: "Nowhere"}, "cannot be changed where"},
		{"debug/move", ui.DebugMove{ARN: arn, Move: "event", Event: 999}, "no event 999"},
		{"debug/start", map[string]any{"machine": "m"}, "expected the ARN of a state machine"},
	} {
		if why := b.refused(c.path, c.in); !strings.Contains(why.Message, c.want) {
			t.Errorf("%s %+v: %q, want %q", c.path, c.in, why.Message, c.want)
		}
	}
	// What logpoints print is kept for the pages.
	b.post("debug/breakpoints", ui.DebugPoints{Breakpoints: []debug.Breakpoint{{Kind: debug.AtState, State: "Fir*", Log: "id {$states.input.order.id}" + strings.Repeat("é", 1500)}}}, &points)
	logged, err := em.Start(t.Context(), machine, tourInput)
	if err != nil {
		t.Fatal(err)
	}
	wait(debug.Output)
	b.get("debug", &state)
	for len(state.Output) == 0 { // the pages are told beside us
		b.get("debug", &state)
	}
	if o := state.Output; o[0].ARN != logged || o[0].Number != 1 || o[0].Pointer != "/States/First" || !strings.HasPrefix(o[0].Text, "id 11é") || len(o[0].Text) > 2003 || !utf8.ValidString(o[0].Text) {
		t.Errorf("output %+v", o)
	}
	express, err := em.Register(emulator.Registration{Name: "quick", Type: "EXPRESS", Definition: tour})
	if err != nil {
		t.Fatal(err)
	}
	if why := b.refused("debug/start", map[string]any{"machine": express, "input": tourInput}); !strings.Contains(why.Message, "set a breakpoint at its first state") {
		t.Errorf("refused: %+v", why)
	}
	b.post("debug/breakpoints", ui.DebugPoints{}, &points)
	em.Debugger().ContinueAll()
	em.Advance(4000e9)
	if x := em.Wait(arn); x.Status != "SUCCEEDED" {
		t.Errorf("%+v", x)
	}
}
