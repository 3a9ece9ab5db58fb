package awsapi

import "fmt"

// FindSDK returns the service, by its name in botocore, and the operation that
// aws-sdk:<service>:<action> means: "stepfunctions" and "StartExecution" for
// aws-sdk:sfn:startExecution. The error is an *UnknownError.
func FindSDK(service, action string) (botocore, operation string, err error) {
	return "", "", &UnknownError{Service: service}
}

// SDKServices returns the services of aws-sdk:, in alphabetical order.
func SDKServices() []string { return nil }

// SDKActions returns the actions of a service of aws-sdk:, in alphabetical order,
// and nil for an unknown service.
func SDKActions(service string) []string { return nil }

// SDKPrefix returns what begins the names of errors of a service, named as in
// botocore, when it is called through aws-sdk: "DynamoDb". It is "" for an unknown
// service.
func SDKPrefix(service string) string { return "" }

// SDKException returns the class by which the Java SDK v2 knows an exception of a
// model: "NoSuchKeyException" for NoSuchKey, "DbInstanceNotFoundException" for
// DBInstanceNotFoundFault.
func SDKException(shape string) string { return "" }

// An UnknownError says that there is no service, or no operation of a service, of
// a name.
type UnknownError struct {
	Service string
	Action  string // the unknown operation or action; "" if the service is unknown
	Hint    string // the name that was perhaps meant; ""
}

// Error names what is unknown.
func (e *UnknownError) Error() string {
	text := fmt.Sprintf("there is no AWS service %q", e.Service)
	if e.Action != "" {
		text = fmt.Sprintf("service %s has no action %q", e.Service, e.Action)
	}
	if e.Hint != "" {
		text += fmt.Sprintf(" (did you mean %q?)", e.Hint)
	}
	return text
}
