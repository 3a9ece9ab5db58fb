package api

import (
	"context"
	"fmt"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/api/awsjson"
	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/internal/registry"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/value"
)

// This file has the action TestState. What a state does is machine.StateTest's
// business; here stand what may be asked for, and what is shown of it.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_TestState.html

type testStateInput struct {
	Definition         string                 `json:"definition" aws:"required,min=1,max=1048576,sensitive"`
	RoleArn            optionalString         `json:"roleArn" aws:"min=1,max=256"`
	Input              optionalString         `json:"input" aws:"maxbytes=262144,sensitive"`
	InspectionLevel    string                 `json:"inspectionLevel" aws:"enum=INFO|DEBUG|TRACE"`
	RevealSecrets      bool                   `json:"revealSecrets"`
	Variables          optionalString         `json:"variables" aws:"maxbytes=262144,sensitive"`
	StateName          optionalString         `json:"stateName" aws:"min=1,max=80,sensitive"`
	Mock               *mockInput             `json:"mock"`
	Context            optionalString         `json:"context" aws:"maxbytes=262144,sensitive"`
	StateConfiguration testStateConfiguration `json:"stateConfiguration"`
}

type testStateConfiguration struct {
	RetrierRetryCount        int                   `json:"retrierRetryCount" aws:"min=0"`
	ErrorCausedByState       optionalString        `json:"errorCausedByState" aws:"min=1,max=80,sensitive"`
	MapIterationFailureCount awsjson.Optional[int] `json:"mapIterationFailureCount" aws:"min=0"`
	MapItemReaderData        optionalString        `json:"mapItemReaderData" aws:"maxbytes=262144,sensitive"`
}

type testStateOutput struct {
	Output         optionalString `json:"output"`
	Error          optionalString `json:"error"`
	Cause          optionalString `json:"cause"`
	InspectionData value.Value    `json:"inspectionData"`
	NextState      optionalString `json:"nextState"`
	Status         string         `json:"status"`
}

// traceLevel is the inspectionLevel that shows requests and responses of
// http:invoke.
const traceLevel = "TRACE"

// testedName is the name that a state has while it is tested, even if it has one
// in its state machine (F-050).
const testedName = "StateName"

// testState runs one state alone. A state that fails is an answer like any
// other.
func (a *API) testState(ctx context.Context, in *testStateInput) (*testStateOutput, error) {
	if err := in.checkRequest(); err != nil {
		return nil, err
	}
	t := &machine.StateTest{Retries: min(in.StateConfiguration.RetrierRetryCount, maxRetries)}
	if err := in.readDocuments(t); err != nil {
		return nil, err
	}
	s, inMap, err := in.state()
	if err != nil {
		return nil, err
	}
	tested, err := in.checkState(s)
	if err != nil {
		return nil, err
	}
	if t.Mocked, err = in.mockOf(tested); err != nil {
		return nil, err
	}
	if t.Given, err = in.contextOf(tested); err != nil {
		return nil, err
	}
	if t.Program, err = a.compileState(s); err != nil {
		return nil, err
	}
	t.InMap, t.Start = inMap, a.startOfTest(a.homeOf(ctx), in.RoleArn.Value)
	rehearsal := &machine.Rehearsal{Iterations: -1}
	if t.Mocked != nil {
		rehearsal = t.Mocked.Rehearsal
		rehearsal.Read = in.reader(ctx)
	}
	trace := &task.HTTPTrace{Reveal: in.RevealSecrets}
	if in.InspectionLevel == traceLevel {
		ctx = task.WithHTTPTrace(ctx, trace)
	}
	v := a.engine.TestState(ctx, t)
	if rehearsal.Iterations >= 0 && rehearsal.FailedIterations > rehearsal.Iterations {
		return nil, fault.TooManyFailedIterations()
	}
	return in.answer(v, rehearsal.Limits, trace), nil
}

// maxRetries is the largest MaxAttempts of a Retrier.
const maxRetries = 99_999_999

