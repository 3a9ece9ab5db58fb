package intrinsic

import (
	"math"

	"github.com/aslocal/aslocal/value"
)

// mathAdd adds two numbers after rounding each to the nearest integer, which no other
// function does (F-111).
func mathAdd(in *invocation) (value.Value, error) {
	a, err := in.nearest(0)
	if err != nil {
		return value.Value{}, err
	}
	b, err := in.nearest(1)
	if err != nil {
		return value.Value{}, err
	}
	if sum := a + b; sum < math.MinInt32 || sum > math.MaxInt32 {
		return value.Value{}, in.invalid()
	}
	return value.OfInt(int64(a + b)), nil
}

// mathRandom returns a random integer from the first number to the second,
// exclusively. With a seed it is the number that java.util.Random gives (F-128).
func mathRandom(in *invocation) (value.Value, error) {
	from, err := in.integer(0)
	if err != nil {
		return value.Value{}, err
	}
	to, err := in.integer(1)
	if err != nil {
		return value.Value{}, err
	}
	if from >= to {
		return value.Value{}, in.invalid()
	}
	if len(in.values) == 2 {
		n := in.random.Uint64() % uint64(to-from)
		return value.OfInt(int64(from) + int64(n)), nil
	}
	seed, err := in.integer(2)
	if err != nil {
		return value.Value{}, err
	}
	n := newJavaRandom(int64(seed)).between(int32(from), int32(to))
	return value.OfInt(int64(n)), nil
}

// uuid returns a random UUID and ignores arguments (F-111).
func uuid(in *invocation) (value.Value, error) { return value.OfString(in.random.UUID()), nil }

// A javaRandom is the generator of java.util.Random: linear congruential, with
// 48 bits of state. Source: its documentation, which gives the formulas.
type javaRandom struct{ state uint64 }

const (
	javaMultiplier = 0x5DEECE66D
	javaIncrement  = 0xB
	javaMask       = 1<<48 - 1
)

func newJavaRandom(seed int64) *javaRandom {
	return &javaRandom{(uint64(seed) ^ javaMultiplier) & javaMask}
}

// next returns the given number of random bits, at most 32.
func (r *javaRandom) next(bits uint) int32 {
	r.state = (r.state*javaMultiplier + javaIncrement) & javaMask
	return int32(r.state >> (48 - bits))
}

// below returns a number from 0 to n, exclusively.
func (r *javaRandom) below(n int32) int32 {
	bits := r.next(31)
	if n&(n-1) == 0 {
		return int32(int64(n) * int64(bits) >> 31)
	}
	for bits-bits%n+(n-1) < 0 { // overflows: the last, incomplete run of n
		bits = r.next(31)
	}
	return bits % n
}

// between returns a number from the first to the second, exclusively.
func (r *javaRandom) between(from, to int32) int32 {
	if n := to - from; n > 0 {
		return from + r.below(n)
	}
	for { // the distance has more than 31 bits
		if n := r.next(32); from <= n && n < to {
			return n
		}
	}
}

// JavaDouble returns the first number, 0 <= n < 1, of java.util.Random with that
// seed, as $random(seed) of JSONata does: $random(42) is 0.7275636800328681 (F-113).
func JavaDouble(seed int64) float64 {
	r := newJavaRandom(seed)
	high, low := r.next(26), r.next(27)
	return float64(int64(high)<<27+int64(low)) / (1 << 53)
}
