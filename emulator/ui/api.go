package ui

import "encoding/json"

// This file has the private API of the pages: its routes and what they take and
// give. It is JSON, belongs to this version of the pages, and changes with them.
//
//	GET  /_ui/api/overview                          → Overview
//	GET  /_ui/api/machines                          → Machines
//	GET  /_ui/api/machine?arn=                      → MachineDetail
//	GET  /_ui/api/graph.svg?arn=&theme=             → image/svg+xml; theme: light, dark or auto (the default)
//	GET  /_ui/api/executions?machine=&status=&q=&from=&to=&next=&limit=   → Executions
//	GET  /_ui/api/execution?arn=                    → Execution
//	GET  /_ui/api/history?arn=&after=&limit=        → History
//	GET  /_ui/api/export?arn=                       → the history as `aws stepfunctions get-execution-history` prints it, to download
//	GET  /_ui/api/visits?arn=                       → Visits
//	GET  /_ui/api/visit?arn=&visit=                 → VisitDetail
//	GET  /_ui/api/maprun?arn=                       → MapRun
//	GET  /_ui/api/maprun/children?arn=&status=&next=&limit=               → Executions
//	GET  /_ui/api/logs?arn=                         → Logs
//	GET  /_ui/api/pending                           → Pending
//	GET  /_ui/api/waits?arn=                        → Waits, see waits.go
//	GET  /_ui/api/reruns?arn=                       → Executions: those that are reruns of it
//	GET  /_ui/api/comparison?left=&right=           → Comparison, see comparison.go
//	GET  /_ui/api/comparison/visit?left=&leftVisit=&right=&rightVisit=    → ComparedVisit
//	GET  /_ui/stream?follow=ARN&follow=…&after=N,…  → text/event-stream, see stream.go
//
//	POST /_ui/api/start       Start      → Started
//	POST /_ui/api/rerun       Rerun      → Started
//	POST /_ui/api/stop        Stop       → Done
//	POST /_ui/api/redrive     Target     → Done
//	POST /_ui/api/pause       Target     → Done
//	POST /_ui/api/resume      Target     → Done
//	POST /_ui/api/skip-wait   SkipWait   → Done
//	POST /_ui/api/advance     Advance    → Done
//	POST /_ui/api/answer      Answer     → Done
//	POST /_ui/api/fail        Fail       → Done
//	POST /_ui/api/evaluate    Evaluate   → Evaluated
//	POST /_ui/api/import      Import     → Imported
//	POST /_ui/api/inputs      Inputs     → RowInputs, see inputs.go
//	POST /_ui/api/compare     Compare    → Compared, see compare.go
//	POST /_ui/api/demo        Demo       → Started
//
// The debugger, see debugger.go:
//
//	GET  /_ui/api/debug                             → DebugState
//	GET  /_ui/api/debug/threads?arn=                → DebugThreads
//	GET  /_ui/api/debug/snapshot?arn=&thread=       → DebugSnapshot
//	POST /_ui/api/debug/breakpoints  DebugPoints    → DebugPoints, with ids, problems and hits
//	POST /_ui/api/debug/move         DebugMove      → Done
//	POST /_ui/api/debug/change       DebugChange    → Done
//	POST /_ui/api/debug/evaluate     DebugEvaluate  → Evaluated
//	POST /_ui/api/debug/fork         DebugFork      → Started
//	POST /_ui/api/debug/start        DebugStart     → Started
//
//	GET  /_ui/api/mocks                             → Mocks, see mocks.go
//	GET  /_ui/api/mocks.json?arn=&case=             → an execution as a test case of a mock configuration, to download
//	POST /_ui/api/record        Record       → Done: the same, added to the mock configuration that is served
//	POST /_ui/api/pin           Pin          → Done: instead of the pin that the state has
//	POST /_ui/api/unpin         PinnedState  → Done
//	POST /_ui/api/fault         Fault        → FaultSet
//	POST /_ui/api/remove-fault  FaultSet     → Done
//	POST /_ui/api/retry-held    HeldTask     → Done
//	POST /_ui/api/point-to      PointTo      → Pointed
//
// A POST has Content-Type: application/json and X-Aslocal: 1. A refusal is a
// status of 400 and above with a Refusal. Lists are never null. Unknown members
// and parameters are refused.
//
// Times are Unix milliseconds, 0 for what has not happened. JSON data (inputs,
// outputs, variables) is JSON text in a string: a number keeps its digits, and the
// page parses what it shows. "" is no data.

// A Refusal says why a request was not answered.
type Refusal struct {
	Code    string `json:"code,omitempty"` // of Step Functions, as "ExecutionDoesNotExist", if it refused
	Message string `json:"message"`
}

