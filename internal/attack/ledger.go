package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// This file is the ledger of what was acknowledged, and how it is checked when
// the load is over.

// A ledger has the executions that were started. It is safe for concurrent use.
type ledger struct {
	mu   sync.Mutex
	runs []*execution
}

// An execution is one that was started. One goroutine at a time has it.
type execution struct {
	kind         *kind
	name         string
	acknowledged bool                  // the start
	stopped      bool                  // the stop was acknowledged
	seen         types.ExecutionStatus // the end that DescribeExecution has shown, "" for none yet
}

func (x *execution) arn() string { return executionARN(x.kind.name, x.name) }

// all runs f for each execution, n at a time, and returns when all are done.
func (l *ledger) all(n int, f func(*execution)) {
	next := make(chan *execution)
	var users sync.WaitGroup
	for range n {
		users.Go(func() {
			for x := range next {
				f(x)
			}
		})
	}
	for _, x := range l.runs {
		next <- x
	}
	close(next)
	users.Wait()
}

func (l *ledger) add(x *execution) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.runs = append(l.runs, x)
}

// startExecution starts an execution until that is acknowledged. keep says
// whether a start whose answer was cut off is tried again.
func (s *server) startExecution(ctx context.Context, x *execution, keep bool) {
	row := s.report.row(x.kind.name)
	row.start()
	errAbandoned := errors.New("the answer was cut off")
	tried := false
	cut, err := s.call(ctx, func(c *sfn.Client) error {
		if tried && !keep {
			return errAbandoned
		}
		tried = true
		_, err := c.StartExecution(ctx, &sfn.StartExecutionInput{
			StateMachineArn: aws.String(x.kind.startARN()), Name: &x.name, Input: aws.String(x.kind.inputText()),
		})
		return err
	})
	_, exists := errors.AsType[*types.ExecutionAlreadyExists](err)
	switch {
	case err == nil, exists && cut: // the first answer was cut off, and it has ended since
		row.acknowledge()
		x.acknowledged = true
	case !errors.Is(err, errAbandoned) && ctx.Err() == nil:
		row.found(fault, "%s: StartExecution: %v", x.name, err)
	}
}

// stopExecution stops an execution until that is acknowledged.
func (s *server) stopExecution(ctx context.Context, x *execution) {
	row := s.report.row(x.kind.name)
	_, err := s.call(ctx, func(c *sfn.Client) error {
		_, err := c.StopExecution(ctx, &sfn.StopExecutionInput{ExecutionArn: aws.String(x.arn()), Error: aws.String("Enough"), Cause: aws.String("stopped by a user")})
		return err
	})
	if err != nil {
		if ctx.Err() == nil {
			row.found(fault, "%s: StopExecution: %v", x.name, err)
		}
		return
	}
	x.stopped = true
	out, err := s.describe(ctx, x.arn())
	if err == nil && out != nil && out.Status == types.ExecutionStatusRunning {
		row.found(wrong, "%s is RUNNING after StopExecution was acknowledged", x.name)
	}
}

// watch waits for the end of an execution and keeps the status that was shown.
func (s *server) watch(ctx context.Context, x *execution, limit time.Time) {
	out, err := s.await(ctx, x.arn(), limit)
	if err == nil && out != nil && out.Status != types.ExecutionStatusRunning {
		x.seen = out.Status
	}
}

// check compares every execution, n at a time, with one of its kind that nobody
// disturbed.
func (l *ledger) check(ctx context.Context, s *server, undisturbed map[string]end, n int, limit time.Time) error {
	var mu sync.Mutex
	var failures []error
	l.all(n, func(x *execution) {
		if err := s.checkExecution(ctx, x, undisturbed[x.kind.name], limit); err != nil {
			mu.Lock()
			defer mu.Unlock()
			failures = append(failures, err)
		}
	})
	return errors.Join(failures...)
}

func (s *server) checkExecution(ctx context.Context, x *execution, want end, limit time.Time) error {
	row := s.report.row(x.kind.name)
	out, err := s.await(ctx, x.arn(), limit)
	switch {
	case err != nil:
		return err
	case out == nil:
		if x.acknowledged {
			row.found(lost, "%s: its start was acknowledged, DescribeExecution does not know it", x.name)
		}
		return nil
	case x.kind.stopped && !x.stopped:
		return nil // its stop was cut off, it runs on by right
	case out.Status == types.ExecutionStatusRunning:
		row.found(stuck, "%s: %s", x.name, s.lastEvent(ctx, x.arn()))
		return nil
	case x.seen != "" && x.seen != out.Status:
		row.found(wrong, "%s was %s and is %s now: a terminal status is final", x.name, x.seen, out.Status)
		return nil
	}
	x.seen = out.Status
	got, disordered, err := s.endOf(ctx, x.kind, out)
	if err != nil {
		return err
	}
	if disordered != "" {
		row.found(wrong, "%s: %s", x.name, disordered)
		return nil
	}
	if x.kind.mayEnd && got.status == succeeded {
		return nil
	}
	if d := got.difference(want); d != "" {
		row.found(wrong, "%s: %s", x.name, d)
	}
	return nil
}

