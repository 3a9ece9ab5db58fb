package emulator_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/ui"
	"github.com/aslocal/aslocal/value"
)

// This file tests how the pages compare executions.

// shownRows writes the rows of a comparison: "=" for the same, "≠" with what differs, "<" and
// ">" for what only the left or the right one has.
func shownRows(c *ui.Comparison) []string {
	var all []string
	for i := range c.Rows {
		r := &c.Rows[i]
		differs := strings.Join(r.Differs, " ")
		switch {
		case r.Right == nil:
			all = append(all, "< "+r.String())
		case r.Left == nil:
			all = append(all, "> "+r.String())
		case differs != "":
			all = append(all, "≠ "+r.String()+": "+differs)
		default:
			all = append(all, "= "+r.String())
		}
	}
	return all
}

func wantRows(t *testing.T, c *ui.Comparison, want ...string) {
	t.Helper()
	if got := shownRows(c); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestPagesCompareExecutions(t *testing.T) {
	em, b, machine, _ := tourist(t)
	left := started(t, em, machine, tourInput) // retries once
	em.Advance(5 * time.Second)
	em.Advance(time.Hour)
	right := started(t, em, machine, `{"order": {"id": 11}, "items": ["a", "x", "c"]}`)
	em.Advance(time.Hour)

	var c ui.Comparison
	b.get("comparison?left="+left+"&right="+right, &c)
	wantRows(t, &c,
		"≠ execution: input output",
		"≠ First: input output attempts duration",
		"≠ Large?: input output",
		"≠ Each: input output",
		"= Each[0]/Both",
		"= Each[0]/Both[0]/Left",
		"= Each[0]/Both[1]/Right",
		"≠ Each[1]/Both: input output",
		"≠ Each[1]/Both[0]/Left: input output",
		"≠ Each[1]/Both[1]/Right: input",
		"> Each[2]/Both",
		"> Each[2]/Both[0]/Left",
		"> Each[2]/Both[1]/Right",
		"≠ Rest: input output",
		"≠ Last: input output",
	)
	if c.First != 1 || c.Different != 11 || !c.SameDefinition || c.Left.ARN != left || c.Right.Status != "SUCCEEDED" || c.Rows[1].Left.Attempts != 2 {
		t.Errorf("first %d, different %d, definition %v, %+v", c.First, c.Different, c.SameDefinition, c.Rows[1].Left)
	}
	b.get("comparison?left="+left+"&right="+left, &c)
	if c.First != -1 || c.Different != 0 {
		t.Errorf("an execution differs from itself: %v", shownRows(&c))
	}

	// Another revision, and another way through it.
	if _, err := em.Register(emulator.Registration{Name: "tour", Definition: strings.Replace(tour, `"Cause": "10 or less"`, `"Cause": "too few"`, 1)}); err != nil {
		t.Fatal(err)
	}
	small := started(t, em, machine, `{"order": {"id": 3}, "items": []}`)
	b.get("comparison?left="+left+"&right="+small, &c)
	wantRows(t, &c,
		"≠ execution: input output outcome error duration",
		"≠ First: input output attempts duration",
		"≠ Large?: input output",
		"< Each", "< Each[0]/Both", "< Each[0]/Both[0]/Left", "< Each[0]/Both[1]/Right", "< Each[1]/Both", "< Each[1]/Both[0]/Left", "< Each[1]/Both[1]/Right",
		"< Rest", "< Last",
		"> Sorry",
	)
	if c.SameDefinition {
		t.Error("the definitions are said to be the same")
	}
	var data ui.ComparedVisit
	b.get(fmt.Sprintf("comparison/visit?left=%s&leftVisit=%d&right=%s&rightVisit=%d", left, c.Rows[1].Left.Visit, small, c.Rows[1].Right.Visit), &data)
	if !sameText(data.Left.Input, tourInput) || len(data.Left.Calls) != 2 || !sameText(data.Right.Input, `{"order":{"id":3},"items":[]}`) || !strings.Contains(data.Left.Definition, `"Retry"`) {
		t.Errorf("data: %+v, %+v", data.Left, data.Right)
	}
	data = ui.ComparedVisit{}
	b.get(fmt.Sprintf("comparison/visit?right=%s&rightVisit=-1", small), &data)
	if data.Left != nil || data.Right.Error != "TooSmall" || data.Right.Cause != "too few" {
		t.Errorf("data of an execution: %+v", data.Right)
	}

	for path, why := range map[string]string{
		"comparison?left=" + left:                           "ARNs of two",
		"comparison?left=" + left + "&right=" + left + "x":  "Does Not Exist",
		"comparison/visit?left=" + left + "&leftVisit=x":    "number of a visit",
		"comparison/visit?left=" + left + "&leftVisit=1000": "counted from 0",
		"comparison/visit?left=" + left + "&leftVisit=-2":   "counted from 0",
		"comparison/visit?left=" + left + "no&leftVisit=0":  "Does Not Exist",
	} {
		if status, _, text := b.request(http.MethodGet, "/_ui/api/"+path, "", nil); status != 400 || !strings.Contains(text, why) {
			t.Errorf("%s: %d %s", path, status, text)
		}
	}
}

// loop goes round n times.
const loop = `{"StartAt": "More?", "QueryLanguage": "JSONata", "States": {
  "More?": {"Type": "Choice", "Choices": [{"Condition": "{% $states.input.n > 0 %}", "Next": "One"}], "Default": "Done"},
  "One": {"Type": "Pass", "Output": "{% {'n': $states.input.n - 1} %}", "Next": "More?"},
  "Done": {"Type": "Succeed"}}}`

// Executions of many events are compared in a time that grows with them.
func BenchmarkCompareExecutions(b *testing.B) {
	em := emulator.RunT(b)
	machine, err := em.Register(emulator.Registration{Name: "loop", Definition: loop})
	if err != nil {
		b.Fatal(err)
	}
	left, right := started(b, em, machine, `{"n": 6000}`), started(b, em, machine, `{"n": 6001}`)
	var c ui.Comparison
	for b.Loop() {
		browser{b, em.URL()}.get("comparison?left="+left+"&right="+right, &c)
	}
	if c.Different != 12003 {
		b.Errorf("%d rows differ", c.Different)
	}
}

func TestPagesShowWaitsAndInputs(t *testing.T) {
	em, b, machine, _ := tourist(t)
	one := started(t, em, machine, tourInput)
	var waits ui.Waits
	b.get("waits?arn="+one, &waits) // the pause before the retry
	if len(waits.Waits) != 1 || waits.Waits[0] != (ui.Wait{Visit: 0, Due: waits.Now + 5000}) || !waits.Virtual || waits.Paused {
		t.Errorf("waits: %+v", waits)
	}
	em.Advance(5 * time.Second)
	em.Advance(10 * time.Minute)
	b.post("pause", ui.Target{ARN: one}, new(ui.Done))
	b.get("waits?arn="+one, &waits)
	if len(waits.Waits) != 1 || waits.Waits[0].Due != waits.Now+50*60_000 || !waits.Paused {
		t.Errorf("waits: %+v", waits)
	}
	b.post("resume", ui.Target{ARN: one}, new(ui.Done))
	em.Advance(time.Hour)
	b.get("waits?arn="+one, &waits)
	if len(waits.Waits) != 0 {
		t.Errorf("waits: %+v", waits)
	}

	long := `{"order": {"id": 3}, "items": [], "text": "` + strings.Repeat("x", 20_000) + `"}`
	two := started(t, em, machine, long)
	var inputs ui.RowInputs
	b.post("inputs", ui.Inputs{ARNs: []string{one, two, one + "x"}}, &inputs)
	if want := []ui.RowInput{{Input: tourInput, Bytes: len(tourInput)}, {Bytes: len(long)}, {}}; !slices.Equal(inputs.Inputs, want) {
		t.Errorf("inputs: %+v, want %+v", inputs.Inputs, want)
	}
	b.refused("inputs", ui.Inputs{ARNs: make([]string, 201)})
}

// A server that has no TestState does not tell how data went through a state; the page says so.
func TestPagesSayWhyThereIsNoFlow(t *testing.T) {
	em, _, machine, _ := tourist(t)
	arn := started(t, em, machine, tourInput)
	em.Advance(5 * time.Second)
	call := callerFunc(func(ctx context.Context, action string, in value.Value) (value.Value, error) {
		if action == "TestState" {
			return value.Value{}, ui.Refused(400, "unknown operation TestState")
		}
		_, answer := post(em.Emulator, action, in.String())
		return value.Parse(answer)
	})
	server := httptest.NewServer(emulator.NewViewer(ui.Config{API: call, Remote: "http://elsewhere:8083"}))
	defer server.Close()
	var detail ui.VisitDetail
	browser{t, server.URL}.get("visit?visit=0&arn="+arn, &detail)
	if !strings.Contains(detail.FlowNote, "not what is between them") || !strings.Contains(detail.FlowNote, "unknown operation TestState") || len(detail.Flow) == 0 || detail.Flow[0].Name != "Input" {
		t.Errorf("%q %+v", detail.FlowNote, detail.Flow)
	}
	// The comparison needs no more than the API.
	var c ui.Comparison
	browser{t, server.URL}.get("comparison?left="+arn+"&right="+arn, &c)
	if c.First != -1 || len(c.Rows) < 3 {
		t.Errorf("comparison: %v", shownRows(&c))
	}
}
