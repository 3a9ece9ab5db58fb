package jsonpath

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/aslocal/aslocal/value"
)

// This file reads paths. The grammar is the one that Jayway accepts, with its
// words for what it does not:
//
//	path     = root *step
//	root     = "$" | "$$" | "$" variable            ; in a filter "$" | "@"
//	step     = ["."] name | "." "*" | ".." step | "[" inside "]"
//	inside   = names | indexes | slice | "*" | "?(" filter ")"
//	name     = *( any but . [ ( and blank | "\" any )
//	function = "." name "(" [argument *("," argument)] ")"   ; last step only
//
// Places in messages count UTF-16 units from the root, as Jayway does.

// What a path may have: more is refused, so that a hostile one costs little.
const (
	maxLength = 1 << 16 // bytes
	maxSteps  = value.MaxDepth
	maxNested = 50 // filters, parentheses and paths in one another
)

// Compile reads a path. The error, if any, is a *SyntaxError. A path starts
// with "$" (Jayway puts one before a path that does not; the service refuses
// it). Spec: "Paths".
func Compile(text string) (p *Path, err error) {
	defer func() {
		if r := recover(); r != nil {
			bad, ok := r.(*SyntaxError)
			if !ok {
				panic(r)
			}
			p, err = nil, bad
		}
	}()
	p = &Path{text: text}
	c := &compiler{whole: text, reads: &p.reads, text: text}
	if len(text) > maxLength {
		c.fail(0, "Path is longer than %d bytes", maxLength)
	}
	rest := c.root(p)
	c.text, c.start = text[len(text)-len(rest)-1:], len(text)-len(rest)-1
	c.path(p)
	return p, nil
}

// root reads which root p starts from and returns what follows it.
func (c *compiler) root(p *Path) (rest string) {
	rest, ok := strings.CutPrefix(c.text, "$")
	if !ok {
		c.fail(0, "Path must start with '$'")
	}
	if after, ok := strings.CutPrefix(rest, "$"); ok {
		p.root = Context
		return after
	}
	if name := variableName(rest); name != "" {
		p.root, p.variable = Variable, name
		return rest[len(name):]
	}
	return rest
}

var (
	idStart    = []*unicode.RangeTable{unicode.L, unicode.Nl, unicode.Other_ID_Start}
	idContinue = []*unicode.RangeTable{unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc, unicode.Other_ID_Continue}
)

// variableName returns the name that the text starts with, or "". Spec:
// "Variable name syntax", which are the identifiers of Unicode.
func variableName(text string) string {
	for i, r := range text {
		if !unicode.In(r, idStart...) && (i == 0 || !unicode.In(r, idContinue...)) {
			return text[:i]
		}
	}
	return text
}

// A compiler reads one path out of text. It gives up by panicking with a
// *SyntaxError. Paths in filters and arguments have compilers of their own.
type compiler struct {
	whole string // what Compile was given
	start int    // of text in whole
	text  string
	at    int
	depth int
	reads *int // see Path.reads
	steps []step
}

// inner returns a compiler for a part of the text.
func (c *compiler) inner(from, to int) *compiler {
	if c.depth == maxNested {
		c.fail(from, "Path nests deeper than %d levels", maxNested)
	}
	return &compiler{whole: c.whole, start: c.start + from, text: c.text[from:to], depth: c.depth + 1, reads: c.reads}
}

// path reads the steps behind the root, which is the first character of the
// text, into p.
func (c *compiler) path(p *Path) {
	c.text = strings.TrimRight(c.text, " ")
	if strings.HasSuffix(c.text, ".") {
		c.fail(len(c.text), "Path must not end with a '.' or '..'")
	}
	c.at = 1
	if c.more() && c.text[1] != '.' && c.text[1] != '[' {
		c.fail(1, "Illegal character at position 1 expected '.' or '['")
	}
	for c.more() {
		c.step()
	}
	p.steps = c.steps
	p.turnInward()
	p.seal()
}

func (c *compiler) more() bool { return c.at < len(c.text) }

func (c *compiler) step() {
	switch c.text[c.at] {
	case '[':
		c.bracket()
	case '.':
		c.dot()
	case '*':
		c.at++
		c.add(step{kind: byWildcard})
	default:
		c.name()
	}
}

