// Package intrinsic is the 18 functions that JSONPath states may call in the
// values of ".$" members: States.Format and its family.
//
//	call, err := intrinsic.Compile("States.Format('Order {}', $.id)")
//	text, err := call.Eval(roots, random) // "Order A-17"
//
// A call is compiled once and may then be used by many goroutines. It reads nothing
// but the [jsonpath.Roots] and the [Random] of the evaluation, so the same of both
// give the same result.
//
// parse.go reads calls, call.go evaluates them, function.go is the table of the
// functions, whose code is in array.go, encoding.go, json.go, math.go and text.go by
// group; error.go has every message; source.go is a Random with a seed. Spec:
// "Intrinsic Functions".
package intrinsic
