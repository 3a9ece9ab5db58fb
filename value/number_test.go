package value

import (
	"math"
	"strings"
	"testing"
)

// A number keeps its text, whatever its value.
func TestNumberText(t *testing.T) {
	for _, c := range []struct {
		text    string
		float   float64
		integer bool
	}{
		{`0`, 0, true},
		{`-0`, math.Copysign(0, -1), true},
		{`1`, 1, true},
		{`1.0`, 1, false},
		{`1.50`, 1.5, false},
		{`-0.000`, math.Copysign(0, -1), false},
		{`1e2`, 100, false},
		{`1E+2`, 100, false},
		{`0.1`, 0.1, false},
		{`0.30000000000000004`, 0.30000000000000004, false},
		{`123456789012345`, 123456789012345, true},
		{`1234567890.12345`, 1234567890.12345, false},
		{`0.123456789012345`, 0.123456789012345, false},
		{`0.0000000000000001`, 1e-16, false},
		{`9007199254740993`, 9007199254740992, true},
		{`12345678901234567890`, 12345678901234567890, true},
		{`1e400`, math.Inf(1), false},
		{`-1e400`, math.Inf(-1), false},
		{`1e-400`, 0, false},
		{`4.9e-324`, 5e-324, false},
		{`1.7976931348623157e308`, math.MaxFloat64, false},
		{strings.Repeat("9", maxNumber), math.Inf(1), true},
		{"0." + strings.Repeat("0", maxNumber-3) + "1", 0, false},
	} {
		v := MustParse(c.text)
		if v.String() != c.text || v.NumberText() != c.text {
			t.Errorf("%s: got %s and %s", c.text, v, v.NumberText())
		}
		if got := v.Float(); math.Float64bits(got) != math.Float64bits(c.float) {
			t.Errorf("%s: float: got %v, want %v", c.text, got, c.float)
		}
		if got := v.IsInteger(); got != c.integer {
			t.Errorf("%s: integer: got %v, want %v", c.text, got, c.integer)
		}
	}
}

func TestNumberInt(t *testing.T) {
	for _, c := range []struct {
		v    Value
		want int64
		ok   bool
	}{
		{MustParse(`0`), 0, true},
		{MustParse(`-0`), 0, true},
		{MustParse(`-0.0e9`), 0, true},
		{MustParse(`42`), 42, true},
		{MustParse(`-42`), -42, true},
		{MustParse(`1.0`), 1, true},
		{MustParse(`1e2`), 100, true},
		{MustParse(`1.5e1`), 15, true},
		{MustParse(`120e-1`), 12, true},
		{MustParse(`1.5`), 0, false},
		{MustParse(`1e-1`), 0, false},
		{MustParse(`9007199254740992`), 1 << 53, true},
		{MustParse(`9007199254740993`), 1<<53 + 1, true},
		{MustParse(`-9007199254740993`), -1<<53 - 1, true},
		{MustParse(`9007199254740993.0`), 1<<53 + 1, true},
		{MustParse(`9007199254740992.5`), 0, false},
		{MustParse(`1.00000000000000000001`), 0, false},
		{MustParse(`0.99999999999999999999`), 0, false},
		{MustParse(`1e18`), 1e18, true},
		{MustParse(`1000000000000000000.00`), 1e18, true},
		{MustParse(`9223372036854775807`), math.MaxInt64, true},
		{MustParse(`-9223372036854775808`), math.MinInt64, true},
		{MustParse(`9223372036854775808`), 0, false},
		{MustParse(`-9223372036854775809`), 0, false},
		{MustParse(`1e19`), 0, false},
		{MustParse(`1e-400`), 0, false},
		{MustParse(`1e400`), 0, false},
		{MustParse(`0e400`), 0, true},
		{MustParse(`1e` + strings.Repeat("9", 900)), 0, false},
		{MustParse(`1e-` + strings.Repeat("9", 900)), 0, false},
		{OfInt(math.MinInt64), math.MinInt64, true},
		{OfInt(math.MaxInt64), math.MaxInt64, true},
		{OfInt(1 << 53), 1 << 53, true},
		{OfInt(1<<53 + 1), 1<<53 + 1, true},
		{OfFloat(3), 3, true},
		{OfFloat(2.5), 0, false},
		{OfFloat(1e18), 1e18, true},
		{OfFloat(1 << 62), 4611686018427388000, true}, // what its text says
		{OfFloat(1e300), 0, false},
		{OfString("1"), 0, false},
		{Value{}, 0, false},
	} {
		got, ok := c.v.Int()
		if ok != c.ok || got != c.want {
			t.Errorf("%s: got %d, %v, want %d, %v", c.v, got, ok, c.want, c.ok)
		}
	}
}

