package emulator

import (
	"context"
	"slices"
	"time"

	"github.com/aslocal/aslocal/emulator/internal/api/fault"
)

// This file has the actions on aliases of state machines.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachineAlias.html

type createStateMachineAliasInput struct {
	Description          optionalString                 `json:"description" aws:"max=256,sensitive"`
	Name                 string                         `json:"name" aws:"required,min=1,max=80" pattern:"^(?=.*[a-zA-Z_\\-\\.])[a-zA-Z0-9_\\-\\.]+$"`
	RoutingConfiguration []routingConfigurationListItem `json:"routingConfiguration" aws:"required,min=1,max=2"`
}

type createStateMachineAliasOutput struct {
	StateMachineAliasArn string    `json:"stateMachineAliasArn"`
	CreationDate         time.Time `json:"creationDate"`
}

// createStateMachineAlias names versions of a state machine, which is that of
// their ARNs. The same call again returns the alias that is there; a different
// one under its name is refused.
func (e *Emulator) createStateMachineAlias(ctx context.Context, in *createStateMachineAliasInput) (*createStateMachineAliasOutput, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	machineARN, err := e.checkRouting("", in.RoutingConfiguration)
	if err != nil {
		return nil, err
	}
	a := &alias{arn: machineARN + ":" + in.Name, name: in.Name, description: in.Description, routes: in.RoutingConfiguration, created: e.now()}
	a.updated = a.created
	if old := e.aliasAt(a.arn); old != nil {
		if !old.sameAs(a) {
			return nil, fault.AliasConflict()
		}
		return &createStateMachineAliasOutput{StateMachineAliasArn: old.arn, CreationDate: date(old.created)}, nil
	}
	all := e.aliases[machineARN]
	if len(all) >= maxAliases {
		return nil, fault.ServiceQuotaExceeded("aliases", maxAliases)
	}
	if len(all) > 0 {
		a.order = all[len(all)-1].order + 1
	}
	if err := e.putAlias(ctx, a); err != nil {
		return nil, err
	}
	return &createStateMachineAliasOutput{StateMachineAliasArn: a.arn, CreationDate: date(a.created)}, nil
}

type updateStateMachineAliasInput struct {
	StateMachineAliasArn string                         `json:"stateMachineAliasArn" aws:"required,min=1,max=256"`
	Description          optionalString                 `json:"description" aws:"max=256,sensitive"`
	RoutingConfiguration []routingConfigurationListItem `json:"routingConfiguration" aws:"min=1,max=2"`
}

type updateStateMachineAliasOutput struct {
	UpdateDate time.Time `json:"updateDate"`
}

