// Package conformance runs cases that are data files against anything that
// speaks the Step Functions API, and reports where it differs. A case holds a
// definition, an input, what the tasks answer, and what must come of it: status,
// output, error and cause, the history. FORMAT.md describes the files.
//
//	cases, err := conformance.Load(os.DirFS("testdata/conformance"))
//	if err != nil { … } // every mistake in every file
//	known, err := conformance.LoadKnown(os.DirFS("testdata/conformance"), cases)
//	report := conformance.Run(ctx, target, cases, known)
//	report.Write(os.Stdout)
//	if !report.OK() { … }
//
// A [Target] runs one case. [Endpoint] is the one for the API: it drives any
// endpoint through the AWS SDK, while a [Player] answers the tasks. Time is a
// [Clock]: with a virtual one, Waits, retries and timeouts take no time and are
// exact to the millisecond.
package conformance
