package ui

import (
	"cmp"
	"context"
	"embed"
	"encoding/json"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/graph"
	"github.com/aslocal/aslocal/internal/awsapi"
	"github.com/aslocal/aslocal/internal/service"
	"github.com/aslocal/aslocal/value"
)

// This file lists what can be put into a state machine: states of the language, actions of
// services, patterns of several states, and what there is on this server to call.

// catalog lists it. With q it lists the actions of the AWS SDK that fit, too.
func (u *UI) catalog(ctx context.Context, q *query) (*Catalog, error) {
	c, err := u.callable(ctx)
	if err != nil {
		return nil, err
	}
	c.Flow, c.Services, c.Patterns, c.SDK = flow, services(), patterns(), sdkActions(q.text("q"))
	return c, nil
}

// callable lists what there is on this server to call.
func (u *UI) callable(ctx context.Context) (*Catalog, error) {
	c := &Catalog{Functions: []CatalogFunction{}, Machines: []Reference{}, Activities: []Reference{}}
	machines, err := u.listMachines(ctx)
	if err != nil {
		return nil, err
	}
	for _, m := range machines {
		c.Machines = append(c.Machines, Reference{ARN: m.ARN, Name: m.Name, Created: m.Created})
	}
	err = u.pages(ctx, "ListActivities", value.OfMembers("maxResults", value.OfInt(1000)), "activities", func(a value.Value) bool {
		c.Activities = append(c.Activities, Reference{ARN: a.Get("activityArn").Text(), Name: a.Get("name").Text(), Created: unix(a.Get("creationDate"))})
		return len(c.Activities) < maxMachines
	})
	if err != nil || u.own == nil {
		return c, err
	}
	facts := u.own.Facts()
	add := func(f CatalogFunction) {
		if !slices.ContainsFunc(c.Functions, func(other CatalogFunction) bool { return other.Name == f.Name }) {
			f.ARN = "arn:aws:lambda:" + facts.Region + ":" + facts.Account + ":function:" + f.Name
			c.Functions = append(c.Functions, f)
		}
	}
	for _, f := range facts.Functions {
		add(CatalogFunction{Name: f.Name, Note: cmp.Or(f.Note, f.Runtime), Problem: f.Problem})
	}
	for _, name := range facts.Handlers {
		add(CatalogFunction{Name: name, Note: "answered by the program"})
	}
	slices.SortFunc(c.Functions, func(a, b CatalogFunction) int { return cmp.Compare(a.Name, b.Name) })
	return c, nil
}

// flow are the states of the language, each as small as it may be.
var flow = []CatalogState{
	{"Task", "Task", "task", raw(`{"Type":"Task","Resource":""}`)},
	{"Choice", "Choice", "choice", raw(`{"Type":"Choice","Choices":[]}`)},
	{"Parallel", "Parallel", "parallel", raw(`{"Type":"Parallel","Branches":[{"StartAt":"Branch 1","States":{"Branch 1":{"Type":"Pass","End":true}}},{"StartAt":"Branch 2","States":{"Branch 2":{"Type":"Pass","End":true}}}]}`)},
	{"Map", "Map", "map", raw(`{"Type":"Map","ItemProcessor":{"ProcessorConfig":{"Mode":"INLINE"},"StartAt":"Each item","States":{"Each item":{"Type":"Pass","End":true}}}}`)},
	{"Wait", "Wait", "wait", raw(`{"Type":"Wait","Seconds":5}`)},
	{"Pass", "Pass", "pass", raw(`{"Type":"Pass"}`)},
	{"Succeed", "Succeed", "succeed", raw(`{"Type":"Succeed"}`)},
	{"Fail", "Fail", "fail", raw(`{"Type":"Fail","Error":"Failed","Cause":""}`)},
}

func raw(text string) json.RawMessage { return json.RawMessage(text) }

