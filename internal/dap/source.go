package dap

import (
	"bytes"
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/google/go-dap"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/internal/template"
)

// This file has the texts that state machines stand in, and the way from a line to a
// state and back.

// A File is a state machine that stands in a file.
type File struct {
	Name    string // of the state machine, as in its ARN
	Machine *template.Machine
}

// Sources are the state machines of files. They are safe for concurrent use.
type Sources struct {
	mu      sync.Mutex
	sources []*source
	changed map[int]func()
	last    int
}

// NewSources returns the sources of files.
func NewSources(files ...File) *Sources {
	s := &Sources{changed: make(map[int]func())}
	s.Set(files)
	return s
}

// Set replaces the files, and tells the sessions that look at them.
func (s *Sources) Set(files []File) {
	sources := make([]*source, 0, len(files))
	for _, f := range files {
		path, err := filepath.Abs(f.Machine.File)
		if err != nil || f.Machine.Definition == nil {
			continue
		}
		sources = append(sources, newSource(f.Name, path, f.Machine.Definition, f.Machine.Place))
	}
	s.mu.Lock()
	s.sources = sources
	var tell []func()
	for _, f := range s.changed {
		tell = append(tell, f)
	}
	s.mu.Unlock()
	for _, f := range tell {
		f()
	}
}

// all returns the sources.
func (s *Sources) all() []*source {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sources
}

// watch calls f when the files have changed, until stop is called.
func (s *Sources) watch(f func()) (stop func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	id := s.last
	s.changed[id] = f
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.changed, id)
	}
}

// of returns the sources in a file.
func (s *Sources) of(path string) (found []*source) {
	path = filepath.Clean(path)
	info, err := os.Stat(path)
	for _, one := range s.all() {
		same := one.path == path
		if !same && err == nil {
			other, err := os.Stat(one.path)
			same = err == nil && os.SameFile(info, other)
		}
		if same {
			found = append(found, one)
		}
	}
	return found
}

// A source is a state machine in a text.
type source struct {
	machine    string // name
	path       string // of the file; "": there is none
	reference  int    // of a text without a file, else 0
	text       string // of a text without a file
	definition *asl.Definition
	place      func(asl.Range) asl.Range // from the definition's text to that of the file
	spots      []spot                    // outer ones before inner ones
	pointers   map[string]string         // of states, by name
}

// A spot is a part of a text at which executions can stop: a state, or a field of one.
type spot struct {
	pointer     string // of the state
	field       string // "" for the state itself
	state       string
	line        int // that is shown for it
	column      int
	first, last int // lines
}

// fieldNames are the fields at which a state stops, beside rules, Retriers and Catchers.
var fieldNames = []string{
	"InputPath", "Parameters", "Arguments", "ItemsPath", "ItemSelector", "ItemBatcher", "ResultSelector", "ResultPath", "Assign", "Output", "OutputPath", "Default",
}

func newSource(machine, path string, d *asl.Definition, place func(asl.Range) asl.Range) *source {
	s := &source{machine: machine, path: path, definition: d, place: place, pointers: make(map[string]string)}
	d.AllStates(func(_ *asl.Workflow, st *asl.State) {
		s.pointers[st.Name] = st.Pointer
		s.add(st.Name, st.Pointer, "")
		for _, field := range fieldNames {
			if position.ValueAt(d.Root, st.Pointer+"/"+field).Text() != "$" { // which is as if it were not written
				s.add(st.Name, st.Pointer, field)
			}
		}
		for _, list := range []string{"Choices", "Retry", "Catch"} {
			for i := 0; s.add(st.Name, st.Pointer, list+"/"+strconv.Itoa(i)); i++ {
			}
		}
	})
	return s
}

// add adds a spot, if the definition has it; false if it has not.
func (s *source) add(state, pointer, field string) bool {
	at := pointer
	if field != "" {
		at += "/" + field
	}
	key, value, ok := s.definition.Place(at)
	if !ok {
		return false
	}
	key, value = s.place(key), s.place(value)
	begin := key
	if !begin.Known() {
		begin = value
	}
	if begin.Known() {
		one := spot{pointer: pointer, field: field, state: state, line: begin.Start.Line, column: begin.Start.Column, first: begin.Start.Line, last: begin.Start.Line}
		if value.Known() {
			one.last = max(one.last, value.End.Line)
			if value.End.Column == 1 && value.End.Line > one.first { // a block of YAML ends where the next line begins
				one.last = max(one.first, value.End.Line-1)
			}
		}
		if one.field == "OutputPath" {
			one.field = "Output"
		}
		s.spots = append(s.spots, one)
	}
	return true
}

// at returns the spot that a line belongs to: the innermost state around it, or a field of
// that which does not begin in the line of the state; a line outside of all states belongs
// to the next one below.
func (s *source) at(line int) (spot, bool) {
	var state, field, below *spot
	for i := range s.spots {
		one := &s.spots[i]
		inside := one.first <= line && line <= one.last
		switch {
		case one.field == "" && inside && (state == nil || one.first >= state.first):
			state, field = one, nil
		case one.field == "" && one.first > line && (below == nil || one.first < below.first):
			below = one
		case one.field != "" && inside && state != nil && one.pointer == state.pointer && one.first > state.first && (field == nil || one.first >= field.first):
			field = one
		}
	}
	switch {
	case field != nil:
		return *field, true
	case state != nil:
		return *state, true
	case below != nil:
		return *below, true
	}
	return spot{}, false
}

