// This file implements the SQLite store: one file that any SQLite tool reads,
// one connection that writes (sqlite_writer.go), others that read. SQLite's
// write-ahead log lets them work at the same time.

package journal

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"math"
	"net/url"
	"path/filepath"
	"sync/atomic"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// A Durability says what a write has survived when its done is called.
type Durability int

const (
	// Disk: loss of power. Each group of writes waits for the disk.
	Disk Durability = iota
	// Process: the death of this process, but not that of the machine.
	Process
)

// SQLite is a [Store] in an SQLite file.
type SQLite struct {
	path    string
	lock    *connection // holds path.lock as long as the store is open
	writes  *connection
	writer  *writer
	readers *sql.DB
	last    atomic.Int64 // the greatest ID
	closed  atomic.Bool

	// Queries of the readers, prepared. lists are by the place of the ARN in a
	// Query (4: none), then by whether a status is asked for.
	execution, unfinished, batches, documents *sql.Stmt
	lists                                     [5][2]*sql.Stmt
}

// OpenSQLite opens the store in the file, and makes it when there is none; the
// folder must exist. While it is open SQLite keeps its log beside it (-wal and
// -shm). The empty file path.lock keeps others out.
//
// It fails with ErrLocked when the file is open already, here or in another
// process; ErrForeign when it is another program's; ErrNewer when it was
// written by a later version; or with the disk's error. All name the path.
func OpenSQLite(path string, d Durability) (*SQLite, error) {
	s := &SQLite{path: path}
	if err := s.open(d); err != nil {
		s.release()
		return nil, s.diskError(err)
	}
	return s, nil
}

