package timeline

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
)

// This file works out which branch or iteration an event happened in. An event
// has only the number of its frame; how frames nest follows from the events that
// open them:
//
//   - ParallelStateStarted opens a frame for each branch, in the order of the
//     branches and with consecutive numbers. The first event of each is a
//     StateEntered that points back to the ParallelStateStarted.
//   - MapIterationStarted opens a frame for one iteration, whose first event
//     points back to it in the same way. If the Map fails before that event, the
//     first event is MapIterationAborted, which names Map and iteration itself.

// A Step is one branch of a Parallel state, or one iteration of a Map state.
type Step struct {
	State string        // name of the Parallel or Map state; "" if not known
	Kind  asl.StateType // Parallel or Map; "" if not known
	Index int           // number of the branch or iteration from 0; -1 if not known
}

// A Path leads from the root of an execution to a branch or iteration,
// outermost first. The root has the empty path. Paths are shared: they must not
// be changed.
//
// A first step with Index -1 stands for any number of steps that are not known,
// because the events that opened them were not seen.
type Path []Step

// Known reports whether the path is known up to the root.
func (p Path) Known() bool { return len(p) == 0 || p[0].Index >= 0 }

// Within reports whether p is the path outer, or a branch or iteration below it.
func (p Path) Within(outer Path) bool {
	return len(p) >= len(outer) && slices.Equal(p[:len(outer)], outer)
}

// Workflow returns the workflow that the path leads to; nil if the definition does not
// have it, or is nil.
func (p Path) Workflow(definition *asl.Definition) *asl.Workflow {
	if definition == nil {
		return nil
	}
	w := &definition.Workflow
	for _, step := range p {
		s := w.State(step.State)
		switch {
		case s == nil || s.Type != step.Kind:
			return nil
		case step.Kind == asl.Map && s.ItemProcessor != nil:
			w = &s.ItemProcessor.Workflow
		case step.Kind == asl.Parallel && step.Index >= 0 && step.Index < len(s.Branches):
			w = s.Branches[step.Index]
		default:
			return nil
		}
	}
	return w
}

// String returns the path as in "Ship all[2]/Pack[0]", "" for the root. What is
// not known is shown as "?". It is meant for people: names may have any
// characters, so that different paths may read the same.
func (p Path) String() string {
	var b strings.Builder
	for i, s := range p {
		if i > 0 {
			b.WriteByte('/')
		}
		b.WriteString(cmp.Or(s.State, "?"))
		b.WriteByte('[')
		if s.Index < 0 {
			b.WriteByte('?')
		} else {
			b.WriteString(strconv.Itoa(s.Index))
		}
		b.WriteByte(']')
	}
	return b.String()
}

// Paths gives the path of each event of one execution. The zero Paths is ready
// for the first one. It must be given all events in their order, from the first
// or from any other one on. It keeps something for each branch or iteration
// that is open, and nothing for those that have ended.
//
// It is not safe for concurrent use.
type Paths struct {
	root     line
	lines    map[int32]*line    // the others, by frame
	openings map[int64]*opening // by the event
}

// A line is a line of control: the root, a branch, or an iteration. What is
// known of it goes with a frame of the machine.
type line struct {
	frame   int32
	parent  *line // nil for the root, and if it is not known
	path    Path
	kind    asl.StateType // what its state is: known from its StateEntered on
	state   string
	started int64 // the ParallelStateStarted event of that state, or 0
	below   int   // lines and openings that have this parent

	// For the Builder:
	visit   int   // number of the latest visit, from 1; 0 if there is none
	changed int   // which event has changed that visit last
	last    int64 // the latest event in the history that the line made itself: not one that another's failure has caused
}

// An opening is what opens branches, or one iteration.
type opening struct {
	parent *line
	kind   asl.StateType
	state  string
	index  int   // of the iteration
	first  int32 // frame of the first branch; 0 until it is known
}

// Take returns the path of the event's frame. The events MapIterationSucceeded,
// MapIterationFailed and MapIterationAborted happen in the iteration's frame,
// MapIterationStarted in the frame of the Map state.
func (p *Paths) Take(e *machine.Event) Path {
	l := p.line(e)
	p.follow(l, e)
	return l.path
}

