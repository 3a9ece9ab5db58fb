package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/testcase"
	"github.com/aslocal/aslocal/internal/sourcefile"
	"github.com/aslocal/aslocal/internal/template"
)

// This file finds test files, and the state machines that they test.

// A suite is a test file with the state machine that it tests.
type suite struct {
	path      string // of the test file
	named     bool   // on the command line
	file      *testcase.File
	selected  []*testcase.Case // that are to run
	machine   *testcase.Machine
	template  *template.Machine // the definition, and its places
	target    string            // the definition as the command line names it
	snapshots *testcase.Snapshots

	problem, hint string // why it cannot be run
	code          int    // that the command ends with then
}

// suites are the test files that were found.
type suites struct {
	suites []*suite
	files  []string // that they are made of, and the folders that were searched
}

// cases is how many cases are to run.
func (s *suites) cases() (n int) {
	for _, one := range s.suites {
		n += len(one.selected)
	}
	return n
}

func (s *suites) broken() bool { return s.code() != 0 }

// code is the exit code if a suite cannot be run, else 0.
func (s *suites) code() (code int) {
	for _, one := range s.suites {
		code = max(code, one.code)
	}
	return code
}

// maxTestFiles is how many test files are run.
const maxTestFiles = 10_000

// find finds the test files that the paths name, or that are in the folders.
func (t *tester) find(paths []string) (*suites, error) {
	found := new(suites)
	var files []string
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, exit(ExitUsage, "", "%v", err)
		}
		if !info.IsDir() {
			files = append(files, path)
			continue
		}
		err = filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && name != path && (skipped(d.Name()) || d.Name() == cdkOut):
				return fs.SkipDir
			case d.IsDir():
				found.files = append(found.files, name)
			case isTestFile(name):
				files = append(files, name)
			}
			if len(files) > maxTestFiles || len(found.files) > maxFolders {
				return exit(ExitUsage, "name the folders that have tests", "%s has more than %d test files or %d folders", path, maxTestFiles, maxFolders)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(files)
	for _, path := range slices.Compact(files) {
		s := &suite{path: path, named: slices.Contains(paths, path)}
		found.suites = append(found.suites, s)
		read, err := t.read(s, paths)
		found.files = append(found.files, read...)
		if err != nil {
			s.fail(err)
		}
	}
	return found, nil
}

// isTestFile reports whether a file is a test file by its name.
func isTestFile(path string) bool {
	name := filepath.Base(path)
	for _, ending := range []string{".test.yaml", ".test.yml", ".test.json"} {
		if rest, ok := strings.CutSuffix(name, ending); ok && rest != "" {
			return true
		}
	}
	return false
}

// fail notes why a suite cannot be run.
func (s *suite) fail(err error) {
	s.problem, s.code, s.selected = err.Error(), ExitInvalid, nil
	if e, ok := errors.AsType[*exitError](err); ok {
		s.problem, s.hint, s.code = e.message, e.hint, e.code
	}
}

// read reads a test file and its definition, and returns the files that it has read.
func (t *tester) read(s *suite, paths []string) (files []string, err error) {
	files = []string{s.path, testcase.SnapshotFile(s.path)}
	text, err := s.text()
	if err != nil {
		return files, err
	}
	if s.file, err = testcase.Parse(s.path, string(text)); err != nil {
		return files, err
	}
	if s.snapshots, err = testcase.OpenSnapshots(s.path, t.update); err != nil {
		return files, err
	}
	read, err := t.readDefinition(s, paths)
	return append(files, read...), err
}

// readDefinition reads the definition of a test file, and chooses the cases to run. It
// returns the files that it has read.
func (t *tester) readDefinition(s *suite, paths []string) (files []string, err error) {
	path, machine, err := s.definition()
	if err != nil {
		return nil, err
	}
	files = []string{path}
	text, err := readReferred(s.path, path, paths)
	if err != nil {
		return files, exit(ExitInvalid, "definition says where it is, from the folder of the test file", "%s: the definition: %v", s.path, err)
	}
	files = append(files, cmp.Or(t.config, filepath.Join(filepath.Dir(path), settingsFile)))
	config, _, err := t.load(filepath.Dir(path))
	if err != nil {
		return files, err
	}
	l := &launcher{settings: t.settings, substitute: s.file.Substitutions}
	p, m, err := l.choose(path, machine, text, config)
	if err != nil {
		return files, err
	}
	files = append(files, m.File) // of a template, the definition may be another file
	found := m.Validate(asl.Options{})
	if found.HasErrors() || !m.Definition.Root.Exists() {
		return files, exit(ExitInvalid, "", "%s", formatted(m, found))
	}
	name := cmp.Or(m.LocalName, nameOf(path))
	s.template, s.target = m, path
	if machine != "" {
		s.target += "#" + machine
	}
	s.machine = &testcase.Machine{
		Name: name, Definition: m.Definition, Text: m.Definition.JSON(), Limit: t.timeout, Options: t.options(&config), Prepare: preparation(p, config),
	}
	for i := range s.file.Cases {
		if one := &s.file.Cases[i]; t.run.MatchString(name + "/" + one.Name) {
			s.selected = append(s.selected, one)
		}
	}
	mocks, err := s.useMocks(&config, paths)
	if mocks != "" {
		files = append(files, mocks)
	}
	return files, err
}