// labels are names of services for people, where they are not the name in a Resource.
var labels = map[string]string{
	"apigateway": "API Gateway", "athena": "Athena", "batch": "Batch", "bedrock": "Bedrock", "bedrockagentcore": "Bedrock AgentCore", "codebuild": "CodeBuild",
	"databrew": "Glue DataBrew", "dynamodb": "DynamoDB", "ecs": "ECS", "eks": "EKS", "elasticmapreduce": "EMR", "emr-containers": "EMR on EKS",
	"emr-serverless": "EMR Serverless", "events": "EventBridge", "glue": "Glue", "http": "HTTP endpoint", "lambda": "Lambda", "mediaconvert": "MediaConvert",
	"sagemaker": "SageMaker", "sns": "SNS", "sqs": "SQS", "states": "Step Functions",
}

// services are the optimized integrations, Lambda first.
var services = sync.OnceValue(func() []CatalogService {
	var all []CatalogService
	for _, a := range service.Actions() {
		if !a.ForTasks() {
			continue
		}
		if n := len(all); n == 0 || all[n-1].Name != a.Service.Name {
			all = append(all, CatalogService{Name: a.Service.Name, Label: cmp.Or(labels[a.Service.Name], a.Service.Name), Actions: []CatalogAction{}})
		}
		s := &all[len(all)-1]
		s.Actions = append(s.Actions, optimized(a))
	}
	slices.SortStableFunc(all, func(a, b CatalogService) int {
		if first := cmp.Compare(rank(a.Name), rank(b.Name)); first != 0 {
			return first
		}
		return cmp.Compare(strings.ToLower(a.Label), strings.ToLower(b.Label))
	})
	for i := range all {
		all[i].Icon = iconOf(all[i].Actions[0].Resource)
	}
	return all
})

// often are services that come first, since most state machines use them.
var often = []string{"lambda", "sqs", "sns", "dynamodb", "events", "states", "ecs", "http"}

func rank(name string) int {
	if i := slices.Index(often, name); i >= 0 {
		return i
	}
	return len(often)
}

// optimized is an action of an optimized integration.
func optimized(a *service.Action) CatalogAction {
	out := CatalogAction{Name: a.Name, Resource: "arn:aws:states:::" + a.String(), Patterns: append([]string{}, a.Patterns...), Parameters: []CatalogParameter{}, Answer: []string{}}
	op, known := awsapi.Describe(cmp.Or(a.API, a.Service.API), a.Operation)
	for _, p := range a.Parameters {
		one := CatalogParameter{Name: p.Name, Required: p.Required}
		if known {
			if m := op.Input.Member(p.Name, awsapi.PascalCase); m != nil {
				one.Kind, one.Values = kindOf(m.Shape), m.Shape.Enum
			}
		}
		out.Parameters = append(out.Parameters, one)
	}
	if known && a.Open {
		out.Parameters = append(out.Parameters, members(op.Input, awsapi.PascalCase, out.Parameters)...)
	}
	if known && a.Answers == nil {
		out.Answer = names(op.Output, awsapi.PascalCase)
	}
	for _, one := range a.Answers {
		out.Answer = append(out.Answer, one.Name)
	}
	out.Arguments = arguments(out.Parameters)
	return out
}

// members are those of a structure that are not listed yet.
func members(s *awsapi.Shape, c awsapi.Casing, listed []CatalogParameter) []CatalogParameter {
	var all []CatalogParameter
	for name, m := range s.Members(c) {
		if !slices.ContainsFunc(listed, func(p CatalogParameter) bool { return p.Name == name }) {
			all = append(all, CatalogParameter{Name: name, Required: m.Required && !m.Generated, Kind: kindOf(m.Shape), Values: m.Shape.Enum})
		}
	}
	slices.SortStableFunc(all, func(a, b CatalogParameter) int { // those that must be there first
		switch {
		case a.Required == b.Required:
			return 0
		case a.Required:
			return -1
		}
		return 1
	})
	return all
}

func names(s *awsapi.Shape, c awsapi.Casing) []string {
	all := []string{}
	for name := range s.Members(c) {
		all = append(all, name)
	}
	return all
}

// kinds are the kinds of shapes as JSON has them.
var shapeKinds = map[awsapi.Kind]string{
	awsapi.Structure: "object", awsapi.Map: "object", awsapi.List: "array", awsapi.Integer: "number", awsapi.Float: "number", awsapi.Boolean: "boolean",
	awsapi.String: "string", awsapi.Blob: "string", awsapi.Timestamp: "string", awsapi.Document: "",
}

