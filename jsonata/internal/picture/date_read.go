package picture

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/jsonata/internal/wtf8"
)

// This file reads dates and times by a picture.

// A reader reads one part of a text.
type reader struct {
	pattern   string
	component byte
	read      func(text string) (f float64, known bool, err error) // nil: a literal
}

// reader returns the reader of a part of a picture.
func (part *datePart) reader() (reader, error) {
	r := reader{component: part.component}
	switch {
	case part.component == 0:
		r.pattern = regexp.QuoteMeta(part.literal)
	case part.component == 'Z' || part.component == 'z':
		part.zoneReader(&r)
	case part.integer != nil:
		r.pattern = part.integer.pattern(part.fewest, part.width)
		r.read = func(text string) (float64, bool, error) {
			f, err := part.integer.parse(text)
			return f, true, err
		}
		if part.integer.style == styleSequence {
			return r, problemIn(Sequence, part.integer.token)
		}
	default:
		names := part.nameValues()
		if names == nil {
			return r, problemIn(NoNames, string(part.component))
		}
		r.pattern = "[a-zA-Z]+"
		r.read = func(text string) (float64, bool, error) {
			n, ok := names[text]
			return n, ok, nil
		}
	}
	return r, nil
}

// nameValues returns the values of the names of a component; nil if it has no
// names.
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
	r.read = func(text string) (float64, bool, error) {
		text = text[len(prefix):]
		hours, minutes := text, "0"
		switch {
		case separator != "":
			hours, minutes, _ = strings.Cut(text, separator)
		case len(text) > 3:
			hours, minutes = text[:3], text[3:]
		}
		return parseDigits(hours)*60 + parseDigits(minutes), true, nil
	}
}

// pattern returns a regular expression for the integer. It has the fewest to the most
// digits, any number if most is 0.
func (p *integerPicture) pattern(fewest, most int) string {
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
	if most > 0 {
		most = min(most, 1000)
		text = "[0-9]{" + strconv.Itoa(max(0, min(fewest, most))) + "," + strconv.Itoa(most) + "}"
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

// A dateReader reads times by one picture.
type dateReader struct {
	form    *regexp.Regexp // a group for each part
	readers []reader
	reads   bool // a part is not a literal
}

var dateReaders cache[*dateReader]

func newDateReader(picture string) (*dateReader, error) {
	p, err := newDatePicture(picture)
	if err != nil {
		return nil, err
	}
	d := &dateReader{readers: make([]reader, len(p))}
	var form strings.Builder
	for i := range p {
		if d.readers[i], err = p[i].reader(); err != nil {
			return nil, err
		}
		d.reads = d.reads || d.readers[i].read != nil
		form.WriteString("(" + d.readers[i].pattern + ")")
	}
	if d.form, err = regexp.Compile(`(?i)^` + wtf8.Searchable(form.String()) + `$`); err != nil {
		return nil, problem(TooLarge) // nothing but its size makes the expression invalid
	}
	return d, nil
}

// ReadDate reads a time by a picture, as milliseconds since the epoch. Of the
// components of a date and a time, from the year down, those between the first and
// the last given must be given; the ones above are those of present, the ones
// below their least. ok is false if the text does not have the form of the
// picture, or if the picture has no component.
func ReadDate(text, picture string, present float64) (millis float64, ok bool, err error) {
	d, err := dateReaders.get(picture, newDateReader)
	if err != nil || !d.reads {
		return 0, false, err
	}
	m := d.form.FindStringSubmatch(wtf8.Searchable(text))
	if m == nil {
		return 0, false, nil
	}
	var given components
	for i, r := range d.readers {
		if r.read == nil {
			continue
		}
		f, known, err := r.read(m[i+1])
		if err != nil {
			return 0, false, err
		}
		given.value[r.component], given.known[r.component] = f, known
	}
	millis, err = given.time(newMoment(present, 0))
	return millis, err == nil, err
}

// components are the values of components, by their letters: NaN for one that is not
// a number.
type components struct {
	value [128]float64
	known [128]bool // it is in the text, and no name that there is not
}

// fit reports whether those of the components in all that are known and neither zero
// nor NaN are in set, and there are some.
func (c *components) fit(set, all string) bool {
	some := false
	for i := range len(all) {
		if f := c.value[all[i]]; !c.known[all[i]] || f == 0 || math.IsNaN(f) {
			continue
		}
		if strings.IndexByte(set, all[i]) < 0 {
			return false
		}
		some = true
	}
	return some
}

// time returns the time that the components make.
func (c components) time(present moment) (float64, error) {
	const dates, times = "YXMxWwdD", "PHhmsf"
	date, clock := "YMD", "Hmsf"
	switch {
	case c.fit("YMD", dates):
	case c.fit("Yd", dates):
		date = "YD" // so that d stands alone, and nothing may follow it: the reference does so
	case c.fit("Xxw", dates), c.fit("XW", dates):
		return 0, problem(MissingComponents) // weeks are not supported
	}
	if !c.fit("Hmsf", times) && c.fit("Phmsf", times) {
		clock = "Phmsf"
	}
	if err := c.fill(date+clock, present); err != nil {
		return 0, err
	}
	year, month, day, hour := c.value['Y'], 0.0, c.value['D'], c.value['H']
	if c.value['M'] > 0 {
		month = c.value['M'] - 1
	}
	if year >= 0 && year <= 99 {
		year += 1900 // as JavaScript does
	}
	if date == "YD" {
		month, day = 0, c.value['d']
	}
	if clock == "Phmsf" {
		if hour = c.value['h']; hour == 12 {
			hour = 0
		}
		if c.value['P'] == 1 {
			hour += 12
		}
	}
	zone := c.value['Z']
	if zone == 0 || math.IsNaN(zone) {
		zone = c.value['z']
	}
	return civilMillis(year, month, day, hour, c.value['m'], c.value['s'], c.value['f']) - zone*60_000, nil
}

// fill sets the components that are not known, of those in an order from the
// greatest to the least: before the first known one to the present, behind the
// last to their least value. In between none may be missing.
func (c *components) fill(order string, present moment) error {
	begun, ended := false, false
	for i := range len(order) {
		switch part := order[i]; {
		case c.known[part] && ended:
			return problem(MissingComponents)
		case c.known[part]:
			begun = true
		case begun:
			ended = true
			c.value[part] = 0
			if strings.IndexByte("MDd", part) >= 0 {
				c.value[part] = 1
			}
		case part != 'P': // without which a time is before noon
			c.value[part] = present.component(part)
		}
	}
	return nil
}
