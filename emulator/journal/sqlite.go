// This file implements the SQLite store: one file that any SQLite tool reads,
// one connection that writes (sqlite_writer.go), others that read. SQLite's
// write-ahead log lets them work at the same time.

package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"path/filepath"
	"sync/atomic"

	sqlite3 "modernc.org/sqlite/lib"
)

// A Durability says what a write has survived when its done is called.
type Durability int

const (
	// Disk: loss of power. Each group of writes waits for the disk.
	Disk Durability = iota
	// Process: the death of this process, but not that of the machine. That the
	// file was removed may be noticed a tenth of a second late.
	Process
)

// SQLite is a [Store] in an SQLite file.
type SQLite struct {
	path    string
	guard   guard
	writes  *connection
	writer  *writer
	readers *sql.DB
	last    atomic.Int64 // the greatest ID
	closed  atomic.Bool

	// Statements of the readers.
	execution, batches, document, documents *sql.Stmt
	unfinished, nextUnfinished, history     *sql.Stmt
	nextDocument                            *sql.Stmt
	lists                                   lists
}

// OpenSQLite opens the store in the file, and makes it when there is none; the
// folder must exist. A file of an earlier version becomes one of this version.
// While it is open SQLite keeps its log beside it (-wal and -shm); after Close
// the file has everything. The empty file path.lock keeps others out.
//
// It fails with ErrLocked when the file is open already, here or in another
// process; ErrForeign when it is another program's; ErrNewer when it was
// written by a later version; ErrReadOnly when file or folder cannot be
// written; or with the disk's error. All name the path.
func OpenSQLite(path string, d Durability) (*SQLite, error) {
	s := &SQLite{path: path}
	if err := s.open(d); err != nil {
		s.release()
		return nil, diskError(path, err)
	}
	return s, nil
}

func (s *SQLite) open(d Durability) error {
	path, err := resolve(s.path)
	if err != nil {
		return err
	}
	if err := s.guard.lock(path); err != nil {
		return err
	}
	if s.writes, err = connect(path, "?_busy_timeout=10000"); err != nil {
		return err
	}
	err = migrate(s.writes)
	if is(err, sqlite3.SQLITE_NOTADB) {
		return ErrForeign
	}
	if err != nil {
		return err
	}
	if err := writable(s.writes, path); err != nil {
		return err
	}
	if err := configure(s.writes, d); err != nil {
		return err
	}
	if s.readers, err = sql.Open("sqlite", uri(path)+"?_busy_timeout=10000&_query_only=1"); err != nil {
		return err
	}
	s.readers.SetMaxIdleConns(4) // and no limit: a loop over rows may ask for others
	if err := s.prepare(); err != nil {
		return err
	}
	var last sql.NullInt64
	if err := s.readers.QueryRow("SELECT max(id) FROM executions").Scan(&last); err != nil {
		return err
	}
	s.last.Store(last.Int64)
	if err := s.guard.watch(path, path+"-wal"); err != nil {
		return err
	}
	if d == Process {
		s.guard.pause = processPause
	}
	s.writer, err = startWriter(s)
	return err
}

// configure makes the connection that writes as durable as d says.
func configure(c *connection, d Durability) error {
	var mode string
	if err := c.QueryRowContext(context.Background(), "PRAGMA journal_mode = WAL").Scan(&mode); err != nil {
		return err
	}
	if mode != "wal" {
		return fmt.Errorf("expected a file system with shared memory for SQLite's log, got journal mode %q", mode)
	}
	synchronous := "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON" // the latter for macOS, where fsync does not reach the disk
	if d == Process {
		synchronous = "PRAGMA synchronous = NORMAL"
	}
	return c.exec(synchronous + `;
		PRAGMA cache_size = -16000;          -- KB: for the indexes whose keys arrive in no order
		PRAGMA wal_autocheckpoint = 4000;    -- pages: 16 MB; a page that changes often is copied to the file once
		PRAGMA journal_size_limit = 67108864 -- a log that grew behind a long read shrinks again`)
}

