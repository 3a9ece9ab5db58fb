package position

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/value"
)

// shown is how a place reads in these tests: start and text of key and value.
func shown(text string, p Place) string {
	part := func(r Range) string {
		if !r.Known() {
			return "-"
		}
		return fmt.Sprintf("%s %s", r.Start, text[r.Start.Offset:r.End.Offset])
	}
	return part(p.Key) + " | " + part(p.Value)
}

func checkPlaces(t *testing.T, text string, table *Table, places [][2]string) {
	t.Helper()
	for _, place := range places {
		p, ok := table.Lookup(place[0])
		if got := shown(text, p); !ok || got != place[1] {
			t.Errorf("%q:\n got %q, %v\nwant %q", place[0], got, ok, place[1])
		}
	}
}

func TestJSON(t *testing.T) {
	text := "{\r\n\t\"é\": [1.5e3, \"x\\\"]\", {\"a/b~c\\u0021\" : null}],\n \"\": {}, \"n\" :true\n}"
	checkPlaces(t, text, JSON(text), [][2]string{
		{"", "- | 1:1 " + text},
		{"/é", "2:2 \"é\" | 2:7 [1.5e3, \"x\\\"]\", {\"a/b~c\\u0021\" : null}]"},
		{"/é/0", "- | 2:8 1.5e3"},
		{"/é/1", "- | 2:15 \"x\\\"]\""},
		{"/é/2", "- | 2:23 {\"a/b~c\\u0021\" : null}"},
		{"/é/2/a~1b~0c!", "2:24 \"a/b~c\\u0021\" | 2:40 null"},
		{"/", "3:2 \"\" | 3:6 {}"},
		{"/n", "3:10 \"n\" | 3:15 true"},
	})
	for _, pointer := range []string{"é", "/x", "/é/3", "/é/-1", "/é/00", "/é/0/x", "/é/", "//"} {
		if p, ok := JSON(text).Lookup(pointer); ok {
			t.Errorf("%q: got %v", pointer, p)
		}
	}
}

func TestJSONKeepsWhatItCanRead(t *testing.T) {
	for _, text := range []string{`{"a": 1, "b"`, `{"a": 1, b: 2}`, `{"a": 1 "b": 2}`, `{"a": 1, "b": "x`, `{"a": 1, "b": [1`, `{"a": 1, "b": [,`, `{"a":1]`} {
		p, ok := JSON(text).Lookup("/a")
		if !ok || text[p.Value.Start.Offset:p.Value.End.Offset] != "1" {
			t.Errorf("%s: got %v, %v", text, p, ok)
		}
	}
	for _, text := range []string{"", "  ", "}", `"`, strings.Repeat("[", 5000)} {
		if _, ok := JSON(text).Lookup("/0/a"); ok {
			t.Errorf("%q: found something", text)
		}
	}
	var nothing *Table
	if _, ok := nothing.Lookup(""); ok || nothing.Duplicates(5) != nil {
		t.Error("no table has found something")
	}
}

func TestDuplicates(t *testing.T) {
	text := "{\"a\": {\"x\": 1, \"/\": 2, \"x\": 3,\n\"x\": 4}, \"b\": [{\"x\": 1}, {\"x\": 1}], \"a\": {\"x\": 5}, \"\\u002f\": 1, \"/\": 2}"
	var got []string
	for _, d := range JSON(text).Duplicates(10) {
		got = append(got, fmt.Sprintf("%s %s %s", d.Pointer, d.First.Start, d.Second.Start))
	}
	want := "/a/x 1:8 1:24, /a/x 1:24 2:1, /a 1:2 2:37, /~1 2:52 2:65"
	if got := strings.Join(got, ", "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := JSON(text).Duplicates(1); len(got) != 1 {
		t.Errorf("got %d, want 1", len(got))
	}
	checkPlaces(t, text, JSON(text), [][2]string{{"/a/x", "2:43 \"x\" | 2:48 5"}})
}

func TestPositionInLongLines(t *testing.T) {
	line := strings.Repeat("aé\U0001F600", 3000) // 3 characters in 7 bytes
	text := line + "\n" + line + "x"
	table := JSON(text)
	for _, want := range []Position{
		{0, 1, 1}, {1, 1, 2}, {7 * 2999, 1, 3*2999 + 1}, {7 * 3000, 1, 9001},
		{7*3000 + 1, 2, 1}, {7*3000 + 1 + 7*1500 + 3, 2, 4503}, {7*6000 + 1, 2, 9001}, {len(text), 2, 9002},
	} {
		if got := table.Position(want.Offset); got != want {
			t.Errorf("offset %d: got %s, want %s", want.Offset, got, want)
		}
		if got := table.offset(want.Line, want.Column); got != want.Offset {
			t.Errorf("%s: got offset %d, want %d", want, got, want.Offset)
		}
	}
	if got := table.Position(1 << 30); got.Offset != len(text) {
		t.Errorf("beyond the end: got %v", got)
	}
	if got, want := table.Before(7*3000), (Position{7*2999 + 3, 1, 8999 + 1}); got != want {
		t.Errorf("before the end of the line: got %v, want %v", got, want)
	}
	if got := table.Before(0); got.Offset != 0 {
		t.Errorf("before the start: got %v", got)
	}
}

func TestEscape(t *testing.T) {
	for name, want := range map[string]string{"a": "a", "/": "~1", "~": "~0", "~1/": "~01~1"} {
		if got := Escape(name); got != want || Unescape(got) != name {
			t.Errorf("Escape(%q) = %q, back %q; want %q", name, got, Unescape(got), want)
		}
	}
}

func TestValueAt(t *testing.T) {
	v := value.MustParse(`{"a/b": [1, {"~": 2}], "": 3}`)
	for pointer, want := range map[string]string{
		"": v.String(), "/a~1b/0": "1", "/a~1b/1/~0": "2", "/": "3", "/a~1b/2": "", "/a~1b/x": "", "/a~1b/-1": "", "/a~1b/0/c": "", "/no": "",
	} {
		got := ""
		if found := ValueAt(v, pointer); found.Exists() {
			got = found.String()
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", pointer, got, want)
		}
	}
}

func FuzzJSON(f *testing.F) {
	f.Add(`{"a": [1, {"b": "c\n"}], "a": null}`)
	f.Add(`["\ud800", {"": -1.5}]`)
	f.Fuzz(func(t *testing.T, text string) {
		table := JSON(text)
		table.Lookup("/a/0")
		table.Duplicates(3)
		checkNodes(t, table)
	})
}

// checkNodes checks that every node is within the text.
func checkNodes(t *testing.T, table *Table) {
	for _, n := range table.nodes {
		for _, s := range []span{n.key, n.value} {
			if s.start < 0 || s.end < s.start || int(s.end) > len(table.text) {
				t.Errorf("%q: got %v", table.text, s)
			}
		}
	}
}

func BenchmarkJSON(b *testing.B) {
	text := `{"States": {` + strings.Repeat(`"State": {"Type": "Pass", "Parameters": {"a": [1, 2, 3]}, "Next": "State"}, `, 200) + `"End": {}}}`
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		JSON(text).Lookup("/States/End")
	}
}
