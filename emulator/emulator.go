// Package emulator is a local AWS Step Functions: the service's API over HTTP,
// running state machines as the service does.
//
// [New] makes an Emulator; it is an http.Handler that the AWS SDKs and the CLI
// talk to. In a Go test, [RunT] starts one, which the test also controls
// directly:
//
//	em := emulator.RunT(t, emulator.WithTask("arn:aws:lambda:::function:pay", pay))
//	client := sfn.NewFromConfig(em.AWSConfig())  // the real SDK
//	…
//	em.Advance(time.Hour) // the Wait is over
//
// This package has the options of New, the HTTP handler (handler.go, access.go),
// and what Go programs call directly (direct.go, run_t.go). The operations are in
// internal/api, the definitions of state machines in internal/registry, their
// executions in internal/engine.
package emulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/debug"
	"github.com/aslocal/aslocal/emulator/internal/api"
	"github.com/aslocal/aslocal/emulator/internal/api/awsjson"
	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/internal/awsclient"
	"github.com/aslocal/aslocal/emulator/internal/caller"
	"github.com/aslocal/aslocal/emulator/internal/engine"
	"github.com/aslocal/aslocal/emulator/internal/mock"
	"github.com/aslocal/aslocal/emulator/internal/outbox"
	"github.com/aslocal/aslocal/emulator/internal/random"
	"github.com/aslocal/aslocal/emulator/internal/registry"
	"github.com/aslocal/aslocal/emulator/internal/s3"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/emulator/journal"
)

// An Emulator is one local Step Functions. It is safe for concurrent use.
type Emulator struct {
	home     arn.Home // of callers who do not say theirs
	callers  callers
	log      *slog.Logger
	store    journal.Store
	registry *registry.Registry
	tasks    *tasks
	mocks    mock.Runner // stands before the tasks
	trials   trialRunner
	engine   *engine.Engine
	api      *api.API
	actions  map[string]awsjson.Action // of the api
	handler  http.Handler
	notes    notes
	watchers watchers
	streams  streams
	pages    *pages // nil: there are none
	debugger *debug.Debugger
	covered  *covered              // nil: coverage is not counted
	debugged debug.Kept            // what it had before a restart
	logs     *outbox.Logs          // nil: nothing is logged
	changes  *outbox.StatusChanges // nil: EventBridge hears nothing
	closing  sync.Once
	closed   error // of Close
}

// settings is what the options of New set.
type settings struct {
	region, account string
	accounts        map[string]string // by access key
	log             *slog.Logger
	clock           engine.Clock
	store           journal.Store
	random          *random.Source
	allowedHosts    []string
	waitTimeScale   float64
	autoAdvance     bool
	lambdaEndpoint  string
	functionURLs    map[string]string
	concurrency     map[string]int // of the functions with a URL
	handlers        map[string]task.Handler
	local           localFunctions
	s3              s3.Config
	http            httpSettings
	mocks           string // path of a mock configuration
	faults          []Fault
	answers         func(TaskCall) (Answer, bool)
	mocked          map[string][]Answer // by state
	inOrder         bool
	definitions     *Definitions
	coverage        bool
	probe           func(*machine.Start) machine.Probe
	history         *historyFile
	byHand          bool
	lateRecovery    bool
	// serviceEndpoints are URLs by service; "" is of all others.
	serviceEndpoints map[string]string
	environment      func(string) (string, bool)
	observe          func(string, Event)
	logs             io.Writer
	withoutDelivery  bool
	ui               UI
	withoutUI        bool
}

// An Option changes a setting of New.
type Option func(*settings)

// WithLogger sets where the emulator logs to; slog.Default() if not given.
func WithLogger(log *slog.Logger) Option { return func(s *settings) { s.log = log } }

// WithStore sets where state machines, executions and histories are kept; in
// memory if not given. Close closes it.
func WithStore(store journal.Store) Option { return func(s *settings) { s.store = store } }

// WithVirtualClock makes time stand still at start until Advance moves it.
func WithVirtualClock(start time.Time) Option {
	return func(s *settings) { s.clock = engine.NewVirtualClock(start) }
}

