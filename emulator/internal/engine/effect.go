package engine

import (
	"context"

	"github.com/aslocal/aslocal/emulator/journal"
)

// This file makes effects happen once that tasks have in the engine's own store,
// as a SendTaskSuccess through the SDK integration. When the process ends between
// the effect and the event that records it, the task is called again; a document
// that is written together with the effect, and deleted together with the
// outcome of the task, says that it has happened.

// kindEffect is the kind of these documents.
const kindEffect = "effect"

// effectKey is the key under which a context has the key of an effect.
type effectKey struct{}

// WithEffect returns a context for a call that a task makes to the engine. key
// names the attempt of the task, also after a restart: what the engine has done
// under it is not done again, and the answer is the same.
func WithEffect(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, effectKey{}, key)
}

// effectOf returns the documents to write together with the effect of a call, and
// whether that was done before.
func (e *Engine) effectOf(ctx context.Context) (documents []journal.Document, done bool, err error) {
	key, _ := ctx.Value(effectKey{}).(string)
	if key == "" {
		return nil, false, nil
	}
	if j, ok := ctx.Value(jobKey{}).(*job); ok {
		e.jobs.note(j, key)
	}
	switch _, err := e.document(kindEffect, key); err {
	case nil:
		return nil, true, nil
	case ErrNotFound:
		return []journal.Document{{Kind: kindEffect, Key: key, Data: []byte("{}")}}, false, nil
	default:
		return nil, false, err
	}
}

// note takes note that a job has an effect, whose document goes when the job's
// outcome is written.
func (q *jobs) note(j *job, effect string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	j.effects = append(j.effects, effect)
}

// effectsOver are the documents that take effects away which nobody will ask for
// again.
func effectsOver(keys []string) (documents []journal.Document) {
	for _, key := range keys {
		documents = append(documents, journal.Document{Kind: kindEffect, Key: key})
	}
	return documents
}

// giveUpJobs takes away what jobs have left that were given up, and calls those who
// want to know it.
func (e *Engine) giveUpJobs(jobs []*job) {
	var documents []journal.Document
	e.jobs.mu.Lock()
	for _, j := range jobs {
		documents = append(documents, effectsOver(j.effects)...)
		if j.givenUp != nil {
			e.goBusy(j.givenUp)
		}
	}
	e.jobs.mu.Unlock()
	if len(documents) > 0 {
		e.store.Commit(journal.Write{Documents: documents}, nil) // if it fails, they are harmless
	}
}
