// Package storetest is the suite that every journal.Store passes: its methods'
// contract, sentence by sentence, then random histories beside a model, then
// many goroutines at once.
//
//	func TestMemory(t *testing.T) {
//		storetest.Run(t, func(testing.TB) journal.Store { return journal.NewMemory() })
//	}
package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"

	"github.com/aslocal/aslocal/emulator/journal"
)

// Run tests a store; open gives an empty one each time, which Run closes.
func Run(t *testing.T, open func(testing.TB) journal.Store) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, journal.Store)
	}{
		{"an empty store is empty", testEmpty},
		{"an execution is kept as it was created", testCreate},
		{"an update changes status, stop and record", testUpdate},
		{"what has ended stays as it is unless it is reopened", testEnded},
		{"one of many ends comes first", testEnds},
		{"batches follow each other", testBatches},
		{"a write that is refused changes nothing", testRefused},
		{"a refused write does not touch its neighbours", testNeighbours},
		{"documents are kept by kind and key", testDocuments},
		{"a document that cannot be read does not hide the others", testLoad},
		{"a deleted execution is gone", testDelete},
		{"done comes in order and never within Commit", testOrder},
		{"done sees its write and may write again", testDone},
		{"lists are by origin, status and redrive", testLists},
		{"queries keep their rules", testQueries},
		{"lists of an ARN have the most recent first", testRecent},
		{"pages stay where they are while executions are added", testCursor},
		{"thousands of executions are paged", testPages},
		{"the unfinished come with their events", testUnfinished},
		{"the body of a loop may use the store", testLoops},
		{"close waits and then refuses", testClose},
		{"close may come amid calls", testCloseAmid},
		{"random histories match the model", testModel},
		{"many goroutines see whole writes", testHammer},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := open(t)
			test.run(t, s)
			if err := s.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		})
	}
}

// RunDurable tests a store that outlives the process: all that Run tests, and
// what is found when it is opened again. open opens the store in the folder.
func RunDurable(t *testing.T, open func(t testing.TB, folder string) journal.Store) {
	Run(t, func(t testing.TB) journal.Store { return open(t, t.TempDir()) })
	t.Run("opened again it holds what was done", func(t *testing.T) { testReopen(t, open) })
}

func testEmpty(t *testing.T, s journal.Store) {
	if got := s.LastID(); got != 0 {
		t.Errorf("LastID: got %d, want 0", got)
	}
	if _, err := s.Execution(arn(1)); !errors.Is(err, journal.ErrNotFound) {
		t.Errorf("Execution: got %v, want %v", err, journal.ErrNotFound)
	}
	wantList(t, s, journal.Query{})
	wantList(t, s, journal.Query{MachineARN: machine, Status: journal.Running})
	if got := all(t, s.Unfinished()); len(got) != 0 {
		t.Errorf("Unfinished: got %v, want none", got)
	}
	if got := all(t, s.Batches(1, 1)); len(got) != 0 {
		t.Errorf("Batches: got %v, want none", got)
	}
	if got := all(t, s.Documents("machine")); len(got) != 0 {
		t.Errorf("Documents: got %v, want none", got)
	}
	if err := journal.Flush(context.Background(), s); err != nil {
		t.Errorf("Flush: %v", err)
	}
}

func testCreate(t *testing.T, s journal.Store) {
	full := journal.Execution{
		ID: 7, ARN: "arn:x:7", MachineARN: "arn:m", VersionARN: "arn:m:1", AliasARN: "arn:m:prod", MapRunARN: "arn:r",
		Name: "sieben ünï\x00code", Status: "SUCCEEDED", Started: 1_700_000_000_123, Stopped: 1_700_000_000_456,
		Redrives: 2, Redriven: 1_700_000_000_200,
		Record: []byte{0, 1, 255, '\''},
	}
	bare := journal.Execution{ID: 1 << 40, ARN: "arn:x:8", MachineARN: "arn:m", Status: journal.Running}
	for _, x := range []journal.Execution{full, bare} {
		do(t, s, journal.Write{Create: &x})
		wantExecution(t, s, x)
	}
	wantList(t, s, journal.Query{}, bare.ID, full.ID)
	if got := s.LastID(); got != bare.ID {
		t.Errorf("LastID: got %d, want %d", got, bare.ID)
	}
	late := execution(3)
	do(t, s, journal.Write{Create: &late})
	if got := s.LastID(); got != bare.ID {
		t.Errorf("LastID after a lower one: got %d, want %d", got, bare.ID)
	}
	// What an execution is made of may come with it.
	done := execution(9)
	do(t, s, journal.Write{
		Create: &done,
		Batch:  &journal.Batch{Execution: 9, First: 1, Last: 2, Data: []byte("ab")},
		Update: &journal.Update{ID: 9, Status: "FAILED", Stopped: 5},
	})
	done.Status, done.Stopped = "FAILED", 5
	wantExecution(t, s, done)
	wantBatches(t, s, 9, 1, journal.Batch{Execution: 9, First: 1, Last: 2, Data: []byte("ab")})
}

