package picture

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/aslocal/aslocal/jsonata/internal/ecma"
	"github.com/aslocal/aslocal/jsonata/internal/wtf8"
)

// This file is the pictures of integers; the components of dates use them, too. A
// picture is digits ("#,##0"), letters ("a", "A"), Roman numerals ("i", "I") or
// words ("w", "W", "Ww"); ";o" makes it an ordinal number. See fn:format-integer
// of XPath.

// An integerStyle is one of the ways to write an integer.
type integerStyle uint8

const (
	styleDecimal integerStyle = iota
	styleLetters
	styleRoman
	styleWords
	styleSequence // of characters such as "①": not supported
)

// A letterCase is the case of letters and words.
type letterCase uint8

const (
	lowerCase letterCase = iota
	upperCase
	titleCase
)

// An integerPicture is a picture taken apart.
type integerPicture struct {
	style      integerStyle
	letters    letterCase
	ordinal    bool
	token      string // of a sequence
	zero       rune   // of the script of the digits
	mandatory  int    // digits
	optional   int    // digits
	every      int    // digits between two separators; 0: they are irregular
	separator  rune
	separators []separatorAt // from the right
}

// A separatorAt is a separator and the number of digits to the right of it.
type separatorAt struct {
	at   int
	char rune
}

// zeros are the zeros of the scripts that have digits.
var zeros = []rune{
	0x30, 0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6,
	0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40,
	0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
}

// zeroOf returns the zero of the script that a digit belongs to.
func zeroOf(r rune) (zero rune, ok bool) {
	for _, z := range zeros {
		if r >= z && r <= z+9 {
			return z, true
		}
	}
	return 0, false
}

var integerPictures cache[*integerPicture]

// maxPicture is the maximum length of the picture of a number in bytes, and the
// maximum number of digits that the width of a date component may demand.
const maxPicture = 1 << 12

// newIntegerPicture takes a picture apart.
func newIntegerPicture(text string) (*integerPicture, error) {
	if len(text) > maxPicture {
		return nil, problem(TooLarge)
	}
	p := &integerPicture{}
	if at := strings.LastIndexByte(text, ';'); at >= 0 {
		p.ordinal = strings.HasPrefix(text[at+1:], "o")
		text = text[:at]
	}
	switch text {
	case "a", "A":
		p.style = styleLetters
	case "i", "I":
		p.style = styleRoman
	case "w", "W", "Ww":
		p.style = styleWords
	default:
		return p, p.digits(text)
	}
	switch text {
	case "A", "I", "W":
		p.letters = upperCase
	case "Ww":
		p.letters = titleCase
	}
	return p, nil
}

// digits reads a pattern of digits, from the right.
func (p *integerPicture) digits(text string) error {
	chars := wtf8.Runes(text)
	places := 0
	for i := len(chars) - 1; i >= 0; i-- {
		zero, ok := zeroOf(chars[i])
		switch {
		case ok && p.zero != 0 && p.zero != zero:
			return problem(MixedDigits)
		case ok:
			p.zero = zero
			p.mandatory++
			places++
		case chars[i] == '#':
			p.optional++
			places++
		default:
			p.separators = append(p.separators, separatorAt{places, chars[i]})
		}
	}
	if p.mandatory == 0 {
		p.style, p.token = styleSequence, text
		return nil
	}
	if p.every = regularEvery(p.separators); p.every > 0 {
		p.separator = p.separators[0].char
	}
	return nil
}

// regularEvery returns the number of digits between separators, if they are all the
// same character at regular distances; otherwise 0.
func regularEvery(list []separatorAt) int {
	every := 0
	present := map[int]bool{}
	for _, s := range list {
		if s.char != list[0].char {
			return 0
		}
		present[s.at] = true
		every = greatestDivisor(every, s.at)
	}
	for i := range list {
		if !present[(i+1)*every] {
			return 0
		}
	}
	return every
}

