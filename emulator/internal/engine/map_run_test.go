package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// A mapMachine is a distributed Map whose children are given by one state, with
// further fields of the Map.
func mapMachine(state, fields string) string {
	return `{"StartAt": "M", "States": {"M": {"Type": "Map", "Label": "items", "End": true, ` + fields + `
		"ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "I", "States": {"I": ` + state + `}}}}}`
}

const (
	passItem = `{"Type": "Pass", "End": true}`
	waitItem = `{"Type": "Wait", "Seconds": 60, "End": true}`
	taskItem = `{"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "End": true}`
	s3Items  = `"ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "JSON"}, "Parameters": {"Key.$": "$.key"}}, `
	s3Result = `"ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b", "Prefix": "p"}}, `
)

func init() {
	for name, text := range map[string]string{
		"map pass":     mapMachine(passItem, ""),
		"map selector": mapMachine(passItem, `"ItemSelector": {"i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value", "from.$": "$$.Map.Item.Source"}, `),
		"map batches":  mapMachine(passItem, `"ItemBatcher": {"MaxItemsPerBatch": 2, "BatchInput": {"run": 7}}, `),
		"map bytes":    mapMachine(passItem, `"ItemBatcher": {"MaxInputBytesPerBatch": 21}, `), // {"Items":[ and ]} are 12 of them
		"map wait":     mapMachine(waitItem, ""),
		"map nested":   mapMachine(strings.Replace(strings.TrimSuffix(strings.TrimPrefix(mapMachine(passItem, ""), `{"StartAt": "M", "States": {"M": `), "}}"), "items", "inner", 1), ""),
		"map two":      mapMachine(waitItem, `"MaxConcurrency": 2, `),
		"map task":     mapMachine(taskItem, `"MaxConcurrency": 1, `),
		"map tolerant": mapMachine(taskItem, `"ToleratedFailureCount": 1, `),
		"map percent":  mapMachine(taskItem, `"ToleratedFailurePercentage": 50, `),
		"map express":  strings.Replace(mapMachine(passItem, ""), `"STANDARD"`, `"EXPRESS"`, 1),
		"map reader":   mapMachine(passItem, s3Items),
		"map sources":  mapMachine(passItem, s3Items+`"ItemSelector": {"from.$": "$$.Map.Item.Source"}, `),
		"map writer":   mapMachine(taskItem, s3Result),
		"map flatten":  mapMachine(passItem, `"ResultWriter": {"WriterConfig": {"Transformation": "FLATTEN"}}, `),
		"map mixed":    strings.Replace(mapMachine(waitItem, `"MaxConcurrency": 3, `), waitItem, `{"Type": "Choice", "Choices": [{"Variable": "$", "NumericEquals": 0, "Next": "F"}], "Default": "W"}, "F": {"Type": "Fail", "Error": "Bad"}, "W": `+waitItem, 1),
		"map retry": strings.Replace(mapMachine(taskItem, `"Retry": [{"ErrorEquals": ["States.ExceedToleratedFailureThreshold"], "MaxAttempts": 1}],
			"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}], `), `"States": {"M"`, `"States": {"C": {"Type": "Pass", "End": true}, "M"`, 1),
		"map in branch": `{"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Branches": [` + mapMachine(waitItem, "") + `, {"StartAt": "F", "States": {"F": {"Type": "Wait", "Seconds": 5, "Next": "G"}, "G": {"Type": "Fail", "Error": "Bad"}}}]}}}`,
	} {
		definitions[name] = text
	}
}

func (b *bench) startMap(definition, input string) string {
	b.Helper()
	r := request(definition, "x", input)
	if _, err := b.Start(b.ctx, r); err != nil {
		b.Fatal(err)
	}
	return r.Start.ARN
}

// events are the types of the history, as numbers with what they point back to.
func (b *bench) events(arn string) (out []string) {
	b.Helper()
	if err := b.History(arn, 1, func(ev *machine.Event) bool {
		out = append(out, fmt.Sprintf("%d<%d %d", ev.ID, ev.Prev, ev.Type))
		return true
	}); err != nil {
		b.Fatal(err)
	}
	return out
}

func (b *bench) onlyRun(arn string) MapRun {
	b.Helper()
	runs, err := b.MapRuns(arn)
	if err != nil {
		b.Fatal(err)
	}
	if len(runs) != 1 {
		b.Fatalf("%d map runs, want 1", len(runs))
	}
	return runs[0]
}

func (b *bench) children(run string) []Row {
	b.Helper()
	rows, _, err := b.List(journal.Query{MapRunARN: run, Limit: 1000})
	if err != nil {
		b.Fatal(err)
	}
	return rows
}