func testUpdate(t *testing.T, s journal.Store) {
	x := execution(1)
	do(t, s, journal.Write{Create: &x})
	for _, u := range []journal.Update{
		{ID: 1, Status: journal.Running, Record: []byte("going on")},
		{ID: 1, Status: "SUCCEEDED", Stopped: 99},
		{ID: 1, Status: "PENDING_REDRIVE", Reopen: true},
		{ID: 1, Status: journal.Running, Record: []byte("redriven"), Reopen: true, Redrives: 1, Redriven: 150},
		{ID: 1, Status: journal.Running, Record: []byte{}, Redrives: 7, Redriven: 7},
		{ID: 1, Status: "ABORTED", Stopped: 200, Record: bytes.Repeat([]byte("r"), 100_000)},
		{ID: 1, Status: journal.Running, Reopen: true, Redrives: 2, Redriven: 300},
		{ID: 1, Status: "SUCCEEDED", Stopped: 400},
		{ID: 1, Status: "FAILED", Reopen: true},
		{ID: 1, Status: "TIMED_OUT", Stopped: 500, Reopen: true, Redrives: 3, Redriven: 450}, // it ends again at once
	} {
		do(t, s, journal.Write{Update: &u})
		x.Status, x.Stopped = u.Status, u.Stopped
		if u.Reopen {
			x.Redrives, x.Redriven = u.Redrives, u.Redriven
		}
		if u.Record != nil {
			x.Record = u.Record
		}
		wantExecution(t, s, x)
		wantList(t, s, journal.Query{MachineARN: machine, Status: u.Status}, 1)
	}
	wantList(t, s, journal.Query{MachineARN: machine, Status: journal.Running})
	wantList(t, s, journal.Query{MachineARN: machine, Status: "SUCCEEDED"})
}

