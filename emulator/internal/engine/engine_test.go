package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// This file drives engines for the tests of this package: machines by name, a
// virtual clock, tasks that a function answers.

// definitions are the machines that the tests run, by revision.
var definitions = map[string]string{
	"pass":      `{"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}`,
	"wait":      `{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "End": true}}}`,
	"two waits": `{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 5, "Next": "V"}, "V": {"Type": "Wait", "Seconds": 3600, "End": true}}}`,
	"loop":      `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "A"}}}`,
	"task":      `{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "End": true}}}`,
	"token":     `{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "Parameters": {"token.$": "$$.Task.Token"}, "End": true}}}`,
	"activity":  `{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:a", "TimeoutSeconds": 60, "End": true}}}`,
	"activities": `{"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Branches": [
		{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:a", "End": true}}},
		{"StartAt": "U", "States": {"U": {"Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:a", "End": true}}}]}}}`,
	"timed task": `{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "TimeoutSeconds": 5, "End": true}}}`,
	"timed":      `{"TimeoutSeconds": 5, "StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "End": true}}}`,
}

const activityARN = "arn:aws:states:us-east-1:123456789012:activity:a"

// programs compiles a definition; it is Config.Program of the tests.
func programs(revision string) (*machine.Program, error) {
	if i := strings.LastIndexByte(revision, '#'); i >= 0 {
		p, err := programs(revision[:i])
		if err != nil {
			return nil, err
		}
		return p.Child(revision[i+1:]), nil
	}
	text, ok := definitions[revision]
	if !ok {
		return nil, fmt.Errorf("no definition %q", revision)
	}
	if known, ok := compiled.Load(text); ok {
		return known.(*machine.Program), nil
	}
	d, found := asl.Parse(text)
	if found.HasErrors() {
		return nil, found
	}
	p, err := machine.Compile(d)
	if err == nil {
		compiled.Store(text, p)
	}
	return p, err
}

// compiled has the programs of definitions, by text.
var compiled sync.Map

// A runner answers tasks with a function. It takes the argument Key of a Map
// Run for the items themselves, and answers a writing with the number of results.
type runner func(ctx context.Context, c *task.Call) (value.Value, error)

func (r runner) Run(ctx context.Context, c *task.Call) (task.Answer, error) {
	var out value.Value
	var err error
	switch {
	case c.Reading != nil:
		return readItems(c)
	case c.Writing != nil:
		out = value.OfMembers("Children", value.OfInt(int64(len(slices.Collect(c.Writing.Results)))), "Pending", value.OfInt(int64(len(c.Writing.Pending))))
	default:
		out, err = r(ctx, c)
	}
	return task.Answer{Output: out}, err
}

func readItems(c *task.Call) (task.Answer, error) {
	items, err := value.Parse(c.Input.Get("Key").Text())
	if err != nil {
		return task.Answer{}, &asl.Error{Name: asl.ErrItemReaderFailed, Cause: err.Error()}
	}
	return task.Answer{Output: items, Sources: []task.Source{{From: 0, Source: "S3://b/k"}, {From: 2, Source: "S3://b/l"}}}, nil
}

func (r runner) Watch(ctx context.Context, c *task.Call, submitted value.Value, done func(value.Value, error)) {
	task.NoJobs{}.Watch(ctx, c, submitted, done)
}

var echo = runner(func(_ context.Context, c *task.Call) (value.Value, error) { return c.Input, nil })

