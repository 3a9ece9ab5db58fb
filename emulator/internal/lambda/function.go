package lambda

import (
	"maps"
	"slices"
	"time"
)

// A Function says how a Lambda function runs as processes of this machine.
type Function struct {
	// Name is the function's name: no ARN, no qualifier. It is the only field
	// that must be set.
	Name string
	// Runtime is the identifier of the runtime, such as "python3.12",
	// "nodejs22.x", "provided.al2023" or "go1.x".
	Runtime string
	// Handler is what the runtime calls it: "app.handler" of Python and Node, the
	// name of the program of go1.x. Go, Rust and provided.* read it if they want.
	Handler string
	// Folder has the code; processes start in it.
	Folder string
	// Command starts the process instead of what the Runtime would start: a
	// program that speaks the Lambda Runtime API, and its arguments. A relative
	// path with a slash is below the Folder.
	Command []string
	// Environment has the function's own variables. They go before those that
	// Lambda would set, but for the ones whose names Lambda reserves.
	Environment map[string]string
	// Timeout ends a call; 0 is Lambda's default, 3 seconds.
	Timeout time.Duration
	// MemoryMB is what the function is told of its memory; 0 is Lambda's default,
	// 128. It is not enforced.
	MemoryMB int
	// Layers are folders with what a layer has below /opt: python, nodejs, bin,
	// lib. Later ones go before earlier ones.
	Layers []string
	// Concurrency is how many processes there may be at a time; 0 is 10. Calls
	// beyond that wait for one.
	Concurrency int

	// Place is where the function is defined, "template.yaml:12", for messages.
	Place string
	// Broken says why the function cannot run, such as that it is an image. Calls
	// fail with it. "" if it can.
	Broken string
}

// What holds for a Function that does not say otherwise. The first two are
// Lambda's.
const (
	defaultTimeout     = 3 * time.Second
	defaultMemoryMB    = 128
	defaultConcurrency = 10
)

// withDefaults returns the function with the fields set that have a default.
func (f Function) withDefaults() Function {
	if f.Timeout <= 0 {
		f.Timeout = defaultTimeout
	}
	if f.MemoryMB <= 0 {
		f.MemoryMB = defaultMemoryMB
	}
	if f.Concurrency <= 0 {
		f.Concurrency = defaultConcurrency
	}
	return f
}

// equal reports whether processes of f may go on as those of g.
func (f Function) equal(g Function) bool {
	return f.Name == g.Name && f.Runtime == g.Runtime && f.Handler == g.Handler && f.Folder == g.Folder &&
		slices.Equal(f.Command, g.Command) && maps.Equal(f.Environment, g.Environment) &&
		f.Timeout == g.Timeout && f.MemoryMB == g.MemoryMB && slices.Equal(f.Layers, g.Layers) &&
		f.Concurrency == g.Concurrency && f.Place == g.Place && f.Broken == g.Broken
}

// A Status is what is known of a function without calling it.
type Status struct {
	Function     Function
	Runs         string // the program that runs it, "/usr/bin/python3.12"; "" if there is a Problem
	Note         string // what differs from Lambda, such as another version of the interpreter; ""
	Problem      string // why it cannot run, and what to do about it; ""
	Environments int    // processes that there are
	Busy         int    // those that have a call
}
