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
