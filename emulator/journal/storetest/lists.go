// This file tests the readers of many executions: lists, pages, recovery.

package storetest

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/aslocal/aslocal/emulator/journal"
)

func testLists(t *testing.T, s journal.Store) {
	// One ARN serves as machine, version, alias and Map Run of others: the
	// lists must not mix.
	statuses := []string{journal.Running, "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"}
	places := func(x *journal.Execution) []*string {
		return []*string{&x.MachineARN, &x.VersionARN, &x.AliasARN, &x.MapRunARN}
	}
	var rows []journal.Execution
	for id := int64(1); id <= 240; id++ {
		x := execution(id)
		x.Status = statuses[id%6]
		x.Redrives = id / 7 % 3
		if x.Redrives > 0 {
			x.Redriven = x.Started + id*53%50
		}
		if x.Status != journal.Running {
			x.Stopped = x.Started + id*37%50
		}
		for i, place := range places(&x) {
			*place = fmt.Sprintf("arn:%d", (id+int64(i))%5)
			if i > 0 && id%7 == int64(i) {
				*place = ""
			}
		}
		rows = append(rows, x)
		s.Commit(journal.Write{Create: &x}, nil) // whether it is there shows below
	}
	for _, x := range rows {
		if x.ID%4 == 0 { // moves from one status to another
			u := &journal.Update{ID: x.ID, Status: statuses[(x.ID+1)%6], Reopen: x.Status != journal.Running}
			if u.Status != journal.Running {
				u.Stopped = x.Started + x.ID*29%50
			}
			if u.Reopen {
				u.Redrives, u.Redriven = x.ID/4%3, x.Started+x.ID*31%50 // and may move by that
				rows[x.ID-1].Redrives, rows[x.ID-1].Redriven = u.Redrives, u.Redriven
			}
			s.Commit(journal.Write{Update: u}, nil)
			rows[x.ID-1].Status, rows[x.ID-1].Stopped = u.Status, u.Stopped
		}
	}
	flush(t, s)
	for place := range 5 {
		for n := range 6 { // arn:5 is of none
			for _, status := range append(statuses, "", "UNHEARD_OF") {
				q := journal.Query{Status: status}
				arn := ""
				if place < 4 {
					arn = fmt.Sprintf("arn:%d", n)
					*[]*string{&q.MachineARN, &q.VersionARN, &q.AliasARN, &q.MapRunARN}[place] = arn
				}
				for _, q.Redriven = range []journal.RedriveFilter{journal.RedrivenOrNot, journal.Redriven, journal.NotRedriven} {
					if place == 4 && q.Redriven != journal.RedrivenOrNot {
						continue // it needs an ARN
					}
					order := rows
					if place < 4 {
						order = byCursor(rows)
					}
					var want []int64
					for _, x := range slices.Backward(order) {
						if (place == 4 || *places(&x)[place] == arn) && (status == "" || x.Status == status) &&
							(q.Redriven == journal.RedrivenOrNot || (q.Redriven == journal.Redriven) == (x.Redrives > 0)) {
							want = append(want, x.ID)
						}
					}
					q.Limit = 1 + 3*n
					wantList(t, s, q, want...)
				}
			}
		}
	}
}

// byCursor gives executions in the opposite order of the lists of their ARNs.
func byCursor(executions []journal.Execution) []journal.Execution {
	return slices.SortedFunc(slices.Values(executions), func(a, b journal.Execution) int {
		x, y := a.Cursor(), b.Cursor()
		return cmp.Or(cmp.Compare(x.Recent, y.Recent), cmp.Compare(x.ID, y.ID))
	})
}

func testRecent(t *testing.T, s journal.Store) {
	const now = 1_700_000_000_000
	for id := int64(1); id <= 6; id++ {
		x := execution(id)
		x.Started = now + 10*id
		do(t, s, journal.Write{Create: &x})
	}
	change := func(u journal.Update) { do(t, s, journal.Write{Update: &u}) }
	of, all := journal.Query{MachineARN: machine, Limit: 2}, journal.Query{Limit: 2}
	wantList(t, s, of, 6, 5, 4, 3, 2, 1)
	change(journal.Update{ID: 2, Status: "FAILED", Stopped: now + 45}) // after the start of 4, before that of 5
	wantList(t, s, of, 6, 5, 2, 4, 3, 1)
	change(journal.Update{ID: 1, Status: "SUCCEEDED", Stopped: now + 100})
	change(journal.Update{ID: 4, Status: "SUCCEEDED", Stopped: now + 100}) // at the same time: the greater ID first
	wantList(t, s, of, 4, 1, 6, 5, 2, 3)
	change(journal.Update{ID: 2, Status: journal.Running, Reopen: true, Redrives: 1, Redriven: now + 110})
	wantList(t, s, of, 2, 4, 1, 6, 5, 3)
	wantList(t, s, all, 6, 5, 4, 3, 2, 1)
	of.Status = journal.Running
	wantList(t, s, of, 2, 6, 5, 3)
	of.Status = "SUCCEEDED"
	wantList(t, s, of, 4, 1)

	// What ends or goes between two pages moves no other one.
	of.Status = ""
	page, next, err := s.Executions(of)
	if err != nil || len(page) != 2 || page[1].ID != 4 {
		t.Fatalf("got %v, %v, want 2 and 4", page, err)
	}
	change(journal.Update{ID: 6, Status: "SUCCEEDED", Stopped: now + 120})
	do(t, s, journal.Write{Delete: 4}) // the one that the cursor names
	of.After = next
	wantList(t, s, of, 1, 5, 3)
}

