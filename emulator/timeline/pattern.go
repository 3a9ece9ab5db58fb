package timeline

// This file compares the states that an execution has entered with a pattern.

// States returns the names of the states that visits entered in one line of control, in
// their order: those of the state machine itself if path is empty, else those of a branch
// or an iteration.
func States(visits []Visit, path Path) []string {
	var names []string
	for i := range visits {
		if v := &visits[i]; len(v.Path) == len(path) && v.Path.Within(path) {
			names = append(names, v.State)
		}
	}
	return names
}

// A Pattern is a list of names of states, where "*" stands for one state, and "…" or "..."
// for any number of them.
type Pattern []string

// AnyState is the item of a Pattern that stands for one state.
const AnyState = "*"

// AnyStates reports whether an item of a Pattern stands for any number of states.
func AnyStates(item string) bool { return item == "…" || item == "..." }

// Match reports whether states fit the pattern. If they do not, at is the number of the
// first state that does not, which may be the end of the list, and want the item of the
// pattern that it should fit; "" for its end.
func (p Pattern) Match(states []string) (ok bool, at int, want string) {
	// After a mismatch, the latest gap takes one state more.
	i, j := 0, 0              // in the pattern and the states
	gap, resume := -1, 0      // the latest gap, and where in the states it ends now
	furthest, missing := 0, 0 // of the mismatch that came furthest in the pattern: in the states and in the pattern
	for j < len(states) {
		switch {
		case i < len(p) && AnyStates(p[i]):
			gap, resume = i, j
			i++
		case i < len(p) && (p[i] == AnyState || p[i] == states[j]):
			i, j = i+1, j+1
		case gap >= 0:
			if i > missing {
				furthest, missing = j, i
			}
			resume++
			i, j = gap+1, resume
		default:
			return false, j, p.item(i)
		}
	}
	for i < len(p) && AnyStates(p[i]) {
		i++
	}
	if i == len(p) {
		return true, 0, ""
	}
	if gap >= 0 && missing > i {
		return false, furthest, p.item(missing)
	}
	return false, len(states), p.item(i)
}

// item is item i, "" for the end.
func (p Pattern) item(i int) string {
	if i < len(p) {
		return p[i]
	}
	return ""
}
