package template

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file says what the resources of a template are called on this machine: their
// names, ARNs and URLs.

// A home says where resources are.
type home struct {
	region, account string
	endpoint        func(service string) string // nil where the endpoints of AWS are meant
}

// The home of resources if the Options name none.
const (
	region  = "us-east-1"
	account = "123456789012"
)

func (o Options) home() home {
	return home{cmp.Or(o.Region, region), cmp.Or(o.Account, account), o.Endpoint}
}

// localStack is the name of every stack.
const localStack = "local"

// pseudo returns the value of a pseudo parameter of CloudFormation.
func (h home) pseudo(name string) (string, bool) {
	switch name {
	case "AWS::Region":
		return h.region, true
	case "AWS::AccountId":
		return h.account, true
	case "AWS::Partition":
		return "aws", true
	case "AWS::URLSuffix":
		return "amazonaws.com", true
	case "AWS::StackName":
		return localStack, true
	case "AWS::StackId":
		return "arn:aws:cloudformation:" + h.region + ":" + h.account + ":stack/" + localStack + "/" + localStack, true
	}
	return "", false
}

// function returns the ARN of a function.
func (h home) function(name string) string { return h.arn("AWS::Lambda::Function", name) }

// arn returns the ARN of a resource by its type and name: a function's for a type that
// is not listed, since it is functions that definitions name most.
func (h home) arn(kind, name string) string {
	form := resourceTypes[kind].arn
	if form == "" {
		form = resourceTypes["AWS::Lambda::Function"].arn
	}
	if kind == "AWS::SSM::Parameter" {
		name = strings.TrimPrefix(name, "/")
	}
	return fmt.Sprintf(form, h.region, h.account, name)
}

// likely returns a text for a name that only a deployment knows: the ARN of a function if
// the name is one of an ARN.
func (h home) likely(name string) string {
	if strings.HasSuffix(strings.ToLower(name), "arn") {
		return h.function(plainName(name))
	}
	return plainName(name)
}

// queueURL returns the URL of a queue: at the endpoint of SQS if one is known.
func (h home) queueURL(name string) string {
	base := "https://sqs." + h.region + ".amazonaws.com"
	if h.endpoint != nil {
		base = cmp.Or(strings.TrimSuffix(h.endpoint("sqs"), "/"), base)
	}
	return base + "/" + h.account + "/" + name
}

// A resourceType says how resources of a type are referred to.
type resourceType struct {
	property string // which names it
	arn      string // its form: region and account are filled in, then the name
	ref      reference
}

// A reference says what Ref gives for a resource.
type reference uint8

const (
	byName reference = iota
	byARN
	byURL
)

