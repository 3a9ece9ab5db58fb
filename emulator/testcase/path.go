package testcase

import "strings"

// This file compares the states that were entered with a path.

const oneState = "*"

// anyStates reports whether an item of a path stands for any number of states.
func anyStates(name string) bool { return name == "…" || name == "..." }

// matches reports whether the states are the path. If they are not, at is the number of the
// first state that does not fit, and wanted what was expected there: "" for the end.
func (p *PathWanted) matches(states []string) (ok bool, at int, wanted string) {
	// As usual for patterns with one kind of gap: after a mismatch, the latest gap takes one
	// state more.
	i, j := 0, 0              // in the path and the states
	gap, resume := -1, 0      // the latest gap, and where in the states it ends now
	furthest, missing := 0, 0 // of the mismatches, in the states and the path
	for j < len(states) {
		switch {
		case i < len(p.States) && anyStates(p.States[i]):
			gap, resume = i, j
			i++
		case i < len(p.States) && (p.States[i] == oneState || p.States[i] == states[j]):
			i, j = i+1, j+1
		case gap >= 0:
			if j >= furthest {
				furthest, missing = j, i
			}
			resume++
			i, j = gap+1, resume
		default:
			return false, j, p.at(i)
		}
	}
	for i < len(p.States) && anyStates(p.States[i]) {
		i++
	}
	if i == len(p.States) {
		return true, 0, ""
	}
	if gap >= 0 && missing > i {
		return false, furthest, p.at(missing)
	}
	return false, len(states), p.at(i)
}

// at is item i of the path, "" for the end.
func (p *PathWanted) at(i int) string {
	if i < len(p.States) {
		return p.States[i]
	}
	return ""
}

// maxShown is how many states of a path are shown.
const maxShown = 40

// arrows is a path for people.
func arrows(states []string) string {
	if len(states) == 0 {
		return "no state"
	}
	if n := len(states); n > maxShown {
		return strings.Join(states[:maxShown/2], " → ") + " → … → " + strings.Join(states[n-maxShown/2:], " → ")
	}
	return strings.Join(states, " → ")
}
