package engine

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

func init() {
	definitions["nested"] = `{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "Parameters": {"StateMachineArn": "m"}, "End": true}}}`
}

// A jobRunner starts a job for each task, which goes on.
type jobRunner func(c *task.Call)

func (r jobRunner) Run(_ context.Context, c *task.Call) (task.Answer, error) {
	r(c)
	return task.Answer{Output: value.True}, nil
}

func (jobRunner) Watch(context.Context, *task.Call, value.Value, func(value.Value, error)) {}

// Executions that go on only as long as another one waits for them are stopped
// after a restart if that does not wait any more: the process ended before it
// could stop them.
func TestOrphansAreStopped(t *testing.T) {
	store, clock := journal.NewMemory(), NewVirtualClock(time.UnixMilli(1_000_000))
	var b *bench
	begin := func(name, caller string, token int64, managed bool) {
		r := request("wait", name, `{}`)
		r.Start.Caller, r.Start.CallerToken, r.Start.Managed = caller, token, managed
		if _, err := b.Start(b.ctx, r); err != nil {
			t.Error(err)
		}
	}
	tasks := jobRunner(func(c *task.Call) {
		begin("wanted", c.Execution, c.Token, true)
		begin("of another task", c.Execution, c.Token+1, true)
		begin("on its own", c.Execution, c.Token+1, false)
	})
	b = newBench(t, Config{Store: store, Clock: clock, Tasks: tasks})
	b.start("nested", "caller")
	r := request("wait", "standing", `{}`)
	r.Revision = "gone"
	if _, err := b.Start(b.ctx, r); err != nil {
		t.Fatal(err)
	}
	begin("of one that stands", r.Start.ARN, 4, true)
	begin("of nobody", "arn:aws:states:us-east-1:123456789012:execution:m:gone", 4, true)
	if err := b.Settle(b.ctx); err != nil {
		t.Fatal(err)
	}
	b.stopAll() // as good as killed

	b = newBench(t, Config{Store: store, Clock: clock, Tasks: tasks})
	if err := b.Settle(b.ctx); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]machine.Status{
		"caller": machine.Running, "of one that stands": machine.Running, "wanted": machine.Running, "on its own": machine.Running, "of another task": machine.Aborted, "of nobody": machine.Aborted,
	} {
		if v := b.view(request("wait", name, `{}`).Start.ARN); v.Status != want {
			t.Errorf("%s is %v, want %v", name, v.Status, want)
		}
	}
}

// Map Runs that have ended are in the store only, and found there.
func TestEndedMapRuns(t *testing.T) {
	store := journal.NewMemory()
	b := newBench(t, Config{Store: store})
	arn := b.startMap("map retry", `[0]`)
	b.wantStatus(arn, machine.Succeeded)
	b.wantEmpty()
	want := b.onlyRun(arn)
	if want.Status != machine.Succeeded || want.Stopped == 0 || want.Execution != arn {
		t.Errorf("it is %+v", want)
	}
	b.stopAll()

	b = newBench(t, Config{Store: store})
	if got, err := b.MapRun(want.ARN); err != nil || got != want {
		t.Errorf("after a restart it is %+v, %v, want %+v", got, err, want)
	}
	if got := b.onlyRun(arn); got != want {
		t.Errorf("after a restart the execution has %+v, want %+v", got, want)
	}
	for doc := range store.Documents(kindMapRun) {
		t.Errorf("%s is said to run", doc.Key)
	}
}

// With seeds that are given, everything random is the same in every run.
func TestSeeds(t *testing.T) {
	definitions["random"] = `{"StartAt": "P", "States": {"P": {"Type": "Pass", "Parameters": {"id.$": "States.UUID()"}, "End": true}}}`
	run := func() (out string) {
		seed := uint64(7)
		b := newBench(t, Config{Seed: func(string) uint64 { seed++; return seed }})
		for _, name := range []string{"x", "y"} {
			out += b.wantStatus(b.start("random", name), machine.Succeeded).Output.String()
		}
		return out
	}
	if first, second := run(), run(); first != second {
		t.Errorf("two runs differ: %s and %s", first, second)
	}
}

// Executions that only wait are out of memory after a restart, those with a call
// are not, and all of them go on.
func TestRecoveryEvicts(t *testing.T) {
	store, clock := journal.NewMemory(), NewVirtualClock(time.UnixMilli(1_000_000))
	answer := make(chan value.Value)
	config := Config{Store: store, Clock: clock, EvictAfter: time.Hour, Tasks: runner(func(ctx context.Context, c *task.Call) (value.Value, error) {
		select {
		case v := <-answer:
			return v, nil
		case <-ctx.Done():
			return value.Value{}, ctx.Err()
		}
	})}
	b := newBench(t, config)
	arns := map[string]string{}
	for _, definition := range []string{"wait", "activity", "task"} {
		arns[definition] = b.start(definition, definition)
	}
	b.stopAll() // as good as killed
	if err := b.Settle(b.ctx); err != nil {
		t.Fatal(err)
	}

	b = newBench(t, config)
	for definition, want := range map[string]bool{"wait": true, "activity": true, "task": false} {
		if got := b.evicted(arns[definition]); got != want {
			t.Errorf("%s: evicted is %t, want %t", definition, got, want)
		}
	}
	answer <- value.True
	b.wantStatus(arns["task"], machine.Succeeded)
	token, _, err := b.TakeActivity(b.ctx, activityARN, "w")
	if err != nil || token == "" {
		t.Fatalf("polling: %q, %v", token, err)
	}
	if err := b.Succeed(b.ctx, token, value.True); err != nil {
		t.Error(err)
	}
	b.advance(time.Hour)
	b.wantStatus(arns["wait"], machine.Succeeded)
	b.wantStatus(arns["activity"], machine.Succeeded)
	b.wantEmpty()
}

// BenchmarkRecover recovers executions that wait for a timer, and reports the time
// and the bytes of memory that each takes.
func BenchmarkRecover(b *testing.B) {
	const parked = 20_000
	store, err := journal.OpenSQLite(filepath.Join(b.TempDir(), "aslocal.db"), journal.Process)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { store.Close() })
	config := Config{Store: store, EvictAfter: time.Hour}
	e := newBench(b, config)
	for i := range parked {
		if _, err := e.Start(e.ctx, request("wait", fmt.Sprintf("order-%08d", i), `{"orderId": "A-17", "amount": 42}`)); err != nil {
			b.Fatal(err)
		}
	}
	if err := e.Settle(e.ctx); err != nil {
		b.Fatal(err)
	}
	e.stopAll()
	e = nil
	before := heapInUse()
	var last *bench
	b.ResetTimer()
	for range b.N {
		last = newBench(b, config)
	}
	b.StopTimer()
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/parked, "ns/execution")
	if b.N == 1 {
		b.ReportMetric(float64(heapInUse()-before)/parked, "B/execution")
	}
	last.stopAll()
}