// text is what the test file says. One that was found may come from somebody else: it must
// be a regular file.
func (s *suite) text() ([]byte, error) {
	if s.named {
		return sourcefile.Named(s.path)
	}
	return sourcefile.Inside(filepath.Dir(s.path), filepath.Base(s.path))
}

// options are those of the emulator of a case, for calls that are real. Mocks and faults
// are the case's own. Nothing is sent to logs and EventBridge.
func (t *tester) options(config *file) []emulator.Option {
	plain := *config
	plain.mocks, plain.faults = "", nil
	return append(plain.options(), emulator.WithoutDelivery())
}

// preparation sets an emulator up with the other state machines and the functions of a
// project.
func preparation(p *project, config file) func(context.Context, *emulator.Emulator) (func() error, error) {
	return func(ctx context.Context, em *emulator.Emulator) (func() error, error) {
		r := newRegistrar(em)
		r.apply(ctx, p)
		if len(p.functions) == 0 {
			return r.close, nil
		}
		stop, err := serveFunctions(em, config)
		if err != nil {
			return nil, errors.Join(err, r.close())
		}
		return func() error { return errors.Join(stop(), r.close()) }, nil
	}
}

// definition is the path of the definition of a test file, and the name of one of several
// state machines in it.
func (s *suite) definition() (path, machine string, err error) {
	folder := filepath.Dir(s.path)
	if s.file.Definition != "" {
		path, machine = s.file.Definition, ""
		if before, after, ok := cutLast(path, "#"); ok {
			path, machine = before, after
		}
		if !filepath.IsAbs(path) {
			path = filepath.Join(folder, path)
		}
		return path, machine, nil
	}
	base := s.path
	for _, ending := range []string{".yaml", ".yml", ".json", ".test"} {
		base = strings.TrimSuffix(base, ending)
	}
	if path, ok := definitionBeside(base); ok {
		return path, "", nil
	}
	return "", "", exit(ExitInvalid, "definition: PATH at its top names another one", "%s: there is no %s.asl.json, .asl.yaml or .asl.yml beside it", s.path, filepath.Base(base))
}

// readReferred reads a file that a test file names: inside the working folder or that of
// the test file, or inside or the same as one of the paths of the command line.
func readReferred(testFile, path string, paths []string) (text []byte, err error) {
	for _, root := range append([]string{".", filepath.Dir(testFile)}, paths...) {
		if info, err := os.Stat(root); err == nil && !info.IsDir() {
			root = filepath.Dir(root)
		}
		full, wrong := filepath.Abs(path)
		if wrong != nil {
			return nil, wrong
		}
		if text, err = sourcefile.Inside(root, full); !errors.Is(err, sourcefile.ErrOutside) {
			return text, err
		}
	}
	return nil, fmt.Errorf("%s lies outside of this folder; it is read if its folder is a PATH, too", path)
}

// useMocks reads the mock configuration, if a case wants it, and returns its path.
func (s *suite) useMocks(config *file, paths []string) (path string, err error) {
	if !slices.ContainsFunc(s.file.Cases, func(c testcase.Case) bool { return c.MockCase != "" }) {
		return "", nil
	}
	path = config.mocks
	if s.file.MockConfig != "" {
		path = s.file.MockConfig
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(s.path), path)
		}
		if _, err := readReferred(s.path, path, paths); err != nil {
			return path, exit(ExitInvalid, "", "%s: mockConfig: %v", s.path, err)
		}
	}
	if path == "" {
		return "", nil // a case that wants it says so
	}
	return path, s.machine.UseMockConfig(path)
}

// line is the line of the definition's file that a JSON pointer leads to; 0 if it is not
// known.
func (s *suite) line(pointer string) int {
	key, v, ok := s.template.Definition.Place(pointer)
	if !ok {
		return 0
	}
	if !key.Known() {
		key = v
	}
	return s.template.Place(key).Start.Line
}
