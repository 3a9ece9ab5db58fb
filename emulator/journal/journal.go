// Package journal keeps what must outlive a process: the histories of
// executions, one row per execution, and small documents (state machines,
// activities, tags). What the bytes mean is the engine's business.
//
// A [Store] has one door in, [Store.Commit], and a few out. A [Write] is one
// atomic unit; the writes that wait for the disk at the same moment share one
// sync, so durability costs many callers little more than one:
//
//	s, err := journal.OpenSQLite(".aslocal/journal.db", journal.Disk)
//	s.Commit(journal.Write{
//		Create: &journal.Execution{ID: 1, ARN: arn, MachineARN: machine, Name: "A-17", Status: journal.Running},
//		Batch:  &journal.Batch{Execution: 1, First: 1, Last: 5, Data: events},
//	}, func(err error) {
//		// on disk, or not at all: answer StartExecution, carry out the commands
//	})
//
// Two stores pass the one suite of package storetest: [NewMemory] keeps nothing
// beyond the process, [OpenSQLite] is a file that any SQLite tool reads. When
// the process is killed, the next one folds what [Store.Unfinished] gives it.
package journal

import (
	"cmp"
	"context"
	"errors"
	"iter"
)

// Running is the one status a store knows by name: [Store.Unfinished] gives
// the executions that have it. All others are the engine's.
const Running = "RUNNING"

// An Execution is the row of one execution. All but Status, Stopped, Redrives,
// Redriven and Record stay as they were created.
type Execution struct {
	ID         int64  // from 1, given by the caller in arrival order
	ARN        string // unique
	MachineARN string // never empty, unlike the next three
	VersionARN string // the version it was started by, or that its alias chose
	AliasARN   string // the alias it was started by
	MapRunARN  string // the Map Run whose child it is
	Name       string
	Status     string
	Started    int64 // Unix milliseconds
	Stopped    int64 // Unix milliseconds; 0 while it runs
	Redrives   int64 // how often it was redriven
	Redriven   int64 // when last, in Unix milliseconds; 0 for never

	// Record is what else the engine keeps of it. It is read with every row of
	// a list, so it should be small: inputs and outputs are in the batches.
	Record []byte
}

// A Cursor is the place of an execution in lists. The zero Cursor is before the first.
type Cursor struct {
	Recent int64 // Unix milliseconds
	ID     int64
}

// Compare orders cursors from the least to the greatest, which is from the end of a
// list to its beginning.
func (c Cursor) Compare(d Cursor) int {
	if c.Recent != d.Recent {
		return cmp.Compare(c.Recent, d.Recent)
	}
	return cmp.Compare(c.ID, d.ID)
}

// Cursor gives the place of the execution in the lists of its ARNs, which are in the
// order of ListExecutions: the most recent first, by Stopped, or as long as it runs by
// Redriven or Started. Of two at the same time the greater ID is first. A change never
// moves an execution back, so that who reads on sees none twice.
func (x *Execution) Cursor() Cursor {
	if x.Stopped > 0 {
		return Cursor{x.Stopped, x.ID}
	}
	return Cursor{max(x.Started, x.Redriven), x.ID}
}

// A Batch is a run of an execution's events, encoded by the engine. Events are
// numbered from 1 without gaps, the engine's private ones included, and a
// batch begins where the one before it ended.
type Batch struct {
	Execution   int64
	First, Last int64 // the numbers of its first and last event
	Data        []byte
}

// An Update changes the row of the execution ID. A nil Record leaves the
// record as it is.
type Update struct {
	ID      int64
	Status  string
	Stopped int64
	Record  []byte

	// Reopen lets the Write change an execution that has ended: a redrive.
	// Stopped is then 0, unless the batch ends it again at once. Redrives and
	// Redriven are kept with Reopen only; without it they stay as they were.
	Reopen             bool
	Redrives, Redriven int64
}

// A Document is a small piece of state under a kind ("machine") and a key (its
// ARN), neither of them empty.
type Document struct {
	Kind, Key string
	Data      []byte // in a Write, nil deletes the document
}

// A Write is one atomic unit: all of it happens, or nothing. Create, Batch and
// Update must be of the same execution, and Delete, which removes an execution
// with its events, stands without them. An execution that ends as soon as it
// begins is best created with its last status: one write costs less than two.
// What has ended stays as it is, whatever its caller believed: Batch and Update
// need a status of Running, unless the Update reopens the execution.
// The zero Write changes nothing; its turn comes when all before it are done.
type Write struct {
	Create    *Execution
	Batch     *Batch
	Update    *Update
	Delete    int64 // an ID; 0 for none; no error when there is no such execution
	Documents []Document
}

