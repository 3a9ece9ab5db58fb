package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
)

// This file has the clients: what each needs, how it is fetched, and how its programs are
// run.

// A client is one that is tested. Its folder here has its name.
type client struct {
	name, title string
	runtimes    []string // programs that must be on PATH
	pins        string   // file with the versions of what is fetched; "": nothing is
	install     func(r *runner) []*exec.Cmd
	version     func(r *runner) []string         // the command that says the version; its first line counts
	program     func(r *runner) *exec.Cmd        // prints the steps
	steps       func(line string) (string, bool) // the step that a line of the program says is ok; nil: the lines are of the package's form

	page    string                                  // in docs/clients; "": there is none
	file    string                                  // what the first block of its language is saved as
	run     func(r *runner, file string) *exec.Cmd  // runs it
	test    string                                  // what the second block is saved as; "": there is none
	runTest func(r *runner, file string) [][]string // runs it
}

// clients are all of them.
var clients = []client{
	{
		name: "go", title: "Go", runtimes: []string{"go"},
		version: func(*runner) []string {
			return []string{"go", "list", "-m", "github.com/aws/aws-sdk-go-v2/service/sfn"}
		},
		program: func(*runner) *exec.Cmd {
			return exec.Command("go", "test", "-count=1", "-v", "-run", "^(TestActions|TestConcurrentCalls|TestTaskTokens)$", "./emulator")
		},
		steps: stepOfGoTest,
		page:  "go.md", file: "page/main.go", run: func(_ *runner, file string) *exec.Cmd { return exec.Command("go", "run", file) },
		test: "page/order_test.go", runTest: func(_ *runner, file string) [][]string { return [][]string{{"go", "test", "-count=1", file}} },
	},
	{
		name: "python", title: "Python", runtimes: []string{"python3"}, pins: "requirements.txt", install: installPython,
		version: func(r *runner) []string {
			return []string{r.python(), "-c", `import boto3, platform; print("boto3", boto3.__version__ + ", Python", platform.python_version())`}
		},
		program: func(r *runner) *exec.Cmd { return exec.Command(r.python(), r.own("client.py"), r.machines()) },
		page:    "python.md", file: "page/page.py", run: func(r *runner, file string) *exec.Cmd { return exec.Command(r.python(), file) },
		test: "page/test_order.py", runTest: func(r *runner, file string) [][]string {
			return [][]string{{r.python(), "-m", "pytest", "-q", "-p", "no:cacheprovider", file}}
		},
	},
	{
		name: "javascript", title: "JavaScript", runtimes: []string{"node", "npm"}, pins: "package.json",
		install: func(r *runner) []*exec.Cmd {
			return []*exec.Cmd{exec.Command("npm", "install", "--prefix", r.folder, "--no-audit", "--no-fund", "--no-package-lock", "--fetch-retries", "1", "--fetch-timeout", "20000")}
		},
		version: func(*runner) []string {
			return []string{"node", "-p", `"@aws-sdk/client-sfn " + require("@aws-sdk/client-sfn/package.json").version + ", Node " + process.versions.node`}
		},
		program: func(r *runner) *exec.Cmd { return exec.Command("node", r.copied("client.mjs"), r.machines()) },
		page:    "javascript.md", file: "page/page.mjs", run: func(_ *runner, file string) *exec.Cmd { return exec.Command("node", file) },
		test: "page/order.test.mjs", runTest: func(_ *runner, file string) [][]string { return [][]string{{"node", "--test", file}} },
	},
	{
		name: "java", title: "Java", runtimes: []string{"java", "javac", "mvn"}, pins: "pom.xml",
		install: func(r *runner) []*exec.Cmd {
			return []*exec.Cmd{exec.Command("mvn", "-q", "-B", "-f", r.own("pom.xml"), "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies", "-DoutputDirectory="+r.in("jars"))}
		},
		version: func(r *runner) []string {
			return []string{"java", "-cp", r.classpath(), r.own("Version.java")}
		},
		program: func(r *runner) *exec.Cmd {
			return exec.Command("java", "-cp", r.classpath(), r.own("Client.java"), r.machines())
		},
		page: "java.md", file: "page/Greet.java",
		run:  func(r *runner, file string) *exec.Cmd { return exec.Command("java", "-cp", r.classpath(), file) },
		test: "page/OrderTest.java", runTest: func(r *runner, file string) [][]string {
			return [][]string{
				{"javac", "-cp", r.classpath(), "-d", r.in("page/classes"), file},
				{"java", "-cp", r.classpath() + string(filepath.ListSeparator) + r.in("page/classes"), "org.junit.platform.console.ConsoleLauncher", "execute",
					"--disable-banner", "--details", "none", "--select-class", "OrderTest"},
			}
		},
	},
	{
		name: "cli", title: "CLI", runtimes: []string{"python3"}, pins: "requirements.txt", install: installPython,
		version: func(r *runner) []string { return []string{r.venv("aws"), "--version"} },
		program: func(r *runner) *exec.Cmd {
			return exec.Command(r.python(), r.own("client.py"), r.venv("aws"), r.machines())
		},
		page: "cli.md", file: "page/page.sh", run: func(_ *runner, file string) *exec.Cmd { return exec.Command("sh", "-e", file) },
	},
	{
		name: "cli2", title: "CLI v2", runtimes: []string{"python3", "aws"},
		version: func(*runner) []string { return []string{"aws", "--version"} },
		program: func(r *runner) *exec.Cmd {
			return exec.Command("python3", filepath.Join(r.root, "conformance", "clients", "cli", "client.py"), "aws", r.machines())
		},
	},
}

