package value

import (
	"math"
	"testing"
)

func TestJavaDouble(t *testing.T) {
	for _, c := range []struct {
		f    float64
		want string
	}{
		{0, "0.0"}, {math.Copysign(0, -1), "-0.0"}, {3, "3.0"}, {-2.5, "-2.5"}, {0.001, "0.001"}, {0.0009, "9.0E-4"}, {9999999, "9999999.0"}, {1e7, "1.0E7"},
		{1629880767.853, "1.629880767853E9"}, {1.5e300, "1.5E300"}, {math.Inf(1), "Infinity"}, {math.Inf(-1), "-Infinity"}, {math.NaN(), "NaN"},
	} {
		if got := JavaDouble(c.f); got != c.want {
			t.Errorf("%v: got %s, want %s", c.f, got, c.want)
		}
	}
}

func TestJavaNumber(t *testing.T) {
	for text, want := range map[string]string{"1": "1", "-0": "0", "12345678901234567890": "12345678901234567890", "1.0": "1.0", "1.50": "1.5", "1e2": "100.0", "1E10": "1.0E10"} {
		if got := JavaNumber(MustParse(text)); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func TestAppendJavaMap(t *testing.T) {
	for text, want := range map[string]string{`{}`: "{}", `{"a":1,"b c":"x"}`: `{a=1, b c="x"}`} {
		if got := string(AppendJavaMap(nil, MustParse(text), func(dst []byte, v Value) []byte { return v.AppendJSON(dst) })); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}
