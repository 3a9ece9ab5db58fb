package emulator

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/aslocal/aslocal/emulator/internal/awsclient"
	"github.com/aslocal/aslocal/emulator/internal/distributedmap"
	"github.com/aslocal/aslocal/emulator/internal/lambda"
	"github.com/aslocal/aslocal/emulator/internal/s3"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/internal/service"
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
	apis   *task.APIGateway
	data   *distributedmap.Runner
}

// newTasks sets up the runners of the settings; api is the emulator that nested
// executions run in.
func newTasks(s *settings, api task.API) (*tasks, error) {
	endpoints, err := s.endpoints()
	if err != nil {
		return nil, err
	}
	functions, err := task.NewLambda(cmp.Or(s.lambdaEndpoint, local(endpoints, "lambda")))
	if err != nil {
		return nil, err
	}
	for function, url := range s.functionURLs {
		if err := functions.SetURL(function, url, s.concurrency[function]); err != nil {
			return nil, err
		}
	}
	s.s3.Region = s.region
	s.s3.Endpoint = cmp.Or(s.s3.Endpoint, local(endpoints, "s3"))
	storage, err := s3.Open(s.s3)
	if err != nil {
		return nil, err
	}
	t := &tasks{lambda: functions, local: newFunctions(s), apis: task.NewAPIGateway(endpoints.URL("apigateway")), data: distributedmap.New(storage)}
	functions.SetHost(t.local)
	t.Now, t.Random = s.clock.Now, s.random
	client := awsclient.New(awsclient.Settings{Endpoints: endpoints, Region: s.region})
	t.addServices(client, endpoints)
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

// addServices adds the runners of all services but Lambda and Step Functions.
func (t *tasks) addServices(client task.Caller, endpoints *awsclient.Endpoints) {
	t.Add("aws-sdk:*", task.SDK{Client: client})
	for _, a := range service.Actions() {
		if a.ForTasks() && a.Operation != "" {
			t.Add(a.String(), task.Optimized{Client: client})
		}
	}
	t.Add("apigateway:invoke", t.apis)
	eks := task.EKS{AWS: endpoints.URL("eks") == realAWS}
	t.Add("eks:call", eks)
	t.Add("eks:runJob", eks)
}

// realAWS is the endpoint of a service that is called at AWS itself.
const realAWS = "aws"

// endpoints says where services are. The endpoint of one service goes before that of
// all, and a variable before an option.
func (s *settings) endpoints() (*awsclient.Endpoints, error) {
	var e awsclient.Endpoints
	if s.environment != nil {
		err := e.FromEnvironment(func(name string) (string, bool) {
			if name == "AWS_ENDPOINT_URL" {
				return "", false // it is no endpoint of one service
			}
			return s.environment(name)
		})
		if err != nil {
			return nil, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.serviceEndpoints)) {
		if name == "" || e.URL(name) != "" {
			continue
		}
		if err := e.Set(name, s.serviceEndpoints[name]); err != nil {
			return nil, err
		}
	}
	return &e, e.Set("", s.serviceEndpoints[""])
}

// local is the endpoint of a service for those who do not call AWS itself.
func local(endpoints *awsclient.Endpoints, service string) string {
	if url := endpoints.URL(service); url != realAWS {
		return url
	}
	return ""
}

// Close closes what the runners have open.
func (t *tasks) Close() error {
	t.lambda.Close()
	t.apis.Close()
	return errors.Join(t.local.Close(), t.data.Close())
}
