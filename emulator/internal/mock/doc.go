// Package mock answers tasks in place of what they call. It has test cases, pins, and
// faults.
//
// Test cases are in a mock configuration, the MockConfigFile.json of Step Functions
// Local: a state machine has test cases, and a test case says, for each invocation of
// a Task state, what it returns or which error it throws.
//
//	{
//	  "StateMachines": {"order": {"TestCases": {"CardDeclined": {"Charge": "Declined twice"}}}},
//	  "MockedResponses": {
//	    "Declined twice": {
//	      "0-1": {"Throw": {"Error": "CardDeclined", "Cause": "no money"}},
//	      "2":   {"Return": {"receipt": 17}}
//	    }
//	  }
//	}
//
// [Parse] reads it and tells every mistake with line and column. A [File] is read
// again when it has changed, and a [Recording] writes one.
// https://docs.aws.amazon.com/step-functions/latest/dg/sfn-local-test-sm-exec.html
//
// A [Pin] is one such outcome for all calls of a state; the store keeps it. A [Fault]
// makes calls fail, or come late. [Runner] stands before the runner of all tasks.
package mock
