package main

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// This file compares the end and the history of an execution with those of one
// that nobody disturbed.

// An end is how an execution has ended. Names, ARNs, ids and times in it are
// replaced, so that the ends of two executions of a kind are equal.
type end struct {
	status               types.ExecutionStatus
	output, error, cause string
	history              string // a line for each event
}

// endOf returns the end of an execution that has ended, and what is out of
// order in its history, "" for nothing.
func (s *server) endOf(ctx context.Context, k *kind, out *sfn.DescribeExecutionOutput) (e end, disordered string, err error) {
	events, err := s.history(ctx, aws.ToString(out.ExecutionArn))
	if err != nil {
		return end{}, "", err
	}
	plain := plainer(aws.ToString(out.Name))
	e = end{status: out.Status, output: plain(aws.ToString(out.Output)), error: aws.ToString(out.Error), cause: plain(aws.ToString(out.Cause))}
	if k.history != notAtAll {
		e.history = plain(historyText(events, k.history))
	}
	return e, disorder(out.Status, events), nil
}

// volatile matches what differs from one execution to the next: times of both
// forms, lengths of answers, trace ids, UUIDs, ARNs of executions and Map Runs, task
// tokens.
var volatile = regexp.MustCompile(`\d{4}-\d\d-\d\dT[\d:.]+Z` +
	`|[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]+ GMT` +
	`|Root=[0-9a-f-]+` +
	`|[Cc]ontent-[Ll]ength\W+\d+` +
	`|\b1[789]\d{8,11}(\.\d+)?\b` +
	`|arn:aws:states:[a-z0-9-]*:\d{12}:(execution|express|mapRun):[^"\\\s]*` +
	`|\b[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b` +
	`|\b[A-Za-z0-9+/_-]{60,}=*`)

// plainer returns a function that replaces what is the execution's own.
func plainer(name string) func(string) string {
	return func(text string) string {
		return volatile.ReplaceAllString(strings.ReplaceAll(text, name, "<name>"), "<>")
	}
}

// historyText writes a line for each event: what it is, with its details, and
// which event it follows if the order of all is given.
func historyText(events []types.HistoryEvent, c comparison) string {
	lines := make([]string, len(events))
	for i, e := range events {
		id, previous := e.Id, e.PreviousEventId
		e.Timestamp, e.Id, e.PreviousEventId = nil, 0, 0
		details, err := json.Marshal(e)
		if err != nil {
			return err.Error() // an event of the SDK can be written
		}
		lines[i] = noDetails.ReplaceAllString(string(details), "")
		if c == inOrder {
			lines[i] = fmt.Sprintf("%d<%d %s", id, previous, lines[i])
		}
	}
	if c == anyOrder {
		slices.Sort(lines)
	}
	return strings.Join(lines, "\n")
}

// noDetails matches the members that an event of the SDK does not have.
var noDetails = regexp.MustCompile(`"\w+":(null|0),?`)

// disorder returns what is wrong with the history of an execution that has
// ended with that status: what holds for each of them, however it was
// disturbed.
func disorder(status types.ExecutionStatus, events []types.HistoryEvent) string {
	if len(events) == 0 || events[0].Type != types.HistoryEventTypeExecutionStarted {
		return "the history does not begin with ExecutionStarted"
	}
	var ends []string
	redrives := 0 // each goes on after an end
	for i, e := range events {
		switch {
		case e.Id != int64(i+1):
			return fmt.Sprintf("event %d has the id %d", i+1, e.Id)
		case e.PreviousEventId < 0 || e.PreviousEventId >= e.Id:
			return fmt.Sprintf("event %d follows %d", e.Id, e.PreviousEventId)
		case i > 0 && e.Timestamp.Before(*events[i-1].Timestamp):
			return fmt.Sprintf("event %d is older than the one before it", e.Id)
		}
		if e.Type == types.HistoryEventTypeExecutionRedriven {
			redrives++
		}
		if endStatus[e.Type] != "" {
			ends = append(ends, string(e.Type))
		}
	}
	last := events[len(events)-1]
	if len(ends) != 1+redrives || endStatus[last.Type] != status {
		return fmt.Sprintf("the execution is %s, its last event %s, its terminal events are %v", status, last.Type, ends)
	}
	return ""
}

// endStatus is the status that a terminal event gives the execution.
var endStatus = map[types.HistoryEventType]types.ExecutionStatus{
	types.HistoryEventTypeExecutionSucceeded: types.ExecutionStatusSucceeded,
	types.HistoryEventTypeExecutionFailed:    types.ExecutionStatusFailed,
	types.HistoryEventTypeExecutionAborted:   types.ExecutionStatusAborted,
	types.HistoryEventTypeExecutionTimedOut:  types.ExecutionStatusTimedOut,
}

// difference shows where an end differs from that of an undisturbed execution,
// "" for nowhere.
func (e end) difference(want end) string {
	switch {
	case e.status != want.status:
		return fmt.Sprintf("ended %s (%s: %.300s), want %s", e.status, e.error, e.cause, want.status)
	case e.output != want.output:
		return "output" + firstDifference(e.output, want.output)
	case e.error != want.error:
		return "error" + firstDifference(e.error, want.error)
	case e.cause != want.cause:
		return "cause" + firstDifference(e.cause, want.cause)
	case e.history != want.history:
		return "history" + firstDifference(e.history, want.history)
	}
	return ""
}

// firstDifference shows two texts where they begin to differ.
func firstDifference(got, want string) string {
	const before, after = 120, 200
	same := 0
	for same < min(len(got), len(want)) && got[same] == want[same] {
		same++
	}
	from := max(0, same-before)
	return fmt.Sprintf(", from byte %d on\n got %.*s\nwant %.*s", from, before+after, got[from:], before+after, want[from:])
}