func testEnded(t *testing.T, s journal.Store) {
	x := execution(1)
	do(t, s, journal.Write{Create: &x, Batch: &journal.Batch{Execution: 1, First: 1, Last: 4}})
	do(t, s, journal.Write{Update: &journal.Update{ID: 1, Status: "FAILED", Stopped: 5}})
	x.Status, x.Stopped = "FAILED", 5
	batch := func(first, last int64) *journal.Batch {
		return &journal.Batch{Execution: 1, First: first, Last: last}
	}
	again := &journal.Update{ID: 1, Status: "ABORTED", Stopped: 6}
	reopen := &journal.Update{ID: 1, Status: journal.Running, Reopen: true, Redrives: 1, Redriven: 7}
	for _, test := range []struct {
		name  string
		write journal.Write
		want  error
	}{
		{"a batch", journal.Write{Batch: batch(5, 6)}, journal.ErrEnded},
		{"a batch that does not follow either", journal.Write{Batch: batch(9, 9)}, journal.ErrEnded},
		{"a second end", journal.Write{Update: again}, journal.ErrEnded},
		{"a second end with its event", journal.Write{Batch: batch(5, 5), Update: again}, journal.ErrEnded},
		{"a status of running", journal.Write{Update: &journal.Update{ID: 1, Status: journal.Running}}, journal.ErrEnded},
		{"a reopening whose batch leaves a gap", journal.Write{Batch: batch(6, 6), Update: reopen}, journal.ErrOrder},
		{"a reopening that has stopped", journal.Write{Update: &journal.Update{ID: 1, Status: journal.Running, Stopped: 1, Reopen: true}}, journal.ErrInvalid},
		{"a reopening of fewer than no redrives", journal.Write{Update: &journal.Update{ID: 1, Status: journal.Running, Reopen: true, Redrives: -1}}, journal.ErrInvalid},
		{"a reopening before all times", journal.Write{Update: &journal.Update{ID: 1, Status: journal.Running, Reopen: true, Redriven: -1}}, journal.ErrInvalid},
		{"a reopening of none", journal.Write{Update: &journal.Update{ID: 2, Status: journal.Running, Reopen: true}}, journal.ErrNotFound},
		{"a reopening of none with its batch", journal.Write{
			Batch: &journal.Batch{Execution: 2, First: 1, Last: 1}, Update: &journal.Update{ID: 2, Status: journal.Running, Reopen: true},
		}, journal.ErrNotFound},
		{"an end of what was created with its end", journal.Write{
			Create: &journal.Execution{ID: 3, ARN: arn(3), MachineARN: machine, Status: "FAILED"}, Update: &journal.Update{ID: 3, Status: "ABORTED"},
		}, journal.ErrEnded},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.write.Documents = []journal.Document{{Kind: "witness", Key: "k", Data: []byte("d")}}
			if err := journal.Do(context.Background(), s, test.write); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			wantExecution(t, s, x)
			wantBatches(t, s, 1, 1, *batch(1, 4))
			wantDocuments(t, s, "witness")
			wantList(t, s, journal.Query{}, 1)
		})
	}

	do(t, s, journal.Write{Batch: batch(5, 6), Update: reopen})
	x.Status, x.Stopped, x.Redrives, x.Redriven = journal.Running, 0, 1, 7
	wantExecution(t, s, x)
	do(t, s, journal.Write{Batch: batch(7, 8)})
	do(t, s, journal.Write{Batch: batch(9, 9), Update: &journal.Update{ID: 1, Status: "SUCCEEDED", Stopped: 9}})
	x.Status, x.Stopped = "SUCCEEDED", 9
	wantExecution(t, s, x)
	wantBatches(t, s, 1, 1, *batch(1, 4), *batch(5, 6), *batch(7, 8), *batch(9, 9))
	do(t, s, journal.Write{Delete: 1})
	wantList(t, s, journal.Query{})
}

// testEnds has many callers end each of some executions: one is first, and the
// others are told that they are not, in whatever groups a store applies them.
func testEnds(t *testing.T, s journal.Store) {
	const n, ends = 40, 5
	results := make([][]error, n)
	for i := range results {
		x := execution(int64(i + 1))
		s.Commit(journal.Write{Create: &x, Batch: &journal.Batch{Execution: x.ID, First: 1, Last: 1}}, nil)
		for end := range int64(ends) {
			w := journal.Write{Update: &journal.Update{ID: x.ID, Status: "ABORTED", Stopped: end + 1}}
			if i%2 == 0 {
				w.Batch = &journal.Batch{Execution: x.ID, First: 2, Last: 2}
			}
			s.Commit(w, func(err error) { results[i] = append(results[i], err) })
		}
	}
	flush(t, s)
	for i, got := range results {
		if len(got) != ends || got[0] != nil {
			t.Fatalf("execution %d: got %v, want %d and the first nil", i+1, got, ends)
		}
		for _, err := range got[1:] {
			if !errors.Is(err, journal.ErrEnded) {
				t.Errorf("execution %d: got %v, want %v", i+1, err, journal.ErrEnded)
			}
		}
		x := execution(int64(i + 1))
		x.Status, x.Stopped = "ABORTED", 1
		wantExecution(t, s, x)
	}
}

