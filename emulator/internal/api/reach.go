package api

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/internal/caller"
	"github.com/aslocal/aslocal/emulator/internal/engine"
	"github.com/aslocal/aslocal/emulator/internal/registry"
	"github.com/aslocal/aslocal/emulator/journal"
)

// This file keeps regions and accounts apart: it says what a caller can reach.

// homeOf returns where new resources of a caller are. Those of the emulator itself, and
// of requests without a signature, are in the default region and account.
func (a *API) homeOf(ctx context.Context) arn.Home {
	if c := caller.Of(ctx); c != nil {
		return c.Home
	}
	return a.home
}

// reachOf is what a caller's lists have, for their tokens: a region and an account, or
// everything.
func reachOf(ctx context.Context) string {
	if c := caller.Of(ctx); c != nil {
		return c.Region + "/" + c.Account
	}
	return ""
}

// A listing is what lists are made of: the resources of one kind.
type listing[T any] struct {
	in        func(home arn.Home, after string) iter.Seq[T] // of a region and account, after a name, by name
	elsewhere func(home arn.Home) []T                       // of all others
	of        func(T) (arn, name string)
}

// from gives what a caller's list has after a position, by name, and says where an item is
// in it: what is in the caller's region and account. The emulator itself sees all; of
// several of one name, what is in its default region and account, home, is first.
func (l listing[T]) from(ctx context.Context, home arn.Home, after string) (rest iter.Seq[T], position func(T) string) {
	if c := caller.Of(ctx); c != nil {
		return l.in(c.Home, after), func(item T) string { _, name := l.of(item); return name }
	}
	position = func(item T) string {
		at, name := l.of(item)
		if arn.HomeOf(at) == home {
			return name
		}
		return name + "\x00" + at // no name has this character, so that it comes behind
	}
	var others []T
	for _, item := range l.elsewhere(home) {
		if position(item) > after {
			others = append(others, item)
		}
	}
	if len(others) == 0 {
		return l.in(home, after), position
	}
	slices.SortFunc(others, func(a, b T) int { return cmp.Compare(position(a), position(b)) })
	return func(yield func(T) bool) {
		rest := others
		for item := range l.in(home, after) {
			for len(rest) > 0 && position(rest[0]) < position(item) {
				if !yield(rest[0]) {
					return
				}
				rest = rest[1:]
			}
			if !yield(item) {
				return
			}
		}
		for _, item := range rest {
			if !yield(item) {
				return
			}
		}
	}, position
}

// reach returns the API that answers a request about a resource: a for those of the
// caller's region and account. In another region there is no such resource (F-202), and
// those of other accounts are denied, since no policy of a resource can allow it (F-201).
func (a *API) reach(ctx context.Context, operation, resource string) (*API, error) {
	c := caller.Of(ctx)
	if c == nil || c.Home == arn.HomeOf(resource) {
		return a, nil
	}
	at, err := arn.Parse(resource)
	switch {
	case err != nil: // the action refuses what is no ARN
		return a, nil
	case at.Account != c.Account:
		a.log.Warn("a resource of another account was asked for; the access key of a client decides which account it is",
			"arn", resource, "account", c.Account)
		return nil, fault.AccessDenied(c.Principal(), "states:"+operation, resource)
	}
	a.log.Warn("an ARN of another region was asked for; the region of a client decides which resources it has", "arn", resource, "region", c.Region)
	return a.elsewhere()
}

// newElsewhere returns an API that has no resources: what the service answers in a region
// where nothing is.
func (a *API) newElsewhere() (*API, error) {
	store := journal.NewMemory()
	nothing, err := registry.Open(registry.Config{Store: store, Now: a.now, Random: a.random, Log: a.log})
	if err != nil {
		return nil, fmt.Errorf("api: %w", err)
	}
	e := *a
	e.registry, e.engine = nothing, engine.New(engine.Config{Clock: engine.NewVirtualClock(time.UnixMilli(a.now())), Store: store, Log: a.log})
	return &e, nil
}

// reachToken refuses the token of a task in another region or account (F-203).
func (a *API) reachToken(ctx context.Context, token string) error {
	c := caller.Of(ctx)
	if c == nil {
		return nil
	}
	if execution, ok := engine.ExecutionOf(token); ok && c.Home != arn.HomeOf(execution) {
		a.log.Warn("a task token of another region or account was sent; the region and the access key of a client decide which tokens it may send",
			"execution", execution, "region", c.Region, "account", c.Account)
		return fault.InvalidToken()
	}
	return nil
}

// An aboutResource is a request that is about the resource of an ARN.
type aboutResource interface{ resource() string }

func (in *activityInput) resource() string                   { return in.ActivityArn }
func (in *getActivityTaskInput) resource() string            { return in.ActivityArn }
func (in *describeExecutionInput) resource() string          { return in.ExecutionArn }
func (in *getExecutionHistoryInput) resource() string        { return in.ExecutionArn }
func (in *listMapRunsInput) resource() string                { return in.ExecutionArn }
func (in *redriveExecutionInput) resource() string           { return in.ExecutionArn }
func (in *stopExecutionInput) resource() string              { return in.ExecutionArn }
func (in *describeMapRunInput) resource() string             { return in.MapRunArn }
func (in *updateMapRunInput) resource() string               { return in.MapRunArn }
func (in *deleteStateMachineInput) resource() string         { return in.StateMachineArn }
func (in *describeStateMachineInput) resource() string       { return in.StateMachineArn }
func (in *listExecutionsInput) resource() string             { return cmp.Or(in.StateMachineArn, in.MapRunArn) }
func (in *listStateMachineAliasesInput) resource() string    { return in.StateMachineArn }
func (in *listStateMachineVersionsInput) resource() string   { return in.StateMachineArn }
func (in *publishStateMachineVersionInput) resource() string { return in.StateMachineArn }
func (in *startExecutionInput) resource() string             { return in.StateMachineArn }
func (in *updateStateMachineInput) resource() string         { return in.StateMachineArn }
func (in *stateMachineAliasInput) resource() string          { return in.StateMachineAliasArn }
func (in *updateStateMachineAliasInput) resource() string    { return in.StateMachineAliasArn }
func (in *deleteStateMachineVersionInput) resource() string  { return in.StateMachineVersionArn }
func (in *listTagsForResourceInput) resource() string        { return in.ResourceArn }
func (in *tagResourceInput) resource() string                { return in.ResourceArn }
func (in *untagResourceInput) resource() string              { return in.ResourceArn }

// An alias is a resource of its state machine's region and account: the first route tells.
func (in *createStateMachineAliasInput) resource() string {
	return in.RoutingConfiguration[0].StateMachineVersionArn
}
