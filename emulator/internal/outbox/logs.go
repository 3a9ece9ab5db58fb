package outbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/internal/engine"
	"github.com/aslocal/aslocal/emulator/internal/random"
	"github.com/aslocal/aslocal/value"
)

// This file delivers log events to CloudWatch Logs, to a writer, or to both.

// LogsConfig is what Logs need.
type LogsConfig struct {
	Client Caller    // calls CloudWatch Logs; nil: it is not called
	Create bool      // log groups that do not exist are created
	Writer io.Writer // gets a message a line; nil: there is none
	// Logging returns the loggingConfiguration of a revision of a state machine. It
	// is asked once for each revision, while executions are handled, and again after an
	// error.
	Logging func(revision string) (value.Value, error)
	Random  *random.Source // makes the ids in names of log streams
	Log     *slog.Logger
}

// Logs are the logs of executions.
type Logs struct {
	config LogsConfig
	sender sender[logEvent]

	mu       sync.RWMutex
	settings map[string]logging // by key of the revision

	streams map[string]string // names of log streams by group and state machine; only the sender's goroutine has them
}

// A logEvent is a log event that waits.
type logEvent struct {
	group, machine string // ARN of the log group, name of the state machine
	at             int64  // Unix milliseconds
	message        string
}

// maxSettings is how many revisions are remembered. Those that are needed are asked
// for again.
const maxSettings = 10_000

// NewLogs returns Logs. Nothing runs until the first event is logged.
func NewLogs(c LogsConfig) *Logs {
	l := &Logs{config: c, settings: make(map[string]logging), streams: make(map[string]string)}
	l.sender = sender[logEvent]{what: "log events", log: c.Log, send: l.send}
	return l
}

// Selects reports whether executions of a revision log anything.
func (l *Logs) Selects(revision string) bool { return l.of(revision).level != levelOff }

// of is the logging of a revision. What a distributed Map runs is logged as the state
// machine that has it.
func (l *Logs) of(revision string) logging {
	if strings.Contains(revision, "#") {
		revision, _ = arn.SplitRevision(revision)
	}
	l.mu.RLock()
	one, ok := l.settings[revision]
	l.mu.RUnlock()
	if ok || revision == "" {
		return one
	}
	v, err := l.config.Logging(revision)
	if err != nil { // the next batch may have more luck
		l.config.Log.Warn("log events of an execution were dropped", "error", err)
		return one
	}
	one = loggingOf(v)
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.settings) >= maxSettings {
		clear(l.settings)
	}
	l.settings[revision] = one
	return one
}

// Add logs the events of a batch. It does not block.
func (l *Logs) Add(b engine.Shown) {
	one := l.of(b.Revision)
	if len(b.Records) == 0 {
		l.config.Log.Warn("log events of an execution may be missing: the store has failed, and has written them all the same", "execution", b.Start.ARN)
	}
	var events []logEvent
	size := 0
	for i := range b.Records {
		e := &b.Records[i].Event
		if !one.level.logs(e) {
			continue
		}
		text := message(b.Start.ARN, e, b.Redrives, one)
		events = append(events, logEvent{one.group, b.Start.Machine, e.At, text})
		size += len(text)
	}
	if len(events) > 0 {
		l.sender.add(size, events...)
	}
}

// Close delivers what waits, for some seconds at most.
func (l *Logs) Close() { l.sender.close() }

// send delivers log events.
func (l *Logs) send(ctx context.Context, events []logEvent) {
	if l.config.Writer != nil {
		l.write(events)
	}
	if l.config.Client == nil {
		return
	}
	type place struct{ group, machine string }
	var places []place
	byPlace := make(map[place][]logEvent)
	for _, e := range events {
		p := place{e.group, e.machine}
		if byPlace[p] == nil {
			places = append(places, p)
		}
		byPlace[p] = append(byPlace[p], e)
	}
	for _, p := range places {
		for _, batch := range batches(byPlace[p]) {
			if lost, err := l.put(ctx, batch); err != nil {
				l.sender.drop(lost, fmt.Errorf("log group %s: %w", p.group, err))
			}
		}
	}
}

// write writes the messages, a line each.
func (l *Logs) write(events []logEvent) {
	var lines []byte
	for _, e := range events {
		lines = append(append(lines, e.message...), '\n')
	}
	if _, err := l.config.Writer.Write(lines); err != nil {
		l.sender.drop(len(events), err)
	}
}

// The limits of PutLogEvents. API: PutLogEvents.
const (
	maxLogBatch      = 1 << 20 // bytes, with those of each event
	bytesOfLogEvent  = 26
	maxEventsOfBatch = 10_000
	maxSpanOfBatch   = int64(24 * time.Hour / time.Millisecond)
)

