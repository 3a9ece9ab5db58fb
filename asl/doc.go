// Package asl reads definitions of state machines in the Amazon States Language and
// reports everything that is wrong with them.
//
//	definition, found := asl.Parse(text)
//	if !found.HasErrors() {
//		found = append(found, asl.Validate(definition, asl.Options{})...)
//	}
//	if found.HasErrors() {
//		return found // an error that lists them all
//	}
//
// A [Definition] is the text that somebody wrote, right or wrong, with the place of
// everything; package machine compiles it into a program. There is one file for each
// noun of the language, with its type and the code that reads it (state.go,
// choice.go, retry.go, resource.go …). The check_*.go files have the rules that the
// JSON Schema in schema.json cannot express, the lint_*.go files warnings of our
// own. jsonata_function.go is JSONata as Step Functions runs it.
package asl
