package intrinsic

import "encoding/hex"

// A Source is a Random whose numbers depend on its seed alone: the SplitMix64
// generator of Steele, Lea and Flood. It is not for secrets, and not for several
// goroutines at the same time.
type Source struct{ state uint64 }

// NewSource returns the source that a seed begins.
func NewSource(seed uint64) *Source { return &Source{seed} }

// Uint64 returns the next number.
func (s *Source) Uint64() uint64 {
	s.state += 0x9E3779B97F4A7C15
	z := s.state
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// Jump makes the source go on as if its seed had been greater by n.
func (s *Source) Jump(n uint64) { s.state += n }

// Float64 returns the next number as one from 0 to 1 exclusively.
func (s *Source) Float64() float64 { return float64(s.Uint64()>>11) / (1 << 53) }

// UUID returns a version 4 UUID in lower case, made of the next two numbers.
func (s *Source) UUID() string {
	var b [16]byte
	for i, word := range []uint64{s.Uint64(), s.Uint64()} {
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
