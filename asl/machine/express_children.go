package machine

// This file rebuilds the Express children of one Map Run. They have no journals of
// their own: what is known of them is in the records of the execution that has the
// Map Run, and that is enough without its program.

// An ExpressChild is one Express execution that a Map Run has started. A child that
// the run has redriven was two executions.
type ExpressChild struct {
	ARN   string
	Child // Name is that of the execution
}

// ExpressChildren are the Express children of a Map Run. Each record of its
// execution, from the first on, is given to Take.
type ExpressChildren struct {
	run     string // ARN
	start   *Start // of the execution that has the run
	opened  map[int32]items
	frame   int32 // of the run
	running bool
	items   items
	next    int // the first item that no child has
	all     []ExpressChild
	names   []string         // of the children, as the run has them
	latest  []int32          // where in all the last execution of each child is
	ended   map[int32]Status // how those in all have ended that wait for their redrive
}

// NewExpressChildren returns the children of the Map Run with the ARN, of which none
// has started.
func NewExpressChildren(run string) *ExpressChildren {
	return &ExpressChildren{run: run, opened: make(map[int32]items), ended: make(map[int32]Status)}
}

// Start is what the execution that has the Map Run began with; nil if Take was not
// given that.
func (c *ExpressChildren) Start() *Start { return c.start }

// All returns the executions in the order in which they were started.
func (c *ExpressChildren) All() []ExpressChild { return c.all }

// Take takes the next record of the execution.
func (c *ExpressChildren) Take(e *Event) {
	switch e.Type {
	case ExecutionStarted:
		c.start = e.Start
	case MapStateStarted:
		c.opened[e.Frame] = itemsOf(e.Doc, nil)
	case MapRunStarted:
		if e.Run.ARN == c.run && c.start != nil {
			c.frame, c.running, c.items = e.Frame, true, c.opened[e.Frame]
		}
	case MapRunRedriven:
		if e.Run.ARN == c.run {
			c.running = true
			c.awaitRedrive()
		}
	case ExecutionFailed, ExecutionTimedOut, ExecutionAborted:
		c.close(e.At)
	}
	if !c.running || e.Frame != c.frame {
		return
	}
	switch e.Type {
	case ItemsRead:
		c.items = itemsOf(e.Doc, e.Run.Sources)
	case ChildExecutionsStarted:
		c.started(e)
	case ChildExecutionsRedriven:
		for _, i := range e.Run.Redriven {
			if c.has(i) {
				c.startedAnew(i, e.At)
			}
		}
	case ChildExecutionsEnded:
		for _, end := range e.Run.Ended {
			if c.has(end.Index) {
				k := &c.all[c.latest[end.Index]]
				k.Status, k.Started, k.Stopped, k.Output, k.Failure = end.Status, end.Started, end.Stopped, end.Output, end.Failure
			}
		}
	case MapRunClosing, MapRunSucceeded, MapRunFailed, MapRunAborted:
		c.close(e.At)
	}
}

// has reports whether there is a child of that number: in a damaged journal there may
// not be.
func (c *ExpressChildren) has(child int32) bool { return child >= 0 && int(child) < len(c.latest) }

func (c *ExpressChildren) started(e *Event) {
	for _, s := range e.Run.Started {
		input := s.Input
		if !input.Exists() {
			input = c.items.at(c.next)
		}
		c.next += int(s.Items)
		c.names, c.latest = append(c.names, s.Name), append(c.latest, int32(len(c.all)))
		c.add(Child{Name: s.Name, Items: s.Items, Input: input, Started: e.At})
	}
}

func (c *ExpressChildren) add(k Child) {
	k.Name = expressName(c.start.Seed, &k)
	c.all = append(c.all, ExpressChild{ARN: childARN(c.run, k.Name, true), Child: k})
}

// startedAnew starts another execution in place of the last one of a child, which
// stays as it has ended.
func (c *ExpressChildren) startedAnew(child int32, at int64) {
	old := c.latest[child]
	c.endWaiting(old)
	k := c.all[old].Child
	c.add(Child{Name: c.names[child], Items: k.Items, Input: k.Input, Started: at, Redrives: k.Redrives + 1, Redriven: at})
	c.latest[child] = int32(len(c.all)) - 1
}

// awaitRedrive makes the children that have not succeeded wait for their redrive.
func (c *ExpressChildren) awaitRedrive() {
	for _, i := range c.latest {
		if k := &c.all[i]; k.Status != Succeeded && k.Status != Running {
			c.ended[i], k.Status = k.Status, PendingRedrive
		}
	}
}

// endWaiting gives an execution that waits for its redrive the status that it had.
func (c *ExpressChildren) endWaiting(i int32) {
	if was, ok := c.ended[i]; ok {
		c.all[i].Status = was
		delete(c.ended, i)
	}
}

// close ends the run, or its last redrive: no child runs any more (F-073).
func (c *ExpressChildren) close(at int64) {
	if !c.running {
		return
	}
	c.running = false
	for _, i := range c.latest {
		c.endWaiting(i)
		if k := &c.all[i]; k.Status == Running {
			k.Status, k.Stopped = Aborted, at
		}
	}
}
