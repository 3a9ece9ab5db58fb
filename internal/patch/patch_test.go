package patch

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/value"
)

func Example() {
	tree, err := Parse("a: 1  # one\nb: 2\n", YAML)
	if err != nil {
		panic(err)
	}
	tree.Root().Set("b", New(value.OfInt(3)))
	text, changes, err := tree.Write()
	fmt.Printf("%s%v %v\n", text, changes, err)
	// Output:
	// a: 1  # one
	// b: 3
	// [{15 16 3}] <nil>
}

// TestYAML changes texts whose form matters. What is done to a text is a line for each
// member: pointer = JSON, or pointer - to remove it.
func TestYAML(t *testing.T) {
	tests := []struct{ name, text, change, want string }{
		{"a comment above goes with its member", "a: 1\n# b\nb: 2\nc: 3\n", "/b -", "a: 1\nc: 3\n"},
		{"a comment between empty lines stays", "a: 1\n\n# all\n\nb: 2\nc: 3\n", "/b -", "a: 1\n# all\nc: 3\n"},
		{"a deeper comment below goes with its member", "a: 1\n  # a\nb: 2\n", "/a -", "b: 2\n"},
		{"the first of a list", "l:\n  - a: 1 # x\n    b: 2\n  - c\n", "/l/0/a -", "l:\n  - b: 2\n  - c\n"},
		{"all of a block", "a:\n  b: 1 # x\n  # y\nc: 2\n", "/a/b -", "a: {}\n  # y\nc: 2\n"},
		{"empty brackets", "a: {} # x\n", `/a/b = {"c": [1]}`, "a: # x\n  b:\n    c:\n      - 1\n"},
		{"nothing", "a:\nb: 1\n", `/a = "x"`, "a: x\nb: 1\n"},
		{"nothing with an anchor", "a: &x\nb: 1\n", `/b = 2`, "a: &x\nb: 2\n"},
		{"a byte order mark", "\ufeffa: 1\n", `/b = [2]`, "\ufeffa: 1\nb:\n  - 2\n"},
		{"line ends of Windows", "a: 1\r\nb: 2\r\n", `/c = "x\ny"`, "a: 1\r\nb: 2\r\nc: |-\r\n  x\r\n  y\r\n"},
		{"no line end at the end", "a: 1", `/b = 2`, "a: 1\nb: 2"},
		{"no line end behind a text that needs one", "a: 1", `/b = "x\ny\n"`, "a: 1\nb: |\n  x\n  y\n"},
		{"blanks at the end of a line", "a: 1  \nb: 2\n", `/a = "x\ny"`, "a: |-\n  x\n  y\nb: 2\n"},
		{"a comment behind a text that gets several lines", "a: 1 # x\n", `/a = "x\ny"`, "a: \"x\\ny\" # x\n"},
		{"quotes stay", "a: 'x'\nb: \"y\"\n", "/a = \"it's\"\n/b = \"z\"", "a: 'it''s'\nb: \"z\"\n"},
		{"quotes of the text around", "a: 'x'\nb: 'y'\n", `/c = "z"`, "a: 'x'\nb: 'y'\nc: 'z'\n"},
		{"words of older YAML", "a: x\n", `/b = "no"`, "a: x\nb: \"no\"\n"},
		{"a member in brackets", "a: {b: 1, c: x}\n", `/a/d = "z"`, "a: {b: 1, c: x, d: z}\n"},
		{"brackets over lines", "a: {\n  \"b\": 1\n}\n", `/a/c = "y"`, "a: {\n  \"b\": 1,\n  \"c\": \"y\"\n}\n"},
		{"a list as deep as its key", "a:\n- 1\nb: 2\n", `/c = [{"d": 3, "e": {"f": 4}}]`, "a:\n- 1\nb: 2\nc:\n- d: 3\n  e:\n    f: 4\n"},
		{"an alias says something else", "a: &x {b: 1}\nc: *x\n", "/c/b = 2", "a: &x {b: 1}\nc:\n  b: 2\n"},
		{"an anchor says something else", "a: &x {b: 1}\nc: *x\n", "/a/b = 2", "a: &x {b: 2}\nc:\n  b: 1\n"},
		{"both say something else", "a: &x {b: 1}\nc: *x\n", "/a/b = 2\n/c/b = 2", "a: &x {b: 2}\nc: *x\n"},
		{"a member that is merged is set", "a: &x {b: 1}\nc:\n  <<: *x\n  d: 2\n", "/c/b = 3", "a: &x {b: 1}\nc:\n  <<: *x\n  d: 2\n  b: 3\n"},
		{"a member that is merged is removed", "a: &x {b: 1, e: 4}\nc:\n  <<: *x\n  d: 2\n", "/c/b -", "a: &x {b: 1, e: 4}\nc:\n  d: 2\n  e: 4\n"},
		{"tags stay", "a: !Sub \"${x}\"\nb: !If [c, {d: 1}, 2]\n", "/b/1/d = 3", "a: !Sub \"${x}\"\nb: !If [c, {d: 3}, 2]\n"},
		{"texts behind a sign", "a: |+\n  x\n\nb: >\n  y\n  z\nc: 1\n", "/b -", "a: |+\n  x\n\nc: 1\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tree, err := Parse(tt.text, YAML)
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.SplitSeq(tt.change, "\n") {
				if pointer, ok := strings.CutSuffix(line, " -"); ok {
					tree.Root().Find(pointer).Holder().Remove()
					continue
				}
				pointer, text, _ := strings.Cut(line, " = ")
				i := strings.LastIndexByte(pointer, '/')
				tree.Root().Find(pointer[:i]).Set(pointer[i+1:], New(value.MustParse(text)))
			}
			got, changes, err := tree.Write()
			if err == nil {
				err = tree.Check(got, changes)
			}
			if err != nil || got != tt.want {
				t.Errorf("got\n%s\n%v, want\n%s", got, err, tt.want)
			}
		})
	}
}

