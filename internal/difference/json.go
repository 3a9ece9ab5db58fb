package difference

import (
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/value"
)

// This file compares JSON values, by places and by lines.

// A Kind says what has become of a value.
type Kind string

// Kinds of changes.
const (
	Added   Kind = "added"
	Removed Kind = "removed"
	Changed Kind = "changed"
)

// A Change is a place of a JSON value that differs. If a whole object or array was added or
// removed, or became another kind of value, that is one change.
type Change struct {
	Kind Kind
	// Pointer is the JSON pointer of the place, in the value after; in the value before
	// if it was removed.
	Pointer string
	// Was is its pointer in the value before, if that is another one: items of an array
	// move when one before them is added or removed.
	Was           string
	Before, After value.Value // no value if it was added, removed
}

// JSON compares two values, either of which may be no value, and returns in what they
// differ, in the order of their members, up to limit changes. The order of members and the spelling of numbers (1, 1.0)
// make no difference. Items of arrays that are equal are found although they have moved.
func JSON(before, after value.Value, limit int) []Change {
	c := changes{limit: limit, pairing: pairing{budget: maxPairing}}
	c.compare("", "", before, after)
	return c.list
}

type changes struct {
	list  []Change
	limit int
	pairing
}

func (c *changes) full() bool { return len(c.list) >= c.limit }

func (c *changes) add(change Change) {
	if c.full() {
		return
	}
	if change.Was == change.Pointer {
		change.Was = ""
	}
	c.list = append(c.list, change)
}

// compare compares the values at pointers of both sides.
func (c *changes) compare(was, pointer string, before, after value.Value) {
	switch {
	case c.full():
	case !before.Exists() && !after.Exists():
	case !before.Exists():
		c.add(Change{Kind: Added, Pointer: pointer, After: after})
	case !after.Exists():
		c.add(Change{Kind: Removed, Pointer: was, Before: before})
	case before.Kind() == value.Object && after.Kind() == value.Object:
		for name, v := range before.Members() {
			if !after.Get(name).Exists() {
				c.add(Change{Kind: Removed, Pointer: member(was, name), Before: v})
			}
		}
		for name, v := range after.Members() {
			c.compare(member(was, name), member(pointer, name), before.Get(name), v)
		}
	case before.Kind() == value.Array && after.Kind() == value.Array:
		for _, p := range c.pairs(before, after) {
			switch {
			case p.equal:
			case p.after < 0:
				c.add(Change{Kind: Removed, Pointer: item(was, p.before), Before: before.Index(p.before)})
			case p.before < 0:
				c.add(Change{Kind: Added, Pointer: item(pointer, p.after), After: after.Index(p.after)})
			default:
				c.compare(item(was, p.before), item(pointer, p.after), before.Index(p.before), after.Index(p.after))
			}
		}
	case !value.Equal(before, after):
		c.add(Change{Kind: Changed, Pointer: pointer, Was: was, Before: before, After: after})
	}
}

// A pair is the indexes of an item in two arrays; -1 if it was added or removed.
type pair struct {
	before, after int
	equal         bool // known without another look
}

// A pairing pairs the items of arrays. Equal items are found by their texts, and arrays
// within arrays have the same text many times; when the budget of bytes is spent, items are
// paired by their index.
type pairing struct{ budget int }

const maxPairing = 64 << 20

// pairs finds which item of an array has become which one of another: items that are equal
// stay together, and between them, the first that was removed became the first that was added,
// and so on.
func (p *pairing) pairs(before, after value.Value) []pair {
	var list []pair
	x, y := 0, 0
	to := func(i, j int, equal bool) {
		for ; x < i && y < j; x, y = x+1, y+1 {
			list = append(list, pair{x, y, equal})
		}
		for ; x < i; x++ {
			list = append(list, pair{before: x, after: -1})
		}
		for ; y < j; y++ {
			list = append(list, pair{before: -1, after: y})
		}
	}
	if left, right := p.texts(before), p.texts(after); p.budget > 0 {
		for _, m := range Common(left, right) {
			to(m.Before, m.After, false)
			to(m.Before+m.Length, m.After+m.Length, true)
		}
	}
	to(before.Len(), after.Len(), false)
	return list
}

func (p *pairing) texts(array value.Value) []string {
	list := make([]string, array.Len())
	for i := 0; i < len(list) && p.budget > 0; i++ {
		list[i] = array.Index(i).String()
		p.budget -= len(list[i])
	}
	return list
}

func member(pointer, name string) string { return pointer + "/" + position.Escape(name) }

func item(pointer string, index int) string { return pointer + "/" + strconv.Itoa(index) }

// JSONLines compares two values as JSON texts with a line for each member and item. What
// makes no difference, such as the order of members, is shown as it is in after. It
// returns false if either text would have more than limit bytes.
func JSONLines(before, after value.Value, limit int) ([]Part, bool) {
	left := layout{limit: limit}
	right := layout{limit: limit}
	if !left.write((&pairing{budget: maxPairing}).arrange(before, after), 0, "") || !right.write(after, 0, "") {
		return nil, false
	}
	return Lines(left.text.String(), right.text.String()), true
}

// arrange returns before, with its members in the order that they have in after, and with
// what is equal spelled as it is there.
func (p *pairing) arrange(before, after value.Value) value.Value {
	switch {
	case before.Kind() == value.Object && after.Kind() == value.Object:
		var both []string // in the order of after
		for name := range after.Members() {
			if before.Get(name).Exists() {
				both = append(both, name)
			}
		}
		var b value.ObjectBuilder
		for name, v := range before.Members() {
			if after.Get(name).Exists() {
				name, both = both[0], both[1:]
				v = p.arrange(before.Get(name), after.Get(name))
			}
			b.Set(name, v)
		}
		return b.Value()
	case before.Kind() == value.Array && after.Kind() == value.Array:
		var items []value.Value
		for _, at := range p.pairs(before, after) {
			switch {
			case at.before < 0:
			case at.after < 0:
				items = append(items, before.Index(at.before))
			case at.equal:
				items = append(items, after.Index(at.after))
			default:
				items = append(items, p.arrange(before.Index(at.before), after.Index(at.after)))
			}
		}
		return value.OfSlice(items)
	case value.Equal(before, after):
		return after
	}
	return before
}

// A layout writes JSON with a line for each member and item.
type layout struct {
	text  strings.Builder
	limit int // of its bytes
}

// write writes a value at a level of indentation, then what follows it on its last line. It
// returns false when the limit is reached.
func (l *layout) write(v value.Value, level int, then string) bool {
	if l.text.Len() > l.limit {
		return false
	}
	if !v.Exists() {
		return true
	}
	ends := brackets[v.Kind()]
	if ends == "" || v.Len() == 0 {
		l.text.WriteString(v.String() + then + "\n")
		return true
	}
	l.text.WriteString(ends[:1] + "\n")
	for i := range v.Len() {
		l.indent(level + 1)
		child := v.Index(i)
		if v.Kind() == value.Object {
			var name string
			name, child = v.Member(i)
			l.text.WriteString(value.OfString(name).String() + ": ")
		}
		comma := ","
		if i == v.Len()-1 {
			comma = ""
		}
		if !l.write(child, level+1, comma) {
			return false
		}
	}
	l.indent(level)
	l.text.WriteString(ends[1:] + then + "\n")
	return l.text.Len() <= l.limit
}

func (l *layout) indent(level int) {
	for range level {
		l.text.WriteString("  ")
	}
}

var brackets = map[value.Kind]string{value.Object: "{}", value.Array: "[]"}