// lineOf returns where a JSON pointer of the definition stands; where there is nothing, the
// node around it counts.
func (s *source) lineOf(pointer string) (line, column int) {
	for {
		key, value, ok := s.definition.Place(pointer)
		if !ok && strings.HasSuffix(pointer, "/Output") {
			key, value, ok = s.definition.Place(pointer + "Path")
		}
		if ok {
			where := s.place(key)
			if !where.Known() {
				where = s.place(value)
			}
			if where.Known() {
				return where.Start.Line, where.Start.Column
			}
		}
		i := strings.LastIndexByte(pointer, '/')
		if i < 0 {
			return 1, 1
		}
		pointer = pointer[:i]
	}
}

// shown is the source as the protocol has it.
func (s *source) shown() *dap.Source {
	if s.path != "" {
		return &dap.Source{Name: filepath.Base(s.path), Path: s.path}
	}
	return &dap.Source{Name: s.machine + ".asl.json", SourceReference: s.reference, PresentationHint: "normal", Origin: "as the state machine was created"}
}

// machineOf is the name of the state machine that an execution is of: a child of a Map
// Run has that of the whole.
func machineOf(name string) string {
	name, _, _ = strings.Cut(name, "/")
	return name
}

// sourceOf returns the text that an execution's definition stands in: the file, if it has
// not changed since, else the definition itself.
func (s *Session) sourceOf(arn string) (*source, error) {
	if known, ok := s.sources[arn]; ok {
		return known, nil
	}
	text, err := s.target.Emulator.DefinitionOf(arn)
	if err != nil {
		return nil, err
	}
	start, _, err := s.target.Emulator.Debugger().Started(arn)
	if err != nil {
		return nil, err
	}
	machine := machineOf(start.Machine)
	for _, one := range s.target.Sources.all() {
		if one.machine == machine && one.definition.JSON() == text {
			s.sources[arn] = one
			return one, nil
		}
	}
	one := s.virtual(machine, text)
	s.sources[arn] = one
	return one, nil
}

// virtual returns the text of a definition that stands in no file.
func (s *Session) virtual(machine, text string) *source {
	for _, one := range s.texts {
		if one.machine == machine && one.text == text {
			return one
		}
	}
	var pretty bytes.Buffer
	if json.Indent(&pretty, []byte(text), "", "  ") != nil {
		pretty.Reset()
		pretty.WriteString(text)
	}
	d, _ := asl.Parse(pretty.String()) // it was checked when it was created
	one := newSource(machine, "", d, func(r asl.Range) asl.Range { return r })
	one.text, one.reference = text, len(s.texts)+1
	s.texts = append(s.texts, one)
	return one
}

// content is the text behind a reference.
func (s *source) content() string { return s.definition.Text }

// sourcesOf returns what stands in a source of the protocol.
func (s *Session) sourcesOf(given *dap.Source) []*source {
	if given.SourceReference > 0 {
		if i := given.SourceReference - 1; i < len(s.texts) {
			return s.texts[i : i+1]
		}
		return nil
	}
	if given.Path == "" || s.target == nil {
		return nil
	}
	return s.target.Sources.of(strings.TrimPrefix(given.Path, "file://"))
}

// loadedSources answers the request of that name.
func (s *Session) loadedSources() *dap.LoadedSourcesResponseBody {
	body := &dap.LoadedSourcesResponseBody{Sources: []dap.Source{}}
	all := slices.Clone(s.texts)
	if s.target != nil {
		all = append(slices.Clone(s.target.Sources.all()), all...)
	}
	for _, one := range all {
		shown := *one.shown()
		if !slices.ContainsFunc(body.Sources, func(o dap.Source) bool {
			return o.Path == shown.Path && o.SourceReference == shown.SourceReference
		}) {
			body.Sources = append(body.Sources, shown)
		}
	}
	return body
}

// breakpointLocations answers the request of that name: where lines begin at which
// executions can stop.
func (s *Session) breakpointLocations(in *dap.BreakpointLocationsArguments) *dap.BreakpointLocationsResponseBody {
	body := &dap.BreakpointLocationsResponseBody{Breakpoints: []dap.BreakpointLocation{}}
	first := s.lineIn(in.Line)
	last := max(first, s.lineIn(cmp.Or(in.EndLine, in.Line)))
	seen := make(map[int]bool)
	for _, one := range s.sourcesOf(&in.Source) {
		for _, spot := range one.spots {
			if at, ok := one.at(spot.line); spot.line >= first && spot.line <= last && ok && at.line == spot.line && !seen[spot.line] {
				seen[spot.line] = true
				body.Breakpoints = append(body.Breakpoints, dap.BreakpointLocation{Line: s.lineOut(spot.line), Column: s.columnOut(at.column)})
			}
		}
	}
	slices.SortFunc(body.Breakpoints, func(a, b dap.BreakpointLocation) int { return cmp.Compare(a.Line, b.Line) })
	return body
}

// lineIn and lineOut translate the lines of a client, which may begin with 0.
func (s *Session) lineIn(line int) int      { return line + s.firstLine }
func (s *Session) lineOut(line int) int     { return line - s.firstLine }
func (s *Session) columnOut(column int) int { return column - s.firstColumn }
