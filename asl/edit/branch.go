package edit

import (
	"github.com/aslocal/aslocal/internal/patch"
	"github.com/aslocal/aslocal/value"
)

// This file adds and deletes branches of Parallel states. moveItem orders them.

// addBranch gives a Parallel state another branch, which is empty.
func (m *machine) addBranch(e *Edit) error {
	s, err := m.stateOf(e)
	if err != nil {
		return err
	}
	if kindOf(s) != "Parallel" {
		return refuse(m.pointer(s.Value), "only a Parallel state has branches, this is a %s state", kindOf(s))
	}
	branches := s.Value.Get("Branches")
	if branches == nil {
		setField(s.Value, "Branches", patch.Array())
		branches = s.Value.Get("Branches")
	}
	if branches.Kind() != value.Array {
		return refuse(m.pointer(branches), "expected an array, got %s", branches.Kind())
	}
	branches.Insert(branches.Len(), patch.NewMember("", emptyWorkflow()))
	m.selected = append(m.selected, s)
	return nil
}

// emptyWorkflow is a workflow into which states are dropped.
func emptyWorkflow() *patch.Node { return patch.Object("States", patch.Object()) }

// deleteBranch takes a branch out of a Parallel state, with its states.
func (m *machine) deleteBranch(e *Edit) error {
	s, err := m.stateOf(e)
	if err != nil {
		return err
	}
	branch := s.Value.Get("Branches").Index(e.Index)
	if branch == nil {
		return refuse(m.pointer(s.Value), "there is no branch %d", e.Index)
	}
	branch.Holder().Remove()
	m.selected = append(m.selected, s)
	return nil
}
