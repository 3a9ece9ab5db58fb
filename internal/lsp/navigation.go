package lsp

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"unicode/utf8"

	"github.com/aslocal/aslocal/asl/assist"
	"github.com/aslocal/aslocal/asl/edit"
)

// This file leads from a name to its definition and its other places, and changes it
// there.

// place returns the document of a request, with its definition and the offset; ok is
// false if the offset is in none.
func (s *server) place(p *positionParams) (d *document, doc edit.Document, offset int, ok bool, err error) {
	if d, err = s.document(p.TextDocument); err != nil {
		return nil, doc, 0, false, err
	}
	offset = d.offset(p.Position)
	m, ok := d.at(offset)
	return d, d.edited(m), offset, ok, nil
}

func (s *server) definition(_ context.Context, p *positionParams) (any, error) {
	d, doc, offset, ok, err := s.place(p)
	if err != nil || !ok {
		return nil, err
	}
	return d.locations(assist.Definition(doc, offset)), nil
}

func (s *server) references(_ context.Context, p *referenceParams) (any, error) {
	d, doc, offset, ok, err := s.place(&p.positionParams)
	if err != nil || !ok {
		return nil, err
	}
	var found []assist.Location
	for _, l := range assist.References(doc, offset) {
		if p.Context.Declaration || !l.Defines {
			found = append(found, l)
		}
	}
	return d.locations(found), nil
}

func (d *document) locations(found []assist.Location) []location {
	locations := []location{}
	for _, l := range found {
		locations = append(locations, location{d.uri, d.span(l.Start, l.End)})
	}
	return locations
}

func (s *server) highlights(_ context.Context, p *positionParams) (any, error) {
	d, doc, offset, ok, err := s.place(p)
	if err != nil || !ok {
		return nil, err
	}
	found := []highlight{}
	for _, l := range assist.References(doc, offset) {
		kind := 2
		if l.Defines {
			kind = 3
		}
		found = append(found, highlight{d.span(l.Start, l.End), kind})
	}
	return found, nil
}

func (s *server) prepareRename(_ context.Context, p *positionParams) (any, error) {
	d, doc, offset, ok, err := s.place(p)
	if err != nil || !ok {
		return nil, err
	}
	subject, ok := assist.SubjectAt(doc, offset)
	if !ok || subject.Kind == assist.StateItem && subject.Pointer == "" {
		return nil, nil
	}
	return preparedRename{d.span(subject.Start, subject.End), subject.Name}, nil
}

// variableName is what a variable may be called.
var variableName = regexp.MustCompile(`^\pL[\pL\pN_]*$`)

const maxVariableName = 80 // characters

func (s *server) rename(_ context.Context, p *renameParams) (any, error) {
	d, doc, offset, ok, err := s.place(&p.positionParams)
	if err != nil {
		return nil, err
	}
	subject, found := assist.SubjectAt(doc, offset)
	switch {
	case !ok || !found:
		return nil, &responseError{requestFailed, "no state and no variable is named here"}
	case subject.Kind == assist.StateItem && subject.Pointer == "":
		return nil, &responseError{requestFailed, fmt.Sprintf("no state is called %q", subject.Name)}
	case subject.Kind == assist.StateItem:
		return s.renameState(d, doc, subject, p.Name)
	case !variableName.MatchString(p.Name) || p.Name == "states" || utf8.RuneCountInString(p.Name) > maxVariableName:
		return nil, &responseError{requestFailed, fmt.Sprintf("%q: the name of a variable is a letter, followed by letters, digits and underscores, at most %d, and not states", p.Name, maxVariableName)}
	}
	var edits []textEdit
	for _, l := range assist.References(doc, offset) {
		edits = append(edits, textEdit{d.span(l.Start, l.End), p.Name})
	}
	return workspaceEdit{map[string][]textEdit{d.uri: edits}}, nil
}

// renameState renames a state, with every transition to it.
func (s *server) renameState(d *document, doc edit.Document, subject assist.Subject, name string) (any, error) {
	pointer, err := json.Marshal(subject.Pointer)
	if err != nil {
		return nil, err
	}
	result, err := edit.Apply(doc, edit.Edit{Op: edit.Rename, State: pointer, Name: name})
	if err != nil {
		return nil, &responseError{requestFailed, err.Error()}
	}
	for _, note := range result.Notes {
		s.log("aslocal lsp: " + note.Pointer + ": " + note.Message)
	}
	return workspaceEdit{map[string][]textEdit{d.uri: d.edits(result.Changes)}}, nil
}

// edits returns changes of the text as edits.
func (d *document) edits(changes []edit.Change) []textEdit {
	edits := []textEdit{}
	for _, c := range changes {
		edits = append(edits, textEdit{d.span(c.Start, c.End), c.Text})
	}
	return edits
}
