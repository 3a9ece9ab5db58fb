// Package history turns the events of an execution into the structures of
// GetExecutionHistory: one name and one details member for each of the 62 types
// of event, of which the machine's own are fewer. What a task's event is called
// depends on its resource, what a state's event is called on its type.
package history

import (
	"unicode/utf8"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/value"
)

// Options says how events are shown.
type Options struct {
	Region      string // of TaskScheduled
	WithoutData bool   // leave input, output and parameters out (includeExecutionData false)
	Limit       int    // bytes of a payload, escaped as in JSON; what is longer is cut. 0: none
}

// Of returns the event as GetExecutionHistory lists it: timestamp (seconds with
// a fraction), type, id, previousEventId, and its details, if it has any.
func Of(e *machine.Event, o Options) value.Value {
	var b value.ObjectBuilder
	b.Set("timestamp", value.OfFloat(float64(e.At)/1000))
	b.Set("type", value.OfString(Type(e)))
	b.Set("id", value.OfInt(e.ID))
	b.Set("previousEventId", value.OfInt(e.Prev))
	if name, details := Details(e, o); name != "" {
		b.Set(name, details)
	}
	return b.Value()
}

// Type returns the name of the event's type, as in "PassStateEntered".
func Type(e *machine.Event) string {
	switch e.Type {
	case machine.StateEntered:
		return string(e.Kind) + "StateEntered"
	case machine.StateExited:
		return string(e.Kind) + "StateExited"
	case machine.StateAborted:
		return string(e.Kind) + "StateAborted"
	}
	if stem, ok := taskTypes[e.Type]; ok {
		return family(e) + stem
	}
	return e.Type.String()
}

// taskTypes are the events whose names begin with the family of their resource.
var taskTypes = map[machine.Type]string{
	machine.TaskScheduled: "Scheduled",
	machine.TaskStarted:   "Started",
	machine.TaskSubmitted: "Submitted",
	machine.TaskSucceeded: "Succeeded",
	machine.TaskFailed:    "Failed",
	machine.TaskTimedOut:  "TimedOut",

	machine.TaskSubmitFailed: "SubmitFailed",
}

func family(e *machine.Event) string {
	switch e.Task.Resource.Kind {
	case asl.Lambda:
		return "LambdaFunction"
	case asl.Activity:
		return "Activity"
	}
	return "Task"
}

// Details returns the name and the content of the event's details member, or
// "" for a type that has none.
func Details(e *machine.Event, o Options) (string, value.Value) {
	d := details{o: o}
	switch e.Type {
	case machine.ExecutionStarted:
		return "executionStartedEventDetails", d.started(e)
	case machine.ExecutionSucceeded:
		d.data("output", e.Doc)
		return "executionSucceededEventDetails", d.Value()
	case machine.ExecutionFailed:
		return "executionFailedEventDetails", d.failure(e)
	case machine.ExecutionTimedOut:
		return "executionTimedOutEventDetails", d.failure(e)
	case machine.ExecutionAborted:
		return "executionAbortedEventDetails", d.failure(e)
	case machine.StateEntered:
		d.Set("name", value.OfString(e.State))
		d.data("input", e.Doc)
		return "stateEnteredEventDetails", d.Value()
	case machine.StateExited:
		return "stateExitedEventDetails", d.exited(e)
	case machine.MapStateStarted:
		return "mapStateStartedEventDetails", value.OfMembers("length", value.OfInt(int64(e.Doc.Len())))
	case machine.MapIterationStarted:
		return "mapIterationStartedEventDetails", iteration(e)
	case machine.MapIterationSucceeded:
		return "mapIterationSucceededEventDetails", iteration(e)
	case machine.MapIterationFailed:
		return "mapIterationFailedEventDetails", iteration(e)
	case machine.MapIterationAborted:
		return "mapIterationAbortedEventDetails", iteration(e)
	case machine.EvaluationFailed:
		return "evaluationFailedEventDetails", d.evaluation(e)
	case machine.MapRunStarted:
		return "mapRunStartedEventDetails", value.OfMembers("mapRunArn", value.OfString(e.Run.ARN))
	case machine.MapRunRedriven:
		return "mapRunRedrivenEventDetails", value.OfMembers("mapRunArn", value.OfString(e.Run.ARN), "redriveCount", value.OfInt(int64(e.Index)))
	case machine.ExecutionRedriven:
		return "executionRedrivenEventDetails", value.OfMembers("redriveCount", value.OfInt(int64(e.Index)))
	case machine.MapRunFailed:
		return "mapRunFailedEventDetails", d.failure(e)
	}
	if _, ok := taskTypes[e.Type]; ok {
		return d.task(e)
	}
	return "", value.Value{}
}

// details collects the members of one details object.
type details struct {
	value.ObjectBuilder
	o Options
}

// data sets a payload, as JSON text, and what says that it is whole.
func (d *details) data(member string, doc value.Value) {
	d.payload(member, doc.String())
}

func (d *details) payload(member, text string) {
	if d.o.WithoutData {
		return
	}
	text, cut := d.o.cut(text)
	d.Set(member, value.OfString(text))
	if cut {
		d.Set(member+"Details", truncated)
		return
	}
	d.Set(member+"Details", notTruncated)
}

var (
	notTruncated = value.OfMembers("truncated", value.False)
	truncated    = value.OfMembers("truncated", value.True)
)

func (d *details) started(e *machine.Event) value.Value {
	text := e.Start.InputText
	if text == "" {
		text = e.Doc.String()
	}
	d.payload("input", text)
	d.Set("roleArn", value.OfString(e.Start.RoleARN))
	if e.Start.Alias != "" {
		d.Set("stateMachineAliasArn", value.OfString(e.Start.Alias))
	}
	if e.Start.Version != "" {
		d.Set("stateMachineVersionArn", value.OfString(e.Start.Version))
	}
	return d.Value()
}

