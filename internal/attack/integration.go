package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/aslocal/aslocal/emulator"
)

// This file is what the kinds need whose tasks do not call functions behind an
// endpoint: a Batch whose jobs are polled, a function that aslocal runs as a process,
// a mock configuration, and somebody who answers the tasks that are held.

// settingsText is the aslocal.yaml of the served folder; %q is this program, which
// plays the function.
const settingsText = `functions:
  local:
    command: [%q]
`

// mocksText is the mock configuration of the kind mock: its first call fails.
const mocksText = `{
  "StateMachines": {"attack-mock": {"TestCases": {"Case": {"Call": "Answers"}}}},
  "MockedResponses": {"Answers": {"0": {"Throw": {"Error": "Busy", "Cause": "as always"}}, "1": {"Return": {"mocked": true}}}}
}
`

// writeSettings writes the files that the server reads.
func (a *attack) writeSettings() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(a.folder, "aslocal.yaml"), fmt.Appendf(nil, settingsText, self), 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(a.folder, "MockConfigFile.json"), []byte(mocksText), 0o600)
}

// runtimeVariable is set in the processes of functions.
const runtimeVariable = "AWS_LAMBDA_RUNTIME_API"

// playFunction is the function local: it doubles n, in a process of aslocal, until
// that ends or something fails.
func playFunction(api string) error {
	base := "http://" + api + "/2018-06-01/runtime/invocation/"
	for {
		next, err := http.Get(base + "next")
		if err != nil {
			return err
		}
		var in event
		err = json.NewDecoder(next.Body).Decode(&in)
		next.Body.Close()
		if err != nil {
			return err
		}
		answer := strings.NewReader(fmt.Sprintf(`{"n": %d}`, 2*in.N))
		taken, err := http.Post(base+next.Header.Get("Lambda-Runtime-Aws-Request-Id")+"/response", "application/json", answer)
		if err != nil {
			return err
		}
		taken.Body.Close()
	}
}

// jobPolls is how many polls show that a job is running, before one shows its end.
const jobPolls = 2

// A batchJob is a job that has been submitted. Its name is that of its execution.
type batchJob struct {
	name  string
	polls int
}

// serveBatch is Batch, as far as aslocal calls it. An execution must not submit another
// job when one has been polled: that is only possible because its submission is in the
// journal.
func (f *functions) serveBatch(w http.ResponseWriter, r *http.Request) {
	var in struct {
		JobName string
		Jobs    []string
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	switch {
	case r.URL.Path == "/v1/submitjob":
		if f.polled[in.JobName] {
			f.report.row("job").found(doubled, "%s submitted a job again that had been polled", in.JobName)
		}
		id := uuid.NewString()
		f.jobs[id] = &batchJob{name: in.JobName}
		fmt.Fprintf(w, `{"jobId": %q, "jobName": %q}`, id, in.JobName)
	case r.URL.Path == "/v1/describejobs" && len(in.Jobs) == 1:
		job := f.jobs[in.Jobs[0]]
		if job == nil {
			fmt.Fprint(w, `{"jobs": []}`)
			return
		}
		job.polls++
		f.polled[job.name] = true
		status := "RUNNING"
		if job.polls > jobPolls {
			status = "SUCCEEDED"
		}
		fmt.Fprintf(w, `{"jobs": [{"jobId": %q, "status": %q}]}`, in.Jobs[0], status)
	default:
		http.NotFound(w, r)
	}
}

// answerHeld answers the tasks that wait for somebody, until the context ends. An
// answer that was acknowledged must not be asked for again.
func (f *functions) answerHeld(ctx context.Context) {
	answered := make(map[string]bool)
	row := f.report.row("held")
	for pause(ctx, glanceAgain) {
		s := f.server
		_, up, err := s.running(ctx)
		if err != nil {
			return
		}
		s.mu.Lock()
		base := s.url + emulator.PendingTasksPath
		s.mu.Unlock()
		var pending struct {
			Tasks []struct{ ID, Execution string }
		}
		if _, err := exchange(ctx, http.MethodGet, base, "", &pending); err != nil {
			if s.isUp(up) && ctx.Err() == nil {
				row.found(fault, "the pending tasks: %v", err)
			}
			continue
		}
		for _, t := range pending.Tasks {
			if answered[t.ID] {
				row.found(doubled, "%s: its task is pending after its answer was acknowledged", t.Execution)
			}
			status, err := exchange(ctx, http.MethodPost, base+"/"+t.ID, `{"output": {"held": true}}`, nil)
			switch {
			case err == nil && status == http.StatusOK:
				answered[t.ID] = true
			case err == nil && status != http.StatusNotFound, s.isUp(up) && ctx.Err() == nil && err != nil:
				row.found(fault, "%s: the answer of its task: status %d, %v", t.Execution, status, err)
			}
		}
	}
}

// exchange sends a request and reads its answer into a document, if there is one.
func exchange(ctx context.Context, method, url, body string, document any) (status int, err error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	if document == nil {
		_, err = io.Copy(io.Discard, answer.Body)
		return answer.StatusCode, err
	}
	return answer.StatusCode, json.NewDecoder(answer.Body).Decode(document)
}
