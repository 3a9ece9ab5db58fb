package task

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/internal/awsclient"
	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/internal/service"
	"github.com/aslocal/aslocal/value"
)

// This file calls services by their optimized integrations. What all of them do is in
// the table of package service; the few that do more have a peculiarity here. Guide:
// "Integrating optimized services".

// A Caller calls operations of AWS's services; an *awsclient.Client is one. Its
// errors are those of that package, or that of the context.
type Caller interface {
	Call(ctx context.Context, r awsclient.Request) (awsclient.Response, error)
}

// Optimized runs the optimized integrations that call an operation of an API, and
// their jobs.
type Optimized struct{ Client Caller }

// A peculiarity is what an integration does beside calling its operation.
type peculiarity struct {
	// request changes the input of the operation; nil: nothing. It may call others.
	request func(ctx context.Context, o Optimized, c *Call, in value.Value) (value.Value, error)
	// result makes the result of the answer, or the error that the answer means; nil:
	// it is the answer.
	result func(ctx context.Context, o Optimized, c *Call, answer value.Value) (value.Value, error)
}

// peculiarities are those of integrations, by service:action.
var peculiarities = map[string]peculiarity{
	"bedrock:invokeModel":                        {request: modelBody, result: modelAnswer},
	"bedrockagentcore:invokeHarness":             {request: harnessStreams},
	"ecs:runTask":                                {result: tasksStarted},
	"elasticmapreduce:modifyInstanceFleetByName": {request: instanceFleet},
	"elasticmapreduce:modifyInstanceGroupByName": {request: instanceGroup},
	"events:putEvents":                           {request: eventResources, result: eventsPut},
	"sqs:sendMessage":                            {request: queueIsNamed},
}

// Run implements Runner.
func (o Optimized) Run(ctx context.Context, c *Call) (Answer, error) {
	a, ok := service.Find(c.Resource.Service, c.Resource.Action)
	if !ok || a.Operation == "" {
		return Answer{}, fmt.Errorf("task: %s calls no operation", c.Resource)
	}
	out, err := o.run(ctx, c, a)
	return Answer{Output: out}, err
}

func (o Optimized) run(ctx context.Context, c *Call, a *service.Action) (value.Value, error) {
	special := peculiarities[a.String()]
	in := sent(a, c.Input)
	var err error
	if special.request != nil {
		if in, err = special.request(ctx, o, c, in); err != nil {
			return value.Value{}, err
		}
	}
	answer, err := o.call(ctx, c, a.API, a.Operation, in)
	if err != nil {
		return value.Value{}, err
	}
	out := answer.Output
	if a.Answers != nil {
		out = sources{request: c.Input, answer: out}.members(a.Answers)
	}
	if a.Service.Metadata {
		out = withMetadata(out, c, a.Service, answer)
	}
	if special.result != nil {
		return special.result(ctx, o, c, out)
	}
	return out, nil
}

// call calls an operation for a task. The error is the one that the state sees.
func (o Optimized) call(ctx context.Context, c *Call, api, operation string, in value.Value) (awsclient.Response, error) {
	answer, err := o.Client.Call(ctx, o.request(c, api, operation, in))
	if err != nil {
		return answer, optimizedFailure(ctx, c, err)
	}
	return answer, nil
}

func (o Optimized) request(c *Call, api, operation string, in value.Value) awsclient.Request {
	home := c.Home()
	return awsclient.Request{
		Service: api, Operation: operation, Casing: awsapi.PascalCase, Input: in, Region: home.Region, Account: home.Account, Role: c.Role, Random: c.random(),
	}
}

// sent is the input of an action's operation.
func sent(a *service.Action, parameters value.Value) value.Value {
	from := sources{answer: parameters}
	in := parameters
	for _, s := range a.Sends {
		in = in.Without(s.From)
	}
	for _, s := range a.Sends {
		in = in.With(s.Name, from.of(s))
	}
	return in
}

// withMetadata adds what results show of the HTTP answer, each member in its
// alphabetical place.
func withMetadata(out value.Value, c *Call, s *service.Service, answer awsclient.Response) value.Value {
	id := answer.RequestID
	if id == "" {
		id = c.requestID()
	}
	out = out.With("SdkHttpMetadata", serviceMetadata(c, s, answer, id)).With("SdkResponseMetadata", responseMetadataShape.New([]value.Value{value.OfString(id)}))
	return sorted(out)
}

// queueIsNamed refuses the URL of a host alone. AWS calls the host of a QueueUrl and finds
// nobody there (recorded); here every queue is at the endpoint of SQS.
func queueIsNamed(_ context.Context, _ Optimized, _ *Call, in value.Value) (value.Value, error) {
	queue, err := url.Parse(in.Get("QueueUrl").Text())
	if err == nil && queue.Host != "" && strings.Trim(queue.Path, "/") == "" {
		return in, &asl.Error{Name: "SQS.SdkClientException", Cause: "Unable to execute HTTP request: " + queue.Hostname() + ": Name or service not known"}
	}
	return in, nil
}

