package emulator

import (
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/aslocal/aslocal/emulator/internal/task"
)

// This file sets up what http:invoke calls.

// A Connection of EventBridge authorizes the calls of http:invoke and adds data to
// them. It has one of APIKey, Basic and OAuth, or none.
type Connection = task.Connection

// The parts of a [Connection].
type (
	APIKey              = task.APIKey           // is sent as a header
	BasicCredentials    = task.BasicCredentials // are sent as Basic authentication
	OAuth               = task.OAuth            // gets a token by client credentials
	ConnectionParameter = task.Parameter        // is added to a request
)

// httpSettings are what the options of this file set.
type httpSettings struct {
	connections map[string]Connection
	endpoints   map[string]string
	allowed     []string
	transport   http.RoundTripper
}

// WithConnection defines the connection that the tasks of http:invoke name by its
// ARN, or by the name in that. Others are looked up at the endpoints of events and
// secretsmanager, if these are set. New fails if [CheckConnection] does.
func WithConnection(name string, c Connection) Option {
	return func(s *settings) {
		if s.http.connections == nil {
			s.http.connections = make(map[string]Connection)
		}
		s.http.connections[name] = c
	}
}

// WithHTTPEndpoint sends the calls of http:invoke for an API, given by its origin
// (https://api.example.com), to another URL, such as http://localhost:9000. They
// keep the API's name as their Host. New fails if either is wrong.
func WithHTTPEndpoint(api, url string) Option {
	return func(s *settings) {
		if s.http.endpoints == nil {
			s.http.endpoints = make(map[string]string)
		}
		s.http.endpoints[api] = url
	}
}

// WithHTTPAllow lets http:invoke call these hosts where they are: names such as
// api.example.com, *.example.com for those below one, or "all". If it is not
// given, only loopback addresses are called, and what WithHTTPEndpoint names: a
// task for another host fails with States.Http.Socket. New fails if a name is
// wrong.
func WithHTTPAllow(hosts ...string) Option {
	return func(s *settings) { s.http.allowed = append(s.http.allowed, hosts...) }
}

// WithHTTPTransport makes the calls of http:invoke through a transport, which may
// trust other certificates. If it is not given, they go through one that trusts
// the system's certificates, and through no proxy.
func WithHTTPTransport(t http.RoundTripper) Option {
	return func(s *settings) { s.http.transport = t }
}

// CheckConnection returns what is wrong with a connection, nil if nothing is.
func CheckConnection(c Connection) error { return task.CheckConnection(c) }

// CheckHTTPEndpoint returns what is wrong with the arguments of WithHTTPEndpoint,
// nil if nothing is.
func CheckHTTPEndpoint(api, url string) error { return new(task.Destinations).Map(api, url) }

// CheckHTTPAllow returns what is wrong with a name for WithHTTPAllow, nil if
// nothing is.
func CheckHTTPAllow(host string) error { return new(task.Destinations).Allow(host) }

// runner makes the runner of http:invoke.
func (h *httpSettings) runner(s *settings, aws task.Caller) (*task.HTTP, error) {
	var d task.Destinations
	for _, api := range slices.Sorted(maps.Keys(h.endpoints)) {
		if err := d.Map(api, h.endpoints[api]); err != nil {
			return nil, fmt.Errorf("the endpoint of an API: %w", err)
		}
	}
	for _, host := range h.allowed {
		if err := d.Allow(host); err != nil {
			return nil, fmt.Errorf("an allowed host: %w", err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(h.connections)) {
		if err := task.CheckConnection(h.connections[name]); err != nil {
			return nil, fmt.Errorf("the connection %s: %w", name, err)
		}
	}
	return task.NewHTTP(task.HTTPSettings{
		Connections: h.connections, AWS: aws, Destinations: d, Transport: h.transport, Now: s.clock.Now,
	}), nil
}
