package task

import (
	"context"
	"fmt"
	"net/http"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/internal/awsclient"
	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/internal/service"
)

// This file has the errors with which services refuse calls that come too often.

// A throttling is how a service says that.
type throttling struct {
	status        int
	code, message string
}

// throttlings are those of services, by the name in botocore, that have words of their
// own. API of each service: "Common Errors", and the errors of its operations.
var throttlings = map[string]throttling{
	"lambda":   {http.StatusTooManyRequests, "TooManyRequestsException", "Rate Exceeded."},
	"dynamodb": {http.StatusBadRequest, "ProvisionedThroughputExceededException", "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API."},
	"kinesis":  {http.StatusBadRequest, "ProvisionedThroughputExceededException", "Rate exceeded for shard."},
	"s3":       {http.StatusServiceUnavailable, "SlowDown", "Please reduce your request rate."},
	"sqs":      {http.StatusForbidden, "RequestThrottled", "Request is throttled."},
	"sns":      {http.StatusTooManyRequests, "Throttled", "Rate exceeded"},
}

// Throttled is the error that a call fails with when its service refuses it for coming
// too often; nil for the task of an activity, which calls no service.
func Throttled(c *Call) error {
	switch r := c.Resource; {
	case r.Kind == asl.Activity:
		return nil
	case r.Kind == asl.Lambda:
		return throttled(c, "lambda").optimized("lambda")
	case r.Service == "http":
		return &asl.Error{Name: "States.Http.StatusCode.429", Cause: "Too Many Requests"}
	case r.SDK:
		api, operation, err := awsapi.FindSDK(r.Service, r.Action)
		if err != nil {
			return &asl.Error{Name: asl.ErrRuntime, Cause: err.Error()}
		}
		return sdkFailure(context.Background(), c, api, operation, refusalFor(api))
	case r.Service == "lambda":
		return throttled(c, "lambda").optimized("lambda")
	case r.Service == "apigateway":
		return &asl.Error{Name: "ApiGateway.429", Cause: "Too Many Requests"}
	}
	s, ok := service.Lookup(c.Resource.Service)
	if !ok {
		return fmt.Errorf("task: no service %s", c.Resource.Service)
	}
	return optimizedFailure(context.Background(), c, refusalFor(s.API))
}

// throttled is the refusal of a service with words of its own.
func throttled(c *Call, api string) serviceError {
	t := throttlings[api]
	return serviceError{status: t.status, code: t.code, message: t.message, requestID: c.requestID()}
}

// refusalFor is what a service answers, by its name in botocore.
func refusalFor(api string) *awsclient.Error {
	t, ok := throttlings[api]
	if !ok {
		t = throttling{http.StatusBadRequest, "ThrottlingException", "Rate exceeded"}
	}
	e := &awsclient.Error{Status: t.status, Code: t.code, Message: t.message}
	if s, err := awsapi.Find(api); err == nil {
		if exception, ok := s.Exception(t.code); ok {
			e.Shape = exception.Name
		}
	}
	return e
}
