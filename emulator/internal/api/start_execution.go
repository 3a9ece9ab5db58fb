package api

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/api/awsjson"
	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/internal/engine"
	"github.com/aslocal/aslocal/emulator/internal/random"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/value"
)

// This file has the actions StartExecution and StartSyncExecution.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html

type startExecutionInput struct {
	StateMachineArn string         `json:"stateMachineArn" aws:"required,min=1,max=256"`
	Name            optionalString `json:"name" aws:"min=1,max=80"`
	Input           optionalString `json:"input" aws:"maxbytes=262144,sensitive"`
	TraceHeader     optionalString `json:"traceHeader" aws:"max=256" pattern:"\\p{ASCII}*" header:"X-Amzn-Trace-Id"`
}

type startExecutionOutput struct {
	ExecutionArn string    `json:"executionArn"`
	StartDate    time.Time `json:"startDate"`
}

// startExecution begins an execution, or returns the one that runs under the
// same name with the same input.
func (a *API) startExecution(ctx context.Context, in *startExecutionInput) (*startExecutionOutput, error) {
	r, err := a.request(ctx, in, false)
	if err != nil {
		return nil, err
	}
	setCaller(&r.Start, task.CallOf(ctx))
	view, err := a.engine.Start(ctx, r)
	if errors.Is(err, engine.ErrExists) {
		if view.Status != machine.Running || view.Start.InputText != r.Start.InputText || view.Start.TestCase != r.Start.TestCase {
			return nil, fault.ExecutionAlreadyExists(r.Start.ARN)
		}
		err = nil
	}
	if errors.Is(err, engine.ErrTooManyOpen) {
		return nil, fault.ExecutionLimitExceeded()
	}
	if err != nil {
		return nil, err
	}
	return &startExecutionOutput{ExecutionArn: r.Start.ARN, StartDate: date(view.Started)}, nil
}

// setCaller notes in the start of an execution which task starts it, if one does,
// so that the same task, called again after a restart, finds it.
func setCaller(s *machine.Start, c *task.Call) {
	if c != nil {
		s.Caller, s.CallerToken, s.Managed = c.Execution, c.Token, c.Resource.Pattern == asl.Sync
	}
}

// randomOf returns the source for a start: its own for each task that starts an
// execution, since tasks run at the same time, in any order.
func (a *API) randomOf(ctx context.Context) *random.Source {
	if c := task.CallOf(ctx); c != nil {
		return a.random.For(c.Key())
	}
	return a.random
}

// request checks what StartExecution and StartSyncExecution ask for, in the
// order of the service: ARN, state machine, name, input.
func (a *API) request(ctx context.Context, in *startExecutionInput, sync bool) (engine.Request, error) {
	var r engine.Request
	random := a.randomOf(ctx)
	machineARN, testCase, tests := strings.Cut(in.StateMachineArn, "#")
	ref, err := a.registry.ResolveForStart(machineARN, random)
	if err != nil {
		return r, err
	}
	v := ref.Revision()
	if tests {
		if err := a.checkTestCase(v.Name, testCase); err != nil {
			return r, err
		}
	}
	if sync && !v.Express() {
		return r, fault.StateMachineTypeNotSupported()
	}
	name := in.Name.Value
	if !in.Name.Set {
		name = random.UUID()
	}
	if !validName(name) {
		return r, fault.InvalidName(name)
	}
	text := in.Input.Or("{}")
	input, err := value.Parse(text)
	if err != nil {
		return r, invalidInput(text, err)
	}
	if r.Program, err = a.registry.ProgramOf(v); err != nil {
		return r, err
	}
	r.Start = machine.Start{
		Name: name, MachineARN: v.ARN, Machine: v.Name, RoleARN: v.RoleARN, InputText: text,
		Express: v.Express(), Sync: sync, Version: ref.VersionARN(), Alias: ref.AliasARN(), TestCase: testCase, Trace: in.TraceHeader.Value,
	}
	if home := arn.HomeOf(v.ARN); v.Express() {
		r.Start.ARN = home.Express(v.Name, name, random.UUID())
	} else {
		r.Start.ARN = home.Execution(v.Name, name)
	}
	r.Input, r.Revision = input, v.Key
	return r, nil
}

