package emulator_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/ui"
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
