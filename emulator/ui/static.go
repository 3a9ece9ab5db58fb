package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
)

// This file serves the files of the pages.

//go:embed static
var embedded embed.FS

// files are what is served below /_ui/static/, and for / the page. They are read when they
// are first asked for, and kept.
type files struct {
	from fs.FS
	mu   sync.Mutex
	read map[string]*file
}

// A file is a file as it is sent.
type file struct {
	kind    string
	text    []byte
	zipped  []byte // nil if that would not pay
	tag     string // ETag of the text
	zippedT string // ETag of what is zipped
}

// kinds are the types of the files that pages have. Those of the system differ from one to
// another; a file of another type is not served.
var kinds = map[string]string{
	".html":        "text/html; charset=utf-8",
	".js":          "text/javascript; charset=utf-8",
	".css":         "text/css; charset=utf-8",
	".svg":         "image/svg+xml",
	".json":        "application/json",
	".png":         "image/png",
	".ico":         "image/x-icon",
	".woff2":       "font/woff2",
	".txt":         "text/plain; charset=utf-8",
	".webmanifest": "application/manifest+json",
}

const indexPage = "index.html"

// serve answers a request for a file by its name.
func (f *files) serve(w http.ResponseWriter, r *http.Request, name string) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "files are read with GET", http.StatusMethodNotAllowed)
		return
	}
	found := f.find(name)
	if found == nil {
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, "there is no such file", http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Content-Type", found.kind)
	// A browser may keep a file, but asks whether it is still the same: the binary may
	// be another one behind the same address.
	h.Set("Cache-Control", "no-cache")
	text, tag := found.text, found.tag
	if found.zipped != nil {
		h.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header) {
			h.Set("Content-Encoding", "gzip")
			text, tag = found.zipped, found.zippedT
		}
	}
	h.Set("ETag", tag)
	if matches(r.Header.Values("If-None-Match"), tag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if r.Method == http.MethodHead {
		return
	}
	w.Write(text)
}

// find returns the file of that name, nil if there is none.
func (f *files) find(name string) *file {
	if !fs.ValidPath(name) || kinds[path.Ext(name)] == "" || strings.HasPrefix(path.Base(name), ".") {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if found := f.read[name]; found != nil {
		return found
	}
	if f.from == nil {
		f.from, _ = fs.Sub(embedded, "static") // the folder is there
	}
	text, err := fs.ReadFile(f.from, name)
	if err != nil {
		return nil
	}
	if f.read == nil {
		f.read = make(map[string]*file)
	}
	found := newFile(kinds[path.Ext(name)], text)
	f.read[name] = found
	return found
}

// leastZipped is how many bytes a file must have so that zipping it pays.
const leastZipped = 1024

func newFile(kind string, text []byte) *file {
	f := &file{kind: kind, text: text, tag: tagOf(text)}
	if len(text) < leastZipped {
		return f
	}
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level exists
	z.Write(text)
	z.Close()
	if b.Len() < len(text)*9/10 {
		f.zipped, f.zippedT = b.Bytes(), tagOf(b.Bytes())
	}
	return f
}

func tagOf(text []byte) string {
	sum := sha256.Sum256(text)
	return `"` + hex.EncodeToString(sum[:12]) + `"`
}

// acceptsGzip reports whether a client takes what is zipped.
func acceptsGzip(h http.Header) bool {
	for _, accept := range h.Values("Accept-Encoding") {
		for coding := range strings.SplitSeq(accept, ",") {
			name, weight, _ := strings.Cut(coding, ";")
			weight = strings.ReplaceAll(weight, " ", "")
			if strings.EqualFold(strings.TrimSpace(name), "gzip") && weight != "q=0" && weight != "q=0.0" {
				return true
			}
		}
	}
	return false
}

// matches reports whether an If-None-Match names the tag.
func matches(headers []string, tag string) bool {
	for _, header := range headers {
		for one := range strings.SplitSeq(header, ",") {
			if one = strings.TrimSpace(one); one == "*" || strings.TrimPrefix(one, "W/") == tag {
				return true
			}
		}
	}
	return false
}
