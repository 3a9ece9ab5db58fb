package machine

import (
	"slices"

	"github.com/aslocal/aslocal/value"
)

// This file has what a Map Run does with its children: how the items are shared
// out among them, when they are started or redriven, and how their ends are
// counted.

// maxChildren is how many children of a Map Run run at a time at most. Quotas:
// "Maximum number of parallel Map Run child executions".
const maxChildren = 10_000

// startsPerStep bounds a step that starts children, so that a batch of a large
// Map Run becomes durable, and its children run, while others are started.
const startsPerStep = 256

// redriveChildren redrives as many of the children that wait for it as may run.
func (r *mapRun) redriveChildren(x *Execution, f *frame) {
	var again []int32
	room := min(r.limits.atOnce()-r.running(), startsPerStep)
	for i := r.redriveFrom; i < len(r.children) && len(again) < room; i++ {
		if r.children[i].Status == PendingRedrive {
			again = append(again, int32(i))
		}
	}
	x.emit(Event{Type: ChildExecutionsRedriven, Frame: f.id, Run: &MapRunEvent{Redriven: again}})
	for _, i := range again {
		r.askChild(x, f, int(i))
	}
	r.redriveFrom = int(again[len(again)-1]) + 1
	x.again(f)
}

// nextChildren are the children that one step starts.
func (r *mapRun) nextChildren(x *Execution, f *frame) (started []ChildStart, failure *Failure) {
	if r.next == r.items.len() {
		return nil, nil
	}
	in, failure := f.state.flow.effective(x, f)
	if failure == nil && r.batches == nil {
		failure = r.plan(x, f, in)
	}
	room := min(r.limits.atOnce()-r.running(), startsPerStep)
	for next := r.next; failure == nil && next < r.items.len() && len(started) < room; {
		var s ChildStart
		if s, failure = r.child(x, f, in, len(r.children)+len(started), next); failure == nil {
			started = append(started, s)
			next += int(s.Items)
		}
	}
	return started, failure
}

// plan finds how many items each child gets. Batches are limited in bytes, so
// that needs every item as its ItemSelector makes it (F-077). Children that have
// started keep what they have: a selector that draws random numbers makes other
// sizes after Replay.
func (r *mapRun) plan(x *Execution, f *frame, in value.Value) (failure *Failure) {
	if r.batching, failure = r.d.batcher.eval(x.env(f, in)); failure != nil {
		return failure
	}
	b, total := &r.batching, r.items.len()
	r.batches = make([]int32, 0, min(total, 1024))
	if !b.on {
		return nil
	}
	for i := range r.children {
		r.batches = append(r.batches, r.children[i].Items)
	}
	overhead := b.overhead()
	for from := r.next; from < total; {
		size, n := overhead, 0
		for from+n < total && (b.maxItems == 0 || int64(n) < b.maxItems) {
			item, failure := r.d.item(x, f, in, &r.items, from+n)
			if failure != nil {
				return failure
			}
			if size += item.Size(); n > 0 {
				size++ // the comma
			}
			if n > 0 && int64(size) > b.maxBytes {
				break
			}
			n++
		}
		r.batches = append(r.batches, int32(n))
		from += n
	}
	return nil
}

// executions is how many children the plan has.
func (r *mapRun) executions() int {
	if r.batching.on {
		return len(r.batches)
	}
	return r.items.len()
}

// child is the child with the number, whose first item is item from.
func (r *mapRun) child(x *Execution, f *frame, in value.Value, number, from int) (ChildStart, *Failure) {
	s := ChildStart{Name: x.childName(number), Items: 1}
	if r.batching.on {
		s.Items = r.batches[number]
	} else if r.d.selector == nil {
		return s, f.fits(r.items.at(from))
	}
	selected := make([]value.Value, s.Items)
	for i := range selected {
		var failure *Failure
		if selected[i], failure = r.d.item(x, f, in, &r.items, from+i); failure != nil {
			return s, failure
		}
	}
	s.Input = r.batching.wrap(selected)
	return s, f.fits(s.Input)
}

// askChild asks for child i to be started, or redriven.
func (r *mapRun) askChild(x *Execution, f *frame, i int) {
	c := &r.children[i]
	name, arn := r.d.names(x.start, r.arn, c)
	x.ask(f, Command{Kind: StartChild, Child: &ChildStarting{
		Index: int32(i), ARN: arn, Name: name, Input: c.Input, Items: int(c.Items),
		MapRun: r.arn, Label: r.d.label, Express: r.d.express, Redrive: c.Redrives > 0 && !r.d.express,
	}})
}

// notYetEnded keeps the ends of children that are not known to have ended.
func (r *mapRun) notYetEnded(ended []ChildEnd) []ChildEnd {
	return slices.DeleteFunc(slices.Clone(ended), func(e ChildEnd) bool {
		return int(e.Index) >= len(r.children) || r.children[e.Index].Status != Running
	})
}

// awaitRedrive makes the children that have not succeeded wait for their
// redrive.
func (r *mapRun) awaitRedrive() {
	r.redriveFrom, r.lost = 0, struct{ children, items int }{}
	for i := range r.children {
		if c := &r.children[i]; c.Status != Succeeded && c.Status != Running {
			r.setStatus(c, PendingRedrive)
		}
	}
}

func (r *mapRun) childrenStarted(e *Event) {
	r.total = int(e.Index)
	for _, s := range e.Run.Started {
		input := s.Input
		if !input.Exists() {
			input = r.items.at(r.next)
		}
		r.children = append(r.children, Child{Name: s.Name, Items: s.Items, Input: input, Started: e.At})
		r.count(&r.children[len(r.children)-1], 1)
		r.next += int(s.Items)
	}
}

func (r *mapRun) childrenEnded(e *Event) {
	for _, end := range e.Run.Ended {
		c := &r.children[end.Index]
		c.Started, c.Stopped, c.Output, c.Failure = end.Started, end.Stopped, end.Output, end.Failure
		r.setStatus(c, end.Status)
		if end.NotRedrivable {
			r.lost.children++
			r.lost.items += int(c.Items)
		}
	}
}

// running is how many children run.
func (r *mapRun) running() int { return r.by[Running].children }

func (r *mapRun) setStatus(c *Child, s Status) {
	r.count(c, -1)
	c.Status = s
	r.count(c, 1)
}

// count counts a child under its status, or with -1 no more.
func (r *mapRun) count(c *Child, sign int) {
	by := &r.by[c.Status]
	by.children += sign
	by.items += sign * int(c.Items)
}

// abandon marks the children that run, or wait for their redrive, as aborted
// (F-073).
func (r *mapRun) abandon(at int64) {
	for i := range r.children {
		if c := &r.children[i]; c.Status == Running || c.Status == PendingRedrive {
			c.Stopped = at
			r.setStatus(c, Aborted)
		}
	}
}

func (c *coder) child(k *Child) {
	c.string(&k.Name)
	c.int32(&k.Items)
	c.value(&k.Input)
	c.status(&k.Status)
	for _, n := range []*int64{&k.Started, &k.Stopped, &k.Redriven} {
		c.int64(n)
	}
	c.value(&k.Output)
	if present(c, &k.Failure) {
		c.failure(k.Failure)
	}
	c.int(&k.Redrives)
}
