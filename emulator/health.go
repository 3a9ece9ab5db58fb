package emulator

import (
	"context"
	"net/http"
	"time"

	"github.com/aslocal/aslocal/value"
)

// This file says whether an emulator is well, for health checks of containers, for tests that
// wait until it is there, and for `aslocal health`:
//
//	GET /_aslocal/health   200 {"service": "aslocal", "status": "ok"}
//	                       503 {"service": "aslocal", "status": "failing", "message": …}

// HealthPath is where it is asked.
const HealthPath = "/_aslocal/health"

// healthTime is how long the store has to take a write.
const healthTime = 5 * time.Second

// Health returns nil if executions can begin and go on: what happens in them can be written.
// It writes something to find out, and leaves nothing behind.
func (e *Emulator) Health(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, healthTime)
	defer cancel()
	return e.engine.CheckStore(ctx)
}

func (e *Emulator) serveHealth(w http.ResponseWriter, r *http.Request) {
	status, answer := http.StatusOK, value.OfMembers("service", value.OfString("aslocal"), "status", value.OfString("ok"))
	if err := e.Health(r.Context()); err != nil {
		status = http.StatusServiceUnavailable
		answer = answer.With("status", value.OfString("failing")).With("message", value.OfString("the state cannot be written: "+err.Error()))
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(answer.AppendJSON(nil))
}