// A Query selects executions for [Store.Executions]. At most one of the ARNs is
// set; without, all executions are meant, in another order: by descending ID.
type Query struct {
	MachineARN, VersionARN, AliasARN, MapRunARN string

	Status   string        // "" for any
	Redriven RedriveFilter // needs one of the ARNs, but for the zero value
	After    Cursor        // only those after it: the cursor of the page before. Without an ARN only its ID counts
	Limit    int           // executions on the page, at least 1
}

// A RedriveFilter selects executions by whether they have been redriven.
type RedriveFilter int8

const (
	RedrivenOrNot RedriveFilter = iota
	Redriven                    // Execution.Redrives is above 0
	NotRedriven
)

// A History is an execution with all its batches, in order.
type History struct {
	Execution Execution
	Batches   []Batch
}

// A Store keeps executions, their events and documents. Its methods may be
// called from many goroutines. What is given to a store and what it returns is
// shared: nobody changes it afterwards.
//
// Every method but LastID and Path fails with [ErrClosed] after Close. An error
// of the disk says which file, and is one of [ErrFull] and its neighbours where
// the user can do something about it.
type Store interface {
	// Commit queues w and returns at once; writes are applied in the order of
	// the calls. When w is as durable as the store promises, or has failed as
	// a whole, done is called with nil or with the error. Calls of done come
	// one at a time, in commit order, and never from within Commit, so that the
	// caller may hold a lock that done takes. done may be nil; it must be quick,
	// since the next write waits for it; it may call any method but Close.
	//
	// It must fail with ErrExists when Create has the ID or the ARN of another
	// execution, ErrNotFound when Batch or Update is of no execution, ErrEnded
	// when it is of one whose status is not Running and Update does not reopen
	// it, ErrOrder when Batch does not begin with the event after the last, and
	// ErrInvalid when w breaks a rule of [Write] or its parts. A write that is
	// refused so has no effect on others. An error of the disk may be that of
	// all writes that waited together; later writes try again.
	Commit(w Write, done func(error))

	// Execution gives the execution with the ARN, or ErrNotFound. Like all
	// readers it sees every write whose done was called.
	Execution(arn string) (Execution, error)

	// Executions gives a page of executions: those of an ARN in the order of
	// [Execution.Cursor], all there are by descending ID. next is the After of the
	// next page, zero when this is the last. Executions that are added, changed or
	// deleted meanwhile do not move the others on later pages. Each page costs the
	// same. It must fail with ErrInvalid when q breaks a rule of [Query].
	Executions(q Query) (page []Execution, next Cursor, err error)

	// Unfinished gives the executions whose status is Running, by ascending
	// ID, each with its events: what recovery folds. A [*BrokenError] stands for
	// one of them, and the others follow; any other error ends it.
	Unfinished() iter.Seq2[History, error]

	// Batches gives the batches of an execution in order, from the one that
	// holds event from: none when there is no such execution or event. An
	// error ends it. The loop's body may call any method but Close.
	Batches(execution, from int64) iter.Seq2[Batch, error]

	// Document gives the document with the kind and key, or ErrNotFound.
	Document(kind, key string) (Document, error)

	// Documents gives the documents of a kind by ascending key. A
	// [*BrokenError] stands for one of them, and the others follow; any other
	// error ends it. See also [Load].
	Documents(kind string) iter.Seq2[Document, error]

	// LastID gives the greatest ID of all executions that the store has held
	// since it was opened or holds from before; 0 when there was none.
	LastID() int64

	// Path names the store in messages: its file, or "" when it has none.
	Path() string

	// Close waits for the writes that were committed and releases the store.
	// Closing again does nothing.
	Close() error
}

// Load gives each document of a kind to read, by ascending key. One that the
// store cannot read, or that read fails on, is given to broken, and the others
// follow: what is damaged is out of use, and nothing else. The error is the
// store's.
func Load(s Store, kind string, read func(Document) error, broken func(*BrokenError)) error {
	for d, err := range s.Documents(kind) {
		if err == nil {
			if err = read(d); err != nil {
				err = &BrokenError{File: s.Path(), Kind: kind, Key: d.Key, Err: err}
			}
		}
		var b *BrokenError
		switch {
		case errors.As(err, &b):
			broken(b)
		case err != nil:
			return err
		}
	}
	return nil
}

// Do commits w and waits for it. It gives ctx's error when ctx ends first; the
// write then still happens.
func Do(ctx context.Context, s Store, w Write) error {
	done := make(chan error, 1)
	s.Commit(w, func(err error) { done <- err })
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Flush waits until all that was committed before is done, or ctx ends.
func Flush(ctx context.Context, s Store) error { return Do(ctx, s, Write{}) }
