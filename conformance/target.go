package conformance

import (
	"context"
	"time"

	"github.com/aslocal/aslocal/value"
)

// A Target is a Step Functions that cases can be run at.
type Target interface {
	// Run creates the case's state machine, runs one execution of it while the
	// case's tasks answer, and returns what came of it. A definition that is
	// refused is an Outcome, and so is an execution that does not end. A case
	// that the target cannot run is the error *Skip; any other error is one of
	// the target, and fails the case. Run leaves nothing behind.
	Run(ctx context.Context, c *Case) (*Outcome, error)
}

// A Skip says why a target cannot run a case.
type Skip struct{ Reason string }

// Error returns the reason.
func (s *Skip) Error() string { return s.Reason }

// An Outcome is what came of a case.
type Outcome struct {
	Refused     bool // the definition
	Diagnostics []Diagnostic

	Status    string
	Output    value.Value // a string: JSON text as the API gave it; or no value
	Error     value.Value // a string, or no value
	Cause     value.Value // a string, or no value
	Lasted    time.Duration
	ExactTime bool // whether nothing but the execution's own timers took time
	Events    []Event
	Calls     map[string][]value.Value // by function or activity, in order
	Described value.Value              // what DescribeExecution says about redrives
	Redrives  []*Fault                 // how each redrive was refused; nil: it was not
	MapRuns   []value.Value            // if the case expects any
	Names     map[string]string        // the values of named placeholders

	Answer value.Value // of TestState
	Fault  *Fault      // nil if it was not refused
}

func (o *Outcome) lines() []Line {
	lines := make([]Line, len(o.Events))
	for i := range o.Events {
		lines[i] = o.Events[i].Line()
	}
	return lines
}
