package jsonata

import (
	"cmp"
	"encoding/base64"
	"math"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"

	"github.com/aslocal/aslocal/value"
)

// This file is the functions of strings.

// stringOf is $string.
func stringOf(c Call, args []value.Value) (value.Value, error) {
	v := args[0]
	if !v.Exists() || v.Kind() == value.String {
		return v, nil
	}
	form := textForm{pretty: len(args) > 1 && args[1].Bool(), whole: c.run.expr.service}
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
	return value.Str(string(text)), nil
}

// A textForm says how $string and & write what is no string.
type textForm struct {
	pretty bool
	whole  bool // whole numbers in full, see WithServiceNumbers
}

// append writes a value: nothing and functions as nothing, what is no string as
// JSON, with numbers of 15 digits.
func (form textForm) append(r *run, dst []byte, v value.Value) ([]byte, error) {
	switch v.Kind() {
	case value.String:
		return append(dst, v.Text()...), nil
	case value.Absent:
		return dst, nil
	case value.Number, value.Opaque:
		if isFunction(v) {
			return dst, nil
		}
		f, _ := numberOf(v)
		if f-f != 0 {
			return dst, fail("D3001", v)
		}
		return form.appendNumber(dst, v), nil
	case value.Array:
		if v.Mark()&markOuter != 0 {
			v = v.Index(0)
		}
	}
	w := jsonWriter{textForm: form, dst: dst, most: min(r.memory, r.maxLength)}
	err := w.write(v, 0)
	return w.dst, err
}

// A jsonWriter writes values as JSON.stringify does, with numbers rounded to 15
// digits and functions as empty strings.
type jsonWriter struct {
	textForm
	dst  []byte
	most int // bytes
}

// write writes a value inside so many others. An infinity fails.
func (w *jsonWriter) write(v value.Value, level int) (err error) {
	if level > deepest {
		return limitError(tooDeep, nil)
	}
	if len(w.dst) > w.most { // see survey: the text may be far larger than the value
		return limitError(tooLarge, nil)
	}
	switch v.Kind() {
	case value.Number:
		f := v.Float()
		if f-f != 0 {
			return fail(codeOutOfJSON, v)
		}
		w.dst = w.appendNumber(w.dst, v)
	case value.String:
		w.dst = appendQuoted(w.dst, v.Text())
	case value.Array:
		items := v.Slice()
		for i := range items {
			w.begin("[,"[min(i, 1)], level+1)
			if err = w.write(items[i], level+1); err != nil {
				return err
			}
		}
		w.end("[]", len(items), level)
	case value.Object:
		members, shape := v.MemberValues(), v.Shape()
		for i := range members {
			w.begin("{,"[min(i, 1)], level+1)
			w.dst = append(appendQuoted(w.dst, shape.Name(i)), ':')
			if w.pretty {
				w.dst = append(w.dst, ' ')
			}
			if err = w.write(members[i], level+1); err != nil {
				return err
			}
		}
		w.end("{}", len(members), level)
	case value.Opaque:
		if isFunction(v) {
			w.dst = append(w.dst, `""`...)
			return nil
		}
		w.dst = append(w.dst, "null"...)
		_, _, err = numeric(v)
	case value.Absent:
		w.dst = append(w.dst, "null"...)
	default:
		w.dst = v.AppendJSON(w.dst)
	}
	return err
}

// begin writes what is before an item.
func (w *jsonWriter) begin(c byte, level int) {
	w.dst = append(w.dst, c)
	if w.pretty {
		w.newLine(level)
	}
}

// end closes an array or object, which has not been opened if it is empty.
func (w *jsonWriter) end(brackets string, items, level int) {
	if items == 0 {
		w.dst = append(w.dst, brackets...)
		return
	}
	if w.pretty {
		w.newLine(level)
	}
	w.dst = append(w.dst, brackets[1])
}

func (w *jsonWriter) newLine(level int) {
	w.dst = append(w.dst, '\n')
	for range level {
		w.dst = append(w.dst, "  "...)
	}
}

