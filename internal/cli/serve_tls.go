package cli

import (
	"bytes"
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/internal/certificate"
	"github.com/aslocal/aslocal/internal/sourcefile"
	"github.com/aslocal/aslocal/value"
)

// This file lets serve speak HTTPS: by certificates of aslocal, or by one of the user's.

// tlsSettings are tls in aslocal.yaml, or --tls, --tls-cert and --tls-key.
type tlsSettings struct {
	on        bool
	cert, key string // paths of a certificate of the user's and of its key; "" for those of aslocal
}

// tls reads true, false, or the files of a certificate.
func (r *settingsReader) tls(to *tlsSettings) reading {
	files := r.object(map[string]reading{
		"cert": r.into(&to.cert, notEmpty, "the path of a certificate in PEM"),
		"key":  r.into(&to.key, notEmpty, "the path of a private key in PEM"),
	})
	return func(pointer string, v value.Value) {
		switch v.Kind() {
		case value.Bool:
			to.on = v.Bool()
		case value.Object:
			files(pointer, v)
			if to.on = true; to.cert == "" {
				r.wrong(pointer, true, "", "%s: expected cert, the path of a certificate, or true", shownPointer(pointer))
			}
		default:
			r.wrong(pointer, true, "", "%s: expected true, false, or an object with cert and key, got %s", shownPointer(pointer), v.Kind())
		}
	}
}

// chooseTLS replaces what the settings file says by what flags say, and makes paths of the
// file ones that can be opened.
func (s *server) chooseTLS(config *file, folder string) error {
	switch {
	case s.tls.cert == "" && s.tls.key != "":
		return exit(ExitUsage, "", "--tls-key: expected --tls-cert with it, the certificate that the key is for")
	case s.tls.cert != "":
		config.tls = tlsSettings{on: true, cert: s.tls.cert, key: cmp.Or(s.tls.key, s.tls.cert)}
		return nil
	case s.tls.on:
		config.tls.on = true
	}
	if config.tls.cert == "" {
		return nil
	}
	config.tls.key = cmp.Or(config.tls.key, config.tls.cert)
	for _, path := range []*string{&config.tls.cert, &config.tls.key} {
		if !config.named && errors.Is(sourcefile.Contains(folder, *path), sourcefile.ErrOutside) {
			return exit(ExitUsage, "--tls-cert and --tls-key may name any file", "%s: tls: %q lies outside of the folder of the settings", config.name, *path)
		}
		if !filepath.IsAbs(*path) {
			*path = filepath.Join(folder, *path)
		}
	}
	return nil
}

// encryption is how serve speaks HTTPS.
type encryption struct {
	certificate func(*tls.ClientHelloInfo) (*tls.Certificate, error)
	folder      certificate.Folder // of the certificates of aslocal
	own         *certificate.Pair  // the certificate of the user's; nil without one
}

// encrypt returns how serve speaks HTTPS, nil if it does not, and the hosts that requests
// may be for: names of the user's certificate are such, too.
func (config *file) encrypt(hosts []string) (*encryption, []string, error) {
	switch {
	case !config.tls.on:
		return nil, hosts, nil
	case config.tls.cert != "":
		own, err := certificate.Load(config.tls.cert, config.tls.key)
		if err != nil {
			return nil, nil, exit(ExitUsage, "the files have PEM, and the key has no password", "%v", err)
		}
		return &encryption{certificate: own.Certificate, own: own}, append(slices.Clone(hosts), own.Names()...), nil
	}
	folder, err := certificate.UserFolder()
	if err != nil {
		return nil, nil, exit(ExitFailed, "", "%v", err)
	}
	issued, err := folder.Serve(hosts...)
	if err != nil {
		return nil, nil, exit(ExitFailed, "aslocal tls --remove removes all certificates of aslocal, so that new ones are made; "+
			certificate.FolderVariable+" names another folder", "%v", err)
	}
	return &encryption{certificate: issued.Certificate, folder: folder}, hosts, nil
}

// scheme begins the URL of the server.
func (e *encryption) scheme() string {
	if e == nil {
		return "http://"
	}
	return "https://"
}

