package emulator

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// This file keeps the aliases of state machines, and chooses which version an
// alias starts.
// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-state-machine-alias.html

// An alias is a name for one or two versions of a state machine. It is replaced
// as a whole when it changes.
type alias struct {
	arn, name   string
	description optionalString
	routes      []routingConfigurationListItem
	created     int64 // Unix milliseconds
	updated     int64
	order       int64 // in which the aliases of the state machine were created
}

// A routingConfigurationListItem is one way that an alias may go. It is named as
// in the API, whose validation messages print it.
type routingConfigurationListItem struct {
	StateMachineVersionArn string `json:"stateMachineVersionArn" aws:"required,min=1,max=256"`
	Weight                 int    `json:"weight" aws:"required,min=0,max=100"` // in percent
}

// maxAliases is how many aliases a state machine may have.
const maxAliases = 100

// sameAs reports whether creating b again may return a.
func (a *alias) sameAs(b *alias) bool {
	return a.description == b.description && slices.Equal(a.routes, b.routes)
}

// routesTo reports whether the alias names the version, whatever its weight.
func (a *alias) routesTo(version string) bool {
	return slices.ContainsFunc(a.routes, func(r routingConfigurationListItem) bool { return r.StateMachineVersionArn == version })
}

// choose returns the ARN of the version that an execution runs, given a number
// from 0 to 99 drawn for it.
func (a *alias) choose(drawn int) string {
	for _, r := range a.routes {
		if drawn < r.Weight {
			return r.StateMachineVersionArn
		}
		drawn -= r.Weight
	}
	return "" // never: the weights add up to 100
}

// checkRouting checks where an alias of a state machine, or of any if machineARN
// is "", is to go, and returns the ARN of that state machine (F-046). The caller
// holds e.mu.
func (e *Emulator) checkRouting(machineARN string, routes []routingConfigurationListItem) (string, error) {
	arns, weights, sum := make([]string, len(routes)), make([]int, len(routes)), 0
	for i, r := range routes {
		if err := checkMachineARN(r.StateMachineVersionArn); err != nil {
			return "", err
		}
		arns[i], weights[i] = r.StateMachineVersionArn, r.Weight
		sum += r.Weight
	}
	for i, arn := range arns {
		of, qualifier := splitQualifier(arn)
		if _, err := strconv.ParseUint(qualifier, 10, 64); err != nil {
			return "", fault.RoutesNotVersions(arns)
		}
		if slices.Contains(arns[:i], arn) {
			return "", fault.RoutesNotDistinct(arns)
		}
		if machineARN == "" {
			machineARN = of
		}
		if of != machineARN {
			return "", fault.RoutesNotOfOneMachine(arns)
		}
	}
	if sum != 100 {
		return "", fault.RoutesNotSum100(weights)
	}
	for _, arn := range arns {
		if e.versionAt(arn) == nil {
			return "", fault.ReferenceDoesNotExist(arn)
		}
	}
	return machineARN, nil
}

// document is the alias as the store keeps it.
func (a *alias) document() journal.Document {
	routes := make([]value.Value, len(a.routes))
	for i, r := range a.routes {
		routes[i] = value.OfMembers("version", value.OfString(r.StateMachineVersionArn), "weight", value.OfInt(int64(r.Weight)))
	}
	o := value.OfMembers("name", value.OfString(a.name), "routes", value.OfSlice(routes),
		"created", value.OfInt(a.created), "updated", value.OfInt(a.updated), "order", value.OfInt(a.order))
	if a.description.Set {
		o = o.With("description", value.OfString(a.description.Value))
	}
	return journal.Document{Kind: kindAlias, Key: a.arn, Data: o.AppendJSON(nil)}
}

// loadAliases reads what the store keeps. Versions are there already.
func (e *Emulator) loadAliases() error {
	err := e.read(kindAlias, func(doc journal.Document) error {
		a, err := readAlias(doc.Key, doc.Data)
		if err != nil {
			return err
		}
		for _, r := range a.routes {
			if e.versionAt(r.StateMachineVersionArn) == nil {
				return fmt.Errorf("there is no version %s", r.StateMachineVersionArn)
			}
		}
		machineARN, _ := splitQualifier(a.arn)
		e.aliases[machineARN] = append(e.aliases[machineARN], a)
		return nil
	})
	for _, all := range e.aliases {
		slices.SortFunc(all, func(a, b *alias) int { return cmp.Compare(a.order, b.order) })
	}
	return err
}

func readAlias(arn string, doc []byte) (*alias, error) {
	o, err := value.ParseBytes(doc)
	if err != nil {
		return nil, err
	}
	a := &alias{arn: arn, name: o.Get("name").Text(), description: optionalText(o.Get("description"))}
	for _, route := range o.Get("routes").Items() {
		weight, _ := route.Get("weight").Int()
		a.routes = append(a.routes, routingConfigurationListItem{StateMachineVersionArn: route.Get("version").Text(), Weight: int(weight)})
	}
	a.created, _ = o.Get("created").Int()
	a.updated, _ = o.Get("updated").Int()
	a.order, _ = o.Get("order").Int()
	return a, nil
}

// putAlias stores an alias and makes it the one that requests see, in place of
// the one of its name or behind all others. The caller holds e.mu.
func (e *Emulator) putAlias(ctx context.Context, a *alias) error {
	if err := e.keep(ctx, a.document()); err != nil {
		return err
	}
	machineARN, _ := splitQualifier(a.arn)
	all := e.aliases[machineARN]
	if i := slices.IndexFunc(all, func(old *alias) bool { return old.arn == a.arn }); i >= 0 {
		all[i] = a
	} else {
		e.aliases[machineARN] = append(all, a)
	}
	return nil
}

// aliasAt returns the alias of that ARN, or nil. The caller holds e.mu.
func (e *Emulator) aliasAt(arn string) *alias {
	machineARN, _ := splitQualifier(arn)
	all := e.aliases[machineARN]
	if i := slices.IndexFunc(all, func(a *alias) bool { return a.arn == arn }); i >= 0 {
		return all[i]
	}
	return nil
}
