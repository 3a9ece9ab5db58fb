package browsertest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// This file tests the forms of the editor: what is filled in is in the definition.

const (
	forms = `{
  "Comment": "An order.",
  "QueryLanguage": "JSONata",
  "StartAt": "Charge",
  "States": {
    "Charge": {
      "Type": "Task",
      "Resource": "arn:aws:states:::lambda:invoke",
      "Arguments": {"FunctionName": "charge", "Payload": "{% $states.input.total * 2 %}"},
      "Assign": {"total": "{% $states.input.total %}"},
      "Next": "Decide"
    },
    "Decide": {
      "Type": "Choice",
      "Choices": [{"Condition": "{% $total > 100 %}", "Next": "Large"}],
      "Default": "Small"
    },
    "Large": {"Type": "Pass", "End": true},
    "Small": {"Type": "Wait", "Seconds": 1, "Next": "Stop"},
    "Stop": {"Type": "Fail", "Error": "TooSmall"}
  }
}`
	formsOfPaths = `{
  "StartAt": "Decide",
  "States": {
    "Decide": {
      "Type": "Choice",
      "Choices": [{"Variable": "$.total", "NumericGreaterThan": 100, "Next": "Each"}],
      "Default": "Stop"
    },
    "Each": {
      "Type": "Map",
      "ItemsPath": "$.items",
      "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": "One", "States": {"One": {"Type": "Pass", "End": true}}},
      "Next": "Both"
    },
    "Both": {
      "Type": "Parallel",
      "Branches": [{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}, {"StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}}],
      "Retry": [{"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 2, "MaxAttempts": 6, "BackoffRate": 2, "MaxDelaySeconds": 20, "JitterStrategy": "FULL"}],
      "End": true
    },
    "Stop": {"Type": "Fail", "Error": "TooSmall"}
  }
}`
)

// edit opens the editor of a state machine and selects a state; "" for none.
func (p *tab) edit(arn, state string) {
	p.t.Helper()
	p.visit(pageOf("edit", arn) + "?view=code") // so that the text can be read
	p.see("code", "")
	p.click("view-design", "")
	p.see("panel", "")
	p.see("node-"+firstState, "")
	if state != "" {
		p.selectState(state)
	}
}

// firstState is in all state machines of these tests.
const firstState = "Decide"

func (p *tab) selectState(name string) {
	p.t.Helper()
	p.click("node-"+name, "")
	p.until(`document.querySelector('[data-testid=panel] h2').textContent === ` + quote(name))
}

// text gives the expression for the text of the document without blanks.
const textOfDocument = `document.querySelector('[data-testid=code]').value.replace(/\s+/g, '')`

func unspaced(s string) string { return strings.Join(strings.Fields(s), "") }

// written waits until the text of the document has a part, blanks aside.
func (p *tab) written(part string) {
	p.t.Helper()
	p.until(textOfDocument + `.includes(` + quote(unspaced(part)) + `)`)
}

// unwritten looks that the text of the document has no such part.
func (p *tab) unwritten(part string) {
	p.t.Helper()
	var has bool
	if p.eval(textOfDocument+`.includes(`+quote(unspaced(part))+`)`, &has); has {
		p.t.Errorf("the text has %s", part)
	}
}

// focus moves the focus to a control.
func (p *tab) focus(id string) {
	p.t.Helper()
	p.see(id, "")
	p.eval(find(id, "")+`.focus()`, nil)
}

// pick chooses in a select as the keyboard does.
func (p *tab) pick(id, value string) {
	p.t.Helper()
	p.until(fmt.Sprintf(`%s?.querySelector('option[value=%s]') && !%s.disabled`, find(id, ""), quote(value), find(id, "")))
	p.eval(fmt.Sprintf(`(() => { const e = %s; e.focus(); e.value = %s; e.dispatchEvent(new Event('change', {bubbles: true})); })()`, find(id, ""), quote(value)), nil)
}

func answer(context.Context, value.Value) (value.Value, error) {
	return value.OfMembers("ok", value.OfBool(true)), nil
}

