package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"debug/buildinfo"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/value"
)

// These tests check the parts of a release. make release checks a whole one itself.

const someCommit = "f9483e7c0a4b52fd3d0f5a5d6f5d0a3c1b2e4f60"

// The version is the one that is asked for, or that of the tag, or one that names the commit; a
// release has the version that the code names.
func TestVersionOfARelease(t *testing.T) {
	for _, test := range []struct {
		name, asked string
		tags        []string
		want, err   string
	}{
		{"neither", "", nil, "v0.3.0-dev.gf9483e7c0a4b", ""},
		{"a tag", "", []string{"v0.3.0"}, "v0.3.0", ""},
		{"two tags say nothing", "", []string{"v0.3.0", "v0.3.0-rc.1"}, "v0.3.0-dev.gf9483e7c0a4b", ""},
		{"a version goes before a tag", "v0.3.0-rc.2", []string{"v0.3.0"}, "v0.3.0-rc.2", ""},
		{"no v", "0.3.0", nil, "", `VERSION: expected one such as v0.3.0, got "0.3.0"`},
		{"two numbers", "v0.3", nil, "", `VERSION: expected one such as v0.3.0, got "v0.3"`},
		{"metadata", "v0.3.0+1", nil, "", `VERSION: expected one such as v0.3.0, got "v0.3.0+1"`},
		{"a path", "v0.3.0-../x", nil, "", `VERSION: expected one such as v0.3.0, got "v0.3.0-../x"`},
		{"another version than the code has", "v0.4.0", nil, "", "VERSION is v0.4.0, and NextVersion in internal/cli/version.go says v0.3.0"},
		{"a tag of another version", "", []string{"v0.4.0"}, "", "VERSION is v0.4.0, and NextVersion in internal/cli/version.go says v0.3.0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := settle(test.asked, test.tags, someCommit, "0.3.0")
			if said := text(err); got != test.want || said != test.err {
				t.Errorf("got %q, %s, want %q, %s", got, said, test.want, test.err)
			}
		})
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// A release needs its section in the changelog, a candidate does not.
func TestChangelogOfARelease(t *testing.T) {
	const changes = "# Changelog\n\n## Unreleased\n\n## 0.3.0 - 2026-12-01\n\n## 0.2.0\n"
	for version, ok := range map[string]bool{"v0.3.0": true, "v0.2.0": false, "v0.30.0": false, "v0.4.0": false, "v0.4.0-rc.1": true} {
		r := release{version: version}
		if err := r.announced(changes); (err == nil) != ok {
			t.Errorf("%s: got %v", version, err)
		}
	}
}

// The version of the code is a release's to come: the changelog has none that is as new.
func TestNextVersionIsNext(t *testing.T) {
	changes, err := os.ReadFile("../../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile(filepath.Join("../..", versionFile))
	if err != nil {
		t.Fatal(err)
	}
	next := nextVersion.FindSubmatch(code)
	if next == nil || !versionForm.MatchString("v"+string(next[1])) || bytes.Contains(next[1], []byte("-")) {
		t.Fatalf("NextVersion is %q", next)
	}
	if strings.Contains(string(changes), "\n## Unreleased\n") && strings.Contains(string(changes), "\n## "+string(next[1])+" ") {
		t.Errorf("CHANGELOG.md has the release %s, and changes after it: NextVersion in %s has to be the next one", next[1], versionFile)
	}
}

// repository makes one with a commit.
func repository(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for name, content := range map[string]string{"go.mod": "module m\n\ngo 1.26.8\n", "CHANGELOG.md": "## 0.3.0 - 2026-12-01\n", ".gitignore": "ignored\n",
		versionFile: "package cli\n\nconst NextVersion = \"0.3.0\"\n"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(folder, name), content)
	}
	for _, args := range [][]string{{"init", "--quiet"}, {"add", "-A"}, {"commit", "--quiet", "-m", "one"}} {
		c := exec.Command("git", args...)
		c.Dir = folder
		c.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.test", "GIT_COMMITTER_NAME=a",
			"GIT_COMMITTER_EMAIL=a@example.test", "GIT_COMMITTER_DATE=2026-12-01T10:00:00+02:00")
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	return folder
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// The source is a commit, with the version as its only tag; what is not committed is refused.
func TestCheckOut(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git")
	}
	repo := repository(t)
	if _, err := git(t.Context(), repo, "tag", "v0.1.0"); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(repo, "ignored"), "a secret")
	r := release{version: "v0.3.0"}
	s, err := checkOut(t.Context(), repo, filepath.Join(t.TempDir(), "a", "b"), &r)
	if err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC); !s.date.Equal(want) || s.date.Location() != time.UTC || s.goes != "1.26.8" || len(s.commit) != 40 {
		t.Errorf("got %+v, want the date %s and Go 1.26.8", s, want)
	}
	if tags, err := git(t.Context(), s.folder, "tag"); err != nil || tags != "v0.3.0" {
		t.Errorf("tags: got %q, %v, want v0.3.0", tags, err)
	}
	if _, err := os.Stat(filepath.Join(s.folder, "ignored")); err == nil {
		t.Error("a file that is not committed is in the source")
	}
	write(t, filepath.Join(repo, "new"), "x")
	if _, err := checkOut(t.Context(), repo, filepath.Join(t.TempDir(), "c"), &r); err == nil || !strings.Contains(err.Error(), "?? new") {
		t.Errorf("a new file: got %v", err)
	}
}

