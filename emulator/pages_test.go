package emulator_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/ui"
	"github.com/aslocal/aslocal/value"
)

// This file tests the private API of the pages on an emulator.

// A browser asks for pages as one on this machine does.
type browser struct {
	tb  testing.TB
	url string
}

func (b browser) request(method, path, body string, change func(*http.Request)) (int, http.Header, string) {
	b.tb.Helper()
	r, err := http.NewRequest(method, b.url+path, strings.NewReader(body))
	if err != nil {
		b.tb.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Aslocal", "1")
	}
	if change != nil {
		change(r)
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		b.tb.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		b.tb.Fatal(err)
	}
	return answer.StatusCode, answer.Header, string(text)
}

// get reads an answer of the API into out.
func (b browser) get(path string, out any) {
	b.tb.Helper()
	b.read(http.MethodGet, path, "", out)
}

func (b browser) post(path string, in, out any) {
	b.tb.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		b.tb.Fatal(err)
	}
	b.read(http.MethodPost, path, string(body), out)
}

func (b browser) read(method, path, body string, out any) {
	b.tb.Helper()
	status, _, text := b.request(method, "/_ui/api/"+path, body, nil)
	if status != http.StatusOK {
		b.tb.Fatalf("%s %s: %d %s", method, path, status, text)
	}
	if err := json.Unmarshal([]byte(text), out); err != nil {
		b.tb.Fatalf("%s: %v in %.200s", path, err, text)
	}
}

// refused posts what must be refused, and returns the refusal.
func (b browser) refused(path string, in any) ui.Refusal {
	b.tb.Helper()
	body, _ := json.Marshal(in)
	status, _, text := b.request(http.MethodPost, "/_ui/api/"+path, string(body), nil)
	var why ui.Refusal
	if err := json.Unmarshal([]byte(text), &why); err != nil || status < 400 || why.Message == "" {
		b.tb.Fatalf("%s: %d %s, want a refusal", path, status, text)
	}
	return why
}

// tour has a state of most types, a retry, and branches in iterations.
const tour = `{"Comment": "the tour", "StartAt": "First", "States": {
  "First": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:echo", "InputPath": "$.order", "ResultSelector": {"got.$": "$.id"}, "ResultPath": "$.first",
    "Retry": [{"ErrorEquals": ["Again"], "IntervalSeconds": 5, "MaxAttempts": 2}], "Next": "Large?"},
  "Large?": {"Type": "Choice", "Choices": [{"Variable": "$.first.got", "NumericGreaterThan": 10, "Next": "Each"}], "Default": "Sorry"},
  "Each": {"Type": "Map", "ItemsPath": "$.items", "ResultPath": "$.each", "ItemProcessor": {"StartAt": "Both", "States": {"Both": {"Type": "Parallel", "End": true, "Branches": [
    {"StartAt": "Left", "States": {"Left": {"Type": "Pass", "End": true}}}, {"StartAt": "Right", "States": {"Right": {"Type": "Pass", "Result": "r", "End": true}}}]}}}, "Next": "Rest"},
  "Rest": {"Type": "Wait", "Seconds": 3600, "Next": "Last"},
  "Last": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:echo", "InputPath": "$.order", "ResultPath": "$.last", "End": true},
  "Sorry": {"Type": "Fail", "Error": "TooSmall", "Cause": "10 or less"}}}`

const tourInput = `{"order": {"id": 11}, "items": ["a", "b"]}`

// tourist is an emulator with the tour, whose function fails once with Again.
func tourist(tb testing.TB, options ...emulator.Option) (em *emulator.TestEmulator, b browser, machine string, calls *int) {
	calls = new(int)
	echo := func(_ context.Context, in value.Value) (value.Value, error) {
		if *calls++; *calls == 1 {
			return value.Value{}, &asl.Error{Name: "Again", Cause: "once"}
		}
		return in, nil
	}
	em = emulator.RunT(tb, append([]emulator.Option{emulator.WithTask("echo", echo)}, options...)...)
	machine, err := em.Register(emulator.Registration{Name: "tour", Definition: tour, Tags: map[string]string{"aslocal:file": "tour.asl.json"}})
	if err != nil {
		tb.Fatal(err)
	}
	return em, browser{tb, em.URL()}, machine, calls
}

func started(tb testing.TB, em *emulator.TestEmulator, machine, input string) string {
	tb.Helper()
	arn, err := em.Start(tb.Context(), machine, input)
	if err != nil {
		tb.Fatal(err)
	}
	em.Advance(0)
	return arn
}

