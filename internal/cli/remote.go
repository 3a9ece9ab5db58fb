package cli

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/internal/certificate"
	"github.com/aslocal/aslocal/value"
)

// This file calls a server that runs, for the commands that are about one: the API of
// Step Functions, and what aslocal has beside it. The client is ours, not that of an SDK,
// because answers have members that an SDK passes over, and are printed as they came.

// A remote is a server.
type remote struct{ endpoint string }

// localServer is where serve listens without flags.
const localServer = "http://localhost:8083"

func (r *remote) flags(c *cobra.Command) {
	c.Flags().StringVar(&r.endpoint, "endpoint", "", "`URL` of the server, "+localServer+" if not set (AWS_ENDPOINT_URL_SFN)")
}

// flag is the flag for further commands: what was given, "" if nothing was.
func (r *remote) flag() string {
	if r.endpoint == "" {
		return ""
	}
	return endpointFlag(r.endpoint)
}

// url is where the server is.
func (r *remote) url() (*url.URL, error) {
	text := cmp.Or(r.endpoint, os.Getenv("AWS_ENDPOINT_URL_SFN"), localServer)
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, exit(ExitUsage, "", "--endpoint: expected a URL such as %s, got %q", localServer, withoutPassword(text))
	}
	return u, nil
}

// maxRemoteAnswer is how many bytes of an answer, or of a line of a stream, are read.
const maxRemoteAnswer = 512 << 20

// ownClient is the User-Agent of these commands.
const ownClient = "aslocal"

// A refusal is what a server says instead of an answer.
type refusal struct{ code, message string }

// Error returns the message.
func (r *refusal) Error() string { return r.message }

// isRefusal reports whether an error is a refusal with one of the codes.
func isRefusal(err error, codes ...string) bool {
	refused, ok := errors.AsType[*refusal](err)
	for _, code := range codes {
		if ok && refused.code == code {
			return true
		}
	}
	return false
}

// api calls an action of Step Functions.
func (r *remote) api(ctx context.Context, action string, input value.Value) (value.Value, error) {
	header := http.Header{"Content-Type": {"application/x-amz-json-1.0"}, "X-Amz-Target": {"AWSStepFunctions." + action}}
	return r.answer(ctx, http.MethodPost, "/", header, input)
}

// call sends a request with a JSON body, or none, to a path of aslocal's own, and
// returns the JSON that the server answers.
func (r *remote) call(ctx context.Context, method, path string, body value.Value) (value.Value, error) {
	return r.answer(ctx, method, path, http.Header{"Content-Type": {"application/json"}}, body)
}

// answer sends a request and reads the JSON that comes back.
func (r *remote) answer(ctx context.Context, method, path string, header http.Header, body value.Value) (value.Value, error) {
	response, err := r.send(ctx, method, path, header, body)
	if err != nil {
		return value.Value{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxRemoteAnswer))
	if err != nil {
		return value.Value{}, r.broken(ctx, err)
	}
	answer, err := value.ParseBytes(text)
	if err != nil {
		return value.Value{}, r.unknown(response.Status)
	}
	return answer, nil
}

// send sends a request. A refusal is an error.
func (r *remote) send(ctx context.Context, method, path string, header http.Header, body value.Value) (*http.Response, error) {
	u, err := r.url()
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(u.String(), "/")+path, bytes.NewReader(body.AppendJSON(nil)))
	if err != nil {
		return nil, err
	}
	header.Set("User-Agent", ownClient)
	request.Header = header
	response, err := client(u).Do(request)
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return nil, exit(ExitFailed, "aslocal serve starts one; --endpoint names another", "no server listens at %s", u.Redacted())
	case err != nil:
		return nil, r.broken(ctx, err)
	case response.StatusCode == http.StatusOK:
		return response, nil
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	answer, _ := value.ParseBytes(text)
	message := answer.Get("message").Text()
	if message == "" {
		return nil, r.unknown(response.Status)
	}
	code := answer.Get("__type").Text()
	return nil, &refusal{code[strings.LastIndexByte(code, '#')+1:], message}
}

// client is the client of a server. By HTTPS, one of aslocal's own is trusted.
func client(u *url.URL) *http.Client {
	if u.Scheme == "https" {
		return trustingClient()
	}
	return http.DefaultClient
}

// trustingClient trusts what this user's certificates of serve --tls go back to.
var trustingClient = sync.OnceValue(func() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: certificate.Trusted()}
	return &http.Client{Transport: transport}
})

// broken is the error of a call that has had no whole answer. Who interrupts it need not
// be told.
func (r *remote) broken(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return &exitError{code: ExitInterrupted}
	}
	hint := ""
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		hint = "AWS_CA_BUNDLE names a file with what is trusted beside the system's roots and those of this user's aslocal serve --tls"
	}
	return exit(ExitFailed, hint, "%v", err)
}

const unknownHint = "is that aslocal, and of this version?"

// unknown is the error of an answer that aslocal does not give.
func (r *remote) unknown(status string) error {
	u, err := r.url()
	if err != nil {
		return err
	}
	return exit(ExitFailed, unknownHint, "%s answered %s", u.Redacted(), status)
}

// stream reads a stream of JSON lines until it ends or yield returns false.
func (r *remote) stream(ctx context.Context, path string, query url.Values, yield func(value.Value) (bool, error)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	response, err := r.send(ctx, http.MethodGet, path, http.Header{}, value.Value{})
	if err != nil {
		return err
	}
	defer response.Body.Close()
	return r.lines(ctx, response.Body, yield)
}

// lines reads JSON lines until they end or yield returns false.
func (r *remote) lines(ctx context.Context, from io.Reader, yield func(value.Value) (bool, error)) error {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, maxRemoteAnswer)
	for lines.Scan() {
		line, err := value.ParseBytes(lines.Bytes())
		if err != nil {
			return r.unknown("what is no JSON")
		}
		if more, err := yield(line); !more || err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return r.broken(ctx, err)
	}
	return nil
}
