package ui

// This file has the stream of server-sent events, of which a browser opens one.
//
//	event: executions   data: ExecutionsChanged   executions that began, ended, or were redriven
//	event: events       data: EventsHappened      of a followed execution
//	event: machines     data: {}                  state machines or problems have changed: ask again
//	event: pending      data: {}                  what is pending may have changed: ask again
//
// Changes are gathered for a moment and sent together. An id has the number of the
// last event of each followed execution, in the order of the parameters ("17,240"):
// who connects again sends it as Last-Event-ID, as browsers do by themselves, or as
// the parameter after, and gets what has happened since. Without either, events are
// sent from now on.

// ExecutionsChanged are executions as they stand now.
type ExecutionsChanged struct {
	Executions []Row `json:"executions"` // 200 at most
	Missed     int   `json:"missed"`     // how many more have changed: ask for the list again
}

// EventsHappened are events of a followed execution, and the visits that they have
// changed.
type EventsHappened struct {
	ARN    string  `json:"arn"`
	Last   int64   `json:"last"`   // id of the last event that has happened
	Events []Event `json:"events"` // up to Last without a gap, or none if there were too many
	Visits []Visit `json:"visits"` // as they stand now; none if there were too many
	Missed int64   `json:"missed"` // how many events were left out: ask for history and visits again
	Ended  string  `json:"ended"`  // status of the execution, if it has ended with these events; "" if not
}
