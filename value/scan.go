package value

import (
	"math"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// This file reads JSON text. All strings and numbers of a document point into its
// text, so the text stays in memory as long as any part of the document. Successive
// objects with the same member names share their Shape, and arrays and objects that
// are written compactly keep their text.

// MaxDepth is the maximum nesting of arrays and objects.
const MaxDepth = 1000

// maxNumber is the maximum length of the text of a number in bytes.
const maxNumber = 1000

// Parse reads one JSON text. Of duplicate members of an object, the last value counts,
// in the place of the first. Halves of surrogate pairs are kept. The error is a
// *SyntaxError.
func Parse(text string) (v Value, err error) { return ParseNested(text, MaxDepth) }

// ParseNested is Parse with another maximum nesting than MaxDepth, for text that this
// program has written itself.
func ParseNested(text string, depth int) (Value, error) { return parse(text, depth, false) }

// ParseUnique is Parse, except that an object with two members of one name is an
// error.
func ParseUnique(text string) (Value, error) { return parse(text, MaxDepth, true) }

func parse(text string, depth int, unique bool) (v Value, err error) {
	s := scanners.Get().(*scanner)
	s.src, s.deepest, s.unique = text, depth, unique
	defer func() {
		s.release()
		if r := recover(); r != nil {
			bad, ok := r.(*SyntaxError)
			if !ok {
				panic(r)
			}
			v, err = Value{}, bad
		}
	}()
	v = s.value()
	if s.next(); s.at < len(s.src) {
		s.badRest()
	}
	return v, nil
}

// ParseBytes is Parse for a slice, which it copies.
func ParseBytes(text []byte) (Value, error) { return Parse(string(text)) }

// MustParse is Parse for literals in Go code; it panics on an error.
func MustParse(text string) Value {
	v, err := Parse(text)
	if err != nil {
		panic(err)
	}
	return v
}

// A scanner reads src from at on. It panics with a *SyntaxError.
type scanner struct {
	src     string
	at      int
	depth   int
	deepest int  // what depth may become
	place   int  // of the value being read among the members of its object
	loose   int  // characters passed so far that the writer would write otherwise
	unique  bool // two members of one name are an error

	pending []Value  // members and items of the nodes being read
	names   []string // member names of the objects being read

	values  []Value  // slabs that nodes are cut from
	arrays  []array  //
	objects []object //

	recent [16]*Shape // the last shape seen at each depth and place, see recall
}

// scanners keeps scanners so that documents share their buffers: a small document
// then allocates only its values.
var scanners = sync.Pool{New: func() any {
	return &scanner{pending: make([]Value, 0, 16), names: make([]string, 0, 16)}
}}

// release clears everything that belongs to the document and puts s back, unless its
// buffers have become large.
func (s *scanner) release() {
	const large = 64
	pending, names := s.pending[:cap(s.pending)], s.names[:cap(s.names)]
	if len(pending) > large || len(names) > large {
		return
	}
	clear(pending)
	clear(names)
	*s = scanner{pending: pending[:0], names: names[:0]}
	scanners.Put(s)
}

// next skips white space and returns the byte there; 0 at the end of the text and
// for a NUL, which is an error wherever next is used.
func (s *scanner) next() byte {
	if s.at < len(s.src) && s.src[s.at] > ' ' {
		return s.src[s.at]
	}
	return s.space()
}

func (s *scanner) space() byte {
	for s.at < len(s.src) {
		switch c := s.src[s.at]; c {
		case ' ', '\n', '\t', '\r':
			s.at++
			s.loose++
		default:
			return c
		}
	}
	return 0
}

func (s *scanner) value() Value {
	switch c := s.next(); c {
	case '"':
		return OfString(s.string())
	case '{':
		return s.object()
	case '[':
		return s.array()
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return s.number()
	case 't':
		return s.word("true", True)
	case 'f':
		return s.word("false", False)
	case 'n':
		return s.word("null", NullValue)
	}
	s.badValue()
	return Value{}
}

// enter goes one level deeper, past the opening bracket.
func (s *scanner) enter() {
	s.depth++
	if s.depth > s.deepest {
		s.fail(s.at, "Document nesting depth (%d) exceeds the maximum allowed (%d)", s.depth, s.deepest)
	}
	s.at++
}

func (s *scanner) word(word string, v Value) Value {
	end := s.at + len(word)
	if !strings.HasPrefix(s.src[s.at:], word) || s.identifier(end) > end {
		s.badValue()
	}
	s.at = end
	return v
}

func (s *scanner) object() Value {
	start, loose := s.at, s.loose
	first, firstName := len(s.pending), len(s.names)
	recent := s.recall()
	shape := *recent // as long as it fits, names come from it
	s.enter()
	if s.next() == '}' {
		s.at++
		s.depth--
		return EmptyObject
	}
	if s.next() != '"' {
		s.badName()
	}
	for n := 0; ; n++ {
		if s.next() != '"' {
			s.badNextName()
		}
		if shape != nil && (n >= len(shape.names) || !s.name(shape.names[n])) {
			s.names = append(s.names, shape.names[:n]...)
			shape = nil
		}
		if shape == nil {
			s.names = append(s.names, s.string())
		}
		if s.next() != ':' {
			s.badColon()
		}
		s.at++
		s.place = n
		s.pending = append(s.pending, s.value())
		c := s.next()
		if c == ',' {
			s.at++
			continue
		}
		if c != '}' {
			s.badEntry()
		}
		s.at++
		break
	}
	s.depth--
	n := len(s.pending) - first
	if shape != nil && n < len(shape.names) {
		s.names = append(s.names, shape.names[:n]...)
		shape = nil
	}
	if shape == nil {
		shape = s.shape(first, firstName)
		if shape.literal() {
			*recent = shape
		}
		if len(shape.names) < n { // the text shows the duplicates
			if s.unique {
				s.fail(s.at, "Duplicate field")
			}
			n = len(shape.names)
			s.loose++
		}
	}
	if len(s.objects) == 0 {
		s.objects = make([]object, s.slab(100, 256))
	}
	o := &s.objects[0]
	s.objects = s.objects[1:]
	o.shape, o.members = shape, s.cut(first, n)
	if s.loose == loose {
		o.text = s.src[start:s.at]
	}
	return makeObject(o)
}

// recall returns the slot for the shape of the object that begins. The depth of the
// object and its place in the object around it choose the slot, because documents
// repeat shapes at the same depth and place.
func (s *scanner) recall() **Shape {
	return &s.recent[(s.depth+5*s.place)%len(s.recent)]
}

// name skips the member name if it is next in the source, and reports whether it was.
// The name must be literal.
func (s *scanner) name(name string) bool {
	end := s.at + 1 + len(name)
	if end < len(s.src) && s.src[end] == '"' && s.src[s.at+1:end] == name {
		s.at = end + 1
		return true
	}
	return false
}

// shape makes a shape of the names of the object whose members are pending, and
// removes them. Duplicates collapse.
func (s *scanner) shape(first, firstName int) *Shape {
	names, values := s.names[firstName:], s.pending[first:]
	s.names = s.names[:firstName]
	shape := new(Shape)
	if len(names) > linear || repeats(names) {
		place := make(map[string]int, len(names))
		kept := 0
		for i, name := range names {
			if j, ok := place[name]; ok {
				values[j] = values[i]
				continue
			}
			place[name] = kept
			names[kept], values[kept] = name, values[i]
			kept++
		}
		names = names[:kept]
		if kept > linear {
			shape.index.Store(&place)
		}
	}
	shape.names = append([]string(nil), names...)
	return shape
}

// repeats reports whether any of a few names occurs twice.
func repeats(names []string) bool {
	for i, name := range names {
		for _, before := range names[:i] {
			if name == before {
				return true
			}
		}
	}
	return false
}

func (s *scanner) array() Value {
	start, loose := s.at, s.loose
	first := len(s.pending)
	s.enter()
	switch s.next() {
	case ']':
		s.at++
		s.depth--
		return EmptyArray
	case 0, '}':
		s.badClose()
	}
	for {
		s.place = 0
		s.pending = append(s.pending, s.value())
		c := s.next()
		if c == ',' {
			s.at++
			continue
		}
		if c != ']' {
			s.badEntry()
		}
		s.at++
		break
	}
	s.depth--
	if len(s.arrays) == 0 {
		s.arrays = make([]array, s.slab(150, 128))
	}
	a := &s.arrays[0]
	s.arrays = s.arrays[1:]
	a.items = s.cut(first, len(s.pending)-first)
	if s.loose == loose {
		a.text = s.src[start:s.at]
	}
	return makeArray(a)
}

// slab returns how many things to allocate at once: one, and those expected in the
// rest of the source if there is one in every so many bytes.
func (s *scanner) slab(every, most int) int {
	return min(1+(len(s.src)-s.at)/every, most)
}

// cut moves the first n of the values pending since first into a slice of
// their own, and drops the rest.
func (s *scanner) cut(first, n int) []Value {
	from := s.pending[first : first+n]
	s.pending = s.pending[:first]
	if len(s.values) < n {
		if n > 64 {
			return append([]Value(nil), from...)
		}
		s.values = make([]Value, max(n, s.slab(20, 1024)))
	}
	out := s.values[:n:n]
	s.values = s.values[n:]
	copy(out, from)
	return out
}

// string reads a string; the opening quote is at s.at.
func (s *scanner) string() string {
	start := s.at + 1
	end := plainRun(s.src, start)
	if end < len(s.src) && s.src[end] == '"' {
		s.at = end + 1
		return s.src[start:end]
	}
	return s.oddString(start, end)
}

// oddString reads the rest of a string from i on, where the first character that is
// not literal ASCII is.
func (s *scanner) oddString(start, i int) string {
	var out []byte // the content up to done, once it differs from the source
	done := start
	for ; i < len(s.src); i = plainRun(s.src, i) {
		switch c := s.src[i]; {
		case c == '"':
			s.at = i + 1
			if out == nil {
				return s.src[start:i]
			}
			return string(append(out, s.src[done:i]...))
		case c >= utf8.RuneSelf:
			_, n := s.rune(i)
			i += n
		case c == '\\':
			out = append(out, s.src[done:i]...)
			out, i = s.escape(out, i)
			done = i
			s.loose++
		default:
			s.badControl(i)
		}
	}
	s.unclosedString()
	return ""
}

// escape decodes the escape sequence at i and returns where it ends.
func (s *scanner) escape(out []byte, i int) ([]byte, int) {
	if i+1 >= len(s.src) {
		s.unclosedEscape()
	}
	switch c := s.src[i+1]; c {
	case '"', '\\', '/':
		return append(out, c), i + 2
	case 'b':
		return append(out, '\b'), i + 2
	case 'f':
		return append(out, '\f'), i + 2
	case 'n':
		return append(out, '\n'), i + 2
	case 'r':
		return append(out, '\r'), i + 2
	case 't':
		return append(out, '\t'), i + 2
	case 'u':
		r := s.unit(i)
		i += 6
		if 0xD800 <= r && r < 0xDC00 && i+1 < len(s.src) && s.src[i] == '\\' && s.src[i+1] == 'u' {
			if low := s.unit(i); 0xDC00 <= low && low < 0xE000 {
				return utf8.AppendRune(out, 0x10000+(r-0xD800)<<10+(low-0xDC00)), i + 6
			}
		}
		if 0xD800 <= r && r < 0xE000 {
			return appendSurrogate(out, r), i
		}
		return utf8.AppendRune(out, r), i
	}
	s.badEscape(i + 1)
	return out, i
}

// unit reads the UTF-16 code unit of the \uXXXX at i.
func (s *scanner) unit(i int) rune {
	var r rune
	for k := i + 2; k < i+6; k++ {
		if k >= len(s.src) {
			s.unclosedEscape()
		}
		switch c := s.src[k]; {
		case c-'0' <= 9:
			r = r<<4 | rune(c-'0')
		case (c|0x20)-'a' <= 5:
			r = r<<4 | rune((c|0x20)-'a'+10)
		default:
			s.badHexDigit(k)
		}
	}
	return r
}

// exactDigits is the number of decimal digits that a float64 always holds exactly.
const exactDigits = 15

var powers = [exactDigits + 1]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// number reads a number: an optional minus sign, digits, an optional fraction and
// an optional exponent.
func (s *scanner) number() Value {
	src, start := s.src, s.at
	first := start
	if src[first] == '-' {
		first++
	}
	end, n := digits(src, first, 0)
	whole, fraction, exponent := end-first, 0, false
	switch {
	case whole == 0:
		s.at = first
		s.badNumber("expected digit (0-9) to follow minus sign, for valid numeric value")
	case whole > 1 && src[first] == '0':
		s.fail(first+1, "Invalid numeric value: Leading zeroes not allowed")
	}
	if end < len(src) && src[end] == '.' {
		point := end + 1
		end, n = digits(src, point, n)
		if fraction = end - point; fraction == 0 {
			s.at = point
			s.badNumber("Decimal point not followed by a digit")
		}
	}
	if end < len(src) && src[end]|0x20 == 'e' {
		exponent = true
		power := end + 1
		if power < len(src) && (src[power] == '+' || src[power] == '-') {
			power++
		}
		if end, _ = digits(src, power, 0); end == power {
			s.at = power
			s.badNumber("Exponent indicator not followed by a digit")
		}
	}
	s.at = end
	text := src[start:end]
	if len(text) > maxNumber {
		s.fail(end, "Number value length (%d) exceeds the maximum allowed (%d)", len(text), maxNumber)
	}
	if exponent || whole+fraction > exactDigits {
		f, _ := strconv.ParseFloat(text, 64) // ±Inf if out of range
		return makeText(Number, text, math.Float64bits(f))
	}
	f := float64(n)
	if fraction > 0 {
		f /= powers[fraction] // both are exact, so the quotient is the nearest
	}
	if first > start {
		f = -f
	}
	return makeText(Number, text, math.Float64bits(f))
}

// digits reads the digits of src from i on. It returns where they end, and n with
// the digits appended; more than 19 overflow.
func digits(src string, i int, n uint64) (end int, appended uint64) {
	for ; i < len(src) && src[i]-'0' <= 9; i++ {
		n = n*10 + uint64(src[i]-'0')
	}
	return i, n
}
