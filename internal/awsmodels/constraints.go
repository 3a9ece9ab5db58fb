package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// This file writes what the model of Step Functions says of the requests: a line for
// each member of each action, with its type and constraints, in the words of the
// tags of package awsjson. Where the service was seen to differ from its model, the
// line has what the service does; each such difference is in the table observed.

// A member of a request, with all that constrains it.
type constrained struct {
	path     string // "tags.member.key"
	shape    *shape
	required bool
	bytes    int // greatest size in UTF-8; 0: any
}

// observed is where the service differs from its model, by shape.
var observed = map[string]struct {
	evidence string
	change   func(*constrained, *shape)
}{
	"ExecutionStatus": {"the order of the values was recorded (F-215)", func(_ *constrained, s *shape) {
		s.Enum = []string{"SUCCEEDED", "TIMED_OUT", "PENDING_REDRIVE", "ABORTED", "FAILED", "RUNNING"}
	}},
	"SensitiveData": {"the bound was measured to be one of bytes in UTF-8 (F-215)", func(m *constrained, s *shape) {
		m.bytes, s.Max = number(s.Max), ""
	}},
	"TagKey": {"characters are documented at TagList; that there is a pattern, and which, is inferred (F-217)", func(m *constrained, s *shape) {
		if strings.HasSuffix(m.path, "key") { // not those of UntagResource, which may name any
			s.Pattern = `^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`
		}
	}},
	"TagValue": {"as TagKey (F-217)", func(_ *constrained, s *shape) {
		s.Pattern = `^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`
	}},
}

// request returns the members of an action's request in the order of the model, the
// members of members after them.
func (m *model) request(action string) []constrained {
	var all []constrained
	var walk func(shape, path string)
	add := func(name, path string, required bool) {
		c := constrained{path: path, required: required}
		s := *m.Shapes[name]
		if o, ok := observed[name]; ok {
			o.change(&c, &s)
		}
		c.shape = &s
		all = append(all, c)
		walk(name, path+".")
	}
	walk = func(name, path string) {
		switch s := m.Shapes[name]; s.Type {
		case "structure":
			for _, member := range s.Members {
				add(member.Shape, path+member.name, slices.Contains(s.Required, member.name))
			}
		case "list":
			add(s.Member.Shape, path+"member", false)
		}
	}
	walk(m.Operations[action].Input.Shape, "")
	return all
}

// constraints returns the table of the actions of a service.
func (m *model) constraints() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Members of the requests of Step Functions, and their constraints: its model in botocore %s.\n", version)
	b.WriteString("# Made by `make models`. min and max bound a length or a number, maxbytes a size in UTF-8.\n")
	for _, name := range slices.Sorted(maps.Keys(observed)) {
		fmt.Fprintf(&b, "# Not as in the model: %s, %s.\n", name, observed[name].evidence)
	}
	for _, action := range m.actions() {
		fmt.Fprintf(&b, "\n%s\n", action)
		for _, c := range m.request(action) {
			fmt.Fprintf(&b, "\t%s\n", strings.Join(append([]string{c.path, c.shape.Type}, c.words()...), " "))
		}
	}
	return b.String()
}

// actions returns the names of the operations in alphabetical order.
func (m *model) actions() []string { return slices.Sorted(maps.Keys(m.Operations)) }

// words are the constraints that a value can break: a length is at least 0 anyway.
func (c *constrained) words() (words []string) {
	s := c.shape
	if c.required {
		words = append(words, "required")
	}
	if s.Sensitive {
		words = append(words, "sensitive")
	}
	if s.Min != "" && (s.isNumber() || s.Min != "0") {
		words = append(words, "min="+s.Min.String())
	}
	if s.Max != "" {
		words = append(words, "max="+s.Max.String())
	}
	if c.bytes != 0 {
		words = append(words, fmt.Sprint("maxbytes=", c.bytes))
	}
	if s.Enum != nil {
		words = append(words, "enum="+strings.Join(s.Enum, "|"))
	}
	if s.Pattern != "" {
		words = append(words, "pattern="+s.Pattern)
	}
	return words
}

func (s *shape) isNumber() bool { return s.Type == "integer" || s.Type == "long" || s.Type == "float" }
