package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/internal/printable"
	"github.com/aslocal/aslocal/internal/sourcefile"
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
}

func newServe() *cobra.Command {
	s := &server{}
	c := &cobra.Command{
		Use:   "serve [FOLDER]",
		Short: "Serve the Step Functions API",
		Long: `Serve the AWS Step Functions API on this machine. Definitions in the folder (*.asl.json, *.asl.yaml; the current folder if none is given)
are registered as state machines and updated when serve starts again. State is kept in .aslocal/ in the folder.`,
		Example: `  aslocal serve
  aslocal serve my-app --lambda-endpoint http://127.0.0.1:3001
  aslocal serve --durability memory --port 0`,
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
	c.Flags().StringVar(&s.host, "host", "127.0.0.1", "address to listen on; any but a loopback address lets others in")
	c.Flags().StringArrayVar(&s.allowHosts, "allow-host", nil, "`name` that clients may use for this machine, beside localhost and --host; may be repeated")
	c.Flags().IntVar(&s.port, "port", 8083, "port to listen on, 0 for a free one")
	c.Flags().StringVar(&s.data, "data", "", "folder for state; .aslocal in the served folder if not set")
	c.Flags().StringVar(&s.missing, "missing", "", "what happens to a task when nothing is set up for its resource: fail (the default), or hold (it waits for aslocal answer)")
	c.Flags().StringVar(&s.durability, "durability", "disk", "what an answer waits for: disk (survives a power cut), process (survives a crash of aslocal), memory (keeps nothing)")
	return c
}

func (s *server) run(c *cobra.Command, folder string) error {
	began := time.Now()
	if s.port < 0 || s.port > 65535 {
		return exit(ExitUsage, "", "--port: expected 0 to 65535, got %d", s.port)
	}
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return exit(ExitUsage, "give the folder that holds the definitions", "%s is not a folder", folder)
	}
	config, options, err := s.load(folder)
	if err != nil {
		return err
	}
	hosts, err := s.hosts(&config)
	if err != nil {
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
	store, where, err := s.open(folder)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(c.ErrOrStderr(), nil))
	em, err := emulator.New(append(options, emulator.WithStore(store), emulator.WithLogger(log))...)
	if err != nil {
		return errors.Join(exit(ExitFailed, "", "%v", err), store.Close())
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(s.host, strconv.Itoa(s.port)))
	if err != nil {
		em.Close()
		return exit(ExitFailed, listenHint(err), "%v", err)
	}
	machines, problems := register(c.Context(), em, folder, config)
	s.greet(c, listener.Addr(), config, machines, problems, where, time.Since(began))
	return serve(c.Context(), em, listener)
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

// greet writes the banner: what is served, and how to use it.
func (s *server) greet(c *cobra.Command, addr net.Addr, config file, machines, problems []string, where string, took time.Duration) {
	w := c.OutOrStdout()
	endpoint := s.url(addr)
	fmt.Fprintf(w, "aslocal %s, local Step Functions, ready in %s\n", Version, took.Round(time.Millisecond))
	tell(w, "API", endpoint)
	if len(machines) == 0 {
		machines = []string{"none found (*.asl.json, *.asl.yaml); create one through the API"}
	}
	tell(w, "Machines", machines...)
	tell(w, "Lambda", functions(config)...)
	tell(w, "S3", buckets(config)...)
	if config.mocks != "" {
		tell(w, "Mocks", config.mocks)
	}
	if config.missing == missingHold {
		tell(w, "Missing", "tasks that nothing is set up for wait for an answer: aslocal pending lists them")
	}
	tell(w, "State", where)
	tell(w, "Hosts", config.allowedHosts...)
	for _, p := range problems {
		tell(w, "Problem", strings.Split(strings.TrimSpace(p), "\n")...)
	}
	if !loopback(s.host) {
		tell(w, "Warning", cmp.Or(s.host, "every address of this machine")+" can be reached from outside, and callers are not authenticated: others can run your state machines")
	}
	tell(w, "Use it", "export AWS_ENDPOINT_URL_SFN="+endpoint,
		"export AWS_DISABLE_HOST_PREFIX_INJECTION=true  # CLI, Python: without it StartSyncExecution and TestState look for the host sync-"+s.shownHost())
}

// tell writes lines of the banner under a heading. They may have names from
// outside in them.
func tell(w io.Writer, heading string, lines ...string) {
	for _, line := range lines {
		fmt.Fprintf(w, "  %-9s %s\n", heading, printable.Line(line))
		heading = ""
	}
}

// functions says where Lambda functions are.
func functions(config file) []string {
	var lines []string
	if config.endpoint != "" {
		lines = append(lines, shownEndpoint(config.endpoint))
	}
	for _, name := range slices.Sorted(maps.Keys(config.functions)) {
		lines = append(lines, name+" at "+shownEndpoint(config.functions[name]))
	}
	if len(lines) == 0 {
		return []string{"no endpoint; --lambda-endpoint says where functions are"}
	}
	return lines
}

// shownEndpoint is the URL of an endpoint for people, and says if nothing
// listens there yet. Endpoints on other machines are not tried: that may be slow.
func shownEndpoint(endpoint string) string {
	shown := withoutPassword(endpoint)
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" {
		u, err = url.Parse("http://" + endpoint)
	}
	if err != nil || !loopback(u.Hostname()) {
		return shown
	}
	port := cmp.Or(u.Port(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
	connection, err := net.DialTimeout("tcp", net.JoinHostPort(u.Hostname(), port), time.Second)
	if err != nil {
		return shown + " (nothing listens there now)"
	}
	connection.Close()
	return shown
}

// buckets says where the buckets of distributed Maps are, if anywhere.
func buckets(config file) []string {
	var lines []string
	if config.s3Folder != "" {
		lines = append(lines, "folders in "+config.s3Folder)
	}
	if config.s3Endpoint != "" {
		lines = append(lines, shownEndpoint(config.s3Endpoint))
	}
	return lines
}

// url is where clients on this machine find the server.
func (s *server) url(addr net.Addr) string {
	_, port, _ := net.SplitHostPort(addr.String())
	return "http://" + net.JoinHostPort(s.shownHost(), port)
}

// shownHost is the host in that URL.
func (s *server) shownHost() string {
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
// finish.
func serve(ctx context.Context, em *emulator.Emulator, listener net.Listener) error {
	server := &http.Server{Handler: em, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
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
	if closed := em.Close(); err == nil || errors.Is(err, http.ErrServerClosed) {
		err = closed
	}
	if err != nil {
		return exit(ExitFailed, "", "%v", err)
	}
	return nil
}

// register registers the definitions found in the folder as state machines. A
// definition that cannot be registered is a problem; the others are served. The
// machines include those that only the state has.
func register(ctx context.Context, em *emulator.Emulator, folder string, config file) (machines, problems []string) {
	definitions, problems := find(folder, config)
	registered := make(map[string]bool)
	for _, name := range slices.Sorted(maps.Keys(definitions)) {
		d := definitions[name]
		if err := registerFile(em, name, d, config.machines[name]); err != nil {
			problems = append(problems, err.Error())
			continue
		}
		machines = append(machines, fmt.Sprintf("%s (%s)", name, d.path))
		registered[name] = true
	}
	stored, err := storedMachines(ctx, em)
	if err != nil {
		problems = append(problems, err.Error())
	}
	for _, name := range stored {
		switch d, found := definitions[name]; {
		case registered[name]:
		case found:
			machines = append(machines, fmt.Sprintf("%s (as it was before; %s cannot be registered now)", name, d.path))
		default:
			machines = append(machines, name+" (in the state; no file in the folder)")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(config.machines)) {
		if _, ok := definitions[name]; !ok {
			problems = append(problems, fmt.Sprintf("%s: machines.%s: there is no %s.asl.json or .asl.yaml in the folder, and no file is given", config.name, name, name))
		}
	}
	return machines, problems
}

// A definitionFile is where a state machine's definition is.
type definitionFile struct {
	path string // as it is shown
	read func() ([]byte, error)
}

// find returns the definitions that the settings name and those found in the
// folder, by the name of their state machine.
func find(folder string, config file) (definitions map[string]definitionFile, problems []string) {
	definitions = make(map[string]definitionFile)
	named := make(map[string]bool) // paths
	for name, m := range config.machines {
		if m.file == "" {
			continue
		}
		path := m.file
		if !filepath.IsAbs(path) {
			path = filepath.Join(folder, path)
		}
		named[path] = true
		read := func() ([]byte, error) {
			text, err := sourcefile.Inside(folder, m.file)
			if errors.Is(err, sourcefile.ErrOutside) {
				err = fmt.Errorf("%w; only a settings file that --config names may refer to it", err)
			}
			return text, err
		}
		if config.named {
			read = func() ([]byte, error) { return sourcefile.Named(path) }
		}
		definitions[name] = definitionFile{path, read}
	}
	filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		switch name, ok := machineName(path); {
		case err != nil: // goes on without it
			problems = append(problems, err.Error())
		case templates[d.Name()] && filepath.Dir(path) == filepath.Clean(folder):
			problems = append(problems, fmt.Sprintf("%s: state machines in templates are not served; put each definition into a file of its own, such as order.asl.json", path))
			if d.IsDir() {
				return fs.SkipDir
			}
		case d.IsDir() && path != folder && skipped(d.Name()):
			return fs.SkipDir
		case d.IsDir() || !ok || named[path]:
		case definitions[name].path != "":
			problems = append(problems, fmt.Sprintf("%s: %s is registered as %s already; machines in %s can give it another name", path, definitions[name].path, name, settingsFile))
		default:
			definitions[name] = definitionFile{path, func() ([]byte, error) {
				inside, err := filepath.Rel(folder, path)
				if err != nil {
					return nil, err
				}
				return sourcefile.Inside(folder, inside)
			}}
		}
		return nil
	})
	return definitions, problems
}

// templates are the usual names of what defines state machines in other ways:
// SAM and Serverless Framework templates, and the output of the CDK.
var templates = map[string]bool{"template.yaml": true, "template.yml": true, "serverless.yml": true, "serverless.yaml": true, "cdk.out": true}

// skipped reports whether a folder is one that people do not keep definitions in.
func skipped(name string) bool {
	return strings.HasPrefix(name, ".") || name == "node_modules" || name == "vendor" || name == "testdata"
}

func registerFile(em *emulator.Emulator, name string, d definitionFile, m machineSettings) error {
	text, err := d.read()
	if err != nil {
		return err
	}
	definition, found := check(d.path, text, asl.Options{Express: m.kind == "EXPRESS"})
	if found.HasErrors() {
		var b strings.Builder
		if err := found.Errors().Format(&b, text); err != nil {
			return err
		}
		return errors.New(b.String())
	}
	if _, err = em.Register(emulator.Registration{Name: name, Definition: definition.JSON(), Type: m.kind, RoleARN: m.roleARN}); err != nil {
		return fmt.Errorf("%s: %w", d.path, err)
	}
	return nil
}