func TestPagesShowMachinesAndExecutions(t *testing.T) {
	em, b, machine, _ := tourist(t)
	em.SetNotes(map[string]string{"tour": "stale: gone"})
	em.SetProblems([]string{"broken.asl.json:14:13: no state named \"X\"\n  14 | Next: X", "a problem without a place"})
	good := started(t, em, machine, tourInput)
	em.Advance(5 * time.Second)
	em.Advance(time.Hour)
	bad := started(t, em, machine, `{"order": {"id": 3}, "items": []}`)

	var overview ui.Overview
	b.get("overview", &overview)
	if overview.Machines != 1 || overview.Region != "us-east-1" || !overview.Virtual || len(overview.Demos) != 3 || overview.ReadOnly {
		t.Errorf("overview: %+v", overview)
	}
	var machines ui.Machines
	b.get("machines", &machines)
	m := machines.Machines[0]
	if m.Name != "tour" || m.Source != "tour.asl.json" || m.Note != "stale: gone" || len(m.Runs) != 2 || m.Runs[0].Status != "FAILED" || m.P50 != 3_605_000 {
		t.Errorf("machine: %+v", m)
	}
	if p := machines.Problems; len(p) != 2 || p[0].Place != "broken.asl.json:14:13" || !strings.HasPrefix(p[0].Text, "no state named") || p[1].Place != "" {
		t.Errorf("problems: %+v", machines.Problems)
	}
	var detail ui.MachineDetail
	b.get("machine?arn="+machine, &detail)
	if detail.Definition != tour || detail.Comment != "the tour" || !bytes.Contains(detail.Graph, []byte(`"/States/Each"`)) || !sameText(detail.Skeleton, `{"order":{},"items":[]}`) {
		t.Errorf("machine: skeleton %s, graph %.100s", detail.Skeleton, detail.Graph)
	}
	status, header, svg := b.request(http.MethodGet, "/_ui/api/graph.svg?theme=dark&arn="+machine, "", nil)
	if status != 200 || header.Get("Content-Type") != "image/svg+xml" || !strings.Contains(header.Get("Content-Security-Policy"), "sandbox") || !strings.Contains(svg, "<svg") {
		t.Errorf("thumbnail: %d %v %.80s", status, header, svg)
	}

	var x ui.Execution
	b.get("execution?arn="+good, &x)
	if x.Status != "SUCCEEDED" || x.Input != tourInput || x.MachineName != "tour" || x.Changed || x.Source != "tour.asl.json" || x.Events < 20 || !bytes.Contains(x.Graph, []byte("Sorry")) {
		t.Errorf("execution: %+v", x)
	}
	b.get("execution?arn="+bad, &x)
	if x.Status != "FAILED" || x.Error != "TooSmall" || x.Cause != "10 or less" || !x.Redrivable {
		t.Errorf("execution: %+v", x)
	}
	if _, err := em.Register(emulator.Registration{Name: "tour", Definition: strings.Replace(tour, "the tour", "another", 1)}); err != nil {
		t.Fatal(err)
	}
	b.get("execution?arn="+bad, &x)
	if !x.Changed {
		t.Error("the execution does not say that its state machine has changed")
	}
}

func sameText(a, b string) bool {
	v, err := value.Parse(a)
	return err == nil && value.Equal(v, value.MustParse(b))
}