// checkRequest checks what goes together with a mock, what does not, and the
// role.
func (in *testStateInput) checkRequest() error {
	switch {
	case in.Mock != nil && in.Mock.Result.Set == (in.Mock.ErrorOutput != nil):
		return fault.MockNeedsOne()
	case in.Mock != nil && in.RevealSecrets:
		return fault.RevealSecretsWithMock()
	case in.Mock == nil && in.Context.Set:
		return fault.RequiresMock("Context")
	case in.Mock == nil && in.StateConfiguration.MapIterationFailureCount.Set:
		return fault.RequiresMock("MapIterationFailureCount")
	}
	if in.RoleArn.Set {
		return arn.CheckRole(in.RoleArn.Value)
	}
	return nil
}

// readDocuments reads input and variables.
func (in *testStateInput) readDocuments(t *machine.StateTest) (err error) {
	text := in.Input.Or("{}")
	if t.Input, err = value.Parse(text); err != nil {
		return invalidInput(text, err)
	}
	if in.Variables.Set {
		if t.Variables, err = value.Parse(in.Variables.Value); err != nil || t.Variables.Kind() != value.Object {
			return fault.InvalidVariables()
		}
	}
	return nil
}

// state finds the state to test and reports whether it belongs to a Map. Without
// a name, the definition is a state alone, whose errors are reported as if
// it had one (F-051).
func (in *testStateInput) state() (s *asl.State, inMap bool, err error) {
	text, options := in.Definition, asl.Options{}
	if _, err := value.Parse(text); err == nil && !in.StateName.Set {
		text, options.Alone = `{"StartAt":"`+testedName+`","States":{"`+testedName+`":`+text+`}}`, true
	}
	d, diagnostics := asl.Parse(text)
	if !diagnostics.HasErrors() {
		diagnostics = append(diagnostics, asl.Validate(d, options)...)
	}
	if errs := diagnostics.Errors(); len(errs) > 0 {
		return nil, false, registry.InvalidDefinition(errs)
	}
	if cause := in.StateConfiguration.ErrorCausedByState; cause.Set {
		if s, _ := findState(&d.Workflow, cause.Value, false); s == nil {
			return nil, false, fault.StateNotFound()
		}
	}
	if s, inMap = findState(&d.Workflow, in.StateName.Or(testedName), false); s == nil {
		return nil, false, fault.StateNotFound()
	}
	return s, inMap, nil
}

// findState finds a state by its name, at any depth, and reports whether it
// belongs to a Map; nil if there is none.
func findState(w *asl.Workflow, name string, inMap bool) (*asl.State, bool) {
	if s := w.State(name); s != nil {
		return s, inMap
	}
	for _, s := range w.States {
		for _, branch := range s.Branches {
			if found, inMap := findState(branch, name, inMap); found != nil {
				return found, inMap
			}
		}
		if p := s.ItemProcessor; p != nil {
			if found, inMap := findState(&p.Workflow, name, true); found != nil {
				return found, inMap
			}
		}
	}
	return nil, false
}

// A testedState is a state to be tested and, of a Task, what it calls.
type testedState struct {
	*asl.State
	resource asl.Resource
}

// checkState checks that the state can be tested as it is asked for.
func (in *testStateInput) checkState(s *asl.State) (testedState, error) {
	t := testedState{State: s}
	if s.Type == asl.Task {
		var err error
		if t.resource, err = asl.ParseResource(s.Fields.Get("Resource").Text()); err != nil {
			return t, fault.InvalidDefinition(fmt.Sprintf("%s: %v", asl.SchemaValidationFailed, err))
		}
	}
	works := s.Type == asl.Task || s.Type == asl.Map || s.Type == asl.Parallel
	switch {
	case in.Mock != nil && !works:
		return t, fault.NotMockable(string(s.Type))
	case in.Mock != nil || !works:
		return t, nil
	case s.Type != asl.Task || t.resource.Kind == asl.Activity:
		return t, fault.UnsupportedByTestState()
	case t.resource.Pattern != asl.RequestResponse:
		return t, fault.RequiresMock("the '" + t.resource.Pattern.String() + "' service integration pattern")
	case !in.RoleArn.Set:
		return t, fault.RoleRequired()
	}
	return t, nil
}

