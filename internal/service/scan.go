package service

import (
	"fmt"
	"strings"
	"text/scanner"
	"unicode"
)

// This file cuts the data files of the package into names and marks. A name is a
// run of letters, digits and any of _-.: ; white space and commas separate; a #
// begins a comment.

// A tokens reads a data file. Its first error stays.
type tokens struct {
	scan  scanner.Scanner
	token rune
	text  string
	err   error
}

// open begins with the first token of a file.
func (t *tokens) open(source string) {
	t.scan.Init(strings.NewReader(source))
	t.scan.Mode = scanner.ScanIdents
	t.scan.Whitespace |= 1 << ','
	t.scan.IsIdentRune = func(r rune, i int) bool {
		return r != scanner.EOF && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_-.:", r))
	}
	t.scan.Error = func(_ *scanner.Scanner, message string) { t.fail("%s", message) }
	t.next()
}

// more reports whether there is something left to read.
func (t *tokens) more() bool { return t.err == nil && t.token != scanner.EOF }

func (t *tokens) fail(format string, args ...any) {
	if t.err == nil {
		t.err = fmt.Errorf("line %d: "+format, append([]any{t.scan.Position.Line}, args...)...)
	}
}

// next reads a token and passes over comments.
func (t *tokens) next() {
	for t.token = t.scan.Scan(); t.token == '#'; t.token = t.scan.Scan() {
		for r := t.scan.Next(); r != '\n' && r != scanner.EOF; {
			r = t.scan.Next()
		}
	}
	t.text = t.scan.TokenText()
}

// accept passes over a mark if it comes next.
func (t *tokens) accept(mark rune) bool {
	if t.token != mark {
		return false
	}
	t.next()
	return true
}

// acceptName passes over a name if it comes next.
func (t *tokens) acceptName(name string) bool {
	if t.token != scanner.Ident || t.text != name {
		return false
	}
	t.next()
	return true
}

func (t *tokens) expect(mark rune) {
	if !t.accept(mark) {
		t.fail("expected %q, got %q", mark, t.text)
	}
}

// name reads a name. What says in an error what it names.
func (t *tokens) name(what string) string {
	name := t.text
	if t.token != scanner.Ident {
		t.fail("expected %s, got %q", what, name)
	}
	t.next()
	return name
}

// names reads a list of names in parentheses.
func (t *tokens) names(what string) []string {
	var names []string
	for t.expect('('); t.err == nil && !t.accept(')'); {
		names = append(names, t.name(what))
	}
	return names
}
