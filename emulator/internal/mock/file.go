package mock

import (
	"os"
	"sync"
	"time"

	"github.com/aslocal/aslocal/internal/sourcefile"
)

// A File is a mock configuration on disk. It is safe for concurrent use.
type File struct {
	path string

	mu       sync.Mutex
	config   *Config // the last one without mistakes
	modified time.Time
	size     int64
	failed   error // of the text that is there now
}

// Open reads a file that the user has named. The error is that of reading it, or
// [Mistakes].
func Open(path string) (*File, error) {
	f := &File{path: path}
	_, err := f.Latest()
	return f, err
}

// Path returns the path that the file was opened under.
func (f *File) Path() string { return f.path }

// Latest returns what the file says now: it is read again if it has changed. The
// error is that of [Open].
func (f *File) Latest() (*Config, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	info, err := os.Stat(f.path)
	if err != nil {
		return nil, err
	}
	if f.config != nil || f.failed != nil {
		if !info.Mode().IsRegular() || info.ModTime().Equal(f.modified) && info.Size() == f.size {
			return f.config, f.failed
		}
	}
	text, err := sourcefile.Named(f.path)
	if err != nil {
		return nil, err
	}
	config, err := Parse(f.path, string(text))
	f.modified, f.size, f.failed = info.ModTime(), info.Size(), err
	if err != nil {
		return nil, err
	}
	f.config = config
	return config, nil
}

// current returns the last configuration without mistakes, which the executions
// under way go on with.
func (f *File) current() *Config {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.config
}
