package emulator

import (
	"context"
	"errors"
	"net/http"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/internal/api/fault"
	"github.com/aslocal/aslocal/emulator/internal/caller"
	"github.com/aslocal/aslocal/emulator/internal/engine"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/value"
)

// This file is the emulator as its own executions call it: nested executions,
// and the API through the AWS SDK integration.

// nested is the task.API of an emulator.
type nested struct{ em *Emulator }

// Call calls an operation of the API as a client would. Executions that it starts
// have the trace header of the one that calls (F-235).
func (n *nested) Call(ctx context.Context, operation string, in value.Value) (value.Value, error) {
	action, ok := n.em.actions[operation]
	if !ok {
		return value.Value{}, &asl.Error{Name: asl.ErrRuntime, Cause: "aslocal does not have the operation " + operation + " of Step Functions yet"}
	}
	var header http.Header
	if c := task.CallOf(ctx); c != nil {
		ctx = caller.With(engine.WithEffect(ctx, c.Key()), caller.Caller{Home: c.Home(), Role: c.Role})
		if c.Trace != "" {
			header = http.Header{"X-Amzn-Trace-Id": {c.Trace}}
		}
	}
	out, err := action.Call(ctx, in, header, nil)
	if err != nil {
		return value.Value{}, err
	}
	return value.ParseBytes(out)
}

// OnEnd calls f when the execution has ended. If it is given up before that,
// because the execution that waits for it was stopped or its task timed out, the
// nested one is stopped, too, as the service does.
func (n *nested) OnEnd(ctx context.Context, execution string, f func()) error {
	forget := n.em.engine.OnGivenUp(ctx, func() {
		// An error says that it has ended meanwhile, or that we are closing.
		_, _ = n.em.engine.Stop(context.WithoutCancel(ctx), execution, engine.Unmanaged(task.CallOf(ctx).Execution))
	})
	err := n.em.engine.OnEnd(execution, func(engine.View) {
		forget()
		f()
	})
	if errors.Is(err, engine.ErrNotFound) {
		err = fault.ExecutionDoesNotExist(execution)
	}
	return err
}

var _ task.API = (*nested)(nil)
