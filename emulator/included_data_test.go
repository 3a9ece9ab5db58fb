package emulator_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/value"
)

// With METADATA_ONLY, each of the four actions that know it leaves out what a key of the
// customer encrypts, and nothing else.
func TestIncludedData(t *testing.T) {
	x := newTest(t, failing(1000))
	const states = "arn:aws:states:us-east-1:123456789012:"
	for name, machineType := range map[string]string{"s": "STANDARD", "e": "EXPRESS"} {
		if status, got := post(x.em.Emulator, "CreateStateMachine", fmt.Sprintf(`{"name":%q,"definition":%q,"roleArn":%q,"type":%q}`, name, pay, role, machineType)); status != 200 {
			t.Fatal(got)
		}
	}
	x.create("ok", pass)
	x.createType("oke", pass, "EXPRESS")
	x.em.Wait(x.start(new(states+"stateMachine:s"), "failed", `{"a": 1}`))
	x.em.Wait(x.start(new(states+"stateMachine:ok"), "succeeded", `{"a": 1}`))
	for _, tt := range []struct {
		action, member, arn string
		without             string // the members that METADATA_ONLY leaves out
		definition          string // that it shows
	}{
		{"DescribeStateMachine", "stateMachineArn", "stateMachine:s", "", "{}"},
		{"DescribeStateMachineForExecution", "executionArn", "execution:s:failed", "", "{}"},
		{"DescribeExecution", "executionArn", "execution:s:failed", "input inputDetails error cause", ""},
		{"DescribeExecution", "executionArn", "execution:ok:succeeded", "input inputDetails output outputDetails", ""},
		{"StartSyncExecution", "stateMachineArn", "stateMachine:e", "input inputDetails outputDetails error cause", ""},
		{"StartSyncExecution", "stateMachineArn", "stateMachine:oke", "input inputDetails output outputDetails", ""},
	} {
		answers := make(map[string]value.Value)
		for _, data := range []string{"", "ALL_DATA", "METADATA_ONLY"} {
			body := fmt.Sprintf(`{%q:%q}`, tt.member, states+tt.arn)
			if data != "" {
				body = fmt.Sprintf(`{%q:%q,"includedData":%q}`, tt.member, states+tt.arn, data)
			}
			status, got := post(x.em.Emulator, tt.action, body)
			if status != 200 {
				t.Fatalf("%s %s: %d %s", tt.action, data, status, got)
			}
			answers[data] = value.MustParse(got)
		}
		if all, same := members(answers["ALL_DATA"]), members(answers[""]); !slices.Equal(all, same) {
			t.Errorf("%s %s: ALL_DATA has %q, without it there are %q", tt.action, tt.arn, all, same)
		}
		want := members(answers["ALL_DATA"])
		for name := range strings.FieldsSeq(tt.without) {
			if !slices.Contains(want, name) {
				t.Errorf("%s %s: ALL_DATA has no %s", tt.action, tt.arn, name)
			}
			want = slices.DeleteFunc(want, func(have string) bool { return have == name })
		}
		if got := members(answers["METADATA_ONLY"]); !slices.Equal(got, want) {
			t.Errorf("%s %s: METADATA_ONLY has %q, want %q", tt.action, tt.arn, got, want)
		}
		if got := answers["METADATA_ONLY"].Get("definition").Text(); got != tt.definition {
			t.Errorf("%s %s: the definition is %s, want %s", tt.action, tt.arn, got, tt.definition)
		}
	}
}

// members are the names of an object's members, sorted.
func members(o value.Value) []string { return slices.Sorted(maps.Keys(maps.Collect(o.Members()))) }
