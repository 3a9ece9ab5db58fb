package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// This file is the attack on StopExecution: many stop one execution at once, or
// stop it just when it ends by itself. A terminal status is final, and whoever
// stops an execution that has ended gets its stopDate.

// stops are the ways to attack.
var stops = []struct {
	name    string
	kind    kind
	count   int           // executions
	callers int           // who stop each of them
	within  time.Duration // of the start
}{
	{"stop by 16 at once", kind{name: "stop"}, 60, 16, 0},
	{"stop beside a failure", kind{name: "refused"}, 400, 2, 3 * time.Millisecond},
	{"stop beside an end", kind{name: "stop-chain"}, 400, 4, 3 * time.Millisecond},
}

func attackStop(ctx context.Context, a *attack) error {
	s, _, clear, err := a.stage(ctx)
	if err != nil {
		return err
	}
	defer clear()
	for _, way := range stops {
		row := a.report.row(way.name)
		chance := a.chance(0)
		for i := range way.count {
			x := &execution{kind: &way.kind, name: fmt.Sprintf("by-many.%d", i)}
			row.start()
			_, err := s.call(ctx, func(c *sfn.Client) error {
				_, err := c.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: aws.String(machineARN(x.kind.name)), Name: &x.name, Input: aws.String(plainInput)})
				return err
			})
			if err != nil {
				return err
			}
			row.acknowledge()
			var callers sync.WaitGroup
			dates := make([]time.Time, way.callers)
			for c := range way.callers {
				after := time.Duration(chance.Int64N(int64(way.within) + 1))
				callers.Go(func() {
					pause(ctx, after)
					dates[c] = s.stopDate(ctx, row, x)
				})
			}
			callers.Wait()
			if err := s.checkStop(ctx, row, x, append(dates, s.stopDate(ctx, row, x))); err != nil {
				return err
			}
		}
	}
	return nil
}

// stopDate stops an execution and returns the date that was answered, the zero
// one for a refusal.
func (s *server) stopDate(ctx context.Context, row *tally, x *execution) (date time.Time) {
	_, err := s.call(ctx, func(c *sfn.Client) error {
		out, err := c.StopExecution(ctx, &sfn.StopExecutionInput{ExecutionArn: aws.String(x.arn())})
		if err == nil {
			date = aws.ToTime(out.StopDate)
		}
		return err
	})
	if err != nil {
		row.found(fault, "%s: StopExecution: %v", x.name, err)
	}
	return date
}

func (s *server) checkStop(ctx context.Context, row *tally, x *execution, dates []time.Time) error {
	out, err := s.describe(ctx, x.arn())
	if err != nil {
		return err
	}
	if out == nil {
		row.found(lost, "%s: DescribeExecution does not know it", x.name)
		return nil
	}
	if out.Status == types.ExecutionStatusRunning {
		row.found(wrong, "%s is RUNNING after StopExecution was answered", x.name)
		return nil
	}
	for _, date := range dates {
		if !date.IsZero() && !date.Equal(aws.ToTime(out.StopDate)) {
			row.found(wrong, "%s: StopExecution answered %s, the execution has stopped at %s", x.name, date.Format(time.RFC3339Nano), out.StopDate.Format(time.RFC3339Nano))
			break
		}
	}
	events, err := s.history(ctx, x.arn())
	if err != nil {
		return err
	}
	if d := disorder(out.Status, events); d != "" {
		row.found(wrong, "%s: %s", x.name, d)
	}
	return nil
}
