package machine

import (
	"strconv"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file has what an execution records: the events of its history, and the
// private ones. API: HistoryEvent, whose details the emulator makes of them.

// Type says what happened. The numbers are written to journals: they never
// change meaning.
type Type uint8

// The events of the history. A Task… event has one of three names in the history,
// by its resource: LambdaFunctionScheduled, ActivityScheduled or TaskScheduled.
// StateEntered is PassStateEntered, TaskStateEntered and so on.
const (
	ExecutionStarted   Type = 1
	ExecutionSucceeded Type = 2
	ExecutionFailed    Type = 3
	ExecutionTimedOut  Type = 4
	ExecutionAborted   Type = 5
	ExecutionRedriven  Type = 6 // Index is the redriveCount, from 1

	StateEntered Type = 10
	StateExited  Type = 11
	StateAborted Type = 12

	TaskScheduled Type = 20
	TaskStarted   Type = 21
	TaskSubmitted Type = 22
	TaskSucceeded Type = 23
	TaskFailed    Type = 24
	TaskTimedOut  Type = 25
	// TaskSubmitFailed: the call of a task that would then have waited for a job
	// or a token has failed.
	TaskSubmitFailed Type = 26

	ParallelStateStarted   Type = 30
	ParallelStateSucceeded Type = 31
	ParallelStateFailed    Type = 32

	MapStateStarted       Type = 40
	MapIterationStarted   Type = 41
	MapIterationSucceeded Type = 42
	MapIterationFailed    Type = 43
	MapIterationAborted   Type = 44
	MapStateSucceeded     Type = 45
	MapStateFailed        Type = 46

	EvaluationFailed Type = 50

	MapRunStarted   Type = 60
	MapRunSucceeded Type = 61
	MapRunFailed    Type = 62
	MapRunAborted   Type = 63
	MapRunRedriven  Type = 64 // Index is the redriveCount, from 1
)

// The private records: recovery needs them, the history does not show them.
const (
	WaitSet           Type = 100 // a Wait state sleeps until Due
	RetrySet          Type = 101 // the state runs again at Due, by retrier Index
	TimerFired        Type = 102 // what slept is awake
	HeartbeatReceived Type = 103 // the heartbeat deadline is now Due
	AnswerKept        Type = 104 // a token was answered before the call that carries it had returned

	ItemsRead              Type = 105 // the ItemReader of a Map Run has answered
	ChildExecutionsStarted Type = 106 // children of a Map Run were asked for
	ChildExecutionsEnded   Type = 107 // children of a Map Run have ended
	MapRunClosing          Type = 108 // no child runs any more; the results are being written
	MapRunUpdated          Type = 109 // the limits of a Map Run were changed

	ChildExecutionsRedriven Type = 110 // children of a Map Run were asked to go on

	StateOverridden Type = 111 // a debugger has changed what a line of control has
)

var typeNames = map[Type]string{
	ExecutionStarted: "ExecutionStarted", ExecutionSucceeded: "ExecutionSucceeded", ExecutionFailed: "ExecutionFailed",
	ExecutionTimedOut: "ExecutionTimedOut", ExecutionAborted: "ExecutionAborted", ExecutionRedriven: "ExecutionRedriven",
	StateEntered: "StateEntered", StateExited: "StateExited", StateAborted: "StateAborted",
	TaskScheduled: "TaskScheduled", TaskStarted: "TaskStarted", TaskSubmitted: "TaskSubmitted",
	TaskSucceeded: "TaskSucceeded", TaskFailed: "TaskFailed", TaskTimedOut: "TaskTimedOut", TaskSubmitFailed: "TaskSubmitFailed",
	ParallelStateStarted: "ParallelStateStarted", ParallelStateSucceeded: "ParallelStateSucceeded", ParallelStateFailed: "ParallelStateFailed",
	MapStateStarted: "MapStateStarted", MapStateSucceeded: "MapStateSucceeded", MapStateFailed: "MapStateFailed",
	MapIterationStarted: "MapIterationStarted", MapIterationSucceeded: "MapIterationSucceeded",
	MapIterationFailed: "MapIterationFailed", MapIterationAborted: "MapIterationAborted",
	EvaluationFailed: "EvaluationFailed",
	MapRunStarted:    "MapRunStarted", MapRunSucceeded: "MapRunSucceeded", MapRunFailed: "MapRunFailed",
	MapRunAborted: "MapRunAborted", MapRunRedriven: "MapRunRedriven",

	WaitSet: "WaitSet", RetrySet: "RetrySet", TimerFired: "TimerFired", HeartbeatReceived: "HeartbeatReceived", AnswerKept: "AnswerKept",
	ItemsRead: "ItemsRead", ChildExecutionsStarted: "ChildExecutionsStarted", ChildExecutionsEnded: "ChildExecutionsEnded",
	MapRunClosing: "MapRunClosing", MapRunUpdated: "MapRunUpdated", ChildExecutionsRedriven: "ChildExecutionsRedriven",
	StateOverridden: "StateOverridden",
}

// String returns the name of the type: "TaskScheduled", "RetrySet". The history
// has more precise names for some, as LambdaFunctionScheduled.
func (t Type) String() string {
	if name, ok := typeNames[t]; ok {
		return name
	}
	return "Type(" + strconv.Itoa(int(t)) + ")"
}

// Private reports whether events of this type are hidden from the history.
func (t Type) Private() bool { return t >= 100 }

// Terminal reports whether an event of this type ends the execution.
func (t Type) Terminal() bool { return t >= ExecutionSucceeded && t <= ExecutionAborted }

// An Event is one thing that happened. The comment of each field names the types
// that use it; for all others it is zero.
type Event struct {
	ID   int64 // number in the history, from 1; 0 for private records
	Prev int64 // previousEventId
	At   int64 // Unix milliseconds
	Type Type

	Kind  asl.StateType // of the state: StateEntered, StateExited, StateAborted
	Frame int32         // the line of control it happened in; 0 is the root
	Index int32         // iteration; RetrySet: retrier; ChildExecutionsStarted: how many children there will be; StateOverridden: what was changed
	State string        // name of the state: StateEntered, StateExited; the Map's: MapIteration…
	Next  string        // StateExited: the state that follows, "" if none. Not shown: recovery need not choose again

	// Doc is the JSON that goes with it. ExecutionStarted, StateEntered,
	// TaskScheduled: input. StateExited, TaskSubmitted, TaskSucceeded,
	// ExecutionSucceeded, AnswerKept: output. MapStateStarted, ItemsRead: the
	// items. MapIterationStarted: the iteration's input, if not just its item.
	// MapRunSucceeded: the result of the Map state.
	Doc      value.Value
	Assigned value.Value  // StateExited: an object with the variables assigned
	Failure  *Failure     // …Failed, …TimedOut, …Aborted, RetrySet, AnswerKept, MapRunClosing
	Due      int64        // WaitSet, RetrySet, HeartbeatReceived: Unix milliseconds
	Task     *TaskEvent   // Task…
	Start    *Start       // ExecutionStarted
	Run      *MapRunEvent // MapRun…, ItemsRead, ChildExecutions…

	// target is the state of StateEntered, or the Next of StateExited; nil in an
	// event that was read from a journal. It saves looking the name up.
	target *state
}

// TaskEvent has the details of a Task… event beside input and output.
type TaskEvent struct {
	Resource    asl.Resource
	Timeout     int64  // seconds, 0 if not set; TaskScheduled
	Heartbeat   int64  // seconds, 0 if not set; TaskScheduled
	Credentials string // role ARN; TaskScheduled
	Worker      string // name of the activity worker; TaskStarted
}

// Start describes an execution, beside its input.
type Start struct {
	ARN        string // of the execution
	Name       string
	MachineARN string // without version or alias
	Machine    string // name of the state machine
	RoleARN    string
	InputText  string // as it was sent: white space and all
	Express    bool
	Sync       bool   // started by StartSyncExecution
	Version    string // ARN of the version it was started by, or ""
	Alias      string // ARN of the alias it was started by, or ""
	MapRun     string // ARN of the Map Run whose child it is, or ""
	Parent     string // ARN of the execution that has that Map Run
	Items      int    // how many items of the Map Run it has
	Seed       uint64 // all randomness of the execution comes from here

	Caller      string // ARN of the execution whose Task started it, or ""
	CallerToken int64  // the Token of that Task
	Managed     bool   // by .sync: it is stopped when its caller no longer waits for it

	TestCase string // the test case of a mock configuration whose responses its tasks get, or ""
	Trace    string // the trace header of X-Ray that it was started with, or ""
}

// Status is the status of an execution, as DescribeExecution shows it.
type Status uint8

// The statuses.
const (
	Running Status = iota
	Succeeded
	Failed
	TimedOut
	Aborted
	PendingRedrive // a child of a Map Run that is redriven, until it is its turn
)

var statusNames = [...]string{"RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"}

// String returns the status as the API writes it.
func (s Status) String() string { return statusNames[s] }

// StatusOf is the inverse of String; unknown text is Running.
func StatusOf(text string) Status {
	for s, name := range statusNames {
		if name == text {
			return Status(s)
		}
	}
	return Running
}

var statusAfter = map[Type]Status{
	ExecutionSucceeded: Succeeded,
	ExecutionFailed:    Failed,
	ExecutionTimedOut:  TimedOut,
	ExecutionAborted:   Aborted,
}
