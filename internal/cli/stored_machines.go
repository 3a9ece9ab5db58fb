package cli

import (
	"bytes"
	"context"
	"fmt"
	"net/http"

	"github.com/aslocal/aslocal/value"
)

// This file finds the state machines that are in the state but not in the files:
// those that were created through the API, and those whose file is gone or has
// errors now. The banner must list them, since clients can start them.

// storedMachines lists the names of all state machines, as the API does.
func storedMachines(ctx context.Context, api http.Handler) ([]string, error) {
	var names []string
	request := value.OfMembers("maxResults", value.OfInt(1000))
	for {
		answer, err := callAPI(ctx, api, "ListStateMachines", request)
		if err != nil {
			return names, err
		}
		for _, machine := range answer.Get("stateMachines").Items() {
			names = append(names, machine.Get("name").Text())
		}
		next := answer.Get("nextToken")
		if next.Text() == "" {
			return names, nil
		}
		request = request.With("nextToken", next)
	}
}

// callAPI calls an action of the API in process.
func callAPI(ctx context.Context, api http.Handler, action string, input value.Value) (value.Value, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://localhost/", bytes.NewReader(input.AppendJSON(nil)))
	if err != nil {
		return value.Value{}, err
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Target", "AWSStepFunctions."+action)
	w := &answerWriter{header: make(http.Header), status: http.StatusOK}
	api.ServeHTTP(w, r)
	if w.status != http.StatusOK {
		return value.Value{}, fmt.Errorf("%s: %s", action, w.body.String())
	}
	return value.ParseBytes(w.body.Bytes())
}

// An answerWriter is a http.ResponseWriter that keeps the answer.
type answerWriter struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (w *answerWriter) Header() http.Header { return w.header }

// WriteHeader implements http.ResponseWriter.
func (w *answerWriter) WriteHeader(status int) { w.status = status }

// Write implements http.ResponseWriter.
func (w *answerWriter) Write(b []byte) (int, error) { return w.body.Write(b) }
