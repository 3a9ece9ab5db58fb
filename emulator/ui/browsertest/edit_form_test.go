package browsertest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/emulator"
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
	p.visit(pageOf("edit", arn))
	p.see("panel", "")
	if state != "" {
		p.click("node-"+state, "")
		p.until(`document.querySelector('[data-testid=state-name]').value === ` + quote(state))
	}
}

// written waits until the text of the document has a part, blanks aside.
func (p *tab) written(part string) {
	p.t.Helper()
	p.click("view-code", "")
	p.until(`document.querySelector('[data-testid=code] textarea, textarea[data-testid=code]').value.replace(/\s+/g, '').includes(` + quote(strings.Join(strings.Fields(part), "")) + `)`)
	p.click("view-design", "")
}

func TestConfigureTask(t *testing.T) {
	p := openTab(t, "#/machines", emulator.WithTask("charge", nil))
	p.edit(p.machine("order", forms), "Charge")
	p.see("field-Resource", "")
	p.until(find("resource-found", "runs here") + ` !== undefined`)
	p.fill("field-TimeoutSeconds", "3")
	p.press(enter)
	p.written(`"TimeoutSeconds": 3`)
	p.screenshot("panel")
}

var _ = fmt.Sprint
var _ = os.ReadFile
var _ = filepath.Join
