package emulator

import (
	"context"
	"errors"
	"io"
	"iter"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/itemreader"
	"github.com/aslocal/aslocal/emulator/storage"
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
		items, sources, err := readItems(ctx, itemreader.New(everyObject(data.Value)), r)
		if said, ok := errors.AsType[*asl.Error](err); ok {
			return value.Value{}, nil, machine.NewFailure(said.Name, said.Cause)
		}
		if err != nil {
			return value.Value{}, nil, machine.NewFailure(asl.ErrItemReaderFailed, err.Error())
		}
		return items, sources, nil
	}
}

// everyObject is a storage in which every object holds that text.
type everyObject string

// Get implements itemreader.Buckets.
func (t everyObject) Get(context.Context, storage.Object) (*storage.Content, error) {
	return &storage.Content{ReadCloser: io.NopCloser(strings.NewReader(string(t))), Size: int64(len(t))}, nil
}

// List implements itemreader.Buckets: under every prefix there is one object.
func (t everyObject) List(_ context.Context, o storage.Object) iter.Seq2[storage.Entry, error] {
	return func(yield func(storage.Entry, error) bool) {
		yield(storage.Entry{Key: o.Key + "object", Size: int64(len(t))}, nil)
	}
}