func TestPagesShowHistories(t *testing.T) {
	em, b, machine, _ := tourist(t)
	arn := started(t, em, machine, tourInput)
	em.Advance(5 * time.Second)
	em.Advance(time.Hour)

	var all, page ui.History
	b.get("history?limit=25000&arn="+arn, &all)
	events := em.History(arn)
	if len(events) != len(all.Events) || all.Last != int64(len(events)) || all.More {
		t.Fatalf("%d events, last %d; want %d", len(all.Events), all.Last, len(events))
	}
	nested := 0
	for i, e := range all.Events {
		if e.ID != events[i].ID || e.Type != events[i].Type || e.At != events[i].Timestamp.UnixMilli() {
			t.Errorf("event %d: %+v", i, e)
		}
		if len(e.Path) == 2 && e.Path[0].State == "Each" && e.Path[1].Kind == "Parallel" && e.Visit >= 0 {
			nested++
		}
	}
	if nested != 8 {
		t.Errorf("%d events in branches of iterations, want 8", nested)
	}
	b.get("history?limit=3&after=4&arn="+arn, &page)
	if len(page.Events) != 3 || page.Events[0].ID != 5 || !page.More || page.Last != all.Last {
		t.Errorf("page: %+v", page)
	}

	var visits ui.Visits
	b.get("visits?arn="+arn, &visits)
	first := visits.Visits[0]
	if first.State != "First" || first.Pointer != "/States/First" || first.Outcome != "succeeded" || len(first.Attempts) != 2 || first.Attempts[0].Error != "Again" || first.Attempts[0].Retrier != 0 {
		t.Errorf("visit: %+v", first)
	}
	if visits.Transitions != 12 { // 5 at the root, 2 iterations of 3, 1 retry
		t.Errorf("%d transitions, want 12", visits.Transitions)
	}
	left := slices.IndexFunc(visits.Visits, func(v ui.Visit) bool { return v.State == "Left" && v.Path[0].Index == 1 })
	if v := visits.Visits[left]; v.Pointer != "/States/Each/ItemProcessor/States/Both/Branches/0/States/Left" || visits.Visits[v.In].State != "Both" {
		t.Errorf("visit: %+v", v)
	}

	var d ui.VisitDetail
	b.get("visit?visit=0&arn="+arn, &d)
	flow := ""
	for _, s := range d.Flow {
		flow += s.Name + " " + s.Data + "\n"
	}
	want := "Input " + tourInput + "\n" + `InputPath {"id":11}` + "\n" + `Result {"id":11}` + "\n" + `ResultSelector {"got":11}` + "\n" +
		`ResultPath {"order":{"id":11},"items":["a","b"],"first":{"got":11}}` + "\n" + `Output {"order":{"id":11},"items":["a","b"],"first":{"got":11}}` + "\n"
	if compact(flow) != compact(want) || d.FlowNote != "" || len(d.Calls) != 2 || d.Calls[1].Output != `{"id":11}` || !strings.Contains(d.Definition, "InputPath") {
		t.Errorf("flow:\n%s\nwant:\n%s\n%+v", flow, want, d)
	}
	b.get(fmt.Sprintf("visit?visit=%d&arn=%s", left, arn), &d)
	if item := value.MustParse(d.Context).Get("Map").Get("Item"); item.Get("Index").String() != "1" || item.Get("Value").String() != `"b"` {
		t.Errorf("context object: %s", d.Context)
	}
	each := slices.IndexFunc(visits.Visits, func(v ui.Visit) bool { return v.State == "Each" })
	b.get(fmt.Sprintf("visit?visit=%d&arn=%s", each, arn), &d)
	if last := d.Flow[len(d.Flow)-1]; last.Name != "Output" || !last.Recorded || !strings.Contains(last.Data, `"each":[["a","r"],["b","r"]]`) || d.FlowNote != "" {
		t.Errorf("flow of the Map: %+v %s", d.Flow, d.FlowNote)
	}

	_, header, text := b.request(http.MethodGet, "/_ui/api/export?arn="+arn, "", nil)
	if !strings.HasPrefix(header.Get("Content-Disposition"), "attachment; filename=history-") {
		t.Errorf("export: %v", header)
	}
	var imported ui.Imported
	b.post("import", ui.Import{History: text, Definition: tour}, &imported)
	if len(imported.History.Events) != len(all.Events) || imported.Execution.Status != "SUCCEEDED" || imported.Execution.Output == "" || len(imported.Details) != len(visits.Visits) {
		t.Fatalf("imported: %+v", imported.Execution)
	}
	for i, v := range imported.Visits.Visits {
		if w := visits.Visits[i]; v.State != w.State || v.Pointer != w.Pointer || v.Outcome != w.Outcome || len(v.Attempts) != len(w.Attempts) || v.In != w.In {
			t.Errorf("imported visit %+v, want %+v", v, w)
		}
	}
}

// compact takes the white space out of a text.
func compact(text string) string { return strings.Join(strings.Fields(text), "") }

func TestPagesListExecutions(t *testing.T) {
	em := emulator.RunT(t)
	b := browser{t, em.URL()}
	machine, err := em.Register(emulator.Registration{Name: "m", Definition: `{"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [{"Variable": "$.ok", "BooleanEquals": true, "Next": "B"}], "Default": "C"},
		"B": {"Type": "Succeed"}, "C": {"Type": "Fail"}}}`})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 30 {
		b.post("start", ui.Start{Machine: machine, Name: fmt.Sprintf("run-%02d", i), Input: fmt.Sprintf(`{"ok": %v}`, i%3 > 0)}, new(ui.Started))
		em.Advance(time.Second)
	}
	began := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	for _, c := range []struct {
		query string
		want  int
	}{
		{"", 30}, {"machine=" + machine, 30}, {"status=FAILED", 10}, {"status=FAILED,SUCCEEDED", 30}, {"status=RUNNING", 0}, {"q=RUN-1", 10}, {"q=run-1&status=FAILED,ABORTED", 3},
		{fmt.Sprintf("from=%d&to=%d", began+5_000, began+9_000), 5}, {"q=nothing", 0},
	} {
		var names []string
		next, pages := "", 0
		for pages = range 20 {
			var page ui.Executions
			b.get("executions?limit=4&next="+url.QueryEscape(next)+"&"+c.query, &page)
			for _, x := range page.Executions {
				names = append(names, x.Name)
			}
			if next = page.Next; next == "" {
				break
			}
		}
		if len(names) != c.want || !slices.IsSortedFunc(names, func(a, b string) int { return strings.Compare(b, a) }) {
			t.Errorf("%s: %d executions on %d pages: %v; want %d, the newest first", c.query, len(names), pages+1, names, c.want)
		}
	}
}

