package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/internal/printable"
	"github.com/aslocal/aslocal/value"
)

// This file replays the versions of a definition that git has.

// maxVersions is how many versions of a file are replayed.
const maxVersions = 2000

// A version is a file as a commit has it.
type version struct {
	Commit  string `json:"commit"`
	Date    string `json:"date"`
	Subject string `json:"subject"`
	Outcome string `json:"outcome"` // of the replay, in words
	Same    bool   `json:"same"`    // there is no difference
}

// runBisect replays all versions of a file, and shows those that change the outcome. The
// commits are a range such as GOOD..BAD; "" for all.
func (r *replayer) runBisect(c *cobra.Command, history []byte, input value.Value, path, name, commits string) error {
	if path == "-" {
		return exit(ExitUsage, "", "--bisect: expected a FILE that git has, got stdin")
	}
	versions, err := versionsOf(c.Context(), path, commits)
	if err != nil {
		return err
	}
	changes := []version{}
	for i := range versions {
		v := &versions[i]
		if err := r.judge(c.Context(), v, history, input, path, name); errors.Is(err, context.Canceled) {
			return &exitError{code: ExitInterrupted, message: "interrupted"}
		} else if err != nil {
			return err
		}
		if len(changes) == 0 || changes[len(changes)-1].Outcome != v.Outcome {
			changes = append(changes, *v)
		}
	}
	if r.json {
		e := json.NewEncoder(c.OutOrStdout())
		e.SetEscapeHTML(false)
		if err := e.Encode(struct {
			Versions int       `json:"versions"`
			Changes  []version `json:"changes"` // the first version, and each with another outcome than the one before
		}{len(versions), changes}); err != nil {
			return err
		}
	} else {
		showVersions(newTerminal(c.OutOrStdout()), path, len(versions), changes)
	}
	if !changes[len(changes)-1].Same {
		return &exitError{code: ExitFailed}
	}
	return nil
}

// judge replays one version.
func (r *replayer) judge(ctx context.Context, v *version, history []byte, input value.Value, path, name string) error {
	text, err := git(ctx, path, "show", "--no-textconv", v.Commit+":./"+filepath.Base(path))
	if err != nil {
		v.Outcome = "the commit does not have the file"
		return ctx.Err()
	}
	m, err := r.read(path, name, text, "") // other files of the commit are not there
	if err != nil {
		v.Outcome = "the definition cannot be read: " + err.Error()
		return nil
	}
	if found := m.Validate(asl.Options{}); found.HasErrors() || !m.Definition.Root.Exists() {
		v.Outcome = "the definition has errors"
		if found.HasErrors() {
			v.Outcome += ": " + found.Errors()[0].Message
		}
		return nil
	}
	result, err := r.replay(ctx, history, input, path, m)
	switch {
	case err != nil:
		return refusedHistory("the history", err)
	case result.Difference == nil:
		v.Same, v.Outcome = true, "no difference"
	default:
		v.Outcome = result.Difference.String()
	}
	return nil
}

// showVersions shows the versions that change the outcome.
func showVersions(t terminal, path string, versions int, changes []version) {
	for i := range changes {
		v := &changes[i]
		mark := t.paint(red, t.glyph("✗", "x"))
		if v.Same {
			mark = t.paint(green, t.glyph("✓", "+"))
		}
		fmt.Fprintf(t.w, "%s %s %s %s\n    %s\n", mark, v.Commit[:min(12, len(v.Commit))], v.Date, t.clean(v.Subject, maxDetail), t.clean(v.Outcome, maxDetail))
	}
	what := "commits change the outcome"
	if len(changes) == 2 {
		what = "commit changes the outcome"
	}
	fmt.Fprintf(t.w, "%s: %d versions, %d %s\n", printable.Line(path), versions, len(changes)-1, what)
}

// versionsOf lists the commits that have changed a file, the oldest first, and before them
// the beginning of a range.
func versionsOf(ctx context.Context, path, commits string) ([]version, error) {
	if !isFile(path) {
		return nil, exit(ExitUsage, "", "%s: no such file", printable.Line(path))
	}
	args := []string{"log", "--no-ext-diff", "--reverse", "--format=%H%x09%cs%x09%s"}
	var all []version
	if commits != "" {
		if strings.HasPrefix(commits, "-") {
			return nil, exit(ExitUsage, "", "--bisect: expected commits such as v1.4..HEAD, got %s", printable.Line(commits))
		}
		args = append(args, commits)
		if good, _, ok := strings.Cut(commits, ".."); ok && good != "" {
			out, err := git(ctx, path, "log", "--no-ext-diff", "-1", "--format=%H%x09%cs%x09%s", good, "--")
			if err != nil {
				return nil, err
			}
			all = appendVersions(all, out)
		}
	}
	out, err := git(ctx, path, append(args, "--", "./"+filepath.Base(path))...)
	if err != nil {
		return nil, err
	}
	switch all = appendVersions(all, out); {
	case len(all) == 0:
		return nil, exit(ExitUsage, "git log -- "+printable.Line(path)+" lists the commits that have changed it", "--bisect: git has no version of %s", printable.Line(path))
	case len(all) > maxVersions:
		return nil, exit(ExitUsage, "--bisect GOOD..BAD looks at some of them", "--bisect: git has %d versions of %s; expected at most %d", len(all), printable.Line(path), maxVersions)
	}
	return all, nil
}

func appendVersions(all []version, log []byte) []version {
	for line := range strings.Lines(string(log)) {
		if part := strings.SplitN(strings.TrimSuffix(line, "\n"), "\t", 3); len(part) == 3 {
			all = append(all, version{Commit: part[0], Date: part[1], Subject: part[2]})
		}
	}
	return all
}

// git asks git about the folder of a file. Nothing is written, no hook runs, and no program
// that the repository names.
func git(ctx context.Context, path string, args ...string) ([]byte, error) {
	const most = 64 << 20
	c := exec.CommandContext(ctx, "git", append([]string{"-C", filepath.Dir(path), "--no-pager", "-c", "core.fsmonitor=false", "-c", "log.showSignature=false"}, args...)...)
	c.Env = append(os.Environ(), "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C")
	var errs bytes.Buffer
	c.Stderr = &errs
	stdout, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if errors.Is(err, exec.ErrNotFound) {
		return nil, exit(ExitUsage, "install git, or replay single versions: aslocal replay HISTORY FILE", "--bisect: there is no git on PATH")
	}
	if err != nil {
		return nil, exit(ExitFailed, "", "--bisect: git: %v", err)
	}
	out, err := io.ReadAll(io.LimitReader(stdout, most+1))
	if len(out) > most {
		c.Cancel()
	}
	if ended := c.Wait(); ended != nil && err == nil {
		err = ended
	}
	switch {
	case ctx.Err() != nil:
		return nil, &exitError{code: ExitInterrupted, message: "interrupted"}
	case len(out) > most:
		return nil, exit(ExitUsage, "", "--bisect: git has printed more than %d MiB", most>>20)
	case err != nil:
		return nil, exit(ExitUsage, "", "--bisect: git: %s", strings.TrimSpace(errs.String()))
	}
	return out, nil
}
