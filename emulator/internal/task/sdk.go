package task

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
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
		return Answer{}, sdkFailure(ctx, c, c.Resource.Service, "", err)
	}
	op, ok := awsapi.Describe(api, operation)
	if !ok || op.Streams {
		return Answer{}, streams(c)
	}
	if c.Input.Kind() != value.Object {
		return Answer{}, badParameters(c.Input, "expected an object")
	}
	in := streamed(op, c.Input)
	home := c.Home()
	answer, err := s.Client.Call(ctx, awsclient.Request{
		Service: api, Operation: operation, Casing: awsapi.JavaV2, Input: in, Region: home.Region, Account: home.Account, Role: c.Role, Random: c.random(),
	})
	if err != nil {
		return Answer{}, sdkFailure(ctx, c, api, operation, err)
	}
	if api == "s3" && operation == "PutObject" {
		return Answer{Output: withChecksum(answer.Output, in.Get("Body"))}, nil
	}
	return Answer{Output: answer.Output}, nil
}

// streamed makes the body of a request that is a stream: JSON of whatever it is given
// as, so that a text has quotes (recorded).
func streamed(o *awsapi.Operation, in value.Value) value.Value {
	m := o.Input.Payload
	if m == nil || !m.Streaming && !m.Shape.Streaming {
		return in
	}
	for name, member := range o.Input.Members(awsapi.JavaV2) {
		body := in.Get(name)
		if member != m || !body.Exists() || body.IsNull() {
			continue
		}
		in = in.With(name, value.OfString(body.String()))
		if contentType := o.Input.Member("ContentType", awsapi.JavaV2); contentType != nil && !in.Get("ContentType").Exists() {
			in = in.With("ContentType", value.OfString("text/plain; charset=UTF-8"))
		}
	}
	return in
}

// withChecksum adds the checksum of an object that was written, which S3 shows and
// local endpoints seldom do.
func withChecksum(out, body value.Value) value.Value {
	for name := range out.Members() {
		if strings.HasPrefix(name, "Checksum") {
			return out
		}
	}
	sum := binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(body.Text())))
	return sorted(out.With("ChecksumCRC32", value.OfString(base64.StdEncoding.EncodeToString(sum))).With("ChecksumType", value.OfString("FULL_OBJECT")))
}

// s3Object takes the URI of an object apart, s3://bucket/key.
func s3Object(uri value.Value) (bucket, key value.Value, ok bool) {
	rest, ok := strings.CutPrefix(uri.Text(), "s3://")
	name, path, slash := strings.Cut(rest, "/")
	return value.OfString(name), value.OfString(path), ok && slash && name != "" && path != ""
}
