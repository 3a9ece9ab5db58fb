package emulator

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// This file keeps state machines and their revisions.

// A stateMachine is a registered state machine. It is replaced as a whole when
// it changes, so whoever holds one may read it without a lock.
//
// The first group is its revision: what executions run, and what versions are
// made of. A change there makes another revision; the state machine as it stood
// then is kept for the executions that run it.
type stateMachine struct {
	arn, name   string
	machineType string // STANDARD or EXPRESS
	roleARN     string
	definition  string
	revision    string // key of its document
	revisionID  string // shown; "" until the first update
	logging     value.Value
	tracing     value.Value
	encryption  value.Value
	created     int64 // Unix milliseconds
	updated     int64

	tags        value.Value    // object: key to value
	lastVersion int64          // number of the version that was published last
	published   bool           // by CreateStateMachine
	description optionalString // of the version that this made
}

func (m *stateMachine) express() bool { return m.machineType == typeExpress }

const (
	typeStandard = "STANDARD"
	typeExpress  = "EXPRESS"
)

// document is the state machine as the store keeps it beside its revision.
func (m *stateMachine) document() journal.Document {
	o := value.OfMembers("revision", value.OfString(m.revision), "updated", value.OfInt(m.updated), "tags", m.tags,
		"lastVersion", value.OfInt(m.lastVersion), "published", value.OfBool(m.published))
	if m.description.Set {
		o = o.With("description", value.OfString(m.description.Value))
	}
	return journal.Document{Kind: kindMachine, Key: m.arn, Data: o.AppendJSON(nil)}
}

// revisionDocument is the revision of the state machine as the store keeps it.
func (m *stateMachine) revisionDocument() journal.Document {
	o := value.OfMembers("arn", value.OfString(m.arn), "name", value.OfString(m.name), "type", value.OfString(m.machineType), "roleArn", value.OfString(m.roleARN),
		"definition", value.OfString(m.definition), "revisionId", value.OfString(m.revisionID), "logging", m.logging, "tracing", m.tracing,
		"encryption", m.encryption, "created", value.OfInt(m.created), "updated", value.OfInt(m.updated))
	return journal.Document{Kind: kindRevision, Key: m.revision, Data: o.AppendJSON(nil)}
}

// loadRevisions reads what the store keeps.
func (e *Emulator) loadRevisions() error {
	return e.read(kindRevision, func(doc journal.Document) error {
		o, err := value.ParseBytes(doc.Data)
		if err != nil {
			return err
		}
		m := &stateMachine{
			arn: o.Get("arn").Text(), name: o.Get("name").Text(), machineType: o.Get("type").Text(), roleARN: o.Get("roleArn").Text(),
			definition: o.Get("definition").Text(), revision: doc.Key, revisionID: o.Get("revisionId").Text(),
			logging: o.Get("logging"), tracing: o.Get("tracing"), encryption: o.Get("encryption"),
		}
		if m.arn == "" || m.definition == "" {
			return errors.New("expected a state machine with its ARN and definition; a version of aslocal before the first release may have written it")
		}
		m.created, _ = o.Get("created").Int()
		m.updated, _ = o.Get("updated").Int()
		e.revisions[doc.Key] = m
		return nil
	})
}

// loadMachines reads what the store keeps. Revisions are there already.
func (e *Emulator) loadMachines() error {
	return e.read(kindMachine, func(doc journal.Document) error {
		o, err := value.ParseBytes(doc.Data)
		if err != nil {
			return err
		}
		revision, err := e.revision(o.Get("revision").Text())
		if err != nil {
			return err
		}
		m := *revision
		m.tags, m.published, m.description = o.Get("tags"), o.Get("published").Bool(), optionalText(o.Get("description"))
		m.updated, _ = o.Get("updated").Int()
		m.lastVersion, _ = o.Get("lastVersion").Int()
		e.machines[m.arn] = &m
		return nil
	})
}

// machine returns a registered state machine.
func (e *Emulator) machine(arn string) (*stateMachine, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if m := e.machines[arn]; m != nil {
		return m, nil
	}
	return nil, fault.StateMachineDoesNotExist(arn)
}

// revision returns a state machine as it stood when its revision was made.
func (e *Emulator) revision(key string) (*stateMachine, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if m := e.revisions[key]; m != nil {
		return m, nil
	}
	return nil, fmt.Errorf("there is no revision %q of a state machine", key)
}

// put stores a state machine and makes it the one that requests see. If it has
// no revision yet, it gets one; program is what its definition compiles to, nil
// if that is not known. A version that was made of it is stored with it. The
// caller holds e.mu.
func (e *Emulator) put(ctx context.Context, m *stateMachine, program *machine.Program, made *version) error {
	var documents []journal.Document
	revised := m.revision == ""
	if revised {
		m.revision = uuid.NewString()
		documents = append(documents, m.revisionDocument())
	}
	documents = append(documents, m.document())
	if made != nil {
		documents = append(documents, made.document())
	}
	if err := e.keep(ctx, documents...); err != nil {
		return err
	}
	if revised {
		e.revisions[m.revision] = m
		if old := e.machines[m.arn]; old != nil {
			e.programs.drop(old.revision)
		}
		if program != nil {
			e.programs.keep(m.revision, program)
		}
	}
	e.machines[m.arn] = m
	return nil
}
