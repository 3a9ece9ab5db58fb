package lambda

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"
)

// This file has what Lambda says when a call fails: refusals, which are an
// *Error, and the payloads of functions that have not answered themselves.

// ErrClosed is the error of calls of a Host that is closed.
var ErrClosed = errors.New("lambda: aslocal is shutting down")

// maxPayload is how many bytes a result may have: 6 MB and a little.
const maxPayload = 6<<20 + 100

// What an event may have, by the type of the call.
const (
	maxEvent             = 6 << 20
	maxAsynchronousEvent = 1 << 20
)

func notFound(arn string) *Error {
	return &Error{http.StatusNotFound, "ResourceNotFoundException", "Function not found: " + arn}
}

func notJSON(err error) *Error {
	return &Error{http.StatusBadRequest, "InvalidRequestContentException", "Could not parse request body into json: Could not parse payload into json: " + err.Error()}
}

func badClientContext() *Error {
	return &Error{http.StatusBadRequest, "InvalidRequestContentException", "Client context must be a valid Base64-encoded JSON object."}
}

func eventTooLarge(limit int) *Error {
	return &Error{http.StatusRequestEntityTooLarge, "RequestTooLargeException", fmt.Sprintf("Request must be smaller than %d bytes for the InvokeFunction operation", limit)}
}

func badType(kind string) *Error {
	return &Error{http.StatusBadRequest, "ValidationException", fmt.Sprintf("1 validation error detected: Value '%s' at 'invocationType' failed to satisfy constraint: "+
		"Member must satisfy enum value set: [Event, RequestResponse, DryRun]", kind)}
}

// cannotRun is the refusal of a call of a function that this machine cannot run.
// Its code is Lambda's for a runtime that it does not support. It is not among
// those that Retriers of Lambda tasks usually name: trying again does not help.
func cannotRun(f Function, problem string) *Error {
	where := ""
	if f.Place != "" {
		where = " (" + f.Place + ")"
	}
	return &Error{http.StatusBadGateway, "InvalidRuntimeException", fmt.Sprintf("the function '%s'%s cannot run on this machine: %s", f.Name, where, problem)}
}

// A failure is the outcome of a call that the function has not answered.
type failure struct {
	kind    string // errorType
	message string // errorMessage
	line    string // of the log; ""
	status  string // in REPORT
}

func (f failure) payload() []byte {
	payload, _ := json.Marshal(struct { // two strings can always be written
		ErrorType    string `json:"errorType"`
		ErrorMessage string `json:"errorMessage"`
	}{f.kind, f.message})
	return payload
}

// responseTooLarge is the payload of a function whose result is over maxPayload.
var responseTooLarge = fmt.Appendf(nil, `{"errorMessage":"Response payload size exceeded maximum allowed payload size (%d bytes).","errorType":"Function.ResponseSizeTooLarge"}`, maxPayload)

func truncated(id string) failure {
	return failure{kind: "Runtime.TruncatedResponse", message: "RequestId: " + id + " Error: HTTP request detected as truncated", status: "error"}
}

func timedOut(id string, limit time.Duration, now time.Time) failure {
	what := fmt.Sprintf("Task timed out after %.2f seconds", limit.Seconds())
	return failure{
		kind: "Sandbox.Timedout", message: "RequestId: " + id + " Error: " + what,
		line: now.UTC().Format("2006-01-02T15:04:05.000Z") + " " + id + " " + what, status: "timeout",
	}
}

// exited says how the process has ended. The words are those of Go's
// os.ProcessState, which Lambda itself uses.
func exited(id string, state *os.ProcessState) failure {
	reason := "Runtime exited without providing a reason"
	if !state.Success() {
		reason = "Runtime exited with error: " + strings.TrimSuffix(state.String(), " (core dumped)")
	}
	message := "RequestId: " + id + " Error: " + reason
	return failure{kind: "Runtime.ExitError", message: message, line: message + "\nRuntime.ExitError", status: "error"}
}
