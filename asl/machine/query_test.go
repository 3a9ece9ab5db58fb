package machine

import (
	"context"
	"testing"
	"time"

	"github.com/aslocal/aslocal/asl"
)

// An expression that runs out of time fails like one that runs out of anything
// else.
func TestExpressionTimeout(t *testing.T) {
	const loop = `($f := function() { $f() }; $f())`
	p := compileText(t, `{"QueryLanguage": "JSONata", "StartAt": "S", "States": {"S": {"Type": "Pass", "Output": "{% `+loop+` %}", "End": true}}}`)
	over, cancel := context.WithDeadline(context.Background(), time.Unix(0, 0))
	defer cancel()
	p.LimitExpressions(func() context.Context { return over })
	x := newDrive(t, p).run(`{}`).x
	if x.Status() != Failed {
		t.Fatalf("status %v, output %s", x.Status(), x.Output())
	}
	const want = "An error occurred while executing the state 'S' (entered at the event id #2). The JSONata expression '" + loop +
		"' specified for the field 'Output' threw an error during evaluation: Expression evaluation timeout: Check for infinite loop"
	if got := x.Failure(); got.Name.Text() != asl.ErrQueryEvaluationError || got.Cause.Text() != want {
		t.Errorf("got  %s\nwant %s: %s", got.Error(), asl.ErrQueryEvaluationError, want)
	}
}
