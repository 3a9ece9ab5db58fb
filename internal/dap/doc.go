// Package dap speaks the Debug Adapter Protocol, by which editors debug the executions of
// an emulator. A [Session] is one editor's connection:
//
//	s := dap.NewSession(conn, dap.Config{Launch: launch})
//	err := s.Run(ctx)
//
// It is a face of the debugger (package emulator/debug) and keeps little of its own: what
// has an identity in the protocol. The files follow what the protocol is about: sources
// and lines (source.go), breakpoints (breakpoint.go), threads and frames (stack.go), scopes
// and variables (variable.go), expressions and the console (evaluate.go, console.go), steps
// (move.go), what is told unasked (event.go, progress.go), the beginning and the end
// (launch.go), connections (server.go, proxy.go).
//
// Protocol: https://microsoft.github.io/debug-adapter-protocol/specification
package dap
