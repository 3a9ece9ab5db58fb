package value

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, text string
		kind       Kind
		want       string // compact text
	}{
		{"null", `null`, Null, `null`},
		{"true", `true`, Bool, `true`},
		{"false", `false`, Bool, `false`},
		{"number", `12.50`, Number, `12.50`},
		{"string", `"a"`, String, `"a"`},
		{"empty string", `""`, String, `""`},
		{"empty array", `[]`, Array, `[]`},
		{"empty array with space", "[ \n]", Array, `[]`},
		{"empty object", `{}`, Object, `{}`},
		{"empty object with space", "{\t}", Object, `{}`},
		{"white space of all kinds", " \t\r\n[ 1 ,\t2 ]\r\n", Array, `[1,2]`},
		{"nested", `{"a":[{"b":[[],{}]},null]}`, Object, `{"a":[{"b":[[],{}]},null]}`},
		{"names keep their order", `{"z":1,"a":2,"m":3}`, Object, `{"z":1,"a":2,"m":3}`},
		{"an empty name", `{"":1}`, Object, `{"":1}`},
		{"escapes that need not be are undone", `["\/","\u0041","\u00e9"]`, Array, `["/","A","é"]`},
		{"space inside keeps the outer from its text", `[{"a": 1},{"a":1}]`, Array, `[{"a":1},{"a":1}]`},
		{"space after keeps the inner its text", `[ {"a":1} ]`, Array, `[{"a":1}]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := Parse(c.text)
			if err != nil {
				t.Fatal(err)
			}
			if v.Kind() != c.kind || v.String() != c.want {
				t.Errorf("got %s %s, want %s %s", v.Kind(), v, c.kind, c.want)
			}
			if got := rebuilt(v).String(); got != c.want {
				t.Errorf("rebuilt: got %s, want %s", got, c.want)
			}
			fromBytes, err := ParseBytes([]byte(c.text))
			if err != nil || !Equal(fromBytes, v) {
				t.Errorf("ParseBytes: got %s, %v, want %s", fromBytes, err, v)
			}
		})
	}
}

func TestParseUnique(t *testing.T) {
	for text, want := range map[string]string{
		`{"a":1,"b":{"a":1}}`:        "<nil>",
		`{"a":1,"a":2}`:              "Duplicate field at line 1, column 14",
		`[{"a":1},{"a":1,"a":`:       "Unexpected end-of-input within/between Object entries at line 1, column 21",
		`[{"b":{"a":1,"\u0061":1}}]`: "Duplicate field at line 1, column 25",
	} {
		if _, err := ParseUnique(text); fmt.Sprint(err) != want {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

// Duplicates collapse: the last value stands in the place of the first.
func TestParseDuplicates(t *testing.T) {
	const wide = `"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9`
	for _, c := range []struct{ name, text, want string }{
		{"twice", `{"a":1,"b":2,"a":3}`, `{"a":3,"b":2}`},
		{"three times", `{"a":1,"a":2,"a":3}`, `{"a":3}`},
		{"once written with an escape", `{"a":1,"\u0061":2}`, `{"a":2}`},
		{"among many", `{"a":1,` + wide + `,"a":"new"}`, `{"a":"new",` + wide + `}`},
		{"the outer text is not taken for the compact one", `[[{"a":1,"a":2}],5]`, `[[{"a":2}],5]`},
		{"behind an object of the same beginning", `[{"a":1,"b":2},{"a":1,"b":2,"a":3}]`, `[{"a":1,"b":2},{"a":3,"b":2}]`},
		{"before an object without", `[{"a":1,"a":3},{"a":1},{"a":4,"a":5}]`, `[{"a":3},{"a":1},{"a":5}]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := MustParse(c.text)
			if v.String() != c.want || rebuilt(v).String() != c.want {
				t.Errorf("got %s, want %s", v, c.want)
			}
			if v.Size() != len(c.want) {
				t.Errorf("size: got %d, want %d", v.Size(), len(c.want))
			}
			for name, member := range v.Members() {
				if !Equal(v.Get(name), member) {
					t.Errorf("%s: got %s, want %s", name, v.Get(name), member)
				}
			}
		})
	}
}

// Objects that follow one another share the list of their names, however the
// forms change on the way.
func TestParseSharesShapes(t *testing.T) {
	text := `[{"a":1,"b":2},{"a":3,"b":4},{"a":5},{"a":6,"b":7,"c":8},{"b":1,"a":2},{},{"b":1,"a":2},{"a":{"a":1,"b":2},"b":{"x":1}},{"a":{"a":1,"b":2},"b":{"x":2}}]`
	v := MustParse(text)
	if got := rebuilt(v).String(); got != text {
		t.Errorf("got  %s\nwant %s", got, text)
	}
	if v.Index(0).Shape() != v.Index(1).Shape() {
		t.Error("equal neighbours have two shapes")
	}
	if v.Index(7).Get("b").Shape() != v.Index(8).Get("b").Shape() {
		t.Error("members of equal neighbours have two shapes")
	}
	if v.Index(3).Shape() == v.Index(4).Shape() {
		t.Error("different objects have one shape")
	}
}

// A name that was written with an escape must not let the same bytes pass
// unescaped in the next object.
func TestParseRemembersNoEscapedNames(t *testing.T) {
	for _, c := range []struct{ name, first, second, message string }{
		{"quote", `{"a\"b":1}`, `{"a"b":1}`, "Unexpected character ('b' (code 98)): was expecting a colon to separate field name and value"},
		{"control character", `{"a\nb":1}`, "{\"a\nb\":1}", "Illegal unquoted character ((CTRL-CHAR, code 10)): has to be escaped using backslash to be included in string value"},
		{"surrogate half", `{"\ud800":1}`, "{\"\xED\xA0\x80\":1}", "Invalid UTF-8 start byte 0xed"},
		{"backslash", `{"\\n":1}`, `{"\x":1}`, "Unrecognized character escape 'x' (code 120)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse("[" + c.first + "," + c.second + "]")
			var bad *SyntaxError
			if !errors.As(err, &bad) || bad.Message != c.message {
				t.Errorf("got %v, want %s", err, c.message)
			}
		})
	}
	if got := MustParse(`[{"\\n":1},{"\n":2},{"\u005cn":3}]`).String(); got != `[{"\\n":1},{"\n":2},{"\\n":3}]` {
		t.Errorf("got %s", got)
	}
}

func TestParseDepth(t *testing.T) {
	nest := func(open, close string, n int) string {
		return strings.Repeat(open, n) + "1" + strings.Repeat(close, n)
	}
	for _, c := range []struct{ name, open, close string }{
		{"arrays", `[`, `]`},
		{"objects", `{"a":`, `}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := nest(c.open, c.close, MaxDepth)
			if v, err := Parse(text); err != nil || v.String() != text || rebuilt(v).String() != text {
				t.Errorf("depth %d: %v", MaxDepth, err)
			}
			_, err := Parse(nest(c.open, c.close, MaxDepth+1))
			var bad *SyntaxError
			if !errors.As(err, &bad) || bad.Message != "Document nesting depth (1001) exceeds the maximum allowed (1000)" {
				t.Errorf("depth %d: got %v", MaxDepth+1, err)
			}
			if _, err := Parse(strings.Repeat(c.open, 1_000_000)); !errors.As(err, &bad) {
				t.Errorf("depth 1,000,000: got %v", err)
			}
		})
	}
	flat := "[" + strings.Repeat("[],{},", 5000) + "[1]]" // brackets beside one another are not deep
	if _, err := Parse(flat); err != nil {
		t.Error(err)
	}
}

// A document that outgrows the scanner's buffers and slabs is whole.
func TestParseLarge(t *testing.T) {
	for _, doc := range benchTexts {
		t.Run(doc.name, func(t *testing.T) {
			v := MustParse(doc.text)
			want := MustParse(v.String())
			if !Equal(v, want) || rebuilt(v).String() != want.String() {
				t.Error("reading, writing and reading again gives another document")
			}
		})
	}
	v := MustParse(ordersText())
	if got, want := v.Get("orders").Len(), 650; got != want {
		t.Errorf("orders: got %d, want %d", got, want)
	}
	for i, order := range v.Get("orders").Items() {
		if got, want := order.Get("id").Text(), fmt.Sprintf("o-%05d", i); got != want {
			t.Fatalf("order %d: got %s, want %s", i, got, want)
		}
	}
}

// What Parse returns must not change when its buffers serve the next document,
// after an error too.
func TestParseKeepsNothing(t *testing.T) {
	v := MustParse(smallText)
	want := rebuilt(v).String()
	for _, text := range []string{`{"x":1,"y":[2,3],"orderId":"other","customer":5}`, `{"orderId":"bad`, `[1,2,{"a":}]`, smallText} {
		_, _ = Parse(text)
	}
	if got := rebuilt(v).String(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Goroutines that parse at the same time share scanners but no documents.
func TestParseConcurrently(t *testing.T) {
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			text := fmt.Sprintf(`{"id":%d,"list":[%d,{"id":"%d"}]}`, i, i, i)
			for range 200 {
				v := MustParse(text)
				if _, err := Parse(text[1:]); err == nil {
					t.Error("half a document is taken")
				}
				if got := rebuilt(v).String(); got != text {
					t.Errorf("got %s, want %s", got, text)
				}
			}
		})
	}
	all.Wait()
}

func TestParseAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector empties pools at random")
	}
	for _, c := range []struct {
		text string
		most float64 // slab of values, object, shape, names; array
	}{
		{`null`, 0},
		{`"a string"`, 0},
		{`-12.5`, 0},
		{`{}`, 0},
		{`[1,2,3]`, 2},
		{smallText, 4},
	} {
		if got := testing.AllocsPerRun(100, func() { MustParse(c.text) }); got > c.most {
			t.Errorf("%s: got %v allocations, want at most %v", c.text, got, c.most)
		}
	}
}

func TestMustParsePanics(t *testing.T) {
	defer func() {
		if _, ok := recover().(*SyntaxError); !ok {
			t.Error("MustParse did not panic with a *SyntaxError")
		}
	}()
	MustParse(`{`)
}
