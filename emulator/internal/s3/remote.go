package s3

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// This file has the buckets of an endpoint that speaks S3, called with the AWS
// SDK as others call it: by path, since http://orders.localhost:9000 resolves
// nowhere, and without the checksums that only S3 itself is sure to know.

// remote holds buckets.
type remote struct {
	client    *s3.Client
	endpoint  string
	transport *http.Transport
}

func newRemote(c Config) (*remote, error) {
	endpoint, err := parseEndpoint(c.Endpoint)
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment, // S3 itself may be behind one; nothing local is
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		MaxIdleConnsPerHost:   64,
		IdleConnTimeout:       30 * time.Second,
		TLSHandshakeTimeout:   5 * time.Second,
		ResponseHeaderTimeout: time.Minute,
		DisableCompression:    true,
	}
	region := c.Region
	if region == "" {
		region = "us-east-1"
	}
	client := s3.New(s3.Options{
		BaseEndpoint:               aws.String(endpoint),
		Region:                     region,
		Credentials:                environmentCredentials(),
		HTTPClient:                 &http.Client{Transport: transport},
		UsePathStyle:               true,
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
		Retryer: retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts, o.MaxBackoff = 3, 200*time.Millisecond // what is local is there at once, or is not running
		}),
	})
	return &remote{client, endpoint, transport}, nil
}

// environmentCredentials are those that AWS's tools find in the environment, or
// some that nobody checks.
func environmentCredentials() aws.CredentialsProvider {
	id, secret := os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY")
	if id == "" || secret == "" {
		return credentials.NewStaticCredentialsProvider("test", "test", "")
	}
	return credentials.NewStaticCredentialsProvider(id, secret, os.Getenv("AWS_SESSION_TOKEN"))
}

// CheckEndpoint says what is wrong with the URL of an endpoint, if anything is.
func CheckEndpoint(text string) error {
	_, err := parseEndpoint(text)
	return err
}

// parseEndpoint returns the URL of an endpoint; http:// may be left out.
func parseEndpoint(text string) (string, error) {
	full := text
	if !strings.Contains(full, "://") {
		full = "http://" + full
	}
	u, err := url.Parse(full)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", fmt.Errorf("s3 endpoint: expected a URL such as http://localhost:9000, got %q", text)
	}
	return full, nil
}

func (r *remote) close() { r.transport.CloseIdleConnections() }

func (r *remote) get(ctx context.Context, o Object) (*Content, error) {
	out, err := r.client.GetObject(ctx, &s3.GetObjectInput{
		Bucket: aws.String(o.Bucket), Key: aws.String(o.Key), VersionId: given(o.Version), ExpectedBucketOwner: given(o.Owner),
	})
	if err != nil {
		return nil, r.errorOf(err)
	}
	size := int64(-1)
	if out.ContentLength != nil {
		size = *out.ContentLength
	}
	return &Content{ReadCloser: out.Body, Size: size}, nil
}

func (r *remote) list(ctx context.Context, o Object) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		pages := s3.NewListObjectsV2Paginator(r.client, &s3.ListObjectsV2Input{
			Bucket: aws.String(o.Bucket), Prefix: given(o.Key), ExpectedBucketOwner: given(o.Owner),
		}, func(p *s3.ListObjectsV2PaginatorOptions) { p.StopOnDuplicateToken = true })
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(Entry{}, r.errorOf(err))
				return
			}
			for _, object := range page.Contents {
				e := Entry{
					Key: aws.ToString(object.Key), ETag: aws.ToString(object.ETag), Modified: aws.ToTime(object.LastModified), Size: aws.ToInt64(object.Size),
					StorageClass: string(object.StorageClass),
				}
				if e.StorageClass == "" {
					e.StorageClass = "STANDARD"
				}
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}

func (r *remote) put(ctx context.Context, o Object, content []byte) error {
	_, err := r.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: aws.String(o.Bucket), Key: aws.String(o.Key), ExpectedBucketOwner: given(o.Owner),
		Body: bytes.NewReader(content), ContentType: aws.String("application/json"),
	})
	if err != nil {
		return r.errorOf(err)
	}
	return nil
}

// given is a parameter that may be left out.
func given(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// errorOf takes what the SDK says of an answer apart.
func (r *remote) errorOf(err error) error {
	var response *smithyhttp.ResponseError
	if !errors.As(err, &response) || response.HTTPStatusCode() == 0 {
		var cause *url.Error
		if errors.As(err, &cause) {
			err = cause.Err
		}
		return unreachable(err, r.endpoint)
	}
	e := &Error{Status: response.HTTPStatusCode(), Code: "Unknown", Message: http.StatusText(response.HTTPStatusCode())}
	e.RequestID = response.Response.Header.Get("x-amz-request-id")
	var said smithy.APIError
	if errors.As(err, &said) && said.ErrorMessage() != "" {
		e.Code, e.Message = said.ErrorCode(), said.ErrorMessage()
	}
	return e
}
