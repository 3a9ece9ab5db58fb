package sourcefile_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/aslocal/aslocal/internal/sourcefile"
)

// tree makes a folder with a file outside of it.
func tree(t *testing.T) (folder string) {
	t.Helper()
	base := t.TempDir()
	folder = filepath.Join(base, "folder")
	for name, text := range map[string]string{"secret": "s", "folder/a.json": "a", "folder/sub/b.json": "b"} {
		path := filepath.Join(base, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{"out": filepath.Join(base, "secret"), "up": "../secret", "in": "sub/b.json", "dir": base} {
		if err := os.Symlink(target, filepath.Join(folder, link)); err != nil {
			t.Skip(err) // not allowed on this system
		}
	}
	return folder
}

func TestInside(t *testing.T) {
	folder := tree(t)
	for path, want := range map[string]string{
		"a.json": "a", "sub/b.json": "b", "in": "b", "sub/../a.json": "a", filepath.Join(folder, "a.json"): "a",
	} {
		if got, err := sourcefile.Inside(folder, path); err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v", path, got, err)
		}
		if err := sourcefile.Contains(folder, path); err != nil {
			t.Errorf("Contains(%s): %v", path, err)
		}
	}
	for _, path := range []string{"../secret", "out", "up", "dir/secret", filepath.Join(folder, "..", "secret"), "/etc/passwd"} {
		if got, err := sourcefile.Inside(folder, path); !errors.Is(err, sourcefile.ErrOutside) {
			t.Errorf("%s: got %q, %v, want ErrOutside", path, got, err)
		}
		if err := sourcefile.Contains(folder, path); !errors.Is(err, sourcefile.ErrOutside) {
			t.Errorf("Contains(%s): got %v, want ErrOutside", path, err)
		}
	}
	if _, err := sourcefile.Inside(folder, "none"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want ErrNotExist", err)
	}
	if _, err := sourcefile.Inside(folder, "sub"); err == nil || errors.Is(err, sourcefile.ErrOutside) {
		t.Errorf("a folder: got %v", err)
	}
	if err := sourcefile.Contains(folder, "."); err != nil {
		t.Errorf("Contains(.): %v", err)
	}
}

// The error names the file as the user would.
func TestInsideNamesTheFile(t *testing.T) {
	folder := tree(t)
	_, err := sourcefile.Inside(folder, "none")
	if want := filepath.Join(folder, "none") + ": no such file or directory"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
