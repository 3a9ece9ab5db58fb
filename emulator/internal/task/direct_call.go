package task

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file makes the HTTP requests of integrations that call no operation of an API of
// AWS: apigateway:invoke, eks:call and eks:runJob.

// maxDirectAnswer is how many bytes of an answer are read. What is larger than a
// result may be fails the task later, in the words of the service.
const maxDirectAnswer = 8 << 20

// errAnswerTooLong is the error of an answer that is longer.
var errAnswerTooLong = errors.New("the answer has more than 8 MB")

// A directAnswer is the answer to a request.
type directAnswer struct {
	status int
	header http.Header
	body   string
}

// direct sends a request, and reads the whole answer. It follows no redirects.
func direct(ctx context.Context, transport http.RoundTripper, method, target string, header http.Header, body string) (*directAnswer, error) {
	r, err := http.NewRequestWithContext(ctx, method, target, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header = header
	if host := header.Get("Host"); host != "" {
		r.Host = host
		header.Del("Host")
	}
	if header.Get("User-Agent") == "" {
		header.Set("User-Agent", "aslocal")
	}
	response, err := transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	read, err := io.ReadAll(io.LimitReader(response.Body, maxDirectAnswer+1))
	switch {
	case err != nil:
		return nil, err
	case len(read) > maxDirectAnswer:
		return nil, errAnswerTooLong
	}
	return &directAnswer{status: response.StatusCode, header: response.Header, body: string(read)}, nil
}

// ok reports whether the status is one of success.
func (a *directAnswer) ok() bool { return a.status >= 200 && a.status < 300 }

// content is the body as JSON, or as text if it is none.
func (a *directAnswer) content() value.Value {
	if v, err := value.Parse(a.body); err == nil {
		return v
	}
	return value.OfString(strings.ToValidUTF8(a.body, "\uFFFD"))
}

func (a *directAnswer) statusText() value.Value { return value.OfString(http.StatusText(a.status)) }

// queryOf writes parameters, each a list of texts, as the query of a URL.
func queryOf(parameters value.Value) string {
	query := url.Values{}
	for name, list := range parameters.Members() {
		for _, v := range list.Items() {
			query.Add(name, v.Text())
		}
	}
	return query.Encode()
}
