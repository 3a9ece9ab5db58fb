package assist

import (
	"strings"
	"unicode/utf8"

	"github.com/aslocal/aslocal/value"
)

// This file reads what stands in brackets and quotes, in JSON and in YAML. What is
// missing is left out: a comma, a value, a closing quote or bracket. A text without
// its closing quote ends with its line.

// A bracketReader reads the bytes of source before end.
type bracketReader struct {
	source string
	pos    int
	end    int
	json   bool // else YAML: words need no quotes, # begins a comment
	depth  int
}

// readJSON reads a part of a source.
func readJSON(source string, start, end int) *node {
	r := &bracketReader{source: source, pos: start, end: end, json: true}
	r.space()
	return r.value(false)
}

// space skips blanks, line ends and comments.
func (r *bracketReader) space() {
	for r.pos < r.end {
		switch c := r.source[r.pos]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			r.pos++
		case c == '#' && !r.json:
			r.pos = lineEnd(r.source, r.pos, r.end)
		default:
			return
		}
	}
}

func (r *bracketReader) peek() byte {
	if r.pos < r.end {
		return r.source[r.pos]
	}
	return 0
}

// value reads what begins at the position; nothing if a comma or a closing bracket
// does.
func (r *bracketReader) value(key bool) *node {
	if !r.json {
		r.properties()
	}
	switch c := r.peek(); {
	case c == '{' && !key:
		return r.object()
	case c == '[' && !key:
		return r.array()
	case c == '"', c == '\'':
		return r.quoted()
	case r.pos >= r.end, c == ',', c == '}', c == ']', c == ':' && r.json:
		return &node{start: r.pos, end: r.pos, json: r.json}
	}
	return r.bare(key)
}

// properties skips tags and anchors.
func (r *bracketReader) properties() {
	for c := r.peek(); c == '!' || c == '&'; c = r.peek() {
		for r.pos < r.end && !strings.ContainsRune(" \t\r\n,{}[]", rune(r.source[r.pos])) {
			r.pos++
		}
		r.space()
	}
}

func (r *bracketReader) object() *node {
	n := &node{kind: object, start: r.pos, flow: true, json: r.json}
	r.pos++
	r.depth++
	defer func() { r.depth--; n.end = r.pos }()
	for {
		r.space()
		switch c := r.peek(); {
		case r.pos >= r.end || r.depth > maxDepth:
			r.skipIfDeep()
			return n
		case c == '}':
			r.pos++
			n.closed = true
			return n
		case c == ']' && r.depth > 1: // of the array around it
			return n
		case strings.IndexByte(",:[]{", c) >= 0:
			r.pos++
		default:
			n.members = append(n.members, r.member())
		}
	}
}

func (r *bracketReader) member() member {
	m := member{key: r.value(true), colon: -1}
	after := r.pos
	r.space()
	if r.peek() != ':' {
		r.pos = after
		m.value = &node{start: after, end: after, json: r.json}
		return m
	}
	r.pos++
	m.colon = r.pos
	r.space()
	if r.nextKey(m.colon) {
		m.value = &node{start: m.colon, end: m.colon, json: r.json}
		r.pos = m.colon
		return m
	}
	m.value = r.value(false)
	if m.value.kind == missing {
		m.value.start, m.value.end = m.colon, m.colon
	}
	return m
}

// nextKey reports whether what follows a colon is no value but the next key, on
// another line.
func (r *bracketReader) nextKey(colon int) bool {
	if r.peek() != '"' || !strings.Contains(r.source[colon:r.pos], "\n") {
		return false
	}
	ahead := *r
	ahead.quoted()
	ahead.space()
	return ahead.peek() == ':'
}

func (r *bracketReader) array() *node {
	n := &node{kind: array, start: r.pos, flow: true, json: r.json}
	r.pos++
	r.depth++
	defer func() { r.depth--; n.end = r.pos }()
	for {
		r.space()
		switch c := r.peek(); {
		case r.pos >= r.end || r.depth > maxDepth:
			r.skipIfDeep()
			return n
		case c == ']':
			r.pos++
			n.closed = true
			return n
		case c == '}' && r.depth > 1: // of the object around it
			return n
		case c == ',' || c == ':' || c == '}':
			r.pos++
		default:
			n.items = append(n.items, r.value(false))
		}
	}
}

