package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// This file gets the source of a release: a clone of one commit, so that nothing comes in that
// was not committed, and the Go command finds the commit and the version to write into the
// binary.

// A source is a clone with one commit checked out, and with one tag: the version.
type source struct {
	folder string
	commit string
	date   time.Time // of the commit
	goes   string    // the version of Go that go.mod names
}

// versionFile is where NextVersion is.
const versionFile = "internal/cli/version.go"

var (
	// versionForm is semver with a v, without metadata: what Go takes for a version.
	versionForm = regexp.MustCompile(`^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$`)
	nextVersion = regexp.MustCompile(`(?m)^const NextVersion = "(.+)"$`)
	goVersion   = regexp.MustCompile(`(?m)^go (\d+\.\d+(\.\d+)?)$`)
)

// checkOut clones the commit that is checked out in a repository into a folder, and settles
// the version of the release.
func checkOut(ctx context.Context, repository, folder string, r *release) (*source, error) {
	changed, err := git(ctx, repository, "status", "--porcelain")
	if err != nil {
		return nil, err
	}
	if changed != "" {
		return nil, fmt.Errorf("a release is made of a commit, and these files are not as it has them:\n%s", changed)
	}
	s := &source{folder: folder}
	if s.commit, err = git(ctx, repository, "rev-parse", "HEAD"); err != nil {
		return nil, err
	}
	date, err := git(ctx, repository, "show", "--no-patch", "--format=%cI", "HEAD")
	if err != nil {
		return nil, err
	}
	if s.date, err = time.Parse(time.RFC3339, date); err != nil {
		return nil, err
	}
	s.date = s.date.UTC()
	tags, err := git(ctx, repository, "tag", "--points-at", "HEAD", "v*")
	if err != nil {
		return nil, err
	}
	code, err := git(ctx, repository, "show", "HEAD:"+versionFile)
	if err != nil {
		return nil, err
	}
	next := nextVersion.FindStringSubmatch(code)
	if next == nil {
		return nil, fmt.Errorf("%s has no NextVersion", versionFile)
	}
	if r.version, err = settle(r.version, strings.Fields(tags), s.commit, next[1]); err != nil {
		return nil, err
	}
	if err := clone(ctx, repository, s.commit, r.version, folder); err != nil {
		return nil, err
	}
	if err := s.readModule(); err != nil {
		return nil, err
	}
	changes, err := os.ReadFile(filepath.Join(folder, "CHANGELOG.md"))
	if err != nil {
		return nil, err
	}
	return s, r.announced(string(changes))
}

// clone clones a commit into a folder, with the version as its only tag: the Go command writes
// both into binaries. Files are as they were committed, whatever the user's Git does to the
// ends of lines.
func clone(ctx context.Context, repository, commit, version, folder string) error {
	if _, err := git(ctx, repository, "clone", "--quiet", "--no-tags", "--shared", "--no-checkout", "--config", "core.autocrlf=false", ".", folder); err != nil {
		return err
	}
	for _, command := range [][]string{{"checkout", "--quiet", "--detach", commit}, {"tag", "--no-sign", version}} {
		if _, err := git(ctx, folder, command...); err != nil {
			return err
		}
	}
	return nil
}

// readModule reads which Go the source is for.
func (s *source) readModule() error {
	module, err := os.ReadFile(filepath.Join(s.folder, "go.mod"))
	if err != nil {
		return err
	}
	found := goVersion.FindSubmatch(module)
	if found == nil {
		return errors.New("go.mod names no version of Go")
	}
	s.goes = string(found[1])
	return nil
}

// settle returns the version: the one that is asked for, the tag of the commit, or one that
// names the commit and is no release. next is what the code has for the next release.
func settle(version string, tags []string, commit, next string) (string, error) {
	if version == "" && len(tags) == 1 {
		version = tags[0]
	}
	if version == "" {
		version = fmt.Sprintf("v%s-dev.g%s", next, commit[:12])
	}
	switch {
	case !versionForm.MatchString(version):
		return "", fmt.Errorf("VERSION: expected one such as v%s, got %q", next, version)
	case !strings.Contains(version, "-") && version != "v"+next:
		return "", fmt.Errorf("VERSION is %s, and NextVersion in %s says v%s", version, versionFile, next)
	}
	return version, nil
}

// announced returns what is wrong with the changelog. Versions such as v0.1.0-rc.1 need no
// section.
func (r *release) announced(changes string) error {
	version := strings.TrimPrefix(r.version, "v")
	if strings.Contains(version, "-") {
		return nil
	}
	dated := regexp.MustCompile(`(?m)^## ` + regexp.QuoteMeta(version) + ` - \d{4}-\d\d-\d\d$`)
	if !dated.MatchString(changes) {
		return fmt.Errorf("CHANGELOG.md has no section \"## %s - YYYY-MM-DD\"", version)
	}
	return nil
}

// git runs Git in a folder and returns what it prints.
func git(ctx context.Context, folder string, args ...string) (string, error) {
	c := exec.CommandContext(ctx, "git", args...)
	c.Dir = folder
	out, err := output(c)
	return strings.TrimSpace(string(out)), err
}

// output runs a program and returns what it prints. What it says of its failure is in the
// error.
func output(c *exec.Cmd) ([]byte, error) {
	var said bytes.Buffer
	c.Stderr = &said
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", strings.Join(c.Args, " "), err, bytes.TrimSpace(said.Bytes()))
	}
	return out, nil
}
