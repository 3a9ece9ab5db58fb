package picture

import (
	"math"
	"strings"

	"github.com/aslocal/aslocal/jsonata/internal/wtf8"
)

// This file takes the pictures of dates and times apart, "[D1o] of [MNn]", and
// writes moments by them.

// A datePicture is a picture of a date or time, taken apart.
type datePicture []datePart

// A datePart is a literal text, or a marker.
type datePart struct {
	literal   string
	component byte // 0: a literal
	names     bool // written as a name
	letters   letterCase
	least     int  // the minimum width; 0 if there is none
	most      int  // the maximum width; 0 if there is none
	places    int  // of Y, M, D: digits to keep, 0 for all
	zulu      bool // "t": no zone is "Z"
	integer   *integerPicture
	fewest    int // digits to read, and
	width     int // the most; 0 for any number
}

// defaultPresentations are used for components without a presentation.
var defaultPresentations = map[byte]string{
	'Y': "1", 'M': "1", 'D': "1", 'd': "1", 'F': "n", 'W': "1", 'w': "1", 'X': "1", 'x': "1", 'H': "1", 'h': "1",
	'P': "n", 'm': "01", 's': "01", 'f': "1", 'Z': "01:01", 'z': "01:01", 'C': "n", 'E': "n",
}

const numericComponents = "YMDdFWwXxHhmsf"

var isoPicture = func() datePicture {
	p, err := newDatePicture("[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]")
	if err != nil {
		panic(err)
	}
	return p
}()

var datePictures cache[datePicture]

// FormatDate writes a time by a picture, in a zone. The time is milliseconds since
// the epoch, the zone as Zone returns it; if either is not one, the picture's
// components are written as NaN.
func FormatDate(millis, zone float64, picture string) (string, error) {
	p, err := datePictures.get(picture, newDatePicture)
	if err != nil {
		return "", err
	}
	return p.format(millis, zone)
}

// FormatISO is FormatDate by the picture of ISO 8601, with milliseconds and "Z"
// for UTC.
func FormatISO(millis, zone float64) (string, error) { return isoPicture.format(millis, zone) }

// Zone reads a time zone, "+0530" or "-330", as hours and minutes: 530, -330. A
// text that is no number gives NaN.
func Zone(text string) float64 { return parseDigits(text) }

// newDatePicture takes a picture apart.
func newDatePicture(text string) (p datePicture, err error) {
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
			return nil, problem(UnclosedMarker)
		}
		part, err := parseMarker(strings.Join(strings.Fields(marker), ""))
		if err != nil {
			return nil, err
		}
		p, text = append(p, part), after
	}
}

// parseMarker takes "Y0001,2-4" apart.
func parseMarker(marker string) (part datePart, err error) {
	unknown := func() (datePart, error) {
		first := ""
		if marker != "" {
			_, n := wtf8.DecodeRune(marker, 0)
			first = marker[:n]
		}
		return part, problemIn(UnknownComponent, first)
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
		part.integer, err = newIntegerPicture(presentation)
	}
	return part, err
}

// setPicture sets the picture of a component that is a number.
func (part *datePart) setPicture(presentation, modifier string) (err error) {
	if modifier != "" {
		presentation += ";" + modifier
	}
	if part.integer, err = newIntegerPicture(presentation); err != nil {
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
	if p.style == styleDecimal {
		part.fewest, part.width = part.places-p.optional, part.places
	}
	return nil
}

// parseWidth reads the minimum or maximum of a width; 0 if there is none.
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

// plain reports whether a component is written in nothing but digits.
func (part *datePart) plain() bool {
	return part.integer != nil && part.integer.plain() && !part.names && part.component != 'Z' && part.component != 'z' && part.component != 'P'
}

// number returns the number that is written for a component.
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
	case strings.IndexByte(numericComponents, part.component) < 0:
		return "undefined", nil // the text of the reference for a component that there is not
	case part.names && part.component != 'f':
		return part.name(m.component(part.component))
	case part.integer == nil:
		return "", problemIn(NoNames, string(part.component))
	}
	return part.integer.format(part.number(m))
}

// name writes a month or a day by its name.
func (part *datePart) name(n float64) (string, error) {
	text := "undefined" // the text of the reference for an invalid time
	switch part.component {
	case 'M', 'x':
		if !math.IsNaN(n) {
			text = monthNames[int(n)-1]
		}
	case 'F':
		if !math.IsNaN(n) {
			text = dayNames[int(n)]
		}
	default:
		return "", problemIn(NoNames, string(part.component))
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
		err = problem(ZoneDigits)
	default:
		err = &Error{Problem: ZoneDigits, Digits: p.mandatory}
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
