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
	if api == "s3" && operation == "PutObject" {
		return Answer{Output: withChecksum(answer.Output, c.Input.Get("Body"))}, nil
	}
	return Answer{Output: answer.Output}, nil
}

// withChecksum adds the checksum of an object that was written, which S3 shows and
// local endpoints seldom do.
func withChecksum(out, body value.Value) value.Value {
	for name := range out.Members() {
		if strings.HasPrefix(name, "Checksum") {
			return out
		}
	}
	sum := binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(bodyText(body))))
	return sorted(out.With("ChecksumCRC32", value.OfString(base64.StdEncoding.EncodeToString(sum))).With("ChecksumType", value.OfString("FULL_OBJECT")))
}

// bodyText is what is sent for the body of an object: a string as it is, and JSON of
// anything else.
func bodyText(v value.Value) string {
	switch v.Kind() {
	case value.Absent, value.Null:
		return ""
	case value.String:
		return v.Text()
	}
	return v.String()
}

// s3Object takes the URI of an object apart, s3://bucket/key.
func s3Object(uri value.Value) (bucket, key value.Value, ok bool) {
	rest, ok := strings.CutPrefix(uri.Text(), "s3://")
	name, path, slash := strings.Cut(rest, "/")
	return value.OfString(name), value.OfString(path), ok && slash && name != "" && path != ""
}