// Archives are the same whenever they are made, and hold what was put in.
func TestArchives(t *testing.T) {
	date := time.Date(2026, 12, 1, 8, 0, 1, 0, time.UTC)
	files := []packed{{"aslocal", true, []byte("program")}, {"LICENSE", false, []byte("text")}}
	for name, form := range map[string]struct {
		write func(*bytes.Buffer) error
		read  func([]byte) ([]packed, error)
	}{
		"tar": {func(b *bytes.Buffer) error { return writeTar(b, files, date) }, readTar},
		"zip": {func(b *bytes.Buffer) error { return writeZip(b, files, date) }, readZip},
	} {
		var first, second bytes.Buffer
		if err := form.write(&first); err != nil {
			t.Fatal(err)
		}
		if err := form.write(&second); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Errorf("%s: two archives of the same differ", name)
		}
		if got, err := form.read(first.Bytes()); err != nil || !reflect.DeepEqual(got, files) {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}

	var b bytes.Buffer
	if err := writeTar(&b, files, date); err != nil {
		t.Fatal(err)
	}
	compressed, err := gzip.NewReader(&b)
	if err != nil || compressed.Name != "" || !compressed.ModTime.IsZero() {
		t.Fatalf("gzip: %v, %+v", err, compressed.Header)
	}
	header, err := tar.NewReader(compressed).Next()
	if err != nil || header.Mode != 0o755 || !header.ModTime.Equal(date) || header.Uid != 0 || header.Uname != "" {
		t.Errorf("tar: %v, %+v", err, header)
	}
	b.Reset()
	if err := writeZip(&b, files, date); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil || z.File[0].Mode() != 0o755 || !z.File[0].Modified.Equal(date) {
		t.Errorf("zip: %v, %+v", err, z.File[0])
	}
}

