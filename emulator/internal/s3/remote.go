package s3

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// This file has the buckets of an endpoint that speaks S3. It is called by path, since
// http://orders.localhost:9000 resolves nowhere, and without the checksums that only S3
// itself is sure to know. The client is ours, since that of the AWS SDK makes the binary
// two megabytes larger for the three operations that are called here.

// remote holds buckets.
type remote struct {
	endpoint    string // without a slash at its end
	region      string
	credentials aws.Credentials
	transport   *http.Transport
}

func newRemote(c Config) (*remote, error) {
	endpoint, err := parseEndpoint(c.Endpoint)
	if err != nil {
		return nil, err
	}
	region := c.Region
	if region == "" {
		region = "us-east-1"
	}
	return &remote{endpoint, region, environmentCredentials(), &http.Transport{
		Proxy:                 http.ProxyFromEnvironment, // S3 itself may be behind one; nothing local is
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		MaxIdleConnsPerHost:   64,
		IdleConnTimeout:       30 * time.Second,
		TLSHandshakeTimeout:   5 * time.Second,
		ResponseHeaderTimeout: time.Minute,
		DisableCompression:    true, // what is stored packed is read as it is
	}}, nil
}

// environmentCredentials are those that AWS's tools find in the environment, or
// some that nobody checks.
func environmentCredentials() aws.Credentials {
	found := aws.Credentials{
		AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"), SessionToken: os.Getenv("AWS_SESSION_TOKEN"),
	}
	if !found.HasKeys() {
		return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}
	}
	return found
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
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("s3 endpoint: expected a URL such as http://localhost:9000, got %q", text)
	}
	return strings.TrimSuffix(full, "/"), nil
}

func (r *remote) close() { r.transport.CloseIdleConnections() }

// get opens an object: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
func (r *remote) get(ctx context.Context, o Object) (*Content, error) {
	if o.Key == "" {
		return nil, noName(o)
	}
	query := make(url.Values)
	if o.Version != "" {
		query.Set("versionId", o.Version)
	}
	answer, err := r.call(ctx, http.MethodGet, o, query, nil)
	if err != nil {
		return nil, err
	}
	return &Content{ReadCloser: answer.Body, Size: answer.ContentLength}, nil
}

// put writes an object: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
func (r *remote) put(ctx context.Context, o Object, content []byte) error {
	if o.Key == "" {
		return noName(o)
	}
	answer, err := r.call(ctx, http.MethodPut, o, nil, content)
	if err != nil {
		return err
	}
	return answer.Body.Close()
}

// A page is a part of a listing:
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
type page struct {
	IsTruncated           bool
	NextContinuationToken string
	Contents              []struct {
		Key          string
		ETag         string
		LastModified time.Time
		Size         int64
		StorageClass string
	}
}

// maxPage is how many bytes a page of a listing may have. Of a thousand keys, the most
// that S3 gives, each has 1 KB at most.
const maxPage = 16 << 20

func (r *remote) list(ctx context.Context, o Object) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for token := ""; ; {
			listed, err := r.page(ctx, o, token)
			if err != nil {
				yield(Entry{}, err)
				return
			}
			for _, object := range listed.Contents {
				e := Entry{Key: object.Key, ETag: object.ETag, Modified: object.LastModified, Size: object.Size, StorageClass: object.StorageClass}
				if e.StorageClass == "" {
					e.StorageClass = "STANDARD"
				}
				if !yield(e, nil) {
					return
				}
			}
			if !listed.IsTruncated {
				return
			}
			if listed.NextContinuationToken == "" || listed.NextContinuationToken == token {
				yield(Entry{}, unreadableAnswer(errors.New("a listing goes on, but does not say where"), r.endpoint))
				return
			}
			token = listed.NextContinuationToken
		}
	}
}

