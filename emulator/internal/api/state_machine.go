package api

import (
	"cmp"
	"context"
	"iter"
	"strings"
	"time"

	"github.com/aslocal/aslocal/emulator/internal/api/awsjson"
	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/internal/caller"
	"github.com/aslocal/aslocal/emulator/internal/registry"
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
	Tags                    []tag                    `json:"tags"`
	TracingConfiguration    *tracingConfiguration    `json:"tracingConfiguration"`
	Publish                 bool                     `json:"publish"`
	VersionDescription      optionalString           `json:"versionDescription" aws:"max=256,sensitive"`
	EncryptionConfiguration *encryptionConfiguration `json:"encryptionConfiguration"`
}

type createStateMachineOutput struct {
	StateMachineArn        string         `json:"stateMachineArn"`
	CreationDate           time.Time      `json:"creationDate"`
	StateMachineVersionArn optionalString `json:"stateMachineVersionArn"`
}

// createStateMachine registers a state machine. The same call again returns the
// one that is there; a different one under its name is refused.
func (a *API) createStateMachine(ctx context.Context, in *createStateMachineInput) (*createStateMachineOutput, error) {
	if !validName(in.Name) {
		return nil, fault.InvalidName(in.Name)
	}
	if err := arn.CheckRole(in.RoleArn); err != nil {
		return nil, err
	}
	if err := checkPublish(in.Publish, in.VersionDescription); err != nil {
		return nil, err
	}
	c := registry.Creation{
		Home: a.homeOf(ctx), Name: in.Name, Type: cmp.Or(in.Type, registry.Standard),
		Configuration: registry.Configuration{
			RoleARN: in.RoleArn, Definition: in.Definition, Tracing: in.TracingConfiguration.shown(),
		},
		Tags:        tagObject(value.EmptyObject, in.Tags),
		Publication: registry.Publication{Publish: in.Publish, Description: stringOrNone(in.VersionDescription)},
	}
	var err error
	if c.Logging, err = in.LoggingConfiguration.shown(c.Home.StateMachine(in.Name)); err != nil {
		return nil, err
	}
	if err := a.checkLogGroup(ctx, c.Logging); err != nil {
		return nil, err
	}
	if c.Encryption, err = in.EncryptionConfiguration.shown(); err != nil {
		return nil, err
	}
	m, err := a.registry.Create(ctx, &c)
	if err != nil {
		return nil, err
	}
	out := &createStateMachineOutput{StateMachineArn: m.ARN, CreationDate: date(m.Created)}
	if m.Published {
		out.StateMachineVersionArn = awsjson.Some(arn.Version(m.ARN, "1")) // also when the creation is repeated
	}
	return out, nil
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
	Publish                 bool                     `json:"publish"`
	VersionDescription      optionalString           `json:"versionDescription" aws:"max=256,sensitive"`
	EncryptionConfiguration *encryptionConfiguration `json:"encryptionConfiguration"`
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
func (in *updateStateMachineInput) change(c *registry.Configuration) (err error) {
	c.Definition = in.Definition.Or(c.Definition)
	if in.RoleArn.Set {
		if err := arn.CheckRole(in.RoleArn.Value); err != nil {
			return err
		}
		c.RoleARN = in.RoleArn.Value
	}
	if in.LoggingConfiguration != nil {
		if c.Logging, err = in.LoggingConfiguration.shown(in.StateMachineArn); err != nil {
			return err
		}
	}
	if in.TracingConfiguration != nil {
		c.Tracing = in.TracingConfiguration.shown()
	}
	if in.EncryptionConfiguration != nil {
		c.Encryption, err = in.EncryptionConfiguration.shown()
	}
	return err
}

// updateStateMachine changes what new executions run. Those that run keep the
// revision they have begun with. An update that changes nothing makes none.
func (a *API) updateStateMachine(ctx context.Context, in *updateStateMachineInput) (*updateStateMachineOutput, error) {
	if _, err := arn.ParseMachine(in.StateMachineArn); err != nil {
		return nil, err
	}
	if err := checkPublish(in.Publish, in.VersionDescription); err != nil {
		return nil, err
	}
	if in.changesNothing() {
		return nil, fault.MissingRequiredParameter()
	}
	if in.LoggingConfiguration != nil && a.registry.Machine(in.StateMachineArn) != nil {
		logging, err := in.LoggingConfiguration.shown(in.StateMachineArn)
		if err != nil {
			return nil, err
		}
		if err := a.checkLogGroup(ctx, logging); err != nil { // before Update, which must not wait for another service
			return nil, err
		}
	}
	p := registry.Publication{Publish: in.Publish, Description: stringOrNone(in.VersionDescription)}
	m, v, err := a.registry.Update(ctx, in.StateMachineArn, in.change, p)
	if err != nil {
		return nil, err
	}
	out := &updateStateMachineOutput{UpdateDate: date(m.Updated), RevisionID: optional(m.ID)}
	if v != nil {
		out.StateMachineVersionArn = awsjson.Some(v.ARN)
	}
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
	Label                   optionalString `json:"label"`
	RevisionID              optionalString `json:"revisionId"`
	Description             optionalString `json:"description"`
	VariableReferences      value.Value    `json:"variableReferences"`
	Note                    optionalString `json:"note"` // AWS has none
}

// describeStateMachine returns a state machine as it stands, or as a version has
// it. An alias has an action of its own (F-043). With the label of a distributed Map,
// that is what its children run; its definition is shown in any case (F-237).
func (a *API) describeStateMachine(ctx context.Context, in *describeStateMachineInput) (*describeStateMachineOutput, error) {
	at, err := arn.ParseKind(in.StateMachineArn, arn.StateMachine)
	if err != nil {
		return nil, err
	}
	ref, p, err := a.registry.ResolveProcessor(at)
	if err != nil {
		return nil, err
	}
	if ref.Alias != nil { // documented; which of two versions is inferred (F-043)
		ref.Version = ref.Machine.VersionOf(ref.Alias)
	}
	r := ref.Revision()
	out := &describeStateMachineOutput{
		StateMachineArn: r.ARN, Name: r.Name, Status: "ACTIVE", Definition: r.Definition, RoleArn: r.RoleARN, Type: r.Type,
		CreationDate: date(r.Created), LoggingConfiguration: r.Logging, TracingConfiguration: r.Tracing, EncryptionConfiguration: r.Encryption,
		RevisionID: optional(r.ID), VariableReferences: r.References, Note: optional(a.noteOf(ctx, ref.Machine)),
	}
	if v := ref.Version; v != nil {
		out.StateMachineArn, out.CreationDate, out.Description = v.ARN, date(v.Created), optionalText(v.Description)
	}
	switch {
	case p != nil:
		out.StateMachineArn, out.Name, out.Label = in.StateMachineArn, at.LabelledName(), optional(at.Label)
		out.Definition, out.Type, out.VariableReferences = p.Definition, p.Type, p.References
	case in.IncludedData == metadataOnly:
		out.Definition = "{}"
	}
	return out, nil
}

// noteOf is what is to be said of a state machine: of one in the default region and
// account what is told of its file, of another one where it is, to those who see all.
func (a *API) noteOf(ctx context.Context, m *registry.StateMachine) string {
	at := arn.HomeOf(m.ARN)
	switch {
	case at == a.home:
		return a.note(m.Name)
	case caller.Of(ctx) == nil:
		return "in " + at.Region + " of the account " + at.Account
	}
	return ""
}

type deleteStateMachineInput struct {
	StateMachineArn string `json:"stateMachineArn" aws:"required,min=1,max=256"`
}

// deleteStateMachine removes a state machine with its versions and aliases;
// executions that run go on to their end. One that is not there is no error.
func (a *API) deleteStateMachine(ctx context.Context, in *deleteStateMachineInput) (*empty, error) {
	return &empty{}, a.registry.Delete(ctx, in.StateMachineArn)
}

type listStateMachinesInput struct {
	MaxResults int            `json:"maxResults" aws:"min=0,max=1000"`
	NextToken  optionalString `json:"nextToken" aws:"min=1,max=1024"`
}

type listStateMachinesOutput struct {
	StateMachines []stateMachineItem `json:"stateMachines"`
	NextToken     optionalString     `json:"nextToken"`
}

type stateMachineItem struct {
	StateMachineArn string         `json:"stateMachineArn"`
	Name            string         `json:"name"`
	Type            string         `json:"type"`
	CreationDate    time.Time      `json:"creationDate"`
	Note            optionalString `json:"note"` // AWS has none
}

// listStateMachines returns a page of the state machines by name.
func (a *API) listStateMachines(ctx context.Context, in *listStateMachinesInput) (*listStateMachinesOutput, error) {
	list := []string{"ListStateMachines", reachOf(ctx)}
	after, err := a.position(in.NextToken, list...)
	if err != nil {
		return nil, err
	}
	all := listing[*registry.StateMachine]{a.registry.Machines, a.registry.MachinesElsewhere, func(m *registry.StateMachine) (arn, name string) { return m.ARN, m.Name }}
	rest, position := all.from(ctx, a.home, after)
	page, next := pageOf(a, withoutTrials(rest), in.MaxResults, list, position, func(m *registry.StateMachine) stateMachineItem {
		return stateMachineItem{StateMachineArn: m.ARN, Name: m.Name, Type: m.Type, CreationDate: date(m.Created), Note: optional(a.noteOf(ctx, m))}
	})
	return &listStateMachinesOutput{StateMachines: page, NextToken: next}, nil
}

// withoutTrials leaves out the state machines of trial runs.
func withoutTrials(all iter.Seq[*registry.StateMachine]) iter.Seq[*registry.StateMachine] {
	return func(yield func(*registry.StateMachine) bool) {
		for m := range all {
			if !strings.HasPrefix(m.Name, TrialPrefix) && !yield(m) {
				return
			}
		}
	}
}
