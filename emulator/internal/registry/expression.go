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
	p.LimitExpressions(func() context.Context { return &patience{Context: context.Background()} })
}

// LimitExpressionsUntil is LimitExpressions for a program whose expressions must
// all end by that time, too.
func LimitExpressionsUntil(p *machine.Program, last time.Time) {
	p.LimitExpressions(func() context.Context { return &patience{Context: context.Background(), last: last} })
}

// A patience is the context of one expression: it ends expressionTime after it
// was polled first, or at last, if that is earlier. Most expressions end before
// they poll it, and cost no look at the clock.
type patience struct {
	context.Context
	end  time.Time // zero before the first poll
	last time.Time // zero if there is none
}

// Err reports whether the time is over.
func (p *patience) Err() error {
	now := time.Now()
	if p.end.IsZero() {
		if p.end = now.Add(expressionTime); !p.last.IsZero() && p.last.Before(p.end) {
			p.end = p.last
		}
	}
	if now.After(p.end) {
		return context.DeadlineExceeded
	}
	return nil
}