// Done is the answer of a request that has nothing to tell but that it was done.
type Done struct{}

// An Overview says what runs here.
type Overview struct {
	Version   string     `json:"version"`
	Endpoint  string     `json:"endpoint"` // URL for AWS_ENDPOINT_URL_SFN: as the page was asked for
	Remote    string     `json:"remote"`   // URL of the other server that is shown; "" if it is this one
	ReadOnly  bool       `json:"readOnly"` // nothing can be started, stopped or answered
	Region    string     `json:"region"`
	Account   string     `json:"account"`
	Started   int64      `json:"started"` // of the process, in the system's time
	Now       int64      `json:"now"`     // on the server's clock
	Virtual   bool       `json:"virtual"` // that clock stands still until it is advanced
	Folder    string     `json:"folder"`  // that is served; "" if none
	Store     string     `json:"store"`   // file of the state; "" if it is kept in memory
	ByHand    bool       `json:"byHand"`  // tasks that nothing is set up for wait to be answered
	Machines  int        `json:"machines"`
	Pending   int        `json:"pending"` // what Pending lists
	Services  []Service  `json:"services"`
	Functions []Function `json:"functions"`
	Clients   []Client   `json:"clients"`
	Problems  []Problem  `json:"problems"`
	Demos     []DemoInfo `json:"demos"`
}

// A Service is an endpoint that tasks call.
type Service struct {
	Name string `json:"name"` // "lambda", "s3", "sqs", a function's name, or "*" for all others
	URL  string `json:"url"`
}

// A Function is a Lambda function that runs as processes of this machine.
type Function struct {
	Name      string `json:"name"`
	Runtime   string `json:"runtime"`
	Place     string `json:"place"`     // where it is defined
	Processes int    `json:"processes"` // that run now
	Problem   string `json:"problem"`   // why it cannot run; "" if it can
	Note      string `json:"note"`      // what differs from Lambda; "" if nothing does
}

// A Client has called the API since the server began.
type Client struct {
	Name   string `json:"name"`   // "aws-sdk-go-v2/1.47": from its User-Agent
	Action string `json:"action"` // of its first call
	At     int64  `json:"at"`
}

// A Problem is a file that could not be registered, or only in part.
type Problem struct {
	Machine string `json:"machine"` // name of the state machine; "" if it has none
	Place   string `json:"place"`   // "broken.asl.json:14:13"; "" if not known
	Text    string `json:"text"`
}

// Machines lists the state machines by name.
type Machines struct {
	Machines []Machine `json:"machines"`
	Problems []Problem `json:"problems"`
}

// A Machine is a state machine.
type Machine struct {
	ARN     string `json:"arn"`
	Name    string `json:"name"`
	Type    string `json:"type"` // STANDARD or EXPRESS
	Created int64  `json:"created"`
	Updated int64  `json:"updated"`
	Source  string `json:"source"` // file that defines it, as it was named; "" if the API has created it
	Note    string `json:"note"`   // "stale: …"; "" if nothing is to be said
	Runs    []Run  `json:"runs"`   // the last 30, newest first; none of Express
	P50     int64  `json:"p50"`    // median of the milliseconds that those runs took which succeeded; -1 if none did
}

// A Run is an execution in short.
type Run struct {
	ARN     string `json:"arn"`
	Name    string `json:"name"`
	Status  string `json:"status"` // RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED, PENDING_REDRIVE
	Started int64  `json:"started"`
	Stopped int64  `json:"stopped"`
}

// A MachineDetail is a state machine with its definition.
type MachineDetail struct {
	Machine
	RoleARN    string          `json:"roleArn"`
	Revision   string          `json:"revision"` // id; "" of the first
	Definition string          `json:"definition"`
	Comment    string          `json:"comment"`
	Graph      json.RawMessage `json:"graph"`    // package graph; null if it has none
	Skeleton   string          `json:"skeleton"` // JSON: an input with the members that its paths read
	Versions   []Reference     `json:"versions"`
	Aliases    []Reference     `json:"aliases"`
	TestCases  []string        `json:"testCases"` // of the mock configuration
}

// A Reference is a version or an alias.
type Reference struct {
	ARN     string `json:"arn"`
	Name    string `json:"name"`
	Created int64  `json:"created"`
}

// Executions is a page of executions, newest first.
type Executions struct {
	Executions []Row  `json:"executions"`
	Next       string `json:"next"`    // for the next page; "" if this is the last
	Partial    bool   `json:"partial"` // the search has stopped early: the next page goes on
}

