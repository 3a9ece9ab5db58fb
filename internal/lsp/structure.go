package lsp

import (
	"context"
	"path/filepath"

	"github.com/aslocal/aslocal/asl/assist"
	"github.com/aslocal/aslocal/asl/edit"
)

// This file has what a document consists of, its format, and what can be done with it.

// symbolKinds are the protocol's kinds of symbols, by the type of the state.
var symbolKinds = map[string]int{
	"Task": 12, "Pass": 14, "Choice": 10, "Wait": 24, "Succeed": 17, "Fail": 24, "Parallel": 3, "Map": 18,
	"": 3, // a branch
}

func (s *server) symbols(_ context.Context, p *documentParams) (any, error) {
	d, err := s.document(p.TextDocument)
	if err != nil {
		return nil, err
	}
	found := []documentSymbol{}
	for _, m := range d.definitions() {
		inner := d.symbols(assist.Symbols(d.edited(m)))
		if m.Name == "" {
			found = append(found, inner...)
			continue
		}
		whole := d.span(m.Start, m.End)
		found = append(found, documentSymbol{Name: m.Name, Detail: "state machine", Kind: 5, Range: whole, Selection: span{whole.Start, whole.Start}, Children: inner})
	}
	return found, nil
}

func (d *document) symbols(states []assist.Symbol) []documentSymbol {
	var found []documentSymbol
	for _, s := range states {
		kind := symbolKinds[s.Type]
		if kind == 0 {
			kind = 13
		}
		detail := s.Type
		if s.Detail != "" {
			detail += " " + s.Detail
		}
		name := s.Name
		if name == "" {
			name = "(no name)" // the protocol wants one
		}
		found = append(found, documentSymbol{
			Name: name, Detail: detail, Kind: kind, Range: d.span(s.Start, s.End), Selection: d.span(s.NameStart, s.NameEnd), Children: d.symbols(s.Children),
		})
	}
	return found
}

func (s *server) folds(_ context.Context, p *documentParams) (any, error) {
	d, err := s.document(p.TextDocument)
	if err != nil {
		return nil, err
	}
	found := []foldingRange{}
	var add func(symbols []assist.Symbol)
	add = func(symbols []assist.Symbol) {
		for _, symbol := range symbols {
			first, last := d.position(symbol.Start).Line, d.position(symbol.End).Line
			if first < last {
				found = append(found, foldingRange{first, last})
			}
			add(symbol.Children)
		}
	}
	for _, m := range d.definitions() {
		add(assist.Symbols(d.edited(m)))
	}
	return found, nil
}

func (s *server) format(_ context.Context, p *documentParams) (any, error) {
	d, err := s.document(p.TextDocument)
	if err != nil {
		return nil, err
	}
	var edits []textEdit
	for _, m := range d.definitions() {
		result, err := edit.Apply(d.edited(m), edit.Edit{Op: edit.Reformat})
		if err != nil {
			return nil, &responseError{requestFailed, err.Error()}
		}
		edits = append(edits, d.edits(result.Changes)...)
	}
	return edits, nil
}

// actions returns the fixes of what is wrong in a range.
func (s *server) actions(_ context.Context, p *actionParams) (any, error) {
	d, err := s.document(p.TextDocument)
	if err != nil {
		return nil, err
	}
	start, end := d.offset(p.Range.Start), d.offset(p.Range.End)
	found := []codeAction{}
	if d.changed {
		return found, nil // the problems are of an older text
	}
	for _, one := range d.problems {
		if one.end < start || one.start > end {
			continue
		}
		if change, word, ok := d.fix(one); ok {
			found = append(found, codeAction{
				Title: "Change to " + word, Kind: "quickfix", Diagnostics: []diagnostic{one.diagnostic}, Preferred: true,
				Edit: workspaceEdit{map[string][]textEdit{d.uri: {change}}},
			})
		}
	}
	return found, nil
}

// lensTitles are the commands of code lenses.
var lensTitles = []struct{ title, name string }{{"Run", "run"}, {"Debug", "debug"}, {"Test", "test"}}

// lenses returns what can be done with each state machine of a file.
func (s *server) lenses(_ context.Context, p *documentParams) (any, error) {
	d, err := s.document(p.TextDocument)
	if err != nil {
		return nil, err
	}
	found := []codeLens{}
	if d.folder == "" {
		return found, nil
	}
	for _, m := range d.definitions() {
		start := d.position(m.Start)
		for _, c := range lensTitles {
			if s.offers(c.name) {
				found = append(found, codeLens{span{start, start}, command{c.title, "aslocal." + c.name, []lensArgument{s.lens(d, m, c.name)}}})
			}
		}
	}
	return found, nil
}

func (s *server) offers(name string) bool {
	for _, command := range s.options.Commands {
		if command == name {
			return true
		}
	}
	return false
}

// lens returns the command line: run and debug take the file and the name of the state machine
// in it, test the folder, whose tests stand beside the file.
func (s *server) lens(d *document, m assist.Machine, name string) lensArgument {
	target := d.file
	switch {
	case name == "test":
		target = filepath.Dir(d.file)
	case m.Name != "":
		target += "#" + m.Name
	}
	program := s.options.Program
	if program == "" {
		program = "aslocal"
	}
	return lensArgument{Argv: []string{program, name, target}, URI: d.uri, Pointer: m.Pointer, Machine: m.Name}
}
