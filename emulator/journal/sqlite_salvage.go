// This file reads what is left of a damaged SQLite file: a page that cannot be
// read ends a query over many rows, so those behind it are asked for one by one,
// by the keys that an index has.

package journal

import (
	"database/sql"
	"errors"
	"strconv"
)

// salvageDocuments gives the documents of a kind whose key is above after.
func (s *SQLite) salvageDocuments(kind, after string, yield func(Document, error) bool) {
	for {
		err := s.nextDocument.QueryRow(kind, after).Scan(&after)
		if errors.Is(err, sql.ErrNoRows) {
			return
		}
		if err != nil {
			yield(Document{}, s.readError(err))
			return
		}
		d, err := s.Document(kind, after)
		if errors.Is(err, ErrNotFound) {
			continue // it was deleted meanwhile
		}
		err, others := s.broken(kind, after, err)
		if !yield(d, err) || !others {
			return
		}
	}
}

// salvageUnfinished gives the running executions whose ID is above after.
func (s *SQLite) salvageUnfinished(after int64, yield func(History, error) bool) {
	for {
		err := s.nextUnfinished.QueryRow(Running, after).Scan(&after)
		if errors.Is(err, sql.ErrNoRows) {
			return
		}
		if err != nil {
			yield(History{}, s.readError(err))
			return
		}
		var h History
		for h, err = range s.histories(s.history, after) {
		}
		if err == nil && h.Execution.Status != Running {
			continue // it has ended meanwhile, or was deleted
		}
		err, others := s.broken("", s.arn(after), err)
		if !yield(h, err) || !others {
			return
		}
	}
}

// broken makes of damage a BrokenError, and tells whether the others can be
// read after such an error.
func (s *SQLite) broken(kind, key string, err error) (_ error, others bool) {
	if errors.Is(err, ErrDamaged) {
		return &BrokenError{File: s.path, Kind: kind, Key: key, Err: errors.Unwrap(err)}, true
	}
	return err, err == nil
}

// arn gives the ARN of an execution, or its ID when the ARN cannot be read.
func (s *SQLite) arn(id int64) (arn string) {
	if err := s.readers.QueryRow("SELECT arn FROM executions WHERE id = ?", id).Scan(&arn); err != nil {
		return strconv.FormatInt(id, 10)
	}
	return arn
}