// A bench is an engine under test.
type bench struct {
	testing.TB
	*Engine
	ctx context.Context
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// newBench opens an engine with a memory store and a virtual clock, where the
// configuration says nothing else.
func newBench(t testing.TB, c Config) *bench {
	t.Helper()
	if c.Store == nil {
		c.Store = journal.NewMemory()
	}
	if c.Clock == nil {
		c.Clock = NewVirtualClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	}
	if c.Tasks == nil {
		c.Tasks = echo
	}
	if c.Program = programs; c.Log == nil {
		c.Log = quiet()
	}
	e := New(c)
	if err := e.Recover(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(func() {
		if err := e.Close(ctx); err != nil {
			t.Errorf("closing: %v", err)
		}
		cancel()
	})
	return &bench{TB: t, Engine: e, ctx: ctx}
}

func request(definition, name, input string) Request {
	program, err := programs(definition)
	if err != nil {
		panic(err)
	}
	return Request{
		Start: machine.Start{
			ARN: "arn:aws:states:us-east-1:123456789012:execution:m:" + name, Name: name,
			MachineARN: "arn:aws:states:us-east-1:123456789012:stateMachine:m", Machine: "m", InputText: input,
		},
		Input: value.MustParse(input), Revision: definition, Program: program,
	}
}

func (b *bench) start(definition, name string) string {
	b.Helper()
	r := request(definition, name, `{}`)
	if _, err := b.Start(b.ctx, r); err != nil {
		b.Fatalf("starting %s: %v", name, err)
	}
	return r.Start.ARN
}

// wantStatus waits for the end of an execution.
func (b *bench) wantStatus(arn string, want machine.Status) View {
	b.Helper()
	v, err := b.Wait(b.ctx, arn)
	if err != nil || v.Status != want {
		b.Fatalf("%s: %v, %v, %v, want %v", arn, v.Status, v.Failure, err, want)
	}
	return v
}

// wantEmpty checks that nothing is left of executions that have ended.
func (b *bench) wantEmpty() {
	b.Helper()
	if err := b.Settle(b.ctx); err != nil {
		b.Fatal(err)
	}
	for _, mu := range []*sync.Mutex{&b.entries.mu, &b.timers.mu, &b.offers.mu, &b.jobs.mu, &b.Engine.children.mu, &b.watchers.mu, &b.mapRuns.mu, &b.failures.mu, &b.holds.mu} {
		mu.Lock()
		defer mu.Unlock()
	}
	for what, n := range map[string]int{
		"executions by ARN": len(b.entries.byARN), "executions by id": len(b.entries.byID), "open executions": b.entries.open,
		"timers": len(b.timers.heap), "executions with timers": len(b.timers.first), "queues": len(b.offers.queues), "executions with offers": len(b.offers.of),
		"jobs": len(b.jobs.of), "map runs with children": len(b.Engine.children.of), "watchers": len(b.watchers.of), "map runs": len(b.mapRuns.byARN), "changes of map runs": len(b.mapRuns.changing),
		"suspended executions": len(b.failures.entries), "held stimuli": len(b.holds.queues),
	} {
		if n != 0 {
			b.Errorf("%d %s are left", n, what)
		}
	}
	if r, _ := b.idle.first(); r != nil {
		b.Errorf("%s is idle", r.start.ARN)
	}
}

// Many callers start executions of few names at once: each name begins once,
// and every other caller learns of it.
func TestStartsOfOneNameAtOnce(t *testing.T) {
	b := newBench(t, Config{})
	var began, existed atomic.Int64
	var group sync.WaitGroup
	for i := range 200 {
		group.Go(func() {
			v, err := b.Start(b.ctx, request([]string{"pass", "wait"}[i%2], fmt.Sprint(i%10), `{}`))
			switch {
			case err == nil:
				began.Add(1)
			case errors.Is(err, ErrExists) && v.Start != nil:
				existed.Add(1)
			default:
				t.Errorf("start %d: %v, %v", i, v, err)
			}
			if v.Started == 0 {
				t.Errorf("start %d: no date in %+v", i, v)
			}
		})
	}
	group.Wait()
	if began.Load() != 10 || existed.Load() != 190 {
		t.Errorf("%d began and %d existed, want 10 and 190", began.Load(), existed.Load())
	}
	if err := b.Advance(b.ctx, time.Hour); err != nil {
		t.Fatal(err)
	}
	b.wantEmpty()
}

// A name of an execution that has ended is taken, and asking for it does not
// make the execution look as if it ran.
func TestStartOfAnEndedName(t *testing.T) {
	b := newBench(t, Config{})
	arn := b.start("pass", "x")
	b.wantStatus(arn, machine.Succeeded)
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			if v, err := b.Start(b.ctx, request("pass", "x", `{}`)); err != ErrExists || v.Status != machine.Succeeded {
				t.Errorf("starting again: %v, %v", v.Status, err)
			}
		})
		group.Go(func() {
			if v, err := b.Describe(arn); err != nil || v.Status != machine.Succeeded {
				t.Errorf("describing: %v, %v", v.Status, err)
			}
		})
		group.Go(func() { b.wantStatus(arn, machine.Succeeded) })
	}
	group.Wait()
}

func TestStoreRefusesTheBeginning(t *testing.T) {
	store := &failingStore{Memory: journal.NewMemory()}
	b := newBench(t, Config{Store: store})
	store.fails.Store(true)
	for range 2 { // the name is not taken
		if _, err := b.Start(b.ctx, request("wait", "x", `{}`)); !errors.Is(err, errFull) {
			t.Fatalf("starting: %v, want %v", err, errFull)
		}
	}
	if _, err := b.Describe("arn:aws:states:us-east-1:123456789012:execution:m:x"); err != ErrNotFound {
		t.Errorf("describing: %v, want %v", err, ErrNotFound)
	}
	b.wantEmpty()
}

// The journal counts on after the history is full.
func TestFullHistoryIsDurable(t *testing.T) {
	b := newBench(t, Config{})
	arn := b.start("loop", "x")
	v := b.wantStatus(arn, machine.Failed)
	if v.Events != machine.MaxEvents {
		t.Errorf("%d events, want %d", v.Events, machine.MaxEvents)
	}
	var n int64
	if err := b.History(arn, 1, func(*machine.Event) bool { n++; return true }); err != nil || n != machine.MaxEvents {
		t.Errorf("the journal has %d events, %v", n, err)
	}
}

