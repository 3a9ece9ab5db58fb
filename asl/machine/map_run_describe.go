package machine

import "cmp"

// This file has a Map Run as DescribeMapRun shows it: its limits and its counts.

// MapRunLimits are the settings of a Map Run that UpdateMapRun can change.
type MapRunLimits struct {
	MaxConcurrency      int64   // 0: no limit
	ToleratedCount      int64   // -1: not set
	ToleratedPercentage float64 // -1: not set
}

// atOnce is how many children may run.
func (l *MapRunLimits) atOnce() int {
	if l.MaxConcurrency <= 0 || l.MaxConcurrency > maxChildren {
		return maxChildren
	}
	return int(l.MaxConcurrency)
}

// exceeded reports whether more than the tolerated items have failed. A threshold of
// 0 is none; without any, no item may fail (F-072).
func (l *MapRunLimits) exceeded(failed, total int) bool {
	if l.ToleratedCount <= 0 && l.ToleratedPercentage <= 0 {
		return failed > 0
	}
	return l.ToleratedCount > 0 && int64(failed) > l.ToleratedCount ||
		l.ToleratedPercentage > 0 && float64(failed)*100 > l.ToleratedPercentage*float64(total)
}

// A MapRun is a Map Run as DescribeMapRun shows it.
type MapRun struct {
	ARN              string
	Express          bool // its children are Express executions
	Status           Status
	Started, Stopped int64 // Unix milliseconds; Stopped is 0 while it runs
	Limits           MapRunLimits
	Redrives         int
	Redriven         int64 // when for the last time, in Unix milliseconds; 0 if never
	Items            MapRunCounts
	Executions       MapRunCounts
}

// MapRunCounts are numbers of items, or of child executions. PendingRedrive and
// FailuresNotRedrivable are about children of a run that was redriven: those
// that still wait for it, and, among the Failed, those that could not be.
type MapRunCounts struct {
	Pending, Running, Succeeded, Failed, TimedOut, Aborted, Total int
	FailuresNotRedrivable, PendingRedrive                         int
}

// summary is the run as it stands.
func (r *mapRun) summary() MapRun {
	s := MapRun{ARN: r.arn, Express: r.d.express, Status: r.status, Started: r.started, Stopped: r.stopped, Limits: r.limits, Redrives: r.redrives, Redriven: r.redrivenAt}
	s.Items.Total, s.Executions.Total = r.items.len(), cmp.Or(r.total, r.executions())
	s.Items.Pending, s.Executions.Pending = s.Items.Total-r.next, s.Executions.Total-len(r.children)
	s.Items.FailuresNotRedrivable, s.Executions.FailuresNotRedrivable = r.lost.items, r.lost.children
	for status, by := range r.by {
		*s.Items.of(Status(status)), *s.Executions.of(Status(status)) = by.items, by.children
	}
	return s
}

// of is the count of what has a status.
func (c *MapRunCounts) of(s Status) *int {
	return [...]*int{&c.Running, &c.Succeeded, &c.Failed, &c.TimedOut, &c.Aborted, &c.PendingRedrive}[s]
}

func (x *Execution) summaries() []MapRun {
	if len(x.touched) == 0 {
		return nil
	}
	out := make([]MapRun, len(x.touched))
	for i, r := range x.touched {
		out[i] = r.summary()
	}
	x.touched = x.touched[:0]
	return out
}
