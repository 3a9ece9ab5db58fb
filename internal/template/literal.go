package template

import (
	"strings"

	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/value"
)

// This file reads documents, and follows the strings in them through their
// notation: escapes in JSON, quotes, block scalars and their indent in YAML.

// A document is a file that has been read: a template, or what one includes.
type document struct {
	name  string // as it is shown
	text  string
	root  value.Value
	table *position.Table

	duplicates []position.Duplicate // see twice
	searched   bool                 // duplicates are known
}

// isYAML reports whether a file is YAML by its name.
func isYAML(name string) bool {
	name = strings.ToLower(name)
	return strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}

// readDocument reads YAML or JSON. Tags of YAML become the long form of what
// they abbreviate: !Ref X is {"Ref": "X"}, !Sub "…" is {"Fn::Sub": "…"}.
func readDocument(name, text string) (*document, error) {
	d := &document{name: name, text: text}
	var err error
	if isYAML(name) {
		d.root, d.table, err = position.YAMLTagged(text, longForm)
	} else if d.root, err = value.Parse(text); err == nil {
		d.table = position.JSON(text)
	}
	return d, err
}

func longForm(tag string, v value.Value) value.Value {
	name := strings.TrimPrefix(tag, "!")
	if name != "Ref" && name != "Condition" {
		name = "Fn::" + name
	}
	return value.OfMembers(name, v)
}

// literal returns the string at p with the origin of each character; with that
// of the whole where the notation is one that is not followed here.
func (d *document) literal(p *path, s string) *text {
	where := nearest(d.table, p.pointer()).Value
	if where.Known() {
		if t, ok := d.follow(where.Start.Offset, s); ok {
			return t
		}
	}
	t := new(text)
	t.add(s, piece{node: p})
	return t
}

// follow reads the string s, which begins at an offset of the source. It is
// false if the source does not have it in a way that is known here.
func (d *document) follow(offset int, s string) (*text, bool) {
	src, i := d.text, offset
	if i < len(src) && src[i] == '!' { // a tag
		for i < len(src) && !blank(src[i]) {
			i++
		}
		for i < len(src) && blank(src[i]) {
			i++
		}
	}
	t := new(text)
	switch {
	case i >= len(src):
		return nil, false
	case src[i] == '"':
		return t, followQuoted(t, src, i+1, s)
	case src[i] == '|' || src[i] == '>':
		return t, followBlock(t, src, i, s)
	case !strings.HasPrefix(src[i:], s):
		if src[i] != '\'' || !strings.HasPrefix(src[i+1:], s) || strings.Contains(s, "'") {
			return nil, false
		}
		i++
	}
	t.add(s, piece{from: i, to: i + len(s), verbatim: true})
	return t, true
}

// fromYAML returns a JSON text of the same length with blanks in place of what YAML
// allows and JSON does not: a byte order mark, and commas that no member or item
// follows.
func fromYAML(text string) string {
	const mark = "\ufeff"
	if rest, ok := strings.CutPrefix(text, mark); ok {
		text = strings.Repeat(" ", len(mark)) + rest
	}
	var out []byte
	comma := -1 // the last one, if only blanks have followed
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			i = stringEnd(text, i) - 1
			comma = -1
		case c == ',':
			comma = i
		case (c == '}' || c == ']') && comma >= 0:
			if out == nil {
				out = []byte(text)
			}
			out[comma] = ' '
			comma = -1
		case !blank(c):
			comma = -1
		}
	}
	if out == nil {
		return text
	}
	return string(out)
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// followQuoted reads a string in double quotes from the character behind the
// first.
func followQuoted(t *text, src string, i int, s string) bool {
	for s != "" {
		if i >= len(src) {
			return false
		}
		end := i
		p := piece{from: i, verbatim: true}
		part := ""
		if src[i] == '\\' {
			end = min(len(src), i+escapeLength(src[i:]))
			v, err := value.Parse(`"` + src[i:end] + `"`)
			if err != nil {
				return false
			}
			part, p.verbatim = v.Text(), false
		} else {
			for end < len(src) && src[end] != '\\' && src[end] != '"' {
				end++
			}
			part = src[i:end]
		}
		if part == "" || !strings.HasPrefix(s, part) {
			return false
		}
		p.to = end
		t.add(part, p)
		s, i = s[len(part):], end
	}
	return true
}

// escapeLength returns the length of the escape that a text begins with; two
// that make one character are one.
func escapeLength(s string) int {
	const unicode = len(`\u0000`)
	switch {
	case len(s) < 2 || s[1] != 'u':
		return 2
	case len(s) >= 2*unicode && (s[2] == 'd' || s[2] == 'D') && strings.IndexByte("89abAB", s[3]) >= 0 && s[unicode] == '\\':
		return 2 * unicode
	}
	return unicode
}

// followBlock reads a block scalar from its indicator, | or >. All of its lines
// have lost the same indent; in a folded one, line breaks have become blanks.
func followBlock(t *text, src string, i int, s string) bool {
	next := func() (start, end int, ok bool) {
		n := strings.IndexByte(src[i:], '\n')
		if n < 0 {
			return 0, 0, false
		}
		i += n + 1
		end = len(src)
		if n := strings.IndexByte(src[i:], '\n'); n >= 0 {
			end = i + n
		}
		return i, end, true
	}
	indent := -1
	for s != "" {
		start, end, ok := next()
		if !ok {
			return false
		}
		line := strings.TrimSuffix(src[start:end], "\r")
		if indent < 0 && strings.TrimSpace(line) != "" {
			indent = len(line) - len(strings.TrimLeft(line, " ")) - (len(s) - len(strings.TrimLeft(s, " \n")))
			if indent < 0 {
				return false
			}
		}
		part := line[min(len(line), max(indent, 0)):]
		if !strings.HasPrefix(s, part) {
			return false
		}
		from := end - len(src[start:end]) + len(line) - len(part)
		t.add(part, piece{from: from, to: from + len(part), verbatim: true})
		s = s[len(part):]
		if s != "" && (s[0] == '\n' || s[0] == ' ') {
			t.add(s[:1], piece{from: end, to: end})
			s = s[1:]
		}
	}
	return true
}
