package jsonata

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aslocal/aslocal/value"
)

// evaluate evaluates an expression on a JSON text, "" for no input, and returns
// the result as text, "undefined" for none, or the error.
func evaluate(t testing.TB, text, input string, env Env, opts ...Option) string {
	t.Helper()
	e, err := Compile(text, opts...)
	if err != nil {
		return err.Error()
	}
	var in value.Value
	if input != "" {
		in = value.MustParse(input)
	}
	v, err := e.Eval(context.Background(), in, env)
	switch {
	case err != nil:
		return err.Error()
	case !v.Exists():
		return "undefined"
	case isFunction(v):
		return "function"
	}
	return v.String()
}

const orders = `{"orders": [
	{"id": 1, "tag": ["a", "b"], "lines": [{"sku": "x", "n": 2, "p": 1.5}, {"sku": "y", "n": 1, "p": 10}]},
	{"id": 2, "tag": "c", "lines": [{"sku": "x", "n": 4, "p": 1.5}]},
	{"id": 3}
]}`

func TestEval(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		// Paths and sequences.
		{"a path maps over arrays", `orders.id`, `[1,2,3]`},
		{"arrays are taken apart one level", `orders.tag`, `["a","b","c"]`},
		{"a single result is no array", `orders[id=2].lines.sku`, `"x"`},
		{"brackets keep it one", `orders[id=2].lines.sku[]`, `["x"]`},
		{"nothing found is nothing", `orders.nope`, `undefined`},
		{"a filter works per item of the step before", `orders.lines[0].sku`, `["x","x"]`},
		{"parentheses make one list of it", `(orders.lines)[0].sku`, `"x"`},
		{"positions count from the end", `orders[-1].id`, `3`},
		{"positions are rounded down", `orders[1.7].id`, `2`},
		{"a list of positions selects in the items' order", `orders[[2,0]].id`, `[1,3]`},
		{"so does a range", `orders[[1..5]].id`, `[2,3]`},
		{"a wildcard takes all members", `orders[1].*`, `[2,"c",{"sku":"x","n":4,"p":1.5}]`},
		{"descendants include the value itself", `$count(orders[2].**)`, `2`},
		{"an array constructor is not flattened", `orders.[id]`, `[[1],[2],[3]]`},
		{"the singleton of an array step is that array", `orders[0].[id, 7]`, `[1,7]`},
		{"an array has its own items", `[1, [2, 3], orders.id]`, `[1,[2,3],1,2,3]`},
		{"quoted names", "orders.`id`", `[1,2,3]`},
		{"strings in a path are names", `orders."id"`, `[1,2,3]`},

		// Bindings, order, groups.
		{"the parent of a step", `orders.lines.{"o": %.id, "s": sku}`, `[{"o":1,"s":"x"},{"o":1,"s":"y"},{"o":2,"s":"x"}]`},
		{"a focus joins", `orders@$o.$o.lines@$l[$l.n > 1].{"o": $o.id, "n": $l.n}`, `[{"o":1,"n":2},{"o":2,"n":4}]`},
		{"an index numbers", `orders#$i[$i > 0].{"i": $i, "id": id}`, `[{"i":1,"id":2},{"i":2,"id":3}]`},
		{"order, descending first", `orders.lines^(>n, sku).n`, `[4,2,1]`},
		{"nothing is last in any order", `orders^(>lines[0].n).id`, `[2,1,3]`},
		{"a group joins the items of a key", `orders.lines{sku: $sum(n)}`, `{"x":6,"y":1}`},
		{"a group of tuples reduces what is bound", `orders@$o.$o.lines{sku: $o.id}`, `{"x":[1,2],"y":1}`},
		{"keys keep their order", `{"b": 1, "2": 2, "a": 3}`, `{"b":1,"2":2,"a":3}`},
		{"nothing is left out of an object", `{"a": nope, "b": 1}`, `{"b":1}`},

		// Operators.
		{"numbers are doubles", `0.1 + 0.2`, `0.30000000000000004`},
		{"text has 15 digits", `"" & (0.1 + 0.2)`, `"0.3"`},
		{"nothing in a sum is nothing", `1 + nope`, `undefined`},
		{"the other side is checked all the same", `"x" + nope`, `T2001: The left side of the "+" operator must evaluate to a number`},
		{"equality is deep", `{"a": [1, {"b": 2}]} = {"a": [1.0, {"b": 2}]}`, `true`},
		{"nothing equals nothing else", `nope != 1`, `false`},
		{"comparison wants one type", `1 < "2"`, `T2009: The values 1 and "2" either side of operator "<" must be of the same data type`},
		{"a range", `[1..3]`, `[1,2,3]`},
		{"a range too large", `[1..1e8]`, `D2014: The size of the sequence allocated by the range operator (..) must not exceed 1e6.  Attempted to allocate 100000000.`},
		{"minus binds a number", `-3.5`, `-3.5`},
		{"out of range is found when used", `(1e308 * 10) + 1`, `D1001: Number out of range: null`},
		{"a condition without else", `false ? 1`, `undefined`},
		{"errors on the right of and are its own", `true and (1 + "a")`, `T2002: The right side of the "and" operator must evaluate to a number`},

		// Functions.
		{"a lambda sees what is around it", `($k := 10; $map([1,2], function($v, $i) { $v * $k + $i }))`, `[10,21]`},
		{"a variable is looked up when the lambda runs", `($f := function() { $g() }; $g := function() { 7 }; $f())`, `7`},
		{"binding shadows from then on", `($x := 1; ($y := $x; $x := 2; $y & $x))`, `"12"`},
		{"a variable bound to nothing hides the outer one", `($x := 1; ($x := nope; $exists($x)))`, `false`},
		{"tail calls do not nest", `($f := function($n, $a) { $n = 0 ? $a : $f($n - 1, $a + $n) }; $f(20000, 0))`, `200010000`},
		{"partial application", `($add := function($a, $b) { $a + $b }; $inc := $add(1, ?); $inc(4))`, `5`},
		{"chaining", `"  hello " ~> $trim ~> $uppercase`, `"HELLO"`},
		{"a predicate of a block binds around it", `([1, 2])[$c := true]`, `[1,2]`},
		{"a predicate sees a call in tail position", `function($y){($sort($y))[$exists($)]}([2, 1])`, `[1,2]`},
		{"composition", `($f := $trim ~> $uppercase; $f(" a "))`, `"A"`},
		{"callbacks get as many arguments as they take", `$map([1.55, 2.55], $round)`, `[2,2.6]`},
		{"a signature is checked", `function($a)<n:n>{$a}("x")`, `T0410: Argument 1 of function undefined does not match function signature`},
		{"a missing dollar sign", `sum([1])`, `T1005: Attempted to invoke a non-function. Did you mean $sum?`},
		{"no function", `nope(1)`, `T1006: Attempted to invoke a non-function`},
		{"regular expressions are functions", `/a(b+)/("xabbx").groups`, `["bb"]`},
		{"lookahead", `$replace("foobar foobaz", /foo(?=baz)/, "X")`, `"foobar Xbaz"`},
		{"a transform copies", `orders[2] ~> |$|{"id": id + 1, "new": true}|`, `{"id":4,"new":true}`},
		{"a transform removes", `orders[1] ~> |lines|{"q": n * 2}, ["n", "p"]|`, `{"id":2,"tag":"c","lines":[{"sku":"x","q":8}]}`},
		{"a transform sees its own changes", `{"a": {"b": {"c": 1}}} ~> |**[b or c]|{"n": $string($)}|`,
			`{"a":{"b":{"c":1,"n":"{\"c\":1}"},"n":"{\"b\":{\"c\":1}}"}}`},
		{"a transform that holds what it changes", `{"a": 1} ~> |$|{"self": $}|`, `{"a":1,"self":{"a":1}}`},
		{"errors of the user", `$error("no " & orders[0].id)`, `D3137: no 1`},

		// Functions of a path, which need no array.
		{"a sum over a path", `$sum(orders.lines.n)`, `7`},
		{"of nothing", `$sum(orders.nope)`, `undefined`},
		{"of one", `$max(orders[id=2].lines.n)`, `4`},
		{"of what is no number", `$sum(orders.tag)`, `T0412: Argument 1 of function "sum" must be an array of "numbers"`},
		{"an average", `$average(orders.id)`, `2`},
		{"a count over a path", `[$count(orders.lines), $count(orders.nope), $count(orders[0].tag), $count(orders[1].tag)]`, `[3,0,2,1]`},
		{"a count with too many arguments", `$count(orders, 1)`, `T0410: Argument 2 of function "count" does not match function signature`},

		// Numbers and time as text.
		{"formatNumber", `$formatNumber(1234.567, "#,##0.00;(#)")`, `"1,234.57"`},
		{"formatInteger in words", `$formatInteger(1999, "w")`, `"one thousand, nine hundred and ninety-nine"`},
		{"parseInteger", `$parseInteger("MCMLXXXIV", "I")`, `1984`},
		{"formatBase", `$formatBase(255, 16)`, `"ff"`},
		{"time", `$fromMillis(1510067557121, "[D1o] [MNn] [Y0001], [h]:[m01] [PN]", "+0100")`, `"7th November 2017, 4:12 PM"`},
		{"time read back", `$toMillis("2017-11-07T15:12:37.121+01:00")`, `1510063957121`},
		{"time after a picture", `$toMillis("7/11/2017", "[D]/[M]/[Y]")`, `1510012800000`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := evaluate(t, c.text, orders, Env{}); got != c.want {
				t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
			}
		})
	}
}

