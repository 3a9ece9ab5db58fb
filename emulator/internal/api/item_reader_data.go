package api

import (
	"context"
	"errors"
	"io"
	"iter"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/distributedmap/reader"
	"github.com/aslocal/aslocal/emulator/internal/s3"
	"github.com/aslocal/aslocal/value"
)

// This file reads the items of a Map on trial from the text that TestState is
// given instead of S3.

// reader returns how the items are read; nil if there is no text.
func (in *testStateInput) reader(ctx context.Context) func(*machine.ItemReading) (value.Value, []machine.ItemSource, *machine.Failure) {
	data := in.StateConfiguration.MapItemReaderData
	if !data.Set {
		return nil
	}
	return func(r *machine.ItemReading) (value.Value, []machine.ItemSource, *machine.Failure) {
		items, err := reader.New(everyObject(data.Value)).Read(ctx, reader.Request{Resource: r.Resource, Config: r.Config, Arguments: r.Arguments})
		if said, ok := errors.AsType[*asl.Error](err); ok {
			return value.Value{}, nil, machine.NewFailure(said.Name, said.Cause)
		}
		if err != nil {
			return value.Value{}, nil, machine.NewFailure(asl.ErrItemReaderFailed, err.Error())
		}
		sources := make([]machine.ItemSource, len(items.Sources))
		for i, source := range items.Sources {
			sources[i] = machine.ItemSource(source)
		}
		return items.Value, sources, nil
	}
}

// everyObject is a storage in which every object holds that text.
type everyObject string

// Get implements reader.Buckets.
func (t everyObject) Get(context.Context, s3.Object) (*s3.Content, error) {
	return &s3.Content{ReadCloser: io.NopCloser(strings.NewReader(string(t))), Size: int64(len(t))}, nil
}

// List implements reader.Buckets: under every prefix there is one object.
func (t everyObject) List(_ context.Context, o s3.Object) iter.Seq2[s3.Entry, error] {
	return func(yield func(s3.Entry, error) bool) {
		yield(s3.Entry{Key: o.Key + "object", Size: int64(len(t))}, nil)
	}
}
