package template

import (
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file evaluates the variables of a serverless.yml, ${source:address, fallback}.
// Variables of the environment are not read: a template may come from somebody else.

// variables are those of a serverless.yml.
type variables struct {
	root  value.Value
	given map[string]string // by the user, such as "opt:stage"
	home  home
	asked int // how often, since variables may refer to one another
}

// maxAsked is how many variables of a file are evaluated.
const maxAsked = 100_000

// find returns what a variable stands for. A fallback need not be what it is deployed
// with, so it is not taken as known.
func (v *variables) find(name string) (substitution, bool) { return v.findIn(name, 0) }

func (v *variables) findIn(name string, depth int) (substitution, bool) {
	if v.asked++; v.asked > maxAsked || depth > maxIncludes {
		return substitution{}, false
	}
	name, _ = v.expanded(name, depth+1)
	for i, one := range strings.Split(name, ",") {
		one = strings.TrimSpace(one)
		if len(one) >= 2 && (one[0] == '\'' || one[0] == '"') && one[len(one)-1] == one[0] {
			return substitution{text: one[1 : len(one)-1]}, true
		}
		if found, ok := v.source(one, depth); ok {
			found.known = found.known && i == 0
			return found, true
		}
	}
	return substitution{}, false
}

// source returns what a variable without a fallback stands for.
func (v *variables) source(name string, depth int) (substitution, bool) {
	if text, given := v.given[name]; given {
		return substitution{text, true}, true
	}
	switch name {
	case "sls:stage":
		return substitution{text: v.stage(depth)}, true
	case "aws:region":
		return substitution{v.home.region, true}, true
	case "aws:accountId":
		return substitution{v.home.account, true}, true
	}
	address, ok := strings.CutPrefix(name, "self:")
	if !ok {
		return substitution{}, false
	}
	found := v.root
	for key := range strings.SplitSeq(address, ".") {
		next := found.Get(key)
		if address == "service" && next.Kind() == value.Object {
			next = next.Get("name")
		}
		found = next
	}
	switch found.Kind() {
	case value.Number, value.Bool:
		return substitution{found.String(), true}, true
	case value.String:
		if !strings.Contains(found.Text(), "${") {
			return substitution{found.Text(), true}, true
		}
		text, known := v.expanded(found.Text(), depth+1)
		return substitution{text, known}, !wholeVariable(text)
	}
	return substitution{}, false
}

// stage returns the stage that is deployed by default.
func (v *variables) stage(depth int) string {
	if text, given := v.given["opt:stage"]; given {
		return text
	}
	if found, ok := v.findIn("self:provider.stage", depth+1); ok && isResourceName(found.text) {
		return found.text
	}
	return "dev"
}

// wholeVariable reports whether a text is nothing but a variable.
func wholeVariable(s string) bool { return strings.HasPrefix(s, "${") && strings.HasSuffix(s, "}") }

// expanded returns a text with the variables in it replaced that can be. It is known if
// they all are.
func (v *variables) expanded(s string, depth int) (expanded string, known bool) {
	e := substitutions{serverless: v.find, home: v.home}
	var b strings.Builder
	at := 0
	known = true
	for start, end, name := e.next(s, 0); name != "" && b.Len() < maxText; start, end, name = e.next(s, end) {
		found, ok := substitution{}, false
		if text, pseudo := v.home.pseudo(name); pseudo {
			found, ok = substitution{text, true}, s[start] == '#'
		} else {
			found, ok = v.findIn(name, depth)
		}
		known = known && ok && found.known
		if !ok {
			continue
		}
		b.WriteString(s[at:start])
		b.WriteString(found.text)
		at = end
	}
	b.WriteString(s[at:])
	return b.String(), known
}

// expandedValue returns a value with the variables in its strings replaced that can be.
func (v *variables) expandedValue(in value.Value) value.Value {
	switch in.Kind() {
	case value.String:
		if !strings.Contains(in.Text(), "{") {
			return in
		}
		text, _ := v.expanded(in.Text(), 0)
		return value.OfString(text)
	case value.Array:
		items := make([]value.Value, 0, in.Len())
		for _, item := range in.Items() {
			items = append(items, v.expandedValue(item))
		}
		return value.OfSlice(items)
	case value.Object:
		var b value.ObjectBuilder
		for name, member := range in.Members() {
			b.Set(name, v.expandedValue(member))
		}
		return b.Value()
	}
	return in
}
