package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// This file keeps Map Runs as the API shows them. The machine says with each
// batch how those that it concerns stand; that is written with the batch and
// published with it. Those that run are in memory; the others in the store.

// The kinds of their documents. Under kindMapRunOf and the ARN of an execution
// are the ARNs of its Map Runs.
const (
	kindMapRun      = "mapRun"
	kindEndedMapRun = "endedMapRun"
	kindMapRunOf    = "mapRunOf "
)

// A MapRun is a Map Run as it stood after the last durable batch.
type MapRun struct {
	machine.MapRun
	Execution string // ARN of the execution that has it
}

// MachineARN is the labelled ARN of the state machine that its children are of.
func (r *MapRun) MachineARN() string {
	a, err := arn.Parse(r.ARN)
	if err != nil {
		return "" // the machine makes no such Map Run
	}
	return a.ChildMachine().String()
}

// mapRuns holds the Map Runs that run.
type mapRuns struct {
	mu       sync.Mutex
	byARN    map[string]*MapRun
	changing map[string]machine.MapRunLimits // by ARN: those on their way into the journal
}

func (m *mapRuns) get(arn string) *MapRun {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.byARN[arn]
}

// publish takes how Map Runs stand.
func (m *mapRuns) publish(execution string, runs []machine.MapRun) {
	if len(runs) == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.byARN == nil {
		m.byARN = make(map[string]*MapRun)
	}
	for i := range runs {
		r := &MapRun{runs[i], execution}
		if m.byARN[r.ARN] = r; r.Status != machine.Running {
			delete(m.byARN, r.ARN)
			delete(m.changing, r.ARN)
		} else if m.changing[r.ARN] == r.Limits {
			delete(m.changing, r.ARN)
		}
	}
}

// MapRun returns the Map Run with the ARN, or ErrNotFound.
func (e *Engine) MapRun(arn string) (MapRun, error) {
	if r := e.mapRuns.get(arn); r != nil {
		return *r, nil
	}
	doc, err := e.document(kindEndedMapRun, arn)
	if err != nil {
		return MapRun{}, err
	}
	return readMapRun(doc)
}

// document returns a document of the store, or ErrNotFound.
func (e *Engine) document(kind, key string) (journal.Document, error) {
	doc, err := e.store.Document(kind, key)
	if errors.Is(err, journal.ErrNotFound) {
		err = ErrNotFound
	}
	return doc, err
}

// MapRuns returns the Map Runs of an execution, oldest first. The error is the
// store's.
func (e *Engine) MapRuns(execution string) ([]MapRun, error) {
	var out []MapRun
	for doc, err := range e.store.Documents(kindMapRunOf + execution) {
		if err != nil {
			return nil, fmt.Errorf("engine: reading the map runs of %s: %w", execution, err)
		}
		r, err := e.MapRun(doc.Key)
		if err == ErrNotFound {
			continue // it is being published
		}
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	slices.SortStableFunc(out, func(a, b MapRun) int { return cmp.Compare(a.Started, b.Started) })
	return out, nil
}

// ErrCompleted says that a Map Run has ended and cannot be changed.
var ErrCompleted = errors.New("engine: the map run has ended")

// UpdateMapRun changes the limits of a Map Run that has not ended and returns
// when that is durable. It fails with ErrNotFound, or ErrCompleted. change gets
// the limits as the changes before it have left them.
func (e *Engine) UpdateMapRun(ctx context.Context, arn string, change func(*machine.MapRunLimits)) error {
	r, err := e.MapRun(arn)
	if err != nil {
		return err
	}
	x := e.find(r.Execution)
	if r.Status != machine.Running || x == nil {
		return ErrCompleted
	}
	err = e.sendWith(ctx, x, delivery{
		Stimulus: machine.Stimulus{Kind: machine.MapRunChanged},
		prepare: func(s *machine.Stimulus) {
			s.Run = &machine.MapRunEvent{ARN: arn, Limits: e.mapRuns.change(&r, change)}
		},
	})
	if err == nil {
		return nil
	}
	e.mapRuns.unchange(arn)
	if err == ErrStale {
		err = ErrCompleted
	}
	return err
}

// change changes the latest limits of a Map Run, and returns them.
func (m *mapRuns) change(r *MapRun, change func(*machine.MapRunLimits)) machine.MapRunLimits {
	m.mu.Lock()
	defer m.mu.Unlock()
	limits, ok := m.changing[r.ARN]
	if durable := m.byARN[r.ARN]; !ok && durable != nil {
		limits = durable.Limits
	} else if !ok {
		limits = r.Limits
	}
	change(&limits)
	if m.changing == nil {
		m.changing = make(map[string]machine.MapRunLimits)
	}
	m.changing[r.ARN] = limits
	return limits
}

// unchange forgets the changes of limits that were not written.
func (m *mapRuns) unchange(arn string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.changing, arn)
}