func TestConfigureTask(t *testing.T) {
	p := openTab(t, "#/machines", emulator.WithTask("charge", answer), emulator.WithTask("refund", answer))
	arn := p.machine("order", forms)
	p.start(arn, "first", `{"total": 418.5}`)
	p.edit(arn, "Charge")
	p.see("resource-found", "runs here")

	// A field is written as it is typed, and undone in one step.
	p.fill("field-TimeoutSeconds", "3")
	p.press("0")
	p.written(`"TimeoutSeconds": 30`)
	p.click("undo", "")
	p.until(find("field-TimeoutSeconds", "") + `.value === ''`)
	p.unwritten("TimeoutSeconds")

	// What is wrong is told, stays in the field, and is not written.
	p.fill("field-TimeoutSeconds", "3x")
	p.see("field-problem", "Expected a number")
	p.fill("field-Comment", "Charges the card.")
	p.written(`"Comment": "Charges the card."`)
	p.selectState("Decide")
	p.selectState("Charge")
	p.until(find("field-TimeoutSeconds", "") + `.value === '3x'`)
	p.unwritten("TimeoutSeconds")
	p.focus("field-Comment")
	p.press("z", chromedp.KeyModifiers(input.ModifierCtrl)) // the document undoes, for the field has nothing to undo
	p.until(find("field-Comment", "") + `.value === ''`)
	p.fill("field-TimeoutSeconds", "")
	p.gone("field-problem", "")

	// Functions and actions are offered.
	p.focus("field-FunctionName")
	p.press(down)
	p.click("suggestion", "refund")
	p.written(`"FunctionName": "refund"`)
	p.pick("add-parameter", "InvocationType")
	p.written(`"InvocationType"`)
	p.fill("field-Resource", "queue sendMes")
	p.fill("field-Resource", "sqs:sendM")
	p.press("e")
	p.see("suggestion", "sqs:sendMessage")
	p.unwritten("sqs:sendM")
	p.press(enter)
	p.written(`"Resource": "arn:aws:states:::sqs:sendMessage"`)
	p.pick("pattern", ".waitForTaskToken")
	p.written(`"arn:aws:states:::sqs:sendMessage.waitForTaskToken"`)

	// The state leads elsewhere, and gets another name, which is told to whom leads to it.
	p.pick("next", "/end")
	p.written(`"End": true`)
	p.fill("state-name", "Send")
	p.press(enter)
	p.written(`"StartAt": "Send"`)
	p.until(`document.querySelector('[data-testid=state-name]').value === 'Send' && document.activeElement.dataset.testid === 'state-name'`)
}

func TestExpressionsAreTried(t *testing.T) {
	p := openTab(t, "#/machines", emulator.WithTask("charge", answer))
	arn := p.machine("order", forms)
	p.edit(arn, "Charge")
	p.see("preview", "No run yet")
	p.click("sample-open", "")
	p.fill("sample-input", `{"total": 5}`)
	p.see("preview-value", `"Payload": 10`)

	p.start(arn, "first", `{"total": 418.5}`)
	p.see("preview-value", `"Payload": 837`) // the last run is better than a sample
	p.fill("field-Arguments", "{% $states.")
	p.press("i")
	p.click("suggestion", "input")
	p.press(".total + 1 %}")
	p.see("preview-value", "419.5")
	p.written(`"Arguments": "{% $states.input.total + 1 %}"`)
	p.fill("field-Arguments", "{% $nothing( %}")
	p.see("preview-error", "")

	p.click("tab-variables", "")
	p.see("preview-value", "418.5")
	p.click("variable-add", "")
	p.until(`document.activeElement.dataset.testid === 'variable-name'`)
	p.run(chromedp.ActionFunc(func(ctx context.Context) error { return input.InsertText("paid").Do(ctx) }))
	p.press(enter)
	p.written(`"paid": "{% $states.input %}"`)
	p.see("panel", "$paid")
	p.click("tab-data", "")
	p.fill("field-Output", "{% $states.result.Payload.ok %}")
	p.see("preview-value", "true")
	p.click("last-result", "")
	p.see("json", "ok")
}

