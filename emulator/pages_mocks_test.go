package emulator_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/ui"
	"github.com/aslocal/aslocal/value"
)

const theFunction = "arn:aws:lambda:us-east-1:123456789012:function:f"

// A pin answers in place of a function and of an activity's worker, in executions that
// begin while it is on, and is there after a restart.
func TestPins(t *testing.T) {
	store := newSharedStore(t)
	calls := 0
	x := newTest(t, emulator.WithStore(store.open()), emulator.WithTask("f", counting(&calls)))
	page := browser{t, x.em.URL()}
	machine := x.create("m", callerOf(theFunction, `"Comment": ""`))
	output := func(em *emulator.TestEmulator, machine *string) string {
		t.Helper()
		got := em.Wait(started(t, em, *machine, `{}`))
		return got.Status + got.Output + got.Error + got.Cause
	}
	page.post("pin", ui.Pin{Machine: "m", State: "Do", Output: `{"pinned": 9007199254740993}`}, new(ui.Done))
	page.post("pin", ui.Pin{Machine: "other", State: "Do", Error: "No", Cause: "no"}, new(ui.Done))
	if got := output(x.em, machine); got != `SUCCEEDED{"pinned":9007199254740993}` || calls != 0 {
		t.Errorf("with a pin: %s after %d calls", got, calls)
	}
	page.post("pin", ui.Pin{Machine: "m", State: "Do", Output: `1`, Off: true}, new(ui.Done))
	if got := output(x.em, machine); got != `SUCCEEDED{"ok":true}` || calls != 1 {
		t.Errorf("with a pin that is off: %s after %d calls", got, calls)
	}
	page.post("pin", ui.Pin{Machine: "m", State: "Do", Error: "Declined", Cause: "no money"}, new(ui.Done))
	var mocks ui.Mocks
	page.get("mocks", &mocks)
	if len(mocks.Pins) != 2 || mocks.Pins[0].Error != "Declined" || mocks.Pins[0].Off || mocks.Pins[1].Machine != "other" {
		t.Errorf("the pins are %+v", mocks.Pins)
	}

	y := newTest(t, emulator.WithStore(store.reopen(x.em)), emulator.WithTask("f", counting(&calls)))
	page.url = y.em.URL()
	if got := strings.Join(y.em.PinnedStates(), " "); got != "m.Do other.Do" {
		t.Errorf("pinned are %s", got)
	}
	if got := output(y.em, machine); got != `FAILEDDeclinedno money` {
		t.Errorf("after a restart: %s", got)
	}
	page.post("unpin", ui.PinnedState{Machine: "m", State: "Do"}, new(ui.Done))
	if got := output(y.em, machine); got != `SUCCEEDED{"ok":true}` {
		t.Errorf("without a pin: %s", got)
	}

	if _, err := y.client.CreateActivity(y.ctx, &sfn.CreateActivityInput{Name: aws.String("a")}); err != nil {
		t.Fatal(err)
	}
	worked := y.create("worked", callerOf("arn:aws:states:us-east-1:123456789012:activity:a", `"Comment": ""`))
	page.post("pin", ui.Pin{Machine: "worked", State: "Do", Output: `"done"`}, new(ui.Done))
	if got := output(y.em, worked); got != `SUCCEEDED"done"` {
		t.Errorf("a pinned activity: %s", got)
	}
	for path, in := range map[string]any{
		"pin":          ui.Pin{Machine: "m", State: "Do"},
		"unpin":        ui.PinnedState{Machine: "m", State: "Nowhere"},
		"fault":        ui.Fault{State: "Do", Error: "A", Timeout: true},
		"remove-fault": ui.FaultSet{ID: 17},
		"retry-held":   ui.HeldTask{ID: "none"},
		"point-to":     ui.PointTo{Function: "f", URL: "ftp://x"},
	} {
		page.refused(path, in)
	}
	for _, pin := range []ui.Pin{
		{Machine: "m", State: "Do", Output: `{`}, {Machine: "m", State: "Do", Output: `1`, Error: "A"}, {Machine: "m", Output: `1`}, {State: "Do", Output: `1`}, {Machine: "m/n", State: "Do", Output: `1`},
		{Machine: "m", State: "Do", Output: `"` + strings.Repeat("x", 262_144) + `"`}, {Machine: "m", State: "Do", Error: strings.Repeat("x", 257)},
	} {
		page.refused("pin", pin)
	}
}

