package emulator_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// countedMap is a machine whose distributed Map waits in each child for as long as the
// first item says, and then pays; it has further fields of the Map, and the type of
// children.
const countedMap = `{"QueryLanguage": "JSONata", "StartAt": "M", "States": {"M": {"Type": "Map", "Label": "Each", "End": true, "Items": "{%% $states.input %%}", %s
	"ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "%s"}, "StartAt": "W", "States": {
		"W": {"Type": "Wait", "Seconds": "{%% $exists($states.input.Items) ? $states.input.Items[0].wait : $states.input.wait %%}", "Next": "T"},
		"T": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:pay", "End": true}}}}}}`

// A countStep is something that happens to a Map Run, and what its counts are then.
type countStep struct {
	what  string
	do    func(x *test, execution, run string)
	run   types.MapRunStatus
	items string // those that are not 0, as countsText writes them
	// executions are those of the children; "" if they are like those of the items.
	executions string
	listed     string // the statuses of the children, the most recent first
}

// countsText writes the counts that are not 0.
func countsText(pending, running, succeeded, failed, timedOut, aborted, total, written int64, notRedrivable, pendingRedrive *int64) string {
	var parts []string
	for _, c := range []struct {
		name  string
		count int64
	}{
		{"pending", pending}, {"running", running}, {"succeeded", succeeded}, {"failed", failed}, {"timedOut", timedOut}, {"aborted", aborted},
		{"notRedrivable", aws.ToInt64(notRedrivable)}, {"pendingRedrive", aws.ToInt64(pendingRedrive)}, {"written", written}, {"of", total},
	} {
		if c.count != 0 {
			parts = append(parts, fmt.Sprintf("%s %d", c.name, c.count))
		}
	}
	return strings.Join(parts, ", ")
}

// check compares how a Map Run stands with the step.
func (s *countStep) check(x *test, run string) {
	x.Helper()
	got := x.describeMapRun(run)
	i, e := got.ItemCounts, got.ExecutionCounts
	items := countsText(i.Pending, i.Running, i.Succeeded, i.Failed, i.TimedOut, i.Aborted, i.Total, i.ResultsWritten, i.FailuresNotRedrivable, i.PendingRedrive)
	executions := countsText(e.Pending, e.Running, e.Succeeded, e.Failed, e.TimedOut, e.Aborted, e.Total, e.ResultsWritten, e.FailuresNotRedrivable, e.PendingRedrive)
	want := s.executions
	if want == "" {
		want = s.items
	}
	if got.Status != s.run || items != s.items || executions != want {
		x.Errorf("%s: %s\n items %s\n  want %s\n executions %s\n       want %s", s.what, got.Status, items, s.items, executions, want)
	}
	if i.FailuresNotRedrivable == nil || i.PendingRedrive == nil || e.FailuresNotRedrivable == nil || e.PendingRedrive == nil {
		x.Errorf("%s: counts without failuresNotRedrivable or pendingRedrive", s.what)
	}
	if (got.StopDate == nil) != (got.Status == types.MapRunStatusRunning) {
		x.Errorf("%s: %s, stopped %v", s.what, got.Status, got.StopDate)
	}
	if listed := strings.Join(states(x.children(run, "", 0)), " "); listed != s.listed {
		x.Errorf("%s: children %s, want %s", s.what, listed, s.listed)
	}
}

