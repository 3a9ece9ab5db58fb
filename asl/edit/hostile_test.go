package edit

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// TestLargeTexts edits texts whose form makes careless code slow: it would not end in
// the time that a test has.
func TestLargeTexts(t *testing.T) {
	var states, lines, merged strings.Builder
	for i := range 400 {
		fmt.Fprintf(&states, `"S%d":{"Type":"Pass","Next":"S%d"},`, i, i+1)
		fmt.Fprintf(&lines, "  S%d: {Type: Pass, Next: S%d}\n", i, i+1)
		fmt.Fprintf(&merged, "  m%d: 1\n", i)
	}
	oneLine := `{"StartAt":"S0","States":{` + states.String() + `"S400":{"Type":"Succeed"}}}`
	for _, tt := range []struct {
		name string
		doc  Document
	}{
		{"JSON in one line", Document{Text: oneLine, Format: JSON}},
		{"YAML in one line", Document{Text: oneLine, Format: YAML}},
		{"a string", Document{Text: `{"d": "` + strings.ReplaceAll(oneLine, `"`, `\"`) + `"}`, Format: JSON, Pointer: "/d"}},
		{"lines", Document{Text: "StartAt: S0\nStates:\n" + lines.String() + "  S400: {Type: Succeed}\n", Format: YAML}},
		{"a merge", Document{Text: "x: &x\n" + merged.String() + "y: &y\n" + merged.String() + "StartAt: S0\nStates:\n  <<: [*x, *y]\n" + lines.String() + "  S400: {Type: Succeed}\n", Format: YAML}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var all []string
			for i := range 100 {
				all = append(all, fmt.Sprintf("/States/S%d", 2*i))
			}
			for _, e := range []Edit{
				{Op: Insert, Edge: "/States/S200/Next", Name: "New", State: []byte(`{"Type": "Wait"}`)},
				{Op: Delete, States: all},
				{Op: Rename, State: []byte(`"/States/S7"`), Name: "Seven"},
				{Op: Reformat},
			} {
				r, err := Apply(tt.doc, e)
				if err != nil {
					t.Fatal(err)
				}
				checkChanges(t, tt.doc.Text, r)
			}
		})
	}
}

// TestLimits has what is refused for its size.
func TestLimits(t *testing.T) {
	small := Document{Text: `{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}`, Format: JSON}
	for _, tt := range []struct {
		doc   Document
		edits []Edit
		want  string
	}{
		{Document{Text: strings.Repeat(" ", MaxText+1), Format: JSON}, nil, "the text is larger than 1 MiB"},
		{Document{Text: strings.Repeat("[", 2000), Format: YAML}, nil, "1:1001: the nesting is too deep"},
		{small, make([]Edit, maxEdits+1), "expected at most 1000 edits, got 1001"},
		{small, []Edit{{Op: Delete, States: make([]string, maxStates+1)}}, "delete: expected at most 1000 states, got 1001"},
		{small, []Edit{{Op: Paste, Text: strings.Repeat(" ", MaxText+1)}}, "paste: text: expected at most 1 MiB"},
		{Document{Text: "{}", Format: JSON, Pointer: "/a"}, nil, "there is nothing at /a"},
		{Document{Text: "[1]", Format: JSON}, nil, "expected a definition, which is an object, got array"},
		{small, []Edit{{Op: "fly"}}, `fly: there is no operation "fly"`},
	} {
		_, err := Apply(tt.doc, tt.edits...)
		var bad *Error
		if !errors.As(err, &bad) || err.Error() != tt.want {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
}