// resourceTypes are the types of resources that definitions and functions refer to.
var resourceTypes = map[string]resourceType{
	"AWS::Lambda::Function":            {"FunctionName", "arn:aws:lambda:%s:%s:function:%s", byName},
	"AWS::Serverless::Function":        {"FunctionName", "arn:aws:lambda:%s:%s:function:%s", byName},
	"AWS::StepFunctions::StateMachine": {"StateMachineName", "arn:aws:states:%s:%s:stateMachine:%s", byARN},
	"AWS::Serverless::StateMachine":    {"Name", "arn:aws:states:%s:%s:stateMachine:%s", byARN},
	"AWS::StepFunctions::Activity":     {"Name", "arn:aws:states:%s:%s:activity:%s", byARN},
	"AWS::SNS::Topic":                  {"TopicName", "arn:aws:sns:%s:%s:%s", byARN},
	"AWS::SQS::Queue":                  {"QueueName", "arn:aws:sqs:%s:%s:%s", byURL},
	"AWS::DynamoDB::Table":             {"TableName", "arn:aws:dynamodb:%s:%s:table/%s", byName},
	"AWS::DynamoDB::GlobalTable":       {"TableName", "arn:aws:dynamodb:%s:%s:table/%s", byName},
	"AWS::Serverless::SimpleTable":     {"TableName", "arn:aws:dynamodb:%s:%s:table/%s", byName},
	"AWS::S3::Bucket":                  {"BucketName", "arn:aws:s3:%.0s:%.0s:%s", byName},
	"AWS::Events::EventBus":            {"Name", "arn:aws:events:%s:%s:event-bus/%s", byName},
	"AWS::Events::Connection":          {"Name", "arn:aws:events:%s:%s:connection/%s", byName},
	"AWS::SecretsManager::Secret":      {"Name", "arn:aws:secretsmanager:%s:%s:secret:%s", byARN},
	"AWS::SSM::Parameter":              {"Name", "arn:aws:ssm:%s:%s:parameter/%s", byName},
	"AWS::Kinesis::Stream":             {"Name", "arn:aws:kinesis:%s:%s:stream/%s", byName},
	"AWS::KMS::Key":                    {"", "arn:aws:kms:%s:%s:key/%s", byName},
	"AWS::Logs::LogGroup":              {"LogGroupName", "arn:aws:logs:%s:%s:log-group:%s:*", byName},
	"AWS::IAM::Role":                   {"RoleName", "arn:aws:iam:%.0s:%s:role/%s", byName},
	"AWS::ECS::Cluster":                {"ClusterName", "arn:aws:ecs:%s:%s:cluster/%s", byName},
	"AWS::ECS::TaskDefinition":         {"Family", "arn:aws:ecs:%s:%s:task-definition/%s:1", byARN},
	"AWS::Batch::JobQueue":             {"JobQueueName", "arn:aws:batch:%s:%s:job-queue/%s", byARN},
	"AWS::Batch::JobDefinition":        {"JobDefinitionName", "arn:aws:batch:%s:%s:job-definition/%s:1", byARN},
	"AWS::Glue::Job":                   {"Name", "arn:aws:glue:%s:%s:job/%s", byName},
	"AWS::CodeBuild::Project":          {"Name", "arn:aws:codebuild:%s:%s:project/%s", byName},
}

// maxResourceName is how long the name of a resource may be that a template gives it.
const maxResourceName = 128

// A localResource is the type and the local name of a resource.
type localResource struct{ kind, name string }

// typeOf returns the type of a resource, "" if there is none.
func (c *stack) typeOf(id string) string {
	if one, ok := c.local[id]; ok {
		return one.kind
	}
	return c.resources.Get(id).Get("Type").Text()
}

// nameOf returns the local name of a resource: the one that its properties give it, or
// else its logical id.
func (c *stack) nameOf(id string) string {
	if one, ok := c.local[id]; ok {
		return one.name
	}
	if name, known := c.names[id]; known {
		return name
	}
	kind := c.typeOf(id)
	name := plainName(id)
	c.names[id] = name // also while it is found out: names may refer to one another
	if property := resourceTypes[kind].property; property != "" {
		own, missing := *c, new(missingNames)
		own.missing = missing
		v := c.resources.Get(id).Get("Properties").Get(property)
		if v.Exists() && !c.omitted(v) {
			if given, ok := nameFor(kind, own.plain(v)); ok && len(missing.names) == 0 {
				name = given
			}
		}
	}
	if kind == "AWS::S3::Bucket" {
		name = strings.ToLower(name) // others are not valid
	}
	c.names[id] = name
	return name
}

// nameFor returns a name that a template gives to a resource of a type, if it is one.
func nameFor(kind, given string) (name string, ok bool) {
	if isPath[kind] {
		return given, isResourceName(strings.ReplaceAll(given, "/", ""))
	}
	return given, isResourceName(given)
}

// isPath has the types whose names may be paths.
var isPath = map[string]bool{"AWS::SSM::Parameter": true, "AWS::Logs::LogGroup": true, "AWS::SecretsManager::Secret": true}

// isResourceName reports whether a name is one that resources may have, and that a
// path or an ARN can hold as it is.
func isResourceName(name string) bool {
	for _, c := range []byte(name) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_', c == '.':
		default:
			return false
		}
	}
	return name != "" && len(name) <= maxResourceName
}

