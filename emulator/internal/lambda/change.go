package lambda

import (
	"encoding/binary"
	"hash/fnv"
	"io/fs"
	"path/filepath"
	"strings"
	"time"
)

// This file notices that the files of a function have changed. It looks at their
// times when the function is called, which costs some microseconds for the few
// files that a function usually has, and needs nothing while nobody calls.

// maxFiles is how many files are looked at.
const maxFiles = 10_000

// A watch is what the files of a function looked like.
type watch struct {
	sum  uint64
	at   time.Time     // when they were looked at
	took time.Duration // and for how long
}

// due reports whether to look again. Looking takes up to a tenth of the time:
// with thousands of files it is not done at every call.
func (w watch) due(now time.Time) bool { return now.Sub(w.at) >= 10*w.took }

// look looks at the files below the folders of a function.
func look(folders []string, now func() time.Time) watch {
	w := watch{at: now()}
	sum := fnv.New64a()
	var buffer [16]byte
	files := 0
	for _, folder := range folders {
		filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return nil // unreadable, or just deleted: the next look differs
			case entry.IsDir() && path != folder && isSkipped(entry.Name()):
				return fs.SkipDir
			case entry.IsDir() || entry.Name() == ".DS_Store":
				return nil
			}
			info, err := entry.Info()
			if err != nil {
				return nil
			}
			if files++; files > maxFiles {
				return fs.SkipAll
			}
			binary.LittleEndian.PutUint64(buffer[:8], uint64(info.ModTime().UnixNano()))
			binary.LittleEndian.PutUint64(buffer[8:], uint64(info.Size()))
			sum.Write([]byte(path))
			sum.Write(buffer[:])
			return nil
		})
	}
	w.sum = sum.Sum64()
	w.took = now().Sub(w.at)
	return w
}

// isSkipped reports whether a folder has no code that is edited: packages,
// caches, and what tools keep.
func isSkipped(name string) bool {
	switch name {
	case "node_modules", "__pycache__", "venv", "site-packages", "target":
		return true
	}
	return strings.HasPrefix(name, ".")
}

// watched returns the folders whose files make a function.
func watched(f Function) []string {
	folders := append([]string{f.Folder}, f.Layers...)
	if len(f.Command) == 0 && (strings.HasPrefix(f.Runtime, "provided") || strings.HasPrefix(f.Runtime, "go")) {
		if source := goSource(f); source != "" {
			folders = append(folders, goRoot(source))
		}
	}
	return folders
}
