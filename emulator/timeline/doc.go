// Package timeline turns the events of an execution into visits of states: one
// [Visit] for each time that a state is entered, with the branch or iteration
// it is in, its attempts, its data and how it ended. A [Builder] does that, one
// event at a time:
//
//	var b timeline.Builder
//	for e := range events {
//		b.Add(e)
//	}
//	for _, v := range b.Visits() {
//		fmt.Println(v.Path, v.State, v.Outcome)
//	}
//
// Every view of an execution reads visits: the trace of the command line, the
// browser, coverage and the debugger. [Paths] gives only the branch or iteration
// of each event, for those who filter events.
//
// The package is pure: it knows no clock and no store. Events are those of
// package machine; the private records among them are welcome, because they say
// which Retrier took a failure and how many items an ItemReader has found, but
// a history without them is understood, too.
package timeline
