package assist

import (
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/aslocal/aslocal/asl/edit"
	"github.com/aslocal/aslocal/value"
)

// This file deals with definitions that are texts in quotes, as templates in JSON have
// them: "DefinitionString": "{\"StartAt\": …}". They are documents of their own; what is
// found in them is brought back to the places in the text around.

// An embedded is a definition in quotes.
type embedded struct {
	doc   edit.Document
	outer []int // where each byte of its text begins in the source; behind the last, where it ends
	quote byte
}

// embeddedIn returns the definition of a document if it is a text in quotes, on one line.
func embeddedIn(doc edit.Document) (*embedded, bool) {
	if doc.Pointer == "" {
		return nil, false
	}
	n := read(doc.Text, doc.Format).at(doc.Pointer)
	if !n.quotedDefinition(doc.Text) {
		return nil, false
	}
	e := &embedded{doc: edit.Document{Format: edit.JSON}, quote: n.quote}
	var b strings.Builder
	for pos := n.body; pos < n.bodyEnd; {
		char, size := unescaped(doc.Text[pos:n.bodyEnd], n.quote)
		for range len(char) {
			e.outer = append(e.outer, pos)
		}
		b.WriteString(char)
		pos += size
	}
	e.outer = append(e.outer, n.bodyEnd)
	e.doc.Text = b.String()
	return e, true
}

// quotedDefinition reports whether a node is a text in quotes that holds JSON.
func (n *node) quotedDefinition(source string) bool {
	if n.kind != text || n.quote != '"' && n.quote != '\'' || strings.Contains(source[n.body:n.bodyEnd], "\n") {
		return false
	}
	return strings.HasPrefix(strings.TrimSpace(n.text), "{")
}

// unescaped returns the first character that a text in quotes means, and how many bytes it
// is written with.
func unescaped(raw string, quote byte) (char string, size int) {
	switch {
	case quote == '\'' && strings.HasPrefix(raw, "''"):
		return "'", 2
	case quote == '\'' || raw[0] != '\\' || len(raw) == 1:
		_, size = utf8.DecodeRuneInString(raw)
		return raw[:size], size
	}
	size = 2
	if raw[1] == 'u' {
		size = min(len(raw), len(`\u0000`))
		if high, err := strconv.ParseUint(raw[2:size], 16, 16); err == nil && high>>10 == 0xD800>>10 && strings.HasPrefix(raw[size:], `\u`) {
			size = min(len(raw), 2*size) // a pair of surrogates
		}
	}
	if v, err := value.Parse(`"` + raw[:size] + `"`); err == nil {
		return v.Text(), size
	}
	return raw[:size], size
}

// in returns the byte in the definition that an offset in the source belongs to.
func (e *embedded) in(offset int) int {
	return min(sort.SearchInts(e.outer, offset), len(e.outer)-1)
}

// escaped returns a text as it is written in the quotes.
func (e *embedded) escaped(s string) string {
	if e.quote == '\'' {
		return strings.ReplaceAll(s, "'", "''")
	}
	quoted := string(value.AppendQuoted(nil, s))
	return quoted[1 : len(quoted)-1]
}

// items brings completions back.
func (e *embedded) items(items []Item) []Item {
	for i := range items {
		item := &items[i]
		item.Start, item.End = e.outer[item.Start], e.outer[item.End]
		item.Filter = e.escaped(item.Filter)
		var b strings.Builder
		from := 0
		for j, stop := range item.Stops {
			b.WriteString(e.escaped(item.Insert[from:stop.Start]))
			start := b.Len()
			b.WriteString(e.escaped(item.Insert[stop.Start:stop.End]))
			item.Stops[j] = Stop{start, b.Len()}
			from = stop.End
		}
		b.WriteString(e.escaped(item.Insert[from:]))
		item.Insert = b.String()
	}
	return items
}

// locations brings places back.
func (e *embedded) locations(found []Location) []Location {
	for i := range found {
		found[i].Start, found[i].End = e.outer[found[i].Start], e.outer[found[i].End]
	}
	return found
}

// symbols brings an outline back.
func (e *embedded) symbols(found []Symbol) []Symbol {
	for i := range found {
		s := &found[i]
		s.Start, s.End, s.NameStart, s.NameEnd = e.outer[s.Start], e.outer[s.End], e.outer[s.NameStart], e.outer[s.NameEnd]
		e.symbols(s.Children)
	}
	return found
}
