package jsonata

import (
	"github.com/aslocal/aslocal/value"
)

// This file has the functions of objects and of values of any type, and the
// functions that raise errors.

// keys is $keys: of an array, the names of all its objects.
func keys(c Call, args []value.Value) (value.Value, error) {
	if err := c.run.checkSize(args[0]); err != nil {
		return value.Value{}, err
	}
	names := args[0].Shape()
	if names == nil {
		var b value.ObjectBuilder
		collectNames(&b, args[0])
		names = b.Value().Shape()
	}
	out := make([]value.Value, names.Len())
	for i := range out {
		out[i] = value.OfString(names.Name(i))
	}
	return sequence(out), c.run.grow(len(out))
}

func collectNames(b *value.ObjectBuilder, v value.Value) {
	for _, item := range v.Slice() {
		collectNames(b, item)
	}
	for name := range v.Members() {
		b.Set(name, value.True)
	}
}

// lookup is $lookup.
func lookup(c Call, args []value.Value) (value.Value, error) {
	return c.run.lookUp(args[0], textOf(args[1]))
}

// spread is $spread: an object for each member.
func spread(c Call, args []value.Value) (value.Value, error) {
	v := args[0]
	switch v.Kind() {
	case value.Object:
		out, err := spreadInto(c, nil, v)
		return sequence(out), err
	case value.Array:
		if err := c.run.checkSize(v); err != nil {
			return value.Value{}, err
		}
		out, err := spreadInto(c, nil, v)
		if v.Len() == 0 {
			return sequence(nil), err
		}
		return value.OfSlice(out), err
	}
	return v, nil
}

func spreadInto(c Call, out []value.Value, v value.Value) ([]value.Value, error) {
	var err error
	switch v.Kind() {
	case value.Object:
		if err = c.run.charge(3 * v.Len()); err != nil {
			return nil, err
		}
		for name, member := range v.Members() {
			out = append(out, value.OfMembers(name, member))
		}
		return out, nil
	case value.Array:
		for _, item := range v.Slice() {
			if out, err = spreadInto(c, out, item); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return append(out, v), c.run.grow(1)
}

// merge is $merge: of members with the same name the last one counts.
func merge(c Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	var b value.ObjectBuilder
	for _, item := range args[0].Slice() {
		for name, member := range item.Members() {
			b.Set(name, member)
		}
	}
	return c.run.object(&b)
}

// typeOf is $type.
func typeOf(_ Call, args []value.Value) (value.Value, error) {
	v := args[0]
	switch {
	case !v.Exists():
		return v, nil
	case isFunction(v):
		return value.OfString("function"), nil
	case v.Kind() == value.Opaque:
		_, ok, err := numeric(v)
		if !ok {
			return value.OfString("object"), err // NaN, in the reference
		}
	}
	return value.OfString(v.Kind().String()), nil
}

// clone is $clone: the value read back from its text. So its numbers have 15
// digits, and functions become empty strings.
func clone(c Call, args []value.Value) (value.Value, error) {
	v := args[0]
	if isArray(v) && markOf(v)&markOuter != 0 {
		v = v.Index(0)
	}
	if err := c.run.checkSize(v); err != nil {
		return value.Value{}, err
	}
	v, _, err := cloned(c.run, v)
	return marked(v, 0), err
}

func cloned(r *run, v value.Value) (out value.Value, changed bool, err error) {
	list := v.Slice()
	switch v.Kind() {
	case value.Number:
		f := v.Float()
		switch {
		case few(f), r.expr.service && isInteger(f):
			return v, false, nil
		case r.expr.service:
			return value.OfFloat(cut15(f)), true, nil
		}
		if v = value.OfFloat(round15(f)); !v.Exists() {
			v = value.NullValue
		}
		return v, true, nil
	case value.Opaque:
		if isFunction(v) {
			return value.EmptyString, true, nil
		}
		return value.NullValue, true, nil
	case value.Object:
		list = v.MemberValues()
	case value.Array:
	default:
		return v, false, nil
	}
	var copied []value.Value
	for i, item := range list {
		item, itemChanged, err := cloned(r, item)
		if err != nil {
			return v, false, err
		}
		if itemChanged && copied == nil {
			if err := r.grow(len(list)); err != nil {
				return v, false, err
			}
			copied = append(make([]value.Value, 0, len(list)), list...)
		}
		if itemChanged {
			copied[i] = item
		}
	}
	switch {
	case copied == nil:
		return v, false, nil
	case v.Kind() == value.Array:
		return value.OfSlice(copied), true, nil
	}
	return v.Shape().New(copied), true, nil
}

// throw is $error.
func throw(_ Call, args []value.Value) (value.Value, error) {
	return value.Value{}, raised("D3137", args[0], "$error() function evaluated")
}

// raised returns an error with the message of the expression, or a default.
func raised(code string, message value.Value, otherwise string) error {
	e := &Error{Code: code, text: message.Text()}
	if e.text == "" {
		e.text = otherwise
	}
	return e
}

// assert is $assert.
func assert(_ Call, args []value.Value) (value.Value, error) {
	if args[0].Bool() {
		return value.Value{}, nil
	}
	var message value.Value
	if len(args) > 1 {
		message = args[1]
	}
	return value.Value{}, raised("D3141", message, "$assert() statement failed")
}
