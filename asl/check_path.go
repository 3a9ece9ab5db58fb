package asl

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/aslocal/aslocal/asl/intrinsic"
	"github.com/aslocal/aslocal/internal/spell"
	"github.com/aslocal/aslocal/jsonpath"
	"github.com/aslocal/aslocal/value"
)

// This file checks the fields of JSONPath states that hold a Path. Spec:
// "Paths", "Reference Paths".

// A pathKind is the kind of Path that a field accepts.
type pathKind uint8

const (
	anyPath       pathKind = iota // or null
	reference                     // a Reference Path
	dataReference                 // a Reference Path, but not into the context object
	ruleReference                 // a Reference Path in a Choice rule
	resultPath                    // a Reference Path into the state's input, or null
	stringPath                    // a Path, or an intrinsic function that returns a string
)

// pathFields are the fields that hold a Path, except those of Choice rules and
// Catchers.
var pathFields = []struct {
	field
	kind pathKind
}{
	{field{nil, "InputPath"}, anyPath},
	{field{nil, "OutputPath"}, anyPath},
	{field{nil, "ResultPath"}, resultPath},
	{field{nil, "ItemsPath"}, reference},
	{field{nil, "TimeoutSecondsPath"}, reference},
	{field{nil, "HeartbeatSecondsPath"}, reference},
	{field{nil, "SecondsPath"}, reference},
	{field{nil, "TimestampPath"}, reference},
	{field{nil, "MaxConcurrencyPath"}, dataReference},
	{field{nil, "ToleratedFailureCountPath"}, dataReference},
	{field{nil, "ToleratedFailurePercentagePath"}, dataReference},
	{field{nil, "ErrorPath"}, stringPath},
	{field{nil, "CausePath"}, stringPath},
	{field{inReaderConfig, "MaxItemsPath"}, dataReference},
	{field{inBatcher, "MaxItemsPerBatchPath"}, dataReference},
	{field{inBatcher, "MaxInputBytesPerBatchPath"}, dataReference},
}

// paths calls visit for every field of a JSONPath state that holds the text of a
// Path, except in templates.
func (s *State) paths(visit func(at *place, text string, kind pathKind)) {
	if s.QueryLanguage != JSONPath {
		return
	}
	add := func(at *place, v value.Value, kind pathKind) {
		if v.Kind() == value.String {
			visit(at, v.Text(), kind)
		}
	}
	for _, f := range pathFields {
		at, object := f.find(s)
		if v := object.Get(f.name); v.Exists() { // most are absent, and a place costs memory
			add(at.member(f.name), v, f.kind)
		}
	}
	for i, k := range s.Catch {
		add(s.at.member("Catch").item(i).member("ResultPath"), k.ResultPath, resultPath)
	}
	for i, r := range s.Choices {
		tests(s.at.member("Choices").item(i), r.Fields, func(at *place, test value.Value) {
			for name, v := range test.Members() {
				if name == "Variable" || strings.HasSuffix(name, "Path") && isOperator(name) {
					add(at.member(name), v, ruleReference)
				}
			}
		})
	}
}

// eachPath calls visit for every Path that a JSONPath state evaluates: in its fields
// and templates and in the intrinsic function calls there. where is the part of the
// text that is the Path.
func (s *State) eachPath(visit func(at *place, where part, p *jsonpath.Path)) {
	text := func(at *place, text string) {
		if strings.HasPrefix(text, "$") {
			if p, err := jsonpath.Compile(text); err == nil {
				visit(at, part{0, len(text)}, p)
			}
		} else if call, err := intrinsic.Compile(text); err == nil {
			call.Paths(func(offset int, p *jsonpath.Path) {
				visit(at, part{offset, offset + len(p.String())}, p)
			})
		}
	}
	s.paths(func(at *place, path string, kind pathKind) {
		if kind != resultPath { // which is written to
			text(at, path)
		}
	})
	s.templates(func(at *place, template value.Value) {
		walk(at, template, func(at *place, v value.Value) {
			for name, member := range v.Members() {
				if strings.HasSuffix(name, pathSuffix) {
					text(at.member(name), member.Text())
				}
			}
		})
	})
}

// checkPaths reports fields that do not hold a Path of the right kind.
func (c *checker) checkPaths(s *State) {
	s.paths(func(at *place, text string, kind pathKind) {
		switch {
		case kind == stringPath && !strings.HasPrefix(text, "$"):
			c.checkStringCall(at, text)
			return
		case kind == ruleReference && !strings.HasPrefix(text, "$"):
			c.report(at, noDollarInRule())
			return
		}
		path, err := jsonpath.Compile(text)
		switch {
		case err != nil:
			where, why := faultOf(text, err)
			m := notAPath(why)
			if kind == ruleReference {
				m = notAReferencePath(why)
			}
			c.reportPart(at, at, where, m)
		case kind == anyPath || kind == stringPath:
		case !path.IsReference():
			c.report(at, notAReferencePath("it can name more than one value"))
		case kind == dataReference && path.Root() == jsonpath.Context:
			c.report(at, notAReferencePath("it must not lead into the context object"))
		case kind == resultPath && path.Root() != jsonpath.Data:
			c.report(at, notAReferencePath("it must begin with $"))
		}
	})
}

// checkStringCall reports an ErrorPath or CausePath that is neither a Path nor an
// intrinsic function call that returns a string.
func (c *checker) checkStringCall(at *place, text string) {
	call, err := intrinsic.Compile(text)
	switch {
	case err != nil:
		where, why := faultOf(text, err)
		c.reportPart(at, at, where, notAPath(why))
	case !call.ReturnsString():
		c.report(at, notAPath("the function returns no string"))
	}
}

// faultOf returns the part of a Path or of an intrinsic function call that is wrong,
// and why.
func faultOf(text string, err error) (part, string) {
	path, call := new(jsonpath.SyntaxError), new(intrinsic.SyntaxError)
	switch {
	case errors.As(err, &path):
		return partAt(text, path.Offset), path.Message
	case errors.As(err, &call) && call.Unknown != "":
		hint := call.Message
		word := call.Unknown
		if !strings.Contains(word, ".") {
			word = "States." + word
		}
		if near := spell.Suggest(word, intrinsic.Functions()); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		return part{call.Offset, call.Offset + len(call.Unknown)}, hint
	case errors.As(err, &call):
		return partAt(text, call.Offset), call.Message
	}
	return part{}, err.Error()
}

// partAt returns the character at an offset; the last one for an offset behind the
// end of the text.
func partAt(text string, offset int) part {
	if offset >= len(text) {
		_, n := utf8.DecodeLastRuneInString(text)
		return part{len(text) - n, len(text)}
	}
	_, n := utf8.DecodeRuneInString(text[offset:])
	return part{offset, offset + n}
}
