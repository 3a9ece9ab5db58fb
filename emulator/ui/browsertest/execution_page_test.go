package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// This file tests the page of an execution.

const (
	// picks has a Map in a Parallel state; an item without stock fails.
	picks = `{"StartAt": "Both", "States": {"Both": {"Type": "Parallel", "Next": "Ship", "Branches": [
		{"StartAt": "Charge", "States": {"Charge": {"Type": "Pass", "Assign": {"charged": true}, "End": true}}},
		{"StartAt": "Items", "States": {"Items": {"Type": "Map", "ItemsPath": "$.items", "End": true, "ItemProcessor": {"StartAt": "InStock", "States": {
			"InStock": {"Type": "Choice", "Choices": [{"Variable": "$.stock", "NumericGreaterThan": 0, "Next": "Pick"}], "Default": "Backorder"},
			"Pick": {"Type": "Pass", "End": true},
			"Backorder": {"Type": "Fail", "Error": "OutOfStock", "Cause": "0 of 1 left"}}}}}}]},
		"Ship": {"Type": "Pass", "End": true}}}`
	stocked = `{"items": [{"sku": "LAMP", "stock": 1}, {"sku": "CHAIR", "stock": 2}, {"sku": "DESK", "stock": 3}]}`
	short   = `{"items": [{"sku": "LAMP", "stock": 1}, {"sku": "DESK", "stock": 0}]}`

	counts = `{"QueryLanguage": "JSONata", "StartAt": "Count", "States": {
		"Count": {"Type": "Pass", "Output": "{% {'n': $states.input.n + 1} %}", "Assign": {"n": "{% $states.input.n + 1 %}"}, "Next": "Enough"},
		"Enough": {"Type": "Choice", "Choices": [{"Condition": "{% $n < 3 %}", "Next": "Count"}], "Default": "Done"},
		"Done": {"Type": "Succeed"}}}`

	calls = `{"StartAt": "Before", "States": {"Before": {"Type": "Pass", "Result": {"from": "Before"}, "Next": "Call"},
		"Call": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:pay", "Next": "After",
			"Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 1, "MaxAttempts": 1}],
			"Catch": [{"ErrorEquals": ["Never"], "Next": "After"}, {"ErrorEquals": ["Declined"], "Next": "After"}]},
		"After": {"Type": "Pass", "End": true}}}`
)

// nodeIs is true when the graph shows a state with a status.
func nodeIs(state, status string) string {
	return fmt.Sprintf(`document.querySelector('[data-testid="node-%s"]').closest('.node, .box').classList.contains('is-%s')`, state, status)
}

// open shows an execution and waits until all of its history is there.
func (p *tab) open(arn, query string) {
	p.t.Helper()
	p.visit(pageOf("x", arn) + query)
	p.until(`document.querySelector('[data-testid=tape-position]') && !document.querySelector('.livepill')?.textContent.includes('Reading')`)
}

func TestExecutionIsFollowedLive(t *testing.T) {
	called, answer := make(chan struct{}), make(chan struct{})
	p := openTab(t, "#/machines", emulator.WithTask("pay", func(ctx context.Context, _ value.Value) (value.Value, error) {
		close(called)
		select {
		case <-answer:
			return value.MustParse(`{"paid": true}`), nil
		case <-ctx.Done():
			return value.Value{}, ctx.Err()
		}
	}))
	arn := p.start(p.machine("live", calls), "x", "{}")
	<-called
	p.open(arn, "")
	p.see("status", "Running")
	p.until(nodeIs("Before", "succeeded") + " && " + nodeIs("Call", "running") + " && " + nodeIs("After", "idle"))
	p.see("live-pill", "Following")
	p.see("selected-state", "Call") // the newest event's state is selected
	p.screenshot("execution-live")
	close(answer)
	p.see("status", "Succeeded") // without loading anything anew
	p.until(nodeIs("Call", "succeeded") + " && " + nodeIs("After", "succeeded"))
	p.until(`document.querySelectorAll('.edge.is-taken').length >= 4`)
	p.click("node-Call", "")
	p.click("tab-output", "")
	p.see("output", `"paid": true`)
}

