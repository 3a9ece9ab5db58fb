// Package testcase tests state machines. A test file stands beside a definition and has
// cases: an input, what answers the tasks, and what is expected of the execution.
//
//	definition: order.asl.json
//	cases:
//	  - name: the card is declined
//	    input: {total: 42}
//	    mocks:
//	      Charge: {error: CardDeclined, cause: no money}
//	    expect:
//	      error: CardDeclined
//	      path: [Charge, Refused]
//
// [Parse] reads it and tells every mistake with line and column; docs/testing.md describes
// the format, and [Schema] is its JSON Schema. A [Case] runs on an emulator of its own, in
// memory, whose clock advances by itself, so that a Wait takes no time ([Machine.Run]). What
// was not as expected is in its [Result].
package testcase
