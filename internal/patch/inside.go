package patch

import (
	"strings"
	"unicode/utf8"

	"github.com/aslocal/aslocal/value"
)

// This file changes a text inside of a string of another text, such as the JSON of a
// DefinitionString in a template. What changes in it is changed in the string, with the
// escapes or the indentation that the string needs.

// A Host is a string whose text is a tree of its own.
type Host struct {
	node   *Node
	places []int               // offset in the outer text of each byte of the inner one, and of its end
	encode func(string) string // of new text

	indent int // of the lines behind |

	// OneLine says that the string cannot have line breaks.
	OneLine bool
}

// Inside returns the tree of the JSON in a string, and the host that takes its changes.
// The error is a *SyntaxError: the string has no JSON, or a form that cannot be
// changed.
func (n *Node) Inside() (*Tree, *Host, error) {
	t, o := n.origin.tree, n.origin
	h := &Host{node: n}
	source := t.text[o.start:o.end]
	body := source[len(source)-len(strings.TrimLeft(source, " \t\r\n")):]
	if n.tag != "" || n.anchor != "" {
		body = withoutProperties(body)
	}
	at := o.end - len(body)
	ok := true
	switch {
	case strings.HasPrefix(body, `"`):
		ok = h.quoted(body, at, t.format)
	case strings.HasPrefix(body, "'"):
		ok = h.singleQuoted(body, at)
	case strings.HasPrefix(body, "|"):
		ok = h.literal(body, at)
	default:
		ok = false
	}
	text := n.Text()
	if !ok || len(h.places) != len(text)+1 {
		return nil, nil, &SyntaxError{"a definition in a string of this form cannot be changed: write it behind |, or as an object", t.Position(o.start)}
	}
	inner, err := Parse(text, JSON)
	if bad, isBad := err.(*SyntaxError); isBad {
		return nil, nil, &SyntaxError{"the definition in the string: " + bad.Message, t.Position(h.places[min(bad.At.Offset, len(text))])}
	}
	inner.escaped = t.format == YAML
	return inner, h, nil
}

// withoutProperties takes tags and anchors from the beginning of a text.
func withoutProperties(body string) string {
	for strings.HasPrefix(body, "!") || strings.HasPrefix(body, "&") {
		end := strings.IndexAny(body, " \t\r\n")
		if end < 0 {
			return ""
		}
		body = strings.TrimLeft(body[end:], " \t\r\n")
	}
	return body
}

// Write puts the new text of the inner tree into the outer text, and returns that with
// its changes.
func (h *Host) Write(inner string, changes []Change) (text string, outer []Change, err error) {
	t := h.node.origin.tree
	var b strings.Builder
	last := 0
	for _, c := range changes {
		mapped := Change{h.places[c.Start], h.places[c.End], h.encode(c.Text)}
		if start := lineStart(t.text, mapped.Start); strings.Trim(t.text[start:mapped.Start], " ") == "" && mapped.Start-start < h.indent {
			mapped.Text = strings.Repeat(" ", h.indent-(mapped.Start-start)) + mapped.Text // the line was empty
		}
		b.WriteString(t.text[last:mapped.Start])
		b.WriteString(mapped.Text)
		last = mapped.End
		outer = append(outer, mapped)
	}
	b.WriteString(t.text[last:])
	text = b.String()
	tag := h.node.tag
	h.node.up.Replace(&Node{kind: value.String, scalar: value.OfString(inner), tag: tag})
	return text, outer, t.Check(text, outer)
}

// quoted maps a string in double quotes. One of YAML that goes over several lines is
// refused: its line breaks are no part of it.
func (h *Host) quoted(body string, at int, format Format) bool {
	text := jsonText
	if format == YAML {
		text = yamlQuoted
	}
	h.encode = func(s string) string {
		s = text(s)
		return s[1 : len(s)-1]
	}
	for i := 1; i < len(body); {
		switch c := body[i]; {
		case c == '"':
			h.places = append(h.places, at+i)
			return i == len(body)-1
		case c == '\n':
			return false
		case c != '\\':
			h.places = append(h.places, at+i)
			i++
		default:
			size, bytes := escape(body[i:])
			if size == 0 {
				return false
			}
			for range bytes {
				h.places = append(h.places, at+i)
			}
			i += size
		}
	}
	return false
}

// escape returns how long an escape sequence is, and how many bytes it stands for; 0
// for one that is not understood.
func escape(s string) (size, bytes int) {
	if len(s) < 2 {
		return 0, 0
	}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[s[1]]
	switch {
	case digits == 0 && strings.IndexByte(`"\/bfnrt0aev `, s[1]) >= 0:
		return 2, 1
	case digits == 0 || len(s) < 2+digits:
		return 0, 0
	}
	r := rune(0)
	for _, c := range strings.ToLower(s[2 : 2+digits]) {
		digit := strings.IndexRune("0123456789abcdef", c)
		if digit < 0 {
			return 0, 0
		}
		r = r<<4 | rune(digit)
	}
	switch {
	case r >= 0xd800 && r < 0xdc00 && strings.HasPrefix(s[2+digits:], `\u`):
		return 12, 4
	case utf8.RuneLen(r) < 0:
		return 0, 0
	}
	return 2 + digits, utf8.RuneLen(r)
}

// singleQuoted maps a string in single quotes in one line. New text in it must not have
// line breaks.
func (h *Host) singleQuoted(body string, at int) bool {
	h.OneLine = true
	h.encode = func(s string) string { return strings.ReplaceAll(s, "'", "''") }
	if strings.Contains(body, "\n") || len(body) < 2 {
		return false
	}
	for i := 1; i < len(body)-1; i++ {
		h.places = append(h.places, at+i)
		if body[i] == '\'' {
			i++
		}
	}
	h.places = append(h.places, at+len(body)-1)
	return true
}

// literal maps the lines behind |.
func (h *Host) literal(body string, at int) bool {
	header, rest, ok := strings.Cut(body, "\n")
	if !ok {
		return false
	}
	at += len(header) + 1
	text := h.node.Text()
	indent := 0
	for line := range strings.SplitSeq(rest, "\n") {
		if trimmed := strings.TrimLeft(line, " "); strings.TrimRight(trimmed, "\r") != "" {
			first, _, _ := strings.Cut(strings.TrimLeft(text, "\n"), "\n")
			indent = len(line) - len(trimmed) - (len(first) - len(strings.TrimLeft(first, " ")))
			break
		}
	}
	newline := "\n"
	if strings.HasSuffix(header, "\r") {
		newline = "\r\n"
	}
	indent = max(indent, 0)
	h.indent = indent
	prefix := strings.Repeat(" ", indent)
	h.encode = func(s string) string {
		lines := strings.Split(s, "\n")
		for i := 1; i < len(lines); i++ {
			if lines[i] != "" || i == len(lines)-1 {
				lines[i] = prefix + lines[i]
			}
		}
		return strings.Join(lines, newline)
	}
	for n, line := range strings.Split(text, "\n") {
		if n > 0 {
			h.places = append(h.places, at) // of the line break
			end := strings.IndexByte(rest, '\n')
			if end < 0 {
				break
			}
			rest = rest[end+1:]
			at = h.node.origin.end - len(rest)
		}
		skip := min(indent, len(rest)-len(strings.TrimLeft(rest, " ")))
		at += skip
		rest = rest[skip:]
		if !strings.HasPrefix(rest, line) {
			return false
		}
		for range len(line) {
			h.places = append(h.places, at)
			at++
		}
		rest = rest[len(line):]
	}
	if len(h.places) == len(text) {
		h.places = append(h.places, at)
	}
	return true
}
