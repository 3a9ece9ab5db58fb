package jsonata

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/value"
)

// Whatever an expression says, it ends within its limits, with an error that says
// why, and it does not take the process with it. No clock decides, except for the
// backtracking of regular expressions.
func TestHostileExpressions(t *testing.T) {
	limits := Limits{Memory: 16 << 20, Depth: 100, Items: 218_445, Length: 5 << 20, RegexTime: 50 * time.Millisecond}
	const (
		deep, long, large = "U1001: " + tooDeep, "U1001: " + tooLong, "U1001: " + tooLarge
		n                 = 100_000
	)
	repeated := func(left, right string) string { return strings.Repeat(left, n) + "1" + strings.Repeat(right, n) }
	// compose makes a function of so many by a tail-recursive one.
	compose := func(step, times string) string {
		return `($g := function($f, $n) { $n = 0 ? $f : $g(` + step + `, $n - 1) }; $g($uppercase, ` + times + `)("x"))`
	}
	recursive := func(body string) string { return `($g := function($n, $m) { ` + body + ` }; $g(1))` }
	nested := func(use string) string { // an array in an array in an array …
		return `($x := $reduce([1..20000], function($a, $b) { [[$a]] }); ` + use + `)`
	}
	// doubled makes a value that holds itself of the step before twice, sixty times
	// over: little to keep, and no end to whoever goes through it.
	doubled := func(use string) string {
		return `($d := function($step) { $reduce([1..60], $step, [0]) };
			$x := $d(function($a, $i) { [[$a], [$a]] }); $y := $d(function($a, $i) { [[$a], [$a]] });
			$o := $d(function($a, $i) { {"a": $a, "b": $a} }); ` + use + `)`
	}
	for _, c := range []struct{ name, text, want string }{
		{"parentheses in parentheses", repeated("(", ")"), deep},
		{"arrays in arrays", repeated("[", "]"), deep},
		{"objects in objects", repeated(`{"a":`, "}"), deep},
		{"functions in functions", repeated("function(){", "}"), deep},
		{"conditions in conditions", repeated("true ? ", ""), deep},
		{"minus signs", repeated("-", ""), deep},
		{"parentheses that never close", strings.Repeat("(", n), deep},
		{"a sum", repeated("1+", ""), deep},
		{"a path", repeated("a.", ""), deep},
		{"predicates", "a" + strings.Repeat("[0]", n), deep},

		{"a name in many blocks", strings.Repeat("($a := 1; ", 4000) + "[" + strings.Repeat("$a, ", 20000) + "1]" + strings.Repeat(")", 4000), deep},
		{"functions in many blocks", strings.Repeat("($a := 1; ", 4000) + "[" + strings.Repeat("λ(){1}, ", 20000) + "1]" + strings.Repeat(")", 4000), deep},
		{"parents in many arrays", strings.Repeat("[", 9000) + strings.Repeat("%, ", 20000) + "1" + strings.Repeat("]", 9000),
			`S0217: The object representing the 'parent' cannot be derived from this expression`},

		{"recursion", recursive(`1 + $g($n)`), deep},
		{"recursion by turns", `($f := function() { $g() }; $g := function() { [$f()] }; $f())`, deep},
		{"recursion by $map in tail position", recursive(`$map([$n], $g)`), deep},
		{"recursion by a comparator", recursive(`$sort([1, 2], $g)`), deep},
		{"recursion by a replacement", recursive(`$replace("a", /a/, $g)`), deep},
		{"recursion by a matcher", recursive(`$match("a", $g)`), deep},
		{"recursion by ~>", recursive(`[$n ~> $g]`), deep},
		{"recursion by a predicate", recursive(`[1][$g($n)]`), deep},
		{"recursion by an order", recursive(`[1, 2]^($g($n))`), deep},
		{"recursion by a group", recursive(`[1]{"a": $g($n)}`), deep},
		{"recursion by bindings", recursive(`[1, 2]@$x.[$g($n)]`), deep},
		{"recursion by a transform", `($t := |a|{"b": $t({"a": {}})}|; $t({"a": {}}))`, deep},
		{"recursion by $clone", `($clone := function($x) { {"a": 1} ~> |a|{}| }; {"a": 1} ~> |a|{}|)`, deep},
		{"two to the sixtieth calls", `($f := function($n) { $n < 1 ? 1 : $f($n - 1) + $f($n - 1) }; $f(30))`, long},
		{"a loop of tail calls", recursive(`$g($n + 1)`), long},
		{"a comparator that loops", `$sort([1..10], function($a, $b) { ($f := function() { $f() }; $f()) })`, long},

		{"composition to the left", compose(`$f ~> $uppercase`, "10000"), deep},
		{"composition to the right", compose(`$uppercase ~> $f`, "10000"), `"X"`},
		{"composition with itself", compose(`$f ~> $f`, "40"), long},
		{"partial applications", `$reduce([0..10000], function($f, $n) { $n = 1 ? $uppercase(?) : $f(?) })("x")`, deep},

		{"a range of 1e9", `[1..1e9]`, `D2014: The size of the sequence allocated by the range operator (..) must not exceed 1e6.  Attempted to allocate 1000000000.`},
		{"a range of 1e7", `[1..1e7]`, large},
		{"ranges in ranges", `$count([1..3000].([1..3000]))`, large},
		{"$reduce that doubles", `$reduce([1..100], function($a, $b) { $append($a, $a) }, [1])`, large},
		{"$spread", `$spread([1..800000].{"a": 1})`, large},
		{"$keys in $each", `($o := $merge([1..20000].{$string($): $}); $each($o, function($v) { $keys($o) }))`, large},
		{"$split into characters", `$split($pad("x", 2000000), "")`, large},
		{"strings that double", `($f := function($s) { $f($s & $s) }; $f("x"))`, large},
		{"$pad", `$pad("x", 1e9)`, large},
		{"$pad to the left", `$pad("x", -1e18)`, large},
		{"$replace that grows", `$replace($pad("", 10000), / /, $pad("y", 10000))`, large},
		{"$join that grows", `$join([1..10000].("x"), $pad("y", 10000))`, large},
		{"a picture of many separators", `$formatInteger(1, $pad("", 100000, "0,") & "0")`, large},
		{"a picture of a number", `$formatNumber(1, $pad("", 100000, "0,") & "0")`, large},
		{"a number after such a picture", `$parseInteger($pad("1", 1000000), $pad("0", 100000, ",.0"))`, large},
		{"a picture of a year", `$fromMillis(1, "[Y,1000000000]")`, large},

		{"values nested for ever", nested(`$x`), deep},
		{"their text", nested(`$string($x)`), deep},
		{"their names", nested(`$keys($x)`), deep},
		{"their members", nested(`$exists($x.a)`), `false`},
		{"their items", nested(`$count({"a": $x}.*)`), `1`},
		{"their equality", nested(`$x = [[$x]]`), `false`},
		{"their truth", nested(`$x ? 1 : 2`), `1`},
		{"their sign", nested(`$exists(-$x)`), `D1002`},
		{"values that double", doubled(`$x`), large},
		{"objects that double", doubled(`$o`), large},
		{"doubled: in another", doubled(`[$x][]`), large},
		{"long texts, many times over", `($s := $pad("", 5000000); [1..100000].($s))`, large},
		{"doubled: their text", doubled(`$string($x)`), large},
		{"doubled: their text behind another", doubled(`"" & $o`), large},
		{"doubled: their equality", doubled(`$x = $y`), long},
		{"doubled: their equality with themselves", doubled(`$x = $x`), `true`},
		{"doubled: their distinct items", doubled(`$distinct([[$x], [$y]])`), long},
		{"doubled: their truth", doubled(`$x ? 1 : 2`), long},
		{"doubled: their descendants", doubled(`$count($x.**)`), large},
		{"doubled: their descendants by a function", doubled(`$count($map([1], function() { $o.** }))`), large},
		{"doubled: their items", doubled(`$count({"a": $x}.*)`), large},
		{"doubled: their members", doubled(`$count($x.b)`), long},
		{"doubled: their looked-up members", doubled(`$lookup($x, "b")`), long},
		{"doubled: their names", doubled(`$keys($x)`), large},
		{"doubled: their objects", doubled(`$spread($x)`), large},
		{"doubled: their clone", doubled(`$clone($o)`), large},
		{"doubled: their transform", doubled(`$o ~> |**|{"c": 1}|`), large},
		{"doubled: a transform that puts them in", doubled(`{} ~> |$|{"c": $x}|`), large},
		{"doubled: a clone of our own that gives them", doubled(`($clone := function() { $y }; {} ~> |$|{"c": 1}|)`), long},
		{"doubled: in an error", doubled(`-$x`), `D1002: Cannot negate a non-numeric value: "<array>"`},
		{"doubled: as a key", doubled(`{$o: 1}`), `T1003: Key in object structure must evaluate to a string; got: "<object>"`},
		{"an order of many terms", `[1..10000]^($` + strings.Repeat(", $", 5000) + `)`, large},
		{"a function in itself", `($f := function() { $f }; $string({"a": $f, "b": [$f]}))`, `"{\"a\":\"\",\"b\":[\"\"]}"`},

		{"a signature of many parameters", `function($a)<` + strings.Repeat("s", 50000) + `>{1}(` + strings.Repeat("1,", 50000) + `1)`, large},
		{"a signature of less", `function($a)<` + strings.Repeat("s", 1000) + `>{1}(` + strings.Repeat(`"",`, 998) + `1)`, large},

		{"a match of many groups", `$count($match($pad("", 200000, "a"), /a` + strings.Repeat("()", 2000) + `/))`, large},
		{"a match of many groups that looks back", `$count($match($pad("", 200000, "a"), /(?:\Ba|a)` + strings.Repeat("()", 2000) + `/))`, large},
		{"many matches for a function", `$length($replace($pad("", 20000, "a"), /a/, function() { "b" }))`, `20000`},
		{"a matcher that goes back", `$match("abc", function() {{"match": "c", "start": 2, "end": 3, "groups": [], "next":
			function() {{"match": "a", "start": 0, "end": 1, "groups": [], "next": function() { $nothing }}}}}).index`, `[2,0]`},
		{"a long pattern", `/` + strings.Repeat("a{}", 10000) + `/`, `S0303: Invalid regular expression: "/` + strings.Repeat("a{}", 13) + `a…/: Regular expression too large"`},
		{"backtracking", `$contains($pad("", 5000, "a") & "!", /^(?=(a+)+$)/)`, long},
		{"what needs none", `$contains($pad("", 5000, "a") & "!", /^(a+)+$/)`, `false`},
		{"attempts that all read on", `$contains($pad("", 100000, "a"), /a+b/)`, `false`},
		{"repetitions of repetitions", `$match("x", /((a{1000}){1000}){1000}/)`, `undefined`},
	} {
		t.Run(c.name, func(t *testing.T) {
			limits := limits
			if limits.Steps = 100_000; c.want != long { // the budget is not what ends it
				limits.Steps = 1_000_000
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			got := hostile(c.text, limits)
			runtime.ReadMemStats(&after)
			if !strings.HasPrefix(got, c.want) {
				t.Errorf("got %.200s, want %s", got, c.want)
			}
			if made := after.TotalAlloc - before.TotalAlloc; made > 150<<20 {
				t.Errorf("it allocated %d MB", made>>20)
			}
		})
	}
}

func hostile(text string, limits Limits) string {
	e, err := Compile(text)
	if err != nil {
		return err.Error()
	}
	v, err := e.Eval(context.Background(), value.Value{}, Env{Limits: limits})
	switch {
	case err != nil:
		return err.Error()
	case !v.Exists():
		return "undefined"
	}
	return v.String()
}
