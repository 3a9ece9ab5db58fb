package emulator

import (
	"strings"

	"github.com/aslocal/aslocal/emulator/internal/api/fault"
)

// An arn is what the API looks at in an ARN of this service:
//
//	arn:<partition>:states:<region>:<account>:<resource type>:<rest>
type arn struct {
	text     string
	resource string // its type: "stateMachine", "execution"
}

// parseARN takes an ARN apart. Text that is no ARN is refused as the service
// does (recorded: "Invalid ARN prefix").
func parseARN(text string) (arn, error) {
	parts := strings.SplitN(text, ":", 7)
	if len(parts) < 7 || parts[0] != "arn" || parts[1] == "" || parts[2] != "states" || parts[5] == "" || parts[6] == "" {
		return arn{}, fault.InvalidArn(text)
	}
	return arn{text: text, resource: parts[5]}, nil
}

// parseARNOf is parseARN for an operation that takes one type of resource.
func parseARNOf(text, resource string) (arn, error) {
	a, err := parseARN(text)
	if err == nil && a.resource != resource {
		err = fault.InvalidArnResource(a.resource)
	}
	return a, err
}

// checkMachineARN checks the ARN of a state machine, of one of its versions, or
// of an alias. That of the executions of a Map Run is refused (F-044).
func checkMachineARN(text string) error {
	_, err := parseARNOf(text, "stateMachine")
	if err == nil && strings.Contains(text, "/") {
		err = fault.LabeledArn(text)
	}
	return err
}

// parseQualifiedARN checks the ARN of a version or an alias, and returns that of
// the state machine.
func parseQualifiedARN(text string) (machineARN string, err error) {
	if err := checkMachineARN(text); err != nil {
		return "", err
	}
	machineARN, qualifier := splitQualifier(text)
	if qualifier == "" {
		return "", fault.InvalidArnResource("stateMachine")
	}
	return machineARN, nil
}

// splitQualifier cuts the number of a version or the name of an alias off an
// ARN; "" if it has none.
func splitQualifier(text string) (machineARN, qualifier string) {
	rest := text
	for range 6 {
		_, rest, _ = strings.Cut(rest, ":")
	}
	_, qualifier, found := strings.Cut(rest, ":") // behind the name
	if !found {
		return text, ""
	}
	return text[:len(text)-len(qualifier)-1], qualifier
}

// checkRole checks a role ARN as far as Step Functions Local did: its form.
func checkRole(arn string) error {
	if !strings.HasPrefix(arn, "arn:") || !strings.Contains(arn, ":iam:") {
		return fault.InvalidArn(arn)
	}
	return nil
}

// arnFor makes an ARN in the emulator's region and account.
func (e *Emulator) arnFor(resource string, rest ...string) string {
	return "arn:aws:states:" + e.region + ":" + e.account + ":" + resource + ":" + strings.Join(rest, ":")
}
