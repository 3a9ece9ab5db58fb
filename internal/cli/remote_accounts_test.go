package cli

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/aslocal/aslocal/emulator"
)

// The commands see all regions and accounts. A name means the state machine in the default
// ones if there is one; the other is named by its ARN.
func TestCommandsAndAccounts(t *testing.T) {
	em := remoteServer(t)
	c := emulator.ClientConfig(em.URL(), "eu-west-1")
	c.Credentials = credentials.NewStaticCredentialsProvider("222222222222", "any", "")
	client := sfn.NewFromConfig(c)
	for _, name := range []string{"order", "theirs"} {
		definition := `{"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}`
		_, err := client.CreateStateMachine(t.Context(), &sfn.CreateStateMachineInput{Name: &name, Definition: &definition, RoleArn: aws.String("arn:aws:iam::222222222222:role/r")})
		if err != nil {
			t.Fatal(err)
		}
	}
	const order = "arn:aws:states:eu-west-1:222222222222:stateMachine:order"
	code, out, errOut := against(em.URL(), "ls")
	if code != ExitOK {
		t.Fatal(errOut)
	}
	for _, want := range []string{"order ", order + " ", "theirs ", "in eu-west-1 of the account 222222222222"} {
		if !strings.Contains(out, want) {
			t.Errorf("there is no %q in\n%s", want, out)
		}
	}
	for _, step := range []struct{ machine, execution string }{
		{"order", "arn:aws:states:us-east-1:123456789012:execution:order:here"},
		{order, "arn:aws:states:eu-west-1:222222222222:execution:order:here"},
		{"theirs", "arn:aws:states:eu-west-1:222222222222:execution:theirs:here"},
	} {
		if code, _, errOut := against(em.URL(), "start", step.machine, "--name", "here"); code != ExitOK {
			t.Error(errOut)
			continue
		}
		em.Settle()
		if end := em.Execution(step.execution); end.Status != "SUCCEEDED" {
			t.Errorf("%s: %+v", step.execution, end)
		}
		for _, command := range []string{"show", "trace"} {
			if code, _, errOut := against(em.URL(), command, step.execution); code != ExitOK {
				t.Errorf("%s %s: %s", command, step.execution, errOut)
			}
		}
	}
}
