package task

import (
	"strings"

	"github.com/aslocal/aslocal/internal/service"
	"github.com/aslocal/aslocal/value"
)

// This file makes the objects that a Mapping of the table of services describes.

// sources is what the members of a Mapping are made of.
type sources struct {
	request   value.Value // the parameters of the task
	submitted value.Value // the result of the first call
	answer    value.Value // where a path without a word before it leads
	reason    string      // why a job is cancelled
}

// members returns the object that a Mapping describes, without members of which
// there is nothing.
func (s sources) members(m service.Mapping) value.Value {
	var b value.ObjectBuilder
	for _, a := range m {
		if v := s.of(a); v.Exists() {
			b.Set(a.Name, v)
		}
	}
	return b.Value()
}

// of returns the value of one member; no value if there is nothing of it.
func (s sources) of(a service.Assignment) value.Value {
	v := s.at(a.From)
	if a.List && v.Exists() {
		return value.OfItems(v)
	}
	return v
}

func (s sources) at(path string) value.Value {
	if path == "reason" {
		return value.OfString(s.reason)
	}
	if rest, ok := strings.CutPrefix(path, "request."); ok {
		return follow(s.request, rest)
	}
	if rest, ok := strings.CutPrefix(path, "submitted."); ok {
		return follow(s.submitted, rest)
	}
	return follow(s.answer, path)
}

// follow returns what a path of names leads to. A list, also at the end, stands for
// its first item.
func follow(v value.Value, path string) value.Value {
	for path != "" {
		var name string
		name, path, _ = strings.Cut(path, ".")
		v = first(v.Get(name))
	}
	return v
}

// object returns v if it is an object, and else an empty one.
func object(v value.Value) value.Value {
	if v.Kind() != value.Object {
		return value.OfMembers()
	}
	return v
}

// first returns the first item of a list; what is no list as it is.
func first(v value.Value) value.Value {
	if v.Kind() != value.Array {
		return v
	}
	for _, item := range v.Items() {
		return item
	}
	return value.Value{}
}
