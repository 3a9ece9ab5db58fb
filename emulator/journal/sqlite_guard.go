// This file keeps an SQLite file for one store: it locks the file, and notices
// when the file is no longer where it was opened.

package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	sqlite3 "modernc.org/sqlite/lib"
)

// A guard holds path.lock as long as the store is open. It is an empty SQLite
// file: SQLite has locks for every system, which a process that dies leaves free.
type guard struct {
	held    *connection // the lock
	watched []watchedFile
	pause   time.Duration // between two looks at the files
	looked  time.Time
	lost    error // what the last look found
}

// processPause is the pause of a store that does not wait for the disk. Beside
// the disk's sync the looks cost about one percent; without it they would cost a
// fifth of a small write.
const processPause = 100 * time.Millisecond

type watchedFile struct {
	path string
	info os.FileInfo
}

// lock takes the lock of the file. It fails with ErrLocked at once when another
// process or another store has it, and with ErrReadOnly when the folder cannot
// be written.
func (g *guard) lock(path string) error {
	if err := tryFolder(filepath.Dir(path)); err != nil {
		return err
	}
	name := path + ".lock"
	_, missing := os.Stat(name)
	var err error
	if g.held, err = connect(name, ""); err != nil {
		return err
	}
	err = g.held.exec("BEGIN EXCLUSIVE")
	if is(err, sqlite3.SQLITE_BUSY) {
		return ErrLocked
	}
	if err != nil {
		return err
	}
	if err := writable(g.held, name); err != nil { // a lock on it would be a reader's
		return err
	}
	if errors.Is(missing, fs.ErrNotExist) {
		// Stores leave their lock file behind. If somebody removed it, another
		// process may have the file open and its lock on what was removed.
		if err := alone(path); err != nil {
			return errors.Join(err, os.Remove(name))
		}
	}
	return g.watch(name)
}

// alone fails with ErrLocked when anybody has the SQLite file open.
func alone(path string) error {
	if _, err := os.Stat(path); err != nil {
		return nil // there is none
	}
	c, err := connect(path, "?_pragma=locking_mode(exclusive)")
	if err == nil {
		err = c.exec("BEGIN EXCLUSIVE; ROLLBACK")
	}
	if closed := c.close(); is(err, sqlite3.SQLITE_BUSY) || is(closed, sqlite3.SQLITE_BUSY) {
		return ErrLocked
	}
	return nil // whatever else is wrong with it is found when it is opened
}

// tryFolder makes sure that files can be made in the folder.
func tryFolder(folder string) error {
	f, err := os.CreateTemp(folder, ".aslocal-*")
	if err != nil {
		return fmt.Errorf("%w (%w)", ErrReadOnly, err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// writable makes sure that the connection can write its file.
func writable(c *connection, path string) error {
	readOnly, err := c.readOnly()
	if err == nil && readOnly {
		err = fmt.Errorf("%w (%s)", ErrReadOnly, path)
	}
	return err
}

// watch remembers the files as they are now.
func (g *guard) watch(paths ...string) error {
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		g.watched = append(g.watched, watchedFile{path, info})
	}
	return nil
}

// look gives what gone does, if the pause is over. Once gone, the files stay
// gone: what is at their paths later may lack what was refused meanwhile.
func (g *guard) look() error {
	if g.lost != nil {
		return g.lost
	}
	if g.pause > 0 {
		now := time.Now()
		if now.Sub(g.looked) < g.pause {
			return nil
		}
		g.looked = now
	}
	g.lost = g.gone()
	return g.lost
}

// gone gives ErrGone when a watched file is no longer at its path: an open file
// takes writes after it was removed, and they end with the process.
func (g *guard) gone() error {
	for _, f := range g.watched {
		if info, err := os.Stat(f.path); err != nil || !os.SameFile(info, f.info) {
			return fmt.Errorf("%w (%s)", ErrGone, filepath.Base(f.path))
		}
	}
	return nil
}

func (g *guard) unlock() error { return g.held.close() }
