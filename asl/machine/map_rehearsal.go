package machine

import "github.com/aslocal/aslocal/value"

// This file has the rehearsal of a Map state: a mock stands for its iterations,
// and what they would get is evaluated for all of them at once. API: TestState.

// A Rehearsal says how the iterations of a mocked Map would go, and keeps what
// was evaluated.
type Rehearsal struct {
	FailedIterations int // how many of them fail

	// Read gives the items of a Map with an ItemReader, and where they are from.
	// nil: they are the state's input, if that is an array.
	Read func(*ItemReading) (value.Value, []ItemSource, *Failure)

	Limits     *MapRunLimits // set if the rehearsal got that far
	Iterations int           // how many there would be; -1 if that is not known
}

// tolerant reports whether a threshold is set. Without one, TestState lets any
// number of iterations fail (F-054).
func (l *MapRunLimits) tolerant() bool { return l.ToleratedCount >= 0 || l.ToleratedPercentage >= 0 }

// rehearse evaluates what an inline Map makes of its input, in the order of
// TestState: the items come first (F-055).
func (m *inlineMap) rehearse(x *Execution, f *frame, mock *Mock) *Failure {
	r := mock.Rehearsal
	if r == nil {
		return nil
	}
	in, failure := f.state.flow.effective(x, f)
	if failure != nil {
		return failure
	}
	values, failure := m.items.items(x, f, in)
	if failure != nil {
		return failure
	}
	limits := MapRunLimits{ToleratedCount: -1, ToleratedPercentage: -1}
	if limits.MaxConcurrency, failure = m.limit(x, f, in); failure != nil {
		return failure
	}
	r.Limits, r.Iterations = &limits, values.Len()
	if m.selector == nil {
		return nil
	}
	_, failure = m.selectAll(x, f, in, &items{values: values})
	return failure
}

// rehearse does the same for a distributed Map, with its batches, and lets it
// fail if more than the tolerated items do.
func (d *distributedMap) rehearse(x *Execution, f *frame, mock *Mock) *Failure {
	r := mock.Rehearsal
	if r == nil {
		return nil
	}
	in, failure := f.state.flow.effective(x, f)
	if failure != nil {
		return failure
	}
	found, failure := d.find(x, f, in, r)
	if failure != nil {
		return failure
	}
	limits, failure := d.limits(x.env(f, in))
	if failure != nil {
		return failure
	}
	if limits.MaxConcurrency, failure = d.limit(x, f, in); failure != nil {
		return failure
	}
	r.Limits = &limits
	if found.values.Exists() {
		r.Iterations = found.len()
		if failure = d.rehearseChildren(x, f, in, &found); failure != nil {
			return failure
		}
	}
	if mock.Failure == nil && limits.tolerant() && limits.exceeded(r.FailedIterations, max(r.Iterations, 0)) {
		return thresholdExceeded()
	}
	return nil
}

// find returns the items of a distributed Map; no value if they are in a place
// that nobody reads.
func (d *distributedMap) find(x *Execution, f *frame, in value.Value, r *Rehearsal) (items, *Failure) {
	switch {
	case d.reader == nil:
		values, failure := d.items.items(x, f, in)
		return itemsOf(values, nil), failure
	case r.Read != nil:
		reading, failure := d.reader.request(x.env(f, in))
		if failure != nil {
			return items{}, failure
		}
		values, sources, failure := r.Read(reading)
		if reading.Config.Get("ItemsPointer").Exists() {
			x.note(f, AfterItemsPointer, values)
		}
		return itemsOf(values, sources), failure
	case in.Kind() == value.Array:
		return itemsOf(in, nil), nil
	}
	return items{}, nil
}

// rehearseChildren notes what the children would get.
func (d *distributedMap) rehearseChildren(x *Execution, f *frame, in value.Value, of *items) *Failure {
	if d.selector == nil && d.batcher == nil {
		return nil
	}
	run := &mapRun{d: d, items: *of}
	selected, failure := d.selectAll(x, f, in, of)
	if failure != nil || selected == nil || d.batcher == nil {
		return failure
	}
	if failure := run.plan(x, f, in); failure != nil {
		return failure
	}
	batches := make([]value.Value, len(run.batches))
	for i, n := range run.batches {
		batches[i], selected = run.batching.wrap(selected[:n:n]), selected[n:]
	}
	x.note(f, AfterItemBatcher, value.OfSlice(batches))
	return nil
}

// selectAll evaluates what every iteration would get, and notes it; in an
// execution, the input of each is made when it starts. Together they may be far
// larger than one of them, and even measuring them would take too long: beyond
// the limit they are only evaluated, and nil is returned.
func (m *mapState) selectAll(x *Execution, f *frame, in value.Value, of *items) ([]value.Value, *Failure) {
	all := make([]value.Value, of.len())
	size := 0
	for i := range all {
		var failure *Failure
		if all[i], failure = m.item(x, f, in, of, i); failure != nil {
			return nil, failure
		}
		if size > MaxPayload {
			continue
		}
		n := all[i].Size()
		if n > MaxPayload {
			return nil, tooLarge(f.state.name)
		}
		size += n
	}
	if size > MaxPayload {
		return nil, nil
	}
	if m.selector != nil {
		x.note(f, AfterItemSelector, value.OfSlice(all))
	}
	return all, nil
}