// checkTestCase checks the test case that is to be run, in the mock configuration
// as it is now.
func (a *API) checkTestCase(machine, name string) error {
	if a.mocks == nil {
		return fault.TestCaseDoesNotExist("no mock configuration is set; --mocks FILE or SFN_MOCK_CONFIG names one")
	}
	config, err := a.mocks.Latest()
	if err != nil {
		return fault.InvalidMockConfiguration(err.Error())
	}
	if err := config.Check(machine, name); err != nil {
		return fault.TestCaseDoesNotExist(err.Error())
	}
	return nil
}

// TestCases returns the names of the test cases that the mock configuration has now for a
// state machine.
func (a *API) TestCases(machine string) []string {
	if a.mocks == nil {
		return nil
	}
	config, err := a.mocks.Latest()
	if err != nil {
		return nil // who starts one is told
	}
	return config.Cases(machine)
}

// invalidInput words an input that is no JSON.
func invalidInput(text string, err error) error {
	if strings.TrimSpace(text) == "" {
		return fault.InvalidExecutionInput("")
	}
	return fault.InvalidExecutionInput(syntaxMessage(err))
}

// syntaxMessage is what is wrong with a JSON text, without the place.
func syntaxMessage(err error) string {
	if bad, ok := errors.AsType[*value.SyntaxError](err); ok {
		return bad.Message
	}
	return err.Error()
}

type startSyncExecutionInput struct {
	startExecutionInput
	IncludedData string `json:"includedData" aws:"enum=ALL_DATA|METADATA_ONLY"`
}

type startSyncExecutionOutput struct {
	ExecutionArn    string          `json:"executionArn"`
	StateMachineArn string          `json:"stateMachineArn"`
	Name            string          `json:"name"`
	StartDate       time.Time       `json:"startDate"`
	StopDate        time.Time       `json:"stopDate"`
	Status          string          `json:"status"`
	Error           optionalString  `json:"error"`
	Cause           optionalString  `json:"cause"`
	Input           optionalString  `json:"input"`
	InputDetails    *included       `json:"inputDetails"`
	Output          optionalString  `json:"output"`
	OutputDetails   *included       `json:"outputDetails"`
	TraceHeader     optionalString  `json:"traceHeader"`
	BillingDetails  *billingDetails `json:"billingDetails"`
}

type included struct {
	Included bool `json:"included"`
}

type billingDetails struct {
	BilledMemoryUsedInMB         int64 `json:"billedMemoryUsedInMB"`
	BilledDurationInMilliseconds int64 `json:"billedDurationInMilliseconds"`
}

// metadataOnly is the includedData that leaves definitions and payloads out.
const metadataOnly = "METADATA_ONLY"

// startSyncExecution runs an Express execution to its end.
func (a *API) startSyncExecution(ctx context.Context, in *startSyncExecutionInput) (*startSyncExecutionOutput, error) {
	r, err := a.request(ctx, &in.startExecutionInput, true)
	if err != nil {
		return nil, err
	}
	view, err := a.engine.StartSync(ctx, r)
	if err != nil {
		return nil, err
	}
	duration := max(100, (view.Stopped-view.Started+99)/100*100)
	out := &startSyncExecutionOutput{
		ExecutionArn: r.Start.ARN, StateMachineArn: r.Start.MachineARN, Name: r.Start.Name,
		StartDate: date(view.Started), StopDate: date(view.Stopped), Status: view.Status.String(),
		TraceHeader: optional(r.Start.Trace), BillingDetails: &billingDetails{BilledMemoryUsedInMB: 64, BilledDurationInMilliseconds: duration},
	}
	if in.IncludedData != metadataOnly {
		out.Input, out.InputDetails, out.OutputDetails = awsjson.Some(r.Start.InputText), &included{true}, &included{true}
		out.Output = outputText(view)
		out.Error, out.Cause = failureTexts(view)
	}
	return out, nil
}
