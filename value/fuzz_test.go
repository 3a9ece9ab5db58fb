package value

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

var fuzzSeeds = []string{
	``, ` `, `null`, `true`, `-0`, `1e400`, `0.1e-5`, `12345678901234567890`, `"a\u00e9\ud83d\ude00"`, `"\ud83d"`,
	`[]`, `[1, [2, {"a": []}], "x"]`, `{}`, `{"a":1,"b":{"a":1},"a":2}`, `[{"a":1,"b":2},{"a":3,"b":4},{"b":5}]`,
	`[{"a\"b":1},{"a"b":1}]`, `[{"\n":1},{"\n":2}]`, "{\"a\nb\":1}", `{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9,"a":0}`,
	`[1,]`, `{"a"`, `{"a":`, `[}`, `{]`, `01`, `1.`, `-`, `tru`, `nulll`, `"\x"`, `"\u12`, "\"\t\"", "\xff", "\"\xff\"", "\"\xED\xA0\x80\"", "1\x00", "\uFEFF{}",
	strings.Repeat(`[`, MaxDepth+1), strings.Repeat(`{"a":`, 20) + `1` + strings.Repeat(`}`, 20),
}

// What is read is written and read back the same; and Parse takes what
// encoding/json takes, but for what it documents: depth, length of numbers, and
// text that is not UTF-8.
func FuzzParse(f *testing.F) {
	for _, seed := range fuzzSeeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := Parse(text)
		if err != nil {
			var bad *SyntaxError
			if !errors.As(err, &bad) || v.Exists() {
				t.Fatalf("got %s and %v", v, err)
			}
			if bad.Offset < 0 || bad.Offset > len(text) || bad.Line < 1 || bad.Column < 1 || bad.Message == "" {
				t.Fatalf("got the place %+v in %d bytes", bad, len(text))
			}
			stricter := !utf8.ValidString(text) || strings.Contains(bad.Message, "exceeds the maximum allowed")
			if json.Valid([]byte(text)) && !stricter {
				t.Fatalf("encoding/json takes it: %v", err)
			}
			return
		}
		if !json.Valid([]byte(text)) {
			t.Fatalf("encoding/json does not take it: %s", v)
		}
		written := v.String()
		if v.Size() != len(written) {
			t.Fatalf("size %d of %d bytes: %s", v.Size(), len(written), written)
		}
		anew := rebuilt(v)
		if got := anew.String(); got != written || anew.Size() != len(written) {
			t.Fatalf("knows its text as %s, and is %s", written, got)
		}
		back, err := Parse(written)
		if err != nil || !Equal(back, v) || back.String() != written {
			t.Fatalf("%s reads back as %s, %v", written, back, err)
		}
	})
}

// Computed numbers are written as encoding/json does (but for -0), and read
// back as the same float64.
func FuzzFloat(f *testing.F) {
	for _, x := range []float64{0, 1, -1.5, 0.1, 1e20, 1e21, 1e-6, 9.5e-7, 1e-7, 1 << 53, 1<<53 + 2, 1 << 63, -(1 << 63), 5e-324, math.MaxFloat64, math.NaN()} {
		f.Add(math.Float64bits(x))
	}
	f.Fuzz(func(t *testing.T, bits uint64) {
		x := math.Float64frombits(bits)
		v := OfFloat(x)
		want, err := json.Marshal(x)
		if err != nil {
			if v.Exists() {
				t.Fatalf("%g: got %s, want no value", x, v)
			}
			return
		}
		if x == 0 {
			want = []byte("0")
		}
		if got := v.String(); got != string(want) || v.Size() != len(want) {
			t.Fatalf("%g: got %s of %d bytes, want %s", x, got, v.Size(), want)
		}
		back := MustParse(v.String())
		if back.Float() != x || !Equal(back, v) || back.IsInteger() != v.IsInteger() {
			t.Fatalf("%g: reads back as %s", x, back)
		}
		n, ok := v.Int()
		if m, same := back.Int(); n != m || ok != same {
			t.Fatalf("%g: Int is %d, %v, and %d, %v when read back", x, n, ok, m, same)
		}
	})
}

// Equal says of two texts what reflect says of the documents that encoding/json
// makes of them, with numbers as fractions.
func FuzzEqual(f *testing.F) {
	for i, seed := range fuzzSeeds {
		f.Add(seed, fuzzSeeds[len(fuzzSeeds)-1-i])
		f.Add(seed, seed)
	}
	f.Add(`{"a":1,"b":[1.0]}`, `{"b":[1e0],"a":10e-1}`)
	f.Add(`9007199254740992`, `9007199254740993`)
	f.Add(`0.1`, `0.1000000000000000055511151231257827`)
	f.Add(`1e-300`, `0`)
	f.Fuzz(func(t *testing.T, one, two string) {
		a, err := Parse(one)
		if err != nil {
			return
		}
		b, err := Parse(two)
		if err != nil {
			return
		}
		x, ok := reference(one)
		if !ok {
			return
		}
		y, ok := reference(two)
		if !ok {
			return
		}
		want := reflect.DeepEqual(x, y)
		if Equal(a, b) != want || Equal(b, a) != want || Equal(rebuilt(a), b) != want {
			t.Fatalf("%s = %s: got %v, want %v", a, b, !want, want)
		}
		if !Equal(a, rebuilt(a)) || !Equal(b, MustParse(b.String())) {
			t.Fatal("not equal to itself")
		}
	})
}

// unfair matches what encoding/json reads otherwise (halves of surrogate
// pairs), and exponents that big.Rat should not expand.
var unfair = regexp.MustCompile(`\\u[dD][89abAB]|\\u[dD][c-fC-F]|[eE][+-]?[0-9]{4}`)

// reference decodes a text for reflect.DeepEqual.
func reference(text string) (any, bool) {
	if unfair.MatchString(text) {
		return nil, false
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var x any
	if err := decoder.Decode(&x); err != nil {
		return nil, false
	}
	return fractions(x), true
}

func fractions(x any) any {
	switch x := x.(type) {
	case json.Number:
		r, _ := new(big.Rat).SetString(string(x))
		return json.Number(r.String())
	case []any:
		for i := range x {
			x[i] = fractions(x[i])
		}
	case map[string]any:
		for name := range x {
			x[name] = fractions(x[name])
		}
	}
	return x
}
