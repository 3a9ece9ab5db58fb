// This file holds one connection to an SQLite file, and the statements that are
// prepared on it.

package journal

import (
	"context"
	"database/sql"
	"errors"

	"modernc.org/sqlite"
)

// A connection is the only one to its file in its pool, kept for itself.
type connection struct {
	pool *sql.DB
	*sql.Conn
	statements []*sql.Stmt
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
	return &connection{pool: pool, Conn: c}, nil
}

func (c *connection) exec(statements string) error {
	_, err := c.ExecContext(context.Background(), statements)
	return err
}

// prepare prepares a statement that lives as long as the connection.
func (c *connection) prepare(text string) (*sql.Stmt, error) {
	statement, err := c.PrepareContext(context.Background(), text)
	if err == nil {
		c.statements = append(c.statements, statement)
	}
	return statement, err
}

// readOnly tells whether SQLite could only open the file to read it: the user
// may not write it, or nobody may.
func (c *connection) readOnly() (is bool, err error) {
	err = c.Raw(func(driver any) (err error) {
		is, err = driver.(interface{ IsReadOnly(string) (bool, error) }).IsReadOnly("main")
		return err
	})
	return is, err
}

// keepLog makes closing leave -wal and -shm where they are.
func (c *connection) keepLog() error {
	return c.Raw(func(driver any) error {
		_, err := driver.(sqlite.FileControl).FileControlPersistWAL("main", 1)
		return err
	})
}

// close closes the statements first: SQLite keeps a connection with open ones
// until the process ends, and with it the log.
func (c *connection) close() error {
	if c == nil {
		return nil
	}
	var err error
	for _, statement := range c.statements {
		err = errors.Join(err, statement.Close())
	}
	return errors.Join(err, c.Conn.Close(), c.pool.Close())
}