func TestRetryAndCatch(t *testing.T) {
	p := openTab(t, "#/machines", emulator.WithTask("charge", answer))
	p.edit(p.machine("order", forms), "Charge")
	p.click("tab-errors", "")
	p.click("retrier-add", "")
	p.until(`document.activeElement.dataset.testid === 'field-ErrorEquals'`)
	p.see("field-problem", "")
	p.press("Lambda.Too")
	p.see("suggestion", "Lambda.TooManyRequestsException")
	p.press(enter)
	p.written(`"ErrorEquals": ["Lambda.TooManyRequestsException"]`)
	p.press("Busy")
	p.press(escape)
	p.press(enter)
	p.written(`"ErrorEquals": ["Lambda.TooManyRequestsException", "Busy"]`)
	p.gone("field-problem", "")
	p.fill("field-MaxAttempts", "4")
	p.fill("field-MaxDelaySeconds", "7")
	p.see("backoff", "2 s")
	p.pick("field-JitterStrategy", "FULL")
	p.written(`"MaxDelaySeconds": 7, "JitterStrategy": "FULL"`)
	p.until(`[...document.querySelectorAll('[data-testid=backoff] tbody td:nth-child(2)')].map(e => e.textContent).join() === '0 to 2 s,0 to 4 s,0 to 7 s,0 to 7 s'`)

	p.click("catcher-add", "")
	p.written(`"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Stop"}]`)
	p.pick("field-Next", "Small")
	p.written(`"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Small"}]`)

	// Retriers are put in order by mouse and keyboard.
	p.click("retrier-add", "")
	p.until(`document.querySelectorAll('[data-testid=retrier-item]').length === 2`)
	p.eval(`document.querySelectorAll('[data-testid=retrier-up]')[1].click()`, nil)
	p.until(`document.querySelectorAll('[data-testid=retrier-item]')[0].textContent.startsWith('no errors yet')`)
	p.click("retrier-delete", "")
	p.until(`document.querySelectorAll('[data-testid=retrier-item]').length === 1`)
	p.click("catcher-delete", "")
	p.until(`!` + textOfDocument + `.includes('"Catch"')`)
}

func TestFormsByKeyboard(t *testing.T) {
	p := openTab(t, "#/machines", emulator.WithTask("charge", answer))
	p.edit(p.machine("order", forms), "Charge")
	focused := func(id string) {
		t.Helper()
		p.until(`document.activeElement.dataset.testid === ` + quote(id))
	}
	p.focus("tab-setup")
	for _, id := range []string{"tab-data", "tab-variables", "tab-errors"} {
		p.press(kb.ArrowRight)
		focused(id)
	}
	p.press(kb.Tab)
	focused("retrier-add")
	p.press(" ")
	focused("field-ErrorEquals")
	p.press("Busy,")
	p.written(`"ErrorEquals": ["Busy"]`)
	p.press(kb.Tab)
	focused("field-IntervalSeconds")
	p.press(kb.Tab)
	focused("field-MaxAttempts") // with its text selected
	p.run(chromedp.ActionFunc(func(ctx context.Context) error { return input.InsertText("5").Do(ctx) }))
	p.press(kb.Tab)
	p.written(`"MaxAttempts": 5`)
}

