package picture

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/jsonata/internal/ecma"
	"github.com/aslocal/aslocal/jsonata/internal/wtf8"
)

// This file is the pictures of numbers, "#,##0.00;(#,##0.00)". The steps are those
// of fn:format-number of XPath. Texts are handled in UTF-16 code units, as the
// reference does.

// A decimalFormat has the characters that mean something in a picture.
type decimalFormat struct {
	decimal, grouping, exponent, minus, percent, perMille, digit, pattern []rune
	zero                                                                  rune
}

// newDecimalFormat returns the default characters, or those that option gives
// instead.
func newDecimalFormat(option func(name string) (string, bool)) *decimalFormat {
	char := func(name, otherwise string) []rune {
		if text, ok := option(name); ok {
			return wtf8.Units(text)
		}
		return wtf8.Units(otherwise)
	}
	f := &decimalFormat{
		decimal: char("decimal-separator", "."), grouping: char("grouping-separator", ","),
		exponent: char("exponent-separator", "e"), minus: char("minus-sign", "-"),
		percent: char("percent", "%"), perMille: char("per-mille", "‰"),
		digit: char("digit", "#"), pattern: char("pattern-separator", ";"), zero: '0',
	}
	if zero := char("zero-digit", "0"); len(zero) > 0 {
		f.zero = zero[0]
	}
	return f
}

// is reports whether a character is the one given.
func is(r rune, char []rune) bool { return len(char) == 1 && char[0] == r }

// isDigit reports whether a character is a mandatory digit.
func (f *decimalFormat) isDigit(r rune) bool { return r >= f.zero && r < f.zero+10 }

// isPlace reports whether a character is a digit, mandatory or optional.
func (f *decimalFormat) isPlace(r rune) bool { return f.isDigit(r) || is(r, f.digit) }

// isActive reports whether a character means something.
func (f *decimalFormat) isActive(r rune) bool {
	return f.isPlace(r) || is(r, f.decimal) || is(r, f.exponent) || is(r, f.grouping) || is(r, f.pattern)
}

func countOf(chars []rune, of func(rune) bool) (n int) {
	for _, r := range chars {
		if of(r) {
			n++
		}
	}
	return n
}

// indexFrom returns the first index of the text in chars from an index on, or -1.
func indexFrom(chars, text []rune, from int) int {
	for i := max(0, from); i+len(text) <= len(chars); i++ {
		if slices.Equal(chars[i:i+len(text)], text) {
			return i
		}
	}
	return -1
}

func has(chars, text []rune) bool { return indexFrom(chars, text, 0) >= 0 }

// twice reports whether the text occurs in chars more than once.
func twice(chars, text []rune) bool {
	i := indexFrom(chars, text, 0)
	return i >= 0 && indexFrom(chars, text, i+1) >= 0
}

// A subPicture is one of the one or two parts of a picture, taken apart.
type subPicture struct {
	text, prefix, suffix       []rune
	active, mantissa, exponent []rune
	hasExponent                bool
	integer, fraction          []rune
	integerGroups              []int // digits to the right of each separator
	fractionGroups             []int // digits to the left of each separator
	every                      int   // digits between separators, if they are regular; else 0
	minInteger, scaling        int
	minFraction, maxFraction   int
	minExponent                int
}

// split takes a sub-picture apart.
func (f *decimalFormat) split(text []rune) *subPicture {
	p := &subPicture{text: text}
	inner := func(r rune) bool { return f.isActive(r) && !is(r, f.exponent) }
	first, last := slices.IndexFunc(text, inner), len(text)-1
	for first >= 0 && last > first && !inner(text[last]) {
		last--
	}
	first = max(0, first)
	p.prefix, p.suffix = text[:first], text[last+1:]
	p.active = text[first : last+1]
	p.mantissa = p.active
	if at := indexFrom(text, f.exponent, first); at >= 0 && at <= len(text)-len(p.suffix) {
		// The reference counts from the start of the text, not of its active part.
		p.hasExponent = true
		p.mantissa, p.exponent = p.active[:min(at, len(p.active))], p.active[min(at+1, len(p.active)):]
	}
	p.integer, p.fraction = p.mantissa, p.suffix // the suffix: so does the reference
	if at := indexFrom(p.mantissa, f.decimal, 0); at >= 0 {
		p.integer, p.fraction = p.mantissa[:at], p.mantissa[at+1:]
	}
	return p
}

