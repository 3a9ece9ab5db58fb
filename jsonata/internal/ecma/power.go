package ecma

import "math"

// This file raises numbers to a power. math.Pow multiplies doubles and is off by some
// units of the last digit. Here the logarithm, its product with the exponent and the
// exponential are worked out with twice the digits of a double, and only the result is
// rounded. ECMAScript leaves the last digits open: those of Node are one off now and
// then, so that 10 to the power of -5 is not 0.00001 there.

// Power returns x to the power of y, as Math.pow does, to the nearest double.
func Power(x, y float64) float64 {
	if math.Abs(x) == 1 && (math.IsInf(y, 0) || math.IsNaN(y)) {
		return math.NaN() // unlike IEEE
	}
	near := math.Pow(x, y)
	if x == 0 || near == 0 || math.IsInf(near, 0) || math.IsNaN(near) || math.IsInf(x, 0) || math.IsInf(y, 0) {
		return near
	}
	var power double
	if n := math.Abs(y); n == math.Trunc(n) && n <= mostFactors {
		power = double{1, 0}
		for range int(n) {
			power = power.times(double{x, 0})
		}
		if y < 0 {
			power = power.inverse()
		}
		if normal(power.high) && normal(near) {
			return power.high
		}
	}
	fraction, exponent := math.Frexp(math.Abs(x))
	if fraction < math.Sqrt2/2 {
		fraction, exponent = fraction*2, exponent-1
	}
	log := logarithm(fraction).plus(ln2.times(double{float64(exponent), 0}))
	return math.Copysign(exponential(log.times(double{y, 0})), near)
}

// mostFactors is the greatest exponent for which the base is multiplied: so a result
// with one bit more than a double has, which only small exponents give, is a tie and
// rounded to the even digit.
const mostFactors = 64

// normal reports whether a double has all its digits.
func normal(f float64) bool {
	f = math.Abs(f)
	return f >= 0x1p-1000 && f <= math.MaxFloat64
}

// A double is a number with twice the digits of a float64: the sum of high and low, of
// which high is the nearest float64.
type double struct{ high, low float64 }

var ln2 = double{math.Ln2, 2.3190468138462996e-17}

// sum returns a sum of two float64s exactly.
func sum(a, b float64) double {
	s := a + b
	t := s - a
	return double{s, (a - (s - t)) + (b - t)}
}

func (a double) plus(b double) double {
	s := sum(a.high, b.high)
	return sum(s.high, s.low+a.low+b.low)
}

func (a double) times(b double) double {
	p := a.high * b.high
	rest := math.FMA(a.high, b.high, -p) + a.high*b.low + a.low*b.high
	return sum(p, rest)
}

// inverse returns 1/a.
func (a double) inverse() double {
	q := 1 / a.high
	rest := double{1, 0}.plus(a.times(double{-q, 0}))
	return sum(q, rest.high/a.high)
}

// logarithm returns the natural logarithm of a number near 1: one step of Newton's method
// from the float64.
func logarithm(x float64) double {
	near := math.Log(x)
	value, exponent := exponent(double{-near, 0})
	off := value.times(double{math.Ldexp(x, exponent), 0}).plus(double{-1, 0}) // x/exp(near) - 1
	return sum(near, 0).plus(off).plus(double{-off.high * off.high / 2, 0})
}

// exponential returns e to the power of t, rounded.
func exponential(t double) float64 {
	value, exponent := exponent(t)
	return math.Ldexp(value.high, exponent)
}

// exponent returns e to the power of t as a number near 1 and an exponent of 2.
func exponent(t double) (value double, twos int) {
	const halvings, terms = 8, 10
	n := math.Round(t.high / math.Ln2)
	rest := t.plus(ln2.times(double{-n, 0}))
	rest = double{math.Ldexp(rest.high, -halvings), math.Ldexp(rest.low, -halvings)}
	value = double{1, 0}
	for i := terms; i > 0; i-- { // 1 + r/1*(1 + r/2*(1 + …))
		value = double{1, 0}.plus(value.times(rest).times(double{float64(i), 0}.inverse()))
	}
	for range halvings {
		value = value.times(value)
	}
	return value, int(n)
}