func TestPagesAct(t *testing.T) {
	em, b, machine, calls := tourist(t)
	var one, two ui.Started
	b.post("start", ui.Start{Machine: machine, Name: "one", Input: tourInput}, &one)
	em.Advance(0)

	// The pause before the retry and the Wait are skipped.
	b.post("skip-wait", ui.SkipWait{ARN: one.ARN, Visit: 0}, new(ui.Done))
	em.Advance(0)
	var visits ui.Visits
	b.get("visits?arn="+one.ARN, &visits)
	rest := slices.IndexFunc(visits.Visits, func(v ui.Visit) bool { return v.State == "Rest" })
	if rest < 0 || visits.Visits[rest].Outcome != "open" || visits.Visits[rest].Due == 0 {
		t.Fatalf("visits: %+v", visits)
	}
	if why := b.refused("skip-wait", ui.SkipWait{ARN: one.ARN, Visit: 0}); !strings.Contains(why.Message, "does not wait") {
		t.Errorf("refusal: %+v", why)
	}

	// It is paused, and goes on.
	b.post("pause", ui.Target{ARN: one.ARN}, new(ui.Done))
	var x ui.Execution
	b.get("execution?arn="+one.ARN, &x)
	if !x.Paused {
		t.Error("the execution is not paused")
	}
	b.refused("skip-wait", ui.SkipWait{ARN: one.ARN, Visit: rest})
	b.post("advance", ui.Advance{Milliseconds: 7_200_000}, new(ui.Done))
	b.get("execution?arn="+one.ARN, &x)
	if x.Status != "RUNNING" {
		t.Errorf("the paused execution is %s", x.Status)
	}
	b.post("resume", ui.Target{ARN: one.ARN}, new(ui.Done))
	em.Advance(0)
	b.get("execution?arn="+one.ARN, &x)
	if x.Status != "SUCCEEDED" || x.Paused || *calls != 3 {
		t.Errorf("after the pause: %s, %d calls", x.Status, *calls)
	}
	b.refused("pause", ui.Target{ARN: one.ARN})
	b.refused("resume", ui.Target{ARN: one.ARN})

	// From Rest on: First is not called again, Last is.
	b.post("rerun", ui.Rerun{ARN: one.ARN, Name: "two", From: &rest}, &two)
	em.Advance(0)
	if *calls != 3 {
		t.Errorf("%d calls: First was called again", *calls)
	}
	em.Advance(time.Hour)
	b.get("execution?arn="+two.ARN, &x)
	if x.Status != "SUCCEEDED" || x.RerunOf != one.ARN || *calls != 4 || x.TestCase != "" {
		t.Errorf("rerun: %s of %q, %d calls", x.Status, x.RerunOf, *calls)
	}
	inside := slices.IndexFunc(visits.Visits, func(v ui.Visit) bool { return v.State == "Left" })
	b.refused("rerun", ui.Rerun{ARN: one.ARN, From: &inside})

	// With another input it fails, and is redriven to no avail.
	small := `{"order": {"id": 1}, "items": []}`
	b.post("rerun", ui.Rerun{ARN: one.ARN, Input: &small}, &two)
	em.Advance(0)
	b.get("execution?arn="+two.ARN, &x)
	if x.Status != "FAILED" || x.Input != small {
		t.Errorf("rerun: %s with %s", x.Status, x.Input)
	}
	b.post("redrive", ui.Target{ARN: two.ARN}, new(ui.Done))
	em.Advance(0)
	b.get("execution?arn="+two.ARN, &x)
	if x.Status != "FAILED" || x.Redrives != 1 {
		t.Errorf("redriven: %s, %d redrives", x.Status, x.Redrives)
	}

	b.post("start", ui.Start{Machine: machine, Input: tourInput}, &two)
	b.post("stop", ui.Stop{ARN: two.ARN, Error: "Enough", Cause: "of it"}, new(ui.Done))
	b.get("execution?arn="+two.ARN, &x)
	if x.Status != "ABORTED" || x.Error != "Enough" {
		t.Errorf("stopped: %s %s", x.Status, x.Error)
	}
	if why := b.refused("start", ui.Start{Machine: machine, Input: "{"}); why.Code != "InvalidExecutionInput" {
		t.Errorf("refusal: %+v", why)
	}
}

