package lsp

import (
	"fmt"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/internal/template"
)

// This file publishes what is wrong with documents, as aslocal validate says it.

// A problem is a diagnostic of the text as it is.
type problem struct {
	diagnostic
	hint       string
	start, end int // bytes
}

// publish sends the diagnostics of the documents that have changed.
func (s *server) publish() {
	waiting := s.waiting
	s.waiting = nil
	for _, d := range waiting {
		if s.documents[d.uri] != d || !d.changed {
			continue
		}
		d.changed = false
		d.problems = s.checked(d)
		shown := make([]diagnostic, len(d.problems))
		for i, p := range d.problems {
			shown[i] = p.diagnostic
		}
		s.send(notification{"2.0", "textDocument/publishDiagnostics", publishParams{URI: d.uri, Version: d.version, Diagnostics: shown}})
	}
}

// checked is check. A bug in it is logged, and the document has no problems then.
func (s *server) checked(d *document) (problems []problem) {
	defer func() {
		if bug := recover(); bug != nil {
			s.log(fmt.Sprintf("aslocal lsp: bug in the check of %s: %v\n%s", d.uri, bug, debug.Stack()))
		}
	}()
	return d.check()
}

// check returns what is wrong with the state machines of a document. A text that has
// none, and is not named as a definition, is none of ours.
func (d *document) check() []problem {
	f := template.Read(d.file, []byte(d.text), template.Options{Folder: d.folder})
	if f.Kind == template.Definition && len(d.definitions()) == 0 {
		return nil
	}
	var found []problem
	for _, m := range f.Machines {
		for _, one := range m.Validate(asl.Options{Express: m.Express}) {
			if one.Code != template.NoStateMachine && (one.File == d.file || one.File == "") {
				found = append(found, d.problem(one))
			}
		}
	}
	return found
}

func (d *document) problem(one asl.Diagnostic) problem {
	p := problem{hint: one.Hint, start: one.Range.Start.Offset, end: one.Range.End.Offset}
	p.Range = d.span(p.start, max(p.start, p.end))
	p.Severity = 1
	if one.Severity != asl.SeverityError {
		p.Severity = 2
	}
	p.Code, p.Source, p.Message = one.Code, "aslocal", one.Message
	if one.Machine != "" {
		p.Message = one.Machine + ": " + p.Message
	}
	if p.hint != "" {
		p.Message += "\n" + p.hint
	}
	return p
}

// meant finds what a hint says was meant.
var meant = regexp.MustCompile(`^did you mean (.+)\?$`)

// fix returns the edit that a hint asks for; false if it asks for none.
func (d *document) fix(p problem) (textEdit, string, bool) {
	found := meant.FindStringSubmatch(p.hint)
	if found == nil || p.end <= p.start || p.end > len(d.text) {
		return textEdit{}, "", false
	}
	word, err := strconv.Unquote(found[1])
	if err != nil { // a boolean or null, which has no quotes
		return textEdit{d.span(p.start, p.end), found[1]}, found[1], true
	}
	start, end := p.start, p.end
	if stem, suffix := cutSuffix(word); suffix != "" {
		key := d.keyBefore(start, stem)
		if key >= 0 {
			return textEdit{d.span(key, key+len(stem)), word}, word, true
		}
	}
	if c := d.text[start]; (c == '"' || c == '\'') && end-start >= 2 && d.text[end-1] == c {
		start, end = start+1, end-1
	}
	return textEdit{d.span(start, end), word}, word, true
}

// cutSuffix returns what a word would be without the end that names of fields with
// paths have.
func cutSuffix(word string) (stem, suffix string) {
	for _, suffix := range []string{".$", "Path"} {
		if stem, ok := strings.CutSuffix(word, suffix); ok {
			return stem, suffix
		}
	}
	return word, ""
}

// keyBefore returns where the key of a name stands just before a value; -1 if it does
// not.
func (d *document) keyBefore(value int, name string) int {
	before := strings.TrimRight(d.text[:value], " \t\r\n")
	before, ok := strings.CutSuffix(before, ":")
	if !ok {
		return -1
	}
	before = strings.TrimRight(before, " \t\r\n")
	before = strings.TrimSuffix(strings.TrimSuffix(before, `"`), "'")
	before, ok = strings.CutSuffix(before, name)
	if !ok {
		return -1
	}
	return len(before)
}
