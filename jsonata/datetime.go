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

// This file is the functions of time: $now, $millis, $fromMillis and $toMillis,
// with the pictures of fn:format-dateTime of XPath, "[D01]/[M01]/[Y0001]".
// Milliseconds since the epoch are doubles, and NaN where there is no such time:
// a time zone that is none gives a text of "NaN"s, not an error.

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

// now is $now.
func now(c Call, args []value.Value) (value.Value, error) {
	return formatMillis(c, float64(c.Now().UnixMilli()), args)
}

func millis(c Call, _ []value.Value) (value.Value, error) {
	return value.Float(float64(c.Now().UnixMilli())), nil
}

// fromMillis is $fromMillis.
func fromMillis(c Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	f, _ := numberOf(args[0])
	return formatMillis(c, f, args[1:])
}

// formatMillis writes a time after a picture and in a time zone, "+0530", both of
// which may be missing.
func formatMillis(c Call, at float64, args []value.Value) (value.Value, error) {
	picture := isoPicture
	if len(args) > 0 && args[0].Exists() {
		var err error
		if picture, err = datePictures.get(args[0].Text(), parseDatePicture); err != nil {
			return value.Value{}, err
		}
	}
	zone := 0.0
	if len(args) > 1 && args[1].Exists() {
		zone = parseDigits(args[1].Text())
	}
	text, err := picture.format(at, zone)
	if err != nil {
		return value.Value{}, err
	}
	return str(c, text)
}

// A moment is a time taken apart, in some zone.
type moment struct {
	time   time.Time
	hours  float64 // of the zone
	minute float64 // likewise, of the same sign, if the hours are whole
	valid  bool
}

// newMoment takes apart a time in a zone like -330, which stands for -03:30. The
// reference rounds the hours down and leaves the minutes as they are: -04:-30.
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

// component returns a component as a number; NaN for a time that is none.
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
	day := t.Truncate(24 * time.Hour)
	year, month := t.Year(), int(t.Month())
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

// A datePicture is a picture of times taken apart.
type datePicture []datePart

// A datePart is a literal text, or a marker.
type datePart struct {
	literal   string
	component byte // 0: a literal
	names     bool // written as a name
	letters   letterCase
	least     int  // of the width, 0 if there is none
	most      int  // likewise
	places    int  // of Y, M, D: digits to keep, 0 for all
	zulu      bool // "t": no zone is "Z"
	integer   *integerPicture
	width     int // digits to read, if the next number follows at once
}

// defaultPresentations are the presentations of components that have none.
var defaultPresentations = map[byte]string{
	'Y': "1", 'M': "1", 'D': "1", 'd': "1", 'F': "n", 'W': "1", 'w': "1", 'X': "1", 'x': "1", 'H': "1", 'h': "1",
	'P': "n", 'm': "01", 's': "01", 'f': "1", 'Z': "01:01", 'z': "01:01", 'C': "n", 'E': "n",
}

const numericComponents = "YMDdFWwXxHhmsf"

var isoPicture = func() datePicture {
	p, err := parseDatePicture("[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]")
	if err != nil {
		panic(err)
	}
	return p
}()

var datePictures cache[datePicture]

// parseDatePicture takes a picture apart.
func parseDatePicture(text string) (p datePicture, err error) {
	literal := func(s string) {
		if s != "" {
			p = append(p, datePart{literal: strings.ReplaceAll(s, "]]", "]")})
		}
	}
	for {
		before, rest, found := strings.Cut(text, "[")
		literal(before)
		if !found {
			return p, nil
		}
		if strings.HasPrefix(rest, "[") {
			literal("[")
			text = rest[1:]
			continue
		}
		marker, after, found := strings.Cut(rest, "]")
		if !found {
			return nil, fail("D3135", value.Value{})
		}
		part, err := parseMarker(strings.Join(strings.Fields(marker), ""))
		if err != nil {
			return nil, err
		}
		if part.integer != nil && strings.IndexByte(numericComponents, part.component) >= 0 && len(p) > 0 {
			if last := &p[len(p)-1]; last.integer != nil {
				last.width = last.integer.mandatory
			}
		}
		p, text = append(p, part), after
	}
}

// parseMarker takes "Y0001,2-4" apart.
func parseMarker(marker string) (part datePart, err error) {
	unknown := func() (datePart, error) {
		first := ""
		if marker != "" {
			_, n := runeAt(marker, 0)
			first = marker[:n]
		}
		return part, fail("D3132", value.Str(first))
	}
	if marker == "" {
		return unknown()
	}
	part.component = marker[0]
	presentation := marker[1:]
	if at := strings.LastIndexByte(presentation, ','); at >= 0 {
		least, most, _ := strings.Cut(presentation[at+1:], "-")
		part.least, part.most = parseWidth(least), parseWidth(most)
		presentation = presentation[:at]
	}
	modifier := ""
	switch n := len(presentation); {
	case n == 0:
		presentation = defaultPresentations[part.component]
		if presentation == "" {
			return unknown()
		}
	case n > 1 && strings.IndexByte("atco", presentation[n-1]) >= 0:
		presentation, modifier = presentation[:n-1], presentation[n-1:]
		part.zulu = modifier == "t"
	}
	numeric := strings.IndexByte(numericComponents, part.component) >= 0
	switch {
	case presentation[0] == 'n':
		part.names = true
	case presentation[0] == 'N':
		part.names, part.letters = true, upperCase
		if strings.HasPrefix(presentation, "Nn") {
			part.letters = titleCase
		}
	case numeric:
		err = part.setPicture(presentation, modifier)
	}
	if part.component == 'Z' || part.component == 'z' {
		part.integer, err = parseIntegerPicture(presentation)
	}
	return part, err
}

