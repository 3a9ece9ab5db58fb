package emulator_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// An execution gets what the tasks of a recorded one have got, errors and attempts
// included, and so goes the same way; nothing is called.
func TestWithHistory(t *testing.T) {
	const definition = `{"StartAt": "Charge", "States": {
		"Charge": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:charge", "Retry": [{"ErrorEquals": ["Busy"]}], "Catch": [{"ErrorEquals": ["Declined"], "Next": "Each"}], "End": true},
		"Each": {"Type": "Map", "ItemsPath": "$$.Execution.Input.items", "MaxConcurrency": 1, "ItemProcessor": {"StartAt": "Pick", "States": {
			"Pick": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "pick", "Payload": {"item.$": "$"}}, "OutputPath": "$.Payload", "End": true}}}, "Next": "Ship"},
		"Ship": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:ship", "End": true}}}`
	const input = `{"items": ["a", "b"]}`
	calls := 0
	charge := func(context.Context, value.Value) (value.Value, error) {
		if calls++; calls == 1 {
			return value.Value{}, &asl.Error{Name: "Busy", Cause: "try again"}
		}
		return value.Value{}, &asl.Error{Name: "Declined", Cause: "no money"}
	}
	pick := func(_ context.Context, in value.Value) (value.Value, error) {
		return value.OfString(in.Get("item").Text() + "!"), nil
	}
	ship := func(_ context.Context, in value.Value) (value.Value, error) {
		return value.Value{}, &asl.Error{Name: "Lost", Cause: in.String()}
	}
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	run := func(options ...emulator.Option) (emulator.Execution, []string, []byte) {
		t.Helper()
		em := emulator.RunT(t, append(options, emulator.WithAutoAdvance(begin))...)
		arn, err := em.Register(emulator.Registration{Name: "order", Definition: definition})
		if err != nil {
			t.Fatal(err)
		}
		client, ctx := sfn.NewFromConfig(em.AWSConfig()), context.Background()
		started, err := client.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: &arn, Input: aws.String(input)})
		if err != nil {
			t.Fatal(err)
		}
		x := em.Wait(*started.ExecutionArn)
		events := em.History(*started.ExecutionArn)
		var types []string
		var list []map[string]any
		for _, e := range events {
			types = append(types, e.Type)
			one := map[string]any{"id": e.ID, "previousEventId": e.PreviousEventID, "timestamp": float64(e.Timestamp.UnixMilli()) / 1000, "type": e.Type}
			if e.Details.Exists() {
				one[detailsName(e.Type)] = e.Details
			}
			list = append(list, one)
		}
		text, err := json.Marshal(map[string]any{"events": list})
		if err != nil {
			t.Fatal(err)
		}
		return x, types, text
	}
	was, types, history := run(emulator.WithTask("charge", charge), emulator.WithTask("pick", pick), emulator.WithTask("ship", ship))
	if was.Error != "Lost" || !strings.Contains(was.Cause, "b!") {
		t.Fatalf("recorded %+v", was)
	}
	parsed, _ := asl.Parse(definition)
	is, again, _ := run(emulator.WithHistory("order", history, parsed))
	if is != was || strings.Join(again, " ") != strings.Join(types, " ") {
		t.Errorf("with the history: %+v %v, want %+v %v", is, again, was, types)
	}
	if _, err := emulator.New(emulator.WithHistory("order", []byte("{"), parsed)); err == nil || !strings.Contains(err.Error(), "the history: expected JSON") {
		t.Errorf("a history that is none: %v", err)
	}
}

// detailsName is the member that has the details of an event.
func detailsName(kind string) string {
	switch {
	case strings.HasSuffix(kind, "StateEntered"):
		return "stateEnteredEventDetails"
	case strings.HasSuffix(kind, "StateExited"):
		return "stateExitedEventDetails"
	}
	return strings.ToLower(kind[:1]) + kind[1:] + "EventDetails"
}