// compileState compiles a state, whose expressions may take no longer together
// than a test may.
func (a *API) compileState(s *asl.State) (*machine.Program, error) {
	p, err := machine.CompileState(s, testedName)
	if err != nil {
		return nil, fault.InvalidDefinition(fmt.Sprintf("%s: %v", asl.SchemaValidationFailed, err))
	}
	a.registry.CompleteParameters(p)
	registry.LimitExpressionsUntil(p, time.Now().Add(maxTestExpressions))
	return p, nil
}

// maxTestExpressions is how long all expressions of a test may take: a Map
// selects all of its items.
const maxTestExpressions = 30 * time.Second

// startOfTest makes up the execution that the context object shows: one of an
// Express state machine (F-050).
func (a *API) startOfTest(home arn.Home, role string) machine.Start {
	name, execution := a.random.UUID(), a.random.UUID()
	return machine.Start{
		ARN: home.Express(name, execution, ""), Name: execution, MachineARN: home.StateMachine(name), Machine: name,
		RoleARN: role, Express: true, Sync: true,
	}
}

// answer shows how the test has ended.
func (in *testStateInput) answer(v *machine.StateResult, limits *machine.MapRunLimits, trace *task.HTTPTrace) *testStateOutput {
	out := &testStateOutput{Status: string(v.Status)}
	if v.Output.Exists() {
		out.Output = awsjson.Some(v.Output.String())
	}
	if f := v.Failure; f != nil {
		out.Error, out.Cause = optionalText(f.Name), optionalText(f.Cause)
	}
	if v.Next != "" {
		out.NextState = awsjson.Some(v.Next)
	}
	if in.InspectionLevel == "DEBUG" || in.InspectionLevel == traceLevel {
		out.InspectionData = in.inspectionData(v, limits, trace)
	}
	return out
}

// inspectionData shows the data on its way through the state, as far as it came.
// JSON stands there as text.
func (in *testStateInput) inspectionData(v *machine.StateResult, limits *machine.MapRunLimits, trace *task.HTTPTrace) value.Value {
	var b value.ObjectBuilder
	b.Set("input", value.OfString(in.Input.Or("{}")))
	for step, data := range v.Inspection {
		if data.Exists() {
			b.Set(machine.Step(step).String(), value.OfString(data.String()))
		}
	}
	if trace.Request.Exists() {
		b.Set("request", trace.Request)
	}
	if trace.Response.Exists() {
		b.Set("response", trace.Response)
	}
	if v.Variables.Len() > 0 {
		b.Set("variables", value.OfString(v.Variables.String()))
	}
	if details := errorDetails(v); details.Len() > 0 {
		b.Set("errorDetails", details)
	}
	if l := limits; l != nil {
		b.Set("maxConcurrency", value.OfInt(l.MaxConcurrency))
		if l.ToleratedCount >= 0 {
			b.Set("toleratedFailureCount", value.OfInt(l.ToleratedCount))
		}
		if l.ToleratedPercentage >= 0 {
			b.Set("toleratedFailurePercentage", value.OfFloat(l.ToleratedPercentage))
		}
	}
	return b.Value()
}

// errorDetails shows which Retrier and Catcher the error has met (F-057).
func errorDetails(v *machine.StateResult) value.Value {
	var b value.ObjectBuilder
	if v.Catcher >= 0 {
		b.Set("catchIndex", value.OfInt(int64(v.Catcher)))
	}
	if v.Retrier >= 0 {
		b.Set("retryIndex", value.OfInt(int64(v.Retrier)))
	}
	if v.Status == machine.TestRetriable {
		b.Set("retryBackoffIntervalSeconds", value.OfInt(v.Backoff))
	}
	return b.Value()
}