func TestSyntaxErrors(t *testing.T) {
	for _, c := range []struct {
		text, want string
		position   int
	}{
		{`1 +`, `S0207: Unexpected end of expression`, 3},
		{`(1`, `S0203: Expected ")" before end of expression`, 2},
		{`[1,2)`, `S0202: Expected "]", got ")"`, 5},
		{`a b`, `S0201: Syntax error: "b"`, 3},
		{`a ! b`, `S0204: Unknown operator: "!"`, 3},
		{`1 ?: 2`, `S0211: The symbol ":" cannot be used as a unary operator`, 4},
		{`a := 1`, `S0212: The left side of := must be a variable name (start with $)`, 1},
		{`a.1`, `S0213: The literal value 1 cannot be used as a step within a path expression`, 3},
		{`%`, `S0217: The object representing the 'parent' cannot be derived from this expression`, 0},
		{`"a`, `S0101: String literal must be terminated by a matching quote`, 2},
		{`"\x"`, `S0103: Unsupported escape sequence: \"x"`, 2},
		{`1e999`, `S0102: Number out of range: "1e999"`, 0},
		{`/* a`, `S0106: Comment has no closing tag`, 0},
		{`//`, `S0301: Empty regular expressions are not allowed`, 1},
		{`/a`, `S0302: No terminating / in regular expression`, 2},
		{`/(/`, `S0302: No terminating / in regular expression`, 3},
		{`/a**/`, `S0303: Invalid regular expression: "/a**/: Nothing to repeat"`, 5},
		{`"😂" 1`, `S0201: Syntax error: 1`, 6},
		{`function($a)<n<n>>{1}`, `S0401: Type parameters can only be applied to functions and arrays`, 15},
		{strings.Repeat("(", 20000), "U1001: " + tooDeep, 10001},
	} {
		_, err := Compile(c.text)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%.40s: got %v, want %s", c.text, err, c.want)
			continue
		}
		if e.Error() != c.want || e.Position != c.position {
			t.Errorf("%.40s: got %s at %d, want %s at %d", c.text, e, e.Position, c.want, c.position)
		}
	}
}

