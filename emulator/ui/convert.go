package ui

import (
	"context"

	"github.com/aslocal/aslocal/internal/patch"
)

// This file writes a definition in the other format.

// seeds are texts in the style in which a definition is written anew.
var seeds = map[string]string{formatJSON: "{\n  \"StartAt\": \"\"\n}\n", formatYAML: "StartAt: A\n"}

// convert writes the definition of a text in a format, alone. Comments are not kept.
func (u *UI) convert(_ context.Context, in *Convert) (*Converted, error) {
	t, err := u.read(&in.Text)
	if err != nil {
		return nil, err
	}
	seed, ok := seeds[in.To]
	switch {
	case !ok:
		return nil, refuse("to: expected JSON or YAML, got %q", in.To)
	case !t.value.Exists():
		return nil, refuse("the text cannot be read")
	case in.To == in.Format && in.Pointer == "":
		return &Converted{Text: in.Text.Text}, nil
	}
	tree, err := patch.Parse(seed, formats[in.To])
	if err != nil {
		return nil, err
	}
	root := tree.Root()
	for name, v := range t.value.Members() {
		root.Set(name, patch.New(v))
	}
	if !t.value.Get("StartAt").Exists() {
		root.Member("StartAt").Remove()
	}
	text, _, err := tree.Write()
	return &Converted{Text: text}, err
}
