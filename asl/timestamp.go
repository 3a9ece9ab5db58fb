package asl

import (
	"strings"
	"time"
)

// ParseTimestamp reads a timestamp as literals and Choice rules have it: RFC 3339
// with an upper-case T and Z or an offset, and up to nine digits of fraction.
// Spec: "Timestamps".
func ParseTimestamp(s string) (time.Time, bool) {
	if len(s) < len("2006-01-02T15:04:05Z") || s[10] != 'T' || s[13] != ':' {
		return time.Time{}, false
	}
	// time.Parse also accepts a comma for the point, and any number of digits.
	if rest := s[len("2006-01-02T15:04:05"):]; rest[0] == ',' || strings.IndexFunc(rest[1:], notDigit) > 9 {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	return t, err == nil
}

// ParseWaitTimestamp reads what a Wait gets from an expression or a path. There the
// seconds may be missing, and t and z may be small (F-121).
func ParseWaitTimestamp(s string) (time.Time, bool) {
	const minutes = len("2006-01-02T15:04")
	s = strings.ToUpper(s)
	if len(s) > minutes && strings.IndexByte("Z+-", s[minutes]) >= 0 {
		s = s[:minutes] + ":00" + s[minutes:]
	}
	return ParseTimestamp(s)
}

func notDigit(r rune) bool { return r < '0' || r > '9' }
