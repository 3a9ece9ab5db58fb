package asl

import (
	"testing"
	"time"
)

func TestParseTimestamp(t *testing.T) {
	for text, want := range map[string]bool{
		"2016-03-14T01:59:00Z":            true,
		"2016-03-14T01:59:00.5Z":          true,
		"2016-03-05T21:29:29.243167252Z":  true,
		"2016-03-05T21:29:29.2431672520Z": false,
		"2016-03-14T01:59:00.Z":           false,
		"2016-03-14T01:59:00,5Z":          false,
		"2016-03-14T01:59:00+01:00":       true,
		"2016-03-14T01:59:00.5-01:00":     true,
		"2016-03-14T01:59:00+01":          false,
		"2016-03-14T01:59:00":             false,
		"2016-03-14T01:59Z":               false,
		"2016-03-14T1:59:00.0Z":           false,
		"2016-03-14 01:59:00Z":            false,
		"2016-03-14t01:59:00Z":            false,
		"2016-03-14T01:59:00z":            false,
		"2016-13-14T01:59:00Z":            false,
		"2016-02-30T01:59:00Z":            false,
		"2016-03-14T25:59:00Z":            false,
		"02016-03-14T01:59:00Z":           false,
		"":                                false,
	} {
		if _, got := ParseTimestamp(text); got != want {
			t.Errorf("ParseTimestamp(%q) = %v, want %v", text, got, want)
		}
	}
}

func TestParseWaitTimestamp(t *testing.T) {
	for text, want := range map[string]string{
		"2016-12-05T21:29Z":           "2016-12-05T21:29:00Z",
		"2016-12-05t21:29:01z":        "2016-12-05T21:29:01Z",
		"2016-12-05T21:29+01:30":      "2016-12-05T19:59:00Z",
		"2016-12-05T21:29:01.123456Z": "2016-12-05T21:29:01.123456Z",
		"2016-12-05T21:29":            "",
		"2016-12-05T21:29:Z":          "",
		"2016-12-05T21Z":              "",
		"2016-12-05 21:29Z":           "",
		"2016-12-05T21:29.5Z":         "",
		"":                            "",
	} {
		got := ""
		if at, ok := ParseWaitTimestamp(text); ok {
			got = at.UTC().Format(time.RFC3339Nano)
		}
		if got != want {
			t.Errorf("ParseWaitTimestamp(%q) = %q, want %q", text, got, want)
		}
	}
}
