package conformance_test

import (
	"context"
	"flag"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/aslocal/aslocal/conformance"
	"github.com/aslocal/aslocal/emulator"
)

// This file runs the cases of testdata/conformance. One case:
//
//	go test ./conformance -run 'Conformance/in-process/cases/retry/backoff$'
//
// At any endpoint, which must call Lambda functions at the second address:
//
//	go test ./conformance -v -run ConformanceEndpoint -endpoint http://127.0.0.1:8083 -functions 127.0.0.1:9001

var (
	endpointURL = flag.String("endpoint", "", "URL of a Step Functions endpoint to run the cases at")
	functions   = flag.String("functions", "127.0.0.1:9001", "address at which that endpoint finds the Lambda functions")
	region      = flag.String("region", "us-east-1", "region of that endpoint")
	account     = flag.String("account", "123456789012", "account of that endpoint")
)

func load(t testing.TB) ([]conformance.Case, conformance.Known) {
	files := os.DirFS("../testdata/conformance")
	cases, err := conformance.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	known, err := conformance.LoadKnown(files, cases)
	if err != nil {
		t.Fatal(err)
	}
	return cases, known
}

// TestConformance runs all cases at two targets. In process, the executions of each case are
// also replayed, and made to tests that must pass.
func TestConformance(t *testing.T) {
	cases, known := load(t)
	replayed, recorded := replays{differing: make(map[string]bool)}, recordings{refused: make(map[string]int)}
	for _, target := range []struct {
		name string
		make func(*testing.T, *conformance.Case) *conformance.Endpoint
	}{
		{"in-process", func(t *testing.T, c *conformance.Case) *conformance.Endpoint {
			if c.Area() == "limits" || c.Area() == "test_state" {
				return inProcess(t) // the executions are long, and of no other shape; or there are none
			}
			return lookingAt(t, func(em *emulator.TestEmulator, x ended) {
				replayed.check(t, c.ID, em, x)
				recorded.check(t, em, x)
			})
		}},
		{"http", func(t *testing.T, _ *conformance.Case) *conformance.Endpoint { return overHTTP(t) }},
	} {
		t.Run(target.name, func(t *testing.T) {
			var report conformance.Report
			var mu sync.Mutex
			t.Run("cases", func(t *testing.T) { // returns when its parallel cases have ended
				for i := range cases {
					if target.name == "http" && strings.HasPrefix(cases[i].ID, "limits/history") {
						continue // 25,000 events, of which HTTP changes nothing
					}
					t.Run(cases[i].ID, func(t *testing.T) {
						t.Parallel()
						ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // it hangs
						defer cancel()
						result := conformance.RunCase(ctx, target.make(t, &cases[i]), &cases[i], known)
						mu.Lock()
						report.Results = append(report.Results, result)
						mu.Unlock()
						switch result.Verdict {
						case conformance.Fail:
							t.Error(result)
						case conformance.Skipped:
							t.Skip(result)
						}
					})
				}
			})
			if err := report.Write(t.Output()); err != nil {
				t.Fatal(err)
			}
			if target.name == "in-process" && len(report.Results) == len(cases) {
				replayed.report(t)
				recorded.report(t)
			}
		})
	}
}

// TestConformanceEndpoint runs the cases at an endpoint whose time cannot be
// moved, one after another.
func TestConformanceEndpoint(t *testing.T) {
	if *endpointURL == "" {
		t.Skip("no -endpoint given")
	}
	cases, _ := load(t) // what is known to fail is known of ours
	listener, err := net.Listen("tcp", *functions)
	if err != nil {
		t.Fatal(err)
	}
	var player swap
	server := &http.Server{Handler: &player, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	defer func() {
		server.Close()
		<-served
	}()
	client := sfn.NewFromConfig(emulator.ClientConfig(*endpointURL, *region))
	target := &conformance.Endpoint{
		Region: *region, Account: *account,
		Open: func(_ context.Context, p *conformance.Player) (*conformance.Session, error) {
			player.set(p)
			return &conformance.Session{Client: client, Clock: conformance.SystemClock{}, Close: p.Close}, nil
		},
	}
	report := conformance.Run(t.Context(), target, cases, nil)
	if err := report.Write(t.Output()); err != nil {
		t.Fatal(err)
	}
	if !report.OK() {
		t.Fail()
	}
}

// swap is a handler whose player changes from case to case.
type swap struct {
	mu      sync.RWMutex
	current http.Handler
}

func (s *swap) set(h http.Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.current = h
}

func (s *swap) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.RLock()
	h := s.current
	s.mu.RUnlock()
	if h == nil {
		http.NotFound(w, r)
		return
	}
	h.ServeHTTP(w, r)
}