func (c *compiler) add(s step) {
	if len(c.steps) == maxSteps {
		c.fail(c.at, "Path has more than %d steps", maxSteps)
	}
	c.steps = append(c.steps, s)
}

func (c *compiler) dot() {
	c.at++
	if c.text[c.at] == '.' { // there is more, since no path ends with a dot
		c.at++
		c.add(step{kind: byScan})
		if c.text[c.at] == '.' {
			c.fail(c.at, "Character '.' on position %d is not valid.", c.position(c.at))
		}
	}
	if c.text[c.at] == ' ' {
		c.fail(c.at, "Could not parse token starting at position %d", c.position(c.at))
	}
}

// name reads a name without quotes, or a function. A backslash takes any
// character for a name, also as \uXXXX. Spec: "Reference Paths", whose
// examples have $.store\.book.
func (c *compiler) name() {
	start := c.at
	if c.text[start] == ' ' {
		c.fail(start, "Could not parse token starting at position %d", c.position(start))
	}
	for c.more() {
		switch c.text[c.at] {
		case '.', '[':
			c.addName(start)
			return
		case '(':
			c.function(c.text[start:c.at])
			return
		case ' ':
			c.fail(c.at, "Use bracket notion ['my prop'] if your property contains blank characters. position: %d", c.position(start))
		case '\\':
			c.at++
		}
		c.at++
	}
	c.at = len(c.text)
	c.addName(start)
}

func (c *compiler) addName(start int) {
	c.addNames([]string{unescape(c.text[start:c.at])}, '\'')
}

func (c *compiler) addNames(names []string, quote byte) {
	s := step{kind: byNames, names: names, quote: quote}
	if len(names) == 1 {
		s.kind, s.name = byName, names[0]
	}
	c.add(s)
}

// bracket reads a step in brackets.
func (c *compiler) bracket() {
	switch next := c.skip(c.at + 1); c.byteAt(next) {
	case '\'', '"':
		c.names(c.text[next])
		return
	case '-', ':', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		if c.indexes() {
			return
		}
	case '*':
		end := c.skip(next + 1)
		if c.byteAt(end) != ']' {
			c.fail(next+1, "Expected wildcard token to end with ']' on position %d", c.position(next+1))
		}
		c.at = end + 1
		c.add(step{kind: byWildcard})
		return
	case '?':
		if c.filter(next) {
			return
		}
	}
	c.fail(c.at, "Could not parse token starting at position %d. Expected ?, ', 0-9, * ", c.position(c.at))
}

// names reads names in quotes: ['a','b'].
func (c *compiler) names(quote byte) {
	var names []string
	c.at++
	for {
		c.at = c.skip(c.at)
		if c.byteAt(c.at) != quote {
			c.fail(c.at, "Found empty property at index %d", c.position(c.at))
		}
		end := unescapedIndex(c.text, c.at+1, quote)
		if end < 0 {
			c.fail(len(c.text), "Property has not been closed - missing closing %c", quote)
		}
		names = append(names, unescape(c.text[c.at+1:end]))
		c.at = c.skip(end+1) + 1
		switch c.byteAt(c.at - 1) {
		case ']':
			c.addNames(names, quote)
			return
		case ',':
		default:
			c.fail(end, "Property must be separated by comma or Property must be terminated close square bracket at index %d", c.position(end))
		}
	}
}

// indexes reads indexes or a slice, and reports whether that is what there is.
func (c *compiler) indexes() bool {
	end := strings.IndexByte(c.text[c.at:], ']')
	if end < 0 {
		return false
	}
	end += c.at
	inside := strings.Trim(c.text[c.at+1:end], " ")
	if strings.Trim(inside, "0123456789,-: ") != "" {
		return false
	}
	if strings.IndexByte(inside, ':') >= 0 {
		c.slice(inside)
	} else {
		c.list(inside)
	}
	c.at = end + 1
	return true
}

