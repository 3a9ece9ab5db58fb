package registry

import (
	"context"
	"iter"

	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// This file keeps activities. Their tasks wait in the engine.
// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-activities.html

// An Activity is a queue of tasks that workers poll.
type Activity struct {
	ARN, Name  string
	Created    int64       // Unix milliseconds
	Tags       value.Value // an object: key to value
	Encryption value.Value // as it is shown; no value of one that was created before it was kept
}

// CreateActivity registers an activity. One of that name stays as it is, its tags
// too; if its encryption is another, that is refused with ActivityAlreadyExists
// (F-236).
func (r *Registry) CreateActivity(ctx context.Context, home arn.Home, name string, tags, encryption value.Value) (*Activity, error) {
	a := &Activity{ARN: home.Activity(name), Name: name, Created: r.now(), Tags: tags, Encryption: encryption}
	if err := checkTags(a.ARN, tags); err != nil {
		return nil, err
	}
	defer r.turns.take(a.ARN)()
	if old := r.activity(a.ARN); old != nil {
		if old.Encryption.Exists() && !value.Equal(old.Encryption, encryption) {
			return nil, fault.ActivityAlreadyExists(a.ARN)
		}
		return old, nil
	}
	if r.countActivities(home) >= maxRegistered {
		return nil, fault.ActivityLimitExceeded()
	}
	return a, r.putActivity(ctx, a)
}

// putActivity stores an activity. Requests see it when the store has it. The
// caller holds its turn.
func (r *Registry) putActivity(ctx context.Context, a *Activity) error {
	if err := r.keep(ctx, a.document()); err != nil {
		return err
	}
	r.mu.Lock()
	r.activities.put(a.ARN, a)
	r.mu.Unlock()
	return nil
}

// DeleteActivity removes an activity; one that is not there is no error.
func (r *Registry) DeleteActivity(ctx context.Context, text string) error {
	if _, err := arn.ParseKind(text, arn.Activity); err != nil {
		return err
	}
	defer r.turns.take(text)()
	if r.activity(text) == nil {
		return nil
	}
	if err := r.keep(ctx, journal.Document{Kind: kindActivity, Key: text}); err != nil {
		return err
	}
	r.mu.Lock()
	r.activities.remove(text)
	r.mu.Unlock()
	return nil
}

// Activity returns the activity of that ARN, or fails with ActivityDoesNotExist.
func (r *Registry) Activity(text string) (*Activity, error) {
	if _, err := arn.ParseKind(text, arn.Activity); err != nil {
		return nil, err
	}
	if a := r.activity(text); a != nil {
		return a, nil
	}
	return nil, fault.ActivityDoesNotExist(text)
}

// HasActivity reports whether there is an activity of that ARN. The engine asks
// before it schedules a task for one.
func (r *Registry) HasActivity(arn string) bool { return r.activity(arn) != nil }

// activity returns the activity of that ARN, or nil.
func (r *Registry) activity(arn string) *Activity {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.activities.resources[arn]
}

// Activities gives the activities of an account and region whose names come after a
// name, by name: all after "".
func (r *Registry) Activities(home arn.Home, after string) iter.Seq[*Activity] {
	prefix := home.Activity("")
	return inOrder(r, &r.activities, prefix, prefix+after, func(a *Activity) string { return a.ARN })
}

// ActivitiesElsewhere returns the activities of all other accounts and regions, by ARN.
func (r *Registry) ActivitiesElsewhere(home arn.Home) []*Activity {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.activities.without(home.Activity(""))
}

func (r *Registry) countActivities(home arn.Home) int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.activities.count(home.Activity(""))
}

// document is the activity as the store keeps it.
func (a *Activity) document() journal.Document {
	o := value.OfMembers("name", value.OfString(a.Name), "created", value.OfInt(a.Created), "tags", a.Tags)
	if a.Encryption.Exists() {
		o = o.With("encryption", a.Encryption)
	}
	return journal.Document{Kind: kindActivity, Key: a.ARN, Data: o.AppendJSON(nil)}
}

// loadActivities reads what the store has.
func (r *Registry) loadActivities() error {
	return r.load(kindActivity, func(doc journal.Document) error {
		o, err := value.ParseBytes(doc.Data)
		if err != nil {
			return err
		}
		a := &Activity{ARN: doc.Key, Name: o.Get("name").Text(), Tags: o.Get("tags"), Encryption: o.Get("encryption")}
		a.Created, _ = o.Get("created").Int()
		r.activities.put(a.ARN, a)
		return nil
	})
}
