// This file lists executions. There is a statement for each kind of list; most
// runs of the program need one or two of them.

package journal

import (
	"database/sql"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
)

// A listKind says which statement a Query needs.
type listKind struct {
	by       string // one of listedBy, "" for all executions
	status   bool   // whether a status is asked for
	redriven RedriveFilter
	first    bool // the page is the first, so there is no cursor to begin at
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

// query is the kind's query, see arguments for its parameters. It runs along an
// index; INDEXED BY makes one that would have to sort or to skip an error, rather
// than slow when there is much. The sign before the limit hides the parameter from
// SQLite's planner, which would plan the statement again for each limit that is bound
// to it.
func (kind listKind) query() string {
	const limit = " LIMIT +?"
	list := "SELECT " + columns + ", e.recent FROM executions e "
	switch {
	case kind.by == "" && !kind.status:
		return list + "WHERE id < ? ORDER BY id DESC" + limit
	case kind.by == "":
		return list + "INDEXED BY executions_status WHERE status = ? AND id < ? ORDER BY id DESC" + limit
	}
	var parts []string
	for _, where := range kind.parts() {
		if kind.first {
			parts = append(parts, list+where)
			continue
		}
		// A comparison of pairs would seek by its first half alone, and so read again and
		// again what happened in one millisecond, which may be all.
		parts = append(parts, list+where+" AND recent = ? AND id < ?", list+where+" AND recent < ?")
	}
	return strings.Join(parts, " UNION ALL ") + " ORDER BY recent DESC, id DESC" + limit
}

// parts gives the parts of an ARN's list, each in order by itself: where it is, without
// the cursor.
func (kind listKind) parts() (parts []string) {
	index := "INDEXED BY executions_" + kind.by
	lists := []string{index + " WHERE " + over, index + "_status WHERE status = '" + Running + "'"}
	if kind.status {
		lists = []string{index + "_status WHERE status = ?"}
	}
	for _, list := range lists {
		for redriven, filter := range []RedriveFilter{NotRedriven, Redriven} {
			if kind.redriven == RedrivenOrNot || kind.redriven == filter {
				parts = append(parts, fmt.Sprintf("%s AND %s_arn = ? AND (redrives > 0) = %d", list, kind.by, redriven))
			}
		}
	}
	return parts
}

// arguments gives the parameters of the kind's query: for each of its parts the status
// and the ARN, and again both with the cursor if there is one; and the limit.
func (kind listKind) arguments(q *Query) (args []any) {
	after := q.after()
	if kind.status {
		args = append(args, q.Status)
	}
	if kind.by == "" {
		args = append(args, after.ID)
	} else {
		part := append(args, q.arn())
		if !kind.first {
			part = slices.Concat(part, []any{after.Recent, after.ID}, part, []any{after.Recent})
		}
		args = slices.Repeat(part, len(kind.parts()))
	}
	// One more than asked for tells whether there is a next page.
	return append(args, int64(min(q.Limit, math.MaxInt32))+1)
}

// Executions implements [Store].
func (s *SQLite) Executions(q Query) (page []Execution, next Cursor, err error) {
	if err := q.check(); err != nil {
		return nil, next, err
	}
	kind := listKind{status: q.Status != "", redriven: q.Redriven, first: q.After == Cursor{}}
	for i, arn := range q.arns() {
		if arn != "" {
			kind.by = listedBy[i]
		}
	}
	stmt, err := s.lists.statement(s.readers, kind)
	if err != nil {
		return nil, next, s.readError(err)
	}
	for x, err := range query(s, stmt, scanListed, kind.arguments(&q)...) {
		if err != nil {
			return nil, next, err
		}
		if len(page) == q.Limit {
			return page, page[len(page)-1].Cursor(), nil
		}
		page = append(page, x)
	}
	return page, next, nil
}

// scanListed reads an execution beside the column that its list is ordered by.
func scanListed(r row) (x Execution, err error) {
	var recent int64
	err = r.Scan(&x.ID, &x.ARN, &x.MachineARN, &x.VersionARN, &x.AliasARN, &x.MapRunARN,
		&x.Name, &x.Status, &x.Started, &x.Stopped, &x.Redrives, &x.Redriven, &x.Record, &recent)
	return x, err
}
