package lambda

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// This file finds the Python and the Node that run functions.

// An interpreter is one that was found, and asked what it is.
type interpreter struct {
	path    string // of the interpreter itself, not of what starts it
	version string // "3.11.7"
}

// numbers returns the first two numbers of a version.
func numbers(version string) (major, minor int) {
	parts := strings.SplitN(version, ".", 3)
	major, _ = strconv.Atoi(parts[0])
	if len(parts) > 1 {
		minor, _ = strconv.Atoi(parts[1])
	}
	return major, minor
}

// minor is the version without what changes nothing for a function: "3.11".
func (i interpreter) minor() string {
	major, minor := numbers(i.version)
	return fmt.Sprintf("%d.%d", major, minor)
}

// An askedInterpreter is what was answered, and when.
type askedInterpreter struct {
	interpreter
	ok bool
	at time.Time
}

// askAgain is how long a program counts as no interpreter that did not work.
const askAgain = 5 * time.Second

// ask runs the interpreter to learn its path and version; ok is false if there is
// none, or it does not work. Version managers put programs into the PATH that
// start the one for the folder, or none; asking passes them, and makes every
// later start quicker.
func (h *Host) ask(ctx context.Context, name, folder string, arguments ...string) (found interpreter, ok bool) {
	path, err := exec.LookPath(name)
	if err != nil {
		return interpreter{}, false
	}
	key := path + "\x00" + folder
	if known, ok := h.asked.Load(key); ok {
		known := known.(askedInterpreter)
		if known.ok || time.Since(known.at) < askAgain {
			return known.interpreter, known.ok
		}
	}
	defer func() { h.asked.Store(key, askedInterpreter{found, ok, time.Now()}) }()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, arguments...)
	cmd.Dir, cmd.WaitDelay = folder, time.Second
	output, err := cmd.Output()
	first, second, two := strings.Cut(strings.TrimSpace(string(output)), "\n")
	if err != nil || !two {
		return interpreter{}, false
	}
	found = interpreter{path: strings.TrimSpace(first), version: strings.TrimSpace(second)}
	return found, true
}

// Python

func (h *Host) askPython(ctx context.Context, name, folder string) (interpreter, bool) {
	found, ok := h.ask(ctx, name, folder, "-I", "-c", "import sys; print(sys.executable); print('%d.%d.%d' % sys.version_info[:3])")
	major, minor := numbers(found.version)
	return found, ok && major == 3 && minor >= 8
}

// python finds the interpreter of a function in Python: that of a virtual
// environment at its folder, else that of its version, else any.
func (h *Host) python(ctx context.Context, f Function) (*program, error) {
	wanted := strings.TrimPrefix(f.Runtime, "python")
	if venv := virtualEnvironment(f.Folder); venv != "" {
		if found, ok := h.askPython(ctx, inVirtualEnvironment(venv, "python"), f.Folder); ok {
			p, err := h.pythonProgram(f, found, wanted)
			if err == nil {
				p.variables["VIRTUAL_ENV"] = venv
				p.variables["PATH"] = filepath.Dir(inVirtualEnvironment(venv, "python")) + string(os.PathListSeparator) + inheritMark
			}
			return p, err
		}
	}
	var best interpreter
	for _, name := range []string{"python" + wanted, "python3", "python"} {
		found, ok := h.askPython(ctx, name, f.Folder)
		if ok && found.minor() == wanted {
			return h.pythonProgram(f, found, wanted)
		}
		if ok && best.path == "" {
			best = found
		}
	}
	for minor := 20; best.path == "" && minor >= 8; minor-- {
		best, _ = h.askPython(ctx, "python3."+strconv.Itoa(minor), f.Folder)
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case best.path == "":
		return nil, cannot(fmt.Sprintf("%s needs Python, and no Python 3.8 or later is in the PATH: install Python %s (https://www.python.org/downloads)", f.Runtime, wanted))
	}
	return h.pythonProgram(f, best, wanted)
}

