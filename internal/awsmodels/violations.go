package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// This file writes requests that break the constraints of Step Functions, each with
// the message of its answer, for a test. The messages are made from the model alone,
// in words of this file: nothing here uses the code that is tested.
//
// A case is two lines, the action with its request and, indented, the message. In
// both, ${x*257} stands for 257 times x.

const violationsHead = `# Requests that break the constraints of the model, and what is answered: botocore ` + version + `.
# Made by ` + "`make models`" + `. ${x*257} stands for 257 times x.
`

// violations returns the cases of all actions: for each constraint one or more that
// break nothing else, and for each action one that breaks all it can at once.
func (m *model) violations() (string, error) {
	var b strings.Builder
	b.WriteString(violationsHead)
	for _, action := range m.actions() {
		input := m.Operations[action].Input.Shape
		members := m.request(action)
		all := make(map[string]string) // a wrong value of each member that stands in no other
		var messages []string
		for _, c := range members {
			wrong, err := c.wrong(m)
			if err != nil {
				return "", fmt.Errorf("%s: %s: %w", action, c.path, err)
			}
			for i := range wrong {
				w := &wrong[i]
				w.message = strings.ReplaceAll(w.message, "{path}", strings.ReplaceAll(c.path, "member", "1.member"))
				fmt.Fprintf(&b, "\n%s %s\n\t%s\n", action, m.body(input, "", c.path, map[string]string{c.path: w.value}), counted(w.message))
			}
			if len(wrong) > 0 && !strings.Contains(c.path, ".") {
				one := wrong[max(0, slices.IndexFunc(wrong, func(w wrongValue) bool { return w.value != "" && w.value != "null" }))]
				all[c.path] = one.value
				messages = append(messages, one.message)
			}
		}
		if len(messages) > 1 {
			fmt.Fprintf(&b, "\n%s %s\n\t%s\n", action, m.body(input, "", "", all), counted(messages...))
		}
	}
	return b.String(), nil
}

// A wrongValue is the JSON of a value, "" for none, and what the answer says of it,
// where {path} stands for the member.
type wrongValue struct{ value, message string }

// patterns has, for each pattern of the model, a string of good length that it does
// not match, and whether it matches the empty one.
var patterns = map[string]struct {
	wrong string
	empty bool
}{
	`^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$`: {"123", false},
	`[!-~]+`:                                 {"a b", false},
	`\p{ASCII}*`:                             {"é", true},
	`^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`:  {"aws:k", true},
	`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`:          {"a;b", true},
}

// wrong returns values that break a constraint of the member, in the order of the
// constraints.
func (c *constrained) wrong(m *model) (all []wrongValue, err error) {
	s := c.shape
	add := func(value, shown string, rules ...string) {
		if s.Sensitive {
			shown = "Value"
		} else {
			shown = "Value " + shown
		}
		var said []string
		for _, rule := range rules {
			said = append(said, shown+" at '{path}' failed to satisfy constraint: Member must "+rule)
		}
		all = append(all, wrongValue{value, strings.Join(said, "; ")})
	}
	if c.required || strings.HasSuffix(c.path, ".member") && s.Type == "string" {
		const null = "Value null at '{path}' failed to satisfy constraint: Member must not be null"
		if c.required {
			all = append(all, wrongValue{"", null})
		}
		all = append(all, wrongValue{"null", null})
	}
	least, greatest := number(s.Min), number(s.Max)
	pattern, known := patterns[s.Pattern]
	if s.Pattern != "" && !known {
		return nil, fmt.Errorf("patterns has no value for %s", s.Pattern)
	}
	matching := "satisfy regular expression pattern: " + s.Pattern
	switch {
	case s.isNumber():
		if s.Min != "" {
			add(strconv.Itoa(least-1), s.java(least-1), fmt.Sprint("have value greater than or equal to ", least))
		}
		if s.Max != "" {
			add(strconv.Itoa(greatest+1), s.java(greatest+1), fmt.Sprint("have value less than or equal to ", greatest))
		}
	case s.Type == "string":
		if least > 0 {
			rules := []string{fmt.Sprint("have length greater than or equal to ", least)}
			if s.Pattern != "" && !pattern.empty {
				rules = append(rules, matching)
			}
			add(`""`, "''", rules...)
		}
		if s.Max != "" {
			long := fmt.Sprintf("${x*%d}", greatest+1)
			add(`"`+long+`"`, "'"+long+"'", fmt.Sprint("have length less than or equal to ", greatest))
		}
		if c.bytes > 0 {
			rule := fmt.Sprintf("have size less than or equal to %d bytes in UTF-8 encoding", c.bytes)
			for _, long := range []string{fmt.Sprintf("${x*%d}", c.bytes+1), fmt.Sprintf("${é*%d}", c.bytes/2+1)} {
				add(`"`+long+`"`, "'"+long+"'", rule)
			}
		}
		if s.Enum != nil {
			other := strings.ToLower(s.Enum[0])
			add(`"`+other+`"`, "'"+other+"'", "satisfy enum value set: ["+strings.Join(s.Enum, ", ")+"]")
		}
		if s.Pattern != "" {
			add(`"`+pattern.wrong+`"`, "'"+pattern.wrong+"'", matching)
		}
	case s.Type == "list":
		if least > 0 {
			add("[]", "'[]'", fmt.Sprint("have length greater than or equal to ", least))
		}
		if s.Max != "" {
			item, shown := m.valid(s.Member.Shape), m.javaOf(s.Member.Shape)
			add("["+item+strings.Repeat(","+item, greatest)+"]", "'["+shown+strings.Repeat(", "+shown, greatest)+"]'",
				fmt.Sprint("have length less than or equal to ", greatest))
		}
	}
	return all, nil
}

