package intrinsic

import (
	"fmt"
	"strconv"

	"github.com/aslocal/aslocal/value"
)

// This file has every message of the package. The frame of a run-time error and the
// words for a path that finds nothing are those of the service; the other details are
// our wording (inferred).

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
	Call   string // the failing call as it was written: States.X($.a)
	Detail string
}

// Error returns the sentence that the service puts into the cause.
func (e *Error) Error() string {
	return fmt.Sprintf("The function '%s' had the following error: %s", e.Call, e.Detail)
}

func pathNotFound(path string, input value.Value) string {
	return fmt.Sprintf("The JsonPath argument for the field '%s' could not be found in the input '%s'", path, input)
}

// tooLarge applies to arguments and results. Source: limits, "payload size".
func tooLarge(size int) string {
	return fmt.Sprintf("result: expected at most %d bytes, got %d", maxPayload, size)
}

// wrongArgument says that argument i, from 0, is not what the function expects.
func wrongArgument(i int, want string, got value.Value) error {
	return fmt.Errorf("argument %d: expected %s, got %s", i+1, want, brief(got))
}

// brief shows a value in a message: its kind, and its text if it is short.
func brief(v value.Value) string {
	const most = 40
	kind := v.Kind().String()
	switch text := v.String(); {
	case kind == text:
		return kind
	case len(text) > most:
		return kind + " of " + strconv.Itoa(len(text)) + " bytes"
	default:
		return kind + " " + text
	}
}
