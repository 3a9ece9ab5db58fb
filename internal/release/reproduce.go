package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// This file builds a part of a release again, and compares the bytes.

// reproduce builds the archive and the SBOM of this machine's platform from another clone, in
// another folder, with an empty build cache, and compares them with those of the release.
func (r *release) reproduce(ctx context.Context, first *source, temporary string) error {
	i := slices.IndexFunc(r.platforms, platform.native)
	if i < 0 {
		fmt.Fprintln(r.log, "not built again: this machine's platform is not among those that were built")
		return nil
	}
	p := r.platforms[i]
	again := filepath.Join(temporary, "again")
	out := filepath.Join(again, "out")
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	s := *first
	s.folder = filepath.Join(again, "other", "source")
	if err := clone(ctx, first.folder, s.commit, r.version, s.folder); err != nil {
		return err
	}
	binary := filepath.Join(again, p.binary())
	if err := compile(ctx, &s, p, binary, filepath.Join(again, "cache")); err != nil {
		return err
	}
	archive, err := r.pack(ctx, &s, p, binary, out)
	if err != nil {
		return err
	}
	sbom := r.name(p) + ".cdx.json"
	if err := writeSBOM(ctx, binary, r.version, filepath.Join(out, sbom)); err != nil {
		return err
	}
	for _, file := range []string{archive, sbom} {
		before, err := os.ReadFile(filepath.Join(r.out, file))
		now, err2 := os.ReadFile(filepath.Join(out, file))
		if err := errors.Join(err, err2); err != nil {
			return err
		}
		if !bytes.Equal(before, now) {
			return fmt.Errorf("%s is another one when it is built again from the same commit", file)
		}
	}
	fmt.Fprintf(r.log, "built again: %s is the same, byte for byte\n", archive)
	return nil
}
