package machine

import (
	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// StimulusKind says what can happen to an execution from outside.
type StimulusKind uint8

// The stimuli.
const (
	Begin             StimulusKind = iota // the execution begins
	Answered                              // a called task has returned Output, or failed with Failure
	CallbackSucceeded                     // SendTaskSuccess with Output
	CallbackFailed                        // SendTaskFailure with Failure
	CallbackHeartbeat                     // SendTaskHeartbeat
	ActivityTaken                         // a worker took the activity task
	Fired                                 // a timer has fired
	Stopped                               // StopExecution, with Failure's error and cause
	Resumed                               // go on: after a batch with More, or after Replay
	Broken                                // fail with Failure, whatever is going on
)

// A Stimulus is one thing that happens to an execution. Frame and Token are
// those of the command it answers.
type Stimulus struct {
	Kind    StimulusKind
	At      int64 // Unix milliseconds: the only clock an execution sees
	Frame   int32
	Token   int64
	Timer   Timer // Fired
	Start   *Start
	Output  value.Value // Begin: the input. Answered, CallbackSucceeded: the result
	Failure *Failure
	Worker  string // ActivityTaken

	// Activities says which activities exist as this happens; nil: all do.
	Activities func(arn string) bool
}

// Timer says what a timer is for.
type Timer uint8

// The timers. An execution sleeps in a Wait or before a retry; Timeout and
// Heartbeat limit a task, ExecutionTimeout the whole execution.
const (
	Sleep Timer = iota
	Timeout
	Heartbeat
	ExecutionTimeout
)

// CommandKind says what an execution asks for.
type CommandKind uint8

// The commands.
const (
	RunTask    CommandKind = iota // call Task; Answered is its outcome
	OfferTask                     // put Task into the queue of its activity
	SetTimer                      // Fired at Due; replaces the timer of the same Token and Timer
	CancelTask                    // nobody waits any more for what Token asked for: task and timers
	WatchTask                     // the job that Task has submitted runs; CallbackSucceeded or CallbackFailed is its end
)

// A Command is what an execution asks for. An answer must carry its Frame and
// Token; an answer that comes too late is dropped.
type Command struct {
	Kind  CommandKind
	Frame int32
	Token int64
	Timer Timer
	Due   int64 // Unix milliseconds
	Task  *Task
}

// A Task is one attempt of a Task state.
type Task struct {
	State       string
	Resource    asl.Resource
	Input       value.Value
	TaskToken   string // as the program sees it ($$.Task.Token); "" if the task has none
	Credentials string
	Timeout     int64 // seconds, 0 if not set
	Heartbeat   int64
	RetryCount  int
	Submitted   value.Value // WatchTask: what the call that submitted the job has answered
}

// A Batch is what one stimulus led to. It is one atomic record of the journal.
type Batch struct {
	Events   []Event
	Commands []Command
	More     bool // the budget ended the batch: go on with Resumed
	Stale    bool // the stimulus answered what nobody waits for any more
}
