package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/ohler55/ojg/oj"
	"github.com/ohler55/ojg/pretty"
	"github.com/ohler55/ojg/sen"

	"github.com/aslocal/aslocal/value"
)

func printed(t *testing.T, f format, v value.Value) string {
	t.Helper()
	var b bytes.Buffer
	if err := f.print(&b, v); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func TestFormat(t *testing.T) {
	const long = "a text that is long enough for a line of its own, or for nearly one"
	for _, c := range []struct {
		name string
		f    format
		v    string
		want string
	}{
		{"a line", formatJSON, `{"b":1.0,"a":[]}`, `{"b":1.0,"a":[]}`},
		{"no terminal", formatAuto, `{"b":1.0,"a":[]}`, `{"b":1.0,"a":[]}`},
		{"what fits is one line", formatPretty, `{"b":1.0,"a":[1,"x",null,{}]}`, `{"b": 1.0, "a": [1, "x", null, {}]}`},
		{"the order of members and the text of numbers stay", formatPretty, `{"z":1e2,"a":12345678901234567890}`, `{"z": 1e2, "a": 12345678901234567890}`},
		{"what is too long is not", formatPretty, `{"b":"` + long + `","a":["` + long + `"]}`, "{\n  \"b\": \"" + long + "\",\n  \"a\": [\"" + long + "\"]\n}"},
		{"three levels are not", formatPretty, `[[[1]]]`, "[\n  [[1]]\n]"},
		{"a scalar", formatPretty, `"x"`, `"x"`},
		{"SEN", formatSEN, `{"b":"x y","a":["x","1","true",1,true,"a-b","",":"],"c d":null}`, `{b: "x y" a: [x "1" "true" 1 true a-b "" ":"] "c d": null}`},
		{"SEN in lines", formatSEN, `{"b":"` + long + `","a":["` + long + `"]}`, "{\n  b: \"" + long + "\"\n  a: [\"" + long + "\"]\n}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := printed(t, c.f, value.MustParse(c.v)); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// Where the members of objects are in the order that ojg sorts them in, and
// numbers are written as it writes them, the layout is the one of its writer.
func TestFormatIsTheOneOfOjg(t *testing.T) {
	for _, text := range []string{
		`[1,2,3]`, `{}`, `[]`, `{"a":{"b":{"c":[1,2,{"d":[]}]}}}`, `[[1,[2,[3,[4,[5]]]]],{"x":true}]`,
		`{"lines":[{"price":12.5,"sku":"A-17","text":"a long description of an article"},{"price":3,"sku":"B-2","text":"short"}],"total":28}`,
	} {
		v := value.MustParse(text)
		if got, want := printed(t, formatPretty, v), pretty.JSON(oj.MustParseString(text), 80.3); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}

// SEN is read back as what it was.
func TestFormatSENReadsBack(t *testing.T) {
	texts := []string{"a", "a b", "true", "null", "1", "-", "-1", "+1", ".5", "$.a", "*", "1e5", "a:b", "é", "{", "a}", "'", "\"", "\n", "a\tb", "//", "#", "a,b", "(x)", "$x", "@", "2020-01-02", strings.Repeat("x", 100), "\u2028"}
	var items []value.Value
	for _, text := range texts {
		items = append(items, value.OfString(text), value.OfMembers(text, value.OfString(text)))
	}
	v := value.OfSlice(items)
	back, err := sen.Parse([]byte(printed(t, formatSEN, v)))
	if err != nil {
		t.Fatal(err)
	}
	got, err := value.FromAny(back)
	if err != nil || !value.Equal(got, v) {
		t.Errorf("got %v, %v, want %v", got, err, v)
	}
}

func TestFormatFlag(t *testing.T) {
	var f format
	if err := f.Set("yaml"); err == nil || err.Error() != "expected json, pretty or sen" {
		t.Errorf("got %v", err)
	}
	if err := f.Set("sen"); err != nil || f != formatSEN {
		t.Errorf("got %v, %v", f, err)
	}
}