// mapRunDocuments are what the journal keeps of the Map Runs of a batch.
func (e *Engine) mapRunDocuments(execution string, runs []machine.MapRun) []journal.Document {
	var out []journal.Document
	for i := range runs {
		r := MapRun{runs[i], execution}
		if e.mapRuns.get(r.ARN) == nil { // it is new
			out = append(out, journal.Document{Kind: kindMapRunOf + execution, Key: r.ARN, Data: []byte("{}")})
		}
		if r.Status == machine.Running {
			out = append(out, journal.Document{Kind: kindMapRun, Key: r.ARN, Data: r.document()})
			continue
		}
		out = append(out, journal.Document{Kind: kindMapRun, Key: r.ARN}, journal.Document{Kind: kindEndedMapRun, Key: r.ARN, Data: r.document()})
	}
	return out
}

// loadMapRuns reads those of earlier processes that run.
func (e *Engine) loadMapRuns() error {
	err := journal.Load(e.store, kindMapRun, func(doc journal.Document) error {
		r, err := readMapRun(doc)
		if err == nil {
			e.mapRuns.publish(r.Execution, []machine.MapRun{r.MapRun})
		}
		return err
	}, func(b *journal.BrokenError) { e.log.Error(b.Error()) })
	if err != nil {
		return fmt.Errorf("engine: reading the map runs: %w", err)
	}
	return nil
}

var (
	mapRunShape = value.NewShape("execution", "status", "started", "stopped", "maxConcurrency", "toleratedCount", "toleratedPercentage", "redrives", "redriven", "items", "executions", "express")
	countsShape = value.NewShape("running", "succeeded", "failed", "timedOut", "aborted", "total", "notRedrivable", "pendingRedrive")
)

func (r *MapRun) document() []byte {
	l := &r.Limits
	return mapRunShape.New([]value.Value{
		value.OfString(r.Execution), value.OfString(r.Status.String()), value.OfInt(r.Started), value.OfInt(r.Stopped), value.OfInt(l.MaxConcurrency), value.OfInt(l.ToleratedCount),
		value.OfFloat(l.ToleratedPercentage), value.OfInt(int64(r.Redrives)), value.OfInt(r.Redriven), countsValue(&r.Items), countsValue(&r.Executions), value.OfBool(r.Express),
	}).AppendJSON(nil)
}

func countsValue(c *machine.MapRunCounts) value.Value {
	members := make([]value.Value, 0, 8)
	for _, n := range []int{c.Running, c.Succeeded, c.Failed, c.TimedOut, c.Aborted, c.Total, c.FailuresNotRedrivable, c.PendingRedrive} {
		members = append(members, value.OfInt(int64(n)))
	}
	return countsShape.New(members)
}

func readMapRun(doc journal.Document) (MapRun, error) {
	v, err := value.ParseBytes(doc.Data)
	if err != nil {
		return MapRun{}, err
	}
	number := func(name string) int64 { n, _ := v.Get(name).Int(); return n }
	r := MapRun{Execution: v.Get("execution").Text()}
	r.ARN, r.Status, r.Started, r.Stopped = doc.Key, machine.StatusOf(v.Get("status").Text()), number("started"), number("stopped")
	r.Express = v.Get("express") == value.True
	r.Redrives, r.Redriven = int(number("redrives")), number("redriven")
	r.Limits = machine.MapRunLimits{
		MaxConcurrency: number("maxConcurrency"), ToleratedCount: number("toleratedCount"), ToleratedPercentage: v.Get("toleratedPercentage").Float(),
	}
	r.Items, r.Executions = readCounts(v.Get("items")), readCounts(v.Get("executions"))
	return r, nil
}

func readCounts(v value.Value) machine.MapRunCounts {
	number := func(name string) int { n, _ := v.Get(name).Int(); return int(n) }
	c := machine.MapRunCounts{
		Running: number("running"), Succeeded: number("succeeded"), Failed: number("failed"), TimedOut: number("timedOut"), Aborted: number("aborted"), Total: number("total"),
		FailuresNotRedrivable: number("notRedrivable"), PendingRedrive: number("pendingRedrive"),
	}
	c.Pending = c.Total - c.Running - c.Succeeded - c.Failed - c.TimedOut - c.Aborted - c.PendingRedrive
	return c
}
