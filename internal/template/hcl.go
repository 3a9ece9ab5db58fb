package template

import (
	"fmt"
	"strings"
)

// This file reads the syntax of HCL, the language of Terraform, as far as the
// definitions of state machines are written in it: blocks, attributes, strings with
// interpolations, heredocs, numbers, lists, objects, calls and references. Any other
// expression, such as a for or an operator, is skipped and known to be one.
//
// hashicorp/hcl/v2 would make the binary 2 MB larger.

// A hclBlock is a block: its type and labels, its attributes and the blocks in it.
type hclBlock struct {
	document   *document
	labels     []string // the type is the first
	attributes map[string]*hclExpression
	blocks     []*hclBlock
	start      int // offset in the document
}

// label returns a label of the block, "" if it has fewer.
func (b *hclBlock) label(i int) string {
	if i < len(b.labels) {
		return b.labels[i]
	}
	return ""
}

// block returns the first block of a type in the block, nil if there is none.
func (b *hclBlock) block(kind string) *hclBlock {
	for _, inner := range b.blocks {
		if inner.label(0) == kind {
			return inner
		}
	}
	return nil
}

// attribute returns an attribute; nil if there is none, or no block.
func (b *hclBlock) attribute(name string) *hclExpression {
	if b == nil {
		return nil
	}
	return b.attributes[name]
}

// A hclKind is a kind of expression.
type hclKind uint8

const (
	hclOther    hclKind = iota // one that is not read
	hclLiteral                 // text of a string, between its interpolations
	hclTemplate                // a string: parts are literals and interpolations
	hclWord                    // a number, true, false, null, or a reference such as var.name
	hclCall                    // of the function name, with parts
	hclList                    // of parts
	hclObject                  // keys and parts
)

// A hclExpression is an expression with its place in the document.
type hclExpression struct {
	kind       hclKind
	document   *document
	start, end int
	name       string // of a word or call
	text       string // of a literal
	verbatim   bool   // the literal stands in the document as it is
	keys       []*hclExpression
	parts      []*hclExpression
}

// Limits of what is read.
const (
	maxHCLDepth = 60
	maxHCLNodes = 200_000
)

// A hclReader reads a document.
type hclReader struct {
	document *document
	src      string
	at       int
	depth    int
	nodes    int
	failed   *hclError
}

// A hclError says what could not be read.
type hclError struct {
	offset  int
	message string
}

func (e *hclError) Error() string { return e.message }

// readHCL returns the blocks of a document; its attributes are those of the result.
func readHCL(d *document) (*hclBlock, *hclError) {
	r := &hclReader{document: d, src: d.text}
	file := &hclBlock{document: d, attributes: make(map[string]*hclExpression)}
	r.body(file)
	if r.at < len(r.src) {
		r.fail("expected a block or an attribute")
	}
	return file, r.failed
}

// fail records the first error, and ends the reading: nothing follows any more.
func (r *hclReader) fail(format string, args ...any) {
	if r.failed == nil {
		r.failed = &hclError{min(r.at, len(r.src)), fmt.Sprintf(format, args...)}
	}
	r.at = len(r.src)
}

// closing reads a bracket.
func (r *hclReader) closing(bracket byte) {
	if r.peek() != bracket {
		r.fail("expected %c", bracket)
		return
	}
	r.at++
}

// node counts what is read.
func (r *hclReader) node(kind hclKind, start int) *hclExpression {
	if r.nodes++; r.nodes > maxHCLNodes {
		r.fail("more than %d expressions", maxHCLNodes)
	}
	return &hclExpression{kind: kind, document: r.document, start: start, end: r.at}
}

// in reads something that may be in others of its kind without end.
func (r *hclReader) in(read func()) {
	if r.depth++; r.depth > maxHCLDepth {
		r.fail("expressions are in one another more than %d times", maxHCLDepth)
	} else {
		read()
	}
	r.depth--
}

// peek returns the next character, 0 at the end.
func (r *hclReader) peek() byte {
	if r.at < len(r.src) {
		return r.src[r.at]
	}
	return 0
}

// starts reports whether what follows begins with a text.
func (r *hclReader) starts(with string) bool { return strings.HasPrefix(r.src[r.at:], with) }

// blanks skips blanks and comments, and line breaks if they do not count.
func (r *hclReader) blanks(lines bool) {
	for r.at < len(r.src) {
		switch c := r.src[r.at]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n' && lines:
			r.at++
		case c == '#' || r.starts("//"):
			r.to("\n")
		case r.starts("/*"):
			r.at += len("/*")
			r.to("*/")
			r.at = min(len(r.src), r.at+len("*/"))
		default:
			return
		}
	}
}

// to goes to the next place of a text, or to the end.
func (r *hclReader) to(text string) {
	if n := strings.Index(r.src[r.at:], text); n >= 0 {
		r.at += n
		return
	}
	r.at = len(r.src)
}

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c >= 0x80
}

// word reads a name.
func (r *hclReader) word() string {
	start := r.at
	for isWord(r.peek()) {
		r.at++
	}
	return r.src[start:r.at]
}

