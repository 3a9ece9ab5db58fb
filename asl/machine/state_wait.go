package machine

import (
	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/jsonpath"
	"github.com/aslocal/aslocal/value"
)

// A wait sleeps for a number of seconds or until a point in time, either
// literal or found by a Reference Path in the effective input. Spec: "Wait
// State".
type wait struct {
	passive
	seconds, timestamp         operand
	secondsPath, timestampPath *jsonpath.Path
}

// longestWait is how long a Wait may last: 2^31 seconds (F-012).
const longestWait = 1 << 31

func compileWait(c *compiler, _ *state) kind {
	return &wait{
		seconds:       c.scalar("Seconds"),
		timestamp:     c.scalar("Timestamp"),
		secondsPath:   c.path("SecondsPath"),
		timestampPath: c.path("TimestampPath"),
	}
}

func (w *wait) run(x *Execution, f *frame) *Failure {
	in, failure := f.state.flow.arguments(x, f)
	if failure != nil {
		return failure
	}
	due, failure := w.due(x, f, in)
	switch {
	case failure != nil:
		return failure
	case due <= x.now:
		return x.complete(f, in)
	case due-x.now > longestWait*1000:
		return f.runtime("Wait state delay is too long.")
	}
	x.emit(Event{Type: WaitSet, Frame: f.id, Due: due})
	w.pending(x, f)
	return nil
}

// A Wait that sleeps keeps nothing but the end of its sleep, and that is in the
// frame: the kind itself is its openState. The token is 0 once it is awake.

func (w *wait) open(x *Execution, f *frame, e *Event) openState {
	f.token, f.due = x.records, e.Due
	return w
}

func (w *wait) restore() openState { return w }

func (w *wait) ready(f *frame) bool { return f.token == 0 }

// resume leaves a Wait whose time is over. Its input is not kept while it
// sleeps.
func (w *wait) resume(x *Execution, f *frame) *Failure {
	in, failure := f.state.flow.arguments(x, f)
	if failure != nil {
		return failure
	}
	return x.complete(f, in)
}

func (w *wait) fired(x *Execution, f *frame, t Timer) bool {
	if t != Sleep {
		return false
	}
	x.awake(f)
	return true
}

func (w *wait) pending(x *Execution, f *frame) {
	if f.token != 0 {
		x.ask(f, Command{Kind: SetTimer, Timer: Sleep, Due: f.due})
	}
}

func (w *wait) abort(x *Execution, f *frame, _ int64) {
	if f.token != 0 {
		x.ask(f, Command{Kind: Cancel})
	}
}

// due is the end of the wait in Unix milliseconds.
func (w *wait) due(x *Execution, f *frame, in value.Value) (int64, *Failure) {
	e := x.env(f, in)
	switch {
	case w.secondsPath != nil:
		seconds, failure := w.secondsAt(e)
		return x.after(seconds), failure
	case w.timestampPath != nil:
		v, err := w.timestampPath.Eval(e)
		if err != nil || v.IsNull() {
			return 0, f.runtime("The TimestampPath parameter does not reference an input value: %s", w.timestampPath)
		}
		if t, ok := asl.ParseWaitTimestamp(v.Text()); ok {
			return t.UnixMilli(), nil
		}
		return 0, f.runtime("The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: %s == %s", w.timestampPath, plain(v))
	case w.timestamp != nil:
		v, failure := w.timestamp.eval(e, "Timestamp")
		if failure != nil {
			return 0, failure
		}
		if t, ok := asl.ParseWaitTimestamp(v.Text()); ok {
			return t.UnixMilli(), nil
		}
		return 0, f.evaluation("Timestamp", "The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: "+plain(v))
	}
	seconds, failure := integer(w.seconds, e, "Seconds")
	return x.after(seconds), failure
}

// secondsAt is what SecondsPath finds.
func (w *wait) secondsAt(e *env) (int64, *Failure) {
	v, err := w.secondsPath.Eval(e)
	switch {
	case err != nil || v.IsNull():
		return 0, e.f.runtime("The SecondsPath parameter does not reference an input value: %s", w.secondsPath)
	case !v.IsInteger():
		return 0, e.f.runtime("The SecondsPath parameter cannot be parsed as a long value: %s == %s", w.secondsPath, plain(v))
	}
	n, ok := v.Int()
	switch {
	case !ok && v.Float() > 0 || n > longestWait:
		return longestWait + 1, nil // refused by its length
	case n < 0 || !ok:
		return 0, e.f.runtime("The SecondsPath parameter references a negative value: %s == %s", w.secondsPath, v.NumberText())
	}
	return n, nil
}