func TestPagesAnswerTasks(t *testing.T) {
	notify := func(_ context.Context, in value.Value) (value.Value, error) { return in, nil }
	em := emulator.RunT(t, emulator.WithPendingTasks(), emulator.WithTask("notify", notify))
	b := browser{t, em.URL()}
	create := value.OfMembers("name", value.OfString("work"))
	_, _, text := b.request(http.MethodPost, "/", create.String(), func(r *http.Request) {
		r.Header.Set("X-Amz-Target", "AWSStepFunctions.CreateActivity")
		r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	})
	activity := value.MustParse(text).Get("activityArn").Text()
	machine, err := em.Register(emulator.Registration{Name: "m", Definition: fmt.Sprintf(`{"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Branches": [
		{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": %q, "End": true}}},
		{"StartAt": "H", "States": {"H": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:none", "End": true}}},
		{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "Parameters": {"FunctionName": "notify", "Payload": {"t.$": "$$.Task.Token"}}, "End": true}}}]}}}`, activity)})
	if err != nil {
		t.Fatal(err)
	}
	arn := started(t, em, machine, `{"n": 1}`)
	var pending ui.Pending
	b.get("pending", &pending)
	ids := make(map[string]string)
	for _, task := range pending.Tasks {
		ids[task.Kind+" "+task.State] = task.ID
		if task.Execution != arn || task.Machine != machine || task.Since == 0 || task.Input == "" {
			t.Errorf("task: %+v", task)
		}
	}
	if len(ids) != 3 || ids["activity A"] == "" || ids["held H"] == "" || ids["token T"] == "" || len(pending.Activities) != 1 || pending.Activities[0].Waiting != 1 {
		t.Fatalf("pending: %+v", pending)
	}
	b.refused("answer", ui.Answer{ID: ids["held H"], Output: "{"})
	b.refused("answer", ui.Answer{ID: ids["token T"], Output: "{"})
	b.refused("answer", ui.Answer{ID: "nothing", Output: "{}"})
	for kind, id := range ids {
		b.post("answer", ui.Answer{ID: id, Output: fmt.Sprintf(`{"by": %q}`, kind)}, new(ui.Done))
	}
	em.Advance(0)
	var x ui.Execution
	b.get("execution?arn="+arn, &x)
	if x.Status != "SUCCEEDED" || !sameText(x.Output, `[{"by":"activity A"},{"by":"held H"},{"by":"token T"}]`) {
		t.Errorf("answered: %s %s", x.Status, x.Output)
	}
	arn = started(t, em, machine, `{"n": 2}`)
	b.get("pending", &pending)
	for _, task := range pending.Tasks {
		if task.Kind == "activity" {
			b.post("fail", ui.Fail{ID: task.ID, Error: "No", Cause: "by hand"}, new(ui.Done))
		}
	}
	em.Advance(0)
	b.get("execution?arn="+arn, &x)
	if x.Status != "FAILED" || x.Error != "No" {
		t.Errorf("failed: %s %s", x.Status, x.Error)
	}
}

