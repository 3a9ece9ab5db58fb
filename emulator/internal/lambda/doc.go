// Package lambda runs Lambda functions as processes of this machine, without
// containers.
//
//	h := lambda.NewHost(lambda.Settings{Log: show})
//	defer h.Close()
//	h.Set([]lambda.Function{{Name: "pay", Runtime: "python3.12", Handler: "app.handler", Folder: "functions/pay"}})
//	result, err := h.Invoke(ctx, lambda.Invocation{Function: "pay", Event: []byte(`{"total": 42.50}`)})
//
// A call (host.go) takes a process of its function, or has one started (pool.go).
// What is started depends on the runtime (program.go, interpreter.go, native.go):
// Python or Node with a small program of ours (bootstrap), a program that is
// built from Go, or a command. The process gets Lambda's variables (variables.go)
// and asks for events at a Runtime API of its own (runtime_api.go). An environment
// (environment.go) makes the calls of one process, one after the other, and
// decides what Lambda would answer when it exits, takes too long or says nonsense
// (error.go). What it writes becomes the log (output.go, report.go). Changed files
// make new processes (change.go). Host is also the API of Lambda that SDKs call
// (api.go).
//
// A process, and what it starts in its process group, ends with the Host, also
// when that is killed: by a death signal on Linux, by a job object on Windows, and
// elsewhere when it asks for the next event and nobody answers.
package lambda
