package ui

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// This file takes requests apart and writes answers. Which hosts and origins may ask at
// all was decided before.

// Config is what a UI needs.
type Config struct {
	API     API             // required
	Own     Own             // nil: another server is shown, read only
	Remote  string          // URL of that; "" if it is this one
	Version string          // of the program
	Pages   fs.FS           // the files of the pages; nil: the embedded ones
	Until   context.Context // ends the streams; nil: they end with their requests
	Log     *slog.Logger    // nil: slog.Default()
}

// A UI is an http.Handler of the pages and their API: of / and all below Path. It is
// safe for concurrent use.
type UI struct {
	api      API
	own      Own
	remote   string
	version  string
	until    context.Context
	log      *slog.Logger
	files    files
	hub      hub
	pending  pendingCache
	saving   sync.Mutex
	evaluate chan struct{} // has room for the evaluations that may run at a time

	debugging debugging
}

// Path is what the paths of the private API and of the files begin with.
const Path = "/_ui/"

// New returns a UI. It starts nothing: what it needs is made by the first request.
func New(c Config) *UI {
	u := &UI{api: c.API, own: c.Own, remote: c.Remote, version: c.Version, until: c.Until, log: c.Log, evaluate: make(chan struct{}, 2)}
	if u.until == nil {
		u.until = context.Background()
	}
	if u.log == nil {
		u.log = slog.Default()
	}
	u.files.from = c.Pages
	return u
}

// WantsPage reports whether a request for / is that of a browser which shows a page, and
// not of a client that asks what this is.
func WantsPage(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	for _, accept := range r.Header.Values("Accept") {
		for kind := range strings.SplitSeq(accept, ",") {
			if mediaType, _, _ := strings.Cut(kind, ";"); strings.EqualFold(strings.TrimSpace(mediaType), "text/html") {
				return true
			}
		}
	}
	return false
}

// ServeHTTP answers requests for the page, its files, and the private API.
func (u *UI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	setHeaders(w.Header())
	path := r.URL.Path
	name, isAPI := strings.CutPrefix(path, Path+"api/")
	file, isFile := strings.CutPrefix(path, Path+"static/")
	switch {
	case path == Path+"stream":
		u.serveStream(w, r)
	case isAPI:
		u.serveAPI(w, r, name)
	case isFile:
		u.files.serve(w, r, file)
	case path == "/" || path == Path:
		u.files.serve(w, r, indexPage)
	default:
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, "there is nothing at this path", http.StatusNotFound)
	}
}

// policy lets a page load and ask only what is here, and run nothing that is written in
// it.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; " +
	"manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// setHeaders sets what all answers have.
func setHeaders(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
}

// A refusal is an error that a page is told.
type refusal struct {
	status  int
	code    string
	message string

	text, hash string // of a file that has changed
}

func (r *refusal) Error() string { return r.message }

// refuse is a refusal of a request that is wrong.
func refuse(format string, args ...any) error {
	return &refusal{status: http.StatusBadRequest, message: fmt.Sprintf(format, args...)}
}

// Refused is a refusal with a status of HTTP, for implementers of [Own].
func Refused(status int, message string) error { return &refusal{status: status, message: message} }

// fault is the refusal of an action of Step Functions.
type fault interface {
	error
	Type() string
	Text() string
	HTTPStatus() int
}

// refusalOf words an error. One that is no refusal is ours: it is logged.
func (u *UI) refusalOf(r *http.Request, err error) *refusal {
	if known, ok := errors.AsType[*refusal](err); ok {
		return known
	}
	if f, ok := errors.AsType[fault](err); ok {
		code := f.Type()
		return &refusal{status: f.HTTPStatus(), code: code[strings.LastIndexByte(code, '#')+1:], message: f.Text()}
	}
	if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &refusal{status: http.StatusRequestEntityTooLarge, message: fmt.Sprintf("the request has more than %d bytes", large.Limit)}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return &refusal{status: http.StatusServiceUnavailable, message: "this takes too long: the server has not finished in time, and what was asked for may still happen"}
	}
	if r.Context().Err() == nil {
		u.log.Error("a request of the pages failed", "path", r.URL.Path, "error", err)
	}
	return &refusal{status: http.StatusInternalServerError, message: err.Error()}
}

// A route answers requests for one path of the API.
type route struct {
	method string
	params []string // that a GET may have
	get    func(u *UI, ctx context.Context, q *query) (any, error)
	post   func(u *UI, ctx context.Context, body []byte) (any, error)
	limit  int64         // bytes of a POST
	within time.Duration // how long it may take; 0: requestTimeout
	own    bool          // only the server of this process has it
}

// The longest bodies: some inputs of 256 KiB, all of whose characters may be escaped, and
// a history.
const (
	maxBody   = 4 << 20
	maxEdited = 4*maxText + 1<<20 // a text, most of whose characters may be escaped
	maxImport = 64 << 20
)

