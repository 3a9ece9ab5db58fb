package intrinsic

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aslocal/aslocal/jsonpath"
	"github.com/aslocal/aslocal/value"
)

// This file reads calls:
//
//	call     = name "(" [argument *("," argument)] ")"
//	argument = string | number | "true" | "false" | "null" | path | call
//	string   = "'" *( any but ' and \ | "\'" | "\{" | "\}" | "\\" ) "'"
//
// There may be blanks around arguments, but none before the parenthesis. The
// specification reserves { and } in strings; to the service they mean something in
// the template of States.Format only, so that States.StringToJson('{"a": 1}') is in
// use. Spec: "Intrinsic Functions".

// The limits of a call.
const (
	maxNested = 10      // calls in one another; documented
	maxLength = 1 << 20 // bytes, those of a whole definition
)

// Compile reads a call. The error is a *SyntaxError: the text is not a call, or the
// function does not exist. A wrong number of arguments makes the evaluation fail, as
// in the service (F-110).
func Compile(text string) (c *Call, err error) {
	defer func() {
		if r := recover(); r != nil {
			bad, ok := r.(*SyntaxError)
			if !ok {
				panic(r)
			}
			c, err = nil, bad
		}
	}()
	p := &parser{text: text}
	if len(text) > maxLength {
		p.fail(0, "call: expected at most %d bytes, got %d", maxLength, len(text))
	}
	p.blanks()
	c = p.call(1)
	if p.blanks(); p.at < len(text) {
		p.fail(p.at, "expected the end of the call, got %s", p.found())
	}
	return c, nil
}

// A parser reads text from at on. It gives up by panicking with a *SyntaxError.
type parser struct {
	text string
	at   int
}

func (p *parser) fail(at int, format string, args ...any) {
	panic(&SyntaxError{Text: p.text, Offset: at, Message: fmt.Sprintf(format, args...)})
}

// found describes the text at p.at, for messages.
func (p *parser) found() string {
	for _, r := range p.text[p.at:] {
		return fmt.Sprintf("'%c'", r)
	}
	return "the end"
}

func (p *parser) blanks() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

// sign skips c, if it is next, and reports whether it was.
func (p *parser) sign(c byte) bool {
	if p.at == len(p.text) || p.text[p.at] != c {
		return false
	}
	p.at++
	return true
}

// call reads a call at a depth of nesting, from 1.
func (p *parser) call(depth int) *Call {
	start := p.at
	for p.at < len(p.text) && nameByte(p.text[p.at]) {
		p.at++
	}
	name := p.text[start:p.at]
	if name == "" {
		p.fail(start, "expected the name of a function, got %s", p.found())
	}
	if !p.sign('(') {
		p.fail(p.at, "%s: expected '(', got %s", name, p.found())
	}
	if depth > maxNested {
		p.fail(start, "%s: expected at most %d calls in one another", name, maxNested)
	}
	c := &Call{function: lookUp(name)}
	if c.function == nil {
		panic(&SyntaxError{Text: p.text, Offset: start, Message: name + ": no such function", Unknown: name})
	}
	for p.blanks(); !p.sign(')'); {
		if len(c.arguments) > 0 {
			if !p.sign(',') {
				p.fail(p.at, "%s: expected ',' or ')', got %s", name, p.found())
			}
			p.blanks()
		}
		c.arguments = append(c.arguments, p.argument(depth))
		p.blanks()
	}
	c.text = p.text[start:p.at]
	return c
}

func nameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '.' || c == '_'
}

func (p *parser) argument(depth int) argument {
	if p.at == len(p.text) {
		p.fail(p.at, "expected an argument, got the end")
	}
	switch c := p.text[p.at]; {
	case c == '\'':
		return p.string()
	case c == '$':
		return p.path()
	case c == '-', '0' <= c && c <= '9':
		return p.word()
	}
	end := p.at
	for end < len(p.text) && nameByte(p.text[end]) {
		end++
	}
	if end < len(p.text) && p.text[end] == '(' {
		return argument{call: p.call(depth + 1)}
	}
	return p.word()
}

// word reads a number, true, false or null.
func (p *parser) word() argument {
	start := p.at
	for p.at < len(p.text) && strings.IndexByte(",() \t\r\n", p.text[p.at]) < 0 {
		p.at++
	}
	text := p.text[start:p.at]
	v, err := value.Parse(text)
	if err != nil || v.Kind() == value.String || v.Kind() == value.Array || v.Kind() == value.Object {
		p.at = start
		p.fail(start, "expected a string in single quotes, a number, true, false, null, a path or a function, got %s", p.found())
	}
	return argument{literal: v}
}

// string reads a string in single quotes. The escape sequences of JSON have been
// decoded before, so it may contain a line break.
func (p *parser) string() argument {
	start := p.at
	var out []byte
	t := &template{}
	for p.at++; p.at < len(p.text); p.at++ {
		switch c := p.text[p.at]; {
		case c == '\'':
			p.at++
			return argument{literal: value.OfString(string(out)), template: t}
		case c == '\\':
			p.at++
			if p.at == len(p.text) || strings.IndexByte(`'{}\`, p.text[p.at]) < 0 {
				p.fail(p.at-1, `expected \', \{, \} or \\ in a string, got another escape`)
			}
			out = append(out, p.text[p.at])
		default:
			out = append(out, c)
			if (c == '{' || c == '}') && p.at+1 < len(p.text) && t.brace(len(out)-1, c, p.text[p.at+1]) {
				out = append(out, '}')
				p.at++
			}
		}
	}
	p.fail(start, "expected a closing quote, got the end")
	return argument{}
}

// path reads a path, up to the comma or parenthesis that is not part of it.
func (p *parser) path() argument {
	start := p.at
	p.at = pathEnd(p.text, start)
	text := strings.TrimRight(p.text[start:p.at], " \t\r\n")
	path, err := jsonpath.Compile(text)
	if err != nil {
		at, message := start, err.Error()
		if bad := new(jsonpath.SyntaxError); errors.As(err, &bad) {
			at, message = start+bad.Offset, "path "+text+": "+bad.Message
		}
		p.fail(at, "%s", message)
	}
	return argument{path: path, offset: start}
}

// pathEnd returns the end of the path at start: the first comma or closing
// parenthesis outside of its own brackets and strings.
func pathEnd(text string, start int) int {
	depth := 0
	var quote byte
	for i := start; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case depth > 0 && (c == '\'' || c == '"'):
			quote = c
		case c == '[', c == '(':
			depth++
		case depth == 0 && (c == ',' || c == ')'):
			return i
		case c == ']', c == ')':
			depth--
		}
	}
	return len(text)
}