func TestStopDuringALongComputation(t *testing.T) {
	b := newBench(t, Config{})
	r := request("loop", "x", `{}`)
	r.Start.Express = true // it has no limit of events
	if _, err := b.Start(b.ctx, r); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Describe(r.Start.ARN); err != nil {
		t.Fatal(err)
	}
	x := b.find(r.Start.ARN)
	if err := b.send(b.ctx, x, machine.Stimulus{Kind: machine.Stopped}); err != nil {
		t.Errorf("stopping: %v", err)
	}
	b.wantEmpty()
}

// A client that goes away stops the execution that it has waited for, and the
// task that this was calling.
func TestStartSyncIsStoppedWithItsClient(t *testing.T) {
	called, cancelled := make(chan struct{}), make(chan struct{})
	b := newBench(t, Config{Tasks: runner(func(ctx context.Context, _ *task.Call) (value.Value, error) {
		close(called)
		<-ctx.Done()
		close(cancelled)
		return value.Value{}, ctx.Err()
	})})
	ctx, cancel := context.WithCancel(b.ctx)
	go func() {
		<-called
		cancel()
	}()
	r := request("task", "x", `{}`)
	r.Start.Express, r.Start.Sync = true, true
	if _, err := b.StartSync(ctx, r); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	<-cancelled
	b.wantEmpty()
}

// Closing ends what waits in the engine.
func TestCloseEndsThoseWhoWait(t *testing.T) {
	b := newBench(t, Config{})
	arn := b.start("wait", "x")
	waits := []func() error{
		func() error { _, err := b.Wait(b.ctx, arn); return err },
		func() error {
			r := request("wait", "y", `{}`)
			r.Start.Express, r.Start.Sync = true, true
			_, err := b.StartSync(b.ctx, r)
			return err
		},
		func() error {
			if token, _, err := b.TakeActivity(b.ctx, activityARN, ""); token != "" || err != nil {
				t.Errorf("polling: %q, %v", token, err)
			}
			return errClosed
		},
	}
	got := make(chan error)
	for _, wait := range waits {
		go func() { got <- wait() }()
	}
	if err := b.Close(b.ctx); err != nil {
		t.Fatal(err)
	}
	for range waits {
		if err := <-got; err != errClosed {
			t.Errorf("got %v, want %v", err, errClosed)
		}
	}
	if _, err := b.Start(b.ctx, request("pass", "z", `{}`)); err != errClosed {
		t.Errorf("starting: %v, want %v", err, errClosed)
	}
}

// A call is cancelled by its timeout and by the end of its execution, and its
// answer is dropped then.
func TestCallsEndWithTheirTask(t *testing.T) {
	for name, c := range map[string]struct {
		definition string
		end        func(b *bench, arn string) error
		want       machine.Status
	}{
		"timeout of the task":      {"timed task", func(b *bench, _ string) error { b.fireNext(b.timers.next()); return nil }, machine.Failed},
		"timeout of the execution": {"timed", func(b *bench, _ string) error { b.fireNext(b.timers.next()); return nil }, machine.TimedOut},
		"stop":                     {"task", func(b *bench, arn string) error { _, err := b.Stop(b.ctx, arn, nil); return err }, machine.Aborted},
	} {
		t.Run(name, func(t *testing.T) {
			called, cancelled := make(chan struct{}), make(chan struct{})
			b := newBench(t, Config{Tasks: runner(func(ctx context.Context, _ *task.Call) (value.Value, error) {
				close(called)
				<-ctx.Done()
				close(cancelled)
				return value.True, nil
			})})
			arn := b.start(c.definition, "x")
			<-called
			if err := c.end(b, arn); err != nil {
				t.Fatal(err)
			}
			b.wantStatus(arn, c.want)
			<-cancelled
			b.wantEmpty()
		})
	}
}

func TestPanicInTheMachineFailsTheExecution(t *testing.T) {
	b := newBench(t, Config{})
	arn := b.start("wait", "x")
	x := b.find(arn)
	x.turn.Lock()
	x.resident.machine = nil // nothing makes a machine panic that we know of
	x.turn.Unlock()
	if err := b.Advance(b.ctx, time.Hour); err != nil {
		t.Fatal(err)
	}
	v := b.wantStatus(arn, machine.Failed)
	if v.Events != 3 || v.Failure.Name.Text() != asl.ErrRuntime {
		t.Errorf("%d events, %v", v.Events, v.Failure)
	}
}

func TestHeartbeatWithoutLimitShowsNothingEarly(t *testing.T) {
	tokens := make(chan string, 1)
	b := newBench(t, Config{Tasks: runner(func(_ context.Context, c *task.Call) (value.Value, error) {
		tokens <- c.Input.Get("token").Text()
		return value.True, nil
	})})
	arn := b.start("token", "x")
	token := <-tokens
	for range 100 {
		if err := b.Heartbeat(b.ctx, token); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Succeed(b.ctx, token, value.OfString("done")); err != nil {
		t.Fatal(err)
	}
	if v := b.wantStatus(arn, machine.Succeeded); v.Output.Text() != "done" {
		t.Errorf("output %v", v.Output)
	}
	if err := b.Heartbeat(b.ctx, token); err != ErrStale {
		t.Errorf("a late heartbeat: %v, want %v", err, ErrStale)
	}
}
