package machine

import "github.com/aslocal/aslocal/value"

// This file has the inline mode of a Map state: iterations are frames of the
// execution itself, and their events are in its history.

// maxIterations is how many iterations of an inline Map run at a time at most.
// Quotas: "Inline Map … concurrency 40".
const maxIterations = 40

// An inlineMap is a Map state in INLINE mode.
type inlineMap struct {
	mapState
	processor   *workflow
	unsupported bool // it has fields of a distributed Map, with which it fails
}

func (m *inlineMap) run(x *Execution, f *frame) *Failure {
	if mock := x.mock(f); mock != nil {
		if failure := m.rehearse(x, f, mock); failure != nil {
			return failure
		}
		return x.mocked(f, mock)
	}
	if m.unsupported { // F-147
		return f.runtime("The ItemReader, ItemBatcher and ResultWriter fields are not supported for INLINE maps")
	}
	in, failure := f.state.flow.effective(x, f)
	if failure != nil {
		return failure
	}
	if _, failure = m.limit(x, f, in); failure != nil {
		return failure
	}
	values, failure := m.items.items(x, f, in)
	if failure != nil {
		return failure
	}
	x.emit(Event{Type: MapStateStarted, Frame: f.id, Prev: f.prev, Doc: values})
	return f.open.resume(x, f)
}

func (m *inlineMap) open(_ *Execution, _ *frame, e *Event) openState {
	return &iterations{m: m, items: items{values: e.Doc}, prev: e.ID, lines: lines{outputs: make([]value.Value, e.Doc.Len())}}
}

func (m *inlineMap) restore() openState { return &iterations{m: m} }

// iterations are the open part of an inline Map.
type iterations struct {
	lines
	m     *inlineMap
	items items
	next  int   // the next one to open
	prev  int64 // what the next MapIterationStarted points back to
	limit int   // how many may be open; 0 until it is worked out
}

// iterationsAtOnce is how many iterations may be open under a MaxConcurrency.
func iterationsAtOnce(limit int64) int {
	if limit == 0 || limit > maxIterations {
		return maxIterations
	}
	return int(limit)
}

// resume opens as many iterations as may run, or goes on with the result when
// all have ended.
func (i *iterations) resume(x *Execution, f *frame) *Failure {
	if i.next < len(i.outputs) {
		if failure := i.openMore(x, f); failure != nil {
			return failure
		}
	}
	return i.finish(x, f, MapStateSucceeded)
}

func (i *iterations) openMore(x *Execution, f *frame) *Failure {
	in, failure := f.state.flow.effective(x, f)
	if failure == nil && i.limit == 0 {
		var limit int64
		limit, failure = i.m.limit(x, f, in)
		i.limit = iterationsAtOnce(limit)
	}
	for failure == nil && i.next < len(i.outputs) && i.lines.open < i.limit {
		input, doc := i.items.at(i.next), value.Value{}
		if i.m.selector != nil {
			doc, failure = i.m.item(x, f, in, &i.items, i.next)
			input = doc
		}
		if failure == nil {
			failure = f.fits(input)
		}
		if failure != nil {
			break
		}
		x.emit(Event{Type: MapIterationStarted, Frame: f.id, Prev: i.prev, State: f.state.name, Index: int32(i.next), Doc: doc})
		x.again(x.frames[x.lastFrame])
	}
	return failure
}

func (i *iterations) apply(x *Execution, f *frame, e *Event) {
	if e.Type != MapIterationStarted {
		i.lines.apply(x, f, e)
		return
	}
	input := e.Doc
	if !input.Exists() {
		input = i.items.at(int(e.Index))
	}
	i.next++
	i.lines.open++
	x.openLine(&frame{index: e.Index, parent: f, in: i, flow: i.m.processor, raw: input, prev: e.ID})
}

// collect: the last event inside an iteration is what MapIterationSucceeded and
// the next MapIterationStarted both point back to (F-006).
func (i *iterations) collect(p, g *frame, e *Event) {
	i.lines.collect(p, g, e)
	i.prev = e.Prev
}

func (i *iterations) line(int32) *workflow      { return i.m.processor }
func (i *iterations) item(index int32) *mapItem { return i.items.describe(int(index)) }
func (i *iterations) ends(t Type) bool          { return t == MapIterationSucceeded }

func (i *iterations) succeeded(x *Execution, p, g *frame) {
	x.emit(Event{Type: MapIterationSucceeded, Frame: g.id, Prev: g.prev, State: p.state.name, Index: g.index})
}

func (i *iterations) failed(x *Execution, p, g *frame, cause int64) {
	x.emit(Event{Type: MapIterationFailed, Frame: g.id, Prev: cause, State: p.state.name, Index: g.index})
}

func (i *iterations) aborted(x *Execution, p, g *frame, cause int64) {
	x.emit(Event{Type: MapIterationAborted, Frame: g.id, Prev: cause, State: p.state.name, Index: g.index})
}

func (i *iterations) code(c *coder, x *Execution, f *frame) {
	i.lines.code(c, x, f)
	c.value(&i.items.values)
	c.int(&i.next)
	c.int64(&i.prev)
}

func (i *iterations) sound(*frame) bool {
	return len(i.outputs) == i.items.len() && i.next >= 0 && i.next <= len(i.outputs)
}