func TestMembersMove(t *testing.T) {
	tree, err := Parse("a:\n  # b\n  b:\n    c: |\n      x\n\n      y\n    d: {e:\n      1}\nf: {}\n", YAML)
	if err != nil {
		t.Fatal(err)
	}
	m := tree.Root().Get("a").Member("b")
	twin := m.Clone()
	m.Remove()
	tree.Root().Set("g", Object("h", Object("i", Array())))
	tree.Root().Find("/g/h").Insert(0, m)
	twin.Rename("k")
	tree.Root().Insert(0, twin)
	got, changes, err := tree.Write()
	if err == nil {
		err = tree.Check(got, changes)
	}
	want := "# b\nk:\n  c: |\n    x\n\n    y\n  d: {e:\n    1}\na: {}\nf: {}\ng:\n  h:\n    # b\n    b:\n      c: |\n        x\n\n        y\n      d: {e:\n        1}\n    i: []\n"
	if err != nil || got != want {
		t.Errorf("got\n%s\n%v, want\n%s", got, err, want)
	}
}

func TestRefusals(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		format     Format
		want       string
	}{
		{"JSON", `{"a": tru}`, JSON, "1:10: "},
		{"a placeholder without end", `{"a": ${b}`, JSON, "1:11: expected a comma or }"},
		{"too deep", strings.Repeat("[", 1002), JSON, "exceeds the maximum allowed (1000)"},
		{"too deep in YAML", strings.Repeat("[", 1002), YAML, "the nesting is too deep"},
		{"YAML", "a: [\n", YAML, "did not find expected"},
		{"nothing", "", YAML, "the document is empty"},
		{"several documents", "a: 1\n---\nb: 1\n", YAML, "expected one document"},
		{"line ends of old Macs", "a: 1\rb: 2\n", YAML, "use line feeds"},
		{"aliases of aliases", "a: &a [1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e]\n", YAML, "too large to be changed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse(tt.text, tt.format)
			var bad *SyntaxError
			if !errors.As(err, &bad) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
	for _, tt := range []struct{ text, pointer, want string }{
		{"? a\n: 1\n", "", "question mark"},
		{"x: [a: 1,\n  b]\n", "/x/0", "a pair without braces"},
		{"x: {a, b}\n", "/x", "keys without a colon"},
		{"!!str a: 1\n", "", "keys with tags"},
	} {
		tree, err := Parse(tt.text, YAML)
		if err != nil {
			t.Fatal(err)
		}
		tree.Root().Find(tt.pointer).Set("a", New(value.OfInt(2)))
		if _, _, err := tree.Write(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %s", tt.text, err, tt.want)
		}
	}
}