// page gets the part of a listing that a token stands for, "" for the first.
func (r *remote) page(ctx context.Context, o Object, token string) (*page, error) {
	query := url.Values{"list-type": {"2"}}
	if o.Key != "" {
		query.Set("prefix", o.Key)
	}
	if token != "" {
		query.Set("continuation-token", token)
	}
	answer, err := r.call(ctx, http.MethodGet, Object{Bucket: o.Bucket, Owner: o.Owner}, query, nil)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	listed := &page{}
	if err := xml.NewDecoder(io.LimitReader(answer.Body, maxPage)).Decode(listed); err != nil {
		return nil, unreadableAnswer(err, r.endpoint)
	}
	return listed, nil
}

// attempts is how often a call is made. What is local is there at once, or is not
// running, so the pauses in between are short.
const attempts = 3

func pause(attempt int) time.Duration { return time.Duration(attempt) * 100 * time.Millisecond }

// call calls S3 until it has answered or refused: again if there was no answer, and if
// the answer says that later may be better. The caller closes the body.
func (r *remote) call(ctx context.Context, method string, o Object, query url.Values, content []byte) (*http.Response, error) {
	for attempt := 1; ; attempt++ {
		answer, err := r.callOnce(ctx, method, o, query, content)
		var refused *Error
		if !errors.As(err, &refused) || !refused.passes() || attempt == attempts {
			return answer, err
		}
		select {
		case <-time.After(pause(attempt)):
		case <-ctx.Done():
			return nil, err
		}
	}
}

// passes reports whether the same call may succeed a moment later.
func (e *Error) passes() bool {
	switch e.Status {
	case 0, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return e.Code == "RequestTimeout" // the body came too slowly
}

func (r *remote) callOnce(ctx context.Context, method string, o Object, query url.Values, content []byte) (*http.Response, error) {
	request, err := r.request(ctx, method, o, query, content)
	if err != nil {
		return nil, err
	}
	answer, err := r.transport.RoundTrip(request) // follows no redirect: a signature is for one host
	if err != nil {
		return nil, unreachable(err, r.endpoint)
	}
	if answer.StatusCode/100 == 2 {
		return answer, nil
	}
	defer answer.Body.Close()
	return nil, refusal(answer)
}

// request makes a signed request: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
func (r *remote) request(ctx context.Context, method string, o Object, query url.Values, content []byte) (*http.Request, error) {
	if o.Bucket == "" {
		return nil, noName(o)
	}
	target := r.endpoint + "/" + escape(o.Bucket) + strings.ReplaceAll(escape("/"+o.Key), "%2F", "/")
	if o.Key == "" {
		target = strings.TrimSuffix(target, "/")
	}
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(content))
	if err != nil {
		return nil, unreachable(err, r.endpoint)
	}
	request.Header.Set("User-Agent", "aslocal")
	if method == http.MethodPut {
		request.Header.Set("Content-Type", "application/json")
	}
	if o.Owner != "" {
		request.Header.Set("X-Amz-Expected-Bucket-Owner", o.Owner)
	}
	sum := sha256.Sum256(content)
	payload := hex.EncodeToString(sum[:])
	request.Header.Set("X-Amz-Content-Sha256", payload)
	err = v4.NewSigner().SignHTTP(ctx, r.credentials, request, payload, "s3", r.region, time.Now(), func(o *v4.SignerOptions) {
		o.DisableURIPathEscaping = true // S3 alone signs the path as it is sent
	})
	if err != nil {
		return nil, unreachable(err, r.endpoint)
	}
	return request, nil
}

// escape escapes a text as signatures want it: all but letters, digits and -._~.
func escape(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }

// maxRefusal is how many bytes of a refusal are read.
const maxRefusal = 1 << 20

// refusal reads what S3 says instead of what was asked for:
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
func refusal(answer *http.Response) *Error {
	e := &Error{Status: answer.StatusCode, Code: "Unknown", Message: http.StatusText(answer.StatusCode), RequestID: answer.Header.Get("X-Amz-Request-Id")}
	var said struct{ Code, Message string }
	if err := xml.NewDecoder(io.LimitReader(answer.Body, maxRefusal)).Decode(&said); err == nil && said.Message != "" {
		e.Code, e.Message = said.Code, said.Message
	}
	return e
}
