package s3

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// objects are a bucket as tests write it: keys to content.
type objects map[string]string

// inFolder is a storage whose bucket "orders" is a folder.
func inFolder(t testing.TB, has objects) *Storage {
	t.Helper()
	root := t.TempDir()
	for key, content := range has {
		name := filepath.Join(root, "orders", filepath.FromSlash(key))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(root, "orders"), 0o755); err != nil {
		t.Fatal(err)
	}
	return open(t, Config{Folder: root})
}

func open(t testing.TB, c Config) *Storage {
	t.Helper()
	s, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	return s
}

// atEndpoint is a storage whose bucket "orders" is that of an endpoint.
func atEndpoint(t testing.TB, has objects) (*Storage, *fakeS3) {
	t.Helper()
	f := &fakeS3{objects: maps.Clone(has)}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	return open(t, Config{Endpoint: server.URL}), f
}

// fakeS3 has one bucket, orders, and gives a page of two keys at a time.
type fakeS3 struct {
	mu      sync.Mutex
	objects objects
	seen    http.Header // of the last request
}

func (f *fakeS3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen = r.Header.Clone()
	w.Header().Set("x-amz-request-id", "REQUEST1")
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case bucket != "orders":
		refuse(w, 404, "NoSuchBucket", "The specified bucket does not exist")
	case r.Header.Get("x-amz-expected-bucket-owner") == "999999999999":
		refuse(w, 403, "AccessDenied", "Access Denied")
	case r.Method == http.MethodGet && key == "":
		f.list(w, r)
	case r.Method == http.MethodGet && r.URL.Query().Get("versionId") == "v0":
		io.WriteString(w, "old")
	case r.Method == http.MethodGet:
		content, ok := f.objects[key]
		if !ok {
			refuse(w, 404, "NoSuchKey", "The specified key does not exist.")
			return
		}
		io.WriteString(w, content)
	case r.Method == http.MethodPut:
		content, err := io.ReadAll(r.Body)
		if err != nil {
			panic(err)
		}
		f.objects[key] = string(content)
	}
}

func (f *fakeS3) list(w http.ResponseWriter, r *http.Request) {
	type contents struct{ Key, LastModified, ETag, StorageClass, Size string }
	var answer struct {
		XMLName               xml.Name `xml:"ListBucketResult"`
		IsTruncated           bool
		NextContinuationToken string `xml:",omitempty"`
		Contents              []contents
	}
	keys := slices.Sorted(maps.Keys(f.objects))
	keys = slices.DeleteFunc(keys, func(key string) bool {
		return !strings.HasPrefix(key, r.URL.Query().Get("prefix")) || key <= r.URL.Query().Get("continuation-token")
	})
	if len(keys) > 2 {
		keys, answer.IsTruncated, answer.NextContinuationToken = keys[:2], true, keys[1]
	}
	for _, key := range keys {
		answer.Contents = append(answer.Contents, contents{key, "2026-11-21T10:00:00.000Z", `"tag"`, "", fmt.Sprint(len(f.objects[key]))})
	}
	if err := xml.NewEncoder(w).Encode(answer); err != nil {
		panic(err)
	}
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message></Error>", code, message)
}

// both runs a test with a folder and with an endpoint that have the same.
func both(t *testing.T, has objects, test func(t *testing.T, s *Storage)) {
	t.Run("folder", func(t *testing.T) { test(t, inFolder(t, has)) })
	t.Run("endpoint", func(t *testing.T) {
		s, _ := atEndpoint(t, has)
		test(t, s)
	})
}

