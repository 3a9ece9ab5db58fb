// Package task calls what states name as their Resource. A [Runner] calls one
// kind of resource; a [Registry] is the Runner of all of them, and the one that
// the engine calls:
//
//	lambda, err := task.NewLambda("http://localhost:3001")
//	if err != nil { … }
//	lambda.SetHandler("pay", func(ctx context.Context, order value.Value) (value.Value, error) { … })
//
//	var tasks task.Registry
//	tasks.Add("function", lambda)      // arn:aws:lambda:…:function:…
//	tasks.Add("lambda:invoke", lambda) // arn:aws:states:::lambda:invoke, also .waitForTaskToken
//	answer, err := tasks.Run(ctx, call)
//
// [Optimized] calls the services of AWS by their optimized integrations and follows
// their jobs, [SDK] calls any operation of any service, both through a [Caller];
// [APIGateway] and [EKS] make requests of their own. [Lambda] runs functions, behind
// any endpoint that speaks Lambda's Invoke API or in this process; [States] calls Step
// Functions itself; a [Handler] is a service in this process. Map Runs read their items
// and write their results through the Registry, too. Results have the members, and
// errors the names and words, that Step Functions gives them.
package task

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/internal/random"
	"github.com/aslocal/aslocal/value"
)

// A Call is what a state asks a resource for: one attempt of a Task state, the
// items of a Map Run ([Reading]), or the writing of its results ([Writing]).
type Call struct {
	Resource  asl.Resource
	Input     value.Value // what Parameters or Arguments made, or the state's input
	TaskToken string      // $$.Task.Token; "" if the state waits for none
	Execution string      // ARN
	Machine   string      // ARN of the state machine
	State     string      // name
	Role      string      // ARN of the role in the state's Credentials, "" if it has none
	Trace     string      // the trace header that the execution was started with, "" if it has none
	Token     int64       // number of the record that asks for this call in the execution

	Attempt    int    // how many attempts of this visit of the state were retried before; 0 in the first
	Delayed    bool   // the time of a DelayedError is over
	TestCase   string // of the mock configuration, that the execution runs; "": none
	Invocation int    // in a test case: how many tasks of the state were scheduled before this one

	Reading *Reading // what is read is the items of a Map Run; or nil
	Writing *Writing // what is written is the results of a Map Run; or nil

	// After, in a Watch, calls f once in a goroutine of its own when the engine's
	// clock has moved on by d; never, if the context of the Watch ends before. One
	// call of it is pending at a time.
	After func(d time.Duration, f func())

	registry *Registry // that calls; nil: none
}

// Key names the call in the whole store: the same attempt, made again after a
// restart, has the same Key, and no other call has it.
func (c *Call) Key() string { return c.Execution + "#" + strconv.FormatInt(c.Token, 10) }

// Home returns where the call acts: in the region of its execution, and in the account
// of the role that it assumes, or else of its execution (F-204).
func (c *Call) Home() arn.Home {
	home := arn.HomeOf(c.Execution)
	if account := arn.HomeOf(c.Role).Account; account != "" {
		home.Account = account
	}
	return home
}

// random returns where the ids that the call makes up come from.
func (c *Call) random() *random.Source {
	if c.registry == nil || c.registry.Random == nil {
		return random.System()
	}
	return c.registry.Random.For(c.Key())
}

// requestID makes up the id of the request to the service. A call makes one
// request.
func (c *Call) requestID() string { return c.random().UUID() }

// now returns the time of the call.
func (c *Call) now() time.Time {
	if c.registry == nil || c.registry.Now == nil {
		return time.Now().UTC()
	}
	return time.UnixMilli(c.registry.Now()).UTC()
}

// A Reading says how the items of a Map Run are read. Input has the arguments of
// the resource.
type Reading struct {
	Config value.Value // ReaderConfig, evaluated
}

// A Writing says which results of a Map Run are written. Input has the arguments
// of the resource.
type Writing struct {
	Config  value.Value      // WriterConfig, evaluated
	MapRun  string           // ARN
	Results iter.Seq[Result] // of the child executions, in the order in which they began
	Pending []value.Value    // the input of the child executions that were never started
}

// A Result is what the files of results have of a child execution that has
// ended.
type Result struct {
	Status string        // SUCCEEDED, FAILED, TIMED_OUT or ABORTED
	Values []value.Value // made by the Transformation of the WriterConfig
}

// An Answer is what a call has led to.
type Answer struct {
	Output  value.Value
	Sources []Source // of a Reading: where the items are from

	// Final says that the Output, or the error that comes with the Answer, is the
	// outcome of the state, although the state would wait for a job, a token or a
	// worker.
	Final bool
}

// A Source says where items are from, as $$.Map.Item.Source shows it: those from
// number From on, up to the next Source.
type Source struct {
	From   int
	Source string
}

