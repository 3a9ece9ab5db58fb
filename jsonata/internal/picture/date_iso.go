package picture

import (
	"math"
	"regexp"
	"strconv"
	"time"
)

// This file reads times of ISO 8601.

// isoForm is what the reference accepts as a time of ISO 8601. Most of what it
// matches beyond ISO 8601 then gives NaN.
var isoForm = regexp.MustCompile(`^\d{4}(-[01]\d)*(-[0-3]\d)*(T[0-2]\d:[0-5]\d:[0-5]\d)*(\.\d+)?([+-][0-2]\d:?[0-5]\d|Z)?$`)

// ReadISO reads a time of ISO 8601, as milliseconds since the epoch. At least the
// year must be given; a missing month or day is the first one, a missing time
// is midnight, a missing zone UTC. ok is false if the text does not look like such
// a time; NaN if it only looks like one. A day that the month does not have is one
// of the next month.
func ReadISO(text string) (millis float64, ok bool) {
	r := isoReader{rest: text}
	if millis = r.read(); r.bad || r.rest != "" {
		return math.NaN(), isoForm.MatchString(text)
	}
	return millis, true
}

// An isoReader reads the rest of a time; bad says that it is not a time.
type isoReader struct {
	rest string
	bad  bool
}

// number reads the given number of digits, whose value must be at most most.
func (r *isoReader) number(digits, most int) float64 {
	n := 0
	for i := range digits {
		if i >= len(r.rest) || r.rest[i] < '0' || r.rest[i] > '9' {
			r.bad, r.rest = true, ""
			return 0
		}
		n = n*10 + int(r.rest[i]-'0')
	}
	r.rest = r.rest[digits:]
	r.bad = r.bad || n > most
	return float64(n)
}

// skip skips a character if it is next, and reports whether it was.
func (r *isoReader) skip(c byte) bool {
	if r.rest == "" || r.rest[0] != c {
		return false
	}
	r.rest = r.rest[1:]
	return true
}

// need skips a character that must be next.
func (r *isoReader) need(c byte) {
	if !r.skip(c) {
		r.bad = true
	}
}

func (r *isoReader) read() float64 {
	year, month, day := r.number(4, 9999), 1.0, 1.0
	if r.skip('-') {
		month = r.number(2, 12)
		if r.skip('-') {
			day = r.number(2, 31)
		}
	}
	if month < 1 || day < 1 {
		r.bad = true
	}
	var hour, minute, second, ms, zone float64
	if r.skip('T') {
		hour = r.number(2, 24)
		r.need(':')
		minute = r.number(2, 59)
		r.need(':')
		second = r.number(2, 59)
		if r.skip('.') {
			ms = r.fraction()
		}
		if hour == 24 && minute+second+ms > 0 {
			r.bad = true
		}
		if minus := r.skip('-'); minus || r.skip('+') {
			zone = 60 * r.number(2, 23)
			r.skip(':')
			if zone += r.number(2, 59); minus {
				zone = -zone
			}
			return civilMillis(year, month-1, day, hour, minute, second, ms) - zone*60_000
		}
	}
	r.skip('Z')
	return civilMillis(year, month-1, day, hour, minute, second, ms)
}

// fraction reads the digits behind the point as milliseconds; the first three
// count.
func (r *isoReader) fraction() float64 {
	n := 0
	for n < len(r.rest) && r.rest[n] >= '0' && r.rest[n] <= '9' {
		n++
	}
	if n == 0 {
		r.bad = true
		return 0
	}
	ms, _ := strconv.Atoi((r.rest[:min(n, 3)] + "00")[:3])
	r.rest = r.rest[n:]
	return float64(ms)
}

// civilMillis returns the milliseconds of a date in UTC. The month counts from 0.
// Parts may exceed their limits, as day 32 does; NaN if one of them, or the whole, is
// out of range.
func civilMillis(year, month, day, hour, minute, second, ms float64) float64 {
	const most = 1e8
	for _, part := range [...]float64{year, month, day, hour, minute, second, ms} {
		if !(math.Abs(part) < most) {
			return math.NaN()
		}
	}
	days := time.Date(int(year), time.Month(int(month)+1), 1, 0, 0, 0, 0, time.UTC).Unix() / 86_400
	at := (float64(days)+math.Trunc(day)-1)*millisPerDay + math.Trunc(hour)*3_600_000 +
		math.Trunc(minute)*60_000 + math.Trunc(second)*1000 + math.Trunc(ms)
	if math.Abs(at) > maxMillis {
		return math.NaN()
	}
	return at
}
