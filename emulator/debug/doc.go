// Package debug is the debugger: it stops executions of an emulator at
// breakpoints, lets people look at them and change them there, steps, and goes
// back in what has happened.
//
// There is one [Debugger] for an emulator and any number of [Face]s: an editor by
// the Debug Adapter Protocol, a terminal, a page in a browser. They see the same
// stops, and any of them may go on. Breakpoints belong to the face that has set
// them.
//
// # Where an execution stops
//
// The engine runs an execution that the debugger cares for step by step
// ([engine.Stepper]) and asks before each step. A stop is such a place, seen from
// the line of control (thread) whose step is next:
//
//	at a state     it was entered and has not begun its work
//	at a result    the work is done, the output is not made yet
//	at a failure   before a Retrier, a Catcher or the state around it takes it
//
// Between these, the fields of a state are [Phase]s: what its Arguments, Assign or
// Output come to is worked out on a copy, before the step is taken.
//
// While anything is stopped, the clock of the emulator stands still.
//
// # The past
//
// An execution is a fold of its records, so going back is rebuilding it from fewer
// of them. Nothing can be changed there; "go on from here" is a new execution that
// reuses what the tasks of the old one have got.
package debug
