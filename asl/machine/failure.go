package machine

import (
	"fmt"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/jsonpath"
	"github.com/aslocal/aslocal/value"
)

// This file has every error that the machine itself can raise, with the texts
// of the service. Spec: "Errors"; findings name the recordings.

// A Failure is an error as Retry, Catch and the history see it. Name and Cause
// are strings, or no value where none was given: a Fail state may have neither.
type Failure struct {
	Name, Cause value.Value
	Location    string // field of a failed JSONata evaluation: "Output/total"
	Evaluation  bool   // an expression failed: EvaluationFailed comes first
	Heartbeat   bool   // it is a missed heartbeat
}

// NewFailure returns a failure with both name and cause.
func NewFailure(name, cause string) *Failure {
	return &Failure{Name: value.OfString(name), Cause: value.OfString(cause)}
}

// Error returns name and cause, for logs.
func (f *Failure) Error() string { return f.Name.Text() + ": " + f.Cause.Text() }

// fatal reports whether nothing may catch or retry it: States.Runtime, even by
// name (F-003).
func (f *Failure) fatal() bool { return !asl.Catchable(f.Name.Text()) }

// errorOutput is what a Catcher gets: both members, in this order. A timeout
// has no cause and is shown with an empty one; a task that was failed without
// error or cause is shown with nulls (F-004).
func (f *Failure) errorOutput() value.Value {
	name, cause := f.Name, f.Cause
	if !cause.Exists() && name.Text() == asl.ErrTimeout {
		cause = value.EmptyString
	}
	return errorOutputShape.New([]value.Value{orNull(name), orNull(cause)})
}

var errorOutputShape = value.NewShape("Error", "Cause")

func orNull(v value.Value) value.Value {
	if !v.Exists() {
		return value.NullValue
	}
	return v
}

func timeout() *Failure { return &Failure{Name: value.OfString(asl.ErrTimeout)} }

// heartbeatTimeout is a missed heartbeat. Retriers and Catchers may name it
// States.HeartbeatTimeout or States.Timeout; the history says States.Timeout
// (F-013).
func heartbeatTimeout() *Failure {
	return &Failure{Name: value.OfString(asl.ErrTimeout), Heartbeat: true}
}

// matches reports whether a Retrier or Catcher with these names takes it.
func (f *Failure) matches(errorEquals []string) bool {
	return asl.Matches(errorEquals, f.Name.Text()) || f.Heartbeat && asl.Matches(errorEquals, asl.ErrHeartbeatTimeout)
}

// runtime is a States.Runtime in the state that f is in. All its causes begin
// with the same sentence (F-005).
func (f *frame) runtime(format string, args ...any) *Failure {
	return NewFailure(asl.ErrRuntime, f.causePrefix()+fmt.Sprintf(format, args...))
}

func (f *frame) causePrefix() string {
	return fmt.Sprintf("An error occurred while executing the state '%s' (entered at the event id #%d). ", f.state.name, f.entered)
}

// evaluation is a failed evaluation in a JSONata field: EvaluationFailed comes
// before what follows it.
func (f *frame) evaluation(location, detail string) *Failure {
	failure := NewFailure(asl.ErrQueryEvaluationError, f.causePrefix()+detail)
	failure.Location, failure.Evaluation = location, true
	return failure
}

// invalidPath is a field whose path finds nothing or meets the wrong thing.
func (f *frame) invalidPath(path string, err error) *Failure {
	if noData(err) {
		return f.runtime("%v", err)
	}
	return f.runtime("Invalid path '%s' : %v", path, err)
}

// noData reports whether a path failed because its data is null: then the
// sentence names no path (F-172).
func noData(err error) bool {
	_, ok := err.(*jsonpath.NullError)
	return ok
}

// noTemplatePath is a path in a payload template, ErrorPath or CausePath that
// finds nothing.
func (f *frame) noTemplatePath(path, field string, input value.Value) *Failure {
	return f.runtime("The JSONPath '%s' specified for the field '%s' could not be found in the input '%s'", path, field, input)
}

// pathConflict is a Reference Path, or a step of one, that the input has no
// place for. It is an error of its own, without the usual sentence (F-018).
func pathConflict(what string, input value.Value) *Failure {
	return NewFailure(asl.ErrReferencePathConflict, fmt.Sprintf("Unable to apply %s to input %s", what, input))
}

// tooLarge is a result over the payload limit; what is the state's name, a
// function's ARN or a service.
func tooLarge(what string) *Failure {
	return NewFailure(asl.ErrDataLimitExceeded,
		fmt.Sprintf("The state/task '%s' returned a result with a size exceeding the maximum number of bytes service limit.", what))
}

// thresholdExceeded is a Map of which more iterations have failed than may.
func thresholdExceeded() *Failure {
	return NewFailure(asl.ErrExceedToleratedFailureThreshold, "The specified tolerated failure threshold was exceeded")
}

// MaxPayload is the limit of inputs, outputs and variables: bytes of their
// compact JSON text. Quotas: 256 KiB.
const MaxPayload = 262_144

// MaxVariables is the limit of all variables of an execution together, in the
// same bytes. Quotas: 10 MiB.
const MaxVariables = 10 << 20

// MaxEvents is the limit of a history. Its last event says that it was reached.
const MaxEvents = 25_000

func tooManyEvents() *Failure {
	return NewFailure(asl.ErrRuntime, fmt.Sprintf("The execution reached the maximum number of history events (%d).", MaxEvents))
}