// appendQuoted writes a string as JSON.stringify does: like package value, but
// with small letters in \u001f.
func appendQuoted(dst []byte, s string) []byte {
	start := len(dst)
	dst = value.AppendQuoted(dst, s)
	if len(dst)-start == len(s)+2 {
		return dst
	}
	for i := start; i < len(dst); i++ {
		if dst[i] != '\\' {
			continue
		}
		if i++; dst[i] == 'u' {
			copy(dst[i+1:i+5], strings.ToLower(string(dst[i+1:i+5])))
			i += 4
		}
	}
	return dst
}

// str returns the text s as a value.
func str(c Call, s string) (value.Value, error) { return value.Str(s), c.run.allocate(len(s)) }

// substring is $substring: it counts characters, and from the end if start is
// negative.
func substring(c Call, args []value.Value) (value.Value, error) {
	v := args[0]
	if !v.Exists() {
		return v, nil
	}
	s, start := v.Text(), 0.0
	n := float64(countRunes(s))
	if start = args[1].Float(); n+start < 0 {
		start = 0
	}
	end := n
	if len(args) > 2 && args[2].Exists() {
		size := args[2].Float()
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
		return value.Str(s[from:to]), nil
	}
	return str(c, textOf(runes(s)[from:to]))
}

// clampIndex turns a position as JavaScript's slice takes it into an index.
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
	before, _, _ := strings.Cut(args[0].Text(), args[1].Text())
	return value.Str(before), nil
}

func substringAfter(_ Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	if _, after, found := strings.Cut(args[0].Text(), args[1].Text()); found {
		return value.Str(after), nil
	}
	return args[0], nil
}

func lowercase(c Call, args []value.Value) (value.Value, error) {
	return convertCase(c, args[0], 'A', cases.Lower)
}

func uppercase(c Call, args []value.Value) (value.Value, error) {
	return convertCase(c, args[0], 'a', cases.Upper)
}

