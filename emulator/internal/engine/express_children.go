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
// executions, by their number from 1. None of them is redriven: a redrive of the run
// starts others.
func (e *Engine) listExpressChildren(run *MapRun, q journal.Query) (rows []Row, next int64, err error) {
	children, err := e.expressChildren(run)
	if err != nil || q.Redriven == journal.Redriven {
		return nil, 0, err
	}
	all := children.All()
	if q.Before > 0 && q.Before <= int64(len(all)) {
		all = all[:q.Before-1]
	}
	for i := range slices.Backward(all) {
		c := &all[i]
		switch {
		case q.Status != "" && c.Status.String() != q.Status:
		case len(rows) == q.Limit:
			return rows, next, nil
		default:
			rows, next = append(rows, Row{
				ARN: c.ARN, MachineARN: run.MachineARN(), Name: c.Name, MapRun: run.ARN, Items: int64(c.Items),
				Status: c.Status, Started: c.Started, Stopped: c.Stopped,
			}), int64(i)+1
		}
	}
	return rows, 0, nil
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
