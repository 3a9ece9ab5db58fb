package engine

import (
	"context"
	"fmt"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// This file redrives executions that have ended without success: they go on from
// where they have failed. API: RedriveExecution.

// A RedriveStatus says whether an execution can be redriven, as the API writes
// it.
type RedriveStatus string

// The redrive statuses. The children of a Map Run are redriven with their parent.
const (
	Redrivable         RedriveStatus = "REDRIVABLE"
	NotRedrivable      RedriveStatus = "NOT_REDRIVABLE"
	RedrivableByMapRun RedriveStatus = "REDRIVABLE_BY_MAP_RUN"
)

// The limits of redrives, times in milliseconds. API: RedriveExecution.
const (
	redrivablePeriod    = 14 * 24 * 60 * 60 * 1000
	maxExecutionTime    = 365 * 24 * 60 * 60 * 1000
	maxRedrivableEvents = machine.MaxEvents - 2
)

// RedriveStatus returns whether the execution can be redriven at a time, in Unix
// milliseconds, and if it is NotRedrivable, why.
func (v *View) RedriveStatus(now int64) (status RedriveStatus, reason string) {
	switch {
	case v.Status == machine.Running || v.Status == machine.Succeeded:
		return NotRedrivable, "Execution is " + v.Status.String() + " and cannot be redriven"
	case v.Events > maxRedrivableEvents:
		return NotRedrivable, "Execution history event limit exceeded"
	case now-v.Started >= maxExecutionTime:
		return NotRedrivable, "Execution has exceeded the max execution time"
	case now-v.Stopped >= redrivablePeriod:
		return NotRedrivable, "Execution redrivable period exceeded"
	case v.Start.MapRun != "":
		return RedrivableByMapRun, ""
	}
	return Redrivable, ""
}

// A NotRedrivableError says why an execution cannot be redriven. API:
// ExecutionNotRedrivable.
type NotRedrivableError struct{ Reason string }

func (e *NotRedrivableError) Error() string {
	return "engine: the execution is not redrivable: " + e.Reason
}

// childNotRedrivable is the reason of a child of a Map Run. The service's words
// are not known.
const childNotRedrivable = "Execution is a child workflow execution of a Map Run and can only be redriven with its parent execution"

// Redrive lets an execution go on that has ended without success, and returns
// when that was, in Unix milliseconds, once it is durable. A call with the client
// token of a recent redrive of the same execution has no effect, and the same
// answer; "" is no token. Errors are ErrNotFound, a *NotRedrivableError,
// ErrTooManyOpen, and an *UnavailableError.
func (e *Engine) Redrive(ctx context.Context, arn, clientToken string) (at int64, err error) {
	token := redriveToken{text: clientToken, expires: true}
	if key, _ := ctx.Value(effectKey{}).(string); clientToken == "" && key != "" {
		token = redriveToken{text: "effect " + key}
	}
	_, at, err = e.redrive(ctx, arn, token, e.config.MaxOpen, Redrivable)
	return at, err
}

// maxRedriveAttempts is how often a redrive looks again because the execution was
// redriven, or has ended, meanwhile. One that fails on every redrive, by a fault
// of ours, must not be tried for ever.
const maxRedriveAttempts = 100

// redrive redrives an execution that has the wanted status, and returns how it
// stood before. No more than limit executions may be open; 0: any number.
func (e *Engine) redrive(ctx context.Context, arn string, token redriveToken, limit int, wanted RedriveStatus) (v View, at int64, err error) {
	for attempt := 0; ; attempt++ {
		if v, err = e.Describe(arn); err != nil {
			return v, 0, err
		}
		if attempt == maxRedriveAttempts {
			return v, 0, fmt.Errorf("engine: %s does not go on when it is redriven", arn)
		}
		given, err := e.redrivesOf(arn) // after Describe: what that shows is known here
		if err != nil {
			return v, 0, err
		}
		if at, ok := given.find(token, e.clock.Now()); ok {
			return v, at, nil
		}
		status, reason := v.RedriveStatus(e.clock.Now())
		if status == RedrivableByMapRun {
			reason = childNotRedrivable
		}
		if status != wanted {
			return v, 0, &NotRedrivableError{reason}
		}
		other, at, err := e.reopen(ctx, arn, limit, token, given)
		switch {
		case other != nil:
			err = e.waitForBeginning(ctx, other) // somebody else redrives it, or it is just ending
		case err == nil:
			return v, at, nil
		case err == ErrStale: // somebody else has redriven it since it was described
			err = nil
		}
		if err != nil {
			return v, 0, err
		}
	}
}

// reopen makes an entry for an execution that has ended, and redrives it. If it
// has an entry already, that is returned.
func (e *Engine) reopen(ctx context.Context, arn string, limit int, token redriveToken, given redrives) (other *entry, at int64, err error) {
	stored, err := e.stored(arn)
	if err != nil {
		return nil, 0, err
	}
	x := entryOf(&stored)
	x.resident = &resident{entry: x}
	if other, err := e.addFolded(x, limit); other != nil || err != nil {
		return other, 0, err
	}
	at = e.clock.Now()
	given = given.with(token, at)
	err = e.sendWith(ctx, x, delivery{Stimulus: machine.Stimulus{Kind: machine.Redriven, At: at}, documents: []journal.Document{given.document(arn)}})
	if err == ErrStale {
		e.leave(x, outcome{err: errNotBegun})
	}
	return nil, at, err
}

// addFolded adds the entry of an execution that is to be redriven, and folds its
// journal. If it has an entry already, that is returned.
func (e *Engine) addFolded(x *entry, limit int) (other *entry, err error) {
	x.turn.Lock()
	defer x.turn.Unlock()
	if other, err := e.entries.add(x, limit); other != nil || err != nil {
		return other, err
	}
	r, err := e.fold(x)
	if err != nil {
		err = &UnavailableError{x.arn, err}
		e.leave(x, outcome{err: err})
		return nil, err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	r.begun, x.resident = x.resident.begun, r
	return nil, nil
}

// redriveChild redrives a child of a Map Run, and arranges that its end is
// reported. One that was redriven, or started, for the same command is only
// waited for. One that still runs because it has not been stopped with its run
// is stopped, and redriven then.
func (e *Engine) redriveChild(m *mapRunChildren, c *machine.ChildStarting) error {
	token := redriveToken{text: fmt.Sprintf("map run %d", m.token)}
	v, _, err := e.redrive(e.root, c.ARN, token, 0, RedrivableByMapRun)
	refused, _ := err.(*NotRedrivableError)
	switch {
	case err != nil && refused == nil:
		return err
	case refused != nil && v.Status == machine.Running && e.leftOver(&v):
		err := e.OnEnd(c.ARN, func(View) { e.queueChild(m, waitingChild{c, true}) })
		e.stopChild(c.ARN)
		return err
	case refused != nil && v.Status != machine.Running && v.Status != machine.Succeeded:
		e.childEnded(m, c, v, true)
		return nil
	}
	return e.onEnd(c.ARN, e.childWatcher(m, c))
}

// leftOver reports whether a child that runs is one of the Map Run before its
// redrive, which has given it up.
func (e *Engine) leftOver(child *View) bool {
	run := e.redrivenRun(child.Start.MapRun)
	return run != nil && child.Started < run.Redriven && child.Redriven < run.Redriven
}

// kindRedrives is the kind of the documents that have the last redrives of an
// execution, by its ARN.
const kindRedrives = "redrives"

// redrives are the last redrives of an execution that had a token, oldest first.
type redrives []redriveToken

// A redriveToken names a redrive.
type redriveToken struct {
	text    string
	at      int64 // when the redrive was
	expires bool  // as those of clients do
}

// How many tokens are remembered, and for how many milliseconds. API:
// RedriveExecution, clientToken.
const (
	mostRedriveTokens = 10
	redriveTokenTime  = 15 * 60 * 1000
)

// find returns when the redrive with the token was.
func (r redrives) find(token redriveToken, now int64) (at int64, ok bool) {
	for _, known := range r {
		if token.text != "" && known.text == token.text && known.expires == token.expires && (!known.expires || now-known.at < redriveTokenTime) {
			return known.at, true
		}
	}
	return 0, false
}

// with returns the last redrives when one more has happened.
func (r redrives) with(token redriveToken, at int64) redrives {
	token.at = at
	all := append(r[:len(r):len(r)], token)
	return all[max(0, len(all)-mostRedriveTokens):]
}

var redriveShape = value.NewShape("token", "at", "expires")

func (r redrives) document(arn string) journal.Document {
	all := make([]value.Value, len(r))
	for i, t := range r {
		all[i] = redriveShape.New([]value.Value{value.OfString(t.text), value.OfInt(t.at), value.OfBool(t.expires)})
	}
	return journal.Document{Kind: kindRedrives, Key: arn, Data: value.OfSlice(all).AppendJSON(nil)}
}

// redrivesOf reads the last redrives of an execution.
func (e *Engine) redrivesOf(arn string) (redrives, error) {
	doc, err := e.document(kindRedrives, arn)
	if err == ErrNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all, err := value.ParseBytes(doc.Data)
	if err != nil {
		return nil, fmt.Errorf("engine: the redrives of %s: %w", arn, err)
	}
	var r redrives
	for _, t := range all.Slice() {
		at, _ := t.Get("at").Int()
		r = append(r, redriveToken{text: t.Get("token").Text(), at: at, expires: t.Get("expires") == value.True})
	}
	return r, nil
}
