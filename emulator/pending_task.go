package emulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/gorilla/mux"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/engine"
	"github.com/aslocal/aslocal/value"
)

// This file lets people answer tasks by hand ([WithPendingTasks]): as Go methods,
// and as a small JSON API for `aslocal pending`, `aslocal answer` and web pages of
// ours. The API is behind the same checks as that of Step Functions (access.go):
//
//	GET  /_aslocal/pending-tasks      {"tasks": [{"id": …, "execution": …, …}]}
//	POST /_aslocal/pending-tasks/ID   {"output": …} or {"error": …, "cause": …} or {"retry": true}
//
// It refuses with a status and {"message": …}.

// PendingTasksPath is where the API of pending tasks is.
const PendingTasksPath = "/_aslocal/pending-tasks"

// A PendingTask waits to be answered by hand.
type PendingTask struct {
	ID           string // names it, also after a restart
	Execution    string // ARN
	StateMachine string // ARN
	State        string
	Resource     string
	Input        string // JSON: what the state passes to the resource
	TaskToken    string // "" if the state passes none on
	Since        time.Time
	Missing      string // what to set so that the resource is called
	Function     string // the Lambda function that a URL could be given for; or ""
	Service      string // the service that an endpoint could be given for, by the name in botocore; or ""
}

// PendingTasks returns the tasks that wait to be answered by hand, the oldest
// first.
func (e *Emulator) PendingTasks() []PendingTask {
	found := e.engine.PendingTasks()
	tasks := make([]PendingTask, len(found))
	for i, t := range found {
		tasks[i] = PendingTask{
			ID: t.ID, Execution: t.Execution, StateMachine: t.Machine, State: t.State, Resource: t.Resource, Input: t.Input.String(),
			TaskToken: t.TaskToken, Since: time.UnixMilli(t.Since).UTC(), Missing: t.Missing, Function: t.Function, Service: t.Service,
		}
	}
	return tasks
}

// ErrNotPending says that no task of the id waits to be answered by hand.
var ErrNotPending = errors.New("no task of this id waits to be answered")

// AnswerTask ends a pending task with a result, a JSON text of 262,144 bytes at
// most: what the call of the resource, its job, or the holder of its token would
// have returned. It returns when that is durable. It fails with ErrNotPending, or
// if the output is wrong.
func (e *Emulator) AnswerTask(ctx context.Context, id, output string) error {
	out, err := value.Parse(output)
	if err != nil {
		return fmt.Errorf("output: expected JSON: %w", err)
	}
	if out.Size() > machine.MaxPayload {
		return fmt.Errorf("output: expected at most %d bytes, got %d", machine.MaxPayload, out.Size())
	}
	return notPending(e.engine.AnswerTask(ctx, id, out, nil))
}

// The longest error and cause of a failure. API: SendTaskFailure.
const (
	maxErrorName = 256
	maxCause     = 32_768
)

// FailTask ends a pending task with an error, which the state's Retriers and
// Catchers see, and returns when that is durable. It fails with ErrNotPending, or
// if error or cause are too long.
func (e *Emulator) FailTask(ctx context.Context, id, errorName, cause string) error {
	switch {
	case errorName == "":
		return errors.New("error: expected the name of an error")
	case len(errorName) > maxErrorName:
		return fmt.Errorf("error: expected at most %d bytes, got %d", maxErrorName, len(errorName))
	case len(cause) > maxCause:
		return fmt.Errorf("cause: expected at most %d bytes, got %d", maxCause, len(cause))
	}
	return notPending(e.engine.AnswerTask(ctx, id, value.Value{}, machine.NewFailure(errorName, cause)))
}

// RetryTask calls the resource of a pending task again, with what is set up now. The task
// goes on with the outcome, or waits again under its ID. It fails with ErrNotPending.
func (e *Emulator) RetryTask(id string) error { return notPending(e.engine.RetryTask(id)) }

// notPending is what an error of the engine means to those who answer.
func notPending(err error) error {
	if errors.Is(err, engine.ErrNotFound) || errors.Is(err, engine.ErrStale) {
		return ErrNotPending
	}
	return err
}

// routePendingTasks adds the API of pending tasks to a router.
func (e *Emulator) routePendingTasks(router *mux.Router) {
	router.Path(PendingTasksPath).Methods(http.MethodGet).HandlerFunc(e.servePendingTasks)
	router.Path(PendingTasksPath + "/{id}").Methods(http.MethodPost).HandlerFunc(e.serveAnswer)
}

// servePendingTasks lists the tasks.
func (e *Emulator) servePendingTasks(w http.ResponseWriter, _ *http.Request) {
	tasks := e.PendingTasks()
	items := make([]value.Value, len(tasks))
	for i, t := range tasks {
		var b value.ObjectBuilder
		for _, m := range []struct{ name, text string }{
			{"id", t.ID}, {"execution", t.Execution}, {"stateMachine", t.StateMachine}, {"state", t.State}, {"resource", t.Resource}, {"input", t.Input},
			{"taskToken", t.TaskToken}, {"since", t.Since.Format(time.RFC3339Nano)}, {"missing", t.Missing},
		} {
			b.Set(m.name, value.OfString(m.text))
		}
		items[i] = b.Value()
	}
	writeJSON(w, http.StatusOK, value.OfMembers("tasks", value.OfSlice(items)))
}

// maxAnswer is how many bytes the request of an answer may have: the largest
// output, escaped, and some more.
const maxAnswer = 8 * machine.MaxPayload

// serveAnswer takes the answer of a task.
func (e *Emulator) serveAnswer(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxAnswer))
	if err == nil {
		err = e.answer(r.Context(), mux.Vars(r)["id"], body)
	}
	status := http.StatusOK
	switch {
	case err == nil:
		writeJSON(w, status, value.EmptyObject)
		return
	case errors.Is(err, ErrNotPending):
		status = http.StatusNotFound
	default:
		status = http.StatusBadRequest
		if unavailable := (*engine.UnavailableError)(nil); errors.As(err, &unavailable) {
			status = http.StatusServiceUnavailable
		}
	}
	writeJSON(w, status, value.OfMembers("message", value.OfString(err.Error())))
}

// answer takes the body of a request that answers a task.
func (e *Emulator) answer(ctx context.Context, id string, body []byte) error {
	in, err := value.ParseBytes(body)
	if err != nil || in.Kind() != value.Object {
		return errors.New("expected a JSON object with output, with error and cause, or with retry")
	}
	output, name, cause := in.Get("output"), in.Get("error"), in.Get("cause")
	switch {
	case in.Get("retry").Bool() && in.Len() == 1:
		return e.RetryTask(id)
	case output.Exists() == name.Exists():
		return errors.New("expected one of output and error")
	case output.Exists():
		return e.AnswerTask(ctx, id, output.String())
	case name.Kind() != value.String || cause.Exists() && cause.Kind() != value.String:
		return errors.New("error, cause: expected strings")
	}
	return e.FailTask(ctx, id, name.Text(), cause.Text())
}

func writeJSON(w http.ResponseWriter, status int, v value.Value) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(v.AppendJSON(nil))
}
