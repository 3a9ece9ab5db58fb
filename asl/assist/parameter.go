package assist

import (
	"slices"
	"strings"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/internal/service"
)

// This file has the parameters of the actions that Tasks call.

// Parameters returns the parameters of the action that a resource names, and with a
// path the members of the structure that it leads to in them; an array or a map on
// the way has no part in the path. It is nil for what is not known. Parameters are
// named as a Task names them.
func Parameters(resource string, path ...string) []Field {
	r, err := asl.ParseResource(resource)
	if err != nil {
		r, err = asl.ParseMapResource(resource)
	}
	if err != nil || r.Kind != asl.Integration {
		return nil
	}
	if r.SDK {
		api, operation, err := awsapi.FindSDK(r.Service, r.Action)
		if err != nil {
			return nil
		}
		return members(inputOf(api, operation), awsapi.JavaV2, path)
	}
	action, ok := service.Find(r.Service, r.Action)
	if !ok {
		return nil
	}
	shape := inputOf(action.API, action.Operation)
	if len(path) > 0 {
		return members(shape, awsapi.PascalCase, path)
	}
	var fields []Field
	for _, p := range action.Parameters {
		field := Field{Name: p.Name, Kind: Any}
		if shape != nil {
			if m := shape.Member(p.Name, awsapi.PascalCase); m != nil {
				field = parameter(p.Name, m)
			}
		}
		field.Required = p.Required
		field.Docs = parameterDocs[action.String()+" "+p.Name]
		fields = append(fields, field)
	}
	if action.Open {
		for _, field := range members(shape, awsapi.PascalCase, nil) {
			if !slices.ContainsFunc(fields, func(f Field) bool { return f.Name == field.Name }) {
				field.Required = false // no state machine needs it to be created
				fields = append(fields, field)
			}
		}
	}
	return requiredFirst(fields)
}

// parameterDocs are what the parameters mean that Step Functions adds, or treats in
// its own way. The models of the services have no docs.
var parameterDocs = map[string]string{
	"lambda:invoke FunctionName":            "The name or ARN of the function.",
	"lambda:invoke Payload":                 "What the function gets as its event.",
	"lambda:invoke Qualifier":               "A version or an alias of the function.",
	"sqs:sendMessage QueueUrl":              "The URL of the queue.",
	"sqs:sendMessage MessageBody":           "The message; JSON is sent as text.",
	"sns:publish TopicArn":                  "The ARN of the topic.",
	"sns:publish Message":                   "The message; JSON is sent as text.",
	"states:startExecution StateMachineArn": "The ARN of the state machine to run.",
	"states:startExecution Input":           "What the execution gets as its input.",
	"states:startExecution Name":            "The name of the execution; made up if absent.",
	"http:invoke ApiEndpoint":               "The URL to call; it begins with https://.",
	"http:invoke Method":                    "GET, POST, PUT, DELETE, PATCH, OPTIONS or HEAD.",
	"http:invoke Authentication":            "The EventBridge connection that signs the call: an object with ConnectionArn.",
	"http:invoke RequestBody":               "The body of the request.",
	"http:invoke Headers":                   "The headers of the request, by name.",
	"http:invoke QueryParameters":           "The query of the URL, by name.",
}

// inputOf returns the input of an operation; nil if it is not known.
func inputOf(api, operation string) *awsapi.Shape {
	op, ok := awsapi.Describe(api, operation)
	if !ok {
		return nil
	}
	return op.Input
}

// members returns the members of the structure that a path leads to.
func members(shape *awsapi.Shape, c awsapi.Casing, path []string) []Field {
	shape = structure(shape)
	for _, name := range path {
		if shape == nil {
			return nil
		}
		m := shape.Member(name, c)
		if m == nil {
			return nil
		}
		shape = structure(m.Shape)
	}
	if shape == nil {
		return nil
	}
	var fields []Field
	for name, m := range shape.Members(c) {
		fields = append(fields, parameter(name, m))
	}
	return requiredFirst(fields)
}

// structure returns the structure that a shape is, or is an array or map of.
func structure(shape *awsapi.Shape) *awsapi.Shape {
	for shape != nil && (shape.Kind == awsapi.List || shape.Kind == awsapi.Map) {
		shape = shape.Element
	}
	if shape == nil || shape.Kind != awsapi.Structure {
		return nil
	}
	return shape
}

func requiredFirst(fields []Field) []Field {
	slices.SortStableFunc(fields, func(a, b Field) int {
		switch {
		case a.Required == b.Required:
			return 0
		case a.Required:
			return -1
		}
		return 1
	})
	return fields
}

// parameterKinds are the kinds of parameters by the kinds of their shapes.
var parameterKinds = map[awsapi.Kind]Kind{
	awsapi.Structure: Object,
	awsapi.List:      List,
	awsapi.Map:       Object,
	awsapi.String:    Text,
	awsapi.Blob:      Text,
	awsapi.Timestamp: Timestamp,
	awsapi.Integer:   Integer,
	awsapi.Float:     Number,
	awsapi.Boolean:   Boolean,
	awsapi.Document:  Any,
}

// parameter describes a member of a structure of a service.
func parameter(name string, m *awsapi.Member) Field {
	field := Field{Name: name, Kind: parameterKinds[m.Shape.Kind], Required: m.Required && !m.Generated}
	if m.Shape.Kind == awsapi.String && len(m.Shape.Enum) > 0 {
		field.Kind, field.Values = Enum, m.Shape.Enum
	}
	return field
}

// integrations returns the resources that a Task may have by the table of services,
// each with its patterns.
func integrations() []string {
	var found []string
	for _, a := range service.Actions() {
		if a.ForTasks() {
			resource := integrationPrefix + a.String()
			found = append(found, resource)
			for _, pattern := range a.Patterns {
				found = append(found, resource+pattern)
			}
		}
	}
	slices.Sort(found)
	return found
}

const (
	integrationPrefix = "arn:aws:states:::"
	sdkPrefix         = integrationPrefix + "aws-sdk:"
)

// mapResources returns what an ItemReader or a ResultWriter may call.
func mapResources(reads bool) []string {
	var found []string
	for _, a := range service.Actions() {
		if reads && a.Reads || !reads && a.Writes {
			found = append(found, integrationPrefix+a.String())
		}
	}
	return found
}

// resourceDetail says in a few words what a resource does when it is called.
func resourceDetail(resource string) string {
	switch {
	case strings.HasSuffix(resource, ".waitForTaskToken"):
		return "waits for the task's token"
	case strings.HasSuffix(resource, ".sync"), strings.HasSuffix(resource, ".sync:2"):
		return "waits for the end of the job"
	}
	return "waits for the answer"
}
