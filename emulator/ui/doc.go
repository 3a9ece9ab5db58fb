// Package ui serves the pages in which a browser shows state machines and executions, and
// the private API that the pages use:
//
//	pages := ui.New(ui.Config{API: server, Own: server})
//	http.Handle("/_ui/", pages)
//
// What the pages show comes from two sources ([Config]). The [API] is that of Step
// Functions: any server has it. [Own] is what the server of this process has beside it,
// such as events as they happen, pauses, and reruns that reuse results; without it the
// pages are read only.
//
// The routes and their types are in api.go, the stream of events is in stream.go, and
// static has the files. A file for each subject has what answers: machines.go,
// executions.go, history.go (events and visits), flow.go (the data of one visit),
// maprun.go, pending.go, actions.go, evaluate.go, imported.go.
//
// Requests, lists, streams and the time that anything takes are bounded. Which hosts and origins may ask was checked before.
package ui
