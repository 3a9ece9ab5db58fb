package jsonata

import (
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file checks the arguments of a call against a signature such as
// <s-nn?:s>: one letter per parameter, with "?" for one that may be missing, "+"
// for one or more, "-" for one that the context can replace, and "(sn)" for a
// choice. The type of an argument is a letter, too:
//
//	s string  n number  b boolean  l null  a array  o object  f function  m missing
//
// A parameter takes its own letter and a missing value. a also takes any other
// value, as an array of one; x takes anything, j anything but a function.

// A signature is a list of parameters, ready for use.
type signature struct {
	params []param
}

type param struct {
	takes   letters // which arguments
	array   bool    // wrap a value that is not an array
	items   string  // the type of the items of an array, "" if any
	context bool
	repeat  bool // one or more
	option  bool // none or one
}

// letters is a set of letters of arguments.
type letters uint16

const argumentLetters = "snblaofm"

func setOf(text string) (set letters) {
	for i := range text {
		if at := strings.IndexByte(argumentLetters, text[i]); at >= 0 {
			set |= 1 << at
		}
	}
	return set
}

func (s letters) has(letter byte) bool {
	at := strings.IndexByte(argumentLetters, letter)
	return at >= 0 && s&(1<<at) != 0
}

// parameterLetters are the arguments that each letter of a signature takes.
var parameterLetters = map[byte]letters{
	's': setOf("sm"), 'n': setOf("nm"), 'b': setOf("bm"), 'l': setOf("lm"), 'o': setOf("om"),
	'a': setOf("asnblfom"), 'f': setOf("f"), 'j': setOf("asnblom"), 'x': setOf("asnblfom"),
}

// parseSignature reads "<...>". Its errors have an offset for position.
func parseSignature(text string) (*signature, error) {
	var s signature
	var last byte // the letter of the last parameter, '(' for a choice
	for i := 1; i < len(text) && text[i] != ':'; i++ {
		c := text[i]
		var p *param
		if len(s.params) > 0 {
			p = &s.params[len(s.params)-1]
		}
		switch c {
		case '-', '?', '+':
			if p == nil {
				continue
			}
		}
		switch c {
		case '-':
			p.context, p.option = true, true
		case '?':
			p.option = true
		case '+':
			p.repeat = true
		case '(':
			end := closing(text, i, '(', ')')
			choice := text[i+1 : end]
			if strings.Contains(choice, "<") {
				return nil, &Error{Code: "S0402", Position: i, Value: value.OfString(choice)}
			}
			s.params = append(s.params, param{takes: setOf(choice + "m")})
			last, i = '(', end
		case '<':
			end := closing(text, i, '<', '>')
			if last != 'a' && last != 'f' {
				shown := string(last)
				if last == '(' {
					shown = "choice"
				}
				return nil, &Error{Code: "S0401", Position: i, Value: value.OfString(shown)}
			}
			p.items = text[i+1 : end]
			i = end
		default:
			if takes, ok := parameterLetters[c]; ok {
				s.params = append(s.params, param{takes: takes, array: c == 'a'})
				last = c
			}
		}
	}
	return &s, nil
}

// functions returns the set of the parameters that take nothing but a function or a
// string.
func (s *signature) functions() (set uint64) {
	for i := range min(len(s.params), 64) {
		if takes := s.params[i].takes; takes.has('f') && takes&^setOf("fsm") == 0 {
			set |= 1 << i
		}
	}
	return set
}

// closing returns the index of the bracket that closes the one at i, or the end of
// the text.
func closing(text string, i int, opens, closes byte) int {
	depth := 0
	for ; i < len(text); i++ {
		switch text[i] {
		case opens:
			depth++
		case closes:
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(text) - 1
}

// letterOf returns the letter of an argument.
func letterOf(v value.Value) byte {
	switch v.Kind() {
	case value.Absent:
		return 'm'
	case value.Null:
		return 'l'
	case value.Bool:
		return 'b'
	case value.Number:
		return 'n'
	case value.String:
		return 's'
	case value.Array:
		return 'a'
	case value.Object:
		return 'o'
	}
	if isFunction(v) {
		return 'f'
	}
	return 'n' // a number that JSON cannot hold
}

// kindBits are the letters of the kinds of package value.
var kindBits = [...]letters{
	value.Absent: setOf("m"), value.Null: setOf("l"), value.Bool: setOf("b"), value.Number: setOf("n"),
	value.String: setOf("s"), value.Array: setOf("a"), value.Object: setOf("o"),
}

// bitOf is the set of the letter of v.
func bitOf(v value.Value) letters {
	if k := v.Kind(); k != value.Opaque {
		return kindBits[k]
	}
	return setOf(string(letterOf(v)))
}

// check returns the arguments as the function expects them, at least one per
// parameter: missing ones as no value, the context where it replaces an argument,
// single values as arrays. They may be on the stack of r. The errors are T0410,
// T0411, T0412.
func (s *signature) check(r *run, args []value.Value, context value.Value) ([]value.Value, error) {
	tries := len(s.params) * len(args) // the memory of share
	if err := r.allocate(tries); err != nil {
		return nil, err
	}
	counts := s.match(args)
	if counts == nil {
		if err := r.allocate(tries * len(s.params)); err != nil {
			return nil, err
		}
		at := s.firstBad(args)
		bad := value.Value{}
		if at < len(args) {
			bad = args[at]
		}
		return nil, &Error{Code: codeArgument, Value: bad, Index: at + 1}
	}
	base := len(r.stack)
	next := 0
	for i := range s.params {
		p := &s.params[i]
		if counts[i] == 0 {
			arg, err := p.missing(context, args, next)
			if err != nil {
				return nil, err
			}
			r.stack = append(r.stack, arg)
			if !p.context {
				next++
			}
			continue
		}
		first := next
		for range counts[i] {
			from := first // all get the first argument: 2.0.6 does so
			if p.array {
				from = next
			}
			arg, err := p.convert(r, args, from, counts[i])
			if err != nil {
				return nil, err
			}
			r.stack = append(r.stack, arg)
			next++
		}
	}
	return r.stack[base:], nil
}

// fits reports whether the arguments are already as the function expects them, so
// that check would return them unchanged.
func (s *signature) fits(args []value.Value) bool {
	if len(args) != len(s.params) {
		return false
	}
	for i := range args {
		p := &s.params[i]
		bit := bitOf(args[i])
		if p.takes&bit == 0 || p.repeat || p.array && (bit != kindBits[value.Array] || p.items != "") {
			return false
		}
	}
	return true
}

// missing returns the argument for a parameter that took none.
func (p *param) missing(context value.Value, args []value.Value, at int) (value.Value, error) {
	if p.context {
		if p.takes.has(letterOf(context)) {
			return context, nil
		}
		return value.Value{}, &Error{Code: codeContext, Value: context, Index: at + 1}
	}
	if at < len(args) {
		return args[at], nil
	}
	return value.Value{}, nil
}

// itemTypes names the letters in T0412.
var itemTypes = map[string]string{
	"a": "arrays", "b": "booleans", "f": "functions", "n": "numbers", "o": "objects", "s": "strings",
}

// convert returns the argument at an index for a parameter that took some.
func (p *param) convert(r *run, args []value.Value, at, count int) (value.Value, error) {
	if at >= len(args) {
		return value.Value{}, nil
	}
	arg := args[at]
	if !p.array || !arg.Exists() {
		return arg, nil
	}
	if p.items != "" {
		r.fuel -= arg.Len() / itemsPerStep // they are looked at here, and by the function
	}
	if p.items != "" && !p.itemsFit(arg, count) {
		return value.Value{}, &Error{Code: codeItems, Value: arg, Index: at + 1, of: itemTypes[p.items]}
	}
	if isArray(arg) {
		return arg, nil
	}
	if err := r.grow(1); err != nil {
		return value.Value{}, err
	}
	return value.OfItems(arg), nil
}

// itemsFit compares the type of all items with that of the first, and that one
// with the parameter's.
func (p *param) itemsFit(arg value.Value, count int) bool {
	if !isArray(arg) {
		return count == 1 && p.items == string(letterOf(arg))
	}
	if arg.Len() == 0 {
		return true
	}
	first := bitOf(arg.Index(0))
	if setOf(p.items[:1]) != first {
		return false
	}
	for _, item := range arg.Slice() {
		if bitOf(item) != first {
			return false
		}
	}
	return true
}

// match distributes the arguments among the parameters, as many as possible to the
// first ones, and returns how many each gets; nil if they do not match.
func (s *signature) match(args []value.Value) []int {
	counts := make([]int, len(s.params))
	if s.share(counts, args, len(s.params), true) {
		return counts
	}
	return nil
}

// share is match for the parameters before end. whole says that no argument may
// be left. It remembers failed attempts, so that no signature makes it slow.
func (s *signature) share(counts []int, args []value.Value, end int, whole bool) bool {
	width := len(args) + 1
	failed := make([]bool, (end+1)*width)
	var from func(i, next int) bool
	from = func(i, next int) bool {
		if i == end {
			return !whole || next == len(args)
		}
		if failed[i*width+next] {
			return false
		}
		p := &s.params[i]
		most := 0
		for next+most < len(args) && p.takes&bitOf(args[next+most]) != 0 && (most == 0 || p.repeat) {
			most++
		}
		least := 1
		if p.option {
			least = 0
		}
		for n := most; n >= least; n-- {
			counts[i] = n
			if from(i+1, next+n) {
				return true
			}
		}
		failed[i*width+next] = true
		return false
	}
	return from(0, 0)
}

// firstBad returns the index of the argument that errors name: parameters are added
// one by one until the arguments no longer match.
func (s *signature) firstBad(args []value.Value) int {
	good := 0
	for end := 1; end <= len(s.params); end++ {
		counts := make([]int, len(s.params))
		if !s.share(counts, args, end, false) {
			return good
		}
		good = 0
		for _, n := range counts[:end] {
			good += n
		}
	}
	return good
}

// mustSignature is parseSignature for signatures in Go code.
func mustSignature(text string) *signature {
	s, err := parseSignature(text)
	if err != nil {
		panic("jsonata: signature " + text + ": " + err.Error())
	}
	return s
}
