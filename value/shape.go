package value

import "sync/atomic"

// A Shape is the list of member names of an object. Objects with the same names can
// share it: then 1,000 objects of an array have one list, and a reader looks up the
// index of a member once.
type Shape struct {
	names   []string
	lookups atomic.Uint32                  // so far, in a large shape without an index
	index   atomic.Pointer[map[string]int] // of a large shape, once it pays
}

var emptyShape = &Shape{}

// linear is the number of names up to which a look-up compares them in turn. In a
// larger shape the first few look-ups do so, too, because many shapes (each With
// makes one) are rarely used.
const (
	linear = 8
	few    = 8
)

// NewShape returns the shape of the names. The caller must not change the slice
// afterwards. It panics if two names are equal: the names are for Go code, not from
// input.
func NewShape(names ...string) *Shape {
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		if seen[name] {
			panic("value: shape names " + name + " twice")
		}
		seen[name] = true
	}
	return &Shape{names: names}
}

// Len returns the number of names.
func (s *Shape) Len() int { return len(s.names) }

// Name returns name i.
func (s *Shape) Name(i int) string { return s.names[i] }

// Index returns the place of the name, or -1.
func (s *Shape) Index(name string) int {
	if len(s.names) > linear {
		if index := s.lookUp(); index != nil {
			if i, ok := index[name]; ok {
				return i
			}
			return -1
		}
	}
	for i, n := range s.names {
		if n == name {
			return i
		}
	}
	return -1
}

// lookUp returns the index of a large shape, or nil if there have been too few
// look-ups. Several goroutines may make the index at the same time; it is the same.
func (s *Shape) lookUp() map[string]int {
	if index := s.index.Load(); index != nil {
		return *index
	}
	if s.lookups.Add(1) <= few {
		return nil
	}
	index := make(map[string]int, len(s.names))
	for i, n := range s.names {
		index[n] = i
	}
	s.index.Store(&index)
	return index
}

// literal reports whether the names need no escape sequences in JSON text.
func (s *Shape) literal() bool {
	for _, name := range s.names {
		if quotedSize(name) != len(name)+2 {
			return false
		}
	}
	return true
}

// New returns the object of this shape with the values of its members in order. The
// caller must not change the slice afterwards. It panics if there are more or fewer
// values than names.
func (s *Shape) New(members []Value) Value {
	if len(members) != len(s.names) {
		panic("value: members do not fit the shape")
	}
	if len(members) == 0 {
		return EmptyObject
	}
	return makeObject(&object{shape: s, members: members})
}

// An ObjectBuilder collects members. The zero ObjectBuilder is ready to use.
type ObjectBuilder struct {
	names   []string
	members []Value
	index   map[string]int // used above linear
}

// Set adds a member, or replaces the one of that name where it stands.
func (b *ObjectBuilder) Set(name string, v Value) {
	if i := b.find(name); i >= 0 {
		b.members[i] = v
		return
	}
	if b.index != nil {
		b.index[name] = len(b.names)
	}
	b.names = append(b.names, name)
	b.members = append(b.members, v)
	if b.index == nil && len(b.names) > linear {
		b.index = make(map[string]int, 2*len(b.names))
		for i, n := range b.names {
			b.index[n] = i
		}
	}
}

// Get returns the member set under the name, and no value if there is none.
func (b *ObjectBuilder) Get(name string) Value {
	if i := b.find(name); i >= 0 {
		return b.members[i]
	}
	return Value{}
}

// Len returns the number of members set so far.
func (b *ObjectBuilder) Len() int { return len(b.names) }

// Value returns the object. The builder is empty afterwards.
func (b *ObjectBuilder) Value() Value {
	if len(b.names) == 0 {
		return EmptyObject
	}
	shape := &Shape{names: b.names}
	if index := b.index; index != nil {
		shape.index.Store(&index)
	}
	v := makeObject(&object{shape: shape, members: b.members})
	*b = ObjectBuilder{}
	return v
}

func (b *ObjectBuilder) find(name string) int {
	if b.index != nil {
		if i, ok := b.index[name]; ok {
			return i
		}
		return -1
	}
	for i, n := range b.names {
		if n == name {
			return i
		}
	}
	return -1
}

// OfMembers returns the object with the given names and values in turn; it is
// for literals in Go code and panics if the names are not strings.
//
//	value.OfMembers("Error", value.OfString(name), "Cause", value.OfString(cause))
func OfMembers(namesAndValues ...any) Value {
	var b ObjectBuilder
	for i := 0; i < len(namesAndValues); i += 2 {
		b.Set(namesAndValues[i].(string), namesAndValues[i+1].(Value))
	}
	return b.Value()
}
