package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/internal/spell"
	"github.com/aslocal/aslocal/value"
)

// This file has the breakpoints that people set in the terminal.

// A replPoint is a breakpoint.
type replPoint struct {
	number    int
	id        int64  // in the protocol
	file      string // "": it is at a name or at data
	reference int64  // of a text without a file
	line      int
	name      string // of a state, a glob, machine/State, a resource
	data      string // dataId
	shown     string
	condition string
	hits      string
	once      bool
	on        []string // commands to do when it is hit
}

// String is the breakpoint in a list.
func (p *replPoint) String() string {
	text := fmt.Sprintf("%d  %s", p.number, p.shown)
	if p.condition != "" {
		text += "  if " + p.condition
	}
	if p.hits != "" {
		text += "  hits " + p.hits
	}
	if p.once {
		text += "  once"
	}
	for _, command := range p.on {
		text += "  on: " + command
	}
	return text
}

// pointOf is the breakpoint that has an id in the protocol, nil if none has.
func (r *repl) pointOf(id int64) *replPoint {
	if i := slices.IndexFunc(r.points, func(p *replPoint) bool { return p.id == id }); i >= 0 {
		return r.points[i]
	}
	return nil
}

// numbered is the breakpoint of a number that somebody typed.
func (r *repl) numbered(text string) (*replPoint, error) {
	n, _ := strconv.Atoi(text)
	if i := slices.IndexFunc(r.points, func(p *replPoint) bool { return p.number == n }); i >= 0 {
		return r.points[i], nil
	}
	return nil, fmt.Errorf("there is no breakpoint %q; breakpoints lists them", text)
}

// breakAt sets a breakpoint: at a line, FILE:LINE, a state, a glob, a resource, and with
// "if" behind it on a condition.
func (r *repl) breakAt(once bool) func(context.Context, string) error {
	return func(_ context.Context, text string) error {
		where, condition, _ := strings.Cut(text, " if ")
		p := &replPoint{once: once, condition: strings.TrimSpace(condition)}
		if err := r.locate(p, strings.TrimSpace(where)); err != nil {
			return err
		}
		r.number++
		p.number = r.number
		r.points = append(r.points, p)
		if err := r.send(p); err != nil {
			r.remove(p)
			return err
		}
		fmt.Fprintln(r.w, r.clean("breakpoint "+p.String(), maxLogLine))
		return nil
	}
}

// locate finds out what a breakpoint is at.
func (r *repl) locate(p *replPoint, where string) error {
	file, line, ok := cutLast(where, ":")
	if !ok {
		file, line = "", where
	}
	n, err := strconv.Atoi(line)
	source := r.top().Get("source")
	switch {
	case where == "":
		n64, _ := r.top().Get("line").Int()
		if n64 == 0 {
			return errors.New("expected a line, a state or a resource")
		}
		p.file, p.line = source.Get("path").Text(), int(n64)
	case err == nil && file == "":
		p.file, p.line = source.Get("path").Text(), n
	case err == nil:
		if p.file, err = filepath.Abs(file); err != nil {
			return err
		}
		p.line = n
		return nil
	default:
		p.name, p.shown = where, where
		return r.checkName(where)
	}
	p.reference, _ = source.Get("sourceReference").Int()
	if p.file == "" && p.reference == 0 {
		return errors.New("nothing is stopped, so the line of which file? FILE:LINE names one")
	}
	return nil
}

// checkName reports a state that there is not, where that can be known.
func (r *repl) checkName(name string) error {
	if strings.ContainsAny(name, "*?[/:") || len(r.frames) == 0 {
		return nil
	}
	body, err := r.client.ask("completions", map[string]any{"text": ":goto ", "column": len(":goto ") + 1, "frameId": r.frameID()})
	if err != nil {
		return nil
	}
	var names []string
	for _, target := range body.Get("targets").Items() {
		names = append(names, target.Get("label").Text())
	}
	if len(names) == 0 || slices.Contains(names, name) {
		return nil
	}
	if near := spell.Suggest(name, names); near != "" {
		return fmt.Errorf("there is no state %s; did you mean %s?", name, near)
	}
	return fmt.Errorf("there is no state %s; there are %s", name, strings.Join(names, ", "))
}

// send tells the debugger all breakpoints of the kind that one has.
func (r *repl) send(p *replPoint) error {
	var group []*replPoint
	var all []map[string]any
	for _, other := range r.points {
		if (other.line > 0) != (p.line > 0) || other.file != p.file || other.reference != p.reference || (other.name == "") != (p.name == "") {
			continue
		}
		one := map[string]any{"condition": other.condition, "hitCondition": other.hits}
		switch {
		case other.line > 0:
			one["line"] = other.line
		case other.name != "":
			one["name"] = other.name
		default:
			one["dataId"] = other.data
		}
		group, all = append(group, other), append(all, one)
	}
	if all == nil {
		all = []map[string]any{}
	}
	command, arguments := "setFunctionBreakpoints", map[string]any{"breakpoints": all}
	switch {
	case p.line > 0:
		command = "setBreakpoints"
		arguments["source"] = map[string]any{"path": p.file, "sourceReference": p.reference}
	case p.name == "":
		command = "setDataBreakpoints"
	}
	body, err := r.client.ask(command, arguments)
	if err != nil {
		return err
	}
	for i, b := range body.Get("breakpoints").Items() {
		if i >= len(group) {
			break
		}
		one := group[i]
		one.id, _ = b.Get("id").Int()
		if one.line > 0 {
			line, _ := b.Get("line").Int()
			one.shown = fmt.Sprintf("%s:%d %s", filepath.Base(one.file), line, b.Get("message").Text())
		}
		if one == p && !b.Get("verified").Bool() {
			return errors.New(b.Get("message").Text())
		}
	}
	return nil
}

