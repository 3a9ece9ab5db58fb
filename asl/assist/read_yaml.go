package assist

import "strings"

// This file reads YAML by its indentation: a key without its colon is a member
// without a value, a line that fits nowhere is left out. Aliases and merged mappings
// are words; tags and anchors are skipped.

// A yamlReader reads the bytes of source before end.
type yamlReader struct {
	source string
	pos    int
	end    int
	depth  int
}

// readYAML reads a part of a source.
func readYAML(source string, start, end int) *node {
	r := &yamlReader{source: source, pos: start, end: end}
	r.prologue()
	column, ok := r.line()
	if !ok {
		return &node{start: end, end: end}
	}
	return r.block(column, -1)
}

// prologue skips a byte order mark, directives and the line --- before a document.
func (r *yamlReader) prologue() {
	if strings.HasPrefix(r.source[r.pos:r.end], "\ufeff") {
		r.pos += len("\ufeff")
	}
	for {
		rest := r.source[r.pos:r.end]
		switch {
		case strings.HasPrefix(rest, "---") || strings.HasPrefix(rest, "%") || strings.HasPrefix(rest, "#"), strings.HasPrefix(rest, "\n"), strings.HasPrefix(rest, "\r\n"):
			r.nextLine()
		default:
			return
		}
	}
}

func (r *yamlReader) nextLine() {
	r.pos = min(r.end, lineEnd(r.source, r.pos, r.end)+1)
}

// line goes to the first character of the next line that is neither empty nor a
// comment, the present one if the position is in its indentation, and returns its
// column. It is false at the end of the document.
func (r *yamlReader) line() (column int, ok bool) {
	for r.pos < r.end {
		start := strings.LastIndexByte(r.source[:r.pos], '\n') + 1
		for r.pos < r.end && (r.source[r.pos] == ' ' || r.source[r.pos] == '\t') {
			r.pos++
		}
		switch {
		case r.pos >= r.end:
			return 0, false
		case strings.IndexByte("\r\n#", r.source[r.pos]) >= 0:
			r.nextLine()
		case r.pos == start && (strings.HasPrefix(r.source[r.pos:r.end], "---") || strings.HasPrefix(r.source[r.pos:r.end], "...")):
			r.end = r.pos
			return 0, false
		default:
			return r.pos - start, true
		}
	}
	return 0, false
}

// blanks skips blanks in a line.
func (r *yamlReader) blanks() {
	for r.pos < r.end && (r.source[r.pos] == ' ' || r.source[r.pos] == '\t') {
		r.pos++
	}
}

// lineOver reports whether nothing but a comment is left on the line.
func (r *yamlReader) lineOver() bool {
	return r.pos >= r.end || strings.IndexByte("\r\n", r.source[r.pos]) >= 0 || r.source[r.pos] == '#' && (r.pos == 0 || strings.IndexByte(" \t\n", r.source[r.pos-1]) >= 0)
}

// dash reports whether an item begins at the position.
func (r *yamlReader) dash() bool {
	return r.pos < r.end && r.source[r.pos] == '-' && (r.pos+1 >= r.end || strings.IndexByte(" \t\r\n", r.source[r.pos+1]) >= 0)
}

// block reads what begins at the position, in a column, inside something in the
// column outer.
func (r *yamlReader) block(column, outer int) *node {
	r.depth++
	defer func() { r.depth-- }()
	switch {
	case r.depth > maxDepth:
		r.pos = r.end
		return &node{start: r.end, end: r.end}
	case r.dash():
		return r.sequence(column)
	case r.keyAhead():
		return r.mapping(column)
	}
	return r.inline(outer)
}

// keyAhead reports whether the line goes on with a key and its colon.
func (r *yamlReader) keyAhead() bool {
	_, colon := r.key()
	return colon >= 0
}

// key reads the key that begins at the position, without moving; colon is behind its
// colon, or -1.
func (r *yamlReader) key() (key *node, colon int) {
	eol := lineEnd(r.source, r.pos, r.end)
	b := &bracketReader{source: r.source, pos: r.pos, end: eol}
	if c := b.peek(); c == '{' || c == '[' {
		return nil, -1
	}
	for c := b.peek(); c == '&' || c == '!'; c = b.peek() { // only if a key follows
		b.properties()
	}
	if c := b.peek(); c == '"' || c == '\'' {
		key = b.quoted()
	} else {
		start := b.pos
		for b.pos < eol && !endsWord(r.source, b.pos, eol) {
			b.pos++
		}
		word := strings.TrimRight(r.source[start:b.pos], " \t\r")
		key = &node{kind: text, start: start, end: start + len(word), body: start, bodyEnd: start + len(word), text: word}
	}
	for b.pos < eol && (r.source[b.pos] == ' ' || r.source[b.pos] == '\t') {
		b.pos++
	}
	if b.pos < eol && r.source[b.pos] == ':' && (b.pos+1 >= eol || strings.IndexByte(" \t\r", r.source[b.pos+1]) >= 0) {
		return key, b.pos + 1
	}
	return key, -1
}

func (r *yamlReader) mapping(column int) *node {
	n := &node{kind: object, start: r.pos, end: r.pos, column: column}
	for {
		key, colon := r.key()
		m := member{key: key, colon: colon}
		if colon >= 0 {
			r.pos = colon
			m.value = r.valueOf(column, colon)
		} else {
			m.value = &node{start: key.end, end: key.end}
			r.nextLine()
		}
		n.members = append(n.members, m)
		n.end = max(n.end, m.key.end, m.value.end, colon)
		for {
			c, ok := r.line()
			if !ok || c < column || c == column && r.dash() {
				return n
			}
			if c == column && !r.openBracket() {
				break
			}
			r.nextLine() // it fits nowhere
		}
	}
}