func greatestDivisor(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// FormatInteger writes a number, rounded down, by a picture.
func FormatInteger(f float64, picture string) (string, error) {
	p, err := integerPictures.get(picture, newIntegerPicture)
	if err != nil {
		return "", err
	}
	return p.format(math.Floor(f))
}

// maxRoman is the greatest number that is written in Roman numerals, because each
// thousand is a letter.
const maxRoman = 1e9

// format writes a whole number.
func (p *integerPicture) format(f float64) (string, error) {
	text := ""
	n := math.Abs(f)
	switch p.style {
	case styleDecimal:
		if p.mandatory > maxPicture {
			return "", problem(TooLarge)
		}
		text = p.decimal(n)
	case styleLetters:
		if math.IsInf(n, 0) {
			return "", problem(TooLarge)
		}
		text = inLetters(n)
	case styleRoman:
		if n > maxRoman {
			return "", problem(TooLarge)
		}
		if !math.IsNaN(n) {
			text = inRoman(int(n))
		}
	case styleWords:
		if math.IsInf(n, 0) {
			return "", problem(TooLarge)
		}
		if text = "NaN"; !math.IsNaN(n) {
			text = inWords(n, p.ordinal)
		}
	case styleSequence:
		return "", problemIn(Sequence, p.token)
	}
	switch {
	case p.style == styleDecimal:
	case p.letters == upperCase:
		text = strings.ToUpper(text)
	case p.letters == lowerCase:
		text = strings.ToLower(text)
	}
	if f < 0 {
		text = "-" + text
	}
	return text, nil
}

// plain reports whether the picture is nothing but digits from 0 to 9.
func (p *integerPicture) plain() bool {
	return p.style == styleDecimal && p.zero == '0' && !p.ordinal && p.every == 0 && p.separators == nil && p.mandatory <= maxPicture
}

// appendDigits writes a whole number, which fits an int64, by a plain picture.
func (p *integerPicture) appendDigits(dst []byte, f float64) []byte {
	n := int64(f)
	if n < 0 {
		dst, n = append(dst, '-'), -n
	}
	var room [20]byte
	digits := strconv.AppendInt(room[:0], n, 10)
	for range p.mandatory - len(digits) {
		dst = append(dst, '0')
	}
	return append(dst, digits...)
}

// decimal writes a number in digits.
func (p *integerPicture) decimal(n float64) string {
	chars := []rune(ecma.NumberText(n))
	if missing := p.mandatory - len(chars); missing > 0 {
		chars = append([]rune(strings.Repeat("0", missing)), chars...)
	}
	for i := range chars {
		chars[i] += p.zero - '0'
	}
	if p.every > 0 {
		for at := (len(chars) - 1) / p.every * p.every; at > 0; at -= p.every {
			chars = insertRune(chars, len(chars)-at, p.separator)
		}
	} else {
		for i := len(p.separators) - 1; i >= 0; i-- { // from the left
			chars = insertRune(chars, len(chars)-p.separators[i].at, p.separators[i].char)
		}
	}
	text := wtf8.String(chars)
	if p.ordinal {
		text += ordinalSuffix(chars)
	}
	return text
}

// insertRune inserts a character before an index. A negative index counts from the
// end, and the characters before it are lost, as with JavaScript's substr.
func insertRune(chars []rune, at int, char rune) []rune {
	if at < 0 {
		at = max(0, len(chars)+at)
		return append([]rune{char}, chars[at:]...)
	}
	out := append(append(make([]rune, 0, len(chars)+1), chars[:at]...), char)
	return append(out, chars[at:]...)
}

// ordinalSuffix returns st, nd, rd or th.
func ordinalSuffix(digits []rune) string {
	n := len(digits)
	if n == 0 || n > 1 && digits[n-2] == '1' {
		return "th"
	}
	switch digits[n-1] {
	case '1':
		return "st"
	case '2':
		return "nd"
	case '3':
		return "rd"
	}
	return "th"
}

// inLetters writes a number as a … z, aa, ab …
func inLetters(n float64) string {
	var out []byte
	for n > 0 {
		out = append(out, 'a'+byte(math.Mod(n-1, 26)))
		n = math.Floor((n - 1) / 26)
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return string(out)
}

var romanNumerals = []struct {
	n    int
	text string
}{
	{1000, "m"}, {900, "cm"}, {500, "d"}, {400, "cd"}, {100, "c"}, {90, "xc"}, {50, "l"}, {40, "xl"},
	{10, "x"}, {9, "ix"}, {5, "v"}, {4, "iv"}, {1, "i"},
}

func inRoman(n int) string {
	var out strings.Builder
	for _, numeral := range romanNumerals {
		out.WriteString(strings.Repeat(numeral.text, n/numeral.n))
		n %= numeral.n
	}
	return out.String()
}

var (
	cardinals = []string{
		"Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve",
		"Thirteen", "Fourteen", "Fifteen", "Sixteen", "Seventeen", "Eighteen", "Nineteen",
	}
	ordinals = []string{
		"Zeroth", "First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth", "Eleventh",
		"Twelfth", "Thirteenth", "Fourteenth", "Fifteenth", "Sixteenth", "Seventeenth", "Eighteenth", "Nineteenth",
	}
	decades    = []string{"Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety"}
	magnitudes = []string{"Thousand", "Million", "Billion", "Trillion"}
)

func inWords(n float64, ordinal bool) string { return appendWords("", n, false, ordinal) }

// appendWords appends a number in words, with "and" or a comma before it if there
// are other words.
func appendWords(text string, n float64, behind, ordinal bool) string {
	and, comma := "", ""
	if behind {
		and, comma = " and ", ", "
	}
	switch {
	case n <= 19 && ordinal:
		return text + and + ordinals[int(n)]
	case n <= 19:
		return text + and + cardinals[int(n)]
	case n < 100:
		tens, ones := decades[int(n)/10-2], math.Mod(n, 10)
		switch {
		case ones > 0:
			return appendWords(text+and+tens+"-", ones, false, ordinal)
		case ordinal:
			tens = strings.TrimSuffix(tens, "y") + "ieth"
		}
		return text + and + tens
	}
	unit, name := 100.0, "Hundred"
	for i, magnitude := range magnitudes {
		if least := math.Pow(1000, float64(i+1)); n >= least {
			unit, name = least, magnitude
		}
	}
	text = appendWords(text+comma, math.Floor(n/unit), false, false) + " " + name
	switch rest := n - math.Floor(n/unit)*unit; {
	case rest > 0:
		return appendWords(text, rest, true, ordinal)
	case ordinal:
		return text + "th"
	}
	return text
}

// wordValues are the values of words in lower case.
var wordValues = func() map[string]float64 {
	m := map[string]float64{"hundred": 100, "hundredth": 100}
	for i := range cardinals {
		m[strings.ToLower(cardinals[i])] = float64(i)
		m[strings.ToLower(ordinals[i])] = float64(i)
	}
	for i, word := range decades {
		word = strings.ToLower(word)
		m[word] = float64(i+2) * 10
		m[strings.TrimSuffix(word, "y")+"ieth"] = float64(i+2) * 10
	}
	for i, word := range magnitudes {
		word = strings.ToLower(word)
		m[word] = math.Pow(1000, float64(i+1))
		m[word+"th"] = math.Pow(1000, float64(i+1))
	}
	return m
}()

// ReadInteger reads an integer by a picture; NaN if the text is not an integer.
func ReadInteger(text, picture string) (float64, error) {
	p, err := integerPictures.get(picture, newIntegerPicture)
	if err != nil {
		return 0, err
	}
	return p.parse(text)
}

// parse reads an integer; NaN if the text is not an integer.
func (p *integerPicture) parse(text string) (float64, error) {
	switch p.style {
	case styleLetters:
		if p.letters == lowerCase {
			return fromLetters(text, 'a'), nil
		}
		return fromLetters(text, 'A'), nil
	case styleRoman:
		if p.letters == lowerCase {
			text = strings.ToUpper(text)
		}
		return fromRoman(text), nil
	case styleWords:
		return fromWords(strings.ToLower(text)), nil
	case styleSequence:
		return 0, problemIn(Sequence, p.token)
	}
	return p.fromDecimal(text), nil
}

func fromLetters(text string, first rune) float64 {
	sum := 0.0
	units := utf16.Encode([]rune(text))
	for i := range units { // from the last one, so that a large sum is rounded as in the reference
		sum += float64(rune(units[len(units)-1-i])-first+1) * ecma.Power(26, float64(i))
	}
	return sum
}

func fromRoman(text string) float64 {
	values := map[rune]float64{'M': 1000, 'D': 500, 'C': 100, 'L': 50, 'X': 10, 'V': 5, 'I': 1}
	sum, most := 0.0, 1.0
	chars := []rune(text)
	for i := len(chars) - 1; i >= 0; i-- {
		v, ok := values[chars[i]]
		switch {
		case !ok:
			return math.NaN()
		case v < most:
			sum -= v
		default:
			most = v
			sum += v
		}
	}
	return sum
}

// fromWords adds up words: a number below a hundred is added to the sum so far, any
// other multiplies it.
func fromWords(text string) float64 {
	parts := []float64{0}
	for _, word := range betweenWords.Split(text, -1) {
		v, ok := wordValues[word]
		if !ok {
			return math.NaN()
		}
		last := &parts[len(parts)-1]
		switch {
		case v >= 100:
			*last *= v
		case *last >= 1000:
			parts = append(parts, v)
		default:
			*last += v
		}
	}
	sum := 0.0
	for _, part := range parts {
		sum += part
	}
	return sum
}

// betweenWords matches what stands between two words. The space is that of JavaScript.
var betweenWords = func() *regexp.Regexp {
	const space = `[\t-\r \x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}\x{FEFF}]`
	return regexp.MustCompile(`,` + space + `|` + space + `and` + space + `|` + space + `|[\\-]`)
}()

// fromDecimal reads digits, in the script of the picture and without its
// separators.
func (p *integerPicture) fromDecimal(text string) float64 {
	if p.ordinal {
		text = wtf8.String(wtf8.Runes(text)[:max(0, wtf8.RuneCount(text)-2)])
	}
	if p.every > 0 {
		text = strings.ReplaceAll(text, ",", "")
	} else {
		separators := map[rune]bool{}
		for _, s := range p.separators {
			separators[s.char] = true
		}
		text = strings.Map(func(r rune) rune {
			if separators[r] {
				return -1
			}
			return r
		}, text)
	}
	if p.zero != '0' {
		chars := wtf8.Runes(text)
		for i := range chars {
			chars[i] += '0' - p.zero
		}
		text = wtf8.String(chars)
	}
	return parseDigits(text)
}

// parseDigits reads the integer that a text begins with, as JavaScript's parseInt does;
// NaN if there is none.
func parseDigits(text string) float64 {
	text = strings.TrimLeft(text, " \t\n\r\v\f\u00A0\uFEFF")
	digits, negative := strings.CutPrefix(text, "-")
	if !negative {
		digits = strings.TrimPrefix(digits, "+")
	}
	prefix, alphabet, suffix := "", "0123456789", ""
	if len(digits) >= 2 && strings.EqualFold(digits[:2], "0x") {
		prefix, alphabet, suffix = "0x", "0123456789abcdefABCDEF", "p0"
		digits = digits[2:]
	}
	rest := strings.TrimLeft(digits, alphabet)
	f, err := strconv.ParseFloat(prefix+digits[:len(digits)-len(rest)]+suffix, 64)
	if err != nil && !math.IsInf(f, 0) {
		return math.NaN()
	}
	if negative {
		return -f
	}
	return f
}
