package edit

import (
	"encoding/json"
	"errors"
	"iter"
	"slices"

	"github.com/aslocal/aslocal/internal/patch"
	"github.com/aslocal/aslocal/value"
)

// A machine is a definition that is being edited. Its states are members of the nodes
// of a patch.Tree.
type machine struct {
	tree     *patch.Tree
	root     *patch.Node // the definition
	host     *patch.Host // the string that the definition is in; nil if it is in none
	selected []*patch.Member
	notes    []note
}

// A note is a Note about a node whose pointer is not yet known.
type note struct {
	node    *patch.Node
	message string
}

// open parses a document and finds the definition in it.
func open(doc Document) (*machine, error) {
	if len(doc.Text) > MaxText {
		return nil, refuse("", "the text is larger than %d MiB", MaxText>>20)
	}
	tree, err := patch.Parse(doc.Text, doc.Format)
	if err != nil {
		return nil, unreadable(err)
	}
	root := definition(tree.Root().Find(doc.Pointer))
	m := &machine{tree: tree, root: root}
	switch root.Kind() {
	case value.Object:
	case value.String:
		if m.tree, m.host, err = root.Inside(); err != nil {
			return nil, unreadable(err)
		}
		m.root = m.tree.Root()
	case value.Absent:
		return nil, refuse("", "there is nothing at %s", doc.Pointer)
	}
	if m.root.Kind() != value.Object {
		return nil, refuse("", "expected a definition, which is an object, got %s", m.root.Kind())
	}
	m.tree.Focus(m.root)
	return m, nil
}

// definition returns what is deployed as it is of an intrinsic function of
// CloudFormation: the template of Fn::Sub, and what Fn::ToJsonString makes a text of.
func definition(n *patch.Node) *patch.Node {
	isTemplate := n.Tag() == "!Sub"
	for range 4 {
		switch {
		case n.Kind() == value.Object && n.Len() == 1 && n.Get("Fn::Sub") != nil:
			n, isTemplate = n.Get("Fn::Sub"), true
		case n.Kind() == value.Object && n.Len() == 1 && n.Get("Fn::ToJsonString") != nil:
			n = n.Get("Fn::ToJsonString")
		case n.Kind() == value.Array && isTemplate:
			n = n.Index(0)
		}
	}
	return n
}

// unreadable is the refusal of a text that cannot be parsed.
func unreadable(err error) error {
	var bad *patch.SyntaxError
	if errors.As(err, &bad) {
		return refuse("", "%s: %s", bad.At, bad.Message)
	}
	return err
}

// result writes the text, and makes sure that it says what was meant.
func (m *machine) result() (Result, error) {
	text, changes, err := m.tree.Write()
	if err == nil && m.host == nil {
		err = m.tree.Check(text, changes)
	}
	r, err := m.written(text, changes, err)
	if err != nil {
		return Result{}, err
	}
	for _, s := range m.selected {
		r.Select = append(r.Select, m.pointer(s.Value))
	}
	for _, n := range m.tree.Copied() {
		m.note(n, "what was an alias is written out here, since it no longer says what its anchor says")
	}
	for _, n := range m.notes {
		r.Notes = append(r.Notes, Note{m.pointer(n.node), n.message})
	}
	return r, nil
}

// written is the result of a text that the definition now has.
func (m *machine) written(text string, changes []Change, err error) (Result, error) {
	if err == nil && m.host != nil {
		text, changes, err = m.host.Write(text, changes)
	}
	if err != nil {
		return Result{}, unreadable(err)
	}
	if changes == nil {
		changes = []Change{}
	}
	return Result{Text: text, Changes: changes, Select: []string{}}, nil
}

// reformat changes white space only.
func (m *machine) reformat() (Result, error) {
	if m.host != nil && m.host.OneLine {
		return Result{}, refuse("", "the definition is in single quotes, which have no line breaks: write it behind |, or as an object")
	}
	text, changes, err := m.tree.Format(m.root)
	return m.written(text, changes, err)
}

func (m *machine) note(n *patch.Node, message string) { m.notes = append(m.notes, note{n, message}) }

