package emulator

import (
	"context"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/distributedmap/reader"
	"github.com/aslocal/aslocal/emulator/internal/distributedmap/writer"
	"github.com/aslocal/aslocal/emulator/internal/s3"
	"github.com/aslocal/aslocal/value"
)

// This file gives Map Runs their S3: where the items come from, and where the
// results go.

// mapData reads and writes the buckets of an emulator.
type mapData struct {
	storage *s3.Storage
	reader  *reader.Reader
	writer  *writer.Writer
}

func newMapData(s *settings) (*mapData, error) {
	s.s3.Region = s.region
	buckets, err := s3.Open(s.s3)
	if err != nil {
		return nil, err
	}
	return &mapData{buckets, reader.New(buckets), writer.New(buckets)}, nil
}

func (d *mapData) Close() error { return d.storage.Close() }

// ReadItems reads the items of a Map Run.
func (t *tasks) ReadItems(ctx context.Context, _ *machine.Start, r *machine.ItemReading) (value.Value, []machine.ItemSource, error) {
	return readItems(ctx, t.data.reader, r)
}

// readItems reads items, and says where they are from.
func readItems(ctx context.Context, from *reader.Reader, r *machine.ItemReading) (value.Value, []machine.ItemSource, error) {
	items, err := from.Read(ctx, reader.Request{Resource: r.Resource, Config: r.Config, Arguments: r.Arguments})
	if len(items.Parts) == 0 {
		return items.Value, []machine.ItemSource{{Source: items.Source}}, err
	}
	sources := make([]machine.ItemSource, len(items.Parts))
	for i, part := range items.Parts {
		sources[i] = machine.ItemSource(part)
	}
	return items.Value, sources, err
}

// WriteResults writes the results of a Map Run.
func (t *tasks) WriteResults(ctx context.Context, _ *machine.Start, w *machine.ResultWriting) (value.Value, error) {
	return t.data.writer.Write(ctx, writer.Request{
		Resource: w.Resource, Config: w.Config, Arguments: w.Arguments, MapRun: w.MapRun,
		Results: func(yield func(writer.Result) bool) {
			for i := range w.Children {
				if !yield(writer.Result{Status: w.Children[i].Status.String(), Values: w.Values(i)}) {
					return
				}
			}
			for _, item := range w.Pending {
				if !yield(writer.Result{Status: "PENDING", Values: []value.Value{writer.Pending(item)}}) {
					return
				}
			}
		},
	})
}

// Close closes what the tasks have open.
func (t *tasks) Close() error {
	t.lambda.Close()
	return t.data.Close()
}