// ref is what Ref gives: a parameter, or what names a resource. The default of
// a parameter need not be what it is deployed with, so it is not taken as known.
func (c *stack) ref(name string) substitution {
	if text, given := c.given[name]; given {
		return substitution{text, true}
	}
	if text, ok := c.home.pseudo(name); ok {
		return substitution{text, name != "AWS::StackName" && name != "AWS::StackId"}
	}
	if p := c.parameters.Get(name); p.Kind() == value.Object {
		if d := p.Get("Default"); d.Kind() == value.String && d.Text() != "" {
			return substitution{text: d.Text()}
		} else if d.Kind() == value.Number || d.Kind() == value.Bool {
			return substitution{text: d.String()}
		} else if !d.Exists() {
			c.missing.add(name)
		}
		return substitution{text: c.home.likely(name)}
	}
	kind := c.typeOf(name)
	switch kind {
	case "":
		c.missing.add(name)
		return substitution{text: plainName(name)}
	case "AWS::Lambda::Version", "AWS::Lambda::Alias", "AWS::StepFunctions::StateMachineVersion":
		return substitution{text: c.published(name, kind)}
	}
	switch local := c.nameOf(name); resourceTypes[kind].ref {
	case byURL:
		return substitution{text: c.home.queueURL(local)}
	case byARN:
		return substitution{text: c.home.arn(kind, local)}
	default: // the name of a function for certain: no Resource of a Task takes it
		return substitution{local, resourceTypes[kind].property == "FunctionName"}
	}
}

// published is what Ref gives for a version or an alias: the ARN of a function with a
// qualifier, or that of a state machine, whose versions are not made here.
func (c *stack) published(id, kind string) string {
	if arn, known := c.arns[id]; known {
		return arn
	}
	c.arns[id] = placeholder // while it is found out: resources may refer to one another
	properties := c.resources.Get(id).Get("Properties")
	arn := c.plain(properties.Get("StateMachineArn"))
	if kind != "AWS::StepFunctions::StateMachineVersion" {
		arn = c.nameOf(id)
		if of := properties.Get("FunctionName"); of.Exists() {
			arn = c.plain(of)
		}
		if !strings.HasPrefix(arn, "arn:") {
			arn = c.home.function(arn)
		}
		qualifier := "1"
		if kind == "AWS::Lambda::Alias" {
			qualifier = c.plain(properties.Get("Name"))
		}
		arn += ":" + qualifier
	}
	c.arns[id] = arn
	return arn
}

// maxPlain is how many bytes of plain texts a file may make: far more than names,
// conditions and environments of functions need.
const maxPlain = 16 << 20

// plain returns what a value is as a text without origins.
func (c *stack) plain(v value.Value) string {
	if *c.made > maxPlain {
		c.missing.add("what follows: the template makes too much text")
		return placeholder
	}
	own := *c
	own.exact = false
	s := string(own.text(v, new(path), 0).bytes)
	*c.made += len(s)
	return s
}

// attribute is what Fn::GetAtt gives, for Name.Attribute or [Name, Attribute].
func (c *stack) attribute(arguments value.Value) substitution {
	name, attribute, _ := strings.Cut(arguments.Text(), ".")
	if arguments.Kind() == value.Array {
		name, attribute = arguments.Index(0).Text(), arguments.Index(1).Text()
	}
	if text, given := c.given[name+"."+attribute]; given {
		return substitution{text, true}
	}
	kind := c.typeOf(name)
	local := c.nameOf(name)
	switch {
	case attribute == "QueueUrl":
		return substitution{text: c.home.queueURL(local)}
	case strings.HasSuffix(attribute, "Arn"):
		if kind == "" {
			c.missing.add(name + "." + attribute)
		}
		return substitution{text: c.home.arn(kind, local)}
	case kind == "AWS::Serverless::Function" && (attribute == "Alias" || attribute == "Version"):
		return substitution{text: c.home.arn(kind, local)}
	case kind == "" || !strings.HasSuffix(attribute, "Name"):
		c.missing.add(name + "." + attribute)
	}
	return substitution{text: local}
}

// missingNames are what a text was made up for, since only a deployment knows it: names
// of parameters without a default, of attributes, exports and placeholders.
type missingNames struct{ names []string }

// maxMissing is how many names are told.
const maxMissing = 20

func (m *missingNames) add(name string) {
	if m == nil || len(m.names) == maxMissing {
		return
	}
	if len(name) > maxResourceName {
		name = name[:maxResourceName]
	}
	for _, other := range m.names {
		if other == name {
			return
		}
	}
	m.names = append(m.names, name)
}
