package jsonata

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aslocal/aslocal/jsonata/internal/wtf8"
	"github.com/aslocal/aslocal/value"
)

var seeds = []string{
	`$states.input.order.id`, `a.b[c > 1 and d = "x"]^(>e, f).{"g": %.h}`, `a@$x#$i.b[$x.c = $i]{d: $sum(e)}`,
	`($f := function($n, $a)<n-n?:n>{ $n = 0 ? $a : $f($n - 1, $a + $n) }; $f(10, 0))`, `$ ~> |**|{"x": 1}, ["y"]|`,
	`$map([1..5], function($v, $i) { $v * $i })[-1]`, `$replace("abc", /(b)|[^\u0041-z]*?(?=c)/im, "$1$$")`, `-(*.**[0][])`,
	`$formatNumber(12.5, "#,##0.0e0;(0%)", {"zero-digit": "٠"})`, `$fromMillis(0, "[Y,2-4]-[MNn,*-3][Z0101t]", "-0330")`,
	`$toMillis("3rd May", "[D1o] [MNn]")`, `$formatInteger(123, "Ww;o")`, `"\ud83d" & '\udE02' & ` + "`a b`", `a ? b : [c..d, $append(?, 1)(2)]`,
	`$string({"a": [1e-7, -0, null, $sum]}, true) ~> $length`, `/* c */ function(){$$}() in [true]`,
	`$sort($distinct($spread(a)), function($l, $r){ $l > $r })`, `[1,2].{"k": $}^($)[0]@$v`, `$eval("1") & λ($x){$x}(1)`,
}

// FuzzCompile compiles any text: it ends, and says where a text is wrong.
func FuzzCompile(f *testing.F) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Compile(text)
		if err != nil {
			var bad *Error
			if !errors.As(err, &bad) || bad.Message == "" {
				t.Fatalf("%q: got %#v, want an *Error with a message", text, err)
			}
			if most := wtf8.UnitCount(text) + 1; bad.Position > most {
				t.Fatalf("%q: position %d is behind the text", text, bad.Position)
			}
			return
		}
		e.References()
		if again := MustCompile(e.String()); len(again.free) != len(e.free) {
			t.Fatalf("%q: compiled twice, it differs", text)
		}
	})
}

// FuzzEval evaluates any expression on some input, within limits, twice: the same
// comes of it, and nothing happens to the input.
func FuzzEval(f *testing.F) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	in := value.MustParse(`{"a": [{"b": [1, {"c": 2, "d": "x", "e": 3}], "c": "😂"}, {"b": null}], "c": {"k": -1.5}, "y": [], "d": "text"}`)
	before := in.String()
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Compile(text)
		if err != nil {
			return
		}
		run := func() (string, error) {
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
			defer cancel()
			v, err := e.Eval(ctx, in, Env{Limits: Limits{Depth: 50, Memory: 1 << 20, RegexTime: 100 * time.Millisecond}})
			if v.Kind() == value.Opaque {
				return "function", err
			}
			if c := (sizeCheck{left: defaultMemory}); c.add(v, deepest) != nil {
				return "deep", err
			}
			return v.String(), err
		}
		first, err := run()
		second, err2 := run()
		if errors.Is(err, context.DeadlineExceeded) || errors.Is(err2, context.DeadlineExceeded) {
			t.Skip("slow")
		}
		if first != second || (err == nil) != (err2 == nil) {
			t.Fatalf("%q: got %s, %v and then %s, %v", text, first, err, second, err2)
		}
		if in.String() != before {
			t.Fatalf("%q changed its input", text)
		}
	})
}

// FuzzPictures formats and reads with any picture.
func FuzzPictures(f *testing.F) {
	f.Add("#,##0.00;(0)", 1234.5, "12")
	f.Add("[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]", 1510067557121.0, "2017-11-07T15:12:37.121Z")
	f.Add("Ww;o", 21.0, "twenty-first")
	f.Add("[DWwo] of [MNn,3-3], [YI] [h]:[m] [P] [W][w][X][x][F][C][E][z]", -1e12, "first of May")
	f.Fuzz(func(t *testing.T, picture string, n float64, text string) {
		env := Env{Variables: Map{"p": value.OfString(picture), "n": value.OfFloat(n), "t": value.OfString(text)}, Limits: Limits{Memory: 1 << 22}}
		for _, e := range pictureExprs {
			_, err := e.Eval(context.Background(), value.Value{}, env)
			var bad *Error
			if err != nil && (!errors.As(err, &bad) || bad.Message == "") {
				t.Fatalf("%s with %q, %v, %q: got %v, want an *Error with a message", e, picture, n, text, err)
			}
		}
	})
}

var pictureExprs = []*Expr{
	MustCompile(`$formatNumber($n, $p)`), MustCompile(`$formatInteger($n, $p)`), MustCompile(`$parseInteger($t, $p)`),
	MustCompile(`$fromMillis($n, $p, $t)`), MustCompile(`$toMillis($t, $p)`), MustCompile(`$toMillis($t)`), MustCompile(`$number($t)`),
}
