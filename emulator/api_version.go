package emulator

import (
	"context"
	"slices"
	"time"

	"github.com/aslocal/aslocal/emulator/internal/api/fault"
)

// This file has the actions on versions of state machines.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_PublishStateMachineVersion.html

type publishStateMachineVersionInput struct {
	StateMachineArn string         `json:"stateMachineArn" aws:"required,min=1,max=256"`
	RevisionID      optionalString `json:"revisionId"`
	Description     optionalString `json:"description" aws:"max=256,sensitive"`
}

type publishStateMachineVersionOutput struct {
	CreationDate           time.Time `json:"creationDate"`
	StateMachineVersionArn string    `json:"stateMachineVersionArn"`
}

// initialRevision is what callers name the revision of a state machine that was
// never updated: it has no id yet.
const initialRevision = "INITIAL"

// publishStateMachineVersion makes a version of the current revision, or returns
// the one that it has. A revisionId must be the current one.
func (e *Emulator) publishStateMachineVersion(ctx context.Context, in *publishStateMachineVersionInput) (*publishStateMachineVersionOutput, error) {
	if err := checkMachineARN(in.StateMachineArn); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	old := e.machines[in.StateMachineArn]
	if old == nil {
		return nil, fault.StateMachineDoesNotExist(in.StateMachineArn)
	}
	if current := optional(old.revisionID).Or(initialRevision); in.RevisionID.Or(current) != current {
		return nil, fault.RevisionConflict(in.RevisionID.Value, current)
	}
	m := *old
	v, err := e.publish(ctx, &m, nil, in.Description)
	if err != nil {
		return nil, err
	}
	return &publishStateMachineVersionOutput{CreationDate: date(v.created), StateMachineVersionArn: v.arn}, nil
}

type listStateMachineVersionsInput struct {
	StateMachineArn string         `json:"stateMachineArn" aws:"required,min=1,max=256"`
	NextToken       optionalString `json:"nextToken" aws:"min=1,max=1024"`
	MaxResults      int64          `json:"maxResults" aws:"min=0,max=1000"`
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
func (e *Emulator) listStateMachineVersions(_ context.Context, in *listStateMachineVersionsInput) (*listStateMachineVersionsOutput, error) {
	if err := checkMachineARN(in.StateMachineArn); err != nil {
		return nil, err
	}
	e.mu.RLock()
	all := slices.Clone(e.versions[in.StateMachineArn])
	e.mu.RUnlock()
	slices.Reverse(all)
	page, next, err := pageOf(all, in.MaxResults, in.NextToken, in.StateMachineArn+"/versions", func(v *version) versionItem {
		return versionItem{StateMachineVersionArn: v.arn, CreationDate: date(v.created)}
	})
	if err != nil {
		return nil, err
	}
	return &listStateMachineVersionsOutput{StateMachineVersions: page, NextToken: next}, nil
}

type deleteStateMachineVersionInput struct {
	StateMachineVersionArn string `json:"stateMachineVersionArn" aws:"required,min=1,max=2000"`
}

// deleteStateMachineVersion removes a version that no alias routes to; its
// executions go on. One that is not there is no error.
func (e *Emulator) deleteStateMachineVersion(ctx context.Context, in *deleteStateMachineVersionInput) (*empty, error) {
	machineARN, err := parseQualifiedARN(in.StateMachineVersionArn)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.versionAt(in.StateMachineVersionArn) == nil {
		return &empty{}, nil
	}
	var names []string
	for _, a := range e.aliases[machineARN] {
		if a.routesTo(in.StateMachineVersionArn) {
			names = append(names, a.name)
		}
	}
	if names != nil {
		return nil, fault.VersionReferenced(names)
	}
	if err := e.remove(ctx, kindVersion, in.StateMachineVersionArn); err != nil {
		return nil, err
	}
	e.versions[machineARN] = slices.DeleteFunc(e.versions[machineARN], func(v *version) bool { return v.arn == in.StateMachineVersionArn })
	return &empty{}, nil
}
