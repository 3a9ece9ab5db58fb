package cli

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/internal/dap"
)

// server is the serve command.
type server struct {
	settings
	host       string
	allowHosts []string
	port       int
	data       string
	durability string
	missing    string
	substitute map[string]string
	quiet      bool
	verbose    bool
	logFormat  string
	noUI       bool
	dap        string
	tls        tlsSettings
	secure     *encryption // nil: serve speaks HTTP
}

// substituteUsage is the description of --substitute.
const substituteUsage = "value of ${NAME}, of a template's parameter, export or resource (NAME.Attribute), as NAME=VALUE"

func newServe() *cobra.Command {
	s := &server{}
	s.serves = true
	c := &cobra.Command{
		Use:   "serve [FOLDER|FILE]",
		Short: "Serve the Step Functions API",
		Long: `Serve the AWS Step Functions API on this machine. The state machines that the folder (the current one if none is given) defines are
registered, and registered again when a file changes: those of definitions (*.asl.json, *.asl.yaml), of templates in the folder itself
(template.yaml, template.json, serverless.yml, *.tf), and of what the CDK has written to cdk.out. Lambda functions of templates and of
aslocal.yaml run as processes of this machine. With a FILE only what that template or definition defines is served.

${Name}, parameters, exports and other things that only a deployment knows have values from --substitute, or texts that fit. State is kept in
.aslocal/ in the folder.

A line is printed for each call that changes something or is refused, for each execution that ends, and for what functions write; of more than 20 in a
second the others are counted. aslocal ls, start, trace, show, stop, redrive and logs work on the server while it runs.`,
		Example: `  aslocal serve
  aslocal serve template.yaml --substitute Stage=dev
  aslocal serve my-app --lambda-endpoint http://127.0.0.1:3001
  aslocal serve --durability memory --port 0
  aslocal serve --log-format json`,
		Args: positional(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			folder := "."
			if len(args) == 1 {
				folder = args[0]
			}
			return s.run(c, folder)
		},
	}
	s.flags(c)
	c.Flags().StringToStringVar(&s.substitute, "substitute", nil, substituteUsage)
	c.Flags().StringVar(&s.host, "host", "127.0.0.1", "address to listen on; any but a loopback address lets others in")
	c.Flags().StringArrayVar(&s.allowHosts, "allow-host", nil, "`name` that clients may use for this machine, beside localhost and --host; may be repeated")
	c.Flags().BoolVar(&s.tls.on, "tls", false, "serve HTTPS, by certificates that aslocal issues; aslocal tls shows how clients trust them")
	c.Flags().StringVar(&s.tls.cert, "tls-cert", "", "serve HTTPS by the certificate in this `file`, in PEM with its chain")
	c.Flags().StringVar(&s.tls.key, "tls-key", "", "`file` with the private key of --tls-cert, which is in the same file if not set")
	c.Flags().IntVar(&s.port, "port", 8083, "port to listen on, 0 for a free one")
	c.Flags().StringVar(&s.data, "data", "", "folder for state; .aslocal in the served folder if not set")
	c.Flags().StringVar(&s.missing, "missing", "", "what happens to a task when nothing is set up for its resource: fail (the default), or hold (it waits for aslocal answer)")
	c.Flags().BoolVarP(&s.quiet, "quiet", "q", false, "print no line for calls, executions and functions")
	c.Flags().BoolVarP(&s.verbose, "verbose", "v", false, "print a line also for calls that only ask, for children of Map Runs, and for Lambda's own lines of functions")
	c.Flags().StringVar(&s.dap, "dap", "", dapUsage)
	c.Flags().BoolVar(&s.noUI, "no-ui", false, "serve the API alone, without the pages for browsers")
	c.Flags().StringVar(&s.logFormat, "log-format", "text", "how everything is printed: text, or json (an object a line)")
	c.Flags().StringVar(&s.durability, "durability", "disk", "what an answer waits for: disk (survives a power cut), process (survives a crash of aslocal), memory (keeps nothing)")
	return c
}

