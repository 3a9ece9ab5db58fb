package api

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/internal/caller"
)

// TestListingOfAll reads lists of resources in several regions and accounts in pages of
// every size: who has no signature sees all, by name, and of one name that at home first;
// others see what is theirs.
func TestListingOfAll(t *testing.T) {
	home, away, other := arn.Home{Region: "us-east-1", Account: "123456789012"}, arn.Home{Region: "eu-west-1", Account: "123456789012"}, arn.Home{Region: "us-east-1", Account: "222222222222"}
	names := map[arn.Home][]string{home: {"a", "b", "b-1", "c"}, away: {"b", "bb"}, other: {"b", "d"}}
	shown := func(text string) string {
		at, _ := arn.Parse(text)
		return fmt.Sprintf("%s:%s:%s", at.Region, at.Account[:1], at.Name)
	}
	all := listing[string]{
		in: func(h arn.Home, after string) iter.Seq[string] {
			return func(yield func(string) bool) {
				for _, name := range names[h] {
					if name > after && !yield(h.StateMachine(name)) {
						return
					}
				}
			}
		},
		elsewhere: func(arn.Home) (others []string) {
			for _, one := range []arn.Home{away, other} {
				for _, name := range names[one] {
					others = append(others, one.StateMachine(name))
				}
			}
			return others
		},
		of: func(text string) (string, string) { return text, text[strings.LastIndexByte(text, ':')+1:] },
	}
	everything := []string{"us-east-1:1:a", "us-east-1:1:b", "eu-west-1:1:b", "us-east-1:2:b", "us-east-1:1:b-1", "eu-west-1:1:bb", "us-east-1:1:c", "us-east-1:2:d"}
	for size := 1; size <= len(everything)+1; size++ {
		var got []string
		for after, more := "", true; more; {
			more = false
			rest, position := all.from(t.Context(), home, after)
			n := 0
			for item := range rest {
				if n++; n > size {
					more = true
					break
				}
				got, after = append(got, shown(item)), position(item)
			}
		}
		if !slices.Equal(got, everything) {
			t.Errorf("pages of %d: %q", size, got)
		}
	}
	for h, want := range map[arn.Home][]string{home: {"us-east-1:1:b-1", "us-east-1:1:c"}, away: {"eu-west-1:1:bb"}} {
		rest, _ := all.from(caller.With(t.Context(), caller.Caller{Home: h}), home, "b")
		var got []string
		for item := range rest {
			got = append(got, shown(item))
		}
		if !slices.Equal(got, want) {
			t.Errorf("after b: %q", got)
		}
	}
}
