package awsclient

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aslocal/aslocal/internal/awsapi"
)

// This file has the errors of a call.

// An Error is what a service has answered instead of an output, or why no answer
// came.
type Error struct {
	Status            int    // of HTTP; 0 if no answer came
	Code              string // as the service calls it: "ResourceNotFoundException"; "" if it gives none
	Message           string // "" if the service gives none
	RequestID         string // "" if the service gives none
	ExtendedRequestID string // of S3; "" elsewhere
	Shape             string // of the model's exception that Code is; "" if the model has none
	Err               error  // why no answer came, or why it cannot be read; nil if the service has answered
}

// Error returns what happened, for logs: Step Functions words it differently.
func (e *Error) Error() string {
	if e.Err != nil {
		return e.Err.Error()
	}
	var parts []string
	for _, part := range []string{e.Code, e.Message} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		return fmt.Sprintf("status %d", e.Status)
	}
	return fmt.Sprintf("%s (status %d)", strings.Join(parts, ": "), e.Status)
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// errStream says why an operation is not called.
var errStream = errors.New("it sends or answers events one by one, which Step Functions does not offer")

// MissingEndpoint says that nothing names an endpoint of the service.
type MissingEndpoint struct{ Service string }

// Error says what to set.
func (e *MissingEndpoint) Error() string {
	return fmt.Sprintf("no endpoint is set for %s: set services.%s.endpoint in aslocal.yaml, or %s or AWS_ENDPOINT_URL in the environment,"+
		" to a URL such as http://localhost:5000, or to aws for real AWS", e.Service, e.Service, EndpointVariable(e.Service))
}

// An InputError says what in the input of a call does not fit the operation: a
// member is unknown, is missing although the request cannot be written without it,
// or has a value of another kind.
type InputError struct {
	Path     string      // of the value, as a path of JSONPath: $.Item.id
	Unknown  bool        // the operation has no such member
	Hint     string      // the member that was perhaps meant instead of the unknown one; ""
	Kind     awsapi.Kind // that the value should be of
	Expected string      // "a string"
	Got      string      // "number 1"; "" if the value is missing
}

// Error names the value, what was expected and what came.
func (e *InputError) Error() string {
	switch {
	case e.Unknown && e.Hint != "":
		return fmt.Sprintf("%s: no such member (did you mean %q?)", e.Path, e.Hint)
	case e.Unknown:
		return e.Path + ": no such member"
	case e.Got == "":
		return e.Path + ": is required"
	}
	return fmt.Sprintf("%s: expected %s, got %s", e.Path, e.Expected, e.Got)
}