// host is the name in that URL: one that the certificate is for.
func (e *encryption) host(shown string) string {
	if e == nil || e.own == nil || e.own.IsFor(shown) {
		return shown
	}
	for _, name := range e.own.Names() {
		if !strings.HasPrefix(name, "*.") {
			return name
		}
	}
	return shown
}

// lines of the banner.
func (e *encryption) lines(config *file) []string {
	switch {
	case e == nil:
		return nil
	case e.own != nil:
		return []string{fmt.Sprintf("%s, for %s", config.tls.cert, strings.Join(e.own.Names(), ", "))}
	}
	return []string{"clients trust " + e.folder.Roots() + "; aslocal tls shows how"}
}

// variables are what clients are to be told, as a line of a shell.
func (e *encryption) variables() []string {
	if e == nil || e.own != nil {
		return nil
	}
	return []string{"export AWS_CA_BUNDLE=" + shellQuoted(e.folder.Bundle()) + " NODE_EXTRA_CA_CERTS=" + shellQuoted(e.folder.Roots()) + "  # aslocal tls shows more"}
}

// httpServer is the server of the API, with a log of what clients do wrong.
func (s *server) httpServer(em *emulator.Emulator, log *slog.Logger) *http.Server {
	h := &http.Server{Handler: em, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)}
	if s.secure != nil {
		h.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: s.secure.certificate}
		h.ErrorLog.SetOutput(&handshakes{log: log, others: h.ErrorLog.Writer()})
	}
	return h
}

// handshakes is a log of HTTP, in which failed handshakes say what to do.
type handshakes struct {
	log    *slog.Logger
	others io.Writer
	mu     sync.Mutex
	said   time.Time // when that was said last: clients try again and again
}

// saidFor is how long it need not be said again.
const saidFor = time.Minute

// Write takes a line of the log of net/http.
func (h *handshakes) Write(line []byte) (int, error) {
	handshake, ok := bytes.CutPrefix(line, []byte("http: TLS handshake error from "))
	if !ok {
		return h.others.Write(line)
	}
	// OpenSSL, which curl, Python and Node have, says so by keys that the server does not have yet.
	if !bytes.Contains(handshake, []byte("certificate")) && !bytes.Contains(handshake, []byte("bad record MAC")) {
		return len(line), nil // the client has gone, or was answered in plain text
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if now := time.Now(); h.said.IsZero() || now.Sub(h.said) >= saidFor {
		h.said = now
		h.log.Warn("a client does not trust the certificate, or uses a name that it is not for; aslocal tls shows what to set", "reason", strings.TrimSpace(string(handshake)))
	}
	return len(line), nil
}

// A plainAnswer accepts connections for TLS, and tells those who speak plain HTTP that this
// is HTTPS.
type plainAnswer struct {
	net.Listener
	endpoint string
}

// Accept implements [net.Listener].
func (l plainAnswer) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &firstRead{Conn: c, endpoint: l.endpoint}, nil
}

// firstRead is a connection whose first bytes show whether the client speaks TLS.
type firstRead struct {
	net.Conn
	endpoint string
	done     bool
}

// An answer in plain text is given so much time, and reads so much of the request that its
// client sees the answer.
const (
	plainTimeout = 2 * time.Second
	mostDrained  = 1 << 20
)

// Read reads what the client has sent. One that speaks plain HTTP, which begins with a method
// and not with the 0x16 of TLS, gets an answer, and io.EOF is returned.
func (c *firstRead) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if c.done || n == 0 {
		return n, err
	}
	c.done = true
	if p[0] < 'A' || p[0] > 'Z' {
		return n, err
	}
	c.SetDeadline(time.Now().Add(plainTimeout))
	body := value.OfMembers("__type", value.OfString("com.amazon.coral.service#AccessDeniedException"),
		"message", value.OfString("aslocal speaks HTTPS here: the URL is "+c.endpoint+", and aslocal tls shows how clients trust it")).AppendJSON(nil)
	fmt.Fprintf(c.Conn, "HTTP/1.1 400 Bad Request\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", len(body), body)
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		half.CloseWrite()
	}
	io.CopyN(io.Discard, c.Conn, mostDrained)
	return 0, io.EOF
}
