package cli

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/journal"
)

// A fullStore takes no write while it is full.
type fullStore struct {
	journal.Store
	full atomic.Bool
}

func (s *fullStore) Commit(w journal.Write, done func(error)) {
	if s.full.Load() {
		go done(journal.ErrFull)
		return
	}
	s.Store.Commit(w, done)
}

func TestHealth(t *testing.T) {
	store := &fullStore{Store: journal.NewMemory()}
	em := emulator.RunT(t, emulator.WithStore(store), emulator.WithLogger(slog.New(slog.DiscardHandler)))
	other := func(status int, body string) string {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			io.WriteString(w, body)
		}))
		t.Cleanup(server.Close)
		return server.URL
	}
	released := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-released }))
	t.Cleanup(silent.Close)
	t.Cleanup(func() { close(released) })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	down := "http://" + listener.Addr().String()
	listener.Close()
	web, machines, long := other(200, "<!DOCTYPE html>"), other(200, `{"stateMachines":[]}`), other(200, `"`+strings.Repeat("a", 1000)+`"`)
	missing, refusing := other(404, "404 page not found"), other(400, `{"message":"no such action"}`)

	for _, test := range []struct {
		name, url string
		full      bool
		flags     []string
		code      int
		want      string
	}{
		{"a server that is well", em.URL(), false, nil, ExitOK, ""},
		{"a slash at the end", em.URL() + "/", false, nil, ExitOK, ""},
		{"a disk that is full", em.URL(), true, nil, ExitFailed, em.URL() + " is not well: the state cannot be written: " + journal.ErrFull.Error()},
		{"nobody is there", down, false, nil, ExitFailed, "no server listens at " + down},
		{"nobody came while it waited", down, false, []string{"--wait", "1ms"}, ExitFailed, "no server listens at " + down},
		{"a web server", web, false, nil, ExitFailed, web + " answered 200 OK\naslocal: hint: " + unknownHint},
		{"a server without the path", missing, false, nil, ExitFailed, missing + " answered 404 Not Found\naslocal: hint: " + unknownHint},
		{"a server that refuses", refusing, false, nil, ExitFailed, refusing + " is not well: no such action"},
		{"a server with other JSON", machines, false, nil, ExitFailed, machines + ` answered {"stateMachines":[]}` + "\naslocal: hint: " + unknownHint},
		{"a server that says much", long, false, nil, ExitFailed, long + ` answered "` + strings.Repeat("a", 199) + "...\naslocal: hint: " + unknownHint},
		{"a server that says nothing", silent.URL, false, []string{"--timeout", "10ms"}, ExitFailed, silent.URL + " has not answered in 10ms\naslocal: hint: --timeout lets it take longer"},
		{"no URL", "localhost", false, nil, ExitUsage, `--endpoint: expected a URL such as http://localhost:8083, got "localhost"`},
		{"no time", em.URL(), false, []string{"--timeout", "0s"}, ExitUsage, "--timeout: expected more than 0, got 0s"},
		{"a time before", em.URL(), false, []string{"--wait", "-1s"}, ExitUsage, "--wait: expected 0 or more, got -1s"},
	} {
		t.Run(test.name, func(t *testing.T) {
			store.full.Store(test.full)
			code, out, errOut := against(test.url, append([]string{"health"}, test.flags...)...)
			if code != test.code || out != "" {
				t.Errorf("got %d, %q, want %d", code, out, test.code)
			}
			if test.want == "" && errOut != "" || !strings.HasPrefix(errOut, "aslocal: error: "+test.want) && test.want != "" {
				t.Errorf("got %q, want %q", errOut, test.want)
			}
		})
	}
}

// --wait asks until the server is well.
func TestHealthWaits(t *testing.T) {
	var asked atomic.Int32
	em := emulator.RunT(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) < 3 {
			http.Error(w, "starting", http.StatusBadGateway)
			return
		}
		em.ServeHTTP(w, r)
	}))
	defer server.Close()
	if code, _, errOut := against(server.URL, "health", "--wait", "10m"); code != ExitOK || asked.Load() != 3 {
		t.Errorf("got %d after %d questions, want 0 after 3: %s", code, asked.Load(), errOut)
	}
}