// eventResources adds the state machine and the execution to the resources of each
// event. TaskScheduled does not show them (recorded).
func eventResources(_ context.Context, _ Optimized, c *Call, in value.Value) (value.Value, error) {
	entries := in.Get("Entries")
	if entries.Kind() != value.Array {
		return in, nil
	}
	with := make([]value.Value, entries.Len())
	for i, entry := range entries.Items() {
		with[i] = entry
		if entry.Kind() != value.Object {
			continue
		}
		var resources []value.Value
		for _, r := range entry.Get("Resources").Items() {
			resources = append(resources, r)
		}
		resources = append(resources, value.OfString(c.Machine), value.OfString(c.Execution))
		with[i] = entry.With("Resources", value.OfSlice(resources))
	}
	return in.With("Entries", value.OfSlice(with)), nil
}

// eventsPut fails if an event was refused (recorded).
func eventsPut(_ context.Context, _ Optimized, _ *Call, answer value.Value) (value.Value, error) {
	if n, _ := answer.Get("FailedEntryCount").Int(); n > 0 {
		return answer, failedWith("EventBridge.FailedEntry", answer)
	}
	return answer, nil
}

// tasksStarted fails a task that waits for tasks of ECS of which some could not be
// placed. Guide: "Call Amazon ECS", error handling.
func tasksStarted(_ context.Context, _ Optimized, c *Call, answer value.Value) (value.Value, error) {
	if c.Resource.Pattern != asl.RequestResponse && answer.Get("Failures").Len() > 0 {
		return answer, failedWith("AmazonECS.Unknown", answer.Without("SdkHttpMetadata").Without("SdkResponseMetadata"))
	}
	return answer, nil
}

// instanceFleet names the fleet by the id that belongs to its name.
func instanceFleet(ctx context.Context, o Optimized, c *Call, in value.Value) (value.Value, error) {
	id, err := o.findInstances(ctx, c, "ListInstanceFleets", "InstanceFleets", in.Get("InstanceFleetName"))
	if err != nil {
		return in, err
	}
	return in.Without("InstanceFleetName").With("InstanceFleet", object(in.Get("InstanceFleet")).With("InstanceFleetId", id)), nil
}

// instanceGroup names the group by the id that belongs to its name.
func instanceGroup(ctx context.Context, o Optimized, c *Call, in value.Value) (value.Value, error) {
	id, err := o.findInstances(ctx, c, "ListInstanceGroups", "InstanceGroups", in.Get("InstanceGroupName"))
	if err != nil {
		return in, err
	}
	group := object(in.Get("InstanceGroup")).With("InstanceGroupId", id)
	return in.Without("InstanceGroupName").Without("InstanceGroup").With("InstanceGroups", value.OfItems(group)), nil
}

// maxPages is how many pages of a list are read before it is given up.
const maxPages = 100

// findInstances returns the id of the fleet or group of a cluster that has a name.
func (o Optimized) findInstances(ctx context.Context, c *Call, operation, list string, name value.Value) (value.Value, error) {
	in := value.OfMembers("ClusterId", c.Input.Get("ClusterId"))
	for range maxPages {
		answer, err := o.call(ctx, c, "emr", operation, in)
		if err != nil {
			return value.Value{}, err
		}
		for _, item := range answer.Output.Get(list).Items() {
			if value.Equal(item.Get("Name"), name) {
				return item.Get("Id"), nil
			}
		}
		marker := answer.Output.Get("Marker")
		if marker.Text() == "" {
			break
		}
		in = in.With("Marker", marker)
	}
	return value.Value{}, noInstances(c, list, name)
}

// modelBody takes the body of a call of a model from S3 if the parameters say so.
func modelBody(ctx context.Context, o Optimized, c *Call, in value.Value) (value.Value, error) {
	from := in.Get("Input").Get("S3Uri")
	switch {
	case in.Get("Body").Exists() == from.Exists():
		return in, badParameters(in, "Exactly one of the fields 'Body' and 'Input' is required")
	case !from.Exists():
		return in.Without("Output"), nil
	}
	bucket, key, ok := s3Object(from)
	if !ok {
		return in, badParameters(in, invalidFormat("S3Uri"))
	}
	object, err := o.call(ctx, c, "s3", "GetObject", value.OfMembers("Bucket", bucket, "Key", key))
	if err != nil {
		return in, err
	}
	if kind := object.Output.Get("ContentType"); !in.Get("ContentType").Exists() && kind.Exists() {
		in = in.With("ContentType", kind)
	}
	return in.Without("Input").Without("Output").With("Body", object.Output.Get("Body")), nil
}

// modelAnswer shows what a model has answered, or writes it to S3 and shows where.
func modelAnswer(ctx context.Context, o Optimized, c *Call, answer value.Value) (value.Value, error) {
	body := answer.Get("Body")
	if parsed, err := value.Parse(body.Text()); err == nil {
		body = parsed
	}
	if to := c.Input.Get("Output").Get("S3Uri"); to.Exists() {
		bucket, key, ok := s3Object(to)
		if !ok {
			return answer, badParameters(c.Input, invalidFormat("S3Uri"))
		}
		in := value.OfMembers("Bucket", bucket, "Key", key, "Body", answer.Get("Body"), "ContentType", answer.Get("ContentType"))
		if _, err := o.call(ctx, c, "s3", "PutObject", in); err != nil {
			return answer, err
		}
		body = to
	}
	return value.OfMembers("Body", body, "ContentType", answer.Get("ContentType")), nil
}

// harnessStreams refuses a call whose answer is a stream of events.
func harnessStreams(_ context.Context, _ Optimized, c *Call, in value.Value) (value.Value, error) {
	return in, streams(c)
}
