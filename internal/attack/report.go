package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"
)

// This file holds what the attacks found, and the table of it.

// A defect is a column of the table, which must be 0.
type defect int

const (
	lost    defect = iota // acknowledged, and not there any more
	wrong                 // not the end or history of an undisturbed run
	stuck                 // no end within the patience
	doubled               // an effect that happened twice
	orphan                // a child that runs on after the stop of its parent
	fault                 // a call answered by 5xx, or refused without reason
	defects
)

var defectNames = [defects]string{"lost", "wrong", "stuck", "doubled", "orphan", "fault"}

// maxExamples is how many examples of a defect are shown.
const maxExamples = 3

// A tally is a row of the table. It is safe for concurrent use.
type tally struct {
	name string

	mu                    sync.Mutex
	started, acknowledged int
	counts                [defects]int
	examples              [defects][]string
}

func (t *tally) start()       { t.add(&t.started) }
func (t *tally) acknowledge() { t.add(&t.acknowledged) }

func (t *tally) add(n *int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	*n++
}

// found counts a defect and keeps the first examples.
func (t *tally) found(d defect, format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts[d]++
	if len(t.examples[d]) < maxExamples {
		t.examples[d] = append(t.examples[d], fmt.Sprintf(format, args...))
	}
}

// A report is what all attacks found. It is safe for concurrent use.
type report struct {
	mu       sync.Mutex
	rows     []*tally
	restarts []time.Duration
	notes    []string
}

func newReport() *report { return &report{} }

// row returns the row of that name, a new one if there is none.
func (r *report) row(name string) *tally {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range r.rows {
		if t.name == name {
			return t
		}
	}
	t := &tally{name: name}
	r.rows = append(r.rows, t)
	return t
}

// restarted notes how long a start after a kill took, until the server says
// where it listens.
func (r *report) restarted(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.restarts = append(r.restarts, d)
}

// note adds a line below the table.
func (r *report) note(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

// ok reports whether no defect was found.
func (r *report) ok() bool {
	for _, t := range r.rows {
		if t.counts != [defects]int{} {
			return false
		}
	}
	return true
}

// write writes the table, then examples of each defect, then the notes.
func (r *report) write(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(table, "started\tacknowledged\t%s\t  kind\n", strings.Join(defectNames[:], "\t"))
	total := tally{name: "all"}
	for _, t := range append(slices.Clone(r.rows), &total) {
		if t.started == 0 && t.counts == [defects]int{} && t != &total {
			continue // its attack was not made
		}
		fmt.Fprintf(table, "%d\t%d\t", t.started, t.acknowledged)
		for d, n := range t.counts {
			fmt.Fprintf(table, "%d\t", n)
			total.counts[d] += n
		}
		fmt.Fprintf(table, "  %s\n", t.name)
		total.started += t.started
		total.acknowledged += t.acknowledged
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, t := range r.rows {
		for d, examples := range t.examples {
			for _, e := range examples {
				fmt.Fprintf(w, "%s, %s: %s\n", t.name, defectNames[d], strings.ReplaceAll(e, "\n", "\n    "))
			}
		}
	}
	if n := len(r.restarts); n > 0 {
		slices.SortFunc(r.restarts, cmp.Compare)
		fmt.Fprintf(w, "restarts: %d, p50 %s, max %s\n", n, r.restarts[n/2].Round(time.Millisecond), r.restarts[n-1].Round(time.Millisecond))
	}
	for _, n := range r.notes {
		fmt.Fprintln(w, n)
	}
	return nil
}
