// Package registry keeps what is defined: state machines with their revisions,
// versions and aliases, activities, and the tags of both. What runs is package
// engine's.
//
// Requests see what is in memory; the store has a document of each thing for
// the next start. What the registry hands out never changes: a change puts
// another value in its place once the store has it.
//
// No reader waits for the disk or for the compiler. [Registry.mu] guards the
// maps, and is held neither over a write nor over a compilation; changes of one
// resource take turns, those of different resources do not.
package registry

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/internal/random"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// Config is what a Registry needs.
type Config struct {
	Store  journal.Store  // has the documents
	Now    func() int64   // Unix milliseconds
	Random *random.Source // makes the ids of revisions
	Log    *slog.Logger
	// Complete is [machine.Program.CompleteParameters] of all programs; nil: no
	// parameters are looked at.
	Complete func(asl.Resource, value.Value) (value.Value, string)
	// Definitions are shared with other registries that have the same Complete; nil: with
	// none.
	Definitions *Definitions
}

// maxRegistered is how many state machines an account may have in a region, and how many activities.
// Quotas: "Registered state machines", "Registered activities" (F-239).
const maxRegistered = 100_000

// A Registry is safe for concurrent use.
type Registry struct {
	store  journal.Store
	now    func() int64
	random *random.Source
	log    *slog.Logger

	complete func(asl.Resource, value.Value) (value.Value, string)

	turns       turns
	programs    programs
	definitions *Definitions // shared; or nil

	mu         sync.RWMutex
	machines   byARN[*StateMachine]
	activities byARN[*Activity]
}

// Open returns a registry of what the store has.
func Open(c Config) (*Registry, error) {
	r := &Registry{
		store: c.Store, now: c.Now, random: c.Random, log: c.Log, complete: c.Complete, definitions: c.Definitions,
	}
	for _, load := range []func() error{r.loadMachines, r.loadVersions, r.loadAliases, r.loadActivities} {
		if err := load(); err != nil {
			return nil, fmt.Errorf("registry: %w", err)
		}
	}
	return r, nil
}

// The kinds of documents.
const (
	kindMachine  = "machine"
	kindRevision = "revision"
	kindVersion  = "version"
	kindAlias    = "alias"
	kindActivity = "activity"
)

// load gives the documents of a kind to read. One that cannot be read is logged
// and left out; the others are served.
func (r *Registry) load(kind string, read func(journal.Document) error) error {
	return journal.Load(r.store, kind, read, func(b *journal.BrokenError) { r.log.Error(b.Error()) })
}

// keep writes documents. It does not give up when the client goes away: the write
// would happen all the same, and memory would not know.
func (r *Registry) keep(ctx context.Context, documents ...journal.Document) error {
	return journal.Do(context.WithoutCancel(ctx), r.store, journal.Write{Documents: documents})
}
