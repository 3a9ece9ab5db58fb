// Package intrinsic is the 18 functions that JSONPath states may call in the
// values of ".$" members: States.Format and its family.
//
//	call, err := intrinsic.Compile("States.Format('Order {}', $.id)")
//	text, err := call.Eval(roots, random) // "Order A-17"
//
// A call is compiled once and may then be used by many goroutines. Everything
// it reads comes from the [jsonpath.Roots] that it is given, and what is random
// from the [Random], so a call with the same of both gives the same result.
//
// parse.go reads calls, call.go evaluates them, function.go is the table of the
// functions, which stand by group in array.go, encoding.go, json.go, math.go
// and text.go; error.go holds every message. Spec: "Intrinsic Functions".
package intrinsic
