package engine

import (
	"container/list"
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/value"
)

// This file has the queues of activities: tasks wait there until a worker
// polls for them.

// offers holds the tasks that wait for a worker, and the workers that wait for
// a task. At most one of an activity's two queues is not empty.
type offers struct {
	mu     sync.Mutex
	queues map[string]*queue  // by activity ARN; none that is empty
	of     map[int64][]*offer // by id of the execution
}

// A queue is what waits at one activity.
type queue struct {
	tasks   list.List // of *offer, oldest first
	workers list.List // of chan *offer with room for one, longest waiting first
}

// An offer is one task that waits for a worker. It is among the offers of its
// execution until a worker has it, or it is withdrawn.
type offer struct {
	execution int64 // id
	frame     int32
	token     int64
	activity  string        // ARN
	task      *machine.Task // nil once its execution was evicted: then the journal has it
	place     *list.Element // in its queue; nil if it is in none
}

// queue returns the queue of an activity. The caller holds o.mu.
func (o *offers) queue(arn string) *queue {
	if o.queues == nil {
		o.queues = make(map[string]*queue)
	}
	q := o.queues[arn]
	if q == nil {
		q = &queue{}
		o.queues[arn] = q
	}
	return q
}

// tidy forgets the queue of an activity if nothing waits there. The caller
// holds o.mu.
func (o *offers) tidy(arn string) {
	if q := o.queues[arn]; q != nil && q.tasks.Len() == 0 && q.workers.Len() == 0 {
		delete(o.queues, arn)
	}
}

// add offers the task of a command to the workers of its activity. One that was
// offered before, and is offered again, stays where it is.
func (o *offers) add(execution int64, c *machine.Command, again bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if again && slices.ContainsFunc(o.of[execution], func(t *offer) bool { return t.token == c.Token }) {
		return
	}
	o.put(&offer{execution: execution, frame: c.Frame, token: c.Token, activity: c.Task.Resource.Text, task: c.Task})
}

// offer offers the task of an activity in a test case that has no response for
// it. If there is no such activity, the task fails as it does elsewhere (F-021).
func (e *Engine) offer(x *entry, c *machine.Command, again bool) {
	activity := c.Task.Resource.Text
	if exists := e.config.Activities; exists != nil && !exists(activity) {
		failure := machine.NewFailure(asl.ErrRuntime, "The activity "+activity+" does not exist.")
		e.deliver(x, delivery{Stimulus: machine.Stimulus{Kind: machine.Answered, Frame: c.Frame, Token: c.Token, Failure: failure}})
		return
	}
	e.offers.add(x.id, c, again)
}

// put offers a task. The caller holds o.mu.
func (o *offers) put(task *offer) {
	if o.of == nil {
		o.of = make(map[int64][]*offer)
	}
	o.of[task.execution] = append(o.of[task.execution], task)
	if !o.hand(task) {
		task.place = o.queue(task.activity).tasks.PushBack(task)
	}
}

// hand gives the task to a worker that waits; false if there is none. The caller
// holds o.mu.
func (o *offers) hand(task *offer) bool {
	q := o.queue(task.activity)
	waiting := q.workers.Front()
	if waiting == nil {
		return false
	}
	q.workers.Remove(waiting).(chan *offer) <- task
	o.tidy(task.activity)
	return true
}

// withdraw takes a task back that is queued, or on its way to a worker. The
// caller holds o.mu.
func (o *offers) withdraw(task *offer) {
	others := slices.DeleteFunc(o.of[task.execution], func(other *offer) bool { return other == task })
	if len(others) == 0 {
		delete(o.of, task.execution)
	} else {
		o.of[task.execution] = others
	}
	o.unqueue(task)
}

// unqueue takes a task out of its queue. The caller holds o.mu.
func (o *offers) unqueue(task *offer) {
	if task.place != nil {
		o.queues[task.activity].tasks.Remove(task.place)
		task.place = nil
		o.tidy(task.activity)
	}
}

