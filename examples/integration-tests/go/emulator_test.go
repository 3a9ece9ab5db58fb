package integration

import (
	"os"
	"testing"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
)

// In Go, aslocal is a package: the test starts it in its own process, with a clock of its own.
func TestGreetInThisProcess(t *testing.T) {
	definition, err := os.ReadFile("../machines/greet.asl.json")
	if err != nil {
		t.Fatal(err)
	}
	em := emulator.RunT(t)
	if _, err := em.Register(emulator.Registration{Name: "greet", Type: "EXPRESS", Definition: string(definition)}); err != nil {
		t.Fatal(err)
	}
	greet(t, sfn.NewFromConfig(em.AWSConfig()))
}

// greet runs the state machine and looks at what comes out.
func greet(t *testing.T, client *sfn.Client) {
	t.Helper()
	ended, err := client.StartSyncExecution(t.Context(), &sfn.StartSyncExecutionInput{
		StateMachineArn: aws.String("arn:aws:states:us-east-1:123456789012:stateMachine:greet"),
		Input:           aws.String(`{"name": "Ada"}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := aws.ToString(ended.Output), `{"text":"Hello, Ada"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
