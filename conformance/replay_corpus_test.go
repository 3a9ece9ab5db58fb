package conformance_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/replay"
	"github.com/aslocal/aslocal/internal/difference"
	"github.com/aslocal/aslocal/value"
)

// This file replays histories that were recorded on AWS, on the definitions that are recorded
// with them. They lie beside this repository.

// sharedCorpus is the folder with the recordings.
const sharedCorpus = "../../shared/corpus/cases"

// A corpusCase is one recording. Names, ids and times are replaced by placeholders in what
// was recorded, and by ${…} in what was sent: both are made the same text here.
type corpusCase struct {
	id       string
	document value.Value
	tokens   []string          // placeholders, the longest first
	texts    map[string]string // of those that stand for a known text
	free     []string          // of those that stand for any
}

// sent is what ${…} stands for.
var sent = regexp.MustCompile(`\$\{([^{}]+)\}`)

func substituted(text string) string {
	return sent.ReplaceAllStringFunc(text, func(found string) string {
		switch name := found[2 : len(found)-1]; {
		case name == "aws.account" || name == "aws.account2":
			return "111111111111"
		case name == "aws.region":
			return "us-east-1"
		case strings.HasPrefix(name, "uid"), strings.HasPrefix(name, "uuid:"):
			return "0000" + strings.TrimLeft(name, "uid:")
		case strings.HasPrefix(name, "now"):
			return "2023-11-14T22:13:20"
		case strings.HasSuffix(name, ".activityArn"):
			return "arn:aws:states:us-east-1:111111111111:activity:" + strings.TrimSuffix(name, ".activityArn")
		case strings.ContainsAny(name, ".|"):
			return "<" + name + ">"
		}
		return found
	})
}

func openCorpusCase(t *testing.T, file string) *corpusCase {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c := &corpusCase{document: value.MustParse(string(text)), texts: map[string]string{"<region>": "us-east-1", "<partition>": "aws"}}
	c.id = c.document.Get("id").Text()
	for _, p := range c.document.Get("placeholders").Items() {
		token := p.Get("token").Text()
		if values := p.Get("values"); values.Len() > 0 {
			c.texts[token] = substituted(values.Index(0).Text())
		} else {
			c.free = append(c.free, strings.Trim(token, "<>"))
		}
	}
	c.tokens = slices.SortedFunc(maps.Keys(c.texts), func(a, b string) int { return len(b) - len(a) })
	return c
}

// recorded replaces the placeholders of a text.
func (c *corpusCase) recorded(text string) string {
	for _, token := range c.tokens {
		text = strings.ReplaceAll(text, token, c.texts[token])
	}
	return text
}

// hidden reports whether a recorded value has, or may have, a placeholder for any text.
func (c *corpusCase) hidden(v value.Value) bool {
	text := v.String()
	switch v.Text() {
	case "date", "datetime", "timestamp":
		return true
	}
	return slices.ContainsFunc(c.free, func(token string) bool { return strings.Contains(text, token) }) || strings.Contains(text, "<")
}

// history makes a recorded history one as AWS sends it: with times, and with data as text.
func (c *corpusCase) history(t *testing.T, recorded value.Value) value.Value {
	var events []value.Value
	for i, e := range recorded.Get("events").Items() {
		var b value.ObjectBuilder
		for name, v := range e.Members() {
			switch {
			case name == "timestamp":
				v = value.OfFloat(1_700_000_000 + float64(i)/1000)
			case strings.HasSuffix(name, "EventDetails"):
				v = c.details(v)
			}
			b.Set(name, v)
		}
		events = append(events, b.Value())
	}
	return value.OfSlice(events)
}

func (c *corpusCase) details(v value.Value) value.Value {
	var b value.ObjectBuilder
	for name, member := range v.Members() {
		switch {
		case name == "assignedVariables":
			member = c.details(member)
		case strings.HasSuffix(name, "Details"), name == "taskCredentials":
		case member.Kind() == value.Object, member.Kind() == value.Array:
			member = value.OfString(c.recorded(member.String()))
		case member.Kind() == value.String:
			member = value.OfString(c.recorded(member.Text()))
		}
		b.Set(name, member)
	}
	return b.Value()
}