// The states that a test case leaves to their services get their pins.
func TestPinsBesideTestCases(t *testing.T) {
	x := newTest(t, emulator.WithMocks(mocksOf(t, map[string]string{"Do": `{"0": {"Return": "mocked"}}`})))
	page := browser{t, x.em.URL()}
	machine := x.create("m", `{"StartAt": "Do", "States": {"Do": {"Type": "Task", "Resource": "`+theFunction+`", "ResultPath": "$.do", "Next": "Then"},
		"Then": {"Type": "Task", "Resource": "`+theFunction+`", "ResultPath": "$.then", "End": true}}}`)
	page.post("pin", ui.Pin{Machine: "m", State: "Do", Output: `"pinned"`}, new(ui.Done))
	page.post("pin", ui.Pin{Machine: "m", State: "Then", Output: `"pinned"`}, new(ui.Done))
	if got := x.em.Wait(x.start(withTestCase(machine), "", `{}`)).Output; got != `{"do":"mocked","then":"pinned"}` {
		t.Errorf("got %s", got)
	}
}

// A task that nothing is set up for waits. It is called again when that is asked for, when
// its function has a URL, and when its state is pinned.
func TestHeldTasksGoOn(t *testing.T) {
	x := newTest(t, emulator.WithPendingTasks())
	page := browser{t, x.em.URL()}
	machine := x.create("m", callerOf(theFunction, `"Comment": ""`))
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(`{"called": true}`)) }))
	defer service.Close()

	arn := x.start(machine, "", `{}`)
	held := x.pending()
	if held.Function != "f" || held.Service != "" {
		t.Errorf("the held task is of the function %q and the service %q", held.Function, held.Service)
	}
	page.post("retry-held", ui.HeldTask{ID: held.ID}, new(ui.Done))
	if again := x.pending(); again.ID != held.ID {
		t.Errorf("it waits under the id %s, before under %s", again.ID, held.ID)
	}
	var to ui.Pointed
	page.post("point-to", ui.PointTo{Function: "f", URL: service.URL}, &to)
	if to.Called != 1 || to.Settings != "lambda:\n  functions:\n    f: "+service.URL+"\n" {
		t.Errorf("got %+v", to)
	}
	if got := x.em.Wait(arn).Output; got != `{"called":true}` {
		t.Errorf("with a URL: %s", got)
	}
	var overview ui.Overview
	page.get("overview", &overview)
	if len(overview.Services) != 1 || overview.Services[0] != (ui.Service{Name: "f", URL: service.URL}) {
		t.Errorf("the endpoints are %+v", overview.Services)
	}

	queue := x.create("q", callerOf("arn:aws:states:::sqs:sendMessage", sending))
	arn = x.start(queue, "", `{"total": 7}`)
	held = x.pending()
	if held.Function != "" || held.Service != "sqs" {
		t.Errorf("the held task is of the function %q and the service %q", held.Function, held.Service)
	}
	page.post("point-to", ui.PointTo{Service: "sqs", URL: service.URL}, &to)
	if to.Called != 1 || to.Settings != "services:\n  sqs:\n    endpoint: "+service.URL+"\n" {
		t.Errorf("got %+v", to)
	}
	if got := x.em.Wait(arn); got.Status != "SUCCEEDED" {
		t.Errorf("with an endpoint: %+v", got)
	}
	calls := x.create("i", callerOf("arn:aws:states:::lambda:invoke", `"Parameters": {"FunctionName": "g"}`))
	first, second := x.start(calls, "", `{}`), x.start(calls, "", `{}`)
	x.em.Settle()
	page.post("pin", ui.Pin{Machine: "i", State: "Do", Output: `{"Payload": 1}`}, new(ui.Done))
	for _, arn := range []string{first, second} {
		if got := x.em.Wait(arn).Output; got != `{"Payload":1}` {
			t.Errorf("with a pin: %s", got)
		}
	}
}

// Faults are listed, changed, switched off and removed; those of the settings are marked.
func TestFaultsOfPages(t *testing.T) {
	calls := 0
	x := newTest(t, emulator.WithTask("f", counting(&calls)), emulator.WithFaults(emulator.Fault{State: "Given", Throttle: true}))
	page := browser{t, x.em.URL()}
	machine := x.create("m", callerOf(theFunction, `"Comment": ""`))
	var set ui.FaultSet
	page.post("fault", ui.Fault{Machine: "m", State: "Do", Error: "Busy", Milliseconds: 2, Attempts: "1-2", Seed: 7}, &set)
	var mocks ui.Mocks
	page.get("mocks", &mocks)
	if len(mocks.Faults) != 2 || !mocks.Faults[0].Given || mocks.Faults[1] != (ui.Fault{ID: set.ID, Machine: "m", State: "Do", Error: "Busy", Milliseconds: 2, Attempts: "1-2", Seed: 7}) {
		t.Errorf("the faults are %+v", mocks.Faults)
	}
	page.post("fault", ui.Fault{ID: set.ID, Machine: "m", State: "Do", Error: "Busier"}, &set)
	if got := x.em.Wait(x.start(machine, "", `{}`)).Error; got != "Busier" {
		t.Errorf("got %s", got)
	}
	if err := x.em.SetFaults(nil); err != nil {
		t.Fatal(err)
	}
	if got := x.em.Faults(); len(got) != 1 || got[0].Error != "Busier" {
		t.Errorf("the faults are %+v", got)
	}
	page.post("remove-fault", ui.FaultSet{ID: set.ID}, new(ui.Done))
	if got := x.em.Wait(x.start(machine, "", `{}`)).Status; got != "SUCCEEDED" || calls != 1 {
		t.Errorf("without a fault: %s after %d calls", got, calls)
	}
}

