package certificate

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// inFolder is a folder whose time the test sets.
func inFolder(t *testing.T) (Folder, *time.Time) {
	t.Helper()
	now := time.Now()
	return Folder{path: filepath.Join(t.TempDir(), "aslocal", "tls"), now: func() time.Time { return now }}, &now
}

// pool has what a client of the folder trusts.
func pool(t *testing.T, f Folder) *x509.CertPool {
	t.Helper()
	text, err := os.ReadFile(f.Roots())
	if err != nil {
		t.Fatal(err)
	}
	p := x509.NewCertPool()
	if !p.AppendCertsFromPEM(text) {
		t.Fatalf("%s has no certificates", f.Roots())
	}
	return p
}

// verify is what a client does that asks for a name, "" for none, and wants a host at a time.
func verify(s *Server, roots *x509.CertPool, asked, wanted string, now time.Time) error {
	c, err := s.Certificate(&tls.ClientHelloInfo{ServerName: asked})
	if err != nil {
		return err
	}
	between := x509.NewCertPool()
	issuer, err := x509.ParseCertificate(c.Certificate[1])
	if err != nil {
		return err
	}
	between.AddCert(issuer)
	_, err = c.Leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, DNSName: wanted, CurrentTime: now})
	return err
}

// Clients find a certificate for each name and address of the server, and for no other.
func TestNames(t *testing.T) {
	f, now := inFolder(t)
	s, err := f.Serve("Host.Docker.Internal:8083", "*.example.test", "192.0.2.7", "0.0.0.0", "127.0.0.1", "foo.localhost")
	if err != nil {
		t.Fatal(err)
	}
	roots := pool(t, f)
	for _, c := range []struct {
		asked, wanted string
		want          bool
	}{
		{"localhost", "localhost", true},
		{"LocalHost.", "localhost", true},
		{"sync-localhost", "sync-localhost", true},
		{"states.localhost", "states.localhost", true},
		{"sync-states.localhost", "sync-states.localhost", true},
		{"a.b.localhost", "a.b.localhost", true},
		{"", "127.0.0.1", true},
		{"", "::1", true},
		{"", "192.0.2.7", true},
		{"", "localhost", true},
		{"host.docker.internal", "host.docker.internal", true},
		{"sync-host.docker.internal", "sync-host.docker.internal", true},
		{"example.test", "example.test", true}, // is below, and so is its parent
		{"a.example.test", "a.example.test", true},
		{"sync-a.b.example.test", "sync-a.b.example.test", true},

		{"google.com", "google.com", false},
		{"localhost.google.com", "localhost.google.com", false},
		{"badexample.test", "badexample.test", false},
		{"a.host.docker.internal", "a.host.docker.internal", false},
		{"sync-sync-localhost", "sync-sync-localhost", false},
		{"", "192.0.2.8", false},
		{"", "127.0.0.2", false},
		{strings.Repeat("a.", 200) + "localhost", strings.Repeat("a.", 200) + "localhost", false},
		{"a b.localhost", "a b.localhost", false},
	} {
		if err := verify(s, roots, c.asked, c.wanted, *now); (err == nil) != c.want {
			t.Errorf("asked for %q, wants %q: got %v", c.asked, c.wanted, err)
		}
	}
	list, err := f.List()
	var hosts []string
	for _, r := range list {
		hosts = append(hosts, r.Host)
	}
	if want := []string{"localhost", "192.0.2.7", "example.test", "host.docker.internal"}; err != nil || !slices.Equal(hosts, want) {
		t.Errorf("got roots for %q, %v, want %q", hosts, err, want)
	}
}