// installPython makes an environment with what requirements.txt names.
func installPython(r *runner) []*exec.Cmd {
	return []*exec.Cmd{
		exec.Command("python3", "-m", "venv", r.in("venv")),
		exec.Command(r.python(), "-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check", "-r", r.own("requirements.txt")),
	}
}

var goTestLine = regexp.MustCompile(`^ *--- PASS: (TestActions/(\w+)|TestConcurrentCalls|TestTaskTokens) \(`)

// stepOfGoTest reads a line of `go test -v`.
func stepOfGoTest(line string) (string, bool) {
	match := goTestLine.FindStringSubmatch(line)
	switch {
	case match == nil:
		return "", false
	case match[1] == "TestConcurrentCalls":
		return concurrencyStep, true
	case match[1] == "TestTaskTokens":
		return callbackStep, true
	}
	return match[2], true
}

// A runner runs a client of a session.
type runner struct {
	*session
	client *client
	folder string // in the cache
}

func (r *runner) in(name string) string { return filepath.Join(r.folder, filepath.FromSlash(name)) }
func (r *runner) own(name string) string {
	return filepath.Join(r.root, "conformance", "clients", r.client.name, name)
}
func (r *runner) machines() string {
	return filepath.Join(r.root, "conformance", "clients", "machines")
}

// venv is a program of the environment of Python.
func (r *runner) venv(name string) string {
	if runtime.GOOS == "windows" {
		return r.in("venv/Scripts/" + name)
	}
	return r.in("venv/bin/" + name)
}
func (r *runner) python() string    { return r.venv("python") }
func (r *runner) classpath() string { return r.in("jars/*") }

// copied is the path of a copy of an own file in the cache, beside what it imports.
func (r *runner) copied(name string) string {
	text, err := os.ReadFile(r.own(name))
	if err == nil {
		err = os.WriteFile(r.in(name), text, 0o600)
	}
	if err != nil {
		return err.Error() // which the runtime then does not find, and says so
	}
	return r.in(name)
}

// prepare fetches what the client needs, unless it is there in the versions that the
// client's file names. It returns the version, or why the client has to be skipped.
func (r *runner) prepare(ctx context.Context) (version, skipped string) {
	version, err := r.fetchAll(ctx)
	if err != nil {
		return "", "skipped: " + oneLine(err.Error())
	}
	return version, ""
}

func (r *runner) fetchAll(ctx context.Context) (version string, err error) {
	c := r.client
	for _, name := range c.runtimes {
		if _, err := exec.LookPath(name); err != nil {
			return "", fmt.Errorf("%s is not on PATH", name)
		}
	}
	if err := os.MkdirAll(r.folder, 0o755); err != nil {
		return "", err
	}
	if c.pins != "" {
		if err := r.fetchPinned(ctx); err != nil {
			return "", err
		}
	}
	if err := os.MkdirAll(r.in("page"), 0o755); err != nil { // for temporary files, too
		return "", err
	}
	words := c.version(r)
	command := exec.Command(words[0], words[1:]...)
	command.Dir, command.Env = r.directory(), environment()
	out, err := command.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", strings.Join(words, " "), err, out)
	}
	version, _, _ = strings.Cut(strings.TrimSpace(string(out)), "\n")
	version, _, _ = strings.Cut(version, " Linux/") // of aws --version
	if c.name == "cli2" && !strings.HasPrefix(version, "aws-cli/2") {
		return "", fmt.Errorf("the aws on PATH is %s", version)
	}
	return strings.TrimPrefix(version, "github.com/aws/aws-sdk-go-v2/service/"), nil
}

// installed names the file that says what is in the cache: a copy of the pins.
const installed = ".installed"

