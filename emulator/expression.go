package emulator

import (
	"context"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
)

// This file limits how long a JSONata expression may take.

// expressionTime is the service's limit. Quotas: "JSONata expression … 1
// second".
const expressionTime = time.Second

// compile compiles a definition for the emulator's executions.
func compile(d *asl.Definition) (*machine.Program, error) {
	p, err := machine.Compile(d)
	if err == nil {
		p.LimitExpressions(func() context.Context {
			return expressionContext{context.Background(), time.Now().Add(expressionTime)}
		})
	}
	return p, err
}

// An expressionContext ends at a time, like one of context.WithDeadline, but
// only when it is asked, so that an expression needs no timer.
type expressionContext struct {
	context.Context
	end time.Time
}

// Deadline returns when the context ends.
func (c expressionContext) Deadline() (time.Time, bool) { return c.end, true }

// Err reports whether the time is over.
func (c expressionContext) Err() error {
	if time.Now().After(c.end) {
		return context.DeadlineExceeded
	}
	return nil
}
