// Package ui serves the pages in which a browser shows state machines and
// executions, and the private API that the pages use (api.go, stream.go).
package ui
