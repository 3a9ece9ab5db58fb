package emulator_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/emulator/ui"
	"github.com/aslocal/aslocal/value"
)

// saga has tasks in branches, in iterations, one that fails and is caught, one that is
// retried, and one that waits for its token.
const saga = `{"StartAt": "First", "States": {
  "First": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:first", "ResultPath": "$.first", "Retry": [{"ErrorEquals": ["Again"], "MaxAttempts": 1}], "Next": "Both"},
  "Both": {"Type": "Parallel", "ResultPath": "$.both", "Branches": [
    {"StartAt": "L", "States": {"L": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:l", "Parameters": {"side": "left"}, "End": true}}},
    {"StartAt": "E", "States": {"E": {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:i", "End": true}}}, "End": true}}}], "Next": "Bad"},
  "Bad": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:bad", "Catch": [{"ErrorEquals": ["Bad"], "ResultPath": "$.bad", "Next": "Token"}], "Next": "Token"},
  "Token": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "Parameters": {"FunctionName": "token", "Payload": {"token.$": "$$.Task.Token"}}, "ResultPath": "$.token", "Next": "Rest"},
  "Rest": {"Type": "Wait", "Seconds": 60, "Next": "Last"},
  "Last": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:last", "ResultPath": "$.last", "End": true}}}`

// callLog counts calls by function.
type callLog struct {
	mu     sync.Mutex
	calls  []string
	tokens []string
}

func (l *callLog) note(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = append(l.calls, name)
}

// take returns the calls since the last time, sorted.
func (l *callLog) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	slices.Sort(l.calls)
	text := strings.Join(l.calls, " ")
	l.calls = nil
	return text
}

func sagaOptions(l *callLog, store journal.Store) []emulator.Option {
	failed := false
	options := []emulator.Option{emulator.WithStore(store)}
	for _, name := range []string{"first", "l", "i", "bad", "token", "last"} {
		options = append(options, emulator.WithTask(name, func(_ context.Context, in value.Value) (value.Value, error) {
			l.note(name)
			switch {
			case name == "first" && !failed:
				failed = true
				return value.Value{}, &asl.Error{Name: "Again", Cause: "once"}
			case name == "bad":
				return value.Value{}, &asl.Error{Name: "Bad", Cause: "always"}
			case name == "token":
				l.mu.Lock()
				l.tokens = append(l.tokens, in.Get("token").Text())
				l.mu.Unlock()
			}
			return value.OfMembers("by", value.OfString(name), "of", in), nil
		}))
	}
	return options
}

