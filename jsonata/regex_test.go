package jsonata

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/value"
)

func TestRegex(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a match without length, first", `$match("", /^|x/).index`, `0`},
		{"another one at the same place", `$match("a", /^|x/)`, `D1004: Regular expression matches zero length string`},
		{"words behind one another", `$match("ab cd ef", /\b\w|\d/).index`, `[0,3,6]`},
		{"the inside of words", `$match("éab", /\Bb|q/).index`, `2`},
		{"the beginning of lines", `$replace("a\nb", /^(a|b)/m, "<$1>")`, `"<a>\n<b>"`},
		{"the beginning of the text only", `$replace("ab\na", /^(a|b)/, "<$1>")`, `"<a>b\na"`},
		{"groups behind an assertion", `$match("1-2", /\b(\d|x)(-)?/).groups`, `["1","-","2",null]`},
		{"a named group", `/(?<n>b)\k<n>/("abb").match`, `"bb"`},
		{"a named group behind brackets in a class", `/[()](?<n>b)\k<n>/("(bb").match`, `"(bb"`},
		{"a digit behind a reference", `/(?<a>x)\k<a>0/("xx0").match`, `"xx0"`},
		{"a digit behind a number", `/(x)(?:\1)0/("xx0").match`, `"xx0"`},
		{"a reference in an empty text", `/()\1/("").match`, `""`},
		{"a name twice", `/(?<x>a)(?<x>b)/("ab")`, `S0303: Invalid regular expression: "/(?<x>a)(?<x>b)/: Duplicate capture group name"`},
		{"bounds", `/a{1,}b{2}c{0,1}/("aabb").match`, `"aabb"`},
		{"braces that are none", `/a{,2}{}{x}/("a{,2}{}{x}").match`, `"a{,2}{}{x}"`},
		{"bounds the wrong way round", `/a{2,1}/("a")`, `S0303: Invalid regular expression: "/a{2,1}/: numbers out of order in {} quantifier"`},
		{"an offset counts UTF-16 code units", `/a/("😂aa", 3).start`, `3`},
		{"an offset behind the text", `/a/("a", 7)`, `undefined`},
		{"offsets for a function", `$replace("😂a😂b", /a|b/, function($m) { $m.start & "-" & $m.end })`, `"😂2-3😂5-6"`},
		{"offsets of what backtracks", `$match("😂a😂b", /(?=a|b)./).index`, `[2,5]`},
		{"a matcher of one's own", `$match("abc", function($s) {{"match": "c", "start": 2, "end": 3, "groups": ["x"], "next": function() { $no }}})`,
			`{"match":"c","index":2,"groups":["x"]}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := evaluate(t, c.text, "", Env{}); got != c.want {
				t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
			}
		})
	}
}

// What a match costs does not grow with the number of those before it.
func TestManyMatches(t *testing.T) {
	text := value.OfString(strings.Repeat("aé", 100_000))
	for _, expression := range []string{`$length($replace($t, /(?=a)a/, "b"))`, `$length($replace($t, /\ba|q/, "b"))`, `$length($replace($t, /a/, function() { "b" }))`} {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		v, err := MustCompile(expression).Eval(ctx, value.Value{}, Env{Variables: Map{"t": text}})
		cancel()
		if err != nil || v.Float() != 200_000 {
			t.Errorf("%s: got %v, %v, want 200000", expression, v, err)
		}
	}
}
