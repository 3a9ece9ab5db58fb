package emulator

import (
	"cmp"
	"errors"
	"strings"

	"github.com/aslocal/aslocal/emulator/internal/awsclient"
	"github.com/aslocal/aslocal/emulator/internal/distributedmap"
	"github.com/aslocal/aslocal/emulator/internal/engine"
	"github.com/aslocal/aslocal/emulator/internal/lambda"
	"github.com/aslocal/aslocal/emulator/internal/s3"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/internal/service"
)

// This file sets up the runners of everything that executions call.

// ErrNoAnswer is what a handler of WithTask returns for a task that is never
// answered: it ends by a timeout, by its task token, or with its execution.
var ErrNoAnswer = task.ErrNoAnswer

// tasks are the runners of an emulator; the engine calls the Registry.
type tasks struct {
	task.Registry
	lambda   *task.Lambda
	places   *awsclient.Endpoints // of services
	services *awsclient.Client    // calls them
	local    *lambda.Host
	apis     *task.APIGateway
	http     *task.HTTP
	data     *distributedmap.Runner
}

// newTasks sets up the runners of the settings; api is the emulator that nested
// executions run in.
func newTasks(s *settings, api task.API) (*tasks, error) {
	endpoints, err := s.endpoints()
	if err != nil {
		return nil, err
	}
	functions, err := task.NewLambda(cmp.Or(s.lambdaEndpoint, s.localEndpoint("lambda", "AWS_ENDPOINT_URL_LAMBDA")))
	if err != nil {
		return nil, err
	}
	for function, url := range s.functionURLs {
		if err := functions.SetURL(function, url, s.concurrency[function]); err != nil {
			return nil, err
		}
	}
	s.s3.Region = s.region
	s.s3.Endpoint = cmp.Or(s.s3.Endpoint, s.localEndpoint("s3", "AWS_ENDPOINT_URL_S3"))
	storage, err := s3.Open(s.s3)
	if err != nil {
		return nil, err
	}
	t := &tasks{lambda: functions, places: endpoints, local: newFunctions(s), apis: task.NewAPIGateway(s.endpoint("apigateway", "AWS_ENDPOINT_URL_API_GATEWAY")), data: distributedmap.New(storage)}
	functions.SetHost(t.local)
	t.Now, t.Random = s.clock.Now, s.random
	client := awsclient.New(awsclient.Settings{Endpoints: endpoints, Region: s.region, Account: s.account})
	t.services = client
	t.addServices(task.WithFolders(storage, client), s.endpoint("eks", "AWS_ENDPOINT_URL_EKS") == realAWS)
	if t.http, err = s.http.runner(s, client); err != nil {
		return nil, err
	}
	t.Add("http:invoke", t.http)
	states := task.States{API: api}
	t.Add("function", functions)
	t.Add("lambda:invoke", functions)
	t.Add("states:startExecution", states)
	t.Add("aws-sdk:sfn:*", states)
	t.Add("s3:*", t.data)
	if !s.withoutUI {
		_, virtual := s.clock.(*engine.VirtualClock)
		for name, f := range demoFunctions {
			functions.SetHandler(name, f.handler(virtual))
		}
	}
	for resource, handler := range s.handlers {
		if action, ok := strings.CutPrefix(resource, "arn:aws:states:::"); ok {
			t.Add(action, handler)
		} else {
			functions.SetHandler(resource, handler)
		}
	}
	return t, nil
}

// addServices adds the runners of all services but Lambda and Step Functions. Clusters
// of EKS on other machines are called if remote is set.
func (t *tasks) addServices(client task.Caller, remote bool) {
	t.Add("aws-sdk:*", task.SDK{Client: client})
	for _, a := range service.Actions() {
		if a.ForTasks() && a.Operation != "" {
			t.Add(a.Service.Name+":*", task.Optimized{Client: client})
		}
	}
	t.Add("apigateway:invoke", t.apis)
	eks := task.EKS{AWS: remote}
	t.Add("eks:call", eks)
	t.Add("eks:runJob", eks)
}

// realAWS is the endpoint of a service that is called at AWS itself.
const realAWS = "aws"

// endpoints says where services are. The endpoint of one service goes before that of
// all, and its variable before its option.
func (s *settings) endpoints() (*awsclient.Endpoints, error) {
	var own, e awsclient.Endpoints // own: only what variables of single services say
	if s.environment != nil {
		single := func(name string) (string, bool) {
			if name == "AWS_ENDPOINT_URL" {
				return "", false
			}
			return s.environment(name)
		}
		if err := errors.Join(own.FromEnvironment(single), e.FromEnvironment(single)); err != nil {
			return nil, err
		}
	}
	for name, url := range s.serviceEndpoints {
		if name != "" {
			api, err := awsapi.Resolve(name)
			if err != nil {
				return nil, err
			}
			if variable, err := own.URL(api); variable != "" || err != nil {
				continue // a call says what is wrong with the variable
			}
		}
		if err := e.Set(name, url); err != nil {
			return nil, err
		}
	}
	return &e, nil
}

// endpoint is that of one service, as endpoints has it; "" if there is none. It does not
// read the models of services, of which most emulators need none.
func (s *settings) endpoint(service, variable string) string {
	if s.environment != nil {
		ignored, _ := s.environment("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
		if url, _ := s.environment(variable); url != "" && !strings.EqualFold(ignored, "true") {
			return url
		}
	}
	return cmp.Or(s.serviceEndpoints[service], s.serviceEndpoints[""])
}

// localEndpoint is the endpoint of a service for those who do not call AWS itself.
func (s *settings) localEndpoint(service, variable string) string {
	if url := s.endpoint(service, variable); url != realAWS {
		return url
	}
	return ""
}

// Close closes what the runners have open.
func (t *tasks) Close() error {
	t.lambda.Close()
	t.apis.Close()
	t.http.Close()
	return errors.Join(t.local.Close(), t.data.Close())
}