// WithAutoAdvance makes time stand still at start, and jump to the next timer
// whenever nothing else can happen: Waits and retries take no time.
func WithAutoAdvance(start time.Time) Option {
	return func(s *settings) { s.clock, s.autoAdvance = engine.NewVirtualClock(start), true }
}

// MaxWaitTimeScale is the largest factor of [WithWaitTimeScale]. With it, even
// the longest Wait of a definition is not too long for a clock.
const MaxWaitTimeScale = 10_000

// WithWaitTimeScale multiplies the length of Waits and of pauses before
// retries; 1 if not given. A factor above [MaxWaitTimeScale] is replaced by it,
// and one that is not above 0 by 1.
func WithWaitTimeScale(scale float64) Option {
	if !(scale > 0) {
		scale = 1
	}
	return func(s *settings) { s.waitTimeScale = min(scale, MaxWaitTimeScale) }
}

// WithLambdaEndpoint sets the URL of the endpoint that Lambda functions are
// invoked at.
func WithLambdaEndpoint(url string) Option { return func(s *settings) { s.lambdaEndpoint = url } }

// WithFunctionURL sets the URL that one Lambda function, given by name or ARN,
// is invoked at.
func WithFunctionURL(function, url string) Option {
	return func(s *settings) { s.functionURLs[function] = url }
}

// WithFunctionConcurrency sets how many calls of a Lambda function that has a
// WithFunctionURL may be under way at a time; function is written as there. More
// calls wait, and their tasks may time out meanwhile. If not given, it is one at
// a URL that has only this function (http://localhost:9000 of a container with
// the Runtime Interface Emulator, which breaks at a second call), and any number
// elsewhere.
func WithFunctionConcurrency(function string, calls int) Option {
	return func(s *settings) { s.concurrency[function] = calls }
}

// WithS3Folder makes the folders of a folder the buckets that ItemReaders read
// and ResultWriters write.
func WithS3Folder(name string) Option { return func(s *settings) { s.s3.Folder = name } }

// WithS3Endpoint sets the URL of an endpoint that speaks S3. It has all buckets
// but the folders of WithS3Folder. Requests are signed with the credentials in
// the environment (AWS_ACCESS_KEY_ID and so on).
func WithS3Endpoint(url string) Option { return func(s *settings) { s.s3.Endpoint = url } }

// WithServicesEndpoint sets the URL at which all services of AWS are called that have
// no endpoint of their own: one that speaks for many of them, such as moto's server.
// Without it, and without the endpoint of a service, tasks that call the service fail
// with an error that says what to set. "aws" is AWS itself, with the credentials of
// its tools. Lambda functions and S3 are looked for there, too, if
// WithLambdaEndpoint and WithS3Endpoint do not say otherwise.
func WithServicesEndpoint(url string) Option { return WithServiceEndpoint("", url) }

// WithServiceEndpoint sets the URL at which one service is called, as in
// [WithServicesEndpoint]. The service is named as botocore ("stepfunctions") or a
// Resource (aws-sdk:"sfn") names it.
func WithServiceEndpoint(service, url string) Option {
	return func(s *settings) { s.serviceEndpoints[service] = url }
}

// WithServiceEnvironment makes the variables that AWS's SDKs read say where single
// services are: AWS_ENDPOINT_URL_SQS and so on, unless
// AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is true. lookup is os.LookupEnv, or another that
// has the variables. They go before WithServiceEndpoint. If not given, no variables are
// read.
func WithServiceEnvironment(lookup func(name string) (value string, ok bool)) Option {
	return func(s *settings) { s.environment = lookup }
}

// ServiceVariable returns the variable of the environment in which AWS's SDKs look for the
// endpoint of a service, which is named as in [WithServiceEndpoint]: AWS_ENDPOINT_URL_SQS.
func ServiceVariable(service string) string { return awsclient.EndpointVariable(service) }

// CheckServiceEndpoint returns what is wrong with the endpoint of a service, nil if
// nothing is.
func CheckServiceEndpoint(service, url string) error {
	return new(awsclient.Endpoints).Set(service, url)
}

// A Handler answers the calls of a function or service integration: the event,
// or the parameters of the integration, go in, the result comes out. An
// *asl.Error is the error that the state machine sees; any other error is shown
// as Lambda shows an error of that Go type.
type Handler = task.Handler

