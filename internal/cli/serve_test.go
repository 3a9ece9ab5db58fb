package cli

import (
	"net"
	"slices"
	"testing"
)

func TestProbe(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	for _, endpoint := range []string{address, "http://" + address, "http://" + address + "/path"} {
		if got := probe(t.Context(), []string{endpoint})[endpoint]; got != endpoint {
			t.Errorf("while something listens: got %q, want %q", got, endpoint)
		}
	}
	listener.Close()
	for _, endpoint := range []string{address, "http://" + address} {
		if got, want := probe(t.Context(), []string{endpoint})[endpoint], endpoint+" (nothing listens there now)"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestWithoutPassword(t *testing.T) {
	for text, want := range map[string]string{
		"http://localhost:3001":             "http://localhost:3001",
		"http://user:secret@localhost:3001": "http://user:xxxxx@localhost:3001",
		"user:se@cret@localhost":            "user:xxxxx@localhost",
		"http://user@localhost":             "http://user@localhost",
		"ten":                               "ten",
	} {
		if got := withoutPassword(text); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

// Requests may use the names of the settings and of the flag, and --host.
func TestHosts(t *testing.T) {
	config := file{allowedHosts: []string{"box.test"}}
	s := server{host: "192.0.2.7", allowHosts: []string{"other.test"}}
	got, err := s.hosts(&config)
	if want := []string{"box.test", "other.test", "192.0.2.7"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	if got, err := new(server).hosts(&file{}); err != nil || !slices.Equal(got, []string{"0.0.0.0"}) {
		t.Errorf("every address: got %q, %v", got, err)
	}
	if _, err := (&server{allowHosts: []string{"a/b"}}).hosts(&file{}); err == nil {
		t.Error("a/b is taken for a host")
	}
}

// Functions find the services where tasks do, and AWS itself only if a setting says so.
func TestFunctionEnvironment(t *testing.T) {
	const api = "http://localhost:8083"
	here := []string{"AWS_ENDPOINT_URL_LAMBDA=" + api, "AWS_ENDPOINT_URL_SFN=" + api}
	for name, tt := range map[string]struct {
		config   file
		variable string // AWS_ENDPOINT_URL_SQS
		want     []string
	}{
		"nothing is set":     {want: []string{"AWS_ENDPOINT_URL=" + api}},
		"all services":       {config: file{allServices: "http://all:1"}, want: []string{"AWS_ENDPOINT_URL=http://all:1"}},
		"all at AWS":         {config: file{allServices: "aws"}},
		"one service":        {config: file{services: map[string]string{"sqs": "http://q:1"}}, want: []string{"AWS_ENDPOINT_URL=" + api, "AWS_ENDPOINT_URL_SQS=http://q:1"}},
		"one at AWS":         {config: file{services: map[string]string{"sqs": "aws"}}},
		"a variable":         {variable: "http://v:1", want: []string{"AWS_ENDPOINT_URL=" + api, "AWS_ENDPOINT_URL_SQS=http://v:1"}},
		"a variable and aws": {config: file{services: map[string]string{"sqs": "aws"}}, variable: "http://v:1", want: []string{"AWS_ENDPOINT_URL=" + api, "AWS_ENDPOINT_URL_SQS=http://v:1"}},
		"a variable is aws":  {config: file{allServices: "http://all:1"}, variable: "aws", want: []string{"AWS_ENDPOINT_URL=http://all:1"}},
		"s3":                 {config: file{s3Endpoint: "http://s3:1"}, want: []string{"AWS_ENDPOINT_URL=" + api, "AWS_ENDPOINT_URL_S3=http://s3:1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("AWS_ENDPOINT_URL_SQS", tt.variable)
			got := tt.config.functionEnvironment(api)
			if want := slices.Sorted(slices.Values(slices.Concat(here, tt.want))); !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}
