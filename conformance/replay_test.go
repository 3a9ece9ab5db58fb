package conformance_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/conformance"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/replay"
	"github.com/aslocal/aslocal/value"
)

// This file replays the histories of the executions of all cases: on their own definition
// there is no difference.

// notReplayed says why a case has an execution whose replay differs.
var notReplayed = map[string]string{
	"redrive/fail-in-branch":        afterRedrive,
	"redrive/map":                   afterRedrive,
	"redrive/map-aborted":           afterRedrive,
	"redrive/map-retries-anew":      afterRedrive,
	"redrive/parallel":              afterRedrive,
	"redrive/parallel-retries-anew": afterRedrive,
	"redrive/map-run-data-limit":    tooLarge,
}

const (
	afterRedrive = "behind ExecutionRedriven, a history does not say which branch or iteration an event is of"
	tooLarge     = "the result of the Map Run, with which its state fails since it is too large, is not in the history"
)

// An ended is an execution of a case that is over.
type ended struct {
	arn        string
	text       string // of the definition
	definition *asl.Definition
	events     []machine.Event
}

// lookingAt is inProcess for tests that look at the Standard executions when a case is over.
func lookingAt(t *testing.T, look func(em *emulator.TestEmulator, x ended)) *conformance.Endpoint {
	var mu sync.Mutex
	var begun []string
	var em *emulator.TestEmulator
	e := emulated(t, func(one *emulator.TestEmulator) aws.Config {
		em = one
		c := em.AWSConfig()
		c.HTTPClient = direct{em}
		return c
	}, emulator.WithObserver(func(arn string, e emulator.Event) {
		if e.Type == "ExecutionStarted" && !e.Record.Start.Express {
			mu.Lock()
			defer mu.Unlock()
			begun = append(begun, arn)
		}
	}))
	open := e.Open
	e.Open = func(ctx context.Context, p *conformance.Player) (*conformance.Session, error) {
		s, err := open(ctx, p)
		if err != nil {
			return nil, err
		}
		end := s.Close
		s.Close = func() {
			for _, arn := range begun {
				x := ended{arn: arn}
				x.text = played{em: em}.call(t, "DescribeStateMachineForExecution", value.OfMembers("executionArn", value.OfString(arn)).String()).Get("definition").Text()
				x.definition, _ = asl.Parse(x.text)
				for _, e := range em.History(arn) {
					x.events = append(x.events, *e.Record)
				}
				look(em, x)
			}
			end()
		}
		return s, nil
	}
	return e
}

// replays counts the replays of executions.
type replays struct {
	mu        sync.Mutex
	n         int
	differing map[string]bool
}

// check replays an execution of a case.
func (r *replays) check(t *testing.T, id string, em *emulator.TestEmulator, x ended) {
	read, err := emulator.ReadHistory(historyOf(t, em, x.arn), x.definition)
	if err != nil {
		t.Error(err)
		return
	}
	result, err := emulator.Replay(t.Context(), replay.Options{Definition: x.definition, History: read, Machine: machineOf(x.arn)})
	switch {
	case err != nil:
		t.Error(err)
	case result.Difference != nil && notReplayed[id] == "":
		t.Error(result.Difference)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.n++
	r.differing[id] = r.differing[id] || err == nil && result.Difference != nil
}

// report fails if there were too few replays, or a reason to differ is none any more.
func (r *replays) report(t *testing.T) {
	for name := range notReplayed {
		if !r.differing[name] {
			t.Errorf("%s is replayed without a difference: take it out of notReplayed", name)
		}
	}
	if t.Log(r.n, "replays"); r.n < 750 {
		t.Errorf("only %d replays", r.n)
	}
}

// historyOf is the history of an execution as a client gets it.
func historyOf(t *testing.T, em *emulator.TestEmulator, arn string) []byte {
	p, in := played{em: em}, value.OfMembers("executionArn", value.OfString(arn), "maxResults", value.OfInt(1000))
	var list []value.Value
	for {
		page := p.call(t, "GetExecutionHistory", in.String())
		list = append(list, page.Get("events").Slice()...)
		next := page.Get("nextToken")
		if !next.Exists() {
			return value.OfSlice(list).AppendJSON(nil)
		}
		in = in.With("nextToken", next)
	}
}

func machineOf(arn string) string {
	parts := strings.Split(arn, ":")
	return parts[len(parts)-2]
}
