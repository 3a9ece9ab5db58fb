package emulator

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/api/awsjson"
	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/emulator/internal/engine"
	"github.com/aslocal/aslocal/emulator/internal/history"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// This file has the actions on executions.
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
func (e *Emulator) startExecution(ctx context.Context, in *startExecutionInput) (*startExecutionOutput, error) {
	r, err := e.request(in, false)
	if err != nil {
		return nil, err
	}
	setCaller(&r.Start, task.CallOf(ctx))
	view, err := e.engine.Start(ctx, r)
	if errors.Is(err, engine.ErrExists) {
		if sameCaller(view.Start, &r.Start) {
			return &startExecutionOutput{ExecutionArn: r.Start.ARN, StartDate: date(view.Started)}, nil
		}
		if view.Status != machine.Running || view.Start.InputText != r.Start.InputText {
			return nil, fault.ExecutionAlreadyExists(r.Start.ARN)
		}
		err = nil
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

// sameCaller reports whether one task has made both starts.
func sameCaller(a, b *machine.Start) bool {
	return a.Caller != "" && a.Caller == b.Caller && a.CallerToken == b.CallerToken
}

// request checks what StartExecution and StartSyncExecution ask for, in the
// order of the service: ARN, state machine, name, input.
func (e *Emulator) request(in *startExecutionInput, sync bool) (engine.Request, error) {
	var r engine.Request
	if err := checkMachineARN(in.StateMachineArn); err != nil {
		return r, err
	}
	from, err := e.referToStart(in.StateMachineArn)
	if err != nil {
		return r, err
	}
	m := from.runs()
	if sync && !m.express() {
		return r, fault.StateMachineTypeNotSupported()
	}
	name := in.Name.Value
	if !in.Name.Set {
		name = uuid.NewString()
	}
	if !validName(name) {
		return r, fault.InvalidName(name)
	}
	text := in.Input.Or("{}")
	input, err := value.Parse(text)
	if err != nil {
		return r, invalidInput(text, err)
	}
	if r.Program, err = e.program(m.revision); err != nil {
		return r, err
	}
	r.Start = machine.Start{
		ARN: e.arnFor("execution", m.name, name), Name: name, MachineARN: m.arn, Machine: m.name, RoleARN: m.roleARN, InputText: text,
		Sync: sync, Version: from.versionARN(), Alias: from.aliasARN(),
	}
	if m.express() {
		r.Start.Express = true
		r.Start.ARN = e.arnFor("express", m.name, name, uuid.NewString())
	}
	r.Input, r.Revision = input, m.revision
	return r, nil
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
func (e *Emulator) startSyncExecution(ctx context.Context, in *startSyncExecutionInput) (*startSyncExecutionOutput, error) {
	r, err := e.request(&in.startExecutionInput, true)
	if err != nil {
		return nil, err
	}
	view, err := e.engine.StartSync(ctx, r)
	if err != nil {
		return nil, err
	}
	duration := max(100, (view.Stopped-view.Started+99)/100*100)
	out := &startSyncExecutionOutput{
		ExecutionArn: r.Start.ARN, StateMachineArn: r.Start.MachineARN, Name: r.Start.Name,
		StartDate: date(view.Started), StopDate: date(view.Stopped), Status: view.Status.String(),
		TraceHeader: in.TraceHeader, BillingDetails: &billingDetails{BilledMemoryUsedInMB: 64, BilledDurationInMilliseconds: duration},
	}
	if in.IncludedData != metadataOnly {
		out.Input, out.InputDetails, out.OutputDetails = awsjson.Some(r.Start.InputText), &included{true}, &included{true}
		out.Output = outputText(view)
		out.Error, out.Cause = failureTexts(view)
	}
	return out, nil
}

func outputText(v engine.View) optionalString {
	if !v.Output.Exists() {
		return optionalString{}
	}
	return awsjson.Some(v.Output.String())
}

// failureTexts are error and cause as they are described; a timed-out execution
// shows neither (F-020).
func failureTexts(v engine.View) (name, cause optionalString) {
	f := v.Failure
	if f == nil || v.Status == machine.TimedOut {
		return name, cause
	}
	return optionalText(f.Name), optionalText(f.Cause)
}

type describeExecutionInput struct {
	ExecutionArn string `json:"executionArn" aws:"required,min=1,max=256"`
	IncludedData string `json:"includedData" aws:"enum=ALL_DATA|METADATA_ONLY"`
}

type describeExecutionOutput struct {
	ExecutionArn           string         `json:"executionArn"`
	StateMachineArn        string         `json:"stateMachineArn"`
	Name                   string         `json:"name"`
	Status                 string         `json:"status"`
	StartDate              time.Time      `json:"startDate"`
	StopDate               time.Time      `json:"stopDate"`
	Input                  optionalString `json:"input"`
	InputDetails           *included      `json:"inputDetails"`
	Output                 optionalString `json:"output"`
	OutputDetails          *included      `json:"outputDetails"`
	Error                  optionalString `json:"error"`
	Cause                  optionalString `json:"cause"`
	StateMachineVersionArn optionalString `json:"stateMachineVersionArn"`
	StateMachineAliasArn   optionalString `json:"stateMachineAliasArn"`
	MapRunArn              optionalString `json:"mapRunArn"`
	RedriveCount           int64          `json:"redriveCount"`
	RedriveStatus          string         `json:"redriveStatus"`
	RedriveStatusReason    optionalString `json:"redriveStatusReason"`
}

// describeExecution returns the execution as it stands.
func (e *Emulator) describeExecution(_ context.Context, in *describeExecutionInput) (*describeExecutionOutput, error) {
	v, err := e.execution(in.ExecutionArn)
	if err != nil {
		return nil, err
	}
	out := &describeExecutionOutput{
		ExecutionArn: in.ExecutionArn, StateMachineArn: v.Start.MachineARN, Name: v.Start.Name, Status: v.Status.String(),
		StartDate: date(v.Started), StopDate: date(v.Stopped), RedriveStatus: "NOT_REDRIVABLE",
		StateMachineVersionArn: optional(v.Start.Version), StateMachineAliasArn: optional(v.Start.Alias), MapRunArn: optional(v.Start.MapRun),
	}
	switch v.Status {
	case machine.Running, machine.Succeeded:
		out.RedriveStatusReason = awsjson.Some("Execution is " + v.Status.String() + " and cannot be redriven")
	default:
		if out.RedriveStatus = "REDRIVABLE"; v.Start.MapRun != "" {
			out.RedriveStatus = "REDRIVABLE_BY_MAP_RUN"
		}
	}
	if in.IncludedData != metadataOnly {
		out.Input, out.InputDetails = awsjson.Some(v.Start.InputText), &included{true}
		if out.Output = outputText(v); out.Output.Set {
			out.OutputDetails = &included{true}
		}
		out.Error, out.Cause = failureTexts(v)
	}
	return out, nil
}

// execution finds a Standard execution by its ARN.
func (e *Emulator) execution(text string) (engine.View, error) {
	if _, err := parseARNOf(text, "execution"); err != nil {
		return engine.View{}, err
	}
	v, err := e.engine.Describe(text)
	if errors.Is(err, engine.ErrNotFound) {
		err = fault.ExecutionDoesNotExist(text)
	}
	return v, err
}

type stopExecutionInput struct {
	ExecutionArn string         `json:"executionArn" aws:"required,min=1,max=256"`
	Error        optionalString `json:"error" aws:"max=256,sensitive"`
	Cause        optionalString `json:"cause" aws:"max=32768,sensitive"`
}

type stopExecutionOutput struct {
	StopDate time.Time `json:"stopDate"`
}

// stopExecution ends an execution with ABORTED; one that has ended stays as it
// is.
func (e *Emulator) stopExecution(ctx context.Context, in *stopExecutionInput) (*stopExecutionOutput, error) {
	if _, err := parseARNOf(in.ExecutionArn, "execution"); err != nil {
		return nil, err
	}
	var failure *machine.Failure
	if in.Error.Set || in.Cause.Set {
		failure = givenFailure(in.Error, in.Cause)
	}
	stopped, err := e.engine.Stop(ctx, in.ExecutionArn, failure)
	if errors.Is(err, engine.ErrNotFound) {
		return nil, fault.ExecutionDoesNotExist(in.ExecutionArn)
	}
	return &stopExecutionOutput{StopDate: date(stopped)}, err
}

// givenFailure is a failure of which either part may be missing.
func givenFailure(name, cause optionalString) *machine.Failure {
	return &machine.Failure{Name: stringOrNone(name), Cause: stringOrNone(cause)}
}

type getExecutionHistoryInput struct {
	ExecutionArn         string                 `json:"executionArn" aws:"required,min=1,max=256"`
	MaxResults           int64                  `json:"maxResults" aws:"min=0,max=1000"`
	ReverseOrder         bool                   `json:"reverseOrder"`
	NextToken            optionalString         `json:"nextToken" aws:"min=1,max=1024"`
	IncludeExecutionData awsjson.Optional[bool] `json:"includeExecutionData"`
}

type getExecutionHistoryOutput struct {
	Events    []value.Value  `json:"events"`
	NextToken optionalString `json:"nextToken"`
}

// getExecutionHistory returns a page of the events, forwards or backwards.
func (e *Emulator) getExecutionHistory(_ context.Context, in *getExecutionHistoryInput) (*getExecutionHistoryOutput, error) {
	v, err := e.execution(in.ExecutionArn)
	if err != nil {
		return nil, err
	}
	from := int64(1)
	if in.ReverseOrder {
		from = v.Events
	}
	if in.NextToken.Set {
		if from, err = pageStart(in.NextToken.Value, in.ExecutionArn); err != nil {
			return nil, err
		}
	}
	limit := pageSize(in.MaxResults)
	first, last := from, from+limit-1
	if in.ReverseOrder {
		first, last = max(1, from-limit+1), from
	}
	options := history.Options{Region: e.region, WithoutData: !in.IncludeExecutionData.Or(true)}
	out := &getExecutionHistoryOutput{Events: []value.Value{}}
	err = e.engine.History(in.ExecutionArn, first, func(ev *machine.Event) bool {
		if ev.ID > last {
			return false
		}
		out.Events = append(out.Events, history.Of(ev, options))
		return true
	})
	if err != nil {
		return nil, err
	}
	switch {
	case in.ReverseOrder:
		slices.Reverse(out.Events)
		if first > 1 {
			out.NextToken = pageToken(first-1, in.ExecutionArn)
		}
	case last < v.Events:
		out.NextToken = pageToken(last+1, in.ExecutionArn)
	}
	return out, nil
}

type listExecutionsInput struct {
	StateMachineArn string         `json:"stateMachineArn" aws:"min=1,max=256"`
	StatusFilter    string         `json:"statusFilter" aws:"enum=SUCCEEDED|TIMED_OUT|PENDING_REDRIVE|ABORTED|FAILED|RUNNING"`
	MaxResults      int64          `json:"maxResults" aws:"min=0,max=1000"`
	NextToken       optionalString `json:"nextToken" aws:"min=1,max=3096"`
	MapRunArn       string         `json:"mapRunArn" aws:"min=1,max=2000"`
	RedriveFilter   string         `json:"redriveFilter" aws:"enum=REDRIVEN|NOT_REDRIVEN"`
}

type listExecutionsOutput struct {
	Executions []executionItem `json:"executions"`
	NextToken  optionalString  `json:"nextToken"`
}

type executionItem struct {
	ExecutionArn           string                  `json:"executionArn"`
	StateMachineArn        string                  `json:"stateMachineArn"`
	Name                   string                  `json:"name"`
	Status                 string                  `json:"status"`
	StartDate              time.Time               `json:"startDate"`
	StopDate               time.Time               `json:"stopDate"`
	StateMachineVersionArn optionalString          `json:"stateMachineVersionArn"`
	StateMachineAliasArn   optionalString          `json:"stateMachineAliasArn"`
	MapRunArn              optionalString          `json:"mapRunArn"`
	ItemCount              awsjson.Optional[int64] `json:"itemCount"`
	RedriveCount           int64                   `json:"redriveCount"`
}

// listExecutions returns a page of the executions of a state machine, of those
// that a version or an alias has started, or of the children of a Map Run,
// newest first.
func (e *Emulator) listExecutions(_ context.Context, in *listExecutionsInput) (*listExecutionsOutput, error) {
	q, err := e.selection(in)
	if err != nil {
		return nil, err
	}
	out := &listExecutionsOutput{Executions: []executionItem{}}
	of := in.StateMachineArn + in.MapRunArn
	q.Status, q.Limit = in.StatusFilter, int(pageSize(in.MaxResults))
	if in.NextToken.Set {
		if q.Before, err = pageStart(in.NextToken.Value, of); err != nil {
			return nil, err
		}
	}
	if in.RedriveFilter == "REDRIVEN" {
		return out, nil // nothing can be redriven yet
	}
	rows, next, err := e.engine.List(q)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		out.Executions = append(out.Executions, itemOf(&rows[i]))
	}
	if next != 0 {
		out.NextToken = pageToken(next, of)
	}
	return out, nil
}

// selection is what ListExecutions is asked for.
func (e *Emulator) selection(in *listExecutionsInput) (q journal.Query, err error) {
	if (in.StateMachineArn == "") == (in.MapRunArn == "") {
		return q, fault.MissingMember("Must specify only one of stateMachineArn or mapRunArn")
	}
	if in.StatusFilter == "PENDING_REDRIVE" && in.MapRunArn == "" {
		return q, fault.PendingRedriveOfMachine()
	}
	if in.MapRunArn != "" {
		_, err = e.mapRun(in.MapRunArn)
		return journal.Query{MapRunARN: in.MapRunArn}, err
	}
	if _, err := parseARNOf(in.StateMachineArn, "stateMachine"); err != nil {
		return q, err
	}
	r, err := e.refer(in.StateMachineArn)
	if err != nil {
		return q, err
	}
	switch {
	case r.machine.express():
		return q, fault.StateMachineTypeNotSupported()
	case r.version != nil:
		return journal.Query{VersionARN: r.version.arn}, nil
	case r.alias != nil:
		return journal.Query{AliasARN: r.alias.arn}, nil
	}
	return journal.Query{MachineARN: r.machine.arn}, nil
}

func itemOf(x *engine.Row) executionItem {
	item := executionItem{
		ExecutionArn: x.ARN, StateMachineArn: x.MachineARN, Name: x.Name, Status: x.Status.String(), StartDate: date(x.Started), StopDate: date(x.Stopped),
		StateMachineVersionArn: optional(x.Version), StateMachineAliasArn: optional(x.Alias), MapRunArn: optional(x.MapRun),
	}
	if x.MapRun != "" {
		item.ItemCount = awsjson.Some(x.Items)
	}
	return item
}

type describeStateMachineForExecutionOutput struct {
	StateMachineArn         string         `json:"stateMachineArn"`
	Name                    string         `json:"name"`
	Definition              string         `json:"definition"`
	RoleArn                 string         `json:"roleArn"`
	UpdateDate              time.Time      `json:"updateDate"`
	LoggingConfiguration    value.Value    `json:"loggingConfiguration"`
	TracingConfiguration    value.Value    `json:"tracingConfiguration"`
	EncryptionConfiguration value.Value    `json:"encryptionConfiguration"`
	RevisionID              optionalString `json:"revisionId"`
	VariableReferences      value.Value    `json:"variableReferences"`
	MapRunArn               optionalString `json:"mapRunArn"`
	Label                   optionalString `json:"label"`
}

// describeStateMachineForExecution returns the revision that the execution
// runs, not the newest one; it outlives its state machine.
func (e *Emulator) describeStateMachineForExecution(_ context.Context, in *describeExecutionInput) (*describeStateMachineForExecutionOutput, error) {
	v, err := e.execution(in.ExecutionArn)
	if err != nil {
		return nil, err
	}
	revision, _, _ := strings.Cut(v.Revision, "#")
	m, err := e.revision(revision)
	if err != nil {
		return nil, err
	}
	definition := m.definition
	_, label, _ := strings.Cut(v.Start.MachineARN, "/")
	if label != "" {
		if definition, err = labelledDefinition(definition, label); err != nil {
			return nil, err
		}
	}
	references := variableReferences(definition)
	if in.IncludedData == metadataOnly {
		definition = "{}"
	}
	return &describeStateMachineForExecutionOutput{
		StateMachineArn: v.Start.MachineARN, Name: v.Start.Machine, Definition: definition, RoleArn: v.Start.RoleARN, UpdateDate: date(m.updated),
		LoggingConfiguration: m.logging, TracingConfiguration: m.tracing, EncryptionConfiguration: m.encryption,
		RevisionID: optional(m.revisionID), VariableReferences: references, MapRunArn: optional(v.Start.MapRun), Label: optional(label),
	}, nil
}
