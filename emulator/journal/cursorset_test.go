package journal

import (
	"iter"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestCursorSet(t *testing.T) {
	orders := map[string]func(i int) int64{
		"in arrival order": func(i int) int64 { return int64(i + 1) },
		"backwards":        func(i int) int64 { return int64(5000 - i) },
		"in no order":      func(i int) int64 { return int64(i*2741%5000 + 1) },
	}
	for name, order := range orders {
		t.Run(name, func(t *testing.T) {
			const n = 5000
			r := rand.New(rand.NewPCG(1, 2))
			var s cursorSet
			in := map[int64]bool{}
			for i := range n {
				s.add(at(order(i)))
				s.add(at(order(i))) // twice is once
				in[order(i)] = true
				if r.IntN(3) == 0 {
					id := r.Int64N(n) + 1 // there or not
					s.remove(at(id))
					delete(in, id)
				}
				if i%500 == 0 {
					wantIDs(t, &s, in, r.Int64N(n+2))
				}
			}
			for _, id := range []int64{-1, 0, 1, 2, 511, 512, 513, n - 1, n, n + 1, 1 << 62} {
				wantIDs(t, &s, in, id)
			}
			for id := range int64(n + 1) {
				s.remove(at(id))
			}
			if len(s.chunks) != 0 {
				t.Errorf("emptied: got %d chunks, want none", len(s.chunks))
			}
			wantIDs(t, &s, nil, 7)
		})
	}
}

// A full chunk must split rightly wherever the new ID falls.
func TestCursorSetSplits(t *testing.T) {
	for place := range int64(chunkSize + 1) {
		var s cursorSet
		in := map[int64]bool{}
		for i := range int64(chunkSize) {
			s.add(at(10 * i))
			in[10*i] = true
		}
		s.add(at(10*place - 5))
		in[10*place-5] = true
		wantIDs(t, &s, in, 10*place-5)
	}
}

// at is the cursor of a number: three have the same time.
func at(n int64) Cursor { return Cursor{Recent: n / 3, ID: n} }

func numbers(cursors iter.Seq[Cursor]) (all []int64) {
	for c := range cursors {
		all = append(all, c.ID)
	}
	return all
}

// Chunks that removals have left almost empty are joined.
func TestCursorSetJoinsChunks(t *testing.T) {
	const n = 100 * chunkSize
	var s cursorSet
	in := map[int64]bool{}
	for i := range int64(n) {
		s.add(at(i))
		in[i] = true
	}
	for i := range int64(n) {
		if i%chunkSize != 7 {
			s.remove(at(i))
			delete(in, i)
		}
	}
	wantIDs(t, &s, in, n/2)
	if got := len(s.chunks); got > 5 {
		t.Errorf("a hundred cursors are in %d chunks, want at most 5", got)
	}
}

// wantIDs compares both directions from an ID that may be in the set or not.
func wantIDs(t *testing.T, s *cursorSet, in map[int64]bool, from int64) {
	t.Helper()
	var below, above []int64
	for id := range in {
		switch {
		case id < from:
			below = append(below, id)
		case id > from:
			above = append(above, id)
		}
	}
	slices.Sort(below)
	slices.Reverse(below)
	slices.Sort(above)
	if got := numbers(s.below(at(from))); !slices.Equal(got, below) {
		t.Errorf("below %d: got %d IDs, want %d; or they differ", from, len(got), len(below))
	}
	if got := numbers(s.above(at(from))); !slices.Equal(got, above) {
		t.Errorf("above %d: got %d IDs, want %d; or they differ", from, len(got), len(above))
	}
	for _, c := range s.chunks {
		if len(c) == 0 || len(c) > chunkSize {
			t.Errorf("a chunk has %d IDs, want 1 to %d", len(c), chunkSize)
		}
	}
}
