package ecma

import (
	"slices"
	"testing"
	"time"
)

// FuzzFind finds matches of any pattern in any text: they lie in it, ascend, and
// are the same for a plain pattern as package regexp finds.
func FuzzFind(f *testing.F) {
	for _, seed := range []string{`a(b+)?`, `[^\s\w-]{1,3}?`, `(?:x|y)*z`, `\bfoo\b`, `^a.$`, `[\d-x]|[^]`, `\u0041\x42\cA\0`, `(a)(?<n>b)\2`, `(?<!a)b`} {
		f.Add(seed, "xabbz foo\nAB", "i")
	}
	f.Add("\xe2", "\xc4", "") // bytes that are no characters are all alike
	f.Fuzz(func(t *testing.T, pattern, text, flags string) {
		if len(pattern) > 100 || len(text) > 100 {
			return
		}
		re, err := Compile(pattern, flags)
		if err != nil {
			return
		}
		if re.plain != nil {
			m := make(Match, re.plain.slots)
			want := re.linear.FindStringSubmatchIndex(text)
			if found, sure, _ := re.plain.find(text, 0, m); sure && (found != (want != nil) || found && !slices.Equal(m, want)) {
				t.Fatalf("/%s/%s on %q: got %v %v, want %v", pattern, flags, text, found, m, want)
			}
		}
		matcher := Matcher{Timeout: 100 * time.Millisecond}
		for from := 0; from <= len(text); {
			m, err := matcher.Find(re, text, from, nil)
			if m == nil || err != nil {
				return
			}
			if m[0] < from || m[1] < m[0] || m[1] > len(text) || len(m) != 2*(re.Groups()+1) {
				t.Fatalf("/%s/%s on %q from %d: match at %v", pattern, flags, text, from, m)
			}
			from = max(m[1], from+width(text, from))
		}
	})
}
