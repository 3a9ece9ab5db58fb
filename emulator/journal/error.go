package journal

import (
	"errors"
	"fmt"
)

// What a store refuses. Errors wrap one of these, and say which execution or
// file is meant; all others come from the disk.
var (
	// Of a write or a reader; see Store.
	ErrNotFound = errors.New("no such execution")
	ErrExists   = errors.New("the execution exists already")
	ErrOrder    = errors.New("the batch does not follow the last event")
	ErrInvalid  = errors.New("invalid request")
	ErrClosed   = errors.New("journal: the store is closed")

	// Of OpenSQLite.
	ErrLocked  = errors.New("it is open already, here or in another process")
	ErrForeign = errors.New("not a journal of aslocal")
	ErrNewer   = errors.New("written by a newer aslocal")
)

func errNotFound(id int64) error {
	return fmt.Errorf("journal: execution %d: %w", id, ErrNotFound)
}

func errARNNotFound(arn string) error {
	return fmt.Errorf("journal: execution %q: %w", arn, ErrNotFound)
}

func errExists(x *Execution) error {
	return fmt.Errorf("journal: execution %d, %q: %w", x.ID, x.ARN, ErrExists)
}

func errOrder(b *Batch, last int64) error {
	return fmt.Errorf("journal: execution %d: %w: expected a batch from event %d, got %d to %d", b.Execution, ErrOrder, last+1, b.First, b.Last)
}

func errInvalid(format string, args ...any) error {
	return fmt.Errorf("journal: %w: %s", ErrInvalid, fmt.Sprintf(format, args...))
}