// definition finds what an execution of the case ran: the definition that its state machine
// had then, and its name.
func (c *corpusCase) definition(execution string) (text, name, reason string) {
	definitions, names := make(map[string]string), make(map[string]string)
	for _, step := range c.document.Get("steps").Items() {
		params := step.Get("params")
		machine := strings.TrimSuffix(strings.TrimPrefix(params.Get("stateMachineArn").Text(), "${"), ".stateMachineArn}")
		switch step.Get("op").Text() {
		case "CreateStateMachine":
			definitions[step.Get("as").Text()] = params.Get("definition").Text()
			names[step.Get("as").Text()] = substituted(params.Get("name").Text())
		case "UpdateStateMachine":
			if d := params.Get("definition").Text(); d != "" {
				definitions[machine] = d
			}
		case "StartExecution":
			if step.Get("as").Text() != execution {
				continue
			}
			if d := definitions[machine]; d != "" {
				return substituted(d), names[machine], ""
			}
			return "", "", "it was started by a version or an alias"
		}
	}
	return "", "", "it is a child of a Map Run, or was started by another execution"
}

// replay replays a history. A difference in what a placeholder hides is none: the replay's
// text is put in its place.
func (c *corpusCase) replay(t *testing.T, definition *asl.Definition, name string, events []machine.Event) (*replay.Result, error) {
	for range 200 {
		r, err := emulator.Replay(t.Context(), replay.Options{Definition: definition, History: events, Machine: name})
		if err != nil || r.Difference == nil || r.Difference.Type {
			return r, err
		}
		for _, change := range r.Difference.Changes {
			if change.Kind == difference.Added || !c.hidden(change.Before) {
				return r, nil
			}
		}
		e := &events[r.Difference.History.ID-1]
		replayed := r.Difference.Replay
		e.Doc, e.Assigned, e.Task, e.Failure = replayed.Doc, replayed.Assigned, replayed.Task, replayed.Failure
	}
	return nil, fmt.Errorf("there is no end to the placeholders")
}

// corpusReasons says why histories of cases are not replayed, or differ, by a part of the
// case's id.
var corpusReasons = map[string]string{
	"test_parallel_state":                                  "the recording has lost the numbers of events in branches",
	"test_parallel_catch_error__PARALLEL_CATCH_ERROR":      "the recording has lost the numbers of events in branches",
	"test_lambda_invoke_with_retry_extended_input":         "AWS has added RedriveCount to the context object since",
	"test_lambda_service_invoke_with_retry_extended_input": "AWS has added RedriveCount to the context object since",
	"test_wait_timestamp_":                                 "the recording has lost the time that the state waits for",
}

func TestReplayOfCorpus(t *testing.T) {
	files, err := filepath.Glob(sharedCorpus + "/*/*.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip(sharedCorpus + " is not there: the shared data lies beside the repository")
	}
	replayed, others := 0, make(map[string]int)
	for _, file := range files {
		c := openCorpusCase(t, file)
		for _, step := range c.document.Get("steps").Items() {
			recorded := c.document.Get("expected").Get(step.Get("expect").Text())
			if step.Get("op").Text() != "GetExecutionHistory" || recorded.Get("events").Len() == 0 {
				continue
			}
			execution := strings.TrimSuffix(strings.TrimPrefix(step.Get("params").Get("executionArn").Text(), "${"), ".executionArn}")
			outcome := c.outcome(t, execution, recorded)
			if outcome == "" {
				replayed++
				continue
			}
			if reason := c.reason(); reason != "" {
				others[reason]++
			} else {
				t.Errorf("%s %s: %s", c.id, step.Get("expect").Text(), outcome)
			}
		}
	}
	t.Logf("%d histories without a difference", replayed)
	for reason, n := range others {
		t.Logf("%d others: %s", n, reason)
	}
	if replayed < 420 {
		t.Errorf("%d histories were replayed without a difference, want 420 or more", replayed)
	}
}

// reason says why a history of the case may differ, "" if it may not.
func (c *corpusCase) reason() string {
	for part, reason := range corpusReasons {
		if strings.Contains(c.id, part) {
			return reason
		}
	}
	return ""
}

// outcome replays one history, and says what has come of it: "" if there is no difference.
func (c *corpusCase) outcome(t *testing.T, execution string, recorded value.Value) string {
	text, name, reason := c.definition(execution)
	if reason != "" {
		return "no definition: " + reason
	}
	definition, found := asl.Parse(text)
	if found = append(found, asl.Validate(definition, asl.Options{})...); found.HasErrors() {
		return "invalid: " + found.Errors()[0].Message
	}
	events, err := emulator.ReadHistory(c.history(t, recorded).AppendJSON(nil), definition)
	if err != nil {
		return "not read: " + err.Error()
	}
	r, err := c.replay(t, definition, name, events)
	switch {
	case err != nil:
		return "not replayed: " + err.Error()
	case r.Difference != nil:
		var texts []string
		for _, change := range r.Difference.Changes {
			texts = append(texts, change.Pointer+" "+change.Before.String()+" → "+change.After.String())
		}
		return "difference: " + r.Difference.String() + " " + strconv.Quote(strings.Join(texts, "; "))
	}
	return ""
}