func testBatches(t *testing.T, s journal.Store) {
	batches := []journal.Batch{
		{Execution: 1, First: 1, Last: 5, Data: []byte("one to five")},
		{Execution: 1, First: 6, Last: 6, Data: nil},
		{Execution: 1, First: 7, Last: 300, Data: bytes.Repeat([]byte{0xFE}, 1<<20)},
		{Execution: 1, First: 301, Last: 302, Data: []byte{}},
	}
	x, y := execution(1), execution(2)
	do(t, s, journal.Write{Create: &x, Batch: &batches[0]})
	do(t, s, journal.Write{Create: &y})
	for i := range batches[1:] {
		do(t, s, journal.Write{Batch: &batches[i+1]})
	}
	other := journal.Batch{Execution: 2, First: 1, Last: 1, Data: []byte("other")}
	do(t, s, journal.Write{Batch: &other})
	for _, test := range []struct {
		from int64
		want []journal.Batch
	}{
		{-1, batches}, {0, batches}, {1, batches}, {5, batches}, {6, batches[1:]}, {7, batches[2:]},
		{150, batches[2:]}, {300, batches[2:]}, {301, batches[3:]}, {302, batches[3:]}, {303, nil},
	} {
		wantBatches(t, s, 1, test.from, test.want...)
	}
	wantBatches(t, s, 2, 1, other)
	wantBatches(t, s, 3, 1)
}

func testRefused(t *testing.T, s journal.Store) {
	x, y := execution(1), execution(2)
	x.Record = []byte("as it was")
	do(t, s, journal.Write{Create: &x, Batch: &journal.Batch{Execution: 1, First: 1, Last: 4}})
	do(t, s, journal.Write{Create: &y})
	create := func(change func(*journal.Execution)) journal.Write {
		x := execution(3)
		change(&x)
		return journal.Write{Create: &x}
	}
	batch := func(execution, first, last int64) journal.Write {
		return journal.Write{Batch: &journal.Batch{Execution: execution, First: first, Last: last}}
	}
	three := execution(3)
	for _, test := range []struct {
		name  string
		write journal.Write
		want  error
	}{
		{"the ID is taken", create(func(x *journal.Execution) { x.ID = 1 }), journal.ErrExists},
		{"the ARN is taken", create(func(x *journal.Execution) { x.ARN = arn(1) }), journal.ErrExists},
		{"both are taken, by two", create(func(x *journal.Execution) { x.ID, x.ARN = 1, arn(2) }), journal.ErrExists},
		{"the ID is taken, and a batch comes along", journal.Write{Create: &x, Batch: &journal.Batch{Execution: 1, First: 1, Last: 1}}, journal.ErrExists},
		{"the ID is 0", create(func(x *journal.Execution) { x.ID = 0 }), journal.ErrInvalid},
		{"the ID is negative", create(func(x *journal.Execution) { x.ID = -1 }), journal.ErrInvalid},
		{"there is no ARN", create(func(x *journal.Execution) { x.ARN = "" }), journal.ErrInvalid},
		{"there is no machine", create(func(x *journal.Execution) { x.MachineARN = "" }), journal.ErrInvalid},
		{"there is no status", create(func(x *journal.Execution) { x.Status = "" }), journal.ErrInvalid},
		{"the batch leaves a gap", batch(1, 6, 7), journal.ErrOrder},
		{"the batch repeats an event", batch(1, 4, 7), journal.ErrOrder},
		{"the batch comes twice", batch(1, 1, 4), journal.ErrOrder},
		{"the first batch begins late", batch(2, 2, 2), journal.ErrOrder},
		{"the first batch of a new execution begins late", journal.Write{Create: &three, Batch: &journal.Batch{Execution: 3, First: 2, Last: 2}}, journal.ErrOrder},
		{"the batch is of no execution", batch(3, 1, 1), journal.ErrNotFound},
		{"the batch is empty", batch(1, 5, 4), journal.ErrInvalid},
		{"the batch begins at event 0", batch(2, 0, 1), journal.ErrInvalid},
		{"the update is of no execution", journal.Write{Update: &journal.Update{ID: 3, Status: "FAILED"}}, journal.ErrNotFound},
		{"the update has no status", journal.Write{Update: &journal.Update{ID: 1}}, journal.ErrInvalid},
		{"the update follows a batch that is refused", journal.Write{
			Batch:  &journal.Batch{Execution: 1, First: 4, Last: 4},
			Update: &journal.Update{ID: 1, Status: "FAILED", Record: []byte("changed")},
		}, journal.ErrOrder},
		{"create and batch are of two", journal.Write{Create: &three, Batch: &journal.Batch{Execution: 1, First: 5, Last: 5}}, journal.ErrInvalid},
		{"create and update are of two", journal.Write{Create: &three, Update: &journal.Update{ID: 1, Status: "FAILED"}}, journal.ErrInvalid},
		{"batch and update are of two", journal.Write{Batch: &journal.Batch{Execution: 1, First: 5, Last: 5}, Update: &journal.Update{ID: 2, Status: "FAILED"}}, journal.ErrInvalid},
		{"delete has a create beside it", journal.Write{Create: &three, Delete: 1}, journal.ErrInvalid},
		{"delete has a batch beside it", journal.Write{Batch: &journal.Batch{Execution: 1, First: 5, Last: 5}, Delete: 2}, journal.ErrInvalid},
		{"delete has an update beside it", journal.Write{Update: &journal.Update{ID: 1, Status: "FAILED"}, Delete: 2}, journal.ErrInvalid},
		{"delete is of a negative ID", journal.Write{Delete: -1}, journal.ErrInvalid},
		{"a document has no kind", journal.Write{Documents: []journal.Document{{Key: "k", Data: []byte("d")}}}, journal.ErrInvalid},
		{"a document has no key", journal.Write{Delete: 1, Documents: []journal.Document{{Kind: "k", Data: []byte("d")}}}, journal.ErrInvalid},
	} {
		t.Run(test.name, func(t *testing.T) {
			// The document shows whether any of it happened.
			test.write.Documents = append(test.write.Documents, journal.Document{Kind: "witness", Key: "k", Data: []byte("d")})
			if err := journal.Do(context.Background(), s, test.write); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			wantExecution(t, s, x)
			wantExecution(t, s, y)
			wantList(t, s, journal.Query{}, 2, 1)
			wantList(t, s, journal.Query{MachineARN: machine, Status: journal.Running}, 2, 1)
			wantBatches(t, s, 1, 1, journal.Batch{Execution: 1, First: 1, Last: 4})
			wantBatches(t, s, 2, 1)
			wantBatches(t, s, 3, 1)
			if got := all(t, s.Documents("witness")); len(got) != 0 {
				t.Errorf("the write happened in part: %v", got)
			}
			if got := s.LastID(); got != 2 {
				t.Errorf("LastID: got %d, want 2", got)
			}
		})
	}
}

