package asl_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/jsonata"
	"github.com/aslocal/aslocal/value"
)

func TestExpressionText(t *testing.T) {
	for _, c := range []struct {
		field, text string
		ok          bool
	}{
		{"{% $x %}", "$x", true},
		{"{%$x%}", "$x", true},
		{"{%%}", "", true},
		{"{%}", "", false},
		{" {% $x %}", "", false},
		{"{% $x %} ", "", false},
		{"$x", "", false},
	} {
		if text, ok := asl.ExpressionText(c.field); text != c.text || ok != c.ok {
			t.Errorf("%q: got %q, %v, want %q, %v", c.field, text, ok, c.text, c.ok)
		}
	}
}

// The states of a definition share what is compiled, also when several
// goroutines ask for it.
func TestExpressionIsCompiledOnce(t *testing.T) {
	d, found := asl.Parse(`{"QueryLanguage": "JSONata", "StartAt": "P", "States": {
		"P": {"Type": "Parallel", "End": true, "Branches": [{"StartAt": "A", "States": {"A": {"Type": "Pass", "Output": "{% $uuid() %}", "End": true}}}]}}}`)
	if len(found) > 0 {
		t.Fatal(found)
	}
	outer := d.State("P")
	inner := outer.Branches[0].State("A")
	want, err := outer.Expression("$uuid()")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			asl.Validate(d, asl.Options{})
			if got, err := inner.Expression("$uuid()"); got != want || err != nil {
				t.Errorf("got another expression, %v", err)
			}
		})
	}
	all.Wait()
	_, first := inner.Expression("(")
	_, second := inner.Expression("(")
	if bad := new(jsonata.Error); !errors.As(first, &bad) || first != second {
		t.Errorf("got errors %v, %v", first, second)
	}
	if got, err := new(asl.State).Expression("1"); got == nil || err != nil {
		t.Errorf("a state without a definition: got %v, %v", got, err)
	}
}

// An endless expression ends at the limits of Step Functions without a clock.
func TestExpressionLimits(t *testing.T) {
	// An endless recursion, with steps that come quickly.
	e, err := asl.CompileExpression(`($a := [1..80000]; $f := function() { ($sort($a); $f()) }; $f())`)
	if err != nil {
		t.Fatal(err)
	}
	_, err = e.Eval(context.Background(), value.Value{}, jsonata.Env{Limits: asl.ExpressionLimits()})
	if !errors.Is(err, jsonata.ErrSteps) {
		t.Errorf("got %v, want %v", err, jsonata.ErrSteps)
	}
}

// The service says nothing but "internal error"; this says what is wrong.
func TestBase64Error(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`$base64decode("!!!")`, `D3137: $base64decode: "!!!" is not Base64 (Step Functions reports an internal error without a reason)`},
		{`$base64decode($pad("", 50, "!"))`, `D3137: $base64decode: "` + strings.Repeat("!", 40) + `…" is not Base64 (Step Functions reports an internal error without a reason)`},
	} {
		e, err := asl.CompileExpression(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = e.Eval(t.Context(), value.Value{}, jsonata.Env{}); err == nil || err.Error() != c.want || !errors.Is(err, asl.ErrInternal) {
			t.Errorf("%s: got %v, want %s, an ErrInternal", c.text, err, c.want)
		}
	}
}
