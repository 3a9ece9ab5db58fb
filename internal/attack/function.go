package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// This file is the world outside the server: Lambda functions behind the Invoke
// API, workers of the activity, holders of task tokens. They note who called
// what, to see which effects happen twice.

// functions are the Lambda functions. They are safe for concurrent use.
type functions struct {
	ctx    context.Context
	report *report
	server *server
	on     atomic.Bool // the function switch succeeds
	hold   atomic.Bool // the function hold keeps its tokens

	mu      sync.Mutex
	calls   map[string]map[int]int // processes that made it, by execution; the step of their last call
	made    map[string]bool        // calls by process, execution, step
	answers map[string]int         // accepted answers, by execution
	jobs    map[string]*batchJob   // by id
	polled  map[string]bool        // names of jobs
	tokens  []heldToken
	holders sync.WaitGroup
}

// A heldToken is a task token with the execution whose it is.
type heldToken struct{ execution, token string }

// serveFunctions serves the functions and returns their URL. stop ends that and
// waits for the holders of tokens, which give up.
func serveFunctions(ctx context.Context, r *report) (f *functions, url string, stop func()) {
	ctx, giveUp := context.WithCancel(ctx)
	f = &functions{ctx: ctx, report: r, calls: make(map[string]map[int]int), made: make(map[string]bool), answers: make(map[string]int), jobs: make(map[string]*batchJob), polled: make(map[string]bool)}
	mux := http.NewServeMux()
	mux.Handle("/", f)
	mux.HandleFunc("/v1/", f.serveBatch)
	s := httptest.NewServer(mux)
	return f, s.URL, func() {
		giveUp()
		s.CloseClientConnections()
		s.Close()
		f.holders.Wait()
	}
}

// event is what the functions are called with.
type event struct {
	Execution string // name
	N, Step   int
	Token     string
}

// ServeHTTP is the Invoke API, below the number of the process that calls.
func (f *functions) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	caller, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	process, err := strconv.Atoi(caller)
	var in event
	if err == nil {
		err = json.NewDecoder(r.Body).Decode(&in)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	name := strings.TrimSuffix(strings.TrimPrefix(rest, "2015-03-31/functions/"), "/invocations")
	f.note(process, in)
	fail := func(errorType string) {
		w.Header().Set("X-Amz-Function-Error", "Unhandled")
		fmt.Fprintf(w, `{"errorType": %q, "errorMessage": "as always"}`, errorType)
	}
	switch name {
	case "double":
		fmt.Fprintf(w, `{"n": %d}`, 2*in.N)
	case "flaky":
		if in.Step < 2 {
			fail("Busy")
			return
		}
		fmt.Fprintf(w, `{"done": %d}`, in.N)
	case "refuse":
		fail("Refused")
	case "switch":
		if !f.on.Load() {
			fail("Off")
			return
		}
		fmt.Fprintf(w, `{"on": %d}`, in.N)
	case "hold":
		if f.hold.Load() {
			f.mu.Lock()
			f.tokens = append(f.tokens, heldToken{in.Execution, in.Token})
			f.mu.Unlock()
		} else {
			f.holders.Go(func() { f.answer(in.Execution, in.Token) }) // may come before or after the result of this call
		}
		fmt.Fprint(w, `{}`)
	default:
		http.NotFound(w, r)
	}
}

// note notes a call. A process must not make the same call twice, and none may
// repeat a call when a later one has been made: that one was only possible
// because the answer to the first is in the journal.
func (f *functions) note(process int, in event) {
	k := kindOf(in.Execution)
	if k == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	key := fmt.Sprintf("%d %s %d %d", process, in.Execution, in.Step, in.N)
	if f.made[key] {
		f.report.row(k.name).found(doubled, "%s: process %d made the call of step %d twice", in.Execution, process, in.Step)
	}
	f.made[key] = true
	if !k.serial {
		return
	}
	steps := f.calls[in.Execution]
	if steps == nil {
		steps = make(map[int]int)
		f.calls[in.Execution] = steps
	}
	for other, step := range steps {
		if other < process && step > in.Step {
			f.report.row(k.name).found(doubled, "%s: process %d made the call of step %d again, process %d was at step %d", in.Execution, process, in.Step, other, step)
		}
	}
	steps[process] = max(steps[process], in.Step)
}

// answer sends a token back. After a restart the function is called again, so
// another answer may have been first.
func (f *functions) answer(execution, token string) {
	cut, err := f.server.call(f.ctx, func(c *sfn.Client) error {
		_, err := c.SendTaskSuccess(f.ctx, &sfn.SendTaskSuccessInput{TaskToken: &token, Output: aws.String(`{"held": true}`)})
		return err
	})
	row := f.report.row(kindOf(execution).name)
	f.mu.Lock()
	defer f.mu.Unlock()
	_, late := errors.AsType[*types.TaskTimedOut](err)
	switch {
	case err == nil:
		if f.answers[execution]++; f.answers[execution] > 1 {
			row.found(doubled, "%s: its token was answered %d times", execution, f.answers[execution])
		}
	case f.ctx.Err() != nil, late && (cut || f.answers[execution] > 0 || len(f.calls[execution]) > 1):
	default:
		row.found(fault, "%s: SendTaskSuccess: %v", execution, err)
	}
}

// work takes tasks of the activity and returns them, until the context ends.
func (f *functions) work(ctx context.Context) {
	const name = "activity"
	row := f.report.row(name)
	arn := "arn:aws:states:us-east-1:123456789012:activity:" + activityName
	for ctx.Err() == nil {
		var task *sfn.GetActivityTaskOutput
		_, err := f.server.call(ctx, func(c *sfn.Client) (err error) {
			task, err = c.GetActivityTask(ctx, &sfn.GetActivityTaskInput{ActivityArn: &arn})
			return err
		})
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			row.found(fault, "GetActivityTask: %v", err)
			pause(ctx, glanceAgain)
			continue
		}
		if task.TaskToken == nil {
			continue
		}
		f.mu.Lock()
		if key := "token " + *task.TaskToken; f.made[key] {
			row.found(doubled, "two workers got the task %.20s…", *task.TaskToken)
		} else {
			f.made[key] = true
		}
		f.mu.Unlock()
		_, err = f.server.call(ctx, func(c *sfn.Client) error {
			_, err := c.SendTaskSuccess(ctx, &sfn.SendTaskSuccessInput{TaskToken: task.TaskToken, Output: aws.String(`{"worked": true}`)})
			return err
		})
		_, late := errors.AsType[*types.TaskTimedOut](err)
		if err != nil && !late && ctx.Err() == nil {
			row.found(fault, "SendTaskSuccess of a worker: %v", err)
		}
	}
}
