package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// This file packs what users get: the program, the licences and README.md. Files come in one
// order, belong to nobody, and have the time of the commit, so that the bytes are the same
// whoever packs them.

// licencesFile has the licences of all that is linked.
const licencesFile = "THIRD_PARTY_LICENSES.txt"

// A packed file is one of an archive.
type packed struct {
	name    string
	program bool
	content []byte
}

// pack writes the archive of a platform and returns its name.
func (r *release) pack(ctx context.Context, s *source, p platform, binary, out string) (string, error) {
	licences, err := licences(ctx, s, p)
	if err != nil {
		return "", fmt.Errorf("licences: %w", err)
	}
	files := []packed{{name: p.binary(), program: true}, {name: "LICENSE"}, {name: "NOTICE"}, {name: "README.md"}, {name: licencesFile, content: licences}}
	for i, from := range []string{binary, filepath.Join(s.folder, "LICENSE"), filepath.Join(s.folder, "NOTICE"), filepath.Join(s.folder, "README.md")} {
		if files[i].content, err = os.ReadFile(from); err != nil {
			return "", err
		}
	}
	name, write := r.name(p)+".tar.gz", writeTar
	if p.os == "windows" {
		name, write = r.name(p)+".zip", writeZip
	}
	var b bytes.Buffer
	if err := write(&b, files, s.date); err != nil {
		return "", err
	}
	return name, os.WriteFile(filepath.Join(out, name), b.Bytes(), 0o644)
}

func (f packed) mode() os.FileMode {
	if f.program {
		return 0o755
	}
	return 0o644
}

func writeTar(w io.Writer, files []packed, date time.Time) error {
	compressed, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	t := tar.NewWriter(compressed)
	for _, f := range files {
		header := &tar.Header{Typeflag: tar.TypeReg, Name: f.name, Size: int64(len(f.content)), Mode: int64(f.mode()), ModTime: date, Format: tar.FormatUSTAR}
		if err := t.WriteHeader(header); err != nil {
			return err
		}
		if _, err := t.Write(f.content); err != nil {
			return err
		}
	}
	if err := t.Close(); err != nil {
		return err
	}
	return compressed.Close()
}

func writeZip(w io.Writer, files []packed, date time.Time) error {
	z := zip.NewWriter(w)
	for _, f := range files {
		header := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: date}
		header.SetMode(f.mode())
		file, err := z.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := file.Write(f.content); err != nil {
			return err
		}
	}
	return z.Close()
}

// unpack reads an archive.
func unpack(path string) ([]packed, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if filepath.Ext(path) == ".zip" {
		return readZip(content)
	}
	return readTar(content)
}

func readTar(content []byte) ([]packed, error) {
	compressed, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	var files []packed
	for t := tar.NewReader(compressed); ; {
		header, err := t.Next()
		if err == io.EOF {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(t)
		if err != nil {
			return nil, err
		}
		files = append(files, packed{header.Name, header.Mode&0o111 != 0, text})
	}
}

func readZip(content []byte) ([]packed, error) {
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, err
	}
	var files []packed
	for _, file := range z.File {
		opened, err := file.Open()
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(opened)
		if err != nil {
			return nil, err
		}
		files = append(files, packed{file.Name, file.Mode()&0o111 != 0, text})
	}
	return files, nil
}