// Hostile and wrong requests are refused with a reason, and nothing happens.
func TestPagesRefuse(t *testing.T) {
	em, b, machine, _ := tourist(t)
	start := fmt.Sprintf(`{"machine": %q}`, machine)
	for _, c := range []struct {
		name, method, path, body string
		change                   func(*http.Request)
		want                     int
	}{
		{"another host", "GET", "api/overview", "", func(r *http.Request) { r.Host = "evil.example" }, 403},
		{"another origin", "POST", "api/start", start, func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") }, 403},
		{"another site", "GET", "api/overview", "", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, 403},
		{"a stream from another site", "GET", "stream", "", func(r *http.Request) { r.Header.Set("Origin", "null") }, 403},
		{"a form", "POST", "api/start", start, func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, 415},
		{"no content type", "POST", "api/start", start, func(r *http.Request) { r.Header.Del("Content-Type") }, 415},
		{"no header of ours", "POST", "api/start", start, func(r *http.Request) { r.Header.Del("X-Aslocal") }, 403},
		{"a change by GET", "GET", "api/start", "", nil, 405},
		{"another method", "DELETE", "api/overview", "", nil, 405},
		{"a preflight", "OPTIONS", "api/start", "", nil, 405},
		{"no such path", "GET", "api/nothing", "", nil, 404},
		{"no such page", "GET", "nothing", "", nil, 404},
		{"an unknown member", "POST", "api/start", `{"machine": "m", "x": 1}`, nil, 400},
		{"a member of another type", "POST", "api/start", `{"machine": 1}`, nil, 400},
		{"no object", "POST", "api/start", `[]`, nil, 400},
		{"something behind it", "POST", "api/start", start + "{}", nil, 400},
		{"no JSON", "POST", "api/start", "{", nil, 400},
		{"parameters of a POST", "POST", "api/start?x=1", start, nil, 400},
		{"a body without end", "POST", "api/start", `{"machine": "` + strings.Repeat("x", 5<<20), nil, 413},
		{"an unknown parameter", "GET", "api/machines?x=1", "", nil, 400},
		{"a parameter twice", "GET", "api/machine?arn=a&arn=b", "", nil, 400},
		{"parameters that are long", "GET", "api/executions?q=" + strings.Repeat("x", 17<<10), "", nil, 400},
		{"a wrong number", "GET", "api/history?limit=-1&arn=x", "", nil, 400},
		{"a wrong status", "GET", "api/executions?status=DONE", "", nil, 400},
		{"a wrong token", "GET", "api/executions?next=zz", "", nil, 400},
		{"a negative token", "GET", "api/executions?next=-1~5", "", nil, 400},
		{"no execution", "GET", "api/execution?arn=arn:aws:states:us-east-1:123456789012:execution:tour:none", "", nil, 400},
		{"no ARN", "GET", "api/visits?arn=x", "", nil, 400},
		{"no visit", "GET", "api/visit?visit=x&arn=x", "", nil, 400},
		{"no theme", "GET", "api/graph.svg?theme=%3Cscript%3E&arn=" + machine, "", nil, 400},
		{"no language", "POST", "api/evaluate", `{"language": "SQL"}`, nil, 400},
		{"an advance back", "POST", "api/advance", `{"milliseconds": -1}`, nil, 400},
		{"no demo", "POST", "api/demo", `{"name": "../order"}`, nil, 404},
		{"too many followed", "GET", "stream?" + strings.Repeat("follow=a&", 17), "", nil, 400},
		{"a wrong event id", "GET", "stream?follow=a&after=x", "", nil, 400},
		{"an unknown parameter of the stream", "GET", "stream?x=1", "", nil, 400},
		{"a stream by POST", "POST", "stream", "{}", nil, 405},
		{"a history of nothing", "POST", "api/import", `{"history": "{}"}`, nil, 400},
		{"a history with a hole", "POST", "api/import", `{"history": "[{\"id\": 2, \"timestamp\": 1, \"type\": \"ExecutionStarted\"}]"}`, nil, 400},
		{"a history that points ahead", "POST", "api/import", `{"history": "[{\"id\": 1, \"previousEventId\": 7, \"timestamp\": 1, \"type\": \"ExecutionStarted\"}]"}`, nil, 400},
		{"a history of no type", "POST", "api/import", `{"history": "[{\"id\": 1, \"timestamp\": 1, \"type\": \"<b>\"}]"}`, nil, 400},
		{"a definition with mistakes", "POST", "api/import", `{"history": "[{\"id\": 1, \"timestamp\": 1, \"type\": \"ExecutionStarted\"}]", "definition": "{"}`, nil, 400},
		{"a file outside", "GET", "static/..%2f..%2fui.go", "", nil, 404},
		{"a folder", "GET", "static/core", "", nil, 404},
		{"a hidden file", "GET", "static/.x.js", "", nil, 404},
		{"a file by POST", "POST", "static/app.js", "", nil, 405},
	} {
		status, header, text := b.request(c.method, "/_ui/"+c.path, c.body, c.change)
		if status != c.want || header.Get("Access-Control-Allow-Origin") != "" || len(text) > 2000 {
			t.Errorf("%s: %d %.200s, want %d", c.name, status, text, c.want)
		}
	}
	var all ui.Executions
	b.get("executions", &all)
	if len(all.Executions) != 0 {
		t.Errorf("the refused requests have started %d executions", len(all.Executions))
	}
	_ = em
}

func TestPageOrText(t *testing.T) {
	for _, c := range []struct {
		accept, kind string
		options      []emulator.Option
	}{
		{"text/html,application/xhtml+xml;q=0.9", "text/html; charset=utf-8", nil},
		{"*/*", "text/plain; charset=utf-8", nil},
		{"", "text/plain; charset=utf-8", nil},
		{"text/html", "text/plain; charset=utf-8", []emulator.Option{emulator.WithoutUI()}},
	} {
		em := emulator.RunT(t, c.options...)
		status, header, _ := browser{t, em.URL()}.request("GET", "/", "", func(r *http.Request) { r.Header.Set("Accept", c.accept) })
		if status != 200 || header.Get("Content-Type") != c.kind {
			t.Errorf("Accept %q: %d %s, want %s", c.accept, status, header.Get("Content-Type"), c.kind)
		}
	}
	em := emulator.RunT(t, emulator.WithoutUI())
	if status, _, _ := (browser{t, em.URL()}).request("GET", "/_ui/api/overview", "", nil); status == 200 {
		t.Error("without pages, their API answers")
	}
}

func TestPagesOfAnotherServer(t *testing.T) {
	em, own, machine, _ := tourist(t)
	arn := started(t, em, machine, tourInput)
	em.Advance(5 * time.Second)
	call := callerFunc(func(ctx context.Context, action string, in value.Value) (value.Value, error) {
		status, answer := post(em.Emulator, action, in.String())
		if status != http.StatusOK {
			return value.Value{}, errors.New(answer)
		}
		return value.Parse(answer)
	})
	server := httptest.NewServer(emulator.NewViewer(ui.Config{API: call, Remote: "http://elsewhere:8083", Pages: nil}))
	defer server.Close()
	b := browser{t, server.URL}
	var overview ui.Overview
	b.get("overview", &overview)
	if !overview.ReadOnly || overview.Remote != "http://elsewhere:8083" || overview.Machines != 1 {
		t.Errorf("overview: %+v", overview)
	}
	var x, y ui.Execution
	b.get("execution?arn="+arn, &x)
	own.get("execution?arn="+arn, &y)
	if x.Status != y.Status || x.Events != y.Events || x.Definition != y.Definition {
		t.Errorf("execution: %+v, want %+v", x, y)
	}
	var v, w ui.Visits
	b.get("visits?arn="+arn, &v)
	own.get("visits?arn="+arn, &w)
	for i := range w.Visits {
		if v.Visits[i].State != w.Visits[i].State || v.Visits[i].Pointer != w.Visits[i].Pointer || v.Visits[i].Outcome != w.Visits[i].Outcome {
			t.Errorf("visit: %+v, want %+v", v.Visits[i], w.Visits[i])
		}
	}
	var rows ui.Executions
	b.get("executions", &rows)
	if len(rows.Executions) != 1 {
		t.Errorf("executions: %+v", rows)
	}
	for _, path := range []string{"start", "stop", "redrive", "rerun", "answer", "fail", "skip-wait", "advance", "pause", "resume", "demo"} {
		if status, _, text := b.request("POST", "/_ui/api/"+path, "{}", nil); status != http.StatusForbidden {
			t.Errorf("%s: %d %s, want 403", path, status, text)
		}
	}
}

type callerFunc func(context.Context, string, value.Value) (value.Value, error)

func (f callerFunc) Call(ctx context.Context, action string, in value.Value) (value.Value, error) {
	return f(ctx, action, in)
}

// A reader reads a stream of server-sent events.
type reader struct {
	tb    testing.TB
	lines *bufio.Scanner
	id    string
}

func stream(tb testing.TB, address, query, lastID string) *reader {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), 30*time.Second)
	tb.Cleanup(cancel)
	r, _ := http.NewRequestWithContext(ctx, http.MethodGet, address+"/_ui/stream?"+query, nil)
	if lastID != "" {
		r.Header.Set("Last-Event-ID", lastID)
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { answer.Body.Close() })
	if kind := answer.Header.Get("Content-Type"); kind != "text/event-stream" {
		tb.Fatalf("the stream is %s %q", answer.Status, kind)
	}
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 16<<20)
	lines.Scan() // retry
	return &reader{tb: tb, lines: lines}
}

