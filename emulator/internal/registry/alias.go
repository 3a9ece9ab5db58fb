package registry

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// This file keeps the aliases of state machines, and chooses which version an
// alias starts.
// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-state-machine-alias.html

// An Alias is a name for one or two versions of a state machine.
type Alias struct {
	ARN, Name   string
	Description value.Value // no value if none was given
	Routes      []Route
	Created     int64 // Unix milliseconds
	Updated     int64
	Order       int64 // in which the aliases of the state machine were created
}

// A Route is one way that an alias may go.
type Route struct {
	Version string // its ARN
	Weight  int    // in percent
}

// maxAliases is how many aliases a state machine may have. Quotas: "Aliases per
// state machine".
const maxAliases = 100

// sameAs reports whether creating b again may return a.
func (a *Alias) sameAs(b *Alias) bool {
	return sameDescription(a.Description, b.Description) && slices.Equal(a.Routes, b.Routes)
}

// RoutesTo reports whether the alias names the version, whatever its weight.
func (a *Alias) RoutesTo(version string) bool {
	return slices.ContainsFunc(a.Routes, func(r Route) bool { return r.Version == version })
}

// choose returns the ARN of the version that an execution runs, given a number
// from 0 to 99 drawn for it.
func (a *Alias) choose(drawn int) string {
	for _, r := range a.Routes {
		if drawn < r.Weight {
			return r.Version
		}
		drawn -= r.Weight
	}
	return "" // never: the weights add up to 100
}

// checkRoutes checks where an alias of a state machine, or of any if machineARN
// is "", is to go, and returns the ARN of that state machine (F-046).
func checkRoutes(machineARN string, routes []Route) (string, error) {
	versions, weights, sum := make([]arn.ARN, len(routes)), make([]int, len(routes)), 0
	texts := make([]string, len(routes))
	for i, r := range routes {
		var err error
		if versions[i], err = arn.ParseMachine(r.Version); err != nil {
			return "", err
		}
		texts[i], weights[i] = r.Version, r.Weight
		sum += r.Weight
	}
	for i, v := range versions {
		if _, err := strconv.ParseUint(v.Qualifier, 10, 64); err != nil {
			return "", fault.RoutesNotVersions(texts)
		}
		if slices.Contains(texts[:i], texts[i]) {
			return "", fault.RoutesNotDistinct(texts)
		}
		machineARN = cmp.Or(machineARN, v.Base())
		if v.Base() != machineARN {
			return "", fault.RoutesNotOfOneMachine(texts)
		}
	}
	if sum != 100 {
		return "", fault.RoutesNotSum100(weights)
	}
	return machineARN, nil
}

// checkTargets checks that the versions of routes are there. m may be nil.
func (m *StateMachine) checkTargets(routes []Route) error {
	for _, r := range routes {
		if m == nil || m.version(r.Version) == nil {
			return fault.ReferenceDoesNotExist(r.Version)
		}
	}
	return nil
}

// CreateAlias names versions of a state machine, the one of their ARNs. The same
// call again returns the alias that is there; a different one under its name is
// refused.
func (r *Registry) CreateAlias(ctx context.Context, name string, description value.Value, routes []Route) (*Alias, error) {
	machineARN, err := checkRoutes("", routes)
	if err != nil {
		return nil, err
	}
	defer r.turns.take(machineARN)()
	m := r.Machine(machineARN)
	if err := m.checkTargets(routes); err != nil {
		return nil, err
	}
	a := &Alias{ARN: arn.Version(machineARN, name), Name: name, Description: description, Routes: routes, Created: r.now()}
	a.Updated = a.Created
	if old := m.alias(a.ARN); old != nil {
		if !old.sameAs(a) {
			return nil, fault.AliasConflict()
		}
		return old, nil
	}
	if len(m.Aliases) >= maxAliases {
		return nil, fault.ServiceQuotaExceeded("aliases", maxAliases)
	}
	if n := len(m.Aliases); n > 0 {
		a.Order = m.Aliases[n-1].Order + 1
	}
	return a, r.putAlias(ctx, m, a)
}

