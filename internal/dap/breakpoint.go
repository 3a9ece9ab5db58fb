package dap

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/go-dap"

	"github.com/aslocal/aslocal/emulator/debug"
)

// This file translates breakpoints of the protocol into those of the debugger.

// points are the breakpoints of the client.
type points struct {
	groups map[string][]*point // "line PATH", "function", "data", "exception"
	given  map[string]*dap.SetBreakpointsArguments
	last   int
	ids    map[int]int // of points, by the id that the debugger gives
}

// A point is a breakpoint as the client sees it. It may be several of the debugger: one
// file may be the definition of several state machines.
type point struct {
	shown dap.Breakpoint
	made  []debug.Breakpoint
}

// maxPoints is how many breakpoints a client may have.
const maxPoints = 5000

// set replaces a group and gives all breakpoints to the debugger.
func (s *Session) set(group string, points []*point) ([]dap.Breakpoint, error) {
	if len(points) > maxPoints {
		return nil, fmt.Errorf("expected at most %d breakpoints, got %d", maxPoints, len(points))
	}
	p := &s.points
	if p.groups == nil {
		p.groups, p.given = make(map[string][]*point), make(map[string]*dap.SetBreakpointsArguments)
	}
	for i, one := range points {
		if old := p.groups[group]; one.shown.Id == 0 && i < len(old) && slices.EqualFunc(old[i].made, one.made, same) {
			one.shown.Id = old[i].shown.Id
		}
		if one.shown.Id == 0 {
			p.last++
			one.shown.Id = p.last
		}
	}
	if p.groups[group] = points; len(points) == 0 {
		delete(p.groups, group)
	}
	s.apply()
	shown := make([]dap.Breakpoint, len(points))
	for i, one := range points {
		shown[i] = one.shown
	}
	return shown, nil
}

// same reports whether two breakpoints look at the same.
func same(a, b debug.Breakpoint) bool {
	return a.Kind == b.Kind && a.Machine == b.Machine && a.State == b.State && a.Field == b.Field && a.Resource == b.Resource && a.Variable == b.Variable && a.Pointer == b.Pointer
}

// apply gives all breakpoints to the debugger, and notes what that says of them.
func (s *Session) apply() {
	if s.launch.NoDebug {
		return
	}
	var all []debug.Breakpoint
	var of []*point
	for _, group := range slices.Sorted(maps.Keys(s.points.groups)) {
		for _, one := range s.points.groups[group] {
			for _, b := range one.made {
				all, of = append(all, b), append(of, one)
			}
		}
	}
	s.points.ids = make(map[int]int)
	for i, b := range s.face.SetBreakpoints(all) {
		one := of[i]
		s.points.ids[b.ID] = one.shown.Id
		one.shown.Verified = b.Problem == ""
		if b.Problem != "" {
			one.shown.Message = b.Problem
		}
	}
}

// setBreakpoints sets those of one source.
func (s *Session) setBreakpoints(_ context.Context, in *dap.SetBreakpointsArguments) (any, error) {
	group := lineGroup(&in.Source)
	shown, err := s.set(group, s.linePoints(in))
	if err != nil {
		return nil, err
	}
	if s.points.given[group] = in; len(shown) == 0 {
		delete(s.points.given, group)
	}
	return &dap.SetBreakpointsResponseBody{Breakpoints: shown}, nil
}

func lineGroup(source *dap.Source) string {
	return fmt.Sprintf("line %d %s", source.SourceReference, source.Path)
}

// linePoints finds the states of lines.
func (s *Session) linePoints(in *dap.SetBreakpointsArguments) []*point {
	sources := s.sourcesOf(&in.Source)
	points := make([]*point, len(in.Breakpoints))
	for i, b := range in.Breakpoints {
		one := &point{shown: dap.Breakpoint{Line: b.Line, Source: &in.Source, Message: "no state machine that is known here stands in this file"}}
		if len(sources) > 0 {
			one.shown.Message = "no state stands here"
		}
		spots := make([]spot, 0, 1)
		best := 0 // the innermost state, if several definitions stand around the line
		for _, source := range sources {
			at, ok := source.at(s.lineIn(b.Line))
			if !ok {
				continue
			}
			if distance := s.lineIn(b.Line) - at.first; len(spots) > 0 && distance != best {
				if best >= 0 && (distance < 0 || distance > best) || best < 0 && distance < best {
					continue
				}
				spots, one.made = nil, nil
			}
			best = s.lineIn(b.Line) - at.first
			spots = append(spots, at)
			one.made = append(one.made, debug.Breakpoint{
				Kind: debug.AtState, Machine: source.machine, State: at.pointer, Field: at.field, Condition: b.Condition, Hit: b.HitCondition, Log: b.LogMessage,
			})
		}
		if len(spots) > 0 {
			one.shown.Line, one.shown.Column, one.shown.Message = s.lineOut(spots[0].line), s.columnOut(spots[0].column), cmp.Or(spots[0].field, spots[0].state)
			if spots[0].field != "" {
				one.shown.Message = spots[0].state + ": " + spots[0].field
			}
		}
		points[i] = one
	}
	return points
}

// sourcesChanged finds the states of lines again, and tells the client what has moved.
func (s *Session) sourcesChanged() {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.survive("finding breakpoints again")
	if s.face == nil {
		return
	}
	clear(s.sources)
	for group, in := range s.points.given {
		points := s.linePoints(in)
		for i, one := range points {
			one.shown.Id = s.points.groups[group][i].shown.Id
		}
		if _, err := s.set(group, points); err != nil {
			continue
		}
		for _, one := range points {
			s.event("breakpoint", &dap.BreakpointEventBody{Reason: "changed", Breakpoint: one.shown})
		}
	}
}

