package registry

import (
	"context"

	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/value"
)

// This file keeps the tags of state machines and activities: an object, key to
// value.

// maxTags is how many tags a resource may have. API: TooManyTags.
const maxTags = 50

func checkTags(arn string, tags value.Value) error {
	if tags.Len() > maxTags {
		return fault.TooManyTags(arn)
	}
	return nil
}

// Tags returns the tags of a resource, or fails with ResourceNotFound. Versions and
// aliases have none.
func (r *Registry) Tags(text string) (value.Value, error) {
	if _, err := arn.Parse(text); err != nil {
		return value.Value{}, err
	}
	if m := r.Machine(text); m != nil {
		return tagsOf(m.Tags), nil
	}
	if a := r.activity(text); a != nil {
		return tagsOf(a.Tags), nil
	}
	return value.Value{}, fault.ResourceNotFound(text)
}

// Retag changes the tags of a resource. Errors are those of Tags, and
// TooManyTags.
func (r *Registry) Retag(ctx context.Context, text string, change func(tags value.Value) value.Value) error {
	defer r.turns.take(text)()
	tags, err := r.Tags(text)
	if err != nil {
		return err
	}
	tags = change(tags)
	if err := checkTags(text, tags); err != nil {
		return err
	}
	if old := r.Machine(text); old != nil {
		m := *old
		m.Tags = tags
		return r.put(ctx, old, &m)
	}
	a := *r.activity(text)
	a.Tags = tags
	return r.putActivity(ctx, &a)
}

// tagsOf is an object also if a document of tags is missing.
func tagsOf(tags value.Value) value.Value {
	if !tags.Exists() {
		return value.EmptyObject
	}
	return tags
}
