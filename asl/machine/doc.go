// Package machine runs state machines: Compile makes a Program of a checked
// definition, and an Execution is one run of it.
//
// An Execution is pure and event-sourced. It takes one stimulus (start, a task
// has answered, a timer has fired, stop) as far as it goes and returns the
// events that happened and the commands that somebody outside must carry out:
//
//	x := machine.New(program)
//	batch := x.Handle(machine.Stimulus{Kind: machine.Begin, At: now, Start: &start, Output: input}, 0, nil)
//	append batch.Events to the journal // the history, and a few private records
//	for _, c := range batch.Commands { … } // call this task, set this timer
//
// The example of [Execution.Handle] is such a caller. Only apply changes an Execution, and only from an event; so folding the
// events again ([Replay]) rebuilds it exactly, and [Execution.Pending] says
// what was asked for and has not been answered. There is no clock in here (time
// comes with each stimulus), no randomness (it comes from the seed in the start
// event), no goroutine and no lock: one execution is handled by one goroutine
// at a time. A Program never changes and is shared.
//
// Where to look: state_*.go has one state type each, map_inline.go and
// map_distributed.go the two modes of a Map, map_run.go the Map Runs of the
// latter, retry.go and catch.go what follows a failure, redrive.go how an
// execution that has failed goes on, dataflow_*.go how data moves into and out
// of a state in each query language, event.go what is recorded, codec.go how
// events are written down, snapshot.go how an execution is, single_state.go how
// TestState runs one state.
package machine
