package lsp

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/assist"
)

// Options are what a server knows beyond its documents. The zero Options are valid.
type Options struct {
	// Knowledge returns what is known about a state machine and the server that it runs
	// on. file is the path of the document, name what a template calls the state machine in
	// ARNs, or "". It may be nil.
	Knowledge func(ctx context.Context, file, name string, d *asl.Definition) assist.Knowledge

	// Commands are those that code lenses offer, of run, debug and test.
	Commands []string

	// Program is what Commands are of: the path of aslocal; "aslocal" if it is "".
	Program string
}

// maxDocuments is how many documents may be open.
const maxDocuments = 1000

// ErrNoShutdown is the error of Serve if the client has gone without a shutdown request.
var ErrNoShutdown = errors.New("lsp: the client went away without a shutdown request")

// Serve answers the messages that it reads, until the client says exit or in ends. The
// error is that of reading or writing, or ErrNoShutdown.
func Serve(ctx context.Context, in io.Reader, out io.Writer, o Options) error {
	s := &server{options: o, out: out, documents: make(map[string]*document)}
	frames := make(chan frame, 8)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go readFrames(ctx, in, frames)
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case f := <-frames:
			if f.err == io.EOF && s.closed {
				return nil
			}
			if f.err == io.EOF || f.err == io.ErrUnexpectedEOF {
				return ErrNoShutdown
			}
			exit, err := s.take(ctx, f)
			if exit || err != nil {
				return err
			}
		}
		if len(frames) == 0 && s.failed == nil {
			s.publish()
		}
		if s.failed != nil {
			return s.failed
		}
	}
}

// A frame is a message that has been read, or the error of reading it.
type frame struct {
	content []byte
	err     error
}

// readFrames reads messages until one cannot be read. It ends with in; the reader of a
// process that ends is not waited for.
func readFrames(ctx context.Context, in io.Reader, frames chan<- frame) {
	r := bufio.NewReader(in)
	for {
		content, err := readFrame(r)
		select {
		case frames <- frame{content, err}:
		case <-ctx.Done():
			return
		}
		if _, bad := errors.AsType[*frameError](err); err != nil && !bad {
			return
		}
	}
}

// A server is one connection.
type server struct {
	options     Options
	out         io.Writer
	failed      error // of writing
	initialized bool
	closed      bool // shutdown has been asked for
	snippets    bool // the client has them
	asIs        bool // it inserts lines as they are
	documents   map[string]*document
	waiting     []*document // that have changed, in the order of their changes
}

// take answers one message. exit is true if the server is to end.
func (s *server) take(ctx context.Context, f frame) (exit bool, err error) {
	if bad, ok := errors.AsType[*frameError](f.err); ok {
		s.fail(nil, &responseError{parseError, bad.reason})
		return false, nil
	}
	if f.err != nil {
		return false, f.err
	}
	var m message
	if err := json.Unmarshal(f.content, &m); err != nil {
		s.fail(nil, &responseError{parseError, "a message is no JSON object of JSON-RPC: " + err.Error()})
		return false, nil
	}
	if m.Method == "" {
		if m.ID == nil {
			s.fail(nil, &responseError{invalidRequest, "a message has no method"})
		}
		return false, nil // an answer, and the server has asked nothing
	}
	if m.Method == "exit" {
		if !s.closed {
			return true, ErrNoShutdown
		}
		return true, nil
	}
	result, err := s.handle(ctx, &m)
	switch {
	case m.ID == nil: // a notification has no answer
	case err != nil:
		refused, ok := errors.AsType[*responseError](err)
		if !ok {
			refused = &responseError{requestFailed, err.Error()}
		}
		s.fail(m.ID, refused)
	default:
		s.send(answer{"2.0", m.ID, result})
	}
	return false, nil
}

// handle calls what a message asks for. A bug in it fails the request, not the server.
func (s *server) handle(ctx context.Context, m *message) (result any, err error) {
	defer func() {
		if bug := recover(); bug != nil {
			s.log(fmt.Sprintf("aslocal lsp: bug in %s: %v\n%s", m.Method, bug, debug.Stack()))
			err = &responseError{internalError, fmt.Sprintf("bug in %s: %v", m.Method, bug)}
		}
	}()
	call, ok := methods[m.Method]
	switch {
	case !ok:
		return nil, &responseError{methodNotFound, "no method " + m.Method}
	case m.Method != "initialize" && !s.initialized:
		return nil, &responseError{serverNotInitialized, "the first request must be initialize"}
	case s.closed:
		return nil, &responseError{invalidRequest, "the server has been shut down"}
	}
	return call(ctx, s, m.Params)
}

// methods has every method but exit.
var methods map[string]func(context.Context, *server, json.RawMessage) (any, error)