// Each work has its licences, those of what a package embeds too, and none goes without.
func TestLicences(t *testing.T) {
	root := t.TempDir()
	for name, content := range map[string]string{
		"go/LICENSE": "of Go", "go/src/fmt/LICENSE.go": "code",
		"m/LICENSE": "of m\r\nin two lines\n", "m/NOTICE.txt": "notice of m", "m/a/b/COPYING": "of b", "m/c/LICENSE": "not linked", "m/licenses.go": "code",
		"ours/LICENSE": "ours", "ours/p/fonts/LICENCE": "of the fonts", "ours/p/fonts/f.bin": "x",
		"none/README": "nothing",
	} {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, path, content)
	}
	linked := func(folder, module string, main bool, embedded ...string) linkedPackage {
		p := linkedPackage{Dir: filepath.Join(root, filepath.FromSlash(folder)), EmbedFiles: embedded}
		p.Module = &struct {
			Path, Version, Dir string
			Main               bool
		}{module, "v1.0.0", filepath.Join(root, module), main}
		return p
	}
	packages := []linkedPackage{{Dir: filepath.Join(root, "go", "src", "fmt"), Standard: true}, linked("m/a/b", "m", false), linked("ours/p", "ours", true, "fonts/f.bin")}
	works, err := worksOf(packages, filepath.Join(root, "go"), "1.26.8")
	if err != nil {
		t.Fatal(err)
	}
	got, err := writeLicences(works)
	line := strings.Repeat("=", 100)
	part := func(name, text string) string { return "\n" + line + "\n" + name + "\n" + line + "\n\n" + text + "\n" }
	want := "aslocal contains the following works of others. Their licences and notices are below.\n\n" +
		"  Go 1.26.8 (its standard library)\n  m v1.0.0\n  ours: what others have made\n" +
		part("Go 1.26.8 (its standard library): LICENSE", "of Go") + part("m v1.0.0: LICENSE", "of m\nin two lines") + part("m v1.0.0: NOTICE.txt", "notice of m") +
		part("m v1.0.0: a/b/COPYING", "of b") + part("ours: what others have made: p/fonts/LICENCE", "of the fonts")
	if err != nil || string(got) != want {
		t.Errorf("got %v\n%s\nwant\n%s", err, got, want)
	}
	works, err = worksOf(append(packages, linked("none", "none", false)), filepath.Join(root, "go"), "1.26.8")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writeLicences(works); err == nil || !strings.HasPrefix(err.Error(), "none v1.0.0: ") {
		t.Errorf("a module without a licence: got %v", err)
	}
}

// Checksums are those of sha256sum; a file that was changed, is gone, or came to them is found.
func TestChecksums(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"b", "a"} {
		write(t, filepath.Join(folder, name), name)
	}
	if err := writeChecksums(folder, []string{"b", "a"}); err != nil {
		t.Fatal(err)
	}
	const want = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb  a\n3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d  b\n"
	if got, err := os.ReadFile(filepath.Join(folder, checksumsFile)); err != nil || string(got) != want {
		t.Errorf("got %v\n%s\nwant\n%s", err, got, want)
	}
	if files, err := checkChecksums(folder); err != nil || !slices.Equal(files, []string{"a", "b"}) {
		t.Errorf("got %q, %v", files, err)
	}
	for _, test := range []struct {
		name   string
		change func()
	}{
		{"a file more", func() { write(t, filepath.Join(folder, "c"), "c") }},
		{"a file changed", func() { os.Remove(filepath.Join(folder, "c")); write(t, filepath.Join(folder, "b"), "x") }},
		{"a file less", func() { os.Remove(filepath.Join(folder, "b")) }},
		{"a path out of here", func() { write(t, filepath.Join(folder, checksumsFile), "00  ../x\n") }},
	} {
		test.change()
		if _, err := checkChecksums(folder); err == nil {
			t.Errorf("%s is not found", test.name)
		}
	}
}

