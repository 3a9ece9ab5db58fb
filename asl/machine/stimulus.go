package machine

import (
	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file has the input of an execution, stimuli, and its output beside events,
// commands.

// StimulusKind is what happens to an execution from outside.
type StimulusKind uint8

// The stimuli.
const (
	Begin             StimulusKind = iota // the execution begins
	Answered                              // a called task, a test case instead of a worker, ReadItems or WriteResults has returned Output, or failed with Failure
	CallbackSucceeded                     // SendTaskSuccess with Output
	CallbackFailed                        // SendTaskFailure with Failure
	CallbackHeartbeat                     // SendTaskHeartbeat
	ActivityTaken                         // a worker took the activity task
	Fired                                 // a timer has fired
	Stopped                               // StopExecution, with Failure's error and cause
	Resumed                               // go on: after a batch with More, or after Replay
	InternalError                         // the execution fails with Failure: aslocal itself cannot go on with it
	ChildrenEnded                         // children of a Map Run have Ended
	MapRunChanged                         // UpdateMapRun: the limits of Run.ARN are now Run.Limits
	Redriven                              // RedriveExecution: an execution that has ended unsuccessfully goes on
	Overridden                            // a debugger changes what the line of control Frame has, as Override says
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
	Final   bool         // Answered: this is the outcome of the state, also where it waits for a job, a token or a worker
	Worker  string       // ActivityTaken
	Also    []Alarm      // Fired: the other timers that are due at the same instant
	Sources []ItemSource // Answered by an ItemReader
	Ended   []ChildEnd
	Run     *MapRunEvent

	Override *Override // Overridden

	// MissingActivities are the ARNs, of those that the program names, of
	// activities that do not exist as this happens.
	MissingActivities []string
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

// An Alarm is a timer that has fired.
type Alarm struct {
	Frame int32
	Token int64
	Timer Timer
}

// CommandKind says what an execution asks for.
type CommandKind uint8

// The commands.
const (
	RunTask      CommandKind = iota // call Task; Answered is its outcome
	OfferTask                       // put Task into the queue of its activity
	SetTimer                        // Fired at Due; replaces the timer of the same Token and Timer
	Cancel                          // cancels everything requested under Token: task, timers, children
	WatchTask                       // the job that Task has submitted runs; CallbackSucceeded or CallbackFailed is its end
	ReadItems                       // read the items of a Map Run; Answered is the outcome
	StartChild                      // start a child execution of a Map Run; ChildrenEnded is its end
	WriteResults                    // write the results of a Map Run; Answered is the outcome
)

// A Command is something that an execution asks its host to do. The answer must
// carry its Frame and Token; a late answer is dropped.
type Command struct {
	Kind  CommandKind
	Frame int32
	Token int64
	Timer Timer
	Due   int64 // Unix milliseconds
	Task  *Task

	Reading *ItemReading   // ReadItems
	Child   *ChildStarting // StartChild
	Writing *ResultWriting // WriteResults
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
	Invocation  int         // how many tasks of this state the execution has scheduled before, in a test case; else 0
	Replied     bool        // the token was answered although the call has not returned
	Submitted   value.Value // WatchTask: what the call that submitted the job has answered
}

// A Batch is the effect of one stimulus: one atomic record of the journal.
type Batch struct {
	Events   []Event
	Commands []Command
	MapRuns  []MapRun // as they stand after it, those that something has happened to
	More     bool     // the budget ended the batch: go on with Resumed
	Stale    bool     // the stimulus was late: nothing waits for it any more
}
