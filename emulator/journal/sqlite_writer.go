// This file implements the one writer of the SQLite store. It takes all writes
// that wait, applies them in one transaction, and so pays for one sync of the
// disk (group commit). While it waits for the disk the next group gathers: the
// more callers, the larger the groups, without a timer.

package journal

import (
	"database/sql"
	"errors"
	"runtime"
	"slices"
	"sync"
)

// A group ends at whichever it reaches first: they bound how long the first
// write of a group waits for the last, and what a failure takes with it.
const (
	groupWrites = 512
	groupBytes  = 4 << 20
)

type writer struct {
	store      *SQLite
	statements map[string]*sql.Stmt // by their text
	stopped    chan struct{}        // closed when all that was committed before closing is done

	mu      sync.Mutex
	more    *sync.Cond // of mu: queue or closing has changed
	queue   []pending
	closing bool
	idle    bool // closing, and no goroutine looks after the queue
}

// A pending write waits for the writer, then for its group.
type pending struct {
	write  Write
	done   func(error)
	err    error // why it is refused
	passed bool  // by check; and there is something to do
}

// The writer's statements.
const (
	beginGroup    = "BEGIN IMMEDIATE"
	commitGroup   = "COMMIT"
	rollbackGroup = "ROLLBACK"

	createExecution = "INSERT INTO executions (id, arn, machine_arn, version_arn, alias_arn, map_run_arn, name, status, started, stopped, redrives, redriven, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
	updateExecution = "UPDATE executions SET status = ?, stopped = ?, record = coalesce(?, record) WHERE id = ? AND status = '" + Running + "'"
	reopenExecution = "UPDATE executions SET status = ?, stopped = ?, record = coalesce(?, record), redrives = ?, redriven = ? WHERE id = ?"
	deleteExecution = "DELETE FROM executions WHERE id = ?"

	firstBatch = "INSERT INTO batches (execution, first, last, data) VALUES (?, ?, ?, ?)"
	// nextBatch inserts nothing when there is no such execution, when it has
	// ended and is not reopened, or when its events do not end before the batch.
	nextBatch     = "INSERT INTO batches (execution, first, last, data) SELECT e.id, ?, ?, ? FROM executions e WHERE e.id = ? AND (e.status = '" + Running + "' OR ?) AND coalesce((SELECT max(last) FROM batches WHERE execution = e.id), 0) = ?"
	progress      = "SELECT e.status, coalesce((SELECT max(last) FROM batches WHERE execution = e.id), 0) FROM executions e WHERE e.id = ?"
	deleteBatches = "DELETE FROM batches WHERE execution = ?"

	putDocument    = "INSERT INTO documents (kind, key, data) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET data = excluded.data"
	deleteDocument = "DELETE FROM documents WHERE kind = ? AND key = ?"
)

func startWriter(s *SQLite) (*writer, error) {
	w := &writer{store: s, statements: map[string]*sql.Stmt{}, stopped: make(chan struct{})}
	w.more = sync.NewCond(&w.mu)
	for _, text := range []string{
		beginGroup, commitGroup, rollbackGroup,
		createExecution, updateExecution, reopenExecution, deleteExecution,
		firstBatch, nextBatch, progress, deleteBatches,
		putDocument, deleteDocument,
	} {
		statement, err := s.writes.prepare(text)
		if err != nil {
			return nil, err
		}
		w.statements[text] = statement
	}
	go func() {
		defer close(w.stopped)
		w.run()
	}()
	return w, nil
}

// commit queues a write, refused already if it breaks a rule or is too late:
// even then its done waits for its turn.
func (w *writer) commit(write Write, done func(error)) {
	err := write.check()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closing {
		err = ErrClosed
	}
	w.queue = append(w.queue, pending{write, done, err, err == nil && !write.empty()})
	if w.idle {
		w.idle = false
		go w.run()
		return
	}
	w.more.Signal()
}

// stop lets no more writes in and waits for those that are.
func (w *writer) stop() {
	w.mu.Lock()
	w.closing = true
	w.more.Signal()
	w.mu.Unlock()
	<-w.stopped
}

// run applies what is queued, until the store closes and nothing is left.
func (w *writer) run() {
	for spare := []pending(nil); ; {
		queue := w.take(spare)
		if len(queue) == 0 {
			return
		}
		for rest := queue; len(rest) > 0; {
			n := groupLen(rest)
			w.group(rest[:n])
			rest = rest[n:]
		}
		clear(queue) // lets go of the bytes
		spare = queue[:0]
		// Those whose done was called may be about to write again: when they go
		// first, the next group has them all, and costs a fifth less for each.
		runtime.Gosched()
	}
}

// take waits for writes and gives all there are, leaving spare for the next;
// none when the writer is to end.
func (w *writer) take(spare []pending) []pending {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.queue) == 0 && !w.closing {
		w.more.Wait()
	}
	queue := w.queue
	w.queue = spare
	w.idle = len(queue) == 0
	return queue
}

