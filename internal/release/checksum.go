package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// This file writes and checks the checksums of a release, in the form of sha256sum.

const checksumsFile = "checksums.txt"

// writeChecksums writes the SHA-256 of files in a folder.
func writeChecksums(folder string, files []string) error {
	var b strings.Builder
	for _, file := range slices.Sorted(slices.Values(files)) {
		sum, err := checksum(filepath.Join(folder, file))
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s  %s\n", sum, file)
	}
	return os.WriteFile(filepath.Join(folder, checksumsFile), []byte(b.String()), 0o644)
}

// checkChecksums checks that a folder has exactly the files that its checksums name, and
// returns them.
func checkChecksums(folder string) (files []string, err error) {
	text, err := os.ReadFile(filepath.Join(folder, checksumsFile))
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		want, file, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if !ok || filepath.Base(file) != file {
			return nil, fmt.Errorf("%s: %q is no line of it", checksumsFile, line)
		}
		got, err := checksum(filepath.Join(folder, file))
		if err != nil {
			return nil, err
		}
		if got != want {
			return nil, fmt.Errorf("%s has the SHA-256 %s, and %s says %s", file, got, checksumsFile, want)
		}
		files = append(files, file)
	}
	present, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	for _, file := range present {
		if file.Name() != checksumsFile && !slices.Contains(files, file.Name()) {
			return nil, fmt.Errorf("%s does not name %s", checksumsFile, file.Name())
		}
	}
	return files, nil
}

func checksum(path string) (string, error) {
	content, err := os.ReadFile(path)
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:]), err
}