// setPicture sets the picture of a component that is a number.
func (part *datePart) setPicture(presentation, modifier string) (err error) {
	if modifier != "" {
		presentation += ";" + modifier
	}
	if part.integer, err = parseIntegerPicture(presentation); err != nil {
		return err
	}
	p := part.integer
	if p.style == styleDecimal {
		p.mandatory = max(p.mandatory, part.least)
	}
	if strings.IndexByte("YMD", part.component) < 0 {
		return nil
	}
	if part.most > 0 {
		part.places, p.mandatory = part.most, part.most
	} else if all := p.mandatory + p.optional; p.style == styleDecimal && all >= 2 {
		part.places = all
	}
	return nil
}

// parseWidth reads one side of a width; 0 if it says nothing.
func parseWidth(text string) int {
	f := parseDigits(text)
	if text == "*" || math.IsNaN(f) || f < 0 {
		return 0
	}
	return int(min(f, math.MaxInt32))
}

// format writes a time in a zone.
func (p datePicture) format(at, zone float64) (string, error) {
	m := newMoment(at, zone)
	var room [64]byte
	out := room[:0]
	for i := range p {
		part := &p[i]
		if part.component == 0 {
			out = append(out, part.literal...)
			continue
		}
		if part.plain() && m.valid {
			out = part.integer.appendDigits(out, part.number(m))
			continue
		}
		text, err := part.format(m)
		if err != nil {
			return "", err
		}
		out = append(out, text...)
	}
	return string(out), nil
}

// plain reports whether a component is written in digits and nothing else.
func (part *datePart) plain() bool {
	return part.integer != nil && part.integer.plain() && !part.names && part.component != 'Z' && part.component != 'z' && part.component != 'P'
}

// number returns what is written of a component that is a number.
func (part *datePart) number(m moment) float64 {
	n := m.component(part.component)
	if part.component == 'Y' && part.places > 0 {
		n = math.Mod(n, math.Pow(10, float64(part.places)))
	}
	return n
}

// format writes one component.
func (part *datePart) format(m moment) (string, error) {
	switch part.component {
	case 'Z', 'z':
		return part.zone(m)
	case 'P':
		text := "am"
		if m.component('P') == 1 {
			text = "pm"
		}
		if part.names && part.letters == upperCase {
			text = strings.ToUpper(text)
		}
		return text, nil
	case 'C', 'E':
		return "ISO", nil
	}
	switch {
	case part.names && part.component != 'f':
		return part.name(m.component(part.component))
	case part.integer == nil:
		return "", fail("D3133", value.Str(string(part.component)))
	}
	return part.integer.format(part.number(m))
}

// name writes a month or a day by its name.
func (part *datePart) name(n float64) (string, error) {
	text := "undefined" // of a time that is none
	switch part.component {
	case 'M', 'x':
		if n == n {
			text = monthNames[int(n)-1]
		}
	case 'F':
		if n == n {
			text = dayNames[int(n)]
		}
	default:
		return "", fail("D3133", value.Str(string(part.component)))
	}
	switch part.letters {
	case upperCase:
		text = strings.ToUpper(text)
	case lowerCase:
		text = strings.ToLower(text)
	}
	if part.most > 0 && len(text) > part.most {
		text = text[:part.most]
	}
	return text, nil
}

// zone writes the zone.
func (part *datePart) zone(m moment) (text string, err error) {
	p := part.integer
	offset := m.hours*100 + m.minute
	switch {
	case p.every > 0:
		text, err = p.format(offset)
	case p.mandatory == 1 || p.mandatory == 2:
		text, err = p.format(m.hours)
		if m.minute != 0 && err == nil {
			var minutes string
			minutes, err = twoDigits.format(m.minute)
			text += ":" + minutes
		}
	case p.mandatory == 3 || p.mandatory == 4:
		text, err = p.format(offset)
	case p.mandatory == 0:
		err = fail("D3134", value.Value{})
	default:
		err = fail("D3134", value.Float(float64(p.mandatory)))
	}
	if err != nil {
		return "", err
	}
	if offset >= 0 {
		text = "+" + text
	}
	if part.component == 'z' {
		text = "GMT" + text
	}
	if offset == 0 && part.zulu {
		text = "Z"
	}
	return text, nil
}

var twoDigits = &integerPicture{zero: '0', mandatory: 2}

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
			return r, fail("D3130", value.Str(part.integer.token))
		}
	default:
		names := part.nameValues()
		if names == nil {
			return r, fail("D3133", value.Str(string(part.component)))
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