func TestWhyAnExecutionFailed(t *testing.T) {
	attempts := 0
	p := openTab(t, "#/machines", emulator.WithWaitTimeScale(0), emulator.WithTask("pay", func(context.Context, value.Value) (value.Value, error) {
		attempts++
		return value.Value{}, &asl.Error{Name: "Busy", Cause: fmt.Sprintf("attempt %d", attempts)}
	}))
	arn := p.start(p.machine("failing", calls), "x", `{"order": "A-17"}`)
	p.open(arn, "")
	p.see("status", "Failed")
	p.see("failure-error", "Busy")
	p.see("failure-cause", "attempt 2")
	p.see("failure-state", "Call")
	p.see("failure-why", "Retry used up after 2 attempts")
	p.see("selected-state", "Call") // the failure is what is selected
	p.see("error-name", "Busy")
	p.see("failed-input", `"from": "Before"`)
	p.click("tab-attempts", "")
	p.see("attempts", "Back-off")
	p.until(`document.querySelector('[data-testid=attempt-2]') !== null`)
	p.screenshot("execution-failed")
	p.click("view-timeline", "")
	p.see("row-Call", "1") // the retry
	p.until(`document.querySelector('[data-testid=row-Call] .seg-b.is-failed, [data-testid=row-Call] .seg-b.is-caught') !== null`)
	p.screenshot("timeline")
}

func TestCatcherThatTookAnError(t *testing.T) {
	p := openTab(t, "#/machines", emulator.WithTask("pay", func(context.Context, value.Value) (value.Value, error) {
		return value.Value{}, &asl.Error{Name: "Declined", Cause: "no money"}
	}))
	p.open(p.start(p.machine("caught", calls), "x", "{}"), "")
	p.see("status", "Succeeded")
	p.click("node-Call", "")
	p.see("state-status", "Caught")
	p.see("taken-by", "Catch[1], then After")
}

func TestIterationPicker(t *testing.T) {
	p := openTab(t, "#/machines")
	p.open(p.start(p.machine("picks", picks), "x", short), "")
	p.see("failure-state", "Backorder")
	p.until(nodeIs("Backorder", "failed") + " && " + nodeIs("Pick", "idle")) // the iteration that failed is shown
	p.see("iterations-Items", "#1")
	p.click("iterations-Items", "")
	p.fill("iteration-find", "lamp")
	p.gone("iteration-1", "")
	p.screenshot("iterations")
	p.click("iteration-0", "")
	p.see("iterations-Items", "#0")
	p.until(nodeIs("Pick", "succeeded") + " && " + nodeIs("Backorder", "idle"))
	p.click("iteration-next-Items", "")
	p.until(nodeIs("Backorder", "failed"))
	p.click("node-Items", "")
	p.click("tab-iterations", "")
	p.see("iterations", "of 2 ended")
}

func TestTimeTravel(t *testing.T) {
	p := openTab(t, "#/machines")
	arn := p.start(p.machine("counts", counts), "x", `{"n": 0}`)
	p.open(arn, "?view=graph")
	p.see("status", "Succeeded")
	var events int
	p.eval(`Number(document.querySelector('[data-testid=tape]').getAttribute('aria-valuemax'))`, &events)
	at := func(n int) {
		t.Helper()
		p.until(fmt.Sprintf(`document.querySelector('[data-testid=tape]').getAttribute('aria-valuenow') === '%d'`, n))
	}
	at(events)
	p.press(kbHome)
	at(1)
	p.until(nodeIs("Count", "idle"))
	p.press(kb.ArrowRight)
	at(2)
	p.until(nodeIs("Count", "running"))
	p.see("past", "after the start")
	p.press(kb.ArrowRight)
	at(3)
	p.until(nodeIs("Count", "succeeded"))
	p.click("tab-variables", "")
	p.see("variables", "$n: 1")
	p.press(kb.ArrowRight, chromedp.KeyModifiers(input.ModifierShift)) // by state
	at(4)
	p.until(nodeIs("Enough", "running"))
	p.press(kbEnd)
	at(events)
	p.gone("past", "")
	p.see("variables", "$n: 3")
	p.visit(pageOf("x", arn) + "?event=3&tab=variables") // a link to a moment
	at(3)
	p.see("variables", "$n: 1")
	p.screenshot("time-travel")
	p.press(escape)
	at(events)

	// The tape itself is a slider: a click in its middle is the middle of the history.
	p.eval(`(() => { const r = document.querySelector('[data-testid=tape]'), b = r.getBoundingClientRect(), o = {clientX: b.x + b.width / 2, clientY: b.y + 5, pointerId: 1, bubbles: true};
		r.setPointerCapture = () => {}; r.dispatchEvent(new PointerEvent('pointerdown', o)); r.dispatchEvent(new PointerEvent('pointerup', o)); })()`, nil)
	at(events/2 + 1)
}

