package template

import (
	"fmt"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/value"
)

// This file warns of words that YAML 1.1, which CloudFormation and its tools read, takes
// for truth values; here they are strings, as in YAML 1.2 (F-158).

// words are the words of YAML 1.1 that YAML 1.2 does not take for truth values.
var words = map[string]bool{
	"yes": true, "Yes": true, "YES": true, "on": true, "On": true, "ON": true,
	"no": false, "No": false, "NO": false, "off": false, "Off": false, "OFF": false,
}

// wordsIn returns a warning for each such word without quotes in a definition that
// stands in a document at p.
func wordsIn(d *document, v value.Value, p *path) asl.Diagnostics {
	if !isYAML(d.name) {
		return nil
	}
	var found asl.Diagnostics
	warn := func(word string, where position.Range) {
		if meant, ok := words[word]; ok && where.Known() && strings.HasPrefix(d.text[where.Start.Offset:], word) {
			found = append(found, asl.Diagnostic{
				Severity: asl.SeverityWarning, Code: UnquotedWord, File: d.name, Range: where,
				Message: fmt.Sprintf("YAML 1.1, which CloudFormation reads, takes %s without quotes for %t", word, meant),
				Hint:    fmt.Sprintf("did you mean %q?", word),
			})
		}
	}
	var search func(v value.Value, p *path)
	search = func(v value.Value, p *path) {
		switch v.Kind() {
		case value.Object:
			for name, member := range v.Members() {
				at := p.member(name)
				if _, ok := words[name]; ok {
					warn(name, nearest(d.table, at.pointer()).Key)
				}
				search(member, at)
			}
		case value.Array:
			for i, item := range v.Items() {
				search(item, p.item(i))
			}
		case value.String:
			if _, ok := words[v.Text()]; ok {
				warn(v.Text(), nearest(d.table, p.pointer()).Value)
			}
		}
	}
	search(v, p)
	return found
}
