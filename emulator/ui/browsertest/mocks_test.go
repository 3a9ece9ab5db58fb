package browsertest

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// This file tests what answers tasks, or disturbs them, in place of what they call.

const (
	hostile = `<img src=x onerror=alert(1)>`
	charge  = "arn:aws:lambda:us-east-1:123456789012:function:charge"
)

// charging has a Task that is tried again, and one in each iteration of a Map, whose name
// has markup.
var charging = `{"StartAt": "Charge", "States": {
	"Charge": {"Type": "Task", "Resource": "` + charge + `", "ResultPath": "$.charge", "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 1}], "Next": "Each"},
	"Each": {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": {"StartAt": "` + hostile + `", "States": {"` + hostile + `": {"Type": "Task", "Resource": "` + charge + `", "End": true}}}, "End": true}}}`

// charger answers the tasks: the first call is refused.
func charger() emulator.Option {
	calls := 0
	turn := make(chan struct{}, 1)
	return emulator.WithTask("charge", func(context.Context, value.Value) (value.Value, error) {
		turn <- struct{}{}
		defer func() { <-turn }()
		if calls++; calls == 1 {
			return value.Value{}, &asl.Error{Name: "Busy", Cause: hostile}
		}
		return value.OfMembers("receipt", value.MustParse("12345678901234567890"), "note", value.OfString(hostile)), nil
	})
}

// ended waits for the end of an execution and gives its output or error.
func (p *tab) ended(arn string) string {
	p.t.Helper()
	for limit := time.Now().Add(patience); time.Now().Before(limit); {
		var out struct{ Status, Output, Error string }
		p.aws("DescribeExecution", map[string]string{"executionArn": arn}, &out)
		if out.Status != "RUNNING" {
			return out.Status + " " + out.Output + out.Error
		}
	}
	p.t.Fatalf("%s does not end", arn)
	return ""
}

func jumping() emulator.Option {
	return emulator.WithAutoAdvance(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
}

// A result and an error are pinned, shown, edited, switched off and removed.
func TestPins(t *testing.T) {
	p := openTab(t, "#/machines", charger(), jumping())
	machine := p.machine("order", charging)
	first := p.start(machine, "first", `{"items": [1, 2]}`)
	p.ended(first)
	p.visit("#/x/" + first)
	p.click("node-Charge", "")
	p.click("pin-result", "Pin this result")
	p.see("pin-mark-Charge", "")
	p.see("state-pin", "12345678901234567890")
	p.see("mock-sign", "1")
	p.gone("pin-result", "")

	// The first attempt has failed: its error can be pinned, too.
	p.click("tab-attempts", "")
	p.click("pin-attempt-1", "")
	p.see("state-pin", "Pinned: fails with Busy")
	p.screenshot("pins-execution")
	if got := p.ended(p.start(machine, "pinned", `{"items": []}`)); got != "FAILED Busy" {
		t.Errorf("with the error of the first attempt: %s", got)
	}
	p.click("pin-edit-here", "")
	p.see("pin-cause", "")
	p.screenshot("pins-dialog")
	p.click("pin-as-result", "")
	p.fill("editor", `{"edited": 12345678901234567890}`)
	p.click("pin-do", "")
	p.see("state-pin", `{"edited":12345678901234567890}`)
	if got := p.ended(p.start(machine, "edited", `{"items": []}`)); got != `SUCCEEDED []` {
		t.Errorf("with an edited pin: %s", got)
	}

	// A state in an iteration, whose name has markup, by the menu of the node.
	p.eval(`(() => { const node = [...document.querySelectorAll('.nodeb')].find(e => e.textContent.includes('onerror')); node.click(); node.dispatchEvent(new MouseEvent('contextmenu', {bubbles: true, cancelable: true})); })()`, nil)
	p.click("pin-this", "Pin this result")
	p.see("mock-sign", "2")
	p.visit("#/machine/" + machine + "?tab=mocks")
	p.see("pin-row", hostile)
	p.see("pin-row", "Charge")
	p.screenshot("pins-machine")
	p.click("pin-row-switch", "")
	p.see("mock-sign", "1")
	p.until(find("mock-state", "") + `.options.length === 2`)
	p.click("mock-add-fault", "")
	p.see("fault-do", "")
	p.click("fault-cancel", "")
	p.visit("#/settings?show=mocks")
	p.see("mock-machine", "order")
	p.screenshot("pins-settings")
	p.click("pin-row-remove", "")
	p.until(`document.querySelectorAll('[data-testid=pin-row]').length === 1`)
	p.click("pin-row-remove", "")
	p.see("empty", "Nothing is pinned")
	p.gone("mock-sign", "")
	if !p.isText() {
		t.Error("markup of a name is in the document")
	}
}

// isText reports whether the hostile name has stayed text.
func (p *tab) isText() (ok bool) {
	p.eval(`document.querySelectorAll('img[src="x"]').length === 0`, &ok)
	return ok
}

// A fault is added in the menu of a node, marked, and switched off in the list.
func TestFaultInjection(t *testing.T) {
	p := openTab(t, "#/machines", charger(), jumping(), emulator.WithFaults(emulator.Fault{Machine: "other", State: "Ship", Timeout: true, Off: true}))
	machine := p.machine("order", charging)
	first := p.start(machine, "first", `{"items": [1, 2]}`)
	p.ended(first)
	p.visit("#/x/" + first)
	p.click("node-Charge", "")
	p.click("mock-menu", "")
	p.screenshot("faults-menu")
	p.click("fault-add", "")
	p.fill("fault-attempts", "0")
	p.click("fault-do", "")
	p.see("fault-problem", "counted from 1")
	p.click("fault-kind-throttle", "")
	p.fill("fault-attempts", "1-2")
	p.fill("fault-latency", "1500")
	p.screenshot("faults-dialog")
	p.click("fault-do", "")
	p.see("bug-mark-Charge", "")
	p.see("state-fault", "Fault: is throttled after 1.5 s in attempts 1-2")
	p.see("mock-sign", "1")
	p.screenshot("faults-execution")
	if got := p.ended(p.start(machine, "throttled", `{"items": [1]}`)); got != "FAILED Lambda.TooManyRequestsException" {
		t.Errorf("throttled: %s", got)
	}
	p.visit("#/settings?show=mocks")
	p.see("fault-row", "settings")
	p.screenshot("faults-settings")
	p.run(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}, {Name: "prefers-reduced-motion", Value: "reduce"}}))
	p.screenshot("faults-settings-dark")
	p.eval(`[...document.querySelectorAll('[data-testid=fault-row]')].find(e => e.textContent.includes('Charge')).querySelector('[data-testid=fault-row-switch]').click()`, nil)
	p.gone("mock-sign", "")
	if got := p.ended(p.start(machine, "again", `{"items": []}`)); got != "SUCCEEDED []" {
		t.Errorf("with the fault switched off: %s", got)
	}
	p.size(390, 844)
	p.screenshot("faults-settings-390")
}

