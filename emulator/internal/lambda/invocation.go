package lambda

import "time"

// An Invocation is a call of a function, as the API Invoke has it.
type Invocation struct {
	Function  string // name
	Home      Home   // that it is called in; none: that of the Settings
	Qualifier string // version or alias; "" is $LATEST. The code is the same for all
	Event     []byte // JSON
	Type      string // RequestResponse, Event or DryRun; "" is RequestResponse

	ClientContext string // base64 of a JSON object; "" is none
	TraceID       string // of X-Ray, "Root=1-…;Parent=…;Sampled=0"; "" has one made up
	LogTail       bool   // the Result has the end of the log

	RequestID string // "" has one made up
	Execution string // ARN of the execution that calls, for the log; "" is none
}

// The types of an Invocation.
const (
	RequestResponse = "RequestResponse" // waits for the result
	Event           = "Event"           // starts the call and does not wait; it is made once, whatever becomes of it
	DryRun          = "DryRun"          // only checks
)

// A Result is what Lambda answers to an Invocation.
type Result struct {
	Status        int    // 200; 202 of Event; 204 of DryRun
	Payload       []byte // what the function returned, or its error; not always JSON
	FunctionError string // "Unhandled" if the Payload is an error; ""
	Executed      string // version, "$LATEST"
	Log           []byte // the last 4 KB of it, if LogTail asks for it
	RequestID     string
}

// An Error is the refusal of a call that has not reached the function, or that
// this machine cannot run.
type Error struct {
	Status  int
	Code    string // "ResourceNotFoundException"
	Message string
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }

// An Entry is a line of the log of a function. Lines of Lambda (START, END,
// REPORT …) are among them.
type Entry struct {
	Time      time.Time
	Function  string // name
	RequestID string // of the call; "" while the process starts
	Execution string // ARN of the execution that made the call; ""
	Platform  bool   // Lambda wrote it (START, END, REPORT …), or aslocal; else the function did
	Text      string // without the line's end; line breaks inside are "\n"
}
