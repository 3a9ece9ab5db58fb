package difference

import (
	"fmt"
	"strings"
)

// This file compares texts by lines.

// A Part of two texts is a run of lines: lines that both have, or lines that one or both
// have in its place. A change has lines in Removed, in Added, or in both.
type Part struct {
	Before, After int      // number of its first line in each text, from 1
	Same          []string // lines that both texts have; then the others are empty
	Removed       []string
	Added         []string
}

// Lines compares two texts by lines and returns all of both as parts: in turns what they
// have in common and what they have not. Lines end with \n; the end of the last line does
// not count. Two empty texts have no parts.
func Lines(before, after string) []Part {
	left, right := split(before), split(after)
	var parts []Part
	x, y := 0, 0
	to := func(before, after int) {
		if x < before || y < after {
			parts = append(parts, Part{Before: x + 1, After: y + 1, Removed: left[x:before], Added: right[y:after]})
		}
		x, y = before, after
	}
	for _, m := range Common(left, right) {
		to(m.Before, m.After)
		parts = append(parts, Part{Before: x + 1, After: y + 1, Same: left[x : x+m.Length]})
		x, y = x+m.Length, y+m.Length
	}
	to(len(left), len(right))
	return parts
}

func split(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// Count returns how many lines the parts add and remove.
func Count(parts []Part) (added, removed int) {
	for _, p := range parts {
		added, removed = added+len(p.Added), removed+len(p.Removed)
	}
	return added, removed
}

// Unified writes the changes as a unified diff without the names of files: hunks that
// begin with @@, with up to context lines around the changes. It is "" if nothing has changed.
func Unified(parts []Part, context int) string {
	context = max(context, 0)
	var out strings.Builder
	var hunk strings.Builder
	var before, after, removed, added int // of the hunk: first lines, and how many
	write := func(mark string, lines []string) {
		for _, line := range lines {
			hunk.WriteString(mark + line + "\n")
		}
	}
	end := func() {
		if hunk.Len() > 0 {
			fmt.Fprintf(&out, "@@ -%s +%s @@\n%s", lineRange(before, removed), lineRange(after, added), hunk.String())
			hunk.Reset()
		}
		removed, added = 0, 0
	}
	for i, p := range parts {
		if p.Same == nil {
			if hunk.Len() == 0 {
				before, after = p.Before, p.After
			}
			write("-", p.Removed)
			write("+", p.Added)
			removed, added = removed+len(p.Removed), added+len(p.Added)
			continue
		}
		head, tail := p.Same, []string(nil) // what follows the last change, and what leads to the next
		if n := len(p.Same); i == 0 || i == len(parts)-1 || n > 2*context {
			head, tail = p.Same[:min(n, context)], p.Same[max(0, n-context):]
			if i == 0 {
				head = nil
			}
			if i == len(parts)-1 {
				tail = nil
			}
		}
		write(" ", head)
		removed, added = removed+len(head), added+len(head)
		if len(head) == len(p.Same) && i > 0 {
			continue
		}
		end()
		if len(tail) > 0 {
			before, after = p.Before+len(p.Same)-len(tail), p.After+len(p.Same)-len(tail)
			write(" ", tail)
			removed, added = len(tail), len(tail)
		}
	}
	if len(parts) > 1 || len(parts) == 1 && parts[0].Same == nil {
		end()
	}
	return out.String()
}

// lineRange is "first,count" as unified diffs have it: without the count if it is one,
// and the line before if it is none.
func lineRange(first, count int) string {
	switch count {
	case 0:
		return fmt.Sprintf("%d,0", first-1)
	case 1:
		return fmt.Sprint(first)
	}
	return fmt.Sprintf("%d,%d", first, count)
}
