package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/smithy-go"
)

// This file is the attack on redrives: many failed executions are redriven at
// once, while the server is killed.

// redriveKills is how often the server is killed meanwhile.
const redriveKills = 8

func attackRedrive(ctx context.Context, a *attack) error {
	row := a.report.row("redrive")
	s, f, clear, err := a.stage(ctx)
	if err != nil {
		return err
	}
	defer clear()
	l := &ledger{}
	for i := range a.redrives + 1 {
		l.add(&execution{kind: &redriven, name: fmt.Sprintf("switch.%d", i)})
	}
	l.all(a.users, func(x *execution) {
		s.startExecution(ctx, x, true)
		s.watch(ctx, x, time.Now().Add(a.patience))
		if x.seen != failed {
			row.found(wrong, "%s is %q before its redrive, want FAILED", x.name, x.seen)
		}
	})
	f.on.Store(true)
	first := l.runs[0]
	l.runs = l.runs[1:]
	want, err := a.undisturbedRedrive(ctx, s, first)
	if refusedAs(err, "UnknownOperationException") {
		a.report.note("redrive: skipped, the server has no RedriveExecution")
		return nil
	}
	if err != nil {
		return err
	}
	if err := a.redriveAll(ctx, s, l); err != nil {
		return err
	}
	progress(os.Stderr, "checking %d redrives", len(l.runs))
	limit := time.Now().Add(a.patience)
	for _, x := range l.runs {
		if err := s.checkRedrive(ctx, row, x, want, limit); err != nil {
			return err
		}
	}
	return nil
}

// undisturbedRedrive redrives one execution while nobody kills the server, and
// returns how it ends.
func (a *attack) undisturbedRedrive(ctx context.Context, s *server, x *execution) (end, error) {
	if err := s.redrive(ctx, x); err != nil {
		return end{}, err
	}
	out, err := s.await(ctx, x.arn(), time.Now().Add(a.patience))
	if err != nil {
		return end{}, err
	}
	want, disordered, err := s.endOf(ctx, &redriven, out)
	if err == nil && (want.status != succeeded || disordered != "") {
		err = fmt.Errorf("nobody disturbs the redrive, but it ends %s %s", want.status, disordered)
	}
	return want, err
}

// redriveAll redrives all executions at once and kills the server meanwhile.
func (a *attack) redriveAll(ctx context.Context, s *server, l *ledger) error {
	ctx, stop := context.WithCancel(ctx)
	var users sync.WaitGroup
	defer users.Wait()
	users.Go(func() {
		l.all(a.users, func(x *execution) {
			row := a.report.row("redrive")
			row.start()
			if err := s.redrive(ctx, x); err != nil {
				row.found(fault, "%s: RedriveExecution: %v", x.name, err)
				return
			}
			row.acknowledge()
			x.acknowledged = true
		})
	})
	chance := a.chance(0)
	for range redriveKills {
		pause(ctx, time.Duration(20+chance.IntN(300))*time.Millisecond)
		if err := s.restart(); err != nil {
			stop()
			return err
		}
	}
	users.Wait()
	stop()
	return nil
}

// redrive redrives an execution until that is acknowledged.
func (s *server) redrive(ctx context.Context, x *execution) error {
	cut, err := s.call(ctx, func(c *sfn.Client) error {
		_, err := c.RedriveExecution(ctx, &sfn.RedriveExecutionInput{ExecutionArn: aws.String(x.arn()), ClientToken: &x.name})
		return err
	})
	if _, over := errors.AsType[*types.ExecutionNotRedrivable](err); over && cut {
		return nil // the first try has done it
	}
	return err
}

func refusedAs(err error, code string) bool {
	refused, ok := errors.AsType[smithy.APIError](err)
	return ok && refused.ErrorCode() == code
}

func (s *server) checkRedrive(ctx context.Context, row *tally, x *execution, want end, limit time.Time) error {
	out, err := s.await(ctx, x.arn(), limit)
	switch {
	case err != nil:
		return err
	case out == nil:
		row.found(lost, "%s: DescribeExecution does not know it any more", x.name)
		return nil
	case !x.acknowledged:
		return nil
	case out.Status == types.ExecutionStatusRunning:
		row.found(stuck, "%s: %s", x.name, s.lastEvent(ctx, x.arn()))
		return nil
	case aws.ToInt32(out.RedriveCount) == 0:
		row.found(lost, "%s: its redrive was acknowledged, redriveCount is 0", x.name)
		return nil
	case aws.ToInt32(out.RedriveCount) > 1:
		row.found(doubled, "%s was redriven %d times", x.name, *out.RedriveCount)
		return nil
	}
	got, disordered, err := s.endOf(ctx, x.kind, out)
	if err != nil {
		return err
	}
	if d := got.difference(want); d != "" || disordered != "" {
		row.found(wrong, "%s: %s%s", x.name, disordered, d)
	}
	return nil
}
