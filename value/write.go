package value

import "fmt"

// String returns the compact JSON text of v, and "" if v is no value.
func (v Value) String() string {
	switch v.Kind() {
	case Array:
		if t := v.array().text; t != "" {
			return t
		}
	case Object:
		if t := v.object().text; t != "" {
			return t
		}
	}
	return string(v.AppendJSON(nil))
}

// MarshalJSON writes v for encoding/json; no value and opaque ones fail.
func (v Value) MarshalJSON() ([]byte, error) {
	if k := v.Kind(); k == Absent || k == Opaque {
		return nil, fmt.Errorf("value: %s cannot be written as JSON", k)
	}
	return v.AppendJSON(nil), nil
}

// AppendJSON appends the compact JSON text of v to dst. No value and opaque
// ones append nothing; inside arrays and objects they are written as null.
func (v Value) AppendJSON(dst []byte) []byte {
	switch v.Kind() {
	case Null:
		return append(dst, "null"...)
	case Bool:
		if v.bits() == 1 {
			return append(dst, "true"...)
		}
		return append(dst, "false"...)
	case Number:
		if s := v.text(); s != "" {
			return append(dst, s...)
		}
		return appendFloat(dst, v.Float())
	case String:
		return AppendQuoted(dst, v.text())
	case Array:
		a := v.array()
		if a.text != "" {
			return append(dst, a.text...)
		}
		for i := range a.items {
			if i == 0 {
				dst = append(dst, '[')
			} else {
				dst = append(dst, ',')
			}
			dst = a.items[i].appendInside(dst)
		}
		return append(dst, ']')
	case Object:
		o := v.object()
		if o.text != "" {
			return append(dst, o.text...)
		}
		for i := range o.members {
			if i == 0 {
				dst = append(dst, '{')
			} else {
				dst = append(dst, ',')
			}
			dst = AppendQuoted(dst, o.shape.names[i])
			dst = append(dst, ':')
			dst = o.members[i].appendInside(dst)
		}
		return append(dst, '}')
	}
	return dst
}

func (v Value) appendInside(dst []byte) []byte {
	if k := v.Kind(); k == Absent || k == Opaque {
		return append(dst, "null"...)
	}
	return v.AppendJSON(dst)
}

// Size returns the number of bytes of v's compact JSON text without writing
// it: what the service's limit of 262,144 bytes counts.
func (v Value) Size() int {
	switch v.Kind() {
	case Null:
		return 4
	case Bool:
		return 5 - int(v.bits())
	case Number:
		if s := v.text(); s != "" {
			return len(s)
		}
		return floatSize(v.Float())
	case String:
		return quotedSize(v.text())
	case Array:
		a := v.array()
		if a.text != "" {
			return len(a.text)
		}
		n := 1 + len(a.items)
		for i := range a.items {
			n += a.items[i].sizeInside()
		}
		return n
	case Object:
		o := v.object()
		if o.text != "" {
			return len(o.text)
		}
		n := 1 + 2*len(o.members)
		for i := range o.members {
			n += quotedSize(o.shape.names[i]) + o.members[i].sizeInside()
		}
		return n
	}
	return 0
}

// floatSize returns the length of what appendFloat appends.
func floatSize(f float64) int {
	if n := int64(f); float64(n) == f && 0 <= n && n < maxExact { // the usual case
		digits := 1
		for ; n >= 10; n /= 10 {
			digits++
		}
		return digits
	}
	var buf [32]byte
	return len(appendFloat(buf[:0], f))
}

func (v Value) sizeInside() int {
	if k := v.Kind(); k == Absent || k == Opaque {
		return 4
	}
	return v.Size()
}
