package task

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/aslocal/aslocal/value"
)

// This file gets the tokens of OAuth connections, and keeps them while they are
// valid. An answer 401 or 407 to a call takes a token out of use: the next attempt
// of the state gets a new one, as with EventBridge.

// tokens are those of all connections. The zero tokens are none.
type tokens struct {
	mu sync.Mutex
	of map[string]*token // by ARN of the connection
}

// A token is one that was got, or that is being got.
type token struct {
	turn  chan struct{} // has the one who gets it
	oauth *OAuth        // what it was got with; guarded by turn, as is all below
	text  string
	until int64 // Unix milliseconds
}

// expiryMargin is how long before its end a token is not used any more, in
// milliseconds.
const expiryMargin = 10_000

// defaultExpiry is how long a token is used that does not say how long it is
// valid, in seconds.
const defaultExpiry = 3600

func (t *tokens) find(name string) *token {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.of == nil {
		t.of = make(map[string]*token)
	}
	if t.of[name] == nil {
		t.of[name] = &token{turn: make(chan struct{}, 1)}
	}
	return t.of[name]
}

// forget takes the token of a connection out of use.
func (t *tokens) forget(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.of, name)
}

// token returns the token of an OAuth connection. Calls at the same time wait for
// one token.
func (h *HTTP) token(ctx context.Context, c *foundConnection) (string, error) {
	t := h.tokens.find(c.name)
	select {
	case t.turn <- struct{}{}:
		defer func() { <-t.turn }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	now := h.settings.Now()
	if t.text != "" && t.oauth.same(c.OAuth) && now < t.until {
		return t.text, nil
	}
	text, seconds, err := h.newToken(ctx, c)
	if err != nil {
		return "", err
	}
	t.text, t.oauth, t.until = text, c.OAuth, now+seconds*1000-expiryMargin
	return text, nil
}

// same reports whether both get the same token.
func (o *OAuth) same(p *OAuth) bool {
	return o.Endpoint == p.Endpoint && o.Method == p.Method && o.ClientID == p.ClientID && o.ClientSecret == p.ClientSecret &&
		slices.Equal(o.Headers, p.Headers) && slices.Equal(o.Query, p.Query) && slices.Equal(o.Body, p.Body)
}

// newToken asks for a token, and returns it with the number of seconds for which
// it is valid. RFC 6749, 4.4.
func (h *HTTP) newToken(ctx context.Context, c *foundConnection) (text string, seconds int64, err error) {
	refused := func(format string, args ...any) error {
		return connectionError("InvalidConnectionState", "no token for the connection "+connectionName(c.name)+": "+fmt.Sprintf(format, args...))
	}
	r, err := c.OAuth.request()
	if err != nil {
		return "", 0, refused("%q is no URL", c.OAuth.Endpoint)
	}
	target, host, err := h.settings.Destinations.find(r.url)
	if err != nil {
		return "", 0, err
	}
	answer, err := direct(ctx, h.transport, r.method, target, r.header(host), r.body.text)
	at := r.place()
	switch {
	case ctx.Err() != nil:
		return "", 0, ctx.Err()
	case err != nil:
		return "", 0, refused("%s: %v", at, err)
	case !answer.ok():
		return "", 0, refused("%s answered %d %s", at, answer.status, http.StatusText(answer.status))
	}
	given := answer.content()
	if text = given.Get("access_token").Text(); text == "" || hasControl(text) {
		return "", 0, refused("the answer of %s has no access_token", at)
	}
	return text, expiry(given.Get("expires_in")), nil
}

// request makes the request for a token. How EventBridge sends the credentials of
// the client is not documented: here it is by Basic authentication, which every
// server takes.
func (o *OAuth) request() (*httpRequest, error) {
	u, err := url.Parse(o.Endpoint)
	if err != nil {
		return nil, err
	}
	r := &httpRequest{method: cmp.Or(o.Method, http.MethodPost), url: u, headers: authorization("Basic " + basic(o.ClientID, o.ClientSecret))}
	query, body := fieldsOf(o.Query), fieldsOf(o.Body)
	to := &body
	if r.method == http.MethodGet {
		to = &query
	} else {
		r.headers = append(r.headers, httpField{name: "Content-Type", text: formType})
	}
	if !slices.ContainsFunc(*to, func(f httpField) bool { return f.name == "grant_type" }) {
		*to = append(*to, httpField{name: "grant_type", text: "client_credentials"})
	}
	r.headers = override(r.headers, fieldsOf(o.Headers), strings.EqualFold)
	r.addQuery(query)
	r.body.text = encodedQuery(body, false)
	return r, nil
}

// expiry is for how many seconds a token is valid.
func expiry(v value.Value) int64 {
	if n, ok := v.Int(); ok && n >= 0 && n <= 1_000_000_000 {
		return n
	}
	return defaultExpiry
}

// localURL reports whether a text is the URL of this machine, which needs no TLS.
func localURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Scheme == "http" && u.User == nil && new(Destinations).allows(strings.ToLower(u.Hostname()))
}