func TestFunctionsCanBeAddedReplacedAndRemoved(t *testing.T) {
	seed := Function{Name: "random", Signature: "<n?:n>", Arity: 1, Call: func(c Call, args []value.Value) (value.Value, error) {
		if args[0].Exists() {
			return args[0], nil
		}
		return value.OfFloat(c.Random()), nil
	}}
	twice := Function{Name: "twice", Arity: 1, Call: func(c Call, args []value.Value) (value.Value, error) {
		v, err := c.Apply(args[0], c.Input())
		if err != nil {
			return v, err
		}
		return c.Apply(args[0], v)
	}}
	broken := Function{Name: "broken", Signature: "<:s>", Call: func(Call, []value.Value) (value.Value, error) {
		return value.Value{}, errors.New("the disk is full")
	}}
	several := Function{Name: "several", Signature: "<n:a>", Call: func(_ Call, args []value.Value) (value.Value, error) {
		return Sequence([]value.Value{value.True, value.False}[:int(args[0].Float())]), nil
	}}
	opts := []Option{WithFunction(seed), WithFunction(twice), WithFunction(broken), WithFunction(several)}
	for _, c := range []struct{ text, want string }{
		{`$random(42)`, `42`},
		{`$random()`, `0.25`},
		{`$random("x")`, `T0410: Argument 1 of function "random" does not match function signature`},
		{`3.$twice(function($x) { $x * 2 })`, `S0213: The literal value 3 cannot be used as a step within a path expression`},
		{`(3).$twice(function($x) { $x * 2 })`, `12`},
		{`$broken()`, `D3137: the disk is full`},
		{`$several(2)`, `[true,false]`},
		{`$several(1)`, `true`},
		{`$several(0)`, `undefined`},
		{`$eval("1")`, `T1006: Attempted to invoke a non-function`},
	} {
		if got := evaluate(t, c.text, `1`, Env{Random: func() float64 { return 0.25 }}, opts...); got != c.want {
			t.Errorf("%s: got %s, want %s", c.text, got, c.want)
		}
	}
	if got := evaluate(t, `$random(42)`, "", Env{}); !strings.HasPrefix(got, "T0410") {
		t.Errorf("a function added to one expression shows in another: got %s", got)
	}
	if _, err := Compile(`1`, WithFunction(Function{Name: "bad", Signature: "<(a<n>)>"})); err == nil {
		t.Error("a bad signature: got no error")
	}
}

func TestVariablesShadowFunctions(t *testing.T) {
	env := Env{Variables: Map{"sum": value.OfString("mine"), "x": value.NullValue}}
	for _, c := range []struct{ text, want string }{
		{`$sum`, `"mine"`},
		{`$sum([1])`, `T1006: Attempted to invoke a non-function`},
		{`$sum(a.b)`, `T1006: Attempted to invoke a non-function`},
		{`($max := function($x) { "mine" }; $max(a.b))`, `"mine"`},
		{`$x`, `null`},
		{`$y`, `undefined`},
		{`($sum := 5; $sum)`, `5`},
	} {
		if got := evaluate(t, c.text, "", env); got != c.want {
			t.Errorf("%s: got %s, want %s", c.text, got, c.want)
		}
	}
}

func TestTheClockIsReadOnce(t *testing.T) {
	reads := 0
	env := Env{Now: func() time.Time {
		reads++
		return time.UnixMilli(1510067557121 + int64(reads-1))
	}}
	got := evaluate(t, `[$now(), $millis(), $now("[Y]"), $millis()]`, "", env)
	if want := `["2017-11-07T15:12:37.121Z",1510067557121,"2017",1510067557121]`; got != want || reads != 1 {
		t.Errorf("got %s after %d reads, want %s after 1", got, reads, want)
	}
	if got, want := evaluate(t, `$now()`, "", Env{}), `"1970-01-01T00:00:00.000Z"`; got != want {
		t.Errorf("without a clock: got %s, want %s", got, want)
	}
}

