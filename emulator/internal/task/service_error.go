package task

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/internal/awsclient"
	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/internal/service"
	"github.com/aslocal/aslocal/value"
)

// This file names and words the errors of services. The optimized integrations have
// the form of AWS's SDK for Java 1, those through the AWS SDK the form of version 2.

// optimizedFailure is what the state sees of an error of a Caller, or the error of ctx.
func optimizedFailure(ctx context.Context, c *Call, err error) error {
	s, ok := service.Lookup(c.Resource.Service)
	if !ok {
		return fmt.Errorf("task: no service %s", c.Resource.Service)
	}
	refused, failure := answered(ctx, c, err, s.Prefix)
	if refused == nil {
		return failure
	}
	class := s.Base
	if refused.Shape != "" {
		class = strings.TrimSuffix(refused.Shape, "Exception") + "Exception"
	}
	return &asl.Error{Name: s.Prefix + "." + class, Cause: fmt.Sprintf("%s (Service: %s; Status Code: %d; Error Code: %s; Request ID: %s; Proxy: null)",
		cmp.Or(refused.Message, "null"), cmp.Or(s.Display, s.Prefix), refused.Status, cmp.Or(refused.Code, "null"), cmp.Or(refused.RequestID, c.requestID()))}
}

// sdkFailure is optimizedFailure for a call of an operation through the AWS SDK of a
// service, both named as in botocore.
func sdkFailure(ctx context.Context, c *Call, api, operation string, err error) error {
	prefix := awsapi.SDKPrefix(api)
	refused, failure := answered(ctx, c, err, prefix)
	if refused == nil {
		return failure
	}
	extended := ""
	if refused.ExtendedRequestID != "" {
		extended = ", Extended Request ID: " + refused.ExtendedRequestID
	}
	details := fmt.Sprintf("(Service: %s, Status Code: %d, Request ID: %s%s)", prefix, refused.Status, cmp.Or(refused.RequestID, c.requestID()), extended)
	cause := details + " (SDK Attempt Count: 1)"
	if refused.Message != "" {
		cause = refused.Message + " " + cause
	}
	class := prefix + "Exception"
	if refused.Shape != "" {
		class = awsapi.SDKException(refused.Shape)
	}
	if absent := headed[api+":"+operation]; absent != "" && refused.Status == http.StatusNotFound && refused.Message == "" {
		class, cause = absent, cause+" "+details // recorded
	}
	return &asl.Error{Name: prefix + "." + class, Cause: cause}
}

// headed are the operations whose answers have no body to say what is missing: the SDK
// knows.
var headed = map[string]string{"s3:HeadBucket": "NoSuchBucketException", "s3:HeadObject": "NoSuchKeyException"}

// answered returns the error that a service has answered with, or else what the state
// sees instead: there was no answer, or no call.
func answered(ctx context.Context, c *Call, err error, prefix string) (*awsclient.Error, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if already, ok := errors.AsType[*asl.Error](err); ok {
		return nil, already
	}
	if missing, ok := errors.AsType[*awsclient.MissingEndpoint](err); ok {
		return nil, &MissingError{Failure: &asl.Error{Name: prefix + ".SdkClientException", Cause: missing.Error()}, Service: missing.Service}
	}
	if wrong, ok := errors.AsType[*awsclient.InputError](err); ok {
		return nil, badParameters(c.Input, wrong.Error())
	}
	if unknown, ok := errors.AsType[*awsapi.UnknownError](err); ok {
		return nil, &asl.Error{Name: asl.ErrRuntime, Cause: unknown.Error()}
	}
	e, ok := errors.AsType[*awsclient.Error](err)
	switch {
	case !ok:
		return nil, err
	case e.Err != nil:
		return nil, &asl.Error{Name: prefix + ".SdkClientException", Cause: "Unable to execute HTTP request: " + e.Err.Error()}
	}
	return e, nil
}

// passes reports whether a poll that has failed so may work the next time: the
// endpoint was away or too busy, or does not know the job yet.
func passes(err error) bool {
	if _, ok := errors.AsType[*noStatusError](err); ok {
		return true
	}
	e, ok := errors.AsType[*awsclient.Error](err)
	return ok && (e.Err != nil || e.Status >= 500 || e.Status == http.StatusTooManyRequests || strings.Contains(e.Code, "Throttl"))
}

// A noStatusError says that a poll has not shown the status of its job.
type noStatusError struct{ failure *asl.Error }

func (e *noStatusError) Error() string { return e.failure.Error() }

func (e *noStatusError) Unwrap() error { return e.failure }

func noStatus(job *service.Job, description value.Value) error {
	return &noStatusError{&asl.Error{Name: asl.ErrTaskFailed, Cause: fmt.Sprintf("the job cannot be followed: the answer of %s has no %s: %s",
		job.Poll, job.Status, shortened(description))}}
}

// shortened is a value as the excerpt of a message.
func shortened(v value.Value) string {
	const most = 200
	text := v.String()
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}

// failedWith is an error whose cause is JSON.
func failedWith(name string, cause value.Value) error {
	return &asl.Error{Name: name, Cause: cause.String()}
}

// noInstances: a cluster has no fleet or group of a name. AWS's words are not known.
func noInstances(c *Call, list string, name value.Value) error {
	return &asl.Error{Name: "ElasticMapReduce.AmazonElasticMapReduceException", Cause: fmt.Sprintf("the cluster %s has none of the name %s in its %s",
		c.Input.Get("ClusterId").Text(), name, list)}
}

// streams: the operation answers a stream of events.
func streams(c *Call) error {
	return &asl.Error{Name: asl.ErrRuntime, Cause: "aslocal does not call " + c.Resource.Text +
		", which answers a stream of events: TestState tests the state with a mock; in Go tests, emulator.WithTask answers the resource"}
}
