package intrinsic

import (
	"fmt"

	"github.com/aslocal/aslocal/value"
)

// This file has the messages of the package. Those at run time are the service's,
// except for results that are too large (inferred).

// SyntaxError says why a text is not a call of an intrinsic function.
type SyntaxError struct {
	Text    string // the whole call
	Offset  int    // in bytes, of the place where reading stopped
	Message string
	Unknown string // the name of a function that does not exist, or ""
}

// Error returns the message, and where in the call it applies.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s at offset %d of '%s'", e.Message, e.Offset, e.Text)
}

// Error says why a call failed. The service reports it as States.Runtime; the
// specification's name for it is States.IntrinsicFailure.
type Error struct {
	Call   string // the whole call as it was written, also if one inside of it failed (F-110)
	Detail string // what is wrong, without the call
	Path   bool   // a path among the arguments is wrong, not what it has found
}

// Error returns the sentence that the service puts into the cause (recorded).
func (e *Error) Error() string {
	if e.Path {
		return fmt.Sprintf("The function '%s' had the following error: %s", e.Call, e.Detail)
	}
	return fmt.Sprintf("There was an error while evaluating the intrinsic function: %s. %s", e.Call, e.Detail)
}

// failure returns an Error about the function, whose Call is not yet known.
func (in *invocation) failure(prefix, suffix string) error {
	return &Error{Detail: prefix + " in " + in.function.name + suffix}
}

// invalid says that an argument is not one that the function takes, or that it takes
// more or fewer: the service does not say which (F-110).
func (in *invocation) invalid() error { return in.failure("Invalid arguments", "") }

func pathNotFound(path string, input value.Value) *Error {
	return &Error{Path: true, Detail: fmt.Sprintf("The JsonPath argument for the field '%s' could not be found in the input '%s'", path, input)}
}

// tooLarge is a result above the payload size. Source: limits, "payload size".
func (in *invocation) tooLarge() error {
	return in.failure("Result too large", fmt.Sprintf(": expected at most %d bytes", maxPayload))
}