func TestOneSelectionInAllViews(t *testing.T) {
	p := openTab(t, "#/machines")
	p.open(p.start(p.machine("counts", counts), "x", `{"n": 0}`), "")
	p.see("status", "Succeeded")
	p.click("node-Enough", "")
	for _, view := range []string{"compact", "timeline", "tree"} {
		p.click("view-"+view, "")
		p.until(`document.querySelector('.tlr.is-sel')?.getAttribute('data-testid') === 'row-Enough'`)
		p.screenshot("view-" + view)
	}
	p.see("visit-number", "3 of 3")
	p.click("visit-prev", "")
	p.see("visit-number", "2 of 3")
	p.until(`new URLSearchParams(location.hash.split('?')[1]).get('state') === 'Enough'`)
	p.click("view-compact", "")
	p.see("row-Count", "×3")
	p.click("row-Count", "")
	p.see("selected-state", "Count")
	p.click("view-graph", "")
	p.until(`document.querySelector('.node.is-sel [data-testid=node-Count]') !== null`)
	p.until(`document.querySelector('[data-testid=node-Count]').closest('.node').textContent.includes('×3')`)
}

// TestRowsArePressedWhileTheyChange redraws a row between the press and the release of the
// mouse, as a row of a running execution is at any time.
func TestRowsArePressedWhileTheyChange(t *testing.T) {
	p := openTab(t, "#/machines")
	p.open(p.start(p.machine("counts", counts), "x", `{"n": 0}`), "?view=compact")
	p.see("status", "Succeeded")
	p.press(kb.ArrowLeft) // away from the end, which moves the rows down
	p.see("tape-position", "15 of 16")
	at := p.middle(find("row-Count", ""))
	p.mouse(input.MousePressed, at)
	p.press(kb.ArrowLeft)
	p.see("tape-position", "14 of 16")
	p.frames()
	p.mouse(input.MouseReleased, at)
	p.see("selected-state", "Count")

	machine := p.machine("sleeps", waits)
	p.start(machine, "first", "{}")
	p.visit("#/executions")
	at = p.middle(find("row", "first") + `.querySelector('[role=gridcell]:nth-child(2)')`) // its status
	p.mouse(input.MousePressed, at)
	p.start(machine, "second", "{}")
	p.until(`document.querySelector('[data-testid=table]').getAttribute('aria-rowcount') === '4'`) // the head, x, first, second
	p.frames()
	p.mouse(input.MouseReleased, at)
	p.see("execution-name", "first")
}

func TestAnswerToken(t *testing.T) {
	p := openTab(t, "#/machines", emulator.WithTask("arn:aws:states:::sqs:sendMessage", func(context.Context, value.Value) (value.Value, error) {
		return value.MustParse(`{"MessageId": "1"}`), nil
	}))
	arn := p.start(p.machine("approval", `{"StartAt": "Ask", "States": {"Ask": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": true,
		"Parameters": {"QueueUrl": "https://queue", "MessageBody": {"token.$": "$$.Task.Token"}}}}}`), "x", "{}")
	p.open(arn, "")
	p.until(nodeIs("Ask", "waiting"))
	p.click("answer", "")
	p.fill("answer-output", `{"approved": tru`)
	p.see("answer-output-problem", "")
	p.until(find("answer-do", "") + `.disabled`)
	p.fill("answer-output", `{"approved": true}`)
	p.screenshot("answer")
	p.click("answer-do", "")
	p.see("status", "Succeeded")
	p.click("tab-output", "")
	p.see("output", `"approved": true`)
}

