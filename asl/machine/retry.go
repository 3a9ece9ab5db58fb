package machine

import (
	"math"
	"slices"

	"github.com/aslocal/aslocal/asl"
)

// This file implements what follows a failure: Retriers (which one an error
// selects, how long to wait, when to give up), and how a failure propagates
// outwards through the enclosing states. Spec: "Errors", "Retrying after error".

// fail deals with a failure of the state that f is in: retry the state, catch
// the failure, or hand it to the Parallel or Map state around it, where the
// same begins again. A failure that nobody takes fails the execution.
func (x *Execution) fail(f *frame, failure *Failure) {
	prev := f.prev
	if x.probe != nil {
		x.probe.Failed(f.place(), failure)
	}
	if failure.Evaluation {
		prev = x.evaluationFailed(f, failure, prev)
	}
	if failure.fatal() {
		x.end(ExecutionFailed, prev, failure) // from any depth (F-003)
		return
	}
	if f.open != nil {
		prev = f.open.fail(x, f, failure, prev)
	}
	for {
		if x.retry(f, failure, prev) {
			return
		}
		if f.state.failed != 0 {
			x.emit(Event{Type: f.state.failed, Frame: f.id, Prev: prev, Failure: failure})
			prev = x.lastID
		}
		if x.catch(f, failure, prev) {
			return
		}
		if f.parent == nil {
			x.end(ExecutionFailed, prev, failure)
			return
		}
		x.abortLines(f.parent, f, prev)
		f = f.parent
	}
}

// evaluationFailed emits the event of an expression that failed. If nothing has
// happened in the state since it was entered, the event points back to what
// came before the state (F-008); a Wait's own check is the exception.
func (x *Execution) evaluationFailed(f *frame, failure *Failure, prev int64) int64 {
	if prev == f.entered && !f.state.checksItself {
		prev = f.enteredPrev
	}
	x.emit(Event{Type: EvaluationFailed, Frame: f.id, Prev: prev, State: f.state.name, Failure: failure})
	return x.lastID
}

// retry lets the state wait for its next attempt, if a Retrier allows one. Only
// the first Retrier that names the error counts: if it has no attempts left, the
// others are not tried.
func (x *Execution) retry(f *frame, failure *Failure, prev int64) bool {
	i := f.state.retrier(failure)
	if i < 0 {
		return false
	}
	r, tries := f.state.retry[i], 0
	if i < len(f.tries) {
		tries = f.tries[i]
	}
	if int64(tries) >= r.MaxAttempts {
		return false
	}
	delay := x.backoff(r, tries)
	x.emit(Event{Type: RetrySet, Frame: f.id, Prev: prev, Index: int32(i), Due: x.now + delay, Failure: failure})
	x.ask(f, Command{Kind: SetTimer, Timer: Sleep, Due: f.due})
	return true
}

// retrier is the index of the first Retrier that names the error, -1 if none.
func (st *state) retrier(failure *Failure) int {
	return slices.IndexFunc(st.retry, func(r *asl.Retrier) bool { return failure.matches(r.ErrorEquals) })
}

// backoff is the pause before the next retry in milliseconds: IntervalSeconds
// times BackoffRate to the power of the retries so far, at most
// MaxDelaySeconds, and with full jitter any part of that.
func (x *Execution) backoff(r *asl.Retrier, tries int) int64 {
	seconds := float64(r.IntervalSeconds) * math.Pow(r.BackoffRate, float64(tries))
	if r.MaxDelaySeconds > 0 {
		seconds = min(seconds, float64(r.MaxDelaySeconds))
	}
	seconds = min(seconds, 99_999_999)
	if r.JitterStrategy == "FULL" {
		seconds *= x.random(forJitter).Float64()
	}
	return int64(seconds * 1000)
}