// remove takes a breakpoint away.
func (r *repl) remove(p *replPoint) {
	r.points = slices.DeleteFunc(r.points, func(other *replPoint) bool { return other == p })
	if err := r.send(p); err != nil {
		fmt.Fprintln(r.w, r.paint(red, r.clean(err.Error(), maxLogLine)))
	}
}

// moved notes what the debugger says of a breakpoint unasked.
func (r *repl) moved(b value.Value) {
	id, _ := b.Get("id").Int()
	if p := r.pointOf(id); p != nil && p.line > 0 {
		line, _ := b.Get("line").Int()
		p.shown = fmt.Sprintf("%s:%d %s", filepath.Base(p.file), line, b.Get("message").Text())
	}
}

// hit takes away breakpoints that are met once, and does what is to be done at others.
func (r *repl) hit(body value.Value) {
	for _, id := range body.Get("hitBreakpointIds").Slice() {
		n, _ := id.Int()
		p := r.pointOf(n)
		if p == nil {
			continue
		}
		if p.once {
			r.remove(p)
		}
		for _, command := range p.on {
			if err := r.do(context.Background(), command); err != nil {
				fmt.Fprintln(r.w, r.paint(red, r.clean(err.Error(), maxLogLine)))
			}
		}
	}
}

func (r *repl) listPoints(context.Context, string) error {
	for _, p := range r.points {
		fmt.Fprintln(r.w, r.clean(p.String(), maxLogLine))
	}
	if len(r.catches) > 0 {
		fmt.Fprintln(r.w, r.clean(strings.TrimSpace("errors: "+strings.Join(r.catches, " ")+" "+r.names), maxLogLine))
	}
	return nil
}

func (r *repl) clear(_ context.Context, text string) error {
	if text == "" {
		for len(r.points) > 0 {
			r.remove(r.points[0])
		}
		return nil
	}
	p, err := r.numbered(text)
	if err != nil {
		return err
	}
	r.remove(p)
	return nil
}

// condition changes when a breakpoint stops: an expression, or "hits N".
func (r *repl) condition(_ context.Context, text string) error {
	number, condition, _ := strings.Cut(text, " ")
	p, err := r.numbered(number)
	if err != nil {
		return err
	}
	before := *p
	condition = strings.TrimSpace(condition)
	if hits, ok := strings.CutPrefix(condition, "hits "); ok {
		p.hits = strings.TrimSpace(hits)
	} else {
		p.condition = condition
	}
	if err := r.send(p); err != nil {
		*p = before
		return errors.Join(err, r.send(p))
	}
	return nil
}

// on adds a command to what is done when a breakpoint is hit.
func (r *repl) on(_ context.Context, text string) error {
	number, command, _ := strings.Cut(text, " ")
	p, err := r.numbered(number)
	if err != nil {
		return err
	}
	command = strings.TrimSpace(command)
	word, _, _ := strings.Cut(command, " ")
	if c := commandOf(word); c == nil || c.goes {
		return errors.New("expected a command that only looks, as in on 1 print $total")
	}
	p.on = append(p.on, command)
	return nil
}

// catch says at which failures executions stop.
func (r *repl) catch(_ context.Context, text string) error {
	before, names := r.catches, r.names
	r.catches, r.names = nil, ""
	for _, word := range strings.Fields(text) {
		switch word {
		case "uncaught", "caught", "retried":
			r.catches = append(r.catches, word)
		case "none":
		default:
			r.names = strings.TrimLeft(r.names+","+word, ",")
		}
	}
	if len(r.catches) == 0 && text != "none" {
		r.catches, r.names = before, names
		return errors.New("expected uncaught, caught, retried or none, and names of errors if not all are meant")
	}
	return r.setCatches()
}

func (r *repl) setCatches() error {
	options := []map[string]any{}
	for _, filter := range r.catches {
		options = append(options, map[string]any{"filterId": filter, "condition": r.names})
	}
	_, err := r.client.ask("setExceptionBreakpoints", map[string]any{"filters": []string{}, "filterOptions": options})
	return err
}

// watch sets a breakpoint at data: a variable, or a pointer into the payload.
func (r *repl) watch(_ context.Context, text string) error {
	body, err := r.client.ask("dataBreakpointInfo", map[string]any{"name": text})
	if err != nil {
		return err
	}
	id := body.Get("dataId").Text()
	if id == "" {
		return errors.New("expected a variable ($total), or a part of the payload (/order/total)")
	}
	r.number++
	p := &replPoint{number: r.number, data: id, shown: body.Get("description").Text()}
	r.points = append(r.points, p)
	if err := r.send(p); err != nil {
		r.remove(p)
		return err
	}
	fmt.Fprintln(r.w, r.clean("breakpoint "+p.String(), maxLogLine))
	return nil
}
