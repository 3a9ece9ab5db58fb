package registry

import (
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// This file keeps the revisions of state machines: what executions run, and
// what versions are made of.
//
// In memory are those that a state machine or one of its versions has. The store
// also has those that executions were started with, since an execution can be
// described, and redriven, by the revision it has begun with. One that nothing
// can need is deleted as soon as another takes its place.

// A Configuration is what users set of a state machine. A change there makes
// another revision.
type Configuration struct {
	RoleARN, Definition string
	// As DescribeStateMachine shows them, defaults filled in.
	Logging, Tracing, Encryption value.Value
}

// equal reports whether two configurations are the same but for the role.
func (c *Configuration) equal(d *Configuration) bool {
	return c.Definition == d.Definition &&
		value.Equal(c.Logging, d.Logging) && value.Equal(c.Tracing, d.Tracing) && value.Equal(c.Encryption, d.Encryption)
}

// The types of state machines.
const (
	Standard = "STANDARD"
	Express  = "EXPRESS"
)

// A Revision is a state machine as it stood when its configuration was set.
type Revision struct {
	Configuration
	Key        string      // of its document; executions know it by that
	ID         string      // shown as revisionId; "" for the first one of a state machine
	ARN, Name  string      // of the state machine
	Type       string      // STANDARD or EXPRESS
	References value.Value // the variables that each state reads; no value if none does
	Created    int64       // when the state machine was; Unix milliseconds
	Updated    int64       // when the revision was made; Unix milliseconds

	use atomic.Int32 // see pin and retire
}

// Express reports whether executions are of the type EXPRESS.
func (v *Revision) Express() bool { return v.Type == Express }

// The values of a Revision's use.
const (
	unused  = iota // no execution can need it
	pinned         // executions may need it
	retired        // it is being deleted from the store
)

// pin keeps the revision in the store for an execution that is about to start;
// false if it is being deleted: another one has taken its place. Express
// executions pin nothing, since they end with the process and are not described
// by their revision.
func (v *Revision) pin() bool {
	return v.Express() || v.use.CompareAndSwap(unused, pinned) || v.use.Load() == pinned
}

// retire deletes revisions from the store unless executions may need them. The
// caller has put others in their place, so that no reader finds them any more,
// and holds the turn of their state machine. Nobody waits for the write; if the
// process ends before it, the document stays.
func (r *Registry) retire(revisions ...*Revision) {
	var gone []journal.Document
	for _, v := range revisions {
		r.programs.drop(v.Key)
		if v.use.CompareAndSwap(unused, retired) {
			gone = append(gone, journal.Document{Kind: kindRevision, Key: v.Key})
		}
	}
	if len(gone) == 0 {
		return
	}
	r.store.Commit(journal.Write{Documents: gone}, func(err error) {
		if err != nil {
			r.log.Error("cannot delete revisions that nothing needs", "error", err)
		}
	})
}

// document is the revision as the store keeps it.
func (v *Revision) document() journal.Document {
	o := value.OfMembers("arn", value.OfString(v.ARN), "name", value.OfString(v.Name), "type", value.OfString(v.Type), "roleArn", value.OfString(v.RoleARN),
		"definition", value.OfString(v.Definition), "revisionId", value.OfString(v.ID), "logging", v.Logging, "tracing", v.Tracing,
		"encryption", v.Encryption, "created", value.OfInt(v.Created), "updated", value.OfInt(v.Updated))
	if v.References.Exists() {
		o = o.With("references", v.References)
	}
	return journal.Document{Kind: kindRevision, Key: v.Key, Data: o.AppendJSON(nil)}
}

// Revision returns the revision with the key, from the store.
func (r *Registry) Revision(key string) (*Revision, error) {
	doc, err := r.store.Document(kindRevision, key)
	if errors.Is(err, journal.ErrNotFound) {
		return nil, fmt.Errorf("there is no revision %q of a state machine", key)
	}
	var v *Revision
	if err == nil {
		v, err = readRevision(doc)
	}
	if err != nil {
		return nil, fmt.Errorf("the revision %s: %w", key, err)
	}
	return v, nil
}

// readRevision reads a document. Executions of the time before may need the
// revision.
func readRevision(doc journal.Document) (*Revision, error) {
	o, err := value.ParseBytes(doc.Data)
	if err != nil {
		return nil, err
	}
	v := &Revision{
		Key: doc.Key, ID: o.Get("revisionId").Text(), ARN: o.Get("arn").Text(), Name: o.Get("name").Text(), Type: o.Get("type").Text(),
		Configuration: Configuration{
			RoleARN: o.Get("roleArn").Text(), Definition: o.Get("definition").Text(),
			Logging: o.Get("logging"), Tracing: o.Get("tracing"), Encryption: o.Get("encryption"),
		},
		References: o.Get("references"),
	}
	if v.ARN == "" || v.Definition == "" {
		return nil, fmt.Errorf("expected a state machine with its ARN and definition, got %.40s", doc.Data)
	}
	v.Created, _ = o.Get("created").Int()
	v.Updated, _ = o.Get("updated").Int()
	v.use.Store(pinned)
	return v, nil
}

// revise makes the revision that follows old with another configuration, and
// compiles it if the definition is another. id is shown as its revisionId.
func (r *Registry) revise(old *Revision, c Configuration, id string) (*Revision, error) {
	v := &Revision{
		Configuration: c, Key: r.random.UUID(), ID: id, ARN: old.ARN, Name: old.Name, Type: old.Type, References: old.References,
		Created: old.Created, Updated: r.now(),
	}
	if c.Definition == old.Definition {
		if program := r.programs.get(old.Key); program != nil {
			r.programs.keep(v, program)
		}
		return v, nil
	}
	program, references, err := r.compile(c.Definition, v.Type)
	if err != nil {
		return nil, err
	}
	v.References = references
	r.programs.keep(v, program)
	return v, nil
}
