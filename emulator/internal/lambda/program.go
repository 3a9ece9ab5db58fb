package lambda

import (
	"context"
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// This file finds what runs a function on this machine: an interpreter with a
// small program of ours (bootstrap), a program that is there, or one that is
// built.

//go:embed bootstrap/bootstrap.py bootstrap/bootstrap.mjs
var bootstraps embed.FS

// A program is what runs a function.
type program struct {
	command   []string
	source    string            // folder in Go that the command is built from; "" if it is there
	variables map[string]string // beside those that every process has; inheritMark stands for the value before
	folder    string            // of the command, "" if that is the function's own
	secret    bool              // it is a bootstrap of ours, which can be told the secret of the Runtime API
	version   string            // "python 3.11.7", for the log
	note      string            // what differs from Lambda; ""
}

// inheritMark stands for the value that a variable has already.
const inheritMark = "\x00"

// A cannot says why a function cannot run here, and what to do about it.
type cannot string

func (c cannot) Error() string { return string(c) }

// finders say what runs the functions of a runtime, by what its identifier
// begins with.
var finders = []struct {
	prefix string
	find   func(h *Host, ctx context.Context, f Function) (*program, error)
}{
	{"python", (*Host).python},
	{"nodejs", (*Host).node},
	{"provided", (*Host).native},
	{"go", (*Host).native},
	{"java", needsCommand(`[java, -cp, "target/classes` + string(os.PathListSeparator) + `target/dependency/*", com.amazonaws.services.lambda.runtime.api.client.AWSLambda, "example.App::handleRequest"], ` +
		`with aws-lambda-java-runtime-interface-client among its dependencies`)},
	{"ruby", needsCommand(`[aws_lambda_ric, app.handler], of the gem aws_lambda_ric`)},
	{"dotnet", needsCommand(`[dotnet, bin/Release/net8.0/App.dll], a program with Amazon.Lambda.RuntimeSupport`)},
}

func needsCommand(example string) func(*Host, context.Context, Function) (*program, error) {
	return func(_ *Host, _ context.Context, f Function) (*program, error) {
		return nil, cannot(fmt.Sprintf("aslocal does not start the runtime %s by itself: give the function a command that speaks the Lambda Runtime API, such as command: %s", f.Runtime, example))
	}
}

// find returns what runs the function; what is in Go is not yet built. The error is a cannot, or that of ctx.
func (h *Host) find(ctx context.Context, f Function) (*program, error) {
	if f.Broken != "" {
		return nil, cannot(f.Broken)
	}
	switch info, err := os.Stat(f.Folder); {
	case f.Folder == "":
		return nil, cannot("it has no folder: set the folder of its code")
	case err != nil:
		return nil, cannot(fmt.Sprintf("the folder of its code cannot be read: %v", err))
	case !info.IsDir():
		return nil, cannot(fmt.Sprintf("the folder of its code, %s, is a file: unpack it if it is an archive", f.Folder))
	}
	if len(f.Command) > 0 {
		return commanded(f)
	}
	for _, row := range finders {
		if strings.HasPrefix(f.Runtime, row.prefix) {
			return row.find(h, ctx, f)
		}
	}
	if f.Runtime == "" {
		return nil, cannot("it has neither a runtime nor a command: set its runtime, such as python3.12, nodejs22.x or provided.al2023")
	}
	return nil, cannot(fmt.Sprintf("aslocal does not know the runtime %s: python3.x, nodejs….x, provided.… and go1.x run as they are, all others with a command", f.Runtime))
}

// commanded is the program of a function with a Command.
func commanded(f Function) (*program, error) {
	name := f.Command[0]
	if strings.ContainsAny(name, `/\`) && !filepath.IsAbs(name) {
		name = filepath.Join(f.Folder, name)
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return nil, cannot(fmt.Sprintf("the program of its command, %s, is not there: install it, or correct the command", f.Command[0]))
	}
	return &program{command: append([]string{path}, f.Command[1:]...), version: f.Runtime}, nil
}

// files is a folder that only this user can read, with our bootstraps and the
// programs that were built. It is made when it is needed.
type files struct {
	mu   sync.Mutex
	path string // "" if it is not made
}

// folder returns the folder.
func (f *files) folder() (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.path != "" {
		return f.path, nil
	}
	folder, err := os.MkdirTemp("", "aslocal-lambda-")
	if err != nil {
		return "", fmt.Errorf("lambda: %w", err)
	}
	entries, _ := bootstraps.ReadDir("bootstrap") // embedded
	for _, entry := range entries {
		text, _ := bootstraps.ReadFile("bootstrap/" + entry.Name())
		if err := os.WriteFile(filepath.Join(folder, entry.Name()), text, 0o600); err != nil {
			os.RemoveAll(folder)
			return "", fmt.Errorf("lambda: %w", err)
		}
	}
	f.path = folder
	return folder, nil
}

// remove removes the folder.
func (f *files) remove() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.path == "" {
		return nil
	}
	return os.RemoveAll(f.path)
}

// appendFolder appends the folder below another one, if it is there.
func appendFolder(list []string, elements ...string) []string {
	folder := filepath.Join(elements...)
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return list
	}
	return append(list, folder)
}

func joinPaths(list []string) string {
	return strings.Join(slices.DeleteFunc(list, func(path string) bool { return path == "" }), string(os.PathListSeparator))
}

func isExecutable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && (info.Mode()&0o111 != 0 || runtime.GOOS == "windows")
}
