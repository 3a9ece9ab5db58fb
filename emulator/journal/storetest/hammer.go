// This file uses a store from many goroutines at once; go test -race looks on.

package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aslocal/aslocal/emulator/journal"
)

// testHammer runs executions from create to delete, each write with a document
// that tells what the execution must look like by then. Readers check that what
// they see is whole.
func testHammer(t *testing.T, s journal.Store) {
	const writers, readers, each = 6, 2, 9
	var ids atomic.Int64
	var writing, reading sync.WaitGroup
	stop := make(chan struct{})
	ctx := context.Background()
	for range writers {
		writing.Go(func() {
			for range each {
				id := ids.Add(1)
				x := execution(id)
				batch := journal.Batch{Execution: id, First: 1, Last: 2, Data: fmt.Appendf(nil, "%d:%d", id, 1)}
				write := journal.Write{Create: &x, Batch: &batch}
				for n := int64(1); n <= 5; n++ {
					if err := journal.Do(ctx, s, write); err != nil {
						t.Error(err)
						return
					}
					wantExecution(t, s, x) // its own writes
					x.Record = fmt.Appendf(nil, "%d", n+1)
					next := journal.Batch{Execution: id, First: 2*n + 1, Last: 2*n + 2, Data: fmt.Appendf(nil, "%d:%d", id, n+1)}
					write = journal.Write{Batch: &next, Update: &journal.Update{ID: id, Status: journal.Running, Record: x.Record}}
				}
				// The same ARN once more must fail, whoever is first.
				again := execution(id)
				again.ID = id + 1_000_000
				if err := journal.Do(ctx, s, journal.Write{Create: &again}); !errors.Is(err, journal.ErrExists) {
					t.Errorf("a second create: got %v, want %v", err, journal.ErrExists)
				}
				switch id % 3 {
				case 0:
					do(t, s, journal.Write{Delete: id})
				case 1:
					do(t, s, journal.Write{Update: &journal.Update{ID: id, Status: "SUCCEEDED"}})
				}
			}
		})
	}
	for r := range readers {
		reading.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				switch r % 2 {
				case 0:
					seen := int64(0)
					for h, err := range s.Unfinished() {
						if err != nil || h.Execution.ID <= seen {
							t.Errorf("Unfinished: got %d after %d, %v", h.Execution.ID, seen, err)
							return
						}
						seen = h.Execution.ID
						wantWhole(t, h.Execution.ID, h.Batches)
						// Record and batches are of one moment.
						if n := len(h.Batches); n > 1 && string(h.Execution.Record) != fmt.Sprint(n) {
							t.Errorf("execution %d: record %s beside %d batches", seen, h.Execution.Record, n)
						}
					}
				case 1:
					page, _, err := s.Executions(journal.Query{MachineARN: machine, Limit: 50})
					if err != nil {
						t.Error(err)
						return
					}
					for _, x := range page {
						wantWhole(t, x.ID, all(t, s.Batches(x.ID, 1)))
					}
				}
			}
		})
	}
	writing.Wait()
	close(stop)
	reading.Wait()
	var running, rest int
	for id := int64(1); id <= writers*each; id++ {
		switch id % 3 {
		case 1:
			rest++
		case 2:
			running++
		}
	}
	if got := len(list(t, s, journal.Query{MachineARN: machine, Status: journal.Running})); got != running {
		t.Errorf("RUNNING: got %d, want %d", got, running)
	}
	if got := len(list(t, s, journal.Query{MachineARN: machine})); got != running+rest {
		t.Errorf("all: got %d, want %d", got, running+rest)
	}
	if got := s.LastID(); got != writers*each {
		t.Errorf("LastID: got %d, want %d", got, writers*each)
	}
}

// wantWhole checks that batches follow each other from the first event, each
// with its own data.
func wantWhole(t testing.TB, id int64, batches []journal.Batch) {
	t.Helper()
	for i, b := range batches {
		n := int64(i) + 1
		if want := (journal.Batch{Execution: id, First: 2*n - 1, Last: 2 * n, Data: fmt.Appendf(nil, "%d:%d", id, n)}); !sameBatch(b, want) {
			t.Errorf("execution %d: got %+v, want %+v", id, b, want)
		}
	}
}