// A task that nothing is set up for is pointed to a URL, called again, and remembered.
func TestHeldTask(t *testing.T) {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"called": true}`)) }))
	defer service.Close()
	p := openTab(t, "#/machines", emulator.WithPendingTasks())
	one := func(function string) string {
		return `{"StartAt": "Do", "States": {"Do": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:` + function + `", "End": true}}}`
	}
	first := p.start(p.machine("pointed", one("f")), "first", `{}`)
	p.visit("#/x/" + first)
	p.click("held-retry", "")
	p.see("toast", "Do is called again")
	p.screenshot("held-card")
	p.click("held-point", "")
	p.fill("point-url", "ftp://nowhere")
	p.click("point-do", "")
	p.see("point-problem", "expected a URL")
	p.fill("point-url", service.URL)
	p.click("point-do", "")
	p.see("point-settings", "f: "+service.URL)
	p.screenshot("held-pointed")
	p.click("point-close", "")
	if got := p.ended(first); got != `SUCCEEDED {"called":true}` {
		t.Errorf("with a URL: %s", got)
	}

	machine := p.machine("remembered", one("g"))
	second, third := p.start(machine, "second", `{}`), p.start(machine, "third", `{}`)
	p.visit("#/tasks")
	p.see("task-retry", "")
	p.click("task-open", "Answer")
	p.see("task-remember", "")
	p.fill("editor", `{"mocked": 1}`)
	p.click("task-remember", "")
	p.screenshot("held-tasks")
	p.click("answer", "Send success")
	for _, arn := range []string{second, third, p.start(machine, "fourth", `{}`)} {
		if got := p.ended(arn); got != `SUCCEEDED {"mocked":1}` {
			t.Errorf("with a remembered answer: %s", got)
		}
	}
	p.see("mock-sign", "1")
	p.see("empty", "Nothing waits")
}