// A Runner calls a kind of resource. It is safe for concurrent use.
//
// An error that is an *asl.Error is the one that the program sees. ErrNoAnswer
// says that no answer will come. Any other is a bug of the Runner.
type Runner interface {
	// Run makes the call. Its output is the result of the state, what
	// TaskSubmitted shows of a .sync or .waitForTaskToken, the items that were
	// read, or what the state shows as ResultWriterDetails. When ctx ends, it
	// returns soon, with an error that nobody looks at.
	//
	// After a restart the same call is made again, if its answer was not
	// recorded; the Key tells that it is the same. A Runner whose effect is in our
	// own store finds it there instead of repeating it. It also finishes although
	// ctx has ended, and its answer counts unless the cause is ErrGivenUp: who
	// closes an engine ends the contexts, waits for the Runs to return, and
	// records the answers of those that have returned without an error.
	Run(ctx context.Context, c *Call) (Answer, error)

	// Watch waits for the end of the job that Run has submitted: done is called
	// once, with the result of the state or the error that it fails with. Watch
	// returns at once; done may be called before that.
	//
	// When ctx ends, done need not be called any more. If its cause is
	// ErrGivenUp, nobody wants the job any more and it is to be stopped; without
	// that cause the process ends, the job goes on, and Watch is called again
	// after the restart.
	Watch(ctx context.Context, c *Call, submitted value.Value, done func(value.Value, error))
}

// ErrNoAnswer is what a Runner or a Handler returns for a call that is never
// answered: the state ends by a timeout, by its task token, or with its
// execution.
var ErrNoAnswer = errors.New("task: no answer will come")

// ErrForWorkers is what a Runner returns for the task of an activity that waits
// for one of its workers. Runners are asked about activities in test cases only,
// and where the engine was told that they may have an answer.
var ErrForWorkers = errors.New("task: the task is for the workers of its activity")

// ErrTimedOut is what a Runner returns for a task that has timed out, as if its
// TimeoutSeconds were over.
var ErrTimedOut = errors.New("task: the task has timed out")

// A DelayedError says that the call is to be made when the engine's clock has
// moved on by For: again, and with [Call.Delayed].
type DelayedError struct{ For time.Duration }

// Error says what is awaited.
func (e *DelayedError) Error() string { return fmt.Sprintf("task: the call begins in %v", e.For) }

// A MissingError says that a call cannot be made because nothing is set up that
// could answer it: neither an endpoint nor a function. An emulator that lets such
// tasks be answered by hand waits then; for any other the task has failed with
// Failure, whose cause says what to set.
type MissingError struct {
	Failure  *asl.Error
	Function string // the Lambda function that a URL would be of; or ""
	Service  string // the service that an endpoint would be of, by the name in botocore; or ""
}

// Error returns the text of the failure.
func (e *MissingError) Error() string { return e.Failure.Error() }

// Unwrap returns the failure.
func (e *MissingError) Unwrap() error { return e.Failure }

// ErrGivenUp is the cause with which the context of a Run or Watch ends when
// nobody waits for its outcome any more: because of a timeout, an answer to the
// task token, or the end of the execution.
var ErrGivenUp = errors.New("task: the task was given up")

// NoJobs is embedded by Runners whose resources submit no jobs.
type NoJobs struct{}

// Watch implements Runner: a job is over with what Run has returned.
func (NoJobs) Watch(_ context.Context, _ *Call, submitted value.Value, done func(value.Value, error)) {
	done(submitted, nil)
}

// A Registry is the Runner of many resources. The zero Registry knows none. It
// is safe for concurrent use.
type Registry struct {
	// A local endpoint seldom sends the ids and dates that AWS sends, so Runners
	// make them up, from these. They are set before the first call.
	Now    func() int64   // Unix milliseconds; nil: the system's clock
	Random *random.Source // nil: the system's

	mu      sync.RWMutex
	runners map[string]Runner
}

// Add makes r the runner of the resources of a pattern, instead of the one
// before. Patterns are
//
//	function        functions, by ARN
//	sqs:sendMessage one action of a service, whatever its .sync or .waitForTaskToken
//	sqs:*           the other actions of a service
//	aws-sdk:s3:*    the actions of a service called through the AWS SDK; aws-sdk:s3:getObject is one of them
//	aws-sdk:*       the actions of all other services called through the AWS SDK
//
// The items and results of Map Runs have the patterns s3:getObject,
// s3:listObjectsV2 and s3:putObject.
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
func (g *Registry) Run(ctx context.Context, c *Call) (Answer, error) {
	r := g.runner(c)
	if r == nil {
		return Answer{}, unsupported(c.Resource, g.Patterns())
	}
	return r.Run(ctx, g.own(c))
}

// Watch watches the job by the runner that has submitted it.
func (g *Registry) Watch(ctx context.Context, c *Call, submitted value.Value, done func(value.Value, error)) {
	r := g.runner(c)
	if r == nil {
		done(value.Value{}, unsupported(c.Resource, g.Patterns()))
		return
	}
	r.Watch(ctx, g.own(c), submitted, done)
}

// own returns the call with the registry that makes it.
func (g *Registry) own(c *Call) *Call {
	own := *c
	own.registry = g
	return &own
}

// runner returns the runner of a call, nil if there is none.
func (g *Registry) runner(c *Call) Runner {
	g.mu.RLock()
	defer g.mu.RUnlock()
	for _, pattern := range patterns(c.Resource) {
		if r := g.runners[pattern]; r != nil {
			return r
		}
	}
	return nil
}

// Has reports whether a runner calls the resource.
func (g *Registry) Has(r asl.Resource) bool { return g.runner(&Call{Resource: r}) != nil }

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
