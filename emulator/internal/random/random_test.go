package random

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
)

// draws is what a source gives first.
func draws(s *Source) string { return fmt.Sprint(s.Uint64(), s.Below(1_000_000), s.UUID()) }

func TestSeedsRepeat(t *testing.T) {
	first, again, other := draws(New(1)), draws(New(1)), draws(New(2))
	if first != again {
		t.Errorf("seed 1 gave %s, then %s", first, again)
	}
	if first == other {
		t.Errorf("seeds 1 and 2 both gave %s", first)
	}
	if a, b := draws(System()), draws(System()); a == b {
		t.Errorf("two runs without a seed both gave %s", a)
	}
}

// What a key gives does not depend on what was drawn before.
func TestKeys(t *testing.T) {
	s := New(1)
	first := draws(s.For("a"))
	s.Uint64()
	if again := draws(s.For("a")); again != first {
		t.Errorf("the key gave %s, then %s", first, again)
	}
	for name, other := range map[string]*Source{"another key": s.For("b"), "another seed": New(2).For("a"), "the seed itself": New(1)} {
		if draws(other) == first {
			t.Errorf("%s gave the same, %s", name, first)
		}
	}
	if a, b := draws(System().For("a")), draws(System().For("a")); a == b {
		t.Errorf("two runs without a seed both gave %s", a)
	}
}

func TestUUID(t *testing.T) {
	for _, s := range []*Source{System(), New(1)} {
		id, err := uuid.Parse(s.UUID())
		if err != nil || id.Version() != 4 || id.Variant() != uuid.RFC4122 {
			t.Errorf("got %s (version %d, %v), %v", id, id.Version(), id.Variant(), err)
		}
	}
}
