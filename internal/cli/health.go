package cli

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// This file asks a server whether it is well. A container without a shell has no other program
// for its health check.

// healthPause is how long --wait waits before it asks again.
const healthPause = 50 * time.Millisecond

// healthCheck is the health command.
type healthCheck struct {
	remote
	timeout, wait time.Duration
}

func newHealth() *cobra.Command {
	h := &healthCheck{}
	c := &cobra.Command{
		Use:   "health",
		Short: "Ask whether a server is well",
		Long: `Ask whether a server is well: it answers, it is aslocal, and it can write its state. Nothing is printed if so, and the exit code is 0; else it is 1, and
stderr says why. The health check of the container image runs it.`,
		Example: `  aslocal health
  aslocal health --endpoint http://localhost:9000 --wait 30s   # in a script that has just started it`,
		Args: positional(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return h.run(c.Context()) },
	}
	h.flags(c)
	c.Flags().DurationVar(&h.timeout, "timeout", 5*time.Second, "how long the server may take to answer")
	c.Flags().DurationVar(&h.wait, "wait", 0, "how long to ask again while the server is not well")
	return c
}

func (h *healthCheck) run(ctx context.Context) error {
	if h.timeout <= 0 {
		return exit(ExitUsage, "", "--timeout: expected more than 0, got %s", h.timeout)
	}
	if h.wait < 0 {
		return exit(ExitUsage, "", "--wait: expected 0 or more, got %s", h.wait)
	}
	waiting, cancel := context.WithTimeout(ctx, h.wait)
	defer cancel()
	for {
		err := h.ask(ctx)
		if e, ok := errors.AsType[*exitError](err); err == nil || ok && e.code != ExitFailed {
			return err // it is well, was asked wrongly, or nobody wants to know any more
		}
		select {
		case <-waiting.Done():
			return err
		case <-time.After(healthPause):
		}
	}
}

// ask asks once.
func (h *healthCheck) ask(ctx context.Context) error {
	u, err := h.url()
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, h.timeout)
	defer cancel()
	answer, err := h.call(limited, http.MethodGet, emulator.HealthPath, value.Value{})
	var refused *refusal
	switch {
	case errors.As(err, &refused):
		return exit(ExitFailed, "", "%s is not well: %s", u.Redacted(), refused.message)
	case errors.Is(limited.Err(), context.DeadlineExceeded) && ctx.Err() == nil:
		return exit(ExitFailed, "--timeout lets it take longer", "%s has not answered in %s", u.Redacted(), h.timeout)
	case err != nil:
		return err
	case answer.Get("service").Text() != "aslocal":
		return exit(ExitFailed, unknownHint, "%s answered %s", u.Redacted(), shortened(answer.String()))
	}
	return nil
}

// shortened is the beginning of what another server answers.
func shortened(text string) string {
	const most = 200
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "..." // not with half a character
	}
	return text
}
