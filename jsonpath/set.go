package jsonpath

import (
	"fmt"

	"github.com/aslocal/aslocal/value"
)

// Set returns doc with v written at the place that the path means, as
// ResultPath does: members that are missing are made, with the objects around
// them; an item of an array is replaced. What lies off the path is shared with
// doc. It fails with a *ConflictError if there is something other than an
// object where a member, or no such item where an item is to be written; and
// with another error if the path is not a Reference Path. The root of the path
// is not looked at. Spec: "ResultPath".
func (p *Path) Set(doc, v value.Value) (value.Value, error) {
	if !p.IsReference() {
		return value.Value{}, fmt.Errorf("jsonpath: cannot write at '%s', which is not a reference path", p.text)
	}
	return p.set(0, doc, v)
}

// set writes v where the steps from i on lead from old.
func (p *Path) set(i int, old, v value.Value) (value.Value, error) {
	if i == len(p.steps) {
		return v, nil
	}
	s := &p.steps[i]
	if s.kind == byName {
		if !old.Exists() {
			old = value.EmptyObject
		}
		if old.Kind() != value.Object {
			return value.Value{}, &ConflictError{"$" + p.fragments(0, i), "an object", old.Kind().String()}
		}
		member, err := p.set(i+1, old.Get(s.name), v)
		if err != nil {
			return value.Value{}, err
		}
		return old.With(s.name, member), nil
	}
	n := s.indexes[0]
	if !old.Exists() {
		old = value.OfItems()
	}
	if old.Kind() != value.Array {
		return value.Value{}, &ConflictError{"$" + p.fragments(0, i), "an array", old.Kind().String()}
	}
	if n > old.Len() || n == old.Len() && n > 0 {
		return value.Value{}, &ConflictError{"$" + p.fragments(0, i), fmt.Sprintf("an array with an item %d", n), fmt.Sprintf("one of %d", old.Len())}
	}
	item, err := p.set(i+1, old.Index(n), v)
	switch {
	case err != nil:
		return value.Value{}, err
	case old.Len() == 0:
		return value.OfItems(item), nil
	}
	return old.WithIndex(n, item), nil
}
