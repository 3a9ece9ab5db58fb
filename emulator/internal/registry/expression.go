package registry

import (
	"context"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
)

// This file limits how long JSONata expressions may take on this machine. The
// number of steps that the machine allows them is the rule, since it is the same
// everywhere; the clock is the safety net for work that no step counts.

// expressionTime is how long one expression may take. The service's limit is one
// second (Quotas), for which asl.ExpressionLimits has steps.
const expressionTime = 10 * time.Second

// LimitExpressions makes expressions of the program fail that take too long.
func LimitExpressions(p *machine.Program) {
	p.LimitExpressions(func() context.Context {
		return expressionContext{context.Background(), time.Now().Add(expressionTime)}
	})
}

// LimitExpressionsUntil is LimitExpressions for a program whose expressions must
// all end by that time, too.
func LimitExpressionsUntil(p *machine.Program, last time.Time) {
	p.LimitExpressions(func() context.Context {
		end := time.Now().Add(expressionTime)
		if end.After(last) {
			end = last
		}
		return expressionContext{context.Background(), end}
	})
}

// An expressionContext ends at a time, like one of context.WithDeadline, but
// the time is only looked at when it is polled, so that no timer is needed for
// each expression.
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
