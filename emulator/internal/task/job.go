package task

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/internal/awsclient"
	"github.com/aslocal/aslocal/internal/service"
	"github.com/aslocal/aslocal/value"
)

// This file follows the jobs of .sync to their end. Step Functions is told of it by
// EventBridge and polls as well; here, jobs are polled. Guide: "Run a job".

// The pauses between two polls grow from the first to the longest: short jobs of local
// services end at once, and long ones are left alone.
const (
	firstPoll   = 250 * time.Millisecond
	longestPoll = 5 * time.Second
)

// maxLostPolls is how many polls one after the other may fail for a reason that can
// pass before the task fails: an endpoint that restarts is not the end of a job.
const maxLostPolls = 5

// pollTime is how long a poll may take. One that is not answered counts as lost: the
// endpoint may have gone without a word, and be there again for the next one.
const pollTime = 30 * time.Second

// A watch is the polling of one job.
type watch struct {
	o         Optimized
	ctx       context.Context
	call      *Call
	action    *service.Action
	submitted value.Value // the result of the first call
	done      func(value.Value, error)

	pause time.Duration // before the next poll
	lost  int           // polls that have failed since the last one that did not
	last  value.Value   // what the last poll has shown; at first nothing
}

// Watch implements Runner: it polls the job until it has ended, and cancels it when it
// is given up.
func (o Optimized) Watch(ctx context.Context, c *Call, submitted value.Value, done func(value.Value, error)) {
	a, ok := service.Find(c.Resource.Service, c.Resource.Action)
	if !ok || a.Job == nil {
		done(value.Value{}, fmt.Errorf("task: %s has no job", c.Resource))
		return
	}
	w := &watch{o: o, ctx: ctx, call: c, action: a, submitted: submitted, done: done, pause: firstPoll}
	if a.Job.Cancel != "" {
		stop := context.AfterFunc(ctx, w.cancel)
		w.done = func(out value.Value, err error) {
			stop()
			done(out, err)
		}
	}
	c.After(w.pause, w.poll)
}

// poll looks whether the job has ended.
func (w *watch) poll() {
	job := w.action.Job
	in := sources{request: w.call.Input, answer: w.submitted}.members(job.PollWith)
	ctx, cancel := context.WithTimeout(w.ctx, pollTime)
	defer cancel()
	answer, err := w.o.Client.Call(ctx, w.o.request(w.call, w.action.API, job.Poll, in))
	switch {
	case w.ctx.Err() != nil:
		return
	case err != nil && ctx.Err() != nil:
		w.again(&awsclient.Error{Err: fmt.Errorf("no answer within %v", pollTime)})
	case err != nil && job.Absent && isAbsent(err):
		w.end(true)
	case err != nil:
		w.again(err)
	default:
		w.look(answer.Output)
	}
}

// look takes what a poll has shown.
func (w *watch) look(description value.Value) {
	job := w.action.Job
	if job.Where != "" {
		description = w.choose(description)
	}
	status := follow(description, job.Status)
	switch {
	case status.Kind() != value.String:
		w.again(noStatus(job, description))
		return
	case slices.Contains(job.Succeeded, status.Text()):
		w.last = description
		w.end(w.action.String() != "ecs:runTask" || containersSucceeded(first(description.Get("Tasks"))))
	case slices.Contains(job.Failed, status.Text()):
		w.last = description
		w.end(false)
	default:
		w.last, w.lost = description, 0
		w.next()
	}
}

// choose leaves of a list of jobs only the one that was submitted.
func (w *watch) choose(description value.Value) value.Value {
	job := w.action.Job
	list, _, _ := strings.Cut(job.Status, ".")
	for _, item := range description.Get(list).Items() {
		if value.Equal(item.Get(job.Where), w.submitted.Get(job.Where)) {
			return value.OfMembers(list, value.OfItems(item))
		}
	}
	return value.OfMembers(list, value.OfItems())
}

// again polls again after a poll that has failed, unless it failed for good or too many
// have.
func (w *watch) again(err error) {
	if w.lost++; w.lost >= maxLostPolls || !passes(err) {
		w.done(value.Value{}, optimizedFailure(w.ctx, w.call, err))
		return
	}
	w.next()
}

func (w *watch) next() {
	w.pause = min(w.pause*2, longestPoll)
	w.call.After(w.pause, w.poll)
}

// end ends the task with the result of its job, or with States.TaskFailed, whose cause
// is what would have been the result.
func (w *watch) end(succeeded bool) {
	job := w.action.Job
	from := sources{request: w.call.Input, submitted: w.submitted, answer: w.last}
	var out value.Value
	switch {
	case job.ResultOf != nil:
		out = from.members(job.ResultOf)
	case !w.last.Exists(): // it was gone at the first poll
		out = w.submitted.Without("SdkHttpMetadata").Without("SdkResponseMetadata")
	case job.Result != "":
		out = follow(w.last, job.Result)
	default:
		out = w.last
	}
	if succeeded {
		w.done(out, nil)
		return
	}
	w.done(value.Value{}, failedWith(asl.ErrTaskFailed, out))
}

// containersSucceeded reports whether all containers of a task of ECS have ended with
// exit code 0. One that has not even begun has none.
func containersSucceeded(task value.Value) bool {
	containers := task.Get("Containers")
	for _, c := range containers.Items() {
		if n, ok := c.Get("ExitCode").Int(); !ok || n != 0 {
			return false
		}
	}
	return containers.Len() > 0
}

// cancelling is how long the call may take that cancels a job.
const cancelling = 10 * time.Second

// cancel stops a job that nobody waits for any more. It is not told whether that has
// worked: the execution has gone on.
func (w *watch) cancel() {
	if !errors.Is(context.Cause(w.ctx), ErrGivenUp) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(w.ctx), cancelling)
	defer cancel()
	job := w.action.Job
	from := sources{request: w.call.Input, answer: w.submitted, reason: "The Task state in AWS Step Functions execution [" + w.call.Execution +
		"] which was managing this resource was aborted"}
	_, _ = w.o.Client.Call(ctx, w.o.request(w.call, w.action.API, job.Cancel, from.members(job.CancelWith)))
}

// isAbsent reports whether a poll says that there is no such thing.
func isAbsent(err error) bool {
	e, ok := errors.AsType[*awsclient.Error](err)
	return ok && e.Err == nil && (e.Status == 404 || strings.Contains(e.Code, "NotFound"))
}
