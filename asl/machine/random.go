package machine

import "github.com/aslocal/aslocal/asl/intrinsic"

// A random is a source of pseudo-random numbers for one record of an execution.
// It depends on the execution's seed and on the number of the record alone, so
// it gives the same numbers whenever the same step is taken, and needs no state
// that would have to survive a crash.
type random = intrinsic.Source

// A purpose tells the sources for one record apart. The numbers decide what a
// seed gives: they never change.
type purpose uint64

const (
	forJitter    purpose = 0 // of a Retrier
	forFunctions purpose = 1 // see draw
	forMapRun    purpose = 2 // its ARN
	forChildren  purpose = 3 // their names
)

// random returns the source for the record that is being made.
func (x *Execution) random(p purpose) *random {
	var seed uint64
	if x.start != nil {
		seed = x.start.Seed
	}
	return intrinsic.NewSource(seed ^ uint64(x.records)*0x9E3779B97F4A7C15 ^ uint64(p)*0xD1B54A32D192ED03)
}

// draw returns the source of the intrinsic functions for the record that is
// being made. They share one, so that a States.UUID() in Parameters and one in
// Assign differ.
func (x *Execution) draw() *random {
	if x.drawn == nil || x.drawnAt != x.records {
		x.drawn, x.drawnAt = x.random(forFunctions), x.records
	}
	return x.drawn
}
