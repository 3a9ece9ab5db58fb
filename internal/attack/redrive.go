package main

import (
	"context"
	"errors"
	"fmt"
	"os"
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
	const name = "redrive"
	row := a.report.row(name)
	f, url, closeFunctions := serveFunctions(ctx, a.report)
	defer closeFunctions()
	s := a.newServer(url)
	defer s.kill()
	f.server = s
	if err := s.start(); err != nil {
		return err
	}
	if err := s.prepare(ctx); err != nil {
		return err
	}
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
	switch err := s.redrive(ctx, first); {
	case refusedAs(err, "UnknownOperationException"):
		a.report.note("redrive: skipped, the server has no RedriveExecution")
		return nil
	case err != nil:
		return err
	}
	out, err := s.await(ctx, first.arn(), time.Now().Add(a.patience))
	if err != nil {
		return err
	}
	want, disordered, err := s.endOf(ctx, &redriven, out)
	if err != nil || disordered != "" || want.status != succeeded {
		return fmt.Errorf("the redrive that nobody disturbs: %s, %s, %w", want.status, disordered, err)
	}

	users := make(chan struct{})
	go func() {
		defer close(users)
		l.all(a.users, func(x *execution) {
			row.start()
			if err := s.redrive(ctx, x); err != nil {
				row.found(fault, "%s: RedriveExecution: %v", x.name, err)
				return
			}
			row.acknowledge()
			x.acknowledged = true
		})
	}()
	chance := a.chance(0)
	for range redriveKills {
		pause(ctx, time.Duration(20+chance.IntN(300))*time.Millisecond)
		if err := s.restart(); err != nil {
			return err
		}
	}
	<-users

	progress(os.Stderr, "checking %d redrives", len(l.runs))
	limit := time.Now().Add(a.patience)
	for _, x := range l.runs {
		if err := s.checkRedrive(ctx, row, x, want, limit); err != nil {
			return err
		}
	}
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
