// Package distributedmap gives the Map Runs of distributed Maps their S3: a
// [Runner] reads their items and writes their results, with the packages reader
// and writer below.
package distributedmap

import (
	"context"
	"fmt"
	"iter"

	"github.com/aslocal/aslocal/emulator/internal/distributedmap/reader"
	"github.com/aslocal/aslocal/emulator/internal/distributedmap/writer"
	"github.com/aslocal/aslocal/emulator/internal/s3"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/value"
)

// A Runner is the task.Runner of what ItemReaders and ResultWriters call:
// s3:getObject, s3:listObjectsV2 and s3:putObject. It is safe for concurrent use.
//
// Writing is idempotent: the same Map Run written again after a restart replaces
// its files.
type Runner struct {
	task.NoJobs
	storage *s3.Storage
	reader  *reader.Reader
	writer  *writer.Writer
}

// New returns a Runner for the buckets of a storage, which Close closes.
func New(storage *s3.Storage) *Runner {
	return &Runner{storage: storage, reader: reader.New(storage), writer: writer.New(storage)}
}

// Close closes the storage.
func (r *Runner) Close() error { return r.storage.Close() }

// Run implements task.Runner.
func (r *Runner) Run(ctx context.Context, c *task.Call) (task.Answer, error) {
	switch {
	case c.Reading != nil:
		return r.read(ctx, c)
	case c.Writing != nil:
		return r.write(ctx, c)
	}
	return task.Answer{}, fmt.Errorf("distributedmap: a call of %s that neither reads items nor writes results", c.Resource)
}

func (r *Runner) read(ctx context.Context, c *task.Call) (task.Answer, error) {
	items, err := r.reader.Read(ctx, reader.Request{Resource: c.Resource.Text, Config: c.Reading.Config, Arguments: c.Input})
	if err != nil {
		return task.Answer{}, err
	}
	sources := make([]task.Source, len(items.Sources))
	for i, source := range items.Sources {
		sources[i] = task.Source(source)
	}
	return task.Answer{Output: items.Value, Sources: sources}, nil
}

func (r *Runner) write(ctx context.Context, c *task.Call) (task.Answer, error) {
	details, err := r.writer.Write(ctx, writer.Request{
		Resource: c.Resource.Text, Config: c.Writing.Config, Arguments: c.Input, MapRun: c.Writing.MapRun, Results: results(c.Writing),
	})
	return task.Answer{Output: details}, err
}

// results yields what is written: first of the children that have ended, then of
// those that were never started.
func results(w *task.Writing) iter.Seq[writer.Result] {
	return func(yield func(writer.Result) bool) {
		for result := range w.Results {
			if !yield(writer.Result(result)) {
				return
			}
		}
		for _, input := range w.Pending {
			if !yield(writer.Result{Status: "PENDING", Values: []value.Value{writer.Pending(input)}}) {
				return
			}
		}
	}
}
