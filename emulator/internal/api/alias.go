package api

import (
	"context"
	"time"

	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/internal/registry"
)

// This file has the actions on aliases of state machines.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachineAlias.html

// A routingConfigurationListItem is one way that an alias may go. It is named as
// in the API, whose validation messages print it.
type routingConfigurationListItem struct {
	StateMachineVersionArn string `json:"stateMachineVersionArn" aws:"required,min=1,max=256"`
	Weight                 int    `json:"weight" aws:"required,min=0,max=100"` // in percent
}

// routesOf reads the routes of a request.
func routesOf(items []routingConfigurationListItem) []registry.Route {
	routes := make([]registry.Route, len(items))
	for i, item := range items {
		routes[i] = registry.Route{Version: item.StateMachineVersionArn, Weight: item.Weight}
	}
	return routes
}

type createStateMachineAliasInput struct {
	Description          optionalString                 `json:"description" aws:"max=256,sensitive"`
	Name                 string                         `json:"name" aws:"required,min=1,max=80" pattern:"^(?=.*[a-zA-Z_\\-\\.])[a-zA-Z0-9_\\-\\.]+$"`
	RoutingConfiguration []routingConfigurationListItem `json:"routingConfiguration" aws:"required,min=1,max=2"`
}

type createStateMachineAliasOutput struct {
	StateMachineAliasArn string    `json:"stateMachineAliasArn"`
	CreationDate         time.Time `json:"creationDate"`
}

// createStateMachineAlias names versions of a state machine, the one of their
// ARNs. The same call again returns the alias that is there; a different one
// under its name is refused.
func (a *API) createStateMachineAlias(ctx context.Context, in *createStateMachineAliasInput) (*createStateMachineAliasOutput, error) {
	alias, err := a.registry.CreateAlias(ctx, in.Name, stringOrNone(in.Description), routesOf(in.RoutingConfiguration))
	if err != nil {
		return nil, err
	}
	return &createStateMachineAliasOutput{StateMachineAliasArn: alias.ARN, CreationDate: date(alias.Created)}, nil
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
func (a *API) updateStateMachineAlias(ctx context.Context, in *updateStateMachineAliasInput) (*updateStateMachineAliasOutput, error) {
	if _, err := arn.ParseQualified(in.StateMachineAliasArn); err != nil {
		return nil, err
	}
	if !in.Description.Set && in.RoutingConfiguration == nil {
		return nil, fault.MissingMember("Must specify at least one of description or routingConfiguration")
	}
	alias, err := a.registry.UpdateAlias(ctx, in.StateMachineAliasArn, stringOrNone(in.Description), routesOf(in.RoutingConfiguration))
	if err != nil {
		return nil, err
	}
	return &updateStateMachineAliasOutput{UpdateDate: date(alias.Updated)}, nil
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

// describeStateMachineAlias returns an alias.
func (a *API) describeStateMachineAlias(_ context.Context, in *stateMachineAliasInput) (*describeStateMachineAliasOutput, error) {
	alias, err := a.registry.Alias(in.StateMachineAliasArn)
	if err != nil {
		return nil, err
	}
	out := &describeStateMachineAliasOutput{
		StateMachineAliasArn: alias.ARN, Name: alias.Name, Description: optionalText(alias.Description),
		CreationDate: date(alias.Created), UpdateDate: date(alias.Updated),
	}
	for _, r := range alias.Routes {
		out.RoutingConfiguration = append(out.RoutingConfiguration, routingConfigurationListItem{StateMachineVersionArn: r.Version, Weight: r.Weight})
	}
	return out, nil
}

// deleteStateMachineAlias removes an alias, not the versions it goes to. One that
// is not there is no error.
func (a *API) deleteStateMachineAlias(ctx context.Context, in *stateMachineAliasInput) (*empty, error) {
	return &empty{}, a.registry.DeleteAlias(ctx, in.StateMachineAliasArn)
}

type listStateMachineAliasesInput struct {
	StateMachineArn string         `json:"stateMachineArn" aws:"required,min=1,max=256"`
	NextToken       optionalString `json:"nextToken" aws:"min=1,max=1024"`
	MaxResults      int            `json:"maxResults" aws:"min=0,max=1000"`
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
func (a *API) listStateMachineAliases(_ context.Context, in *listStateMachineAliasesInput) (*listStateMachineAliasesOutput, error) {
	all, err := a.registry.Aliases(in.StateMachineArn)
	if err != nil {
		return nil, err
	}
	list := []string{"ListStateMachineAliases", in.StateMachineArn}
	position, err := a.position(in.NextToken, list...)
	if err != nil {
		return nil, err
	}
	rest := func(yield func(*registry.Alias) bool) {
		for _, alias := range all {
			if (position == "" || alias.Order > readNumber(position)) && !yield(alias) {
				return
			}
		}
	}
	page, next := pageOf(a, rest, in.MaxResults, list, func(alias *registry.Alias) string { return number(alias.Order) }, func(alias *registry.Alias) aliasItem {
		return aliasItem{StateMachineAliasArn: alias.ARN, CreationDate: date(alias.Created)}
	})
	return &listStateMachineAliasesOutput{StateMachineAliases: page, NextToken: next}, nil
}
