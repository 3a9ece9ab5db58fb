package api

import (
	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/internal/service"
	"github.com/aslocal/aslocal/value"
)

// This file checks the mocks of TestState: what stands for the work of a state
// must have the form that the work would give it.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_MockInput.html

type mockInput struct {
	Result              optionalString   `json:"result" aws:"maxbytes=262144,sensitive"`
	ErrorOutput         *mockErrorOutput `json:"errorOutput"`
	FieldValidationMode string           `json:"fieldValidationMode" aws:"enum=STRICT|PRESENT|NONE"`
}

type mockErrorOutput struct {
	Error optionalString `json:"error" aws:"max=256,sensitive"`
	Cause optionalString `json:"cause" aws:"max=32768,sensitive"`
}

// mockOf makes the mock of a state; nil if there is none.
func (in *testStateInput) mockOf(s testedState) (*machine.Mock, error) {
	if in.Mock == nil {
		return nil, nil
	}
	m := &machine.Mock{Rehearsal: &machine.Rehearsal{
		FailedIterations: min(in.StateConfiguration.MapIterationFailureCount.Value, 1<<31-1), Iterations: -1,
	}}
	if e := in.Mock.ErrorOutput; e != nil {
		m.Failure = givenFailure(e.Error, e.Cause)
		return m, nil
	}
	var err error
	if m.Result, err = value.Parse(in.Mock.Result.Value); err != nil {
		return nil, fault.MockNotJSON()
	}
	switch s.Type {
	case asl.Parallel:
		err = checkBranches(s, m.Result)
	case asl.Map:
		err = checkIterations(s, m.Result)
	case asl.Task:
		err = in.Mock.checkAnswer(s.resource, m.Result)
	}
	return m, err
}

// checkBranches checks the result of a Parallel state: an item for each branch.
func checkBranches(s testedState, result value.Value) error {
	switch {
	case result.Kind() != value.Array:
		return fault.MockNotArray()
	case result.Len() != len(s.Branches):
		return fault.MockNotBranches()
	}
	return nil
}

// checkIterations checks the result of a Map state: an array, or what a
// ResultWriter leaves behind when it has written that to S3.
func checkIterations(s testedState, result value.Value) error {
	exported := s.Fields.Get("ResultWriter").Get("Resource").Exists()
	switch {
	case exported && result.Kind() != value.Object:
		return fault.MockNotObject()
	case !exported && result.Kind() != value.Array:
		return fault.MockNotArray()
	}
	return nil
}

// checkAnswer checks the result of a Task against the API behind its
// integration, as strictly as the mode says. The result of a task with a token
// is whatever is sent back with that (F-056).
func (m *mockInput) checkAnswer(r asl.Resource, result value.Value) error {
	if m.FieldValidationMode == "NONE" || r.Kind != asl.Integration || r.Pattern == asl.WaitForTaskToken {
		return nil
	}
	s, ok := service.AnswerOf(r.Type() + ":" + r.Action + r.Pattern.String())
	if !ok {
		return nil
	}
	if result.Kind() != value.Object {
		return fault.MockNotObject()
	}
	if wrong := s.Check(result, m.FieldValidationMode != "PRESENT"); wrong != "" {
		return fault.MockNotValid(wrong)
	}
	return nil
}
