package replay

import (
	"strconv"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/timeline"
)

// This file names lines of control so that those of two executions can be paired: by the
// branch or iteration, and by which attempt of the state around it began it.

// A lineKey names a line of control: "" for the root.
type lineKey string

// lines finds the lines of the events of one execution. The zero lines is ready for the
// first event.
type lines struct {
	paths   timeline.Paths
	of      map[int32]lineKey   // by frame
	latest  map[lineKey]lineKey // by path, the line that has begun last
	started map[lineKey]int     // how often a Parallel or Map state of the line has begun
}

// take returns the line of the next event, and the path to it.
func (l *lines) take(e *machine.Event) (lineKey, timeline.Path) {
	if l.of == nil {
		l.of, l.latest, l.started = make(map[int32]lineKey), make(map[lineKey]lineKey), make(map[lineKey]int)
	}
	path := l.paths.Take(e)
	key, known := l.of[e.Frame]
	if !known && e.Frame != 0 {
		around := l.latest[named(path[:max(0, len(path)-1)])]
		key = around + lineKey("#"+strconv.Itoa(l.started[around])) + named(path[max(0, len(path)-1):])
		l.of[e.Frame], l.latest[named(path)] = key, key
	}
	if e.Type == machine.ParallelStateStarted || e.Type == machine.MapStateStarted {
		l.started[key]++
	}
	return key, path
}

// named tells paths apart, whatever the names of states are.
func named(path timeline.Path) lineKey {
	var text []byte
	for _, step := range path {
		text = strconv.AppendQuote(text, step.State)
		text = strconv.AppendInt(text, int64(step.Index), 10)
	}
	return lineKey(text)
}

// A position is how far a line has come: the state that it is in, or was in last.
type position struct {
	state  string
	frame  int32
	exited bool
}

// positions are those of lines.
type positions map[lineKey]*position

func (all positions) of(key lineKey) *position {
	p := all[key]
	if p == nil {
		p = &position{}
		all[key] = p
	}
	return p
}

// follow notes which state a line enters.
func (p *position) follow(e *machine.Event) {
	if e.Type == machine.StateEntered {
		p.state, p.frame, p.exited = e.State, e.Frame, false
	}
	p.exited = p.exited || e.Type == machine.StateExited
}

// distributed reports whether the definition says that a state is a distributed Map.
func distributed(d *asl.Definition, path timeline.Path, state string) bool {
	w := path.Workflow(d)
	if w == nil {
		return false
	}
	s := w.State(state)
	return s != nil && s.Type == asl.Map && s.ItemProcessor != nil && s.ItemProcessor.Mode == "DISTRIBUTED"
}
