package value

import (
	"math"
	"slices"
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

// TestJavaHash has values of Java's documentation of hashCode, worked out by hand.
func TestJavaHash(t *testing.T) {
	for text, want := range map[string]int32{
		`null`: 0, `true`: 1231, `false`: 1237, `7`: 7, `-7`: -7, `4294967296`: 1, `1.5`: 1073217536, `1.0`: 1072693248,
		`""`: 0, `"a"`: 97, `"ab"`: 3105, `"😀"`: 1772899, `[]`: 1, `[1,2]`: 994, `[2,1]`: 1024, `{}`: 0, `{"a":1,"b":2}`: 192, `{"b":2,"a":1}`: 192,
	} {
		if got := JavaHash(MustParse(text)); got != want {
			t.Errorf("%s: got %d, want %d", text, got, want)
		}
	}
}

func TestJavaHashOrder(t *testing.T) {
	for _, c := range []struct {
		hashes []int32
		want   []int
	}{
		{nil, []int{}},
		{[]int32{3, 1, 2}, []int{1, 2, 0}},
		{[]int32{17, 1, 16, 33}, []int{2, 0, 1, 3}}, // 16 buckets; in one the first comes first
		{[]int32{1 << 16, 0}, []int{1, 0}},          // the upper half counts, too
		{[]int32{16, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0}}, // 32 buckets from 13 keys on
	} {
		if got := JavaHashOrder(c.hashes); !slices.Equal(got, c.want) {
			t.Errorf("%v: got %v, want %v", c.hashes, got, c.want)
		}
	}
}