func (r *runner) fetchPinned(ctx context.Context) error {
	pins, err := os.ReadFile(r.own(r.client.pins))
	if err != nil {
		return err
	}
	if have, err := os.ReadFile(r.in(installed)); err == nil && bytes.Equal(have, pins) {
		return nil
	}
	if err := errors.Join(os.RemoveAll(r.folder), os.MkdirAll(r.folder, 0o755)); err != nil {
		return err
	}
	if err := os.WriteFile(r.in(r.client.pins), pins, 0o600); err != nil { // npm reads it there
		return err
	}
	for _, command := range r.client.install(r) {
		command = exec.CommandContext(ctx, command.Args[0], command.Args[1:]...)
		command.Env = environment()
		gently(command)
		if out, err := command.CombinedOutput(); err != nil {
			if ctx.Err() != nil {
				err = fmt.Errorf("not within %v", r.fetch)
			}
			return fmt.Errorf("%s cannot be installed (%s): %w: %s", r.client.title, command.Args[0], err, out)
		}
	}
	return os.WriteFile(r.in(installed), pins, 0o600)
}

// directory is where the client's programs run: Go's in its module, the others in the cache.
func (r *runner) directory() string {
	if r.client.name == "go" {
		return r.root
	}
	return r.folder
}

// command runs a program of the client against a server.
func (r *runner) command(ctx context.Context, s *server, words []string) *exec.Cmd {
	command := exec.CommandContext(ctx, words[0], words[1:]...)
	command.Dir = r.directory()
	command.Env = append(s.clientEnvironment(), "TMPDIR="+r.in("page"),
		"PATH="+strings.Join([]string{filepath.Dir(r.aslocal), filepath.Dir(r.python()), os.Getenv("PATH")}, string(filepath.ListSeparator)))
	gently(command)
	return command
}

// steps runs the client's program and notes what came of its steps.
func (r *runner) steps(ctx context.Context, steps map[string]string) error {
	s, err := startServer(ctx, r.aslocal)
	if err != nil {
		return err
	}
	defer s.stop()
	var said bytes.Buffer
	command := r.command(ctx, s, r.client.program(r).Args)
	command.Stderr = &said
	out, err := command.Output()
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		if r.client.steps != nil {
			if name, ok := r.client.steps(lines.Text()); ok {
				steps[name] = ""
			}
			continue
		}
		name, why, ok := readStep(lines.Text())
		if !ok {
			continue
		}
		if why == "" && stepTitles[name] == "" && !s.hasCalled(name) {
			why = "it was not called"
		}
		if steps[name] == "" { // a step may come in several parts
			steps[name] = why
		}
	}
	if err != nil {
		return fmt.Errorf("%w: %s %s", err, tail(out), tail(said.Bytes()))
	}
	return nil
}

// readStep reads a line of a program: the name of a step, and how it differs, "" if it is
// ok.
func readStep(line string) (name, why string, ok bool) {
	word, rest, ok := strings.Cut(line, "\t")
	name, why, _ = strings.Cut(rest, "\t")
	switch {
	case !ok || name == "":
		return "", "", false
	case word == "ok":
		return name, "", true
	case word == "differs":
		return name, cmp.Or(why, "for no reason that was given"), true
	}
	return "", "", false
}

// tail is the end of what a program has said.
func tail(text []byte) []byte { return text[max(0, len(text)-400):] }

// blocks finds the blocks of code in a page.
var blocks = regexp.MustCompile("(?s)```(\\w+)\n(.*?)```")

// runPage runs what is in the client's page: its first block is a program, followed by a
// block of what it prints; another block of the same language is a test.
func (r *runner) runPage(ctx context.Context) error {
	c := r.client
	page := filepath.Join(r.root, "docs", "clients", c.page)
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	found := blocks.FindAllSubmatch(text, -1)
	if len(found) < 2 || string(found[1][1]) != "text" {
		return fmt.Errorf("%s: expected a program and what it prints as the first two blocks", page)
	}
	s, err := startServer(ctx, r.aslocal)
	if err != nil {
		return err
	}
	defer s.stop()
	program := r.in(c.file)
	if err := os.WriteFile(program, found[0][2], 0o600); err != nil {
		return err
	}
	got, err := r.output(r.command(ctx, s, c.run(r, program).Args))
	if err != nil {
		return fmt.Errorf("the program: %w", err)
	}
	if want := strings.TrimSpace(string(found[1][2])); got != want {
		return fmt.Errorf("the program prints %q, the page says %q", got, want)
	}
	if c.test == "" {
		return nil
	}
	for _, block := range found[2:] {
		if string(block[1]) != string(found[0][1]) {
			continue
		}
		test := r.in(c.test)
		if err := os.WriteFile(test, block[2], 0o600); err != nil {
			return err
		}
		for _, words := range c.runTest(r, test) {
			if _, err := r.output(r.command(ctx, s, words)); err != nil {
				return fmt.Errorf("the test: %w", err)
			}
		}
		return nil
	}
	return fmt.Errorf("%s has no test: %w", page, fs.ErrNotExist)
}

// output runs a command and returns what it prints; the error has what it says else.
func (r *runner) output(command *exec.Cmd) (string, error) {
	var said bytes.Buffer
	command.Stderr = &said
	out, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("%w: %s %s", err, tail(out), tail(said.Bytes()))
	}
	return strings.TrimSpace(string(out)), nil
}
