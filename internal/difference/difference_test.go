package difference

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/value"
)

func TestUnified(t *testing.T) {
	numbers := func(from, to int) string {
		var b strings.Builder
		for i := from; i <= to; i++ {
			fmt.Fprintln(&b, i)
		}
		return b.String()
	}
	for _, tt := range []struct{ name, before, after, want string }{
		{"equal texts", "a\nb\n", "a\nb\n", ""},
		{"the end of the last line does not count", "a\nb", "a\nb\n", ""},
		{"both empty", "", "", ""},
		{"all added", "", "a\nb\n", "@@ -0,0 +1,2 @@\n+a\n+b\n"},
		{"all removed", "a\n", "", "@@ -1 +0,0 @@\n-a\n"},
		{"an empty line is a line", "\n", "", "@@ -1 +0,0 @@\n-\n"},
		{"one line of three", "a\nb\nc\n", "a\nx\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n"},
		{"context of two lines", numbers(1, 9), strings.Replace(numbers(1, 9), "5\n", "", 1), "@@ -3,5 +3,4 @@\n 3\n 4\n-5\n 6\n 7\n"},
		{"changes that share their context are one hunk", numbers(1, 9), strings.NewReplacer("3\n", "x\n", "8\n", "").Replace(numbers(1, 9)), "@@ -1,9 +1,8 @@\n 1\n 2\n-3\n+x\n 4\n 5\n 6\n 7\n-8\n 9\n"},
		{"changes far apart are two hunks", numbers(1, 12), strings.NewReplacer("1\n2\n", "2\n", "9\n", "x\n").Replace(numbers(1, 12)), "@@ -1,3 +1,2 @@\n-1\n 2\n 3\n@@ -7,5 +6,5 @@\n 7\n 8\n-9\n+x\n 10\n 11\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Unified(Lines(tt.before, tt.after), 2); got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
}

func TestLines(t *testing.T) {
	got := Lines("a\nb\nc\nd", "a\nx\ny\nc")
	want := []Part{
		{Before: 1, After: 1, Same: []string{"a"}},
		{Before: 2, After: 2, Removed: []string{"b"}, Added: []string{"x", "y"}},
		{Before: 3, After: 4, Same: []string{"c"}},
		{Before: 4, After: 5, Removed: []string{"d"}, Added: []string{}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if added, removed := Count(got); added != 2 || removed != 2 {
		t.Errorf("got %d added and %d removed, want 2 and 2", added, removed)
	}
}

// longestCommon is how many items two lists have in common at most: by the table of all
// pairs.
func longestCommon(a, b []int) int {
	row := make([]int, len(b)+1)
	for i := range a {
		diagonal := 0
		for j := range b {
			above := row[j+1]
			if a[i] == b[j] {
				row[j+1] = diagonal + 1
			} else {
				row[j+1] = max(row[j+1], row[j])
			}
			diagonal = above
		}
	}
	return row[len(b)]
}

// checkMatches fails if the matches are out of order or match what differs. It returns how
// many items they have.
func checkMatches(t *testing.T, a, b []int, matches []Match) int {
	t.Helper()
	x, y, total := 0, 0, 0
	for _, m := range matches {
		if m.Before < x || m.After < y || m.Length < 1 || !slices.Equal(a[m.Before:m.Before+m.Length], b[m.After:m.After+m.Length]) {
			t.Fatalf("match %+v of %v, %v after %d, %d", m, a, b, x, y)
		}
		x, y, total = m.Before+m.Length, m.After+m.Length, total+m.Length
	}
	return total
}

func TestCommonIsLongest(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 2))
	list := func() []int {
		kinds := 1 + chance.IntN(6)
		l := make([]int, chance.IntN(24))
		for i := range l {
			l[i] = chance.IntN(kinds)
		}
		return l
	}
	for range 3000 {
		a, b := list(), list()
		if got, want := checkMatches(t, a, b, Common(a, b)), longestCommon(a, b); got != want {
			t.Fatalf("%v and %v have %d items in common, found %d", a, b, want, got)
		}
	}
}

// A search that loses patience still finds a difference.
func TestCommonWithoutPatience(t *testing.T) {
	chance := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		a, b := make([]int, chance.IntN(80)), make([]int, chance.IntN(80))
		for _, l := range [][]int{a, b} {
			for i := range l {
				l[i] = chance.IntN(5)
			}
		}
		s := newSearch(a, b)
		s.patience = 1 + chance.IntN(4)
		s.compare(0, len(a), 0, len(b))
		keep := func(l []int, gone []bool) (kept []int) {
			for i, n := range l {
				if !gone[i] {
					kept = append(kept, n)
				}
			}
			return kept
		}
		if left, right := keep(a, s.removed), keep(b, s.added); !slices.Equal(left, right) {
			t.Fatalf("%v and %v: %v and %v are said to be equal", a, b, left, right)
		}
	}
}

func parse(text string) value.Value {
	if text == "" {
		return value.Value{}
	}
	return value.MustParse(text)
}

func TestJSON(t *testing.T) {
	for _, tt := range []struct{ name, before, after, want string }{
		{"equal", `{"a":1,"b":[1,2]}`, `{"b":[1,2.0],"a":1}`, ``},
		{"a member each", `{"a":1,"b":2}`, `{"b":3,"c":4}`, `removed /a 1 ; changed /b 2 3; added /c  4`},
		{"names are escaped", `{"a/b":{"~":1}}`, `{"a/b":{"~":2}}`, `changed /a~1b/~0 1 2`},
		{"another kind is one change", `{"a":{"b":1}}`, `{"a":[1]}`, `changed /a {"b":1} [1]`},
		{"null is a value", `{"a":null}`, `{}`, `removed /a null `},
		{"the whole value", `1`, `"1"`, `changed  1 "1"`},
		{"a value where there was none", ``, `{}`, `added   {}`},
		{"none where there was one", `1`, ``, `removed  1 `},
		{"none at all", ``, ``, ``},
		{"an item in front", `[{"n":1},{"n":2}]`, `[0,{"n":1},{"n":2}]`, `added /0  0`},
		{"an item that moved and one that changed", `[{"n":1},{"n":2},3]`, `[{"n":2},{"n":3}]`, `removed /0 {"n":1} ; changed /1 (was /2) 3 {"n":3}`},
		{"an item in the middle", `[1,{"n":2,"m":2},3]`, `[1,{"n":2,"m":5},3]`, `changed /1/m 2 5`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, c := range JSON(parse(tt.before), parse(tt.after), 100) {
				text := func(v value.Value) string {
					if !v.Exists() {
						return ""
					}
					return v.String()
				}
				was := ""
				if c.Was != "" {
					was = " (was " + c.Was + ")"
				}
				got = append(got, fmt.Sprintf("%s %s%s %s %s", c.Kind, c.Pointer, was, text(c.Before), text(c.After)))
			}
			if strings.Join(got, "; ") != tt.want {
				t.Errorf("got  %s\nwant %s", strings.Join(got, "; "), tt.want)
			}
		})
	}
}