func TestLimits(t *testing.T) {
	for _, c := range []struct {
		name, text string
		env        Env
		want       string
	}{
		{"depth", `($f := function($n) { 1 + $f($n + 1) }; $f(0))`, Env{}, "U1001: " + tooDeep},
		{"depth is adjustable", `($f := function($n) { $n = 0 ? 0 : 1 + $f($n - 1) }; $f(20))`, Env{Limits: Limits{Depth: 10}}, "U1001: " + tooDeep},
		{"enough depth", `($f := function($n) { $n = 0 ? 0 : 1 + $f($n - 1) }; $f(400))`, Env{}, "400"},
		{"memory of arrays", `($f := function($a) { $f([$a, $a]) }; $f([1]))`, Env{Limits: Limits{Memory: 1 << 20}}, "U1001: " + tooLarge},
		{"memory of strings", `($f := function($a) { $f($a & $a) }; $f("xxxxxxxx"))`, Env{Limits: Limits{Memory: 1 << 20}}, "U1001: " + tooLarge},
		{"memory of padding", `$pad("", 1e15)`, Env{}, "U1001: " + tooLarge},
		{"memory is adjustable", `$join([1..1000].("xxxxxxxxxx"))`, Env{Limits: Limits{Memory: 9000}}, "U1001: " + tooLarge},
		{"digits", `$formatInteger(1, "` + strings.Repeat("0", 1<<16+1) + `")`, Env{}, "U1001: " + tooLarge},
		{"Roman numerals", `$formatInteger(1e300, "I")`, Env{}, "U1001: " + tooLarge},
		{"values that nest", `$string($reduce([1..20000], function($a, $b) { [[$a]] }))`, Env{}, "U1001: " + tooDeep},
		{"results that nest", `$reduce([1..20000], function($a, $b) { [[$a]] })`, Env{}, "U1001: " + tooDeep},
		{"a regular expression", `$contains("` + strings.Repeat("a", 40) + `!", /^(?=(a+)+$)/)`,
			Env{Limits: Limits{RegexTime: time.Millisecond}}, "U1001: " + tooLong},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := evaluate(t, c.text, "", c.env); got != c.want {
				t.Errorf("got %.200s, want %s", got, c.want)
			}
		})
	}
}

// Depth is counted as the reference counts it: the figures are those that it
// needs for the same expressions.
func TestDepth(t *testing.T) {
	sum := "1" + strings.Repeat("+1", 99)
	factorial := `($f := function($n) { $n = 0 ? 1 : $n * $f($n - 1) }; $f(20))`
	for _, c := range []struct {
		name, text string
		depth      int
	}{
		{"a literal", `1`, 1},
		{"a name is a path of one step", `$exists(a)`, 3},
		{"operators nest to the left", sum, 100},
		{"parentheses", strings.Repeat("(", 99) + "1" + strings.Repeat(")", 99), 100},
		{"a branch counts when it is taken", strings.Repeat("true ? ", 99) + "1", 100},
		{"a branch that is not taken does not", `false ? (((((1))))) : 2`, 2},
		{"a call", `(function($x) { $x + 1 })(1)`, 3},
		{"a recursion", factorial, 65},
		{"tail calls", `($f := function($n, $a) { $n = 0 ? $a : $f($n - 1, $a + $n) }; $f(500, 0))`, 5},
		{"mutual tail calls", `($e := function($n) { $n = 0 ? true : $o($n - 1) }; $o := function($n) { $n = 0 ? false : $e($n - 1) }; $e(50))`, 5},
		{"a function that is passed on", `$map([1], function($x) { $x + (1 + 1) })`, 5},
		{"~> is the call", `1 ~> $string() ~> $length()`, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := evaluate(t, c.text, "", Env{Limits: Limits{Depth: c.depth}}); strings.HasPrefix(got, "U1001") {
				t.Errorf("%d levels: got %s", c.depth, got)
			}
			if got, want := evaluate(t, c.text, "", Env{Limits: Limits{Depth: c.depth - 1}}), "U1001: "+tooDeep; c.depth > 1 && got != want {
				t.Errorf("%d levels: got %s, want %s", c.depth-1, got, want)
			}
		})
	}
}