// skipIfDeep gives up what nests too deeply: all that is left.
func (r *bracketReader) skipIfDeep() {
	if r.depth > maxDepth {
		r.pos = r.end
	}
}

// quoted reads a text in quotes.
func (r *bracketReader) quoted() *node {
	quote, start := r.source[r.pos], r.pos
	end, closed := closingQuote(r.source, start+1, r.end, quote, r.json)
	if !closed {
		end = lineEnd(r.source, start, r.end)
		for end > start+1 && (r.source[end-1] == '\r' || r.source[end-1] == ' ') {
			end--
		}
	}
	n := &node{kind: text, start: start, quote: quote, body: start + 1, bodyEnd: end, json: r.json}
	n.text = unquoted(r.source[start+1:end], quote, r.json)
	r.pos = end
	if closed {
		r.pos++
	}
	n.end = r.pos
	return n
}

// closingQuote finds the quote that ends a text; if oneLine is true, on its line.
func closingQuote(source string, pos, end int, quote byte, oneLine bool) (int, bool) {
	for ; pos < end; pos++ {
		switch c := source[pos]; {
		case c == '\n' && oneLine:
			return pos, false
		case c == '\\' && quote == '"':
			pos++
		case c == quote && quote == '\'' && pos+1 < end && source[pos+1] == quote:
			pos++
		case c == quote:
			return pos, true
		}
	}
	return end, false
}

// unquoted returns what a text in quotes means.
func unquoted(raw string, quote byte, json bool) string {
	if quote == '\'' {
		return folded(strings.ReplaceAll(raw, "''", "'"))
	}
	if strings.IndexByte(raw, '\\') < 0 {
		if json {
			return raw
		}
		return folded(raw)
	}
	if v, err := value.Parse(`"` + raw + `"`); err == nil {
		return v.Text()
	}
	return folded(raw)
}

// folded returns a text of YAML whose lines have been joined.
func folded(raw string) string {
	if strings.IndexByte(raw, '\n') < 0 {
		return raw
	}
	return strings.Join(strings.Fields(raw), " ")
}

// bare reads a word without quotes.
func (r *bracketReader) bare(key bool) *node {
	start := r.pos
	for r.pos < r.end {
		c := r.source[r.pos]
		if strings.IndexByte(",[]{}\"\n\r", c) >= 0 || r.json && (c == ':' || c == ' ' || c == '\t') || !r.json && endsWord(r.source, r.pos, r.end) {
			break
		}
		r.pos++
	}
	if r.pos == start { // a character that begins nothing
		_, size := utf8.DecodeRuneInString(r.source[start:r.end])
		r.pos += size
	}
	end := start + len(strings.TrimRight(r.source[start:r.pos], " \t"))
	return wordNode(r.source, start, end, r.json)
}

// endsWord reports whether a plain word of YAML ends at a position: a colon or a
// comment.
func endsWord(source string, pos, end int) bool {
	switch source[pos] {
	case ':':
		return pos+1 >= end || strings.IndexByte(" \t\r\n,[]{}", source[pos+1]) >= 0
	case '#':
		return pos > 0 && strings.IndexByte(" \t\n", source[pos-1]) >= 0
	}
	return false
}

// wordNode makes the node of a word without quotes.
func wordNode(source string, start, end int, json bool) *node {
	n := &node{kind: text, start: start, end: end, body: start, bodyEnd: end, text: source[start:end], json: json}
	if v, err := value.Parse(n.text); err == nil && v.Kind() != value.String {
		n.kind = scalar
	}
	return n
}

// lineEnd returns where the line of a position ends, before its line end.
func lineEnd(source string, pos, end int) int {
	if i := strings.IndexByte(source[pos:end], '\n'); i >= 0 {
		return pos + i
	}
	return end
}
