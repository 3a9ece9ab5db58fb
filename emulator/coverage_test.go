package emulator_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// payment is a state machine whose two first rules lead to the same state.
const payment = `{
	"StartAt": "Route",
	"States": {
		"Route": {"Type": "Choice", "Choices": [
			{"Variable": "$.total", "NumericLessThan": 10, "Next": "Charge"},
			{"Variable": "$.total", "NumericLessThan": 100, "Next": "Charge"}
		], "Default": "Ask"},
		"Ask": {"Type": "Wait", "Seconds": 86400, "Next": "Charge"},
		"Charge": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:charge",
			"Retry": [{"ErrorEquals": ["Gone"]}, {"ErrorEquals": ["Busy"], "MaxAttempts": 1}],
			"Catch": [{"ErrorEquals": ["Busy"], "Next": "Refused"}, {"ErrorEquals": ["States.ALL"], "Next": "Refused"}],
			"End": true},
		"Refused": {"Type": "Fail", "Error": "Refused"}
	}
}`

// A Go test mocks states, looks at the path that an execution has taken, and at what all
// executions have covered.
func ExampleWithMock() {
	t := new(exampleTB) // in a test: its *testing.T
	defer t.end()

	em := emulator.RunT(t, emulator.WithCoverage(),
		emulator.WithMock("Charge", emulator.Throws("Busy", "later"), emulator.Returns(`{"receipt": 17}`)))
	machine, err := em.Register(emulator.Registration{Name: "payment", Definition: payment})
	if err != nil {
		t.Fatalf("%v", err)
	}
	arn, end := em.RunToEnd(machine, `{"total": 500}`)
	em.AssertPath(arn, "Route", "…", "Charge")
	fmt.Println(end.Status, end.Output)
	fmt.Println(em.Coverage("payment").Summary())
	// Output:
	// SUCCEEDED {"receipt":17}
	// states 3/4 (75.0 %), transitions 2/6 (33.3 %), rules 1/3 (33.3 %), retriers 1/2 (50.0 %), catchers 0/2 (0.0 %)
}

// What events do not tell is told by the probe: which rule has held, which Catcher has
// taken the failure.
func TestCoverage(t *testing.T) {
	em := emulator.RunT(t, emulator.WithCoverage(), emulator.WithAnswers(func(c emulator.TaskCall) (emulator.Answer, bool) {
		return emulator.Throws(c.Arguments.Get("error").Text(), ""), true
	}))
	arn, err := em.Register(emulator.Registration{Name: "payment", Definition: payment})
	if err != nil {
		t.Fatal(err)
	}
	run := func(input string) string {
		x, end := em.RunToEnd(arn, input)
		if end.Error != "Refused" {
			t.Errorf("%s: got %+v", input, end)
		}
		return x
	}
	missed := func() string {
		var names []string
		for _, item := range em.Coverage("payment").Missed() {
			names = append(names, item.Name)
		}
		return strings.Join(names, "; ")
	}
	em.AssertPath(run(`{"total": 50, "error": "Other"}`), "Route", "Charge", "Refused")
	if got, want := missed(), "Route: rule 1 → Charge; Route: default → Ask; Ask; Charge: retrier 1 (Gone); Charge: retrier 2 (Busy); Charge: catcher 1 (Busy) → Refused"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	run(`{"total": 5, "error": "Busy"}`)
	run(`{"total": 500, "error": "Gone"}`)
	if got := missed(); got != "" {
		t.Errorf("not covered: %s", got)
	}
	em.AssertCoverage("payment", 100)
}

// A distributed Map's states are covered by its children.
func TestCoverageOfMapRuns(t *testing.T) {
	em := emulator.RunT(t, emulator.WithCoverage(), emulator.WithMock("Work", emulator.Returns("1")))
	arn, err := em.Register(emulator.Registration{Name: "m", Definition: `{"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, "ItemProcessor": {
		"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Work", "States": {
		"Work": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "Next": "Done"}, "Done": {"Type": "Succeed"}}}}}}`})
	if err != nil {
		t.Fatal(err)
	}
	if _, end := em.RunToEnd(arn, `[1, 2]`); end.Output != "[1,1]" {
		t.Fatalf("got %+v", end)
	}
	em.AssertCoverage("m", 100)
}

// The asserts fail with what was expected and what came.
func TestAssertsFail(t *testing.T) {
	for want, assert := range map[string]func(*emulator.TestEmulator, string){
		`expected ["A" "B"], got ["A" "C"]: as number 2, "B" was expected`:                                                                                    func(em *emulator.TestEmulator, arn string) { em.AssertPath(arn, "A", "B") },
		"coverage of m: expected 60 %, got states 2/3 (66.7 %), transitions 1/2 (50.0 %), rules 1/2 (50.0 %)\n  not reached: A: rule 1 → B\n  not reached: B": func(em *emulator.TestEmulator, _ string) { em.AssertCoverage("m", 60) },
		`Coverage(x): emulator: there is no state machine "x"`:                                                                                                func(em *emulator.TestEmulator, _ string) { em.Coverage("x") },
	} {
		tb := new(exampleTB)
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, want) {
					t.Errorf("got %s, want %s", got, want)
				}
			}()
			em := emulator.RunT(tb, emulator.WithCoverage())
			machine, err := em.Register(emulator.Registration{Name: "m", Definition: `{"StartAt": "A", "States": {
				"A": {"Type": "Choice", "Choices": [{"Variable": "$.b", "IsPresent": true, "Next": "B"}], "Default": "C"}, "B": {"Type": "Succeed"}, "C": {"Type": "Succeed"}}}`})
			if err != nil {
				t.Fatal(err)
			}
			arn, _ := em.RunToEnd(machine, `{}`)
			assert(em, arn)
		}()
		tb.end()
	}
}