// TestRareCases has what expressions seldom do. The results are those of jsonata
// 2.0.6, run by Node.js 20.
func TestRareCases(t *testing.T) {
	now := func() time.Time { return time.Date(2023, 11, 14, 22, 13, 20, 0, time.UTC) }
	for _, c := range []struct{ text, input, want string }{
		{`$ ~> |a|{}|`, `{"a": [1, 2]}`, `{"a":[1,2]}`},
		{`$ ~> |a|{}, "x"|`, `{"a": [1, {"x": 2}, "s", null]}`, `{"a":[1,{},"s",null]}`},
		{`$ ~> |a|"y"|`, `{"a": [1]}`, `T2011: The insert/update clause of the transform expression must evaluate to an object: "y"`},
		{`$toMillis("5", "[h]")`, ``, `1699938000000`},
		{`$toMillis("12", "[h]")`, ``, `1699920000000`},
		{`$toMillis("2020-1-02", "[Y]-[M01]-[D01]")`, ``, `undefined`},
		{`$toMillis("2020", "[Y01]")`, ``, `undefined`},
		{`$toMillis("1", "[D#1]")`, ``, `1698796800000`},
		{`$toMillis("123", "[d001]")`, ``, `1683152000000`},
		{`$toMillis("2020-123 05", "[Y]-[d001] [H01]")`, ``, `D3136: The date/time picture string is missing specifiers required to parse the timestamp`},
		{`$fromMillis(-60000000000000, "[X]-[W]-[w]-[Y]-[x]")`, ``, `"67-36-1-68-8"`},
		{`$substringBefore("abc", nothing)`, ``, `"abc"`},
		{`$substringBefore("an undefined one", nothing)`, ``, `"an "`},
		{`$replace("abc", "x", $uppercase)`, ``, `"abc"`},
		{`$formatBase(9007199254740992, 3)`, ``, `"1121202011211211122211100012101112"`},
		{`$formatBase(1e20, 36)`, ``, `"l3r41ifs0p800"`},
		{`$split("$1", /\b/, 1)`, ``, `D1004: Regular expression matches zero length string`},
		{`$match("aX", /X/, 1).match`, ``, `"X"`},
		{`$contains("a,b", function($s) { {"match": ",", "start": 1, "end": 2, "groups": [], "next": function() { $error("no") }} })`, ``, `true`},
		{`id.%.% ~> $reverse`, `{"id": 1}`, `undefined`},
		{`id.(%.x ~> $string)`, `{"id": 1, "x": 2}`, `undefined`},
		{`a[0]#$.b`, `{"a": [{"b": 1}, {"b": 2}]}`, `1`},
		{`a[[0,1]]#$`, `{"a": [1, 2]}`, `[1,2]`},
		{`"b"["a" < []].c`, `{}`, `T2010: The expressions either side of operator "<" must evaluate to numeric or string values`},
		{`a[%]`, `{"a": 1}`, `undefined`},
		{`[1][%]`, ``, `undefined`},
		{`{"a": 1}.a[%]`, ``, `undefined`},
		{`function($f) { $f ? 1 : 2 }($sum)`, ``, `2`},
		{`function($f) { $f() }($uppercase)`, `"a"`, `T0411: Context value is not a compatible type with argument 1 of function "f"`},
		{`function($f) { $f = $sum }($sum)`, ``, `false`},
		{`function($f) { $f(?) }($sum)`, ``, `S0202: Expected ")", got ".."`},
		{`$append($sum, 1)[0] ? 1 : 2`, ``, `2`},
		{`$sum ~> $boolean()`, ``, `true`},
		{`$single([1], function($x) { $sum })`, ``, `1`},
		{`-($distinct($sum))`, ``, `D1002: Cannot negate a non-numeric value: undefined`},
		{`($f := function($x) { $x }; $g := function($f) { $f(1) }; $g($f))`, ``, `1`},
		{`$string(?)`, ``, `S0208: Parameter 2 of function definition must be a variable name (start with $)`},
		{`$abs(?, 1)(-5)`, ``, `5`},
		{`$abs(1, ?)(-5)`, ``, `1`},
		{`($f := function($x)<n:n> { $x }; $f(?)("a"))`, ``, `"a"`},
		{`$zip(?, [1])([2])`, ``, `[[2]]`},
		{`0.1 ~> ($uppercase ~> $length)`, ``, `T0410: Argument 1 of function "f" does not match function signature`},
		{`$clone()`, `[1, [2]]`, `[1,[2]]`},
		{`-a`, `{"a": {"b": [1E2, 1e21, 0.10]}}`, `D1002: Cannot negate a non-numeric value: {"b":[100,1e+21,0.1]}`},
		{`$split("a-b", "-", 4294967297)`, ``, `["a"]`},
		{`$split("a-b", /-/, 4294967297)`, ``, `["a","b"]`},
		{`$substring("abc", nope, 2)`, ``, `""`},
		{`$substring("abc", nope)`, ``, `"abc"`},
		{`$string($round(5, 308))`, ``, `D3001: Attempting to invoke string function on Infinity or NaN`},
		{`$string($round(1.5, 0.5))`, ``, `D3001: Attempting to invoke string function on Infinity or NaN`},
		{`$round(5, -400)`, ``, `0`},
		{`$round(125, -1)`, ``, `120`},
		{`$string($parseInteger("minus one", "w"))`, ``, `D3001: Attempting to invoke string function on Infinity or NaN`},
		{`$string($parseInteger("", "w"))`, ``, `D3001: Attempting to invoke string function on Infinity or NaN`},
		{`$parseInteger("one\u00a0and\u3000two", "w")`, ``, `3`},
		{`$parseInteger("0x1F", "0")`, ``, `31`},
		{`$formatInteger(1/0, "0")`, ``, `"Infinity"`},
		{`$formatInteger(-1/0, "00,0")`, ``, `"-I,n,f,i,n,i,t,y"`},
		{`$fromMillis(0, "[q1] [qN] [C]")`, ``, `"undefined undefined ISO"`},
		{`$toMillis("151237", "[H01][m01][s01]")`, ``, `1705363387000`},
		{`$toMillis("5]fifthT0002:", "[w1]]][wwo,3-3]T[M0001]:")`, ``, `1675209600000`},
		{`$string($toMillis("MCMIQ 3", "[YI] [M]"))`, ``, `undefined`},
		{`$string($toMillis("2018 IQ", "[Y] [MI]"))`, ``, `undefined`},
		{`$base64decode("YWJjYWJj\ud83dYWJj")`, ``, `"abcabc"`},
		{`$base64decode("\u0159\u0157\u014a\u016a")`, ``, `"abc"`},
		{`$base64encode("h\u00e9\u0141")`, ``, `"aOlB"`},
		{`%(1)`, ``, `T1006: Attempted to invoke a non-function`},
		{`function($x) { ($sort($x))[0] }([2,1])`, ``, `[1,2]`},
		{`function($x) { ($sort($x))[1] }([2,1])`, ``, `undefined`},
		{`function($x) { ($sort($x))[[0,1]] }([2,1])`, ``, `[1,2]`},
		{`function($x) { (true ? ($sort($x))[$type($) = "function"])[0] }([2,1])`, ``, `[1,2]`},
		{`function($x) { $sort($x)[1] }([2,1])`, ``, `2`},
		{`function($x) { $sort($x){"a": 1} }([2,1])`, ``, `[1,2]`},
		{`function($x) { ($error("called")){"a": $type($)} }([2,1])`, ``, `{"a":"function"}`},
		{`function($x) { $count(($sort($x))[0]) }([2,1])`, ``, `1`},
		{`function($x) { [($sort($x))[0]] }([2,1])`, ``, `[1]`},
		{`function($x) { ($sort($x)).($ + 1) }([2,1])`, ``, `[2,3]`},
		{`λ($:=x) { 1 }`, ``, `S0208: Parameter 1 of function definition must be a variable name (start with $)`},
		{`λ(/a/) { 1 }`, ``, `S0208: Parameter 1 of function definition must be a variable name (start with $)`},
		{`[1 /a/m]`, ``, `[]`},
		{`[a^(1) /a/mi 2]`, `{}`, `S0202: Expected "]", got {}`},
		{`{{"\ud83d": 1}: 1}`, ``, `T1003: Key in object structure must evaluate to a string; got: {"\ud83d":1}`},
		{`true or $encodeUrl("\ud83d") ? 1`, ``, `1`},
		{`false or $encodeUrlComponent("\ud83d")`, ``, `D3140: Malformed URL passed to $encodeUrlComponent(): "\ud83d"`},
		{`$lookup({"": 1, "undefined": 2}, nope)`, ``, `2`},
		{`l#$i^(a){b: $i}`, `{"l": [{"a": 2, "b": "x"}, {"a": 1, "b": "y"}]}`, `{}`},
		{`l#$i^(a){b: $i}`, `{"l": [{"a": 2, "b": "x"}]}`, `{"x":0}`},
		{`l#$i^(a)[$i = 0]`, `{"l": [{"a": 2, "b": "x"}, {"a": 1, "b": "y"}]}`, `undefined`},
		{`l#$i^(a)[0]`, `{"l": [{"a": 2, "b": "x"}, {"a": 1, "b": "y"}]}`, `{"a":1,"b":"y"}`},
		{`l#$i^(a).[$i]`, `{"l": [{"a": 2, "b": "x"}, {"a": 1, "b": "y"}]}`, `[1,0]`},
		{`l#$i^(a){"n": i}`, `{"l": [{"a": 2, "b": "x"}, {"a": 1, "b": "y"}]}`, `{"n":[1,0]}`},
		{`$ ~> |$.{}.[|a|{}|]|{"x": 1}|`, `{"a": 1}`, `{"a":1}`},
		{`"\ud83d\ude00" >= "\udc00\ud800"`, ``, `false`},
		{`$replace("\ud83d", /./, "$$")`, ``, `"$"`},
		{`$match("a\ud83db", /[^a]/).index`, ``, `[1,2]`},
		{`$contains("", function($x) { 0 })`, ``, `true`},
		{`$contains("a", function($x) { $x })`, ``, `T1010: The matcher function argument passed to function "contains" does not return the correct object structure`},
		{`$parseInteger("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "A")`, ``, `2.5609457453661776e+35`},
		{`function($x) { $x(1) }([[]])`, ``, `T1006: Attempted to invoke a non-function`},
		{`(function($x)<n:n> { $x })(?, 1)("a")`, ``, `"a"`},
		{`(function($x, $y) { [$x, $y] })(?, ?)(1, ?)(2)`, ``, `[1,2]`},
		{`(function($x, $y) { [$x, $y] })(1)`, ``, `[1]`},
		{`(function($x, $y) { $reduce([$x], $y) })(?, 2)(1)`, ``, `T0410: Argument 2 of function "reduce" does not match function signature`},
		{`$match("ab", function($s) { {"match": "x", "start": 9, "groups": [1], "next": function() { nope }} })`, ``, `{"match":"x","index":9,"groups":[1]}`},
		{`$match("ab", function($s) { {"start": 0, "next": function() { nope }} })`, ``, `{"index":0}`},
		{`(($g := function($x) { $x > 0 ? $map([1], function() { $g($x - 1) }) : "1" }; $g(3)))[]`, ``, `["1"]`},
		{`$contains("ab", $keys)`, ``, `T1010: The matcher function argument passed to function "contains" does not return the correct object structure`},
		{`$ ~> |$append($sum, 1)[0]|{"a": 1}|`, `{}`, `D1010: Attempted to access the Javascript object prototype`},
		{`function($x)<<s>n> { $x }`, ``, `S0401: Type parameters can only be applied to functions and arrays`},
		{`function($x) { $x($error("called")) }(1)`, ``, `T1006: Attempted to invoke a non-function`},
		{`$#$:=1`, ``, `S0212: The left side of := must be a variable name (start with $)`},
		{`$match("a\r\nb\r\n", /^.*$/m).match`, ``, `D1004: Regular expression matches zero length string`},
		{`$replace("x\ry\u2029x", /^x/mi, "!")`, ``, `"!\ry !"`},
		{`$replace("x\ry\u2029x", /^(?=x)x/m, "!")`, ``, `"!\ry !"`},
		{`$contains("\u2028", /\s^/m)`, ``, `true`},
		{`$type(0/0)`, ``, `"object"`},
		{`$type(1/0)`, ``, `D1001: Number out of range: null`},
		{`$split("a-b", /-/, 1/0)`, ``, `["a","b"]`},
		{`$split("a-b", "-", 1/0)`, ``, `[]`},
		{`$replace("aa", "a", "b", 1/0)`, ``, `"bb"`},
		{`$replace("aa", "a", "b", 0/0)`, ``, `"aa"`},
		{`$toMillis($fromMillis(0, "\ud83d[Y]"), "\ud83d[Y]")`, ``, `0`},
		{`$map([[1]], function($y) { $map($y, function($x)<o-n?> { 1 }) })`, `{"a": 1}`, `[1]`},
		{`$map([1], function($x)<o-n?> { 1 })`, `{"a": 1}`, `T0411: Context value is not a compatible type with argument 1 of function "map"`},
		{`c@$v{"x": a, "y": a, "z": $v}`, `{"a": 1, "c": 2}`, `{"x":1,"z":2}`},
		{`l@$v{b: $v.a, "n": n}`, `{"l": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}], "n": 5}`, `{"n":[5,5]}`},
		{`l@$v{"n": n}`, `{"l": [{"a": 1}, {"a": 2}], "n": 5}`, `{"n":[5,5]}`},
		{`($g := function($x) { $x > 0 ? $map([1], function() { $g($x - 1) }) : "-" }; $g(3)) ~> ($uppercase ~> $length)`, ``, `1`},
		{`a ""`, ``, `S0201: Syntax error: ""`},
		{`a "\ud83d"`, ``, `S0201: Syntax error: "\ud83d"`},
	} {
		if got := evaluate(t, c.text, c.input, Env{Now: now}); got != c.want {
			t.Errorf("%s: got %s, want %s", c.text, got, c.want)
		}
	}
	var bad *Error
	if _, err := MustCompile(`1 ~> ($uppercase ~> $length)`).Eval(t.Context(), value.Value{}, Env{}); !errors.As(err, &bad) || bad.Position != 39 {
		t.Errorf("the first function of a chain fails: got %v at %d, want position 39 of the reference's own text", err, bad.Position)
	}
	if _, err := Compile(`"\u00`); !errors.As(err, &bad) || bad.Position != 7 {
		t.Errorf("an unterminated escape: got %v at %d, want position 7", err, bad.Position)
	}
}

