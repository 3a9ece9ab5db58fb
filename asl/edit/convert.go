package edit

import (
	"slices"
	"strings"
	"sync"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/internal/patch"
	"github.com/aslocal/aslocal/value"
)

// This file gives a state another type. The fields that both types have stay; the
// others are removed, with a note; what the new type requires is added.

const (
	jsonpath = string(asl.JSONPath)
	jsonata  = string(asl.JSONata)
)

func (m *machine) convert(e *Edit) error {
	s, err := m.stateOf(e)
	if err != nil {
		return err
	}
	if !asl.StateType(e.Type).Known() {
		return refuse("", "type: expected Task, Pass, Choice, Wait, Parallel, Map, Succeed or Fail, got %q", e.Type)
	}
	m.selected = append(m.selected, s)
	if kindOf(s) == e.Type {
		return nil
	}
	next := onward(s)
	n := s.Value
	setField(n, "Type", patch.Text(e.Type))
	m.transitions(s, next)
	allowed := fields(m.languageOf(n), e.Type)
	lost := make(map[string]bool)
	for _, field := range members(n) {
		if !allowed[field.Name] {
			lost[field.Name] = true
			field.Remove()
		}
	}
	if len(lost) > 0 {
		m.note(n, "removed, since a "+e.Type+" state has no such fields: "+strings.Join(sorted(lost), ", "))
	}
	complete(n)
	m.skeleton(n, next)
	return nil
}

// transitions gives a state that has just got its type the transitions of that.
func (m *machine) transitions(s *patch.Member, next string) {
	n := s.Value
	take := func(names ...string) {
		for _, name := range names {
			if field := n.Member(name); field != nil {
				field.Remove()
			}
		}
	}
	switch kind := kindOf(s); {
	case isTerminal(kind):
		take("Next", "End", "Default", "Choices")
		if next != "" {
			m.note(n, "a "+kind+" state ends the workflow: "+quote(next)+" may no longer be reached")
		}
	case kind == "Choice":
		take("End", "Retry", "Catch")
		if field := n.Member("Next"); field != nil {
			field.Rename("Default")
		}
	default:
		if field := n.Member("Default"); field != nil && n.Member("Next") == nil {
			field.Rename("Next")
		}
		take("Default", "Choices")
		lead(s, next)
	}
}

// skeleton gives a state the fields that its type requires and that complete cannot
// make without the machine.
func (m *machine) skeleton(n *patch.Node, next string) {
	kind := n.Get("Type").Text()
	if kind == "Choice" && n.Get("Choices") == nil {
		rules := patch.Array()
		if next != "" {
			rules = patch.Array(m.rule(n, next))
			m.note(n, "the rule is new: it needs a condition")
		}
		setField(n, "Choices", rules)
	}
	if kind == "Task" && n.Get("Parameters") == nil && n.Get("Arguments") == nil && n.Get("Resource").Text() == invoke {
		if m.languageOf(n) == jsonata {
			setField(n, "Arguments", patch.Object("FunctionName", patch.Text(""), "Payload", patch.Text("{% $states.input %}")))
		} else {
			setField(n, "Parameters", patch.Object("FunctionName", patch.Text(""), "Payload.$", patch.Text("$")))
		}
	}
}

const invoke = "arn:aws:states:::lambda:invoke"

// complete gives a state the fields without which its type makes no sense.
func complete(n *patch.Node) {
	add := func(name string, v *patch.Node) {
		if n.Get(name) == nil {
			setField(n, name, v)
		}
	}
	switch n.Get("Type").Text() {
	case "Task":
		add("Resource", patch.Text(invoke))
	case "Wait":
		for _, name := range []string{"Seconds", "SecondsPath", "Timestamp", "TimestampPath"} {
			if n.Get(name) != nil {
				return
			}
		}
		add("Seconds", patch.New(value.OfInt(1)))
	case "Parallel":
		add("Branches", patch.Array(emptyWorkflow()))
	case "Map":
		if n.Get("Iterator") == nil {
			add("ItemProcessor", patch.Object("ProcessorConfig", patch.Object("Mode", patch.Text("INLINE")), "States", patch.Object()))
		}
	}
}

// fields returns the fields that a state of a type may have in a language.
func fields(language, kind string) map[string]bool {
	return allFields()[strings.ToLower(language)+kind]
}

// allFields has the fields by the names of definitions in the schema: jsonpathPass.
var allFields = sync.OnceValue(func() map[string]map[string]bool {
	all := make(map[string]map[string]bool)
	for name, definition := range value.MustParse(asl.Schema()).Get("definitions").Members() {
		set := make(map[string]bool)
		for field := range definition.Get("properties").Members() {
			set[field] = true
		}
		all[name] = set
	}
	return all
})

// languageOf returns the query language of a state: its own, or else the machine's.
func (m *machine) languageOf(state *patch.Node) string {
	own := state.Get("QueryLanguage").Text()
	if own == "" {
		own = m.root.Get("QueryLanguage").Text()
	}
	if own == jsonata {
		return jsonata
	}
	return jsonpath
}

// sorted returns the names of a set in order, for messages.
func sorted(set map[string]bool) []string {
	list := make([]string, 0, len(set))
	for name := range set {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}
