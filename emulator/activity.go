package emulator

import (
	"context"

	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// This file keeps activities. Their tasks wait in the engine.
// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-activities.html

// An activity is a queue of tasks that workers poll. It is replaced as a whole
// when it changes.
type activity struct {
	arn, name string
	created   int64
	tags      value.Value
}

// document is the activity as the store keeps it.
func (a *activity) document() journal.Document {
	data := value.OfMembers("name", value.OfString(a.name), "created", value.OfInt(a.created), "tags", a.tags).AppendJSON(nil)
	return journal.Document{Kind: kindActivity, Key: a.arn, Data: data}
}

// loadActivities reads what the store keeps.
func (e *Emulator) loadActivities() error {
	return e.read(kindActivity, func(doc journal.Document) error {
		a, err := readActivity(doc.Key, doc.Data)
		if err != nil {
			return err
		}
		e.activities[a.arn] = a
		return nil
	})
}

func readActivity(arn string, doc []byte) (*activity, error) {
	v, err := value.ParseBytes(doc)
	if err != nil {
		return nil, err
	}
	created, _ := v.Get("created").Int()
	return &activity{arn: arn, name: v.Get("name").Text(), created: created, tags: v.Get("tags")}, nil
}

// putActivity stores an activity. The caller holds e.mu.
func (e *Emulator) putActivity(ctx context.Context, a *activity) error {
	if err := e.keep(ctx, a.document()); err != nil {
		return err
	}
	e.activities[a.arn] = a
	return nil
}

// activity finds an activity by its ARN.
func (e *Emulator) activity(text string) (*activity, error) {
	if _, err := parseARNOf(text, "activity"); err != nil {
		return nil, err
	}
	e.mu.RLock()
	defer e.mu.RUnlock()
	if a := e.activities[text]; a != nil {
		return a, nil
	}
	return nil, fault.ActivityDoesNotExist(text)
}

// hasActivity reports whether there is an activity of that ARN. The engine asks
// before it schedules a task for one.
func (e *Emulator) hasActivity(arn string) bool {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.activities[arn] != nil
}
