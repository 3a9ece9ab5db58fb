package outbox

import (
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/internal/history"
	"github.com/aslocal/aslocal/value"
)

// This file says which events of a history are logged, and makes their log events.
// Guide: "Using CloudWatch Logs to log execution history in Step Functions".

// A level says which events are logged.
type level uint8

// The levels.
const (
	levelOff level = iota
	levelFatal
	levelError
	levelAll
)

var levels = map[string]level{"FATAL": levelFatal, "ERROR": levelError, "ALL": levelAll}

// A logging is a loggingConfiguration with effect.
type logging struct {
	level       level
	withoutData bool
	group       string // ARN of the log group, without the ":*" of its streams
}

// loggingOf reads a loggingConfiguration as DescribeStateMachine shows it.
func loggingOf(v value.Value) logging {
	l := logging{level: levels[v.Get("level").Text()], withoutData: !v.Get("includeExecutionData").Bool()}
	l.group = strings.TrimSuffix(v.Get("destinations").Index(0).Get("cloudWatchLogsLogGroup").Get("logGroupArn").Text(), ":*")
	return l
}

// logs reports whether an event of the type is logged (F-194).
func (l level) logs(e *machine.Event) bool {
	switch {
	case e.Type.Private():
		return false
	case l >= levelAll:
		return true
	}
	switch e.Type {
	case machine.ExecutionFailed, machine.ExecutionTimedOut, machine.ExecutionAborted:
		return l >= levelFatal
	}
	name := history.Type(e)
	return l >= levelError && (name == "FailStateEntered" || strings.HasSuffix(name, "Failed") || strings.HasSuffix(name, "TimedOut") || strings.HasSuffix(name, "Aborted"))
}

// message is the text of a log event: ids, counts and times are texts (recorded).
func message(execution string, e *machine.Event, redrives int, l logging) string {
	_, details := history.Details(e, history.Options{Region: arn.HomeOf(execution).Region, WithoutData: l.withoutData, Limit: payloadLimit})
	if !details.Exists() {
		details = value.EmptyObject
	}
	return value.OfMembers(
		"id", value.OfString(strconv.FormatInt(e.ID, 10)),
		"type", value.OfString(history.Type(e)),
		"details", details,
		"previous_event_id", value.OfString(strconv.FormatInt(e.Prev, 10)),
		"event_timestamp", value.OfString(strconv.FormatInt(e.At, 10)),
		"execution_arn", value.OfString(execution),
		"redrive_count", value.OfString(strconv.Itoa(redrives)),
	).String()
}
