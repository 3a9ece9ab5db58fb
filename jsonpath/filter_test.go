package jsonpath

import (
	"testing"

	"github.com/aslocal/aslocal/value"
)

// TestFilters has what the recordings of Jayway leave out. The document is
// {"x": <item>, "y": 1} and the query $[?(<filter>)], which is applied to the
// object itself.
func TestFilters(t *testing.T) {
	for _, c := range []struct {
		item, filter string
		holds        bool
	}{
		// Numbers and strings are equal in one direction only.
		{`2.0`, `@.x == '2'`, true},
		{`"2.0"`, `@.x == 2`, false},
		{`"2"`, `@.x == 2`, true},
		{`2`, `'2.0' == @.x`, false},
		{`1000`, `@.x == '1e3'`, true},
		{`1.50`, `@.x == '+01.5'`, true},
		{`0.5`, `@.x == '.5'`, true},
		{`5`, `@.x == '5.'`, true},
		{`5`, `@.x == 'five'`, false},
		{`1`, `@.x == ''`, false},
		{`1e2`, `'100.0' == @.x`, true},
		{`2`, `@.x === '2'`, false},
		{`2`, `@.x !== '2'`, true},
		{`2`, `@.x === 2.0`, true},
		{`true`, `@.x == true`, true},
		{`"true"`, `@.x == true`, false},
		{`null`, `@.x == null`, true},
		{`null`, `@.z == null`, false},
		{`null`, `@.z != null`, true},
		{`[1,{"a":2}]`, `@.x == [1, {'a': 2}]`, true},
		{`{"a":1,"b":2}`, `@.x == {"b": 2, "a": 1}`, true},
		{`[1,2]`, `@.x == [2,1]`, false},
		{`[1,2]`, `@.x == $.x`, true},
		{`"it's"`, `@.x == 'it\'s'`, true},
		{`"é"`, `@.x == '\u00e9'`, true},
		{`"a\nb"`, `@.x == 'a\nb'`, true},
		// Order.
		{`12345678901234567891`, `@.x > 12345678901234567890`, true},
		{`12345678901234567890`, `@.x >= 12345678901234567890`, true},
		{`12345678901234567889`, `@.x < 12345678901234567890`, true},
		{`2`, `@.x >= 2.0`, true},
		{`2`, `@.x <= 1.9`, false},
		{`"b"`, `@.x > 'a'`, true},
		{`"a"`, `@.x >= 'a'`, true},
		{`"ab"`, `@.x > 'a'`, true},
		{`"\uE000"`, `@.x > '\ud83d\ude00'`, true}, // by UTF-16
		{`"\ud83d\ude00"`, `@.x > 'z'`, true},
		{`true`, `@.x >= true`, false},
		{`null`, `@.x <= null`, false},
		{`"3"`, `@.x > 2`, false},
		// Logic.
		{`1`, `@.x == 1 || @.x == 2 && @.y == 2`, true},
		{`1`, `(@.x == 1 || @.x == 2) && @.y == 2`, false},
		{`1`, `!(@.x == 1)`, false},
		{`1`, `!!(@.x == 1)`, true},
		{`1`, `! (@.x == 2)`, true},
		{`1`, `!@.z`, true},
		{`1`, `! @.x`, false},
		{`1`, `!@.x == 1`, true}, // the sign has no effect before an operator
		{`1`, `@.x==1&&@.y==1`, true},
		{`1`, `!(@.x in @.z)`, false}, // invalid, so it does not hold
		{`1`, `@.x == 1 || @.x in @.z`, true},
		{`1`, `@.x in @.z || @.x == 1`, false},
		// Existence.
		{`null`, `@.x`, true},
		{`{"a":{"b":1},"c":{"b":2}}`, `@.x.*.b`, true},
		{`{"a":{"b":1},"c":{}}`, `@.x.*.b`, false},
		{`{}`, `@.x.*`, true},
		{`1`, `@.x.*`, true},
		{`1`, `@.z.*`, false},
		{`{"a":1,"b":2}`, `@.x['a','b']`, true},
		{`{"a":1}`, `@.x['a','b']`, false},
		{`1`, `@..nope`, true},
		{`[1]`, `@.x[0]`, true},
		{`[1]`, `@.x[1]`, false},
		{`[1]`, `@.x.length()`, true},
		{`[{"a":1}]`, `@.x[?(@.a == 1)]`, true},
		{`1`, `@.x[?(@.a == 1)]`, false},
		{`1`, `@['x']`, true},
		{`{"b c":{"d)":1}}`, `@.x['b c']['d)'] == 1`, true},
		// Lists.
		{`2`, `@.x in [1, 2]`, true},
		{`2`, `@.x IN ["2"]`, true},
		{`2`, `@.x nin [1]`, true},
		{`2`, `@.x nin [2]`, false},
		{`2`, `@.x nin @.y`, false},
		{`2`, `@.x in {"a": 2}`, false},
		{`2`, `@.x nin {"a": 2}`, true},
		{`"b"`, `@.x in ['a', 'b']`, true},
		{`null`, `@.x in [null]`, true},
		{`[1]`, `@.x in [[1]]`, true},
		{`[1,2,3]`, `@.x all [3, 1]`, true},
		{`[1,2,3]`, `@.x all [4]`, false},
		{`{"a":1}`, `@.x all [4]`, true},
		{`1`, `@.x all [1]`, false},
		{`[1,2,3]`, `@.x contains 3`, true},
		{`[1,2,3]`, `@.x contains '3'`, true},
		{`{"a":1}`, `@.x contains 1`, false},
		{`"abc"`, `@.x contains 'b'`, true},
		{`"abc"`, `@.x contains 1`, false},
		{`[1,2]`, `@.x subsetof [2, 3, 1]`, true},
		{`[1,4]`, `@.x subsetof [2, 3, 1]`, false},
		{`[]`, `@.x subsetof []`, true},
		{`1`, `@.x subsetof [1]`, false},
		{`{}`, `@.x subsetof [1]`, false},
		{`[1,4]`, `@.x anyof [4]`, true},
		{`[1,4]`, `@.x anyof [5]`, false},
		{`[1,4]`, `@.x noneof [5]`, true},
		{`[1,4]`, `@.x noneof [4]`, false},
		{`1`, `@.x noneof [4]`, false},
		// Size.
		{`"abc"`, `@.x size 3`, true},
		{`"\ud83d\ude00"`, `@.x size 2`, true},
		{`[1,2]`, `@.x size 2`, true},
		{`{"a":1}`, `@.x size 1`, false},
		{`[1,2]`, `@.x size '2'`, false},
		{`5`, `@.x size 1`, false},
		{`[1,2]`, `@.x.length() == 2`, true},
		{`""`, `@.x empty true`, true},
		{`[1]`, `@.x empty false`, true},
		{`1`, `@.x empty false`, false},
		{`[]`, `@.x empty 1`, false},
		{`true`, `@.x exists true`, true},
		{`1`, `@.x exists true`, false},
		{`1`, `@.x type 'number'`, false},
		{`1`, `@.x matches 1`, false},
		// Patterns.
		{`"Rees"`, `@.x =~ /R.*s/`, true},
		{`"Rees"`, `/R.*s/ =~ @.x`, true},
		{`"Rees"`, `@.x =~ /ree/i`, false},
		{`"Rees"`, `@.x =~ /^rees$/i`, true},
		{`"a/b"`, `@.x =~ /a\/b/`, true},
		{`"a)b"`, `@.x =~ /a\)b/`, true},
		{`"a.b"`, `@.x =~ /\Qa.b\E/`, true},
		{`"aXb"`, `@.x =~ /\Qa.b\E/`, false},
		{`"a\nb"`, `@.x =~ /a.b/`, false},
		{`"a\u2028b"`, `@.x =~ /a.b/`, false},
		{`"a\u2028b"`, `@.x =~ /a.b/d`, true},
		{`"a\nb"`, `@.x =~ /a.b/s`, true},
		{`"a\nb"`, `@.x =~ /^a$\n^b$/m`, true},
		{`"ab"`, `@.x =~ /a b # comment/x`, true},
		{`"abab"`, `@.x =~ /(ab)\1/`, true},
		{`"ab"`, `@.x =~ /(?=a)\w+/`, true},
		{`"\u000b"`, `@.x =~ /\s/`, true},
		{`"\u000b"`, `@.x =~ /[\s]/`, true},
		{`"é"`, `@.x =~ /\u00e9/`, true},
		{`12`, `@.x =~ /\d+/`, true},
		{`1.0`, `@.x =~ /1\.0/`, true},
		{`true`, `@.x =~ /t.*/`, true},
		{`null`, `@.x =~ /.*/`, true},
		{`null`, `@.z =~ /.+/`, false},
		{`["a","b"]`, `@.x =~ /b/`, true},
		{`["a","b"]`, `@.x =~ /c/`, false},
		{`"a"`, `@.x =~ 'a'`, false},
		{`"a"`, `/a/ =~ /a/`, false},
		// Functions and the root.
		{`[1,2,3]`, `@.x.sum() == 6`, true},
		{`[1,2,3]`, `@.x.max() > $.y`, true},
		{`[1,2,3]`, `$.x.length() == 3`, true},
		{`[1,2,3]`, `$.x[?(@ > $.y)] == [2, 3]`, true},
	} {
		doc := value.OfMembers("x", value.MustParse(c.item), "y", value.OfInt(1))
		p, err := Compile("$[?(" + c.filter + ")]")
		if err != nil {
			t.Errorf("%s: %v", c.filter, err)
			continue
		}
		got, err := p.Get(doc)
		if err != nil || got.Len() == 1 != c.holds {
			t.Errorf("%s on %s: got %v, %v, want %v", c.filter, doc, got.Len() == 1, err, c.holds)
		}
	}
}

