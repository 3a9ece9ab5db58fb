package emulator

import (
	"strings"

	"github.com/aslocal/aslocal/emulator/fault"
)

// An arn is an ARN of this service taken apart:
//
//	arn:<partition>:states:<region>:<account>:<resource type>:<rest>
type arn struct {
	text            string
	partition       string
	region, account string
	resource, rest  string // "stateMachine", "order:1"
	name, qualifier string // of the rest: up to the first colon, and behind it
}

// parseARN takes an ARN apart. Text that is no ARN is refused as the service
// does (recorded: "Invalid ARN prefix").
func parseARN(text string) (arn, error) {
	a := arn{text: text}
	if !strings.HasPrefix(text, "arn:") {
		return a, fault.InvalidArn(text)
	}
	parts := strings.SplitN(text, ":", 7)
	if len(parts) < 7 || parts[1] == "" || parts[5] == "" || parts[6] == "" {
		return a, fault.InvalidArn(text)
	}
	if parts[2] != "states" {
		return a, fault.InvalidArn(text)
	}
	a.partition, a.region, a.account, a.resource, a.rest = parts[1], parts[3], parts[4], parts[5], parts[6]
	a.name, a.qualifier, _ = strings.Cut(a.rest, ":")
	return a, nil
}

// parseARNOf is parseARN for an operation that takes one type of resource.
func parseARNOf(text, resource string) (arn, error) {
	a, err := parseARN(text)
	if err == nil && a.resource != resource {
		err = fault.InvalidArnResource(a.resource)
	}
	return a, err
}

// unqualified is the ARN of a state machine without version or alias.
func (a arn) unqualified() string {
	return strings.TrimSuffix(a.text, ":"+a.qualifier)
}

// arnFor makes an ARN in the emulator's region and account.
func (e *Emulator) arnFor(resource string, rest ...string) string {
	return "arn:aws:states:" + e.region + ":" + e.account + ":" + resource + ":" + strings.Join(rest, ":")
}
