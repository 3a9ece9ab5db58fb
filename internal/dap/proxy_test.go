package dap

import (
	"bufio"
	"context"
	"net"
	"strings"
	"testing"
)

// A server that takes the connection and says nothing is given up.
func TestSilentServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, giveUp := context.WithCancel(t.Context())
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		readMessage(bufio.NewReader(conn)) // the first message
		giveUp()
		<-t.Context().Done()
	}()
	s := &Session{hello: []byte(`{}`)}
	err = s.handOn(ctx, &request{}, &attachArguments{Port: l.Addr().(*net.TCPAddr).Port})
	if err == nil || !strings.Contains(err.Error(), "does not speak the debug adapter protocol") {
		t.Errorf("got %v", err)
	}
}
