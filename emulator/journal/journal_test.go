package journal_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/aslocal/aslocal/emulator/journal"
)

func TestDoEndsWithItsContext(t *testing.T) {
	s := journal.NewMemory()
	gathered := make(chan struct{})
	s.Commit(journal.Write{}, func(error) { <-gathered }) // holds all that follow
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	x := benchRow(1)
	if err := journal.Do(ctx, s, journal.Write{Create: x}); !errors.Is(err, context.Canceled) {
		t.Errorf("Do: got %v, want %v", err, context.Canceled)
	}
	if err := journal.Flush(ctx, s); !errors.Is(err, context.Canceled) {
		t.Errorf("Flush: got %v, want %v", err, context.Canceled)
	}
	close(gathered)
	if err := journal.Flush(t.Context(), s); err != nil {
		t.Errorf("Flush: %v", err)
	}
	if _, err := s.Execution(x.ARN); err != nil {
		t.Errorf("the write has still to happen: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// The messages, each of them once.
func TestErrorMessages(t *testing.T) {
	s := journal.NewMemory()
	do := func(w journal.Write) error { return journal.Do(t.Context(), s, w) }
	x := journal.Execution{ID: 7, ARN: "arn:x", MachineARN: "arn:m", Status: journal.Running}
	if err := do(journal.Write{Create: &x, Batch: &journal.Batch{Execution: 7, First: 1, Last: 8}}); err != nil {
		t.Fatal(err)
	}
	_, notFound := s.Execution("arn:y")
	_, noDocument := s.Document("machine", "arn:m")
	_, _, noLimit := s.Executions(journal.Query{})
	_, _, twoARNs := s.Executions(journal.Query{MachineARN: "arn:m", AliasARN: "arn:a", Limit: 1})
	_, _, noARN := s.Executions(journal.Query{Redriven: journal.Redriven, Limit: 1})
	_, _, cursor := s.Executions(journal.Query{Limit: 1, After: journal.Cursor{ID: -4}})
	for _, test := range []struct {
		got  error
		want string
	}{
		{notFound, `journal: execution "arn:y": not found`},
		{do(journal.Write{Update: &journal.Update{ID: 8, Status: "FAILED"}}), `journal: execution 8: not found`},
		{do(journal.Write{Create: &x}), `journal: execution 7, "arn:x": the execution exists already`},
		{noDocument, `journal: document "arn:m" of kind "machine": not found`},
		{do(journal.Write{Batch: &journal.Batch{Execution: 7, First: 12, Last: 14}}), `journal: execution 7: the batch does not follow the last event: expected a batch from event 9, got 12 to 14`},
		{do(journal.Write{Batch: &journal.Batch{Execution: 7, First: 9, Last: 8}}), `journal: invalid request: Batch: expected at least one event, numbered from 1, got 9 to 8`},
		{do(journal.Write{Create: &journal.Execution{}}), `journal: invalid request: Create: expected an ID from 1, got 0`},
		{do(journal.Write{Create: &journal.Execution{ID: 8}}), `journal: invalid request: Create: execution 8 has no ARN`},
		{do(journal.Write{Documents: []journal.Document{{Key: "k"}}}), `journal: invalid request: Documents: expected a kind and a key, got "" and "k"`},
		{do(journal.Write{Delete: 7, Update: &journal.Update{ID: 7, Status: "FAILED"}}), `journal: invalid request: Delete: expected no Create, Batch or Update beside it`},
		{do(journal.Write{Update: &journal.Update{ID: 7, Status: journal.Running, Stopped: 9, Reopen: true}}), `journal: invalid request: Update: expected Stopped to be 0 beside Reopen, got 9`},
		{do(journal.Write{Update: &journal.Update{ID: 7, Status: "FAILED", Stopped: 9}}), `<nil>`},
		{do(journal.Write{Batch: &journal.Batch{Execution: 7, First: 9, Last: 9}}), `journal: execution 7: the execution has ended: expected the status RUNNING, got FAILED`},
		{noARN, `journal: invalid request: Query: expected an ARN beside Redriven`},
		{&journal.BrokenError{Kind: "machine", Key: "arn:m", Err: errors.New("no JSON")}, `journal: machine "arn:m" cannot be read and is left out: no JSON`},
		{&journal.BrokenError{File: "/s.db", Kind: "machine", Key: "it's", Err: errors.New("no JSON")},
			`journal /s.db: machine "it's" cannot be read and is left out: no JSON; put a copy of the file in its place, or end the process and remove this part: DELETE FROM documents WHERE kind = 'machine' AND key = 'it''s'`},
		{&journal.BrokenError{File: "/s.db", Key: "arn:x", Err: errors.New("no JSON")},
			`journal /s.db: execution "arn:x" cannot be read and is left out: no JSON; put a copy of the file in its place, or end the process and remove this part: DELETE FROM executions WHERE arn = 'arn:x'`},
		{&journal.BrokenError{File: "/s.db", Key: "arn:x", Err: journal.ErrDamaged},
			`journal /s.db: execution "arn:x" cannot be read and is left out: the file is damaged: put a copy in its place, or use another folder`},
		{noLimit, `journal: invalid request: Query: expected a limit of at least 1, got 0`},
		{twoARNs, `journal: invalid request: Query: expected at most one ARN, got 2`},
		{cursor, `journal: invalid request: Query: expected a cursor with an ID of at least 0, got -4`},
		{s.Close(), "<nil>"},
		{do(journal.Write{}), `journal: the store is closed`},
	} {
		if got := fmt.Sprint(test.got); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

func Example() {
	s := journal.NewMemory()
	defer s.Close()
	ctx := context.Background()

	// An execution begins, goes on, and ends.
	x := journal.Execution{ID: s.LastID() + 1, ARN: "arn:orders:A-17", MachineARN: "arn:orders", Name: "A-17", Status: journal.Running}
	for _, w := range []journal.Write{
		{Create: &x, Batch: &journal.Batch{Execution: x.ID, First: 1, Last: 3, Data: []byte("started, entered, scheduled")}},
		{Batch: &journal.Batch{Execution: x.ID, First: 4, Last: 6, Data: []byte("succeeded, exited, ended")}, Update: &journal.Update{ID: x.ID, Status: "SUCCEEDED"}},
	} {
		if err := journal.Do(ctx, s, w); err != nil {
			fmt.Println(err)
		}
	}

	page, _, err := s.Executions(journal.Query{MachineARN: "arn:orders", Status: "SUCCEEDED", Limit: 10})
	fmt.Println(len(page), page[0].Name, err)
	for b, err := range s.Batches(x.ID, 5) { // from the batch that holds event 5
		fmt.Println(b.First, b.Last, string(b.Data), err)
	}
	// Output:
	// 1 A-17 <nil>
	// 4 6 succeeded, exited, ended <nil>
}
