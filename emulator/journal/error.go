package journal

import (
	"errors"
	"fmt"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// What a store refuses. Errors wrap one of these, and say which execution or
// document is meant.
var (
	// Of a write or a reader; see Store.
	ErrNotFound = errors.New("not found")
	ErrExists   = errors.New("the execution exists already")
	ErrEnded    = errors.New("the execution has ended")
	ErrOrder    = errors.New("the batch does not follow the last event")
	ErrInvalid  = errors.New("invalid request")
	ErrClosed   = errors.New("journal: the store is closed")

	// Of OpenSQLite.
	ErrLocked  = errors.New("it is open already, here or in another process")
	ErrForeign = errors.New("not a journal of aslocal")
	ErrNewer   = errors.New("written by a newer aslocal")
)

// What keeps the disk from doing its part. Errors wrap one of these, say which
// file is meant, and what SQLite or the system said.
var (
	ErrFull     = errors.New("the disk is full: free some space, then writes succeed again")
	ErrReadOnly = errors.New("it cannot be written: check the permissions of the file and its folder, and whether the file system is mounted read-only")
	ErrBusy     = errors.New("another program has locked it: end that program's transaction, then writes succeed again")
	ErrDisk     = errors.New("the disk fails to read or write")
	ErrDamaged  = errors.New("the file is damaged: put a copy in its place, or use another folder")

	// ErrGone is the end of a store's writes: what would be written now could
	// not be found again.
	ErrGone = errors.New("the store's file was removed or replaced while it was open: nothing is written any more; end the process, and start it again when the file is in its place, or without the file to begin anew")
)

// reasons says which of them a result code of SQLite's means: the first row that
// is the extended code, or else its primary code.
var reasons = []struct {
	code   int
	reason error
}{
	{sqlite3.SQLITE_IOERR_SHMSIZE, ErrFull}, // there is no room to make -shm longer
	{sqlite3.SQLITE_FULL, ErrFull},
	{sqlite3.SQLITE_READONLY, ErrReadOnly},
	{sqlite3.SQLITE_PERM, ErrReadOnly},
	{sqlite3.SQLITE_BUSY, ErrBusy},
	{sqlite3.SQLITE_IOERR, ErrDisk},
	{sqlite3.SQLITE_CORRUPT, ErrDamaged},
}

// diskError adds to an error of SQLite or the system which file is meant and
// what can be done.
func diskError(path string, err error) error {
	if err == nil {
		return nil
	}
	var e *sqlite.Error
	if errors.As(err, &e) {
		for _, r := range reasons {
			if e.Code() == r.code || e.Code()&0xff == r.code {
				err = fmt.Errorf("%w (%w)", r.reason, err)
				break
			}
		}
	}
	return fmt.Errorf("journal %s: %w", path, err)
}

// is tells whether err is SQLite's with this primary result code.
func is(err error, code int) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == code
}

// A BrokenError says that one thing in a store cannot be read: its bytes are
// damaged, or are not what was expected. All else is as it should be.
type BrokenError struct {
	File string // of the store; "" when it has none
	Kind string // of the document; "" for an execution
	Key  string // of the document; the execution's ARN, or its ID where even that cannot be read
	Err  error
}

func (e *BrokenError) Error() string {
	what, row := "execution", "executions WHERE arn = "+quote(e.Key)
	if e.Kind != "" {
		what, row = e.Kind, "documents WHERE kind = "+quote(e.Kind)+" AND key = "+quote(e.Key)
	}
	message := fmt.Sprintf("%s %q cannot be read and is left out: %v", what, e.Key, e.Err)
	switch {
	case e.File == "":
		return "journal: " + message
	case !errors.Is(e.Err, ErrDamaged): // which says itself what to do
		message += "; put a copy of the file in its place, or end the process and remove this part: DELETE FROM " + row
	}
	return fmt.Sprintf("journal %s: %s", e.File, message)
}

func (e *BrokenError) Unwrap() error { return e.Err }

// quote makes a literal of SQL.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func errNotFound(id int64) error {
	return fmt.Errorf("journal: execution %d: %w", id, ErrNotFound)
}

func errARNNotFound(arn string) error {
	return fmt.Errorf("journal: execution %q: %w", arn, ErrNotFound)
}

func errDocumentNotFound(kind, key string) error {
	return fmt.Errorf("journal: document %q of kind %q: %w", key, kind, ErrNotFound)
}

func errExists(x *Execution) error {
	return fmt.Errorf("journal: execution %d, %q: %w", x.ID, x.ARN, ErrExists)
}

func errEnded(id int64, status string) error {
	return fmt.Errorf("journal: execution %d: %w: expected the status %s, got %s", id, ErrEnded, Running, status)
}

func errOrder(b *Batch, last int64) error {
	return fmt.Errorf("journal: execution %d: %w: expected a batch from event %d, got %d to %d", b.Execution, ErrOrder, last+1, b.First, b.Last)
}

func errInvalid(format string, args ...any) error {
	return fmt.Errorf("journal: %w: %s", ErrInvalid, fmt.Sprintf(format, args...))
}