// CheckLambdaEndpoint returns what is wrong with the URL of a Lambda endpoint,
// nil if nothing is.
func CheckLambdaEndpoint(url string) error {
	_, err := task.NewLambda(url)
	return err
}

// CheckS3Endpoint returns what is wrong with the URL of an S3 endpoint, nil if
// nothing is.
func CheckS3Endpoint(url string) error { return s3.CheckEndpoint(url) }

// WithTask answers the tasks of a resource with a Go function. The resource is
// a Lambda function's name or ARN (an ARN may leave region and account empty),
// or the ARN of a service integration.
func WithTask(resource string, handler Handler) Option {
	return func(s *settings) { s.handlers[resource] = handler }
}

// WithPendingTasks lets a task that cannot be called, because nothing is set up
// for its resource, wait until AnswerTask or FailTask ends it by hand. If it is
// not given, such a task fails with an error that says what to set.
func WithPendingTasks() Option { return func(s *settings) { s.byHand = true } }

// WithLateRecovery leaves the executions that the store holds as they are until
// [Emulator.Recover] is called. Meanwhile functions can be set that their tasks call.
func WithLateRecovery() Option { return func(s *settings) { s.lateRecovery = true } }

// Definitions are definitions that one of several emulators has checked and compiled. The
// zero Definitions has none.
type Definitions = registry.Definitions

// WithDefinitions shares compiled definitions with other emulators, so that many tests of
// one state machine check and compile it once.
func WithDefinitions(shared *Definitions) Option { return func(s *settings) { s.definitions = shared } }

// WithSeed makes a run repeatable: the random numbers of executions, names, ids,
// and the versions that aliases choose are the same in every run with the seed,
// if the client makes the same calls in the same order and what runs at the same
// time in one execution ends in the same order. With a virtual clock the
// histories are the same, too. If not given, runs differ.
func WithSeed(seed uint64) Option {
	return func(s *settings) { s.random = random.New(seed) }
}

// New returns an emulator. If its store holds executions that have not ended,
// they go on ([WithLateRecovery] has it otherwise). It fails if a setting is wrong
// or the store cannot be read.
func New(options ...Option) (*Emulator, error) {
	s := settings{
		region: "us-east-1", account: "123456789012", log: slog.Default(), waitTimeScale: 1, random: random.System(),
		functionURLs: make(map[string]string), concurrency: make(map[string]int), handlers: make(map[string]task.Handler),
		serviceEndpoints: make(map[string]string), accounts: make(map[string]string),
	}
	for _, set := range options {
		set(&s)
	}
	for key, account := range s.accounts {
		if !arn.IsAccount(account) {
			return nil, fmt.Errorf("emulator: the account of the access key %s: expected twelve digits, got %q", key, account)
		}
	}
	if s.clock == nil {
		s.clock = engine.SystemClock()
	}
	if s.store == nil {
		s.store = journal.NewMemory()
	}
	e := &Emulator{home: arn.Home{Region: s.region, Account: s.account}, log: s.log, store: s.store}
	e.callers.Directory = caller.Directory{Default: e.home, Accounts: s.accounts}
	e.streams.open()
	if !s.withoutUI {
		e.pages = newPages(e, &s)
	}
	e.debugger = e.newDebugger()
	s.local.log = e.alsoLog(s.local.log)
	if err := e.openMocks(&s); err != nil {
		return nil, fmt.Errorf("emulator: %w", err)
	}
	var err error
	if e.tasks, err = newTasks(&s, &nested{em: e}); err != nil {
		return nil, fmt.Errorf("emulator: %w", err)
	}
	e.mocks.Next = e.tasks
	if err := e.open(&s); err != nil {
		return nil, errors.Join(fmt.Errorf("emulator: %w", err), e.tasks.Close())
	}
	return e, nil
}

