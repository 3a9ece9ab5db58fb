package machine_test

import (
	"fmt"
	"slices"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/value"
)

// order pays, waits an hour, and is done.
const order = `{"StartAt": "Pay", "States": {
	"Pay": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:pay", "ResultPath": "$.paid", "Next": "Cool off"},
	"Cool off": {"Type": "Wait", "Seconds": 3600, "End": true}}}`

// compile parses, checks and compiles a definition.
func compile(text string) *machine.Program {
	definition, found := asl.Parse(text)
	if !found.HasErrors() {
		found = append(found, asl.Validate(definition, asl.Options{})...)
	}
	if found.HasErrors() {
		panic(found)
	}
	program, err := machine.Compile(definition)
	if err != nil {
		panic(err)
	}
	return program
}

// A definition is parsed, checked, and compiled to a Program, which any number
// of executions share.
func ExampleCompile() {
	definition, found := asl.Parse(`{"StartAt": "P", "States": {"P": {"Type": "Pass", "Result": {"n": 1}, "End": true}}}`)
	if found = append(found, asl.Validate(definition, asl.Options{})...); found.HasErrors() {
		fmt.Println(found)
		return
	}
	program, err := machine.Compile(definition)
	if err != nil {
		fmt.Println(err)
		return
	}
	x := machine.New(program)
	x.Handle(machine.Stimulus{Kind: machine.Begin, Start: &machine.Start{}, Output: value.EmptyObject}, 0, nil)
	fmt.Println(x.Status(), x.Output())
	// Output:
	// SUCCEEDED {"n":1}
}

// The caller carries out the commands of each batch; their outcome is the next
// stimulus. Here the only task is answered at once, and time jumps to the timer.
func ExampleExecution_Handle() {
	x := machine.New(compile(order))
	stimulus := machine.Stimulus{Kind: machine.Begin, At: 0, Start: &machine.Start{}, Output: value.MustParse(`{"total": 42}`)}
	for {
		batch := x.Handle(stimulus, 0, nil)
		for i := range batch.Events { // a journal would append them here, before the commands are carried out
			fmt.Println(batch.Events[i].At, batch.Events[i].Type)
		}
		if x.Status() != machine.Running {
			break
		}
		for _, c := range batch.Commands {
			switch c.Kind {
			case machine.RunTask:
				stimulus = machine.Stimulus{Kind: machine.Answered, At: 250, Frame: c.Frame, Token: c.Token, Output: c.Task.Input.Get("total")}
			case machine.SetTimer:
				stimulus = machine.Stimulus{Kind: machine.Fired, At: c.Due, Frame: c.Frame, Token: c.Token, Timer: c.Timer}
			}
		}
	}
	fmt.Println(x.Status(), x.Output())
	// Output:
	// 0 ExecutionStarted
	// 0 StateEntered
	// 0 TaskScheduled
	// 0 TaskStarted
	// 250 TaskSucceeded
	// 250 StateExited
	// 250 StateEntered
	// 250 WaitSet
	// 3600250 TimerFired
	// 3600250 StateExited
	// 3600250 ExecutionSucceeded
	// SUCCEEDED {"total":42,"paid":42}
}

// The events are all that must be kept: an execution is rebuilt from them, and
// Pending has the commands that have not been answered.
func ExampleReplay() {
	program := compile(order)
	before := machine.New(program)
	batch := before.Handle(machine.Stimulus{Kind: machine.Begin, Start: &machine.Start{}, Output: value.EmptyObject}, 0, nil)

	after := machine.Replay(program, slices.Values(batch.Events))
	for _, c := range after.Pending() {
		fmt.Println(after.Status(), c.Task.State, c.Task.Resource)
	}
	// Output:
	// RUNNING Pay arn:aws:lambda:us-east-1:123456789012:function:pay
}