func TestMockMissingTask(t *testing.T) {
	p := openTab(t, "#/machines", emulator.WithPendingTasks())
	p.open(p.start(p.machine("held", calls), "x", "{}"), "")
	p.see("held", "nothing is set up for it")
	p.until(nodeIs("Call", "waiting"))
	p.click("held-mock", "")
	p.fill("answer-output", `{"mocked": 1}`)
	p.click("answer-do", "")
	p.see("status", "Succeeded")
}

func TestSkipWaitPauseAndStop(t *testing.T) {
	p := openTab(t, "#/machines")
	machine := p.machine("waits", waits)
	p.open(p.start(machine, "skipped", "{}"), "")
	p.until(nodeIs("Sleep", "waiting"))
	p.click("skip-wait", "")
	p.see("status", "Succeeded")
	p.open(p.start(machine, "stopped", "{}"), "")
	p.click("pause-now", "")
	p.see("paused", "paused")
	p.click("resume-now", "")
	p.gone("paused", "")
	p.click("stop", "")
	p.click("ask-do", "")
	p.see("status", "Aborted")
	p.until(nodeIs("Sleep", "aborted"))
}

func TestRerun(t *testing.T) {
	fail := true
	p := openTab(t, "#/machines", emulator.WithTask("pay", func(_ context.Context, in value.Value) (value.Value, error) {
		if fail {
			return value.Value{}, &asl.Error{Name: "Broken"}
		}
		return in, nil
	}))
	first := p.start(p.machine("again", calls), "first", `{"a": 1}`)
	p.open(first, "")
	p.see("failure-error", "Broken")
	fail = false
	p.click("failure-rerun", "Rerun from Call")
	p.click("rerun-do", "")
	p.until(`!location.hash.includes(` + quote(strings.Split(first, ":")[7]) + `)`)
	p.see("status", "Succeeded")

	p.click("rerun-more", "")
	p.click("rerun-edit", "")
	p.fill("rerun-input", `{"a": 2}`)
	p.eval(`window.before = location.hash`, nil)
	p.click("rerun-do", "")
	p.until(`location.hash !== window.before`)
	p.see("status", "Succeeded")
	p.see("selected-execution", "")
	p.click("tab-input", "")
	p.see("input", `"a": 2`)

	p.open(first, "")
	p.click("redrive", "")
	p.see("status", "Succeeded")
	p.until(nodeIs("Call", "succeeded"))
}

func TestPlayground(t *testing.T) {
	p := openTab(t, "#/machines")
	p.open(p.start(p.machine("counts", counts), "x", `{"n": 40}`), "?event=2&tab=try")
	p.fill("play-expression", "$states.input.n + 2")
	p.see("play-value", "value: 42")
	p.fill("play-expression", "$states.input.")
	p.see("play-error", "")
}

func TestEventsAreFiltered(t *testing.T) {
	p := openTab(t, "#/machines")
	p.open(p.start(p.machine("picks", picks), "x", stocked), "?view=events")
	p.see("status", "Succeeded")
	p.fill("events-filter", "type:Entered state:pick")
	p.see("events-count", "3 of ")
	p.fill("events-filter", `"CHAIR" -type:Exited`)
	p.until(`document.querySelectorAll('[data-testid=events] .tr:not(.tr--head):not([hidden])').length > 0`)
	p.until(`[...document.querySelectorAll('[data-testid=events] .tr:not(.tr--head):not([hidden])')].every(e => !e.textContent.includes('Exited'))`)
	p.fill("events-filter", "nothing has this")
	p.click("filter-clear", "")
	p.gone("filter-clear", "")
	p.eval(`document.querySelector('[data-testid=events]').focus()`, nil)
	p.press(kbHome)
	p.until(`document.querySelector('[data-testid=tape]').getAttribute('aria-valuenow') === '1'`)
	p.press(down)
	p.until(`document.querySelector('[data-testid=tape]').getAttribute('aria-valuenow') === '2'`)
	p.screenshot("events")
}