// A client that uses an address gets a certificate for the one that it has reached.
func TestAddresses(t *testing.T) {
	f, _ := inFolder(t)
	s, err := f.Serve("192.0.2.7", "2001:db8::7", "example.test")
	if err != nil {
		t.Fatal(err)
	}
	for local, want := range map[string]string{
		"127.0.0.1": "127.0.0.1 ::1", "127.0.0.5": "127.0.0.1 ::1 127.0.0.5", "::1": "127.0.0.1 ::1", "::ffff:127.0.0.1": "127.0.0.1 ::1",
		"192.0.2.7": "127.0.0.1 ::1 192.0.2.7", "2001:db8::7": "127.0.0.1 ::1 2001:db8::7",
		"172.17.0.2": "127.0.0.1 ::1 192.0.2.7", // of a container: the host has the address that clients know
	} {
		c, err := s.Certificate(&tls.ClientHelloInfo{Conn: connectionTo{local: &net.TCPAddr{IP: net.ParseIP(local), Port: 8083}}})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, ip := range c.Leaf.IPAddresses {
			got = append(got, ip.String())
		}
		if got := strings.Join(got, " "); got != want {
			t.Errorf("at %s: got a certificate for %s, want %s", local, got, want)
		}
	}
}

// connectionTo is a connection of which only the local address is asked.
type connectionTo struct {
	net.Conn
	local net.Addr
}

func (c connectionTo) LocalAddr() net.Addr { return c.local }

func TestHostsWithoutCertificate(t *testing.T) {
	f, _ := inFolder(t)
	for _, host := range []string{"", "..", "a..b", "a/b", "a\\b", "1.2.3", "*", "*.*.test", "fe80::1%eth0", "ü.test", strings.Repeat("a", 64), ".localhost"} {
		if _, err := f.Serve(host); err == nil {
			t.Errorf("%q: got a certificate, want an error", host)
		}
	}
}

// The key that is kept signs for nobody else: clients refuse what it signs.
func TestIssuerIsConstrained(t *testing.T) {
	for _, h := range []string{"localhost", "example.test", "192.0.2.7", "2001:db8::7"} {
		asked, err := hostOf(h)
		if err != nil {
			t.Fatal(err)
		}
		now := time.Now()
		a, err := newAuthority(asked, now)
		if err != nil {
			t.Fatal(err)
		}
		s := &Server{key: a.key}
		roots, between := x509.NewCertPool(), x509.NewCertPool()
		roots.AddCert(a.root)
		between.AddCert(a.issuer)
		for _, c := range []struct {
			name string
			want bool
		}{
			{"localhost", true}, {"127.0.0.1", true}, {"::1", true}, {h, true},
			{"google.com", false}, {"8.8.8.8", false}, {"2001:4860:4860::8888", false}, {"notlocalhost", false}, {"192.0.2.8", false},
		} {
			var names []string
			var addresses []net.IP
			if ip := net.ParseIP(c.name); ip != nil {
				addresses = append(addresses, ip)
			} else {
				names = append(names, c.name)
			}
			leaf, err := a.issue(names, addresses, s.key, now)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := leaf.Leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, DNSName: c.name, CurrentTime: now}); (err == nil) != c.want {
				t.Errorf("the authority of %s signs for %s: got %v", h, c.name, err)
			}
		}
		// Nor does it make another issuer, which could do more.
		b, err := newAuthority(asked, now)
		if err != nil {
			t.Fatal(err)
		}
		b.issuer, err = signed(b.issuer, a.issuer, &b.key.PublicKey, a.key)
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := b.issue([]string{"localhost"}, nil, b.key, now)
		if err != nil {
			t.Fatal(err)
		}
		between.AddCert(b.issuer)
		if _, err := leaf.Leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: now}); err == nil {
			t.Errorf("the authority of %s makes another one", h)
		}
	}
}

