package registry

import (
	"context"
	"iter"
	"slices"

	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// This file keeps state machines.

// A StateMachine is a registered state machine, with its versions
// and aliases.
type StateMachine struct {
	*Revision               // what new executions run
	Updated     int64       // when it was updated last, even to what it was; Unix milliseconds
	Tags        value.Value // an object: key to value
	LastVersion int64       // number of the version that was published last
	Published   bool        // by its creation
	Description value.Value // of the version that its creation made; no value if none was given
	Versions    []*Version  // by number
	Aliases     []*Alias    // in the order of their creation
}

// A Creation is what CreateStateMachine asks for.
type Creation struct {
	Home       arn.Home // of the state machine
	Name, Type string
	Configuration
	Tags value.Value
	Publication
}

// A Publication is the wish to publish a version, or not, and its description.
type Publication struct {
	Publish     bool
	Description value.Value // no value: none
}

// Create registers a state machine. The same creation again returns the one that
// is there; a different one under its name is refused with
// StateMachineAlreadyExists, and a wrong definition with InvalidDefinition.
func (r *Registry) Create(ctx context.Context, c *Creation) (*StateMachine, error) {
	m := &StateMachine{Tags: c.Tags, Published: c.Publish, Description: c.Publication.Description}
	blank := &Revision{ARN: c.Home.StateMachine(c.Name), Name: c.Name, Type: c.Type, Created: r.now()}
	if err := checkTags(blank.ARN, c.Tags); err != nil {
		return nil, err
	}
	var err error
	if m.Revision, err = r.revise(blank, c.Configuration, ""); err != nil {
		return nil, err
	}
	m.Updated = m.Revision.Updated

	defer r.turns.take(m.ARN)()
	if old := r.Machine(m.ARN); old != nil {
		r.programs.drop(m.Key)
		if !old.createdLike(m) {
			return nil, fault.StateMachineAlreadyExists(m.ARN)
		}
		return old, nil
	}
	if r.countMachines(c.Home) >= maxRegistered {
		r.programs.drop(m.Key)
		return nil, fault.StateMachineLimitExceeded()
	}
	if c.Publish {
		_, err = r.publish(ctx, nil, m, c.Publication.Description)
	} else {
		err = r.put(ctx, nil, m)
	}
	return m, err
}

// createdLike reports whether creating n again may return m: role and tags do
// not count.
func (m *StateMachine) createdLike(n *StateMachine) bool {
	return m.equal(&n.Configuration) && m.Type == n.Type && m.Published == n.Published && sameDescription(m.Description, n.Description)
}

// sameDescription reports whether two descriptions, each of which may be no
// value, are the same.
func sameDescription(a, b value.Value) bool {
	return a.Exists() == b.Exists() && a.Text() == b.Text()
}

// Update changes what new executions run, and publishes a version of it if that
// is asked for, which is returned. Executions that run keep the revision they
// have begun with. A configuration that stays as it is makes no revision.
func (r *Registry) Update(ctx context.Context, text string, change func(*Configuration) error, p Publication) (*StateMachine, *Version, error) {
	if _, err := arn.ParseMachine(text); err != nil {
		return nil, nil, err
	}
	defer r.turns.take(text)()
	old := r.Machine(text)
	if old == nil {
		return nil, nil, fault.StateMachineDoesNotExist(text)
	}
	c := old.Configuration
	if err := change(&c); err != nil {
		return nil, nil, err
	}
	m := *old
	m.Updated = r.now()
	if !c.equal(&old.Configuration) || c.RoleARN != old.RoleARN {
		var err error
		if m.Revision, err = r.revise(old.Revision, c, r.random.UUID()); err != nil {
			return nil, nil, err
		}
		m.Updated = m.Revision.Updated
	}
	if !p.Publish {
		return &m, nil, r.put(ctx, old, &m)
	}
	publish := r.publish
	if v := m.published(); v != nil && p.Description.Exists() && !sameDescription(v.Description, p.Description) {
		publish = r.publishAnew // with its own description (F-040)
	}
	v, err := publish(ctx, old, &m, p.Description)
	return &m, v, err
}

// put stores m in place of old, nil if there is none, and documents with it.
// Requests see it when the store has it. The caller holds the turn of the state
// machine.
func (r *Registry) put(ctx context.Context, old, m *StateMachine, documents ...journal.Document) error {
	revised := old == nil || old.Revision != m.Revision
	if revised {
		documents = append(documents, m.Revision.document())
	}
	if err := r.keep(ctx, append(documents, m.document())...); err != nil {
		if revised {
			r.programs.drop(m.Key)
		}
		return err
	}
	r.mu.Lock()
	r.machines.put(m.ARN, m)
	r.mu.Unlock()
	if old != nil {
		r.retire(old.revisionsBut(m)...)
	}
	return nil
}

// revisionsBut returns the revisions that m has, itself or a version of it, and
// that n has not. n may be nil.
func (m *StateMachine) revisionsBut(n *StateMachine) (only []*Revision) {
	kept := make(map[*Revision]bool)
	for _, v := range n.revisions() {
		kept[v] = true
	}
	return slices.DeleteFunc(m.revisions(), func(v *Revision) bool { return kept[v] })
}

// revisions returns the revisions of a state machine and of its versions, none
// if m is nil.
func (m *StateMachine) revisions() (all []*Revision) {
	if m == nil {
		return nil
	}
	for _, v := range m.Versions {
		all = append(all, v.Revision)
	}
	if !slices.Contains(all, m.Revision) {
		all = append(all, m.Revision)
	}
	return all
}

// Delete removes a state machine with its versions and aliases; executions that
// run go on to their end. One that is not there is no error.
func (r *Registry) Delete(ctx context.Context, text string) error {
	if _, err := arn.ParseMachine(text); err != nil {
		return err
	}
	defer r.turns.take(text)()
	m := r.Machine(text)
	if m == nil {
		return nil
	}
	gone := []journal.Document{{Kind: kindMachine, Key: m.ARN}}
	for _, v := range m.Versions {
		gone = append(gone, journal.Document{Kind: kindVersion, Key: v.ARN})
	}
	for _, a := range m.Aliases {
		gone = append(gone, journal.Document{Kind: kindAlias, Key: a.ARN})
	}
	if err := r.keep(ctx, gone...); err != nil {
		return err
	}
	r.mu.Lock()
	r.machines.remove(m.ARN)
	r.mu.Unlock()
	r.retire(m.revisionsBut(nil)...)
	return nil
}

// Machine returns the state machine of that ARN, or nil.
func (r *Registry) Machine(arn string) *StateMachine {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.machines.resources[arn]
}

// Machines gives the state machines of an account and region whose names come after a
// name, by name: all after "".
func (r *Registry) Machines(home arn.Home, after string) iter.Seq[*StateMachine] {
	prefix := home.StateMachine("")
	return inOrder(r, &r.machines, prefix, prefix+after, func(m *StateMachine) string { return m.ARN })
}

// MachinesElsewhere returns the state machines of all other accounts and regions, by ARN.
func (r *Registry) MachinesElsewhere(home arn.Home) []*StateMachine {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.machines.without(home.StateMachine(""))
}

func (r *Registry) countMachines(home arn.Home) int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.machines.count(home.StateMachine(""))
}

// document is the state machine as the store keeps it beside its revision.
func (m *StateMachine) document() journal.Document {
	o := value.OfMembers("revision", value.OfString(m.Key), "updated", value.OfInt(m.Updated), "tags", m.Tags,
		"lastVersion", value.OfInt(m.LastVersion), "published", value.OfBool(m.Published))
	if m.Description.Exists() {
		o = o.With("description", m.Description)
	}
	return journal.Document{Kind: kindMachine, Key: m.ARN, Data: o.AppendJSON(nil)}
}

// loadMachines reads what the store has.
func (r *Registry) loadMachines() error {
	return r.load(kindMachine, func(doc journal.Document) error {
		o, err := value.ParseBytes(doc.Data)
		if err != nil {
			return err
		}
		m := &StateMachine{Tags: o.Get("tags"), Published: o.Get("published").Bool(), Description: o.Get("description")}
		m.Updated, _ = o.Get("updated").Int()
		m.LastVersion, _ = o.Get("lastVersion").Int()
		if m.Revision, err = r.Revision(o.Get("revision").Text()); err != nil {
			return err
		}
		r.machines.put(m.ARN, m)
		return nil
	})
}