// next returns the next message of a kind.
func (r *reader) next(kind string, out any) {
	r.tb.Helper()
	event := ""
	for r.lines.Scan() {
		name, text, _ := strings.Cut(r.lines.Text(), ": ")
		switch {
		case name == "id":
			r.id = text
		case name == "event":
			event = text
		case name == "data" && event == kind:
			if err := json.Unmarshal([]byte(text), out); err != nil {
				r.tb.Fatal(err)
			}
			return
		}
	}
	r.tb.Fatalf("the stream has ended without %s: %v", kind, r.lines.Err())
}

func TestStream(t *testing.T) {
	em, b, machine, _ := tourist(t)
	arn := started(t, em, machine, tourInput)
	live := stream(t, em.URL(), "follow="+arn, "")
	em.Advance(5 * time.Second) // the retry
	var events []ui.Event
	var happened ui.EventsHappened
	for events == nil || events[len(events)-1].Type != "WaitStateEntered" {
		live.next("events", &happened)
		events = append(events, happened.Events...)
	}
	var all ui.History
	b.get("history?arn="+arn, &all)
	if events[0].ID != 6 || len(events) != int(all.Last)-5 || live.id != fmt.Sprint(all.Last) {
		t.Errorf("%d events from %d on, id %s; the history has %d, of which 5 were before the stream", len(events), events[0].ID, live.id, all.Last)
	}
	for i, e := range events {
		want, _ := json.Marshal(all.Events[i+5])
		if got, _ := json.Marshal(e); !bytes.Equal(got, want) {
			t.Errorf("event %s, want %s", got, want)
		}
	}

	// Who comes back gets what it has missed, and then the end.
	em.Advance(time.Hour)
	again := stream(t, em.URL(), "follow="+arn+"&follow=arn:none", "12,0")
	for happened.Ended == "" {
		again.next("events", &happened)
		if len(happened.Events) > 0 && happened.Events[0].ID == 13 {
			events = happened.Events
		}
	}
	if events[0].ID != 13 || happened.Ended != "SUCCEEDED" || !strings.HasSuffix(again.id, ",0") {
		t.Errorf("from event %d to %q, id %s", events[0].ID, happened.Ended, again.id)
	}

	// All pages are told of other executions, and of state machines.
	b.post("start", ui.Start{Machine: machine, Name: "other", Input: tourInput}, new(ui.Started))
	var changed ui.ExecutionsChanged
	i := -1
	for i < 0 { // it may be told together with the end of the first one
		again.next("executions", &changed)
		i = slices.IndexFunc(changed.Executions, func(r ui.Row) bool { return r.Name == "other" })
	}
	if other := changed.Executions[i]; other.Status != "RUNNING" || other.MachineName != "tour" {
		t.Errorf("changed: %+v", changed)
	}
	em.SetNotes(nil)
	again.next("machines", new(struct{}))
}