func (h *Host) pythonProgram(f Function, found interpreter, wanted string) (*program, error) {
	folder, err := h.files.folder()
	if err != nil {
		return nil, err
	}
	p := &program{
		command: []string{found.path, filepath.Join(folder, "bootstrap.py")}, folder: folder, secret: true, version: "python:" + found.version,
		variables: map[string]string{"LC_CTYPE": "C.UTF-8"},
	}
	if found.minor() != wanted {
		p.note = fmt.Sprintf("%s is asked for, and Python %s runs it (%s)", f.Runtime, found.version, found.path)
	}
	var modules []string
	for _, layer := range slices.Backward(f.Layers) {
		modules = appendFolder(modules, layer, "python", "lib", "python"+found.minor(), "site-packages")
		modules = appendFolder(modules, layer, "python")
	}
	if len(modules) > 0 {
		p.variables["PYTHONPATH"] = joinPaths(modules)
	}
	return p, nil
}

// virtualEnvironment returns the virtual environment of Python that is for a
// folder: in it, else the one that is active, else in a folder above it, up to
// the root of the project; "" if there is none.
func virtualEnvironment(folder string) string {
	if venv := virtualEnvironmentIn(folder); venv != "" {
		return venv
	}
	if venv := os.Getenv("VIRTUAL_ENV"); venv != "" {
		return venv
	}
	home, _ := os.UserHomeDir()
	for {
		if _, err := os.Stat(filepath.Join(folder, ".git")); err == nil {
			return ""
		}
		above := filepath.Dir(folder)
		if above == folder || above == home {
			return ""
		}
		folder = above
		if venv := virtualEnvironmentIn(folder); venv != "" {
			return venv
		}
	}
}

func virtualEnvironmentIn(folder string) string {
	for _, name := range []string{".venv", "venv"} {
		venv := filepath.Join(folder, name)
		if _, err := os.Stat(filepath.Join(venv, "pyvenv.cfg")); err == nil {
			return venv
		}
	}
	return ""
}

// inVirtualEnvironment is where a virtual environment has a program.
func inVirtualEnvironment(venv, name string) string {
	if runtime.GOOS == "windows" {
		return filepath.Join(venv, "Scripts", name+".exe")
	}
	return filepath.Join(venv, "bin", name)
}

// Node

// node finds the interpreter of a function in JavaScript.
func (h *Host) node(ctx context.Context, f Function) (*program, error) {
	wanted := strings.TrimSuffix(strings.TrimPrefix(f.Runtime, "nodejs"), ".x")
	found, ok := h.ask(ctx, "node", f.Folder, "-p", `process.execPath + "\n" + process.versions.node`)
	major, _ := numbers(found.version)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case !ok:
		return nil, cannot(fmt.Sprintf("%s needs Node, and no node is in the PATH: install Node %s (https://nodejs.org)", f.Runtime, wanted))
	case major < 18:
		return nil, cannot(fmt.Sprintf("%s needs Node 18 or later, and the node in the PATH is %s (%s): install Node %s (https://nodejs.org)", f.Runtime, found.version, found.path, wanted))
	}
	folder, err := h.files.folder()
	if err != nil {
		return nil, err
	}
	p := &program{command: []string{found.path, filepath.Join(folder, "bootstrap.mjs")}, folder: folder, secret: true, version: "nodejs:" + found.version}
	if wanted != strconv.Itoa(major) {
		p.note = fmt.Sprintf("%s is asked for, and Node %s runs it (%s)", f.Runtime, found.version, found.path)
	}
	var modules []string
	for _, layer := range slices.Backward(f.Layers) {
		modules = appendFolder(modules, layer, "nodejs", "node"+strconv.Itoa(major), "node_modules")
		modules = appendFolder(modules, layer, "nodejs", "node_modules")
	}
	p.variables = map[string]string{"NODE_PATH": joinPaths(append(modules, f.Folder))}
	return p, nil
}
