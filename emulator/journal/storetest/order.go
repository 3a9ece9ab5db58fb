// This file tests when done is called, what it sees, and how a store ends.

package storetest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/aslocal/aslocal/emulator/journal"
)

func testOrder(t *testing.T, s journal.Store) {
	const n = 2000
	var mu sync.Mutex // held around Commit: a done from within would block for ever
	var want, got []int
	for i := range n {
		mu.Lock()
		want = append(want, i)
		w := journal.Write{}
		switch x := execution(int64(i + 1)); i % 4 {
		case 0:
			w.Create = &x
		case 1:
			w.Update = &journal.Update{ID: int64(i), Status: "SUCCEEDED"}
		case 2:
			w.Update = &journal.Update{ID: 1 << 50, Status: "refused"}
		case 3:
			w.Create = &journal.Execution{} // invalid
		}
		s.Commit(w, func(err error) {
			if (err != nil) != (i%4 >= 2) {
				t.Errorf("write %d: got %v", i, err)
			}
			mu.Lock()
			defer mu.Unlock()
			got = append(got, i)
		})
		mu.Unlock()
	}
	s.Commit(journal.Write{Delete: 1}, nil) // nobody asks
	flush(t, s)
	if !slices.Equal(got, want) {
		t.Errorf("the dones came in another order than the writes")
	}
	if _, err := s.Execution(arn(1)); !errors.Is(err, journal.ErrNotFound) {
		t.Errorf("the write without a done: got %v, want %v", err, journal.ErrNotFound)
	}
}

func testDone(t *testing.T, s journal.Store) {
	const n = 50
	finished := make(chan struct{})
	var step func(i int64)
	step = func(i int64) {
		x := execution(i)
		b := journal.Batch{Execution: i, First: 1, Last: 2, Data: []byte("ab")}
		s.Commit(journal.Write{
			Create: &x, Batch: &b, Documents: []journal.Document{{Kind: "k", Key: "last", Data: []byte(x.Name)}},
		}, func(err error) {
			if err != nil {
				t.Error(err)
			}
			wantExecution(t, s, x)
			wantBatches(t, s, i, 1, b)
			wantDocuments(t, s, "k", journal.Document{Kind: "k", Key: "last", Data: []byte(x.Name)})
			if page, _, err := s.Executions(journal.Query{MachineARN: machine, Status: journal.Running, Limit: 1}); err != nil || len(page) != 1 || page[0].ID != i {
				t.Errorf("Executions: got %v, %v, want the newest, %d", page, err, i)
			}
			if got := s.LastID(); got < i {
				t.Errorf("LastID: got %d, want at least %d", got, i)
			}
			if i == n {
				close(finished)
				return
			}
			step(i + 1)
		})
	}
	step(1)
	<-finished
}

func testClose(t *testing.T, s journal.Store) {
	const n = 500
	called := 0
	for i := range n {
		x := execution(int64(i + 1))
		s.Commit(journal.Write{Create: &x}, func(err error) {
			if err != nil {
				t.Error(err)
			}
			called++
		})
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	if called != n {
		t.Errorf("Close did not wait: %d of %d writes were done", called, n)
	}
	wantClosed := func(method string, err error) {
		t.Helper()
		if !errors.Is(err, journal.ErrClosed) {
			t.Errorf("%s after Close: got %v, want %v", method, err, journal.ErrClosed)
		}
	}
	x := execution(n + 1)
	wantClosed("Commit", journal.Do(context.Background(), s, journal.Write{Create: &x}))
	s.Commit(journal.Write{Create: &x}, nil)
	wantClosed("Flush", journal.Flush(context.Background(), s))
	_, err := s.Execution(arn(1))
	wantClosed("Execution", err)
	_, _, err = s.Executions(journal.Query{Limit: 1})
	wantClosed("Executions", err)
	err = nil
	for _, err = range s.Unfinished() {
	}
	wantClosed("Unfinished", err)
	err = nil
	for _, err = range s.Batches(1, 1) {
	}
	wantClosed("Batches", err)
	_, err = s.Document("k", "k")
	wantClosed("Document", err)
	err = nil
	for _, err = range s.Documents("k") {
	}
	wantClosed("Documents", err)
}

// testCloseAmid closes a store while others use it: each call works or says that
// it is closed.
func testCloseAmid(t *testing.T, s journal.Store) {
	for id := int64(1); id <= 100; id++ {
		x := execution(id)
		s.Commit(journal.Write{Create: &x, Batch: &journal.Batch{Execution: id, First: 1, Last: 1}}, nil)
	}
	flush(t, s)
	ctx := context.Background()
	var busy, users sync.WaitGroup
	for _, use := range []func(i int64) error{
		func(i int64) error {
			x := execution(1000 + i)
			return journal.Do(ctx, s, journal.Write{Create: &x})
		},
		func(i int64) error { return journal.Flush(ctx, s) },
		func(i int64) error { _, err := s.Execution(arn(1)); return err },
		func(i int64) error { _, _, err := s.Executions(journal.Query{Limit: 10}); return err },
		func(i int64) (err error) {
			for _, err = range s.Unfinished() {
			}
			return err
		},
		func(i int64) (err error) {
			for _, err = range s.Batches(1+i%100, 1) {
			}
			return err
		},
		func(i int64) (err error) {
			for _, err = range s.Documents("k") {
			}
			return err
		},
	} {
		busy.Add(1)
		users.Go(func() {
			for i := int64(0); ; i++ {
				if err := use(i); errors.Is(err, journal.ErrClosed) {
					return
				} else if err != nil {
					t.Error(err)
					return
				}
				if i == 3 {
					busy.Done()
				}
			}
		})
	}
	busy.Wait()
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	users.Wait()
}

func testReopen(t *testing.T, open func(t testing.TB, folder string) journal.Store) {
	folder := t.TempDir()
	m := newModel()
	for life := range 4 {
		s := open(t, folder)
		m.compare(t, s)
		if got := s.LastID(); got < m.greatest() {
			t.Errorf("life %d: LastID: got %d, want at least %d", life, got, m.greatest())
		}
		m.live(t, s, uint64(life), 150)
		// Close has to write what is still waiting.
		x := execution(1_000_000 + int64(life))
		m.apply(journal.Write{Create: &x})
		s.Commit(journal.Write{Create: &x}, nil)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
