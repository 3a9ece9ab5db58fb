package edit

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"

	"github.com/aslocal/aslocal/internal/patch"
	"github.com/aslocal/aslocal/value"
)

// This file makes up definitions and edits.

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

var kinds = []string{"Task", "Pass", "Wait", "Choice", "Parallel", "Map", "Succeed", "Fail"}

// randomMachine returns a definition whose transitions all lead to a state.
func randomMachine(r *rand.Rand) value.Value {
	n := 0
	w := randomWorkflow(r, 2+r.IntN(8), &n, 2)
	if r.IntN(2) == 0 {
		w = w.With("Comment", value.OfString(pick(r, texts)))
	}
	return w
}

var texts = []string{"", "plain", "two words", "a: b", "# no", "it's \"quoted\"", "{% $states.input.x %}", "$.a.b", "true", "1.0", "line\nline\n\nlast\n", " é漢😀", "a\tb\\n", "- x", "*a", "&b", "!c", "%d", "@e", "x #y", "yes", "~", "null", "2020-01-01", "a, b]", "end:", "trailing ", "\u2028", "\u0001"}

func randomWorkflow(r *rand.Rand, states int, n *int, depth int) value.Value {
	names := make([]string, states)
	for i := range names {
		*n++
		names[i] = fmt.Sprintf("%s %d", pick(r, []string{"S", "State/x", "a: b", "~t", "é", "'q'", "yes"}), *n)
	}
	var b value.ObjectBuilder
	for i, name := range names {
		b.Set(name, randomState(r, names, i, n, depth))
	}
	return value.OfMembers("StartAt", value.OfString(names[0]), "States", b.Value())
}

func randomState(r *rand.Rand, names []string, i int, n *int, depth int) value.Value {
	kind := pick(r, kinds)
	if depth == 0 && (kind == "Parallel" || kind == "Map") {
		kind = "Task"
	}
	s := value.OfMembers("Type", value.OfString(kind))
	name := func() value.Value { return value.OfString(pick(r, names)) }
	if r.IntN(3) == 0 {
		s = s.With("Comment", value.OfString(pick(r, texts)))
	}
	switch kind {
	case "Task":
		s = s.With("Resource", value.OfString("arn:aws:states:::lambda:invoke")).With("Parameters", randomData(r, 2))
		if r.IntN(2) == 0 {
			s = s.With("Retry", value.MustParse(`[{"ErrorEquals":["A","B"],"MaxAttempts":2},{"ErrorEquals":["States.ALL"]}]`))
		}
		if r.IntN(2) == 0 {
			s = s.With("Catch", value.OfItems(value.OfMembers("ErrorEquals", value.MustParse(`["States.ALL"]`), "Next", name())))
		}
	case "Wait":
		s = s.With("Seconds", value.OfInt(int64(r.IntN(100))))
	case "Choice":
		var rules []value.Value
		for range 1 + r.IntN(3) {
			rules = append(rules, value.OfMembers("Variable", value.OfString("$.x"), "IsPresent", value.True, "Next", name()))
		}
		s = s.With("Choices", value.OfSlice(rules))
		if r.IntN(3) > 0 {
			s = s.With("Default", name())
		}
	case "Parallel":
		var branches []value.Value
		for range 1 + r.IntN(2) {
			branches = append(branches, randomWorkflow(r, 1+r.IntN(3), n, depth-1))
		}
		s = s.With("Branches", value.OfSlice(branches))
	case "Map":
		s = s.With("ItemProcessor", randomWorkflow(r, 1+r.IntN(3), n, depth-1))
	}
	switch {
	case isTerminal(kind) || kind == "Choice":
	case i+1 < len(names) && r.IntN(5) > 0:
		s = s.With("Next", value.OfString(names[i+1]))
	case r.IntN(3) > 0:
		s = s.With("End", value.True)
	default:
		s = s.With("Next", name())
	}
	return s
}

func randomData(r *rand.Rand, depth int) value.Value {
	switch k := r.IntN(8); {
	case depth > 0 && k < 3:
		var b value.ObjectBuilder
		for range r.IntN(4) {
			b.Set(pick(r, []string{"a", "b.$", "c d", "yes", "12", "", "Next", "x: y", "#z"}), randomData(r, depth-1))
		}
		return b.Value()
	case depth > 0 && k == 3:
		var items []value.Value
		for range r.IntN(4) {
			items = append(items, randomData(r, depth-1))
		}
		return value.OfSlice(items)
	case k == 4:
		return value.MustParse(pick(r, []string{"0", "-1.50", "1e3", "12345678901234567890", "true", "false", "null"}))
	}
	return value.OfString(pick(r, texts))
}