// pointer returns the pointer of a node relative to the definition.
func (m *machine) pointer(n *patch.Node) string { return n.Pointer(m.root) }

// state returns the state at a pointer.
func (m *machine) state(pointer string) (*patch.Member, error) {
	n := m.root.Find(pointer)
	if n == nil || n == m.root || !m.isState(n) {
		return nil, refuse(pointer, "there is no state here")
	}
	return n.Holder(), nil
}

// stateOf reads the state that an edit names.
func (m *machine) stateOf(e *Edit) (*patch.Member, error) {
	var pointer string
	if err := json.Unmarshal(e.State, &pointer); err != nil {
		return nil, refuse("", "state: expected a string with the pointer of a state")
	}
	return m.state(pointer)
}

// states returns the states at pointers, each once; those of one workflow in the order
// of the text.
func (m *machine) states(pointers []string) ([]*patch.Member, error) {
	if len(pointers) == 0 {
		return nil, refuse("", "states: expected at least one")
	}
	seen := make(map[*patch.Member]bool)
	var found []*patch.Member
	for _, pointer := range pointers {
		s, err := m.state(pointer)
		if err != nil {
			return nil, err
		}
		if !seen[s] {
			seen[s] = true
			found = append(found, s)
		}
	}
	// What lies in another one of them goes with it.
	found = slices.DeleteFunc(found, func(s *patch.Member) bool {
		for n := s.Value.Up(); n != nil; n = n.Up() {
			if seen[n.Holder()] {
				return true
			}
		}
		return false
	})
	list := found[0].Value.Up()
	if slices.ContainsFunc(found, func(s *patch.Member) bool { return s.Value.Up() != list }) {
		return found, nil
	}
	found = found[:0]
	for _, v := range list.Members() {
		if seen[v.Holder()] {
			found = append(found, v.Holder())
		}
	}
	return found, nil
}

// workflow returns the workflow at a pointer.
func (m *machine) workflow(pointer string) (*patch.Node, error) {
	n := m.root.Find(pointer)
	if n == nil || n.Kind() != value.Object || n != m.root && !m.isWorkflow(n) {
		return nil, refuse(pointer, "there is no workflow here")
	}
	return n, nil
}

// isState reports whether a node stands where states stand.
func (m *machine) isState(n *patch.Node) bool {
	around := n.Up()
	if n.Kind() != value.Object || around.Kind() != value.Object || around == m.root || around.Holder().Name != "States" {
		return false
	}
	return around.Up() == m.root || m.isWorkflow(around.Up())
}

// isWorkflow reports whether a node stands where the workflows inside of a state stand.
func (m *machine) isWorkflow(n *patch.Node) bool {
	around := n.Up()
	switch {
	case n == m.root || around == nil:
		return false
	case around.Kind() == value.Object:
		return (n.Holder().Name == "ItemProcessor" || n.Holder().Name == "Iterator") && m.isState(around)
	}
	return around.Holder().Name == "Branches" && m.isState(around.Up())
}

// workflowOf returns the workflow that a state is in.
func workflowOf(s *patch.Member) *patch.Node { return s.Value.Up().Up() }

// inside returns the workflows inside of a state.
func inside(s *patch.Node) iter.Seq[*patch.Node] {
	return func(yield func(*patch.Node) bool) {
		for _, branch := range s.Get("Branches").Items() {
			if branch.Kind() == value.Object && !yield(branch) {
				return
			}
		}
		for _, name := range []string{"ItemProcessor", "Iterator"} {
			if p := s.Get(name); p.Kind() == value.Object && !yield(p) {
				return
			}
		}
	}
}

// allStates calls visit for every state in a workflow, at any depth.
func allStates(workflow *patch.Node, visit func(*patch.Member)) {
	states := workflow.Get("States")
	for name, s := range states.Members() {
		if s.Kind() != value.Object || s.Holder().Name != name {
			continue
		}
		visit(s.Holder())
		for inner := range inside(s) {
			allStates(inner, visit)
		}
	}
}

// kindOf returns the type of a state, as written.
func kindOf(s *patch.Member) string { return s.Value.Get("Type").Text() }
