package api

import (
	"context"

	"github.com/aslocal/aslocal/value"
)

// This file has the actions on tags.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_TagResource.html

// A tag has the characters that the documentation names: Unicode letters,
// digits, white space, and _ . : / = + - @; keys that begin with aws: are AWS's
// own. The patterns are those of the tags of other services; the model of this
// one has none (F-217).
type tag struct {
	Key   string `json:"key" aws:"min=1,max=128" pattern:"^(?!aws:)[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*$"`
	Value string `json:"value" aws:"max=256" pattern:"^[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*$"`
}

// tagObject returns the object of tags with others set.
func tagObject(o value.Value, tags []tag) value.Value {
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
func (a *API) tagResource(ctx context.Context, in *tagResourceInput) (*empty, error) {
	return &empty{}, a.registry.Retag(ctx, in.ResourceArn, func(tags value.Value) value.Value { return tagObject(tags, in.Tags) })
}

type untagResourceInput struct {
	ResourceArn string   `json:"resourceArn" aws:"required,min=1,max=256"`
	TagKeys     []string `json:"tagKeys" aws:"required" each:"min=1,max=128"`
}

// untagResource removes tags; keys that are not there are no error.
func (a *API) untagResource(ctx context.Context, in *untagResourceInput) (*empty, error) {
	return &empty{}, a.registry.Retag(ctx, in.ResourceArn, func(tags value.Value) value.Value {
		for _, key := range in.TagKeys {
			tags = tags.Without(key)
		}
		return tags
	})
}

type listTagsForResourceInput struct {
	ResourceArn string `json:"resourceArn" aws:"required,min=1,max=256"`
}

type listTagsForResourceOutput struct {
	Tags []tag `json:"tags"`
}

// listTagsForResource returns the tags in the order they were first set.
func (a *API) listTagsForResource(_ context.Context, in *listTagsForResourceInput) (*listTagsForResourceOutput, error) {
	tags, err := a.registry.Tags(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	out := &listTagsForResourceOutput{Tags: []tag{}}
	for key, v := range tags.Members() {
		out.Tags = append(out.Tags, tag{Key: key, Value: v.Text()})
	}
	return out, nil
}
