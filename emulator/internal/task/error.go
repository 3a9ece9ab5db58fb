package task

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file has every error that a call can end with and that is not the
// function's or the service's own. Where Step Functions has words for it, they
// are here to the letter; what only a local emulator can have to say is in ours.

// unsupported: no runner calls the resource.
func unsupported(r asl.Resource, patterns []string) error {
	have := "none"
	if len(patterns) > 0 {
		have = strings.Join(patterns, ", ")
	}
	return &asl.Error{Name: asl.ErrRuntime, Cause: fmt.Sprintf(
		"the resource %s cannot be called: aslocal calls only these: %s. TestState tests the state with a mock; in Go tests, emulator.WithTask answers the resource",
		r.Text, have)}
}

// badParameters: the parameters, which a path or expression made, cannot be
// used. Problems are the service's sentences on fields.
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

// noEndpoint: nothing is known that could run the function.
func noEndpoint(function string) error {
	return &asl.Error{Name: "Lambda.SdkClientException", Cause: fmt.Sprintf(
		"no endpoint for the Lambda function '%s': set --lambda-endpoint or LAMBDA_ENDPOINT to one that speaks Lambda's Invoke API "+
			"(such as http://localhost:3001 of sam local start-lambda), or give this function a URL in aslocal.yaml (lambda.functions)", function)}
}

// noAnswer: the endpoint cannot be reached, or broke off. A password in its URL
// is not shown.
func noAnswer(err error, function, target string) error {
	if u, err := url.Parse(target); err == nil {
		target = u.Redacted()
	}
	return &asl.Error{Name: "Lambda.SdkClientException", Cause: fmt.Sprintf(
		"Unable to execute HTTP request: %v. The Lambda function '%s' was called at %s: is that running? "+
			"Another endpoint is set by --lambda-endpoint or LAMBDA_ENDPOINT, or by the function's URL", err, function, target)}
}

// A serviceError is what a service answered instead of doing what it was asked.
type serviceError struct {
	status    int
	code      string // "ResourceNotFoundException"
	message   string
	requestID string
}

// lambdaExceptions are the exceptions that Lambda's model has for Invoke. By
// the name of any other, Step Functions does not know them.
var lambdaExceptions = map[string]bool{
	"EC2AccessDeniedException":             true,
	"EC2ThrottledException":                true,
	"EC2UnexpectedException":               true,
	"EFSIOException":                       true,
	"EFSMountConnectivityException":        true,
	"EFSMountFailureException":             true,
	"EFSMountTimeoutException":             true,
	"ENILimitReachedException":             true,
	"InvalidParameterValueException":       true,
	"InvalidRequestContentException":       true,
	"InvalidRuntimeException":              true,
	"InvalidSecurityGroupIDException":      true,
	"InvalidSubnetIDException":             true,
	"InvalidZipFileException":              true,
	"KMSAccessDeniedException":             true,
	"KMSDisabledException":                 true,
	"KMSInvalidStateException":             true,
	"KMSNotFoundException":                 true,
	"RecursiveInvocationException":         true,
	"RequestTooLargeException":             true,
	"ResourceConflictException":            true,
	"ResourceNotFoundException":            true,
	"ResourceNotReadyException":            true,
	"ServiceException":                     true,
	"SnapStartException":                   true,
	"SnapStartNotReadyException":           true,
	"SnapStartTimeoutException":            true,
	"SubnetIPAddressLimitReachedException": true,
	"TooManyRequestsException":             true,
	"UnsupportedMediaTypeException":        true,
}

// lambda words the error as Step Functions does for Lambda.
func (e serviceError) lambda() error {
	name := e.code
	if !lambdaExceptions[name] {
		name = "AWSLambdaException"
	}
	return &asl.Error{Name: "Lambda." + name, Cause: fmt.Sprintf("%s (Service: AWSLambda; Status Code: %d; Error Code: %s; Request ID: %s; Proxy: null)",
		e.message, e.status, e.code, e.requestID)}
}

// refused is a service error that does not need an endpoint to say it.
func refused(code, message string) error {
	return serviceError{status: http.StatusBadRequest, code: code, message: message, requestID: uuid.NewString()}.lambda()
}

// notInSet: a parameter has a value that the API's model does not know.
func notInSet(member, got string, set []string) error {
	return refused("ValidationException", fmt.Sprintf("1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: "+
		"Member must satisfy enum value set: [%s]", got, member, strings.Join(set, ", ")))
}
