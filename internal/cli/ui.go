package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/ui"
	"github.com/aslocal/aslocal/value"
)

// viewer is the ui command.
type viewer struct {
	remote
	port int
}

func newUI() *cobra.Command {
	v := &viewer{}
	c := &cobra.Command{
		Use:   "ui",
		Short: "Show what runs on another server in a browser",
		Long: `Show the state machines and executions of another server in a browser, read only: nothing can be started, stopped or answered. It asks that
server by the API of Step Functions alone, without signing, so it can be any emulator. A server that aslocal serve has started has these pages
itself, at its own URL, and more.`,
		Example: `  aslocal ui --endpoint http://build-machine:8083
  aslocal ui --endpoint http://localhost:4566 --port 0`,
		Args: positional(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return v.run(c) },
	}
	v.flags(c)
	c.Flags().IntVar(&v.port, "port", 8084, "port of the pages, 0 for a free one")
	return c
}

func (v *viewer) run(c *cobra.Command) error {
	if v.port < 0 || v.port > 65535 {
		return exit(ExitUsage, "", "--port: expected 0 to 65535, got %d", v.port)
	}
	u, err := v.url()
	if err != nil {
		return err
	}
	if _, err := v.api(c.Context(), "ListStateMachines", value.OfMembers()); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(v.port)))
	if err != nil {
		return exit(ExitFailed, "--port chooses another port, --port 0 a free one", "%v", err)
	}
	pages := emulator.NewViewer(ui.Config{API: remoteAPI{&v.remote}, Remote: u.Redacted(), Version: Version, Until: c.Context()})
	fmt.Fprintf(c.OutOrStdout(), "aslocal %s shows %s at http://localhost:%d\n", Version, u.Redacted(), listener.Addr().(*net.TCPAddr).Port)
	server := &http.Server{Handler: pages, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	stop := context.AfterFunc(c.Context(), func() { server.Close() })
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return exit(ExitFailed, "", "%v", err)
	}
	return nil
}

// remoteAPI is the API of another server, as the pages ask it.
type remoteAPI struct{ *remote }

// Call implements ui.API.
func (r remoteAPI) Call(ctx context.Context, action string, in value.Value) (value.Value, error) {
	out, err := r.api(ctx, action, in)
	if refused, ok := errors.AsType[*refusal](err); ok {
		return out, remoteFault{refused}
	}
	if failed, ok := errors.AsType[*exitError](err); ok {
		return out, ui.Refused(http.StatusBadGateway, failed.message)
	}
	return out, err
}

// remoteFault is the refusal of an action by another server.
type remoteFault struct{ *refusal }

// Type returns the name of the exception.
func (f remoteFault) Type() string { return f.code }

// Text returns its message.
func (f remoteFault) Text() string { return f.message }

// HTTPStatus returns 400: the status is not kept.
func (f remoteFault) HTTPStatus() int { return http.StatusBadRequest }
