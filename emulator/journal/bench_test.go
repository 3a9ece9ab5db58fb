package journal_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/aslocal/aslocal/emulator/journal"
)

// The stores side by side: go test -bench . ./emulator/journal
var benchStores = []struct {
	name string
	open func(b testing.TB, path string) journal.Store
}{
	{"memory", func(testing.TB, string) journal.Store { return journal.NewMemory() }},
	{"process", func(b testing.TB, path string) journal.Store { return openSQLite(b, path, journal.Process) }},
	{"disk", func(b testing.TB, path string) journal.Store { return openSQLite(b, path, journal.Disk) }},
}

func openSQLite(t testing.TB, path string, d journal.Durability) *journal.SQLite {
	t.Helper()
	s, err := journal.OpenSQLite(path, d)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func eachStore(b *testing.B, run func(b *testing.B, s journal.Store)) {
	for _, store := range benchStores {
		b.Run(store.name, func(b *testing.B) {
			s := store.open(b, filepath.Join(b.TempDir(), "journal.db"))
			defer s.Close()
			run(b, s)
		})
	}
}

const (
	benchMachine   = "arn:aws:states:us-east-1:123456789012:stateMachine:orders-and-payments"
	benchExecution = "arn:aws:states:us-east-1:123456789012:execution:orders-and-payments:"
)

// benchRow is a row as StartExecution makes it: named by a UUID, so that the
// unique index gets its keys in no order.
func benchRow(id int64) *journal.Execution {
	name := uuid.NewString()
	return &journal.Execution{
		ID: id, ARN: benchExecution + name, MachineARN: benchMachine, Name: name,
		Status: journal.Running, Started: 1_700_000_000_000 + id, Record: []byte(`{"revision":1}`),
	}
}

// five events take about this much.
var benchData = bytes.Repeat([]byte(`{"id":1,"type":"PassStateEntered","t":1700000000000},`), 28)

// callers calls f n times from c goroutines, each of which waits for the done
// that f commits with before it calls f again.
func callers(n, c int, f func(i int64, done func(error))) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	next := int64(0)
	for range c {
		wg.Go(func() {
			done := make(chan error)
			for {
				mu.Lock()
				next++
				i := next
				mu.Unlock()
				if i > int64(n) {
					return
				}
				f(i, func(err error) { done <- err })
				if err := <-done; err != nil {
					panic(err)
				}
			}
		})
	}
	wg.Wait()
}

// BenchmarkCommit appends batches of five events to running executions.
func BenchmarkCommit(b *testing.B) {
	eachStore(b, func(b *testing.B, s journal.Store) {
		for _, c := range []int{1, 32, 256} {
			b.Run(fmt.Sprintf("callers=%d", c), func(b *testing.B) {
				first := s.LastID()
				callers(c, 1, func(i int64, done func(error)) {
					s.Commit(journal.Write{Create: benchRow(first + i)}, done)
				})
				b.ReportAllocs()
				b.ResetTimer()
				ids, last := make(chan int64, c), make([]int64, c+1) // those that have no batch under way; their last events
				for i := range c {
					ids <- int64(i + 1)
				}
				callers(b.N, c, func(_ int64, done func(error)) {
					id := <-ids
					batch := &journal.Batch{Execution: first + id, First: last[id] + 1, Last: last[id] + 5, Data: benchData}
					last[id] += 5
					s.Commit(journal.Write{Batch: batch}, func(err error) {
						ids <- id
						done(err)
					})
				})
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "batches/s")
			})
		}
	})
}

// BenchmarkShortExecution is an execution that ends as soon as it begins: it is
// one write.
func BenchmarkShortExecution(b *testing.B) {
	eachStore(b, func(b *testing.B, s journal.Store) {
		for _, c := range []int{1, 32} {
			b.Run(fmt.Sprintf("callers=%d", c), func(b *testing.B) {
				first := s.LastID()
				b.ReportAllocs()
				callers(b.N, c, func(i int64, done func(error)) {
					x := benchRow(first + i)
					x.Status, x.Stopped = "SUCCEEDED", x.Started+1
					s.Commit(journal.Write{Create: x, Batch: &journal.Batch{Execution: x.ID, First: 1, Last: 12, Data: benchData}}, done)
				})
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "executions/s")
			})
		}
	})
}

