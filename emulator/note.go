package emulator

import "sync/atomic"

// This file has what is said of state machines beside what AWS says.

// notes are what is said of state machines, by name.
type notes struct {
	all atomic.Pointer[map[string]string]
}

func (n *notes) of(name string) string {
	if all := n.all.Load(); all != nil {
		return (*all)[name]
	}
	return ""
}

// SetNotes says something of state machines, by name, that callers should know: that the
// file of one is gone, for example. ListStateMachines and DescribeStateMachine show it as
// the member note, which AWS does not have and its SDKs pass over. The notes replace those
// given before; the map must not change afterwards.
func (e *Emulator) SetNotes(byName map[string]string) {
	e.notes.all.Store(&byName)
	if e.pages != nil {
		e.pages.ui.MachinesChanged()
	}
}
