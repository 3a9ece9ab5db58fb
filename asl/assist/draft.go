package assist

import (
	"strings"
	"unicode"

	"github.com/aslocal/aslocal/value"
)

// This file writes what a completion inserts, in the style of the text around it.
//
// A draft is JSON in which ‹ and › enclose what remains to be typed. A text that is
// nothing but such a mark and begins with # is written without quotes: "‹#60›"; the
// text "‹{}›" is an empty object, "‹[]›" an empty array.

// A style is how text at a place is written.
type style struct {
	json   bool
	flow   bool   // in brackets
	indent string // of the line, or of the object's members
	unit   string // one step more
}

// styleAt returns the style of a place.
func (p *place) styleAt() style {
	s := style{json: p.token.json, flow: p.token.json || p.object.flow, unit: p.unit()}
	start := strings.LastIndexByte(p.source[:p.token.start], '\n') + 1
	line := p.source[start:p.token.start]
	s.indent = line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	if !s.flow && p.object.kind == object {
		s.indent = strings.Repeat(" ", p.object.column)
	}
	return s
}

// unit returns one step of the indentation of the text.
func (p *place) unit() string {
	for line := range strings.Lines(p.source) {
		if rest := strings.TrimLeft(line, " \t"); len(rest) < len(line) && strings.TrimSpace(rest) != "" {
			unit := line[:len(line)-len(rest)]
			if unit[0] == '\t' {
				return "\t"
			}
			return unit[:min(len(unit), 4)]
		}
	}
	return "  "
}

// behindColon returns a draft as the value of a member, with what parts it from the
// colon. Its marks are still there: withoutMarks is for them.
func (s style) behindColon(draft value.Value) string {
	var b strings.Builder
	if s.flow {
		b.WriteString(" ")
		s.brackets(&b, draft, s.indent)
	} else {
		s.blockMember(&b, draft, s.indent)
	}
	return b.String()
}

// inBrackets returns a draft as a value with brackets.
func (s style) inBrackets(draft value.Value) string {
	var b strings.Builder
	s.flow = true
	s.brackets(&b, draft, s.indent)
	return b.String()
}

// brackets writes JSON, or YAML in brackets.
func (s style) brackets(b *strings.Builder, v value.Value, indent string) {
	inner := indent + s.unit
	switch v.Kind() {
	case value.Object:
		b.WriteString("{")
		i := 0
		for name, member := range v.Members() {
			if i++; i > 1 {
				b.WriteString(",")
			}
			b.WriteString("\n" + inner)
			b.WriteString(string(value.AppendQuoted(nil, name)) + ": ")
			s.brackets(b, member, inner)
		}
		b.WriteString("\n" + indent + "}")
	case value.Array:
		if small(v) {
			b.WriteString("[")
			for i, item := range v.Items() {
				if i > 0 {
					b.WriteString(", ")
				}
				s.brackets(b, item, inner)
			}
			b.WriteString("]")
			return
		}
		b.WriteString("[")
		for i, item := range v.Items() {
			if i > 0 {
				b.WriteString(",")
			}
			b.WriteString("\n" + inner)
			s.brackets(b, item, inner)
		}
		b.WriteString("\n" + indent + "]")
	default:
		b.WriteString(s.scalar(v))
	}
}

// small reports whether an array has no objects or arrays.
func small(v value.Value) bool {
	for _, item := range v.Items() {
		if item.Kind() == value.Object || item.Kind() == value.Array {
			return false
		}
	}
	return true
}

// block writes YAML by indentation: behind a colon, or behind a dash.
func (s style) block(b *strings.Builder, v value.Value, indent string, dash bool) {
	inner := indent + s.unit
	switch {
	case v.Kind() == value.Object:
		first := true
		for name, member := range v.Members() {
			if !dash || !first {
				b.WriteString("\n" + inner)
			}
			first = false
			b.WriteString(plainOrQuoted(name) + ":")
			s.blockMember(b, member, inner)
		}
	case v.Kind() == value.Array && small(v):
		b.WriteString("[")
		for i, item := range v.Items() {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(s.scalar(item))
		}
		b.WriteString("]")
	case v.Kind() == value.Array:
		for _, item := range v.Items() {
			b.WriteString("\n" + inner + "- ")
			s.block(b, item, indent+"  ", true)
		}
	default:
		b.WriteString(s.scalar(v))
	}
}

// blockMember writes the value of a member, with the blank behind its colon.
func (s style) blockMember(b *strings.Builder, v value.Value, indent string) {
	if v.Kind() == value.Object || v.Kind() == value.Array && !small(v) {
		s.block(b, v, indent, false)
		return
	}
	if text := s.scalar(v); text == "‹{}›" {
		b.WriteString("\n" + indent + s.unit + "‹›")
		return
	}
	b.WriteString(" ")
	s.block(b, v, indent, false)
}

// scalar writes a text, number or mark.
func (s style) scalar(v value.Value) string {
	text := v.Text()
	if v.Kind() != value.String {
		return v.String()
	}
	switch {
	case strings.HasPrefix(text, "‹#"):
		return "‹" + strings.TrimPrefix(text, "‹#")
	case text == "‹{}›" && (s.flow || s.json):
		return "{‹›}"
	case text == "‹[]›":
		return "[‹›]"
	case s.flow || s.json:
		return string(value.AppendQuoted(nil, text))
	case text == "‹{}›", text == "‹›":
		return text
	}
	return plainOrQuoted(text)
}

// plainOrQuoted returns a text as YAML has it: without quotes if it means the same.
func plainOrQuoted(text string) string {
	plain := strings.NewReplacer("‹", "", "›", "").Replace(text)
	if plainOK(plain) {
		return text
	}
	return string(value.AppendQuoted(nil, text))
}

// plainOK reports whether a text of YAML needs no quotes.
func plainOK(text string) bool {
	if text == "" || strings.TrimSpace(text) != text || strings.ContainsAny(text, "\n\"'`{}[],&*#?|<>=!%@\\") || strings.Contains(text, ": ") || strings.HasSuffix(text, ":") || text[0] == '-' {
		return false
	}
	if v, err := value.Parse(text); err == nil && v.Kind() != value.String {
		return false
	}
	switch strings.ToLower(text) {
	case "yes", "no", "on", "off", "null", "~", "true", "false", "y", "n":
		return false
	}
	return unicode.IsLetter(rune(text[0])) || text[0] == '$' || text[0] >= 0x80
}

// withoutMarks returns a written draft without its marks, and the stops that they
// make.
func withoutMarks(draft string) (string, []Stop) {
	var b strings.Builder
	var stops []Stop
	for {
		before, rest, ok := strings.Cut(draft, "‹")
		b.WriteString(before)
		if !ok {
			return b.String(), stops
		}
		inside, after, _ := strings.Cut(rest, "›")
		stops = append(stops, Stop{b.Len(), b.Len() + len(inside)})
		b.WriteString(inside)
		draft = after
	}
}