func TestBuildChoiceRules(t *testing.T) {
	p := openTab(t, "#/machines")
	p.edit(p.machine("paths", formsOfPaths), "Decide")
	p.see("rule-item", "$.total is greater than 100")
	p.click("rule-item", "")
	p.pick("rule-operator", "NumericLessThanEquals")
	p.written(`"NumericLessThanEquals": 100`)
	p.unwritten("NumericGreaterThan")
	p.pick("rule-shape", "And")
	p.written(`"And": [{"Variable": "$.total", "NumericLessThanEquals": 100}]`)
	p.click("test-add", "")
	p.until(`document.querySelectorAll('[data-testid=field-Variable]').length === 2`)
	p.eval(`(() => { const e = document.querySelectorAll('[data-testid=field-Variable]')[1]; e.focus(); e.select(); })()`, nil)
	p.run(chromedp.ActionFunc(func(ctx context.Context) error { return input.InsertText("$.vip").Do(ctx) }))
	p.written(`{"Variable": "$.vip", "StringEquals": ""}`)
	p.eval(`(() => { const e = document.querySelectorAll('[data-testid=rule-operator]')[1]; e.value = 'IsPresent'; e.dispatchEvent(new Event('change')); })()`, nil)
	p.written(`{"Variable": "$.vip", "IsPresent": true}`)
	p.see("rule-item", "$.total is at most 100 and $.vip is present")
	p.click("rule-path", "")
	p.written(`"NumericLessThanEqualsPath": "$.value"`)
	p.see("field-NumericLessThanEqualsPath", "")

	p.click("rule-add", "")
	p.until(`document.querySelectorAll('[data-testid=rule-item]').length === 2`)
	p.eval(`document.querySelectorAll('[data-testid=rule-item]')[1].focus()`, nil)
	p.press(kb.ArrowUp, chromedp.KeyModifiers(input.ModifierAlt))
	p.until(`document.querySelectorAll('[data-testid=rule-item]')[0].textContent.includes('$.value is ""')`)
	p.click("rule-delete", "")
	p.until(`document.querySelectorAll('[data-testid=rule-item]').length === 1`)
	p.pick("field-Default", "Both")
	p.written(`"Default": "Both"`)
}

func TestSeveralStates(t *testing.T) {
	p := openTab(t, "#/machines")
	p.edit(p.machine("order", forms), "Small")
	p.click("twin-Timestamp", "")
	p.until(`!` + textOfDocument + `.includes('"Seconds"')`)
	p.fill("field-Timestamp", "2030-01-01T00:00:00Z")
	p.written(`"Timestamp": "2030-01-01T00:00:00Z"`)
	var at struct{ X, Y float64 }
	p.eval(`(() => { const r = document.querySelector('[data-testid=node-Charge]').getBoundingClientRect(); return {X: r.x + 30, Y: r.y + 20}; })()`, &at)
	p.run(chromedp.MouseClickXY(at.X, at.Y, chromedp.ButtonModifiers(input.ModifierShift)))
	p.see("panel", "2 states")
	p.click("retry-all", "")
	p.written(`"Retry": [{"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 2, "MaxAttempts": 3, "BackoffRate": 2}]`)
	p.click("selected-state", "Charge")
	p.see("tab-errors", "1")
	p.click("state-more", "")
	p.click("state-wrap-parallel", "")
	p.written(`"Type": "Parallel"`)
}

func TestLanguageOfAState(t *testing.T) {
	p := openTab(t, "#/machines")
	p.edit(p.machine("paths", formsOfPaths), "Each")
	p.see("field-ItemsPath", "")
	p.click("sample-open", "")
	p.fill("sample-input", `{"order": {"items": [1, 2]}}`)
	p.see("preview-error", "")
	p.click("tab-data", "")
	p.fill("field-InputPath", "$.order")
	p.written(`"InputPath": "$.order"`)
	p.click("tab-setup", "")
	p.see("preview-value", "[1, 2]") // of what InputPath has chosen
	p.click("undo", "")
	p.see("language", "JSONPath")
	p.click("language-becomes", "")
	p.see("panel", "$states.context.Execution.Id")
	p.click("language-convert", "")
	p.see("language", "JSONata")
	p.written(`"QueryLanguage": "JSONata"`)
	p.written(`"Items": "{% $states.input.items %}"`)
	p.see("field-Items", "")
	p.gone("field-ItemsPath", "")
	p.click("undo", "")
	p.see("field-ItemsPath", "")
}