// A history of almost 25,000 events: opened, scrolled and filtered. How long the longest
// frame took depends on the machine, so it is told and not judged.
func TestLongHistory(t *testing.T) {
	p := openTab(t, "#/machines")
	items := make([]string, 3100)
	for i := range items {
		items[i] = fmt.Sprintf(`{"n": %d}`, i)
	}
	machine := p.machine("long", `{"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "A", "States": {
		"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "C"}, "C": {"Type": "Pass", "End": true}}}}}}`)
	arn := p.start(machine, "x", "["+strings.Join(items, ",")+"]")
	p.visit("#/executions")
	p.see("nav-executions", "")
	p.until(`document.body.textContent.includes('Succeeded')`)
	p.eval(measureFrames, nil)
	p.eval(`location.hash = `+quote(pageOf("x", arn)+"?view=events"), nil)
	p.see("tape-position", "event 24,806 of 24,806")
	p.see("event-24806", "")
	p.tellFrames("25,000 events, open")
	p.eval(`new Promise(done => { const list = document.querySelector('[data-testid=events]'); let i = 0;
		const step = () => { list.scrollTop = (list.scrollHeight * i++) / 60; i > 60 ? done() : requestAnimationFrame(step); }; requestAnimationFrame(step); })`, nil)
	p.see("event-24806", "")
	p.tellFrames("25,000 events, scroll through all")
	p.fill("events-filter", `"n":1500} type:Entered`)
	p.see("events-count", "4 of 24,806") // three states of the iteration, and the Map
	p.tellFrames("25,000 events, filter")
	p.fill("events-filter", "")
	p.eval(`document.querySelector('[data-testid=tape]').focus()`, nil)
	p.press(kbHome)
	p.see("tape-position", "event 1 of 24,806")
	p.press(kbEnd)
	p.see("tape-position", "event 24,806 of")
	p.tellFrames("25,000 events, to the first event and back")
	p.click("view-compact", "")
	p.see("row-A", "×3100")
	p.click("view-graph", "")
	p.until(nodeIs("A", "succeeded"))
	p.tellFrames("25,000 events, other views")
	var rows int
	p.click("view-events", "")
	p.see("event-24806", "")
	p.eval(`document.querySelectorAll('[data-testid=events] .vspace > *').length`, &rows)
	if rows > 120 {
		t.Errorf("%d rows are in the document", rows)
	}
}

// A whole Map happens while its execution is followed.
func TestManyEventsLive(t *testing.T) {
	p := openTab(t, "#/machines")
	machine := p.machine("burst", `{"StartAt": "Sleep", "States": {"Sleep": {"Type": "Wait", "Seconds": 3600, "Next": "M"}, "M": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "A", "States": {
		"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "End": true}}}}}}`)
	p.open(p.start(machine, "x", "["+strings.Repeat("0,", 3999)+"0]"), "")
	p.until(nodeIs("Sleep", "waiting"))
	p.eval(measureFrames, nil)
	p.click("skip-wait", "")
	p.see("status", "Succeeded")
	p.see("tape-position", "event 24,008 of 24,008")
	p.until(nodeIs("M", "succeeded"))
	p.tellFrames("24,000 events live")
	p.see("tape-position", "24,008")
}

// The virtual clock is advanced from the page.
func TestAdvanceClock(t *testing.T) {
	p := openTab(t, "#/machines", emulator.WithVirtualClock(time.Unix(1_700_000_000, 0)))
	p.open(p.start(p.machine("waits", waits), "x", "{}"), "")
	p.until(nodeIs("Sleep", "waiting"))
	p.click("more", "")
	p.click("advance-an-hour", "")
	p.see("status", "Succeeded")
}

