package conformance_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/testcase"
)

// This file makes tests of the executions of all cases: each of them passes.

// untestable are what RecordTest says of executions that a test cannot repeat.
var untestable = []string{
	"was redriven, which a test cannot do",
	"was stopped from outside, which a test cannot do",
	"has failed with an error without a name, which a mock cannot do",
	"has called an activity that did not exist",
}

// recordings counts the tests of executions.
type recordings struct {
	mu      sync.Mutex
	passed  int
	refused map[string]int // by the text of untestable
}

// check makes a test of an execution and runs it. Children of Map Runs are in the test of the
// execution.
func (r *recordings) check(t *testing.T, em *emulator.TestEmulator, x ended) {
	if strings.Contains(machineOf(x.arn), "/") {
		return
	}
	text, err := em.RecordTest(t.Context(), x.arn, "recorded", false)
	if err != nil {
		for _, reason := range untestable {
			if strings.Contains(err.Error(), reason) {
				r.mu.Lock()
				defer r.mu.Unlock()
				r.refused[reason]++
				return
			}
		}
		t.Errorf("%s: no test: %v", x.arn, err)
		return
	}
	f, err := testcase.Parse("case.test.yaml", string(text))
	if err != nil {
		t.Errorf("%s: not read: %v\n%s", x.arn, err, text)
		return
	}
	m := &testcase.Machine{Name: machineOf(x.arn), Definition: x.definition, Text: x.text}
	if result := m.Run(t.Context(), f, &f.Cases[0], nil); !result.Passed() {
		t.Errorf("%s: not passed: %v\n%s", x.arn, result.Failures, text)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.passed++
}

// report fails if too few tests were made, or a reason to make none is none any more.
func (r *recordings) report(t *testing.T) {
	t.Log(r.passed, "tests of executions;", r.refused)
	if r.passed < 650 {
		t.Errorf("only %d tests of executions were made", r.passed)
	}
	for _, reason := range untestable {
		if r.refused[reason] == 0 {
			t.Errorf("no execution %s: take it out of untestable", reason)
		}
	}
}
