// Package fault holds the exceptions of the Step Functions API: their codes and
// what else they carry in one table, and a constructor for each message that
// the service says.
//
//	if !found {
//		return nil, fault.StateMachineDoesNotExist(arn)
//	}
//
// Callers tell them apart by code:
//
//	if fault.Is(err, "ExecutionAlreadyExists") { … }
package fault

import "errors"

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

// Type returns the name that stands in __type on the wire.
func (e *Error) Type() string { return namespace + e.Code }

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

// members holds the exceptions of the API's model. The value is the name of
// the member that an exception has beside its message, "" if it has none.
var members = map[string]string{
	"ActivityAlreadyExists":          "",
	"ActivityDoesNotExist":           "",
	"ActivityLimitExceeded":          "",
	"ActivityWorkerLimitExceeded":    "",
	"ConflictException":              "",
	"ExecutionAlreadyExists":         "",
	"ExecutionDoesNotExist":          "",
	"ExecutionLimitExceeded":         "",
	"ExecutionNotRedrivable":         "",
	"InvalidArn":                     "",
	"InvalidDefinition":              "",
	"InvalidEncryptionConfiguration": "",
	"InvalidExecutionInput":          "",
	"InvalidLoggingConfiguration":    "",
	"InvalidName":                    "",
	"InvalidOutput":                  "",
	"InvalidToken":                   "",
	"InvalidTracingConfiguration":    "",
	"KmsAccessDeniedException":       "",
	"KmsInvalidStateException":       "kmsKeyState",
	"KmsThrottlingException":         "",
	"MissingRequiredParameter":       "",
	"ResourceNotFound":               "resourceName",
	"ServiceQuotaExceededException":  "",
	"StateMachineAlreadyExists":      "",
	"StateMachineDeleting":           "",
	"StateMachineDoesNotExist":       "",
	"StateMachineLimitExceeded":      "",
	"StateMachineTypeNotSupported":   "",
	"TaskDoesNotExist":               "",
	"TaskTimedOut":                   "",
	"TooManyTags":                    "resourceName",
	"ValidationException":            "reason",
}