// java writes a number as Java does: a float has a fraction.
func (s *shape) java(n int) string {
	if s.Type == "float" {
		return fmt.Sprintf("'%d.0'", n)
	}
	return fmt.Sprintf("'%d'", n)
}

// body returns the JSON of a structure: its required members, those on the way to the
// path wanted, and the values given by path, where "" leaves a member out.
func (m *model) body(shape, path, wanted string, values map[string]string) string {
	s := m.Shapes[shape]
	if s.Type == "list" {
		if value, given := values[path+"member"]; given {
			return "[" + value + "]"
		}
		return "[" + m.body(s.Member.Shape, path+"member.", wanted, values) + "]"
	}
	var members []string
	for _, member := range s.Members {
		here := path + member.name
		value, given := values[here]
		switch {
		case given:
		case strings.HasPrefix(wanted, here+"."):
			value = m.body(member.Shape, here+".", wanted, values)
		case slices.Contains(s.Required, member.name):
			value = m.valid(member.Shape)
		}
		if value != "" {
			members = append(members, fmt.Sprintf("%q: %s", member.name, value))
		}
	}
	return "{" + strings.Join(members, ", ") + "}"
}

// valid returns the JSON of a value that breaks no constraint of the shape.
func (m *model) valid(shape string) string {
	s := m.Shapes[shape]
	switch s.Type {
	case "structure":
		return m.body(shape, "", "", nil)
	case "list":
		return "[" + m.valid(s.Member.Shape) + "]"
	case "string":
		if s.Enum != nil {
			return strconv.Quote(s.Enum[0])
		}
		return `"x"`
	}
	return "0"
}

// javaOf shows the valid value of a shape as the service's classes print it.
func (m *model) javaOf(shape string) string {
	s := m.Shapes[shape]
	if s.Type != "structure" {
		return strings.Trim(m.valid(shape), `"`)
	}
	var members []string
	for _, member := range s.Members {
		value := "null"
		if slices.Contains(s.Required, member.name) {
			value = m.javaOf(member.Shape)
		}
		members = append(members, member.name+"="+value)
	}
	return shape + "(" + strings.Join(members, ", ") + ")"
}

// counted begins the message of a refused request with the number of what it says.
func counted(messages ...string) string {
	messages = strings.Split(strings.Join(messages, "; "), "; ")
	if len(messages) == 1 {
		return "1 validation error detected: " + messages[0]
	}
	return fmt.Sprintf("%d validation errors detected: %s", len(messages), strings.Join(messages, "; "))
}

// number is a bound of the model; 0 where there is none.
func number(n json.Number) int {
	i, _ := strconv.Atoi(n.String())
	return i
}
