package emulator

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/aslocal/aslocal/emulator/coverage"
	"github.com/aslocal/aslocal/emulator/timeline"
)

// This file serves an emulator to a Go test.

// TB is the part of testing.TB that RunT needs.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// A TestEmulator is an emulator that serves a Go test. Its own methods fail the
// test instead of returning errors.
type TestEmulator struct {
	*Emulator
	tb  TB
	url string
}

// testStart is when the virtual clock of RunT starts.
var testStart = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// RunT starts an emulator for a test, on a free port of the loopback interface,
// with everything in memory and with a virtual clock that Advance moves; options
// change that. It ends with the test.
func RunT(tb TB, options ...Option) *TestEmulator {
	tb.Helper()
	e, err := New(append([]Option{WithVirtualClock(testStart)}, options...)...)
	if err != nil {
		tb.Fatalf("emulator.RunT: %v", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("emulator.RunT: %v", err)
	}
	server := &http.Server{Handler: e, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	tb.Cleanup(func() {
		server.Close()
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			tb.Fatalf("emulator.RunT: serving: %v", err)
		}
		if err := e.Close(); err != nil {
			tb.Fatalf("emulator.RunT: closing: %v", err)
		}
	})
	return &TestEmulator{Emulator: e, tb: tb, url: "http://" + listener.Addr().String()}
}

// URL returns the endpoint to give to an AWS client.
func (t *TestEmulator) URL() string { return t.url }

// AWSConfig returns a configuration for the clients of the AWS SDK for Go v2:
// this endpoint, the emulator's region, credentials that nobody checks.
//
//	client := sfn.NewFromConfig(em.AWSConfig())
func (t *TestEmulator) AWSConfig() aws.Config { return ClientConfig(t.url, t.home.Region) }

// ClientConfig returns a configuration for the clients of the AWS SDK for Go v2
// that talk to an emulator at the URL. It keeps the SDK from putting "sync-" in
// front of the host for StartSyncExecution, a host that resolves nowhere here.
func ClientConfig(url, region string) aws.Config {
	return aws.Config{
		Region:       region,
		BaseEndpoint: aws.String(url),
		Credentials:  credentials.NewStaticCredentialsProvider("test", "test", ""),
		APIOptions: []func(*middleware.Stack) error{func(stack *middleware.Stack) error {
			return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("noHostPrefix",
				func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
					return next.HandleInitialize(smithyhttp.DisableEndpointHostPrefix(ctx, true), in)
				}), middleware.Before)
		}},
	}
}

// patience is how long a test waits for something that should happen at once.
const patience = 30 * time.Second

// Advance moves the virtual clock on by d. What is due until then happens in the
// order of time. Advance returns when nothing more happens until the clock moves
// again; it waits for tasks that are being called.
func (t *TestEmulator) Advance(d time.Duration) {
	t.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := t.Emulator.Advance(ctx, d); err != nil {
		t.tb.Fatalf("Advance(%v): %v", d, err)
	}
}

// Settle waits until all executions have ended, or wait for the clock or for an
// answer from outside (a task token, an activity).
func (t *TestEmulator) Settle() {
	t.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := t.engine.Settle(ctx); err != nil {
		t.tb.Fatalf("Settle: %v", err)
	}
}

// Execution returns the status of a Standard execution.
func (t *TestEmulator) Execution(arn string) Execution {
	t.tb.Helper()
	x, err := t.Emulator.Execution(arn)
	if err != nil {
		t.tb.Fatalf("Execution(%s): %v", arn, err)
	}
	return x
}

// Wait waits for the end of an execution, for 30 seconds at most, and returns its
// status. With a virtual clock it must be able to end without Advance.
func (t *TestEmulator) Wait(arn string) Execution {
	t.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	x, err := t.Emulator.Wait(ctx, arn)
	if err != nil {
		t.tb.Fatalf("Wait(%s): %v", arn, err)
	}
	return x
}

// History returns all events of a Standard execution.
func (t *TestEmulator) History(arn string) []Event {
	t.tb.Helper()
	events, err := t.Emulator.History(arn)
	if err != nil {
		t.tb.Fatalf("History(%s): %v", arn, err)
	}
	return events
}

// RunToEnd starts an execution of a state machine, by its ARN, with an input in JSON, and
// moves the virtual clock on until it has ended, or waits for something else than the
// clock. It returns the ARN of the execution and its status.
func (t *TestEmulator) RunToEnd(machineARN, input string) (arn string, end Execution) {
	t.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	arn, err := t.Start(ctx, machineARN, input)
	if err == nil {
		err = t.AdvanceToEnd(ctx, arn)
	}
	if err != nil {
		t.tb.Fatalf("RunToEnd(%s): %v", machineARN, err)
	}
	return arn, t.Execution(arn)
}

// Visits returns the visits of a Standard execution to its states, in the order in which
// they began: with input and output, attempts, branch or iteration.
func (t *TestEmulator) Visits(arn string) []timeline.Visit {
	t.tb.Helper()
	var b timeline.Builder
	for _, e := range t.History(arn) {
		b.Add(e.Record)
	}
	return b.Visits()
}

// Path returns the names of the states that a Standard execution has entered, in their
// order. Those inside Parallel and Map states are not among them; Visits has all.
func (t *TestEmulator) Path(arn string) []string {
	t.tb.Helper()
	return timeline.States(t.Visits(arn), nil)
}

// AssertPath fails the test if the states that a Standard execution has entered are others.
// "*" stands for one state, "…" or "..." for any number of them.
//
//	em.AssertPath(arn, "Reserve", "…", "Refund")
func (t *TestEmulator) AssertPath(arn string, states ...string) {
	t.tb.Helper()
	path := t.Path(arn)
	if ok, at, want := timeline.Pattern(states).Match(path); !ok {
		t.tb.Fatalf("the path of %s: expected %q, got %q: as number %d, %q was expected", arn, states, path, at+1, want)
	}
}

// Coverage returns what the executions of a state machine have reached of its definition.
// RunT must have got [WithCoverage].
func (t *TestEmulator) Coverage(machine string) *coverage.Coverage {
	t.tb.Helper()
	c, err := t.Emulator.Coverage(machine)
	if err != nil {
		t.tb.Fatalf("Coverage(%s): %v", machine, err)
	}
	return c
}

// AssertCoverage fails the test if the executions of a state machine have reached less than
// a percentage of its states, of its transitions, or of its rules, Retriers or Catchers.
func (t *TestEmulator) AssertCoverage(machine string, percent float64) {
	t.tb.Helper()
	c := t.Coverage(machine)
	for _, share := range c.Shares() {
		if share.Percent() < percent {
			t.tb.Fatalf("coverage of %s: expected %v %%, got %s%s", machine, percent, c.Summary(), missedLines(c))
		}
	}
}