// body reads attributes and blocks up to a } or the end.
func (r *hclReader) body(b *hclBlock) {
	r.in(func() {
		for r.blanks(true); r.at < len(r.src) && r.peek() != '}'; r.blanks(true) {
			start := r.at
			name := r.word()
			if name == "" {
				r.fail("expected the name of a block or an attribute")
				return
			}
			r.blanks(false)
			if r.peek() == '=' {
				r.at++
				b.attributes[name] = r.expression(false)
				continue
			}
			b.blocks = append(b.blocks, r.block(name, start))
		}
	})
}

// block reads a block from the character behind its type.
func (r *hclReader) block(kind string, start int) *hclBlock {
	b := &hclBlock{document: r.document, labels: []string{kind}, attributes: make(map[string]*hclExpression), start: start}
	for r.blanks(false); r.peek() != '{'; r.blanks(false) {
		if r.peek() == '"' {
			r.at++
			end := r.at
			r.to(`"`)
			b.labels = append(b.labels, r.src[end:r.at])
			r.at = min(len(r.src), r.at+1)
			continue
		}
		label := r.word()
		if label == "" {
			r.fail("expected { after %s", kind)
			return b
		}
		b.labels = append(b.labels, label)
	}
	r.at++
	r.body(b)
	r.closing('}')
	return b
}

// expression reads an expression. Line breaks end it unless it is inside of brackets.
func (r *hclReader) expression(inside bool) *hclExpression {
	e := r.node(hclOther, r.at)
	r.in(func() {
		r.blanks(inside)
		start := r.at
		e = r.operand()
		r.blanks(inside)
		if r.ended() {
			return
		}
		for !r.ended() { // an operator: the expression is not read
			if before := r.at; r.operand() != nil && r.at == before {
				r.at++ // a character of an operator
			}
			r.blanks(inside)
		}
		e = r.node(hclOther, start)
	})
	return e
}

// ended reports whether an expression ends here.
func (r *hclReader) ended() bool {
	switch r.peek() {
	case 0, '\n', ',', ')', ']', '}':
		return true
	}
	return false
}

// operand reads what operators stand between.
func (r *hclReader) operand() *hclExpression {
	start := r.at
	switch c := r.peek(); {
	case c == '"':
		r.at++
		return r.template(start, true)
	case r.starts("<<"):
		return r.heredoc()
	case c == '[':
		return r.list(hclList, ']')
	case c == '(':
		return r.list(hclOther, ')')
	case c == '{':
		return r.object()
	case isWord(c):
		return r.reference()
	}
	return r.node(hclOther, start)
}

// reference reads a word with what follows on it: var.name, a[0].b, f(x).
func (r *hclReader) reference() *hclExpression {
	start := r.at
	name := r.word()
	if r.peek() == '(' {
		call := r.list(hclCall, ')')
		call.start, call.name = start, name
		return call
	}
	for {
		switch {
		case r.peek() == '.' && r.at+1 < len(r.src) && (isWord(r.src[r.at+1]) || r.src[r.at+1] == '*'):
			r.at++
			if r.peek() == '*' {
				r.at++
				continue
			}
			name += "." + r.word()
		case r.peek() == '[':
			index := r.list(hclList, ']') // which one does not matter
			if len(index.parts) == 1 && index.parts[0].kind == hclTemplate && len(index.parts[0].parts) == 1 && index.parts[0].parts[0].kind == hclLiteral {
				name += "." + index.parts[0].parts[0].text
			}
		default:
			e := r.node(hclWord, start)
			e.name = name
			return e
		}
	}
}

// list reads expressions between brackets. With an operator word such as for among
// them, it is another expression.
func (r *hclReader) list(kind hclKind, closing byte) *hclExpression {
	start := r.at
	r.at++
	e := r.node(kind, start)
	for r.blanks(true); r.peek() != closing && r.at < len(r.src); r.blanks(true) {
		before := r.at
		item := r.expression(true)
		e.parts = append(e.parts, item)
		r.blanks(true)
		switch {
		case r.peek() == ',':
			r.at++
		case r.peek() == closing:
		default: // for k, v in x : y; a splat
			e.kind = hclOther
			if r.at < len(r.src) && (r.at == before || r.ended()) {
				r.at++
			}
		}
	}
	r.closing(closing)
	e.end = r.at
	return e
}

// object reads { key = value, … }.
func (r *hclReader) object() *hclExpression {
	start := r.at
	r.at++
	e := r.node(hclObject, start)
	for r.blanks(true); r.peek() != '}' && r.at < len(r.src); r.blanks(true) {
		before := r.at
		key := r.operand()
		r.blanks(false)
		if c := r.peek(); key.kind != hclOther && (c == '=' || c == ':') && e.kind == hclObject {
			r.at++
			e.keys = append(e.keys, key)
			e.parts = append(e.parts, r.expression(false))
			r.blanks(true)
			if r.peek() == ',' {
				r.at++
			}
			continue
		}
		e.kind = hclOther // { for … }
		if r.expression(true); r.at < len(r.src) && r.peek() != '}' && (r.at == before || r.ended()) {
			r.at++
		}
	}
	r.closing('}')
	e.end = r.at
	return e
}