// slice reads from:to. What may follow (a step, elsewhere) is not looked at.
func (c *compiler) slice(inside string) {
	parts := strings.Split(inside, ":")
	from, ok1 := readBound(parts[0])
	to, ok2 := readBound(parts[1])
	if !ok1 || !ok2 || !from.given && !to.given || strings.ContainsAny(inside, " ,") {
		c.fail(c.at, "Failed to parse SliceOperation: %s", inside)
	}
	c.add(step{kind: bySlice, from: from, to: to})
}

func readBound(text string) (b bound, ok bool) {
	if text == "" {
		return bound{}, true
	}
	n, err := strconv.ParseInt(text, 10, 32)
	return bound{given: true, n: int(n)}, err == nil
}

// list reads indexes with commas between them.
func (c *compiler) list(inside string) {
	s := step{kind: byIndexes}
	for _, part := range strings.Split(strings.TrimRight(inside, ", "), ",") {
		n, err := strconv.ParseInt(strings.Trim(part, " "), 10, 32)
		if err != nil {
			c.fail(c.at, "Failed to parse token in ArrayIndexOperation: %s", strings.Trim(part, " "))
		}
		s.indexes = append(s.indexes, int(n))
	}
	if len(s.indexes) == 1 {
		s.kind = byIndex
	}
	c.add(s)
}

// filter reads [?( … )] with its question mark at mark, and reports whether
// that is what there is.
func (c *compiler) filter(mark int) bool {
	open := c.skip(mark + 1)
	switch c.byteAt(open) {
	case ']', ',':
		inside, _, _ := strings.Cut(c.text[c.at+1:], "]")
		c.fail(c.at, "Not enough predicates supplied for filter [%s] at position %d", inside, c.position(c.at))
	case '(':
		shut := closing(c.text, open, true)
		if shut < 0 {
			return false
		}
		end := c.skip(shut + 1)
		if c.byteAt(end) != ']' {
			return false
		}
		f := c.inner(c.at, shut+1)
		f.at = open - c.at
		c.add(step{kind: byFilter, filter: f.condition()})
		c.at = end + 1
		return true
	}
	return false
}

// function reads the arguments of a function, the parenthesis before them at
// c.at, and the end of the path.
func (c *compiler) function(name string) {
	if n := len(c.steps); n > 0 && c.steps[n-1].kind == byScan {
		c.fail(c.at, "Function %s has nothing to work on", name)
	}
	end := closing(c.text, c.at, false)
	if end < 0 {
		c.fail(len(c.text), "Arguments to function: '%s' are not closed properly.", name)
	}
	f := &call{name: name}
	if strings.Trim(c.text[c.at+1:end], " ") != "" {
		for start := c.at + 1; start <= end; {
			stop := argumentEnd(c.text, start, end)
			f.arguments = append(f.arguments, c.argument(name, start, stop))
			start = stop + 1
		}
	}
	c.add(step{kind: byFunction, call: f})
	if c.at = end + 1; c.more() {
		c.fail(c.at, "Function %s must be the last step", name)
	}
}

// argumentEnd returns the place of the comma behind the argument at start, or
// end.
func argumentEnd(text string, start, end int) int {
	for i := start; i < end; i++ {
		switch c := text[i]; c {
		case ',':
			return i
		case '(', '[', '{':
			if i = closing(text[:end], i, false); i < 0 {
				return end
			}
		case '"', '\'':
			if i = unescapedIndex(text[:end], i+1, c); i < 0 {
				return end
			}
		}
	}
	return end
}

// argument reads a path or a JSON literal.
func (c *compiler) argument(name string, start, end int) argument {
	text := strings.Trim(c.text[start:end], " ")
	start = c.skip(start)
	if text != "" && (text[0] == '$' || text[0] == '@') {
		return pathArgument(name, c.innerPath(start, start+len(text)))
	}
	v, err := value.Parse(text)
	if err != nil {
		c.fail(start, "Arguments to function: '%s' must be paths or JSON, got %s", name, text)
	}
	return argument{literal: v}
}

// pathArgument makes an argument of the function of that name.
func pathArgument(name string, p *Path) argument {
	a := argument{path: p}
	if name == "length" || name == "size" {
		each := *p
		each.plain = false
		each.steps = append(slices.Clip(p.steps), step{kind: byWildcard})
		a.each = &each
	}
	return a
}

