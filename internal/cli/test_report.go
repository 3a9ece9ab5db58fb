package cli

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/emulator/coverage"
	"github.com/aslocal/aslocal/emulator/testcase"
	"github.com/aslocal/aslocal/internal/printable"
	"github.com/aslocal/aslocal/value"
)

// This file prints the results of tests: for people, as JSON, as TAP, and as annotations of
// GitHub Actions.

// A reporter prints results one by one, and the sums at the end.
type reporter interface {
	result(*caseResult)
	end(sums, []coverage.Source)
}

// reporter is the one that the flags choose.
func (t *tester) reporter(c *cobra.Command) reporter {
	var r reporter
	switch out := c.OutOrStdout(); {
	case t.asJSON:
		r = jsonReporter{out}
	case t.tap:
		r = &tapReporter{w: out}
	default:
		r = &textReporter{terminal: newTerminal(out), quiet: t.quiet, cover: t.cover, debugger: hasCommand(c, "debug")}
	}
	if t.github {
		return githubReporter{r, c.ErrOrStderr()}
	}
	return r
}

// hasCommand reports whether aslocal has a command.
func hasCommand(c *cobra.Command, name string) bool {
	found, _, err := c.Root().Find([]string{name})
	return err == nil && found.Name() == name
}

// name is what a case is called among those of all files.
func (r *caseResult) name() string { return r.suite.machine.Name + "/" + r.result.Case.Name }

// place is where a failure is in the test file.
func (r *caseResult) place(f testcase.Failure) string {
	return r.suite.path + ":" + f.At.String()
}

// milliseconds is a duration for people.
func milliseconds(d time.Duration) string {
	if d >= time.Second {
		return strconv.FormatFloat(d.Seconds(), 'f', 2, 64) + " s"
	}
	return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
}

// textReporter prints for people.
type textReporter struct {
	terminal
	quiet, cover, debugger bool
}

// longLine is how many characters of a text are shown in one line.
const longLine = 2000

func (t *textReporter) result(r *caseResult) {
	name := t.clean(r.name(), longLine)
	switch {
	case r.skipped():
		if !t.quiet {
			fmt.Fprintf(t.w, "%s %s  skipped: %s\n", t.paint(faint, t.glyph("○", "-")), name, t.clean(r.result.Case.Skip, longLine))
		}
		return
	case r.result.Passed():
		if !t.quiet {
			fmt.Fprintf(t.w, "%s %s  %s\n", t.paint(green, t.glyph("✓", "ok")), name, t.paint(faint, milliseconds(r.result.Took)))
		}
		return
	}
	fmt.Fprintf(t.w, "%s %s  %s\n", t.paint(red, t.glyph("✗", "FAIL")), name, t.paint(faint, milliseconds(r.result.Took)))
	for _, f := range r.result.Failures {
		for i, line := range failureLines(f) {
			if i == 0 {
				line = r.place(f) + ": " + line
			}
			fmt.Fprintf(t.w, "    %s\n", t.lineOf(line))
		}
	}
	if !r.result.Ran {
		return
	}
	fmt.Fprintf(t.w, "    path: %s\n", t.clean(arrows(r.result.Path, t.glyph("→", "->")), longLine))
	fmt.Fprintf(t.w, "    look at it: %s\n", t.clean(r.graphCommand(), longLine))
	if t.debugger {
		fmt.Fprintf(t.w, "                %s\n", t.clean(r.debugCommand(), longLine))
	}
}

// lineOf is a line of a message; its indentation stays.
func (t *textReporter) lineOf(line string) string {
	text := strings.TrimLeft(line, " ")
	return line[:len(line)-len(text)] + t.clean(text, longLine)
}

// failureLines are the lines of a failure.
func failureLines(f testcase.Failure) []string {
	if f.Message != "" {
		return strings.Split(f.What+": "+f.Message, "\n")
	}
	return []string{f.What + ": expected " + f.Want, "        got " + f.Got}
}

// arrows is a path, of a long one the beginning.
func arrows(states []string, arrow string) string {
	const most = 60
	if len(states) > most {
		return strings.Join(states[:most], " "+arrow+" ") + fmt.Sprintf(" … and %d more", len(states)-most)
	}
	return cmp.Or(strings.Join(states, " "+arrow+" "), "no state was entered")
}

// graphCommand paints the execution of a case.
func (r *caseResult) graphCommand() string {
	return fmt.Sprintf("aslocal test %s --run %s --history failed.json; aslocal graph %s --execution failed.json",
		inShell(r.suite.path), inShell("^"+regexp.QuoteMeta(r.name())+"$"), inShell(r.suite.target))
}

// debugCommand steps through the definition with the input of a case.
func (r *caseResult) debugCommand() string {
	return fmt.Sprintf("aslocal debug %s --input %s", inShell(r.suite.target), inShell(r.result.Case.Input.String()))
}

