package lsp

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/value"
)

// A client is the other side of a server, in a test.
type client struct {
	t    *testing.T
	out  io.WriteCloser
	in   *bufio.Reader
	done chan error
	next int
}

// start starts a server and initializes it.
func start(t *testing.T, o Options, capabilities string) *client {
	c := connect(t, o)
	c.call("initialize", `{"capabilities": `+capabilities+`}`)
	c.notify("initialized", `{}`)
	return c
}

// connect starts a server.
func connect(t *testing.T, o Options) *client {
	toServer, fromClient := io.Pipe()
	toClient, fromServer := io.Pipe()
	c := &client{t: t, out: fromClient, in: bufio.NewReader(toClient), done: make(chan error, 1)}
	go func() {
		err := Serve(context.Background(), toServer, fromServer, o)
		fromServer.Close()
		toServer.Close()
		c.done <- err
	}()
	t.Cleanup(func() { fromClient.Close(); toClient.Close() })
	return c
}

// raw sends bytes.
func (c *client) raw(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c.out, text); err != nil {
		c.t.Fatalf("sending: %v", err)
	}
}

func (c *client) send(content string) {
	c.t.Helper()
	var b bytes.Buffer
	if err := writeFrame(&b, []byte(content)); err != nil {
		c.t.Fatal(err)
	}
	c.raw(b.String())
}

func (c *client) notify(method, params string) {
	c.t.Helper()
	c.send(fmt.Sprintf(`{"jsonrpc": "2.0", "method": %q, "params": %s}`, method, params))
}

// read returns the next message of the server.
func (c *client) read() value.Value {
	c.t.Helper()
	content, err := readFrame(c.in)
	if err != nil {
		c.t.Fatalf("reading: %v", err)
	}
	v, err := value.ParseBytes(content)
	if err != nil {
		c.t.Fatalf("%s: %v", content, err)
	}
	return v
}

// until reads messages up to one with a method.
func (c *client) until(method string) value.Value {
	c.t.Helper()
	for {
		if m := c.read(); m.Get("method").Text() == method {
			return m.Get("params")
		}
	}
}

// call sends a request and returns the result; the error as an object if there is one.
func (c *client) call(method, params string) value.Value {
	c.t.Helper()
	c.next++
	c.send(fmt.Sprintf(`{"jsonrpc": "2.0", "id": %d, "method": %q, "params": %s}`, c.next, method, params))
	for {
		m := c.read()
		id, ok := m.Get("id").Int()
		if !ok || m.Get("method").Exists() {
			continue
		}
		if int(id) != c.next {
			c.t.Fatalf("an answer to %d, not %d: %s", id, c.next, m)
		}
		if e := m.Get("error"); e.Exists() {
			return e
		}
		return m.Get("result")
	}
}

// open opens a document and returns its diagnostics.
func (c *client) open(uri, text string) value.Value {
	c.t.Helper()
	c.notify("textDocument/didOpen", fmt.Sprintf(`{"textDocument": {"uri": %s, "languageId": "json", "version": 1, "text": %s}}`, quoted(uri), quoted(text)))
	return c.until("textDocument/publishDiagnostics").Get("diagnostics")
}

// at returns the params of a request about a place: behind what stands before the bar in
// mark.
func at(t *testing.T, uri, text, mark, more string) string {
	t.Helper()
	before, after, _ := strings.Cut(mark, "|")
	i := strings.Index(text, before+after)
	if i < 0 {
		t.Fatalf("no %q", mark)
	}
	d := &document{}
	d.set(text)
	p := d.position(i + len(before))
	return fmt.Sprintf(`{"textDocument": {"uri": %s}, "position": {"line": %d, "character": %d}%s}`, quoted(uri), p.Line, p.Character, more)
}

func quoted(s string) string {
	text, _ := json.Marshal(s)
	return string(text)
}

// applied returns a text with edits of the protocol made.
func applied(t *testing.T, text string, edits value.Value) string {
	t.Helper()
	d := &document{}
	d.set(text)
	list := edits.Slice()
	for i := len(list) - 1; i >= 0; i-- {
		var r span
		if err := json.Unmarshal([]byte(list[i].Get("range").String()), &r); err != nil {
			t.Fatal(err)
		}
		d.change(&r, list[i].Get("newText").Text())
	}
	return d.text
}