// TestMocksAreAccessible runs axe on the lists and dialogs.
func TestMocksAreAccessible(t *testing.T) {
	axe, err := os.ReadFile(filepath.Join("testdata", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Skip("no axe-core: npm install --prefix emulator/ui/browsertest/testdata axe-core@4")
	}
	p := openTab(t, "#/machines", charger(), jumping(), emulator.WithPendingTasks(), emulator.WithFaults(
		emulator.Fault{State: "Charge", Error: "Busy", Attempts: "7", Probability: 0.5}, emulator.Fault{Machine: "order", State: "Charge", Timeout: true, Off: true}))
	machine := p.machine("order", charging)
	first := p.start(machine, "first", `{"items": [1, 2]}`)
	p.ended(first)
	p.visit(pageOf("x", first))
	p.click("node-Charge", "")
	p.click("pin-result", "")
	p.see("pin-mark-Charge", "")
	p.accessible(string(axe), "mocks-execution")
	for _, view := range []struct{ name, place, open, see string }{
		{"mocks-machine", pageOf("machine", machine) + "?tab=mocks", "", "pin-row"},
		{"mocks-settings", "#/settings?show=mocks", "", "fault-row"},
		{"pin-dialog", "#/settings", "pin-row-edit", "pin-do"},
		{"fault-dialog", "#/settings", "fault-row-edit", "fault-do"},
	} {
		p.size(1440, 900)
		p.visit(view.place)
		if view.open != "" {
			p.click(view.open, "")
		}
		p.see(view.see, "")
		p.accessible(string(axe), view.name)
	}
	p.size(1440, 900)
	held := p.start(p.machine("held", `{"StartAt": "Do", "States": {"Do": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:g", "End": true}}}`), "held", "{}")
	p.visit(pageOf("x", held))
	p.see("held-retry", "")
	p.accessible(string(axe), "held")
	p.size(1440, 900)
	p.click("held-point", "")
	p.see("point-url", "")
	p.accessible(string(axe), "point-dialog")
}

// An execution is recorded as a test case, which is downloaded.
func TestRecordAnExecution(t *testing.T) {
	p := openTab(t, "#/machines", charger(), jumping())
	first := p.start(p.machine("order", charging), "first", `{"items": [1, 2]}`)
	p.ended(first)
	p.visit("#/x/" + first)
	p.eval(`(() => { const make = URL.createObjectURL; URL.createObjectURL = blob => { blob.text().then(text => { window.recorded = text; }); return make.call(URL, blob); }; })()`, nil)
	p.click("more", "")
	p.click("record", "")
	p.fill("record-name", "a b")
	p.until(find("record-do", "") + `.disabled`)
	p.fill("record-name", "Busy-once")
	p.screenshot("record-dialog")
	p.click("record-do", "")
	p.until(`typeof window.recorded === 'string'`)
	var text string
	p.eval(`window.recorded`, &text)
	var file struct {
		StateMachines   map[string]struct{ TestCases map[string]map[string]string }
		MockedResponses map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal([]byte(text), &file); err != nil {
		t.Fatal(err)
	}
	states := file.StateMachines["order"].TestCases["Busy-once"]
	response := file.MockedResponses[states["Charge"]]
	if len(states) != 2 || !strings.Contains(string(response["0"]), `"Error": "Busy"`) || !strings.Contains(string(response["1"]), "12345678901234567890") {
		t.Errorf("got %s", text)
	}
}

// An execution is recorded as a test, which is downloaded.
func TestRecordATest(t *testing.T) {
	p := openTab(t, "#/machines", charger(), jumping())
	first := p.start(p.machine("order", charging), "first", `{"items": [1, 2]}`)
	p.ended(first)
	p.visit("#/x/" + first)
	p.eval(`(() => { const make = URL.createObjectURL; URL.createObjectURL = blob => { blob.text().then(text => { window.recorded = text; }); return make.call(URL, blob); }; })()`, nil)
	p.click("more", "")
	p.click("record-test", "")
	p.fill("test-name", " ")
	p.until(find("test-do", "") + `.disabled`)
	p.fill("test-name", "busy once")
	p.screenshot("test-dialog")
	p.click("test-do", "")
	p.until(`typeof window.recorded === 'string'`)
	var text string
	p.eval(`window.recorded`, &text)
	if !strings.HasPrefix(text, "cases:\n  - name: busy once\n") || !strings.Contains(text, "- {error: Busy") || !strings.Contains(text, "12345678901234567890") {
		t.Errorf("got %s", text)
	}
}

// A recorded test case is added to the mock configuration of the served folder, and runs.
func TestRecordIntoTheFile(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "MockConfigFile.json")
	if err := os.WriteFile(path, []byte(`{"StateMachines": {}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	p := openTab(t, "#/machines", charger(), jumping(), emulator.WithMocks(path), emulator.WithUI(emulator.UI{Folder: folder}))
	machine := p.machine("order", charging)
	first := p.start(machine, "first", `{"items": [1]}`)
	want := p.ended(first)
	p.visit("#/x/" + first)
	p.click("more", "")
	p.click("record", "")
	p.click("record-add", "")
	p.see("toast", "The test case Recorded is in "+path)
	p.click("more", "")
	p.click("record", "")
	p.click("record-add", "")
	p.see("record-problem", "has a test case of this name")
	if got := p.ended(p.start(machine+"#Recorded", "again", `{"items": [1]}`)); got != want {
		t.Errorf("the test case: %s, the execution: %s", got, want)
	}
}
