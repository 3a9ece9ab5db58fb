package edit

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/aslocal/aslocal/internal/patch"
)

// This file makes names of states. They are unique in the whole machine.

// maxName is how many characters the name of a state may have.
const maxName = 80

// names returns the names of all states in a workflow, at any depth.
func names(workflow *patch.Node) map[string]bool {
	taken := make(map[string]bool)
	addNames(workflow, taken)
	return taken
}

func addNames(workflow *patch.Node, taken map[string]bool) {
	for name, s := range workflow.Get("States").Members() {
		taken[name] = true
		for inner := range inside(s) {
			addNames(inner, taken)
		}
	}
}

// unique returns a name that is not taken, and takes it: the name itself, or "Name (1)"
// and so on.
func unique(name string, taken map[string]bool) string {
	name = strings.TrimSpace(name)
	if name == "" {
		name = "State"
	}
	name = shortened(name, maxName)
	base, n := numbered(name)
	for taken[name] {
		n++
		suffix := " (" + strconv.Itoa(n) + ")"
		name = strings.TrimRight(shortened(base, maxName-len(suffix)), " ") + suffix
	}
	taken[name] = true
	return name
}

// numbered takes "Name (2)" apart.
func numbered(name string) (base string, n int) {
	i := strings.LastIndex(name, " (")
	if i <= 0 || !strings.HasSuffix(name, ")") {
		return name, 0
	}
	n, err := strconv.Atoi(name[i+2 : len(name)-1])
	if err != nil || n < 1 || n > 1_000_000 {
		return name, 0
	}
	return name[:i], n
}

func shortened(name string, most int) string {
	if utf8.RuneCountInString(name) <= most {
		return name
	}
	return string([]rune(name)[:most])
}
