// This file tests a store beside a model of it: the simplest code that keeps
// the contract, fed with the same random writes.

package storetest

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/emulator/journal"
)

type model struct {
	executions map[int64]*journal.History
	documents  map[[2]string][]byte
}

func newModel() *model {
	return &model{map[int64]*journal.History{}, map[[2]string][]byte{}}
}

func testModel(t *testing.T, s journal.Store) {
	m := newModel()
	for seed := range uint64(6) {
		m.live(t, s, seed, 400)
		m.compare(t, s)
	}
}

// live gives n random writes to both, many waiting at once, and compares what
// the store says of each.
func (m *model) live(t testing.TB, s journal.Store, seed uint64, n int) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 8))
	for i := range n {
		w := m.random(r)
		want := m.apply(w)
		s.Commit(w, func(err error) {
			if !errors.Is(err, want) {
				t.Errorf("seed %d, write %d, %s: got %v, want %v", seed, i, describe(w), err, want)
			}
		})
		if r.IntN(40) == 0 {
			flush(t, s)
		}
	}
	flush(t, s)
}

// random makes a write that mostly is right.
func (m *model) random(r *rand.Rand) (w journal.Write) {
	const ids = 60 // few: they meet often
	id := r.Int64N(ids) + 1
	batch := func(last int64) *journal.Batch {
		first := last + 1
		if r.IntN(10) == 0 {
			first = max(1, first+r.Int64N(3)-1)
		}
		return &journal.Batch{Execution: id, First: first, Last: first + r.Int64N(4), Data: make([]byte, r.IntN(300))}
	}
	update := func() *journal.Update {
		u := &journal.Update{ID: id, Status: []string{journal.Running, "SUCCEEDED", "FAILED"}[r.IntN(3)], Stopped: r.Int64N(1000)}
		if r.IntN(2) == 0 {
			u.Record = fmt.Appendf(nil, "record %d", r.IntN(100))
		}
		if u.Reopen = r.IntN(2) == 0; u.Reopen {
			u.Stopped, u.Redrives, u.Redriven = 0, r.Int64N(3), r.Int64N(1000)
		}
		return u
	}
	h := m.executions[id]
	switch {
	case h == nil || r.IntN(20) == 0:
		x := execution(id)
		x.MachineARN = fmt.Sprintf("machine %d", r.IntN(3))
		if r.IntN(3) == 0 {
			x.VersionARN = fmt.Sprintf("version %d", r.IntN(3))
		}
		if r.IntN(15) == 0 {
			x.ARN = arn(r.Int64N(ids) + 1)
		}
		w.Create = &x
		if r.IntN(2) == 0 {
			w.Batch = batch(0)
		}
	case r.IntN(12) == 0:
		w.Delete = id
	case r.IntN(3) == 0:
		w.Update = update()
	default:
		w.Batch = batch(last(h))
		if r.IntN(2) == 0 {
			w.Update = update()
		}
	}
	if r.IntN(5) == 0 {
		d := journal.Document{Kind: fmt.Sprint("kind ", r.IntN(2)), Key: fmt.Sprint("key ", r.IntN(8))}
		if r.IntN(3) > 0 {
			d.Data = fmt.Appendf(nil, "document %d", r.IntN(100))
		}
		w.Documents = append(w.Documents, d)
	}
	return w
}

// apply applies a write that keeps the rules, or gives the error it is refused
// with.
func (m *model) apply(w journal.Write) error {
	if x := w.Create; x != nil {
		if w.Batch != nil && w.Batch.First != 1 {
			return journal.ErrOrder
		}
		for _, h := range m.executions {
			if h.Execution.ID == x.ID || h.Execution.ARN == x.ARN {
				return journal.ErrExists
			}
		}
		m.executions[x.ID] = &journal.History{Execution: *x}
	}
	if b := w.Batch; b != nil {
		h := m.executions[b.Execution]
		if h == nil {
			return journal.ErrNotFound
		}
		if ended(h, w) {
			return journal.ErrEnded
		}
		if b.First != last(h)+1 {
			return journal.ErrOrder
		}
		h.Batches = append(h.Batches, *b)
	}
	if u := w.Update; u != nil {
		h := m.executions[u.ID]
		if h == nil {
			return journal.ErrNotFound
		}
		if ended(h, w) {
			return journal.ErrEnded
		}
		h.Execution.Status, h.Execution.Stopped = u.Status, u.Stopped
		if u.Reopen {
			h.Execution.Redrives, h.Execution.Redriven = u.Redrives, u.Redriven
		}
		if u.Record != nil {
			h.Execution.Record = u.Record
		}
	}
	delete(m.executions, w.Delete)
	for _, d := range w.Documents {
		m.documents[[2]string{d.Kind, d.Key}] = d.Data
		if d.Data == nil {
			delete(m.documents, [2]string{d.Kind, d.Key})
		}
	}
	return nil
}

