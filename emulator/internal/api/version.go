package api

import (
	"context"
	"slices"
	"time"

	"github.com/aslocal/aslocal/emulator/internal/registry"
)

// This file has the actions on versions of state machines.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_PublishStateMachineVersion.html

type publishStateMachineVersionInput struct {
	StateMachineArn string         `json:"stateMachineArn" aws:"required,min=1,max=256"`
	RevisionID      string         `json:"revisionId"`
	Description     optionalString `json:"description" aws:"max=256,sensitive"`
}

type publishStateMachineVersionOutput struct {
	CreationDate           time.Time `json:"creationDate"`
	StateMachineVersionArn string    `json:"stateMachineVersionArn"`
}

// publishStateMachineVersion makes a version of the current revision, or returns
// the one that it has. A revisionId must be the current one.
func (a *API) publishStateMachineVersion(ctx context.Context, in *publishStateMachineVersionInput) (*publishStateMachineVersionOutput, error) {
	v, err := a.registry.Publish(ctx, in.StateMachineArn, in.RevisionID, stringOrNone(in.Description))
	if err != nil {
		return nil, err
	}
	return &publishStateMachineVersionOutput{CreationDate: date(v.Created), StateMachineVersionArn: v.ARN}, nil
}

type listStateMachineVersionsInput struct {
	StateMachineArn string         `json:"stateMachineArn" aws:"required,min=1,max=256"`
	NextToken       optionalString `json:"nextToken" aws:"min=1,max=1024"`
	MaxResults      int            `json:"maxResults" aws:"min=0,max=1000"`
}

type listStateMachineVersionsOutput struct {
	StateMachineVersions []versionItem  `json:"stateMachineVersions"`
	NextToken            optionalString `json:"nextToken"`
}

type versionItem struct {
	StateMachineVersionArn string    `json:"stateMachineVersionArn"`
	CreationDate           time.Time `json:"creationDate"`
}

// listStateMachineVersions returns a page of the versions, newest first. A state
// machine that is not there has none (F-043).
func (a *API) listStateMachineVersions(_ context.Context, in *listStateMachineVersionsInput) (*listStateMachineVersionsOutput, error) {
	all, err := a.registry.Versions(in.StateMachineArn)
	if err != nil {
		return nil, err
	}
	list := []string{"ListStateMachineVersions", in.StateMachineArn}
	position, err := a.position(in.NextToken, list...)
	if err != nil {
		return nil, err
	}
	rest := func(yield func(*registry.Version) bool) {
		for _, v := range slices.Backward(all) {
			if (position == "" || v.Number < readNumber(position)) && !yield(v) {
				return
			}
		}
	}
	page, next := pageOf(a, rest, in.MaxResults, list, func(v *registry.Version) string { return number(v.Number) }, func(v *registry.Version) versionItem {
		return versionItem{StateMachineVersionArn: v.ARN, CreationDate: date(v.Created)}
	})
	return &listStateMachineVersionsOutput{StateMachineVersions: page, NextToken: next}, nil
}

type deleteStateMachineVersionInput struct {
	StateMachineVersionArn string `json:"stateMachineVersionArn" aws:"required,min=1,max=2000"`
}

// deleteStateMachineVersion removes a version that no alias routes to; its
// executions go on. One that is not there is no error.
func (a *API) deleteStateMachineVersion(ctx context.Context, in *deleteStateMachineVersionInput) (*empty, error) {
	return &empty{}, a.registry.DeleteVersion(ctx, in.StateMachineVersionArn)
}
