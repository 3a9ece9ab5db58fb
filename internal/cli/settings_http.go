package cli

import (
	"fmt"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// This file reads the settings of http:invoke: connections and http.

// httpSettings are those of http:invoke.
type httpSettings struct {
	connections map[string]emulator.Connection // by name or ARN
	endpoints   map[string]string              // by the origin of an API
	allow       []string
}

// options returns the settings as options of an emulator.
func (h *httpSettings) options() (options []emulator.Option) {
	for name, c := range h.connections {
		options = append(options, emulator.WithConnection(name, c))
	}
	for api, url := range h.endpoints {
		options = append(options, emulator.WithHTTPEndpoint(api, url))
	}
	return append(options, emulator.WithHTTPAllow(h.allow...))
}

const httpHostExpected = `the name of a host such as api.example.com or *.example.com, or "all"`

func isHTTPHost(text string) bool { return emulator.CheckHTTPAllow(text) == nil }

// httpEndpoint reads where an API is.
func (r *settingsReader) httpEndpoint(to *httpSettings) func(name, pointer string, v value.Value) {
	return func(api, pointer string, v value.Value) {
		const sample = "https://api.example.com"
		if emulator.CheckHTTPEndpoint(api, "http://localhost") != nil {
			r.wrong(pointer, true, "", "http.endpoints: expected the origin of an HTTPS API, such as %s, got %q", sample, api)
			return
		}
		var url string
		r.into(&url, func(text string) bool { return emulator.CheckHTTPEndpoint(sample, text) == nil }, "a URL such as http://localhost:9000")(pointer, v)
		if to.endpoints == nil {
			to.endpoints = make(map[string]string)
		}
		to.endpoints[api] = url
	}
}

// connection reads a connection of EventBridge. Its values are secrets: no message
// shows them.
func (r *settingsReader) connection(to *httpSettings) func(name, pointer string, v value.Value) {
	return func(name, pointer string, v value.Value) {
		var c emulator.Connection
		r.members(pointer, v, map[string]reading{
			"apiKey": func(pointer string, v value.Value) {
				c.APIKey = &emulator.APIKey{}
				r.members(pointer, v, map[string]reading{"name": r.secret(&c.APIKey.Name), "value": r.secret(&c.APIKey.Value)})
				r.required(pointer, v, "name", "value")
			},
			"basic": func(pointer string, v value.Value) {
				c.Basic = &emulator.BasicCredentials{}
				r.members(pointer, v, map[string]reading{"username": r.secret(&c.Basic.Username), "password": r.secret(&c.Basic.Password)})
				r.required(pointer, v, "username", "password")
			},
			"oauth":   r.oauth(&c),
			"headers": r.parameters(&c.Headers),
			"query":   r.parameters(&c.Query),
			"body":    r.parameters(&c.Body),
		})
		if err := emulator.CheckConnection(c); err != nil && r.failed == nil {
			r.wrong(pointer, true, "", "%s: %v", shownPointer(pointer), err)
		}
		if to.connections == nil {
			to.connections = make(map[string]emulator.Connection)
		}
		to.connections[name] = c
	}
}

func (r *settingsReader) oauth(c *emulator.Connection) reading {
	return func(pointer string, v value.Value) {
		o := &emulator.OAuth{}
		c.OAuth = o
		r.members(pointer, v, map[string]reading{
			"endpoint": r.secret(&o.Endpoint), "method": r.secret(&o.Method), "clientId": r.secret(&o.ClientID), "clientSecret": r.secret(&o.ClientSecret),
			"headers": r.parameters(&o.Headers), "query": r.parameters(&o.Query), "body": r.parameters(&o.Body),
		})
		r.required(pointer, v, "endpoint", "clientId", "clientSecret")
	}
}

// secret reads a text that no message shows.
func (r *settingsReader) secret(to *string) reading {
	return func(pointer string, v value.Value) {
		if v.Kind() != value.String {
			r.wrong(pointer, true, "texts that look like numbers stand in quotes", "%s: expected a text, got %s", shownPointer(pointer), v.Kind())
			return
		}
		*to = v.Text()
	}
}

// parameters reads an object of texts.
func (r *settingsReader) parameters(to *[]emulator.ConnectionParameter) reading {
	return r.each(func(name, pointer string, v value.Value) {
		p := emulator.ConnectionParameter{Key: name}
		r.secret(&p.Value)(pointer, v)
		*to = append(*to, p)
	})
}

// required reports the first of the members that is missing.
func (r *settingsReader) required(pointer string, v value.Value, names ...string) {
	for _, name := range names {
		if !v.Get(name).Exists() {
			r.wrong(pointer, true, "", "%s: %s is missing", shownPointer(pointer), name)
		}
	}
}

// isMissing and missingExpected are of the setting missing.
func isMissing(text string) bool { return text == missingFail || text == missingHold }

// What may happen to a task that nothing is set up for.
const (
	missingFail = "fail" // with an error that says what to set
	missingHold = "hold" // it waits for aslocal answer
)

var missingExpected = fmt.Sprintf("%s or %s", missingFail, missingHold)
