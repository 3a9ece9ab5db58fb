package ui

import (
	"context"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/assist"
)

// This file tells the forms of the editor which fields a state may have.

// fields lists those of a type of state in a language, or those of a state machine
// without a type. With the resource of a Task, the parameters of its action are the
// fields of Parameters or Arguments.
func (u *UI) fields(_ context.Context, q *query) (*Fields, error) {
	kind, language := asl.StateType(q.text("type")), asl.QueryLanguage(q.text("language"))
	if language != asl.JSONPath && language != asl.JSONata {
		return nil, refuse("language: expected JSONPath or JSONata, got %q", language)
	}
	switch {
	case kind == "":
		return &Fields{Fields: assist.FieldsOfMachine(language)}, nil
	case !kind.Known():
		return nil, refuse("type: expected the type of a state, such as Task, got %q", kind)
	}
	return &Fields{Fields: assist.Fields(kind, language, q.text("resource"))}, nil
}
