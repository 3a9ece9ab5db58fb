package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
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
		Args: cobra.MaximumNArgs(1),
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
	s.greet(c, listener.Addr(), machines, problems, where, time.Since(began))
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
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, "", exit(ExitFailed, "--data chooses another folder", "%v", err)
	}
	if s.data == "" {
		if err := os.WriteFile(filepath.Join(data, ".gitignore"), []byte("*\n"), 0o600); err != nil {
			return nil, "", exit(ExitFailed, "--data chooses another folder", "%v", err)
		}
	}
	store, err = journal.OpenSQLite(filepath.Join(data, "aslocal.db"), durability)
	if err != nil {
		return nil, "", exit(ExitFailed, "", "%v", err)
	}
	return store, data, nil
}

// greet says what there is and how to use it.
func (s *server) greet(c *cobra.Command, addr net.Addr, machines, problems []string, where string, took time.Duration) {
	w := c.OutOrStdout()
	host := s.host
	if host == "127.0.0.1" || host == "::1" {
		host = "localhost"
	}
	_, port, _ := net.SplitHostPort(addr.String())
	url := "http://" + net.JoinHostPort(host, port)
	fmt.Fprintf(w, "aslocal %s, local Step Functions, ready in %s\n", Version, took.Round(time.Millisecond))
	fmt.Fprintf(w, "  API       %s\n", url)
	if len(machines) > 0 {
		fmt.Fprintf(w, "  Machines  %s\n", strings.Join(machines, ", "))
	} else {
		fmt.Fprintf(w, "  Machines  none found (*.asl.json, *.asl.yaml); create one through the API\n")
	}
	if s.lambdaEndpoint != "" {
		fmt.Fprintf(w, "  Lambda    %s\n", s.lambdaEndpoint)
	}
	fmt.Fprintf(w, "  State     %s\n", where)
	for _, p := range problems {
		fmt.Fprintf(w, "  Problem   %s\n", strings.ReplaceAll(strings.TrimSpace(p), "\n", "\n            "))
	}
	fmt.Fprintf(w, "  Use it    export AWS_ENDPOINT_URL_SFN=%s\n", url)
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
	paths := make(map[string]string) // name to path
	for name, m := range config.Machines {
		if m.File != "" {
			paths[name] = filepath.Join(folder, m.File)
		}
	}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != folder && skipped(d.Name()) {
			return fs.SkipDir
		}
		if name, ok := machineName(path); ok && !d.IsDir() {
			if other, taken := paths[name]; taken && other != path {
				problems = append(problems, fmt.Sprintf("%s: %s is registered under this name already; machines in aslocal.yaml can name both", path, other))
				return nil
			}
			paths[name] = path
		}
		return nil
	})
	if err != nil {
		problems = append(problems, err.Error())
	}
	for _, name := range sortedKeys(paths) {
		if err := registerFile(em, name, paths[name], config.Machines[name]); err != nil {
			problems = append(problems, err.Error())
			continue
		}
		machines = append(machines, fmt.Sprintf("%s (%s)", name, paths[name]))
	}
	return machines, problems
}

// skipped reports whether a folder is none that people keep definitions in.
func skipped(name string) bool {
	return strings.HasPrefix(name, ".") || name == "node_modules" || name == "vendor" || name == "testdata"
}

func registerFile(em *emulator.Emulator, name, path string, m machine) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	definition, found := asl.ParseFile(path, text)
	if !found.HasErrors() {
		found = append(found, asl.Validate(definition, asl.Options{Express: m.Type == "EXPRESS"})...)
	}
	if found.HasErrors() {
		var b strings.Builder
		if err := found.Errors().Format(&b, text); err != nil {
			return err
		}
		return errors.New(b.String())
	}
	_, err = em.Register(emulator.Registration{Name: name, Definition: definition.JSON(), Type: m.Type, RoleARN: m.RoleArn})
	return err
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
