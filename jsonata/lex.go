package jsonata

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/jsonata/internal/ecma"
	"github.com/aslocal/aslocal/jsonata/internal/wtf8"
)

// This file cuts an expression into tokens. Only the parser knows whether a slash
// divides or begins a regular expression: it says so with each call.

// A tokenKind is the kind of a token.
type tokenKind uint8

const (
	tokenEnd tokenKind = iota
	tokenOperator
	tokenName
	tokenVariable
	tokenString
	tokenNumber
	tokenWord // true, false, null
	tokenRegex
)

// A token is one word of an expression.
type token struct {
	kind     tokenKind
	text     string // operator, name without quotes, variable without $, content of a string, pattern
	flags    string // of a regular expression
	number   float64
	position int // its end, in UTF-16 code units
}

// shown returns the token as errors name it; bare says that they show it without
// quotes.
func (t token) shown() (text string, bare bool) {
	switch t.kind {
	case tokenNumber:
		return ecma.NumberText(t.number), true
	case tokenWord:
		return t.text, true
	case tokenEnd:
		return "(end)", false
	case tokenRegex:
		return regexText(t.text, t.flags), false
	}
	return t.text, false
}

// regexText returns a regular expression as JavaScript writes it: with the flag g, which
// all have, and with escapes for slashes outside of classes and for ends of lines.
func regexText(pattern, flags string) string {
	letters := []byte("g" + flags)
	slices.Sort(letters)
	out := []byte("/")
	class := false
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\' && i+1 < len(pattern):
			out = append(out, c)
			i++
		case c == '[', c == ']':
			class = c == '['
		case c == '/' && !class:
			out = append(out, '\\')
		case c == '\n':
			out = append(out, '\\', 'n')
			continue
		case c == '\r':
			out = append(out, '\\', 'r')
			continue
		}
		out = append(out, pattern[i])
	}
	return string(append(out, '/')) + string(letters)
}

// singles are the operators of one character, doubles those of two. "!" and
// "~" are tokens but mean nothing.
const singles = ".[]{}(),@#;:?+-*/%|=<>^&!~"

var doubles = [...]string{"..", ":=", "!=", ">=", "<=", "**", "~>"}

var operatorByte = func() (is [256]bool) {
	for _, c := range []byte(singles) {
		is[c] = true
	}
	return is
}()

func isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v'
}

// A lexer reads src from at on.
type lexer struct {
	src     string
	at      int
	ascii   bool
	offsets wtf8.UnitCounter
}

func newLexer(src string) *lexer {
	return &lexer{src: src, ascii: wtf8.IsASCII(src), offsets: wtf8.NewUnitCounter(src)}
}

// position turns an offset into UTF-16 code units.
func (l *lexer) position(at int) int {
	if l.ascii {
		return at
	}
	return l.offsets.At(at)
}

func (l *lexer) fail(code string, at int, token string) *Error {
	return failAt(code, l.position(at), token)
}

func (l *lexer) peek(i int) byte {
	if l.at+i < len(l.src) {
		return l.src[l.at+i]
	}
	return 0
}

func (l *lexer) make(kind tokenKind, text string) token {
	return token{kind: kind, text: text, position: l.position(l.at)}
}

// next reads a token. infix says that an operand stands before it, so that a
// slash divides.
func (l *lexer) next(infix bool) (token, error) {
	if err := l.skip(); err != nil {
		return token{}, err
	}
	if l.at >= len(l.src) {
		return l.make(tokenEnd, ""), nil
	}
	c := l.src[l.at]
	if c == '/' && !infix {
		return l.regex()
	}
	for _, op := range doubles {
		if c == op[0] && l.peek(1) == op[1] {
			l.at += 2
			return l.make(tokenOperator, op), nil
		}
	}
	switch {
	case operatorByte[c]:
		l.at++
		return l.make(tokenOperator, l.src[l.at-1:l.at]), nil
	case c == '"' || c == '\'':
		return l.string(c)
	case '0' <= c && c <= '9':
		return l.number()
	case c == '`':
		return l.quotedName()
	}
	return l.name(), nil
}

// skip skips white space and comments.
func (l *lexer) skip() error {
	for l.at < len(l.src) {
		switch {
		case isSpace(l.src[l.at]):
			l.at++
		case l.src[l.at] == '/' && l.peek(1) == '*':
			end := strings.Index(l.src[l.at+2:], "*/")
			if end < 0 {
				return l.fail("S0106", l.at, "")
			}
			l.at += 2 + end + 2
		default:
			return nil
		}
	}
	return nil
}

