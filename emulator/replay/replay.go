package replay

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/value"
)

// Options say what is replayed.
type Options struct {
	Definition *asl.Definition  // valid
	Program    *machine.Program // compiled from it
	History    []machine.Event  // from ExecutionStarted on
	Input      value.Value      // of the execution; no value: that of the history
	Machine    string           // name of the state machine, as $$.StateMachine.Name shows it; "": "machine"
}

// A Result is what a replay has led to.
type Result struct {
	Events     []machine.Event // of the replay, private ones among them
	Status     machine.Status
	Output     value.Value      // if it has succeeded
	Failure    *machine.Failure // if it has not; nil while it runs
	Compared   int              // events of the history that were found in the replay before the Difference
	Difference *Difference      // the first one; nil: there is none
	Ignored    []string         // what differs although nothing is wrong: kinds of it, in words
	Waiting    string           // what the replay waits for that the history does not have; "": nothing
}

// maxHistory is how many events of a history are taken.
const maxHistory = 30_000

// Run replays a history. It fails if the history lacks what a replay needs, and with the
// error of ctx if that ends.
func Run(ctx context.Context, o Options) (*Result, error) {
	r, err := newRecording(o)
	if err != nil {
		return nil, err
	}
	first, err := play(ctx, &o, r, conditions{name: "replay", seed: 1})
	if err != nil {
		return nil, err
	}
	result := &Result{Events: first.events, Status: first.x.Status(), Output: first.x.Output(), Failure: first.x.Failure(), Waiting: first.waiting}
	c := newComparison(&o, r, first)
	c.compare(nil)
	if c.difference != nil { // it may be one of values that always differ
		other, err := play(ctx, &o, r, otherConditions)
		if err != nil {
			return nil, err
		}
		c = newComparison(&o, r, first)
		c.compare(newTrace(&o, other.events))
	}
	result.Compared, result.Difference, result.Ignored = c.compared, c.difference, c.notes()
	return result, nil
}

// Repeat replays a history twice, with other names, ids, random numbers and times each time,
// and returns how the replays have ended: Result without a comparison. It fails as Run does.
func Repeat(ctx context.Context, o Options) ([]Result, error) {
	r, err := newRecording(o)
	if err != nil {
		return nil, err
	}
	var all []Result
	for _, c := range []conditions{{name: "replay", seed: 1}, otherConditions} {
		p, err := play(ctx, &o, r, c)
		if err != nil {
			return nil, err
		}
		all = append(all, Result{Events: p.events, Status: p.x.Status(), Output: p.x.Output(), Failure: p.x.Failure(), Waiting: p.waiting})
	}
	return all, nil
}

// conditions are what executions of the same definition with the same answers differ in.
type conditions struct {
	name  string // of the execution
	seed  uint64
	shift int64  // milliseconds between the history and the replay
	role  string // of the state machine; "": that of the history
}

// otherConditions have no value in common with those of the first replay.
var otherConditions = conditions{name: "another-replay", seed: 2, shift: 4_271_337, role: "arn:aws:iam::123456789012:role/another"}

// newRecording checks the history and finds the outcomes in it.
func newRecording(o Options) (*recording, error) {
	switch {
	case len(o.History) == 0 || o.History[0].Type != machine.ExecutionStarted:
		return nil, errors.New("the history does not begin with ExecutionStarted")
	case len(o.History) > maxHistory:
		return nil, fmt.Errorf("the history has %d events; expected at most %d", len(o.History), maxHistory)
	case !o.Input.Exists() && !o.History[0].Doc.Exists():
		return nil, fmt.Errorf("event 1: the history does not have the input of the execution, which is truncated or was left out (%s)", withData)
	}
	return record(&o)
}

// withData is what to do about a history without data.
const withData = "aws stepfunctions get-execution-history --include-execution-data gets it"

// input is that of the execution.
func (o *Options) input() value.Value {
	if o.Input.Exists() {
		return o.Input
	}
	return o.History[0].Doc
}

// start describes the execution that is replayed.
func (o *Options) start(c conditions) *machine.Start {
	const home = "us-east-1:123456789012"
	name := cmp.Or(o.Machine, "machine")
	start := &machine.Start{
		ARN: "arn:aws:states:" + home + ":execution:" + name + ":" + c.name, Name: c.name, MachineARN: "arn:aws:states:" + home + ":stateMachine:" + name, Machine: name,
		RoleARN: "arn:aws:iam::123456789012:role/aslocal", Seed: c.seed,
	}
	if was := o.History[0].Start; was != nil {
		start.RoleARN = cmp.Or(was.RoleARN, start.RoleARN)
		start.InputText = was.InputText
	}
	start.RoleARN = cmp.Or(c.role, start.RoleARN)
	if o.Input.Exists() || start.InputText == "" {
		start.InputText = o.input().String()
	}
	return start
}
