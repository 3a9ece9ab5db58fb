package task

import (
	"context"
	"strings"

	"github.com/aslocal/aslocal/emulator/internal/awsclient"
	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/value"
)

// This file calls every service through the AWS SDK integrations: an action is an
// operation of the API, and its result the answer. Guide: "Learning to use AWS service
// SDK integrations".

// SDK runs aws-sdk:<service>:<action>.
type SDK struct {
	NoJobs
	Client Caller
}

// Run implements Runner.
func (s SDK) Run(ctx context.Context, c *Call) (Answer, error) {
	api, operation, err := awsapi.FindSDK(c.Resource.Service, c.Resource.Action)
	if err != nil {
		return Answer{}, sdkFailure(ctx, c, c.Resource.Service, err)
	}
	if op, ok := awsapi.Describe(api, operation); ok && op.Streams {
		return Answer{}, streams(c)
	}
	if c.Input.Kind() != value.Object {
		return Answer{}, badParameters(c.Input, "expected an object")
	}
	answer, err := s.Client.Call(ctx, awsclient.Request{
		Service: api, Operation: operation, Casing: awsapi.JavaV2, Input: c.Input, Role: c.Role, Random: c.random(),
	})
	if err != nil {
		return Answer{}, sdkFailure(ctx, c, api, err)
	}
	return Answer{Output: answer.Output}, nil
}

// s3Object takes the URI of an object apart, s3://bucket/key.
func s3Object(uri value.Value) (bucket, key value.Value, ok bool) {
	rest, ok := strings.CutPrefix(uri.Text(), "s3://")
	name, path, slash := strings.Cut(rest, "/")
	return value.OfString(name), value.OfString(path), ok && slash && name != "" && path != ""
}