// testNeighbours has many writes wait at once, so that a store which groups
// them has good and bad ones in one group.
func testNeighbours(t *testing.T, s journal.Store) {
	const n = 300
	results := make([]error, n)
	for i := range results {
		x := execution(int64(i + 1))
		if i%3 == 1 {
			x.ARN = arn(int64(i)) // that of the one before
		}
		s.Commit(journal.Write{Create: &x, Batch: &journal.Batch{Execution: x.ID, First: 1, Last: 1}}, func(err error) { results[i] = err })
	}
	flush(t, s)
	var want []int64
	for i, err := range results {
		if bad := i%3 == 1; bad != errors.Is(err, journal.ErrExists) || !bad && err != nil {
			t.Fatalf("write %d: got %v", i, err)
		} else if !bad {
			want = append(want, int64(i+1))
		}
	}
	slices.Reverse(want)
	wantList(t, s, journal.Query{}, want...)
}

func testDocuments(t *testing.T, s journal.Store) {
	a, b := journal.Document{Kind: "machine", Key: "a", Data: []byte("A")}, journal.Document{Kind: "machine", Key: "b", Data: []byte("B")}
	tag := journal.Document{Kind: "tag", Key: "a", Data: []byte{}}
	do(t, s, journal.Write{Documents: []journal.Document{b, tag, a}})
	wantDocuments(t, s, "machine", a, b)
	wantDocuments(t, s, "tag", tag)
	wantDocuments(t, s, "mach")
	wantDocument(t, s, a)
	wantDocument(t, s, tag)
	wantNoDocument(t, s, "machine", "absent")
	wantNoDocument(t, s, "mach", "a")

	a.Data = bytes.Repeat([]byte("A2"), 500_000)
	do(t, s, journal.Write{Documents: []journal.Document{a, {Kind: "machine", Key: "b"}, {Kind: "machine", Key: "absent"}}})
	wantDocuments(t, s, "machine", a)
	wantDocuments(t, s, "tag", tag)
	wantDocument(t, s, a)
	wantNoDocument(t, s, "machine", "b")

	// In one write the last word counts.
	do(t, s, journal.Write{Documents: []journal.Document{{Kind: "tag", Key: "z", Data: []byte("1")}, {Kind: "tag", Key: "a"}, {Kind: "tag", Key: "z", Data: []byte("2")}}})
	wantDocuments(t, s, "tag", journal.Document{Kind: "tag", Key: "z", Data: []byte("2")})
}

