package awsjson

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/aslocal/aslocal/value"
)

// A Fault is an error that the client reads. Any other error of an action is a
// bug: it is logged, and the client only learns that something went wrong.
type Fault interface {
	error
	// HTTPStatus returns the status of the answer, 400 in most cases. A fault of
	// 500 and above is logged.
	HTTPStatus() int
	// Type returns what stands in __type: the exception's name, mostly after
	// its namespace and a '#'.
	Type() string
	// Text returns the message.
	Text() string
	// Member returns a further member of the exception, if it has one.
	Member() (name, text string, ok bool)
}

// An Error is a Fault that the model of the API does not have, but that all
// services can answer with: the request is malformed, violates the constraints
// of the model or asks for what does not exist, or the service is not available.
type Error struct {
	Name    string // for __type
	Message string
	Status  int
}

// Error returns name and message.
func (e *Error) Error() string { return e.Name + ": " + e.Message }

// HTTPStatus implements Fault.
func (e *Error) HTTPStatus() int { return e.Status }

// Type implements Fault.
func (e *Error) Type() string { return e.Name }

// Text implements Fault.
func (e *Error) Text() string { return e.Message }

// Member implements Fault; there is none.
func (e *Error) Member() (name, text string, ok bool) { return "", "", false }

// unreadable: the body is not JSON, or a member has the wrong type. Clients
// know it without namespace.
func unreadable(message string) *Error {
	return &Error{Name: "SerializationException", Message: message, Status: http.StatusBadRequest}
}

// mismatch words a member of the wrong type as the service's framework does;
// wanted is a scalar's class with its article ("an Integer"), or "" for a list,
// map or structure.
func mismatch(v value.Value, wanted string) *Error {
	got := ""
	switch v.Kind() {
	case value.Object:
		return unreadable("Start of structure or map found where not expected.")
	case value.Array:
		return unreadable("Start of list found where not expected")
	case value.Bool:
		got = strings.ToUpper(v.String())
	default:
		got = strings.ToUpper(v.Kind().String())
	}
	if wanted == "" {
		return unreadable("Unexpected field type")
	}
	return unreadable(got + "_VALUE can not be converted to " + wanted)
}

// maxViolations is how many violations the message spells out. The others are
// only counted, so that the answer to a large request stays small.
const maxViolations = 100

func invalid(violations []string, n int) *Error {
	s := "s"
	if n == 1 {
		s = ""
	}
	return &Error{
		Name:    "com.amazon.coral.validate#ValidationException",
		Message: fmt.Sprintf("%d validation error%s detected: %s", n, s, strings.Join(violations, "; ")),
		Status:  http.StatusBadRequest,
	}
}

func unknownOperation(message string) *Error {
	return &Error{Name: "com.amazon.coral.service#UnknownOperationException", Message: message, Status: http.StatusBadRequest}
}

func tooLarge() *Error {
	return &Error{
		Name:    "com.amazon.coral.service#RequestEntityTooLargeException",
		Message: fmt.Sprintf("the request body has more than %d bytes", MaxBody),
		Status:  http.StatusRequestEntityTooLarge,
	}
}

func tooSlow() *Error {
	return &Error{
		Name:    "com.amazon.coral.service#RequestTimeoutException",
		Message: fmt.Sprintf("the request body did not arrive within %v", bodyTimeout),
		Status:  http.StatusRequestTimeout,
	}
}

// Unavailable returns the fault that the action cannot be done now, and that the
// same request may succeed later. SDKs send it again by themselves. API: Common
// Errors, ServiceUnavailable.
func Unavailable(message string) *Error {
	return &Error{Name: "com.amazon.coral.service#ServiceUnavailable", Message: message, Status: http.StatusServiceUnavailable}
}

func internal(requestID string) *Error {
	return &Error{
		Name:    "com.amazon.coral.service#InternalFailure",
		Message: "an internal error occurred; the log has it under request " + requestID,
		Status:  http.StatusInternalServerError,
	}
}

// appendFault appends the body of the answer to a refused request.
func appendFault(dst []byte, f Fault) []byte {
	dst = value.AppendQuoted(append(dst, `{"__type":`...), f.Type())
	dst = value.AppendQuoted(append(dst, `,"message":`...), f.Text())
	if name, text, ok := f.Member(); ok {
		dst = value.AppendQuoted(append(dst, ','), name)
		dst = value.AppendQuoted(append(dst, ':'), text)
	}
	return append(dst, '}')
}
