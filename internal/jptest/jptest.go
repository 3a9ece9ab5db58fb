// Package jptest lets the jp package of ojg query a value.Value, so that tests
// and benchmarks can compare our JSONPath with it.
package jptest

import (
	"github.com/ohler55/ojg/jp"

	"github.com/aslocal/aslocal/value"
)

// For returns v in a form that jp queries without converting the whole
// document: objects as jp.Keyed, arrays as jp.Indexed, the rest as Any returns
// it. jp cannot change it.
func For(v value.Value) any {
	switch v.Kind() {
	case value.Object:
		return keyed{v}
	case value.Array:
		return indexed{v}
	}
	return v.Any()
}

// From returns the value behind a result of a jp query on For; of a list of
// results, the array of their values. It fails as value.FromAny does.
func From(x any) (value.Value, error) {
	switch x := x.(type) {
	case keyed:
		return x.v, nil
	case indexed:
		return x.v, nil
	case []any:
		items := make([]value.Value, len(x))
		for i, item := range x {
			var err error
			if items[i], err = From(item); err != nil {
				return value.Value{}, err
			}
		}
		return value.OfSlice(items), nil
	}
	return value.FromAny(x)
}

type keyed struct{ v value.Value }

var _ jp.Keyed = keyed{}

func (k keyed) ValueForKey(key string) (any, bool) {
	member := k.v.Get(key)
	return For(member), member.Exists()
}
func (k keyed) SetValueForKey(string, any) {}
func (k keyed) RemoveValueForKey(string)   {}

func (k keyed) Keys() []string {
	names := make([]string, 0, k.v.Len())
	for name := range k.v.Members() {
		names = append(names, name)
	}
	return names
}

type indexed struct{ v value.Value }

var _ jp.Indexed = indexed{}

func (x indexed) ValueAtIndex(i int) any   { return For(x.v.Index(i)) }
func (x indexed) SetValueAtIndex(int, any) {}
func (x indexed) Size() int                { return x.v.Len() }
