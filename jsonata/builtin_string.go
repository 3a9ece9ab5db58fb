package jsonata

import (
	"cmp"
	"math"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"

	"github.com/aslocal/aslocal/jsonata/internal/wtf8"
	"github.com/aslocal/aslocal/value"
)

// This file has the functions of strings.

// stringOf is $string.
func stringOf(c Call, args []value.Value) (value.Value, error) {
	v := args[0]
	if !v.Exists() || v.Kind() == value.String {
		return v, nil
	}
	form := textForm{pretty: len(args) > 1 && args[1].Bool(), service: c.run.expr.service}
	return c.text(func(dst []byte) ([]byte, error) { return form.append(c.run, dst, v) })
}

// text makes a string in the buffer of the run.
func (c Call) text(write func(dst []byte) ([]byte, error)) (value.Value, error) {
	text, err := write(c.run.text[:0])
	if err != nil {
		return value.Value{}, err
	}
	c.run.text = text
	if err := c.run.allocate(len(text)); err != nil {
		return value.Value{}, err
	}
	return value.OfString(string(text)), nil
}

// str returns the text s as a value.
func str(c Call, s string) (value.Value, error) { return value.OfString(s), c.run.allocate(len(s)) }

// substring is $substring. It counts characters, from the end if start is negative.
func substring(c Call, args []value.Value) (value.Value, error) {
	v := args[0]
	if !v.Exists() {
		return v, nil
	}
	s := v.Text()
	n := float64(wtf8.RuneCount(s))
	start, ok := numberOf(args[1])
	if !ok {
		start = math.NaN() // the number of no value in the reference
	}
	if n+start < 0 {
		start = 0
	}
	end := n
	if len(args) > 2 && args[2].Exists() {
		size, _ := numberOf(args[2])
		if size <= 0 {
			return value.EmptyString, nil
		}
		if end = n; start >= 0 {
			end = start + size
		} else {
			end = n + start + size
		}
	}
	from, to := clampIndex(start, n), clampIndex(end, n)
	if from >= to {
		return value.EmptyString, nil
	}
	if len(s) == int(n) {
		return value.OfString(s[from:to]), nil
	}
	return str(c, wtf8.String(wtf8.Runes(s)[from:to]))
}

// clampIndex converts an argument of JavaScript's slice to an index.
func clampIndex(x, n float64) int {
	x = math.Trunc(x)
	switch {
	case math.IsNaN(x):
		return 0
	case x < 0:
		return int(max(0, n+x))
	}
	return int(min(x, n))
}

func substringBefore(_ Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	before, _, _ := strings.Cut(args[0].Text(), textOf(args[1]))
	return value.OfString(before), nil
}

// textOf is a string where the reference takes no value for the text "undefined".
func textOf(v value.Value) string {
	if !v.Exists() {
		return "undefined"
	}
	return v.Text()
}

func substringAfter(_ Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	if _, after, found := strings.Cut(args[0].Text(), args[1].Text()); found {
		return value.OfString(after), nil
	}
	return args[0], nil
}

func lowercase(c Call, args []value.Value) (value.Value, error) {
	return convertCase(c, args[0], 'A', cases.Lower)
}

func uppercase(c Call, args []value.Value) (value.Value, error) {
	return convertCase(c, args[0], 'a', cases.Upper)
}

// convertCase changes the letters of the case that first, "a" or "A", has to the
// other case. Beyond ASCII it uses the full mappings of Unicode: ß becomes SS.
func convertCase(c Call, v value.Value, first byte, all func(language.Tag, ...cases.Option) cases.Caser) (value.Value, error) {
	s := v.Text()
	switch {
	case !v.Exists():
		return v, nil
	case wtf8.IsASCII(s):
		return c.text(func(dst []byte) ([]byte, error) {
			dst = append(dst, s...)
			for i, b := range dst {
				if b-first < 26 {
					dst[i] = b ^ 0x20
				}
			}
			return dst, nil
		})
	}
	full := all(language.Und)
	if utf8.ValidString(s) {
		return str(c, full.String(s))
	}
	var out []byte
	for len(s) > 0 { // halves of surrogate pairs stay as they are
		i := 0
		for i < len(s) && !wtf8.IsSurrogate(s, i) {
			i++
		}
		out = append(out, full.String(s[:i])...)
		if i < len(s) {
			out = append(out, s[i:i+3]...)
			i += 3
		}
		s = s[i:]
	}
	return str(c, string(out))
}

func length(_ Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	return value.OfFloat(float64(wtf8.RuneCount(args[0].Text()))), nil
}

// trim is $trim. It also replaces each run of white space inside by one blank.
func trim(c Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	words := strings.FieldsFunc(args[0].Text(), func(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' })
	return str(c, strings.Join(words, " "))
}

// pad is $pad: to the right, or to the left if width is negative.
func pad(c Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	s := args[0].Text()
	width, _ := numberOf(args[1])
	filler := " "
	if len(args) > 2 && args[2].Text() != "" {
		filler = args[2].Text()
	}
	missing := math.Abs(width) - float64(wtf8.RuneCount(s))
	if missing < 1 || math.IsNaN(missing) {
		return args[0], nil
	}
	if missing > float64(min(c.run.memory, c.run.maxLength)) {
		return value.Value{}, limitError(tooLarge, nil)
	}
	chars := wtf8.Runes(filler)
	n := int(missing)
	if err := c.run.allocate(n * (1 + len(filler)/len(chars))); err != nil {
		return value.Value{}, err
	}
	padding := make([]byte, 0, n)
	for i := range n {
		padding = wtf8.AppendRune(padding, chars[i%len(chars)])
	}
	if width < 0 {
		return str(c, string(wtf8.Append(padding, s)))
	}
	return str(c, s+string(padding))
}

// join is $join.
func join(c Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	separator := ""
	if len(args) > 1 {
		separator = args[1].Text()
	}
	return c.text(func(dst []byte) ([]byte, error) {
		for i, item := range args[0].Slice() {
			if i > 0 {
				dst = wtf8.Append(dst, separator)
			}
			dst = wtf8.Append(dst, item.Text())
			if err := cmp.Or(c.run.fits(len(dst)), c.run.poll()); err != nil {
				return nil, err
			}
		}
		return dst, nil
	})
}
