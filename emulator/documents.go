package emulator

import (
	"context"
	"fmt"

	"github.com/aslocal/aslocal/emulator/journal"
)

// This file has what the store keeps beside executions: a document for each
// thing that has an ARN, and for each revision of a state machine. Requests see
// what is in memory; documents are for the next start.

// The kinds of documents.
const (
	kindMachine  = "machine"
	kindRevision = "revision"
	kindVersion  = "version"
	kindAlias    = "alias"
	kindActivity = "activity"
)

// load reads what the store keeps, each kind behind those that it refers to.
func (e *Emulator) load() error {
	for _, load := range []func() error{e.loadRevisions, e.loadMachines, e.loadVersions, e.loadAliases, e.loadActivities} {
		if err := load(); err != nil {
			return err
		}
	}
	return nil
}

// read gives the documents of a kind to a function. One that cannot be read is
// logged, and is as if it were not there: the others are served.
func (e *Emulator) read(kind string, f func(journal.Document) error) error {
	err := journal.Load(e.store, kind, f, func(b *journal.BrokenError) { e.log.Error(b.Error()) })
	if err != nil {
		return fmt.Errorf("emulator: reading what the store keeps of the kind %s: %w", kind, err)
	}
	return nil
}

// keep writes documents. It does not give up when the client goes away: the write
// would happen all the same, and memory would not know.
func (e *Emulator) keep(ctx context.Context, documents ...journal.Document) error {
	return journal.Do(context.WithoutCancel(ctx), e.store, journal.Write{Documents: documents})
}

// remove deletes a document. The caller holds e.mu.
func (e *Emulator) remove(ctx context.Context, kind, key string) error {
	return e.keep(ctx, journal.Document{Kind: kind, Key: key})
}
