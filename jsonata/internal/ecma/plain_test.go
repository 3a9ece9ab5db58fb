package ecma

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// Which patterns are run without package regexp, and which are not because a run
// might have to give characters back.
func TestPlainPatterns(t *testing.T) {
	for _, c := range []struct {
		pattern string
		want    bool
	}{
		{`o(\w)`, true}, {`\d+`, true}, {`^(\d{4})-(\d\d)-(\d\d)$`, true}, {`[^,]*,\s*(\w+)`, true}, {`\bfoo\b`, true},
		{`\w+@\w+\.com`, true}, {`a{2,4}b?c`, true}, {`\d\d*`, true}, {`^$`, true}, {`\b\w+\b`, true}, {`[\s\S]*`, true},
		{`.*x`, false}, {`a|b`, true}, {`ab|c`, false}, {`(ab)+`, false}, {`a+?b`, false}, {`(\d*)\d`, false}, {`\d*\b`, false}, {`[a ]+\b`, false},
		{`\d*^`, false}, {`a*\Ba`, false}, {`(a)?b`, false}, {`a*(b?)a`, false}, {`(?=a)b`, false}, {`(a)\1`, false},
	} {
		re, err := Compile(c.pattern, "")
		if err != nil {
			t.Errorf("/%s/: %v", c.pattern, err)
			continue
		}
		if got := re.plain != nil; got != c.want {
			t.Errorf("/%s/: got %v, want %v", c.pattern, got, c.want)
		}
	}
}

// A plain pattern finds what package regexp finds, in any text.
func TestPlainPatternsMatchAlike(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	atoms := []string{"a", "b", `\d`, `\w`, `\s`, "[ab]", "[^a]", "[^é]", "é", ".", "-", `\W`}
	ends := []string{"", "", "", "*", "+", "?", "{2}", "{1,2}", "{2,}", "{0,3}"}
	pick := func(list []string) string { return list[random.IntN(len(list))] }
	plain := 0
	for range 20_000 {
		var pattern, text strings.Builder
		open := false
		for range 1 + random.IntN(5) {
			switch random.IntN(12) {
			case 0:
				pattern.WriteString(`\b`)
			case 1:
				pattern.WriteString(pick([]string{"^", "$", `\B`}))
			case 2:
				if open = !open; open {
					pattern.WriteString("(")
				} else {
					pattern.WriteString(")")
				}
			}
			pattern.WriteString(pick(atoms) + pick(ends))
		}
		if open {
			pattern.WriteString(")")
		}
		for range random.IntN(12) {
			text.WriteString(pick([]string{"a", "b", "1", " ", "-", "é", "\n", "\xff", "aa", "12"}))
		}
		re, err := Compile(pattern.String(), pick([]string{"", "i"}))
		if err != nil {
			t.Fatalf("/%s/: %v", pattern.String(), err)
		}
		if re.plain == nil {
			continue
		}
		plain++
		s, m := text.String(), make(Match, re.plain.slots)
		want := re.linear.FindStringSubmatchIndex(s)
		found, sure, at := re.plain.find(s, 0, m)
		switch {
		case sure && found != (want != nil), found && !slices.Equal(m, want):
			t.Fatalf("/%s/ on %q: got %v %v, want %v", pattern.String(), s, found, m, want)
		case !sure && want != nil && want[0] < at:
			t.Fatalf("/%s/ on %q: it gave up at %d, behind the match at %d", pattern.String(), s, at, want[0])
		}
	}
	if plain < 5000 {
		t.Errorf("only %d of the patterns were plain", plain)
	}
}

// Where attempts read the same again and again, the engine for all patterns takes
// over.
func TestPlainPatternsGiveUp(t *testing.T) {
	re, err := Compile(`a+b`, "")
	if err != nil {
		t.Fatal(err)
	}
	s := strings.Repeat("a", 10_000)
	found, sure, at := re.plain.find(s, 0, make(Match, re.plain.slots))
	if found || sure || at > 2*patience {
		t.Errorf("got %v, %v at %d, want it to give up soon", found, sure, at)
	}
	var m Matcher
	if got, err := m.Find(re, s+"b", 0, nil); err != nil || !slices.Equal(got, Match{0, len(s) + 1}) {
		t.Errorf("got %v, %v, want the whole text", got, err)
	}
}
