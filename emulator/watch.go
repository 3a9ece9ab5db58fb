package emulator

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/api/awsjson"
	"github.com/aslocal/aslocal/emulator/internal/engine"
)

// This file tells others what happens: calls of the API, executions that have ended,
// lines of functions. As long as nobody watches, that costs next to nothing.

// A Notice is something that has happened. One of its pointers is not nil.
type Notice struct {
	Time     time.Time
	Call     *Call
	Ended    *Ended
	Function *FunctionLogEntry
}

// A Call is a request that was answered, or refused.
type Call struct {
	Action string // "StartExecution"; of another service with its target, as in "DynamoDB_20120810.PutItem"
	// Subject is the ARN or the name of what the call is about: of StartExecution
	// the execution. "" if the request names nothing.
	Subject       string
	Code, Message string // why it was refused; "" if it was not
	Status        int    // of HTTP
	Client        string // its User-Agent
	Took          time.Duration
}

// An Ended is the end of an execution.
type Ended struct {
	Execution    string // ARN
	StateMachine string // ARN without version or alias; of a child of a Map Run, with the label
	Status       string // SUCCEEDED, FAILED, TIMED_OUT or ABORTED
	Express      bool   // nothing is kept of it
	Child        bool   // of a Map Run
	Took         time.Duration
	Error, Cause string
}

// Watch calls see for whatever happens from now on, until stop is called. It is called
// while it happens, by many goroutines at a time, so it must not block. Requests of the
// process itself, without a network, are no calls.
func (e *Emulator) Watch(see func(Notice)) (stop func()) { return e.watchers.add(see) }

// watchers are those who watch. The list is replaced, never changed.
type watchers struct {
	changing sync.Mutex
	list     atomic.Pointer[[]*func(Notice)]
}

func (w *watchers) load() []*func(Notice) {
	if list := w.list.Load(); list != nil {
		return *list
	}
	return nil
}

func (w *watchers) add(see func(Notice)) (stop func()) {
	w.change(func(list []*func(Notice)) []*func(Notice) { return append(list, &see) })
	return func() {
		w.change(func(list []*func(Notice)) []*func(Notice) {
			return slices.DeleteFunc(list, func(other *func(Notice)) bool { return other == &see })
		})
	}
}

func (w *watchers) change(by func([]*func(Notice)) []*func(Notice)) {
	w.changing.Lock()
	defer w.changing.Unlock()
	list := by(slices.Clone(w.load()))
	w.list.Store(&list)
}

func (w *watchers) tell(n Notice) {
	for _, see := range w.load() {
		(*see)(n)
	}
}

// ended tells of the end of an execution.
func (w *watchers) ended(v *engine.View) {
	if len(w.load()) == 0 {
		return
	}
	x := Ended{
		Execution: v.Start.ARN, StateMachine: v.Start.MachineARN, Status: v.Status.String(), Express: v.Start.Express, Child: v.Start.MapRun != "",
		Took: time.Duration(v.Stopped-v.Started) * time.Millisecond,
	}
	if f := v.Failure; f != nil && v.Status != machine.Succeeded {
		x.Error, x.Cause = f.Name.Text(), f.Cause.Text()
	}
	w.tell(Notice{Time: time.UnixMilli(v.Stopped), Ended: &x})
}

// called tells of a call of the API.
func (w *watchers) called(x *awsjson.Exchange) {
	if x.Request.RemoteAddr == "" || len(w.load()) == 0 {
		return
	}
	c := Call{Action: x.Operation, Subject: subject(x), Status: http.StatusOK, Client: x.Request.UserAgent(), Took: x.Took}
	if f := x.Fault; f != nil {
		c.Code, c.Message, c.Status = f.Type()[strings.LastIndexByte(f.Type(), '#')+1:], f.Text(), f.HTTPStatus()
	}
	w.tell(Notice{Time: time.Now(), Call: &c})
}

// refused tells of a request that did not come to the API.
func (w *watchers) refused(r *http.Request, status int, message string) {
	if r.RemoteAddr == "" || len(w.load()) == 0 {
		return
	}
	action := r.Header.Get("X-Amz-Target")
	if action == "" {
		action = r.Method + " " + r.URL.Path
	}
	w.tell(Notice{Time: time.Now(), Call: &Call{Action: action, Status: status, Message: message, Client: r.UserAgent()}})
}

// alsoLog returns a log of functions that tells of each line, beside what another does.
func (w *watchers) alsoLog(other func(FunctionLogEntry)) func(FunctionLogEntry) {
	return func(line FunctionLogEntry) {
		if other != nil {
			other(line)
		}
		if len(w.load()) > 0 {
			w.tell(Notice{Time: line.Time, Function: &line})
		}
	}
}

// subjects are the members that say what a request is about, the more precise first.
var subjects = []string{
	"executionArn", "mapRunArn", "stateMachineAliasArn", "stateMachineVersionArn", "activityArn", "resourceArn", "stateMachineArn", "name",
}

// executionAnswer is how an answer begins that names an execution.
var executionAnswer = []byte(`{"executionArn":"`)

// subject is what a request is about. Of a start that is in the answer.
func subject(x *awsjson.Exchange) string {
	if rest, ok := bytes.CutPrefix(x.Answer, executionAnswer); ok {
		name, _, _ := bytes.Cut(rest, []byte{'"'})
		return string(name)
	}
	for _, member := range subjects {
		if text := x.Input.Get(member).Text(); text != "" {
			return text
		}
	}
	return ""
}