// randomEdit returns an edit of what is there; it may be one that is refused.
func randomEdit(r *rand.Rand, m *machine) Edit {
	var states []*patch.Member
	workflows := []*patch.Node{m.root}
	allStates(m.root, func(s *patch.Member) {
		states = append(states, s)
		for w := range inside(s.Value) {
			workflows = append(workflows, w)
		}
	})
	newState := func() json.RawMessage {
		n := 1000 + r.IntN(1000)
		s := randomState(r, []string{"nowhere"}, 0, &n, 1)
		if s.Get("Type").Text() != "Choice" {
			s = s.Without("Catch").Without("Next")
		}
		return json.RawMessage(s.String())
	}
	if len(states) == 0 {
		return Edit{Op: Insert, Name: "First", State: newState()}
	}
	state := func() string { return m.pointer(pick(r, states).Value) }
	quoted := func() json.RawMessage {
		text, _ := json.Marshal(state())
		return text
	}
	some := func() []string {
		list := pick(r, states).Value.Up()
		var found []string
		all := stateMembers(list)
		from := r.IntN(len(all))
		for _, s := range all[from:min(len(all), from+1+r.IntN(3))] {
			found = append(found, m.pointer(s.Value))
		}
		return found
	}
	beside := func(s *patch.Member) string { return m.pointer(pick(r, stateMembers(s.Value.Up())).Value) }
	spot := func(e Edit) Edit {
		w := pick(r, workflows)
		ls := linksIn(w)
		switch k := r.IntN(4); {
		case k < 2 && len(ls) > 0:
			l := pick(r, ls)
			e.Edge = m.pointer(l.member.Value)
			if l.state != nil {
				e.From = Ref(m.pointer(l.state.Value))
			}
		case k == 2:
			e.After = state()
		default:
			e.Workflow = m.pointer(w)
		}
		return e
	}
	array := func() (string, int) {
		for range 20 {
			s := pick(r, states).Value
			if list := s.Get(pick(r, []string{"Branches", "Choices", "Retry", "Catch"})); list.Len() > 0 && list.Kind() == value.Array {
				return m.pointer(list), list.Len()
			}
		}
		return "/none", 1
	}
	member := func() string {
		n := pick(r, states).Value
		for range 3 {
			if n.Len() == 0 || r.IntN(3) == 0 {
				break
			}
			i := r.IntN(n.Len())
			for name, v := range n.Members() {
				if i == 0 && name != "Next" {
					n = v
					break
				}
				i--
			}
		}
		return m.pointer(n)
	}
	switch op := pick(r, []string{Insert, Insert, Delete, Duplicate, Move, Paste, Rename, Reconnect, Connect, Start, Convert, Wrap, Wrap, Unwrap, AddBranch, DeleteBranch, MoveItem, Set, Set, Set, Remove, Language, Reformat}); op {
	case Insert:
		return spot(Edit{Op: op, Name: pick(r, []string{"New", "yes", "a: b", "Wait (1)"}), State: newState()})
	case Delete, Duplicate:
		return Edit{Op: op, States: some()}
	case Move:
		return spot(Edit{Op: op, States: some()})
	case Paste:
		n := 5000
		return spot(Edit{Op: op, Text: randomWorkflow(r, 1+r.IntN(3), &n, 1).String()})
	case Rename:
		return Edit{Op: op, State: quoted(), Name: fmt.Sprintf("%s %d", pick(r, []string{"Renamed", "it's", "a: b", "x/y~z"}), r.IntN(100))}
	case Reconnect:
		s := pick(r, states)
		e := Edit{Op: op, Edge: "end", From: Ref(m.pointer(s.Value)), To: Ref(beside(s))}
		if ls := linksIn(workflowOf(s)); len(ls) > 0 && r.IntN(4) > 0 {
			e.Edge = m.pointer(pick(r, ls).member.Value)
		}
		if r.IntN(4) == 0 {
			e.To = "end"
		}
		return e
	case Connect:
		s := pick(r, states)
		return Edit{Op: op, From: Ref(m.pointer(s.Value)), To: Ref(beside(s))}
	case Start:
		s := pick(r, states)
		return Edit{Op: op, Workflow: m.pointer(workflowOf(s)), To: Ref(beside(s))}
	case Convert:
		return Edit{Op: op, State: quoted(), Type: pick(r, kinds)}
	case Wrap:
		return Edit{Op: op, States: some(), Type: pick(r, []string{"Parallel", "Map"})}
	case Unwrap, AddBranch, DeleteBranch:
		for range 20 {
			s := pick(r, states)
			if kind := kindOf(s); kind == "Parallel" || kind == "Map" && op == Unwrap {
				text, _ := json.Marshal(m.pointer(s.Value))
				return Edit{Op: op, State: text}
			}
		}
		return Edit{Op: op, State: quoted()}
	case Language:
		e := Edit{Op: op, To: Ref(pick(r, []string{jsonpath, jsonata}))}
		if r.IntN(2) == 0 {
			e.Pointer = state()
		}
		return e
	case Reformat:
		return Edit{Op: op}
	case MoveItem:
		pointer, n := array()
		return Edit{Op: op, Array: pointer, From: Ref(fmt.Sprint(r.IntN(n))), To: Ref(fmt.Sprint(r.IntN(n)))}
	case Set:
		if r.IntN(3) == 0 {
			return Edit{Op: op, Pointer: state() + pick(r, []string{"/Comment", "/Parameters", "/Assign/x", "/Retry"}), Value: json.RawMessage(randomData(r, 2).String())}
		}
		return Edit{Op: op, Pointer: member() + pick(r, []string{"", "", "/Comment"}), Value: json.RawMessage(randomData(r, 2).String())}
	default:
		return Edit{Op: Remove, Pointer: member()}
	}
}
