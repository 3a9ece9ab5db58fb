// This file lists executions. There is a statement for each kind of list; most
// runs of the program need one or two of them.

package journal

import (
	"cmp"
	"database/sql"
	"math"
	"sync"
)

// A listKind says which statement a Query needs.
type listKind struct {
	by       string // one of listedBy, "" for all executions
	status   bool   // whether a status is asked for
	redriven RedriveFilter
}

// listedBy names the ARNs of a Query as the columns do, in the order of its arns.
var listedBy = [4]string{"machine", "version", "alias", "map_run"}

// lists has the statements that were needed until now.
type lists struct {
	mutex    sync.Mutex
	prepared map[listKind]*sql.Stmt
}

// statement gives the prepared statement of the kind.
func (l *lists) statement(readers *sql.DB, kind listKind) (*sql.Stmt, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if stmt := l.prepared[kind]; stmt != nil {
		return stmt, nil
	}
	stmt, err := readers.Prepare(kind.query())
	if err != nil {
		return nil, err
	}
	if l.prepared == nil {
		l.prepared = map[listKind]*sql.Stmt{}
	}
	l.prepared[kind] = stmt
	return stmt, nil
}

// query is the kind's query, whose parameters are the ARN, the status, the
// greatest id and, last, the limit. It runs along an index; INDEXED BY makes one
// that would have to sort or to skip an error, rather than slow when there is
// much. The sign before the limit hides the parameter from SQLite's planner,
// which would plan the statement again for each limit that is bound to it.
func (kind listKind) query() string {
	const page = " ORDER BY id DESC LIMIT +?"
	list := "SELECT " + columns + " FROM executions e "
	switch {
	case kind.by == "" && !kind.status:
		return list + "WHERE id < ?" + page
	case kind.by == "":
		return list + "INDEXED BY executions_status WHERE status = ? AND id < ?" + page
	}
	index, where := "executions_"+kind.by, kind.by+"_arn = ?"
	if kind.status {
		index, where = index+"_status", where+" AND status = ?"
	}
	part := list + "INDEXED BY " + index + " WHERE " + where + " AND (redrives > 0) = "
	redriven, fresh := part+"1 AND id < ?", part+"0 AND id < ?"
	switch kind.redriven {
	case Redriven:
		return redriven + page
	case NotRedriven:
		return fresh + page
	}
	return fresh + " UNION ALL " + redriven + page // the parameters before the limit come twice
}

// Executions implements [Store].
func (s *SQLite) Executions(q Query) (page []Execution, next int64, err error) {
	if err := q.check(); err != nil {
		return nil, 0, err
	}
	kind, args := listKind{status: q.Status != "", redriven: q.Redriven}, make([]any, 0, 7)
	for i, arn := range q.arns() {
		if arn != "" {
			kind.by, args = listedBy[i], append(args, arn)
		}
	}
	if kind.status {
		args = append(args, q.Status)
	}
	args = append(args, cmp.Or(q.Before, math.MaxInt64))
	if kind.by != "" && q.Redriven == RedrivenOrNot {
		args = append(args, args...) // of both parts
	}
	// One more than asked for tells whether there is a next page.
	args = append(args, int64(min(q.Limit, math.MaxInt32))+1)
	stmt, err := s.lists.statement(s.readers, kind)
	if err != nil {
		return nil, 0, s.readError(err)
	}
	for x, err := range query(s, stmt, scanExecution, args...) {
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
