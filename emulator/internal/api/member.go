package api

import (
	"time"

	"github.com/aslocal/aslocal/emulator/internal/api/awsjson"
	"github.com/aslocal/aslocal/value"
)

// This file has the members that many requests and answers share in form.

// optionalString is a member that may be absent.
type optionalString = awsjson.Optional[string]

// optional is a text that is absent if it is empty.
func optional(s string) optionalString { return optionalString{Value: s, Set: s != ""} }

// optionalText is the text of v, absent if v is no string.
func optionalText(v value.Value) optionalString {
	if v.Kind() != value.String {
		return optionalString{}
	}
	return awsjson.Some(v.Text())
}

// stringOrNone is the string, or no value if it is absent.
func stringOrNone(s optionalString) value.Value {
	if !s.Set {
		return value.Value{}
	}
	return value.OfString(s.Value)
}

// date is the time on the wire; 0 is none.
func date(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// empty is the answer of operations that answer nothing.
type empty struct{}