// How long a request may take, streams excepted. An Express execution, which may take five
// minutes, is run to its end by the request that starts it.
const (
	requestTimeout = 30 * time.Second
	startTimeout   = 5*time.Minute + requestTimeout
)

func get[Out any](answer func(*UI, context.Context, *query) (*Out, error), params ...string) route {
	return route{method: http.MethodGet, params: params, get: func(u *UI, ctx context.Context, q *query) (any, error) {
		out, err := answer(u, ctx, q)
		if err == nil {
			err = q.err
		}
		return out, err
	}}
}

func post[In, Out any](answer func(*UI, context.Context, *In) (*Out, error)) route {
	return route{method: http.MethodPost, own: true, limit: maxBody, post: func(u *UI, ctx context.Context, body []byte) (any, error) {
		in := new(In)
		d := json.NewDecoder(bytes.NewReader(body))
		d.DisallowUnknownFields()
		if err := d.Decode(in); err != nil {
			return nil, refuse("the request is not what this takes: %s", strings.TrimPrefix(err.Error(), "json: "))
		}
		if _, err := d.Token(); err != io.EOF {
			return nil, refuse("the request has something behind its JSON object")
		}
		return answer(u, ctx, in)
	}}
}

// everywhere makes a route that other servers can be asked, too.
func (r route) everywhere() route { r.own = false; return r }

func (r route) ownOnly() route { r.own = true; return r }

func (r route) slow() route { r.within = startTimeout; return r }

func (r route) limited(bytes int64) route { r.limit = bytes; return r }

// routes are those of the API, by name.
var routes = sync.OnceValue(func() map[string]route {
	all := map[string]route{
		"overview":        get((*UI).overview),
		"machines":        get((*UI).machines),
		"machine":         get((*UI).machine, "arn"),
		"graph.svg":       get((*UI).thumbnail, "arn", "theme"),
		"executions":      get((*UI).executions, "machine", "status", "q", "from", "to", "next", "limit"),
		"execution":       get((*UI).execution, "arn"),
		"history":         get((*UI).history, "arn", "after", "limit"),
		"export":          get((*UI).export, "arn"),
		"visits":          get((*UI).visits, "arn"),
		"visit":           get((*UI).visit, "arn", "visit"),
		"maprun":          get((*UI).mapRun, "arn"),
		"maprun/children": get((*UI).children, "arn", "status", "next", "limit"),
		"logs":            get((*UI).logs, "arn").ownOnly(),
		"pending":         get((*UI).pendingTasks).ownOnly(),

		"waits":    get((*UI).waits, "arn").ownOnly(),
		"reruns":   get((*UI).reruns, "arn").ownOnly(),
		"document": get((*UI).document, "arn", "path"),
		"pinned":   get((*UI).pinned, "arn"),
		"fields":   get((*UI).fields, "type", "language", "resource").everywhere(),
		"catalog":  get((*UI).catalog, "q"),

		"draft":     post((*UI).draft).everywhere().limited(maxEdited),
		"complete":  post((*UI).complete).everywhere().limited(maxEdited),
		"hover":     post((*UI).hover).everywhere().limited(maxEdited),
		"render":    post((*UI).rendering).everywhere().limited(maxEdited),
		"edit":      post((*UI).edit).everywhere().limited(maxEdited),
		"convert":   post((*UI).convert).everywhere().limited(maxEdited),
		"try":       post((*UI).try).limited(maxEdited).slow(),
		"run-draft": post((*UI).runDraft).limited(maxEdited),
		"save":      post((*UI).save).limited(maxEdited),
		"publish":   post((*UI).publish),

		"comparison":       get((*UI).comparison, "left", "right"),
		"comparison/visit": get((*UI).comparedVisit, "left", "leftVisit", "right", "rightVisit"),

		"start":     post((*UI).start).slow(),
		"rerun":     post((*UI).rerun).slow(),
		"stop":      post((*UI).stop),
		"redrive":   post((*UI).redrive),
		"pause":     post((*UI).pause),
		"resume":    post((*UI).resume),
		"skip-wait": post((*UI).skipWait),
		"advance":   post((*UI).advance),
		"answer":    post((*UI).answer),
		"fail":      post((*UI).fail),
		"demo":      post((*UI).demo).slow(),
		"evaluate":  post((*UI).evaluation).everywhere(),
		"import":    post((*UI).imported).everywhere().limited(maxImport),
		"inputs":    post((*UI).inputs),
		"compare":   post((*UI).compare).everywhere().limited(maxCompare),
	}
	maps.Copy(all, debugRoutes())
	maps.Copy(all, mockRoutes())
	return all
})

