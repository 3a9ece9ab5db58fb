package debug

import (
	"context"
	"errors"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/engine"
	"github.com/aslocal/aslocal/internal/expression"
	"github.com/aslocal/aslocal/value"
)

// This file changes executions at a stop, evaluates expressions there, and goes on
// from the past.

// Change changes what a line of control of a stopped execution has; see
// [machine.Override]. The execution stays stopped. ErrPast, ErrNotStopped and
// ErrNotHere say why nothing was changed.
func (d *Debugger) Change(ctx context.Context, arn string, thread int32, o *machine.Override) error {
	if err := d.changeable(arn); err != nil {
		return err
	}
	err := d.engine.Override(ctx, arn, thread, o)
	if errors.Is(err, engine.ErrStale) {
		return ErrNotHere
	}
	if err != nil {
		return err
	}
	stop := Stop{}
	err = d.engine.Inspect(arn, func(_ *machine.Start, x *machine.Execution) {
		line, _ := x.Line(thread)
		stop.State, stop.Pointer, stop.Records, stop.Failure = line.State, line.Pointer, x.Records(), line.Failure
		if line.Failure != nil {
			stop.Taker = x.TakerOf(thread, line.Failure)
		}
	})
	d.mu.Lock()
	defer d.mu.Unlock()
	r := d.runs[arn]
	if err != nil || r == nil || r.stop == nil {
		return err
	}
	r.edited = true
	moved := *r.stop
	moved.Reason, moved.Text, moved.Breakpoints, moved.Phase = Goto, "", nil, 0
	moved.Thread, moved.State, moved.Pointer, moved.Records, moved.Failure, moved.Taker = thread, stop.State, stop.Pointer, stop.Records, stop.Failure, stop.Taker
	r.stop = &moved
	d.tell(Event{Kind: Stopped, Execution: arn, Machine: moved.Machine, Stop: &moved})
	return nil
}

// changeable reports why an execution cannot be changed, nil if it can.
func (d *Debugger) changeable(arn string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch r := d.runs[arn]; {
	case r == nil || r.stop == nil:
		return ErrNotStopped
	case r.past != 0:
		return ErrPast
	}
	return nil
}

// Evaluate evaluates an expression with what the state of a line of control sees,
// also in the past. language "" tells it by the text; see LanguageOf.
func (d *Debugger) Evaluate(ctx context.Context, arn string, thread int32, language expression.Language, text string) (value.Value, error) {
	if language == "" {
		language = LanguageOf(text)
	}
	compiled, err := expression.Compile(language, text)
	if err != nil {
		return value.Value{}, err
	}
	var scope *expression.Scope
	err = d.look(arn, func(x *machine.Execution) {
		if line, ok := x.Line(thread); ok {
			scope = scopeOf(x, &line)
		}
	})
	switch {
	case err != nil:
		return value.Value{}, err
	case scope == nil:
		return value.Value{}, ErrNoThread
	}
	return compiled.Eval(ctx, scope)
}

// Fork starts a new execution that goes on from the moment at which an execution
// is looked at: its tasks get what they have got until then. input replaces the
// input of the execution if it has a value. It returns the ARN of the new one.
func (d *Debugger) Fork(ctx context.Context, arn string, input value.Value) (string, error) {
	records, express, err := d.now(arn)
	switch {
	case err != nil:
		return "", err
	case express:
		return "", ErrNoHistory
	case d.config.Rerun == nil:
		return "", errors.New("debug: nothing can start executions here")
	}
	event := int64(1)
	err = d.engine.Records(arn, func(rec engine.Record) bool {
		if rec.Event.ID != 0 && rec.Number <= records {
			event = rec.Event.ID
		}
		return rec.Number < records
	})
	if err != nil {
		return "", err
	}
	return d.config.Rerun(ctx, arn, event+1, input)
}