// inShell quotes a word for a shell if it needs that.
func inShell(word string) string {
	if word != "" && strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-") == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

func (t *textReporter) end(s sums, sources []coverage.Source) {
	if t.cover {
		fmt.Fprint(t.w, printable.Lines(string(coverage.Text(sources))))
	}
	line := fmt.Sprintf("%d passed, %d failed", s.passed, s.failed)
	if s.skipped > 0 {
		line += fmt.Sprintf(", %d skipped", s.skipped)
	}
	if s.left > 0 {
		line += fmt.Sprintf(", %d not begun", s.left)
	}
	colour := green
	if s.failed > 0 {
		colour = red
	}
	fmt.Fprintf(t.w, "%s in %s\n", t.paint(colour, line), milliseconds(s.took))
	if t.cover {
		return
	}
	for _, source := range sources {
		fmt.Fprintf(t.w, "coverage of %s: %s\n", t.clean(source.Name, longLine), source.Coverage.Summary())
	}
}

// jsonReporter prints an object for each case, and one with the sums.
type jsonReporter struct{ w io.Writer }

func (j jsonReporter) result(r *caseResult) {
	out := r.result
	status := "passed"
	switch {
	case r.skipped():
		status = "skipped"
	case !out.Passed():
		status = "failed"
	}
	line := value.OfMembers("file", value.OfString(r.suite.path), "line", value.OfInt(int64(out.Case.At.Line)), "machine", value.OfString(r.suite.machine.Name),
		"case", value.OfString(out.Case.Name), "result", value.OfString(status), "ms", value.OfInt(out.Took.Milliseconds()))
	var failures []value.Value
	for _, f := range out.Failures {
		failures = append(failures, value.OfMembers("line", value.OfInt(int64(f.At.Line)), "column", value.OfInt(int64(f.At.Column)), "what", value.OfString(f.What),
			"message", value.OfString(strings.TrimPrefix(f.String(), f.What+": ")), "expected", value.OfString(f.Want), "got", value.OfString(f.Got)))
	}
	line = line.With("failures", value.OfSlice(failures))
	if out.Ran {
		x := value.OfMembers("status", value.OfString(out.Status), "path", stringsOf(out.Path), "transitions", value.OfInt(int64(out.Transitions)))
		if out.Output.Exists() {
			x = x.With("output", out.Output)
		}
		if out.Error != "" || out.Cause != "" {
			x = x.With("error", value.OfString(out.Error)).With("cause", value.OfString(out.Cause))
		}
		line = line.With("execution", x)
	}
	fmt.Fprintln(j.w, line)
}

func stringsOf(list []string) value.Value {
	items := make([]value.Value, len(list))
	for i, text := range list {
		items[i] = value.OfString(text)
	}
	return value.OfSlice(items)
}

func (j jsonReporter) end(s sums, sources []coverage.Source) {
	covered := make([]value.Value, 0, len(sources))
	for _, source := range sources {
		var shares value.ObjectBuilder
		for _, share := range source.Coverage.Shares() {
			shares.Set(share.Kind.String(), value.OfMembers("covered", value.OfInt(int64(share.Covered)), "total", value.OfInt(int64(share.Total))))
		}
		covered = append(covered, value.OfMembers("machine", value.OfString(source.Name), "file", value.OfString(source.File)).With("coverage", shares.Value()))
	}
	fmt.Fprintln(j.w, value.OfMembers("passed", value.OfInt(int64(s.passed)), "failed", value.OfInt(int64(s.failed)), "skipped", value.OfInt(int64(s.skipped)),
		"notBegun", value.OfInt(int64(s.left)), "ms", value.OfInt(s.took.Milliseconds()), "machines", value.OfSlice(covered)))
}

// tapReporter prints the Test Anything Protocol.
type tapReporter struct {
	w io.Writer
	n int
}

func (t *tapReporter) result(r *caseResult) {
	if t.n++; t.n == 1 {
		fmt.Fprintln(t.w, "TAP version 14")
	}
	name := strings.NewReplacer(`\`, `\\`, "#", `\#`).Replace(printable.Line(r.name()))
	switch {
	case r.skipped():
		fmt.Fprintf(t.w, "ok %d - %s # SKIP %s\n", t.n, name, printable.Line(r.result.Case.Skip))
	case r.result.Passed():
		fmt.Fprintf(t.w, "ok %d - %s\n", t.n, name)
	default:
		fmt.Fprintf(t.w, "not ok %d - %s\n  ---\n  failures:\n", t.n, name)
		for _, f := range r.result.Failures {
			text := value.OfString(f.String())
			fmt.Fprintf(t.w, "    - at: %s\n      message: %s\n", value.OfString(r.place(f)), text)
		}
		fmt.Fprintln(t.w, "  ...")
	}
}

func (t *tapReporter) end(sums, []coverage.Source) {
	if t.n == 0 {
		fmt.Fprintln(t.w, "TAP version 14")
	}
	fmt.Fprintf(t.w, "1..%d\n", t.n)
}

// githubReporter also annotates failures for GitHub Actions: at their lines of the test
// file.
type githubReporter struct {
	reporter
	w io.Writer
}

func (g githubReporter) result(r *caseResult) {
	g.reporter.result(r)
	for _, f := range r.result.Failures {
		fmt.Fprintf(g.w, "::error file=%s,line=%d,col=%d,title=%s::%s\n", inProperty(inWorkspace(r.suite.path)), f.At.Line, f.At.Column, inProperty(r.name()), inMessage(f.String()))
	}
}

// inWorkspace is a path from the root of the repository that the workflow has checked out.
func inWorkspace(path string) string {
	root := os.Getenv("GITHUB_WORKSPACE")
	if full, err := filepath.Abs(path); err == nil && root != "" {
		if inside, err := filepath.Rel(root, full); err == nil && filepath.IsLocal(inside) {
			return filepath.ToSlash(inside)
		}
	}
	return filepath.ToSlash(path)
}

// inMessage and inProperty escape texts of workflow commands.
func inMessage(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(text)
}

func inProperty(text string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(inMessage(text))
}