// A recording is a test case that runs as the execution has run: retries, iterations, and
// errors included.
func TestRecording(t *testing.T) {
	const definition = `{"StartAt": "Flaky", "States": {
		"Flaky": {"Type": "Task", "Resource": "` + theFunction + `", "Parameters": {"n": 0}, "ResultPath": "$.flaky", "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 1}], "Next": "Each"},
		"Each": {"Type": "Map", "ItemsPath": "$.items", "MaxConcurrency": 1, "ResultPath": "$.each", "ItemProcessor": {"StartAt": "Item", "States": {"Item": {"Type": "Task", "Resource": "` + theFunction + `",
			"Parameters": {"n.$": "$"}, "Catch": [{"ErrorEquals": ["Bad"], "Next": "Sorry"}], "End": true}, "Sorry": {"Type": "Pass", "End": true}}}, "End": true}}}`
	tries := 0
	jumping := emulator.WithAutoAdvance(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	x := newTest(t, jumping, emulator.WithTask("f", func(_ context.Context, in value.Value) (value.Value, error) {
		switch n, _ := in.Get("n").Int(); {
		case n == 0 && tries < 2:
			tries++
			return value.Value{}, &asl.Error{Name: "Busy", Cause: "later"}
		case n == 3:
			return value.Value{}, &asl.Error{Name: "Bad", Cause: "three"}
		case n == 1 || n == 2:
			return value.OfInt(12), nil
		}
		return in, nil
	}))
	page := browser{t, x.em.URL()}
	arn := x.start(x.create("m", definition), "", `{"items": [1, 2, 3, 4]}`)
	want := x.em.Wait(arn)
	if want.Status != "SUCCEEDED" {
		t.Fatalf("got %+v", want)
	}
	status, header, text := page.request(http.MethodGet, "/_ui/api/mocks.json?arn="+url.QueryEscape(arn)+"&case=As.it-ran", "", nil)
	if status != http.StatusOK || !strings.Contains(header.Get("Content-Disposition"), "MockConfigFile.json") {
		t.Fatalf("%d %v %s", status, header, text)
	}
	var file struct {
		StateMachines   map[string]struct{ TestCases map[string]map[string]string }
		MockedResponses map[string]map[string]any
	}
	if err := json.Unmarshal([]byte(text), &file); err != nil {
		t.Fatal(err)
	}
	states := file.StateMachines["m"].TestCases["As.it-ran"]
	for state, keys := range map[string][]string{"Flaky": {"0-1", "2"}, "Item": {"0-1", "2", "3"}} {
		response := file.MockedResponses[states[state]]
		for _, key := range keys {
			if response[key] == nil || len(response) != len(keys) {
				t.Errorf("the response of %s is %v, want the invocations %v", state, response, keys)
			}
		}
	}

	path := filepath.Join(t.TempDir(), "MockConfigFile.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	y := newTest(t, jumping, emulator.WithMocks(path))
	machine := y.create("m", definition)
	rerun := y.start(aws.String(*machine+"#As.it-ran"), "", `{"items": [1, 2, 3, 4]}`)
	got := y.em.Wait(rerun)
	if got.Status != want.Status || got.Output != want.Output {
		t.Errorf("the test case ends with %+v, the execution with %+v", got, want)
	}
	if a, b := typesOf(y.em.History(rerun)), typesOf(x.em.History(arn)); a != b {
		t.Errorf("the test case has the history\n%s\nthe execution\n%s", a, b)
	}
	status, header, text = page.request(http.MethodGet, "/_ui/api/test.yaml?arn="+url.QueryEscape(arn)+"&case=as+it+ran", "", nil)
	if status != http.StatusOK || !strings.Contains(header.Get("Content-Disposition"), "m.test.yaml") || !strings.HasPrefix(text, "cases:\n  - name: as it ran\n") {
		t.Errorf("%d %v %s", status, header, text)
	}
	for _, query := range []string{"arn=" + url.QueryEscape(arn), "arn=arn:nothing&case=a"} {
		if status, _, text := page.request(http.MethodGet, "/_ui/api/test.yaml?"+query, "", nil); status < 400 {
			t.Errorf("%s: %d %s", query, status, text)
		}
	}
	for _, query := range []string{"arn=" + url.QueryEscape(arn) + "&case=a%23b", "arn=" + url.QueryEscape(arn), "arn=arn:nothing&case=a"} {
		if status, _, text := page.request(http.MethodGet, "/_ui/api/mocks.json?"+query, "", nil); status < 400 {
			t.Errorf("%s: %d %s", query, status, text)
		}
	}
}
