package engine

import (
	"slices"
	"sync"
	"weak"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/journal"
)

// This file shows the Express children of Map Runs. An Express execution has no
// journal, and a Map Run no row for each of its Express children, which would make it
// slower: what is shown of them is in the journal of the execution that has the run,
// and is read there when somebody asks (F-238). That costs as much as the run has
// children.

// listExpressChildren is List for the children of a Map Run that are Express
// executions. None of them is redriven: a redrive of the run starts others.
func (e *Engine) listExpressChildren(run *MapRun, q journal.Query) (rows []Row, next journal.Cursor, err error) {
	children, err := e.expressChildren(run)
	if err != nil || q.Redriven == journal.Redriven {
		return nil, next, err
	}
	all := children.All()
	places := make([]journal.Cursor, 0, len(all))
	for i := range all {
		c := &all[i]
		place := (&journal.Execution{ID: int64(i) + 1, Started: c.Started, Stopped: c.Stopped}).Cursor()
		if (q.Status == "" || c.Status.String() == q.Status) && (q.After == journal.Cursor{} || place.Compare(q.After) < 0) {
			places = append(places, place)
		}
	}
	slices.SortFunc(places, func(a, b journal.Cursor) int { return b.Compare(a) })
	for i, place := range places[:min(len(places), q.Limit)] {
		c := &all[place.ID-1]
		rows = append(rows, Row{
			ARN: c.ARN, MachineARN: run.MachineARN(), Name: c.Name, MapRun: run.ARN, Items: int64(c.Items),
			Status: c.Status, Started: c.Started, Stopped: c.Stopped,
		})
		if i+1 == q.Limit && len(places) > q.Limit {
			next = place
		}
	}
	return rows, next, nil
}

// ExpressChild returns the view of an Express child of a Map Run, given its ARN, or
// ErrNotFound.
func (e *Engine) ExpressChild(at arn.ARN) (View, error) {
	run, err := e.MapRun(at.MapRunOfChild())
	if err != nil {
		return View{}, err
	}
	children, err := e.expressChildren(&run)
	if err != nil {
		return View{}, err
	}
	all := children.All()
	for i := range all {
		if all[i].ARN == at.String() {
			return childView(children, &run, &all[i]), nil
		}
	}
	return View{}, ErrNotFound
}

// readChildren are the children of the Map Run that was asked for last, if it has
// ended: who asks for one of them often asks for others. Memory that is wanted takes
// them away.
type readChildren struct {
	mu       sync.Mutex
	run      string // ARN
	redrives int    // of the run
	children weak.Pointer[machine.ExpressChildren]
}

func (e *Engine) expressChildren(run *MapRun) (*machine.ExpressChildren, error) {
	read := &e.readChildren
	read.mu.Lock()
	defer read.mu.Unlock()
	if children := read.children.Value(); children != nil && run.Status != machine.Running && read.run == run.ARN && read.redrives == run.Redrives {
		return children, nil
	}
	children := machine.NewExpressChildren(run.ARN)
	err := e.readRecords(run.Execution, 1, func(_ int64, ev *machine.Event) bool {
		children.Take(ev)
		return true
	})
	if err == nil && run.Status != machine.Running {
		read.run, read.redrives, read.children = run.ARN, run.Redrives, weak.Make(children)
	}
	return children, err
}

// childView is an Express child as DescribeExecution shows it.
func childView(children *machine.ExpressChildren, run *MapRun, c *machine.ExpressChild) View {
	parent := children.Start()
	return View{
		Start: &machine.Start{
			ARN: c.ARN, Name: c.Name, MachineARN: run.MachineARN(), Machine: parent.Machine, RoleARN: parent.RoleARN, InputText: c.Input.String(), Express: true,
			MapRun: run.ARN, Parent: parent.ARN, Items: int(c.Items), Trace: parent.Trace,
		},
		Status: c.Status, Started: c.Started, Stopped: c.Stopped, Output: c.Output, Failure: c.Failure,
	}
}
