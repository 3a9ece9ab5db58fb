package dap

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"
)

// This file hands a session on to a server, for editors that start a program and cannot
// connect.

// handshake is how long a server may take to answer an attach request's first message.
const handshake = 20 * time.Second

// handOn connects to the server that an attach request names, and brings it the requests
// that have been answered here already. From then on its messages go to the client, and
// the client's to it.
func (s *Session) handOn(ctx context.Context, attach *request, in *attachArguments) error {
	if in.Port < 1 || in.Port > 65535 {
		return errors.New("port: expected that of aslocal serve --dap")
	}
	if s.hello == nil {
		return errors.New("attach: initialize comes first")
	}
	address := net.JoinHostPort(cmp.Or(in.Host, "127.0.0.1"), strconv.Itoa(in.Port))
	ctx, cancel := context.WithTimeout(ctx, handshake)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("no aslocal serve --dap answers at %s: %w", address, err)
	}
	patient := context.AfterFunc(ctx, func() { conn.Close() })
	server := bufio.NewReader(conn)
	err = writeContent(conn, s.hello)
	if err == nil {
		_, err = readMessage(server) // its capabilities: we have told the same
	}
	if err == nil {
		err = writeContent(conn, attach.raw)
	}
	if err == nil && !patient() {
		err = ctx.Err()
	}
	if err != nil {
		conn.Close()
		return fmt.Errorf("%s does not speak the debug adapter protocol: %w", address, err)
	}
	s.proxy = conn
	context.AfterFunc(s.context, func() { conn.Close() })
	go func() {
		defer s.end()
		for {
			content, err := readMessage(server)
			if err != nil {
				return
			}
			s.writing.Lock()
			err = writeContent(s.conn, content)
			s.writing.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return nil
}
