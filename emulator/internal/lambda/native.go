package lambda

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// This file finds the program of a function that is a program itself: in Go,
// which is built when it is needed, in Rust or any other language.

// buildTime is how long a build may take. The first one fetches modules.
const buildTime = 10 * time.Minute

// native finds the program of provided.* and go1.x. Sources in Go go before a
// program that lies beside them, since that was usually built for Linux.
func (h *Host) native(_ context.Context, f Function) (*program, error) {
	if source := goSource(f); source != "" {
		if _, err := exec.LookPath("go"); err != nil {
			return nil, cannot("its code is in Go, and no go is in the PATH: install Go (https://go.dev/dl), or give the function a command that starts a program")
		}
		return &program{source: source, version: f.Runtime}, nil
	}
	names := []string{"bootstrap"}
	if strings.HasPrefix(f.Runtime, "go") {
		names = []string{f.Handler, "bootstrap"}
	}
	var tried []string
	for _, folder := range append([]string{f.Folder}, f.Layers...) {
		for _, name := range names {
			path := filepath.Join(folder, filepath.FromSlash(name))
			if runtime.GOOS == "windows" && filepath.Ext(path) == "" {
				path += ".exe"
			}
			if isExecutable(path) {
				return &program{command: []string{path}, version: f.Runtime}, nil
			}
			tried = append(tried, path)
		}
	}
	what := "there is no program at " + strings.Join(tried, " or ") + " that can be executed, and no package main in Go in its folder"
	if _, err := os.Stat(filepath.Join(f.Folder, "Cargo.toml")); err == nil {
		return nil, cannot(what + ": it is in Rust, so build it (cargo build --release) and give the function a command, such as command: [target/release/" + filepath.Base(f.Folder) + "]")
	}
	return nil, cannot(what + ": build it for this machine, or give the function a command that starts it")
}

// goSource returns the folder with the package main of a function, "" if it has
// none: the folder of its code, or the one that its handler names.
func goSource(f Function) string {
	named := filepath.Join(f.Folder, filepath.FromSlash(f.Handler))
	for _, folder := range []string{f.Folder, named, filepath.Dir(named)} {
		if (folder == f.Folder || strings.HasPrefix(folder, f.Folder+string(filepath.Separator))) && isMain(folder) {
			return folder
		}
	}
	return ""
}

// isMain reports whether a folder has files of a package main of Go.
func isMain(folder string) bool {
	files, _ := filepath.Glob(filepath.Join(folder, "*.go"))
	return slices.ContainsFunc(files, func(name string) bool {
		if strings.HasSuffix(name, "_test.go") {
			return false
		}
		file, err := os.Open(name)
		if err != nil {
			return false
		}
		defer file.Close()
		lines := bufio.NewScanner(io.LimitReader(file, 64<<10))
		for lines.Scan() {
			if words := strings.Fields(lines.Text()); len(words) >= 2 && words[0] == "package" {
				return words[1] == "main"
			}
		}
		return false
	})
}

// goRoot returns the folder of the module or workspace that a package is in; the
// folder itself if it is in none.
func goRoot(folder string) string {
	for above := folder; ; above = filepath.Dir(above) {
		for _, name := range []string{"go.mod", "go.work"} {
			if _, err := os.Stat(filepath.Join(above, name)); err == nil {
				return above
			}
		}
		if above == filepath.Dir(above) {
			return folder
		}
	}
}

// build builds the program for this machine, if it is in Go. Go's own cache sees
// to it that what has not changed is not built again.
func (h *Host) build(ctx context.Context, p *program) error {
	if p.source == "" {
		return nil
	}
	built, err := h.buildPath(p.source)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, buildTime)
	defer cancel()
	cmd := exec.Command("go", "build", "-buildvcs=false", "-tags=lambda.norpc", "-o", built, ".")
	cmd.Dir = p.source
	cmd.Env = append(os.Environ(), "GOOS=", "GOARCH=", // not those of a build for Lambda
		"GOTMPDIR="+filepath.Dir(built)) // on the same disk, the program is replaced at once: another aslocal may build it, too
	output, err := runWhole(ctx, cmd, &h.guard)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return cannot(fmt.Sprintf("go build in %s failed: %s", p.source, excerpt(output, err)))
	}
	path, err := h.private(built)
	p.command = []string{path}
	return err
}

// runWhole runs a command with all that it starts, and returns what it writes.
func runWhole(ctx context.Context, cmd *exec.Cmd, guard *guard) (string, error) {
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &output, &output, time.Second
	p, err := startProcess(cmd, guard)
	if err != nil {
		return "", err
	}
	stop := context.AfterFunc(ctx, p.kill)
	defer stop()
	<-p.done
	if !p.state().Success() {
		return output.String(), fmt.Errorf("%v", p.state())
	}
	return output.String(), nil
}

// excerpt is what a command has written, else the error that it ended with.
func excerpt(output string, err error) string {
	const most = 4 << 10
	output = strings.TrimSpace(output)
	switch {
	case output == "":
		return err.Error()
	case len(output) > most:
		return strings.ToValidUTF8(output[:most], "") + " …"
	}
	return output
}

// buildPath is where the program of a folder is built: in the cache of the user,
// so that it is there the next time.
func (h *Host) buildPath(source string) (string, error) {
	cache := h.cache
	if cache == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			if user, err = h.files.folder(); err != nil {
				return "", err
			}
		}
		cache = filepath.Join(user, "aslocal", "functions")
	}
	sum := sha256.Sum256([]byte(source))
	folder := filepath.Join(cache, hex.EncodeToString(sum[:8]))
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", fmt.Errorf("lambda: %w", err)
	}
	return filepath.Join(folder, "bootstrap"+executableSuffix()), nil
}

func executableSuffix() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}

// private gives a program a name of its own for its processes: one that runs
// cannot be built anew under its name everywhere, and not while it starts.
func (h *Host) private(built string) (string, error) {
	folder, err := h.files.folder()
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, fmt.Sprintf("bootstrap-%d%s", h.programs.Add(1), executableSuffix()))
	if os.Link(built, path) == nil {
		return path, nil
	}
	text, err := os.ReadFile(built) // the cache is on another disk
	if err == nil {
		err = os.WriteFile(path, text, 0o700)
	}
	if err != nil {
		return "", fmt.Errorf("lambda: %w", err)
	}
	return path, nil
}