func testLoad(t *testing.T, s journal.Store) {
	for _, key := range []string{"a", "b", "c", "d"} {
		do(t, s, journal.Write{Documents: []journal.Document{{Kind: "machine", Key: key, Data: []byte("data of " + key)}}})
	}
	bad := errors.New("no JSON")
	var read []string
	var broken []*journal.BrokenError
	err := journal.Load(s, "machine", func(d journal.Document) error {
		if d.Key == "b" || d.Key == "d" {
			return bad
		}
		read = append(read, string(d.Data))
		return nil
	}, func(b *journal.BrokenError) { broken = append(broken, b) })
	if want := []string{"data of a", "data of c"}; err != nil || !slices.Equal(read, want) {
		t.Errorf("got %q, %v, want %q", read, err, want)
	}
	if len(broken) != 2 {
		t.Fatalf("broken: got %v, want two", broken)
	}
	for i, key := range []string{"b", "d"} {
		if got, want := *broken[i], (journal.BrokenError{File: s.Path(), Kind: "machine", Key: key, Err: bad}); got != want {
			t.Errorf("broken: got %+v, want %+v", got, want)
		}
	}
	if !errors.Is(broken[0], bad) {
		t.Errorf("broken: got %v, want it to wrap %v", broken[0], bad)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := journal.Load(s, "machine", nil, nil); !errors.Is(err, journal.ErrClosed) {
		t.Errorf("after Close: got %v, want %v", err, journal.ErrClosed)
	}
}

func testDelete(t *testing.T, s journal.Store) {
	x, y := execution(1), execution(2)
	x.MachineARN, x.VersionARN, x.AliasARN, x.MapRunARN = "arn:m", "arn:m:1", "arn:m:prod", "arn:r"
	do(t, s, journal.Write{Create: &x, Batch: &journal.Batch{Execution: 1, First: 1, Last: 3}})
	do(t, s, journal.Write{Create: &y, Batch: &journal.Batch{Execution: 2, First: 1, Last: 1}})
	do(t, s, journal.Write{Delete: 1, Documents: []journal.Document{{Kind: "k", Key: "k", Data: []byte("d")}}})
	if _, err := s.Execution(arn(1)); !errors.Is(err, journal.ErrNotFound) {
		t.Errorf("Execution: got %v, want %v", err, journal.ErrNotFound)
	}
	wantBatches(t, s, 1, 1)
	wantDocuments(t, s, "k", journal.Document{Kind: "k", Key: "k", Data: []byte("d")})
	wantList(t, s, journal.Query{}, 2)
	for _, status := range []string{"", journal.Running} {
		wantList(t, s, journal.Query{MachineARN: "arn:m", Status: status})
		wantList(t, s, journal.Query{VersionARN: "arn:m:1", Status: status})
		wantList(t, s, journal.Query{AliasARN: "arn:m:prod", Status: status})
		wantList(t, s, journal.Query{MapRunARN: "arn:r", Status: status})
	}
	do(t, s, journal.Write{Delete: 1})
	do(t, s, journal.Write{Delete: 2})
	wantList(t, s, journal.Query{})
	if got := s.LastID(); got != 2 {
		t.Errorf("LastID: got %d, want 2", got)
	}
	// Its name is free again.
	again := execution(3)
	again.ARN = arn(1)
	do(t, s, journal.Write{Create: &again, Batch: &journal.Batch{Execution: 3, First: 1, Last: 1}})
	wantExecution(t, s, again)
	wantList(t, s, journal.Query{MachineARN: machine}, 3)
}

// The rest of this file makes and compares.

const machine = "arn:aws:states:us-east-1:123456789012:stateMachine:orders"

func arn(id int64) string {
	return fmt.Sprintf("arn:aws:states:us-east-1:123456789012:execution:orders:%d", id)
}

// execution makes a running one.
func execution(id int64) journal.Execution {
	return journal.Execution{
		ID: id, ARN: arn(id), MachineARN: machine, Name: fmt.Sprint(id),
		Status: journal.Running, Started: 1_700_000_000_000 + id, Record: []byte(`{"n":1}`),
	}
}

func do(t testing.TB, s journal.Store, w journal.Write) {
	t.Helper()
	if err := journal.Do(context.Background(), s, w); err != nil {
		t.Fatal(err)
	}
}

func flush(t testing.TB, s journal.Store) {
	t.Helper()
	if err := journal.Flush(context.Background(), s); err != nil {
		t.Fatal(err)
	}
}

// all gives what a loop gives, and fails at an error.
func all[T any](t testing.TB, loop iter.Seq2[T, error]) (got []T) {
	t.Helper()
	for x, err := range loop {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, x)
	}
	return got
}

