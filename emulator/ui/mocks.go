package ui

import (
	"context"
	"strings"
	"time"

	"github.com/aslocal/aslocal/value"
)

// This file has what answers tasks, or disturbs them, in place of what they call; and how
// a task that waits, since nothing is set up for it, is given something to call.

// Mocks are the pins and faults of the server.
type Mocks struct {
	Pins   []Pin   `json:"pins"`   // by state machine and state
	Faults []Fault `json:"faults"` // in the order in which they are looked at
	File   string  `json:"file"`   // the mock configuration that is served; "" if none is
	Adds   bool    `json:"adds"`   // test cases can be added to it: it is below the served folder
}

// A Pin is the outcome of every call of a Task state, while it is on.
type Pin struct {
	Machine string `json:"machine"` // name
	State   string `json:"state"`
	Output  string `json:"output"` // JSON: the result of the call; "" if it fails
	Error   string `json:"error"`  // that it fails with; "" if it does not
	Cause   string `json:"cause"`
	Off     bool   `json:"off"`
}

// PinnedState names the state of a pin.
type PinnedState struct {
	Machine string `json:"machine"`
	State   string `json:"state"`
}

// A Fault makes calls of a Task state fail, or come late.
type Fault struct {
	ID           int     `json:"id"`      // 0: a new one
	Given        bool    `json:"given"`   // by the settings; of an answer only
	Machine      string  `json:"machine"` // name; "" for all that have the state
	State        string  `json:"state"`
	Error        string  `json:"error"` // one of Error, Timeout and Throttle, or Milliseconds alone
	Cause        string  `json:"cause"`
	Timeout      bool    `json:"timeout"`
	Throttle     bool    `json:"throttle"`
	Milliseconds int64   `json:"milliseconds"` // by which the call, or the failure, comes later
	Attempts     string  `json:"attempts"`     // "1", "2-3", from 1; "" for all
	Probability  float64 `json:"probability"`  // 0 means 1
	Seed         uint64  `json:"seed"`         // of the probability; 0 means the server's
	Off          bool    `json:"off"`
}

// FaultSet names the fault that was added or changed.
type FaultSet struct {
	ID int `json:"id"`
}

// HeldTask names a task that waits since nothing is set up for it.
type HeldTask struct {
	ID string `json:"id"` // of a PendingTask
}

// PointTo says where a function or a service is, as long as the process runs. The tasks
// that wait for it are called.
type PointTo struct {
	Function string `json:"function"` // name or ARN; or
	Service  string `json:"service"`  // as a PendingTask has it
	URL      string `json:"url"`
}

// Pointed has the same as a setting.
type Pointed struct {
	Settings string `json:"settings"` // lines of aslocal.yaml
	Called   int    `json:"called"`   // how many tasks were waiting for it
}

// Record adds an execution to the mock configuration that is served.
type Record struct {
	ARN  string `json:"arn"`
	Case string `json:"case"` // name of the test case
}

// MocksChanged tells the streams that pins or faults have changed.
func (u *UI) MocksChanged() { u.hub.touch(topicMocks) }

func (u *UI) mocks(context.Context, *query) (*Mocks, error) {
	out := u.own.Mocks()
	return &out, nil
}

// pin pins a state.
func (u *UI) pin(ctx context.Context, in *Pin) (*Done, error) {
	if (in.Output == "") == (in.Error == "") {
		return nil, refuse("expected one of output and error")
	}
	if in.Output != "" {
		if _, err := value.Parse(in.Output); err != nil {
			return nil, refuse("output: expected JSON: %v", err)
		}
	}
	err := u.own.SetPin(ctx, *in)
	u.hub.touch(topicMocks)
	u.hub.touch(topicPending)
	return &Done{}, err
}

func (u *UI) unpin(ctx context.Context, in *PinnedState) (*Done, error) {
	err := u.own.RemovePin(ctx, in.Machine, in.State)
	u.hub.touch(topicMocks)
	return &Done{}, err
}

// maxFaultDelay keeps milliseconds within what a duration holds.
const maxFaultDelay = int64(24 * time.Hour / time.Millisecond)

func (u *UI) setFault(_ context.Context, in *Fault) (*FaultSet, error) {
	if in.Milliseconds < 0 || in.Milliseconds > maxFaultDelay {
		return nil, refuse("milliseconds: expected 0 to %d, got %d", maxFaultDelay, in.Milliseconds)
	}
	id, err := u.own.SetFault(*in)
	u.hub.touch(topicMocks)
	return &FaultSet{ID: id}, err
}

func (u *UI) removeFault(_ context.Context, in *FaultSet) (*Done, error) {
	err := u.own.RemoveFault(in.ID)
	u.hub.touch(topicMocks)
	return &Done{}, err
}

// retryHeld calls a task again that waits since nothing is set up for it.
func (u *UI) retryHeld(_ context.Context, in *HeldTask) (*Done, error) {
	err := u.own.RetryHeld(in.ID)
	u.hub.touch(topicPending)
	return &Done{}, err
}

// pointTo says where a function or service is, and calls the tasks that wait for it.
func (u *UI) pointTo(_ context.Context, in *PointTo) (*Pointed, error) {
	if (in.Function == "") == (in.Service == "") {
		return nil, refuse("expected one of function and service")
	}
	if in.URL == "" {
		return nil, refuse("url: expected a URL such as http://localhost:9000")
	}
	out, err := u.own.PointTo(*in)
	u.hub.touch(topicPending)
	u.hub.touch(topicMachines) // the overview lists endpoints
	return &out, err
}

// recorded is the mock configuration of what the calls of an execution have led to.
func (u *UI) recorded(_ context.Context, q *query) (*rendered, error) {
	text, err := u.own.Recorded(q.text("arn"), q.text("case"))
	if err != nil {
		return nil, err
	}
	return &rendered{kind: "application/json", name: "MockConfigFile.json", text: text}, nil
}

// recordedTest is a test file that repeats an execution.
func (u *UI) recordedTest(ctx context.Context, q *query) (*rendered, error) {
	x := q.text("arn")
	text, err := u.own.RecordedTest(ctx, x, q.text("case"))
	if err != nil {
		return nil, err
	}
	_, machine, _ := strings.Cut(x, ":execution:")
	machine, _, _ = strings.Cut(machine, ":")
	return &rendered{kind: "application/yaml", name: machine + ".test.yaml", text: text}, nil
}

// record adds the test case to the file.
func (u *UI) record(_ context.Context, in *Record) (*Done, error) {
	return &Done{}, u.own.Record(in.ARN, in.Case)
}

// mockRoutes are those of this file.
func mockRoutes() map[string]route {
	return map[string]route{
		"mocks":        get((*UI).mocks).ownOnly(),
		"mocks.json":   get((*UI).recorded, "arn", "case").ownOnly(),
		"test.yaml":    get((*UI).recordedTest, "arn", "case").ownOnly(),
		"record":       post((*UI).record),
		"pin":          post((*UI).pin),
		"unpin":        post((*UI).unpin),
		"fault":        post((*UI).setFault),
		"remove-fault": post((*UI).removeFault),
		"retry-held":   post((*UI).retryHeld),
		"point-to":     post((*UI).pointTo),
	}
}