func testQueries(t *testing.T, s journal.Store) {
	for id := int64(1); id <= 3; id++ {
		x := execution(id)
		do(t, s, journal.Write{Create: &x})
	}
	for _, test := range []struct {
		name  string
		query journal.Query
		want  []int64
		next  int64 // the ID of the cursor
		err   error
	}{
		{"a page that is not the last", journal.Query{Limit: 2}, []int64{3, 2}, 2, nil},
		{"a last page that is full", journal.Query{Limit: 3}, []int64{3, 2, 1}, 0, nil},
		{"the greatest limit", journal.Query{Limit: math.MaxInt}, []int64{3, 2, 1}, 0, nil},
		{"before an ID", journal.Query{Limit: 3, After: journal.Cursor{ID: 3}}, []int64{2, 1}, 0, nil},
		{"before an ID that is not there", journal.Query{Limit: 3, After: journal.Cursor{ID: 100}}, []int64{3, 2, 1}, 0, nil},
		{"before the first", journal.Query{Limit: 3, After: journal.Cursor{ID: 1}}, nil, 0, nil},
		{"before the greatest", journal.Query{Limit: 3, After: journal.Cursor{ID: math.MaxInt64}}, []int64{3, 2, 1}, 0, nil},
		{"after a time", journal.Query{Limit: 3, MachineARN: machine, After: journal.Cursor{Recent: 1_700_000_000_003, ID: 3}}, []int64{2, 1}, 0, nil},
		{"after a time, a page", journal.Query{Limit: 1, MachineARN: machine, After: journal.Cursor{Recent: 1_700_000_000_003, ID: 3}}, []int64{2}, 2, nil},
		{"after a time that is not there", journal.Query{Limit: 3, MachineARN: machine, After: journal.Cursor{Recent: 1_700_000_000_002, ID: 100}}, []int64{2, 1}, 0, nil},
		{"after a time before 1970", journal.Query{Limit: 3, MachineARN: machine, After: journal.Cursor{Recent: -5, ID: 3}}, nil, 0, nil},
		{"an ARN like SQL", journal.Query{Limit: 3, MachineARN: "' OR 1=1 --"}, nil, 0, nil},
		{"no limit", journal.Query{}, nil, 0, journal.ErrInvalid},
		{"a negative limit", journal.Query{Limit: -1}, nil, 0, journal.ErrInvalid},
		{"a negative cursor", journal.Query{Limit: 1, After: journal.Cursor{ID: -1}}, nil, 0, journal.ErrInvalid},
		{"a filter without an ARN", journal.Query{Limit: 1, Status: journal.Running, Redriven: journal.NotRedriven}, nil, 0, journal.ErrInvalid},
		{"a filter that there is not", journal.Query{Limit: 1, MachineARN: machine, Redriven: 3}, nil, 0, journal.ErrInvalid},
		{"two ARNs", journal.Query{Limit: 1, MachineARN: "a", MapRunARN: "b"}, nil, 0, journal.ErrInvalid},
	} {
		t.Run(test.name, func(t *testing.T) {
			page, next, err := s.Executions(test.query)
			var got []int64
			for _, x := range page {
				got = append(got, x.ID)
				if want := execution(x.ID); !sameExecution(x, want) {
					t.Errorf("row: got %+v, want %+v", x, want)
				}
			}
			if !slices.Equal(got, test.want) || next.ID != test.next || !errors.Is(err, test.err) {
				t.Errorf("got %v, next %v, %v; want %v, next %d, %v", got, next, err, test.want, test.next, test.err)
			}
		})
	}
}

