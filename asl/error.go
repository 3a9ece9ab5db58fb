package asl

import (
	"slices"
	"strings"
)

// This file has the names of the errors of a running execution, and which of them a
// Retrier or Catcher matches. Spec: "Errors".

// The names of errors that the service raises itself. ErrAll and ErrTaskFailed
// also match others, see Matches.
const (
	ErrAll                             = "States.ALL"
	ErrTimeout                         = "States.Timeout"
	ErrHeartbeatTimeout                = "States.HeartbeatTimeout"
	ErrTaskFailed                      = "States.TaskFailed"
	ErrPermissions                     = "States.Permissions"
	ErrRuntime                         = "States.Runtime"
	ErrDataLimitExceeded               = "States.DataLimitExceeded"
	ErrQueryEvaluationError            = "States.QueryEvaluationError"
	ErrExceedToleratedFailureThreshold = "States.ExceedToleratedFailureThreshold"
	ErrItemReaderFailed                = "States.ItemReaderFailed"
	ErrResultWriterFailed              = "States.ResultWriterFailed"
	ErrHTTPSocket                      = "States.Http.Socket"
	ErrHTTPStatusCodePrefix            = "States.Http.StatusCode." // followed by the code
	ErrResultPathMatchFailure          = "States.ResultPathMatchFailure"
	ErrParameterPathFailure            = "States.ParameterPathFailure"
	ErrIntrinsicFailure                = "States.IntrinsicFailure"
	ErrNoChoiceMatched                 = "States.NoChoiceMatched"
	ErrBranchFailed                    = "States.BranchFailed"
	ErrReferencePathConflict           = "States.ReferencePathConflict"
)

// errorNames are the names of the service's errors, except those with a status
// code.
var errorNames = []string{
	ErrAll, ErrTimeout, ErrHeartbeatTimeout, ErrTaskFailed, ErrPermissions, ErrRuntime, ErrDataLimitExceeded, ErrQueryEvaluationError,
	ErrExceedToleratedFailureThreshold, ErrItemReaderFailed, ErrResultWriterFailed, ErrHTTPSocket, ErrResultPathMatchFailure,
	ErrParameterPathFailure, ErrIntrinsicFailure, ErrNoChoiceMatched, ErrBranchFailed, ErrReferencePathConflict,
}

// ErrorNames returns the names of the service's errors, except those with a status
// code.
func ErrorNames() []string { return slices.Clone(errorNames) }

// errorNameOK reports whether a name is an error of the service or may be an error
// of a program, which must not begin with "States.".
func errorNameOK(name string) bool {
	const prefix = "States."
	if len(name) < len(prefix) || !strings.EqualFold(name[:len(prefix)], prefix) {
		return true
	}
	return slices.Contains(errorNames, name) || strings.HasPrefix(name, ErrHTTPStatusCodePrefix)
}

// An Error is the failure of a state or an execution, as Retry, Catch and the
// history see it.
type Error struct {
	Name  string
	Cause string // may be empty
}

// Error returns "name: cause", or the name alone.
func (e *Error) Error() string {
	if e.Cause == "" {
		return e.Name
	}
	return e.Name + ": " + e.Cause
}

// Catchable reports whether Retry and Catch may handle an error of that name.
// They may handle every error but States.Runtime, which fails the execution even
// if they name it (F-003).
func Catchable(name string) bool { return name != ErrRuntime }

// Matches reports whether the ErrorEquals of a Retrier or Catcher matches an
// error of that name.
//
// An error that is not Catchable matches nothing. States.ALL matches everything
// else, including States.DataLimitExceeded (F-014). States.TaskFailed matches
// everything else but States.Timeout, whoever raised it; so a missed heartbeat,
// which is a States.Timeout, is matched by its own name, by States.Timeout and by
// States.ALL (F-013).
func Matches(errorEquals []string, name string) bool {
	if !Catchable(name) {
		return false
	}
	return slices.ContainsFunc(errorEquals, func(pattern string) bool {
		switch pattern {
		case name, ErrAll:
			return true
		case ErrTaskFailed:
			return name != ErrTimeout && name != ErrHeartbeatTimeout
		case ErrTimeout:
			return name == ErrHeartbeatTimeout
		}
		return false
	})
}
