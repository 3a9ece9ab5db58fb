package template

import (
	"fmt"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/internal/position"
)

// This file warns of members that an object of a definition has twice. A definition of
// its own file is checked by package asl; of one that is an object in a template only
// the last of them is left in its text.

// maxDuplicates is how many of them are looked for in a document.
const maxDuplicates = 100

// twice returns the members that an object of the document has twice.
func (d *document) twice() []position.Duplicate {
	if !d.searched {
		d.duplicates, d.searched = d.table.Duplicates(maxDuplicates), true
	}
	return d.duplicates
}

// duplicatesIn returns a warning for each of them in the definition at p.
func duplicatesIn(d *document, p *path) asl.Diagnostics {
	var found asl.Diagnostics
	within := p.pointer() + "/"
	for _, twice := range d.twice() {
		if !strings.HasPrefix(twice.Pointer, within) {
			continue
		}
		name := twice.Pointer[strings.LastIndexByte(twice.Pointer, '/')+1:]
		found = append(found, asl.Diagnostic{
			Severity: asl.SeverityWarning, Code: asl.DuplicateField, File: d.name, Range: twice.Second,
			Message: fmt.Sprintf("Field '%s' occurs twice; the last one counts", position.Unescape(name)),
			Hint:    fmt.Sprintf("the first one is at %s", twice.First.Start),
		})
	}
	return found
}
