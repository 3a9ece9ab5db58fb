package emulator

import (
	"context"

	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/value"
)

// This file has the actions on tags.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_TagResource.html

type tag struct {
	Key   string `json:"key" aws:"min=1,max=128"`
	Value string `json:"value" aws:"max=256"`
}

// maxTags is how many tags a resource may have.
const maxTags = 50

// tagObject returns the object with the tags set.
func tagObject(o value.Value, tags []tag) value.Value {
	if !o.Exists() {
		o = value.EmptyObject
	}
	for _, t := range tags {
		o = o.With(t.Key, value.OfString(t.Value))
	}
	return o
}

type tagResourceInput struct {
	ResourceArn string `json:"resourceArn" aws:"required,min=1,max=256"`
	Tags        []tag  `json:"tags" aws:"required"`
}

// tagResource sets tags of a state machine or an activity.
func (e *Emulator) tagResource(ctx context.Context, in *tagResourceInput) (*empty, error) {
	return e.retag(ctx, in.ResourceArn, func(tags value.Value) value.Value { return tagObject(tags, in.Tags) })
}

type untagResourceInput struct {
	ResourceArn string   `json:"resourceArn" aws:"required,min=1,max=256"`
	TagKeys     []string `json:"tagKeys" aws:"required" each:"min=1,max=128"`
}

// untagResource removes tags; keys that are not there are no error.
func (e *Emulator) untagResource(ctx context.Context, in *untagResourceInput) (*empty, error) {
	return e.retag(ctx, in.ResourceArn, func(tags value.Value) value.Value {
		for _, key := range in.TagKeys {
			tags = tags.Without(key)
		}
		return tags
	})
}

// retag changes the tags of a resource.
func (e *Emulator) retag(ctx context.Context, arn string, change func(tags value.Value) value.Value) (*empty, error) {
	if _, err := parseARN(arn); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if m := e.machines[arn]; m != nil {
		changed := *m
		changed.tags = change(tagObject(m.tags, nil))
		if changed.tags.Len() > maxTags {
			return nil, fault.TooManyTags(arn)
		}
		return &empty{}, e.put(ctx, &changed, nil, nil)
	}
	if a := e.activities[arn]; a != nil {
		changed := *a
		changed.tags = change(tagObject(a.tags, nil))
		if changed.tags.Len() > maxTags {
			return nil, fault.TooManyTags(arn)
		}
		return &empty{}, e.putActivity(ctx, &changed)
	}
	return nil, fault.ResourceNotFound(arn)
}

type listTagsForResourceInput struct {
	ResourceArn string `json:"resourceArn" aws:"required,min=1,max=256"`
}

type listTagsForResourceOutput struct {
	Tags []tag `json:"tags"`
}

// listTagsForResource returns the tags in the order they were first set.
func (e *Emulator) listTagsForResource(_ context.Context, in *listTagsForResourceInput) (*listTagsForResourceOutput, error) {
	if _, err := parseARN(in.ResourceArn); err != nil {
		return nil, err
	}
	e.mu.RLock()
	defer e.mu.RUnlock()
	var tags value.Value
	if m := e.machines[in.ResourceArn]; m != nil {
		tags = m.tags
	} else if a := e.activities[in.ResourceArn]; a != nil {
		tags = a.tags
	} else {
		return nil, fault.ResourceNotFound(in.ResourceArn)
	}
	out := &listTagsForResourceOutput{Tags: []tag{}}
	for key, v := range tags.Members() {
		out.Tags = append(out.Tags, tag{Key: key, Value: v.Text()})
	}
	return out, nil
}