func TestServiceValues(t *testing.T) {
	for _, c := range []struct{ text, want, reference string }{
		{`$string(1e20)`, `"100000000000000000000"`, `"100000000000000000000"`},
		{`$string(12345678901234567)`, `"12345678901234568"`, `"12345678901234600"`},
		{`"" & $$.id`, `"1234567890123456789"`, `"1234567890123460000"`},
		{`$string({"n": 9007199254740991})`, `"{\"n\":9007199254740991}"`, `"{\"n\":9007199254740990}"`},
		{`$$ ~> |$|{"n": 1}|`, `{"id":1234567890123456789,"f":0.666666666666666,"n":1}`, `{"id":1234567890123460000,"f":0.666666666666667,"n":1}`},
		{`$string(-1e21)`, `"-1e+21"`, `"-1e+21"`},
		{`$string(0.1 + 0.2)`, `"0.3"`, `"0.3"`},
		{`$string(2/3)`, `"0.666666666666666"`, `"0.666666666666667"`},
		{`$string(-2e-8/3)`, `"-6.66666666666666e-9"`, `"-6.66666666666667e-9"`},
		{`$string(1.7976931348623157e308)`, `"1.7976931348623157e+308"`, `"null"`},
		{`$$ ~> |$|{"n": 2/3}| ~> $lookup("n")`, `0.6666666666666666`, `0.6666666666666666`},
		{`$$ ~> |$|{}| ~> $lookup("f")`, `0.666666666666666`, `0.666666666666667`},
		{`$string({"\u0001é": "\u001f\b\n\"\u0000"})`, `"{\"\u0001é\":\"\u001F\\b\\n\\\"\u0000\"}"`, `"{\"\\u0001é\":\"\\u001f\\b\\n\\\"\\u0000\"}"`},
		{`{"a": [1, $sum]}`, `function`, `{"a":[1,null]}`},
		{`[function($x) { $x }]`, `function`, `[null]`},
		{`{"r": /a/}`, `function`, `{"r":null}`},
		{`1/0`, `"Infinity"`, `D1001: Number out of range: null`},
		{`[{"a": -1/0, "b": [$parseInteger("x", "0")]}]`, `[{"a":"-Infinity","b":["NaN"]}]`, `[{"a":null,"b":[null]}]`},
		{`1/0 > 1`, `true`, `true`},
	} {
		if got := evaluate(t, c.text, `{"id": 1234567890123456789, "f": 0.6666666666666666}`, Env{}, WithServiceValues()); got != c.want {
			t.Errorf("%s: got %s, want %s", c.text, got, c.want)
		}
		if got := evaluate(t, c.text, `{"id": 1234567890123456789, "f": 0.6666666666666666}`, Env{}); got != c.reference {
			t.Errorf("%s without the option: got %s, want %s", c.text, got, c.reference)
		}
	}
}

