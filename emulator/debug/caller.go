package debug

import (
	"cmp"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/engine"
)

// This file follows executions to those that have started them, nested executions and
// children of Map Runs alike: steps lead into them and back.

// Started returns how an execution was started, and its status. It fails with ErrGone.
func (d *Debugger) Started(arn string) (*machine.Start, machine.Status, error) {
	v, err := d.engine.Describe(arn)
	if err != nil {
		return nil, 0, gone(err)
	}
	return v.Start, v.Status, nil
}

// Caller returns the execution that has started another one, and its thread that waits
// for it; ok is false if no thread waits for it.
func (d *Debugger) Caller(arn string) (caller string, thread int32, ok bool) {
	v, err := d.engine.Describe(arn)
	if err != nil {
		return "", 0, false
	}
	caller = callerOf(v.Start)
	if caller == "" {
		return "", 0, false
	}
	_ = d.engine.Inspect(caller, func(_ *machine.Start, x *machine.Execution) { // over: nobody waits
		for _, l := range x.Lines() {
			if v.Start.MapRun != "" && l.MapRun == v.Start.MapRun || v.Start.Caller != "" && l.Token == v.Start.CallerToken {
				thread, ok = l.Frame, true
			}
		}
	})
	return caller, thread, ok
}

// callerOf is the ARN of the execution that has started another one, "" if a client has.
func callerOf(start *machine.Start) string { return cmp.Or(start.Parent, start.Caller) }

// stepsInto reports whether an execution is to stop at its first state, because the one
// that has started it steps into what it calls. The caller holds d.mu.
func (d *Debugger) stepsInto(start *machine.Start) bool {
	r := d.runs[callerOf(start)]
	if r == nil || r.stop != nil || r.want.kind != into {
		return false
	}
	r.want.kind = returned // the first one of a Map Run stops, no others
	d.runs[start.ARN] = &run{start: start, want: want{kind: entry}}
	d.update()
	return true
}

// stepsOutOf lets the execution that waits for a stepping one stop when that has ended.
// If it does not step any more, it does not.
func (d *Debugger) stepsOutOf(arn string, kind stepKind) {
	caller, thread, ok := d.Caller(arn)
	if !ok {
		return
	}
	w := want{kind: returned, frame: thread}
	var start *machine.Start
	err := d.engine.Inspect(caller, func(s *machine.Start, x *machine.Execution) { start, w.near = s, around(x, thread) })
	d.mu.Lock()
	defer d.mu.Unlock()
	r := d.runs[caller]
	switch {
	case err != nil || r != nil && r.stop != nil:
	case kind == nothing:
		if r != nil && r.want.kind == returned {
			r.want = want{}
		}
	case r == nil:
		d.runs[caller] = &run{start: start, want: w}
		d.update()
	default:
		r.want = w
	}
}

// Records calls yield for the records of an execution, in order, until it returns false.
// It fails with ErrGone, or the error of the journal.
func (d *Debugger) Records(arn string, yield func(number int64, e *machine.Event) bool) error {
	return gone(d.engine.Records(arn, func(r engine.Record) bool { return yield(r.Number, &r.Event) }))
}
