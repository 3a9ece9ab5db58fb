// Command clients runs programs that call every action of Step Functions against
// aslocal, with the AWS CLI and the SDKs of several languages, and prints a table of
// clients and actions.
//
//	go run ./conformance/clients -aslocal bin/aslocal
//
// Each client has a folder here: its program, and a file with the versions of what the
// program needs, which is fetched from the registry of its language into a cache. A client
// whose runtime or library is not to be had is skipped. A program prints a line for each
// step, "ok", a tab and the name of the step, or "differs", the name and why; a step is an
// action or something else that all programs do. That the action was called is seen on the
// wire. The programs of docs/clients are run, too.
//
// The exit code is 1 if anything differs.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// errDiffers says that the table has more than "ok".
var errDiffers = errors.New("something differs")

func main() {
	var s session
	var only string
	flag.StringVar(&s.aslocal, "aslocal", "bin/aslocal", "the aslocal `binary`")
	flag.StringVar(&s.cache, "cache", "bin/.clients", "`folder` for what is fetched")
	flag.StringVar(&s.root, "root", ".", "`folder` of the repository")
	flag.StringVar(&only, "only", "", "run these `clients` alone, separated by commas: go,python,javascript,java,cli,cli2")
	flag.DurationVar(&s.fetch, "fetch", 2*time.Minute, "how long everything that is missing may take to be fetched")
	markdown := flag.String("markdown", "", "`file` to write the table to, too")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, &s, only, *markdown); err != nil {
		fmt.Fprintln(os.Stderr, "clients:", err)
		os.Exit(1)
	}
}

// A session is one run of all clients.
type session struct {
	aslocal, cache, root string
	fetch                time.Duration
}

func run(ctx context.Context, s *session, only, markdown string) error {
	for _, path := range []*string{&s.aslocal, &s.cache, &s.root} {
		absolute, err := filepath.Abs(*path)
		if err != nil {
			return err
		}
		*path = absolute
	}
	if _, err := os.Stat(s.aslocal); err != nil {
		return fmt.Errorf("%w (make build makes it)", err)
	}
	chosen := clients
	if only != "" {
		chosen = nil
		for name := range strings.SplitSeq(only, ",") {
			i := slices.IndexFunc(clients, func(c client) bool { return c.name == name })
			if i < 0 {
				return fmt.Errorf("-only: there is no client %q", name)
			}
			chosen = append(chosen, clients[i])
		}
	}
	runners, columns := make([]*runner, len(chosen)), make([]column, len(chosen))
	fetching, cancel := context.WithTimeout(ctx, s.fetch)
	defer cancel()
	each := func(do func(r *runner, c *column)) {
		var all sync.WaitGroup
		for i := range chosen {
			all.Go(func() { do(runners[i], &columns[i]) })
		}
		all.Wait()
	}
	for i := range chosen {
		columns[i] = column{title: chosen[i].title, steps: make(map[string]string)}
		runners[i] = &runner{session: s, folder: filepath.Join(s.cache, chosen[i].name), client: &chosen[i]}
	}
	each(func(r *runner, c *column) { c.version, c.skipped = r.prepare(fetching) })
	each(func(r *runner, c *column) {
		if c.skipped == "" {
			r.fill(ctx, c)
		}
		fmt.Printf("%-12s %s\n", c.title, cmp.Or(c.skipped, c.summary()))
	})
	t := newTable(columns)
	fmt.Print("\n", t.text())
	if markdown != "" {
		if err := os.WriteFile(markdown, []byte(t.markdown()), 0o644); err != nil {
			return err
		}
	}
	if t.differs() {
		return errDiffers
	}
	return ctx.Err()
}

// fill runs a client's program against a server of its own, and then what is in its page.
func (r *runner) fill(ctx context.Context, c *column) {
	defer os.RemoveAll(r.in("page"))
	if err := r.steps(ctx, c.steps); err != nil {
		c.steps["the program"] = oneLine(err.Error())
	}
	for _, name := range wanted() {
		if _, ok := c.steps[name]; !ok && name != pageStep {
			c.steps[name] = "the program does not say what came of it"
		}
	}
	if r.client.page != "" {
		c.steps[pageStep] = ""
		if err := r.runPage(ctx); err != nil {
			c.steps[pageStep] = oneLine(err.Error())
		}
	}
}

// oneLine returns a text in one line of moderate length.
func oneLine(text string) string {
	text = strings.Join(strings.Fields(strings.ReplaceAll(text, "|", "/")), " ")
	if runes := []rune(text); len(runes) > 500 {
		text = string(runes[:500]) + " …"
	}
	return text
}