// Whatever the speed, each event of a long history is sent or counted.
func TestStreamOfManyEvents(t *testing.T) {
	em := emulator.RunT(t)
	machine, err := em.Register(emulator.Registration{Name: "many", Definition: `{"StartAt": "M", "States": {"M": {"Type": "Map", "ItemsPath": "$.items", "End": true, "ItemProcessor": {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}}}}`})
	if err != nil {
		t.Fatal(err)
	}
	arn := strings.Replace(machine, ":stateMachine:", ":execution:", 1) + ":x"
	s := stream(t, em.URL(), "after=0&follow="+arn, "")
	items := "[" + strings.Repeat("0,", 499) + "0]"
	browser{t, em.URL()}.post("start", ui.Start{Machine: machine, Name: "x", Input: `{"items": ` + items + `}`}, new(ui.Started))
	events, missed := int64(0), int64(0)
	var happened ui.EventsHappened
	for happened.Ended == "" {
		s.next("events", &happened)
		events, missed = events+int64(len(happened.Events)), missed+happened.Missed
		if len(happened.Events) > 1000 || len(happened.Visits) > 1000 || len(happened.Events) > 0 && happened.Missed > 0 {
			t.Fatalf("%d events, %d visits, %d missed in one message", len(happened.Events), len(happened.Visits), happened.Missed)
		}
	}
	if events+missed != happened.Last || happened.Last < 2000 {
		t.Errorf("%d events and %d missed, last %d", events, missed, happened.Last)
	}
}

// A browser that has gone is let go of, and a stream ends with the server.
func TestStreamsEnd(t *testing.T) {
	em, _, machine, _ := tourist(t)
	s := stream(t, em.URL(), "", "")
	em.EndStreams()
	for s.lines.Scan() {
	}
	if err := s.lines.Err(); err != nil {
		t.Errorf("the stream ended with %v", err)
	}
	started(t, em, machine, tourInput)
}

// A localBrowser asks an emulator without a network.
type localBrowser struct {
	tb testing.TB
	em *emulator.Emulator
}

func (b localBrowser) get(path string, out any)        { b.ask(http.MethodGet, path, "", out) }
func (b localBrowser) post(path, body string, out any) { b.ask(http.MethodPost, path, body, out) }

func (b localBrowser) ask(method, path, body string, out any) {
	b.tb.Helper()
	r := httptest.NewRequest(method, "http://localhost/_ui/api/"+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Aslocal", "1")
	w := httptest.NewRecorder()
	b.em.ServeHTTP(w, r)
	if err := json.Unmarshal(w.Body.Bytes(), out); w.Code != http.StatusOK || err != nil {
		b.tb.Fatalf("%s: %d %s %v", path, w.Code, w.Body, err)
	}
}

// Each demo is created by one request, runs without a function of the user's, and can be
// created again.
func TestDemos(t *testing.T) {
	em := emulator.RunT(t)
	b := browser{t, em.URL()}
	for name, want := range map[string]string{"order": "SUCCEEDED", "saga": "FAILED", "map": "SUCCEEDED"} {
		for range 2 {
			var s ui.Started
			b.post("demo", ui.Demo{Name: name}, &s)
			for range 3 { // retries, and the Wait
				em.Advance(10 * time.Second)
			}
			var x ui.Execution
			b.get("execution?arn="+s.ARN, &x)
			if x.Status != want || x.Error != map[string]string{"saga": "NoCars"}[name] {
				t.Errorf("%s: %s %s", name, x.Status, x.Error)
			}
		}
	}
	var machines ui.Machines
	b.get("machines", &machines)
	if len(machines.Machines) != 3 || len(machines.Machines[0].Runs) != 2 {
		t.Errorf("machines: %+v", machines.Machines)
	}
}
