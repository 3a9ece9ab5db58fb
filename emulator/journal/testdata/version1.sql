-- A store of schema version 1, as sqlite3 dumps it: .dump, then its two pragmas.
PRAGMA application_id=1634954346;
PRAGMA user_version=1;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
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
	record      BLOB NOT NULL        -- what else the engine keeps of it
) STRICT;
INSERT INTO executions VALUES(1,'arn:x:1','arn:m','arn:m:1','arn:m:prod',NULL,'one','SUCCEEDED',1700000000000,1700000000100,X'7b226e223a317d');
INSERT INTO executions VALUES(2,'arn:x:2','arn:m',NULL,NULL,'arn:r','two','FAILED',1700000000200,1700000000300,X'7b226e223a327d');
INSERT INTO executions VALUES(3,'arn:x:3','arn:m',NULL,NULL,NULL,'three','RUNNING',1700000000400,0,X'7b226e223a337d');
CREATE TABLE batches ( -- runs of events of an execution
	id        INTEGER PRIMARY KEY, -- in arrival order
	execution INTEGER NOT NULL,    -- executions.id
	first     INTEGER NOT NULL,    -- the number of its first event, from 1
	last      INTEGER NOT NULL,    -- and of its last
	data      BLOB NOT NULL        -- the events
) STRICT;
INSERT INTO batches VALUES(1,1,1,5,X'6f6e6520746f2066697665');
INSERT INTO batches VALUES(2,2,1,2,X'6f6e6520616e642074776f');
INSERT INTO batches VALUES(3,3,1,3,X'6f6e6520746f207468726565');
INSERT INTO batches VALUES(4,3,4,4,X'666f7572');
CREATE TABLE documents ( -- state machines, activities, tags, ...
	kind TEXT NOT NULL,
	key  TEXT NOT NULL,
	data BLOB NOT NULL,
	PRIMARY KEY (kind, key)
) STRICT;
INSERT INTO documents VALUES('machine','arn:m',X'7b7d');
CREATE INDEX executions_status         ON executions (status);
CREATE INDEX executions_machine        ON executions (machine_arn);
CREATE INDEX executions_machine_status ON executions (machine_arn, status);
CREATE INDEX executions_version        ON executions (version_arn)         WHERE version_arn IS NOT NULL;
CREATE INDEX executions_version_status ON executions (version_arn, status) WHERE version_arn IS NOT NULL;
CREATE INDEX executions_alias          ON executions (alias_arn)           WHERE alias_arn IS NOT NULL;
CREATE INDEX executions_alias_status   ON executions (alias_arn, status)   WHERE alias_arn IS NOT NULL;
CREATE INDEX executions_map_run        ON executions (map_run_arn)         WHERE map_run_arn IS NOT NULL;
CREATE INDEX executions_map_run_status ON executions (map_run_arn, status) WHERE map_run_arn IS NOT NULL;
CREATE UNIQUE INDEX batches_execution ON batches (execution, last);
COMMIT;
