package browsertest

import (
	"context"
	"testing"
	"time"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// This file tests how reruns are linked, what rows say of a state, and how long a Wait takes.

// commented has a comment, and a Wait.
const commented = `{"StartAt": "Greet", "States": {
	"Greet": {"Type": "Pass", "Comment": "says hello to the customer", "Next": "Cool"},
	"Cool": {"Type": "Wait", "Seconds": 90, "Next": "Pay"},
	"Pay": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:pay", "End": true}}}`

func TestRerunsAreLinked(t *testing.T) {
	p := openTab(t, "#/executions", emulator.WithWaitTimeScale(0.001), emulator.WithTask("pay", func(_ context.Context, in value.Value) (value.Value, error) { return in, nil }))
	machine := p.machine("shop", commented)
	first := p.start(machine, "first", `{"sku": "LAMP", "items": [1, 2, 3]}`)
	p.open(first, "")
	p.see("status", "Succeeded")
	p.gone("reruns", "")
	p.aws("UpdateStateMachine", map[string]string{"stateMachineArn": machine, "definition": commented[:len(commented)-1] + `, "Comment": "the second revision"}`}, nil)

	// From a state, with the definition as it is now.
	p.open(first, "?state=Pay")
	p.see("selected-state", "Pay")
	p.click("rerun-from", "")
	p.see("rerun-then", "as then")
	p.click("rerun-now", "")
	p.screenshot("rerun-definition")
	p.click("rerun-do", "")
	p.until(`!location.hash.includes('first')`)
	p.see("status", "Succeeded")
	p.gone("changed", "")
	p.see("rerun-of", "first")
	p.click("rerun-compare", "")
	p.see("compare-left", "first")
	p.see("definitions", "Definitions differ")

	// And back.
	p.open(first, "")
	p.see("reruns", "Succeeded")
	p.screenshot("reruns")
	p.click("rerun-link", "")
	p.see("rerun-of", "first")

	// The rows say what a state is for, and what it got.
	p.open(first, "?view=compact")
	p.see("row-comment", "says hello to the customer")
	p.see("row-input", "sku LAMP · items [3]")
	p.screenshot("rows-compact")
	p.open(first, "?view=tree")
	p.see("row-comment", "says hello to the customer")
	p.screenshot("rows-tree")
	p.visit("#/executions")
	p.see("row-input", "sku LAMP · items [3]")
	p.screenshot("rows-executions")
}

func TestWaitCountsDown(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	p := openTab(t, "#/executions", emulator.WithVirtualClock(at), emulator.WithTask("pay", func(_ context.Context, in value.Value) (value.Value, error) { return in, nil }))
	arn := p.start(p.machine("shop", commented), "first", "{}")
	p.open(arn, "")
	p.see("left-Cool", "1 min 30 s left")
	p.screenshot("countdown")
	p.eval(`fetch('/_ui/api/advance', {method: 'POST', headers: {'Content-Type': 'application/json', 'X-Aslocal': '1'}, body: '{"milliseconds": 60000}'}).then(r => r.status)`, nil)
	p.open(arn, "")
	p.see("left-Cool", "30 s left")
	p.click("pause-now", "")
	p.see("left-Cool", "paused")
	p.click("resume-now", "")
	p.see("left-Cool", "30 s left")
	p.click("skip-Cool", "")
	p.see("status", "Succeeded")
	p.gone("left-Cool", "")

	// By the clock of the system it moves by itself.
	q := openTab(t, "#/executions")
	q.open(q.start(q.machine("shop", commented), "first", "{}"), "")
	q.see("left-Cool", "left")
	q.until(`+` + find("left-Cool", "") + `.textContent.match(/(\d+) s/)[1] < 29`)
}

// The overview is there while a part of the graph is out of view, and moves it.
func TestOverviewOfAGraph(t *testing.T) {
	p := openTab(t, "#/executions")
	arn := p.start(p.machine("picks", picks), "x", short)
	p.open(arn, "")
	p.until(nodeIs("Backorder", "failed"))
	p.gone("overview", "")
	for range 5 {
		p.click("zoom-in", "")
	}
	p.see("overview", "")
	p.until(`document.querySelector('.mini .is-failed')`)
	p.screenshot("overview")
	var before, after string
	p.eval(`document.querySelector('.world').style.transform`, &before)
	p.eval(`(() => { const e = document.querySelector('.mini svg').getBoundingClientRect(); document.querySelector('.mini').dispatchEvent(new PointerEvent('pointerdown', {pointerId: 1, clientX: e.x + 1, clientY: e.y + 1, bubbles: true})); })()`, nil)
	p.eval(`document.querySelector('.world').style.transform`, &after)
	if before == after {
		t.Errorf("the graph has not moved: %s", after)
	}
	p.click("zoom-fit", "")
	p.gone("overview", "")
}
