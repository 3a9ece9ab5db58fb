package engine

import (
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/journal"
)

// This file shows the Standard children of a Map Run that wait until the run
// redrives them: as PENDING_REDRIVE instead of how they have ended. Nothing is
// stored for that. A child that has ended without success before its run was
// redriven waits for as long as the run goes on, unless it cannot be redriven.

// ShownStatus is the status of an execution at a time, in Unix milliseconds, as
// the API shows it: PendingRedrive for a child that waits for its redrive.
func (e *Engine) ShownStatus(v *View, now int64) machine.Status {
	if run := e.redrivenRun(v.Start.MapRun); run != nil && v.Stopped < run.Redriven {
		if status, _ := v.RedriveStatus(now); status == RedrivableByMapRun {
			return machine.PendingRedrive
		}
	}
	return v.Status
}

// redrivenRun returns the Map Run with the ARN if it goes on after a redrive;
// else nil.
func (e *Engine) redrivenRun(arn string) *MapRun {
	if arn == "" {
		return nil
	}
	if run := e.mapRuns.get(arn); run != nil && run.Redrives > 0 {
		return run
	}
	return nil
}

// shownRow is the row of a child with its status as the API shows it.
func (e *Engine) shownRow(stored *journal.Execution, now int64) Row {
	row := rowOf(stored)
	v := View{Start: &machine.Start{MapRun: row.MapRun}, Status: row.Status, Started: row.Started, Stopped: row.Stopped, Events: row.events}
	row.Status = e.ShownStatus(&v, now)
	return row
}

// shownLimit is how many rows are read at once to find those with a status.
const shownLimit = 1000

// listShown is List for the children of a Map Run that goes on after a redrive.
// The status in the store says less than what is shown, so each row is looked at.
func (e *Engine) listShown(q journal.Query) (rows []Row, next journal.Cursor, err error) {
	wanted, limit, now := q.Status, q.Limit, e.clock.Now()
	q.Limit = max(limit, shownLimit)
	if wanted == machine.PendingRedrive.String() {
		q.Status = ""
	}
	for {
		stored, after, err := e.store.Executions(q)
		if err != nil {
			return nil, next, err
		}
		for i := range stored {
			row := e.shownRow(&stored[i], now)
			if wanted != "" && row.Status.String() != wanted {
				continue
			}
			if rows = append(rows, row); len(rows) == limit {
				if i == len(stored)-1 {
					return rows, after, nil
				}
				return rows, stored[i].Cursor(), nil
			}
		}
		if after == next {
			return rows, next, nil
		}
		q.After = after
	}
}
