package cli

import (
	"context"
	"io/fs"
	"os"
	"time"
)

// This file notices that the files of a project have changed. It looks at their times
// instead of asking the system for events: those do not come from folders that are
// mounted into containers or over a network, cost one watch for each folder, and say
// nothing of what has happened meanwhile. A look at a hundred files takes a fraction of a
// millisecond.

// watchInterval is how often files are looked at. A look that takes long makes the pauses
// longer, so that looking takes one percent of the time at most.
const watchInterval = 250 * time.Millisecond

// A stamp tells two states of a file apart.
type stamp struct {
	modified time.Time
	size     int64
	mode     fs.FileMode // 0 if there is no such file
}

// stamps are those of the files of a project. For a folder they change when a file comes
// or goes.
func stamps(files []string) map[string]stamp {
	all := make(map[string]stamp, len(files))
	for _, name := range files {
		var s stamp
		if info, err := os.Stat(name); err == nil {
			s = stamp{info.ModTime(), info.Size(), info.Mode()}
			if info.IsDir() {
				s.size = 0
			}
		}
		all[name] = s
	}
	return all
}

// A watcher calls changed when files have changed and then stayed the same from one look
// to the next: who writes a file in several steps is not interrupted.
type watcher struct {
	files   []string
	read    map[string]stamp // when the project was read
	last    map[string]stamp // at the last look
	changed func() (files []string)
}

// clockMargin is by how much the clock of a file system may be behind.
const clockMargin = 20 * time.Millisecond

// newWatcher returns a watcher of files that have been read since a time: one that has
// changed since then may have been read before or after, and is taken for changed. changed
// reads the files again and returns those to look at from then on.
func newWatcher(files []string, since time.Time, changed func() []string) *watcher {
	w := &watcher{files: files, read: make(map[string]stamp, len(files)), last: stamps(files), changed: changed}
	for name, s := range w.last {
		if s.modified.Before(since.Add(-clockMargin)) { // also one that is not there
			w.read[name] = s
		} else {
			w.read[name] = stamp{modified: since}
		}
	}
	return w
}

// look looks at the files once.
func (w *watcher) look() {
	now := stamps(w.files)
	settled := equalStamps(now, w.last)
	w.last = now
	if !settled || equalStamps(now, w.read) {
		return
	}
	w.files = w.changed()
	w.last = stamps(w.files)
	w.read = make(map[string]stamp, len(w.last))
	for name, s := range w.last {
		if before, was := now[name]; was {
			s = before // a change since then is one to come
		}
		w.read[name] = s
	}
}

// run looks until the context ends.
func (w *watcher) run(ctx context.Context) {
	timer := time.NewTimer(watchInterval)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		began := time.Now()
		w.look()
		timer.Reset(max(watchInterval, 100*time.Since(began)))
	}
}

func equalStamps(a, b map[string]stamp) bool {
	if len(a) != len(b) {
		return false
	}
	for name, s := range a {
		if t, ok := b[name]; !ok || !s.modified.Equal(t.modified) || s.size != t.size || s.mode != t.mode {
			return false
		}
	}
	return true
}