// name reads a name, a variable or a word. It ends before white space or an
// operator.
func (l *lexer) name() token {
	start := l.at
	for l.at < len(l.src) && !isSpace(l.src[l.at]) && !operatorByte[l.src[l.at]] {
		l.at++
	}
	text := l.src[start:l.at]
	switch text {
	case "and", "or", "in":
		return l.make(tokenOperator, text)
	case "true", "false", "null":
		return l.make(tokenWord, text)
	}
	if text[0] == '$' {
		return l.make(tokenVariable, text[1:])
	}
	return l.make(tokenName, text)
}

// quotedName reads a name in backquotes. It has no escape sequences.
func (l *lexer) quotedName() (token, error) {
	name, _, found := strings.Cut(l.src[l.at+1:], "`")
	if !found {
		return token{}, l.fail("S0105", len(l.src), "")
	}
	l.at += len(name) + 2
	return l.make(tokenName, name), nil
}

func (l *lexer) digits() bool {
	start := l.at
	for c := l.peek(0); '0' <= c && c <= '9'; c = l.peek(0) {
		l.at++
	}
	return l.at > start
}

// number reads a number in JSON's grammar: "1." is a number and a dot, "01" two
// numbers.
func (l *lexer) number() (token, error) {
	start := l.at
	if l.peek(0) == '0' {
		l.at++
	} else {
		l.digits()
	}
	end := l.at
	if l.peek(0) == '.' {
		if l.at++; l.digits() {
			end = l.at
		}
		l.at = end
	}
	if c := l.peek(0); c == 'e' || c == 'E' {
		l.at++
		if c := l.peek(0); c == '+' || c == '-' {
			l.at++
		}
		if l.digits() {
			end = l.at
		}
		l.at = end
	}
	text := l.src[start:end]
	f, _ := strconv.ParseFloat(text, 64)
	if math.IsInf(f, 0) {
		return token{}, l.fail("S0102", start, text)
	}
	t := l.make(tokenNumber, text)
	t.number = f
	return t, nil
}

var escapes = map[byte]byte{
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

// string reads a string in either kind of quotes, with JSON's escapes.
func (l *lexer) string(quote byte) (token, error) {
	l.at++
	start := l.at
	if end := strings.IndexByte(l.src[start:], quote); end >= 0 && strings.IndexByte(l.src[start:start+end], '\\') < 0 {
		l.at = start + end + 1
		return l.make(tokenString, l.src[start:start+end]), nil
	}
	var out []byte
	for l.at < len(l.src) {
		c := l.src[l.at]
		switch {
		case c == quote:
			l.at++
			return l.make(tokenString, string(out)), nil
		case c != '\\':
			out = append(out, c)
			l.at++
			continue
		}
		l.at++
		e := l.peek(0)
		switch {
		case escapes[e] != 0:
			out = append(out, escapes[e])
		case e == 'u':
			unit, err := strconv.ParseUint(l.src[l.at+1:min(l.at+5, len(l.src))], 16, 16)
			if err != nil {
				return token{}, l.fail("S0104", l.at, "")
			}
			out = wtf8.AppendRune(out, rune(unit))
			l.at += 4
		default:
			bad := ""
			if l.at < len(l.src) {
				_, n := wtf8.DecodeRune(l.src, l.at)
				bad = l.src[l.at : l.at+n]
			}
			return token{}, l.fail("S0103", l.at, bad)
		}
		l.at++
	}
	bad := l.fail("S0101", len(l.src), "")
	bad.Position += l.at - len(l.src) // \u may have skipped more than there is
	return token{}, bad
}

// regex reads a regular expression. A slash inside brackets of any kind does
// not end it; the reference counts brackets whether or not they are literal.
func (l *lexer) regex() (token, error) {
	l.at++
	start, depth := l.at, 0
	for ; l.at < len(l.src); l.at++ {
		escaped := l.src[l.at-1] == '\\'
		switch c := l.src[l.at]; {
		case c == '/' && depth == 0 && !oddBackslashes(l.src[:l.at]):
			pattern := l.src[start:l.at]
			if pattern == "" {
				return token{}, l.fail("S0301", l.at, "")
			}
			l.at++
			flags := l.at
			for l.peek(0) == 'i' || l.peek(0) == 'm' {
				l.at++
			}
			t := l.make(tokenRegex, pattern)
			t.flags = l.src[flags:l.at]
			return t, nil
		case (c == '(' || c == '[' || c == '{') && !escaped:
			depth++
		case (c == ')' || c == ']' || c == '}') && !escaped:
			depth--
		}
	}
	return token{}, l.fail("S0302", len(l.src), "")
}

// oddBackslashes reports whether s ends in an odd number of backslashes.
func oddBackslashes(s string) bool {
	return (len(s)-len(strings.TrimRight(s, `\`)))%2 == 1
}
