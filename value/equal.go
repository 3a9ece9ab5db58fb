package value

// Equal compares deeply: numbers by value, objects without regard to the order of
// their members. No value and opaque values equal nothing, not even themselves; but an
// array or object equals itself, whatever it holds.
func Equal(a, b Value) bool {
	k := a.Kind()
	if k != b.Kind() {
		return false
	}
	switch k {
	case Null:
		return true
	case Bool:
		return a.bits() == b.bits()
	case Number:
		return equalNumbers(a, b)
	case String:
		return a.text() == b.text()
	case Array:
		return same(a, b) || equalSlices(a.array().items, b.array().items)
	case Object:
		return same(a, b) || equalObjects(a.object(), b.object())
	}
	return false
}

func equalSlices(a, b []Value) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

func equalObjects(a, b *object) bool {
	if a.shape == b.shape {
		return equalSlices(a.members, b.members)
	}
	if len(a.members) != len(b.members) {
		return false
	}
	for i, name := range a.shape.names {
		j := b.shape.Index(name)
		if j < 0 || !Equal(a.members[i], b.members[j]) {
			return false
		}
	}
	return true
}
