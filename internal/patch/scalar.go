package patch

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf16"

	"go.yaml.in/yaml/v4"

	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/value"
)

// This file writes scalars and keys.

// key returns a name as the key of a member; old is the key that was there, or "".
func (w *writer) key(name string, l layout, old string) string {
	if w.tree.format == JSON {
		return w.json(name)
	}
	quote := byte(0)
	switch {
	case old != "" && (old[0] == '"' || old[0] == '\''):
		quote = old[0]
	case old == "" && l.flow && w.tree.styleOf().quotedKeys:
		quote = '"'
	}
	if strings.Contains(name, "\n") {
		quote = '"'
	}
	return yamlText(name, quote, l.flow)
}

// scalar returns a scalar that takes the place of another one, or of none.
func (w *writer) scalar(v *Node, l layout, old *Node) string {
	switch {
	case v.kind == value.Opaque:
		return v.raw
	case v.kind != value.String:
		return v.scalar.String()
	case w.tree.format == JSON:
		return w.json(v.scalar.Text())
	}
	st := w.tree.styleOf()
	quote := st.quote
	text := v.scalar.Text()
	if l.flow && st.quotedKeys {
		quote = '"'
	}
	if old != nil && old.kind == value.String && w.here(old) && old.origin.start < old.origin.end {
		quote = 0
		if c := w.tree.text[old.origin.end-1]; c == '"' || c == '\'' {
			quote = c
		}
	}
	if !l.flow && !w.oneLine && strings.Contains(strings.TrimRight(text, "\n"), "\n") && isLiteral(text) {
		w.endsLine = true
		return literal(text, l.prefix+st.unit, st.newline)
	}
	return yamlText(text, quote, l.flow)
}

// json returns a string in double quotes for the tree, with escapes for what cannot
// stand where the tree is.
func (w *writer) json(s string) string {
	text := jsonText(s)
	if !w.tree.escaped || isPrintable(text) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if isPrintable(string(r)) {
			b.WriteRune(r)
			continue
		}
		for _, half := range utf16.Encode([]rune{r}) {
			b.WriteString(`\u` + hex4(rune(half)))
		}
	}
	return b.String()
}

// jsonText returns a string in double quotes.
func jsonText(s string) string { return string(value.AppendQuoted(nil, s)) }

// yamlText returns a string in the quotes that are wanted, or in others if it does not
// fit into them.
func yamlText(s string, quote byte, flow bool) string {
	switch {
	case !isPrintable(s):
		return yamlQuoted(s)
	case quote == '"' && strings.ContainsAny(s, `"\`) && !strings.Contains(s, "'"):
		quote = '\'' // without escapes
	case quote == 0 && !isPlain(s, flow):
		quote = '"'
		if strings.ContainsAny(s, `"\`) {
			quote = '\''
		}
	}
	switch quote {
	case '\'':
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	case '"':
		return yamlQuoted(s)
	}
	return s
}

// yamlQuoted is JSON's form of a string, which YAML has too, but for some characters.
func yamlQuoted(s string) string {
	text := jsonText(s)
	for _, r := range []struct{ char, escape string }{{"\u007f", `\x7f`}, {"\u0085", `\N`}, {"\u2028", `\L`}, {"\u2029", `\P`}, {"\ufeff", `\uFEFF`}} {
		text = strings.ReplaceAll(text, r.char, r.escape)
	}
	for _, r := range text {
		if r >= 0x80 && r < 0xa0 || r == 0xfffe || r == 0xffff {
			text = strings.ReplaceAll(text, string(r), `\u`+hex4(r))
		}
	}
	return text
}

func hex4(r rune) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15]})
}

// isPrintable reports whether a string can stand without escapes in one line.
func isPrintable(s string) bool {
	for _, r := range s {
		if r < ' ' || r != ' ' && !unicode.IsPrint(r) || r == '\ufeff' || r == unicode.ReplacementChar {
			return false
		}
	}
	return true
}

var (
	plainStart = regexp.MustCompile(`^[\pL\d_$/.(<^+]`)
	yamlWords  = regexp.MustCompile(`^(?i:y|n|yes|no|on|off|true|false|null)$`)
	// numberLike also has the forms of older YAML: 0o7, 1_000, 12:30:45, dates.
	numberLike = regexp.MustCompile(`^[-+.]?[\d][\d_.:eExXoObBa-fA-F+-]*$|^[-+]?\.(?i:inf|nan)$`)
)

// isPlain reports whether a string can stand without quotes, for readers of old and new
// YAML.
func isPlain(s string, flow bool) bool {
	if !plainStart.MatchString(s) || yamlWords.MatchString(s) || numberLike.MatchString(s) ||
		strings.HasSuffix(s, " ") || strings.HasSuffix(s, ":") || strings.Contains(s, ": ") || strings.Contains(s, " #") ||
		strings.HasPrefix(s, "...") {
		return false
	}
	if flow && (strings.ContainsAny(s, "[]{},") || strings.Contains(s, ":")) {
		return false
	}
	return position.Scalar(&yaml.Node{Kind: yaml.ScalarNode, Value: s}).Kind() == value.String
}

// isLiteral reports whether a text of several lines can be written as it is, behind |.
func isLiteral(s string) bool {
	for line := range strings.SplitSeq(s, "\n") {
		if !isPrintable(strings.ReplaceAll(line, "\t", " ")) {
			return false
		}
	}
	first, _, _ := strings.Cut(s, "\n")
	return first != "" && !strings.HasPrefix(first, " ") && !strings.HasPrefix(first, "\t")
}

// literal returns a text behind |, in lines that begin with a prefix.
func literal(s, prefix, newline string) string {
	sign := "|-"
	switch body := strings.TrimRight(s, "\n"); {
	case len(s) == len(body)+1:
		sign = "|"
	case len(s) > len(body):
		sign = "|+"
	}
	var b strings.Builder
	b.WriteString(sign)
	for line := range strings.SplitSeq(strings.TrimSuffix(s, "\n"), "\n") {
		b.WriteString(newline)
		if line != "" {
			b.WriteString(prefix + line)
		}
	}
	return b.String()
}