// updateStateMachineAlias changes where new executions go. An update that
// changes nothing is answered as the one before it (F-049).
func (e *Emulator) updateStateMachineAlias(ctx context.Context, in *updateStateMachineAliasInput) (*updateStateMachineAliasOutput, error) {
	machineARN, err := parseQualifiedARN(in.StateMachineAliasArn)
	if err != nil {
		return nil, err
	}
	if !in.Description.Set && in.RoutingConfiguration == nil {
		return nil, fault.MissingMember("Must specify at least one of description or routingConfiguration")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	old := e.aliasAt(in.StateMachineAliasArn)
	if old == nil {
		return nil, fault.ReferenceDoesNotExist(in.StateMachineAliasArn)
	}
	a := *old
	if in.Description.Set {
		a.description = in.Description
	}
	if in.RoutingConfiguration != nil {
		if _, err := e.checkRouting(machineARN, in.RoutingConfiguration); err != nil {
			return nil, err
		}
		a.routes = in.RoutingConfiguration
	}
	if a.sameAs(old) {
		return &updateStateMachineAliasOutput{UpdateDate: date(old.updated)}, nil
	}
	a.updated = e.now()
	if err := e.putAlias(ctx, &a); err != nil {
		return nil, err
	}
	return &updateStateMachineAliasOutput{UpdateDate: date(a.updated)}, nil
}

type stateMachineAliasInput struct {
	StateMachineAliasArn string `json:"stateMachineAliasArn" aws:"required,min=1,max=256"`
}

type describeStateMachineAliasOutput struct {
	StateMachineAliasArn string                         `json:"stateMachineAliasArn"`
	Name                 string                         `json:"name"`
	Description          optionalString                 `json:"description"`
	RoutingConfiguration []routingConfigurationListItem `json:"routingConfiguration"`
	CreationDate         time.Time                      `json:"creationDate"`
	UpdateDate           time.Time                      `json:"updateDate"`
}

// describeStateMachineAlias returns an alias as it stands.
func (e *Emulator) describeStateMachineAlias(_ context.Context, in *stateMachineAliasInput) (*describeStateMachineAliasOutput, error) {
	if _, err := parseQualifiedARN(in.StateMachineAliasArn); err != nil {
		return nil, err
	}
	e.mu.RLock()
	a := e.aliasAt(in.StateMachineAliasArn)
	e.mu.RUnlock()
	if a == nil {
		return nil, fault.ReferenceDoesNotExist(in.StateMachineAliasArn)
	}
	return &describeStateMachineAliasOutput{
		StateMachineAliasArn: a.arn, Name: a.name, Description: a.description, RoutingConfiguration: a.routes,
		CreationDate: date(a.created), UpdateDate: date(a.updated),
	}, nil
}

// deleteStateMachineAlias removes an alias, not the versions it goes to. One that
// is not there is no error.
func (e *Emulator) deleteStateMachineAlias(ctx context.Context, in *stateMachineAliasInput) (*empty, error) {
	machineARN, err := parseQualifiedARN(in.StateMachineAliasArn)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.aliasAt(in.StateMachineAliasArn) == nil {
		return &empty{}, nil
	}
	if err := e.remove(ctx, kindAlias, in.StateMachineAliasArn); err != nil {
		return nil, err
	}
	e.aliases[machineARN] = slices.DeleteFunc(e.aliases[machineARN], func(a *alias) bool { return a.arn == in.StateMachineAliasArn })
	return &empty{}, nil
}

type listStateMachineAliasesInput struct {
	StateMachineArn string         `json:"stateMachineArn" aws:"required,min=1,max=256"`
	NextToken       optionalString `json:"nextToken" aws:"min=1,max=1024"`
	MaxResults      int64          `json:"maxResults" aws:"min=0,max=1000"`
}

type listStateMachineAliasesOutput struct {
	StateMachineAliases []aliasItem    `json:"stateMachineAliases"`
	NextToken           optionalString `json:"nextToken"`
}

type aliasItem struct {
	StateMachineAliasArn string    `json:"stateMachineAliasArn"`
	CreationDate         time.Time `json:"creationDate"`
}

// listStateMachineAliases returns a page of the aliases of a state machine, or
// of those that go to a version, in the order in which they were created
// (F-042).
func (e *Emulator) listStateMachineAliases(_ context.Context, in *listStateMachineAliasesInput) (*listStateMachineAliasesOutput, error) {
	if err := checkMachineARN(in.StateMachineArn); err != nil {
		return nil, err
	}
	all, err := e.aliasesOf(in.StateMachineArn)
	if err != nil {
		return nil, err
	}
	page, next, err := pageOf(all, in.MaxResults, in.NextToken, in.StateMachineArn+"/aliases", func(a *alias) aliasItem {
		return aliasItem{StateMachineAliasArn: a.arn, CreationDate: date(a.created)}
	})
	if err != nil {
		return nil, err
	}
	return &listStateMachineAliasesOutput{StateMachineAliases: page, NextToken: next}, nil
}

// aliasesOf returns the aliases of a state machine or of a version.
func (e *Emulator) aliasesOf(arn string) ([]*alias, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	r, err := e.find(arn)
	if err != nil {
		return nil, err
	}
	if r.alias != nil {
		return nil, fault.StateMachineDoesNotExist(arn)
	}
	all := slices.Clone(e.aliases[r.machine.arn])
	if r.version != nil {
		all = slices.DeleteFunc(all, func(a *alias) bool { return !a.routesTo(arn) })
	}
	return all, nil
}