func failOdd(_ context.Context, t *task.Call) (value.Value, error) {
	if n, _ := t.Input.Int(); n%2 == 1 {
		return value.Value{}, &asl.Error{Name: "Odd", Cause: t.Input.String()}
	}
	return t.Input, nil
}

// What comes out of Map Runs, and how their children are counted.
func TestMapRunResults(t *testing.T) {
	for _, c := range []struct {
		definition, input string
		want              string // output, or the name of the error
		items, executions string // succeeded, failed, aborted, pending of total
	}{
		{"map pass", `[1, "b", {"c": 3}]`, `[1,"b",{"c":3}]`, "3 0 0 0 of 3", "3 0 0 0 of 3"},
		{"map pass", `[]`, `[]`, "0 0 0 0 of 0", "0 0 0 0 of 0"},
		{"map pass", `{"a": 1, "b": 2}`, `[{"Key":"a","Value":1},{"Key":"b","Value":2}]`, "2 0 0 0 of 2", "2 0 0 0 of 2"},
		{"map selector", `["a", "b"]`, `[{"v":"a","i":0,"from":"STATE_DATA"},{"v":"b","i":1,"from":"STATE_DATA"}]`, "2 0 0 0 of 2", "2 0 0 0 of 2"},
		{"map batches", `[1, 2, 3]`, `[{"BatchInput":{"run":7},"Items":[1,2]},{"BatchInput":{"run":7},"Items":[3]}]`, "3 0 0 0 of 3", "2 0 0 0 of 2"},
		{"map bytes", `["abcd", "a", "b", "cd", "too long by itself"]`, `[{"Items":["abcd"]},{"Items":["a","b"]},{"Items":["cd"]},{"Items":["too long by itself"]}]`,
			"5 0 0 0 of 5", "4 0 0 0 of 4"},
		{"map express", `[1, 2]`, `[1,2]`, "2 0 0 0 of 2", "2 0 0 0 of 2"},
		{"map flatten", `[[1, 2], 3, [[4]]]`, `[1,2,3,[4]]`, "3 0 0 0 of 3", "3 0 0 0 of 3"},
		{"map task", `[0, 2, 3, 4]`, asl.ErrExceedToleratedFailureThreshold, "2 1 0 1 of 4", "2 1 0 1 of 4"},
		{"map tolerant", `[0, 1, 2, 3]`, asl.ErrExceedToleratedFailureThreshold, "", ""},
		{"map percent", `[0, 1, 2, 3]`, "", "2 2 0 0 of 4", "2 2 0 0 of 4"},
		{"map reader", `{"key": "[5, 6]"}`, `[5,6]`, "2 0 0 0 of 2", "2 0 0 0 of 2"},
		{"map sources", `{"key": "[5, 6, 7]"}`, `[{"from":"s3://b/k"},{"from":"s3://b/k"},{"from":"s3://b/l"}]`, "3 0 0 0 of 3", "3 0 0 0 of 3"},
		{"map reader", `{"key": "5"}`, asl.ErrItemReaderFailed, "0 0 0 0 of 0", "0 0 0 0 of 0"},
		{"map reader", `{"key": "broken"}`, asl.ErrItemReaderFailed, "0 0 0 0 of 0", "0 0 0 0 of 0"},
		{"map writer", `[0, 2]`, "", "2 0 0 0 of 2", "2 0 0 0 of 2"},
		{"map writer", `[1]`, asl.ErrExceedToleratedFailureThreshold, "0 1 0 0 of 1", "0 1 0 0 of 1"},
		{"map mixed", `[1, 0, 1, 1]`, asl.ErrExceedToleratedFailureThreshold, "0 1 2 1 of 4", "0 1 2 1 of 4"},
	} {
		t.Run(c.definition+" "+c.input, func(t *testing.T) {
			b := newBench(t, Config{Tasks: runner(failOdd)})
			arn := b.startMap(c.definition, c.input)
			v, err := b.Wait(b.ctx, arn)
			if err != nil {
				t.Fatal(err)
			}
			got := v.Output.String()
			if v.Failure != nil {
				got = v.Failure.Name.Text()
			}
			if c.want != "" && got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if err := b.Advance(b.ctx, time.Hour); err != nil {
				t.Fatal(err)
			}
			r := b.onlyRun(arn)
			counts := func(n machine.MapRunCounts) string {
				return fmt.Sprintf("%d %d %d %d of %d", n.Succeeded, n.Failed+n.TimedOut, n.Aborted, n.Pending, n.Total)
			}
			if items, executions := counts(r.Items), counts(r.Executions); c.items != "" && (items != c.items || executions != c.executions) {
				t.Errorf("items %s, executions %s, want %s, %s", items, executions, c.items, c.executions)
			}
			if (r.Status == machine.Succeeded) != (v.Failure == nil) || r.Stopped == 0 {
				t.Errorf("the run is %v, stopped %d", r.Status, r.Stopped)
			}
			b.wantEmpty()
		})
	}
}