const columns = `e.id, e.arn, e.machine_arn, coalesce(e.version_arn, ''), coalesce(e.alias_arn, ''),
	coalesce(e.map_run_arn, ''), e.name, e.status, e.started, e.stopped, e.redrives, e.redriven, e.record`

// queries gives the readers' queries, but those of lists, by where their
// statements are kept.
func (s *SQLite) queries() map[**sql.Stmt]string {
	histories := "SELECT " + columns + ", b.first, b.last, b.data FROM executions e %s" +
		" LEFT JOIN batches b ON b.execution = e.id WHERE %s ORDER BY e.id, b.last"
	return map[**sql.Stmt]string{
		&s.execution:      "SELECT " + columns + " FROM executions e WHERE arn = ?",
		&s.unfinished:     fmt.Sprintf(histories, "INDEXED BY executions_status", "status = ?"),
		&s.nextUnfinished: "SELECT id FROM executions INDEXED BY executions_status WHERE status = ? AND id > ? ORDER BY id LIMIT 1",
		&s.history:        fmt.Sprintf(histories, "", "e.id = ?"),
		&s.batches:        "SELECT execution, first, last, data FROM batches WHERE execution = ? AND last >= ? ORDER BY last",
		&s.document:       "SELECT kind, key, data FROM documents WHERE kind = ? AND key = ?",
		&s.documents:      "SELECT kind, key, data FROM documents WHERE kind = ? ORDER BY key",
		&s.nextDocument:   "SELECT key FROM documents WHERE kind = ? AND key > ? ORDER BY key LIMIT 1",
	}
}

func (s *SQLite) prepare() (err error) {
	for stmt, query := range s.queries() {
		if *stmt, err = s.readers.Prepare(query); err != nil {
			return err
		}
	}
	return nil
}

// Commit implements [Store].
func (s *SQLite) Commit(w Write, done func(error)) { s.writer.commit(w, done) }

// Execution implements [Store].
func (s *SQLite) Execution(arn string) (Execution, error) {
	x, err := scanExecution(s.execution.QueryRow(arn))
	if errors.Is(err, sql.ErrNoRows) {
		return Execution{}, errARNNotFound(arn)
	}
	return x, s.readError(err)
}

// Unfinished implements [Store]. What it gives is as it was when it began.
func (s *SQLite) Unfinished() iter.Seq2[History, error] {
	return func(yield func(History, error) bool) {
		last := int64(0)
		for h, err := range s.histories(s.unfinished, Running) {
			if errors.Is(err, ErrDamaged) {
				s.salvageUnfinished(last, yield)
				return
			}
			if !yield(h, err) {
				return
			}
			last = h.Execution.ID
		}
	}
}

// histories gives the executions of a query that has a row for each batch.
func (s *SQLite) histories(stmt *sql.Stmt, args ...any) iter.Seq2[History, error] {
	return func(yield func(History, error) bool) {
		var h History
		for part, err := range query(s, stmt, scanHistory, args...) {
			if err != nil {
				yield(History{}, err)
				return
			}
			if part.Execution.ID == h.Execution.ID {
				h.Batches = append(h.Batches, part.Batches...)
				continue
			}
			if h.Execution.ID != 0 && !yield(h, nil) {
				return
			}
			h = part
		}
		if h.Execution.ID != 0 {
			yield(h, nil)
		}
	}
}

// Batches implements [Store]. It gives those there are when the loop begins.
func (s *SQLite) Batches(execution, from int64) iter.Seq2[Batch, error] {
	return query(s, s.batches, func(r row) (b Batch, err error) {
		err = r.Scan(&b.Execution, &b.First, &b.Last, &b.Data)
		return b, err
	}, execution, from)
}

// Document implements [Store].
func (s *SQLite) Document(kind, key string) (Document, error) {
	d, err := scanDocument(s.document.QueryRow(kind, key))
	if errors.Is(err, sql.ErrNoRows) {
		return Document{}, errDocumentNotFound(kind, key)
	}
	return d, s.readError(err)
}