// Computed numbers are written as ECMAScript does.
func TestFloatText(t *testing.T) {
	for _, c := range []struct {
		f       float64
		want    string
		integer bool
	}{
		{0, "0", true},
		{math.Copysign(0, -1), "0", true},
		{1, "1", true},
		{-1, "-1", true},
		{0.5, "0.5", false},
		{0.30000000000000004, "0.30000000000000004", false},
		{100, "100", true},
		{123456789, "123456789", true},
		{1 << 53, "9007199254740992", true},
		{-(1 << 53), "-9007199254740992", true},
		{1 << 60, "1152921504606847000", true},
		{1 << 63, "9223372036854776000", true},
		{-(1 << 63), "-9223372036854776000", true},
		{1e20, "100000000000000000000", true},
		{1e21, "1e+21", false},
		{-1.5e21, "-1.5e+21", false},
		{1e-6, "0.000001", false},
		{1e-7, "1e-7", false},
		{-1.25e-7, "-1.25e-7", false},
		{1e-10, "1e-10", false},
		{1e100, "1e+100", false},
		{5e-324, "5e-324", false},
		{math.MaxFloat64, "1.7976931348623157e+308", false},
	} {
		v := OfFloat(c.f)
		if got := v.String(); got != c.want || v.NumberText() != c.want || v.Size() != len(c.want) {
			t.Errorf("%g: got %s of %d bytes, want %s", c.f, got, v.Size(), c.want)
		}
		if got := v.IsInteger(); got != c.integer {
			t.Errorf("%g: integer: got %v, want %v", c.f, got, c.integer)
		}
		if back := MustParse(v.String()); !Equal(back, v) || back.Float() != c.f {
			t.Errorf("%g: reads back as %s", c.f, back)
		}
	}
	for _, f := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if v := OfFloat(f); v.Exists() {
			t.Errorf("%g: got %s, want no value", f, v)
		}
	}
}

func TestIntText(t *testing.T) {
	for _, c := range []struct {
		n    int64
		want string
	}{
		{0, "0"},
		{-7, "-7"},
		{1<<53 - 1, "9007199254740991"},
		{1 << 53, "9007199254740992"},
		{1<<53 + 1, "9007199254740993"},
		{math.MaxInt64, "9223372036854775807"},
		{math.MinInt64, "-9223372036854775808"},
	} {
		v := OfInt(c.n)
		if got := v.String(); got != c.want || !v.IsInteger() || v.Float() != float64(c.n) {
			t.Errorf("%d: got %s, %v, %v", c.n, got, v.IsInteger(), v.Float())
		}
	}
}

