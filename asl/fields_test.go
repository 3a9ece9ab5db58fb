package asl_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/asl"
)

// The fields of states by query language and type. Spec: "Table of State Types and
// Fields".
var stateFields = map[asl.QueryLanguage]map[string]string{
	asl.JSONPath: {
		"InputPath OutputPath":                  "Task Parallel Map Pass Wait Choice Succeed",
		"Parameters":                            "Task Parallel Map Pass",
		"ResultSelector":                        "Task Parallel Map",
		"ResultPath":                            "Task Parallel Map Pass",
		"Retry Catch":                           "Task Parallel Map",
		"Assign":                                "Task Parallel Map Pass Wait Choice",
		"Next End":                              "Task Parallel Map Pass Wait",
		"Result":                                "Pass",
		"Resource Credentials":                  "Task",
		"TimeoutSeconds TimeoutSecondsPath":     "Task",
		"HeartbeatSeconds HeartbeatSecondsPath": "Task",
		"Choices Default":                       "Choice",
		"Seconds SecondsPath Timestamp TimestampPath":               "Wait",
		"Error ErrorPath Cause CausePath":                           "Fail",
		"Branches":                                                  "Parallel",
		"ItemProcessor Iterator ItemsPath ItemSelector Label":       "Map",
		"ItemReader ItemBatcher ResultWriter":                       "Map",
		"MaxConcurrency MaxConcurrencyPath":                         "Map",
		"ToleratedFailureCount ToleratedFailureCountPath":           "Map",
		"ToleratedFailurePercentage ToleratedFailurePercentagePath": "Map",
	},
	asl.JSONata: {
		"Output":                              "Task Parallel Map Pass Wait Choice Succeed",
		"Arguments":                           "Task Parallel",
		"Retry Catch":                         "Task Parallel Map",
		"Assign":                              "Task Parallel Map Pass Wait Choice",
		"Next End":                            "Task Parallel Map Pass Wait",
		"Resource Credentials":                "Task",
		"TimeoutSeconds HeartbeatSeconds":     "Task",
		"Choices Default":                     "Choice",
		"Seconds Timestamp":                   "Wait",
		"Error Cause":                         "Fail",
		"Branches":                            "Parallel",
		"ItemProcessor Items ItemSelector":    "Map",
		"ItemReader ItemBatcher ResultWriter": "Map",
		"MaxConcurrency Label":                "Map",
		"ToleratedFailureCount":               "Map",
		"ToleratedFailurePercentage":          "Map",
	},
}

// TestFieldsOfStates gives each type of state each field, and one that no state has.
func TestFieldsOfStates(t *testing.T) {
	has := make(map[asl.QueryLanguage]map[string]bool) // "Pass Result"
	fields := []string{"Condition", "Variable", "Version"}
	for language, rows := range stateFields {
		has[language] = make(map[string]bool)
		for names, types := range rows {
			for _, name := range strings.Fields(names) {
				fields = append(fields, name)
				for _, kind := range strings.Fields(types) {
					has[language][kind+" "+name] = true
				}
			}
		}
	}
	slices.Sort(fields)
	for _, kind := range strings.Fields("Task Parallel Map Pass Wait Choice Succeed Fail") {
		for _, language := range []asl.QueryLanguage{asl.JSONPath, asl.JSONata} {
			other := asl.JSONata
			if language == asl.JSONata {
				other = asl.JSONPath
			}
			for _, name := range slices.Compact(fields) {
				want := fmt.Sprintf("Field '%s' is not supported", name)
				switch {
				case has[language][kind+" "+name]:
					want = ""
				case has[other][kind+" "+name]:
					want = fmt.Sprintf("The QueryLanguage is set to '%s', but field '%s' is only supported for the '%s' QueryLanguage", language, name, other)
				}
				got := ""
				text := fmt.Sprintf(`{"StartAt": "A", "States": {"A": {"Type": %q, "QueryLanguage": %q, "Comment": "c", %q: null}}}`, kind, language, name)
				for _, d := range validate(text, asl.Options{}).Errors() {
					if d.Pointer == "/States/A" && strings.Contains(d.Message, "'"+name+"'") && strings.Contains(d.Message, "supported") {
						got = d.Message
					}
				}
				if got != want {
					t.Errorf("%s of a %s state in %s:\n got %q\nwant %q", name, kind, language, got, want)
				}
			}
		}
	}
}