// failure is a details object with error and cause, each if there is one.
func (d *details) failure(e *machine.Event) value.Value {
	d.setFailure(e)
	return d.Value()
}

func (d *details) setFailure(e *machine.Event) {
	if f := e.Failure; f != nil {
		if f.Name.Kind() == value.String {
			d.Set("error", f.Name)
		}
		if f.Cause.Kind() == value.String {
			d.Set("cause", f.Cause)
		}
	}
}

func (d *details) exited(e *machine.Event) value.Value {
	d.Set("name", value.OfString(e.State))
	d.data("output", e.Doc)
	if e.Assigned.Len() > 0 && !d.o.WithoutData {
		var vars value.ObjectBuilder
		for name, v := range e.Assigned.Members() {
			vars.Set(name, value.OfString(v.String()))
		}
		if all := vars.Value(); d.o.Limit > 0 && len(all.AppendJSON(nil)) > d.o.Limit {
			d.Set("assignedVariablesDetails", truncated)
		} else {
			d.Set("assignedVariables", all)
			d.Set("assignedVariablesDetails", notTruncated)
		}
	}
	return d.Value()
}

func iteration(e *machine.Event) value.Value {
	return value.OfMembers("name", value.OfString(e.State), "index", value.OfInt(int64(e.Index)))
}

func (d *details) evaluation(e *machine.Event) value.Value {
	d.setFailure(e)
	if e.Failure.Location != "" {
		d.Set("location", value.OfString(e.Failure.Location))
	}
	d.Set("state", value.OfString(e.State))
	return d.Value()
}

// task is the details of a task's event, by the family of its resource.
func (d *details) task(e *machine.Event) (string, value.Value) {
	switch family(e) {
	case "LambdaFunction":
		return d.lambda(e)
	case "Activity":
		return d.activity(e)
	}
	r := e.Task.Resource
	d.Set("resourceType", value.OfString(r.Type()))
	d.Set("resource", value.OfString(r.Name()))
	switch e.Type {
	case machine.TaskScheduled:
		d.Set("region", value.OfString(d.o.Region))
		if !d.o.WithoutData {
			parameters, _ := d.o.cut(e.Doc.String())
			d.Set("parameters", value.OfString(parameters))
		}
		d.limits(e, true)
		return "taskScheduledEventDetails", d.Value()
	case machine.TaskStarted:
		return "taskStartedEventDetails", d.Value()
	case machine.TaskSubmitted:
		d.data("output", e.Doc)
		return "taskSubmittedEventDetails", d.Value()
	case machine.TaskSucceeded:
		d.data("output", e.Doc)
		return "taskSucceededEventDetails", d.Value()
	case machine.TaskFailed:
		return "taskFailedEventDetails", d.failure(e)
	case machine.TaskSubmitFailed:
		return "taskSubmitFailedEventDetails", d.failure(e)
	}
	return "taskTimedOutEventDetails", d.failure(e)
}

func (d *details) lambda(e *machine.Event) (string, value.Value) {
	switch e.Type {
	case machine.TaskScheduled:
		d.Set("resource", value.OfString(e.Task.Resource.Text))
		d.data("input", e.Doc)
		d.limits(e, false)
		return "lambdaFunctionScheduledEventDetails", d.Value()
	case machine.TaskSucceeded:
		d.data("output", e.Doc)
		return "lambdaFunctionSucceededEventDetails", d.Value()
	case machine.TaskFailed:
		return "lambdaFunctionFailedEventDetails", d.failure(e)
	case machine.TaskTimedOut:
		return "lambdaFunctionTimedOutEventDetails", d.failure(e)
	}
	return "", value.Value{} // LambdaFunctionStarted
}

func (d *details) activity(e *machine.Event) (string, value.Value) {
	switch e.Type {
	case machine.TaskScheduled:
		d.Set("resource", value.OfString(e.Task.Resource.Text))
		d.data("input", e.Doc)
		d.limits(e, true)
		return "activityScheduledEventDetails", d.Value()
	case machine.TaskStarted:
		if e.Task.Worker != "" {
			d.Set("workerName", value.OfString(e.Task.Worker))
		}
		return "activityStartedEventDetails", d.Value()
	case machine.TaskSucceeded:
		d.data("output", e.Doc)
		return "activitySucceededEventDetails", d.Value()
	case machine.TaskFailed:
		return "activityFailedEventDetails", d.failure(e)
	}
	return "activityTimedOutEventDetails", d.failure(e)
}

// limits sets what limits a task, if the state says it.
func (d *details) limits(e *machine.Event, heartbeat bool) {
	if e.Task.Timeout > 0 {
		d.Set("timeoutInSeconds", value.OfInt(e.Task.Timeout))
	}
	if e.Task.Heartbeat > 0 && heartbeat {
		d.Set("heartbeatInSeconds", value.OfInt(e.Task.Heartbeat))
	}
	if e.Task.Credentials != "" {
		d.Set("taskCredentials", value.OfMembers("roleArn", value.OfString(e.Task.Credentials)))
	}
}

// cut shortens a payload to the limit, and reports whether it was longer.
func (o *Options) cut(text string) (short string, cut bool) {
	if o.Limit == 0 || len(text) <= o.Limit/6 { // no byte becomes more than six
		return text, false
	}
	size := 0
	for at, r := range text {
		switch one := utf8.RuneLen(r); {
		case r == '"' || r == '\\' || r == '\n' || r == '\r' || r == '\t' || r == '\b' || r == '\f':
			size += 2
		case r < ' ':
			size += 6
		default:
			size += max(one, 1)
		}
		if size > o.Limit {
			return text[:at], true
		}
	}
	return text, false
}
