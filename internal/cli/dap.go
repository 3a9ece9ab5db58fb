package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/internal/dap"
	"github.com/aslocal/aslocal/internal/sourcefile"
	"github.com/aslocal/aslocal/value"
)

// This file connects editors: aslocal dap over stdio, and serve --dap over TCP.

func newDAP() *cobra.Command {
	return &cobra.Command{
		Use:   "dap",
		Short: "Debug from an editor (Debug Adapter Protocol on stdin and stdout)",
		Long: `Speak the Debug Adapter Protocol on stdin and stdout, for editors that start a debug adapter as a program. A launch request runs the
state machine of a file in memory, with the settings that aslocal run has; an attach request with a port debugs what runs in an aslocal serve
--dap PORT. Editors that connect to a port need no program in between. docs/debugging.md has what VS Code, Neovim and others want to be told.`,
		Example: `  aslocal vscode install             # VS Code finds aslocal dap by itself then
  aslocal serve --dap 4711           # and an attach request with this port`,
		Args: positional(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			log := slog.New(slog.NewTextHandler(c.ErrOrStderr(), nil))
			s := dap.NewSession(newStdio(c.InOrStdin(), c.OutOrStdout()), dap.Config{Launch: launchForEditor, Log: log})
			if err := s.Run(c.Context()); err != nil {
				return exit(ExitUsage, "an editor starts this command; aslocal debug is for people", "%v", strings.TrimPrefix(err.Error(), "dap: "))
			}
			return nil
		},
	}
}

// stdio is stdin and stdout as one connection.
type stdio struct {
	io.Reader
	io.Writer
	in io.Reader
}

// newStdio returns a connection that ends its reader when it is closed, though a read of
// stdin may go on.
func newStdio(in io.Reader, out io.Writer) io.ReadWriteCloser {
	r, w := io.Pipe()
	go func() {
		_, err := io.Copy(w, in)
		w.CloseWithError(errors.Join(err, io.EOF))
	}()
	return stdio{r, out, r}
}

// Close implements io.Closer.
func (s stdio) Close() error { return s.in.(io.Closer).Close() }

// launchForEditor launches with the settings of the request itself.
func launchForEditor(ctx context.Context, l *dap.Launch) (*dap.Launched, error) {
	launcher := &launcher{settings: settings{mocks: l.Mocks, config: l.Settings, lambdaEndpoint: l.LambdaEndpoint}, substitute: l.Substitute}
	launcher.services = make(map[string]*string)
	for _, one := range localServices {
		launcher.services[one.service] = new(string)
	}
	if l.WaitTimeScale != 0 {
		launcher.waitTimeScale = strconv.FormatFloat(l.WaitTimeScale, 'g', -1, 64)
	}
	return launcher.launch(ctx, l)
}

