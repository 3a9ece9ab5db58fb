package cli

import (
	"context"
	"encoding/json"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/coverage"
	"github.com/aslocal/aslocal/emulator/testcase"
	"github.com/aslocal/aslocal/value"
)

// This file runs the cases of test files, several at a time.

// A caseResult is the result of a case of a suite.
type caseResult struct {
	suite  *suite
	result *testcase.Result
}

// skipped reports whether the case was not run because the file says so.
func (r *caseResult) skipped() bool { return r.result.Case.Skip != "" }

// runAll runs the cases that are selected, and reports each in the order of the files. Of
// cases that were not begun because another one has failed, there is no result.
func (t *tester) runAll(ctx context.Context, found *suites, out reporter) []*caseResult {
	type job struct {
		suite *suite
		test  *testcase.Case
		done  chan *caseResult // nil: it was not begun
	}
	var jobs []job
	for _, s := range found.suites {
		for _, c := range s.selected {
			jobs = append(jobs, job{s, c, make(chan *caseResult, 1)})
		}
		if t.history != "" && s.machine != nil {
			s.machine.Ended = t.keepHistory
		}
	}
	var failed atomic.Bool
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(t.parallel, len(jobs)) {
		workers.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(jobs) {
					return
				}
				j := jobs[i]
				if t.failFast && failed.Load() || ctx.Err() != nil {
					j.done <- nil
					continue
				}
				r := &caseResult{j.suite, &testcase.Result{Case: j.test}}
				if !r.skipped() {
					r.result = j.suite.machine.Run(ctx, j.suite.file, j.test, j.suite.snapshots)
				}
				if !r.result.Passed() {
					failed.Store(true)
				}
				j.done <- r
			}
		})
	}
	var results []*caseResult
	for _, j := range jobs {
		if r := <-j.done; r != nil && ctx.Err() == nil {
			results = append(results, r)
			out.result(r)
		}
	}
	workers.Wait()
	return results
}

// sums are how many cases have come out how.
type sums struct {
	passed, failed, skipped, left int // left: not begun
	took                          time.Duration
}

func sumOf(results []*caseResult, total int, took time.Duration) sums {
	s := sums{left: total - len(results), took: took}
	for _, r := range results {
		switch {
		case r.skipped():
			s.skipped++
		case r.result.Passed():
			s.passed++
		default:
			s.failed++
		}
	}
	return s
}

// sourcesOf is what the cases have covered, of each definition.
func sourcesOf(found *suites, results []*caseResult) []coverage.Source {
	var sources []coverage.Source
	index := make(map[string]int) // by target
	for _, s := range found.suites {
		if len(s.selected) == 0 {
			continue
		}
		if _, ok := index[s.target]; !ok {
			index[s.target] = len(sources)
			sources = append(sources, coverage.Source{Name: s.machine.Name, File: s.template.File, Coverage: coverage.New(s.machine.Definition), Line: s.line})
		}
	}
	for _, r := range results {
		if r.result.Coverage != nil {
			sources[index[r.suite.target]].Coverage.Merge(r.result.Coverage)
		}
	}
	return sources
}

// save writes the snapshots that have changed. Those of cases that are gone are left out.
func (t *tester) save(c *cobra.Command, found *suites) error {
	for _, s := range found.suites {
		if s.machine == nil {
			continue
		}
		wants := make(map[string]bool)
		for i := range s.file.Cases {
			wants[s.file.Cases[i].Name] = s.file.Cases[i].Expect.Snapshot
		}
		written, err := s.snapshots.Save(func(name string) bool { return wants[name] })
		if err != nil {
			return exit(ExitFailed, "", "%v", err)
		}
		if written {
			c.PrintErrf("aslocal: %s is written\n", testcase.SnapshotFile(s.path))
		}
	}
	return nil
}

// keepHistory writes the history of the first case that has failed.
func (t *tester) keepHistory(em *emulator.Emulator, execution string, r *testcase.Result) {
	t.keeping.Do(func() { t.kept = writeHistory(em, execution, t.history) })
}

// writeHistory writes a history as GetExecutionHistory answers it.
func writeHistory(em *emulator.Emulator, execution, path string) error {
	in := value.OfMembers("executionArn", value.OfString(execution), "includeExecutionData", value.True, "maxResults", value.OfInt(1000))
	var events []value.Value
	for {
		page, err := callAPI(context.Background(), em, "GetExecutionHistory", in)
		if err != nil {
			return err
		}
		events = append(events, page.Get("events").Slice()...)
		next := page.Get("nextToken")
		if !next.Exists() {
			break
		}
		in = in.With("nextToken", next)
	}
	text, err := json.MarshalIndent(value.OfMembers("events", value.OfSlice(events)), "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o666)
}