// Failures that are tolerated stand in the result as records of the children.
func TestToleratedFailureIsARecord(t *testing.T) {
	b := newBench(t, Config{Tasks: runner(failOdd)})
	v := b.wantStatus(b.startMap("map tolerant", `[0, 1]`), machine.Succeeded)
	record := v.Output.Index(1)
	want := `{"Input":"1","Error":"Odd","Cause":"1","Status":"FAILED","StateMachineArn":"arn:aws:states:us-east-1:123456789012:stateMachine:m/items"}`
	var got value.ObjectBuilder
	for _, name := range []string{"Input", "Error", "Cause", "Status", "StateMachineArn"} {
		got.Set(name, record.Get(name))
	}
	if got.Value().String() != want {
		t.Errorf("the record is %s, want among others %s", record, want)
	}
	child, err := b.Describe(record.Get("ExecutionArn").Text())
	if err != nil || child.Status != machine.Failed || child.Start.MapRun == "" || child.Start.InputText != "1" {
		t.Errorf("the child is %+v, %v", child, err)
	}
}

// The histories of a run that succeeds, fails in its reader, and is caught.
func TestMapRunHistories(t *testing.T) {
	for _, c := range []struct {
		definition, input string
		want              []string
	}{
		{"map pass", `[1]`, []string{"1<0 1", "2<0 10", "3<2 40", "4<3 60", "5<4 61", "6<5 45", "7<4 11", "8<7 2"}},
		{"map reader", `{"key": "5"}`, []string{"1<0 1", "2<0 10", "3<2 40", "4<3 60", "5<4 62", "6<5 46", "7<6 3"}},
		{"map retry", `[1]`, []string{"1<0 1", "2<0 10", "3<2 40", "4<3 60", "5<4 62", "6<5 40", "7<6 60", "8<7 62", "9<8 46", "10<9 11", "11<10 10", "12<11 11", "13<12 2"}},
		{"map in branch", `[1]`, []string{"1<0 1", "2<0 10", "3<2 30", "4<3 10", "5<3 10", "6<4 40", "7<6 60", "8<5 11", "9<8 10", "10<9 63", "11<9 12", "12<9 32", "13<12 3"}},
	} {
		t.Run(c.definition, func(t *testing.T) {
			b := newBench(t, Config{Tasks: runner(failOdd)})
			arn := b.startMap(c.definition, c.input)
			if err := b.Advance(b.ctx, 10*time.Minute); err != nil {
				t.Fatal(err)
			}
			if got := b.events(arn); !slices.Equal(got, c.want) {
				t.Errorf("got  %v\nwant %v", got, c.want)
			}
			b.wantEmpty()
		})
	}
}

// MaxConcurrency holds, and UpdateMapRun changes it while the run is under way.
func TestMapRunConcurrency(t *testing.T) {
	b := newBench(t, Config{})
	arn := b.startMap("map two", `[1, 2, 3, 4, 5, 6, 7, 8]`)
	if err := b.Settle(b.ctx); err != nil {
		t.Fatal(err)
	}
	r := b.onlyRun(arn)
	if r.Items.Running != 2 || r.Items.Pending != 6 {
		t.Fatalf("the run stands at %+v", r.Items)
	}
	if err := b.UpdateMapRun(b.ctx, r.ARN, func(l *machine.MapRunLimits) { l.MaxConcurrency = 5 }); err != nil {
		t.Fatal(err)
	}
	if err := b.Settle(b.ctx); err != nil {
		t.Fatal(err)
	}
	if r = b.onlyRun(arn); r.Items.Running != 5 || r.Limits.MaxConcurrency != 5 {
		t.Fatalf("after the update it stands at %+v", r.Items)
	}
	if err := b.Advance(b.ctx, 2*time.Minute); err != nil {
		t.Fatal(err)
	}
	b.wantStatus(arn, machine.Succeeded)
	if err := b.UpdateMapRun(b.ctx, r.ARN, func(*machine.MapRunLimits) {}); err != ErrCompleted {
		t.Errorf("updating a run that has ended: %v", err)
	}
	if err := b.UpdateMapRun(b.ctx, r.ARN+"x", func(*machine.MapRunLimits) {}); !errors.Is(err, ErrNotFound) {
		t.Errorf("updating a run that is not there: %v", err)
	}
}

