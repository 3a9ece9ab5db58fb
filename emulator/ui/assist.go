package ui

import (
	"context"
	"strings"

	"github.com/aslocal/aslocal/asl/assist"
	"github.com/aslocal/aslocal/asl/edit"
	"github.com/aslocal/aslocal/value"
)

// This file answers what an editor asks about a place in a text: what can be written there,
// and what it means.

// place is a text with an offset in it, as package assist takes them.
func (u *UI) place(ctx context.Context, in *AtOffset) (doc edit.Document, offset int, know assist.Knowledge, counts units, err error) {
	if err = in.check(); err != nil {
		return
	}
	counts = unitsOf(in.Text.Text)
	doc = in.document()
	know, err = u.knowledge(ctx, in.Data)
	return doc, counts.bytes(in.Offset), know, counts, err
}

// complete lists what can be written at an offset.
func (u *UI) complete(ctx context.Context, in *AtOffset) (*Completions, error) {
	doc, offset, know, counts, err := u.place(ctx, in)
	if err != nil {
		return nil, err
	}
	out := &Completions{Items: []Completion{}}
	for _, item := range assist.Complete(doc, offset, know) {
		one := Completion{
			Label: item.Label, Kind: string(item.Kind), Detail: item.Detail, Docs: item.Docs, Filter: item.Filter, Insert: item.Insert,
			Start: counts.of(item.Start), End: counts.of(item.End), Stops: []Place{},
		}
		inside := unitsOf(item.Insert)
		for _, s := range item.Stops {
			one.Stops = append(one.Stops, Place{Start: inside.of(s.Start), End: inside.of(s.End)})
		}
		out.Items = append(out.Items, one)
	}
	return out, nil
}

// hover says what stands at an offset.
func (u *UI) hover(ctx context.Context, in *AtOffset) (*Hover, error) {
	doc, offset, know, counts, err := u.place(ctx, in)
	if err != nil {
		return nil, err
	}
	note, ok := assist.Hover(doc, offset, know)
	if !ok {
		return &Hover{Shown: []Shown{}}, nil
	}
	out := &Hover{Start: counts.of(note.Start), End: counts.of(note.End), Title: note.Title, Kind: string(note.Kind), Text: note.Docs, Shown: []Shown{}}
	for _, s := range note.Shown {
		out.Shown = append(out.Shown, Shown{Label: s.Label, Value: s.Value.String()})
	}
	return out, nil
}

// knowledge is what is known beyond a text: what can be called here, and data of a run.
func (u *UI) knowledge(ctx context.Context, data map[string]StateData) (assist.Knowledge, error) {
	c, err := u.callable(ctx)
	if err != nil {
		return assist.Knowledge{}, err
	}
	know := assist.Knowledge{Data: make(map[string]assist.Data, len(data))}
	for _, f := range c.Functions {
		know.Functions = append(know.Functions, assist.Resource{Name: f.Name, ARN: f.ARN})
	}
	for _, m := range c.Machines {
		know.Machines = append(know.Machines, assist.Resource{Name: m.Name, ARN: m.ARN})
	}
	for _, a := range c.Activities {
		know.Activities = append(know.Activities, assist.Resource{Name: a.Name, ARN: a.ARN})
	}
	for pointer, d := range data {
		know.Data[pointer] = assist.Data{
			Input: known(d.Input), Arguments: known(d.Arguments), Result: known(d.Result), ErrorOutput: known(d.ErrorOutput), Output: known(d.Output),
			Variables: known(d.Variables), Context: known(d.Context),
		}
	}
	return know, nil
}

// known is the value of a JSON text; none if it has none.
func known(text string) value.Value {
	if strings.TrimSpace(text) == "" {
		return value.Value{}
	}
	v, err := value.Parse(text)
	if err != nil {
		return value.Value{}
	}
	return v
}
