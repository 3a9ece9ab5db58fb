// This file holds the rules that a Write and a Query keep by themselves, so
// that every store refuses the same with the same words, before it changes
// anything.

package journal

import (
	"cmp"
	"math"
)

// maxBytes bounds one record, batch or document. It is far above what the
// service's limits let an engine write in one batch, and below what SQLite
// refuses only in the middle of a transaction.
const maxBytes = 256 << 20

// check says whether w can be applied whatever the store holds. A store then
// refuses it only at its first step: Create may find the execution there, Batch
// and Update may find none or one that has ended, Batch may not fit; after a
// Create none of the others can be refused, nor Update after a Batch.
func (w *Write) check() error {
	if x := w.Create; x != nil {
		if err := x.check(); err != nil {
			return err
		}
	}
	if b := w.Batch; b != nil {
		if err := b.check(w.Create); err != nil {
			return err
		}
	}
	if u := w.Update; u != nil {
		if err := u.check(w.Create, w.Batch); err != nil {
			return err
		}
	}
	if w.Delete < 0 {
		return errInvalid("Delete: expected the ID of an execution, got %d", w.Delete)
	}
	if w.Delete > 0 && (w.Create != nil || w.Batch != nil || w.Update != nil) {
		return errInvalid("Delete: expected no Create, Batch or Update beside it")
	}
	for i := range w.Documents {
		if err := w.Documents[i].check(); err != nil {
			return err
		}
	}
	return nil
}

func (x *Execution) check() error {
	switch {
	case x.ID < 1:
		return errInvalid("Create: expected an ID from 1, got %d", x.ID)
	case x.ARN == "":
		return errInvalid("Create: execution %d has no ARN", x.ID)
	case x.MachineARN == "":
		return errInvalid("Create: execution %d has no machine ARN", x.ID)
	case x.Status == "":
		return errInvalid("Create: execution %d has no status", x.ID)
	case x.Redrives < 0 || x.Redriven < 0:
		return errInvalid("Create: expected Redrives and Redriven of at least 0, got %d and %d", x.Redrives, x.Redriven)
	case len(x.Record) > maxBytes:
		return errInvalid("Create: expected a record of at most %d bytes, got %d", maxBytes, len(x.Record))
	}
	return nil
}

func (b *Batch) check(create *Execution) error {
	switch {
	case create != nil && create.ID != b.Execution:
		return errInvalid("Batch: expected execution %d as in Create, got %d", create.ID, b.Execution)
	case b.First < 1 || b.Last < b.First:
		return errInvalid("Batch: expected at least one event, numbered from 1, got %d to %d", b.First, b.Last)
	case create != nil && b.First != 1:
		return errOrder(b, 0)
	case len(b.Data) > maxBytes:
		return errInvalid("Batch: expected at most %d bytes, got %d", maxBytes, len(b.Data))
	}
	return nil
}

func (u *Update) check(create *Execution, b *Batch) error {
	switch {
	case create != nil && create.ID != u.ID:
		return errInvalid("Update: expected execution %d as in Create, got %d", create.ID, u.ID)
	case b != nil && b.Execution != u.ID:
		return errInvalid("Update: expected execution %d as in Batch, got %d", b.Execution, u.ID)
	case u.Status == "":
		return errInvalid("Update: execution %d has no status", u.ID)
	case u.Reopen && u.Status == Running && u.Stopped != 0:
		return errInvalid("Update: expected Stopped to be 0 beside Reopen, got %d", u.Stopped)
	case u.Reopen && (u.Redrives < 0 || u.Redriven < 0):
		return errInvalid("Update: expected Redrives and Redriven of at least 0, got %d and %d", u.Redrives, u.Redriven)
	case create != nil && create.Status != Running && !u.Reopen:
		return errEnded(u.ID, create.Status)
	case len(u.Record) > maxBytes:
		return errInvalid("Update: expected a record of at most %d bytes, got %d", maxBytes, len(u.Record))
	}
	return nil
}

func (d *Document) check() error {
	switch {
	case d.Kind == "" || d.Key == "":
		return errInvalid("Documents: expected a kind and a key, got %q and %q", d.Kind, d.Key)
	case len(d.Data) > maxBytes:
		return errInvalid("Documents: expected at most %d bytes, got %d", maxBytes, len(d.Data))
	}
	return nil
}

func (q *Query) check() error {
	arns := 0
	for _, arn := range q.arns() {
		if arn != "" {
			arns++
		}
	}
	switch {
	case arns > 1:
		return errInvalid("Query: expected at most one ARN, got %d", arns)
	case q.Redriven < RedrivenOrNot || q.Redriven > NotRedriven:
		return errInvalid("Query: expected a RedriveFilter, got %d", q.Redriven)
	case q.Redriven != RedrivenOrNot && arns == 0:
		return errInvalid("Query: expected an ARN beside Redriven")
	case q.Limit < 1:
		return errInvalid("Query: expected a limit of at least 1, got %d", q.Limit)
	case q.After.ID < 0:
		return errInvalid("Query: expected a cursor with an ID of at least 0, got %d", q.After.ID)
	}
	return nil
}

// arns gives the ARNs in the order that stores number their lists by.
func (q *Query) arns() [4]string {
	return [4]string{q.MachineARN, q.VersionARN, q.AliasARN, q.MapRunARN}
}

// arn gives the ARN that is set, or "".
func (q *Query) arn() string { return cmp.Or(q.MachineARN, q.VersionARN, q.AliasARN, q.MapRunARN) }

// after gives the cursor that the page is after: beyond all, if there is none.
func (q *Query) after() Cursor {
	if q.After == (Cursor{}) {
		return Cursor{math.MaxInt64, math.MaxInt64}
	}
	return q.After
}

// empty tells whether w changes nothing.
func (w *Write) empty() bool {
	return w.Create == nil && w.Batch == nil && w.Update == nil && w.Delete == 0 && len(w.Documents) == 0
}

// size gives the bytes that w brings.
func (w *Write) size() int {
	size := 0
	if w.Create != nil {
		size += len(w.Create.Record)
	}
	if w.Batch != nil {
		size += len(w.Batch.Data)
	}
	if w.Update != nil {
		size += len(w.Update.Record)
	}
	for _, d := range w.Documents {
		size += len(d.Data)
	}
	return size
}