// cancel withdraws the task of a token, if no worker has taken it yet.
func (o *offers) cancel(execution, token int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, task := range o.of[execution] {
		if task.token == token {
			o.withdraw(task)
			return
		}
	}
}

// drop withdraws all tasks of an execution.
func (o *offers) drop(execution int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, task := range o.of[execution] {
		o.unqueue(task)
	}
	delete(o.of, execution)
}

// slim lets go of what the journal has of the tasks of an execution.
func (o *offers) slim(execution int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, task := range o.of[execution] {
		task.task = nil
	}
}

// wanted reports whether a task is still offered. The caller holds o.mu.
func (o *offers) wanted(task *offer) bool { return slices.Contains(o.of[task.execution], task) }

// maxWorkers is how many workers may wait at an activity. Quotas: "Pollers of
// GetActivityTask per ARN" (F-239).
const maxWorkers = 1000

// ErrTooManyWorkers says that maxWorkers wait at an activity already.
var ErrTooManyWorkers = errors.New("engine: too many workers wait for tasks of the activity")

// take returns the next task of the activity, waiting for one until the
// context ends; nil then. It fails with ErrTooManyWorkers.
func (o *offers) take(ctx context.Context, arn string) (*offer, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	q := o.queue(arn)
	if front := q.tasks.Front(); front != nil {
		task := front.Value.(*offer)
		o.withdraw(task)
		return task, nil
	}
	if q.workers.Len() >= maxWorkers {
		return nil, ErrTooManyWorkers
	}
	mine := make(chan *offer, 1)
	place := q.workers.PushBack(mine)
	o.mu.Unlock()
	var task *offer
	select {
	case task = <-mine:
	case <-ctx.Done():
	}
	o.mu.Lock()
	if task != nil {
		o.withdraw(task)
		return task, nil
	}
	q.workers.Remove(place) // nothing if it has been given a task
	select {
	case task = <-mine: // at the last moment, for nobody
		if o.wanted(task) && !o.hand(task) {
			task.place = o.queue(arn).tasks.PushFront(task)
		}
	default:
	}
	o.tidy(arn)
	return nil, nil
}

// TakeActivity waits for a task of the activity and starts it in the name of
// the worker. The token is "" if the context ends, or the engine closes, before
// there is one. It fails with ErrTooManyWorkers if too many wait already.
func (e *Engine) TakeActivity(ctx context.Context, arn, worker string) (token string, input value.Value, err error) {
	waiting, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(e.root, cancel)()
	for {
		task, err := e.offers.take(waiting, arn)
		if task == nil {
			return "", value.Value{}, err
		}
		token, input, err := e.startActivity(context.WithoutCancel(ctx), task, worker)
		if err != ErrStale { // else its execution has gone on without it
			return token, input, err
		}
	}
}

// startActivity starts a task that was taken. If that cannot be written, the
// task is offered again when its execution is restored.
func (e *Engine) startActivity(ctx context.Context, o *offer, worker string) (token string, input value.Value, err error) {
	x := e.entry(o.execution)
	if x == nil {
		return "", input, ErrStale
	}
	task := o.task
	if task == nil {
		if task, err = e.offeredTask(x, o); err != nil {
			return "", input, err
		}
	}
	err = e.send(ctx, x, machine.Stimulus{Kind: machine.ActivityTaken, Frame: o.frame, Token: o.token, Worker: worker})
	if err != nil {
		return "", input, err
	}
	return task.TaskToken, task.Input, nil
}

// offeredTask asks an execution that was evicted for a task that it has offered.
func (e *Engine) offeredTask(x *entry, o *offer) (*machine.Task, error) {
	x.turn.Lock()
	defer x.turn.Unlock()
	r, err := e.residentOf(x)
	if err != nil {
		return nil, err
	}
	for _, c := range r.machine.Pending() {
		if c.Kind == machine.OfferTask && c.Token == o.token {
			return c.Task, nil
		}
	}
	return nil, ErrStale
}
