package capture

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file writes a document for people to read and change.

// YAML returns a value as YAML: objects and lists in blocks, short ones in a line.
func YAML(v value.Value) []byte {
	var b bytes.Buffer
	writeBlock(&b, v, "", false)
	return b.Bytes()
}

// An object or a list in a line may be so long, and so deep.
const (
	width = 90
	depth = 3
)

// parts are the members of a case that have a line for each of their members.
var parts = map[string]bool{"mocks": true, "resources": true, "expect": true}

// writeBlock writes a value whose lines begin with an indentation; the first one does not if
// it stands behind the dash of an item.
func writeBlock(b *bytes.Buffer, v value.Value, indent string, item bool) {
	begin := func() {
		if !item {
			b.WriteString(indent)
		}
		item = false
	}
	switch {
	case v.Kind() == value.Object && v.Len() > 0:
		for name, member := range v.Members() {
			begin()
			b.WriteString(key(name) + ":")
			if parts[name] && member.Len() > 0 {
				b.WriteByte('\n')
				writeBlock(b, member, indent+"  ", false)
				continue
			}
			writeBehind(b, member, indent)
		}
	case v.Kind() == value.Array && v.Len() > 0:
		for _, one := range v.Items() {
			begin()
			b.WriteByte('-')
			if flow, ok := inLine(one, depth); ok {
				b.WriteString(" " + flow + "\n")
				continue
			}
			b.WriteByte(' ')
			writeBlock(b, one, indent+"  ", true)
		}
	default:
		flow, _ := inLine(v, depth)
		begin()
		b.WriteString(flow + "\n")
	}
}

// writeBehind writes a value behind its key.
func writeBehind(b *bytes.Buffer, v value.Value, indent string) {
	if flow, ok := inLine(v, depth); ok {
		b.WriteString(" " + flow + "\n")
		return
	}
	b.WriteByte('\n')
	writeBlock(b, v, indent+"  ", false)
}

// inLine writes a value in one line, if it is no object or list or a short one that is not
// deeper than that.
func inLine(v value.Value, deep int) (string, bool) {
	switch v.Kind() {
	case value.Object:
		if v.Len() == 0 {
			return "{}", true
		}
		if deep == 0 {
			return "", false
		}
		var parts []string
		n := 0
		for name, member := range v.Members() {
			text, ok := inLine(member, deep-1)
			if n += len(text) + len(name); !ok || n > width {
				return "", false
			}
			parts = append(parts, key(name)+": "+text)
		}
		return "{" + strings.Join(parts, ", ") + "}", true
	case value.Array:
		if v.Len() == 0 {
			return "[]", true
		}
		if deep == 0 || v.Len() > 1 && v.Index(0).Kind() == value.Object {
			return "", false
		}
		var parts []string
		n := 0
		for _, one := range v.Items() {
			text, ok := inLine(one, deep-1)
			if n += len(text); !ok || n > width {
				return "", false
			}
			parts = append(parts, text)
		}
		return "[" + strings.Join(parts, ", ") + "]", true
	case value.String:
		return text(v.Text()), true
	}
	return v.String(), true
}

var (
	// plain are texts that YAML reads as they are, also within brackets.
	plain = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*$`)
	// words are those that some YAML reads as something else than a text.
	words = regexp.MustCompile(`(?i)^(?:true|false|null|yes|no|on|off|y|n)$`)
	// breaks are characters that end a line in YAML, or must not stand in it.
	breaks = regexp.MustCompile("[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]")
)

// text writes a text: as it is, or as JSON has it.
func text(s string) string {
	if plain.MatchString(s) && !words.MatchString(s) && len(s) <= 1000 {
		return s
	}
	if strings.HasPrefix(s, "{%") && !strings.ContainsAny(s, "'\n\r\t") && !breaks.MatchString(s) {
		return "'" + s + "'"
	}
	return breaks.ReplaceAllStringFunc(string(value.AppendQuoted(nil, s)), func(r string) string {
		const digits = "0123456789abcdef"
		c := []rune(r)[0]
		return `\u` + string([]byte{digits[c>>12&15], digits[c>>8&15], digits[c>>4&15], digits[c&15]})
	})
}

// key writes the name of a member.
func key(name string) string { return text(name) }
