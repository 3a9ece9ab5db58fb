// Command release builds a release of aslocal into a folder, and checks it: an archive for each
// platform, with the licences of all that is linked, an SBOM for each binary, and checksums.
// Nothing is published.
//
//	make release VERSION=v0.1.0
//
// Everything is made of a commit, and not of the files in the work tree: the same commit gives
// the same bytes on every machine. The network is needed only for modules and tools that the
// module cache lacks.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

func main() {
	r := release{log: os.Stdout}
	var platforms, licences string
	var reproduce bool
	flag.StringVar(&r.version, "version", "", "`VERSION` such as v0.1.0; the tag of the commit if not set, else one that names the commit")
	flag.StringVar(&r.out, "out", "dist", "`FOLDER` to write, which is emptied")
	flag.StringVar(&platforms, "platforms", "", "`PLATFORMS` such as \"linux/amd64 windows/arm64\"")
	flag.BoolVar(&reproduce, "reproduce", true, "build this machine's platform again, with nothing from a cache, and compare the bytes")
	flag.StringVar(&licences, "licences", "", "write nothing but the licences of what is linked for one platform, to a `FILE`; of the files here, for images")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := r.choose(platforms)
	switch {
	case err != nil:
	case licences != "":
		err = r.licencesTo(ctx, licences)
	default:
		err = r.run(ctx, reproduce)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "release: error: %v\n", err)
		os.Exit(1)
	}
}

// A platform is what a binary is built for.
type platform struct{ os, arch string }

func (p platform) String() string { return p.os + "/" + p.arch }

// binary is the name of the program there.
func (p platform) binary() string {
	if p.os == "windows" {
		return "aslocal.exe"
	}
	return "aslocal"
}

// native reports whether this machine runs it.
func (p platform) native() bool { return p == platform{runtime.GOOS, runtime.GOARCH} }

// A release is one that is built.
type release struct {
	version   string // v0.1.0
	out       string // folder
	platforms []platform
	log       *os.File
}

// choose reads the platforms, as the Makefile lists them.
func (r *release) choose(platforms string) error {
	for _, name := range strings.Fields(platforms) {
		system, arch, ok := strings.Cut(name, "/")
		if !ok {
			return fmt.Errorf("-platforms: expected OS/ARCH, got %q", name)
		}
		r.platforms = append(r.platforms, platform{system, arch})
	}
	if len(r.platforms) == 0 {
		return errors.New("-platforms: expected one at least")
	}
	return nil
}

// name is what the files of a platform begin with.
func (r *release) name(p platform) string {
	return fmt.Sprintf("aslocal_%s_%s_%s", strings.TrimPrefix(r.version, "v"), p.os, p.arch)
}

func (r *release) run(ctx context.Context, reproduce bool) (err error) {
	temporary, err := os.MkdirTemp("", "aslocal-release-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temporary)) }()
	source, err := checkOut(ctx, ".", filepath.Join(temporary, "source"), r)
	if err != nil {
		return err
	}
	fmt.Fprintf(r.log, "aslocal %s of commit %s, %s\n", r.version, source.commit, source.date.Format(time.DateOnly))
	if err := emptied(r.out); err != nil {
		return err
	}
	var files []string
	for _, p := range r.platforms {
		made, err := r.build(ctx, source, p, filepath.Join(temporary, p.os+"-"+p.arch), r.out)
		if err != nil {
			return fmt.Errorf("%s: %w", p, err)
		}
		for _, file := range made {
			info, err := os.Stat(filepath.Join(r.out, file))
			if err != nil {
				return err
			}
			fmt.Fprintf(r.log, "  %-44s %9d bytes\n", file, info.Size())
		}
		files = append(files, made...)
	}
	if err := writeChecksums(r.out, files); err != nil {
		return err
	}
	if err := r.check(ctx, source, temporary); err != nil {
		return fmt.Errorf("the release that was built is wrong: %w", err)
	}
	fmt.Fprintf(r.log, "checked: checksums, archives, versions, licences and SBOMs of %d platforms\n", len(r.platforms))
	if reproduce {
		return r.reproduce(ctx, source, temporary)
	}
	return nil
}

// licencesTo writes the licences of what is linked for the one platform of the release.
func (r *release) licencesTo(ctx context.Context, path string) error {
	if len(r.platforms) != 1 {
		return fmt.Errorf("-licences: expected one platform, got %v", r.platforms)
	}
	s := &source{folder: "."}
	if err := s.readModule(); err != nil {
		return err
	}
	texts, err := licences(ctx, s, r.platforms[0])
	if err != nil {
		return err
	}
	return os.WriteFile(path, texts, 0o644)
}

// build makes the files of one platform, and returns their names. The folder is for what is
// needed meanwhile.
func (r *release) build(ctx context.Context, s *source, p platform, folder, out string) ([]string, error) {
	binary := filepath.Join(folder, p.binary())
	if err := compile(ctx, s, p, binary, ""); err != nil {
		return nil, err
	}
	archive, err := r.pack(ctx, s, p, binary, out)
	if err != nil {
		return nil, err
	}
	sbom := r.name(p) + ".cdx.json"
	if err := writeSBOM(ctx, binary, r.version, filepath.Join(out, sbom)); err != nil {
		return nil, fmt.Errorf("SBOM: %w", err)
	}
	return []string{archive, sbom}, nil
}

// emptied makes a folder, or empties it of the files of another release. Other files are
// somebody's.
func emptied(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	files, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, file := range files {
		if !strings.HasPrefix(file.Name(), "aslocal_") && file.Name() != checksumsFile {
			return fmt.Errorf("%s is no file of a release; -out names another folder", filepath.Join(folder, file.Name()))
		}
	}
	for _, file := range files {
		if err := os.Remove(filepath.Join(folder, file.Name())); err != nil {
			return err
		}
	}
	return nil
}