func init() {
	methods = map[string]func(context.Context, *server, json.RawMessage) (any, error){
		"initialize":                       of((*server).initialize),
		"initialized":                      of((*server).nothing),
		"shutdown":                         of((*server).shutdown),
		"$/cancelRequest":                  of((*server).nothing),
		"$/setTrace":                       of((*server).nothing),
		"workspace/didChangeConfiguration": of((*server).nothing),
		"workspace/didChangeWatchedFiles":  of((*server).nothing),

		"textDocument/didOpen":           of((*server).didOpen),
		"textDocument/didChange":         of((*server).didChange),
		"textDocument/didSave":           of((*server).didSave),
		"textDocument/didClose":          of((*server).didClose),
		"textDocument/completion":        of((*server).completion),
		"textDocument/hover":             of((*server).hover),
		"textDocument/definition":        of((*server).definition),
		"textDocument/references":        of((*server).references),
		"textDocument/documentHighlight": of((*server).highlights),
		"textDocument/prepareRename":     of((*server).prepareRename),
		"textDocument/rename":            of((*server).rename),
		"textDocument/documentSymbol":    of((*server).symbols),
		"textDocument/foldingRange":      of((*server).folds),
		"textDocument/formatting":        of((*server).format),
		"textDocument/codeAction":        of((*server).actions),
		"textDocument/codeLens":          of((*server).lenses),
	}
}

// of makes a method of a function that takes its params.
func of[P any](f func(*server, context.Context, *P) (any, error)) func(context.Context, *server, json.RawMessage) (any, error) {
	return func(ctx context.Context, s *server, params json.RawMessage) (any, error) {
		p := new(P)
		if len(params) > 0 {
			if err := json.Unmarshal(params, p); err != nil {
				return nil, &responseError{invalidParams, "params: " + err.Error()}
			}
		}
		return f(s, ctx, p)
	}
}

// send writes a message.
func (s *server) send(m any) {
	content, err := json.Marshal(m)
	if err == nil {
		err = writeFrame(s.out, content)
	}
	if err != nil && s.failed == nil {
		s.failed = err
	}
}

func (s *server) fail(id json.RawMessage, e *responseError) {
	if id == nil {
		id = json.RawMessage("null")
	}
	s.send(failure{"2.0", id, e})
}

// log shows the client a line for its log.
func (s *server) log(text string) {
	s.send(notification{"2.0", "window/logMessage", map[string]any{"type": 2, "message": text}})
}

type none struct{}

func (s *server) nothing(context.Context, *none) (any, error) { return nil, nil }

// initialize says what the server can do.
func (s *server) initialize(_ context.Context, p *initializeParams) (any, error) {
	s.initialized = true
	item := p.Capabilities.TextDocument.Completion.Item
	s.snippets = item.Snippets
	s.asIs = slices.Contains(item.InsertTextMode.Values, 1)
	type object = map[string]any
	return object{
		"serverInfo": object{"name": "aslocal"},
		"capabilities": object{
			"positionEncoding":           "utf-16",
			"textDocumentSync":           object{"openClose": true, "change": 2, "save": true},
			"completionProvider":         object{"triggerCharacters": []string{`"`, "'", "$", ".", ":", "%"}},
			"hoverProvider":              true,
			"definitionProvider":         true,
			"referencesProvider":         true,
			"documentHighlightProvider":  true,
			"renameProvider":             object{"prepareProvider": true},
			"documentSymbolProvider":     true,
			"foldingRangeProvider":       true,
			"documentFormattingProvider": true,
			"codeActionProvider":         object{"codeActionKinds": []string{"quickfix"}},
			"codeLensProvider":           object{},
		},
	}, nil
}

func (s *server) shutdown(context.Context, *none) (any, error) {
	s.closed = true
	return nil, nil
}

func (s *server) didOpen(_ context.Context, p *openParams) (any, error) {
	if s.documents[p.TextDocument.URI] == nil && len(s.documents) >= maxDocuments {
		s.log(fmt.Sprintf("aslocal lsp: %d documents are open; %s is left alone", maxDocuments, p.TextDocument.URI))
		return nil, nil
	}
	d := newDocument(p)
	s.documents[d.uri] = d
	s.waiting = append(s.waiting, d)
	return nil, nil
}

func (s *server) didChange(_ context.Context, p *changeParams) (any, error) {
	d := s.documents[p.TextDocument.URI]
	if d == nil {
		return nil, nil
	}
	d.version = p.TextDocument.Version
	for _, c := range p.Changes {
		if d.change(c.Range, c.Text); len(d.text) > maxMessage {
			s.log("aslocal lsp: " + d.uri + " is too long")
			d.set("")
		}
	}
	s.waiting = append(s.waiting, d)
	return nil, nil
}

// didSave checks again: files that the document refers to may have changed.
func (s *server) didSave(_ context.Context, p *documentParams) (any, error) {
	if d := s.documents[p.TextDocument.URI]; d != nil {
		d.changed, d.known = true, nil
		s.waiting = append(s.waiting, d)
	}
	return nil, nil
}

func (s *server) didClose(_ context.Context, p *documentParams) (any, error) {
	if d := s.documents[p.TextDocument.URI]; d != nil {
		delete(s.documents, d.uri)
		s.send(notification{"2.0", "textDocument/publishDiagnostics", publishParams{URI: d.uri, Version: d.version, Diagnostics: []diagnostic{}}})
	}
	return nil, nil
}

// document returns an open document.
func (s *server) document(name documentName) (*document, error) {
	if d := s.documents[name.URI]; d != nil {
		return d, nil
	}
	return nil, &responseError{invalidParams, "not an open document: " + name.URI}
}
