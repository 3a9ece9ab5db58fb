package task

import (
	"context"

	"github.com/aslocal/aslocal/value"
)

// A Handler is a Lambda function or an action of a service that runs in this
// process. It gets the event or the parameters, and returns the result.
//
// An error fails the task. Of a function it is shown as Lambda shows what a
// function raises: an *asl.Error gives error type and message, any other has the
// name of its Go type, as in the Go runtime of Lambda. A service's *asl.Error is
// the one that the program sees. ErrNoAnswer leaves the task unanswered.
//
// A Handler is the Runner of the actions of a service: it answers for the whole
// job where a state waits for one.
type Handler func(ctx context.Context, event value.Value) (value.Value, error)

// Run implements Runner.
func (h Handler) Run(ctx context.Context, c *Call) (Answer, error) {
	out, err := h(ctx, c.Input)
	return Answer{Output: out}, err
}

// Watch implements Runner.
func (h Handler) Watch(ctx context.Context, c *Call, submitted value.Value, done func(value.Value, error)) {
	NoJobs{}.Watch(ctx, c, submitted, done)
}
