package machine

import (
	"time"

	"github.com/aslocal/aslocal/value"
)

// This file builds the context object ($$, $states.context). Spec: "The
// Context Object"; members and their order as recorded (F-010).

var (
	executionShape         = value.NewShape("Id", "Input", "StartTime", "Name", "RoleArn", "RedriveCount")
	syncExecutionShape     = value.NewShape("Id", "Input", "StartTime", "Name", "RoleArn") // synchronous ones cannot be redriven
	redrivenExecutionShape = value.NewShape("Id", "Input", "StartTime", "Name", "RoleArn", "RedriveCount", "RedriveTime")
	machineShape           = value.NewShape("Id", "Name")
	contextShape           = value.NewShape("Execution", "StateMachine", "State")
	stateShape             = value.NewShape("Name", "EnteredTime")
	retriableShape         = value.NewShape("Name", "EnteredTime", "RetryCount")
)

// A mapItem is what an iteration works on: Map.Item of the context object.
type mapItem struct {
	index  int32
	key    string // when the Map iterates over an object
	keyed  bool
	value  value.Value
	source string // of a distributed Map, or ""
}

// stateData is the source of items that come from the state's input.
const stateData = "STATE_DATA"

func (i *mapItem) contextValue() value.Value {
	var b value.ObjectBuilder
	b.Set("Index", value.OfInt(int64(i.index)))
	if i.keyed {
		b.Set("Key", value.OfString(i.key))
	}
	b.Set("Value", i.value)
	if i.source != "" {
		b.Set("Source", value.OfString(i.source))
	}
	return value.OfMembers("Item", b.Value())
}

// contextObject builds the context object for the state that e's frame is in.
func (e *env) contextObject() value.Value {
	x, f := e.x, e.f
	members := make([]value.Value, 0, 3)
	members = append(members, x.executionContext(), machineShape.New([]value.Value{value.OfString(x.start.MachineARN), value.OfString(x.start.Machine)}))
	entered := value.OfString(FormatTime(f.enteredAt))
	if f.state.retriable {
		members = append(members, retriableShape.New([]value.Value{value.OfString(f.state.name), entered, value.OfInt(int64(f.retries))}))
	} else {
		members = append(members, stateShape.New([]value.Value{value.OfString(f.state.name), entered}))
	}
	out := contextShape.New(members)
	if e.task != "" {
		out = out.With("Task", value.OfMembers("Token", value.OfString(e.task)))
	}
	if x.probe != nil {
		out = x.probe.Context(f.place(), out)
	}
	return e.withItem(out)
}

// withItem adds what a Map iterates over to the context object.
func (e *env) withItem(context value.Value) value.Value {
	if item := e.mapItem(); item != nil {
		return context.With("Map", item.contextValue())
	}
	return context
}

// mapItem is the item that is being selected, or the one of the innermost
// iteration around the frame.
func (e *env) mapItem() *mapItem {
	if e.item != nil {
		return e.item
	}
	for f := e.f; f.in != nil; f = f.parent {
		if item := f.in.item(f.index); item != nil {
			return item
		}
	}
	return nil
}

func (x *Execution) executionContext() value.Value {
	if x.context.Exists() {
		return x.context
	}
	s := x.start
	members := []value.Value{value.OfString(s.ARN), x.input, value.OfString(FormatTime(x.started)), value.OfString(s.Name), value.OfString(s.RoleARN)}
	if s.RoleARN == "" { // TestState may be given none
		members[4] = value.NullValue
	}
	switch {
	case s.Sync:
		x.context = syncExecutionShape.New(members)
	case x.redrives > 0:
		x.context = redrivenExecutionShape.New(append(members, value.OfInt(int64(x.redrives)), value.OfString(FormatTime(x.redriven))))
	default:
		x.context = executionShape.New(append(members, value.OfInt(0)))
	}
	return x.context
}

// FormatTime writes Unix milliseconds as the service does: ISO 8601 in UTC,
// with milliseconds, or without a fraction if it is zero.
func FormatTime(ms int64) string {
	t := time.UnixMilli(ms).UTC()
	if ms%1000 == 0 {
		return t.Format("2006-01-02T15:04:05Z")
	}
	return t.Format("2006-01-02T15:04:05.000Z")
}
