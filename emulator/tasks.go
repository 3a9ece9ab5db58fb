package emulator

import (
	"errors"
	"strings"

	"github.com/aslocal/aslocal/emulator/internal/distributedmap"
	"github.com/aslocal/aslocal/emulator/internal/lambda"
	"github.com/aslocal/aslocal/emulator/internal/s3"
	"github.com/aslocal/aslocal/emulator/internal/task"
)

// This file sets up the runners of everything that executions call.

// ErrNoAnswer is what a handler of WithTask returns for a task that is never
// answered: it ends by a timeout, by its task token, or with its execution.
var ErrNoAnswer = task.ErrNoAnswer

// tasks are the runners of an emulator; the engine calls the Registry.
type tasks struct {
	task.Registry
	lambda *task.Lambda
	local  *lambda.Host
	data   *distributedmap.Runner
}

// newTasks sets up the runners of the settings; api is the emulator that nested
// executions run in.
func newTasks(s *settings, api task.API) (*tasks, error) {
	functions, err := task.NewLambda(s.lambdaEndpoint)
	if err != nil {
		return nil, err
	}
	for function, url := range s.functionURLs {
		if err := functions.SetURL(function, url, s.concurrency[function]); err != nil {
			return nil, err
		}
	}
	s.s3.Region = s.region
	storage, err := s3.Open(s.s3)
	if err != nil {
		return nil, err
	}
	t := &tasks{lambda: functions, local: newFunctions(s), data: distributedmap.New(storage)}
	functions.SetHost(t.local)
	t.Now, t.Random = s.clock.Now, s.random
	states := task.States{API: api}
	t.Add("function", functions)
	t.Add("lambda:invoke", functions)
	t.Add("states:startExecution", states)
	t.Add("aws-sdk:sfn:*", states)
	t.Add("s3:*", t.data)
	for resource, handler := range s.handlers {
		if action, ok := strings.CutPrefix(resource, "arn:aws:states:::"); ok {
			t.Add(action, handler)
		} else {
			functions.SetHandler(resource, handler)
		}
	}
	return t, nil
}

// Close closes what the runners have open.
func (t *tasks) Close() error {
	t.lambda.Close()
	return errors.Join(t.local.Close(), t.data.Close())
}
