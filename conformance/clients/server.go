package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// This file starts aslocal for a program, and looks at what the program sends it.

// A server is aslocal on a free port, and a proxy before it that notes the actions that are
// called.
type server struct {
	url string // of the proxy

	mu     sync.Mutex
	called map[string]bool

	stop func()
}

// startServer starts aslocal with everything in memory.
func startServer(ctx context.Context, aslocal string) (*server, error) {
	folder, err := os.MkdirTemp("", "aslocal-clients-")
	if err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, aslocal, "serve", folder, "--port", "0", "--durability", "memory", "--region", "us-east-1", "--quiet", "--no-ui")
	command.Env = environment()
	command.Stderr = os.Stderr
	gently(command)
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		os.RemoveAll(folder)
		return nil, err
	}
	end := func() {
		command.Cancel()
		command.Wait()
		os.RemoveAll(folder)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		_, endpoint, ok := strings.Cut(lines.Text(), "AWS_ENDPOINT_URL_SFN=")
		if !ok {
			continue
		}
		go func() {
			for lines.Scan() { // the rest of what it says is not needed, but must be read
			}
		}()
		s := &server{called: make(map[string]bool)}
		proxy, err := s.proxy(endpoint)
		if err != nil {
			end()
			return nil, err
		}
		s.url, s.stop = proxy.URL, func() {
			proxy.CloseClientConnections()
			proxy.Close()
			end()
		}
		return s, nil
	}
	end()
	return nil, fmt.Errorf("%s serve has ended without saying its endpoint", aslocal)
}

// proxy hands requests on to the endpoint.
func (s *server) proxy(endpoint string) (*httptest.Server, error) {
	target, err := url.Parse(endpoint)
	if err != nil {
		return nil, err
	}
	return httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			_, action, _ := strings.Cut(r.In.Header.Get("X-Amz-Target"), ".")
			s.mu.Lock()
			s.called[action] = true
			s.mu.Unlock()
		},
		Transport: &http.Transport{MaxIdleConnsPerHost: 100},
	}), nil
}

// hasCalled reports whether an action was called.
func (s *server) hasCalled(action string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.called[action]
}

// environment is that of this process without what is set for AWS's clients. The files with
// their settings are not read, and nobody looks for credentials in the network.
func environment(more ...string) []string {
	var kept []string
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "AWS_") {
			kept = append(kept, variable)
		}
	}
	return append(append(kept, "AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull, "AWS_EC2_METADATA_DISABLED=true"), more...)
}

// clientEnvironment is the environment of a program that calls the server: what README and
// docs/clients say that a client needs.
func (s *server) clientEnvironment() []string {
	return environment("AWS_ENDPOINT_URL_SFN="+s.url, "AWS_DISABLE_HOST_PREFIX_INJECTION=true",
		"AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1", "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test")
}

// gently lets a command end by an interrupt, and kills it if that takes long.
func gently(command *exec.Cmd) {
	command.Cancel = func() error {
		if err := command.Process.Signal(os.Interrupt); err != nil {
			return command.Process.Kill() // Windows has no interrupts
		}
		return nil
	}
	command.WaitDelay = 10 * time.Second
}
