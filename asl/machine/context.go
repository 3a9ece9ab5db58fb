package machine

import (
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file builds the context object ($$, $states.context). Spec: "The
// Context Object"; members and their order as recorded (F-010).

var (
	executionShape     = value.NewShape("Id", "Input", "StartTime", "Name", "RoleArn", "RedriveCount")
	syncExecutionShape = value.NewShape("Id", "Input", "StartTime", "Name", "RoleArn") // synchronous ones cannot be redriven
	machineShape       = value.NewShape("Id", "Name")
	contextShape       = value.NewShape("Execution", "StateMachine", "State")
	stateShape         = value.NewShape("Name", "EnteredTime")
	retriableShape     = value.NewShape("Name", "EnteredTime", "RetryCount")
)

// A mapItem is what an iteration works on: Map.Item of the context object.
type mapItem struct {
	index int32
	key   string // when the Map iterates over an object
	keyed bool
	value value.Value
}

func (i *mapItem) contextValue() value.Value {
	var b value.ObjectBuilder
	b.Set("Index", value.Int(int64(i.index)))
	if i.keyed {
		b.Set("Key", value.Str(i.key))
	}
	b.Set("Value", i.value)
	return value.ObjectOf("Item", b.Value())
}

// contextObject builds the context object for the state that e's frame is in.
func (e *env) contextObject() value.Value {
	x, f := e.x, e.f
	members := make([]value.Value, 0, 3)
	members = append(members, x.executionContext(), machineShape.New([]value.Value{value.Str(x.start.MachineARN), value.Str(x.start.Machine)}))
	entered := value.Str(FormatTime(f.enteredAt))
	if f.retriable() {
		members = append(members, retriableShape.New([]value.Value{value.Str(f.state.name), entered, value.Int(int64(f.retries))}))
	} else {
		members = append(members, stateShape.New([]value.Value{value.Str(f.state.name), entered}))
	}
	out := contextShape.New(members)
	if e.task != "" {
		out = out.With("Task", value.ObjectOf("Token", value.Str(e.task)))
	}
	if item := e.mapItem(); item != nil {
		out = out.With("Map", item.contextValue())
	}
	return out
}

// mapItem is the item that is being selected, or the one of the innermost
// iteration around the frame.
func (e *env) mapItem() *mapItem {
	if e.item != nil {
		return e.item
	}
	for f := e.f; f.parent != nil; f = f.parent {
		if f.parent.state.kind == asl.Map {
			return f.parent.join.mapItem(f.index)
		}
	}
	return nil
}

func (j *join) mapItem(i int32) *mapItem {
	item := &mapItem{index: i, value: j.item(int(i))}
	if j.items.Kind() == value.Object {
		item.key, _ = j.items.Member(int(i))
		item.keyed = true
	}
	return item
}

func (x *Execution) executionContext() value.Value {
	if x.context.Exists() {
		return x.context
	}
	s := x.start
	members := []value.Value{value.Str(s.ARN), x.input, value.Str(FormatTime(x.started)), value.Str(s.Name), value.Str(s.RoleARN)}
	if s.Sync {
		x.context = syncExecutionShape.New(members)
	} else {
		x.context = executionShape.New(append(members, value.Int(0)))
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
