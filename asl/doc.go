// Package asl is the Amazon States Language as it is written: reading a
// definition, and saying everything that is wrong with it.
//
//	definition, found := asl.Parse(text)
//	if !found.HasErrors() {
//		found = append(found, asl.Validate(definition, asl.Options{})...)
//	}
//	if found.HasErrors() {
//		return found // an error that lists them all
//	}
//
// A [Definition] is what somebody wrote, right or wrong, with the place of
// everything; package machine compiles it into what runs. There is one file for
// each noun of the language: its type and the reading of it (state.go,
// choice.go, retry.go, resource.go …), and check_*.go for the rules that the
// JSON Schema in schema.json cannot say.
package asl
