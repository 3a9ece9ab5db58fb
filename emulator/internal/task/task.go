// Package task calls what the Resource of a Task state names. A [Registry]
// finds the [Runner] of a resource; [Lambda] is the one for functions, behind
// any endpoint that speaks Lambda's Invoke API or in this process:
//
//	lambda, err := task.NewLambda("http://localhost:3001")
//	if err != nil { … }
//	lambda.SetHandler("pay", func(ctx context.Context, order value.Value) (value.Value, error) { … })
//
//	var tasks task.Registry
//	tasks.Add("function", lambda)      // arn:aws:lambda:…:function:…
//	tasks.Add("lambda:invoke", lambda) // arn:aws:states:::lambda:invoke, also .waitForTaskToken
//	result, err := tasks.Run(ctx, call)
//
// Results have the shape, and errors the names and words, that Step Functions
// gives them.
package task

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// A Call is one attempt of a Task state.
type Call struct {
	Resource  asl.Resource
	Input     value.Value // what Parameters or Arguments made, or the state's input
	Token     string      // $$.Task.Token; "" if the task has none
	Region    string      // those of the execution
	Account   string
	Execution string // ARN
	Machine   string // ARN
	State     string // name
}

// A Runner calls a kind of resource.
type Runner interface {
	// Run makes the call and returns its result: the state's result, or for
	// .sync and .waitForTaskToken what TaskSubmitted shows. It returns as soon
	// as ctx ends, with an error that nobody looks at. Else an error that the
	// program is to see is an *asl.Error; any other is a bug of the Runner.
	Run(ctx context.Context, c *Call) (value.Value, error)
}

// A Registry is the Runner of many resources. The zero Registry knows none. It
// is safe for concurrent use.
type Registry struct {
	mu      sync.RWMutex
	runners map[string]Runner
}

// Add makes r the runner of the resources of a pattern, instead of the one
// before. Patterns are
//
//	function        functions, by ARN
//	sqs:sendMessage one action of a service, whatever its .sync or .waitForTaskToken
//	sqs:*           the other actions of a service
//	aws-sdk:s3:*    those of a service called through the AWS SDK; also one: aws-sdk:s3:getObject
//	aws-sdk:*       those of all other services called through the AWS SDK
func (g *Registry) Add(pattern string, r Runner) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.runners == nil {
		g.runners = make(map[string]Runner)
	}
	g.runners[pattern] = r
}

// Run calls the resource by the runner of the pattern that fits it best. It is
// the error States.Runtime if there is none.
func (g *Registry) Run(ctx context.Context, c *Call) (value.Value, error) {
	g.mu.RLock()
	var runner Runner
	for _, pattern := range patterns(c.Resource) {
		if runner = g.runners[pattern]; runner != nil {
			break
		}
	}
	g.mu.RUnlock()
	if runner == nil {
		return value.Value{}, unsupported(c.Resource, g.Patterns())
	}
	return runner.Run(ctx, c)
}

// Patterns returns the patterns that have a runner, sorted.
func (g *Registry) Patterns() []string {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return slices.Sorted(maps.Keys(g.runners))
}

// patterns returns those that fit a resource, the best first.
func patterns(r asl.Resource) []string {
	if r.Kind == asl.Lambda {
		return []string{"function"}
	}
	fitting := []string{r.Type() + ":" + r.Action, r.Type() + ":*"}
	if r.SDK {
		fitting = append(fitting, "aws-sdk:*")
	}
	return fitting
}
