package jsonata

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aslocal/aslocal/value"
)

// This file is $toMillis: it reads dates and times, in ISO 8601 or by a picture.

// toMillis is $toMillis.
func toMillis(c Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	text := args[0].Text()
	if len(args) > 1 && args[1].Exists() {
		return parseDate(c, text, args[1].Text())
	}
	f, ok := parseISO(text)
	if !ok {
		return value.Value{}, fail("D3110", args[0])
	}
	return number(f), nil
}

// isoForm is what the reference takes for a time of ISO 8601. It is much looser
// than what then is one.
var isoForm = regexp.MustCompile(`^\d{4}(-[01]\d)*(-[0-3]\d)*(T[0-2]\d:[0-5]\d:[0-5]\d)*(\.\d+)?([+-][0-2]\d:?[0-5]\d|Z)?$`)

// parseISO reads a time of ISO 8601 with at least a year; what is missing is the
// first month or day, or zero, and the zone is UTC. ok is false if the text does
// not look like one; what only looks like one is NaN. A day that the month does
// not have is one of the next month.
func parseISO(text string) (f float64, ok bool) {
	r := isoReader{rest: text}
	if f = r.read(); r.bad || r.rest != "" {
		return math.NaN(), isoForm.MatchString(text)
	}
	return f, true
}

// An isoReader reads what is left of a time; bad says that it is none.
type isoReader struct {
	rest string
	bad  bool
}

// number reads so many digits, which must give a number up to most.
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

// skip passes over a character if it is next.
func (r *isoReader) skip(c byte) bool {
	if r.rest == "" || r.rest[0] != c {
		return false
	}
	r.rest = r.rest[1:]
	return true
}

// need passes over a character that must be next.
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

// fraction reads the digits behind the point, of which three count.
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

// civilMillis returns the milliseconds of a date in UTC; the month counts from
// 0, and all parts may be beyond their limits. NaN if one is, or the whole is
// too far off.
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

// A reader reads one part of a text.
type reader struct {
	pattern   string
	component byte
	read      func(text string) (float64, error) // NaN: nothing; nil: a literal
}

// reader returns how to read a part of a picture.
func (part *datePart) reader() (reader, error) {
	r := reader{component: part.component}
	switch {
	case part.component == 0:
		r.pattern = regexp.QuoteMeta(part.literal)
	case part.component == 'Z' || part.component == 'z':
		part.zoneReader(&r)
	case part.integer != nil:
		r.pattern = part.integer.pattern(part.width)
		r.read = part.integer.parse
		if part.integer.style == styleSequence {
			return r, fail("D3130", value.OfString(part.integer.token))
		}
	default:
		names := part.nameValues()
		if names == nil {
			return r, fail("D3133", value.OfString(string(part.component)))
		}
		r.pattern = "[a-zA-Z]+"
		r.read = func(text string) (float64, error) {
			if n, ok := names[text]; ok {
				return n, nil
			}
			return math.NaN(), nil
		}
	}
	return r, nil
}

// nameValues are the names of a component and what they stand for; nil if it has
// none.
func (part *datePart) nameValues() map[string]float64 {
	cut := func(name string) string {
		if part.most > 0 && len(name) > part.most {
			return name[:part.most]
		}
		return name
	}
	names := map[string]float64{}
	switch part.component {
	case 'M', 'x':
		for i, name := range monthNames {
			names[cut(name)] = float64(i + 1)
		}
	case 'F':
		for i, name := range dayNames[1:] {
			names[cut(name)] = float64(i + 1)
		}
	case 'P':
		return map[string]float64{"am": 0, "AM": 0, "pm": 1, "PM": 1}
	default:
		return nil
	}
	return names
}

// zoneReader reads a zone, in minutes.
func (part *datePart) zoneReader(r *reader) {
	prefix, separator := "", ""
	if part.component == 'z' {
		prefix = "GMT"
	}
	r.pattern = prefix + "[-+][0-9]+"
	if part.integer.every > 0 {
		separator = string(part.integer.separator)
		r.pattern += regexp.QuoteMeta(separator) + "[0-9]+"
	}
	r.read = func(text string) (float64, error) {
		text = text[len(prefix):]
		hours, minutes := text, "0"
		switch {
		case separator != "":
			hours, minutes, _ = strings.Cut(text, separator)
		case len(text) > 3:
			hours, minutes = text[:3], text[3:]
		}
		return parseDigits(hours)*60 + parseDigits(minutes), nil
	}
}

