package conformance

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/aslocal/aslocal/value"
)

// What the SDK gives becomes what was on the wire, and a line.
func TestEventOf(t *testing.T) {
	whole := &types.HistoryEventExecutionDataDetails{}
	for _, c := range []struct {
		event   types.HistoryEvent
		line    string
		details string // name and content
	}{
		{types.HistoryEvent{Id: 4, PreviousEventId: 3, Type: "LambdaFunctionStarted"}, "4<3 LambdaFunctionStarted", ""},
		{types.HistoryEvent{Id: 2, Type: "PassStateEntered", StateEnteredEventDetails: &types.StateEnteredEventDetails{Name: aws.String("A (b)"), Input: aws.String("{}"), InputDetails: whole}},
			"2<0 PassStateEntered(A (b))", `stateEnteredEventDetails {"input":"{}","inputDetails":{"truncated":false},"name":"A (b)"}`},
		{types.HistoryEvent{Id: 3, PreviousEventId: 2, Type: "PassStateExited", StateExitedEventDetails: &types.StateExitedEventDetails{Name: aws.String("A"),
			AssignedVariables: map[string]string{"y": "2", "x": "1"}, AssignedVariablesDetails: &types.AssignedVariablesDetails{}}},
			"3<2 PassStateExited(A)", `stateExitedEventDetails {"assignedVariables":{"x":"1","y":"2"},"assignedVariablesDetails":{"truncated":false},"name":"A"}`},
		{types.HistoryEvent{Id: 3, PreviousEventId: 2, Type: "MapStateStarted", MapStateStartedEventDetails: &types.MapStateStartedEventDetails{Length: 0}},
			"3<2 MapStateStarted[0]", `mapStateStartedEventDetails {"length":0}`},
		{types.HistoryEvent{Id: 9, PreviousEventId: 8, Type: "MapIterationAborted", MapIterationAbortedEventDetails: &types.MapIterationEventDetails{Name: aws.String("M"), Index: 3}},
			"9<8 MapIterationAborted(3)", `mapIterationAbortedEventDetails {"index":3,"name":"M"}`},
		{types.HistoryEvent{Id: 6, PreviousEventId: 5, Type: "ExecutionRedriven", ExecutionRedrivenEventDetails: &types.ExecutionRedrivenEventDetails{RedriveCount: aws.Int32(2)}},
			"6<5 ExecutionRedriven(2)", `executionRedrivenEventDetails {"redriveCount":2}`},
		{types.HistoryEvent{Id: 5, PreviousEventId: 4, Type: "TaskFailed", TaskFailedEventDetails: &types.TaskFailedEventDetails{
			Resource: aws.String("invoke"), ResourceType: aws.String("lambda"), Error: aws.String("E")}},
			"5<4 TaskFailed!E", `taskFailedEventDetails {"error":"E","resource":"invoke","resourceType":"lambda"}`},
		{types.HistoryEvent{Id: 3, PreviousEventId: 2, Type: "TaskScheduled", TaskScheduledEventDetails: &types.TaskScheduledEventDetails{
			TimeoutInSeconds: aws.Int64(5), TaskCredentials: &types.TaskCredentials{RoleArn: aws.String("r")}}},
			"3<2 TaskScheduled", `taskScheduledEventDetails {"taskCredentials":{"roleArn":"r"},"timeoutInSeconds":5}`},
		{types.HistoryEvent{Id: 3, Type: "EvaluationFailed", EvaluationFailedEventDetails: &types.EvaluationFailedEventDetails{
			Error: aws.String("States.QueryEvaluationError"), Location: aws.String("Output/x"), State: aws.String("A")}},
			"3<0 EvaluationFailed(Output/x)!States.QueryEvaluationError", `evaluationFailedEventDetails {"error":"States.QueryEvaluationError","location":"Output/x","state":"A"}`},
		{types.HistoryEvent{Id: 3, Type: "ExecutionAborted", ExecutionAbortedEventDetails: &types.ExecutionAbortedEventDetails{}},
			"3<0 ExecutionAborted", `executionAbortedEventDetails {}`},
	} {
		e := eventOf(&c.event)
		if got := e.Line().String(); got != c.line {
			t.Errorf("line %q, want %q", got, c.line)
		}
		name, content, _ := strings.Cut(c.details, " ")
		if e.DetailsName != name || c.details != "" && !value.Equal(e.Details, value.MustParse(content)) {
			t.Errorf("details %s %s, want %s", e.DetailsName, e.Details, c.details)
		}
		parsed, err := parseLine(c.line)
		if err != nil || parsed != e.Line() {
			t.Errorf("parsed as %v, %v", parsed, err)
		}
	}
}

func TestParseLineMistakes(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", `expected a line such as "5<4 TaskFailed!CustomException", got ""`},
		{"1 < 0 ExecutionStarted", `expected a line such as "5<4 TaskFailed!CustomException", got "1 < 0 ExecutionStarted"`},
		{"2<0 PassEntered(A)", `no type of event is called "PassEntered"`},
		{"2<2 PassStateEntered(A)", `"2<2 PassStateEntered(A)": an event has an earlier one before it`},
		{"2<0 PassStateEntered(A", `expected a line such as "5<4 TaskFailed!CustomException", got "2<0 PassStateEntered(A"`},
	} {
		if _, err := parseLine(c.text); err == nil || err.Error() != c.want {
			t.Errorf("%q: got %v, want %s", c.text, err, c.want)
		}
	}
}

// A line that is read is written the same.
func FuzzParseLine(f *testing.F) {
	for _, seed := range []string{"1<0 ExecutionStarted", "5<4 TaskFailed!E", "4<3 MapIterationStarted(0)", "3<2 MapStateStarted[7]", "3<0 EvaluationFailed(Output)!E"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, err := parseLine(text)
		if err != nil {
			return
		}
		again, err := parseLine(l.String())
		if err != nil || again != l {
			t.Errorf("%q was read as %v, and that as %v, %v", text, l, again, err)
		}
	})
}
