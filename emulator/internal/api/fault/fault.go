// Package fault holds the exceptions of the Step Functions API that we refuse
// calls with: a constructor for each message.
//
//	if !found {
//		return nil, fault.StateMachineDoesNotExist(arn)
//	}
//
// Callers tell them apart by code:
//
//	if fault.Is(err, "ExecutionAlreadyExists") { … }
package fault

import (
	"errors"
	"net/http"
)

// An Error says that the service refuses a call. The client reads Code and
// Message; Detail is the value of the one further member that some exceptions
// have (see the table), "" if this one has none or it is left out.
type Error struct {
	Code    string
	Message string
	Detail  string
}

// Error returns code and message, as SDKs print them.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// HTTPStatus returns the status that all of them have.
func (e *Error) HTTPStatus() int { return http.StatusBadRequest }

// Type returns the name that stands in __type on the wire.
func (e *Error) Type() string {
	if e.Code == "AccessDeniedException" { // all services have it
		return "com.amazon.coral.service#" + e.Code
	}
	return namespace + e.Code
}

// Text returns the message alone, as the client reads it.
func (e *Error) Text() string { return e.Message }

// Member returns name and value of the further member of the exception; ok is
// false if it has none.
func (e *Error) Member() (name, text string, ok bool) {
	if e.Detail == "" {
		return "", "", false
	}
	name = members[e.Code]
	return name, e.Detail, name != ""
}

// Is reports whether err is, or wraps, a fault of that code.
func Is(err error, code string) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Code == code
}

// namespace is that of all modelled exceptions of the service: it was once a
// part of the Simple Workflow Service.
const namespace = "com.amazonaws.swf.service.v2.model#"

// members are the members that exceptions have beside their message. The API's
// model has none for the others.
var members = map[string]string{
	"ResourceNotFound":    "resourceName",
	"TooManyTags":         "resourceName",
	"ValidationException": "reason",
}
