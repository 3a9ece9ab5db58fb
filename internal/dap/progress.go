package dap

import (
	"cmp"
	"fmt"

	"github.com/google/go-dap"

	"github.com/aslocal/aslocal/asl/machine"
)

// This file shows how far Map Runs are.

// A mapRun is a Map Run as its progress is told.
type mapRun struct {
	id          string
	done, total int
	told        int // percent; -1: its beginning was not told
}

// progress follows the Map Runs of an execution.
func (s *Session) progress(start *machine.Start, e *machine.Event) {
	if !s.progresses {
		return
	}
	key := fmt.Sprintf("%s %d", start.ARN, e.Frame)
	r := s.runs[key]
	switch {
	case e.Type == machine.MapRunStarted && e.Run != nil:
		s.runs[key] = &mapRun{id: e.Run.ARN}
		s.event("progressStart", &dap.ProgressStartEventBody{ProgressId: e.Run.ARN, Title: "Map Run of " + shortName(start.ARN), Message: "reading items"})
	case r == nil:
	case e.Type == machine.ItemsRead:
		r.total = e.Doc.Len()
	case e.Type == machine.ChildExecutionsStarted:
		r.total = cmp.Or(int(e.Index), r.total)
	case e.Type == machine.ChildExecutionsEnded && e.Run != nil:
		r.done += len(e.Run.Ended)
		if percent := 100 * r.done / max(r.total, r.done, 1); percent > r.told {
			r.told = percent
			s.event("progressUpdate", &dap.ProgressUpdateEventBody{ProgressId: r.id, Percentage: percent, Message: fmt.Sprintf("%d of %d", r.done, max(r.total, r.done))})
		}
	case e.Type == machine.MapRunSucceeded || e.Type == machine.MapRunFailed || e.Type == machine.MapRunAborted:
		delete(s.runs, key)
		s.event("progressEnd", &dap.ProgressEndEventBody{ProgressId: r.id, Message: e.Type.String()})
	}
	if !e.Type.Terminal() {
		return
	}
	for key, r := range s.runs { // of an execution that was stopped
		if len(key) > len(start.ARN) && key[:len(start.ARN)+1] == start.ARN+" " {
			delete(s.runs, key)
			s.event("progressEnd", &dap.ProgressEndEventBody{ProgressId: r.id, Message: e.Type.String()})
		}
	}
}
