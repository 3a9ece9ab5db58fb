package emulator

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// This file has the actions on state machines.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html

type createStateMachineInput struct {
	Name                    string                   `json:"name" aws:"required,min=1,max=80"`
	Definition              string                   `json:"definition" aws:"required,min=1,max=1048576,sensitive"`
	RoleArn                 string                   `json:"roleArn" aws:"required,min=1,max=256"`
	Type                    string                   `json:"type" aws:"enum=STANDARD|EXPRESS"`
	LoggingConfiguration    *loggingConfiguration    `json:"loggingConfiguration"`
	TracingConfiguration    *tracingConfiguration    `json:"tracingConfiguration"`
	EncryptionConfiguration *encryptionConfiguration `json:"encryptionConfiguration"`
	Tags                    []tag                    `json:"tags"`
	Publish                 bool                     `json:"publish"`
	VersionDescription      optionalString           `json:"versionDescription" aws:"max=256,sensitive"`
}

type createStateMachineOutput struct {
	StateMachineArn        string         `json:"stateMachineArn"`
	CreationDate           time.Time      `json:"creationDate"`
	StateMachineVersionArn optionalString `json:"stateMachineVersionArn"`
}

// createStateMachine registers a state machine. The same call again returns the
// one that is there; a different one under its name is refused.
func (e *Emulator) createStateMachine(ctx context.Context, in *createStateMachineInput) (*createStateMachineOutput, error) {
	if !validName(in.Name) {
		return nil, fault.InvalidName(in.Name)
	}
	if err := checkRole(in.RoleArn); err != nil {
		return nil, err
	}
	if err := checkPublish(in.Publish, in.VersionDescription); err != nil {
		return nil, err
	}
	m := &stateMachine{
		arn: e.arnFor("stateMachine", in.Name), name: in.Name, machineType: typeStandard, roleARN: in.RoleArn, definition: in.Definition,
		tracing: in.TracingConfiguration.shown(), encryption: in.EncryptionConfiguration.shown(), tags: tagObject(value.EmptyObject, in.Tags), created: e.now(),
		published: in.Publish, description: in.VersionDescription,
	}
	m.updated = m.created
	if in.Type != "" {
		m.machineType = in.Type
	}
	var err error
	if m.logging, err = in.LoggingConfiguration.shown(); err != nil {
		return nil, err
	}
	if m.tags.Len() > maxTags {
		return nil, fault.TooManyTags(m.arn)
	}
	program, err := checkDefinition(in.Definition, m.machineType)
	if err != nil {
		return nil, err
	}

	e.mu.Lock()
	defer e.mu.Unlock()
	if old := e.machines[m.arn]; old != nil {
		if !old.sameAs(m) {
			return nil, fault.StateMachineAlreadyExists(m.arn)
		}
		return old.createdOutput(), nil
	}
	if in.Publish {
		_, err = e.publish(ctx, m, program, in.VersionDescription)
	} else {
		err = e.put(ctx, m, program, nil)
	}
	if err != nil {
		return nil, err
	}
	return m.createdOutput(), nil
}

// createdOutput is what the creation of m is answered with, and each repetition.
func (m *stateMachine) createdOutput() *createStateMachineOutput {
	out := &createStateMachineOutput{StateMachineArn: m.arn, CreationDate: date(m.created)}
	if m.published {
		out.StateMachineVersionArn = optional(m.arn + ":1")
	}
	return out
}

// sameAs reports whether creating n again may return m: role and tags do not
// count.
func (m *stateMachine) sameAs(n *stateMachine) bool {
	return m.definition == n.definition && m.machineType == n.machineType && m.published == n.published && m.description == n.description &&
		value.Equal(m.logging, n.logging) && value.Equal(m.tracing, n.tracing) && value.Equal(m.encryption, n.encryption)
}

// checkPublish refuses the description of a version that is not made.
func checkPublish(publish bool, description optionalString) error {
	if description.Set && !publish {
		return fault.DescriptionWithoutPublish()
	}
	return nil
}

type updateStateMachineInput struct {
	StateMachineArn         string                   `json:"stateMachineArn" aws:"required,min=1,max=256"`
	Definition              optionalString           `json:"definition" aws:"min=1,max=1048576,sensitive"`
	RoleArn                 optionalString           `json:"roleArn" aws:"min=1,max=256"`
	LoggingConfiguration    *loggingConfiguration    `json:"loggingConfiguration"`
	TracingConfiguration    *tracingConfiguration    `json:"tracingConfiguration"`
	EncryptionConfiguration *encryptionConfiguration `json:"encryptionConfiguration"`
	Publish                 bool                     `json:"publish"`
	VersionDescription      optionalString           `json:"versionDescription" aws:"max=256,sensitive"`
}

type updateStateMachineOutput struct {
	UpdateDate             time.Time      `json:"updateDate"`
	RevisionID             optionalString `json:"revisionId"`
	StateMachineVersionArn optionalString `json:"stateMachineVersionArn"`
}

