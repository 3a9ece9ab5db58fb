package emulator

import "github.com/aslocal/aslocal/emulator/internal/lambda"

// This file has the Lambda functions that run as processes of this machine,
// without containers.

// A Function says how a Lambda function runs as processes of this machine.
type Function = lambda.Function

// A FunctionStatus is what is known of a Function without calling it.
type FunctionStatus = lambda.Status

// A FunctionLogEntry is a line of the log of a Function. Lines of Lambda (START,
// END, REPORT …) are among them.
type FunctionLogEntry = lambda.Entry

// localFunctions is what the options say of functions that run as processes.
type localFunctions struct {
	functions   []Function
	log         func(FunctionLogEntry)
	environment []string
}

// newFunctions returns what runs the functions of the settings.
func newFunctions(s *settings) *lambda.Host {
	h := lambda.NewHost(lambda.Settings{Region: s.region, Account: s.account, ServiceEnvironment: s.local.environment, Log: s.local.log})
	h.Set(s.local.functions)
	return h
}

// WithFunctions runs Lambda functions as processes of this machine. They answer
// the tasks that name them, in whatever region and account, before any endpoint
// but after [WithTask]. They also answer Lambda's API at the emulator's URL, so
// that the Lambda client of an SDK can call them.
//
// An interpreter of Python or Node must be installed for functions in these
// languages, and Go for those in Go, which are built when they are needed. Time
// limits of functions are in real time, also with a virtual clock.
func WithFunctions(functions ...Function) Option {
	return func(s *settings) { s.local.functions = append(s.local.functions, functions...) }
}

// WithFunctionLog passes on what the functions of [WithFunctions] write. Log is
// called by many goroutines at a time. It must not block: the functions then
// wait, too.
func WithFunctionLog(log func(FunctionLogEntry)) Option {
	return func(s *settings) { s.local.log = log }
}

// WithFunctionEnvironment sets variables of all functions of [WithFunctions],
// "NAME=text", such as where the services are (AWS_ENDPOINT_URL_SQS).
func WithFunctionEnvironment(variables ...string) Option {
	return func(s *settings) { s.local.environment = append(s.local.environment, variables...) }
}

// SetFunctions replaces the functions of [WithFunctions]. Processes of those that
// have changed, or are gone, end when they have no call.
func (e *Emulator) SetFunctions(functions []Function) { e.tasks.local.Set(functions) }

// SetFunctionEnvironment replaces the variables of [WithFunctionEnvironment], for
// the processes that are started from now on.
func (e *Emulator) SetFunctionEnvironment(variables []string) {
	e.tasks.local.SetServiceEnvironment(variables)
}

// Functions returns what is known of the functions of [WithFunctions]. It looks
// for the interpreters that they need, which takes a moment the first time.
func (e *Emulator) Functions() []FunctionStatus { return e.tasks.local.Functions() }