// check returns the mistake in a sub-picture; of several, the last one in this
// order.
func (f *decimalFormat) check(p *subPicture) error {
	at := indexFrom(p.text, f.decimal, 0)
	beside := func(i int) bool { return i >= 0 && i < len(p.text) && is(p.text[i], f.grouping) }
	optional := slices.IndexFunc(p.integer, func(r rune) bool { return is(r, f.digit) })
	lastOptional := len(p.fraction) - 1
	for lastOptional >= 0 && !is(p.fraction[lastOptional], f.digit) {
		lastOptional--
	}
	scaled := has(p.text, f.percent) || has(p.text, f.perMille)
	var found Problem
	for _, rule := range []struct {
		problem Problem
		wrong   bool
	}{
		{ManyDecimalSeparators, twice(p.text, f.decimal)},
		{ManyPercents, twice(p.text, f.percent)},
		{ManyPerMilles, twice(p.text, f.perMille)},
		{PercentAndPerMille, has(p.text, f.percent) && has(p.text, f.perMille)},
		{NoDigits, !slices.ContainsFunc(p.mantissa, f.isPlace)},
		{PassiveInside, slices.ContainsFunc(p.active, func(r rune) bool { return !f.isActive(r) })},
		{GroupingBesideDecimal, at >= 0 && (beside(at-1) || beside(at+1))},
		{GroupingAtEnd, at < 0 && len(p.integer) > 0 && is(p.integer[len(p.integer)-1], f.grouping)},
		{AdjacentGroupings, has(p.text, append(slices.Clone(f.grouping), f.grouping...))},
		{MandatoryBeforeOptional, optional >= 0 && slices.ContainsFunc(p.integer[:max(0, optional)], f.isDigit)},
		{OptionalBeforeMandatory, lastOptional >= 0 && slices.ContainsFunc(p.fraction[max(0, lastOptional):], f.isDigit)},
		{PercentWithExponent, p.hasExponent && len(p.exponent) > 0 && scaled},
		{ExponentDigits, p.hasExponent && (len(p.exponent) == 0 || countOf(p.exponent, f.isDigit) < len(p.exponent))},
	} {
		if rule.wrong {
			found = rule.problem
		}
	}
	if found == 0 {
		return nil
	}
	return problem(found)
}

// analyse counts the digits and finds the separators.
func (f *decimalFormat) analyse(p *subPicture) {
	// The reference finds the further separators of the fraction where the
	// integer part has them.
	groups := func(part []rune, side func(at int) []rune) (list []int) {
		for at := indexFrom(part, f.grouping, 0); at >= 0; at = indexFrom(p.integer, f.grouping, at+1) {
			list = append(list, countOf(side(at), f.isPlace))
		}
		return list
	}
	p.integerGroups = groups(p.integer, func(at int) []rune { return p.integer[at:] })
	p.fractionGroups = groups(p.fraction, func(at int) []rune { return p.fraction[:min(at, len(p.fraction))] })
	separators := make([]separatorAt, len(p.integerGroups))
	for i, at := range p.integerGroups {
		separators[i].at = at
	}
	p.every = regularEvery(separators)
	p.minInteger = countOf(p.integer, f.isDigit)
	p.scaling = p.minInteger
	p.minFraction, p.maxFraction = countOf(p.fraction, f.isDigit), countOf(p.fraction, f.isPlace)
	if p.minInteger == 0 && p.maxFraction == 0 {
		if p.hasExponent {
			p.minFraction, p.maxFraction = 1, 1
		} else {
			p.minInteger = 1
		}
	}
	if p.hasExponent && p.minInteger == 0 && has(p.integer, f.digit) {
		p.minInteger = 1
	}
	if p.minInteger == 0 && p.minFraction == 0 {
		p.minFraction = 1
	}
	if p.hasExponent {
		p.minExponent = countOf(p.exponent, f.isDigit)
	}
}

// FormatNumber writes a number by a picture. option returns the characters that
// replace the default ones, by the names of XPath: "decimal-separator",
// "grouping-separator", "exponent-separator", "minus-sign", "percent",
// "per-mille", "digit", "pattern-separator", "zero-digit".
func FormatNumber(f float64, picture string, option func(name string) (string, bool)) (string, error) {
	if len(picture) > maxPicture {
		return "", problem(TooLarge)
	}
	text, err := newDecimalFormat(option).format(f, wtf8.Units(picture))
	if err != nil {
		return "", err
	}
	return wtf8.String(text), nil
}

