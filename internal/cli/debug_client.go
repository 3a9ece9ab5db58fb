package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"

	"github.com/google/go-dap"

	"github.com/aslocal/aslocal/value"
)

// This file is a client of the Debug Adapter Protocol: the terminal debugs as an editor
// does, a program in its own process as well as a server.

// A debugClient asks a session, and gets its events.
type debugClient struct {
	conn   io.ReadWriteCloser
	events chan value.Value // closed when the connection has ended, and all were taken
	left   chan struct{}    // closed by close

	mu      sync.Mutex
	seq     int
	waiting map[int]chan value.Value // of responses, by the seq of the request
	ended   bool
}

// newDebugClient returns a client on a connection, which it reads until that ends.
func newDebugClient(conn io.ReadWriteCloser) *debugClient {
	c := &debugClient{conn: conn, events: make(chan value.Value), left: make(chan struct{}), waiting: make(map[int]chan value.Value)}
	come := make(chan value.Value)
	go c.read(come)
	go c.keep(come)
	return c
}

// close ends the session and the connection.
func (c *debugClient) close() {
	close(c.left)
	c.conn.Close()
}

// keep keeps the events that have come until they are taken, so that a response behind them
// is read meanwhile.
func (c *debugClient) keep(come <-chan value.Value) {
	defer close(c.events)
	var kept []value.Value
	for come != nil || len(kept) > 0 {
		var to chan<- value.Value
		var first value.Value
		if len(kept) > 0 {
			to, first = c.events, kept[0]
		}
		select {
		case e, ok := <-come:
			if ok {
				kept = append(kept, e)
			} else {
				come = nil
			}
		case to <- first:
			kept = kept[1:]
		case <-c.left:
			return
		}
	}
}

// dialDebugger connects to the port of serve --dap: a port of this machine, or HOST:PORT.
func dialDebugger(ctx context.Context, address string) (*debugClient, error) {
	if _, err := strconv.ParseUint(address, 10, 16); err == nil {
		address = "127.0.0.1:" + address
	}
	if _, _, err := net.SplitHostPort(address); err != nil {
		return nil, exit(ExitUsage, "aslocal serve --dap PORT says which", "--attach: expected a port, or HOST:PORT, got %q", address)
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, exit(ExitFailed, "aslocal serve --dap PORT lets debuggers attach", "%v", err)
	}
	return newDebugClient(conn), nil
}

// read reads messages until the connection ends.
func (c *debugClient) read(come chan<- value.Value) {
	defer close(come)
	in := bufio.NewReader(c.conn)
	for {
		content, err := dap.ReadBaseMessage(in)
		if err != nil {
			break
		}
		m, err := value.ParseBytes(content)
		if err != nil {
			break
		}
		if m.Get("type").Text() == "event" {
			select {
			case come <- m:
			case <-c.left:
			}
			continue
		}
		seq, _ := m.Get("request_seq").Int()
		c.mu.Lock()
		to := c.waiting[int(seq)]
		delete(c.waiting, int(seq))
		c.mu.Unlock()
		if to != nil {
			to <- m
		}
	}
	c.mu.Lock()
	c.ended = true
	for _, to := range c.waiting {
		close(to)
	}
	c.waiting = nil
	c.mu.Unlock()
}

// errLeft says that the other side has ended the session.
var errLeft = errors.New("the debugger has ended the session")

// ask sends a request and returns the body of the response. The error is the refusal, or
// errLeft.
func (c *debugClient) ask(command string, arguments any) (value.Value, error) {
	answered := make(chan value.Value, 1)
	c.mu.Lock()
	if c.ended {
		c.mu.Unlock()
		return value.Value{}, errLeft
	}
	c.seq++
	content, err := json.Marshal(map[string]any{"seq": c.seq, "type": "request", "command": command, "arguments": arguments})
	if err == nil {
		c.waiting[c.seq] = answered
		err = dap.WriteBaseMessage(c.conn, content)
	}
	c.mu.Unlock()
	if err != nil {
		return value.Value{}, fmt.Errorf("%s: %w", command, err)
	}
	m, ok := <-answered
	switch {
	case !ok:
		return value.Value{}, errLeft
	case !m.Get("success").Bool():
		return value.Value{}, errors.New(m.Get("message").Text())
	}
	return m.Get("body"), nil
}
