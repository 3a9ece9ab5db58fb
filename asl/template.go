package asl

import (
	"strings"

	"github.com/aslocal/aslocal/asl/intrinsic"
	"github.com/aslocal/aslocal/jsonpath"
	"github.com/aslocal/aslocal/value"
)

// This file checks Payload Templates: JSON in which a member whose name ends in
// ".$" holds a Path or an intrinsic function call. Spec: "Payload Template".

// pathSuffix ends the names of such members.
const pathSuffix = ".$"

// templateFields hold templates in JSONPath states.
var templateFields = []field{
	{nil, "Parameters"}, {nil, "ResultSelector"}, {nil, "ItemSelector"}, {nil, "Assign"}, {nil, "Credentials"},
	{inReader, "Parameters"}, {inBatcher, "BatchInput"}, {inWriter, "Parameters"},
}

// templates calls visit for every template of a JSONPath state.
func (s *State) templates(visit func(at *place, template value.Value)) {
	if s.QueryLanguage != JSONPath {
		return
	}
	for _, f := range templateFields {
		at, object := f.find(s)
		if v := object.Get(f.name); v.Exists() {
			visit(at.member(f.name), v)
		}
	}
	for i, r := range s.Choices {
		if r.Assign.Exists() {
			visit(s.at.member("Choices").item(i).member("Assign"), r.Assign)
		}
	}
	for i, k := range s.Catch {
		if k.Assign.Exists() {
			visit(s.at.member("Catch").item(i).member("Assign"), k.Assign)
		}
	}
}

// checkTemplates checks the templates of a state. The service reports the field that
// holds the template, not the place in it.
func (c *checker) checkTemplates(s *State) {
	s.templates(func(at *place, template value.Value) {
		walk(at, template, func(inner *place, v value.Value) {
			for name, member := range v.Members() {
				c.checkTemplateMember(at, inner, v, name, member)
			}
		})
	})
}

func (c *checker) checkTemplateMember(template, object *place, v value.Value, name string, member value.Value) {
	stem, evaluated := strings.CutSuffix(name, pathSuffix)
	switch {
	case evaluated && v.Get(stem).Exists():
		c.reportKeyIn(template, object.member(name), sameField(stem))
	case evaluated && member.Kind() != value.String:
		c.reportIn(template, object.member(name), notAPathText(name, member.Kind()))
	case evaluated:
		if where, why := templateError(member); why != "" {
			c.reportPart(template, object.member(name), where, notATemplateValue(name).withHint("%s", why))
		}
	case looksLikePath(member.Text()):
		c.reportIn(template, object.member(name), noDollar(name))
	}
}

// templateError returns why a value cannot be evaluated, and the part concerned; ""
// if it can.
func templateError(v value.Value) (where part, why string) {
	text := v.Text()
	var err error
	switch {
	case strings.HasPrefix(text, "$"):
		_, err = jsonpath.Compile(text)
	case !strings.Contains(text, "("):
		return part{}, "a path begins with $, a function call is of the form States.Name(…)"
	default:
		_, err = intrinsic.Compile(text)
	}
	if err == nil {
		return part{}, ""
	}
	return faultOf(text, err)
}

// looksLikePath reports whether a string that is not evaluated was probably meant to
// be.
func looksLikePath(s string) bool {
	switch {
	case strings.HasPrefix(s, "$."), strings.HasPrefix(s, "$["), strings.HasPrefix(s, "$$."):
		_, err := jsonpath.Compile(s)
		return err == nil
	case strings.HasPrefix(s, "States."):
		_, err := intrinsic.Compile(s)
		return err == nil
	}
	return false
}
