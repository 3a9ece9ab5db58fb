package cli

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/emulator/coverage"
)

// tester is the test command.
type tester struct {
	settings
	pattern                         string
	asJSON, tap, github, quiet      bool
	junit, history                  string
	parallel                        int
	timeout                         time.Duration
	watch, failFast, update         bool
	cover                           bool
	coverHTML, lcov, cobertura, low string

	run  *regexp.Regexp
	want map[coverage.Kind]float64 // percent that must be covered

	keeping *sync.Once
	kept    error // of writing the history
}

func newTest() *cobra.Command {
	t := &tester{}
	c := &cobra.Command{
		Use:   "test [PATH…]",
		Short: "Run the tests of state machines",
		Long: `Run the test files NAME.test.yaml, .test.yml and .test.json in folders and below (in this one if no PATH is given), or those that are named. A test file stands
beside a definition and has cases: an input, what answers the tasks, and what is expected. Each case runs on an emulator of its own, in memory, without network,
and its clock advances by itself, so that a Wait of a day takes no time. docs/testing.md describes the format, aslocal schema tests is its JSON Schema.

Exit codes: 0 all cases have passed, 1 one has not, or less is covered than --threshold says, 2 the command line or a setting is wrong or there are no
tests, 3 a test file or a definition has errors, 130 interrupted.`,
		Example: `  aslocal test
  aslocal test --run 'order/card' --cover
  aslocal test --junit junit.xml --lcov coverage.lcov --threshold states=90,transitions=80
  aslocal test order.test.yaml --update`,
		RunE: func(c *cobra.Command, paths []string) error { return t.test(c, paths) },
	}
	t.flags(c)
	f := c.Flags()
	f.StringVar(&t.pattern, "run", "", "run only the cases whose MACHINE/NAME the `regexp` matches")
	f.BoolVar(&t.asJSON, "json", false, "print a JSON object for each case, and one with the sums")
	f.BoolVar(&t.tap, "tap", false, "print TAP, version 14")
	f.StringVar(&t.junit, "junit", "", "write the results as JUnit XML to a `file`")
	f.BoolVar(&t.github, "github", os.Getenv("GITHUB_ACTIONS") == "true", "annotate failures for GitHub Actions, on stderr; by default where those run")
	f.BoolVarP(&t.quiet, "quiet", "q", false, "print nothing about cases that pass")
	f.IntVar(&t.parallel, "parallel", runtime.GOMAXPROCS(0), "how many cases run at a time")
	f.DurationVar(&t.timeout, "timeout", 30*time.Second, "how long a case may take, in real time")
	f.BoolVar(&t.failFast, "fail-fast", false, "begin no case after one has failed")
	f.BoolVar(&t.watch, "watch", false, "run the tests again whenever one of their files has changed, until interrupted")
	f.BoolVar(&t.update, "update", false, "write the snapshots of cases that expect them, instead of comparing")
	f.StringVar(&t.history, "history", "", "write the history of the first case that fails to a `file`, as GetExecutionHistory does")
	f.BoolVar(&t.cover, "cover", false, "print what is covered, and what was not reached")
	f.StringVar(&t.coverHTML, "cover-html", "", "write the coverage to a `file`, painted on the graphs of the state machines")
	f.StringVar(&t.lcov, "lcov", "", "write the coverage to a `file`, in the format of lcov")
	f.StringVar(&t.cobertura, "cobertura", "", "write the coverage to a `file`, in the format of Cobertura")
	f.StringVar(&t.low, "threshold", "", "fail if less is covered, in `percent` of states, transitions, rules, retriers and catchers, as in states=90,transitions=80")
	return c
}

// test runs the command.
func (t *tester) test(c *cobra.Command, paths []string) error {
	if err := t.check(); err != nil {
		return err
	}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	if t.watch {
		return t.again(c, paths)
	}
	_, err := t.once(c, paths)
	return err
}

