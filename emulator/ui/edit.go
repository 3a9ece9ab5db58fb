package ui

import (
	"context"
	"errors"
	"net/http"

	"github.com/aslocal/aslocal/asl/edit"
)

// This file changes a text as the user of the editor asks for. What an edit does is package
// edit's business.

// maxEdits is how many edits are made together.
const maxEdits = 1000

// edit applies edits to a text, and reads what comes out.
func (u *UI) edit(ctx context.Context, in *Edit) (*Edited, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	if len(in.Edits) > maxEdits {
		return nil, refuse("edits: expected %d at most, got %d", maxEdits, len(in.Edits))
	}
	done, err := edit.Apply(in.document(), in.Edits...)
	if wrong, ok := errors.AsType[*edit.Error](err); ok {
		return nil, &refusal{status: http.StatusConflict, code: "CannotEdit", message: wrong.Error()}
	}
	if err != nil {
		return nil, err
	}
	next := in.Text
	next.Text = done.Text
	draft, err := u.draft(ctx, &next)
	if err != nil {
		return nil, err
	}
	out := &Edited{Text: done.Text, Changes: []Replacement{}, Select: append([]string{}, done.Select...), Notes: append([]edit.Note{}, done.Notes...), Draft: draft}
	counts := unitsOf(in.Text.Text)
	for _, c := range done.Changes {
		out.Changes = append(out.Changes, Replacement{Start: counts.of(c.Start), End: counts.of(c.End), Text: c.Text})
	}
	return out, nil
}

// document is the text as packages edit and assist take it.
func (t *Text) document() edit.Document {
	return edit.Document{Text: t.Text, Format: formats[t.Format], Pointer: t.Pointer}
}

var formats = map[string]edit.Format{formatJSON: edit.JSON, formatYAML: edit.YAML}