// innerPath compiles the path between from and to, which starts with "$" or "@".
func (c *compiler) innerPath(from, to int) *Path {
	p := &Path{text: c.text[from:to]}
	c.inner(from, to).path(p)
	return p
}

// turnInward makes $..a.f() into $.f($..a), which is how a function gets to
// work on all that a scan finds and not on each.
func (p *Path) turnInward() {
	n := len(p.steps)
	if n < 2 || p.steps[0].kind != byScan || p.steps[n-1].kind != byFunction {
		return
	}
	scanned := &Path{text: p.text, steps: p.steps[:n-1]}
	scanned.seal()
	name := p.steps[n-1].call.name
	p.steps = []step{{kind: byFunction, call: &call{name: name, arguments: []argument{pathArgument(name, scanned)}}}}
}

// seal works out what the steps say of one another.
func (p *Path) seal() {
	p.definite, p.plain = true, true
	for i := range p.steps {
		s := &p.steps[i]
		s.upstream = p.definite
		switch s.kind {
		case byName, byIndex:
			continue
		case byNames:
			p.definite = p.definite && i == len(p.steps)-1
		case byFunction:
		default:
			p.definite = false
		}
		p.plain = false
	}
}

// fail gives up with a message; the text is wrong at the offset.
func (c *compiler) fail(offset int, format string, args ...any) {
	panic(syntaxError(c.whole, c.start+offset, format, args...))
}

// position returns what Jayway calls the position of an offset.
func (c *compiler) position(offset int) int { return utf16Length(c.text[:min(offset, len(c.text))]) }

// skip returns the offset of the first character from i on that is no blank.
func (c *compiler) skip(i int) int {
	for i < len(c.text) && c.text[i] == ' ' {
		i++
	}
	return i
}

// byteAt returns the byte at an offset, and a blank beyond the end.
func (c *compiler) byteAt(i int) byte {
	if i < len(c.text) {
		return c.text[i]
	}
	return ' '
}

// closing returns the place of the bracket that closes the one at open, or -1.
// Brackets in strings (and in regular expressions if patterns is true) do not
// count.
func closing(text string, open int, patterns bool) int {
	left := text[open]
	right := map[byte]byte{'(': ')', '[': ']', '{': '}'}[left]
	depth := 0
	for i := open; i >= 0 && i < len(text); i++ {
		switch c := text[i]; {
		case c == '\'' || c == '"' || c == '/' && patterns:
			if i = unescapedIndex(text, i+1, c); i < 0 {
				return -1
			}
		case c == left:
			depth++
		case c == right:
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// unescapedIndex returns the place of the first c from i on that has no
// backslash before it, or -1.
func unescapedIndex(text string, i int, c byte) int {
	for ; i < len(text); i++ {
		switch text[i] {
		case c:
			return i
		case '\\':
			i++
		}
	}
	return -1
}

var escapes = map[byte]byte{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unescape resolves the backslashes of a name or string. One before a character
// without a meaning is dropped.
func unescape(text string) string {
	if strings.IndexByte(text, '\\') < 0 {
		return text
	}
	var out []byte
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			out = append(out, text[i])
			continue
		}
		i++
		if r, n := unicodeEscape(text[i-1:]); n > 0 {
			out = utf8.AppendRune(out, r)
			i += n - 2
		} else if c, ok := escapes[text[i]]; ok {
			out = append(out, c)
		} else {
			out = append(out, text[i])
		}
	}
	return string(out)
}

// unicodeEscape reads one or two \uXXXX that make a character; n is 0 if there
// is none.
func unicodeEscape(text string) (r rune, n int) {
	r, ok := codeUnit(text)
	if !ok {
		return 0, 0
	}
	if utf16.IsSurrogate(r) {
		if low, ok := codeUnit(text[6:]); ok {
			if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
				return both, 12
			}
		}
	}
	return r, 6
}

func codeUnit(text string) (rune, bool) {
	if len(text) < 6 || text[:2] != `\u` {
		return 0, false
	}
	n, err := strconv.ParseUint(text[2:6], 16, 16)
	return rune(n), err == nil
}
