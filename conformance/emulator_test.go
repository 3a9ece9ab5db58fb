package conformance_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/conformance"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// This file connects our emulator as a target: one emulator for each case, with
// a virtual clock, and the case's player as its Lambda endpoint.

// inProcess calls the emulator as an http.Handler, without a network.
func inProcess(t testing.TB) *conformance.Endpoint {
	return emulated(t, func(em *emulator.TestEmulator) aws.Config {
		c := em.AWSConfig()
		c.HTTPClient = direct{em}
		return c
	})
}

// overHTTP calls it through a socket.
func overHTTP(t testing.TB) *conformance.Endpoint {
	return emulated(t, func(em *emulator.TestEmulator) aws.Config { return em.AWSConfig() })
}

func emulated(t testing.TB, config func(*emulator.TestEmulator) aws.Config, more ...emulator.Option) *conformance.Endpoint {
	return &conformance.Endpoint{Open: func(_ context.Context, p *conformance.Player) (*conformance.Session, error) {
		functions := httptest.NewServer(p)
		options := append([]emulator.Option{emulator.WithLambdaEndpoint(functions.URL)}, more...)
		for _, name := range p.Silent() {
			options = append(options, emulator.WithTask(name, handler(p, name)))
		}
		folder, err := buckets(t, p.Objects())
		if err != nil {
			return nil, err
		}
		if folder != "" {
			options = append(options, emulator.WithS3Folder(folder))
		}
		mocks := filepath.Join(t.TempDir(), "mocks.json")
		mock := func(configuration string) error { return os.WriteFile(mocks, []byte(configuration), 0o600) }
		if p.Mocked() {
			if err := mock("{}"); err != nil {
				return nil, err
			}
			options = append(options, emulator.WithMocks(mocks))
		}
		life := &life{TB: t}
		em := emulator.RunT(life, options...)
		return &conformance.Session{
			Client: sfn.NewFromConfig(config(em)),
			Clock:  conformance.VirtualClock(em.Emulator.Advance),
			Put:    func(objects map[string]string) error { return lay(folder, objects) },
			Mock:   mock,
			Close: func() {
				life.end()
				p.Close()
				functions.Close()
			},
		}, nil
	}}
}

// buckets lays the objects of a case out as folders; "" if it has none.
func buckets(t testing.TB, objects map[string]string) (string, error) {
	if objects == nil {
		return "", nil
	}
	folder := t.TempDir()
	return folder, lay(folder, objects)
}

// lay makes folders and files of objects.
func lay(folder string, objects map[string]string) error {
	for name, text := range objects {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if strings.HasSuffix(name, "/") {
			if err := os.MkdirAll(path, 0o755); err != nil {
				return err
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// life is the part of a test that one case takes: what RunT cleans up at the end
// of a test is cleaned up at the end of the case.
type life struct {
	testing.TB
	cleanups []func()
}

func (l *life) Cleanup(f func()) { l.cleanups = append(l.cleanups, f) }

func (l *life) end() {
	for _, f := range l.cleanups {
		f()
	}
}

// handler plays a function that once does not answer: as a Go function it can
// say so, while a virtual clock would wait for an open HTTP call.
func handler(p *conformance.Player, name string) func(context.Context, value.Value) (value.Value, error) {
	return func(_ context.Context, event value.Value) (value.Value, error) {
		reply, _ := p.Invoke(name, event.String())
		switch {
		case reply.Never:
			return value.Value{}, emulator.ErrNoAnswer
		case reply.Failed:
			var e struct{ ErrorType, ErrorMessage string }
			if err := json.Unmarshal([]byte(reply.Payload), &e); err != nil {
				return value.Value{}, err
			}
			return value.Value{}, &asl.Error{Name: e.ErrorType, Cause: e.ErrorMessage}
		}
		out, err := value.Parse(reply.Payload)
		if err != nil {
			return value.Value{}, errors.New("a Go function cannot answer what is not JSON")
		}
		return out, nil
	}
}

// A late server answers RedriveExecution only when nothing goes on any more.
type late struct{ *emulator.TestEmulator }

func (l late) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.TestEmulator.ServeHTTP(w, r)
	if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".RedriveExecution") {
		if err := l.Emulator.Advance(r.Context(), 0); err != nil {
			panic(err)
		}
	}
}

// The tasks of a redriven execution may begin before the redrive is answered:
// what the holders of their tokens do is not forgotten.
func TestRedriveThatIsAnsweredLate(t *testing.T) {
	cases, _ := load(t)
	i := slices.IndexFunc(cases, func(c conformance.Case) bool { return c.ID == "redrive/aborted" })
	endpoint := emulated(t, func(em *emulator.TestEmulator) aws.Config {
		c := em.AWSConfig()
		c.HTTPClient = direct{late{em}}
		return c
	})
	if result := conformance.RunCase(t.Context(), endpoint, &cases[i], nil); result.Verdict != conformance.Pass {
		t.Error(result)
	}
}

// direct is an HTTP client that has only one server, and no network.
type direct struct{ server http.Handler }

func (d direct) Do(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	d.server.ServeHTTP(w, r)
	return w.Result(), nil
}