// compare compares all that the store can be asked.
func (m *model) compare(t testing.TB, s journal.Store) {
	t.Helper()
	ids := slices.Sorted(maps.Keys(m.executions))
	var unfinished []journal.History
	for _, id := range ids {
		h := m.executions[id]
		wantExecution(t, s, h.Execution)
		wantBatches(t, s, id, 1, h.Batches...)
		if h.Execution.Status == journal.Running {
			unfinished = append(unfinished, *h)
		}
	}
	if got := all(t, s.Unfinished()); !slices.EqualFunc(got, unfinished, sameHistory) {
		t.Errorf("Unfinished: got %d, want %d; or they differ", len(got), len(unfinished))
	}
	executions := make([]journal.Execution, len(ids))
	for i, id := range ids {
		executions[i] = m.executions[id].Execution
	}
	recent := byCursor(executions)
	for _, status := range []string{"", journal.Running, "SUCCEEDED", "FAILED"} {
		lists := map[journal.Query][]int64{}
		for _, q := range append(m.queries(), journal.Query{}) {
			q.Status = status
			order := recent
			if q == (journal.Query{Status: status}) {
				order = executions
			}
			for _, x := range slices.Backward(order) {
				if (q.Redriven == journal.RedrivenOrNot || (q.Redriven == journal.Redriven) == (x.Redrives > 0)) && (status == "" || x.Status == status) &&
					(q.MachineARN == "" || x.MachineARN == q.MachineARN) &&
					(q.VersionARN == "" || x.VersionARN == q.VersionARN) {
					lists[q] = append(lists[q], x.ID)
				}
			}
			wantList(t, s, q, lists[q]...)
		}
	}
	for _, kind := range []string{"kind 0", "kind 1"} {
		var want []journal.Document
		for key, data := range m.documents {
			if key[0] == kind {
				want = append(want, journal.Document{Kind: kind, Key: key[1], Data: data})
			}
		}
		slices.SortFunc(want, func(a, b journal.Document) int { return strings.Compare(a.Key, b.Key) })
		wantDocuments(t, s, kind, want...)
	}
}

func (m *model) queries() (q []journal.Query) {
	for i := range 3 {
		for filter := range journal.NotRedriven + 1 {
			q = append(q,
				journal.Query{MachineARN: fmt.Sprintf("machine %d", i), Redriven: filter},
				journal.Query{VersionARN: fmt.Sprintf("version %d", i), Redriven: filter})
		}
	}
	return q
}

func (m *model) greatest() (id int64) {
	for i := range m.executions {
		id = max(id, i)
	}
	return id
}

// ended tells whether the write finds an execution that it may not change.
func ended(h *journal.History, w journal.Write) bool {
	return h.Execution.Status != journal.Running && (w.Update == nil || !w.Update.Reopen)
}

func last(h *journal.History) int64 {
	if len(h.Batches) == 0 {
		return 0
	}
	return h.Batches[len(h.Batches)-1].Last
}

func describe(w journal.Write) string {
	s := ""
	if w.Create != nil {
		s += fmt.Sprintf(" create %d", w.Create.ID)
	}
	if w.Batch != nil {
		s += fmt.Sprintf(" batch %d %d-%d", w.Batch.Execution, w.Batch.First, w.Batch.Last)
	}
	if w.Update != nil {
		s += fmt.Sprintf(" update %d %s", w.Update.ID, w.Update.Status)
	}
	if w.Delete != 0 {
		s += fmt.Sprintf(" delete %d", w.Delete)
	}
	return fmt.Sprintf("%s, %d documents", s, len(w.Documents))
}