// Documents implements [Store]. It gives those there are when the loop begins.
func (s *SQLite) Documents(kind string) iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		last := ""
		for d, err := range query(s, s.documents, scanDocument, kind) {
			if errors.Is(err, ErrDamaged) {
				s.salvageDocuments(kind, last, yield)
				return
			}
			if !yield(d, err) {
				return
			}
			last = d.Key
		}
	}
}

// LastID implements [Store].
func (s *SQLite) LastID() int64 { return s.last.Load() }

// Path implements [Store].
func (s *SQLite) Path() string { return s.path }

// Close implements [Store].
func (s *SQLite) Close() error {
	if s.closed.Swap(true) {
		<-s.writer.stopped
		return nil
	}
	s.writer.stop()
	return diskError(s.path, s.release())
}

// release closes what is open. The connection that writes is the last to close
// the file, and so moves the log into it and removes the log.
func (s *SQLite) release() error {
	var err error
	if s.readers != nil {
		err = s.readers.Close() // and its statements
	}
	switch {
	case s.writer == nil: // the file may be another program's
	case s.guard.gone() != nil:
		// SQLite removes a log by its name: it would be that of the file that
		// is there now.
		err = errors.Join(err, s.writes.keepLog())
	default:
		// Another process that reads the file keeps us from being the last.
		// What cannot be moved stays in the log, and is not lost.
		_ = s.writes.exec("PRAGMA busy_timeout = 1000; PRAGMA wal_checkpoint(TRUNCATE)")
	}
	return errors.Join(err, s.writes.close(), s.guard.unlock())
}

// A row is what a query found: one row alone or the next of many.
type row interface{ Scan(columns ...any) error }

func scanExecution(r row) (x Execution, err error) {
	err = r.Scan(&x.ID, &x.ARN, &x.MachineARN, &x.VersionARN, &x.AliasARN, &x.MapRunARN,
		&x.Name, &x.Status, &x.Started, &x.Stopped, &x.Redrives, &x.Redriven, &x.Record)
	return x, err
}

func scanDocument(r row) (d Document, err error) {
	err = r.Scan(&d.Kind, &d.Key, &d.Data)
	return d, err
}

// scanHistory reads an execution with one of its batches, or with none.
func scanHistory(r row) (h History, err error) {
	x := &h.Execution
	var first, last sql.NullInt64
	var data []byte
	err = r.Scan(&x.ID, &x.ARN, &x.MachineARN, &x.VersionARN, &x.AliasARN, &x.MapRunARN,
		&x.Name, &x.Status, &x.Started, &x.Stopped, &x.Redrives, &x.Redriven, &x.Record, &first, &last, &data)
	if first.Valid {
		h.Batches = []Batch{{x.ID, first.Int64, last.Int64, data}}
	}
	return h, err
}

// query gives the rows of a query, read within one transaction.
func query[T any](s *SQLite, stmt *sql.Stmt, scan func(row) (T, error), args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		rows, err := stmt.Query(args...)
		if err != nil {
			yield(none, s.readError(err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			row, err := scan(rows)
			if err != nil {
				yield(none, s.readError(err))
				return
			}
			if !yield(row, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(none, s.readError(err))
		}
	}
}

// readError is the error of a reader: it comes from the disk, unless Close was
// called meanwhile.
func (s *SQLite) readError(err error) error {
	if err != nil && s.closed.Load() {
		return ErrClosed
	}
	return diskError(s.path, err)
}

// resolve gives the one name of a file that may not exist yet: a lock is of
// use only if everyone who means the file asks for the same.
func resolve(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real, nil
	}
	folder, err := filepath.EvalSymlinks(filepath.Dir(path))
	return filepath.Join(folder, filepath.Base(path)), err
}

// uri names a file to SQLite, whatever characters its path has.
func uri(path string) string {
	path = filepath.ToSlash(path)
	if path[0] != '/' {
		path = "/" + path // a drive of Windows
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}