// A Row is an execution in a list.
type Row struct {
	Run
	Machine     string `json:"machine"` // ARN
	MachineName string `json:"machineName"`
	Version     string `json:"version"` // ARN, or ""
	Alias       string `json:"alias"`   // ARN, or ""
	MapRun      string `json:"mapRun"`  // ARN of the Map Run whose child it is, or ""
	Items       int64  `json:"items"`   // of a child
	Redrives    int64  `json:"redrives"`
	Redriven    int64  `json:"redriven"`
}

// An Execution is one execution, with what it runs.
type Execution struct {
	Row
	Input       string `json:"input"`
	Output      string `json:"output"`
	Error       string `json:"error"`
	Cause       string `json:"cause"`
	Events      int64  `json:"events"`
	Redrivable  bool   `json:"redrivable"`
	RedriveNote string `json:"redriveNote"` // why it cannot be redriven
	TestCase    string `json:"testCase"`
	RerunOf     string `json:"rerunOf"` // ARN of the execution that it is a rerun of; "" if none
	Paused      bool   `json:"paused"`

	Definition string          `json:"definition"` // that it runs
	Changed    bool            `json:"changed"`    // the state machine has another definition now
	Source     string          `json:"source"`     // as in Machine
	Graph      json.RawMessage `json:"graph"`      // as in MachineDetail

	Parent   *Link  `json:"parent"`   // the execution that has started it, or has its Map Run; null if none
	Children []Link `json:"children"` // Map Runs and nested executions, in the order in which they began
}

// A Link leads to a related execution or Map Run.
type Link struct {
	Kind   string `json:"kind"` // "execution" or "mapRun"
	ARN    string `json:"arn"`
	Name   string `json:"name"`
	Status string `json:"status"` // "" if it is not known here
	State  string `json:"state"`  // the state, of the parent, that it belongs to; "" if not known
	Visit  int    `json:"visit"`  // number of that visit; -1 if not known
}

// A History is a page of the events of an execution, oldest first.
type History struct {
	Events []Event `json:"events"`
	Last   int64   `json:"last"` // id of the last event that the execution has now
	More   bool    `json:"more"` // there are events behind this page
}

// An Event is an event of a history, with the names and details that AWS gives it.
type Event struct {
	ID      int64           `json:"id"`
	Prev    int64           `json:"previousEventId"`
	At      int64           `json:"at"`
	Type    string          `json:"type"`    // "LambdaFunctionScheduled"
	State   string          `json:"state"`   // that it happened in; "" of the execution's own
	Visit   int             `json:"visit"`   // number of the visit that it happened in; -1 of the execution's own
	Path    []Step          `json:"path"`    // branch or iteration; [] at the root
	Name    string          `json:"name"`    // of the details: "lambdaFunctionScheduledEventDetails"; "" if there are none
	Details json.RawMessage `json:"details"` // their content, as AWS has it; null if there are none
}

// A Step is a branch of a Parallel state, or an iteration of a Map state.
type Step struct {
	State string `json:"state"`
	Kind  string `json:"kind"`  // Parallel or Map
	Index int    `json:"index"` // from 0; -1 if not known
}

// Visits are the passages through states, in the order in which they began.
// The number of a visit is its place in the list of a whole execution. Causes are cut
// to 1,000 bytes here; VisitDetail has all of them.
type Visits struct {
	Visits      []Visit `json:"visits"`
	Last        int64   `json:"last"`        // id of the last event that they know
	Transitions int     `json:"transitions"` // that AWS would bill: states entered, and retries
}

// A Visit is one passage through a state. Its data is in events, and in VisitDetail.
type Visit struct {
	Number    int       `json:"number"`
	State     string    `json:"state"`
	Kind      string    `json:"kind"`    // Task, Choice …; "" if not known
	Pointer   string    `json:"pointer"` // JSON pointer of the state in the definition: the id of its node; "" if not known
	Path      []Step    `json:"path"`
	In        int       `json:"in"` // number of the visit of the Parallel or Map around it; -1 at the root
	Entered   int64     `json:"entered"`
	Left      int64     `json:"left"`
	EnteredID int64     `json:"enteredId"` // id of the event; 0 if there is none
	LeftID    int64     `json:"leftId"`
	LastID    int64     `json:"lastId"`  // of the last event that has changed it
	Next      string    `json:"next"`    // the state that follows; "" if none
	Outcome   string    `json:"outcome"` // open, succeeded, caught, enclosed, failed, aborted
	Error     string    `json:"error"`
	Cause     string    `json:"cause"`
	Catcher   int       `json:"catcher"` // that took the failure; -1 if none
	Attempts  []Attempt `json:"attempts"`
	Resource  string    `json:"resource"`
	Due       int64     `json:"due"`   // of a Wait: when it is over
	Items     int       `json:"items"` // of a Map; -1 if not known
	MapRun    string    `json:"mapRun"`
	Redrive   int       `json:"redrive"`
	Bytes     int       `json:"bytes"` // size of the largest of its data
}

