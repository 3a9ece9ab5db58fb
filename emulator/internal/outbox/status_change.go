package outbox

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/internal/engine"
	"github.com/aslocal/aslocal/value"
)

// This file sends the events of EventBridge that say that the status of a Standard
// execution has changed. Guide: "EventBridge for Step Functions execution status
// changes".

// StatusChangesConfig is what StatusChanges need.
type StatusChangesConfig struct {
	Client Caller // calls EventBridge
	// Redrive returns the redriveStatus of an execution, and its reason.
	Redrive func(*engine.View) (status engine.RedriveStatus, reason string)
	Log     *slog.Logger
}

// StatusChanges are the changes of executions' status.
type StatusChanges struct {
	config StatusChangesConfig
	sender sender[statusChange]
}

// A statusChange is an event that waits.
type statusChange struct {
	execution string // ARN
	at        int64  // Unix milliseconds
	detail    string // JSON
}

// NewStatusChanges returns StatusChanges. Nothing runs until the first status changes.
func NewStatusChanges(c StatusChangesConfig) *StatusChanges {
	s := &StatusChanges{config: c}
	s.sender = sender[statusChange]{what: "events of EventBridge", log: c.Log, send: s.send}
	return s
}

// Began sends the event of an execution that has begun, or goes on after a redrive. It
// does not block.
func (s *StatusChanges) Began(start *machine.Start, started int64, redrives int, redriven int64) {
	s.Changed(&engine.View{Start: start, Status: machine.Running, Started: started, Redrives: redrives, Redriven: redriven})
}

// Changed sends the event of a change to the status of the view. It does not block.
func (s *StatusChanges) Changed(v *engine.View) {
	if v.Start.Express {
		return
	}
	status, reason := s.config.Redrive(v)
	text := detail(v, status, reason)
	s.sender.add(len(text), statusChange{v.Start.ARN, max(v.Started, v.Redriven, v.Stopped), text})
}

// Close sends what waits, for some seconds at most.
func (s *StatusChanges) Close() { s.sender.close() }

// detail is the detail of an event: all members, null where nothing is (recorded).
func detail(v *engine.View, status engine.RedriveStatus, reason string) string {
	input, output := value.OfString(v.Start.InputText), value.NullValue
	if v.Status == machine.Succeeded {
		output = value.OfString(v.Output.String())
	}
	size := escaped(output)
	outputFits := size <= payloadLimit
	inputFits := size+escaped(input) <= payloadLimit
	outputDetails := value.NullValue
	if !output.IsNull() {
		outputDetails = value.OfMembers("included", value.OfBool(outputFits))
	}
	if !inputFits {
		input = value.NullValue
	}
	if !outputFits {
		output = value.NullValue
	}
	name, cause := value.NullValue, value.NullValue
	if f := v.Failure; f != nil && v.Status != machine.TimedOut && v.Status != machine.Running { // F-020
		name, cause = orNull(f.Name), orNull(f.Cause)
	}
	return value.OfMembers(
		"executionArn", value.OfString(v.Start.ARN),
		"stateMachineArn", value.OfString(v.Start.MachineARN),
		"name", value.OfString(v.Start.Name),
		"status", value.OfString(v.Status.String()),
		"startDate", date(v.Started),
		"stopDate", date(v.Stopped),
		"input", input,
		"output", output,
		"stateMachineVersionArn", text(v.Start.Version),
		"stateMachineAliasArn", text(v.Start.Alias),
		"redriveCount", value.OfInt(int64(v.Redrives)),
		"redriveDate", date(v.Redriven),
		"redriveStatus", value.OfString(string(status)),
		"redriveStatusReason", text(reason),
		"inputDetails", value.OfMembers("included", value.OfBool(inputFits)),
		"outputDetails", outputDetails,
		"error", name,
		"cause", cause,
	).String()
}

// escaped is how many bytes a text has in JSON, without its quotes; of null none.
func escaped(v value.Value) int {
	if v.IsNull() {
		return 0
	}
	return len(v.AppendJSON(nil)) - 2
}

func orNull(v value.Value) value.Value {
	if v.Kind() != value.String {
		return value.NullValue
	}
	return v
}

// text is a text, or null if it is "".
func text(s string) value.Value {
	if s == "" {
		return value.NullValue
	}
	return value.OfString(s)
}

// date is a time in Unix milliseconds, or null if it is 0.
func date(ms int64) value.Value {
	if ms == 0 {
		return value.NullValue
	}
	return value.OfInt(ms)
}

// The limits of PutEvents. API: PutEvents.
const (
	maxEntries     = 10
	maxEntriesSize = 256 << 10 // bytes; an event that is larger goes alone
)

// send sends events, each to the event bus of its region and account.
func (s *StatusChanges) send(ctx context.Context, changes []statusChange) {
	for len(changes) > 0 {
		n, size, at := 1, len(changes[0].detail), arn.HomeOf(changes[0].execution)
		for n < len(changes) && n < maxEntries && size+len(changes[n].detail) <= maxEntriesSize && arn.HomeOf(changes[n].execution) == at {
			size += len(changes[n].detail)
			n++
		}
		if lost, err := s.put(ctx, changes[:n]); err != nil {
			s.sender.drop(lost, err)
		}
		changes = changes[n:]
	}
}

// put sends events of one region and account in one call. It returns how many are lost, and why.
func (s *StatusChanges) put(ctx context.Context, changes []statusChange) (lost int, err error) {
	entries := make([]value.Value, len(changes))
	for i, c := range changes {
		entries[i] = value.OfMembers(
			"Time", value.OfString(time.UnixMilli(c.at).UTC().Format(time.RFC3339)),
			"Source", value.OfString("aws.states"),
			"Resources", value.OfItems(value.OfString(c.execution)),
			"DetailType", value.OfString("Step Functions Execution Status Change"),
			"Detail", value.OfString(c.detail))
	}
	answer, err := call(ctx, s.config.Client, arn.HomeOf(changes[0].execution), "events", "PutEvents", value.OfMembers("Entries", value.OfSlice(entries)))
	if err != nil {
		return len(changes), err
	}
	failed, _ := answer.Get("FailedEntryCount").Int()
	if failed == 0 {
		return 0, nil
	}
	for _, e := range answer.Get("Entries").Items() {
		if e.Get("ErrorCode").Text() != "" {
			return int(failed), fmt.Errorf("%s: %s", e.Get("ErrorCode").Text(), e.Get("ErrorMessage").Text())
		}
	}
	return int(failed), fmt.Errorf("EventBridge has not taken them")
}
