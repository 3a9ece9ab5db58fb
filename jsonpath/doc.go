// Package jsonpath is the JSONPath dialect that Step Functions runs: that of
// Jayway's JsonPath 2.10, with the three roots of the States Language.
//
//	$.order.lines[0].sku     data
//	$$.Execution.Name        the context object
//	$customer.name           a workflow variable
//
// A path is compiled once and may then be used by many goroutines.
//
//	path, err := jsonpath.Compile("$.lines[?(@.qty > 1)].sku")
//	skus, err := path.Get(order) // ["x","y"]
//
// A path is definite if it can only ever mean one place. Then its result is
// the value there, and it is an error if there is none. Every other path (with
// "..", a wildcard, a filter, a slice, several indexes) gives the array of what
// it found, be it empty. A [Path] that is only names and indexes is a Reference
// Path; it can also write ([Path.Set]).
//
// The files: compile.go reads paths and filter_compile.go the filters in them;
// step.go walks a document, filter.go decides filters with the operators of
// operator.go and the patterns of pattern.go; function.go has the functions,
// set.go writes, error.go holds every message, and java.go knows how values
// look in Java.
//
// Where the specification of the States Language and the recordings of the
// service are silent, Jayway decides, odd as it may be; the comment beside the
// code then says so.
package jsonpath