// list gives the IDs that a query selects, page after page.
func list(t testing.TB, s journal.Store, q journal.Query) (ids []int64) {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 1000
	}
	for {
		page, next, err := s.Executions(q)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range page {
			ids = append(ids, x.ID)
		}
		if next == (journal.Cursor{}) {
			return ids
		}
		if len(page) != q.Limit {
			t.Fatalf("%+v: a page of %d has a next one", q, len(page))
		}
		q.After = next
	}
}

func wantList(t testing.TB, s journal.Store, q journal.Query, want ...int64) {
	t.Helper()
	if got := list(t, s, q); !slices.Equal(got, want) {
		t.Errorf("Executions(%+v): got %v, want %v", q, got, want)
	}
}

func wantExecution(t testing.TB, s journal.Store, want journal.Execution) {
	t.Helper()
	got, err := s.Execution(want.ARN)
	if err != nil {
		t.Error(err)
	} else if !sameExecution(got, want) {
		t.Errorf("Execution:\n got %+v\nwant %+v", got, want)
	}
}

func wantBatches(t testing.TB, s journal.Store, execution, from int64, want ...journal.Batch) {
	t.Helper()
	got := all(t, s.Batches(execution, from))
	if !slices.EqualFunc(got, want, sameBatch) {
		t.Errorf("Batches(%d, %d): got %s, want %s", execution, from, spans(got), spans(want))
	}
}

func wantDocuments(t testing.TB, s journal.Store, kind string, want ...journal.Document) {
	t.Helper()
	got := all(t, s.Documents(kind))
	if !slices.EqualFunc(got, want, func(a, b journal.Document) bool {
		return a.Kind == b.Kind && a.Key == b.Key && bytes.Equal(a.Data, b.Data)
	}) {
		t.Errorf("Documents(%q): got %d, want %d: %.200q, %.200q", kind, len(got), len(want), got, want)
	}
}

func wantDocument(t testing.TB, s journal.Store, want journal.Document) {
	t.Helper()
	got, err := s.Document(want.Kind, want.Key)
	if err != nil || got.Kind != want.Kind || got.Key != want.Key || !bytes.Equal(got.Data, want.Data) {
		t.Errorf("Document: got %.200q, %v, want %.200q", got, err, want)
	}
}

func wantNoDocument(t testing.TB, s journal.Store, kind, key string) {
	t.Helper()
	if got, err := s.Document(kind, key); !errors.Is(err, journal.ErrNotFound) {
		t.Errorf("Document(%q, %q): got %.200q, %v, want %v", kind, key, got, err, journal.ErrNotFound)
	}
}

func sameExecution(a, b journal.Execution) bool {
	if !bytes.Equal(a.Record, b.Record) {
		return false
	}
	a.Record, b.Record = nil, nil
	return fmt.Sprintf("%q", fmt.Sprint(a)) == fmt.Sprintf("%q", fmt.Sprint(b))
}

func sameBatch(a, b journal.Batch) bool {
	return a.Execution == b.Execution && a.First == b.First && a.Last == b.Last && bytes.Equal(a.Data, b.Data)
}

// spans shortens batches for a message.
func spans(batches []journal.Batch) string {
	var s []string
	for _, b := range batches {
		s = append(s, fmt.Sprintf("%d:%d-%d(%d B)", b.Execution, b.First, b.Last, len(b.Data)))
	}
	return fmt.Sprint(s)
}