// line returns the line that an event happens in.
func (p *Paths) line(e *machine.Event) *line {
	if e.Frame == 0 {
		return &p.root
	}
	if l := p.lines[e.Frame]; l != nil {
		return l
	}
	l := p.open(e)
	l.frame = e.Frame
	if p.lines == nil {
		p.lines = make(map[int32]*line)
	}
	p.lines[e.Frame] = l
	return l
}

// open returns the line of a frame whose first event is e.
func (p *Paths) open(e *machine.Event) *line {
	switch e.Type {
	case machine.StateEntered:
		if o := p.openings[e.Prev]; o != nil {
			return p.opened(e.Prev, o, e.Frame)
		}
	case machine.MapIterationSucceeded, machine.MapIterationFailed, machine.MapIterationAborted:
		if id, o := p.iteration(e); o != nil {
			return p.opened(id, o, e.Frame)
		}
		return &line{path: Path{{Index: -1}, {State: e.State, Kind: asl.Map, Index: int(e.Index)}}}
	}
	return &line{path: Path{{Index: -1}}}
}

// iteration finds the earliest opening of an iteration that has had no event.
func (p *Paths) iteration(e *machine.Event) (id int64, found *opening) {
	for at, o := range p.openings {
		if o.kind == asl.Map && o.state == e.State && o.index == int(e.Index) && (found == nil || at < id) {
			id, found = at, o
		}
	}
	return id, found
}

// opened returns the line of a frame that the event with the id has opened.
func (p *Paths) opened(id int64, o *opening, frame int32) *line {
	index := o.index
	if o.kind == asl.Parallel {
		if o.first == 0 {
			o.first = frame // branches begin in order
		}
		index = int(frame - o.first)
		o.parent.below++
	} else {
		delete(p.openings, id)
	}
	path := append(slices.Clip(o.parent.path), Step{State: o.state, Kind: o.kind, Index: index})
	return &line{parent: o.parent, path: path}
}

// follow takes in what an event changes: which state its line is in, and which
// lines open and end.
func (p *Paths) follow(l *line, e *machine.Event) {
	switch e.Type {
	case machine.StateEntered:
		p.endBelow(l)
		l.kind, l.state = e.Kind, e.State
	case machine.ParallelStateStarted:
		p.endBelow(l) // this is a retry
		l.started = e.ID
		p.expect(e.ID, &opening{parent: l, kind: asl.Parallel, state: l.state})
	case machine.MapStateStarted, machine.RetrySet:
		p.endBelow(l)
	case machine.MapIterationStarted:
		p.expect(e.ID, &opening{parent: l, kind: asl.Map, state: e.State, index: int(e.Index)})
	case machine.StateExited:
		p.endBelow(l)
		if e.Next == "" && l.frame != 0 && !l.iteration() {
			p.end(l)
		}
	case machine.MapIterationSucceeded:
		p.end(l)
	}
}

func (p *Paths) expect(id int64, o *opening) {
	if p.openings == nil {
		p.openings = make(map[int64]*opening)
	}
	p.openings[id] = o
	o.parent.below++
}

// iteration reports whether MapIterationSucceeded ends the line, and not the
// exit of its last state.
func (l *line) iteration() bool { return l.path[len(l.path)-1].Kind == asl.Map }

// end forgets a line.
func (p *Paths) end(l *line) {
	if l.frame == 0 || p.lines[l.frame] != l {
		return
	}
	delete(p.lines, l.frame)
	if l.parent != nil {
		l.parent.below--
	}
}

// endBelow forgets the branches or iterations of the state that l is in: the
// state has ended, or tries again. Those that have succeeded are forgotten
// already; the others are looked for among all lines, which takes time only
// after a failure.
func (p *Paths) endBelow(l *line) {
	if l.started != 0 {
		delete(p.openings, l.started)
		l.started = 0
		l.below--
	}
	if l.below == 0 {
		return
	}
	for frame, m := range p.lines {
		if m.inside(l) {
			delete(p.lines, frame)
		}
	}
	for id, o := range p.openings {
		if o.parent == l || o.parent.inside(l) {
			delete(p.openings, id)
		}
	}
	l.below = 0
}

// inside reports whether l is a branch or iteration below m.
func (l *line) inside(m *line) bool {
	for o := l.parent; o != nil; o = o.parent {
		if o == m {
			return true
		}
	}
	return false
}

// sorted returns the lines but the root, in the order in which they were opened.
func (p *Paths) sorted() []*line {
	return slices.SortedFunc(maps.Values(p.lines), func(a, b *line) int { return cmp.Compare(a.frame, b.frame) })
}
