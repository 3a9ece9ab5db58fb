// Package capture makes a test of an execution: a document of a test file
// (emulator/testcase) with one case, whose mocks are what the tasks have answered, and whose
// expectations are how the execution has ended.
//
//	document, err := capture.Document(&capture.Execution{…}, "the card is declined")
//	os.WriteFile("order.test.yaml", capture.YAML(document), 0o644)
//
// Calls are collected by state, in the order in which they were scheduled (call.go), and
// written as answers (mock.go). What is expected does not depend on values that every
// execution has others of: they are found by replaying it under other conditions, and
// become conditions on their type (expect.go).
package capture