// changesNothing reports whether there is nothing to update.
func (in *updateStateMachineInput) changesNothing() bool {
	return !in.Definition.Set && !in.RoleArn.Set && !in.Publish &&
		in.LoggingConfiguration == nil && in.TracingConfiguration == nil && in.EncryptionConfiguration == nil
}

// change changes what is given.
func (in *updateStateMachineInput) change(m *stateMachine) (err error) {
	m.definition = in.Definition.Or(m.definition)
	if in.RoleArn.Set {
		if err := checkRole(in.RoleArn.Value); err != nil {
			return err
		}
		m.roleARN = in.RoleArn.Value
	}
	if in.LoggingConfiguration != nil {
		if m.logging, err = in.LoggingConfiguration.shown(); err != nil {
			return err
		}
	}
	if in.TracingConfiguration != nil {
		m.tracing = in.TracingConfiguration.shown()
	}
	if in.EncryptionConfiguration != nil {
		m.encryption = in.EncryptionConfiguration.shown()
	}
	return nil
}

// updateStateMachine changes what new executions run. Those that run keep the
// revision they have begun with. An update that changes nothing makes none.
func (e *Emulator) updateStateMachine(ctx context.Context, in *updateStateMachineInput) (*updateStateMachineOutput, error) {
	if err := checkMachineARN(in.StateMachineArn); err != nil {
		return nil, err
	}
	if err := checkPublish(in.Publish, in.VersionDescription); err != nil {
		return nil, err
	}
	if in.changesNothing() {
		return nil, fault.MissingRequiredParameter()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	old := e.machines[in.StateMachineArn]
	if old == nil {
		return nil, fault.StateMachineDoesNotExist(in.StateMachineArn)
	}
	m := *old
	if err := in.change(&m); err != nil {
		return nil, err
	}
	m.updated = e.now()
	var program *machine.Program // of a new definition
	if m.definition != old.definition {
		var err error
		if program, err = checkDefinition(m.definition, m.machineType); err != nil {
			return nil, err
		}
	}
	if !old.sameAs(&m) || m.roleARN != old.roleARN {
		m.revision, m.revisionID = "", uuid.NewString()
	}
	out := &updateStateMachineOutput{UpdateDate: date(m.updated), RevisionID: optional(m.revisionID)}
	if !in.Publish {
		return out, e.put(ctx, &m, program, nil)
	}
	v, err := e.publish(ctx, &m, program, in.VersionDescription)
	if err != nil {
		return nil, err
	}
	out.StateMachineVersionArn = optional(v.arn)
	return out, nil
}

type describeStateMachineInput struct {
	StateMachineArn string `json:"stateMachineArn" aws:"required,min=1,max=256"`
	IncludedData    string `json:"includedData" aws:"enum=ALL_DATA|METADATA_ONLY"`
}

type describeStateMachineOutput struct {
	StateMachineArn         string         `json:"stateMachineArn"`
	Name                    string         `json:"name"`
	Status                  string         `json:"status"`
	Definition              string         `json:"definition"`
	RoleArn                 string         `json:"roleArn"`
	Type                    string         `json:"type"`
	CreationDate            time.Time      `json:"creationDate"`
	LoggingConfiguration    value.Value    `json:"loggingConfiguration"`
	TracingConfiguration    value.Value    `json:"tracingConfiguration"`
	EncryptionConfiguration value.Value    `json:"encryptionConfiguration"`
	RevisionID              optionalString `json:"revisionId"`
	Description             optionalString `json:"description"`
	VariableReferences      value.Value    `json:"variableReferences"`
}

// describeStateMachine returns a state machine as it stands, or as a version has
// it. An alias has an action of its own (F-043).
func (e *Emulator) describeStateMachine(_ context.Context, in *describeStateMachineInput) (*describeStateMachineOutput, error) {
	if _, err := parseARNOf(in.StateMachineArn, "stateMachine"); err != nil {
		return nil, err
	}
	r, err := e.refer(in.StateMachineArn)
	if err != nil {
		return nil, err
	}
	if r.alias != nil {
		return nil, fault.StateMachineDoesNotExist(in.StateMachineArn)
	}
	m := r.runs()
	out := &describeStateMachineOutput{
		StateMachineArn: m.arn, Name: m.name, Status: "ACTIVE", Definition: m.definition, RoleArn: m.roleARN, Type: m.machineType,
		CreationDate: date(m.created), LoggingConfiguration: m.logging, TracingConfiguration: m.tracing, EncryptionConfiguration: m.encryption,
		RevisionID: optional(m.revisionID), VariableReferences: variableReferences(m.definition),
	}
	if v := r.version; v != nil {
		out.StateMachineArn, out.CreationDate, out.Description = v.arn, date(v.created), v.description
	}
	if in.IncludedData == metadataOnly {
		out.Definition = "{}"
	}
	return out, nil
}

type deleteStateMachineInput struct {
	StateMachineArn string `json:"stateMachineArn" aws:"required,min=1,max=256"`
}

// deleteStateMachine removes a state machine with its versions and aliases;
// executions that run go on to their end. One that is not there is no error.
func (e *Emulator) deleteStateMachine(ctx context.Context, in *deleteStateMachineInput) (*empty, error) {
	if err := checkMachineARN(in.StateMachineArn); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.machines[in.StateMachineArn] == nil {
		return &empty{}, nil
	}
	gone := []journal.Document{{Kind: kindMachine, Key: in.StateMachineArn}}
	for _, v := range e.versions[in.StateMachineArn] {
		gone = append(gone, journal.Document{Kind: kindVersion, Key: v.arn})
	}
	for _, a := range e.aliases[in.StateMachineArn] {
		gone = append(gone, journal.Document{Kind: kindAlias, Key: a.arn})
	}
	if err := e.keep(ctx, gone...); err != nil {
		return nil, err
	}
	delete(e.machines, in.StateMachineArn)
	delete(e.versions, in.StateMachineArn)
	delete(e.aliases, in.StateMachineArn)
	return &empty{}, nil
}

type listStateMachinesInput struct {
	MaxResults int64          `json:"maxResults" aws:"min=0,max=1000"`
	NextToken  optionalString `json:"nextToken" aws:"min=1,max=1024"`
}

type listStateMachinesOutput struct {
	StateMachines []stateMachineItem `json:"stateMachines"`
	NextToken     optionalString     `json:"nextToken"`
}

type stateMachineItem struct {
	StateMachineArn string    `json:"stateMachineArn"`
	Name            string    `json:"name"`
	Type            string    `json:"type"`
	CreationDate    time.Time `json:"creationDate"`
}

// listStateMachines returns a page of the state machines by name.
func (e *Emulator) listStateMachines(_ context.Context, in *listStateMachinesInput) (*listStateMachinesOutput, error) {
	e.mu.RLock()
	all := make([]*stateMachine, 0, len(e.machines))
	for _, m := range e.machines {
		all = append(all, m)
	}
	e.mu.RUnlock()
	slices.SortFunc(all, func(a, b *stateMachine) int { return cmp.Compare(a.name, b.name) })
	page, next, err := pageOf(all, in.MaxResults, in.NextToken, "stateMachines", func(m *stateMachine) stateMachineItem {
		return stateMachineItem{StateMachineArn: m.arn, Name: m.name, Type: m.machineType, CreationDate: date(m.created)}
	})
	if err != nil {
		return nil, err
	}
	return &listStateMachinesOutput{StateMachines: page, NextToken: next}, nil
}

type validateStateMachineDefinitionInput struct {
	Definition string `json:"definition" aws:"required,min=1,max=1048576,sensitive"`
	Type       string `json:"type" aws:"enum=STANDARD|EXPRESS"`
	Severity   string `json:"severity" aws:"enum=ERROR|WARNING"`
	MaxResults int64  `json:"maxResults" aws:"min=0,max=100"`
}

type validateStateMachineDefinitionOutput struct {
	Result      string       `json:"result"`
	Diagnostics []diagnostic `json:"diagnostics"`
	Truncated   bool         `json:"truncated"`
}

type diagnostic struct {
	Severity string         `json:"severity"`
	Code     string         `json:"code"`
	Message  string         `json:"message"`
	Location optionalString `json:"location"`
}

// serviceWarnings are the codes of warnings that the service has, too. Others
// are for `aslocal validate`.
var serviceWarnings = map[string]bool{asl.NoDollar: true, asl.NoPath: true, asl.PassResultIsStatic: true}

// validateStateMachineDefinition reports all that is wrong with a definition;
// warnings if they are asked for.
func (e *Emulator) validateStateMachineDefinition(_ context.Context, in *validateStateMachineDefinitionInput) (*validateStateMachineDefinitionOutput, error) {
	definition, diagnostics := asl.Parse(in.Definition)
	if !diagnostics.HasErrors() {
		diagnostics = append(diagnostics, asl.Validate(definition, asl.Options{Express: in.Type == typeExpress})...)
	}
	out := &validateStateMachineDefinitionOutput{Result: "OK", Diagnostics: []diagnostic{}}
	if diagnostics.HasErrors() {
		out.Result = "FAIL"
	}
	warnings := in.Severity == "WARNING"
	limit := int(pageSize(in.MaxResults))
	for _, d := range diagnostics {
		if d.Severity != asl.SeverityError && !(warnings && serviceWarnings[d.Code]) {
			continue
		}
		if len(out.Diagnostics) == limit {
			out.Truncated = true
			break
		}
		out.Diagnostics = append(out.Diagnostics, diagnostic{Severity: string(d.Severity), Code: d.Code, Message: d.Message, Location: optional(d.Pointer)})
	}
	return out, nil
}
