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
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/journal"
)

// server is the serve command.
type server struct {
	settings
	host       string
	port       int
	data       string
	durability string
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
		Args: arguments(0, 1),
		RunE: func(c *cobra.Command, args []string) error {
			folder := "."
			if len(args) == 1 {
				folder = args[0]
			}
			return s.run(c, folder)
		},
	}
	s.flags(c)
	c.Flags().StringVar(&s.host, "host", "127.0.0.1", "address to listen on; anything but loopback lets others in")
	c.Flags().IntVar(&s.port, "port", 8083, "port to listen on, 0 for a free one")
	c.Flags().StringVar(&s.data, "data", "", "folder for state; .aslocal in the served folder if not set")
	c.Flags().StringVar(&s.durability, "durability", "disk", "what an answer waits for: disk (survives a power cut), process (survives a crash of aslocal), memory (nothing is kept)")
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
		return exit(ExitFailed, "--port chooses another port, --port 0 a free one", "%v", err)
	}
	machines, problems := register(em, folder, config)
	s.greet(c, listener.Addr(), config, machines, problems, where, time.Since(began))
	return serve(c.Context(), em, listener)
}

// open opens the store that the durability asks for.
func (s *server) open(folder string) (store journal.Store, where string, err error) {
	var durability journal.Durability
	switch s.durability {
	case "memory":
		return journal.NewMemory(), "in memory, gone when aslocal ends", nil
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

// greet says what there is and how to use it.
func (s *server) greet(c *cobra.Command, addr net.Addr, config file, machines, problems []string, where string, took time.Duration) {
	w := c.OutOrStdout()
	url := s.url(addr)
	fmt.Fprintf(w, "aslocal %s, local Step Functions, ready in %s\n", Version, took.Round(time.Millisecond))
	tell(w, "API", url)
	if len(machines) == 0 {
		machines = []string{"none found (*.asl.json, *.asl.yaml); create one through the API"}
	}
	tell(w, "Machines", machines...)
	tell(w, "Lambda", functions(config)...)
	tell(w, "S3", buckets(config)...)
	tell(w, "State", where)
	for _, p := range problems {
		tell(w, "Problem", strings.Split(strings.TrimSpace(p), "\n")...)
	}
	if !loopback(s.host) {
		tell(w, "Warning", cmp.Or(s.host, "every address of this machine")+" can be reached from outside, and nobody is asked who they are: others can run your state machines")
	}
	tell(w, "Use it", "export AWS_ENDPOINT_URL_SFN="+url)
}

// tell writes lines under a heading.
func tell(w io.Writer, heading string, lines ...string) {
	for _, line := range lines {
		fmt.Fprintf(w, "  %-9s %s\n", heading, line)
		heading = ""
	}
}

// functions says where Lambda functions are.
func functions(config file) []string {
	var lines []string
	if config.endpoint != "" {
		lines = append(lines, config.endpoint)
	}
	for _, name := range slices.Sorted(maps.Keys(config.functions)) {
		lines = append(lines, fmt.Sprintf("%s at %s", name, config.functions[name]))
	}
	if len(lines) == 0 {
		return []string{"nowhere; --lambda-endpoint says where functions are"}
	}
	return lines
}

// buckets says where the buckets of distributed Maps are, if anywhere.
func buckets(config file) []string {
	var lines []string
	if config.s3Folder != "" {
		lines = append(lines, "folders in "+config.s3Folder)
	}
	if config.s3Endpoint != "" {
		lines = append(lines, config.s3Endpoint)
	}
	return lines
}

// url is where clients on this machine find the server.
func (s *server) url(addr net.Addr) string {
	host := s.host
	switch ip := net.ParseIP(host); {
	case host == "", ip != nil && (ip.IsUnspecified() || ip.Equal(net.IPv4(127, 0, 0, 1)) || ip.Equal(net.IPv6loopback)):
		host = "localhost"
	}
	_, port, _ := net.SplitHostPort(addr.String())
	return "http://" + net.JoinHostPort(host, port)
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

// register registers the definitions found in the folder. Problems are told,
// and keep nothing else from being served.
func register(em *emulator.Emulator, folder string, config file) (machines, problems []string) {
	paths, problems := find(folder, config)
	for _, name := range slices.Sorted(maps.Keys(paths)) {
		if err := registerFile(em, name, paths[name], config.machines[name]); err != nil {
			problems = append(problems, err.Error())
			continue
		}
		machines = append(machines, fmt.Sprintf("%s (%s)", name, paths[name]))
	}
	for _, name := range slices.Sorted(maps.Keys(config.machines)) {
		if paths[name] == "" {
			problems = append(problems, fmt.Sprintf("%s: machines.%s: there is no %s.asl.json or .asl.yaml in the folder, and no file is given", config.name, name, name))
		}
	}
	return machines, problems
}

// find returns the definitions that the settings name and those found in the
// folder: name to path.
func find(folder string, config file) (paths map[string]string, problems []string) {
	paths = make(map[string]string)
	named := make(map[string]bool) // paths
	for name, m := range config.machines {
		if m.file != "" {
			path := m.file
			if !filepath.IsAbs(path) {
				path = filepath.Join(folder, path)
			}
			paths[name] = path
			named[path] = true
		}
	}
	filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		switch name, ok := machineName(path); {
		case err != nil: // goes on without it
			problems = append(problems, err.Error())
		case d.IsDir() && path != folder && skipped(d.Name()):
			return fs.SkipDir
		case d.IsDir() || !ok || named[path]:
		case paths[name] != "":
			problems = append(problems, fmt.Sprintf("%s: %s is registered as %s already; machines in %s can give it another name", path, paths[name], name, settingsFile))
		default:
			paths[name] = path
		}
		return nil
	})
	return paths, problems
}

// skipped reports whether a folder is none that people keep definitions in.
func skipped(name string) bool {
	return strings.HasPrefix(name, ".") || name == "node_modules" || name == "vendor" || name == "testdata"
}

func registerFile(em *emulator.Emulator, name, path string, m machineSettings) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	definition, found := check(path, text, asl.Options{Express: m.kind == "EXPRESS"})
	if found.HasErrors() {
		var b strings.Builder
		if err := found.Errors().Format(&b, text); err != nil {
			return err
		}
		return errors.New(b.String())
	}
	if _, err = em.Register(emulator.Registration{Name: name, Definition: definition.JSON(), Type: m.kind, RoleARN: m.roleARN}); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
