package awsclient

import (
	"encoding/base64"
	"fmt"

	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/value"
)

// This file writes and reads the bodies of the JSON protocols.

// appendJSON appends a checked input.
func appendJSON(dst []byte, s *awsapi.Shape, v value.Value) []byte {
	if v.IsNull() {
		return append(dst, "null"...)
	}
	switch s.Kind {
	case awsapi.Structure:
		return appendJSONMembers(dst, s, v, func(*awsapi.Member) bool { return true })
	case awsapi.List:
		dst = append(dst, '[')
		for i, item := range v.Items() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendJSON(dst, s.Element, item)
		}
		return append(dst, ']')
	case awsapi.Map:
		dst = append(dst, '{')
		for i := range v.Len() {
			if i > 0 {
				dst = append(dst, ',')
			}
			key, item := v.Member(i)
			dst = append(value.AppendQuoted(dst, key), ':')
			dst = appendJSON(dst, s.Element, item)
		}
		return append(dst, '}')
	case awsapi.Blob:
		dst = append(dst, '"')
		dst = base64.StdEncoding.AppendEncode(dst, []byte(v.Text()))
		return append(dst, '"')
	case awsapi.Timestamp:
		if f := format(s, awsapi.UnixTimestamp); f != awsapi.UnixTimestamp {
			return value.AppendQuoted(dst, formatTimestamp(v, f))
		}
		return append(dst, formatTimestamp(v, awsapi.UnixTimestamp)...)
	}
	return v.AppendJSON(dst)
}

// appendJSONMembers appends an object with those members of a structure that are
// chosen.
func appendJSONMembers(dst []byte, s *awsapi.Shape, v value.Value, chosen func(*awsapi.Member) bool) []byte {
	dst = append(dst, '{')
	first := true
	for _, m := range s.InOrder() {
		member := v.Get(m.Name)
		if !member.Exists() || !chosen(m) {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(value.AppendQuoted(dst, m.WireName), ':')
		dst = appendJSON(dst, m.Shape, member)
	}
	return append(dst, '}')
}

// A jsonReader makes output of values that a service has written in JSON, or in
// CBOR, whose blobs are not in base64.
type jsonReader struct {
	casing awsapi.Casing
	cbor   bool
}

// value returns the output of a value. The error names its place, and what is
// wrong with it.
func (r jsonReader) value(s *awsapi.Shape, v value.Value) (value.Value, error) {
	switch s.Kind {
	case awsapi.Structure:
		if v.Kind() != value.Object {
			return value.Value{}, unexpected(s, v)
		}
		return r.structure(s, v)
	case awsapi.List:
		if v.Kind() != value.Array {
			return value.Value{}, unexpected(s, v)
		}
		items := make([]value.Value, 0, v.Len())
		for i, item := range v.Items() {
			out, err := r.nullable(s.Element, item)
			if err != nil {
				return value.Value{}, fmt.Errorf("[%d]%w", i, err)
			}
			items = append(items, out)
		}
		return value.OfSlice(items), nil
	case awsapi.Map:
		if v.Kind() != value.Object {
			return value.Value{}, unexpected(s, v)
		}
		var b value.ObjectBuilder
		for key, item := range v.Members() {
			out, err := r.nullable(s.Element, item)
			if err != nil {
				return value.Value{}, fmt.Errorf(".%s%w", shorten(key), err)
			}
			b.Set(key, out)
		}
		return b.Value(), nil
	case awsapi.Document:
		return v, nil
	case awsapi.Blob:
		if v.Kind() == value.String && r.cbor {
			return v, nil
		}
	case awsapi.String:
		if v.Kind() == value.Object || v.Kind() == value.Array {
			return value.OfString(v.String()), nil // some endpoints forget to write it as a string
		}
	}
	switch v.Kind() {
	case value.String:
		return scalar(s, v.Text(), r.casing)
	case value.Number, value.Bool:
		if s.Kind == awsapi.Integer || s.Kind == awsapi.Float || s.Kind == awsapi.Boolean {
			if (v.Kind() == value.Bool) == (s.Kind == awsapi.Boolean) {
				return v, nil
			}
			return value.Value{}, unexpected(s, v)
		}
		return scalar(s, v.String(), r.casing)
	}
	return value.Value{}, unexpected(s, v)
}

func (r jsonReader) nullable(s *awsapi.Shape, v value.Value) (value.Value, error) {
	if v.IsNull() {
		return v, nil
	}
	return r.value(s, v)
}

func (r jsonReader) structure(s *awsapi.Shape, v value.Value) (value.Value, error) {
	out := newMembers(s)
	if err := r.members(&out, s, v); err != nil {
		return value.Value{}, err
	}
	return out.object(r.casing), nil
}

// members reads the members of a structure that are in a body. Unknown ones are
// passed over.
func (r jsonReader) members(out *members, s *awsapi.Shape, v value.Value) error {
	for _, m := range s.InOrder() {
		if m.Location != awsapi.Body {
			continue
		}
		member := v.Get(m.WireName)
		if !member.Exists() || member.IsNull() {
			continue
		}
		read, err := r.value(m.Shape, member)
		if err != nil {
			return fmt.Errorf(".%s%w", m.WireName, err)
		}
		out.set(m, read)
	}
	return nil
}
