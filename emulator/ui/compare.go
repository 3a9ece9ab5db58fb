package ui

import (
	"context"

	"github.com/aslocal/aslocal/internal/difference"
	"github.com/aslocal/aslocal/value"
)

// This file says in what two texts differ.

// Limits of a comparison.
const (
	maxCompare  = 8 << 20  // bytes of a request: two definitions, all of whose characters may be escaped
	maxLaidOut  = 16 << 20 // bytes of a JSON value with a line for each member
	maxChanges  = 1000
	maxJSONText = 4000 // bytes of a value in a Change
)

// Compare asks in what two texts differ.
type Compare struct {
	Before string `json:"before"`
	After  string `json:"after"`
	Format string `json:"format"` // "json", "text", or "": JSON if both are JSON
}

// Compared is the difference of two texts. If they are JSON, Parts are the lines of
// both with a line for each member; the order of members makes no difference.
type Compared struct {
	Format  string   `json:"format"` // that they were compared in: "json" or "text"
	Equal   bool     `json:"equal"`
	Added   int      `json:"added"` // lines
	Removed int      `json:"removed"`
	Parts   []Part   `json:"parts"`   // all lines, in order
	Changes []Change `json:"changes"` // of JSON
	More    bool     `json:"more"`    // there are more changes: 1,000 are listed at most
}

// A Part is a run of lines: lines that both texts have, or what one or both have in its place.
type Part struct {
	Before  int      `json:"before"` // number of its first line, from 1
	After   int      `json:"after"`
	Same    []string `json:"same"` // then the others are empty
	Removed []string `json:"removed"`
	Added   []string `json:"added"`
}

// A Change is a place of a JSON value that differs.
type Change struct {
	Kind    string `json:"kind"`    // added, removed or changed
	Pointer string `json:"pointer"` // in after; in before if it was removed
	Was     string `json:"was"`     // its pointer in before, if that is another one
	Before  string `json:"before"`  // JSON, cut to 4,000 bytes; "" if it was added
	After   string `json:"after"`   // JSON, cut to 4,000 bytes; "" if it was removed
}

// compare compares two texts. What is slow waits its turn with the expressions.
func (u *UI) compare(ctx context.Context, in *Compare) (*Compared, error) {
	select {
	case u.evaluate <- struct{}{}:
		defer func() { <-u.evaluate }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	switch in.Format {
	case "text":
		return comparedText(in.Before, in.After), nil
	case "", "json":
		before, err := parseSide("before", in.Before)
		after, err2 := parseSide("after", in.After)
		if err == nil {
			err = err2
		}
		if err == nil {
			out, ok := comparedJSON(before, after)
			if ok {
				return out, nil
			}
			err = refuse("the values are too large to be compared: with a line for each member, they have more than %d bytes", maxLaidOut)
		}
		if in.Format == "json" {
			return nil, err
		}
		return comparedText(in.Before, in.After), nil
	}
	return nil, refuse(`format: expected "json", "text" or "", got %q`, in.Format)
}

// parseSide parses JSON; "" is no value.
func parseSide(name, text string) (value.Value, error) {
	if text == "" {
		return value.Value{}, nil
	}
	v, err := value.Parse(text)
	if err != nil {
		return v, refuse("%s: expected JSON: %v", name, err)
	}
	return v, nil
}

func comparedText(before, after string) *Compared {
	return compared("text", difference.Lines(before, after))
}

// comparedJSON compares JSON values; it returns false if they are too large.
func comparedJSON(before, after value.Value) (*Compared, bool) {
	parts, ok := difference.JSONLines(before, after, maxLaidOut)
	if !ok {
		return nil, false
	}
	out := compared("json", parts)
	changes := difference.JSON(before, after, maxChanges+1)
	if out.More = len(changes) > maxChanges; out.More {
		changes = changes[:maxChanges]
	}
	for _, c := range changes {
		out.Changes = append(out.Changes, Change{Kind: string(c.Kind), Pointer: c.Pointer, Was: c.Was, Before: shortJSON(c.Before), After: shortJSON(c.After)})
	}
	return out, true
}

func compared(format string, parts []difference.Part) *Compared {
	out := &Compared{Format: format, Parts: make([]Part, len(parts)), Changes: []Change{}}
	out.Added, out.Removed = difference.Count(parts)
	out.Equal = out.Added+out.Removed == 0
	for i, p := range parts {
		out.Parts[i] = Part{Before: p.Before, After: p.After, Same: listed(p.Same), Removed: listed(p.Removed), Added: listed(p.Added)}
	}
	return out
}

func listed(lines []string) []string {
	if lines == nil {
		return []string{}
	}
	return lines
}

func shortJSON(v value.Value) string {
	if !v.Exists() {
		return ""
	}
	return cut(v.String(), maxJSONText)
}
