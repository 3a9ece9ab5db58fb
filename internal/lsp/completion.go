package lsp

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/asl/assist"
	"github.com/aslocal/aslocal/internal/template"
)

// This file has completions and hovers.

// itemKinds are the protocol's kinds of completions.
var itemKinds = map[assist.Kind]int{
	assist.FieldItem:     10, // property
	assist.ParameterItem: 5,  // field
	assist.ValueItem:     20, // member of an enumeration
	assist.StateItem:     18, // reference
	assist.ResourceItem:  9,  // module
	assist.ErrorItem:     23, // event
	assist.VariableItem:  6,
	assist.FunctionItem:  3,
	assist.MemberItem:    5,
	assist.SnippetItem:   15,
}

func (s *server) completion(ctx context.Context, p *positionParams) (any, error) {
	d, err := s.document(p.TextDocument)
	if err != nil {
		return nil, err
	}
	offset := d.offset(p.Position)
	m, ok := d.at(offset)
	if !ok {
		return nil, nil
	}
	know, asked := d.known[m.Pointer]
	if !asked {
		know = s.ask(ctx, d, m)
	}
	list := completionList{Items: []completionItem{}}
	for i, item := range assist.Complete(d.edited(m), offset, know) {
		list.Items = append(list.Items, s.item(d, i, item))
		if item.Kind == assist.ResourceItem {
			list.Incomplete = true // which there are depends on what has been typed
		}
	}
	return list, nil
}

func (s *server) item(d *document, i int, item assist.Item) completionItem {
	made := completionItem{
		Label: item.Label, Kind: itemKinds[item.Kind], Detail: item.Detail, Documentation: item.Docs,
		Sort: fmt.Sprintf("%05d", i), Filter: item.Filter, Format: 1, InsertTextMode: 1,
		Edit: textEdit{d.span(item.Start, item.End), item.Insert},
	}
	if s.snippets && len(item.Stops) > 0 {
		made.Format = 2
		made.Edit.NewText = snippet(item)
	}
	if !s.asIs { // lines are inserted with the indentation of the first
		made.InsertTextMode = 2
		line := d.text[d.lines[made.Edit.Range.Start.Line]:]
		indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
		made.Edit.NewText = strings.ReplaceAll(made.Edit.NewText, "\n"+indent, "\n")
	}
	return made
}

// snippet returns what an item inserts with its stops as the protocol has them. Stops
// with the same word are one.
func snippet(item assist.Item) string {
	var b strings.Builder
	numbers := make(map[string]int)
	next, from := 1, 0
	for _, stop := range item.Stops {
		word := item.Insert[stop.Start:stop.End]
		n := numbers[word]
		if n == 0 || word == "" {
			n = next
			numbers[word] = n
			next++
		}
		b.WriteString(escaped(item.Insert[from:stop.Start]))
		b.WriteString("${" + strconv.Itoa(n) + ":" + escaped(word) + "}")
		from = stop.End
	}
	b.WriteString(escaped(item.Insert[from:]))
	return b.String() + "$0"
}

var escaped = strings.NewReplacer(`\`, `\\`, "$", `\$`, "}", `\}`).Replace

// ask asks what is known about a state machine, and keeps it for completions, of which
// there are many.
func (s *server) ask(ctx context.Context, d *document, m assist.Machine) assist.Knowledge {
	var know assist.Knowledge
	if s.options.Knowledge != nil && d.folder != "" {
		for _, read := range template.Read(d.file, []byte(d.text), template.Options{Folder: d.folder}).Machines {
			if read.Name == m.Name {
				know = s.options.Knowledge(ctx, d.file, read.LocalName, read.Definition)
			}
		}
	}
	if d.known == nil {
		d.known = make(map[string]assist.Knowledge)
	}
	d.known[m.Pointer] = know
	return know
}

func (s *server) hover(ctx context.Context, p *positionParams) (any, error) {
	d, err := s.document(p.TextDocument)
	if err != nil {
		return nil, err
	}
	offset := d.offset(p.Position)
	m, ok := d.at(offset)
	if !ok {
		return nil, nil
	}
	note, ok := assist.Hover(d.edited(m), offset, s.ask(ctx, d, m))
	if !ok {
		return nil, nil
	}
	return hover{Contents: markup{"markdown", markdown(note)}, Range: d.span(note.Start, note.End)}, nil
}

// maxShown is how many bytes of a value a hover shows.
const maxShown = 2000

// markdown returns a note as Markdown. Texts and values cannot end their part of it.
func markdown(note assist.Note) string {
	var b strings.Builder
	b.WriteString("**" + plain(note.Title) + "**\n\n" + plain(note.Docs) + "\n")
	for _, shown := range note.Shown {
		text := shown.Value.String()
		if len(text) > maxShown {
			text = strings.ToValidUTF8(text[:maxShown], "") + "…"
		}
		fence := "```"
		for strings.Contains(text, fence) {
			fence += "`"
		}
		b.WriteString("\n" + shown.Label + ":\n\n" + fence + "json\n" + text + "\n" + fence + "\n")
	}
	return b.String()
}

// plain returns a text in which nothing is Markdown.
var plain = strings.NewReplacer(`\`, `\\`, "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`, "]", `\]`, "<", `\<`, "#", `\#`, "|", `\|`, "!", `\!`).Replace
