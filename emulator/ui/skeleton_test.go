package ui

import (
	"strings"
	"testing"

	"github.com/aslocal/aslocal/value"
)

func TestSkeleton(t *testing.T) {
	for _, c := range []struct{ name, definition, want string }{
		{"paths of a Choice", `{"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [
			{"And": [{"Variable": "$.n", "NumericGreaterThan": 1}, {"Variable": "$.who.name", "StringEquals": "x"}], "Next": "B"}, {"Variable": "$.ok", "BooleanEquals": true, "Next": "B"}], "Default": "B"}, "B": {"Type": "Succeed"}}}`,
			`{"n": 0, "who": {"name": ""}, "ok": false}`},
		{"parameters below an InputPath", `{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "x", "InputPath": "$.order", "Parameters": {"id.$": "$.id", "all.$": "States.Format('{}', $.customer['full name'])", "t.$": "$$.Task.Token", "v.$": "$variable.x"}, "End": true}}}`,
			`{"order": {"id": "", "customer": {"full name": ""}}}`},
		{"the result of an earlier state", `{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "x", "ResultPath": "$.a", "Next": "B"}, "B": {"Type": "Pass", "Parameters": {"x.$": "$.a.b", "y.$": "$.c"}, "End": true}}}`,
			`{"c": ""}`},
		{"a state that replaces its input", `{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "x", "Next": "B"}, "B": {"Type": "Pass", "Parameters": {"x.$": "$.a"}, "End": true}}}`, `{}`},
		{"items", `{"StartAt": "M", "States": {"M": {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": {"StartAt": "P", "States": {"P": {"Type": "Pass", "Parameters": {"x.$": "$.inner"}, "End": true}}}, "End": true}}}`,
			`{"items": []}`},
		{"a member of items", `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": {"x.$": "$.lines[0].sku"}, "End": true}}}`, `{"lines": [{"sku": ""}]}`},
		{"JSONata", `{"QueryLanguage": "JSONata", "StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": [{"Condition": "{% $states.input.total > $states.context.Execution.Input.limit %}", "Next": "B"}], "Default": "B"},
			"B": {"Type": "Wait", "Seconds": "{% $states.input.pause %}", "Next": "C"}, "C": {"Type": "Pass", "Output": {"x": "{% $states.input.list[0].y %}"}, "Next": "D"}, "D": {"Type": "Pass", "Output": "{% $states.input.made %}", "End": true}}}`,
			`{"total": "", "limit": "", "pause": 0, "list": [{"y": ""}]}`},
		{"a loop", `{"StartAt": "A", "States": {"A": {"Type": "Wait", "SecondsPath": "$.s", "Next": "A"}}}`, `{"s": 0}`},
		{"nothing", `{}`, `{}`},
		{"mistakes", `{"StartAt": 1, "States": []`, `{}`},
		{"many steps", `{"StartAt": "A", "States": {"A": {"Type": "Pass", "InputPath": "$` + strings.Repeat(".a", 5000) + `", "End": true}}}`, ""},
	} {
		got := skeleton(parsed(c.definition))
		if c.want == "" {
			if len(got) > 1000 {
				t.Errorf("%s: %d bytes", c.name, len(got))
			}
		} else if !value.Equal(value.MustParse(got), value.MustParse(c.want)) {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
