package timeline

import (
	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/value"
)

// This file has what a timeline consists of. Times are Unix milliseconds, 0 for
// what has not happened or was not seen. Data is shared with the events.

// A Visit is one passage through a state.
type Visit struct {
	State string        // name; "" if its StateEntered was not seen and it has not been left
	Kind  asl.StateType // "" if not known
	Path  Path          // branch or iteration it is in
	In    int           // number of the visit of the Parallel or Map state around it; -1 at the root, or if not known

	Entered, Left     int64 // Left is set whatever the Outcome is
	EnteredID, LeftID int64 // events StateEntered and StateExited; 0 if there is none
	Input             value.Value
	Output            value.Value // what StateExited has; no value before that
	Assigned          value.Value // variables, an object; no value if there are none
	Next              string      // the state that follows; "" if none

	Outcome  Outcome
	Failure  *machine.Failure // what it fails with, unless it is retried; nil if there is none, or no event says what it was
	Catcher  int              // which Catcher took the failure, from 0; -1 if none, or not known (see Builder)
	Attempts []Attempt        // of a Task, Parallel or Map: in order, none before the first has begun

	Resource asl.Resource // Task: what it calls
	Due      int64        // Wait: when it is over
	Items    int          // Map: how many items it has; -1 until it is known
	MapRun   string       // distributed Map: ARN of the latest Map Run
	Redrive  int          // how many times the execution had been redriven when the visit began
}

// An Attempt is one try of a Task, Parallel or Map state. A state whose fields
// fail before anything is called has an attempt with Ended and Failure alone.
type Attempt struct {
	Scheduled int64 // Task: TaskScheduled
	Started   int64 // TaskStarted, ParallelStateStarted, MapStateStarted
	Submitted int64 // Task that waits for a job or a token: TaskSubmitted
	Ended     int64
	Input     value.Value // what is called with; of a Map, the items
	Output    value.Value // the task's result; of a distributed Map, the result of the state
	Worker    string      // name of the activity worker

	Failure *machine.Failure // nil: it has not failed
	Retrier int              // which Retrier took the failure, from 0; -1 if none, or not known
	RetryAt int64            // when the next attempt is due; 0 if there is none, or not known
}

// An Outcome is how a visit has ended, and who took its failure.
type Outcome uint8

// The outcomes.
const (
	Open      Outcome = iota // it has not ended
	Succeeded                // it has made its output
	Caught                   // it has failed, and a Catcher of its own has taken the failure
	Enclosed                 // it has failed; the Parallel or Map state around it has the failure
	Failed                   // it has failed, and with it the execution: nobody took the failure
	Aborted                  // it was ended by something else: the failure of another branch, or the end of the execution
)

var outcomeNames = [...]string{"open", "succeeded", "caught", "enclosed", "failed", "aborted"}

// String returns the outcome in one lower-case word.
func (o Outcome) String() string { return outcomeNames[o] }