// TestWalks has walks that the recordings of Jayway leave out.
func TestWalks(t *testing.T) {
	const doc = `{"a":[{"x":1,"y":2},{"x":3}],"b":{"x":4},"n":[5,6,7],"e":[],"one":[8],"nul":null,"lists":[[1,2],[3]]}`
	for _, c := range []struct{ path, want string }{
		{`$.a['x']`, `Expected to find an object with property ['x'] in path $['a'] but found 'net.minidev.json.JSONArray'. This is not a json object according to the JsonProvider: 'com.jayway.jsonpath.spi.json.JsonSmartJsonProvider'.`},
		{`$.nul[1:]`, `The path $['nul'] is null`},
		{`$.b[1:]`, `Filter: [1:] can only be applied to arrays. Current context is: {x=4}`},
		{`$.a[*]['x','y']`, `[{"x":1,"y":2},{"x":3}]`},
		{`$['a','b'].x`, `[4]`},
		{`$['a','b','nope'][0]`, `[{"x":1,"y":2}]`},
		{`$..['x']`, `[1,3,4]`},
		{`$..x`, `[1,3,4]`},
		{`$..a[0].x`, `[1]`},
		{`$..[0].x`, `[1,3]`}, // see scan
		{`$..[1:]`, `[{"x":3},6,7,[3],2]`},
		{`$..[?(@.x > 1)]`, `[{"x":3},{"x":4}]`},
		{`$.n[-5:2]`, `[5,6,7,5,6]`},
		{`$.n[-2:2]`, `[6,7,5,6]`},
		{`$.n[-1:-5]`, `[]`},
		{`$.n[1:99]`, `[6,7]`},
		{`$.n[:-5]`, `[]`},
		{`$.n[-2147483648:2]`, `[5,6,7,5,6]`},
		{`$.n[0,]`, `5`},
		{`$.n[0]b`, `Expected to find an object with property ['b'] in path $['n'][0] but found 'java.lang.Integer'. This is not a json object according to the JsonProvider: 'com.jayway.jsonpath.spi.json.JsonSmartJsonProvider'.`},
		{`$.*x`, `[4]`},
		{`$.n.first()`, `5`},
		{`$.n.last()`, `7`},
		{`$.one.last()`, `8`},
		{`$.n.index(-3)`, `5`},
		{`$.n.index(3)`, `Index 3 out of bounds for length 3`},
		{`$.n.index(-4)`, `Target index:-4 larger than object count:3`},
		{`$.n.index()`, `function index: expected a number`},
		{`$.b.first()`, `Aggregation function attempted to calculate value using empty array`},
		{`$.n.avg()`, `6.0`},
		{`$.n.sum(1, $.n, "x")`, `37.0`},
		{`$.n.min(-1e10)`, `-1.0E10`},
		{`$.n.max(0.0001)`, `7.0`},
		{`$.sum(1e308, 1e308)`, `Aggregation function calculated a value out of range`},
		{`$.n.append(8, $.b)`, `[5,6,7,8,{"x":4}]`},
		{`$.b.append(8)`, `{"x":4}`},
		{`$.n.concat("a", 1, $.n, $.nul, {"k": [1]})`, `"a1567{k=[1]}"`},
		{`$.concat($..x)`, `"134"`},
		{`$.length($.lists)`, `1`}, // see length
		{`$.length($.e)`, `No results for path: $['e'][*]`},
		{`$..lists.length()`, `2`},
		{`$..x.sum()`, `8.0`},
		{`$.n.nope()`, `Function with name: nope does not exist.`},
		{`$.nope.length()`, `Missing property in path $['nope']`},
		{`$.n[9].length()`, `No results for path: $['n'][9].length()`},
		{`$.a[*].concat($.nope.x)`, `[]`},
		{`$.a[*].nope()`, `Function with name: nope does not exist.`},
		{`$.keys()`, `["a","b","n","e","one","nul","lists"]`},
		{`$.n.keys()`, `null`},
		{`$.nope[?(@.x)]`, `[]`},
		{`$.nope..x`, `[]`},
		{`$.b.nope[*].x`, `[]`},
		{`$.b.nope['x','y']`, `Missing property in path $['b']['nope']`},
	} {
		got, err := compile(t, c.path).Get(value.MustParse(doc))
		text := got.String()
		if err != nil {
			text = err.Error()
		}
		if text != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.path, text, c.want)
		}
	}
}

func TestDoubleText(t *testing.T) {
	for _, c := range []struct{ number, want string }{
		{"0", "0.0"}, {"100", "100.0"}, {"0.1", "0.1"}, {"0.001", "0.001"}, {"0.0001", "1.0E-4"}, {"-0.00012", "-1.2E-4"},
		{"9999999", "9999999.0"}, {"10000000", "1.0E7"}, {"123456789.5", "1.234567895E8"}, {"1e300", "1.0E300"}, {"1e999", "Infinity"}, {"-1e999", "-Infinity"},
	} {
		if got := value.JavaDouble(value.MustParse(c.number).Float()); got != c.want {
			t.Errorf("%s: got %s, want %s", c.number, got, c.want)
		}
	}
}
