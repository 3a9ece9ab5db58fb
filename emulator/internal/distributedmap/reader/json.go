package reader

import (
	"io"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/value"
)

// This file reads documents in JSON. Guide: "ItemReader (Map)",
// "ItemsPointer".

// maxPointer is how long an ItemsPointer may be.
const maxPointer = 2000

// json adds the items of an array, or takes an object as it is: its members are
// iterated then. Where several objects are read, the values of the members are
// items.
//
// A text of up to r.piece is parsed as a whole. A longer array is parsed in
// pieces. Anything else is parsed as a whole, too, since what decides about it
// may come last.
func (r *reading) json(f *object) error {
	in := newJSONText(f, r)
	more, err := in.read(r.piece)
	if err != nil {
		return err
	}
	if more && r.config.pointer == "" && in.isArray() {
		return r.array(f, io.MultiReader(strings.NewReader(in.text.String()), in.from))
	}
	v, err := in.parse()
	if err != nil {
		return err
	}
	if v, err = pointed(v, r.config.pointer); err != nil {
		return err
	}
	if v.Kind() == value.Object && !r.config.flatten && !r.config.athena {
		return r.members(v)
	}
	if v.Kind() != value.Array && v.Kind() != value.Object {
		return notIterable()
	}
	for i, item := range items(v) {
		if in.text.Len() > maxItem && item.Size() > maxItem {
			return tooLargeItem("item " + strconv.Itoa(i))
		}
		if err := r.keep(item); err != nil {
			return err
		}
	}
	return nil
}

// items ranges over the items of an array or the values of an object.
func items(v value.Value) func(yield func(int, value.Value) bool) {
	if v.Kind() == value.Array {
		return v.Items()
	}
	return func(yield func(int, value.Value) bool) {
		i := 0
		for _, member := range v.Members() {
			if !yield(i, member) {
				return
			}
			i++
		}
	}
}

// members takes the first members of an object, as many as are wanted.
func (r *reading) members(v value.Value) error {
	if r.whole = v; v.Len() <= r.config.maxItems {
		return nil
	}
	var b value.ObjectBuilder
	for name, member := range v.Members() {
		if b.Len() == r.config.maxItems {
			break
		}
		b.Set(name, member)
	}
	r.whole = b.Value()
	return nil
}

// pointed is what a JSON Pointer leads to.
func pointed(v value.Value, pointer string) (value.Value, error) {
	if pointer == "" {
		return v, nil
	}
	if pointer[0] != '/' || len(pointer) >= maxPointer {
		return v, failed("ItemsPointer: expected a JSON Pointer of less than %d characters that begins with /, got %q", maxPointer, shortened(pointer))
	}
	at := v
	for name := range strings.SplitSeq(pointer[1:], "/") {
		name = position.Unescape(name)
		switch at.Kind() {
		case value.Object:
			at = at.Get(name)
		case value.Array:
			i, err := strconv.Atoi(name)
			if err != nil || strconv.Itoa(i) != name {
				i = -1
			}
			at = at.Index(i)
		default:
			at = value.Value{}
		}
		if !at.Exists() {
			return at, failed("ItemsPointer: nothing is at %q", shortened(pointer))
		}
	}
	return at, nil
}

func shortened(text string) string {
	if len(text) > 80 {
		return text[:80] + "…"
	}
	return text
}