func TestTheContextEndsAnEvaluation(t *testing.T) {
	loop := MustCompile(`($f := function($n) { $f($n + 1) }; $f(0))`)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := loop.Eval(ctx, value.Value{}, Env{})
	var e *Error
	if !errors.Is(err, context.Canceled) || !errors.As(err, &e) || e.Code != "U1001" {
		t.Errorf("cancelled: got %v", err)
	}
	ctx, cancel = context.WithDeadline(context.Background(), time.Unix(0, 0))
	defer cancel()
	_, err = loop.Eval(ctx, value.Value{}, Env{})
	if want := "U1001: " + tooLong; !errors.Is(err, context.DeadlineExceeded) || err.Error() != want {
		t.Errorf("deadline: got %v, want %s", err, want)
	}
}

func TestReferences(t *testing.T) {
	for _, c := range []struct {
		text string
		want string // kind, name, path, position, f in functions
	}{
		{`$states.input.a[0].b`, `$states.input.a@7`},
		{`$a + $b.c`, `$a@2 $b.c@7`},
		{`$sum($xs)`, `$xs@8`},
		{`$nope($xs)`, `$nope@5 $xs@9`},
		{`a.b`, `a.b@1`},
		{`$`, `$@1`},
		{`$$.x`, `$$.x@2`},
		{`$xs.(a + $)`, `$xs@3`},
		{`$xs[a > $low]`, `$xs@3 $low@12`},
		{`$xs^(a)`, `$xs@3`},
		{`$xs{a: b}`, `$xs@3`},
		{`{"k": a}`, `a@7`},
		{`[*, **]`, `*@2 **@6`},
		{`$map($xs, function($v) { $v.a & b })`, `$xs@8 b@33f`},
		{`($x := 1; $x + $y)`, `$y@17`},
		{`($x := 1); $x`, `error`},
		{`$xs@$v.{"a": $v, "b": $w}`, `$xs@3 $w@24`},
		{`$xs ~> |a|{"b": c + $d}|`, `$xs@3 $d@22`},
		{`$xs.a.%.b`, `$xs.a@3`},
		{`$eval("1")`, `$eval@5`},
	} {
		e, err := Compile(c.text)
		got := "error"
		if err == nil {
			var parts []string
			for _, r := range e.References() {
				parts = append(parts, r.String())
			}
			got = strings.Join(parts, " ")
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s", c.text, got, c.want)
		}
	}
	got := MustCompile(`$b & $a & $b & $string($c) & ($d := 1; $d)`).Variables()
	if want := "a b c"; strings.Join(got, " ") != want {
		t.Errorf("variables: got %v, want %s", got, want)
	}
}

