package intrinsic

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/jsonpath"
	"github.com/aslocal/aslocal/value"
)

// roots are the documents of a test.
type roots struct{ data, context, variables value.Value }

func (r roots) Data() value.Value                { return r.data }
func (r roots) Context() value.Value             { return r.context }
func (r roots) Variable(name string) value.Value { return r.variables.Get(name) }

// steps is a Random that counts.
type steps struct{ n uint64 }

func (s *steps) UUID() string { s.n++; return fmt.Sprintf("%08d-0000-4000-8000-000000000000", s.n) }
func (s *steps) Uint64() uint64 {
	s.n++
	return s.n
}

var world = roots{
	data: value.MustParse(`{"name":"Foo","n":5,"f":1.1,"t":true,"null":null,"list":[1,2,3],"obj":{"Arg1":1,"Arg2":[]},
		"nested":{"a":["x","y"],"b":{"c":null}},"template":"<{}|{}>","quoted":"it's","blank":" ","bad":"{x","empty":[],"braces":"a}","emptyText":""}`),
	context:   value.MustParse(`{"Execution":{"Id":"arn:x","Name":"run-1"}}`),
	variables: value.MustParse(`{"v":{"x":7},"s":"var"}`),
}

func eval(t *testing.T, text string) (value.Value, error) {
	t.Helper()
	c, err := Compile(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return c.Eval(world, new(steps))
}

func TestFunctions(t *testing.T) {
	for _, c := range []struct{ call, want string }{
		{`States.Array()`, `[]`},
		{`States.Array(1, 'a', true, false, null, $.list, $.null)`, `[1,"a",true,false,null,[1,2,3],null]`},
		{`States.Array(-1.50,1e3)`, `[-1.50,1e3]`},
		{`States.ArrayPartition($.list, 2)`, `[[1,2],[3]]`},
		{`States.ArrayPartition($.list, 2.6)`, `[[1,2],[3]]`},
		{`States.ArrayPartition($.empty, 2)`, `[]`},
		{`States.ArrayPartition($.list, 2147483647)`, `[[1,2,3]]`},
		{`States.ArrayContains($.list, 2)`, `true`},
		{`States.ArrayContains($.list, 2.0)`, `false`},
		{`States.ArrayContains($.list, '2')`, `true`},
		{`States.ArrayContains($.list, '4')`, `false`},
		{`States.ArrayContains(States.Array(0, 1), false)`, `false`},
		{`States.ArrayContains(States.Array('true'), true)`, `true`},
		{`States.ArrayContains(States.StringToJson('[{"a":1,"b":2}]'), States.StringToJson('{"b":2,"a":1}'))`, `false`},
		{`States.ArrayContains(States.Array($.obj), $.obj)`, `true`},
		{`States.ArrayContains(States.Array(null), null)`, `true`},
		{`States.ArrayContains($.empty, null)`, `false`},
		{`States.ArrayRange(0, 9, 3)`, `[0,3,6,9]`},
		{`States.ArrayRange(0, 10, 3)`, `[0,3,6,9]`},
		{`States.ArrayRange(1, 9, 9)`, `[1]`},
		{`States.ArrayRange(3, 1, -1)`, `[3,2,1]`},
		{`States.ArrayRange(3, 1, 1)`, `[]`},
		{`States.ArrayRange(1, 3, -1)`, `[]`},
		{`States.ArrayRange(1, 0, 5)`, `[]`},
		{`States.ArrayRange(2, 2, -5)`, `[2]`},
		{`States.ArrayRange(0.4, 1.5, 1)`, `[0,1]`},
		{`States.ArrayRange(5.4, -0.6, -2.4)`, `[5,3,1]`},
		{`States.ArrayGetItem($.list, 0)`, `1`},
		{`States.ArrayGetItem($.list, 2)`, `3`},
		{`States.ArrayGetItem($.list, 1.9)`, `2`},
		{`States.ArrayGetItem($.empty, 999)`, `null`},
		{`States.ArrayGetItem($.list[?(@ > 1)], 0)`, `2`},
		{`States.ArrayLength($.list)`, `3`},
		{`States.ArrayLength($.list[*])`, `3`},
		{`States.ArrayLength($.nowhere[*])`, `0`},
		{`States.ArrayUnique(States.Array(2, 1, 2.0, 'a', '1', 'a', null, null, true, $.obj, $.obj))`, `[null,1,"a","1",2,{"Arg1":1,"Arg2":[]},true]`},
		{`States.ArrayUnique(States.Array(1e400, 10e399, 1e401, 0.1, 0.10, -0.1, 123456789012345678901, 123456789012345678902))`,
			`[1e400,1e401,0.1,-0.1,123456789012345678901,123456789012345678902]`},
		{`States.ArrayUnique(States.StringToJson('[{"a":1,"b":2},{"b":2,"a":1},{"a":1},[1],[1,1]]'))`, `[{"a":1,"b":2},{"a":1},[1],[1,1]]`},
		{`States.ArrayUnique(States.Array(true, false, true))`, `[false,true]`},
		{`States.ArrayUnique(States.StringToJson('[[1,2],[1,2],[2,1]]'))`, `[[2,1],[1,2]]`},
		{`States.Base64Encode('Data to encode')`, `"RGF0YSB0byBlbmNvZGU="`},
		{`States.Base64Encode('')`, `""`},
		{`States.Base64Encode('é')`, `"w6k="`},
		{`States.Base64Decode('RGF0YSB0byBlbmNvZGU=')`, `"Data to encode"`},
		{"States.Base64Decode('RGF0YSB0\r\n b-yBlbmNvZGU')", `"Data to encode"`},
		{`States.Base64Decode('')`, `""`},
		{`States.Base64Decode('/w==')`, `"` + "\uFFFD" + `"`},
		{`States.Hash('input data', 'SHA-1')`, `"aaff4a450a104cd177d28d18d74485e8cae074b7"`},
		{`States.Hash('input data', 'MD5')`, `"812f45842bc6d66ee14572ce20db8e86"`},
		{`States.Hash('input data', 'SHA-256')`, `"b4a697a057313163aee33cd8d40c66e9f0f177e00cac2de32475ffff6169c3e3"`},
		{`States.Hash($.obj, 'MD5')`, `"d363f405018d47b782e29dc1e6861a5d"`},
		{`States.JsonMerge($.obj, $.obj, 'false')`, `{"Arg1":1,"Arg2":[]}`},
		{`States.JsonMerge($.obj, States.StringToJson('{"New":1,"Arg1":{"x":2}}'), false)`, `{"Arg1":{"x":2},"Arg2":[],"New":1}`},
		{`States.StringToJson('{"a": [1, 1.50]}')`, `{"a":[1,1.50]}`},
		{`States.StringToJson('')`, `null`},
		{`States.StringToJson($.blank)`, `null`},
		{`States.StringToJson('-0')`, `0`},
		{`States.StringToJson('null')`, `null`},
		{`States.StringToJson('"x"')`, `"x"`},
		{`States.JsonToString($.obj)`, `"{\"Arg1\":1,\"Arg2\":[]}"`},
		{`States.JsonToString('x')`, `"\"x\""`},
		{`States.JsonToString($.null)`, `"null"`},
		{`States.MathAdd(1.49, 1.5)`, `3`},
		{`States.MathAdd(-1.49, -1.5)`, `-2`},
		{`States.MathAdd(-1.5, -1.51)`, `-3`},
		{`States.MathAdd(2.5, -2.5)`, `1`},
		{`States.MathAdd(0.49999999999999994, 0)`, `0`},
		{`States.MathAdd(-0.5, 0.5)`, `1`},
		{`States.MathAdd(2147483647, -2147483648)`, `-1`},
		{`States.MathAdd(1, 1e999)`, `0`}, // inferred
		{`States.MathAdd(-1e309, 1)`, `1`},
		{`States.MathAdd(-1e309, 1e309)`, `-1`},
		{`States.MathRandom(3, 4)`, `3`},
		{`States.MathRandom(0, 2)`, `1`}, // from the counting source
		{`States.MathRandom(12.5, 44.51, 3)`, `35`},
		{`States.MathRandom(1, 100, 42)`, `63`},
		{`States.MathRandom(-5, 5, 42)`, `-5`},
		{`States.StringSplit(', , ,', ',')`, `[" "," "]`},
		{`States.StringSplit(',,,,', ',')`, `[]`},
		{`States.StringSplit('1.2+3', '.+,=')`, `["1","2","3"]`},
		{"States.StringSplit('split on T and \nnew line', 'T\n')", `["split on "," and ","new line"]`},
		{`States.StringSplit('abc', '')`, `["abc"]`},
		{`States.StringSplit('', ',')`, `[]`},
		{`States.StringSplit('aéb', 'é')`, `["a","b"]`},
		{`States.UUID()`, `"00000001-0000-4000-8000-000000000000"`},
		{`States.UUID('x', $.n)`, `"00000001-0000-4000-8000-000000000000"`},
		{`States.Format('{}, {} and {}', $.name, 1.10, null)`, `"Foo, 1.10 and null"`},
		{`States.Format('no holes')`, `"no holes"`},
		{`States.Format('{}{}', $.t, $.f)`, `"true1.1"`},
		{`States.Format('{}', $.obj)`, `"{Arg1=1, Arg2=[]}"`},
		{`States.Format('{}', $.nested)`, `"{a=[x, y], b={c=null}}"`},
		{`States.Format('{}', $$.Execution)`, `"{Id=arn:x, Name=run-1}"`},
		{`States.Format($.template, $.name, $s)`, `"<Foo|var>"`},
		{`States.Format('\{\} {} it\'s \\{}', 1, 2)`, `"{} 1 it's \\2"`},
		{`States.Format('\{ {} \}', 1)`, `"{ 1 }"`},
		{`States.Format('{}', '{}')`, `"{}"`},
		{`States.Format('{}', States.Format('{}', States.UUID()))`, `"00000001-0000-4000-8000-000000000000"`},
		{`States.MathAdd(States.MathAdd($v.x, $.n), $v['x'])`, `19`},
		{` States.Array( 1 , $.n )  `, `[1,5]`},
		{`States.Array($.list[?(@ == 2 || @ == 3)], $['name'])`, `[[2,3],"Foo"]`},
		{`States.Array($.list[(@.length-1)])`, `[3]`},
		{`States.ArrayGetItem(States.StringSplit($$.Execution.Name, '-'), States.MathAdd(States.ArrayLength(States.StringSplit($$.Execution.Name, '-')), -1))`, `"1"`},
	} {
		got, err := eval(t, c.call)
		if err != nil {
			t.Errorf("%s: %v", c.call, err)
		} else if got.String() != c.want {
			t.Errorf("%s: got %s, want %s", c.call, got, c.want)
		}
	}
}

// TestErrors has the failures as the service words them: recorded, except where a
// comment says otherwise.
func TestErrors(t *testing.T) {
	long := strings.Repeat("x", 10_001)
	for _, c := range []struct{ call, detail string }{
		{`States.ArrayPartition(1, 1)`, `Invalid arguments in States.ArrayPartition`},
		{`States.ArrayPartition($.list)`, `Invalid arguments in States.ArrayPartition`},
		{`States.ArrayPartition($.list, 0.6)`, `Invalid arguments in States.ArrayPartition`},
		{`States.ArrayPartition($.list, -1)`, `Invalid arguments in States.ArrayPartition`},
		{`States.ArrayPartition($.list, '2')`, `Invalid arguments in States.ArrayPartition`},
		{`States.ArrayContains(null, 1)`, `Invalid arguments in States.ArrayContains`},
		{`States.ArrayContains($.list, 2, 999)`, `Invalid arguments in States.ArrayContains`},
		{`States.ArrayRange(0, 1000, 1)`, `Invalid arguments in States.ArrayRange`},
		{`States.ArrayRange(-2147483648, 2147483647, 1)`, `Invalid arguments in States.ArrayRange`},
		{`States.ArrayRange(0, 1, 0.9)`, `Invalid arguments in States.ArrayRange`},
		{`States.ArrayRange(0, 'a', 1)`, `Invalid arguments in States.ArrayRange`},
		{`States.ArrayGetItem($.list, 3)`, `Invalid arguments in States.ArrayGetItem`},
		{`States.ArrayGetItem($.list, -1)`, `Invalid arguments in States.ArrayGetItem`},
		{`States.ArrayGetItem($.empty, -1)`, `Invalid arguments in States.ArrayGetItem`}, // inferred
		{`States.ArrayLength('abc')`, `Invalid arguments in States.ArrayLength`},
		{`States.ArrayUnique($.obj)`, `Invalid arguments in States.ArrayUnique`},
		{`States.Base64Encode($.n)`, `Invalid arguments in States.Base64Encode`},
		{`States.Base64Encode()`, `Invalid arguments in States.Base64Encode`},
		{`States.Base64Encode('` + long + `')`, `Invalid arguments in States.Base64Encode`},
		{`States.Base64Decode('QUJDR')`, `Invalid arguments in States.Base64Decode`}, // inferred
		{`States.Hash('x', 'sha-1')`, `Invalid arguments in States.Hash`},
		{`States.Hash('` + long + `', 'MD5')`, `Invalid arguments in States.Hash`},
		{`States.JsonMerge($.obj, $.obj, true)`, `Invalid arguments in States.JsonMerge`},   // the detail is inferred
		{`States.JsonMerge($.obj, $.list, false)`, `Invalid arguments in States.JsonMerge`}, // the detail is inferred
		{`States.JsonToString()`, `Invalid arguments in States.JsonToString: only a single argument is allowed.`},
		{`States.JsonToString(1, 2)`, `Invalid arguments in States.JsonToString: only a single argument is allowed.`},
		{`States.StringToJson($.bad)`, `Cannot convert String to Json in States.StringToJson, caused by: ` +
			`Unexpected character ('x' (code 120)): was expecting double-quote to start field name` + "\n" +
			" at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 2]"},
		{`States.StringToJson($.n)`, `Invalid arguments in States.StringToJson`},
		{`States.MathAdd(2147483647, 1)`, `Invalid arguments in States.MathAdd`},
		{`States.MathAdd(2147483648, 1)`, `Invalid arguments in States.MathAdd`},
		{`States.MathAdd(1, 1.7e308)`, `Invalid arguments in States.MathAdd`},
		{`States.MathAdd(null, 1)`, `Invalid arguments in States.MathAdd`},
		{`States.MathRandom(1.4, 1.6)`, `Invalid arguments in States.MathRandom`},
		{`States.MathRandom(1)`, `Invalid arguments in States.MathRandom`},
		{`States.MathRandom(1, 5, 'x')`, `Invalid arguments in States.MathRandom`},
		{`States.StringSplit('a', 1)`, `Invalid arguments in States.StringSplit`},
		{`States.Format()`, `Invalid arguments in States.Format`},           // inferred
		{`States.Format('{} {}', 1)`, `Invalid arguments in States.Format`}, // the detail is inferred
		{`States.Format('\{\}', 1)`, `Invalid arguments in States.Format`},  // the detail is inferred
		{`States.Format($.n)`, `Invalid arguments in States.Format`},
		{`States.Format('}')`, `Invalid template in States.Format: matching '{' not found for '}'.`},
		{`States.Format('{"id":{}}', 1)`, `Invalid template in States.Format: matching '}' not found for '{'.`},
		{`States.Format('Hello {{}}', 1)`, `Invalid template in States.Format: matching '}' not found for '{'.`},
		{`States.Format('{')`, `Invalid template in States.Format: matching '}' not found for '{'.`},
		{`States.Format($.braces)`, `Invalid template in States.Format: matching '{' not found for '}'.`},
		{`States.Array($.nested, '` + strings.Repeat("y", 262_144) + `')`, `Result too large in States.Array: expected at most 262144 bytes`}, // ours
		{`States.ArrayLength(States.JsonToString($.list))`, `Invalid arguments in States.ArrayLength`},
		{`States.Array(States.ArrayLength('x'))`, `Invalid arguments in States.ArrayLength`}, // the whole call, the inner function
	} {
		_, err := eval(t, c.call)
		if want := "There was an error while evaluating the intrinsic function: " + c.call + ". " + c.detail; err == nil || err.Error() != want {
			t.Errorf("%.80s:\n got …%s\nwant …%s", c.call, tail(fmt.Sprint(err)), tail(want))
		}
	}
}

// TestPathErrors has the failures of arguments that are paths.
func TestPathErrors(t *testing.T) {
	for _, c := range []struct{ call, detail string }{
		{`States.Array($.nope)`, `The JsonPath argument for the field '$.nope' could not be found in the input '` + world.data.String() + `'`},
		{`States.Array($$.nope)`, `The JsonPath argument for the field '$.nope' could not be found in the input '` + world.data.String() + `'`},
		{`States.Array($nope.x)`, `The JsonPath argument for the field '$nope.x' could not be found in the input '` + world.data.String() + `'`},
		{`States.Array(1, States.Array($.nope))`, `The JsonPath argument for the field '$.nope' could not be found in the input '` + world.data.String() + `'`},
		{`States.Array($.n[?(@)])`, `Filter: [?] can not be applied to primitives. Current context is: 5`},
	} {
		_, err := eval(t, c.call)
		if want := "The function '" + c.call + "' had the following error: " + c.detail; err == nil || err.Error() != want {
			t.Errorf("%s:\n got …%s\nwant …%s", c.call, tail(fmt.Sprint(err)), tail(want))
		}
	}
}

func tail(text string) string { return text[max(0, len(text)-300):] }

func TestSyntaxErrors(t *testing.T) {
	nested := strings.Repeat("States.Array(", 11) + strings.Repeat(")", 11)
	for _, c := range []struct {
		text    string
		offset  int
		message string
	}{
		{``, 0, `expected the name of a function, got the end`},
		{`$.x`, 0, `expected the name of a function, got '$'`},
		{`States.Array`, 12, `States.Array: expected '(', got the end`},
		{`States.Array (1)`, 12, `States.Array: expected '(', got ' '`},
		{`States.array()`, 0, `States.array: no such function`},
		{`Format('x')`, 0, `Format: no such function`},
		{`States.Array(1`, 14, `States.Array: expected ',' or ')', got the end`},
		{`States.Array(1,`, 15, `expected an argument, got the end`},
		{`States.Array(1,)`, 15, `expected a string in single quotes, a number, true, false, null, a path or a function, got ')'`},
		{`States.Array(,1)`, 13, `expected a string in single quotes, a number, true, false, null, a path or a function, got ','`},
		{`States.Array("x")`, 13, `expected a string in single quotes, a number, true, false, null, a path or a function, got '"'`},
		{`States.Array(01)`, 13, `expected a string in single quotes, a number, true, false, null, a path or a function, got '0'`},
		{`States.Array(True)`, 13, `expected a string in single quotes, a number, true, false, null, a path or a function, got 'T'`},
		{`States.Array('x)`, 13, `expected a closing quote, got the end`},
		{`States.Array('\"')`, 14, `expected \', \{, \} or \\ in a string, got another escape`},
		{`States.Array('\`, 14, `expected \', \{, \} or \\ in a string, got another escape`},
		{`States.Array(1) x`, 16, `expected the end of the call, got 'x'`},
		{`States.Array($.a b)`, 16, `path $.a b: Space not allowed in path`},
		{`States.Array($.a[)`, 18, ``},
		{nested, 130, `States.Array: expected at most 10 calls in one another`},
	} {
		_, err := Compile(c.text)
		var bad *SyntaxError
		switch {
		case !errors.As(err, &bad):
			t.Errorf("%s: got %v, want a *SyntaxError", c.text, err)
		case c.message == "":
		case bad.Message != c.message || bad.Offset != c.offset || bad.Text != c.text:
			t.Errorf("%s:\n got %d %s\nwant %d %s", c.text, bad.Offset, bad.Message, c.offset, c.message)
		}
	}
}

func TestStringAndPaths(t *testing.T) {
	const text = `States.Format('{}{}{} $a', $b.x, States.MathAdd($a, $b['y']), $$.x)`
	c, err := Compile(" " + text + " ")
	if err != nil {
		t.Fatal(err)
	}
	if c.String() != text {
		t.Errorf("got %s, want %s", c, text)
	}
	var got []string
	c.Paths(func(offset int, p *jsonpath.Path) {
		got = append(got, fmt.Sprint(offset, p))
	})
	if want := []string{"28 $b.x", "49 $a", "53 $b['y']", "63 $$.x"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestReturnsString(t *testing.T) {
	// Source: developer guide, "Fail workflow state".
	want := []string{"States.ArrayGetItem", "States.Base64Decode", "States.Base64Encode", "States.Format", "States.Hash", "States.JsonToString", "States.UUID"}
	var got []string
	for _, f := range functions {
		if (&Call{function: &f}).ReturnsString() {
			got = append(got, f.name)
		}
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(functions) != 18 {
		t.Errorf("got %d functions, want 18", len(functions))
	}
}

// TestJavaRandom checks the generator with what nextInt() of java.util.Random
// is known to give.
func TestJavaRandom(t *testing.T) {
	for seed, want := range map[int64][]int32{
		0:  {-1155484576, -723955400, 1033096058, -1690734402, -1557280266},
		42: {-1170105035, 234785527, -1360544799, 205897768},
	} {
		r := newJavaRandom(seed)
		for i := range want {
			if got := r.next(32); got != want[i] {
				t.Errorf("seed %d, number %d: got %d, want %d", seed, i, got, want[i])
			}
		}
	}
	for seed := range int64(100) {
		r := newJavaRandom(seed)
		for _, b := range [][2]int32{{0, 1}, {-5, 5}, {-2147483648, 2147483647}, {0, 16}, {0, 1<<30 + 1}} {
			if n := r.between(b[0], b[1]); n < b[0] || n >= b[1] {
				t.Errorf("seed %d: got %d, want one of %v", seed, n, b)
			}
		}
	}
}

func TestJavaDouble(t *testing.T) {
	if got, want := JavaDouble(42), 0.7275636800328681; got != want {
		t.Errorf("JavaDouble(42) = %v, want %v", got, want)
	}
}

// TestGrowth nests a call that makes four of its argument; it must stop at the
// limit instead of growing to 4^10.
func TestGrowth(t *testing.T) {
	text := "'0123456789'"
	for range 10 {
		text = "States.Format('{}{}{}{}', " + text + ", " + text + ", 1, 1)"
		if len(text) > maxLength/4 {
			break
		}
	}
	if _, err := eval(t, text); err != nil && !strings.Contains(err.Error(), "262144") {
		t.Errorf("got %.100v", err)
	}
	if _, err := eval(t, "States.Format('"+strings.Repeat("{}", 30_000)+"'"+strings.Repeat(", $.nested", 30_000)+")"); err == nil {
		t.Error("got no error, want one of size")
	}
}
