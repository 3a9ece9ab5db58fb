package machine

import (
	"hash/fnv"
	"strings"

	"github.com/aslocal/aslocal/asl/intrinsic"
	"github.com/aslocal/aslocal/value"
)

// This file has the child executions of a Map Run: how they are asked for, how
// their ends come back, and how their results are put together.

// A Child is a child execution as its Map Run sees it.
type Child struct {
	Name             string
	Items            int32       // how many items it has
	Input            value.Value // of the child
	Status           Status
	Started, Stopped int64       // Unix milliseconds; Started is when it was asked for until its end is known, Stopped 0
	Output           value.Value // if it has succeeded
	Failure          *Failure    // if it has failed, timed out or been stopped, and there is one
	Redrives         int         // how often it was redriven, an Express one started anew
	Redriven         int64       // when for the last time
}

// A ChildStarting is a child to start. If it exists already, because the process
// ended after the command was issued, its end is awaited.
type ChildStarting struct {
	Index   int32
	ARN     string
	Name    string
	Input   value.Value
	Items   int    // how many it has
	MapRun  string // ARN
	Label   string
	Express bool

	// Redrive: the Standard execution of that ARN is redriven if it has ended
	// unsuccessfully, waited for if it runs, and started if there is none.
	Redrive bool
}

// MapRunEvent is what the events of a Map Run say. Which fields an event uses is
// said at each.
type MapRunEvent struct {
	ARN     string       // MapRunStarted, MapRunUpdated, MapRunRedriven
	Limits  MapRunLimits // MapRunStarted, MapRunUpdated
	Sources []ItemSource // ItemsRead
	Started []ChildStart // ChildExecutionsStarted
	Ended   []ChildEnd   // ChildExecutionsEnded

	Redriven []int32 // ChildExecutionsRedriven: which children
}

// An ItemSource says where items are from, as $$.Map.Item.Source shows it: those
// from number From on, up to the next ItemSource.
type ItemSource struct {
	From   int
	Source string
}

// A ChildStart records that a child is to be started.
type ChildStart struct {
	Name  string
	Items int32
	Input value.Value // no value: just its item
}

// A ChildEnd is the end of a child.
type ChildEnd struct {
	Index            int32
	Status           Status
	Started, Stopped int64 // Unix milliseconds
	Output           value.Value
	Failure          *Failure
	NotRedrivable    bool // it should have been redriven, and could not be
}

// An ItemReading says which items to read. The answer is an array or an object,
// with its Sources.
type ItemReading struct {
	Resource  string
	Config    value.Value // ReaderConfig, evaluated; MaxItems is an integer, if there is one
	Arguments value.Value
}

// A ResultWriting says which results to write. The answer becomes the
// ResultWriterDetails of the state's result.
type ResultWriting struct {
	Resource  string
	Config    value.Value // WriterConfig, evaluated
	Arguments value.Value
	MapRun    string        // ARN
	Children  []Child       // all that were started, in this order; all have ended
	Pending   []value.Value // the items that no child was started for
	records   childRecords
}

// Values are the entries of child i in the result files.
func (w *ResultWriting) Values(i int) []value.Value {
	transform := w.Config.Get("Transformation").Text()
	if transform == "" {
		transform = "NONE"
	}
	return w.records.transformed(&w.Children[i], transform)
}

// arn is an ARN of the execution's account and region with the name of the state
// machine and a label behind it. A child's own Map Runs are named by the machine
// that was registered (F-076).
func (s *Start) arn(kind, label string) string {
	prefix, _, _ := strings.Cut(s.MachineARN, ":stateMachine:")
	name, _, _ := strings.Cut(s.Machine, "/")
	return prefix + ":" + kind + ":" + name + "/" + label
}

// childARN is the ARN of a child of the Map Run with the ARN run. That of an Express
// child ends in the UUID of the Map Run, in which it is found by that (F-238).
func childARN(run, name string, express bool) string {
	prefix, rest, _ := strings.Cut(run, ":mapRun:")
	machine, id, _ := strings.Cut(rest, ":")
	if !express {
		return prefix + ":execution:" + machine + ":" + name
	}
	return prefix + ":express:" + machine + ":" + name + ":" + id
}

