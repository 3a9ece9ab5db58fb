package engine

import (
	"container/list"
	"context"
	"sync"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/value"
)

// This file has the queues of activities: tasks wait there until a worker
// polls for them.

// offers holds the tasks that wait for a worker, and the workers that wait for
// a task. At most one of an activity's two queues is not empty.
type offers struct {
	mu     sync.Mutex
	queues map[string]*queue // by activity ARN; none that is empty
}

// A queue is what waits at one activity.
type queue struct {
	tasks   list.List // of *offer, oldest first
	workers list.List // of chan *offer with room for one, longest waiting first
}

// An offer is one task that waits for a worker. It is among the offers of its
// execution until a worker has it, or it is withdrawn.
type offer struct {
	x       *execution
	command machine.Command
	place   *list.Element // in its queue; nil if it is in none
}

func (t *offer) arn() string { return t.command.Task.Resource.Text }

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

// add offers a task to the workers of its activity.
func (o *offers) add(task *offer) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if task.x.offers == nil {
		task.x.offers = make(map[int64]*offer)
	}
	task.x.offers[task.command.Token] = task
	if !o.hand(task) {
		task.place = o.queue(task.arn()).tasks.PushBack(task)
	}
}

// hand gives the task to a worker that waits; false if there is none. The caller
// holds o.mu.
func (o *offers) hand(task *offer) bool {
	q := o.queue(task.arn())
	waiting := q.workers.Front()
	if waiting == nil {
		return false
	}
	q.workers.Remove(waiting).(chan *offer) <- task
	o.tidy(task.arn())
	return true
}

// withdraw takes a task back that is queued, or on its way to a worker. The
// caller holds o.mu.
func (o *offers) withdraw(task *offer) {
	delete(task.x.offers, task.command.Token)
	if task.place != nil {
		o.queues[task.arn()].tasks.Remove(task.place)
		task.place = nil
		o.tidy(task.arn())
	}
}

// cancel withdraws the task of a token, if no worker has taken it yet.
func (o *offers) cancel(x *execution, token int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if task := x.offers[token]; task != nil {
		o.withdraw(task)
	}
}

// drop withdraws all tasks of an execution.
func (o *offers) drop(x *execution) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, task := range x.offers {
		o.withdraw(task)
	}
}

// take returns the next task of the activity, waiting for one until the
// context ends; nil then.
func (o *offers) take(ctx context.Context, arn string) *offer {
	o.mu.Lock()
	defer o.mu.Unlock()
	q := o.queue(arn)
	if front := q.tasks.Front(); front != nil {
		task := front.Value.(*offer)
		o.withdraw(task)
		return task
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
		return task
	}
	q.workers.Remove(place) // nothing if it has been given a task
	select {
	case task = <-mine: // at the last moment, for nobody
		if wanted := task.x.offers[task.command.Token] == task; wanted && !o.hand(task) {
			task.place = o.queue(arn).tasks.PushFront(task)
		}
	default:
	}
	o.tidy(arn)
	return nil
}

// TakeActivity waits for a task of the activity and starts it in the name of
// the worker. The token is "" if the context ends, or the engine closes, before
// there is one.
func (e *Engine) TakeActivity(ctx context.Context, arn, worker string) (token string, input value.Value, err error) {
	waiting, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(e.root, cancel)()
	for {
		task := e.offers.take(waiting, arn)
		if task == nil {
			return "", value.Value{}, nil
		}
		c := task.command
		err := e.bring(context.WithoutCancel(ctx), task.x, machine.Stimulus{Kind: machine.ActivityTaken, Frame: c.Frame, Token: c.Token, Worker: worker})
		if err == ErrStale {
			continue // its execution has gone on without it
		}
		return c.Task.TaskToken, c.Task.Input, err
	}
}
