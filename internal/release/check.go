package main

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file checks a release as somebody would who has fetched it.

// check checks all files of the release.
func (r *release) check(ctx context.Context, s *source, temporary string) error {
	files, err := checkChecksums(r.out)
	if err != nil {
		return err
	}
	if len(files) != 2*len(r.platforms) {
		return fmt.Errorf("there are %d files, want an archive and an SBOM for each of %d platforms", len(files), len(r.platforms))
	}
	for _, p := range r.platforms {
		if err := r.checkPlatform(ctx, s, p, temporary); err != nil {
			return fmt.Errorf("%s: %w", r.name(p), err)
		}
	}
	return nil
}

func (r *release) checkPlatform(ctx context.Context, s *source, p platform, temporary string) error {
	archive := r.name(p) + ".tar.gz"
	if p.os == "windows" {
		archive = r.name(p) + ".zip"
	}
	files, err := unpack(filepath.Join(r.out, archive))
	if err != nil {
		return err
	}
	var names []string
	for _, f := range files {
		names = append(names, f.name)
		if len(f.content) == 0 || f.program != (f.name == p.binary()) {
			return fmt.Errorf("%s is empty, or wrongly a program or not", f.name)
		}
	}
	if want := []string{p.binary(), "LICENSE", "NOTICE", "README.md", licencesFile}; !slices.Equal(names, want) {
		return fmt.Errorf("it has the files %q, want %q", names, want)
	}
	binary, texts := files[0].content, string(files[4].content)
	info, err := buildinfo.Read(bytes.NewReader(binary))
	if err != nil {
		return err
	}
	if err := checkBuild(info, s, p, r.version); err != nil {
		return err
	}
	for _, folder := range []string{temporary, goEnv("GOMODCACHE"), goEnv("GOCACHE")} {
		if folder != "" && bytes.Contains(binary, []byte(folder)) {
			return fmt.Errorf("the binary names the folder %s of the machine that has built it", folder)
		}
	}
	for _, m := range info.Deps {
		if !strings.Contains(texts, "\n"+m.Path+" "+m.Version+": ") {
			return fmt.Errorf("%s has no licence of %s %s", licencesFile, m.Path, m.Version)
		}
	}
	sbom, err := os.ReadFile(filepath.Join(r.out, r.name(p)+".cdx.json"))
	if err != nil {
		return err
	}
	if err := checkSBOM(sbom, info, r.version); err != nil {
		return fmt.Errorf("SBOM: %w", err)
	}
	if p.native() {
		return checkProgram(ctx, binary, filepath.Join(temporary, "fetched-"+p.binary()), s, p, r.version)
	}
	return nil
}

// checkBuild returns what is wrong with how a binary was built.
func checkBuild(info *buildinfo.BuildInfo, s *source, p platform, version string) error {
	settings := make(map[string]string)
	for _, setting := range info.Settings {
		settings[setting.Key] = setting.Value
	}
	for key, want := range map[string]string{
		"GOOS": p.os, "GOARCH": p.arch, "CGO_ENABLED": "0", "-trimpath": "true", "vcs.revision": s.commit, "vcs.modified": "false",
	} {
		if settings[key] != want {
			return fmt.Errorf("the binary has %s=%q, want %q", key, settings[key], want)
		}
	}
	if info.GoVersion != "go"+s.goes || info.Main.Version != version {
		return fmt.Errorf("the binary is %s, built with %s, want %s and go%s", info.Main.Version, info.GoVersion, version, s.goes)
	}
	return nil
}

// checkProgram runs a program that this machine can run.
func checkProgram(ctx context.Context, binary []byte, path string, s *source, p platform, version string) error {
	if err := os.WriteFile(path, binary, 0o755); err != nil {
		return err
	}
	out, err := output(exec.CommandContext(ctx, path, "version", "--json"))
	if err != nil {
		return err
	}
	said, err := value.ParseBytes(out)
	if err != nil {
		return err
	}
	for name, want := range map[string]value.Value{
		"version": value.OfString(strings.TrimPrefix(version, "v")), "commit": value.OfString(s.commit), "commitDate": value.OfString(s.date.Format("2006-01-02T15:04:05Z")),
		"dirty": value.False, "go": value.OfString("go" + s.goes), "os": value.OfString(p.os), "arch": value.OfString(p.arch),
	} {
		if got := said.Get(name); got.String() != want.String() {
			return fmt.Errorf("aslocal version --json says %s %s, want %s", name, got, want)
		}
	}
	return nil
}