func testCursor(t *testing.T, s journal.Store) {
	id := int64(0)
	add := func(n int) {
		for range n {
			id++
			x := execution(id)
			s.Commit(journal.Write{Create: &x}, nil)
		}
		flush(t, s)
	}
	add(100)
	var got, want []int64
	for i := int64(100); i > 0; i-- {
		want = append(want, i)
	}
	q := journal.Query{MachineARN: machine, Limit: 9}
	for {
		page, next, err := s.Executions(q)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range page {
			got = append(got, x.ID)
		}
		if next == (journal.Cursor{}) {
			break
		}
		q.After = next
		add(20)
		do(t, s, journal.Write{Update: &journal.Update{ID: next.ID, Status: "SUCCEEDED", Stopped: 1_800_000_000_000}})
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	// The one that the cursor names may be gone.
	do(t, s, journal.Write{Delete: 50})
	wantList(t, s, journal.Query{After: journal.Cursor{ID: 50}, Limit: 40}, want[51:]...)
}

func testPages(t *testing.T, s journal.Store) {
	const n = 2_000
	for id := int64(1); id <= n; id++ {
		x := execution(id)
		if id%10 != 0 {
			x.Status = "SUCCEEDED"
		}
		s.Commit(journal.Write{Create: &x}, nil)
	}
	flush(t, s)
	var want, tenth []int64
	for id := int64(n); id > 0; id-- {
		want = append(want, id)
		if id%10 == 0 {
			tenth = append(tenth, id)
		}
	}
	wantList(t, s, journal.Query{MachineARN: machine, Limit: 1000}, want...)
	wantList(t, s, journal.Query{MachineARN: machine, Status: journal.Running, Limit: 100}, tenth...)
	// They finish in another order than they came.
	for id := int64(10); id <= n; id += 20 {
		s.Commit(journal.Write{Update: &journal.Update{ID: id, Status: "SUCCEEDED"}}, nil)
	}
	for id := int64(n); id > 0; id -= 20 {
		s.Commit(journal.Write{Update: &journal.Update{ID: id, Status: "FAILED"}}, nil)
	}
	flush(t, s)
	wantList(t, s, journal.Query{MachineARN: machine, Status: journal.Running})
	if got := len(list(t, s, journal.Query{MachineARN: machine, Status: "SUCCEEDED", After: journal.Cursor{Recent: 1_700_000_000_000 + n/10, ID: n / 10}})); got != n/10*19/20 {
		t.Errorf("SUCCEEDED: got %d, want %d", got, n/10*19/20)
	}
	if got := len(list(t, s, journal.Query{Status: "FAILED"})); got != n/20 {
		t.Errorf("FAILED: got %d, want %d", got, n/20)
	}
}

func testUnfinished(t *testing.T, s journal.Store) {
	// More than any page a store may read them in.
	const n = 1500
	var want []journal.History
	for id := int64(1); id <= n; id++ {
		x := execution(id)
		if id%5 == 0 {
			x.Status = "PENDING_REDRIVE"
		}
		h := journal.History{Execution: x}
		s.Commit(journal.Write{Create: &x}, nil)
		for b := range id % 4 {
			batch := journal.Batch{Execution: id, First: b*3 + 1, Last: b*3 + 3, Data: fmt.Appendf(nil, "%d-%d", id, b)}
			s.Commit(journal.Write{Batch: &batch}, nil)
			h.Batches = append(h.Batches, batch)
		}
		switch {
		case id%5 == 0:
		case id%3 == 0:
			s.Commit(journal.Write{Update: &journal.Update{ID: id, Status: "SUCCEEDED"}}, nil)
		default:
			want = append(want, h)
		}
	}
	flush(t, s)
	got := all(t, s.Unfinished())
	if !slices.EqualFunc(got, want, sameHistory) {
		t.Errorf("Unfinished: got %d, want %d; or they differ", len(got), len(want))
	}
	seen := 0
	for h, err := range s.Unfinished() { // and stops when told to
		if err != nil || !sameHistory(h, want[seen]) {
			t.Errorf("Unfinished: got %v, %v, want %v", h, err, want[seen])
		}
		if seen++; seen == 3 {
			break
		}
	}
}

func testLoops(t *testing.T, s journal.Store) {
	for id := int64(1); id <= 20; id++ {
		x := execution(id)
		do(t, s, journal.Write{Create: &x, Batch: &journal.Batch{Execution: id, First: 1, Last: 1}, Documents: []journal.Document{{Kind: "k", Key: x.Name, Data: []byte("d")}}})
	}
	seen := 0
	for h, err := range s.Unfinished() {
		if err != nil {
			t.Fatal(err)
		}
		id := h.Execution.ID
		do(t, s, journal.Write{Batch: &journal.Batch{Execution: id, First: 2, Last: 2}, Update: &journal.Update{ID: id, Status: "SUCCEEDED"}})
		for b, err := range s.Batches(id, 2) {
			if err != nil {
				t.Fatal(err)
			}
			wantExecution(t, s, func() journal.Execution { x := execution(b.Execution); x.Status = "SUCCEEDED"; return x }())
			for d, err := range s.Documents("k") {
				if err != nil {
					t.Fatal(err)
				}
				do(t, s, journal.Write{Documents: []journal.Document{{Kind: "k", Key: d.Key}}})
				seen++
			}
		}
	}
	if seen != 20 {
		t.Errorf("documents: got %d, want 20", seen)
	}
	wantList(t, s, journal.Query{Status: journal.Running})
}

func sameHistory(a, b journal.History) bool {
	return sameExecution(a.Execution, b.Execution) && slices.EqualFunc(a.Batches, b.Batches, sameBatch)
}