// batches makes batches that PutLogEvents takes: in the order of time, and not too
// large.
func batches(events []logEvent) (made [][]logEvent) {
	slices.SortStableFunc(events, func(a, b logEvent) int { return cmp.Compare(a.at, b.at) })
	first, size := 0, 0
	for i, e := range events {
		one := len(e.message) + bytesOfLogEvent
		if i > first && (size+one > maxLogBatch || i-first == maxEventsOfBatch || e.at-events[first].at >= maxSpanOfBatch) {
			made = append(made, events[first:i])
			first, size = i, 0
		}
		size += one
	}
	return append(made, events[first:])
}

// put sends a batch, all of one log stream. It returns how many log events are lost,
// and why.
func (l *Logs) put(ctx context.Context, batch []logEvent) (lost int, err error) {
	group, machine := batch[0].group, batch[0].machine
	at, name := logGroup(group)
	items := make([]value.Value, len(batch))
	for i, e := range batch {
		items[i] = value.OfMembers("timestamp", value.OfInt(e.at), "message", value.OfString(e.message))
	}
	for attempt := 1; ; attempt++ {
		stream, err := l.stream(ctx, group, machine)
		if err != nil {
			return len(batch), err
		}
		answer, err := call(ctx, l.config.Client, at, "logs", "PutLogEvents", value.OfMembers(
			"logGroupName", value.OfString(name), "logStreamName", value.OfString(stream), "logEvents", value.OfSlice(items)))
		switch {
		case err == nil:
			if lost := rejected(answer.Get("rejectedLogEventsInfo"), len(batch)); lost > 0 {
				return lost, errors.New("CloudWatch Logs does not take their times")
			}
			return 0, nil
		case attempt == 1 && code(err) == "ResourceNotFoundException": // it was deleted
			delete(l.streams, group+" "+machine)
		default:
			return len(batch), err
		}
	}
}

// rejected is how many log events of a batch were not taken, by a
// rejectedLogEventsInfo: those before one place, and those from another on.
func rejected(info value.Value, count int) int {
	if !info.Exists() {
		return 0
	}
	end := int64(count)
	start := int64(0)
	if n, ok := info.Get("tooNewLogEventStartIndex").Int(); ok {
		end = n
	}
	for _, member := range []string{"tooOldLogEventEndIndex", "expiredLogEventEndIndex"} {
		if n, ok := info.Get(member).Int(); ok {
			start = max(start, n)
		}
	}
	return count - int(max(0, end-start))
}

// stream returns the log stream of a state machine, which it creates if there is none:
// one for each process (F-195).
func (l *Logs) stream(ctx context.Context, group, machine string) (string, error) {
	key := group + " " + machine
	if name := l.streams[key]; name != "" {
		return name, nil
	}
	at, groupName := logGroup(group)
	name := "states/" + machine + "/" + time.Now().UTC().Format("2006-01-02-15-04") + "/" + l.config.Random.For(key).UUID()[:8]
	input := value.OfMembers("logGroupName", value.OfString(groupName), "logStreamName", value.OfString(name))
	_, err := call(ctx, l.config.Client, at, "logs", "CreateLogStream", input)
	if l.config.Create && code(err) == "ResourceNotFoundException" {
		_, err = call(ctx, l.config.Client, at, "logs", "CreateLogGroup", value.OfMembers("logGroupName", value.OfString(groupName)))
		if err == nil || code(err) == "ResourceAlreadyExistsException" {
			_, err = call(ctx, l.config.Client, at, "logs", "CreateLogStream", input)
		}
	}
	if err != nil && code(err) != "ResourceAlreadyExistsException" {
		return "", err
	}
	l.streams[key] = name
	return name, nil
}

// HasGroup reports whether CloudWatch Logs has a log group, by its ARN. It says so of
// all if there is no Client. The error says why it is not known within lookUpDeadline.
func (l *Logs) HasGroup(ctx context.Context, group string) (bool, error) {
	if l.config.Client == nil {
		return true, nil
	}
	at, name := logGroup(strings.TrimSuffix(group, ":*"))
	ctx, cancel := context.WithTimeout(ctx, lookUpDeadline)
	defer cancel()
	answer, err := call(ctx, l.config.Client, at, "logs", "DescribeLogGroups", value.OfMembers("logGroupNamePrefix", value.OfString(name)))
	if err != nil {
		return true, err
	}
	for _, one := range answer.Get("logGroups").Items() { // that with the shortest name is first
		if one.Get("logGroupName").Text() == name {
			return true, nil
		}
	}
	return false, nil
}

// logGroup takes the ARN of a log group apart:
// arn:aws:logs:<region>:<account>:log-group:<name>.
func logGroup(group string) (at arn.Home, name string) {
	_, name, _ = strings.Cut(group, ":log-group:")
	return arn.HomeOf(group), name
}
