package cli

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
)

// What a client that does not trust the certificate makes of a handshake is told, whatever
// library it has: once, as it tries again. Others that go away are not.
func TestFailedHandshakes(t *testing.T) {
	for line, want := range map[string]bool{
		"remote error: tls: bad certificate":               true, // Go
		"remote error: tls: unknown certificate authority": true,
		"local error: tls: bad record MAC":                 true, // OpenSSL
		"EOF":                                              false,
		"client sent an HTTP request to an HTTPS server":   false,
	} {
		var out strings.Builder
		h := &handshakes{log: slog.New(slog.NewTextHandler(&out, nil)), others: io.Discard}
		for range 2 {
			fmt.Fprintf(h, "http: TLS handshake error from 127.0.0.1:52372: %s\n", line)
		}
		if got := strings.Count(out.String(), "a client does not trust the certificate"); got != map[bool]int{true: 1}[want] {
			t.Errorf("%s: told %d times", line, got)
		}
	}
}