func (s *SQLite) open(d Durability) error {
	path, err := resolve(s.path)
	if err != nil {
		return err
	}
	// The first statement that needs the lock file takes it; another process
	// that has it is not waited for. A process that dies leaves it free.
	if s.lock, err = connect(path+".lock", ""); err == nil {
		err = s.lock.exec("BEGIN EXCLUSIVE")
	}
	if is(err, sqlite3.SQLITE_BUSY) {
		return ErrLocked
	}
	if err != nil {
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
	coalesce(e.map_run_arn, ''), e.name, e.status, e.started, e.stopped, e.record`

// queries gives the readers' queries by where they are kept prepared. Each runs
// along an index; INDEXED BY makes one that would have to sort or to skip an
// error when it is prepared, rather than slow when there is much.
func (s *SQLite) queries() map[**sql.Stmt]string {
	list := "SELECT " + columns + " FROM executions e "
	queries := map[**sql.Stmt]string{
		&s.execution: "SELECT " + columns + " FROM executions e WHERE arn = ?",
		&s.unfinished: "SELECT " + columns + ", b.first, b.last, b.data FROM executions e INDEXED BY executions_status" +
			" LEFT JOIN batches b ON b.execution = e.id WHERE status = ? ORDER BY e.id, b.last",
		&s.batches:     "SELECT execution, first, last, data FROM batches WHERE execution = ? AND last >= ? ORDER BY last",
		&s.documents:   "SELECT kind, key, data FROM documents WHERE kind = ? ORDER BY key",
		&s.lists[4][0]: list + "WHERE id < ? ORDER BY id DESC LIMIT ?",
		&s.lists[4][1]: list + "INDEXED BY executions_status WHERE status = ? AND id < ? ORDER BY id DESC LIMIT ?",
	}
	for place, by := range []string{"machine", "version", "alias", "map_run"} { // as in Query.arns
		queries[&s.lists[place][0]] = list + "INDEXED BY executions_" + by +
			" WHERE " + by + "_arn = ? AND id < ? ORDER BY id DESC LIMIT ?"
		queries[&s.lists[place][1]] = list + "INDEXED BY executions_" + by + "_status" +
			" WHERE " + by + "_arn = ? AND status = ? AND id < ? ORDER BY id DESC LIMIT ?"
	}
	return queries
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

// Executions implements [Store].
func (s *SQLite) Executions(q Query) (page []Execution, next int64, err error) {
	if err := q.check(); err != nil {
		return nil, 0, err
	}
	place, status, args := 4, 0, make([]any, 0, 4)
	for i, arn := range q.arns() {
		if arn != "" {
			place, args = i, append(args, arn)
		}
	}
	if q.Status != "" {
		status, args = 1, append(args, q.Status)
	}
	// One more than asked for tells whether there is a next page.
	more := int64(min(q.Limit, math.MaxInt32)) + 1
	args = append(args, cmp.Or(q.Before, math.MaxInt64), more)
	for x, err := range query(s, s.lists[place][status], scanExecution, args...) {
		if err != nil {
			return nil, 0, err
		}
		if len(page) == q.Limit {
			return page, page[len(page)-1].ID, nil
		}
		page = append(page, x)
	}
	return page, 0, nil
}

// Unfinished implements [Store]. What it gives is as it was when it began.
func (s *SQLite) Unfinished() iter.Seq2[History, error] {
	return func(yield func(History, error) bool) {
		var h History
		for part, err := range query(s, s.unfinished, scanHistory, Running) {
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

// Documents implements [Store]. It gives those there are when the loop begins.
func (s *SQLite) Documents(kind string) iter.Seq2[Document, error] {
	return query(s, s.documents, func(r row) (d Document, err error) {
		err = r.Scan(&d.Kind, &d.Key, &d.Data)
		return d, err
	}, kind)
}

// LastID implements [Store].
func (s *SQLite) LastID() int64 { return s.last.Load() }

// Close implements [Store].
func (s *SQLite) Close() error {
	if s.closed.Swap(true) {
		<-s.writer.stopped
		return nil
	}
	s.writer.stop()
	if err := s.release(); err != nil {
		return s.diskError(err)
	}
	return nil
}

// release closes what is open. The connection that writes is the last to close
// the file, and so moves the log into it.
func (s *SQLite) release() error {
	var err error
	if s.readers != nil {
		err = s.readers.Close() // and its statements
	}
	return errors.Join(err, s.writes.close(), s.lock.close())
}

// A row is what a query found: one row alone or the next of many.
type row interface{ Scan(columns ...any) error }

func scanExecution(r row) (x Execution, err error) {
	err = r.Scan(&x.ID, &x.ARN, &x.MachineARN, &x.VersionARN, &x.AliasARN, &x.MapRunARN,
		&x.Name, &x.Status, &x.Started, &x.Stopped, &x.Record)
	return x, err
}

// scanHistory reads an execution with one of its batches, or with none.
func scanHistory(r row) (h History, err error) {
	x := &h.Execution
	var first, last sql.NullInt64
	var data []byte
	err = r.Scan(&x.ID, &x.ARN, &x.MachineARN, &x.VersionARN, &x.AliasARN, &x.MapRunARN,
		&x.Name, &x.Status, &x.Started, &x.Stopped, &x.Record, &first, &last, &data)
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
	return s.diskError(err)
}

// diskError adds the path to an error that comes from SQLite or the system.
func (s *SQLite) diskError(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("journal %s: %w", s.path, err)
}

// A connection is the only one to its file in its pool, kept for itself.
type connection struct {
	pool *sql.DB
	*sql.Conn
}

// connect opens the file, or makes it, with the driver's parameters.
func connect(path, parameters string) (*connection, error) {
	pool, err := sql.Open("sqlite", uri(path)+parameters)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	c, err := pool.Conn(context.Background())
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return &connection{pool, c}, nil
}

func (c *connection) exec(statements string) error {
	_, err := c.ExecContext(context.Background(), statements)
	return err
}

func (c *connection) close() error {
	if c == nil {
		return nil
	}
	return errors.Join(c.Conn.Close(), c.pool.Close())
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

// is tells whether err is SQLite's with this primary result code.
func is(err error, code int) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == code
}