// An Attempt is one try of a Task, Parallel or Map state.
type Attempt struct {
	Scheduled int64  `json:"scheduled"`
	Started   int64  `json:"started"`
	Submitted int64  `json:"submitted"`
	Ended     int64  `json:"ended"`
	Worker    string `json:"worker"`
	Error     string `json:"error"`
	Cause     string `json:"cause"`
	Retrier   int    `json:"retrier"` // that took the failure; -1 if none
	RetryAt   int64  `json:"retryAt"`
}

// A VisitDetail is a visit with its data.
type VisitDetail struct {
	Visit
	Input      string     `json:"input"`
	Output     string     `json:"output"`
	Variables  string     `json:"variables"`  // an object: those in force when it was entered
	Assigned   string     `json:"assigned"`   // an object; "" if it assigned none
	Context    string     `json:"context"`    // the context object, put together from the history
	Calls      []Data     `json:"calls"`      // for each attempt: what was called with, and what came
	Definition string     `json:"definition"` // JSON of the state
	Flow       []FlowStep `json:"flow"`       // from the input to the output, in order
	FlowNote   string     `json:"flowNote"`   // why steps are missing, or may differ from what happened; "" if nothing is to be said
}

// Data is what went into something and what came out.
type Data struct {
	Input  string `json:"input"`
	Output string `json:"output"`
}

// A FlowStep is the data after a step of a state.
type FlowStep struct {
	Name string `json:"name"` // Input, InputPath, Parameters, Arguments, ItemsPath, Items, ItemSelector, ItemBatcher, Result, ResultSelector, ResultPath, Output, Assign
	Data string `json:"data"`
	// Recorded says that the history has it; else it was computed again from what
	// the history has.
	Recorded bool `json:"recorded"`
}

// A MapRun is a Map Run of a distributed Map.
type MapRun struct {
	ARN        string `json:"arn"`
	Execution  string `json:"execution"` // ARN
	Status     string `json:"status"`
	Started    int64  `json:"started"`
	Stopped    int64  `json:"stopped"`
	Redrives   int64  `json:"redrives"`
	Items      Counts `json:"items"`
	Executions Counts `json:"executions"`

	MaxConcurrency             int64   `json:"maxConcurrency"`
	ToleratedFailureCount      int64   `json:"toleratedFailureCount"`
	ToleratedFailurePercentage float64 `json:"toleratedFailurePercentage"`

	Errors []ErrorCount `json:"errors"` // of the failed children that were looked at, the most frequent first
	Looked int          `json:"looked"` // how many those are: 200 at most
}

// Counts of items or children of a Map Run.
type Counts struct {
	Total     int64 `json:"total"`
	Pending   int64 `json:"pending"`
	Running   int64 `json:"running"`
	Succeeded int64 `json:"succeeded"`
	Failed    int64 `json:"failed"`
	TimedOut  int64 `json:"timedOut"`
	Aborted   int64 `json:"aborted"`
}

// An ErrorCount says how often an error has happened.
type ErrorCount struct {
	Error string `json:"error"`
	Count int    `json:"count"`
}

// Logs are lines that functions have written for an execution. The server keeps
// the last 2,000 lines of all executions.
type Logs struct {
	Lines []LogLine `json:"lines"`
}

// A LogLine is a line of the log of a function.
type LogLine struct {
	At       int64  `json:"at"` // of the system's clock
	Function string `json:"function"`
	Request  string `json:"requestId"`
	Text     string `json:"text"`
	Platform bool   `json:"platform"` // a line of Lambda: START, END, REPORT
}

// Pending is what waits for somebody to answer, the oldest first.
type Pending struct {
	Tasks      []PendingTask `json:"tasks"`
	More       bool          `json:"more"`       // there may be more tasks: 500 are listed at most
	Activities []Activity    `json:"activities"` // all that exist
}