// lastEvent says where an execution is stuck.
func (s *server) lastEvent(ctx context.Context, arn string) string {
	events, err := s.history(ctx, arn)
	if err != nil || len(events) == 0 {
		return fmt.Sprintf("no history: %v", err)
	}
	last := events[len(events)-1]
	return fmt.Sprintf("no end; event %d, the last one, is %s", last.Id, last.Type)
}

// checkChildren checks that each execution of a kind that starts another one has
// started exactly one, how that ended, and that nothing runs on whose parent
// was stopped.
func (l *ledger) checkChildren(ctx context.Context, s *server, limit time.Time) error {
	children := make(map[string][]types.ExecutionListItem) // by name of the parent
	for _, machine := range []string{"child", "quick", "answer", "long"} {
		items, err := s.executions(ctx, sfn.ListExecutionsInput{StateMachineArn: aws.String(machineARN(machine))})
		if err != nil {
			return err
		}
		for _, item := range items {
			out, err := s.describe(ctx, aws.ToString(item.ExecutionArn))
			if err != nil {
				return err
			}
			var input struct{ Parent string }
			if out == nil || json.Unmarshal([]byte(aws.ToString(out.Input)), &input) != nil {
				continue
			}
			children[input.Parent] = append(children[input.Parent], item)
		}
	}
	for _, x := range l.runs {
		if x.kind.children != "" {
			if err := x.checkChildren(ctx, s, children[x.name], limit); err != nil {
				return err
			}
		}
		if x.stopped {
			if err := x.checkMapRuns(ctx, s, limit); err != nil {
				return err
			}
		}
	}
	return nil
}

func (x *execution) checkChildren(ctx context.Context, s *server, children []types.ExecutionListItem, limit time.Time) error {
	row := s.report.row(x.kind.name)
	if len(children) > 1 {
		row.found(doubled, "%s has started %d executions", x.name, len(children))
	}
	if x.kind.stopped && !x.stopped {
		return nil
	}
	for _, child := range children {
		out, err := s.await(ctx, aws.ToString(child.ExecutionArn), limit)
		if err != nil {
			return err
		}
		switch {
		case out == nil:
			row.found(lost, "%s: its child was listed, DescribeExecution does not know it", x.name)
		case out.Status == types.ExecutionStatusRunning && x.kind.stopped:
			row.found(orphan, "%s is stopped, its child runs on", x.name)
		case out.Status == types.ExecutionStatusRunning:
			row.found(stuck, "the child of %s: %s", x.name, s.lastEvent(ctx, aws.ToString(child.ExecutionArn)))
		case !x.kind.stopped && out.Status != succeeded:
			row.found(wrong, "the child of %s ended %s (%s: %.200s)", x.name, out.Status, aws.ToString(out.Error), aws.ToString(out.Cause))
		}
	}
	if x.seen == succeeded && len(children) == 0 {
		row.found(lost, "%s has succeeded, the execution that it started is not there", x.name)
	}
	return nil
}

// checkMapRuns checks that the children of the Map Runs of a stopped execution
// have been stopped.
func (x *execution) checkMapRuns(ctx context.Context, s *server, limit time.Time) error {
	row := s.report.row(x.kind.name)
	var runs *sfn.ListMapRunsOutput
	_, err := s.call(ctx, func(c *sfn.Client) (err error) {
		runs, err = c.ListMapRuns(ctx, &sfn.ListMapRunsInput{ExecutionArn: aws.String(x.arn())})
		return err
	})
	if err != nil {
		return err
	}
	for _, run := range runs.MapRuns {
		children, err := s.executions(ctx, sfn.ListExecutionsInput{MapRunArn: run.MapRunArn})
		if err != nil {
			return err
		}
		for _, child := range children {
			out, err := s.await(ctx, aws.ToString(child.ExecutionArn), limit)
			if err != nil {
				return err
			}
			if out != nil && out.Status == types.ExecutionStatusRunning {
				row.found(orphan, "%s is stopped, the child %s of its Map Run runs on", x.name, aws.ToString(child.Name))
			}
		}
	}
	return nil
}