// convertCase changes the letters from first on, "a" or "A", to the other case. It
// uses the full mappings of Unicode beyond ASCII: ß becomes SS.
func convertCase(c Call, v value.Value, first byte, all func(language.Tag, ...cases.Option) cases.Caser) (value.Value, error) {
	s := v.Text()
	switch {
	case !v.Exists():
		return v, nil
	case isASCII(s):
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
		for i < len(s) && !isHalf(s, i) {
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
	return value.Float(float64(countRunes(args[0].Text()))), nil
}

// trim is $trim: it makes one blank of each run of white space inside, too.
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
	s, width := args[0].Text(), args[1].Float()
	filler := " "
	if len(args) > 2 && args[2].Text() != "" {
		filler = args[2].Text()
	}
	missing := math.Abs(width) - float64(countRunes(s))
	if missing < 1 || math.IsNaN(missing) {
		return args[0], nil
	}
	if missing > float64(min(c.run.memory, c.run.maxLength)) {
		return value.Value{}, limitError(tooLarge, nil)
	}
	chars := runes(filler)
	n := int(missing)
	if err := c.run.allocate(n * (1 + len(filler)/len(chars))); err != nil {
		return value.Value{}, err
	}
	padding := make([]byte, 0, n)
	for i := range n {
		padding = appendRune(padding, chars[i%len(chars)])
	}
	if width < 0 {
		return str(c, string(appendText(padding, s)))
	}
	return str(c, s+string(padding))
}

// containsText is $contains.
func containsText(c Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	s := args[0].Text()
	if args[1].Kind() == value.String {
		return value.OfBool(strings.Contains(s, args[1].Text())), nil
	}
	if !args[1].Exists() {
		return args[1], nil
	}
	if fn := functionOf(args[1]); fn != nil && fn.regex != nil {
		ok, err := fn.regex.matches(c.run, s)
		return value.OfBool(ok), err
	}
	found := false
	err := eachMatch(c, args[1], s, func(occurrence) (bool, error) {
		found = true
		return false, nil
	})
	return value.OfBool(found), err
}

// matchAll is $match.
func matchAll(c Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	limit, err := limitOf(args, 2, "D3040", 3)
	if err != nil || limit == 0 {
		return value.Value{}, err
	}
	s := args[0].Text()
	var out []value.Value
	offsets := unitCounter{text: s}
	err = eachMatch(c, args[1], s, func(m occurrence) (bool, error) {
		at := value.Float(float64(offsets.at(m.from)))
		out = append(out, resultShape.New([]value.Value{value.Str(m.text), at, m.groupValues(s)}))
		return float64(len(out)) < limit, c.run.grow(8 + m.groups())
	})
	return sequence(out), err
}

var resultShape = value.NewShape("match", "index", "groups")

// limitOf returns a limit among the arguments; infinite if it is missing.
func limitOf(args []value.Value, i int, code string, index int) (float64, error) {
	if i >= len(args) || !args[i].Exists() {
		return math.Inf(1), nil
	}
	n := args[i].Float()
	if n < 0 {
		return 0, &Error{Code: code, Value: args[i], Index: index}
	}
	return n, nil
}

// An occurrence is one match of a matcher: what it matched and where, in bytes.
type occurrence struct {
	text     string
	from, to int
	match    match       // of a regular expression,
	object   value.Value // or what a function of the expression returned
}

// groupValues returns the groups.
func (o occurrence) groupValues(s string) value.Value {
	if o.match != nil {
		return o.match.groupValues(s)
	}
	return o.object.Get("groups")
}

// groups returns the number of groups.
func (o occurrence) groups() int {
	if o.match != nil {
		return len(o.match)/2 - 1
	}
	return o.object.Get("groups").Len()
}

// group returns the text of a group, which count from 1.
func (o occurrence) group(s string, n int) string {
	if o.match != nil {
		text, _ := o.match.group(s, n)
		return text
	}
	return o.object.Get("groups").Index(n - 1).Text()
}

// eachMatch calls do for each match of a matcher, which is a regular expression
// or a function that works like one, as long as do returns true.
func eachMatch(c Call, matcher value.Value, s string, do func(occurrence) (bool, error)) error {
	fn := functionOf(matcher)
	if fn == nil {
		return fail("T1010", value.Value{})
	}
	if fn.regex != nil {
		return fn.regex.all(c.run, s, func(m match) (bool, error) {
			return do(occurrence{text: s[m[0]:m[1]], from: m[0], to: m[1], match: m})
		})
	}
	v, err := c.run.apply(fn, []value.Value{value.Str(s)}, value.Nil)
	for err == nil {
		if v = leave(v); !v.Exists() {
			return nil
		}
		from, hasFrom := numberOf(v.Get("start"))
		to, hasTo := numberOf(v.Get("end"))
		next := functionOf(v.Get("next"))
		if !hasFrom && !hasTo && !isArray(v.Get("groups")) && next == nil {
			return fail("T1010", value.Value{})
		}
		o := occurrence{text: v.Get("match").Text(), from: byteOffset(s, from), to: byteOffset(s, to), object: v}
		more, err := do(o)
		if err != nil || !more {
			return err
		}
		if next == nil {
			return fail("T1010", value.Value{})
		}
		if err := c.run.poll(); err != nil {
			return err
		}
		if v, err = c.run.apply(next, nil, value.Nil); err != nil {
			return err
		}
	}
	return err
}

// byteOffset turns an offset in UTF-16 code units into bytes.
func byteOffset(s string, units float64) int {
	i := 0
	for n := 0.0; i < len(s) && n < units; n++ {
		r, size := runeAt(s, i)
		if r >= 0x10000 {
			n++
		}
		i += size
	}
	return i
}

// replace is $replace.
func replace(c Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	s, pattern, by := args[0].Text(), args[1], args[2]
	if pattern.Kind() == value.String && pattern.Text() == "" {
		return value.Value{}, &Error{Code: "D3010", Value: pattern, Index: 2}
	}
	limit, err := limitOf(args, 3, "D3011", 4)
	if err != nil || limit == 0 {
		return args[0], err
	}
	if pattern.Kind() == value.String {
		if by.Kind() != value.String {
			return value.Value{}, fail("D3012", by)
		}
		n := -1
		if limit < float64(len(s)+1) {
			n = int(math.Ceil(limit))
		}
		if err := c.run.allocate(strings.Count(s, pattern.Text()) * len(by.Text())); err != nil {
			return value.Value{}, err
		}
		return str(c, strings.Replace(s, pattern.Text(), by.Text(), n))
	}
	out := make([]byte, 0, len(s)+len(s)/8)
	at, count, offsets := 0, 0.0, unitCounter{text: s}
	err = eachMatch(c, pattern, s, func(m occurrence) (bool, error) {
		out = append(out, s[at:max(at, m.from)]...)
		if by.Kind() == value.String {
			out = m.expand(out, s, by.Text())
		} else {
			v, err := replacement(c, by, m, &offsets)
			if err != nil {
				return false, err
			}
			out = appendText(out, v.Text())
		}
		at = min(m.from+len(m.text), len(s))
		count++
		return count < limit, c.run.fits(len(out))
	})
	if err != nil {
		return value.Value{}, err
	}
	return str(c, string(append(out, s[at:]...)))
}

// replacement calls the function that says what replaces a match.
func replacement(c Call, by value.Value, m occurrence, offsets *unitCounter) (value.Value, error) {
	fn := functionOf(by)
	if fn == nil {
		return value.Value{}, fail("D3012", value.Value{})
	}
	found := m.object
	if m.match != nil {
		found = value.ObjectOf(
			"match", value.Str(m.text),
			"start", value.Float(float64(offsets.at(m.from))),
			"end", value.Float(float64(offsets.at(m.to))),
			"groups", m.groupValues(offsets.text))
		if err := c.run.grow(8 + m.groups()); err != nil {
			return value.Value{}, err
		}
	}
	v, err := c.run.apply(fn, []value.Value{found}, value.Nil)
	if v = leave(v); err == nil && v.Kind() != value.String {
		err = fail("D3012", v)
	}
	return v, err
}

// expand writes a replacement: $0 is the match, $1 a group, $$ a dollar sign.
// Of the digits behind the dollar sign as many count as there can be groups.
func (o occurrence) expand(dst []byte, s, by string) []byte {
	groups, most := o.groups(), 1
	for n := groups; n >= 10; n /= 10 {
		most++
	}
	for {
		before, rest, found := strings.Cut(by, "$")
		dst = append(dst, before...)
		if !found {
			return dst
		}
		by = rest
		switch {
		case strings.HasPrefix(rest, "$"):
			dst = append(dst, '$')
			by = rest[1:]
			continue
		case strings.HasPrefix(rest, "0"):
			dst = append(dst, o.text...)
			by = rest[1:]
			continue
		}
		digits, n := 0, 0
		for digits < min(most, len(rest)) && rest[digits] >= '0' && rest[digits] <= '9' {
			n = n*10 + int(rest[digits]-'0')
			digits++
		}
		if most > 1 && digits == most && n > groups {
			digits, n = digits-1, n/10
		}
		if digits == 0 {
			dst = append(dst, '$')
			continue
		}
		dst = append(dst, o.group(s, n)...)
		by = rest[digits:]
	}
}

// split is $split.
func split(c Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	limit, err := limitOf(args, 2, "D3020", 3)
	if err != nil || limit == 0 {
		return value.EmptyArray, err
	}
	s := args[0].Text()
	var parts []value.Value
	if args[1].Kind() == value.String {
		limit = math.Floor(limit)
		parts, err = c.splitText(s, args[1].Text(), limit)
		return value.OfSlice(parts), err
	}
	at := 0
	err = eachMatch(c, args[1], s, func(m occurrence) (bool, error) {
		parts = append(parts, value.Str(s[min(at, m.from):m.from]))
		at = m.to
		return float64(len(parts)) < limit, c.run.grow(1)
	})
	if float64(len(parts)) < limit {
		parts = append(parts, value.Str(s[min(at, len(s)):]))
	}
	return value.OfSlice(parts), err
}

// splitText splits at a text; at an empty one, into UTF-16 code units.
func (c Call) splitText(s, separator string, limit float64) ([]value.Value, error) {
	n := strings.Count(s, separator) + 1
	if float64(n) > limit {
		n = int(limit)
	}
	if err := c.run.grow(n); err != nil {
		return nil, err
	}
	parts := make([]value.Value, 0, n)
	if separator == "" {
		parts = characters(s)
		return parts[:min(n, len(parts))], nil
	}
	for float64(len(parts)) < limit {
		before, after, found := strings.Cut(s, separator)
		parts = append(parts, value.Str(before))
		if !found {
			break
		}
		s = after
	}
	return parts, nil
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
				dst = appendText(dst, separator)
			}
			dst = appendText(dst, item.Text())
			if err := cmp.Or(c.run.fits(len(dst)), c.run.poll()); err != nil {
				return nil, err
			}
		}
		return dst, nil
	})
}

