package picture

import (
	"math"
	"time"
)

// This file is the components of a time: its year, week, day and so on. Times are
// milliseconds since the epoch as doubles, NaN where there is no such time; a time
// zone that is none then gives a text of "NaN"s, not an error.

const (
	millisPerDay = 86_400_000
	maxMillis    = 8.64e15 // 100 million days, to either side of the epoch
)

var (
	dayNames   = [...]string{"", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
	monthNames = [...]string{
		"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
	}
)

// A moment is a time in some zone.
type moment struct {
	time   time.Time
	hours  float64 // of the zone, rounded down
	minute float64 // of the zone
	valid  bool
}

// newMoment returns a time in a zone, -330 for -03:30. As in the reference, the
// hours of the zone are rounded down and the minutes stay: -04:-30.
func newMoment(at, zone float64) moment {
	m := moment{hours: math.Floor(zone / 100), minute: math.Mod(zone, 100)}
	at = math.Trunc(at + (60*m.hours+m.minute)*60_000)
	if m.valid = math.Abs(at) <= maxMillis; m.valid {
		m.time = time.UnixMilli(int64(at)).UTC()
	}
	return m
}

// A yearMonth is the first day of a month, or of a year.
type yearMonth struct{ year, month int }

func (ym yearMonth) start() time.Time {
	if ym.year >= 0 && ym.year <= 99 {
		ym.year += 1900 // as JavaScript does
	}
	return time.Date(ym.year, time.Month(ym.month), 1, 0, 0, 0, 0, time.UTC)
}

// firstWeek returns the Monday of the week that has the first Thursday.
func (ym yearMonth) firstWeek() time.Time {
	start := ym.start()
	day := isoWeekday(start)
	if day > 4 {
		return start.AddDate(0, 0, 8-day)
	}
	return start.AddDate(0, 0, 1-day)
}

func isoWeekday(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 }

// weekIn returns the week of a day, counted from the first one of a period, or
// of its neighbours if the day is in one of their weeks.
func weekIn(day time.Time, previous, this, next yearMonth, most int) int {
	weeks := func(from time.Time) int { return int(day.Sub(from)/(24*time.Hour))/7 + 1 }
	switch first := this.firstWeek(); {
	case day.Before(first):
		return weeks(previous.firstWeek())
	case weeks(first) > most && !day.Before(next.firstWeek()):
		return 1
	default:
		return weeks(first)
	}
}

// component returns a component as a number; NaN for an invalid time.
func (m moment) component(name byte) float64 {
	if !m.valid {
		return math.NaN()
	}
	t := m.time
	var n int
	switch name {
	case 'Y':
		n = t.Year()
	case 'M':
		n = int(t.Month())
	case 'D':
		n = t.Day()
	case 'd':
		n = t.YearDay()
	case 'F':
		n = isoWeekday(t)
	case 'H':
		n = t.Hour()
	case 'h':
		n = (t.Hour()+11)%12 + 1
	case 'm':
		n = t.Minute()
	case 's':
		n = t.Second()
	case 'f':
		n = t.Nanosecond() / 1e6
	case 'P':
		n = t.Hour() / 12
	default:
		n = weekComponent(name, t)
	}
	return float64(n)
}

// weekComponent returns the week of a year or month, or the year or month that
// the week belongs to.
func weekComponent(name byte, t time.Time) (n int) {
	year, month := t.Year(), int(t.Month())
	day := yearMonth{year, month}.start().AddDate(0, 0, t.Day()-1)
	thisYear, thisMonth := yearMonth{year, 1}, yearMonth{year, month}
	switch name {
	case 'W':
		n = weekIn(day, yearMonth{year - 1, 1}, thisYear, yearMonth{year + 1, 1}, 52)
	case 'w':
		n = weekIn(day, yearMonth{year, month - 1}, thisMonth, yearMonth{year, month + 1}, 4)
	case 'X':
		n = year
		if t.Before(thisYear.firstWeek()) {
			n--
		} else if !t.Before(yearMonth{year + 1, 1}.firstWeek()) {
			n++
		}
	case 'x':
		if t.Before(thisMonth.firstWeek()) {
			n = int(yearMonth{year, month - 1}.start().Month())
		} else if next := (yearMonth{year, month + 1}); !t.Before(next.firstWeek()) {
			n = int(next.start().Month())
		} else {
			n = month
		}
	}
	return n
}