// UpdateAlias changes the description, unless that is no value, and the routes,
// unless there are none. An update that changes nothing leaves the alias as it
// is (F-049).
func (r *Registry) UpdateAlias(ctx context.Context, text string, description value.Value, routes []Route) (*Alias, error) {
	at, err := arn.ParseQualified(text)
	if err != nil {
		return nil, err
	}
	defer r.turns.take(at.Base())()
	m := r.Machine(at.Base())
	old := m.alias(text)
	if old == nil {
		return nil, fault.ReferenceDoesNotExist(text)
	}
	a := *old
	if description.Exists() {
		a.Description = description
	}
	if len(routes) > 0 {
		if _, err := checkRoutes(m.ARN, routes); err != nil {
			return nil, err
		}
		if err := m.checkTargets(routes); err != nil {
			return nil, err
		}
		a.Routes = routes
	}
	if a.sameAs(old) {
		return old, nil
	}
	a.Updated = r.now()
	return &a, r.putAlias(ctx, m, &a)
}

// DeleteAlias removes an alias, not the versions it goes to. One that is not
// there is no error.
func (r *Registry) DeleteAlias(ctx context.Context, text string) error {
	at, err := arn.ParseQualified(text)
	if err != nil {
		return err
	}
	defer r.turns.take(at.Base())()
	old := r.Machine(at.Base())
	if old.alias(text) == nil {
		return nil
	}
	m := *old
	m.Aliases = slices.DeleteFunc(slices.Clone(old.Aliases), func(a *Alias) bool { return a.ARN == text })
	return r.put(ctx, old, &m, journal.Document{Kind: kindAlias, Key: text})
}

// Alias returns the alias of that ARN, or fails with ResourceNotFound.
func (r *Registry) Alias(text string) (*Alias, error) {
	at, err := arn.ParseQualified(text)
	if err != nil {
		return nil, err
	}
	if a := r.Machine(at.Base()).alias(text); a != nil {
		return a, nil
	}
	return nil, fault.ReferenceDoesNotExist(text)
}

// putAlias stores an alias of the state machine old, in place of the one of its
// name or behind all others.
func (r *Registry) putAlias(ctx context.Context, old *StateMachine, a *Alias) error {
	m := *old
	m.Aliases = slices.Clone(old.Aliases)
	if i := slices.IndexFunc(m.Aliases, func(b *Alias) bool { return b.ARN == a.ARN }); i >= 0 {
		m.Aliases[i] = a
	} else {
		m.Aliases = append(m.Aliases, a)
	}
	return r.put(ctx, old, &m, a.document())
}

// alias returns the alias of that ARN, or nil. m may be nil.
func (m *StateMachine) alias(arn string) *Alias {
	if m == nil {
		return nil
	}
	if i := slices.IndexFunc(m.Aliases, func(a *Alias) bool { return a.ARN == arn }); i >= 0 {
		return m.Aliases[i]
	}
	return nil
}

// document is the alias as the store keeps it.
func (a *Alias) document() journal.Document {
	routes := make([]value.Value, len(a.Routes))
	for i, r := range a.Routes {
		routes[i] = value.OfMembers("version", value.OfString(r.Version), "weight", value.OfInt(int64(r.Weight)))
	}
	o := value.OfMembers("name", value.OfString(a.Name), "routes", value.OfSlice(routes),
		"created", value.OfInt(a.Created), "updated", value.OfInt(a.Updated), "order", value.OfInt(a.Order))
	if a.Description.Exists() {
		o = o.With("description", a.Description)
	}
	return journal.Document{Kind: kindAlias, Key: a.ARN, Data: o.AppendJSON(nil)}
}

// loadAliases reads what the store has. Versions are there already.
func (r *Registry) loadAliases() error {
	err := r.load(kindAlias, r.readAlias)
	for _, m := range r.machines.resources {
		slices.SortFunc(m.Aliases, func(a, b *Alias) int { return cmp.Compare(a.Order, b.Order) })
	}
	return err
}

func (r *Registry) readAlias(doc journal.Document) error {
	o, err := value.ParseBytes(doc.Data)
	if err != nil {
		return err
	}
	m, err := r.machineOf(doc.Key)
	if err != nil {
		return err
	}
	a := &Alias{ARN: doc.Key, Name: o.Get("name").Text(), Description: o.Get("description")}
	for _, route := range o.Get("routes").Items() {
		weight, _ := route.Get("weight").Int()
		a.Routes = append(a.Routes, Route{Version: route.Get("version").Text(), Weight: int(weight)})
	}
	for _, r := range a.Routes {
		if m.version(r.Version) == nil {
			return fmt.Errorf("there is no version %s", r.Version)
		}
	}
	a.Created, _ = o.Get("created").Int()
	a.Updated, _ = o.Get("updated").Int()
	a.Order, _ = o.Get("order").Int()
	m.Aliases = append(m.Aliases, a)
	return nil
}