// base64Encode is $base64encode: of each UTF-16 code unit, its low byte.
func base64Encode(c Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	s := args[0].Text()
	bytes := []byte(s)
	if !isASCII(s) {
		bytes = bytes[:0]
		for _, unit := range units(s) {
			bytes = append(bytes, byte(unit))
		}
	}
	return str(c, base64.StdEncoding.EncodeToString(bytes))
}

// base64Decode is $base64decode: each byte is one character. What is no digit of
// either alphabet is passed over; "=" ends the text.
func base64Decode(c Call, args []value.Value) (value.Value, error) {
	if !args[0].Exists() {
		return args[0], nil
	}
	text, _, _ := strings.Cut(args[0].Text(), "=")
	digits := strings.Map(func(r rune) rune {
		switch {
		case r == '-':
			return '+'
		case r == '_':
			return '/'
		case r == '+' || r == '/' || '0' <= r && r <= '9' || 'a' <= r|0x20 && r|0x20 <= 'z' && r < utf8.RuneSelf:
			return r
		}
		return -1
	}, text)
	if len(digits)%4 == 1 {
		digits = digits[:len(digits)-1]
	}
	bytes, _ := base64.RawStdEncoding.DecodeString(digits) // bits too many at the end are dropped
	out := make([]byte, 0, len(bytes))
	for _, b := range bytes {
		out = utf8.AppendRune(out, rune(b))
	}
	return str(c, string(out))
}

