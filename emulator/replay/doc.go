// Package replay runs a definition with what the tasks of a recorded execution have
// answered, and says where the two part ways.
//
//	result, err := replay.Run(ctx, replay.Options{Definition: definition, Program: program, History: events})
//	if d := result.Difference; d != nil {
//		fmt.Println(d) // event 7, TaskStateEntered Charge: …
//	}
//
// The events are those of an execution, from the first on: of a journal, or read from a
// history of AWS (emulator.ReadHistory). Nothing is called and nothing waits: each call
// gets the outcome that it has in the history, at the time that it has there, on a clock of
// its own (play.go). Calls are told apart by their branch or iteration, their state, and
// which one of that state it is (recorded.go, line.go).
//
// Branches and iterations are compared one by one, each in its own order (compare.go),
// since their order among each other is chance. Values that every execution has others of,
// such as ids and times, are found by replaying once more with other ones; they are not
// compared. What was left out is in the Result.
//
// The children of a distributed Map are executions of their own. The state gets what its
// Map Run has led to in the history.
package replay