// A rendered is an answer that is no JSON object of the API.
type rendered struct {
	kind string // its Content-Type
	name string // to save it under; "" to show it
	text []byte
	// policy replaces that of pages; "" if it is the same.
	policy string
}

// serveAPI answers a request for the API.
func (u *UI) serveAPI(w http.ResponseWriter, r *http.Request, name string) {
	w.Header().Set("Cache-Control", "no-store")
	out, err := u.answerAPI(w, r, name)
	if err != nil {
		why := u.refusalOf(r, err)
		u.write(w, why.status, Refusal{Code: why.code, Message: why.message, Text: why.text, Hash: why.hash})
		return
	}
	if d, ok := out.(*rendered); ok {
		w.Header().Set("Content-Type", d.kind)
		if d.policy != "" {
			w.Header().Set("Content-Security-Policy", d.policy)
		}
		if d.name != "" {
			w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": d.name}))
		}
		send(w, http.StatusOK, d.text)
		return
	}
	u.write(w, http.StatusOK, out)
}

func (u *UI) answerAPI(w http.ResponseWriter, r *http.Request, name string) (any, error) {
	route, ok := routes()[name]
	switch {
	case !ok:
		return nil, Refused(http.StatusNotFound, "there is nothing at this path")
	case r.Method != route.method:
		w.Header().Set("Allow", route.method)
		return nil, Refused(http.StatusMethodNotAllowed, "this takes "+route.method)
	case route.own && u.own == nil:
		return nil, Refused(http.StatusForbidden, "another server is shown here, read only")
	}
	ctx, cancel := context.WithTimeout(r.Context(), cmp.Or(route.within, requestTimeout))
	defer cancel()
	if route.method == http.MethodGet {
		q, err := queryOf(r, route.params)
		if err != nil {
			return nil, err
		}
		return route.get(u, ctx, q)
	}
	body, err := postBody(w, r, route.limit)
	if err != nil {
		return nil, err
	}
	return route.post(u, ctx, body)
}

// postBody reads the body of a POST. A form or a link of another page cannot have the
// header and the type that are asked for.
func postBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	if r.Header.Get("X-Aslocal") != "1" {
		return nil, Refused(http.StatusForbidden, "expected the header X-Aslocal: 1")
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, Refused(http.StatusUnsupportedMediaType, "expected Content-Type: application/json")
	}
	if r.URL.RawQuery != "" {
		return nil, refuse("a POST has no parameters")
	}
	control := http.NewResponseController(w)
	control.SetReadDeadline(time.Now().Add(requestTimeout))
	defer control.SetReadDeadline(time.Time{})
	return io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
}

// write writes a JSON answer.
func (u *UI) write(w http.ResponseWriter, status int, v any) {
	var b bytes.Buffer
	if err := encode(&b, v); err != nil {
		u.log.Error("an answer to the pages cannot be written", "error", err)
		status = http.StatusInternalServerError
		b.Reset()
		encode(&b, Refusal{Message: "internal error: " + err.Error()})
	}
	w.Header().Set("Content-Type", "application/json")
	send(w, status, b.Bytes())
}

// sendTimeout is how long a browser may take to read an answer.
const sendTimeout = time.Minute

// send sends an answer. A browser that does not read it is let go of.
func send(w http.ResponseWriter, status int, text []byte) {
	control := http.NewResponseController(w)
	control.SetWriteDeadline(time.Now().Add(sendTimeout))
	defer control.SetWriteDeadline(time.Time{})
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	w.Write(text)
}

// encode appends JSON without the escapes that HTML would need.
func encode(b *bytes.Buffer, v any) error {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// A query is the parameters of a GET. What is wrong with them is kept in err, and looked at
// when the answer is there.
type query struct {
	values url.Values
	err    error
}

// maxQuery is how long the parameters may be.
const maxQuery = 16 << 10

func queryOf(r *http.Request, params []string) (*query, error) {
	if len(r.URL.RawQuery) > maxQuery {
		return nil, refuse("the parameters have more than %d bytes", maxQuery)
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, refuse("the parameters cannot be read: %v", err)
	}
	for name, list := range values {
		if !slices.Contains(params, name) {
			return nil, refuse("there is no parameter %q here", name)
		}
		if len(list) > 1 {
			return nil, refuse("the parameter %q is given twice", name)
		}
	}
	return &query{values: values}, nil
}

func (q *query) text(name string) string { return q.values.Get(name) }

// number returns a parameter that is a number from least to most; if it is not given, or
// wrong, otherwise.
func (q *query) number(name string, otherwise, least, most int64) int64 {
	text := q.values.Get(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < least || n > most {
		q.wrong("%s: expected a number from %d to %d, got %q", name, least, most, text)
		return otherwise
	}
	return n
}

func (q *query) wrong(format string, args ...any) {
	if q.err == nil {
		q.err = refuse(format, args...)
	}
}