// urlUnreserved are the characters, beside letters and digits, that need no
// escape in any part of a URL, urlReserved those that structure it.
const (
	urlUnreserved = "-_.!~*'()"
	urlReserved   = ";/?:@&=+$,#"
)

// urlEncoder returns a function that escapes all but the unreserved characters
// and some.
func urlEncoder(name, keep string) func(Call, []value.Value) (value.Value, error) {
	keep += urlUnreserved
	return func(c Call, args []value.Value) (value.Value, error) {
		if !args[0].Exists() {
			return args[0], nil
		}
		s := args[0].Text()
		var out []byte
		for i := 0; i < len(s); i++ {
			b := s[i]
			switch {
			case '0' <= b && b <= '9' || 'a' <= b|0x20 && b|0x20 <= 'z' || b < utf8.RuneSelf && strings.IndexByte(keep, b) >= 0:
				out = append(out, b)
			case isHalf(s, i):
				return value.Value{}, &Error{Code: "D3140", Value: args[0], Token: name}
			default:
				const hex = "0123456789ABCDEF"
				out = append(out, '%', hex[b>>4], hex[b&15])
			}
		}
		return str(c, string(out))
	}
}

// urlDecoder returns a function that resolves escapes, save those of some
// characters.
func urlDecoder(name, keep string) func(Call, []value.Value) (value.Value, error) {
	return func(c Call, args []value.Value) (value.Value, error) {
		if !args[0].Exists() {
			return args[0], nil
		}
		s := args[0].Text()
		malformed := func() (value.Value, error) {
			return value.Value{}, &Error{Code: "D3140", Value: args[0], Token: name}
		}
		var out []byte
		for i := 0; i < len(s); {
			if s[i] != '%' {
				out = append(out, s[i])
				i++
				continue
			}
			var char []byte
			start := i
			for size := 1; len(char) < size; i += 3 {
				b, ok := percent(s[i:])
				if !ok {
					return malformed()
				}
				if char = append(char, b); len(char) == 1 {
					switch {
					case b >= 0xF0:
						size = 4
					case b >= 0xE0:
						size = 3
					case b >= 0x80:
						size = 2
					}
				}
			}
			if r, n := utf8.DecodeRune(char); r == utf8.RuneError && n < 2 || n != len(char) {
				return malformed()
			}
			if len(char) == 1 && strings.IndexByte(keep, char[0]) >= 0 {
				out = append(out, s[start:i]...)
			} else {
				out = append(out, char...)
			}
		}
		return str(c, string(out))
	}
}

// percent reads "%2F".
func percent(s string) (byte, bool) {
	if len(s) < 3 || s[0] != '%' {
		return 0, false
	}
	high, ok1 := hexDigit(s[1])
	low, ok2 := hexDigit(s[2])
	return high<<4 | low, ok1 && ok2
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10, true
	}
	return 0, false
}
