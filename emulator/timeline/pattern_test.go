package timeline

import (
	"fmt"
	"strings"
	"testing"
)

func TestPattern(t *testing.T) {
	for _, test := range []struct{ pattern, states, want string }{
		{"", "", "true"},
		{"A B", "A B", "true"},
		{"A B", "A", `1 "B"`},
		{"A", "A B", `1 ""`},
		{"A C", "A B", `1 "C"`},
		{"A * C", "A B C", "true"},
		{"*", "", `0 "*"`},
		{"…", "", "true"},
		{"…", "A B", "true"},
		{"A ... C", "A B B C", "true"},
		{"A … B C", "A B D B C", "true"},
		{"A … C", "A B", `2 "C"`},
		{"… C D", "A B C E", `3 "D"`},
		{"… A … B", "C A D B", "true"},
		{"A …", "B", `0 "A"`},
		{"… * B", "B", `1 "B"`},
	} {
		ok, at, want := Pattern(strings.Fields(test.pattern)).Match(strings.Fields(test.states))
		got := fmt.Sprint(ok)
		if !ok {
			got = fmt.Sprintf("%d %q", at, want)
		}
		if got != test.want {
			t.Errorf("%q for %q: got %s, want %s", test.pattern, test.states, got, test.want)
		}
	}
}

// Many gaps do not multiply the work.
func TestPatternWithManyGaps(t *testing.T) {
	states := make([]string, 2000)
	pattern := make(Pattern, 0, 4001)
	for range states {
		pattern = append(pattern, "…", "*")
	}
	if ok, _, _ := append(pattern, "B").Match(states); ok {
		t.Error("it fits")
	}
}
