package jsonata

import (
	"math"
	"regexp"
	"slices"
	"strconv"

	"github.com/aslocal/aslocal/jsonata/internal/ecma"
	"github.com/aslocal/aslocal/jsonata/internal/picture"
	"github.com/aslocal/aslocal/value"
)

// This file has the functions of numbers. Package picture formats and reads them by
// pictures.

// sum, largest, smallest and average take an array of numbers.
func sum(_ Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	total := 0.0
	for _, item := range args[0].Slice() {
		f, _ := numberOf(item)
		total += f
	}
	return number(total), nil
}

func count(_ Call, args []value.Value) (value.Value, error) {
	return value.OfFloat(float64(args[0].Len())), nil
}

func largest(_ Call, args []value.Value) (value.Value, error) { return extreme(args[0], math.Max) }

func smallest(_ Call, args []value.Value) (value.Value, error) { return extreme(args[0], math.Min) }

func extreme(list value.Value, better func(a, b float64) float64) (value.Value, error) {
	if list.Len() == 0 {
		return value.Value{}, nil
	}
	best, _ := numberOf(list.Index(0))
	for _, item := range list.Slice()[1:] {
		f, _ := numberOf(item)
		best = better(best, f)
	}
	return number(best), nil
}

func average(c Call, args []value.Value) (value.Value, error) {
	if args[0].Len() == 0 {
		return value.Value{}, nil
	}
	total, err := sum(c, args)
	f, _ := numberOf(total)
	return number(f / float64(args[0].Len())), err
}

// numeral matches what $number reads: JSON's numbers, also with leading zeros.
// otherNumeral matches integers in other bases.
var (
	numeral      = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([Ee][-+]?[0-9]+)?$`)
	otherNumeral = regexp.MustCompile(`^0[xX][0-9A-Fa-f]+$|^0[oO][0-7]+$|^0[bB][01]+$`)
)

// toNumber is $number.
func toNumber(_ Call, args []value.Value) (value.Value, error) {
	v := args[0]
	switch v.Kind() {
	case value.Absent, value.Number, value.Opaque:
		return v, nil
	case value.Bool:
		if v.Bool() {
			return value.OfFloat(1), nil
		}
		return value.OfFloat(0), nil
	}
	text := v.Text()
	switch {
	case numeral.MatchString(text):
		if f, err := strconv.ParseFloat(text, 64); err == nil || !math.IsInf(f, 0) {
			return value.OfFloat(f), nil
		}
	case otherNumeral.MatchString(text):
		return number(parseBase(text)), nil
	}
	return value.Value{}, &Error{Code: "D3030", Value: v, Index: 1}
}

// parseBase reads 0x1F, 0o17, 0b11; any number of digits.
func parseBase(text string) float64 {
	base := map[byte]float64{'x': 16, 'o': 8, 'b': 2}[text[1]|0x20]
	f := 0.0
	for _, c := range []byte(text[2:]) {
		d, _ := hexDigit(c)
		f = f*base + float64(d)
	}
	return f
}

// of returns the JSONata function that applies a function to a number.
func of(v value.Value, do func(float64) float64) (value.Value, error) {
	if !v.Exists() {
		return v, nil
	}
	f, _ := numberOf(v)
	return number(do(f)), nil
}

func floor(_ Call, args []value.Value) (value.Value, error) { return of(args[0], math.Floor) }

func ceil(_ Call, args []value.Value) (value.Value, error) { return of(args[0], math.Ceil) }

func absolute(_ Call, args []value.Value) (value.Value, error) { return of(args[0], math.Abs) }

func squareRoot(_ Call, args []value.Value) (value.Value, error) {
	if f, ok := numberOf(args[0]); ok && f < 0 {
		return value.Value{}, &Error{Code: "D3060", Value: args[0], Index: 1}
	}
	return of(args[0], math.Sqrt)
}

func power(_ Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	x, _ := numberOf(args[0])
	y, ok := numberOf(args[1])
	if !ok {
		y = math.NaN()
	}
	f := ecma.Power(x, y)
	if !finite(f) {
		return value.Value{}, &Error{Code: "D3061", Value: args[0], Value2: args[1], Index: 1}
	}
	return value.OfFloat(f), nil
}

func random(c Call, _ []value.Value) (value.Value, error) {
	return value.OfFloat(c.Random()), nil
}

// round is $round: to the even digit when in the middle, which decimal text
// decides and not the double: 2.675 rounds to 2.68.
func round(_ Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	f, _ := numberOf(args[0])
	places := 0.0
	if len(args) > 1 {
		places, _ = numberOf(args[1])
	}
	return number(picture.Round(f, places)), nil
}

// formatBase is $formatBase.
func formatBase(c Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	f, _ := numberOf(args[0])
	f = picture.Round(f, 0)
	radix := 10.0
	if len(args) > 1 && args[1].Exists() {
		r, _ := numberOf(args[1])
		radix = picture.Round(r, 0)
	}
	if !(radix >= 2 && radix <= 36) {
		return value.Value{}, fail("D3100", number(radix))
	}
	return str(c, textInBase(f, int(radix)))
}

// textInBase writes a whole number in another base.
func textInBase(f float64, base int) string {
	switch {
	case !finite(f) || base == 10:
		return ecma.NumberText(f)
	case math.Abs(f) < 1<<53:
		return strconv.FormatInt(int64(f), base)
	}
	return bigText(f, base)
}

// bigText writes a whole number beyond 2⁵³ in another base as JavaScript does: the
// digits beyond the precision of a double are zeros.
func bigText(f float64, base int) string {
	const alphabet = "0123456789abcdefghijklmnopqrstuvwxyz"
	var out []byte // from the last digit on
	x, b := math.Abs(f), float64(base)
	for x/b >= 1<<53 {
		x /= b
		out = append(out, '0')
	}
	for x > 0 {
		digit := math.Mod(x, b)
		out = append(out, alphabet[int(digit)])
		x = (x - digit) / b
	}
	if f < 0 {
		out = append(out, '-')
	}
	slices.Reverse(out)
	return string(out)
}

// booleanOf is $boolean.
func booleanOf(c Call, args []value.Value) (value.Value, error) {
	v := args[0]
	if !v.Exists() {
		return v, nil
	}
	ok, err := c.run.cast(v)
	return value.OfBool(ok), err
}

func not(c Call, args []value.Value) (value.Value, error) {
	v, err := booleanOf(c, args)
	if !v.Exists() || err != nil {
		return v, err
	}
	return value.OfBool(!v.Bool()), nil
}

// formatInteger is $formatInteger.
func formatInteger(c Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	f, _ := numberOf(args[0])
	text, err := picture.FormatInteger(f, args[1].Text())
	if err != nil {
		return value.Value{}, pictureError(err)
	}
	return str(c, text)
}

// parseInteger is $parseInteger.
func parseInteger(_ Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	f, err := picture.ReadInteger(args[0].Text(), args[1].Text())
	return number(f), pictureError(err)
}

// formatNumber is $formatNumber.
func formatNumber(c Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	var options value.Value
	if len(args) > 2 {
		options = args[2]
	}
	f, _ := numberOf(args[0])
	text, err := picture.FormatNumber(f, args[1].Text(), func(name string) (string, bool) {
		v := options.Get(name)
		return v.Text(), v.Kind() == value.String
	})
	if err != nil {
		return value.Value{}, pictureError(err)
	}
	return str(c, text)
}
