package emulator

import (
	"errors"
	"net/http"
	"regexp"

	"github.com/gorilla/mux"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/capture"
	"github.com/aslocal/aslocal/emulator/internal/engine"
	"github.com/aslocal/aslocal/emulator/internal/mock"
	"github.com/aslocal/aslocal/emulator/timeline"
	"github.com/aslocal/aslocal/value"
)

// This file records executions: what their calls have led to, as a test case. It is a Go
// method, and for `aslocal record`
//
//	GET /_aslocal/recordings/ARN?case=NAME
//	GET /_aslocal/recordings/ARN?case=NAME&format=yaml
//
// The format mock, which is the default, is a mock configuration; yaml and json are a test
// file. It refuses with a status and {"message": …}.

// RecordingsPath is where the API of recordings is.
const RecordingsPath = "/_aslocal/recordings/"

// ErrNothingRecorded says that no task of an execution has ended.
var ErrNothingRecorded = errors.New("no task of the execution has ended, so there is nothing to record; those of the children of a Map Run are in their executions")

// caseName is what the name of a test case is made of, so that it can stand behind the ARN
// of a state machine.
var caseName = regexp.MustCompile(`^[\w.-]{1,80}$`)

var (
	errCaseName = errors.New("case: expected a name of 1 to 80 letters, digits and ._-")
	errTestName = errors.New("case: expected a name")
)

// Record returns a mock configuration, the MockConfigFile.json of Step Functions Local,
// with a test case of what the tasks of a Standard execution have led to: results and
// errors, retries included. Calls that have not ended, and tasks in the children of a Map
// Run, are not in it. It fails with ErrNothingRecorded, if the name of the test case is
// wrong, or as Execution does.
func (e *Emulator) Record(arn, testCase string) ([]byte, error) {
	if !caseName.MatchString(testCase) {
		return nil, errCaseName
	}
	recorded, machine, err := e.recording(arn)
	if err != nil {
		return nil, err
	}
	return recorded.Document(machine, testCase), nil
}

// recording is what the calls of an execution have led to, and the name of its state machine.
func (e *Emulator) recording(arn string) (*mock.Recording, string, error) {
	v, err := e.api.Execution(arn)
	if err != nil {
		return nil, "", err
	}
	var r recorder
	if err := e.engine.Records(arn, func(rec engine.Record) bool { r.add(&rec.Event); return true }); err != nil {
		return nil, "", err
	}
	recorded := r.recording()
	if recorded.Empty() {
		return nil, "", ErrNothingRecorded
	}
	return recorded, mock.MachineName(v.Start.MachineARN), nil
}

// serveRecording answers a request for a recording.
func (e *Emulator) serveRecording(w http.ResponseWriter, r *http.Request) {
	arn, name, format := mux.Vars(r)["arn"], r.URL.Query().Get("case"), r.URL.Query().Get("format")
	var text []byte
	var err error
	kind := "application/json"
	switch format {
	case "", "mock":
		text, err = e.Record(arn, name)
	case "yaml":
		kind = "application/yaml"
		text, err = e.RecordTest(r.Context(), arn, name, false)
	case "json":
		text, err = e.RecordTest(r.Context(), arn, name, true)
	default:
		err = errors.New("format: expected mock, yaml or json")
	}
	status := http.StatusBadRequest
	_, untestable := errors.AsType[capture.Refusal](err)
	switch {
	case err == nil:
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "no-store")
		w.Write(text)
		return
	case errors.Is(err, ErrNothingRecorded), untestable:
		status = http.StatusConflict
	}
	writeJSON(w, status, value.OfMembers("message", value.OfString(err.Error())))
}

// A recorder takes the events of an execution. The number of an invocation is its place
// among the calls of the state that the execution has scheduled, as test cases count.
type recorder struct {
	builder timeline.Builder
	calls   []recordedCall
}

// A recordedCall is where the outcome of a call is found.
type recordedCall struct{ visit, attempt int }

func (r *recorder) add(e *machine.Event) {
	r.builder.Add(e)
	if e.Type != machine.TaskScheduled {
		return
	}
	if visit, _ := r.builder.Place(); visit >= 0 {
		r.calls = append(r.calls, recordedCall{visit, len(r.builder.Visits()[visit].Attempts) - 1})
	}
}

// recording returns the outcomes. A call without one, since it goes on or was aborted,
// keeps its number free.
func (r *recorder) recording() *mock.Recording {
	var all mock.Recording
	visits := r.builder.Visits()
	for _, c := range r.calls {
		v := &visits[c.visit]
		if v.Kind != asl.Task || c.attempt < 0 || c.attempt >= len(v.Attempts) {
			continue
		}
		switch a := &v.Attempts[c.attempt]; {
		case a.Failure != nil:
			all.Add(v.State, mock.Outcome{Throw: &asl.Error{Name: a.Failure.Name.Text(), Cause: a.Failure.Cause.Text()}})
		case a.Ended != 0 && a.Output.Exists():
			all.Add(v.State, mock.Outcome{Return: a.Output})
		default:
			all.Skip(v.State)
		}
	}
	return &all
}
