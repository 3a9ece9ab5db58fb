package jsonata

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/value"
)

// evalSteps evaluates a text with a budget.
func evalSteps(e *Expr, input value.Value, steps int) error {
	_, err := e.Eval(context.Background(), input, Env{Limits: Limits{Steps: steps}})
	return err
}

// stepsOf returns the smallest budget that an evaluation succeeds with.
func stepsOf(t *testing.T, e *Expr, input value.Value) int {
	t.Helper()
	low, high := 0, 1<<20 // exceeded; enough
	if err := evalSteps(e, input, high); err != nil {
		t.Fatal(err)
	}
	for high-low > 1 {
		if middle := (low + high) / 2; evalSteps(e, input, middle) == nil {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}

// Functions and operators that go through a large array end by the number of
// steps, without a clock.
func TestStepsOfLargeArrays(t *testing.T) {
	for _, work := range []string{`$sum($a)`, `$max($a)`, `$average($a)`, `$a = $b`, `0 in $a`, `$reverse($a)`, `$sort($a)`} {
		e := MustCompile(`($a := [1..80000]; $b := [1..80000]; $f := function() { (` + work + `; $f()) }; $f())`)
		if err := evalSteps(e, value.Value{}, 100_000); !errors.Is(err, ErrSteps) {
			t.Errorf("%s: got %v, want %v", work, err, ErrSteps)
		}
	}
}

// The steps of an evaluation are those of its work, and of nothing else: they are
// the same each time, and one less than needed is too few.
func TestSteps(t *testing.T) {
	input := value.MustParse(`{"n": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "o": [{"a": 1}, {"a": 2}, {"a": 3}]}`).
		With("s", value.OfString(strings.Repeat("x", 10240)))
	for _, c := range []struct {
		name, text string
		want       int
	}{
		{"items of a path step", `o.a`, 3},
		{"items of a predicate", `n[$ > 3]`, 11},
		{"calls of a lambda", `($f := function($n) { $n = 0 ? 0 : $f($n - 1) }; $f(1000))`, 1001},
		{"a callback counts twice", `$map(n, function($x) { $x })`, 20},
		{"items allocated", `[1..320]`, 10},
		{"text passed to a function", `$length(s)`, 10},
		{"items added up", `($a := [1..320]; $sum($a))`, 20},
		{"items compared", `($a := [1..320]; $b := [1..320]; $a = $b)`, 31},
		{"items searched", `($a := [1..320]; 0 in $a)`, 20},
		{"text made", `s & "x"`, 10},
		{"text searched", `$contains(s, /y/)`, 10 + 40 + 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := MustCompile(c.text)
			for range 3 {
				if got := stepsOf(t, e, input); got != c.want {
					t.Errorf("got %d steps, want %d", got, c.want)
				}
			}
		})
	}
}

// An endless evaluation ends at its budget without any clock, and the error can
// be told from that of a deadline.
func TestStepsEndAnEvaluation(t *testing.T) {
	const loop = `($f := function() { $f() }; $f())`
	err := evalSteps(MustCompile(loop), value.Value{}, 100_000)
	if want := "U1001: Expression evaluation timeout: Check for infinite loop"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	var limit *Error
	if !errors.Is(err, ErrSteps) || !errors.As(err, &limit) || !limit.IsLimit() {
		t.Errorf("got %#v, want a limit with the cause ErrSteps", err)
	}
	past, cancel := context.WithDeadline(context.Background(), time.Unix(0, 0))
	defer cancel()
	_, err = MustCompile(loop).Eval(past, value.Value{}, Env{Limits: Limits{Steps: math.MaxInt}})
	if errors.Is(err, ErrSteps) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the error of the context", err)
	}
}