// pattern is what an integer looks like, digits if it has so many exactly.
func (p *integerPicture) pattern(digits int) string {
	upper := p.letters == upperCase
	switch p.style {
	case styleLetters:
		return map[bool]string{true: "[A-Z]+", false: "[a-z]+"}[upper]
	case styleRoman:
		return map[bool]string{true: "[MDCLXVI]+", false: "[mdclxvi]+"}[upper]
	case styleWords:
		return "(?:" + wordPattern + ")+"
	}
	text := "[0-9]+"
	if digits > 0 {
		text = "[0-9]{" + strconv.Itoa(min(digits, 1000)) + "}"
	}
	if p.ordinal {
		text += "(?:th|st|nd|rd)"
	}
	return text
}

var wordPattern = func() string {
	var words []string
	for word := range wordValues {
		words = append(words, word)
	}
	slices.Sort(words)
	return strings.Join(append(words, "and", `[\-, ]`), "|")
}()

// A dateReader reads times after one picture.
type dateReader struct {
	form    *regexp.Regexp // a group for each part
	readers []reader
}

var dateReaders cache[*dateReader]

func newDateReader(picture string) (*dateReader, error) {
	p, err := parseDatePicture(picture)
	if err != nil {
		return nil, err
	}
	d := &dateReader{readers: make([]reader, len(p))}
	var form strings.Builder
	for i := range p {
		if d.readers[i], err = p[i].reader(); err != nil {
			return nil, err
		}
		form.WriteString("(" + d.readers[i].pattern + ")")
	}
	if d.form, err = regexp.Compile(`(?i)^` + form.String() + `$`); err != nil {
		return nil, limitError(tooLarge, err) // of all that a picture can do, only its size
	}
	return d, nil
}

// parseDate reads a time after a picture. Components between the most and the
// least significant one of those given must not be missing; the ones above are
// those of the present, the ones below their least.
func parseDate(c Call, text, picture string) (value.Value, error) {
	d, err := dateReaders.get(picture, newDateReader)
	if err != nil {
		return value.Value{}, err
	}
	m := d.form.FindStringSubmatch(text)
	if m == nil {
		return value.Value{}, nil
	}
	given := map[byte]float64{}
	for i, r := range d.readers {
		if r.read == nil {
			continue
		}
		if given[r.component], err = r.read(m[i+1]); err != nil {
			return value.Value{}, err
		}
	}
	if len(given) == 0 {
		return value.Value{}, nil
	}
	f, err := complete(given, newMoment(float64(c.Now().UnixMilli()), 0))
	return number(f), err
}

// The sets of components that make a date or a time.
const (
	dateYMD, dateYD, dateXxwF, dateXWF = "YMD", "Yd", "XxwF", "XWF"
	timeHms, timePhms                  = "Hmsf", "Phmsf"
)

// complete makes a time of the components given.
func complete(given map[byte]float64, present moment) (float64, error) {
	// Zero does not count as given here, nor does a name that is unknown.
	fits := func(set, of string) bool {
		some := false
		for i := range len(of) {
			if f := given[of[i]]; f == 0 || f != f {
				continue
			}
			if strings.IndexByte(set, of[i]) < 0 {
				return false
			}
			some = true
		}
		return some
	}
	const dates, times = "YXMxWwdD", "PHhmsf"
	date, clock := dateYMD, timeHms
	switch {
	case fits(dateYMD, dates):
	case fits(dateYD, dates):
		date = dateYD
	case fits("XMxw", dates):
		date = dateXxwF
	case fits("XW", dates):
		date = dateXWF
	}
	if !fits("Hmsf", times) && fits("Phmsf", times) {
		clock = timePhms
	}
	order := map[string]string{dateYMD: "YMD", dateYD: "YD", dateXxwF: "XxwF", dateXWF: "XWF"}[date] + clock
	begun, ended := false, false
	for i := range len(order) {
		part := order[i]
		f, ok := given[part]
		switch {
		case ok && f == f:
			if begun = true; ended {
				return 0, fail("D3136", value.Value{})
			}
		case begun:
			ended = true
			given[part] = 0
			if strings.IndexByte("MDd", part) >= 0 {
				given[part] = 1
			}
		default:
			given[part] = present.component(part)
		}
	}
	if date == dateXxwF || date == dateXWF {
		return 0, fail("D3136", value.Value{}) // weeks are not supported
	}
	year, month, day, hour := given['Y'], max(given['M'], 1)-1, given['D'], given['H']
	if year >= 0 && year <= 99 {
		year += 1900 // as JavaScript does
	}
	if date == dateYD {
		month, day = 0, given['d']
	}
	if clock == timePhms {
		hour = math.Mod(given['h'], 12)
		if given['h'] != 12 {
			hour = given['h']
		}
		if given['P'] == 1 {
			hour += 12
		}
	}
	at := civilMillis(year, month, day, hour, given['m'], given['s'], given['f'])
	zone := given['Z']
	if zone == 0 || zone != zone {
		zone = given['z']
	}
	return at - zone*60_000, nil
}
