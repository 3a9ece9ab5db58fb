package machine

import (
	"fmt"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/jsonpath"
	"github.com/aslocal/aslocal/value"
)

// A mapState is a Map: its processor runs once for each item, at most
// MaxConcurrency at a time; its result is the array of the outputs in the order
// of the items. Inline, the iterations are frames of the execution itself; what
// the distributed mode adds is in map_distributed.go. Spec: "Map State".
type mapState struct {
	items       mapItems
	selector    body          // nil: the item itself
	concurrency operand       // nil: as many as the service runs
	distributed *distribution // nil: inline
}

// mapItems finds what a Map iterates over. One implementation for each query
// language.
type mapItems interface {
	items(x *Execution, f *frame, in value.Value) (value.Value, *Failure)
}

func compileMap(c *compiler, st *state) work {
	m := &mapState{concurrency: c.number("MaxConcurrency"), items: c.mapItems(), selector: c.body("ItemSelector")}
	if m.selector == nil && c.source.QueryLanguage != asl.JSONata {
		m.selector = c.body("Parameters") // the old name
	}
	p := c.source.ItemProcessor
	if p == nil {
		c.fail("ItemProcessor", "missing")
		return m
	}
	flow, err := compileWorkflow(&p.Workflow)
	if err != nil && c.err == nil {
		c.err = err
	}
	st.processor = flow
	if p.Mode == "DISTRIBUTED" {
		m.distributed = compileDistribution(c)
	}
	return m
}

func (m *mapState) run(x *Execution, f *frame) {
	if x.trial != nil && x.trial.Mock != nil {
		m.try(x, f)
		return
	}
	in, failure := f.state.flow.effective(x, f)
	if failure != nil {
		x.fail(f, failure)
		return
	}
	limit, failure := m.limit(x, f, in)
	if failure != nil {
		x.fail(f, failure)
		return
	}
	var items value.Value
	if m.distributed == nil || m.distributed.reader == nil { // which makes Items and ItemsPath void (F-078)
		if items, failure = m.items.items(x, f, in); failure != nil {
			x.fail(f, failure)
			return
		}
	}
	x.emit(Event{Type: MapStateStarted, Frame: f.id, Prev: f.prev, Doc: items})
	if m.distributed != nil {
		m.distributed.start(x, f, in, limit)
		return
	}
	f.join.limit = iterationsAtOnce(limit)
	x.fan(f)
}

// limit is MaxConcurrency; 0 if it does not limit anything.
func (m *mapState) limit(x *Execution, f *frame, in value.Value) (int64, *Failure) {
	if m.concurrency == nil {
		return 0, nil
	}
	n, failure := integer(m.concurrency, x.env(f, in), "MaxConcurrency")
	if failure == nil && n < 0 {
		failure = f.runtime("MaxConcurrency cannot be negative.")
	}
	return n, failure
}

// iterationsAtOnce is how many iterations of an inline Map may be open.
func iterationsAtOnce(limit int64) int {
	if limit == 0 || limit > maxIterations {
		return maxIterations
	}
	return int(limit)
}

// openIterations opens iterations as long as more may run. It is false if that
// fails, and with it the state.
func (x *Execution) openIterations(f *frame) bool {
	j, m := f.join, f.state.work.(*mapState)
	if j.next >= len(j.outputs) {
		return true
	}
	in, failure := f.state.flow.effective(x, f)
	if failure == nil && j.limit == 0 { // after Replay
		var limit int64
		limit, failure = m.limit(x, f, in)
		j.limit = iterationsAtOnce(limit)
	}
	for failure == nil && j.next < len(j.outputs) && j.open < j.limit {
		input, doc := j.item(j.next), value.Value{}
		if m.selector != nil {
			e := x.env(f, in)
			e.item = itemOf(j.items, j.next)
			doc, failure = m.selector.eval(e)
			input = doc
		}
		if failure == nil {
			failure = f.fits(input)
		}
		if failure != nil {
			break
		}
		x.emit(Event{Type: MapIterationStarted, Frame: f.id, Prev: j.prev, State: f.state.name, Index: int32(j.next), Doc: doc})
		x.again(x.frames[x.lastFrame])
	}
	if failure != nil {
		x.fail(f, failure)
		return false
	}
	return true
}

// pathItems is ItemsPath.
type pathItems struct{ path pathField }

func (c *compiler) mapItems() mapItems {
	if c.source.QueryLanguage == asl.JSONata {
		return compileJSONataItems(c)
	}
	return &pathItems{c.pathField("ItemsPath")}
}

func (p *pathItems) items(x *Execution, f *frame, in value.Value) (value.Value, *Failure) {
	items, text := in, "$"
	if path := p.path.path; path != nil {
		e, err := x.env(f, in), error(nil)
		if items, err = path.Eval(e); err != nil {
			return items, itemsMissing(f, path, e.shown(path), err)
		}
		text = path.String()
		if path.Root() == jsonpath.Context {
			text = text[1:] // so it is shown (F-026)
		}
	}
	// Only the distributed mode takes an object apart (F-055).
	if k := items.Kind(); k != value.Array && (k != value.Object || f.state.work.(*mapState).distributed == nil) {
		return items, NewFailure(asl.ErrRuntime, fmt.Sprintf("Reference path \"%s\" must point to array.", text))
	}
	x.note(f, AfterItemsPath, items)
	return items, nil
}

// itemsMissing is an ItemsPath that leads nowhere: the service names its last
// step (F-022).
func itemsMissing(f *frame, path *jsonpath.Path, input value.Value, err error) *Failure {
	text := path.String()
	if _, ok := err.(*jsonpath.NotFoundError); !ok || !path.IsReference() {
		return f.invalidPath(text, err)
	}
	step := strings.Trim(text[strings.LastIndexAny(text, ".[")+1:], `'"]`)
	return pathConflict(`step "`+step+`"`, input)
}
