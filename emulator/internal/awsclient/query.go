package awsclient

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/value"
)

// This file writes the forms of the protocols Query and EC2.

// A form is the body of a request.
type form struct {
	ec2  bool
	body []byte
}

// formOf returns the form of a call.
func formOf(s *awsapi.Service, o *awsapi.Operation, v value.Value) []byte {
	f := form{ec2: s.Protocol == awsapi.EC2}
	f.add("Action", o.Name)
	f.add("Version", s.APIVersion)
	f.structure("", o.Input, v)
	return f.body
}

func (f *form) add(name, content string) {
	if len(f.body) > 0 {
		f.body = append(f.body, '&')
	}
	f.body = append(append(append(f.body, url.QueryEscape(name)...), '='), url.QueryEscape(content)...)
}

func (f *form) structure(prefix string, s *awsapi.Shape, v value.Value) {
	for _, m := range s.InOrder() {
		if member := v.Get(m.Name); member.Exists() {
			f.value(join(prefix, f.name(m)), m.Shape, m.Flattened, member)
		}
	}
}

func join(prefix, name string) string {
	if prefix == "" {
		return name
	}
	return prefix + "." + name
}

// name returns how a form names a member: EC2 has capitals in requests that its
// answers do not have.
func (f *form) name(m *awsapi.Member) string {
	switch {
	case !f.ec2:
		return m.WireName
	case m.QueryName != "":
		return m.QueryName
	}
	return strings.ToUpper(m.WireName[:1]) + m.WireName[1:]
}

func (f *form) value(name string, s *awsapi.Shape, flattened bool, v value.Value) {
	if v.IsNull() {
		return
	}
	flattened = flattened || s.Flattened
	switch s.Kind {
	case awsapi.Structure:
		f.structure(name, s, v)
	case awsapi.List:
		f.list(name, s, flattened, v)
	case awsapi.Map:
		f.entries(name, s, flattened, v)
	default:
		f.add(name, plainText(s, v, awsapi.ISO8601))
	}
}

func (f *form) list(name string, s *awsapi.Shape, flattened bool, v value.Value) {
	if v.Len() == 0 && !f.ec2 {
		f.add(name, "")
		return
	}
	switch {
	case f.ec2:
	case flattened && s.ElementName != "":
		if i := strings.LastIndexByte(name, '.'); i >= 0 {
			name = name[:i+1] + s.ElementName
		} else {
			name = s.ElementName
		}
	case !flattened && s.ElementName != "":
		name += "." + s.ElementName
	case !flattened:
		name += ".member"
	}
	for i, item := range v.Items() {
		f.value(name+"."+strconv.Itoa(i+1), s.Element, false, item)
	}
}

func (f *form) entries(name string, s *awsapi.Shape, flattened bool, v value.Value) {
	if !flattened {
		name += ".entry"
	}
	keyName, valueName := entryNames(s)
	i := 0
	for key, item := range v.Members() {
		i++
		entry := name + "." + strconv.Itoa(i) + "."
		f.add(entry+keyName, key)
		f.value(entry+valueName, s.Element, false, item)
	}
}