// format formats a number.
func (f *decimalFormat) format(n float64, picture []rune) ([]rune, error) {
	texts := [][]rune{picture}
	if at := indexFrom(picture, f.pattern, 0); at >= 0 && len(f.pattern) > 0 {
		texts = [][]rune{picture[:at], picture[at+len(f.pattern):]}
		if has(texts[1], f.pattern) {
			return nil, problem(ManySubPictures)
		}
	}
	var pictures []*subPicture
	for _, text := range texts {
		pictures = append(pictures, f.split(text))
	}
	for _, p := range pictures {
		if err := f.check(p); err != nil {
			return nil, err
		}
	}
	p := pictures[0]
	if !(n >= 0) {
		p = pictures[len(pictures)-1]
		if len(pictures) == 1 {
			p.prefix = append(slices.Clone(f.minus), p.prefix...)
		}
	}
	f.analyse(p)
	switch {
	case has(p.text, f.percent):
		n *= 100
	case has(p.text, f.perMille):
		n *= 1000
	}
	exponent := 0
	if p.minExponent > 0 {
		n, exponent = scale(n, p.scaling)
	}
	text := f.digits(Round(n, float64(p.maxFraction)), p.maxFraction)
	text = f.trim(text, p)
	text = f.group(text, p)
	if at := indexFrom(text, f.decimal, 0); !has(p.text, f.decimal) || at == len(text)-1 {
		text = text[:max(0, len(text)-1)]
	}
	if p.minExponent > 0 {
		digits := f.digits(float64(exponent), 0)
		text = append(text, f.exponent...)
		if exponent < 0 {
			text = append(text, f.minus...)
		}
		text = append(text, f.zeros(p.minExponent-len(digits))...)
		text = append(text, digits...)
	}
	return slices.Concat(p.prefix, text, p.suffix), nil
}

// scale returns a number with the given number of digits before the decimal point,
// and the exponent of ten that restores it.
func scale(n float64, digits int) (float64, int) {
	exponent := 0
	if n == 0 || !finite(n) {
		return n, 0
	}
	most, least := math.Pow(10, float64(digits)), math.Pow(10, float64(digits-1))
	for math.Abs(n) < least {
		n *= 10
		exponent--
	}
	for math.Abs(n) > most && !math.IsInf(most, 0) {
		n /= 10
		exponent++
	}
	return n, exponent
}

// digits writes a number with the given number of decimal places, in the digits of
// the format.
func (f *decimalFormat) digits(n float64, places int) []rune {
	n = math.Abs(n)
	text := ecma.NumberText(n)
	if n < 1e21 {
		text = strconv.FormatFloat(n, 'f', places, 64)
	}
	out := []rune(text)
	for i, r := range out {
		if r >= '0' && r <= '9' {
			out[i] = f.zero + r - '0'
		}
	}
	return out
}

func (f *decimalFormat) zeros(n int) []rune {
	return []rune(strings.Repeat(string(f.zero), max(0, n)))
}

// trim removes zeros at both ends and adds the mandatory ones.
func (f *decimalFormat) trim(text []rune, p *subPicture) []rune {
	if at := slices.Index(text, '.'); at >= 0 {
		text = slices.Concat(text[:at], f.decimal, text[at+1:])
	} else {
		text = append(text, f.decimal...)
	}
	for len(text) > 0 && text[0] == f.zero {
		text = text[1:]
	}
	for len(text) > 0 && text[len(text)-1] == f.zero {
		text = text[:len(text)-1]
	}
	at := indexFrom(text, f.decimal, 0)
	return slices.Concat(f.zeros(p.minInteger-at), text, f.zeros(p.minFraction-(len(text)-at-1)))
}

// group inserts the separators.
func (f *decimalFormat) group(text []rune, p *subPicture) []rune {
	insert := func(at int) {
		if at < 0 { // counted from the end
			at = max(0, len(text)+at)
		}
		text = slices.Insert(text, min(at, len(text)), f.grouping...)
	}
	at := indexFrom(text, f.decimal, 0)
	if p.every > 0 {
		for group := 1; group <= (at-1)/p.every; group++ {
			insert(at - group*p.every)
		}
	} else {
		for _, right := range p.integerGroups {
			insert(at - right)
			at++
		}
	}
	at = indexFrom(text, f.decimal, 0)
	for _, left := range p.fractionGroups {
		insert(left + at + 1)
	}
	return text
}

// Round rounds to decimal places, or to tens if they are negative: to the nearest
// number, and halves to the even digit. $round does the same. The result is NaN if
// places is no whole number, or if that digit of the number is beyond the range of doubles.
func Round(f, places float64) float64 {
	if places == 0 || math.IsNaN(places) {
		return math.RoundToEven(f) + 0 // no -0
	}
	return shift(math.RoundToEven(shift(f, places)), -places) + 0
}

// shift moves the decimal point by moving the exponent of the text.
func shift(f, places float64) float64 {
	mantissa, exponent, _ := strings.Cut(ecma.NumberText(f), "e")
	e, _ := strconv.Atoi(exponent)
	places += float64(e)
	if !finite(f) || places != math.Trunc(places) || math.Abs(places) >= 1e21 { // the reference reads no such text as a number
		return math.NaN()
	}
	f, _ = strconv.ParseFloat(mantissa+"e"+strconv.FormatFloat(places, 'f', -1, 64), 64)
	return f
}

// finite reports whether f is neither NaN nor an infinity.
func finite(f float64) bool { return !math.IsNaN(f) && !math.IsInf(f, 0) }
