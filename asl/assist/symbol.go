package assist

import (
	"strconv"

	"github.com/aslocal/aslocal/asl/edit"
	"github.com/aslocal/aslocal/internal/position"
)

// A Symbol is a state or a branch in the outline of a definition.
type Symbol struct {
	Name      string   `json:"name"`
	Type      string   `json:"type"`    // of the state: "Task"; "" for a branch
	Detail    string   `json:"detail"`  // what a Task calls, or ""
	Pointer   string   `json:"pointer"` // relative to the definition
	Start     int      `json:"start"`   // bytes: the whole member
	End       int      `json:"end"`
	NameStart int      `json:"nameStart"` // bytes: the name, without quotes; of a branch, its first character
	NameEnd   int      `json:"nameEnd"`
	Children  []Symbol `json:"children,omitempty"`
}

// Symbols returns the outline of the definition. The states of a Map are the children
// of the Map itself.
func Symbols(doc edit.Document) []Symbol {
	if e, ok := embeddedIn(doc); ok {
		return e.symbols(Symbols(e.doc))
	}
	return newOutline(doc.Text, readDefinition(doc)).machine.symbols()
}

func (w *workflow) symbols() []Symbol {
	var found []Symbol
	for _, s := range w.states {
		key := s.member.key
		symbol := Symbol{
			Name: s.name, Type: string(s.kind), Detail: s.node.get("Resource").word(), Pointer: s.pointer,
			Start: key.start, End: max(key.end, s.node.end), NameStart: key.body, NameEnd: key.bodyEnd,
		}
		for i, inner := range s.inner {
			if inner.node == s.node.get("ItemProcessor") || inner.node == s.node.get("Iterator") {
				symbol.Children = append(symbol.Children, inner.symbols()...)
				continue
			}
			n := inner.node
			symbol.Children = append(symbol.Children, Symbol{
				Name: "Branch " + strconv.Itoa(i+1), Pointer: inner.pointer, Start: n.start, End: n.end,
				NameStart: n.start, NameEnd: min(n.start+1, n.end), Children: inner.symbols(),
			})
		}
		found = append(found, symbol)
	}
	return found
}

// A Machine is a definition in a text.
type Machine struct {
	Name    string `json:"name"`    // logical id in a template; "" for a bare definition
	Pointer string `json:"pointer"` // of the definition, for edit.Document
	Start   int    `json:"start"`   // bytes: the definition
	End     int    `json:"end"`
}

// Machines returns the definitions that a text has: itself, or those inside a SAM,
// CloudFormation or Serverless template. A text with neither has none.
func Machines(text string, format edit.Format) []Machine {
	root := read(text, format)
	if root.has("StartAt") || root.has("States") {
		return []Machine{{Pointer: "", Start: root.start, End: root.end}}
	}
	var found []Machine
	add := func(name, pointer string, n *node) {
		if n = n.inner(text); n.kind == object || n.quotedDefinition(text) {
			found = append(found, Machine{Name: name, Pointer: pointer, Start: n.start, End: n.end})
		}
	}
	for _, m := range root.get("Resources").members {
		pointer := "/Resources/" + position.Escape(m.key.text) + "/Properties/"
		properties := m.value.get("Properties")
		switch m.value.get("Type").word() {
		case "AWS::Serverless::StateMachine", "AWS::StepFunctions::StateMachine":
			for _, field := range []string{"Definition", "DefinitionString"} {
				n := properties.get(field)
				for _, function := range []string{"", "Fn::Sub"} {
					if function != "" {
						n, field = n.get(function), field+"/"+function
					}
					if n.kind == array && len(n.items) > 0 {
						n, field = n.items[0], field+"/0"
					}
					if n.kind == object && n.has("Fn::Sub") {
						continue
					}
					add(m.key.text, pointer+field, n)
				}
			}
		}
	}
	for _, m := range root.get("stepFunctions").get("stateMachines").members {
		add(m.key.text, "/stepFunctions/stateMachines/"+position.Escape(m.key.text)+"/definition", m.value.get("definition"))
	}
	return found
}
