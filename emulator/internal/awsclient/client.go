package awsclient

import (
	"context"
	"net/http"
	"time"

	"github.com/aslocal/aslocal/emulator/internal/random"
	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/value"
)

// A Request is one call of an operation.
type Request struct {
	Service   string        // the name that botocore gives it: "dynamodb", "stepfunctions", "bedrock-runtime"
	Operation string        // "PutItem"
	Casing    awsapi.Casing // of the members of Input and of Response.Output
	Input     value.Value   // an object; no value is an empty one
	Region    string        // "": that of the Settings
	Role      string        // ARN of the role to call real AWS as; "": as the credentials say. Other endpoints are called without a role

	// Random gives the idempotency tokens that Input leaves out. nil: the system's.
	Random *random.Source
}

// A Response is the answer of a call that succeeded.
type Response struct {
	// Output has the members that the service has answered, in alphabetical order;
	// a streaming body is a string and comes last. Blobs are strings: those that
	// are streamed are the text of the bytes, as are those within documents. It is
	// {} if the operation answers with nothing.
	Output    value.Value
	Status    int
	Header    http.Header
	RequestID string // "" if the service has sent none
}

// Settings say how a Client calls.
type Settings struct {
	Endpoints *Endpoints        // nil: no service has an endpoint
	Region    string            // of requests without one; "": us-east-1
	HTTP      http.RoundTripper // nil: one of the Client's own, without a time limit for an answer: a call's context ends it
	Now       func() time.Time  // for signatures; nil: time.Now
}

// A Client calls services. It is safe for concurrent use.
type Client struct {
	settings Settings
}

// New returns a Client. It reads no files and no models, and connects to nothing.
func New(s Settings) *Client { return &Client{settings: s} }

// Call makes the call and waits for the whole answer, of 8 MB at most; when ctx
// ends, the call ends. The error is
//
//   - an *Error if the service has answered with one, or no answer came,
//   - a *MissingEndpoint if nothing says where the service is,
//   - an *InputError if Input does not fit the operation,
//   - an *awsapi.UnknownError if there is no such service or operation.
func (c *Client) Call(ctx context.Context, r Request) (Response, error) {
	return Response{}, &MissingEndpoint{Service: r.Service}
}