func TestIntegerNamesFirst(t *testing.T) {
	if got, want := evaluate(t, `$ ~> |$|{"2": 0}|`, `{"b": 1}`, Env{}, WithIntegerNamesFirst()), `{"2":0,"b":1}`; got != want {
		t.Errorf("a transform: got %s, want %s", got, want)
	}
	const text = `[{"b": 1, "2": 2, "1": 3, "01": 4}, $merge([{"z": 1}, {"5": 1}])]`
	if got, want := evaluate(t, text, "", Env{}, WithIntegerNamesFirst()), `[{"1":3,"2":2,"b":1,"01":4},{"5":1,"z":1}]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := evaluate(t, text, "", Env{}), `[{"b":1,"2":2,"1":3,"01":4},{"z":1,"5":1}]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Inputs are shared with whoever made them: no evaluation changes them or leaves
// marks in what it returns.
func TestInputsStayAsTheyAre(t *testing.T) {
	in := value.MustParse(orders)
	before := in.String()
	for _, text := range []string{
		`$ ~> |orders|{"id": 0}, "lines"|`, `orders^(>id)`, `$sort(orders.id, function($a, $b) { $a < $b })`,
		`$merge(orders)`, `$append(orders, 1)`, `orders.[id]`, `{"a": orders.id[]}`, `$reverse(orders)`, `$shuffle(orders)`,
	} {
		v, err := MustCompile(text).Eval(context.Background(), in, Env{})
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if string(in.AppendJSON(nil)) != value.MustParse(before).String() {
			t.Fatalf("%s changed its input", text)
		}
		if markOf(v) != 0 || markOf(v.Get("a")) != 0 || markOf(v.Index(0))&(1<<markBits-1) != 0 {
			t.Errorf("%s left a mark", text)
		}
	}
}

// One expression, many goroutines: run with -race.
func TestConcurrentEvaluations(t *testing.T) {
	e := MustCompile(`($k := 2; $f := function($n) { $n <= 1 ? 1 : $n * $f($n - 1) };
		{"n": $map(orders.id, function($i) { $i * $k + $f(5) }), "s": $string(orders.lines{sku: $sum(n)}), "j": orders@$o.$o.lines.{"o": $o.id},
		"d": $fromMillis(0, "[Y]"), "r": $replace("abc", /b/, "$0$0"), "t": orders[2] ~> |$|{"id": 9}|})`)
	const want = `{"n":[122,124,126],"s":"{\"x\":6,\"y\":1}","j":[{"o":1},{"o":1},{"o":2}],"d":"1970","r":"abbc","t":{"id":9}}`
	in := value.MustParse(orders)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 50 {
				v, err := e.Eval(context.Background(), in, Env{})
				if err != nil || v.String() != want {
					t.Errorf("got %v, %v, want %s", v, err, want)
					return
				}
			}
		})
	}
	wait.Wait()
}