func content(t *testing.T, s *Storage, o Object) string {
	t.Helper()
	c, err := s.Get(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	b, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	if c.Size != int64(len(b)) {
		t.Errorf("size %d, want %d", c.Size, len(b))
	}
	return string(b)
}

func TestGet(t *testing.T) {
	both(t, objects{"a/b c.txt": "hello", "empty": ""}, func(t *testing.T, s *Storage) {
		if got := content(t, s, Object{Bucket: "orders", Key: "a/b c.txt"}); got != "hello" {
			t.Errorf("got %q", got)
		}
		if got := content(t, s, Object{Bucket: "orders", Key: "empty"}); got != "" {
			t.Errorf("got %q", got)
		}
	})
}

func TestMissing(t *testing.T) {
	both(t, objects{"a/b": "x"}, func(t *testing.T, s *Storage) {
		for _, c := range []struct {
			o    Object
			code string
		}{
			{Object{Bucket: "orders", Key: "b"}, "NoSuchKey"},
			{Object{Bucket: "orders", Key: "a/b/c"}, "NoSuchKey"},
			{Object{Bucket: "orders", Key: "a//b"}, "NoSuchKey"},
			{Object{Bucket: "nowhere", Key: "a/b"}, "NoSuchBucket"},
		} {
			_, err := s.Get(context.Background(), c.o)
			var e *Error
			if !errors.As(err, &e) || e.Code != c.code || e.Status != 404 {
				t.Errorf("%v: got %v, want %s", c.o, err, c.code)
			}
		}
		for _, err := range s.List(context.Background(), Object{Bucket: "nowhere"}) {
			var e *Error
			if !errors.As(err, &e) || e.Code != "NoSuchBucket" {
				t.Errorf("listing: got %v", err)
			}
		}
		var e *Error
		if err := s.Put(context.Background(), Object{Bucket: "nowhere", Key: "k"}, nil); !errors.As(err, &e) || e.Code != "NoSuchBucket" {
			t.Errorf("putting: got %v", err)
		}
	})
}

// keys lists; an error is a key, too.
func keys(s *Storage, prefix string) (out []string) {
	for e, err := range s.List(context.Background(), Object{Bucket: "orders", Key: prefix}) {
		if err != nil {
			return append(out, err.Error())
		}
		out = append(out, e.Key)
	}
	return out
}

func TestList(t *testing.T) {
	both(t, objects{"a/b": "1", "a/c": "2", "a.b": "3", "a-b": "4", "b/c/d": "5"}, func(t *testing.T, s *Storage) {
		for prefix, want := range map[string][]string{
			"":                               {"a-b", "a.b", "a/b", "a/c", "b/c/d"}, // as bytes: - . /
			"a":                              {"a-b", "a.b", "a/b", "a/c"},
			"a/":                             {"a/b", "a/c"},
			"b/c/d":                          {"b/c/d"},
			"x/":                             nil,
			"a/b/c/d":                        nil, // below an object
			strings.Repeat("x", 1000) + "/y": nil,
		} {
			if got := keys(s, prefix); !slices.Equal(got, want) {
				t.Errorf("prefix %q: got %q, want %q", prefix, got, want)
			}
		}
		for range s.List(context.Background(), Object{Bucket: "orders"}) {
			break // must not go on
		}
	})
}

func TestEntries(t *testing.T) {
	s := inFolder(t, objects{"hello.txt": "hello"})
	at := time.Date(2026, 11, 21, 10, 0, 0, 5e8, time.UTC)
	if err := s.folder.root.Chtimes("orders/hello.txt", at, at); err != nil {
		t.Fatal(err)
	}
	remote, _ := atEndpoint(t, objects{"hello.txt": "hello"})
	for tag, s := range map[string]*Storage{`"5d41402abc4b2a76b9719d911017c592"`: s, `"tag"`: remote} {
		var got []Entry
		for e, err := range s.List(context.Background(), Object{Bucket: "orders"}) {
			if err != nil {
				t.Fatal(err)
			}
			e.Modified = e.Modified.UTC()
			got = append(got, e)
		}
		want := []Entry{{Key: "hello.txt", ETag: tag, Modified: at.Truncate(time.Second), Size: 5, StorageClass: "STANDARD"}}
		if !slices.Equal(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

// A large file is not read for its ETag, which changes when it does.
func TestETagOfALargeFile(t *testing.T) {
	s := inFolder(t, nil)
	tags := make(map[string]bool)
	for _, size := range []int64{part - 1, part, part + 1, 3 * part} {
		f, err := s.folder.root.Create("orders/large")
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(f.Truncate(size), f.Close()); err != nil {
			t.Fatal(err)
		}
		for e, err := range s.List(context.Background(), Object{Bucket: "orders"}) {
			if err != nil || strings.Contains(e.ETag, "-") != (size >= part) {
				t.Errorf("%d bytes: got %q, %v", size, e.ETag, err)
			}
			tags[e.ETag] = true
		}
	}
	if len(tags) != 4 {
		t.Errorf("%d different tags, want 4", len(tags))
	}
}

func TestPut(t *testing.T) {
	both(t, objects{"a/b": "old"}, func(t *testing.T, s *Storage) {
		long := strings.Repeat("x", 255) // the longest name of a file
		for _, key := range []string{"a/b", "new/folder/c", long} {
			o := Object{Bucket: "orders", Key: key}
			if err := s.Put(context.Background(), o, []byte("fresh")); err != nil {
				t.Fatal(err)
			}
			if got := content(t, s, o); got != "fresh" {
				t.Errorf("%s: got %q", key, got)
			}
		}
		if got, want := keys(s, ""), []string{"a/b", "new/folder/c", long}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

// Whatever a key, bucket or link says, nothing outside the folder is touched.
func TestFolderKeepsInside(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("symbolic links need rights there")
	}
	s := inFolder(t, objects{"a": "x", ".gitkeep": "", ".hidden/b": "x"})
	root := s.folder.root.Name()
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for link, target := range map[string]string{
		"orders/outside": secret, "orders/folder": filepath.Dir(secret), "orders/inside": "a", "orders/nowhere": "b", "linked": filepath.Dir(secret),
	} {
		if err := os.Symlink(target, filepath.Join(root, link)); err != nil {
			t.Fatal(err)
		}
	}
	ctx := context.Background()
	for _, o := range []Object{
		{Bucket: "orders", Key: "outside"}, {Bucket: "orders", Key: "folder/secret"}, {Bucket: "linked", Key: "secret"},
		{Bucket: "orders", Key: "../orders/a"}, {Bucket: "..", Key: "a"}, {Bucket: ".", Key: "orders/a"}, {Bucket: "orders/..", Key: "orders/a"}, {Bucket: "", Key: "a"},
		{Bucket: "orders", Key: secret}, {Bucket: "orders", Key: "a\x00"}, {Bucket: "orders", Key: "."}, {Bucket: "orders", Key: "a", Version: "v0"},
	} {
		if c, err := s.Get(ctx, o); err == nil {
			c.Close()
			t.Errorf("%+v can be read", o)
		}
		if o.Key == "a" && o.Version != "" || o.Key == "outside" { // a link is replaced, not followed
			continue
		}
		if err := s.Put(ctx, o, []byte("x")); err == nil {
			t.Errorf("%+v can be written", o)
		}
	}
	if err := s.Put(ctx, Object{Bucket: "orders", Key: "outside"}, []byte("x")); err != nil {
		t.Error(err)
	}
	if b, err := os.ReadFile(secret); err != nil || string(b) != "secret" {
		t.Errorf("what was outside is %q, %v", b, err)
	}
	if got := content(t, s, Object{Bucket: "orders", Key: "inside"}); got != "x" {
		t.Errorf("a link inside the bucket leads to %q", got)
	}
	if got, want := keys(s, ""), []string{"a", "inside", "outside"}; !slices.Equal(got, want) {
		t.Errorf("listed %q, want %q", got, want)
	}
}

// What the folder does not have, the endpoint may.
func TestFolderBeforeEndpoint(t *testing.T) {
	f := &fakeS3{objects: objects{"a": "endpoint"}}
	server := httptest.NewServer(f)
	defer server.Close()
	root := t.TempDir()
	s := open(t, Config{Folder: root, Endpoint: server.URL})
	if got := content(t, s, Object{Bucket: "orders", Key: "a"}); got != "endpoint" {
		t.Errorf("got %q", got)
	}
	if err := os.Mkdir(filepath.Join(root, "orders"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "orders", "a"), []byte("folder"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := content(t, s, Object{Bucket: "orders", Key: "a"}); got != "folder" {
		t.Errorf("got %q", got)
	}
}

func TestRequestsToTheEndpoint(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	t.Setenv("AWS_SESSION_TOKEN", "session")
	s, f := atEndpoint(t, objects{"a": "new"})
	if got := content(t, s, Object{Bucket: "orders", Key: "a", Version: "v0"}); got != "old" {
		t.Errorf("the version v0 is %q", got)
	}
	if got := f.seen.Get("Authorization"); !strings.Contains(got, "Credential=AKIDEXAMPLE/") || !strings.Contains(got, "/us-east-1/s3/") {
		t.Errorf("signed %q", got)
	}
	if got := f.seen.Get("X-Amz-Security-Token"); got != "session" {
		t.Errorf("session token %q", got)
	}
	if err := s.Put(context.Background(), Object{Bucket: "orders", Key: "b"}, []byte("text")); err != nil {
		t.Fatal(err)
	}
	if f.seen.Get("Content-Encoding") != "" || f.objects["b"] != "text" { // aws-chunked is what some do not know
		t.Errorf("sent %v, stored %q", f.seen, f.objects["b"])
	}
}

func TestErrors(t *testing.T) {
	endpoint, _ := atEndpoint(t, objects{"a": "x"})
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for _, c := range []struct {
		name string
		s    *Storage
		o    Object
		want string
	}{
		{"nothing is set up", open(t, Config{}), Object{Bucket: "b"}, "no S3 is set up for the bucket 'b': set --s3-dir to a folder"},
		{"no such key", endpoint, Object{Bucket: "orders", Key: "b"}, "The specified key does not exist. (Service: S3, Status Code: 404, Request ID: REQUEST1)"},
		{"no such bucket", endpoint, Object{Bucket: "b", Key: "b"}, "The specified bucket does not exist (Service: S3, Status Code: 404, Request ID: REQUEST1)"},
		{"the bucket is another account's", endpoint, Object{Bucket: "orders", Key: "a", Owner: "999999999999"}, "Access Denied (Service: S3, Status Code: 403, Request ID: REQUEST1)"},
		{"nobody is there", open(t, Config{Endpoint: gone.URL}), Object{Bucket: "b", Key: "k"}, "Unable to execute HTTP request: dial tcp "},
		{"a folder has no versions", inFolder(t, objects{"a": ""}), Object{Bucket: "orders", Key: "a", Version: "v"}, "a folder holds no versions of objects: version 'v' of 'a' cannot be read (Service: S3, Status Code: 400)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := c.s.Get(context.Background(), c.o)
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// What passes is tried again, what does not is told at once.
func TestTriesAgain(t *testing.T) {
	busy := func(w http.ResponseWriter) { refuse(w, 503, "SlowDown", "Please reduce your request rate.") }
	breaks := func(w http.ResponseWriter) { panic(http.ErrAbortHandler) }
	denied := func(w http.ResponseWriter) { refuse(w, 403, "AccessDenied", "Access Denied") }
	answers := func(w http.ResponseWriter) { io.WriteString(w, "hello") }
	elsewhere := func(w http.ResponseWriter) { w.Header().Set("Location", "/other"); w.WriteHeader(307) }
	for _, c := range []struct {
		name  string
		calls []func(http.ResponseWriter)
		want  string
	}{
		{"busy, then broken off, then there", []func(http.ResponseWriter){busy, breaks, answers}, ""},
		{"busy for too long", []func(http.ResponseWriter){busy, busy, busy}, "Please reduce your request rate. (Service: S3, Status Code: 503)"},
		{"broken off again and again", []func(http.ResponseWriter){breaks, breaks, breaks}, "Unable to execute HTTP request: EOF. S3 was called at http://127.0.0.1:"},
		{"refused", []func(http.ResponseWriter){denied}, "Access Denied (Service: S3, Status Code: 403)"},
		{"a redirect, which a signature does not hold for", []func(http.ResponseWriter){elsewhere}, "Temporary Redirect (Service: S3, Status Code: 307)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel() // for the pauses between attempts
			var mu sync.Mutex
			called, sent := 0, ""
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body) // a client that goes is what the test sees
				mu.Lock()
				call := c.calls[min(called, len(c.calls)-1)]
				called++
				sent = string(body)
				mu.Unlock()
				call(w)
			}))
			defer server.Close()
			err := open(t, Config{Endpoint: server.URL}).Put(context.Background(), Object{Bucket: "orders", Key: "a"}, []byte("text"))
			if got := fmt.Sprint(err); c.want == "" && err != nil || !strings.HasPrefix(got, c.want) {
				t.Errorf("got %s, want %s", got, c.want)
			}
			mu.Lock()
			defer mu.Unlock()
			if called != len(c.calls) || sent != "text" {
				t.Errorf("%d calls with %q, want %d with the text each", called, sent, len(c.calls))
			}
		})
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s, f := atEndpoint(t, nil)
	if _, err := s.Get(ctx, Object{Bucket: "orders", Key: "a"}); err == nil || f.seen != nil {
		t.Errorf("a call that was cancelled: %v, %v", err, f.seen)
	}
}

// A key is sent as it is signed.
func TestKeysInURLs(t *testing.T) {
	var sent []string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { sent = append(sent, r.RequestURI) }))
	defer server.Close()
	s := open(t, Config{Endpoint: server.URL + "/s3/"})
	for _, o := range []Object{
		{Bucket: "orders", Key: "a b+ü/$&'(%41)~"}, {Bucket: "a/b", Key: "/x//../y/"}, {Bucket: "orders", Key: "a?b#c", Version: "v/1 &"},
	} {
		content(t, s, o)
	}
	for _, o := range []Object{{Bucket: "orders"}, {Key: "a"}} {
		_, err := s.Get(context.Background(), o)
		if put := s.Put(context.Background(), o, nil); err == nil || put == nil || !strings.HasPrefix(err.Error(), "expected the names of a bucket and of an object") {
			t.Errorf("%+v: got %v, %v", o, err, put)
		}
	}
	want := []string{"/s3/orders/a%20b%2B%C3%BC/%24%26%27%28%2541%29~", "/s3/a%2Fb//x//../y/", "/s3/orders/a%3Fb%23c?versionId=v%2F1%20%26"}
	if !slices.Equal(sent, want) {
		t.Errorf("sent %q, want %q", sent, want)
	}
}

func TestListingsThatAreNone(t *testing.T) {
	for answer, want := range map[string]string{
		`<html>`: "cannot be read: XML syntax error on line 1: unexpected EOF (Service: S3, Status Code: 200)",
		``:       "cannot be read: EOF",
		`<ListBucketResult><Contents><Size>many</Size></Contents></ListBucketResult>`:                                              "cannot be read: strconv.ParseInt",
		`<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>`:                                                     "cannot be read: a listing goes on, but does not say where",
		`<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>x</NextContinuationToken></ListBucketResult>`:     "cannot be read: a listing goes on, but does not say where",
		`<ListBucketResult><Contents><Key>a</Key><LastModified>yesterday</LastModified></Contents></ListBucketResult>`:             "cannot be read: parsing time",
		`<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Contents><Key>a</Key></Contents></ListBucketResult>`:   "a",
		`<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><Contents><Key> a&amp;b&#x9;</Key></Contents></ListBucketResult>`: " a&b\t",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, answer) }))
		got := keys(open(t, Config{Endpoint: server.URL}), "")
		server.Close()
		if len(got) != 1 || !strings.Contains(got[0], want) {
			t.Errorf("%s: got %q, want %s", answer, got, want)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	for want, c := range map[string]Config{
		`s3 endpoint: expected a URL such as http://localhost:9000, got "ftp://x"`:            {Endpoint: "ftp://x"},
		`s3 endpoint: expected a URL such as http://localhost:9000, got "localhost:9000?x=1"`: {Endpoint: "localhost:9000?x=1"},
		"s3 folder: ": {Folder: filepath.Join(t.TempDir(), "nowhere")},
	} {
		if _, err := Open(c); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
