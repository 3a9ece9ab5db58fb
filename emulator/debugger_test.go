package emulator_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/debug"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// A breakpoint stops an execution that an SDK client has started; from the past, a
// new execution goes on with another input.
func TestDebugger(t *testing.T) {
	em := emulator.RunT(t)
	client := sfn.NewFromConfig(em.AWSConfig())
	ctx := context.Background()
	created, err := client.CreateStateMachine(ctx, &sfn.CreateStateMachineInput{
		Name: aws.String("m"), RoleArn: aws.String("arn:aws:iam::123456789012:role/r"),
		Definition: aws.String(`{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "End": true}}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	told := make(chan debug.Event, 100)
	face := em.Debugger().Attach("test", func(e debug.Event) { told <- e })
	defer face.Detach()
	face.SetBreakpoints([]debug.Breakpoint{{Kind: debug.AtState, Machine: "m", State: "B"}})
	started, err := client.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: created.StateMachineArn, Input: aws.String(`{"n": 1}`)})
	if err != nil {
		t.Fatal(err)
	}
	arn := *started.ExecutionArn
	stopped := func(want string) debug.Event {
		t.Helper()
		for e := range told {
			if e.Kind == debug.Stopped || e.Kind == debug.Ended {
				if got := string(e.Kind) + " " + stateOf(e) + e.Status; got != want {
					t.Fatalf("got %s, want %s", got, want)
				}
				return e
			}
		}
		return debug.Event{}
	}
	stopped("stopped B")
	if x, err := client.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: started.ExecutionArn}); err != nil || x.Status != "RUNNING" {
		t.Fatalf("status %v, %v", x.Status, err)
	}
	if err := em.Debugger().Back(arn, 0); err != nil {
		t.Fatal(err)
	}
	stopped("stopped A")
	child, err := em.Debugger().Fork(ctx, arn, value.MustParse(`{"n": 2}`))
	if err != nil {
		t.Fatal(err)
	}
	if e := stopped("stopped B"); e.Execution != child {
		t.Errorf("%s is stopped, not %s", e.Execution, child)
	}
	face.SetBreakpoints(nil)
	if err := em.Debugger().Continue(child); err != nil {
		t.Fatal(err)
	}
	stopped("ended SUCCEEDED")
	if x := em.Wait(child); x.Output != `{"n": 2}` && x.Output != `{"n":2}` {
		t.Errorf("output %s", x.Output)
	}
	if err := em.Debugger().Continue(arn); err != nil {
		t.Fatal(err)
	}
	stopped("ended SUCCEEDED")
}

func stateOf(e debug.Event) string {
	if e.Stop == nil {
		return ""
	}
	return e.Stop.State
}

// After a restart, the breakpoints of the pages are there, and what was stopped is stopped:
// at a state, and while it waits.
func TestDebuggerSurvivesARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "aslocal.db")
	ctx := context.Background()
	told := make(chan debug.Event, 100)
	open := func() *emulator.Emulator {
		t.Helper()
		store, err := journal.OpenSQLite(path, journal.Process)
		if err != nil {
			t.Fatal(err)
		}
		em, err := emulator.New(emulator.WithStore(store), emulator.WithLogger(slog.New(slog.DiscardHandler)))
		if err != nil {
			t.Fatal(err)
		}
		return em
	}
	stopped := func() *debug.Stop {
		t.Helper()
		for e := range told {
			if e.Kind == debug.Stopped {
				return e.Stop
			}
		}
		return nil
	}
	em := open()
	face := em.Debugger().Attach("pages", func(e debug.Event) { told <- e })
	machine, err := em.Register(emulator.Registration{Name: "m", Definition: `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "W"}, "W": {"Type": "Wait", "Seconds": 1000, "End": true}}}`})
	if err != nil {
		t.Fatal(err)
	}
	waiting, err := em.Start(ctx, machine, `{}`)
	if err != nil {
		t.Fatal(err)
	}
	if err := em.Debugger().Pause(waiting); err != nil { // where it is: in W, or on the way there
		t.Fatal(err)
	}
	stopped()
	other := em.Debugger().Attach("editor", func(debug.Event) {})
	other.SetBreakpoints([]debug.Breakpoint{{Kind: debug.AtState, State: "A"}})
	face.SetBreakpoints([]debug.Breakpoint{{Kind: debug.AtState, State: "B", Condition: "$states.input.n = 1"}})
	other.Detach()
	at, err := em.Start(ctx, machine, `{"n": 1}`)
	if err != nil {
		t.Fatal(err)
	}
	if s := stopped(); s.State != "B" {
		t.Fatalf("stopped at %s", s.State)
	}
	if err := em.Close(); err != nil {
		t.Fatal(err)
	}

	em = open()
	if points := em.Debugger().AllBreakpoints(); len(points) != 1 || len(points["pages"]) != 1 || points["pages"][0].Condition != "$states.input.n = 1" || points["pages"][0].Problem != "" {
		t.Errorf("breakpoints %+v", points)
	}
	told = make(chan debug.Event, 100)
	face = em.Debugger().Attach("pages", func(e debug.Event) { told <- e })
	is := make(map[string]*debug.Stop)
	for len(is) < 2 {
		for _, arn := range []string{at, waiting} {
			if s := em.Debugger().Execution(arn); s != nil {
				is[arn] = s
			}
		}
		if len(is) < 2 {
			stopped()
		}
	}
	if is[at].State != "B" || is[at].Machine != "m" {
		t.Errorf("stopped at %+v", is[at])
	}
	face.SetBreakpoints(nil)
	for arn := range is {
		if err := em.Debugger().Continue(arn); err != nil {
			t.Error(err)
		}
	}
	if err := em.Close(); err != nil {
		t.Fatal(err)
	}
	em = open()
	if left := em.Debugger().StoppedExecutions(); len(left) != 0 {
		t.Errorf("still stopped: %+v", left)
	}
	if err := em.Close(); err != nil {
		t.Fatal(err)
	}
}
