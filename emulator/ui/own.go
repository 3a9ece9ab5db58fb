package ui

import (
	"context"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/debug"
	"github.com/aslocal/aslocal/emulator/timeline"
	"github.com/aslocal/aslocal/value"
)

// This file says what the pages need of a server.

// An API answers the actions of Step Functions. All that can be asked of any server is
// asked by it.
type API interface {
	// Call calls an action ("ListExecutions"), as a client would. An error that has
	// the methods Type, Text and HTTPStatus is shown as the refusal of the action.
	Call(ctx context.Context, action string, in value.Value) (value.Value, error)
}

// Own is what the server of this process has beside the API. Its methods may be
// called from many goroutines. Errors are refusals, as those of [API].
type Own interface {
	// Facts returns what is set up here.
	Facts() Facts
	// Now returns the time of the server's clock in Unix milliseconds.
	Now() int64
	// Executions returns a page of the executions of all state machines, newest
	// first, without children of Map Runs: those with the status, or all if it is
	// "". before is 0, or what the page before has returned as next; next is 0
	// after the last page.
	Executions(status string, before int64, limit int) (rows []Row, next int64, err error)
	// Records calls yield for the records of an execution, private ones among
	// them, with their numbers, until it returns false.
	Records(arn string, yield func(number int64, ev *machine.Event) bool) error
	// Start returns how an execution was started, and the number of its last event.
	Start(arn string) (start *machine.Start, events int64, err error)
	// Follow delivers the records of an execution, from the first on.
	Follow(arn string) Follower
	// Rerun starts an execution like another one, of the definition that the other
	// runs, or of the one that its state machine, version or alias has now. Its tasks
	// get the results of the other up to the event before; 0: none. It returns its
	// ARN.
	Rerun(ctx context.Context, arn, name, input string, before int64, now bool) (string, error)
	// RerunOf takes the test case of an execution apart: the ARN of the execution that
	// it is a rerun of, "" if it is none, and the test case of the mock configuration.
	RerunOf(testCase string) (execution, mocks string)
	// Reruns returns the executions that are reruns of one, newest first: those that
	// are among the latest 2,000.
	Reruns(arn string) ([]Row, error)
	// Trial runs a definition that is not registered, and is in no list, and
	// returns the ARN of the execution. name is that of what is edited, mocks what
	// states get from their work, by the names of the states.
	Trial(ctx context.Context, name, definition, input string, mocks map[string]Mock) (string, error)
	// Wait waits for the end of an execution.
	Wait(ctx context.Context, arn string) error
	// Held returns the tasks that nothing is set up for, and that wait.
	Held() []PendingTask
	// AnswerHeld ends one of them.
	AnswerHeld(ctx context.Context, id, output string) error
	FailHeld(ctx context.Context, id, name, cause string) error
	// TakeOffered starts the activity task of a token, if no worker has it.
	TakeOffered(ctx context.Context, token string) error
	// SkipSleep ends the Wait, or the pause before a retry, in a line of control.
	SkipSleep(ctx context.Context, arn string, frame int32) error
	Pause(arn string) error
	Resume(arn string) error
	Paused(arn string) bool
	// Advance moves a virtual clock on.
	Advance(ctx context.Context, d time.Duration) error
	// Debugger returns the debugger of the executions.
	Debugger() *debug.Debugger
	// TestCases returns those that the mock configuration has for a state machine.
	TestCases(machine string) []string
	// Logs returns the lines that are kept of functions called by an execution.
	Logs(arn string) []LogLine
	// Mocks returns the pins and faults.
	Mocks() Mocks
	// SetPin pins a state, and calls the tasks of it that are held. RemovePin
	// takes the pin away.
	SetPin(ctx context.Context, pin Pin) error
	RemovePin(ctx context.Context, machine, state string) error
	// SetFault adds a fault, or changes one, and returns its ID.
	SetFault(fault Fault) (id int, err error)
	RemoveFault(id int) error
	// Recorded returns the mock configuration of a test case that has what the calls
	// of an execution have led to.
	Recorded(arn, testCase string) ([]byte, error)
	// RecordedTest returns a test file with one case of that name, in YAML, that repeats
	// an execution.
	RecordedTest(ctx context.Context, arn, name string) ([]byte, error)
	// Record adds the test case to the mock configuration that is served.
	Record(arn, testCase string) error
	// RetryHeld calls a held task again.
	RetryHeld(id string) error
	// PointTo says where a function or service is, and calls the tasks that are
	// held for it.
	PointTo(to PointTo) (Pointed, error)
	// Demos returns the demos; Demo creates one and returns the ARN of its state
	// machine and an input for it.
	Demos() []DemoInfo
	Demo(ctx context.Context, name string) (machine, input string, err error)
}

// A Follower delivers the records of an execution as they become durable.
type Follower interface {
	// Next waits for the next record. Its error is the context's, or says that
	// the server closes.
	Next(ctx context.Context) (*machine.Event, timeline.Path, error)
	Close()
}

// Facts are what is set up in a server.
type Facts struct {
	Region, Account string
	Started         int64
	Virtual         bool // the clock stands until it is advanced
	Folder, Store   string
	ByHand          bool
	Services        []Service
	Functions       []Function
	Handlers        []string // names of functions that the program answers, or another endpoint
	Clients         []Client
	Problems        []Problem
}