func (s *server) run(c *cobra.Command, target string) error {
	began := time.Now()
	if s.port < 0 || s.port > 65535 {
		return exit(ExitUsage, "", "--port: expected 0 to 65535, got %d", s.port)
	}
	if s.logFormat != "text" && s.logFormat != "json" {
		return exit(ExitUsage, "", "--log-format: expected text or json, got %q", s.logFormat)
	}
	if s.quiet && s.verbose {
		return exit(ExitUsage, "", "--quiet and --verbose: expected one of them at most")
	}
	folder, only, err := served(target)
	if err != nil {
		return err
	}
	config, options, err := s.load(folder)
	if err != nil {
		return err
	}
	hosts, err := s.hosts(&config)
	if err != nil {
		return err
	}
	if err := s.chooseTLS(&config, folder); err != nil {
		return err
	}
	if s.secure, hosts, err = config.encrypt(hosts); err != nil {
		return err
	}
	options = append(options, emulator.WithAllowedHosts(hosts...))
	missing := setting{"missing", s.missing, nil, &config.missing, isMissing, missingExpected}
	if err := missing.choose(); err != nil {
		return err
	}
	if config.missing == missingHold {
		options = append(options, emulator.WithPendingTasks())
	}
	logs, logFile, err := config.openLogs(c, folder)
	if err != nil {
		return err
	}
	defer logFile.Close()
	options = append(options, logs, s.pages(folder))
	store, where, err := s.open(folder)
	if err != nil {
		return err
	}
	out, log := s.logs(c)
	options = append(options, emulator.WithStore(store), emulator.WithLogger(log),
		emulator.WithLateRecovery()) // what it goes on with may call functions of the project
	em, err := emulator.New(options...)
	if err != nil {
		return errors.Join(exit(ExitFailed, "", "%v", err), store.Close())
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(s.host, strconv.Itoa(s.port)))
	if err != nil {
		em.Close()
		return exit(ExitFailed, listenHint(err), "%v", err)
	}
	if s.secure != nil {
		listener = plainAnswer{listener, s.url(listener.Addr())}
	}
	var editors net.Listener
	if s.dap != "" {
		if editors, err = listenDAP(s.dap); err != nil {
			return errors.Join(err, listener.Close(), em.Close())
		}
	}
	endFunctions := func() error { return nil }
	if s.secure == nil {
		em.SetFunctionEnvironment(config.functionEnvironment(s.url(listener.Addr())))
	} else if endFunctions, err = serveFunctions(em, config); err != nil { // in plain text, so that they need not trust anybody
		return errors.Join(exit(ExitFailed, "", "%v", err), listener.Close(), em.Close())
	}
	defer endFunctions()
	project := findProject(folder, only, config, s.substitute)
	registrar := newRegistrar(em)
	b := banner{
		server: s, config: config, project: project, outcome: registrar.apply(c.Context(), project), registrar: registrar,
		endpoint: s.url(listener.Addr()), state: where, took: time.Since(began), activity: s.newActivity(s.url(listener.Addr()), out), editors: editors,
	}
	if !s.quiet {
		defer em.Watch(b.activity.see)()
	}
	if err := em.Recover(); err != nil {
		return errors.Join(exit(ExitFailed, "", "%v", err), listener.Close(), em.Close(), registrar.close())
	}
	stop := b.inBackground(c, &reloader{
		settings: &s.settings, folder: folder, only: only, config: config, substitute: s.substitute, registrar: registrar, out: out,
	}, began)
	stopEditors := serveDAP(c.Context(), editors, &dap.Target{Emulator: em, Sources: registrar.sources}, log)
	err = serve(c.Context(), em, s.httpServer(em, log), listener, stopEditors)
	stop()
	return errors.Join(err, registrar.close())
}

// pages are what browsers see.
func (s *server) pages(folder string) emulator.Option {
	if s.noUI {
		return emulator.WithoutUI()
	}
	if path, err := filepath.Abs(folder); err == nil {
		folder = path
	}
	return emulator.WithUI(emulator.UI{Version: Version, Folder: folder})
}

// inBackground writes the banner and watches the files, while requests are answered. stop
// ends it and waits for its end.
func (b *banner) inBackground(c *cobra.Command, r *reloader, began time.Time) (stop func()) {
	ctx, cancel := context.WithCancel(c.Context())
	last, cancelLast := context.WithCancel(context.WithoutCancel(ctx)) // for what happens until the server has ended
	var ended sync.WaitGroup
	ended.Go(func() {
		r.read, _ = readSettings(b.settings.config, r.folder) // it has been read without an error just now
		w := newWatcher(r.files(b.project), began, func() []string { return r.reload(ctx) })
		b.print(ctx, r.out)
		ended.Go(func() { b.activity.run(last) })
		r.tellFunctions(ctx)
		w.run(ctx)
	})
	return func() {
		cancel()
		cancelLast()
		ended.Wait()
	}
}

// logs returns where serve writes, and the log of the emulator.
func (s *server) logs(c *cobra.Command) (io.Writer, *slog.Logger) {
	if s.logFormat == "json" {
		return newJSONLog(c.OutOrStdout()), newJSONLog(c.ErrOrStderr()).Logger
	}
	return c.OutOrStdout(), slog.New(slog.NewTextHandler(c.ErrOrStderr(), nil))
}