// open reads what the store has and goes on with it.
func (e *Emulator) open(s *settings) (err error) {
	e.registry, err = registry.Open(registry.Config{Store: s.store, Now: s.clock.Now, Random: s.random, Log: s.log, Complete: task.CompleteParameters, Definitions: s.definitions})
	if err != nil {
		return err
	}
	recorded, err := s.history.read()
	if err != nil {
		return err
	}
	e.trials.next = e.mocks
	reruns := &rerunner{next: &e.trials, history: recorded, records: func(arn string, yield func(engine.Record) bool) error { return e.engine.Records(arn, yield) }}
	e.openCoverage(s)
	c := engine.Config{
		Clock: s.clock, Store: s.store, Tasks: reruns, Answers: e.mocks.Answering, InOrder: s.inOrder, Probe: s.probe, ByHand: s.byHand, Program: e.registry.Program, Activities: e.registry.HasActivity,
		Seed: func(arn string) uint64 { return s.random.For(arn).Uint64() }, WaitTimeScale: s.waitTimeScale, AutoAdvance: s.autoAdvance, Log: s.log, Ended: e.watchers.ended,
	}
	if e.pages != nil {
		c.Began, c.Ended = e.pages.began, func(v *engine.View) {
			e.pages.ended(v)
			e.watchers.ended(v)
		}
	}
	if e.mocks.Answers != nil {
		c.Activities = nil // they are answered, so they need not exist
	}
	c.Stepper = e.debugger
	e.openOutbox(s)
	if e.changes != nil {
		c.Began, c.Ended = e.tellChanges(c.Began, c.Ended)
	}
	ended := c.Ended
	c.Ended = func(v *engine.View) {
		ended(v)
		e.debugger.Ended(v.Start, v.Status)
	}
	e.engine = engine.New(c)
	e.debugger.Use(e.engine)
	if e.covered != nil {
		e.engine.Observe(engine.Filter{}, func(x *machine.Start, ev *machine.Event) { e.covered.recorder.Event(x.ARN, ev) })
	}
	if s.observe != nil {
		e.engine.Observe(engine.Filter{}, func(x *machine.Start, ev *machine.Event) { s.observe(x.ARN, eventOf(x.ARN, ev)) })
	}
	if e.logs != nil {
		e.engine.ObserveRevisions(e.logs.Selects, e.logs.Add)
	}
	e.api = api.New(api.Config{
		Home: e.home, Registry: e.registry, Engine: e.engine, Mocks: e.mocks.File, Now: s.clock.Now, Random: s.random, Log: s.log, Note: e.notes.of,
		HasLogGroup: e.hasLogGroup,
	})
	e.actions = e.api.Actions()
	e.handler = e.newHandler(s)
	if err := e.forgetTrials(); err != nil {
		return err
	}
	if err := e.restoreDebugger(); err != nil {
		return err
	}
	if s.lateRecovery {
		return nil
	}
	return e.recover() // it may call the API, as nested executions do
}

// Recover goes on with the executions that the store holds, in an emulator made
// [WithLateRecovery]. It is called once, before any execution is started. It fails
// if the store cannot be read.
func (e *Emulator) Recover() error {
	if err := e.recover(); err != nil {
		return fmt.Errorf("emulator: %w", err)
	}
	return nil
}

// ServeHTTP answers the AWS API at POST /, and browsers with the pages of the emulator
// ([WithoutUI]). Requests for hosts that are not of
// this machine, and those of web pages from elsewhere, are refused
// ([WithAllowedHosts]).
func (e *Emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) { e.handler.ServeHTTP(w, r) }

// Close stops calling tasks, waits until everything is durable that was
// answered, and closes the store. Executions that have not ended go on when the
// store is opened again. Closing again does nothing.
func (e *Emulator) Close() error {
	e.closing.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		ended := e.engine.Close(ctx)
		e.closeOutbox()
		e.closed = errors.Join(ended, e.store.Close(), e.tasks.Close())
	})
	return e.closed
}

// AdvanceToEnd moves the virtual clock on until an execution has ended, or waits for
// something else than the clock. It fails if the clock is not virtual, with
// ExecutionDoesNotExist, or with the context's error if that ends first.
func (e *Emulator) AdvanceToEnd(ctx context.Context, arn string) error {
	return e.engine.AdvanceToEnd(ctx, arn)
}

// Advance moves the virtual clock on by d. What is due until then happens in the
// order of time. Advance returns when nothing more happens until the clock moves
// again. It fails if the clock is not virtual.
func (e *Emulator) Advance(ctx context.Context, d time.Duration) error {
	return e.engine.Advance(ctx, d)
}
