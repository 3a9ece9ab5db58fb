package task

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/internal/service"
	"github.com/aslocal/aslocal/value"
)

// This file has the errors of calls, but for those that functions and services
// give themselves. Where Step Functions has words for an error, they are here to
// the letter; the errors of a local emulator are in ours.

// unsupported: no Runner is registered for the resource.
func unsupported(r asl.Resource, patterns []string) error {
	have := "none"
	if len(patterns) > 0 {
		have = strings.Join(patterns, ", ")
	}
	return &MissingError{Failure: &asl.Error{Name: asl.ErrRuntime, Cause: fmt.Sprintf(
		"the resource %s cannot be called: aslocal calls only these: %s. --mocks FILE answers it from a test case, --missing hold lets it wait for an answer by hand; "+
			"in Go tests, emulator.WithTask answers the resource", r.Text, have)}}
}

// badParameters: the parameters that a path or expression has made cannot be
// used. The problem is a sentence of the service on a field.
func badParameters(parameters value.Value, problem string) error {
	return &asl.Error{Name: asl.ErrRuntime, Cause: fmt.Sprintf(
		"The Parameters '%s' could not be used to start the Task: [%s]", parameters, problem)}
}

func invalidFormat(field string) string {
	return "The value of the field '" + field + "' has an invalid format"
}

func missing(field string) string {
	return "The field '" + field + "' is required but was missing"
}

// tooLarge: the result has more than maxResult bytes. What is the ARN of a
// function, or a service.
func tooLarge(what string) error {
	return &asl.Error{Name: asl.ErrDataLimitExceeded, Cause: "The state/task '" + what +
		"' returned a result with a size exceeding the maximum number of bytes service limit."}
}

// unknownError: a function failed without saying what kind of error it was.
func unknownError(payload string) error {
	return &asl.Error{Name: "Lambda.Unknown", Cause: "The cause could not be determined because Lambda did not return an error type. Returned payload: " + payload}
}

// noEndpoint: neither an endpoint nor a URL is set up for the function.
func noEndpoint(function string) error {
	return &MissingError{Failure: &asl.Error{Name: "Lambda.SdkClientException", Cause: fmt.Sprintf(
		"no endpoint for the Lambda function '%s': set --lambda-endpoint or LAMBDA_ENDPOINT to one that speaks Lambda's Invoke API "+
			"(such as http://localhost:3001 of sam local start-lambda), or say in aslocal.yaml where this function is: its code (functions) or its URL (lambda.functions)", function)}, Function: function}
}

// unreachable: the endpoint cannot be reached, or broke off. A password in its URL
// is not shown.
func unreachable(err error, function, target string) error {
	if u, err := url.Parse(target); err == nil {
		target = u.Redacted()
	}
	return &asl.Error{Name: "Lambda.SdkClientException", Cause: fmt.Sprintf(
		"Unable to execute HTTP request: %v. The Lambda function '%s' was called at %s: is that running? "+
			"Another endpoint is set by --lambda-endpoint or LAMBDA_ENDPOINT, or by the function's URL", err, function, target)}
}

// A serviceError is the refusal of a service.
type serviceError struct {
	status    int
	code      string // "ResourceNotFoundException"
	message   string
	requestID string
}

// optimized words the error as optimized integrations of a service do.
func (e serviceError) optimized(name string) error {
	s, ok := service.Lookup(name)
	if !ok {
		return fmt.Errorf("task: no service %s", name)
	}
	return &asl.Error{Name: s.Prefix + "." + s.Class(e.code), Cause: fmt.Sprintf("%s (Service: %s; Status Code: %d; Error Code: %s; Request ID: %s; Proxy: null)",
		e.message, s.Display, e.status, e.code, e.requestID)}
}

// sdk words the error as the AWS SDK integration of Step Functions does.
func (e serviceError) sdk() error {
	const prefix = "Sfn"
	class := strings.TrimSuffix(e.code, "Exception") + "Exception"
	if s, ok := service.Lookup("states"); ok && s.Class(e.code) != class { // no class of its own
		class = prefix + "Exception"
	}
	return &asl.Error{Name: prefix + "." + class, Cause: fmt.Sprintf(
		"%s (Service: %s, Status Code: %d, Request ID: %s) (SDK Attempt Count: 1)", e.message, prefix, e.status, e.requestID)}
}

// refused is an error of Lambda that does not need an endpoint to say it.
func refused(c *Call, code, message string) error {
	return serviceError{status: http.StatusBadRequest, code: code, message: message, requestID: c.requestID()}.optimized("lambda")
}

// notInSet: a parameter has a value that is not in the enumeration of the API.
func notInSet(c *Call, member, got string, set []string) error {
	return refused(c, "ValidationException", fmt.Sprintf("1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: "+
		"Member must satisfy enum value set: [%s]", got, member, strings.Join(set, ", ")))
}
