package position

import "testing"

func TestInside(t *testing.T) {
	const block = "a: |-\n  first\n    second\n  third\nb: first\n"
	for _, c := range []struct {
		about, text    string
		read           func(string) *Table
		pointer, value string
		start, end     int
		want           string
	}{
		{"as it is", `{"a": "bcde"}`, JSON, "/a", "bcde", 1, 3, "1:9 cd"},
		{"the end", `{"a": "bcde"}`, JSON, "/a", "bcde", 3, 4, "1:11 e"},
		{"nothing", `{"a": "bcde"}`, JSON, "/a", "bcde", 2, 2, "1:10 "},
		{"behind escapes", `{"a": "\"\u00e9\n\\cd"}`, JSON, "/a", "\"é\n\\cd", 5, 6, "1:20 c"},
		{"behind long letters", `{"a": "é漢c"}`, JSON, "/a", "é漢c", 5, 6, "1:10 c"},
		{"a long letter", `{"a": "b漢c"}`, JSON, "/a", "b漢c", 1, 4, "1:9 漢"},
		{"behind half a pair", `{"a": "\ud83d\ude00c"}`, JSON, "/a", "😀c", 4, 5, `1:7 "\ud83d\ude00c"`},
		{"beyond the string", `{"a": "bc"}`, JSON, "/a", "bc", 1, 9, `1:7 "bc"`},
		{"plain", "a: bcde\n", table, "/a", "bcde", 1, 3, "1:5 cd"},
		{"in single quotes", "a: 'bcde'\n", table, "/a", "bcde", 1, 3, "1:6 cd"},
		{"behind a doubled quote", "a: 'b''cde'\n", table, "/a", "b'cde", 3, 4, "1:4 'b''cde'"},
		{"in a block", block, table, "/a", "first\n  second\nthird", 8, 11, "3:5 sec"},
		{"the last line of a block", block, table, "/a", "first\n  second\nthird", 15, 20, "4:3 third"},
		{"in folded lines", "a: >-\n  b\n  c\n", table, "/a", "b c", 2, 3, "1:4 >-"},
	} {
		t.Run(c.about, func(t *testing.T) {
			places := c.read(c.text)
			where, ok := places.Lookup(c.pointer)
			if !ok {
				t.Fatalf("there is no %s", c.pointer)
			}
			r := places.Inside(where.Value, c.value, c.start, c.end)
			if got := r.Start.String() + " " + c.text[r.Start.Offset:r.End.Offset]; got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// table reads YAML that is known to be good.
func table(text string) *Table {
	_, places, err := YAML(text)
	if err != nil {
		panic(err)
	}
	return places
}
