package dap

import (
	"context"
	"net"
	"sync"
)

// This file serves sessions over TCP.

// maxSessions is how many clients a server has at a time.
const maxSessions = 16

// Serve answers the clients that connect, until the context ends; then it closes the
// listener, ends the sessions and returns nil. Executions that they have stopped stay
// stopped in that case. What does not begin as the protocol does, such as a request of a
// web page, is not answered. The error is that of the listener.
func Serve(ctx context.Context, l net.Listener, c Config) error {
	var sessions sync.WaitGroup
	defer sessions.Wait()
	defer context.AfterFunc(ctx, func() { l.Close() })()
	places := make(chan struct{}, maxSessions)
	for {
		conn, err := l.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		select {
		case places <- struct{}{}:
		default:
			conn.Close()
			continue
		}
		sessions.Go(func() {
			defer func() { <-places }()
			s := NewSession(conn, c)
			if err := s.Run(ctx); err != nil {
				s.config.Log.Warn("a connection to the debugger was closed", "from", conn.RemoteAddr().String(), "error", err)
			}
		})
	}
}