func TestProblemsBesideFields(t *testing.T) {
	p := openTab(t, "#/machines")
	p.edit(p.machine("paths", formsOfPaths), "Each")
	p.fill("field-ItemsPath", "$.items[")
	p.until(find("field-ItemsPath", "") + `.getAttribute('aria-invalid') === 'true'`)
	p.see("field-problem", "")
	var described bool
	p.eval(find("field-ItemsPath", "")+`.getAttribute('aria-describedby').split(' ').some(id => document.getElementById(id).textContent.includes(document.querySelector('[data-testid=field-problem]').textContent))`, &described)
	if !described {
		t.Error("the problem does not describe the field")
	}
	p.see("tab-setup", "1")
	p.fill("field-ItemsPath", "$.items")
	p.gone("field-problem", "")

	// A text that cannot be read is mended in the code first.
	p.click("view-code", "")
	p.eval(`(() => { const e = document.querySelector('[data-testid=code]'); e.focus(); e.setSelectionRange(e.value.length, e.value.length); })()`, nil)
	p.press("{")
	p.click("view-design", "")
	p.see("unreadable", "")
	p.until(find("field-ItemsPath", "") + `.disabled`)
}

// TestFormsAreAccessible runs axe on each form, in both themes, wide and narrow.
func TestFormsAreAccessible(t *testing.T) {
	axe, err := os.ReadFile(filepath.Join("testdata", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Skip("no axe-core: npm install --prefix emulator/ui/browsertest/testdata axe-core@4")
	}
	p := openTab(t, "#/machines", emulator.WithTask("charge", answer))
	check := func(name string) {
		t.Helper()
		for _, as := range []struct {
			width        int64
			theme, rules string
		}{{1440, "light", `{rules: {'target-size': {enabled: true}}}`}, {1440, "dark", `{runOnly: ['color-contrast']}`}, {390, "light", `{rules: {'color-contrast': {enabled: false}}}`}} {
			p.size(as.width, 900)
			p.eval(string(axe)+`; document.documentElement.dataset.theme = '`+as.theme+`'; new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))`, nil)
			name := fmt.Sprintf("form-%s-%s-%d", name, as.theme, as.width)
			p.screenshot(name)
			var violations []string
			p.eval(`axe.run(document.querySelector('[data-testid=slot-panel]'), `+as.rules+`).then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 200) + ' ' + n.failureSummary).join('; ')))`, &violations)
			for _, violation := range violations {
				t.Errorf("%s: %s", name, violation)
			}
			var unnamed []string
			p.eval(`[...document.querySelectorAll('[data-testid=panel] :is(a, button, input, select, textarea)')].filter(e => e.checkVisibility() && !e.dataset.testid).map(e => e.outerHTML.slice(0, 120))`, &unnamed)
			for _, element := range unnamed {
				t.Errorf("%s: no data-testid: %s", name, element)
			}
			var sideways bool
			if p.eval(`document.documentElement.scrollWidth > innerWidth || [...document.querySelectorAll('[data-testid=panel] [role=tabpanel]')].some(e => e.scrollWidth > e.clientWidth)`, &sideways); sideways {
				t.Errorf("%s: it scrolls sideways", name)
			}
		}
		p.size(1440, 900)
	}
	arn := p.machine("order", forms)
	p.start(arn, "first", `{"total": 418.5}`)
	p.edit(arn, "")
	check("machine")
	p.selectState("Charge")
	p.see("preview-value", "")
	check("task")
	p.click("tab-variables", "")
	p.see("preview-value", "")
	check("variables")
	p.click("tab-data", "")
	p.see("last-run", "")
	check("data")
	p.click("tab-json", "")
	p.see("field-State", "")
	check("json")
	p.selectState("Decide")
	p.click("tab-setup", "")
	p.click("rule-item", "")
	p.see("preview-value", "")
	check("condition")

	p.edit(p.machine("paths", formsOfPaths), "Decide")
	p.click("rule-item", "")
	p.pick("rule-shape", "Or")
	p.see("test-add", "")
	check("comparisons")
	p.selectState("Each")
	p.click("more-fields", "")
	check("map")
	p.selectState("Both")
	check("parallel")
	p.click("tab-errors", "")
	p.click("retrier-item", "")
	p.see("backoff", "")
	check("errors")
}

// TestFormModules runs the tests of what the forms compute in Node, where there is one.
func TestFormModules(t *testing.T) {
	runNode(t, nodeOrSkip(t), "--test", "form.test.mjs")
}
