package value

import "slices"

// With returns v, an object, with a member set: in its place if v has a member of
// that name, else at the end. It panics if v is not an object.
func (v Value) With(name string, member Value) Value {
	o := v.mustObject()
	if i := o.shape.Index(name); i >= 0 {
		members := slices.Clone(o.members)
		members[i] = member
		return makeObject(&object{shape: o.shape, members: members})
	}
	members := make([]Value, len(o.members)+1)
	copy(members, o.members)
	members[len(o.members)] = member
	names := make([]string, len(members))
	copy(names, o.shape.names)
	names[len(o.members)] = name
	return makeObject(&object{shape: &Shape{names: names}, members: members})
}

// Without returns v, an object, without the member of that name; v itself if there is
// none. It panics if v is not an object.
func (v Value) Without(name string) Value {
	o := v.mustObject()
	i := o.shape.Index(name)
	if i < 0 {
		return v
	}
	if len(o.members) == 1 {
		return EmptyObject
	}
	return makeObject(&object{
		shape:   &Shape{names: slices.Delete(slices.Clone(o.shape.names), i, i+1)},
		members: slices.Delete(slices.Clone(o.members), i, i+1),
	})
}

// WithIndex returns v, an array, with item i replaced. It panics if v is not an
// array or has no such item.
func (v Value) WithIndex(i int, item Value) Value {
	items := slices.Clone(v.mustArray().items)
	items[i] = item
	return makeArray(&array{items: items})
}
