package main

import "testing"

// A call may be repeated by the next process if it may have been in flight when
// the one before was killed, and in no other case.
func TestRepeatedCalls(t *testing.T) {
	call := func(process, step int) [2]int { return [2]int{process, step} }
	for _, c := range []struct {
		name      string
		execution string
		calls     [][2]int
		doubled   int
	}{
		{"one after another", "tasks.1-1", [][2]int{call(1, 1), call(1, 2), call(2, 3)}, 0},
		{"the one in flight again", "tasks.1-1", [][2]int{call(1, 1), call(1, 2), call(2, 2), call(3, 2), call(3, 3)}, 0},
		{"twice by one process", "tasks.1-1", [][2]int{call(1, 1), call(1, 1)}, 1},
		{"one whose answer was in the journal", "tasks.1-1", [][2]int{call(1, 1), call(1, 2), call(2, 1)}, 1},
		{"branches in any order", "map.1-1", [][2]int{call(1, 3), call(1, 1), call(2, 1)}, 0},
		{"of no kind", "other.1", [][2]int{call(1, 1), call(1, 1)}, 0},
	} {
		r := newReport()
		f := &functions{report: r, calls: make(map[string]map[int]int), made: make(map[string]bool)}
		for _, at := range c.calls {
			f.note(at[0], event{Execution: c.execution, Step: at[1]})
		}
		got := 0
		for _, row := range r.rows {
			got += row.counts[doubled]
		}
		if got != c.doubled {
			t.Errorf("%s: %d doubled, want %d", c.name, got, c.doubled)
		}
	}
}