func TestJSONStopsAtLimit(t *testing.T) {
	if got := JSON(value.MustParse(`[1,2,3]`), value.MustParse(`[{"a":1},{"b":1},{"c":1}]`), 2); len(got) != 2 {
		t.Errorf("got %d changes, want 2", len(got))
	}
}

func TestJSONLines(t *testing.T) {
	for _, tt := range []struct{ name, before, after, want string }{
		{"order and spelling are no difference", `{"a":1.0,"b":{}}`, `{"b":{},"a":1}`, ""},
		{"a member", `{"b":[1,{"c":"x"}],"a":1}`, `{"a":1,"b":[1,{"c":"y"}]}`, "@@ -6 +6 @@\n-      \"c\": \"x\"\n+      \"c\": \"y\"\n"},
		{"a value where there was none", ``, `[1]`, "@@ -0,0 +1,3 @@\n+[\n+  1\n+]\n"},
		{"one that only one side has", `{"z":0,"a":1}`, `{"a":1}`, "@@ -2 +1,0 @@\n-  \"z\": 0,\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			parts, ok := JSONLines(parse(tt.before), parse(tt.after), 1000)
			if got := Unified(parts, 0); got != tt.want || !ok {
				t.Errorf("got %v\n%swant\n%s", ok, got, tt.want)
			}
		})
	}
}

// A deep value makes a text that is much longer than itself.
func TestJSONLinesHasLimit(t *testing.T) {
	deep := value.MustParse(strings.Repeat("[", 900) + strings.Repeat("1,", 10_000) + "1" + strings.Repeat("]", 900))
	if _, ok := JSONLines(deep, value.MustParse("1"), 1<<20); ok {
		t.Error("a text of 18 MB is under a limit of 1 MiB")
	}
}

// Arrays within arrays, with the difference last, take no longer than their size.
func TestJSONOfDeepArrays(t *testing.T) {
	deep := func(last string) value.Value {
		return value.MustParse(strings.Repeat("[0,", 900) + strings.Repeat(`"item",`, 100_000) + last + strings.Repeat("]", 900))
	}
	got := JSON(deep("1"), deep("2"), 10)
	if len(got) != 1 || got[0].Pointer != strings.Repeat("/1", 899)+"/100001" {
		t.Errorf("got %d changes", len(got))
	}
}

func BenchmarkLines(b *testing.B) {
	chance := rand.New(rand.NewPCG(5, 6))
	text := func(change func(i int) string) string {
		var s strings.Builder
		for i := range 25_000 {
			s.WriteString(change(i) + "\n")
		}
		return s.String()
	}
	same := text(func(i int) string { return fmt.Sprint(i) })
	loop := text(func(i int) string { return fmt.Sprint(i % 7) })
	for _, bb := range []struct{ name, before, after string }{
		{"a change in 1,000", same, text(func(i int) string { return fmt.Sprint(i + 100_000*(i%1000/999)) })},
		{"nothing in common", same, text(func(i int) string { return fmt.Sprint(-i - 1) })},
		{"the same lines in another order", loop, text(func(int) string { return fmt.Sprint(chance.IntN(7)) })},
	} {
		b.Run(bb.name, func(b *testing.B) {
			for b.Loop() {
				Lines(bb.before, bb.after)
			}
		})
	}
}
