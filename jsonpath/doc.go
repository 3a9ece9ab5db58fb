// Package jsonpath is the JSONPath dialect that Step Functions runs: Jayway
// JsonPath 2.0.0, with the three roots of the States Language (F-160).
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
// The files: root.go is what Step Functions adds to the engine. All others are
// the engine: compile.go and bracket.go read paths and condition.go the filters
// in them; step.go walks a document, filter.go decides filters with the
// comparisons of compare.go and the patterns of pattern.go; set.go writes and
// error.go holds every message of an evaluation.
//
// The engine is odd in places, because users and the service's own samples rely
// on what it does: what looks like a mistake here has a case in
// testdata/jayway.json.
package jsonpath
