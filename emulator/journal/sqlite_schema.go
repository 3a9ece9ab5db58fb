// This file holds the tables of the SQLite store, and how a file becomes one of
// this version.

package journal

import (
	"context"
	"fmt"
)

// applicationID marks the file as ours ("aslj"), as SQLite provides for.
const applicationID = 0x61736c6a

// version is the version of schema, as a file's user_version has it.
const version = 3

// schema makes an empty file one of this version.
//
// The comments inside stay in the file: they are what .schema shows to a user
// who opens it with an SQLite tool. Integer keys in arrival order keep the
// insertions at the right end of the trees, which is several times faster than
// random keys. Each list that a Query selects has its own index, in which
// SQLite appends the id: a page is one seek and a run, whichever page it is. A
// list of an ARN is the merge of what was redriven and what was not; without a
// status, also of what runs and what is over.
const schema = `
CREATE TABLE executions (
	id          INTEGER PRIMARY KEY, -- in arrival order
	arn         TEXT NOT NULL UNIQUE,
	machine_arn TEXT NOT NULL,
	version_arn TEXT,                -- NULL: not started by a version or alias
	alias_arn   TEXT,
	map_run_arn TEXT,                -- NULL: not the child of a Map Run
	name        TEXT NOT NULL,
	status      TEXT NOT NULL,       -- RUNNING, SUCCEEDED, FAILED, ...
	started     INTEGER NOT NULL,    -- Unix milliseconds
	stopped     INTEGER NOT NULL,    -- Unix milliseconds, 0 while running
	record      BLOB NOT NULL,       -- what else the engine keeps of it
	redrives    INTEGER NOT NULL DEFAULT 0,
	redriven    INTEGER NOT NULL DEFAULT 0, -- Unix milliseconds, 0 for never
	recent      INTEGER AS (` + recent + `) -- what lists are ordered by
) STRICT;
CREATE INDEX executions_status ON executions (status);
` + listIndexes + `
CREATE TABLE batches ( -- runs of events of an execution
	id        INTEGER PRIMARY KEY, -- in arrival order
	execution INTEGER NOT NULL,    -- executions.id
	first     INTEGER NOT NULL,    -- the number of its first event, from 1
	last      INTEGER NOT NULL,    -- and of its last
	data      BLOB NOT NULL        -- the events
) STRICT;
CREATE UNIQUE INDEX batches_execution ON batches (execution, last);

CREATE TABLE documents ( -- state machines, activities, tags, ...
	kind TEXT NOT NULL,
	key  TEXT NOT NULL,
	data BLOB NOT NULL,
	PRIMARY KEY (kind, key)
) STRICT;
`

// recent is Execution.Cursor in SQL. It changes when an execution ends, so the lists of
// all statuses have it from then on only, and it enters each but once.
const recent = "CASE WHEN stopped > 0 THEN stopped ELSE max(started, redriven) END"

const over = "status <> '" + Running + "'"

const listIndexes = `
CREATE INDEX executions_machine        ON executions (machine_arn, redrives > 0, recent)         WHERE ` + over + `;
CREATE INDEX executions_machine_status ON executions (machine_arn, status, redrives > 0, recent);
CREATE INDEX executions_version        ON executions (version_arn, redrives > 0, recent)         WHERE version_arn IS NOT NULL AND ` + over + `;
CREATE INDEX executions_version_status ON executions (version_arn, status, redrives > 0, recent) WHERE version_arn IS NOT NULL;
CREATE INDEX executions_alias          ON executions (alias_arn, redrives > 0, recent)           WHERE alias_arn IS NOT NULL AND ` + over + `;
CREATE INDEX executions_alias_status   ON executions (alias_arn, status, redrives > 0, recent)   WHERE alias_arn IS NOT NULL;
CREATE INDEX executions_map_run        ON executions (map_run_arn, redrives > 0, recent)         WHERE map_run_arn IS NOT NULL AND ` + over + `;
CREATE INDEX executions_map_run_status ON executions (map_run_arn, status, redrives > 0, recent) WHERE map_run_arn IS NOT NULL;
`

// migrations[n] turns a file of version n+1 into one of version n+2. Rows are
// added, never changed.
var migrations = [version - 1]string{
	`
ALTER TABLE executions ADD COLUMN redrives INTEGER NOT NULL DEFAULT 0;
ALTER TABLE executions ADD COLUMN redriven INTEGER NOT NULL DEFAULT 0 /* Unix milliseconds, 0 for never */;
`, `
ALTER TABLE executions ADD COLUMN recent INTEGER AS (` + recent + `) /* what lists are ordered by */;
DROP INDEX executions_machine;
DROP INDEX executions_machine_status;
DROP INDEX executions_version;
DROP INDEX executions_version_status;
DROP INDEX executions_alias;
DROP INDEX executions_alias_status;
DROP INDEX executions_map_run;
DROP INDEX executions_map_run_status;
` + listIndexes,
}

// migrate makes the file one of this version: it creates the tables in an empty
// file, and changes those of an older version, in one transaction. It fails with
// ErrForeign or ErrNewer before it has changed anything.
func migrate(c *connection) error {
	ctx := context.Background()
	var application, found, tables int
	err := c.QueryRowContext(ctx, `
		SELECT (SELECT application_id FROM pragma_application_id),
		       (SELECT user_version FROM pragma_user_version),
		       (SELECT count(*) FROM sqlite_schema)`).Scan(&application, &found, &tables)
	switch {
	case err != nil:
		return err
	case tables > 0 && application != applicationID:
		return ErrForeign
	case found > version:
		return fmt.Errorf("%w: expected a schema of at most version %d, got %d", ErrNewer, version, found)
	case found == version:
		return nil
	}
	tx, err := c.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	steps := []string{schema}
	if found > 0 {
		steps = migrations[found-1:]
	}
	for _, statements := range steps {
		if _, err := tx.ExecContext(ctx, statements); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, version)); err != nil {
		return err
	}
	return tx.Commit()
}