// Calls in order make executions with branches repeat to the letter.
func TestCallsInOrder(t *testing.T) {
	history := func() string {
		var order []string
		em := emulator.RunT(t, emulator.WithCallsInOrder(), emulator.WithSeed(3), emulator.WithAnswers(func(c emulator.TaskCall) (emulator.Answer, bool) {
			order = append(order, c.State) // one call at a time
			if n, _ := c.Arguments.Int(); n%3 == 1 {
				return emulator.Throws("Odd", ""), true
			}
			return emulator.Answer{Outcome: emulator.Outcome{Return: c.Arguments}}, true
		}))
		arn, err := em.Register(emulator.Registration{Name: "m", Definition: `{"StartAt": "M", "States": {"M": {"Type": "Map", "MaxConcurrency": 0, "End": true, "ItemProcessor": {"StartAt": "A", "States": {
			"A": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "Catch": [{"ErrorEquals": ["Odd"], "Next": "B"}], "Next": "C"},
			"B": {"Type": "Pass", "Result": 3, "Next": "C"},
			"C": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "End": true}}}}}}`})
		if err != nil {
			t.Fatal(err)
		}
		x, end := em.RunToEnd(arn, `[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]`)
		if end.Status != "SUCCEEDED" {
			t.Fatalf("got %+v", end)
		}
		text := fmt.Sprintln(order)
		for _, e := range em.History(x) {
			text += fmt.Sprintln(e.ID, e.PreviousEventID, e.Type, e.Details, e.Timestamp)
		}
		return text
	}
	first := history()
	for range 5 {
		if again := history(); again != first {
			t.Fatalf("the histories differ:\n%s\n%s", first, again)
		}
	}
}

// An answer that is late, a timeout, an activity, and the items of a distributed Map.
func TestAnswers(t *testing.T) {
	em := emulator.RunT(t, emulator.WithAnswers(func(c emulator.TaskCall) (emulator.Answer, bool) {
		switch {
		case c.State == "":
			return emulator.Returns(`[1, 2, 3]`), true
		case c.State == "Slow":
			return emulator.Answer{Outcome: emulator.Outcome{Return: value.OfInt(int64(c.Attempt))}, Delay: 5_000_000_000}, true
		}
		return emulator.TimesOut(), true
	}))
	for definition, want := range map[string]string{
		`{"StartAt": "Slow", "States": {"Slow": {"Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:a", "TimeoutSeconds": 6, "End": true}}}`:                                                                                                                                                                                                               `1 `,
		`{"StartAt": "Slow", "States": {"Slow": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "Parameters": {"QueueUrl": "u", "MessageBody": "m"}, "TimeoutSeconds": 4, "End": true}}}`:                                                                                                                                                         ` States.Timeout`,
		`{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "End": true}}}`:                                                                                                                                                                                                                                          ` States.Timeout`,
		`{"StartAt": "M", "States": {"M": {"Type": "Map", "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "JSON"}, "Parameters": {"Bucket": "b", "Key": "k"}}, "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}, "StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}, "End": true}}}`: `[1,2,3] `,
	} {
		arn, err := em.Register(emulator.Registration{Name: "m", Definition: definition})
		if err != nil {
			t.Fatal(err)
		}
		if _, end := em.RunToEnd(arn, `{}`); end.Output+" "+end.Error != want {
			t.Errorf("%s: got %+v, want %s", definition, end, want)
		}
	}
}

// A mock with several answers answers so many calls of an execution.
func TestMockUsedUp(t *testing.T) {
	em := emulator.RunT(t, emulator.WithMock("T", emulator.Returns("1"), emulator.Returns("2")))
	arn, err := em.Register(emulator.Registration{Name: "m", Definition: `{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "Next": "C"},
		"C": {"Type": "Choice", "Choices": [{"Variable": "$", "NumericEquals": 3, "Next": "S"}], "Default": "T"}, "S": {"Type": "Succeed"}}}`})
	if err != nil {
		t.Fatal(err)
	}
	x, end := em.RunToEnd(arn, `{}`)
	if end.Error != asl.ErrRuntime || !strings.HasSuffix(end.Cause, `the mock of the state "T" has 2 answers, and this is call 3`) {
		t.Errorf("got %+v", end)
	}
	em.AssertPath(x, "T", "C", "T", "C", "T")
	if n := len(em.Visits(x)); n != 5 {
		t.Errorf("got %d visits", n)
	}
}

// A probe sees executions from inside.
func TestWithProbe(t *testing.T) {
	seen := make(map[string]int)
	em := emulator.RunT(t, emulator.WithProbe(func(start *machine.Start) machine.Probe { return &ruleProbe{seen: seen} }))
	arn, err := em.Register(emulator.Registration{Name: "m", Definition: `{"StartAt": "C", "States": {"C": {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsPresent": true, "Next": "S"}], "Default": "S"}, "S": {"Type": "Succeed"}}}`})
	if err != nil {
		t.Fatal(err)
	}
	em.RunToEnd(arn, `{}`)
	em.RunToEnd(arn, `{"a": 1}`)
	if seen["C -1"] != 1 || seen["C 0"] != 1 {
		t.Errorf("got %v", seen)
	}
}

type ruleProbe struct {
	machine.Unseeing
	seen map[string]int
}

func (p *ruleProbe) Chosen(at machine.Place, rule int) { p.seen[fmt.Sprint(at.State, " ", rule)]++ }