// template reads a string up to its end: a quote, or the end of the text. Only a string
// in quotes has escapes with backslashes.
func (r *hclReader) template(start int, quoted bool) *hclExpression {
	e := r.node(hclTemplate, start)
	from := r.at
	literal := func() {
		if r.at > from {
			one := r.node(hclLiteral, from)
			one.text, one.verbatim = r.src[from:r.at], true
			e.parts = append(e.parts, one)
		}
	}
	for {
		switch {
		case quoted && r.starts(`"`), !quoted && r.at >= len(r.src):
			literal()
			r.at = min(len(r.src), r.at+1)
			e.end = r.at
			return e
		case r.at >= len(r.src) || quoted && r.peek() == '\n':
			r.fail("the string has no end")
			return e
		case r.starts("$${"), r.starts("%%{"):
			r.at++
			literal()
			from = r.at + 1 // one of the two signs is dropped
			r.at += len("${")
		case r.starts("${"):
			literal()
			e.parts = append(e.parts, r.interpolation())
			from = r.at
		case quoted && r.peek() == '\\':
			literal()
			e.parts = append(e.parts, r.escape())
			from = r.at
		default:
			r.at++
		}
	}
}

// interpolation reads ${expression}, with a ~ at its ends if there is one.
func (r *hclReader) interpolation() *hclExpression {
	start := r.at
	r.at += len("${")
	if r.peek() == '~' {
		r.at++
	}
	e := r.expression(true)
	r.blanks(true)
	if r.peek() == '~' {
		r.at++
	}
	r.closing('}')
	e.start, e.end = start, r.at
	return e
}

// escape reads a backslash and what it stands for.
func (r *hclReader) escape() *hclExpression {
	start := r.at
	c := byte(0)
	if r.at+1 < len(r.src) {
		c = r.src[r.at+1]
	}
	text := map[byte]string{'n': "\n", 'r': "\r", 't': "\t", '"': `"`, '\\': `\`}[c]
	r.at += len(`\n`)
	if digits := map[byte]int{'u': 4, 'U': 8}[c]; digits > 0 && r.at+digits <= len(r.src) {
		var code rune
		if n, err := fmt.Sscanf(r.src[r.at:r.at+digits], "%x", &code); n == 1 && err == nil {
			text = string(code)
		}
		r.at += digits
	}
	if text == "" {
		r.at = start
		r.fail("there is no such escape in a string")
	}
	e := r.node(hclLiteral, start)
	e.text = text
	return e
}

// heredoc reads <<WORD, lines and WORD; with <<- the lines lose their common indent.
func (r *hclReader) heredoc() *hclExpression {
	start := r.at
	r.at += len("<<")
	indented := r.peek() == '-'
	if indented {
		r.at++
	}
	marker := r.word()
	lineEnd := strings.IndexByte(r.src[r.at:], '\n')
	if marker == "" || lineEnd < 0 || strings.TrimSpace(r.src[r.at:r.at+lineEnd]) != "" {
		r.fail("expected a word and a line break after <<")
		return r.node(hclOther, start)
	}
	r.at += lineEnd + 1
	first := r.at
	indent := -1
	for at := first; ; {
		n := strings.IndexByte(r.src[at:], '\n')
		line := r.src[at:]
		if n >= 0 {
			line = line[:n]
		}
		trimmed := strings.TrimSpace(line)
		if trimmed == marker {
			e := r.heredocText(start, first, at, max(indent, 0))
			r.at = at + strings.Index(line, marker) + len(marker)
			e.end = r.at
			return e
		}
		if n < 0 {
			r.fail("the heredoc has no line %s", marker)
			return r.node(hclOther, start)
		}
		if own := len(line) - len(strings.TrimLeft(line, " \t")); indented && trimmed != "" && (indent < 0 || own < indent) {
			indent = own
		}
		at += n + 1
	}
}

// heredocText reads the lines of a heredoc between two offsets, of which each loses an
// indent.
func (r *hclReader) heredocText(start, from, to, indent int) *hclExpression {
	inner := &hclReader{document: r.document, src: r.src[:to], at: from, depth: r.depth, nodes: r.nodes}
	e := inner.template(start, false)
	r.nodes = inner.nodes
	if r.failed == nil {
		r.failed = inner.failed
	}
	if indent == 0 {
		return e
	}
	var parts []*hclExpression
	for i, p := range e.parts {
		if p.kind != hclLiteral {
			parts = append(parts, p)
			continue
		}
		at := p.start
		for j, line := range strings.SplitAfter(p.text, "\n") {
			drop := 0
			if j > 0 || i == 0 {
				drop = min(indent, len(line)-len(strings.TrimLeft(line, " \t")))
			}
			one := r.node(hclLiteral, at+drop)
			one.end, one.text, one.verbatim = at+len(line), line[drop:], p.verbatim
			parts = append(parts, one)
			at += len(line)
		}
	}
	e.parts = parts
	return e
}
