package awsjson

// An Optional is a member that may be absent, where absent and empty differ.
// The zero Optional is absent.
type Optional[T any] struct {
	Value T
	Set   bool
}

// Some returns an Optional that is there.
func Some[T any](v T) Optional[T] { return Optional[T]{v, true} }

// Or returns the value, or instead if it is absent.
func (o Optional[T]) Or(instead T) T {
	if o.Set {
		return o.Value
	}
	return instead
}

// optional marks the type for codecOf, which sees types only through reflect.
func (Optional[T]) optional() {}

type optional interface{ optional() }
