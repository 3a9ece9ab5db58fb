package cli

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/aslocal/aslocal/emulator/ui"
	"github.com/aslocal/aslocal/value"
)

// This file calls the private API of the pages, for the commands that do what a button of
// a page does and the API of Step Functions cannot.

// page posts to the private API of a server, or gets from it if the body is no value.
func (r *remote) page(ctx context.Context, name string, query url.Values, body value.Value) (value.Value, error) {
	method, path := http.MethodPost, ui.Path+"api/"+name
	if !body.Exists() {
		method = http.MethodGet
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	answer, err := r.answer(ctx, method, path, http.Header{"Content-Type": {"application/json"}, "X-Aslocal": {"1"}}, body)
	if e, ok := errors.AsType[*exitError](err); ok && e.hint == unknownHint {
		u, _ := r.url()
		return value.Value{}, exit(ExitFailed, "start aslocal serve of this version, without --no-ui", "%s does not have the private API of aslocal that this command needs", cmp.Or(u.Redacted(), localServer))
	}
	return answer, err
}

// act posts to the private API about an execution.
func (r *remote) act(ctx context.Context, name, arn string) error {
	_, err := r.page(ctx, name, nil, value.OfMembers("arn", value.OfString(arn)))
	return err
}

// visits reads the visits of an execution.
func (r *remote) visits(ctx context.Context, arn string) (value.Value, error) {
	answer, err := r.page(ctx, "visits", url.Values{"arn": {arn}}, value.Value{})
	return answer.Get("visits"), err
}
