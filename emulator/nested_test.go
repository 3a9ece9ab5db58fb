package emulator_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/journal"
)

// A tornStore keeps nothing of what is written after a number of executions has
// been created, and says that it has: it is what a process that was killed there
// leaves behind.
type tornStore struct {
	journal.Store
	mu      sync.Mutex
	creates int // left
	torn    bool
}

func (s *tornStore) Commit(w journal.Write, done func(error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.torn {
		w = journal.Write{}
	}
	if w.Create != nil {
		s.creates--
		s.torn = s.creates == 0
	}
	s.Store.Commit(w, done)
}

func (*tornStore) Close() error { return nil }

// A nested execution is started once, also when the process ends before the
// start is recorded in the history of its parent.
func TestNestedExecutionIsStartedOnce(t *testing.T) {
	for _, resource := range []string{
		"states:startExecution", "states:startExecution.sync:2", "aws-sdk:sfn:startExecution",
	} {
		for _, name := range []string{"", `"Name": "mine",`} {
			t.Run(resource+" "+name, func(t *testing.T) {
				kept := journal.NewMemory()
				x := newTest(t, emulator.WithStore(&tornStore{Store: kept, creates: 2}))
				child := x.create("child", `{"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}`)
				parent := x.start(x.create("parent", `{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::`+resource+`",
					"Parameters": {`+name+`"StateMachineArn": "`+*child+`"}, "End": true}}}`), "", `{}`)
				x.em.Advance(time.Second) // until all has come to rest, as far as x knows
				if err := x.em.Close(); err != nil {
					t.Fatal(err)
				}
				y := newTest(t, emulator.WithStore(kept))
				if got := y.em.Wait(parent); got.Status != "SUCCEEDED" || !strings.Contains(got.Output, ":execution:child:") {
					t.Errorf("after the restart: %+v, want SUCCEEDED with the child's ARN", got)
				}
				list, err := y.client.ListExecutions(y.ctx, &sfn.ListExecutionsInput{StateMachineArn: child})
				if err != nil || len(list.Executions) != 1 {
					t.Errorf("children: %+v, %v, want one", list, err)
				}
			})
		}
	}
}

// Only the task that started an execution finds it instead of a taken name.
func TestNestedExecutionWithATakenName(t *testing.T) {
	x := newTest(t)
	child := x.create("child", `{"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}`)
	parent := x.create("parent", `{"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync",
		"Parameters": {"Name": "mine", "StateMachineArn": "`+*child+`"}, "End": true}}}`)
	for _, want := range []string{"SUCCEEDED", "FAILED"} {
		if got := x.em.Wait(x.start(parent, "", `{}`)); got.Status != want || want == "FAILED" && got.Error != "StepFunctions.ExecutionAlreadyExistsException" {
			t.Errorf("got %+v, want %s", got, want)
		}
	}
}

// Two tries of a state are two tasks.
func TestNestedExecutionOfTestState(t *testing.T) {
	x := newTest(t)
	child := x.create("child", `{"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}`)
	for range 2 {
		_, err := x.client.TestState(x.ctx, &sfn.TestStateInput{
			RoleArn:    aws.String("arn:aws:iam::123456789012:role/r"),
			Definition: aws.String(`{"Type": "Task", "Resource": "arn:aws:states:::states:startExecution", "Parameters": {"StateMachineArn": "` + *child + `"}, "End": true}`),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	list, err := x.client.ListExecutions(x.ctx, &sfn.ListExecutionsInput{StateMachineArn: child})
	if err != nil || len(list.Executions) != 2 {
		t.Errorf("children: %+v, %v, want two", list, err)
	}
}

// A nested execution that nobody waits for any more is stopped at once, before the clock
// moves on to its end, and says whose it was (F-117).
func TestNestedExecutionIsStopped(t *testing.T) {
	const child = "arn:aws:states:us-east-1:123456789012:execution:child:mine"
	task := `{"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2",
		"Parameters": {"Name": "mine", "StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:child"}, "End": true`
	for name, parent := range map[string]string{
		"time of the task":      `{"StartAt": "T", "States": {"T": ` + task + `, "TimeoutSeconds": 1}}}`,
		"time of the execution": `{"TimeoutSeconds": 1, "StartAt": "T", "States": {"T": ` + task + `}}}`,
		"failure of a branch": `{"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Branches": [{"StartAt": "T", "States": {"T": ` + task + `}}},
			{"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 1, "Next": "F"}, "F": {"Type": "Fail"}}}]}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			x := newTest(t)
			x.create("child", wait)
			parent := x.start(x.create("parent", parent), "", `{}`)
			x.em.Advance(24 * time.Hour)
			want := "The Task state in AWS Step Functions execution [" + parent + "] which was managing this resource was aborted"
			if got := x.em.Wait(child); got.Status != "ABORTED" || got.Error != "" || got.Cause != want {
				t.Errorf("got %+v, want ABORTED with the cause %s", got, want)
			}
		})
	}
}