// A PendingTask waits for an answer. What is to be done with its ID: answer, fail.
type PendingTask struct {
	ID        string `json:"id"`
	Kind      string `json:"kind"`      // "token": a callback; "activity": nobody has taken it yet, or its worker has it; "held": nothing is set up that could answer it
	Execution string `json:"execution"` // ARN
	Machine   string `json:"machine"`   // ARN
	State     string `json:"state"`
	Visit     int    `json:"visit"` // -1 if not known
	Resource  string `json:"resource"`
	Input     string `json:"input"`
	Token     string `json:"token"`
	Since     int64  `json:"since"`
	Worker    string `json:"worker"`   // of an activity that has it; "" if nobody has
	Missing   string `json:"missing"`  // of a held task: what to set so that it is called
	Function  string `json:"function"` // of a held task: the Lambda function that a URL would be of; or ""
	Service   string `json:"service"`  // of a held task: the service that an endpoint would be of; or ""
}

// An Activity has tasks for workers.
type Activity struct {
	ARN     string `json:"arn"`
	Name    string `json:"name"`
	Created int64  `json:"created"`
	Waiting int    `json:"waiting"` // tasks in PendingTask
}

// Target names an execution.
type Target struct {
	ARN string `json:"arn"`
}

// Start begins an execution.
type Start struct {
	Machine  string `json:"machine"`  // ARN of a state machine, version or alias
	Name     string `json:"name"`     // "" for one that is made up
	Input    string `json:"input"`    // "" is {}
	TestCase string `json:"testCase"` // of the mock configuration; "" for none
}

// Rerun begins an execution like another one.
type Rerun struct {
	ARN   string  `json:"arn"`
	Name  string  `json:"name"`
	Input *string `json:"input"` // null: that of the other
	// From is the number of a visit at the root: tasks of states that were left
	// before it get the results that they had in the other execution, and are not
	// called. null: all run.
	From *int `json:"from"`
	// Definition says which one runs: "then" is the one that the other ran, "now" the
	// one that its state machine, version or alias has now. "" is "then" with From, and
	// "now" without.
	Definition string `json:"definition"`
}

// Started names the execution that was started. One of an Express state machine is run to
// its end, since nothing is kept of it.
type Started struct {
	ARN     string `json:"arn"`
	Machine string `json:"machine"` // ARN
	Express bool   `json:"express"` // nothing is kept: this is all that can be shown
	Status  string `json:"status"`  // of Express, and what follows
	Output  string `json:"output"`
	Error   string `json:"error"`
	Cause   string `json:"cause"`
}

// Stop ends an execution.
type Stop struct {
	ARN   string `json:"arn"`
	Error string `json:"error"`
	Cause string `json:"cause"`
}

// SkipWait ends a Wait, or the pause before a retry, now.
type SkipWait struct {
	ARN   string `json:"arn"`
	Visit int    `json:"visit"`
}

// Advance moves a virtual clock on.
type Advance struct {
	Milliseconds int64 `json:"milliseconds"`
}

// Answer ends a pending task with an output.
type Answer struct {
	ID     string `json:"id"`     // of a PendingTask, or a task token
	Output string `json:"output"` // JSON
}

// Fail ends a pending task with an error.
type Fail struct {
	ID    string `json:"id"`
	Error string `json:"error"`
	Cause string `json:"cause"`
}

// Evaluate tries an expression on data.
type Evaluate struct {
	Language   string `json:"language"` // "JSONata" (with or without {% %}), "JSONPath" or "Intrinsic"
	Expression string `json:"expression"`
	Input      string `json:"input"`     // JSON: $states.input, $
	Result     string `json:"result"`    // $states.result; "" for none
	Variables  string `json:"variables"` // an object; "" for none
	Context    string `json:"context"`   // an object: $states.context, $$
}

// Evaluated is the value of an expression, or why it has none.
type Evaluated struct {
	Value        string `json:"value"` // JSON; "" if there is none: then Error says why
	Error        string `json:"error"`
	Position     int    `json:"position"` // of the error in the expression, in bytes from 0; -1 if not known
	Microseconds int64  `json:"microseconds"`
}

// Import reads a history, to look at it. Nothing of it is stored.
type Import struct {
	History    string `json:"history"`    // as `aws stepfunctions get-execution-history` prints it, or a list of its events
	Definition string `json:"definition"` // of the state machine; "" if there is none
}

// Imported is a history as if its execution had run here.
type Imported struct {
	Execution Execution     `json:"execution"`
	History   History       `json:"history"` // all of it
	Visits    Visits        `json:"visits"`
	Details   []VisitDetail `json:"details"` // of the first visits, as far as they have 16 MiB; without Flow
}

// A DemoInfo says which demo there is.
type DemoInfo struct {
	Name    string `json:"name"`
	Title   string `json:"title"`
	Comment string `json:"comment"`
}

// Demo creates a state machine whose tasks are answered without functions, and
// starts it.
type Demo struct {
	Name string `json:"name"` // of a DemoInfo
}