func groupLen(queue []pending) int {
	n, bytes := 0, 0
	for n < len(queue) && n < groupWrites && bytes < groupBytes {
		bytes += queue[n].write.size()
		n++
	}
	return n
}

// group applies a group and calls its dones.
func (w *writer) group(group []pending) {
	if err := w.write(group); err != nil {
		err = diskError(w.store.path, err)
		for i := range group {
			if group[i].passed {
				group[i].err = err
			}
		}
	}
	for _, p := range group {
		if p.err == nil && p.write.Create != nil {
			w.store.last.Store(max(w.store.last.Load(), p.write.Create.ID))
		}
		if p.done != nil {
			p.done(p.err)
		}
	}
}

// write applies a group to the file, if the file is still there. An error is
// the disk's, and nothing of the group has happened.
func (w *writer) write(group []pending) error {
	if !slices.ContainsFunc(group, func(p pending) bool { return p.passed }) {
		return nil
	}
	if err := w.store.guard.look(); err != nil {
		return err
	}
	return w.transaction(group)
}

// transaction applies the writes of a group that passed the check, and sets the
// err of those that are refused. An error is the disk's and undoes the group.
func (w *writer) transaction(group []pending) (err error) {
	if _, err := w.exec(beginGroup); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			// Its own error tells nothing new: when the disk is full, SQLite
			// has rolled back already.
			_, _ = w.exec(rollbackGroup)
		}
	}()
	for i := range group {
		p := &group[i]
		if !p.passed {
			continue
		}
		p.err = w.apply(&p.write)
		if p.err != nil && !refused(p.err) {
			return p.err
		}
	}
	_, err = w.exec(commitGroup)
	return err
}

// refused tells the errors that concern one write from the disk's.
func refused(err error) bool {
	return errors.Is(err, ErrExists) || errors.Is(err, ErrNotFound) || errors.Is(err, ErrEnded) || errors.Is(err, ErrOrder)
}

// apply applies a write. If it is refused then at its first step (see check),
// when nothing has changed.
func (w *writer) apply(write *Write) error {
	if x := write.Create; x != nil {
		n, err := w.exec(createExecution, x.ID, x.ARN, x.MachineARN, orNull(x.VersionARN), orNull(x.AliasARN), orNull(x.MapRunARN),
			x.Name, x.Status, x.Started, x.Stopped, x.Redrives, x.Redriven, notNull(x.Record))
		if err != nil {
			return err
		}
		if n == 0 {
			return errExists(x)
		}
	}
	if b := write.Batch; b != nil {
		if err := w.append(b, write.Create != nil, write.Update != nil && write.Update.Reopen); err != nil {
			return err
		}
	}
	if u := write.Update; u != nil {
		if err := w.update(u); err != nil {
			return err
		}
	}
	if id := write.Delete; id != 0 {
		if _, err := w.exec(deleteExecution, id); err != nil {
			return err
		}
		if _, err := w.exec(deleteBatches, id); err != nil {
			return err
		}
	}
	for _, d := range write.Documents {
		if err := w.put(d); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) append(b *Batch, first, reopen bool) error {
	if first {
		_, err := w.exec(firstBatch, b.Execution, b.First, b.Last, notNull(b.Data))
		return err
	}
	n, err := w.exec(nextBatch, b.First, b.Last, notNull(b.Data), b.Execution, reopen, b.First-1)
	if err != nil || n == 1 {
		return err
	}
	status, last, err := w.progress(b.Execution)
	switch {
	case err != nil:
		return err
	case status != Running && !reopen:
		return errEnded(b.Execution, status)
	}
	return errOrder(b, last)
}

func (w *writer) update(u *Update) error {
	var n int64
	var err error
	if u.Reopen {
		n, err = w.exec(reopenExecution, u.Status, u.Stopped, u.Record, u.Redrives, u.Redriven, u.ID)
	} else {
		n, err = w.exec(updateExecution, u.Status, u.Stopped, u.Record, u.ID)
	}
	if err != nil || n == 1 {
		return err
	}
	status, _, err := w.progress(u.ID)
	if err != nil {
		return err
	}
	return errEnded(u.ID, status)
}

// progress gives the status and the last event of an execution, or ErrNotFound.
func (w *writer) progress(id int64) (status string, last int64, err error) {
	err = w.statements[progress].QueryRow(id).Scan(&status, &last)
	if errors.Is(err, sql.ErrNoRows) {
		err = errNotFound(id)
	}
	return status, last, err
}

func (w *writer) put(d Document) error {
	if d.Data == nil {
		_, err := w.exec(deleteDocument, d.Kind, d.Key)
		return err
	}
	_, err := w.exec(putDocument, d.Kind, d.Key, d.Data)
	return err
}

// exec executes one of the statements and gives the number of rows it changed.
func (w *writer) exec(statement string, args ...any) (int64, error) {
	result, err := w.statements[statement].Exec(args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// orNull makes of an absent ARN a NULL, which no index holds.
func orNull(arn string) any {
	if arn == "" {
		return nil
	}
	return arn
}

// notNull makes of absent bytes no bytes: the columns have no NULL.
func notNull(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
