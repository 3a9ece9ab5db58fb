package asl

import (
	"errors"
	"slices"
	"strings"

	"github.com/aslocal/aslocal/internal/service"
)

// This file reads the Resource of Task states: which function, activity or
// service they call, and whether they wait for more than its answer.

// A Resource is what a Task state calls. Resources are equal if their texts are.
type Resource struct {
	Text    string // as written
	Kind    ResourceKind
	Service string  // of an Integration: "sqs", "dynamodb"
	Action  string  // of an Integration, without its pattern: "sendMessage"
	SDK     bool    // an Integration through the AWS SDK: every service, every action
	Pattern Pattern // of an Integration
	Version int     // of Sync: 1, or 2 for .sync:2, whose result is JSON; the result of 1 is text
}

// A ResourceKind is what a Task calls.
type ResourceKind uint8

// The kinds of resources.
const (
	Lambda      ResourceKind = iota + 1 // a function, named by its ARN
	Activity                            // a worker that asks for tasks
	Integration                         // an action of a service: arn:aws:states:::…
)

// A Pattern says when a Task that calls a service has ended.
type Pattern uint8

// The service integration patterns.
const (
	RequestResponse  Pattern = iota // when the service has responded
	Sync                            // when the job that the service has started is over
	WaitForTaskToken                // when the task's token has been returned
)

const (
	integrationPrefix = "arn:aws:states:::" // of the resources of integrations
	sdkPrefix         = "aws-sdk:"          // behind it, of those through the AWS SDK

	syncSuffix  = ".sync"
	sync2Suffix = ".sync:2"
	tokenSuffix = ".waitForTaskToken"
)

// String returns the suffix of the pattern in a Resource: "", ".sync" or
// ".waitForTaskToken".
func (p Pattern) String() string { return [...]string{"", syncSuffix, tokenSuffix}[p] }

// errUnknownResource is the error of ParseResource. Validate reports it in the words
// of the service.
var errUnknownResource = errors.New("resource: not the ARN of a Lambda function, an activity or a service integration")

// ParseResource reads the Resource of a Task. It fails if the text is neither the
// ARN of a Lambda function or activity nor a service integration, or if the
// integration does not have the pattern.
func ParseResource(text string) (Resource, error) {
	part := strings.SplitN(text, ":", 6) // arn, partition, service, region, account, rest
	if len(part) < 6 || part[0] != "arn" || !partitionOK(part[1]) {
		return Resource{}, errUnknownResource
	}
	r, ok := Resource{Text: text}, false
	switch rest := part[5]; part[2] {
	case "lambda":
		r.Kind = Lambda
		ok = functionOK(rest) // of this region and account if it names none
	case "states":
		if name, activity := strings.CutPrefix(rest, "activity:"); activity {
			r.Kind = Activity
			ok = part[3] != "" && part[4] != "" && name != ""
			break
		}
		ok = r.integration(rest)
	}
	if !ok {
		return Resource{}, errUnknownResource
	}
	return r, nil
}

// partitionOK accepts the partitions aws, aws-cn, aws-us-gov and future ones.
func partitionOK(s string) bool { return s == "aws" || strings.HasPrefix(s, "aws-") }

// functionOK accepts function:name and function:name:qualifier.
func functionOK(s string) bool {
	part := strings.Split(s, ":")
	return part[0] == "function" && (len(part) == 2 || len(part) == 3) && !slices.Contains(part, "")
}

// integration reads what follows arn:aws:states:::, the colons included that
// are in the pattern .sync:2.
func (r *Resource) integration(rest string) bool {
	r.Kind = Integration
	rest, r.SDK = strings.CutPrefix(rest, sdkPrefix)
	name, action, ok := strings.Cut(rest, ":")
	if !ok {
		return false
	}
	if stem, ok := strings.CutSuffix(action, sync2Suffix); ok {
		action, r.Pattern, r.Version = stem, Sync, 2
	} else if stem, ok := strings.CutSuffix(action, syncSuffix); ok {
		action, r.Pattern, r.Version = stem, Sync, 1
	} else if stem, ok := strings.CutSuffix(action, tokenSuffix); ok {
		action, r.Pattern = stem, WaitForTaskToken
	}
	r.Service, r.Action = name, action
	if r.SDK {
		return sdkActionOK(name, action) && r.Pattern != Sync
	}
	a, ok := service.Find(r.Service, r.Action)
	return ok && a.ForTasks() && a.Has(r.suffix())
}

// sdkActionOK checks only the form: which services and actions there are
// changes every week. Services are in lower case, actions in camel case.
func sdkActionOK(service, action string) bool {
	if service == "" || action == "" || action[0] < 'a' || action[0] > 'z' {
		return false
	}
	for _, c := range service {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	for _, c := range action {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// Type is the resourceType of the history's task events: "sqs",
// "aws-sdk:s3". It is empty for functions and activities, whose events have
// none.
func (r Resource) Type() string {
	if r.SDK {
		return sdkPrefix + r.Service
	}
	return r.Service
}

// Name is the resource of the history's task events: "sendMessage",
// "startExecution.sync:2"; the ARN of a function or an activity.
func (r Resource) Name() string {
	if r.Kind != Integration {
		return r.Text
	}
	return r.Action + r.suffix()
}

// suffix returns the suffix of the pattern, with its version: ".sync:2".
func (r Resource) suffix() string {
	if r.Version == 2 {
		return sync2Suffix
	}
	return r.Pattern.String()
}

// String returns the resource as written.
func (r Resource) String() string { return r.Text }
