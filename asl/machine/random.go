package machine

import "encoding/hex"

// A random is a source of pseudo-random numbers for one record of an execution.
// It depends on the execution's seed and on the number of the record alone, so
// it gives the same numbers whenever the same step is taken, and needs no state
// that would have to survive a crash.
type random struct{ state uint64 }

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
	return &random{seed ^ uint64(x.records)*0x9E3779B97F4A7C15 ^ uint64(p)*0xD1B54A32D192ED03}
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

// Uint64 returns the next number, by the SplitMix64 generator of Steele, Lea
// and Flood.
func (r *random) Uint64() uint64 {
	r.state += 0x9E3779B97F4A7C15
	z := r.state
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// Float64 returns a number in [0, 1).
func (r *random) Float64() float64 { return float64(r.Uint64()>>11) / (1 << 53) }

// UUID returns a random (version 4) UUID.
func (r *random) UUID() string {
	var b [16]byte
	for i, word := range []uint64{r.Uint64(), r.Uint64()} {
		for k := range 8 {
			b[8*i+k] = byte(word >> (8 * k))
		}
	}
	b[6] = b[6]&0x0F | 0x40
	b[8] = b[8]&0x3F | 0x80
	var out [36]byte
	at := 0
	for i, n := range [...]int{4, 2, 2, 2, 6} {
		if i > 0 {
			out[at] = '-'
			at++
		}
		hex.Encode(out[at:], b[:n])
		copy(b[:], b[n:])
		at += 2 * n
	}
	return string(out[:])
}
