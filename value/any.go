package value

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
)

// FromAny converts what encoding/json and ojg give: nil, bool, string, int,
// int64, float64, json.Number, []any, map[string]any (its names sorted), and
// Value itself. For another type the error names the type; NaN, infinities and
// a json.Number that is not a number are errors, too.
func FromAny(x any) (Value, error) {
	switch x := x.(type) {
	case nil:
		return NullValue, nil
	case Value:
		return x, nil
	case bool:
		return OfBool(x), nil
	case string:
		return OfString(x), nil
	case int:
		return OfInt(int64(x)), nil
	case int64:
		return OfInt(x), nil
	case float64:
		if v := OfFloat(x); v.Exists() {
			return v, nil
		}
		return Value{}, fmt.Errorf("value: %v has no JSON form", x)
	case json.Number:
		v, err := Parse(string(x))
		if err != nil || v.Kind() != Number {
			return Value{}, fmt.Errorf("value: json.Number %q is not a number", string(x))
		}
		return v, nil
	case []any:
		items := make([]Value, len(x))
		for i, item := range x {
			v, err := FromAny(item)
			if err != nil {
				return Value{}, err
			}
			items[i] = v
		}
		return OfSlice(items), nil
	case map[string]any:
		var b ObjectBuilder
		for _, name := range slices.Sorted(maps.Keys(x)) {
			v, err := FromAny(x[name])
			if err != nil {
				return Value{}, err
			}
			b.Set(name, v)
		}
		return b.Value(), nil
	}
	return Value{}, fmt.Errorf("value: cannot convert a %T", x)
}

// Any converts v to what encoding/json would give: nil, bool, float64, string,
// []any, map[string]any. Integers of up to 64 bits become int64, and numbers
// that no float64 holds json.Number. No value and opaque ones become nil.
func (v Value) Any() any {
	switch v.Kind() {
	case Bool:
		return v.Bool()
	case Number:
		if v.IsInteger() {
			if n, ok := v.Int(); ok {
				return n
			}
			return json.Number(v.NumberText())
		}
		if f := v.Float(); !math.IsInf(f, 0) {
			return f
		}
		return json.Number(v.NumberText())
	case String:
		return v.Text()
	case Array:
		out := make([]any, v.Len())
		for i, item := range v.Items() {
			out[i] = item.Any()
		}
		return out
	case Object:
		out := make(map[string]any, v.Len())
		for name, member := range v.Members() {
			out[name] = member.Any()
		}
		return out
	}
	return nil
}