func TestDropHistory(t *testing.T) {
	p := openTab(t, "#/x")
	text, err := os.ReadFile(filepath.Join("testdata", "histories", "map-fails.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Definition json.RawMessage
		Events     []map[string]any
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	drop := func(names []string, texts []string) {
		p.see("history-drop", "")
		files, _ := json.Marshal(texts)
		known, _ := json.Marshal(names)
		p.eval(`(() => { const data = new DataTransfer(), texts = `+string(files)+`, names = `+string(known)+`;
			texts.forEach((text, i) => data.items.add(new File([text], names[i])));
			document.querySelector('[data-testid=history-drop]').dispatchEvent(new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true})); })()`, nil)
	}
	drop([]string{"notes.txt"}, []string{"hello"})
	p.see("import-problem", "not JSON")
	drop([]string{"history.json", "machine.asl.json"}, []string{awsHistory(t, file.Events), string(file.Definition)})
	p.see("imported", "exported history")
	p.see("failure-error", "OutOfStock")
	p.until(nodeIs("Pick", "failed") + " && " + nodeIs("Rest", "aborted"))
	p.press(kbHome)
	p.until(nodeIs("Pick", "idle"))
	p.gone("rerun", "") // nothing can be done with it
	p.screenshot("imported")

	p.visit("#/x") // without a definition there is no graph, and all else
	drop([]string{"history.json"}, []string{awsHistory(t, file.Events)})
	p.see("failure-error", "OutOfStock")
	p.see("row-Pick", "failed")
}

// awsHistory writes events as the AWS CLI does: details under their own key, times as text.
func awsHistory(t *testing.T, events []map[string]any) string {
	t.Helper()
	for _, e := range events {
		if e["details"] != nil {
			name := fmt.Sprint(e["type"])
			switch {
			case strings.HasSuffix(name, "StateEntered"):
				name = "stateEntered"
			case strings.HasSuffix(name, "StateExited"):
				name = "stateExited"
			default:
				name = strings.ToLower(name[:1]) + name[1:]
			}
			e[name+"EventDetails"] = e["details"]
			delete(e, "details")
		}
	}
	text, err := json.Marshal(map[string]any{"events": events})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestExecutionWithHostileNames(t *testing.T) {
	p := openTab(t, "#/machines")
	name, err := json.Marshal(markup[:60])
	if err != nil {
		t.Fatal(err)
	}
	definition := fmt.Sprintf(`{"StartAt": %[1]s, "States": {%[1]s: {"Type": "Pass", "Comment": %[2]s, "Result": {%[1]s: %[2]s}, "Next": "__proto__"}, "__proto__": {"Type": "Pass", "Assign": {"constructor": 1}, "End": true}}}`, name, quote(markup))
	arn := p.start(p.machine("hostile", definition), "x", fmt.Sprintf(`{%s: %s}`, name, quote(markup)))
	for _, view := range []string{"graph", "compact", "timeline", "tree", "events"} {
		p.open(arn, "?view="+view)
		p.see("status", "Succeeded")
		p.until(`document.querySelector('main').textContent.includes('<img src=x')`)
	}
	for _, tab := range []string{"input", "flow", "output", "variables", "definition", "events", "try"} {
		p.open(arn, "?tab="+tab+"&event=3")
		p.see("tabpanel", "")
	}
	p.until(`document.querySelector('main img, main script') === null && document.title !== 'broken'`)
}

func TestExecutionByKeyboard(t *testing.T) {
	p := openTab(t, "#/machines")
	p.open(p.start(p.machine("picks", picks), "x", stocked), "")
	p.see("status", "Succeeded")
	p.eval(`document.querySelector('[data-testid=node-Both]').focus()`, nil)
	p.press(down)
	p.until(`document.activeElement.dataset.testid === 'node-Charge'`)
	p.press(kb.ArrowRight)
	p.until(`document.activeElement.dataset.testid.startsWith('node-')  && document.activeElement.dataset.testid !== 'node-Charge'`)
	p.press(enter)
	p.until(`document.activeElement.getAttribute('aria-pressed') === 'true'`)
	p.eval(`document.activeElement.blur()`, nil)
	p.press("5")
	p.see("events", "")
	p.press("3")
	p.see("timeline", "")
	p.press("1")
	p.see("graph", "")
	p.press("?")
	p.see("dialog", "Time travel")
	p.press(escape)
}

func TestCopyAs(t *testing.T) {
	p := openTab(t, "#/machines")
	arn := p.start(p.machine("copied", hello), "x", `{"it's": "quoted"}`)
	p.open(arn, "")
	p.see("status", "Succeeded")
	p.eval(`navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve(); }`, nil)
	for id, want := range map[string]string{
		"copy-aws-command": `--input '{"it'\''s":"quoted"}'`,
		"copy-curl":        `X-Amz-Target: AWSStepFunctions.StartExecution`,
		"copy-go":          `aws.String("{\"it's\":\"quoted\"}")`,
		"copy-python":      `input="{\"it's\":\"quoted\"}"`,
		"copy-javascript":  `new StartExecutionCommand({`,
		"copy-arn":         arn,
	} {
		p.click("more", "")
		p.click(id, "")
		p.until(`window.copied.includes(` + quote(want) + `)`)
	}
}

func TestNestedExecutions(t *testing.T) {
	p := openTab(t, "#/machines")
	child := p.machine("child", hello)
	parent := p.machine("parent", `{"StartAt": "Run", "States": {"Run": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2", "End": true,
		"Parameters": {"StateMachineArn": `+quote(child)+`, "Input": {"AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$": "$$.Execution.Id"}}}}}`)
	arn := p.start(parent, "above", "{}")
	p.open(arn, "")
	p.see("status", "Succeeded")
	p.click("tab-related", "")
	p.click("related-child", "")
	p.until(`location.hash.includes('child')`)
	p.see("status", "Succeeded")
	p.see("execution-name", "")
}

// TestExecutionPageIsAccessible runs axe on each view, tab, popup and dialog, in both
// themes, wide and narrow, and looks that nothing scrolls sideways.
func TestExecutionPageIsAccessible(t *testing.T) {
	axe, err := os.ReadFile(filepath.Join("testdata", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Skip("no axe-core: npm install --prefix emulator/ui/browsertest/testdata axe-core@4")
	}
	for _, look := range []struct {
		width       int64
		theme, then string // colours are all that a theme changes, so the second is looked at for those
	}{{1440, "light", "dark"}, {390, "dark", "light"}} {
		t.Run(fmt.Sprintf("%d", look.width), func(t *testing.T) {
			p := openTab(t, "#/machines", emulator.WithPendingTasks())
			p.size(look.width, 900)
			p.eval(`localStorage.setItem('aslocal.theme', '`+look.theme+`')`, nil)
			checkExecutionPages(p, func(name string) {
				t.Helper()
				p.eval(string(axe), nil)
				p.checkAccess(fmt.Sprintf("x-%s-%s-%d", name, look.theme, look.width), look.theme, `{}`)
				p.checkAccess(fmt.Sprintf("x-%s-%s-%d", name, look.then, look.width), look.then, `{runOnly: ['color-contrast']}`)
			})
		})
	}
}

// checkExecutionPages shows what the page of an execution has, part by part.
func checkExecutionPages(p *tab, check func(name string)) {
	failed := p.start(p.machine("picks", picks), "failed", short)
	counted := p.start(p.machine("counts", counts), "counted", `{"n": 0}`)
	held := p.start(p.machine("held", calls), "held", "{}")
	for _, view := range []string{"graph", "compact", "timeline", "tree", "events"} {
		p.open(failed, "?view="+view)
		p.see("failure", "")
		check(view)
	}
	p.open(failed, "?tab=iterations&state=Items")
	p.see("iterations", "")
	check("iterations")
	p.open(counted, "?event=5")
	p.see("tabpanel", "")
	for _, tab := range []string{"flow", "output", "variables", "definition", "events", "try"} {
		p.click("tab-"+tab, "")
		p.until(`document.querySelector('[data-testid=tab-` + tab + `]').getAttribute('aria-selected') === 'true'`)
		check("past-" + tab)
	}
	p.open(counted, "")
	p.see("meters", "")
	p.click("more", "")
	check("menu")
	p.open(held, "")
	p.click("held-mock", "")
	check("mock")
	p.visit("#/x")
	p.see("history-drop", "")
	check("import")
}
