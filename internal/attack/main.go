// Command attack tests from outside what aslocal promises: it starts the real
// binary on a real data folder, puts load on it with the AWS SDK, kills it at
// random moments, fills its disk, stops and redrives what it runs, and checks
// that nothing acknowledged is lost, wrong, stuck or done twice.
//
//	go run ./internal/attack -kills 500
//
// The result is a table, one row for each kind of execution or of call. The exit
// status is 1 if any count of defects in it is not 0. The seed that it prints repeats the
// choices of a run: which kinds, which moments. It cannot repeat the scheduling
// of the operating system.
//
// machines holds the state machines, kind.go the table of kinds, server.go the
// process under attack. Each attack has a file: kill.go, stop.go, disk.go,
// redrive.go, browser.go, memory.go.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// settings are the flags.
type settings struct {
	aslocal  string
	kills    int
	users    int
	redrives int
	seed     uint64
	patience time.Duration
	keep     bool
	only     string
}

// attacks are all attacks, in the order in which they are made.
var attacks = []struct {
	name string
	make func(context.Context, *attack) error
}{
	{"kill", attackKill},
	{"redrive", attackRedrive},
	{"stop", attackStop},
	{"disk", attackDisk},
	{"browser", attackBrowser},
	{"memory", attackMemory},
}

// An attack is one of the attacks while it is made.
type attack struct {
	settings
	folder string // of its own
	report *report
}

func main() {
	if api := os.Getenv(runtimeVariable); api != "" { // aslocal has started this program
		fmt.Fprintln(os.Stderr, "attack:", playFunction(api))
		os.Exit(1)
	}
	var s settings
	flag.StringVar(&s.aslocal, "aslocal", "bin/aslocal", "the binary under attack")
	flag.IntVar(&s.kills, "kills", 100, "how often it is killed under mixed load")
	flag.IntVar(&s.users, "users", 16, "how many start executions at a time")
	flag.IntVar(&s.redrives, "redrives", 1000, "how many failed executions are redriven at once")
	flag.Uint64Var(&s.seed, "seed", rand.Uint64N(1e9), "repeats the choices of an earlier run")
	flag.DurationVar(&s.patience, "patience", time.Minute, "how long after the last kill an execution may take to its end")
	flag.BoolVar(&s.keep, "keep", false, "keep the folders of data and logs")
	flag.StringVar(&s.only, "only", "", "which attacks, separated by commas, of "+names()+"; all if not given")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	report, err := run(ctx, s)
	if report != nil {
		err = errors.Join(err, report.write(os.Stdout))
		fmt.Printf("repeat: -seed %d -kills %d -users %d -redrives %d\n", s.seed, s.kills, s.users, s.redrives)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "attack:", err)
		os.Exit(2)
	}
	if !report.ok() {
		os.Exit(1)
	}
}

func names() string {
	var all []string
	for _, a := range attacks {
		all = append(all, a.name)
	}
	return strings.Join(all, ", ")
}

// run makes the chosen attacks. An attack that could not be made is an error;
// the report then has what the others found.
func run(ctx context.Context, s settings) (*report, error) {
	path, err := filepath.Abs(s.aslocal)
	if err != nil {
		return nil, err
	}
	s.aslocal = path
	chosen := strings.FieldsFunc(s.only, func(r rune) bool { return r == ',' || r == ' ' })
	for _, name := range chosen {
		if !slices.Contains(strings.Split(names(), ", "), name) {
			return nil, fmt.Errorf("-only: no attack is called %q; there are %s", name, names())
		}
	}
	folder, err := os.MkdirTemp("", "aslocal-attack-")
	if err != nil {
		return nil, err
	}
	if s.keep {
		fmt.Fprintln(os.Stderr, "folder:", folder)
	} else {
		defer os.RemoveAll(folder)
	}
	report := newReport()
	var failures []error
	for _, a := range attacks {
		if len(chosen) > 0 && !slices.Contains(chosen, a.name) {
			continue
		}
		fmt.Fprintf(os.Stderr, "%s %s\n", time.Now().Format(time.TimeOnly), a.name)
		own := filepath.Join(folder, a.name)
		if err := os.Mkdir(own, 0o755); err != nil {
			return report, err
		}
		of, end := context.WithCancel(ctx)
		err := a.make(of, &attack{settings: s, folder: own, report: report})
		end()
		if err != nil {
			failures = append(failures, fmt.Errorf("%s: %w", a.name, err))
		}
		if ctx.Err() != nil {
			break
		}
	}
	return report, errors.Join(failures...)
}

// stage starts a server with its functions, machines and activity. clear ends
// all of it.
func (a *attack) stage(ctx context.Context) (s *server, f *functions, clear func(), err error) {
	f, url, closeFunctions := serveFunctions(ctx, a.report)
	s = a.newServer(url)
	f.server = s
	clear = func() {
		s.kill()
		closeFunctions()
	}
	if err = a.writeSettings(); err == nil {
		err = s.start()
	}
	if err == nil {
		err = s.prepare(ctx)
	}
	if err != nil {
		clear()
	}
	return s, f, clear, err
}

// chance returns a source of random choices, of which each user of an attack has
// its own.
func (a *attack) chance(user int) *rand.Rand {
	return rand.New(rand.NewPCG(a.seed, uint64(user)))
}

// progress says how far the attack is.
func progress(w io.Writer, format string, args ...any) {
	fmt.Fprintf(w, "%s   %s\n", time.Now().Format(time.TimeOnly), fmt.Sprintf(format, args...))
}

// pause waits, or returns false when the context ends first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
