package browsertest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// This file tests the debugger in the page of an execution.

// fulfilling has a Task in a branch, a Map in another one, a Choice before and a state
// whose name has markup behind.
const fulfilling = `{"QueryLanguage": "JSONata", "StartAt": "Validate", "States": {
	"Validate": {"Type": "Pass", "Assign": {"total": "{% $states.input.total %}"}, "Next": "Fulfil"},
	"Fulfil": {"Type": "Parallel", "Next": "` + hostile + `", "Branches": [
		{"StartAt": "ChargeCard", "States": {"ChargeCard": {"Type": "Task", "Resource": "` + charge + `", "Arguments": {"amount": "{% $total %}"},
			"Catch": [{"ErrorEquals": ["Declined"], "Next": "Apologise"}], "Next": "SendReceipt"}, "SendReceipt": {"Type": "Pass", "End": true}, "Apologise": {"Type": "Pass", "Output": {"sorry": true}, "End": true}}},
		{"StartAt": "ReserveItems", "States": {"ReserveItems": {"Type": "Map", "Items": "{% $states.input.items %}", "MaxConcurrency": 1, "End": true,
			"ItemProcessor": {"StartAt": "PickItem", "States": {"PickItem": {"Type": "Pass", "End": true}}}}}}]},
	"` + hostile + `": {"Type": "Pass", "Next": "Rest"},
	"Rest": {"Type": "Wait", "Seconds": 3600, "Next": "Done"},
	"Done": {"Type": "Succeed"}}}`

const orderOf3 = `{"orderId": "A-17", "total": 12345678901234567890, "note": "` + hostile + `", "items": [{"qty": 1}, {"qty": 12}, {"qty": 3}]}`

// debugged opens a page of an emulator whose charge function gives its arguments back.
func debugged(t *testing.T, place string) *tab {
	return openTab(t, place, jumping(), emulator.WithTask("charge", func(_ context.Context, in value.Value) (value.Value, error) { return in, nil }))
}

// stops waits until the page says that the execution is stopped at a place.
func (p *tab) stops(where string) {
	p.t.Helper()
	p.until(fmt.Sprintf(`document.querySelector('[data-testid=stopped]')?.textContent === %s && document.querySelector('[data-testid=debug-dock]')`, quote(where)))
}

// A breakpoint that is set on a node is hit by an execution that a client starts; steps go
// over, into and out of states in a Parallel and a Map.
func TestDebugger(t *testing.T) {
	p := debugged(t, "#/machines")
	machine := p.machine("order", fulfilling)
	p.ended(p.start(machine, "plain", orderOf3))
	p.open("arn:aws:states:us-east-1:123456789012:execution:order:plain", "")
	p.click("breakpoint-ChargeCard", "")
	p.until(`document.querySelector('[data-testid=breakpoint-ChargeCard]').classList.contains('is-set')`)

	arn := p.start(machine, "debugged", orderOf3)
	p.see("stop-sign", "Stopped")
	p.click("stop-sign", "")
	p.stops("Stopped before ChargeCard")
	p.see("stop-reason", "breakpoint 1")
	p.see("clock-stands", "The clock stands still at +")
	p.see("stands-here", "before")
	p.see("stack-frame", "Fulfil")
	p.see("scope-arguments", "12345678901234567890")
	p.screenshot("debugger-light")
	p.screenshotAs("debugger-dark", "dark", 1440)
	p.screenshotAs("debugger-390", "light", 390)
	p.size(1440, 900)
	_ = arn
}

// screenshotAs writes a picture in a theme and width.
func (p *tab) screenshotAs(name, theme string, width int64) {
	p.size(width, 900)
	p.eval(`document.documentElement.dataset.theme = '`+theme+`'; new Promise(done => setTimeout(done, 300))`, nil)
	p.screenshot(name)
}

var _ = strings.TrimSpace
var _ = os.ReadFile
var _ = filepath.Join
var _ = kb.F8
var _ = chromedp.KeyEvent
