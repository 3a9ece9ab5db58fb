package ui_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/aslocal/aslocal/emulator/ui"
)

// ask asks a UI, and returns its answer.
func ask(u http.Handler, method, path string, header http.Header) *http.Response {
	r := httptest.NewRequest(method, path, nil)
	for name := range header {
		r.Header.Set(name, header.Get(name))
	}
	w := httptest.NewRecorder()
	u.ServeHTTP(w, r)
	return w.Result()
}

func TestFiles(t *testing.T) {
	long := strings.Repeat("let x = 1;\n", 500)
	u := ui.New(ui.Config{Pages: fstest.MapFS{
		"index.html": {Data: []byte("<!doctype html>")}, "app.js": {Data: []byte(long)}, "core/view.js": {Data: []byte("x")}, "a.css": {Data: []byte("x")},
		"i.svg": {Data: []byte("<svg/>")}, "secret.go": {Data: []byte("x")}, "core/.hidden.js": {Data: []byte("x")},
	}})
	for _, c := range []struct {
		path   string
		status int
		kind   string
	}{
		{"/", 200, "text/html; charset=utf-8"}, {"/_ui/", 200, "text/html; charset=utf-8"}, {"/_ui/static/index.html", 200, "text/html; charset=utf-8"},
		{"/_ui/static/app.js", 200, "text/javascript; charset=utf-8"}, {"/_ui/static/core/view.js", 200, "text/javascript; charset=utf-8"},
		{"/_ui/static/a.css", 200, "text/css; charset=utf-8"}, {"/_ui/static/i.svg", 200, "image/svg+xml"},
		{"/_ui/static/secret.go", 404, "text/plain; charset=utf-8"}, {"/_ui/static/core/.hidden.js", 404, "text/plain; charset=utf-8"},
		{"/_ui/static/core", 404, "text/plain; charset=utf-8"}, {"/_ui/static/", 404, "text/plain; charset=utf-8"}, {"/_ui/static/../app.js", 404, "text/plain; charset=utf-8"},
		{"/_ui/static//app.js", 404, "text/plain; charset=utf-8"}, {"/_ui/app.js", 404, "text/plain; charset=utf-8"},
	} {
		answer := ask(u, "GET", c.path, nil)
		if answer.StatusCode != c.status || answer.Header.Get("Content-Type") != c.kind {
			t.Errorf("%s: %d %s, want %d %s", c.path, answer.StatusCode, answer.Header.Get("Content-Type"), c.status, c.kind)
		}
		for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Cache-Control"} {
			if answer.Header.Get(name) == "" {
				t.Errorf("%s: no %s", c.path, name)
			}
		}
		if policy := answer.Header.Get("Content-Security-Policy"); strings.Contains(policy, "unsafe") || !strings.HasPrefix(policy, "default-src 'none'") {
			t.Errorf("%s: policy %s", c.path, policy)
		}
	}

	plain := ask(u, "GET", "/_ui/static/app.js", nil)
	zipped := ask(u, "GET", "/_ui/static/app.js", http.Header{"Accept-Encoding": {"br, gzip;q=0.5"}})
	if text, _ := io.ReadAll(plain.Body); string(text) != long || plain.Header.Get("Content-Encoding") != "" || plain.Header.Get("Vary") != "Accept-Encoding" {
		t.Errorf("plain: %d bytes, %v", len(text), plain.Header)
	}
	z, err := gzip.NewReader(zipped.Body)
	if err != nil || zipped.Header.Get("Content-Encoding") != "gzip" || zipped.Header.Get("ETag") == plain.Header.Get("ETag") {
		t.Fatalf("zipped: %v, %v", zipped.Header, err)
	}
	if text, _ := io.ReadAll(z); string(text) != long {
		t.Errorf("unzipped: %d bytes, want %d", len(text), len(long))
	}
	if refused := ask(u, "GET", "/_ui/static/app.js", http.Header{"Accept-Encoding": {"gzip;q=0"}}); refused.Header.Get("Content-Encoding") != "" {
		t.Error("what was refused is zipped")
	}
	if small := ask(u, "GET", "/_ui/static/a.css", http.Header{"Accept-Encoding": {"gzip"}}); small.Header.Get("Content-Encoding") != "" {
		t.Error("a small file is zipped")
	}
	for tag, status := range map[string]int{plain.Header.Get("ETag"): 304, "W/" + plain.Header.Get("ETag"): 304, `"x", ` + plain.Header.Get("ETag"): 304, "*": 304, `"x"`: 200} {
		if answer := ask(u, "GET", "/_ui/static/app.js", http.Header{"If-None-Match": {tag}}); answer.StatusCode != status {
			t.Errorf("If-None-Match %s: %d, want %d", tag, answer.StatusCode, status)
		}
	}
	if head := ask(u, "HEAD", "/_ui/static/app.js", nil); head.StatusCode != 200 || head.Header.Get("ETag") == "" {
		t.Errorf("HEAD: %d %v", head.StatusCode, head.Header)
	}
}

// The pages that are embedded are there, and small enough to be shown at once.
func TestEmbeddedFiles(t *testing.T) {
	u := ui.New(ui.Config{})
	if answer := ask(u, "GET", "/", nil); answer.StatusCode != 200 {
		t.Errorf("the page: %d", answer.StatusCode)
	}
}
