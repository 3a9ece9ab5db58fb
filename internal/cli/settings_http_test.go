package cli

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/emulator"
)

func TestHTTPSettings(t *testing.T) {
	got, err := parseSettings("aslocal.yaml", `
http:
  endpoints:
    https://api.example.com: http://localhost:9000/v1
  allow: [api.stripe.com, "*.example.com"]
connections:
  payments:
    apiKey: {name: X-Api-Key, value: k}
    headers: {X-Tenant: t1}
    query: {lang: en}
    body: {tenant: t1}
  crm:
    oauth: {endpoint: "https://login.example.com/token", method: PUT, clientId: me, clientSecret: s, headers: {H: "1"}, query: {Q: "2"}, body: {B: "3"}}
  legacy:
    basic: {username: me, password: p}
`)
	if err != nil {
		t.Fatal(err)
	}
	one := func(key, text string) []emulator.ConnectionParameter {
		return []emulator.ConnectionParameter{{Key: key, Value: text}}
	}
	want := httpSettings{
		endpoints: map[string]string{"https://api.example.com": "http://localhost:9000/v1"},
		allow:     []string{"api.stripe.com", "*.example.com"},
		connections: map[string]emulator.Connection{
			"payments": {APIKey: &emulator.APIKey{Name: "X-Api-Key", Value: "k"}, Headers: one("X-Tenant", "t1"), Query: one("lang", "en"), Body: one("tenant", "t1")},
			"crm": {OAuth: &emulator.OAuth{Endpoint: "https://login.example.com/token", Method: "PUT", ClientID: "me", ClientSecret: "s",
				Headers: one("H", "1"), Query: one("Q", "2"), Body: one("B", "3")}},
			"legacy": {Basic: &emulator.BasicCredentials{Username: "me", Password: "p"}},
		},
	}
	if !reflect.DeepEqual(got.http, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got.http, want)
	}
}

func TestWrongHTTPSettings(t *testing.T) {
	for text, want := range map[string]string{
		"http: {endpoints: {api.example.com: 'http://localhost'}}":                                     `s.yaml:1:20: http.endpoints: expected the origin of an HTTPS API, such as https://api.example.com, got "api.example.com"`,
		"http:\n  endpoints:\n    https://a.test: localhost":                                           `s.yaml:3:21: http.endpoints.https://a.test: expected a URL such as http://localhost:9000, got "localhost"`,
		"http: {allow: ['https://a.test']}":                                                            `s.yaml:1:16: http.allow.0: expected the name of a host such as api.example.com or *.example.com, or "all", got "https://a.test"`,
		"connections: {c: {apikey: {}}}":                                                               `s.yaml:1:19: connections.c.apikey: there is no such setting`,
		"connections: {c: {apiKey: {name: X}}}":                                                        `s.yaml:1:19: connections.c.apiKey: value is missing`,
		"connections: {c: {apiKey: {name: X, value: 12}}}":                                             `s.yaml:1:37: connections.c.apiKey.value: expected a text, got number`,
		"connections: {c: {apiKey: {name: 'X Y', value: s3cret}}}":                                     `s.yaml:1:15: connections.c: apiKey: expected the name of a header and a value of printable characters`,
		"connections: {c: {basic: {username: u, password: s3cret}, apiKey: {name: X, value: s3cret}}}": `s.yaml:1:15: connections.c: expected one of apiKey, basic and oauth`,
		"connections: {c: {oauth: {endpoint: 'ftp://x', clientId: a, clientSecret: s3cret}}}":          `s.yaml:1:15: connections.c: oauth: expected as endpoint a URL such as https://login.example.com/token`,
		"connections: {c: {headers: [a]}}":                                                             `s.yaml:1:19: connections.c.headers: expected an object, got array`,
		"missing: wait":                                                                                `s.yaml:1:10: missing: expected fail or hold, got "wait"`,
		"mocks: ''":                                                                                    `s.yaml:1:8: mocks: expected the path of a mock configuration, got ""`,
	} {
		_, err := parseSettings("s.yaml", text)
		var e *exitError
		if !errors.As(err, &e) || e.code != ExitUsage || !strings.HasPrefix(e.message, want) {
			t.Errorf("%q\n got %v\nwant %s", text, err, want)
		}
		if strings.Contains(e.message+e.hint, "s3cret") {
			t.Errorf("%q: the message shows a secret: %s", text, e.message)
		}
	}
}