// BenchmarkExecution is an execution that waits once: it is created with its
// first batch, and ends with its second, in another write.
func BenchmarkExecution(b *testing.B) {
	eachStore(b, func(b *testing.B, s journal.Store) {
		for _, c := range []int{1, 32, 256} {
			b.Run(fmt.Sprintf("callers=%d", c), func(b *testing.B) {
				first := s.LastID()
				b.ReportAllocs()
				callers(b.N, c, func(i int64, done func(error)) {
					id := first + i
					half := len(benchData) / 2
					s.Commit(journal.Write{
						Create: benchRow(id), Batch: &journal.Batch{Execution: id, First: 1, Last: 2, Data: benchData[:half:half]},
					}, nil)
					s.Commit(journal.Write{
						Batch:  &journal.Batch{Execution: id, First: 3, Last: 5, Data: benchData[half:]},
						Update: &journal.Update{ID: id, Status: "SUCCEEDED", Stopped: 1_700_000_000_001},
					}, done)
				})
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "executions/s")
			})
		}
	})
}

// BenchmarkParked is an execution that waits: its time to be created, and the
// memory it takes, its 300 bytes of events included.
func BenchmarkParked(b *testing.B) {
	eachStore(b, func(b *testing.B, s journal.Store) {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		b.ResetTimer()
		callers(b.N, 32, func(i int64, done func(error)) {
			s.Commit(journal.Write{
				Create: benchRow(i), Batch: &journal.Batch{Execution: i, First: 1, Last: 5, Data: bytes.Clone(benchData[:300])},
			}, done)
		})
		b.StopTimer()
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(int64(after.HeapAlloc)-int64(before.HeapAlloc))/float64(b.N), "heap-B/op")
		runtime.KeepAlive(s)
	})
}

// filled gives a store of n executions with two batches each, of which every
// tenth has failed and every tenth still runs.
func filled(b *testing.B, s journal.Store, n int64) {
	b.Helper()
	for id := int64(1); id <= n; id++ {
		x := benchRow(id)
		x.ARN = fmt.Sprint(benchExecution, id)
		switch id % 10 {
		case 0:
		case 1:
			x.Status = "FAILED"
		default:
			x.Status = "SUCCEEDED"
		}
		s.Commit(journal.Write{Create: x, Batch: &journal.Batch{Execution: id, First: 1, Last: 5, Data: benchData[:400:400]}}, nil)
		s.Commit(journal.Write{Batch: &journal.Batch{Execution: id, First: 6, Last: 9, Data: benchData[:400:400]}}, nil)
	}
	if err := journal.Flush(b.Context(), s); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkRead(b *testing.B) {
	const n = 50_000
	eachStore(b, func(b *testing.B, s journal.Store) {
		filled(b, s, n)
		b.Run("execution", func(b *testing.B) {
			for i := range b.N {
				if _, err := s.Execution(fmt.Sprint(benchExecution, i%n+1)); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("batches", func(b *testing.B) {
			for i := range b.N {
				for _, err := range s.Batches(int64(i%n+1), 1) {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
		for _, q := range []struct {
			name  string
			query journal.Query
		}{
			{"page=first", journal.Query{MachineARN: benchMachine, Limit: 100}},
			{"page=last", journal.Query{MachineARN: benchMachine, Limit: 100, After: journal.Cursor{Recent: 1_700_000_000_101, ID: 101}}},
			{"page=first/FAILED", journal.Query{MachineARN: benchMachine, Status: "FAILED", Limit: 100}},
			{"page=last/FAILED", journal.Query{MachineARN: benchMachine, Status: "FAILED", Limit: 100, After: journal.Cursor{Recent: 1_700_000_001_001, ID: 1001}}},
		} {
			b.Run(q.name, func(b *testing.B) {
				for range b.N {
					page, _, err := s.Executions(q.query)
					if err != nil || len(page) != 100 {
						b.Fatal(len(page), err)
					}
				}
			})
		}
	})
}

// BenchmarkReopen opens a file with 50,000 executions, after an orderly end.
func BenchmarkReopen(b *testing.B) {
	path := filepath.Join(b.TempDir(), "journal.db")
	s := openSQLite(b, path, journal.Process)
	filled(b, s, 50_000)
	s.Close()
	for b.Loop() {
		openSQLite(b, path, journal.Process).Close()
	}
}

// BenchmarkRecover reads what recovery folds: 100,000 executions that wait, each
// with 300 bytes of events.
func BenchmarkRecover(b *testing.B) {
	const n = 100_000
	eachStore(b, func(b *testing.B, s journal.Store) {
		for id := int64(1); id <= n; id++ {
			s.Commit(journal.Write{Create: benchRow(id), Batch: &journal.Batch{Execution: id, First: 1, Last: 5, Data: benchData[:300:300]}}, nil)
		}
		if err := journal.Flush(b.Context(), s); err != nil {
			b.Fatal(err)
		}
		executions := 0
		for b.Loop() {
			for _, err := range s.Unfinished() {
				if err != nil {
					b.Fatal(err)
				}
				executions++
			}
		}
		b.ReportMetric(float64(executions)/b.Elapsed().Seconds(), "executions/s")
	})
}
