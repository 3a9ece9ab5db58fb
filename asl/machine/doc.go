// Package machine runs state machines: Compile makes a Program of a checked
// definition, and an Execution is one run of it.
//
// An Execution is pure and event-sourced. It takes one stimulus (start, a task
// has answered, a timer has fired, stop) as far as it goes and returns the
// events that happened and the commands that the host must carry out:
//
//	x := machine.New(program)
//	batch := x.Handle(machine.Stimulus{Kind: machine.Begin, At: now, Start: &start, Output: input}, 0, nil)
//	append batch.Events to the journal // the history, and a few private records
//	for _, c := range batch.Commands { … } // call this task, set this timer
//
// The example of [Execution.Handle] is such a host. Only apply changes an
// Execution, and only from an event; so folding the events again ([Replay])
// rebuilds it exactly, and [Execution.Pending] says what was asked for and has
// not been answered. There is no clock in here (time comes with each stimulus),
// no randomness (it comes from the seed in the start event), no goroutine and no
// lock: one execution is handled by one goroutine at a time. A Program never
// changes and is shared.
//
// Where to look: kind.go says what a state type is to the rest; state_*.go has one
// type each, lines.go what Parallel and inline Map share, map_*.go the modes of a
// Map, map_run.go the Map Run; retry.go and catch.go what follows a failure,
// redrive.go how an execution goes on after its end; dataflow_*.go how data moves
// through a state in each query language; event.go what is recorded, codec.go and
// snapshot.go how it is written down; probe.go and single_state.go what tests see.
package machine