func TestRerunFromAState(t *testing.T) {
	store, err := journal.OpenSQLite(filepath.Join(t.TempDir(), "x.db"), journal.Process)
	if err != nil {
		t.Fatal(err)
	}
	l := &callLog{}
	em, err := emulator.New(append(sagaOptions(l, store), emulator.WithVirtualClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)))...)
	if err != nil {
		t.Fatal(err)
	}
	machine, err := em.Register(emulator.Registration{Name: "saga", Definition: saga})
	if err != nil {
		t.Fatal(err)
	}
	advance := func(d time.Duration) {
		t.Helper()
		if err := em.Advance(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	page := func() localBrowser { return localBrowser{t, em} }
	arn, err := em.Start(t.Context(), machine, `{"items": [1, 2, 3]}`)
	if err != nil {
		t.Fatal(err)
	}
	advance(time.Second)
	page().post("answer", fmt.Sprintf(`{"id": %q, "output": "\"yes\""}`, l.tokens[0]), new(ui.Done))
	advance(time.Minute)
	end, err := em.Execution(arn)
	if err != nil || end.Status != "SUCCEEDED" || l.take() != "bad first first i i i l last token" {
		t.Fatalf("the first run: %+v, %v", end, err)
	}
	var visits ui.Visits
	page().get("visits?arn="+arn, &visits)
	number := func(state string) int {
		return slices.IndexFunc(visits.Visits, func(v ui.Visit) bool { return v.State == state })
	}
	for _, c := range []struct{ from, calls string }{
		{"Last", "last"},
		{"Rest", "last"},
		{"Bad", "bad token"},
		{"Both", "bad i i i l token"},
		{"First", "bad first first i i i l token"}, // as at the first time: it is tried again
	} {
		var s ui.Started
		page().post("rerun", fmt.Sprintf(`{"arn": %q, "name": "from-%s", "from": %d}`, arn, c.from, number(c.from)), &s)
		advance(0)
		if c.from == "Rest" { // it finds the results again after a restart
			if err := em.Close(); err != nil {
				t.Fatal(err)
			}
			if store, err = journal.OpenSQLite(store.Path(), journal.Process); err != nil {
				t.Fatal(err)
			}
			if em, err = emulator.New(append(sagaOptions(l, store), emulator.WithVirtualClock(time.Date(2026, 1, 1, 0, 2, 0, 0, time.UTC)))...); err != nil {
				t.Fatal(err)
			}
		}
		advance(time.Minute)
		if calls := l.take(); calls != c.calls {
			t.Errorf("from %s: calls of %s, want %s", c.from, calls, c.calls)
		}
		x, err := em.Execution(s.ARN)
		waits := strings.HasSuffix(c.calls, "token")
		if err != nil || waits != (x.Status == "RUNNING") || !waits && !value.Equal(value.MustParse(x.Output), value.MustParse(end.Output)) {
			t.Errorf("from %s: %+v, %v, want the output %s", c.from, x, err, end.Output)
		}
	}
	if err := em.Close(); err != nil {
		t.Fatal(err)
	}
}

// A rerun says of which execution it is one, and an execution which reruns it has; each can run
// the definition as it was or as it is.
func TestRerunsAreLinked(t *testing.T) {
	em, b, machine, calls := tourist(t)
	first := started(t, em, machine, tourInput)
	em.Advance(5 * time.Second)
	em.Advance(time.Hour)
	if _, err := em.Register(emulator.Registration{Name: "tour", Definition: strings.Replace(tour, `"Seconds": 3600`, `"Seconds": 60`, 1)}); err != nil {
		t.Fatal(err)
	}
	*calls = 10 // none fails any more
	rest := 0
	var visits ui.Visits
	b.get("visits?arn="+first, &visits)
	for _, v := range visits.Visits {
		if v.State == "Rest" {
			rest = v.Number
		}
	}
	var want []string
	for _, c := range []struct {
		name, definition string
		from             *int
		waits            int64 // in Rest, milliseconds
		calls            int
	}{
		{"same", "", nil, 60_000, 2},
		{"same-then", "then", nil, 3_600_000, 2},
		{"from", "", &rest, 3_600_000, 1},
		{"from-now", "now", &rest, 60_000, 1},
	} {
		before := *calls
		var s ui.Started
		b.post("rerun", ui.Rerun{ARN: first, Name: c.name, From: c.from, Definition: c.definition}, &s)
		want = append([]string{c.name}, want...)
		em.Advance(time.Hour)
		var x ui.Execution
		b.get("execution?arn="+s.ARN, &x)
		if x.RerunOf != first || x.TestCase != "" || x.Status != "SUCCEEDED" || x.Stopped-x.Started != c.waits || *calls-before != c.calls {
			t.Errorf("%s: of %q, %s in %d ms with %d calls", c.name, x.RerunOf, x.Status, x.Stopped-x.Started, *calls-before)
		}
		if definition := c.definition == "now" || c.definition == "" && c.from == nil; x.Changed == definition {
			t.Errorf("%s: changed since: %v", c.name, x.Changed)
		}
	}
	var reruns ui.Executions
	b.get("reruns?arn="+first, &reruns)
	var got []string
	for _, row := range reruns.Executions {
		got = append(got, row.Name)
	}
	if !slices.Equal(got, want) {
		t.Errorf("reruns: %v, want %v", got, want)
	}
	if _, err := em.Register(emulator.Registration{Name: "tour", Definition: strings.ReplaceAll(tour, `"Rest"`, `"Pause"`)}); err != nil {
		t.Fatal(err)
	}
	if why := b.refused("rerun", ui.Rerun{ARN: first, From: &rest, Definition: "now"}); !strings.Contains(why.Message, `no state named "Rest"`) {
		t.Errorf("refusal: %+v", why)
	}
	if why := b.refused("rerun", ui.Rerun{ARN: first, Definition: "later"}); !strings.Contains(why.Message, `"then"`) {
		t.Errorf("refusal: %+v", why)
	}
}