// launch reads the program of a launch request, and makes an emulator for it.
func (launcher *launcher) launch(ctx context.Context, l *dap.Launch) (*dap.Launched, error) {
	p, err := launcher.read(l.Program, strings.NewReader(""))
	if err != nil {
		return nil, withHint(err)
	}
	if !p.runs() {
		return nil, errors.New(formatted(p.machine, p.found))
	}
	var options []emulator.Option
	input := "{}"
	if l.History != "" {
		history, err := sourcefile.Named(l.History)
		if err != nil {
			return nil, fmt.Errorf("history: %w", err)
		}
		input = inputOf(history)
		options = append(options, emulator.WithHistory(p.name, history, p.machine.Definition))
	}
	if text := strings.TrimSpace(string(l.Input)); text != "" && text != "null" {
		if input, err = launchInput(text); err != nil {
			return nil, withHint(err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.Functions)) {
		if err := emulator.CheckLambdaEndpoint(l.Functions[name]); err != nil {
			return nil, fmt.Errorf("functions: %s: %w", name, err)
		}
		options = append(options, emulator.WithFunctionURL(name, l.Functions[name]))
	}
	if l.Fast {
		options = append(options, emulator.WithAutoAdvance(time.Now()))
	}
	p.setEnvironment(l.Env)
	open, err := p.open(ctx, append(options, emulator.WithLogger(slog.New(slog.DiscardHandler)))...)
	if err != nil {
		return nil, withHint(err)
	}
	if l.TestCase != "" {
		open.arn += "#" + l.TestCase
	}
	return &dap.Launched{
		Target: dap.Target{Emulator: open.em, Sources: dap.NewSources(p.project.sources()...)}, Machine: open.arn, Input: input, Notes: p.notes(), Close: open.close,
	}, nil
}

// inputOf is the input of the execution that a history is of; {} if it has none.
func inputOf(history []byte) string {
	root, err := value.ParseBytes(history)
	if err != nil {
		return "{}" // the emulator says what is wrong
	}
	if root.Kind() == value.Object {
		root = root.Get("events")
	}
	if root.Kind() != value.Array {
		return "{}"
	}
	for _, e := range root.Items() {
		if e.Kind() != value.Object {
			continue
		}
		if details := e.Get("executionStartedEventDetails"); details.Kind() == value.Object && details.Get("input").Kind() == value.String {
			return details.Get("input").Text()
		}
	}
	return "{}"
}

// launchInput is the input of a launch request: a JSON text that is a string names a file,
// or is JSON itself, as with --input.
func launchInput(text string) (string, error) {
	if !strings.HasPrefix(text, `"`) {
		return text, nil
	}
	given, err := strconv.Unquote(text)
	if err != nil || given == "" || given == "-" {
		return "", exit(ExitUsage, "", "input: expected JSON, or the name of a file")
	}
	input, _, err := readJSON("input", given, nil)
	return input, err
}

// withHint is an error whose hint belongs to its text.
func withHint(err error) error {
	if e, ok := errors.AsType[*exitError](err); ok && e.hint != "" {
		return fmt.Errorf("%s (%s)", e.message, e.hint)
	}
	return err
}

// sources are the state machines of a project with the texts that they stand in.
func (p *project) sources() (files []dap.File) {
	for _, m := range p.machines {
		if m.source != nil && m.broken == "" {
			files = append(files, dap.File{Name: m.Name, Machine: m.source})
		}
	}
	return files
}

// dapUsage is the description of serve --dap.
const dapUsage = "`address` that editors attach to with the Debug Adapter Protocol: a port of this machine, or HOST:PORT; 0 for a free port"

// listenDAP listens where --dap says.
func listenDAP(address string) (net.Listener, error) {
	if !strings.Contains(address, ":") {
		address = "127.0.0.1:" + address
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, exit(ExitUsage, "", "--dap: expected a port, or HOST:PORT, got %q", address)
	}
	if host == "" {
		return nil, exit(ExitUsage, "0.0.0.0:PORT lets others in, who can run and change your state machines then", "--dap: expected a host before the port, got %q", address)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, exit(ExitFailed, "--dap 0 chooses a free port", "%v", err)
	}
	return l, nil
}

// shownDAP are the lines of the banner about where editors attach.
func shownDAP(l net.Listener) []string {
	host, port, _ := net.SplitHostPort(l.Addr().String())
	lines := []string{"port " + port + `, for an attach request of an editor, or aslocal debug --attach ` + port}
	if !loopback(host) {
		lines = append(lines, "it can be reached from outside, and clients are not authenticated: others can run and change your state machines")
	}
	return lines
}

// serveDAP serves editors until the context ends; stop waits for that.
func serveDAP(ctx context.Context, l net.Listener, t *dap.Target, log *slog.Logger) (stop func()) {
	if l == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() { served <- dap.Serve(ctx, l, dap.Config{Attach: t, Log: log}) }()
	return func() {
		cancel()
		if err := <-served; err != nil {
			log.Error("editors cannot attach any more", "error", err)
		}
	}
}
