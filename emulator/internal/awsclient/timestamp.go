package awsclient

import (
	"fmt"
	"math/big"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/value"
)

// This file reads and writes timestamps.

// parseISO8601 reads a time with or without a fraction, and a date.
func parseISO8601(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05.999999999Z0700", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return inRange(t)
		}
	}
	return time.Time{}, false
}

// parseSeconds reads seconds since 1970, with up to nine digits of a fraction.
func parseSeconds(text string) (time.Time, bool) {
	if len(text) > 40 {
		return time.Time{}, false
	}
	seconds, ok := new(big.Rat).SetString(text)
	if !ok || strings.ContainsAny(text, "/_xXoObBpP") {
		return time.Time{}, false
	}
	if _, exponent, found := strings.Cut(strings.ToLower(text), "e"); found {
		if n, err := strconv.Atoi(exponent); err != nil || n > 20 || n < -40 {
			return time.Time{}, false
		}
	}
	nanoseconds := new(big.Rat).Mul(seconds, big.NewRat(int64(time.Second), 1))
	whole := new(big.Int).Quo(nanoseconds.Num(), nanoseconds.Denom())
	rest := new(big.Int)
	whole.DivMod(whole, big.NewInt(int64(time.Second)), rest)
	if !whole.IsInt64() {
		return time.Time{}, false
	}
	return inRange(time.Unix(whole.Int64(), rest.Int64()).UTC())
}

// inRange keeps to the years that can be written.
func inRange(t time.Time) (time.Time, bool) {
	t = t.UTC()
	return t, t.Year() >= 0 && t.Year() <= 9999
}

// parseHTTPTime reads the forms of times in headers.
func parseHTTPTime(text string) (time.Time, bool) {
	t, err := http.ParseTime(text)
	if err != nil {
		if t, err = time.Parse("Mon, _2 Jan 2006 15:04:05.999999999 GMT", text); err != nil {
			return time.Time{}, false
		}
	}
	return inRange(t)
}

// parseTimestamp reads a time that a service has written in whichever form.
func parseTimestamp(text string) (time.Time, bool) {
	if t, ok := parseISO8601(text); ok {
		return t, true
	}
	if t, ok := parseSeconds(text); ok {
		return t, true
	}
	return parseHTTPTime(text)
}

// format returns how a timestamp is written at a place of a protocol.
func format(s *awsapi.Shape, or awsapi.TimeFormat) awsapi.TimeFormat {
	if s.Format != awsapi.DefaultFormat {
		return s.Format
	}
	return or
}

// formatTimestamp writes the timestamp of a checked input.
func formatTimestamp(v value.Value, f awsapi.TimeFormat) string {
	t, err := time.Parse(timeLayout, v.Text())
	if err != nil {
		panic(fmt.Sprintf("awsclient: the checked timestamp %s: %v", v, err))
	}
	switch f {
	case awsapi.UnixTimestamp:
		return formatSeconds(t)
	case awsapi.RFC822:
		return t.Format(http.TimeFormat)
	}
	if t.Nanosecond() == 0 {
		return t.Format("2006-01-02T15:04:05Z")
	}
	return t.Format("2006-01-02T15:04:05.999999999Z")
}

// formatSeconds writes seconds since 1970, with milliseconds if there are any.
func formatSeconds(t time.Time) string {
	milliseconds := t.UnixMilli()
	sign := ""
	if milliseconds < 0 {
		sign, milliseconds = "-", -milliseconds
	}
	text := fmt.Sprintf("%s%d.%03d", sign, milliseconds/1000, milliseconds%1000)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// outputTime returns a time of an answer as Step Functions shows it: the optimized
// integrations in milliseconds since 1970, aws-sdk: in the form of Java's Instant,
// with no digits of a fraction or three, six or nine.
func outputTime(t time.Time, c awsapi.Casing) value.Value {
	if c == awsapi.PascalCase {
		return value.OfInt(t.UnixMilli())
	}
	layout := "2006-01-02T15:04:05.000000000Z"
	switch n := t.Nanosecond(); {
	case n == 0:
		layout = "2006-01-02T15:04:05Z"
	case n%1e6 == 0:
		layout = "2006-01-02T15:04:05.000Z"
	case n%1e3 == 0:
		layout = "2006-01-02T15:04:05.000000Z"
	}
	return value.OfString(t.Format(layout))
}