// openBracket reports whether a bracket stands where a key should.
func (r *yamlReader) openBracket() bool {
	return strings.IndexByte("{[}]", r.source[r.pos]) >= 0
}

// valueOf reads the value of a member, behind its colon.
func (r *yamlReader) valueOf(column, colon int) *node {
	r.blanks()
	r.properties()
	if !r.lineOver() {
		return r.inline(column)
	}
	none := &node{start: colon, end: colon}
	r.nextLine()
	c, ok := r.line()
	switch {
	case ok && (c > column || c == column && r.dash()):
		return r.block(c, column)
	}
	return none
}

// properties skips tags and anchors.
func (r *yamlReader) properties() {
	for r.pos < r.end && (r.source[r.pos] == '!' || r.source[r.pos] == '&') {
		for r.pos < r.end && strings.IndexByte(" \t\r\n", r.source[r.pos]) < 0 {
			r.pos++
		}
		r.blanks()
	}
}

func (r *yamlReader) sequence(column int) *node {
	n := &node{kind: array, start: r.pos, end: r.pos, column: column}
	for {
		dash := r.pos
		r.pos++
		r.blanks()
		r.properties()
		item := &node{start: dash + 1, end: dash + 1}
		if r.lineOver() {
			r.nextLine()
			if c, ok := r.line(); ok && c > column {
				item = r.block(c, column)
			}
		} else {
			start := strings.LastIndexByte(r.source[:r.pos], '\n') + 1
			item = r.block(r.pos-start, column)
		}
		n.items = append(n.items, item)
		n.end = max(n.end, item.end)
		for {
			c, ok := r.line()
			if !ok || c < column || c == column && !r.dash() {
				return n
			}
			if c == column {
				break
			}
			r.nextLine() // it fits nowhere
		}
	}
}

// inline reads a value that is no block of members or items. outer is the column of
// what it is in.
func (r *yamlReader) inline(outer int) *node {
	r.properties()
	if r.pos >= r.end {
		return &node{start: r.end, end: r.end}
	}
	switch c := r.source[r.pos]; c {
	case '{', '[':
		b := &bracketReader{source: r.source, pos: r.pos, end: r.flowEnd(outer), depth: r.depth}
		n := b.value(false)
		if r.pos = b.pos; r.source[r.pos-1] != '\n' {
			r.nextLine()
		}
		return n
	case '|', '>':
		return r.literal(c, outer)
	case '"', '\'':
		return r.quoted(outer)
	}
	return r.plain(outer)
}

// flowEnd returns where brackets that begin at the position must have ended: at a
// line that is no further indented than what they are in.
func (r *yamlReader) flowEnd(outer int) int {
	pos := r.pos
	for {
		eol := lineEnd(r.source, pos, r.end)
		if eol >= r.end {
			return r.end
		}
		pos = eol + 1
		line := r.source[pos:lineEnd(r.source, pos, r.end)]
		trimmed := strings.TrimLeft(line, " \t")
		if strings.TrimRight(trimmed, "\r") != "" && len(line)-len(trimmed) <= outer && strings.IndexByte("}],#", trimmed[0]) < 0 {
			return pos
		}
	}
}

// literal reads the lines of a block of text.
func (r *yamlReader) literal(style byte, outer int) *node {
	n := &node{kind: text, start: r.pos, quote: style}
	r.nextLine()
	n.body, n.bodyEnd = r.pos, r.pos
	for r.pos < r.end {
		line := r.source[r.pos:lineEnd(r.source, r.pos, r.end)]
		blank := strings.TrimSpace(line) == ""
		if !blank && len(line)-len(strings.TrimLeft(line, " ")) <= outer {
			break
		}
		if !blank {
			n.bodyEnd = r.pos + len(line)
		}
		r.nextLine()
	}
	n.end = max(n.bodyEnd, n.start+1)
	n.text = r.source[n.body:n.bodyEnd]
	return n
}

// quoted reads a text in quotes, which may go on in further indented lines.
func (r *yamlReader) quoted(outer int) *node {
	b := &bracketReader{source: r.source, pos: r.pos, end: lineEnd(r.source, r.pos, r.end)}
	if _, closed := closingQuote(r.source, r.pos+1, b.end, r.source[r.pos], true); !closed {
		b.end = r.flowEnd(outer)
	}
	n := b.quoted()
	r.pos = b.pos
	r.nextLine()
	return n
}

// plain reads a word or sentence without quotes, which may go on in further indented
// lines.
func (r *yamlReader) plain(outer int) *node {
	start := r.pos
	end := start
	for {
		eol := lineEnd(r.source, r.pos, r.end)
		stop := r.pos
		for stop < eol && !(r.source[stop] == '#' && stop > 0 && strings.IndexByte(" \t", r.source[stop-1]) >= 0) {
			stop++
		}
		if words := strings.TrimRight(r.source[r.pos:stop], " \t\r"); words != "" {
			end = r.pos + len(words)
		}
		r.pos = eol
		r.nextLine()
		ahead := *r
		column, ok := ahead.line()
		if stop < eol || !ok || column <= outer || ahead.keyAhead() || ahead.dash() {
			break
		}
		r.pos = ahead.pos
	}
	n := wordNode(r.source, start, end, false)
	n.text = folded(n.text)
	return n
}