func kindOf(s *awsapi.Shape) string { return shapeKinds[s.Kind] }

// arguments is an object with the parameters that must be there, empty.
func arguments(parameters []CatalogParameter) json.RawMessage {
	empty := map[string]value.Value{
		"object": value.OfMembers(), "array": value.OfItems(), "number": value.OfInt(0), "boolean": value.False,
	}
	var b value.ObjectBuilder
	for _, p := range parameters {
		if !p.Required {
			continue
		}
		v, ok := empty[p.Kind]
		if !ok {
			v = value.OfString("")
		}
		b.Set(p.Name, v)
	}
	return raw(b.Value().String())
}

// iconOf is the glyph that the drawing has for a resource.
func iconOf(resource string) string {
	d, _ := asl.Parse(`{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"` + resource + `","End":true}}}`)
	for _, n := range graph.Layout(d, graph.Options{}).Nodes {
		if n.Kind == graph.State {
			return n.Icon
		}
	}
	return "task"
}

// maxSDK is how many actions of the AWS SDK a search lists.
const maxSDK = 60

// sdkActions are the actions of the AWS SDK whose names have all words of q: of services whose
// name has the first word, else of all.
func sdkActions(q string) []CatalogAction {
	found := []CatalogAction{}
	words := strings.Fields(strings.ToLower(q))
	if len(words) == 0 || len(q) > 200 {
		return found
	}
	some := slices.DeleteFunc(slices.Clone(awsapi.SDKServices()), func(s string) bool { return !strings.Contains(s, words[0]) })
	if len(some) == 0 || len(words) == 1 && len(words[0]) > 4 { // "putitem" is no service, "table" some
		some = awsapi.SDKServices()
	}
	for _, s := range some {
		for _, name := range awsapi.SDKActions(s) {
			text := s + ":" + strings.ToLower(name)
			if slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) }) {
				continue
			}
			if found = append(found, sdkAction(s, name)); len(found) == maxSDK {
				return found
			}
		}
	}
	return found
}

func sdkAction(s, name string) CatalogAction {
	out := CatalogAction{
		Name: s + ":" + name, Resource: "arn:aws:states:::aws-sdk:" + s + ":" + name, Patterns: []string{".waitForTaskToken"}, Parameters: []CatalogParameter{}, Answer: []string{},
	}
	if botocore, operation, err := awsapi.FindSDK(s, name); err == nil {
		if op, ok := awsapi.Describe(botocore, operation); ok {
			out.Parameters = append(out.Parameters, members(op.Input, awsapi.JavaV2, nil)...)
			out.Answer = names(op.Output, awsapi.JavaV2)
		}
	}
	out.Arguments = arguments(out.Parameters)
	return out
}

//go:embed patterns
var patternFiles embed.FS

// patterns are fragments of state machines, each a definition of its own in both query
// languages. The comment of a definition is its title, a colon, and what it does.
var patterns = sync.OnceValue(func() []CatalogPattern {
	all := []CatalogPattern{}
	files, _ := fs.Glob(patternFiles, "patterns/*.jsonpath.asl.json") // the pattern is good
	for _, file := range files {
		stem := strings.TrimSuffix(file, ".jsonpath.asl.json")
		jsonpath, _ := patternFiles.ReadFile(file) // they were embedded
		jsonata, _ := patternFiles.ReadFile(stem + ".jsonata.asl.json")
		name := strings.TrimPrefix(stem, "patterns/")
		title, comment, _ := strings.Cut(parsed(string(jsonpath)).Comment, ": ")
		if comment != "" {
			comment = strings.ToUpper(comment[:1]) + comment[1:]
		}
		all = append(all, CatalogPattern{Name: name, Title: title, Comment: comment, Icon: patternIcons[name], Definition: string(jsonpath), JSONata: string(jsonata)})
	}
	return all
})

// patternIcons are the glyphs of patterns.
var patternIcons = map[string]string{
	"approval": "activity", "callback": "key", "fan-out": "parallel", "poll": "clock-ff", "retry": "redrive", "saga": "undo",
}