// newActivity returns what prints calls, executions and lines of functions.
func (s *server) newActivity(endpoint string, out io.Writer) *activity {
	form := noticeForm{terminal: newTerminal(out), endpoint: endpoint, verbose: s.verbose}
	if log, ok := out.(jsonLog); ok {
		return newActivity(form, out, log.Logger)
	}
	return newActivity(form, out, nil)
}

// served returns the folder that is served, and the file if it is one alone.
func served(target string) (folder, only string, err error) {
	info, err := os.Stat(target)
	switch {
	case err != nil:
		return "", "", exit(ExitUsage, "give the folder that holds the definitions, or a template", "%s is not a folder or a file", target)
	case info.IsDir():
		return target, "", nil
	}
	return filepath.Dir(target), target, nil
}

// hosts are the names and addresses that requests may have in Host: those of the
// flag, which it adds to the settings, and --host itself.
func (s *server) hosts(config *file) ([]string, error) {
	for _, host := range s.allowHosts {
		if !isHost(host) {
			return nil, exit(ExitUsage, "", "--allow-host: expected %s, got %q", hostExpected, host)
		}
	}
	config.allowedHosts = append(config.allowedHosts, s.allowHosts...)
	return append(slices.Clone(config.allowedHosts), cmp.Or(s.host, "0.0.0.0")), nil
}

// listenHint says which flag helps when an address cannot be listened on.
func listenHint(err error) string {
	var unknown *net.DNSError
	if errors.Is(err, syscall.EADDRNOTAVAIL) || errors.As(err, &unknown) {
		return "--host is the name or an address of this machine, such as 127.0.0.1"
	}
	return "--port chooses another port, --port 0 a free one"
}

// open opens the store that the durability asks for.
func (s *server) open(folder string) (store journal.Store, where string, err error) {
	var durability journal.Durability
	switch s.durability {
	case "memory":
		return journal.NewMemory(), "in memory, lost when aslocal ends", nil
	case "disk":
		durability = journal.Disk
	case "process":
		durability = journal.Process
	default:
		return nil, "", exit(ExitUsage, "", "--durability: expected disk, process or memory, got %q", s.durability)
	}
	data := s.data
	if data == "" {
		data = filepath.Join(folder, ".aslocal")
	}
	err = os.MkdirAll(data, 0o700)
	if err == nil && s.data == "" {
		err = os.WriteFile(filepath.Join(data, ".gitignore"), []byte("*\n"), 0o600)
	}
	if err == nil {
		store, err = journal.OpenSQLite(filepath.Join(data, "aslocal.db"), durability)
	}
	hint := "--data chooses another folder"
	switch {
	case err == nil:
		return store, data, nil
	case errors.Is(err, journal.ErrLocked):
		hint = "another aslocal keeps its state there; " + hint
	case errors.Is(err, journal.ErrNewer):
		hint = "a newer aslocal can read it; " + hint
	}
	return nil, "", exit(ExitFailed, hint, "%v", err)
}

// url is where clients on this machine find the server.
func (s *server) url(addr net.Addr) string {
	_, port, _ := net.SplitHostPort(addr.String())
	return s.secure.scheme() + net.JoinHostPort(s.shownHost(), port)
}

// shownHost is the host in that URL.
func (s *server) shownHost() string { return s.secure.host(s.usualHost()) }

// usualHost is the host without a look at certificates.
func (s *server) usualHost() string {
	ip := net.ParseIP(s.host)
	if s.host == "" || ip != nil && (ip.IsUnspecified() || ip.Equal(net.IPv4(127, 0, 0, 1)) || ip.Equal(net.IPv6loopback)) {
		return "localhost"
	}
	return s.host
}

// loopback reports whether only this machine can reach the host.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// serve answers requests until the context ends, and then lets those under way
// finish. before is called before the emulator is closed.
func serve(ctx context.Context, em *emulator.Emulator, server *http.Server, listener net.Listener, before func()) error {
	server.RegisterOnShutdown(em.EndStreams)
	served := make(chan error, 1)
	go func() {
		if server.TLSConfig != nil {
			served <- server.ServeTLS(listener, "", "") // the configuration has the certificates
		} else {
			served <- server.Serve(listener)
		}
	}()
	var err error
	select {
	case err = <-served:
	case <-ctx.Done():
		closing, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		if server.Shutdown(closing) != nil {
			server.Close() // long polls and synchronous executions end with us
		}
	}
	before()
	if closed := em.Close(); err == nil || errors.Is(err, http.ErrServerClosed) {
		err = closed
	}
	if err != nil {
		return exit(ExitFailed, "", "%v", err)
	}
	return nil
}