// What DescribeMapRun counts, at each point of a Map Run, is the same after a restart.
func TestMapRunCounts(t *testing.T) {
	const hour = time.Hour
	var passed time.Duration // on the clock, which goes on where it was after a restart
	advance := func(d time.Duration) func(*test, string, string) {
		return func(x *test, _, _ string) { x.em.Advance(d); x.em.Settle(); passed += d }
	}
	nothing := func(*test, string, string) {}
	stop := func(x *test, execution, _ string) {
		if _, err := x.client.StopExecution(x.ctx, &sfn.StopExecutionInput{ExecutionArn: &execution}); err != nil {
			x.Fatal(err)
		}
		x.em.Settle()
	}
	stopChild := func(x *test, _, run string) {
		stop(x, *x.children(run, types.ExecutionStatusRunning, 0)[0].ExecutionArn, "")
	}
	for _, tt := range []struct {
		name, fields, kind, items string
		steps                     func(mended *atomic.Bool) []countStep
	}{
		{"one after the other", `"MaxConcurrency": 1,`, "STANDARD", `[{"wait": 3600}, {"wait": 3600}]`, func(*atomic.Bool) []countStep {
			return []countStep{
				{"started", nothing, "RUNNING", "pending 1, running 1, of 2", "", "RUNNING"},
				{"an hour later", advance(hour), "RUNNING", "running 1, succeeded 1, of 2", "", "RUNNING SUCCEEDED"},
				{"two hours later", advance(hour), "SUCCEEDED", "succeeded 2, written 2, of 2", "", "SUCCEEDED SUCCEEDED"},
			}
		}},
		{"batches", `"MaxConcurrency": 1, "ItemBatcher": {"MaxItemsPerBatch": 2},`, "STANDARD", `[{"wait": 3600}, {"wait": 0}, {"wait": 3600}]`, func(*atomic.Bool) []countStep {
			return []countStep{
				{"started", nothing, "RUNNING", "pending 1, running 2, of 3", "pending 1, running 1, of 2", "RUNNING"},
				{"an hour later", advance(hour), "RUNNING", "running 1, succeeded 2, of 3", "running 1, succeeded 1, of 2", "RUNNING SUCCEEDED"},
				{"two hours later", advance(hour), "SUCCEEDED", "succeeded 3, written 3, of 3", "succeeded 2, written 2, of 2", "SUCCEEDED SUCCEEDED"},
			}
		}},
		{"a tolerated failure", `"MaxConcurrency": 1, "ToleratedFailureCount": 1,`, "STANDARD", `[{"wait": 0, "fail": true}, {"wait": 3600}]`, func(*atomic.Bool) []countStep {
			return []countStep{
				{"one has failed", nothing, "RUNNING", "running 1, failed 1, of 2", "", "RUNNING FAILED"},
				{"an hour later", advance(hour), "SUCCEEDED", "succeeded 1, failed 1, written 2, of 2", "", "SUCCEEDED FAILED"},
			}
		}},
		{"a child that is stopped", `"MaxConcurrency": 1,`, "STANDARD", `[{"wait": 3600}, {"wait": 3600}]`, func(*atomic.Bool) []countStep {
			return []countStep{
				{"stopped", stopChild, "RUNNING", "running 1, aborted 1, of 2", "", "RUNNING ABORTED"},
				{"an hour later", advance(hour), "SUCCEEDED", "succeeded 1, aborted 1, written 1, of 2", "", "SUCCEEDED ABORTED"},
			}
		}},
		{"stopped", `"MaxConcurrency": 2,`, "STANDARD", `[{"wait": 60}, {"wait": 3600}, {"wait": 3600}, {"wait": 0}]`, func(*atomic.Bool) []countStep {
			return []countStep{
				{"a minute later", advance(time.Minute), "RUNNING", "pending 1, running 2, succeeded 1, of 4", "", "RUNNING SUCCEEDED RUNNING"},
				{"stopped", stop, "ABORTED", "pending 1, succeeded 1, aborted 2, of 4", "", "ABORTED ABORTED SUCCEEDED"},
			}
		}},
		{"a failure, and a redrive", `"MaxConcurrency": 2,`, "STANDARD", `[{"wait": 3600}, {"wait": 60, "fail": true}, {"wait": 0}]`, func(mended *atomic.Bool) []countStep {
			return []countStep{
				{"started", nothing, "RUNNING", "pending 1, running 2, of 3", "", "RUNNING RUNNING"},
				{"failed", advance(time.Minute), "FAILED", "pending 1, failed 1, aborted 1, written 1, of 3", "", "FAILED ABORTED"},
				{"redriven", func(x *test, execution, _ string) {
					mended.Store(true)
					if _, err := x.redrive(execution, ""); err != nil {
						x.Fatal(err)
					}
					x.em.Settle()
				}, "RUNNING", "running 1, succeeded 2, of 3", "", "SUCCEEDED SUCCEEDED RUNNING"},
				{"an hour later", advance(hour), "SUCCEEDED", "succeeded 3, written 3, of 3", "", "SUCCEEDED SUCCEEDED SUCCEEDED"},
			}
		}},
		{"a redrive of many", `"MaxConcurrency": 1, "ToleratedFailureCount": 1,`, "STANDARD", `[{"wait": 60, "fail": true}, {"wait": 60, "fail": true}]`, func(mended *atomic.Bool) []countStep {
			redrive := func(x *test, execution, _ string) {
				if _, err := x.redrive(execution, ""); err != nil {
					x.Fatal(err)
				}
				x.em.Settle()
			}
			return []countStep{
				{"failed", advance(2 * time.Minute), "FAILED", "failed 2, written 2, of 2", "", "FAILED FAILED"},
				{"redriven in vain", redrive, "FAILED", "failed 2, written 2, of 2", "", "FAILED FAILED"},
				{"redriven", func(x *test, execution, run string) { mended.Store(true); redrive(x, execution, run) },
					"SUCCEEDED", "succeeded 2, written 2, of 2", "", "SUCCEEDED SUCCEEDED"},
			}
		}},
		{"children that take too long", `"ToleratedFailurePercentage": 50,`, "EXPRESS", `[{"wait": 600}, {"wait": 60}]`, func(*atomic.Bool) []countStep {
			return []countStep{
				{"a minute later", advance(time.Minute), "RUNNING", "running 1, succeeded 1, of 2", "", "SUCCEEDED RUNNING"},
				{"five minutes later", advance(4 * time.Minute), "SUCCEEDED", "succeeded 1, timedOut 1, written 2, of 2", "", "TIMED_OUT SUCCEEDED"},
			}
		}},
	} {
		for _, restart := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, restarted: %v", tt.name, restart), func(t *testing.T) {
				passed = 0
				store, mended := newSharedStore(t), new(atomic.Bool)
				pay := emulator.WithTask("pay", func(_ context.Context, in value.Value) (value.Value, error) {
					if in.Get("fail").Bool() && !mended.Load() {
						return value.Value{}, &asl.Error{Name: "Busy", Cause: "not now"}
					}
					return value.OfInt(1), nil
				})
				x := newTest(t, emulator.WithStore(store.open()), pay)
				execution := x.start(x.create("m", fmt.Sprintf(countedMap, tt.fields, tt.kind)), "e", tt.items)
				x.em.Settle()
				run := x.onlyMapRun(execution)
				for _, step := range tt.steps(mended) {
					step.do(x, execution, run)
					step.check(x, run)
					if restart && tt.kind == "STANDARD" { // an Express child that runs begins anew
						x = newTest(t, emulator.WithStore(store.reopen(x.em)), pay, emulator.WithVirtualClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(passed)))
						x.em.Settle()
						step.check(x, run)
					}
				}
				if restart && tt.kind != "STANDARD" {
					x = newTest(t, emulator.WithStore(store.reopen(x.em)), pay, emulator.WithVirtualClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(passed)))
					steps := tt.steps(mended)
					steps[len(steps)-1].check(x, run)
				}
			})
		}
	}
}