// A certificate is issued again before it ends, an authority gives way to another one, and
// a clock that was wrong does no harm.
func TestRenewal(t *testing.T) {
	f, now := inFolder(t)
	s, err := f.Serve()
	if err != nil {
		t.Fatal(err)
	}
	get := func() *tls.Certificate {
		t.Helper()
		c, err := s.Certificate(&tls.ClientHelloInfo{})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	first, roots := get(), pool(t, f)
	if again := get(); again != first {
		t.Error("a certificate is issued for each handshake")
	}
	*now = now.Add(leafLife - leafRest - time.Second)
	if again := get(); again != first {
		t.Error("a certificate is issued again too early")
	}
	*now = now.Add(time.Second)
	if again := get(); again == first {
		t.Error("a certificate that ends soon is served")
	}
	*now = now.Add(-2 * leafLife) // the clock is set back, before the certificate begins
	if c := get(); now.Before(c.Leaf.NotBefore) || now.After(c.Leaf.NotAfter) {
		t.Errorf("at %v the certificate is of %v to %v", now, c.Leaf.NotBefore, c.Leaf.NotAfter)
	}

	*now = now.Add(2 * leafLife)
	begin := *now
	for ; now.Before(begin.Add(authorityLife + leafLife)); *now = now.Add(24 * time.Hour) {
		c := get()
		if now.After(c.Leaf.NotAfter) || now.Before(c.Leaf.NotBefore) {
			t.Fatalf("at %v the certificate is of %v to %v", now, c.Leaf.NotBefore, c.Leaf.NotAfter)
		}
		if err := verify(s, pool(t, f), "", "localhost", *now); err != nil {
			t.Fatalf("at %v: %v", now, err)
		}
	}
	if err := verify(s, roots, "", "localhost", *now); err == nil {
		t.Error("the root of ten years ago is still served")
	}
	other, err := f.Serve() // a server that starts then
	if err != nil {
		t.Fatal(err)
	}
	if err := verify(other, pool(t, f), "", "localhost", *now); err != nil {
		t.Error(err)
	}
}

// What clients trust stays when servers come with other hosts.
func TestHostsComeLater(t *testing.T) {
	f, now := inFolder(t)
	s, err := f.Serve()
	if err != nil {
		t.Fatal(err)
	}
	before := pool(t, f)
	other, err := f.Serve("example.test", "192.0.2.7")
	if err != nil {
		t.Fatal(err)
	}
	for name, server := range map[string]*Server{"the first": s, "the second": other} {
		if err := verify(server, before, "localhost", "localhost", *now); err != nil {
			t.Errorf("%s server: %v", name, err)
		}
	}
	if err := verify(other, before, "example.test", "example.test", *now); err == nil {
		t.Error("example.test is trusted by a root that is not for it")
	}
}

// Many servers start at once: all are trusted by the file that is there in the end.
func TestManyStartAtOnce(t *testing.T) {
	f, now := inFolder(t)
	hosts := []string{"a.test", "b.test", "c.test", "d.test"}
	servers := make([]*Server, 16)
	var all sync.WaitGroup
	for i := range servers {
		all.Go(func() {
			var err error
			if servers[i], err = f.Serve(hosts[i%len(hosts)]); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	roots := pool(t, f)
	for i, s := range servers {
		if s == nil {
			continue
		}
		for _, name := range []string{"localhost", hosts[i%len(hosts)]} {
			if err := verify(s, roots, name, name, *now); err != nil {
				t.Errorf("server %d: %s: %v", i, name, err)
			}
		}
	}
	entries, err := os.ReadDir(f.hosts())
	if err != nil || len(entries) != 1+len(hosts) {
		t.Errorf("got %v, %v, want a folder for each host and for localhost", entries, err)
	}
	if text, err := os.ReadFile(f.Roots()); err != nil || strings.Count(string(text), "BEGIN") != 1+len(hosts) {
		t.Errorf("got %s, %v, want %d roots", text, err, 1+len(hosts))
	}
}

func TestFilesAreTheUsersOwn(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no modes of files")
	}
	f, _ := inFolder(t)
	if _, err := f.Serve("example.test"); err != nil {
		t.Fatal(err)
	}
	n := 0
	err := filepath.WalkDir(f.path, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		}
		if n++; err == nil && info.Mode().Perm() != want {
			t.Errorf("%s has the mode %v, want %v", path, info.Mode().Perm(), want)
		}
		return err
	})
	if err != nil || n != 10 {
		t.Errorf("%d files and folders, %v", n, err)
	}
	if err := f.Remove(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(f.path); err == nil {
		t.Error("the folder is still there")
	}
}

// Keys of roots are nowhere; what is damaged is said to be, and not replaced.
func TestDamagedFiles(t *testing.T) {
	for name, spoil := range map[string]func(root, issuer string) error{
		"an empty root":           func(root, _ string) error { return os.WriteFile(root, nil, 0o600) },
		"no issuer":               func(_, issuer string) error { return os.Remove(issuer) },
		"an issuer without a key": func(root, issuer string) error { return os.Rename(root, issuer) },
		"text that is no certificate": func(root, _ string) error {
			return os.WriteFile(root, []byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), 0o600)
		},
		"the root of another":          func(root, _ string) error { return another(root) },
		"a key that is no private key": func(_, issuer string) error { return cutKey(issuer) },
	} {
		f, _ := inFolder(t)
		if _, err := f.Serve(); err != nil {
			t.Fatal(err)
		}
		folder := filepath.Join(f.hosts(), localhost.folder())
		if err := spoil(filepath.Join(folder, rootFile), filepath.Join(folder, issuerFile)); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Serve(); err == nil {
			t.Errorf("%s: got no error", name)
		}
		if err := f.Remove(); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Serve(); err != nil {
			t.Errorf("%s: after it was removed: %v", name, err)
		}
	}
}

func another(path string) error {
	a, err := newAuthority(localhost, time.Now())
	if err != nil {
		return err
	}
	return os.WriteFile(path, encoded(a.root), 0o600)
}

func cutKey(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	_, rest := pem.Decode(text)
	block, _ := pem.Decode(rest)
	return os.WriteFile(path, append(text[:len(text)-len(rest)], pem.EncodeToMemory(&pem.Block{Type: keyBlock, Bytes: block.Bytes[:9]})...), 0o600)
}

// A certificate of the user's own is read again when its files have changed.
func TestPair(t *testing.T) {
	folder := t.TempDir()
	at := filepath.Join(folder, "own.pem")
	write := func(name string, changed time.Time) {
		t.Helper()
		a, err := newAuthority(localhost, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		c, err := a.issue([]string{name}, []net.IP{net.IPv6loopback}, a.key, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		a.issuer = c.Leaf
		if err := a.write(folder); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(folder, issuerFile), at); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(at, changed, changed); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Load(at, at); err == nil {
		t.Error("a file that is not there is read")
	}
	began := time.Now()
	write("one.test", began)
	p, err := Load(at, at)
	if err != nil {
		t.Fatal(err)
	}
	check := func(want string) {
		t.Helper()
		if c, err := p.Certificate(nil); err != nil || c.Leaf.DNSNames[0] != want {
			t.Errorf("got %v, %v, want %s", c.Leaf.DNSNames, err, want)
		}
	}
	check("one.test")
	if got := p.Names(); !slices.Equal(got, []string{"one.test", "::1"}) || !p.IsFor("one.test") || p.IsFor("two.test") {
		t.Errorf("got the names %q", got)
	}
	write("two.test", began.Add(time.Second))
	check("two.test")
	if err := os.WriteFile(at, []byte("half of it"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(at, began.Add(2*time.Second), began.Add(2*time.Second)); err != nil {
		t.Fatal(err)
	}
	check("two.test")
	write("three.test", began.Add(3*time.Second))
	check("three.test")
}

// The bundle has the system's roots after ours, and does not take itself for the system.
func TestBundle(t *testing.T) {
	f, _ := inFolder(t)
	system := filepath.Join(t.TempDir(), "system.pem")
	if err := another(system); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SSL_CERT_FILE", system)
	read := func(path string) string {
		t.Helper()
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if _, err := f.Serve(); err != nil {
		t.Fatal(err)
	}
	want := read(f.Roots()) + read(system)
	if got := read(f.Bundle()); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	t.Setenv("SSL_CERT_FILE", f.Bundle())
	if _, err := f.Serve(); err != nil {
		t.Fatal(err)
	}
	if got := read(f.Bundle()); strings.Count(got, strings.TrimSpace(read(f.Roots()))) != 1 {
		t.Errorf("the bundle has itself in it: %s", got)
	}
}

// Other clients than Go's trust the roots, and nothing else makes them trust the server.
func TestClients(t *testing.T) {
	f, _ := inFolder(t)
	s, err := f.Serve()
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{
		Handler:   http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "here") }),
		TLSConfig: &tls.Config{GetCertificate: s.Certificate}, ErrorLog: log.New(io.Discard, "", 0),
	}
	defer server.Close()
	go server.ServeTLS(listener, "", "") // ends with Close
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	store := filepath.Join(t.TempDir(), "aslocal.p12")
	list, err := f.List()
	if err != nil {
		t.Fatal(err)
	}
	clients := []struct {
		name    string
		prepare []string // done before
		command []string // prints the answer; URL stands for that
		trusts  string   // the variable that says what is trusted
		file    string
	}{
		{name: "curl", command: []string{"curl", "-sS", "URL"}, trusts: "CURL_CA_BUNDLE", file: f.Roots()},
		{name: "Python", command: []string{"python3", "-c", "import ssl, sys, urllib.request as u; print(u.urlopen(sys.argv[1]).read().decode())", "URL"}, trusts: "SSL_CERT_FILE", file: f.Bundle()},
		{name: "Node", command: []string{"node", "-e", "require('https').get(process.argv[1], r => r.pipe(process.stdout)).on('error', e => { console.log(e.message); process.exit(1) })", "URL"},
			trusts: "NODE_EXTRA_CA_CERTS", file: f.Roots()},
		{name: "Java", prepare: []string{"keytool", "-importcert", "-noprompt", "-alias", "aslocal", "-file", list[0].Path, "-keystore", store, "-storepass", "changeit"},
			command: []string{"java", filepath.Join("testdata", "Get.java"), "URL"}, trusts: "JAVA_TOOL_OPTIONS",
			file: "-Djavax.net.ssl.trustStore=" + store + " -Djavax.net.ssl.trustStorePassword=changeit"},
	}
	for _, c := range clients {
		t.Run(c.name, func(t *testing.T) {
			for _, command := range [][]string{c.prepare, c.command} {
				if len(command) > 0 {
					if _, err := exec.LookPath(command[0]); err != nil {
						t.Skipf("%s is not on this machine", command[0])
					}
				}
			}
			if len(c.prepare) > 0 {
				if out, err := exec.Command(c.prepare[0], c.prepare[1:]...).CombinedOutput(); err != nil {
					t.Fatalf("%s: %v", out, err)
				}
			}
			for _, host := range []string{"localhost", "127.0.0.1"} {
				args := slices.Clone(c.command[1:])
				args[len(args)-1] = "https://" + net.JoinHostPort(host, port)
				get := exec.CommandContext(t.Context(), c.command[0], args...)
				get.Env = append(os.Environ(), c.trusts+"="+c.file)
				var said strings.Builder
				get.Stderr = &said
				out, err := get.Output()
				if err != nil || strings.TrimSpace(string(out)) != "here" {
					t.Errorf("%s: got %s, %v\n%s", host, out, err, said.String())
				}
				get = exec.CommandContext(t.Context(), c.command[0], args...)
				get.Env = append(os.Environ(), c.trusts+"=")
				if out, err := get.Output(); err == nil {
					t.Errorf("%s, without what it trusts: got %s", host, out)
				}
			}
		})
	}
}