func TestEqualNumbers(t *testing.T) {
	huge := strings.Repeat("9", 900)
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{`1`, `1`, true},
		{`1`, `1.0`, true},
		{`1`, `10e-1`, true},
		{`1`, `0.1E1`, true},
		{`1`, `2`, false},
		{`1`, `-1`, false},
		{`0`, `-0`, true},
		{`0`, `-0.00e5`, true},
		{`100`, `1e2`, true},
		{`0.1`, `0.10`, true},
		{`0.1`, `0.1000000000000000055511151231257827`, false}, // one float64, two numbers
		{`12345678901234567890`, `12345678901234567890`, true},
		{`12345678901234567890`, `12345678901234567890.0`, true},
		{`12345678901234567890`, `1234567890123456789e1`, true},
		{`12345678901234567890`, `12345678901234567891`, false},
		{`9007199254740992`, `9007199254740993`, false},
		{`9007199254740993`, `9007199254740993.000`, true},
		{`1e22`, `10000000000000000000000`, true},
		{`1e400`, `1e400`, true},
		{`1e400`, `10e399`, true},
		{`1e400`, `2e400`, false},
		{`1e400`, `-1e400`, false},
		{`1e400`, `1e401`, false},
		{`0`, `1e-400`, false},
		{`1e-400`, `-1e-400`, false},
		{`1e-400`, `0.1e-399`, true},
		{`1.1e-323`, `1e-323`, false}, // one subnormal
		{`0`, `0e` + huge, true},
		{`1e` + huge, `1e` + huge, true},
		{`1e` + huge, `1e` + huge[1:], false},
		{`1e` + huge, `10e` + huge[1:] + `8`, true},
		{`1e` + huge, `0.1e1` + strings.Repeat("0", 900), true},
		{`1e-` + huge, `1e-` + huge[1:], false},
	} {
		a, b := MustParse(c.a), MustParse(c.b)
		if Equal(a, b) != c.want || Equal(b, a) != c.want {
			t.Errorf("%.40s = %.40s: got %v, want %v", c.a, c.b, !c.want, c.want)
		}
	}
}

// Numbers without text stand for their shortest one.
func TestEqualComputedNumbers(t *testing.T) {
	for _, c := range []struct {
		a    Value
		b    string
		want bool
	}{
		{OfInt(7), `7.0`, true},
		{OfInt(1 << 53), `9007199254740992`, true},
		{OfInt(1 << 53), `9007199254740993`, false},
		{OfInt(1<<53 + 1), `9007199254740993`, true},
		{OfInt(math.MaxInt64), `9223372036854775807`, true},
		{OfFloat(0.1), `0.1`, true},
		{OfFloat(0.30000000000000004), `0.3`, false},
		{OfFloat(0.30000000000000004), `0.30000000000000004`, true},
		{OfFloat(1e21), `1000000000000000000000`, true},
		{OfFloat(5e-324), `5e-324`, true},
		{OfFloat(math.Copysign(0, -1)), `0`, true},
	} {
		b := MustParse(c.b)
		if Equal(c.a, b) != c.want || Equal(b, c.a) != c.want {
			t.Errorf("%s = %s: got %v, want %v", c.a, c.b, !c.want, c.want)
		}
	}
}

// The cost is that of the texts, whatever exponent they name: these numbers
// would have 10^998 digits.
func TestHostileExponentsAreCheap(t *testing.T) {
	for range 260 { // as many as fit into the largest payload
		a := MustParse(`1e` + strings.Repeat("9", 998))
		b := MustParse(`0.1e1` + strings.Repeat("0", 995))
		if Equal(a, b) {
			t.Fatal("different numbers are equal")
		}
		if c := MustParse(`10e` + strings.Repeat("9", 996) + `8`); !Equal(MustParse(`1e`+strings.Repeat("9", 997)), c) {
			t.Fatal("equal numbers differ")
		}
		if n, ok := a.Int(); ok {
			t.Fatalf("int: got %d", n)
		}
	}
}

func TestCompareNumbers(t *testing.T) {
	ascending := []string{"-1e400", "-10000000000000000000001", "-10000000000000000000000", "-1", "-1e-400", "0", "1e-401", "1e-400", "1", "1.5", "9007199254740992", "9007199254740993", "1e400", "1e401"}
	for i, a := range ascending {
		for j, b := range ascending {
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			if got := CompareNumbers(MustParse(a), MustParse(b)); got != want {
				t.Errorf("CompareNumbers(%s, %s) = %d, want %d", a, b, got, want)
			}
		}
	}
	if got := CompareNumbers(MustParse("1.0"), MustParse("10e-1")); got != 0 {
		t.Errorf("CompareNumbers(1.0, 10e-1) = %d, want 0", got)
	}
}
