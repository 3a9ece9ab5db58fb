package registry

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// This file keeps the versions of state machines.
// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-state-machine-version.html

// A Version is a revision of a state machine that was published. It never
// changes, and its number is not given again, not even when it is deleted.
type Version struct {
	ARN         string
	Number      int64
	Description value.Value // no value if none was given
	Created     int64       // Unix milliseconds
	Revision    *Revision
}

// maxVersions is how many versions a state machine may have. Quotas: "Versions
// per state machine".
const maxVersions = 1000

// initialRevision is how callers name the revision of a state machine that was
// never updated: it has no id yet.
const initialRevision = "INITIAL"

// Publish makes a version of the current revision, or returns the one that it
// has. If revisionID is not "", the current one must have that id.
func (r *Registry) Publish(ctx context.Context, text, revisionID string, description value.Value) (*Version, error) {
	if _, err := arn.ParseMachine(text); err != nil {
		return nil, err
	}
	defer r.turns.take(text)()
	old := r.Machine(text)
	if old == nil {
		return nil, fault.StateMachineDoesNotExist(text)
	}
	current := cmp.Or(old.ID, initialRevision)
	if cmp.Or(revisionID, current) != current {
		return nil, fault.RevisionConflict(revisionID, current)
	}
	m := *old
	return r.publish(ctx, old, &m, description)
}

// published returns the last version of the current revision, or nil.
func (m *StateMachine) published() *Version {
	for _, v := range slices.Backward(m.Versions) {
		if v.Revision == m.Revision {
			return v
		}
	}
	return nil
}

// publish stores m in place of old as put does, and adds a version of its
// revision unless there is one already, which it returns (F-040).
func (r *Registry) publish(ctx context.Context, old, m *StateMachine, description value.Value) (*Version, error) {
	if v := m.published(); v != nil {
		return v, r.put(ctx, old, m)
	}
	return r.publishAnew(ctx, old, m, description)
}

// publishAnew is publish for a version that is made in any case.
func (r *Registry) publishAnew(ctx context.Context, old, m *StateMachine, description value.Value) (*Version, error) {
	if len(m.Versions) >= maxVersions {
		return nil, fault.ServiceQuotaExceeded("versions", maxVersions)
	}
	m.LastVersion++
	v := &Version{
		ARN: arn.Version(m.ARN, strconv.FormatInt(m.LastVersion, 10)), Number: m.LastVersion, Description: description,
		Created: r.now(), Revision: m.Revision,
	}
	m.Versions = append(slices.Clip(m.Versions), v)
	return v, r.put(ctx, old, m, v.document())
}

// Versions returns the versions of a state machine by number. One that is not
// there has none (F-043).
func (r *Registry) Versions(text string) ([]*Version, error) {
	if _, err := arn.ParseMachine(text); err != nil {
		return nil, err
	}
	if m := r.Machine(text); m != nil {
		return m.Versions, nil
	}
	return nil, nil
}

// DeleteVersion removes a version that no alias routes to; its executions go on.
// One that is not there is no error.
func (r *Registry) DeleteVersion(ctx context.Context, text string) error {
	a, err := arn.ParseQualified(text)
	if err != nil {
		return err
	}
	defer r.turns.take(a.Base())()
	old := r.Machine(a.Base())
	if old == nil || old.version(text) == nil {
		return nil
	}
	var names []string
	for _, alias := range old.Aliases {
		if alias.RoutesTo(text) {
			names = append(names, alias.Name)
		}
	}
	if names != nil {
		return fault.VersionReferenced(names)
	}
	m := *old
	m.Versions = slices.DeleteFunc(slices.Clone(old.Versions), func(v *Version) bool { return v.ARN == text })
	return r.put(ctx, old, &m, journal.Document{Kind: kindVersion, Key: text})
}

// VersionOf returns the version that most executions of an alias run, the first of two
// equal ones.
func (m *StateMachine) VersionOf(a *Alias) *Version {
	heaviest := slices.MaxFunc(a.Routes, func(x, y Route) int { return cmp.Compare(x.Weight, y.Weight) })
	return m.version(heaviest.Version)
}

// version returns the version of that ARN, or nil.
func (m *StateMachine) version(arn string) *Version {
	if i := slices.IndexFunc(m.Versions, func(v *Version) bool { return v.ARN == arn }); i >= 0 {
		return m.Versions[i]
	}
	return nil
}

// document is the version as the store keeps it.
func (v *Version) document() journal.Document {
	o := value.OfMembers("number", value.OfInt(v.Number), "created", value.OfInt(v.Created), "revision", value.OfString(v.Revision.Key))
	if v.Description.Exists() {
		o = o.With("description", v.Description)
	}
	return journal.Document{Kind: kindVersion, Key: v.ARN, Data: o.AppendJSON(nil)}
}

// loadVersions reads what the store has. State machines are there already.
func (r *Registry) loadVersions() error {
	err := r.load(kindVersion, r.readVersion)
	for _, m := range r.machines.resources {
		slices.SortFunc(m.Versions, func(a, b *Version) int { return cmp.Compare(a.Number, b.Number) })
	}
	return err
}

func (r *Registry) readVersion(doc journal.Document) error {
	o, err := value.ParseBytes(doc.Data)
	if err != nil {
		return err
	}
	m, err := r.machineOf(doc.Key)
	if err != nil {
		return err
	}
	v := &Version{ARN: doc.Key, Description: o.Get("description"), Revision: m.Revision}
	v.Number, _ = o.Get("number").Int()
	v.Created, _ = o.Get("created").Int()
	if key := o.Get("revision").Text(); key != m.Key { // else they share it
		if v.Revision, err = r.Revision(key); err != nil {
			return err
		}
	}
	m.Versions = append(m.Versions, v)
	return nil
}

// machineOf returns the state machine of a version or an alias.
func (r *Registry) machineOf(text string) (*StateMachine, error) {
	a, err := arn.ParseQualified(text)
	if err != nil {
		return nil, err
	}
	if m := r.Machine(a.Base()); m != nil {
		return m, nil
	}
	return nil, errors.New("its state machine is not there")
}