// Several updates at once do not undo each other.
func TestMapRunUpdatesAtOnce(t *testing.T) {
	b := newBench(t, Config{})
	arn := b.startMap("map wait", `[1, 2]`)
	if err := b.Settle(b.ctx); err != nil {
		t.Fatal(err)
	}
	run := b.onlyRun(arn).ARN
	update := func(change func(*machine.MapRunLimits)) {
		if err := b.UpdateMapRun(b.ctx, run, change); err != nil {
			t.Error(err)
		}
	}
	for n := range int64(50) {
		var group sync.WaitGroup
		group.Go(func() { update(func(l *machine.MapRunLimits) { l.MaxConcurrency = n + 1 }) })
		group.Go(func() { update(func(l *machine.MapRunLimits) { l.ToleratedCount = n + 1 }) })
		group.Wait()
		if got := b.onlyRun(arn).Limits; got.MaxConcurrency != n+1 || got.ToleratedCount != n+1 {
			t.Fatalf("after %d updates the limits are %+v", n+1, got)
		}
	}
}

// The children of a child's Map Run are of the state machine with the inner
// label alone (F-076).
func TestNestedMapRun(t *testing.T) {
	b := newBench(t, Config{})
	v := b.wantStatus(b.startMap("map nested", `[[1]]`), machine.Succeeded)
	rows, _, err := b.List(journal.Query{MachineARN: "arn:aws:states:us-east-1:123456789012:stateMachine:m/inner", Limit: 10})
	if err != nil || len(rows) != 1 || v.Output.String() != `[[1]]` {
		t.Fatalf("output %v, inner children %+v, %v", v.Output, rows, err)
	}
	if got, want := b.view(rows[0].ARN).Start.Machine, "m/inner"; got != want {
		t.Errorf("the child is of %s, want %s", got, want)
	}
}

// Stopping an execution stops the children of its Map Run.
func TestStoppingAMapRun(t *testing.T) {
	b := newBench(t, Config{})
	arn := b.startMap("map wait", `[1, 2, 3]`)
	if err := b.Settle(b.ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Stop(b.ctx, arn, nil); err != nil {
		t.Fatal(err)
	}
	b.wantEmpty()
	r := b.onlyRun(arn)
	if r.Status != machine.Aborted || r.Items.Aborted != 3 {
		t.Errorf("the run is %v with %+v", r.Status, r.Items)
	}
	rows := b.children(r.ARN)
	if len(rows) != 3 {
		t.Fatalf("%d children", len(rows))
	}
	for _, row := range rows {
		if row.Status != machine.Aborted || row.Items != 1 || row.MapRun != r.ARN {
			t.Errorf("a child is %+v", row)
		}
	}
}

// Whenever the process ends, the run goes on with the next one: each child runs
// once, and the run ends as if nothing had happened.
func TestMapRunSurvivesRestarts(t *testing.T) {
	store := &unclosed{journal.NewMemory()}
	clock := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	arn := ""
	for step := range 6 {
		e := New(Config{Clock: NewVirtualClock(clock), Store: store, Tasks: echo, Program: programs, Log: quiet()})
		if err := e.Recover(); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		b := &bench{TB: t, Engine: e, ctx: ctx}
		if arn == "" {
			arn = b.startMap("map two", `[1, 2, 3, 4, 5, 6, 7]`)
		}
		clock = clock.Add(45 * time.Second)
		if err := b.Advance(ctx, 45*time.Second); err != nil {
			t.Fatal(err)
		}
		if step == 5 {
			v := b.wantStatus(arn, machine.Succeeded)
			if v.Output.String() != `[1,2,3,4,5,6,7]` {
				t.Errorf("output %s", v.Output)
			}
			if rows := b.children(b.onlyRun(arn).ARN); len(rows) != 7 {
				t.Errorf("%d children, want 7", len(rows))
			}
			b.wantEmpty()
		}
		if err := e.Close(ctx); err != nil {
			t.Fatal(err)
		}
		cancel()
	}
}

// An unclosed store outlives the engines that are opened on it.
type unclosed struct{ journal.Store }

func (unclosed) Close() error { return nil }

// Whenever an execution is stopped, also while its Map Run starts children, none
// of them is left behind.
func TestStoppingWhileChildrenStart(t *testing.T) {
	b := newBench(t, Config{})
	items := "[0" + strings.Repeat(",0", 299) + "]"
	for i := range 40 {
		r := request("map wait", fmt.Sprint(i), items)
		if _, err := b.Start(b.ctx, r); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Stop(b.ctx, r.Start.ARN, nil); err != nil {
			t.Fatal(err)
		}
	}
	b.wantEmpty()
}