// check checks the flags.
func (t *tester) check() (err error) {
	if t.run, err = regexp.Compile(t.pattern); err != nil {
		return exit(ExitUsage, "", "--run: %v", err)
	}
	switch {
	case t.asJSON && t.tap:
		return exit(ExitUsage, "", "--json and --tap: expected one of them at most")
	case t.parallel < 1:
		return exit(ExitUsage, "", "--parallel: expected a number above 0, got %d", t.parallel)
	case t.timeout <= 0:
		return exit(ExitUsage, "", "--timeout: expected a duration above 0, got %v", t.timeout)
	}
	t.want, err = thresholds(t.low)
	return err
}

// thresholds reads --threshold.
func thresholds(text string) (map[coverage.Kind]float64, error) {
	if text == "" {
		return nil, nil
	}
	want := make(map[coverage.Kind]float64)
	for part := range strings.SplitSeq(text, ",") {
		name, number, _ := strings.Cut(part, "=")
		kind, known := coverage.KindOf(strings.TrimSpace(name))
		percent, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if !known || err != nil || !(percent >= 0 && percent <= 100) {
			return nil, exit(ExitUsage, "--threshold states=90,transitions=80,rules=80,retriers=50,catchers=50", "--threshold: expected what must be covered and a percentage, got %q", part)
		}
		want[kind] = percent
	}
	return want, nil
}

// once finds the tests and runs them, and returns the files that they are made of.
func (t *tester) once(c *cobra.Command, paths []string) (files []string, err error) {
	began := time.Now()
	t.keeping, t.kept = new(sync.Once), nil
	found, err := t.find(paths)
	if err != nil {
		return nil, err
	}
	for _, s := range found.suites {
		if s.problem != "" {
			report(c.ErrOrStderr(), s.problem, s.hint)
		}
	}
	total := found.cases()
	if total == 0 && !found.broken() {
		if t.pattern != "" {
			return found.files, exit(ExitUsage, "a name is MACHINE/CASE; --run '' runs all", "no case is matched by --run %s", t.pattern)
		}
		return found.files, exit(ExitUsage, "a test file is called NAME.test.yaml, beside NAME.asl.yaml or NAME.asl.json", "there are no tests in %s", strings.Join(paths, ", "))
	}
	out := t.reporter(c)
	results := t.runAll(c.Context(), found, out)
	if c.Context().Err() != nil {
		return found.files, &exitError{code: ExitInterrupted, message: "interrupted"}
	}
	if t.update {
		if err := t.save(c, found); err != nil {
			return found.files, err
		}
	}
	sources := sourcesOf(found, results)
	sum := sumOf(results, total, time.Since(began))
	out.end(sum, sources)
	if err := t.write(found, results, sources, sum); err != nil {
		return found.files, err
	}
	return found.files, t.verdict(found, sum, sources)
}

// verdict is the error that the command ends with, nil if all is well.
func (t *tester) verdict(found *suites, sum sums, sources []coverage.Source) error {
	var low []string
	for _, s := range sources {
		for _, share := range s.Coverage.Shares() {
			if least, ok := t.want[share.Kind]; ok && share.Percent() < least {
				low = append(low, fmt.Sprintf("%s: %v, and --threshold is %v %%", s.Name, share, least))
			}
		}
	}
	if len(low) > 0 {
		return exit(cmp.Or(found.code(), ExitFailed), "--cover lists what was not reached", "less is covered than it must be: %s", strings.Join(low, "; "))
	}
	if sum.failed > 0 {
		return &exitError{code: cmp.Or(found.code(), ExitFailed)}
	}
	if code := found.code(); code != 0 {
		return &exitError{code: code}
	}
	return nil
}

// again runs the tests, and runs them again when their files have changed.
func (t *tester) again(c *cobra.Command, paths []string) error {
	run := func() []string {
		files, err := t.once(c, paths)
		if e, ok := err.(*exitError); ok && e.message != "" && e.code != ExitInterrupted {
			report(c.ErrOrStderr(), e.message, e.hint)
		}
		if c.Context().Err() == nil {
			fmt.Fprintln(c.ErrOrStderr(), "aslocal: waiting for changes; Ctrl-C ends it")
		}
		return append(files, paths...)
	}
	since := time.Now()
	files := run()
	newWatcher(files, since, run).run(c.Context())
	if context.Cause(c.Context()) != nil {
		return &exitError{code: ExitInterrupted}
	}
	return nil
}