// An SBOM is held to the binary.
func TestSBOMIsChecked(t *testing.T) {
	info := &buildinfo.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Path: "github.com/aslocal/aslocal", Version: "v0.3.0"}, Deps: []*debug.Module{
		{Path: "a", Version: "v1.0.0"}, {Path: "b", Version: "v1.0.0", Replace: &debug.Module{Path: "c", Version: "v2.0.0"}},
	}}
	component := func(name, version string) value.Value {
		return value.OfMembers("name", value.OfString(name), "version", value.OfString(version))
	}
	components := []value.Value{component("std", "go1.26.8"), component("a", "v1.0.0"), component("c", "v2.0.0")}
	sbom := value.OfMembers("bomFormat", value.OfString("CycloneDX"), "specVersion", value.OfString(sbomForm),
		"metadata", value.OfMembers("component", component(info.Main.Path, "v0.3.0")), "components", value.OfSlice(components))
	first := sbom.Get("components").Index(0)
	for _, test := range []struct {
		name string
		sbom value.Value
		want string // what the error begins with
	}{
		{"it agrees", sbom, ""},
		{"another form", sbom.With("bomFormat", value.OfString("SPDX")), `it has the form "SPDX" "1.6"`},
		{"another version", sbom.With("metadata", value.OfMembers("component", component(info.Main.Path, "v0.2.0"))), "it is about "},
		{"a module less", sbom.With("components", value.OfSlice(components[1:])), `it has std ""`},
		{"a module more", sbom.With("components", value.OfSlice(append(slices.Clone(components), component("x", "v1.0.0")))), "it names "},
		{"an older module", sbom.With("components", value.OfSlice(append(slices.Clone(components[1:]), first.With("version", value.OfString("go1.2"))))), `it has std "go1.2"`},
	} {
		if got := text(checkSBOM([]byte(test.sbom.String()), info, "v0.3.0")); test.want == "" && got != "" || !strings.HasPrefix(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
	if checkSBOM([]byte("{"), info, "v0.3.0") == nil || checkSBOM([]byte(sbom.String()), new(buildinfo.BuildInfo), "v0.3.0") == nil {
		t.Error("what is no SBOM, or a binary that says nothing, passes")
	}
}

// A binary that was not built as a release is found.
func TestBuildsAreChecked(t *testing.T) {
	s, p := &source{commit: someCommit, goes: "1.26.8"}, platform{"linux", "arm64"}
	good := func() *buildinfo.BuildInfo {
		return &buildinfo.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Version: "v0.3.0"}, Settings: []debug.BuildSetting{
			{Key: "GOOS", Value: "linux"}, {Key: "GOARCH", Value: "arm64"}, {Key: "CGO_ENABLED", Value: "0"}, {Key: "-trimpath", Value: "true"},
			{Key: "vcs.revision", Value: someCommit}, {Key: "vcs.modified", Value: "false"},
		}}
	}
	if err := checkBuild(good(), s, p, "v0.3.0"); err != nil {
		t.Error(err)
	}
	for i, setting := range good().Settings {
		bad := good()
		bad.Settings[i].Value = "x"
		if got, want := text(checkBuild(bad, s, p, "v0.3.0")), "the binary has "+setting.Key+`="x", want `; !strings.HasPrefix(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if checkBuild(good(), s, p, "v0.2.0") == nil || checkBuild(good(), &source{commit: someCommit, goes: "1.26.9"}, p, "v0.3.0") == nil {
		t.Error("another version of aslocal, or of Go, passes")
	}
}

// The folder of a release is emptied of releases, and of nothing else.
func TestEmptied(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "dist")
	if err := emptied(folder); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"aslocal_0.1.0_linux_amd64.tar.gz", checksumsFile} {
		write(t, filepath.Join(folder, name), "x")
	}
	if err := emptied(folder); err != nil {
		t.Fatal(err)
	}
	if files, err := os.ReadDir(folder); err != nil || len(files) != 0 {
		t.Errorf("got %v, %v", files, err)
	}
	write(t, filepath.Join(folder, "aslocal_0.1.0_linux_amd64.tar.gz"), "x")
	write(t, filepath.Join(folder, "thesis.tex"), "x")
	if err := emptied(folder); err == nil {
		t.Error("somebody's file is overlooked")
	}
	if files, err := os.ReadDir(folder); err != nil || len(files) != 2 {
		t.Errorf("something is gone: %v, %v", files, err)
	}
}

// Platforms are written as in the Makefile.
func TestPlatforms(t *testing.T) {
	var r release
	if err := r.choose("linux/amd64 windows/arm64"); err != nil {
		t.Fatal(err)
	}
	if want := []platform{{"linux", "amd64"}, {"windows", "arm64"}}; !slices.Equal(r.platforms, want) {
		t.Errorf("got %v, want %v", r.platforms, want)
	}
	for _, wrong := range []string{"", "linux"} {
		if new(release).choose(wrong) == nil {
			t.Errorf("%q is taken for platforms", wrong)
		}
	}
}

// The context ends Git.
func TestGitEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := git(ctx, ".", "status"); err == nil {
		t.Error("it has run")
	}
}
