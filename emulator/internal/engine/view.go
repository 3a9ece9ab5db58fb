package engine

import (
	"errors"
	"fmt"
	"math"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// This file has what others may see of an execution: only what is durable.

// A View is an execution as it stood after its last durable batch.
type View struct {
	Start    *machine.Start
	Revision string // of the definition that it runs
	Status   machine.Status
	Started  int64 // Unix milliseconds
	Stopped  int64 // 0 while it runs
	Output   value.Value
	Failure  *machine.Failure
	Redrives int   // how often it was redriven
	Redriven int64 // when for the last time, in Unix milliseconds; 0 for never
	Events   int64 // number of the last event in the history
	records  int64 // number of the last record in the journal
}

// view is the execution as the machine has it. The caller holds entry.turn.
func (r *resident) view() *View {
	m, p := r.machine, r.progress()
	_, stopped := m.Times()
	return &View{
		Start: r.start, Revision: r.entry.revision, Status: m.Status(), Started: p.started, Stopped: stopped, Output: m.Output(), Failure: m.Failure(),
		Redrives: int(p.redrives), Redriven: p.redriven, Events: p.lastEvent, records: p.lastRecord,
	}
}

// row is the journal's row of the execution. What DescribeExecution shows beyond
// it is in the first and the last batch. The caller holds entry.turn.
func (r *resident) row() *journal.Execution {
	v, start := r.view(), r.start
	return &journal.Execution{
		ID: r.entry.id, ARN: start.ARN, MachineARN: start.MachineARN, VersionARN: start.Version, AliasARN: start.Alias, MapRunARN: start.MapRun, Name: start.Name,
		Status: v.Status.String(), Started: v.Started, Stopped: v.Stopped, Record: v.record(),
	}
}

// record is what the row holds beyond its columns.
func (v *View) record() []byte {
	members := []value.Value{value.OfString(v.Revision), value.OfInt(v.Events), value.OfInt(v.records)}
	if v.Start != nil && v.Start.MapRun != "" {
		return childRecordShape.New(append(members, value.OfInt(int64(v.Start.Items)))).AppendJSON(nil)
	}
	return recordShape.New(members).AppendJSON(nil)
}

// revisionOf is the revision that a row's execution runs.
func revisionOf(x *journal.Execution) string {
	record, err := value.ParseBytes(x.Record)
	if err != nil {
		return "" // no program is known under this
	}
	return record.Get("revision").Text()
}

var (
	recordShape      = value.NewShape("revision", "events", "records")
	childRecordShape = value.NewShape("revision", "events", "records", "items")
)

// A Row is an execution as ListExecutions shows it.
type Row struct {
	ARN, MachineARN, Name string
	Version, Alias        string
	MapRun                string // whose child it is
	Items                 int64  // of the Map Run that it has
	Status                machine.Status
	Started, Stopped      int64
	Redrives              int64
	Redriven              int64 // when for the last time, in Unix milliseconds; 0 for never
	events                int64 // of a child of a Map Run
}

func rowOf(x *journal.Execution) Row {
	row := Row{
		ARN: x.ARN, MachineARN: x.MachineARN, Name: x.Name, Version: x.VersionARN, Alias: x.AliasARN,
		MapRun: x.MapRunARN, Status: machine.StatusOf(x.Status), Started: x.Started, Stopped: x.Stopped,
		Redrives: x.Redrives, Redriven: x.Redriven,
	}
	if row.MapRun != "" {
		if record, err := value.ParseBytes(x.Record); err == nil {
			row.Items, _ = record.Get("items").Int()
			row.events, _ = record.Get("events").Int()
		}
	}
	return row
}

// ErrNotFound says that there is no such execution.
var ErrNotFound = errors.New("engine: no such execution")

// Describe returns the view of an execution, or ErrNotFound.
func (e *Engine) Describe(arn string) (View, error) {
	if x := e.find(arn); x != nil {
		if v, err := e.viewOf(x); err != ErrNotFound {
			return v, err
		}
	}
	stored, err := e.stored(arn)
	if err != nil {
		return View{}, err
	}
	return e.storedView(stored)
}

// viewOf returns the view of an execution that has an entry. If it has not
// begun, that is ErrNotFound.
func (e *Engine) viewOf(x *entry) (View, error) {
	x.mu.Lock()
	stage, r, final := x.stage, x.resident, x.final
	v := View{Revision: x.revision, Started: x.started, Redrives: int(x.redrives), Redriven: x.redriven, Events: x.events, records: x.records}
	x.mu.Unlock()
	switch {
	case final != nil:
		return *final, nil
	case stage == beginning || stage == over:
		return View{}, ErrNotFound
	case r != nil:
		v.Start = r.start
		return v, nil
	}
	first := View{}
	if _, err := e.readBatches(&first, x.id, 1, 1); err != nil {
		return View{}, fmt.Errorf("engine: the journal of %s: %w", x.arn, err)
	}
	v.Start = first.Start
	return v, nil
}

func (e *Engine) stored(arn string) (journal.Execution, error) {
	stored, err := e.store.Execution(arn)
	if errors.Is(err, journal.ErrNotFound) {
		return stored, ErrNotFound
	}
	return stored, err
}

// storedView reads the view of an execution that has no entry. Of one that has ended,
// the first and the last batch say everything; the row of one that stands does
// not count what has happened since its first batch.
func (e *Engine) storedView(stored journal.Execution) (View, error) {
	record, err := value.ParseBytes(stored.Record)
	if err != nil {
		return View{}, fmt.Errorf("engine: the row of %s: %w", stored.ARN, err)
	}
	v := View{Revision: record.Get("revision").Text(), Status: machine.StatusOf(stored.Status), Started: stored.Started, Stopped: stored.Stopped}
	v.Redrives, v.Redriven = int(stored.Redrives), stored.Redriven
	v.Events, _ = record.Get("events").Int()
	v.records, _ = record.Get("records").Int()
	last := int64(0)
	if v.Status == machine.Running {
		_, err = e.readBatches(&v, stored.ID, 1, math.MaxInt)
	} else if last, err = e.readBatches(&v, stored.ID, 1, 1); err == nil && last < v.records {
		_, err = e.readBatches(&v, stored.ID, v.records, 1)
	}
	if err == nil && v.Start == nil {
		err = errors.New("it has no beginning")
	}
	if err != nil {
		return View{}, fmt.Errorf("engine: the journal of %s: %w", stored.ARN, err)
	}
	return v, nil
}

// readBatches takes what batches have into the view, from the one with that
// record on, and no more than most. It returns the last record that it has seen.
func (e *Engine) readBatches(v *View, id, from int64, most int) (last int64, err error) {
	var buf []machine.Event
	for batch, err := range e.store.Batches(id, from) {
		if err == nil {
			buf, err = machine.ReadEvents(buf[:0], batch.Data)
		}
		if err != nil {
			return last, err
		}
		v.take(buf)
		last = batch.Last
		v.records = max(v.records, last)
		if most--; most == 0 {
			break
		}
	}
	return last, nil
}

// take keeps what a view shows of the events.
func (v *View) take(events []machine.Event) {
	for i := range events {
		ev := &events[i]
		v.Events = max(v.Events, ev.ID)
		switch {
		case ev.Type == machine.ExecutionStarted:
			v.Start = ev.Start
		case ev.Type.Terminal():
			v.Output, v.Failure = ev.Doc, ev.Failure
		case ev.Type == machine.ExecutionRedriven:
			v.Output, v.Failure = value.Value{}, nil
		}
	}
}

// History calls yield for the events of the history from the given number on,
// private records left out, until it returns false. It returns ErrNotFound if
// there is no such execution.
func (e *Engine) History(arn string, from int64, yield func(*machine.Event) bool) error {
	return e.readRecords(arn, from, func(_ int64, ev *machine.Event) bool {
		return ev.ID < from || ev.Type.Private() || yield(ev)
	})
}

// Records calls yield for the records of an execution, the history's events and
// the private ones, until it returns false. It returns ErrNotFound if there is no
// such execution.
func (e *Engine) Records(arn string, yield func(Record) bool) error {
	return e.readRecords(arn, 1, func(number int64, ev *machine.Event) bool { return yield(Record{number, *ev}) })
}

// readRecords calls yield for the records of an execution, from the batch that
// has the given number on, until it returns false. The event that has this number
// in the history is among them. It returns ErrNotFound if there is no such
// execution.
func (e *Engine) readRecords(arn string, from int64, yield func(number int64, ev *machine.Event) bool) error {
	stored, err := e.stored(arn)
	if err != nil {
		return err
	}
	var buf []machine.Event
	for batch, err := range e.store.Batches(stored.ID, from) {
		if err != nil {
			return err
		}
		if buf, err = machine.ReadEvents(buf[:0], batch.Data); err != nil {
			return err
		}
		for i := range buf {
			if !yield(batch.First+int64(i), &buf[i]) {
				return nil
			}
		}
	}
	return nil
}

// List returns a page of executions in the order of the journal, and the After of
// the next page, zero if there is none.
func (e *Engine) List(q journal.Query) (rows []Row, next journal.Cursor, err error) {
	if q.MapRunARN != "" {
		if run, err := e.MapRun(q.MapRunARN); err == nil && run.Express {
			return e.listExpressChildren(&run, q)
		}
	}
	if e.redrivenRun(q.MapRunARN) != nil {
		return e.listShown(q)
	}
	stored, next, err := e.store.Executions(q)
	if err != nil {
		return nil, next, err
	}
	rows = make([]Row, len(stored))
	for i := range stored {
		rows[i] = rowOf(&stored[i])
	}
	return rows, next, nil
}