// expressName is the name of an Express child: first its own, then another UUID for
// each redrive, since a redrive starts another Express execution. Seed is that of the
// parent.
func expressName(seed uint64, c *Child) string {
	if c.Redrives == 0 {
		return c.Name
	}
	h := fnv.New64a()
	h.Write([]byte(c.Name))
	return intrinsic.NewSource(seed ^ h.Sum64() ^ uint64(c.Redrives)*0xA0761D6478BD642F).UUID()
}

// names are the name and the ARN of the execution that a child is now, of the Map Run
// with the ARN run in the execution that parent began.
func (d *distributedMap) names(parent *Start, run string, c *Child) (name, arn string) {
	name = c.Name
	if d.express {
		name = expressName(parent.Seed, c)
	}
	return name, childARN(run, name, d.express)
}

// childName is the name of the child with that number: a UUID.
func (x *Execution) childName(number int) string {
	r := x.random(forChildren)
	r.Jump(uint64(number) * 0xA0761D6478BD642F) // odd: each number is another place in the sequence
	return r.UUID()
}

// result is the result of a Map Run that does not export it: what the children
// have returned, in the order of the items. Failures that were tolerated are
// records.
func (r *mapRun) result(x *Execution) value.Value {
	transform := "COMPACT"
	if r.d.writer != nil {
		transform = r.d.writer.transform
	}
	records := childRecords{start: x.start, d: r.d, run: r.arn}
	out := make([]value.Value, 0, len(r.children))
	for i := range r.children {
		out = append(out, records.transformed(&r.children[i], transform)...)
	}
	return value.OfSlice(out)
}

// transformed is the part of the result that belongs to a child, after the
// Transformation. A child that has not succeeded always gives its record.
func (r childRecords) transformed(c *Child, transform string) []value.Value {
	switch {
	case c.Status != Succeeded || transform == "NONE":
		return []value.Value{r.of(c)}
	case transform == "FLATTEN" && c.Output.Kind() == value.Array:
		return c.Output.Slice()
	}
	return []value.Value{c.Output}
}

// childRecords makes the records of children, in the form of DescribeExecution
// with capital letters and in alphabetical order.
type childRecords struct {
	start *Start // of the parent
	d     *distributedMap
	run   string // ARN of the Map Run
}

var included = value.OfMembers("Included", value.True)

func (r childRecords) of(c *Child) value.Value {
	var b value.ObjectBuilder
	if c.Status != Succeeded && c.Failure != nil {
		if c.Failure.Cause.Exists() {
			b.Set("Cause", c.Failure.Cause)
		}
		if c.Failure.Name.Exists() {
			b.Set("Error", c.Failure.Name)
		}
	}
	name, arn := r.d.names(r.start, r.run, c)
	b.Set("ExecutionArn", value.OfString(arn))
	b.Set("Input", value.OfString(c.Input.String()))
	b.Set("InputDetails", included)
	b.Set("Name", value.OfString(name))
	if c.Status == Succeeded {
		b.Set("Output", value.OfString(c.Output.String()))
	}
	b.Set("OutputDetails", included) // also without an Output (F-118)
	if !r.d.express {
		b.Set("RedriveCount", value.OfInt(int64(c.Redrives)))
		if c.Redrives > 0 {
			b.Set("RedriveDate", value.OfString(FormatTime(c.Redriven)))
		}
		if c.Status == Succeeded {
			b.Set("RedriveStatus", value.OfString("NOT_REDRIVABLE"))
			b.Set("RedriveStatusReason", value.OfString("Execution is SUCCEEDED and cannot be redriven"))
		} else {
			b.Set("RedriveStatus", value.OfString("REDRIVABLE_BY_MAP_RUN"))
		}
	}
	b.Set("StartDate", value.OfString(FormatTime(c.Started)))
	b.Set("StateMachineArn", value.OfString(r.start.arn("stateMachine", r.d.label)))
	b.Set("Status", value.OfString(c.Status.String()))
	b.Set("StopDate", value.OfString(FormatTime(c.Stopped)))
	return b.Value()
}
