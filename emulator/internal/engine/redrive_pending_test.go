package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

func init() {
	definitions["map task in turn"] = mapMachine(taskItem, `"MaxConcurrency": 1, "ToleratedFailureCount": 2, `)
	late := `{"Type": "Choice", "Choices": [{"Variable": "$", "NumericEquals": 3, "Next": "W"}], "Default": "T"},
		"W": {"Type": "Wait", "Seconds": 864000, "Next": "T"}, "T": ` + taskItem
	definitions["map task late"] = mapMachine(late, `"ToleratedFailureCount": 1, `)
}

// shown are the children of a run as they are listed with a status, page by
// page, and as they are described.
func (b *bench) shown(run, status string, page int) (listed, described string) {
	b.Helper()
	q := journal.Query{MapRunARN: run, Status: status, Limit: page}
	var l, d []string
	for {
		rows, next, err := b.List(q)
		if err != nil {
			b.Fatal(err)
		}
		if len(rows) > page {
			b.Errorf("%d rows on a page of %d", len(rows), page)
		}
		for _, row := range rows {
			v := b.view(row.ARN)
			l = append(l, fmt.Sprint(v.Start.InputText, " ", row.Status))
			d = append(d, fmt.Sprint(v.Start.InputText, " ", b.ShownStatus(&v, b.clock.Now())))
		}
		if q.After = next; next == (journal.Cursor{}) {
			slices.Sort(l)
			slices.Sort(d)
			return strings.Join(l, ", "), strings.Join(d, ", ")
		}
	}
}

func (b *bench) wantShown(run string, want map[string]string) {
	b.Helper()
	for status, children := range want {
		for _, page := range []int{1, 2, 100} {
			if listed, described := b.shown(run, status, page); listed != children || described != children {
				b.Errorf("status %q, pages of %d: listed %s, described %s, want %s", status, page, listed, described, children)
			}
		}
	}
}

// Children that wait until their run redrives them are PENDING_REDRIVE, until it
// is their turn, or until the run ends.
func TestPendingRedriveIsShown(t *testing.T) {
	var m mending
	tasks := runner(func(ctx context.Context, c *task.Call) (value.Value, error) {
		if m.mended.Load() {
			return value.Value{}, task.ErrNoAnswer
		}
		if n, _ := c.Input.Int(); n == 0 {
			return c.Input, nil
		}
		return value.Value{}, &asl.Error{Name: "Bad"}
	})
	store, clock := journal.NewMemory(), NewVirtualClock(time.UnixMilli(1_000_000))
	b := newBench(t, Config{Store: store, Clock: clock, Tasks: tasks})
	arn := b.startMap("map task in turn", `[0, 1, 2, 3, 4]`)
	b.wantStatus(arn, machine.Failed)
	run := b.onlyRun(arn).ARN
	ended := map[string]string{"": "0 SUCCEEDED, 1 FAILED, 2 FAILED, 3 FAILED", "FAILED": "1 FAILED, 2 FAILED, 3 FAILED", "PENDING_REDRIVE": ""}
	b.wantShown(run, ended)
	m.mended.Store(true)
	b.advance(time.Minute)
	if _, err := b.Redrive(b.ctx, arn, ""); err != nil {
		t.Fatal(err)
	}
	b.advance(time.Minute)
	waiting := map[string]string{
		"":                "0 SUCCEEDED, 1 RUNNING, 2 PENDING_REDRIVE, 3 PENDING_REDRIVE",
		"PENDING_REDRIVE": "2 PENDING_REDRIVE, 3 PENDING_REDRIVE",
		"FAILED":          "", "RUNNING": "1 RUNNING", "SUCCEEDED": "0 SUCCEEDED",
	}
	b.wantShown(run, waiting)
	if got := b.onlyRun(arn).Executions; got.PendingRedrive != 2 || got.Running != 1 {
		t.Errorf("the run counts %+v", got)
	}
	b.stopAll()
	b = newBench(t, Config{Store: store, Clock: clock, Tasks: tasks})
	b.wantShown(run, waiting)
	if _, err := b.Stop(b.ctx, arn, nil); err != nil {
		t.Fatal(err)
	}
	if err := b.Settle(b.ctx); err != nil {
		t.Fatal(err)
	}
	b.wantShown(run, map[string]string{"": "0 SUCCEEDED, 1 ABORTED, 2 FAILED, 3 FAILED", "PENDING_REDRIVE": "", "FAILED": "2 FAILED, 3 FAILED"})
}

// A child that can no longer be redriven stays as it was, and is counted.
func TestFailuresNotRedrivable(t *testing.T) {
	var m mending
	b := newBench(t, Config{Clock: NewVirtualClock(time.UnixMilli(1_000_000)), Tasks: m.tasks()})
	arn := b.startMap("map task late", `[0, 1, 3]`)
	b.advance(11 * 24 * time.Hour)
	b.wantStatus(arn, machine.Failed)
	m.mended.Store(true)
	b.advance(5 * 24 * time.Hour)
	if _, err := b.Redrive(b.ctx, arn, ""); err != nil {
		t.Fatal(err)
	}
	b.wantStatus(arn, machine.Succeeded)
	run := b.onlyRun(arn)
	if got, want := run.Executions, (machine.MapRunCounts{Succeeded: 2, Failed: 1, FailuresNotRedrivable: 1, Total: 3}); got != want || run.Items != want {
		t.Errorf("executions %+v, items %+v, want %+v", got, run.Items, want)
	}
	b.wantShown(run.ARN, map[string]string{"": "0 SUCCEEDED, 1 FAILED, 3 SUCCEEDED"})
}
