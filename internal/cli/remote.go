package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/value"
)

// This file calls a server that runs, for the commands that are about one.

// A remote is a server.
type remote struct{ endpoint string }

// localServer is where serve listens without flags.
const localServer = "http://localhost:8083"

func (r *remote) flags(c *cobra.Command) {
	c.Flags().StringVar(&r.endpoint, "endpoint", "", "`URL` of the server, "+localServer+" if not set (AWS_ENDPOINT_URL_SFN)")
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

// maxRemoteAnswer is how many bytes of an answer are read.
const maxRemoteAnswer = 512 << 20

// call sends a request with a JSON body, or none, to a path of aslocal's own, and
// returns the JSON that the server answers. A refusal is an error with its
// message.
func (r *remote) call(ctx context.Context, method, path string, body value.Value) (value.Value, error) {
	u, err := r.url()
	if err != nil {
		return value.Value{}, err
	}
	request, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(u.String(), "/")+path, bytes.NewReader(body.AppendJSON(nil)))
	if err != nil {
		return value.Value{}, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return value.Value{}, exit(ExitFailed, "aslocal serve starts one; --endpoint names another", "no server listens at %s", u.Redacted())
	case err != nil:
		return value.Value{}, exit(ExitFailed, "", "%v", err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxRemoteAnswer))
	if err != nil {
		return value.Value{}, exit(ExitFailed, "", "%s: %v", u.Redacted(), err)
	}
	answer, err := value.ParseBytes(text)
	message := answer.Get("message").Text()
	switch {
	case response.StatusCode != http.StatusOK && message != "":
		return value.Value{}, exit(ExitFailed, "", "%s", message)
	case response.StatusCode != http.StatusOK || err != nil:
		return value.Value{}, exit(ExitFailed, "is that aslocal, and of this version?", "%s answered %s", u.Redacted(), response.Status)
	}
	return answer, nil
}
