package wtf8

import (
	"slices"
	"testing"
)

const (
	high = "\xed\xa0\xbd" // D83D
	low  = "\xed\xb8\x82" // DE02; together they are 😂
)

func TestCounts(t *testing.T) {
	for _, c := range []struct {
		name, text   string
		runes, units int
	}{
		{"nothing", "", 0, 0},
		{"ASCII", "abc", 3, 3},
		{"two bytes", "aé", 2, 2},
		{"a surrogate pair", "😂", 1, 2},
		{"halves that stand alone", low + high, 2, 2},
		{"bytes that are no text", "a\xff", 2, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := RuneCount(c.text); got != c.runes {
				t.Errorf("RuneCount: got %d, want %d", got, c.runes)
			}
			if got := UnitCount(c.text); got != c.units {
				t.Errorf("UnitCount: got %d, want %d", got, c.units)
			}
			if got := len(Runes(c.text)); got != c.runes {
				t.Errorf("Runes: got %d, want %d", got, c.runes)
			}
			if got := len(Units(c.text)); got != c.units {
				t.Errorf("Units: got %d, want %d", got, c.units)
			}
		})
	}
}

func TestUnitCounter(t *testing.T) {
	c := NewUnitCounter("a😂é")
	for _, at := range []struct{ bytes, units int }{{0, 0}, {1, 1}, {5, 3}, {7, 4}, {1, 1}} { // also backwards
		if got := c.At(at.bytes); got != at.units {
			t.Errorf("offset %d: got %d, want %d", at.bytes, got, at.units)
		}
	}
}

// Halves that meet become one character.
func TestAppend(t *testing.T) {
	if got := string(Append([]byte(high), low+"!")); got != "😂!" {
		t.Errorf("Append: got %q", got)
	}
	if got := String(Units("a😂")); got != "a😂" {
		t.Errorf("String of Units: got %q", got)
	}
	if got := string(Append([]byte(low), high)); got != low+high {
		t.Errorf("in the wrong order: got %q", got)
	}
}

func TestLess(t *testing.T) {
	sorted := []string{"", "a", "ab", "b", "é", "😂", "\uff5e"} // U+FF5E is behind both halves of 😂
	shuffled := []string{"\uff5e", "b", "😂", "", "é", "ab", "a"}
	slices.SortFunc(shuffled, func(a, b string) int {
		switch {
		case Less(a, b):
			return -1
		case Less(b, a):
			return 1
		}
		return 0
	})
	if !slices.Equal(shuffled, sorted) {
		t.Errorf("got %q, want %q", shuffled, sorted)
	}
}