// setFunctionBreakpoints sets breakpoints at names: "Charge*", "order/Charge",
// "lambda:charge-card".
func (s *Session) setFunctionBreakpoints(_ context.Context, in *dap.SetFunctionBreakpointsArguments) (any, error) {
	points := make([]*point, len(in.Breakpoints))
	for i, f := range in.Breakpoints {
		b := functionBreakpoint(f.Name)
		b.Condition, b.Hit = f.Condition, f.HitCondition
		points[i] = &point{made: []debug.Breakpoint{b}}
	}
	shown, err := s.set("function", points)
	return &dap.SetFunctionBreakpointsResponseBody{Breakpoints: shown}, err
}

func functionBreakpoint(name string) debug.Breakpoint {
	name = strings.TrimSpace(name)
	if i := strings.IndexByte(name, ':'); i > 0 && !strings.ContainsAny(name[:i], " /") {
		return debug.Breakpoint{Kind: debug.AtResource, Resource: name}
	}
	b := debug.Breakpoint{Kind: debug.AtState, State: name}
	if machine, state, ok := strings.Cut(name, "/"); ok && machine != "" {
		b.Machine, b.State = machine, state
	}
	return b
}

// exceptionFilters are the classes of failures that executions can stop at.
func exceptionFilters() []dap.ExceptionBreakpointsFilter {
	return []dap.ExceptionBreakpointsFilter{
		{Filter: "uncaught", Label: "Uncaught errors", Description: "A state fails, and nothing takes the error", Default: true, SupportsCondition: true, ConditionDescription: errorNames},
		{Filter: "caught", Label: "Caught errors", Description: "A state fails, and a Catch takes the error", SupportsCondition: true, ConditionDescription: errorNames},
		{Filter: "retried", Label: "Retried errors", Description: "A state fails, and is tried again", SupportsCondition: true, ConditionDescription: errorNames},
	}
}

const errorNames = "Names of errors, which may be globs: States.TaskFailed, Payment*"

func (s *Session) setExceptionBreakpoints(_ context.Context, in *dap.SetExceptionBreakpointsArguments) (any, error) {
	var points []*point
	add := func(filter, condition string) {
		b := debug.Breakpoint{Kind: debug.AtFailure, Uncaught: filter == "uncaught", Caught: filter == "caught", Retried: filter == "retried"}
		for name := range strings.SplitSeq(condition, ",") {
			if name = strings.TrimSpace(name); name != "" {
				b.Errors = append(b.Errors, name)
			}
		}
		points = append(points, &point{made: []debug.Breakpoint{b}})
	}
	for _, filter := range in.Filters {
		add(filter, "")
	}
	for _, option := range in.FilterOptions {
		add(option.FilterId, option.Condition)
	}
	shown, err := s.set("exception", points)
	return &dap.SetExceptionBreakpointsResponseBody{Breakpoints: shown}, err
}

// dataBreakpointInfo tells what a variable of the view is for the debugger: a variable of
// the state machine, or a part of the payload.
func (s *Session) dataBreakpointInfo(_ context.Context, in *dap.DataBreakpointInfoArguments) (any, error) {
	id, description := "", ""
	switch n, ok := s.nodes.of(in.VariablesReference); {
	case in.VariablesReference > 0 && !ok:
		return nil, errNoVariable
	case ok && n.part == partVariables:
		name := in.Name
		if len(n.path) > 0 {
			name = n.path[0]
		}
		id, description = "variable "+name, "$"+name+" is assigned"
	case ok && n.part == partInput:
		pointer := pointerTo(append(slices.Clone(n.path), in.Name))
		id, description = "payload "+pointer, pointer+" of the payload changes"
	case ok:
	case strings.HasPrefix(in.Name, "/"):
		id, description = "payload "+in.Name, in.Name+" of the payload changes"
	case strings.HasPrefix(in.Name, "$."):
		pointer := "/" + strings.ReplaceAll(in.Name[2:], ".", "/")
		id, description = "payload "+pointer, pointer+" of the payload changes"
	case strings.HasPrefix(in.Name, "$") && len(in.Name) > 1:
		id, description = "variable "+in.Name[1:], in.Name+" is assigned"
	}
	body := &dataInfo{Description: cmp.Or(description, "only variables and the input can be watched")}
	if id != "" {
		body.DataID, body.AccessTypes = &id, []dap.DataBreakpointAccessType{"write"}
	}
	return body, nil
}

// dataInfo is the body of the answer; go-dap's cannot say null as the protocol wants it.
type dataInfo struct {
	DataID      *string                        `json:"dataId"`
	Description string                         `json:"description"`
	AccessTypes []dap.DataBreakpointAccessType `json:"accessTypes,omitempty"`
	CanPersist  bool                           `json:"canPersist,omitempty"`
}

func (s *Session) setDataBreakpoints(_ context.Context, in *dap.SetDataBreakpointsArguments) (any, error) {
	points := make([]*point, len(in.Breakpoints))
	for i, d := range in.Breakpoints {
		b := debug.Breakpoint{Condition: d.Condition, Hit: d.HitCondition}
		points[i] = &point{}
		switch kind, rest, _ := strings.Cut(d.DataId, " "); kind {
		case "variable":
			b.Kind, b.Variable = debug.AtVariable, rest
		case "payload":
			b.Kind, b.Pointer = debug.AtPayload, rest
		default:
			points[i].shown.Message = fmt.Sprintf("%q names no data", d.DataId)
			continue
		}
		points[i].made = []debug.Breakpoint{b}
	}
	shown, err := s.set("data", points)
	return &dap.SetDataBreakpointsResponseBody{Breakpoints: shown}, err
}
