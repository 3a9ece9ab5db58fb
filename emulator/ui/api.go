package ui

import (
	"encoding/json"

	"github.com/aslocal/aslocal/asl/assist"
	"github.com/aslocal/aslocal/asl/edit"
)

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
//	GET  /_ui/api/document?arn=|path=               → Document
//	GET  /_ui/api/pinned?arn=                       → Pinned
//	GET  /_ui/api/catalog?q=                        → Catalog
//	GET  /_ui/api/fields?type=&language=&resource=  → Fields
//
//	POST /_ui/api/draft       Text       → Draft
//	POST /_ui/api/edit        Edit       → Edited, or a Refusal with the code CannotEdit
//	POST /_ui/api/complete    AtOffset   → Completions
//	POST /_ui/api/hover       AtOffset   → Hover
//	POST /_ui/api/convert     Convert    → Converted
//	POST /_ui/api/render      Render     → Rendered
//	POST /_ui/api/try         Try        → Tried
//	POST /_ui/api/run-draft   RunDraft   → Started
//	POST /_ui/api/save        Save       → Saved, or a Refusal with status 409 and the present text
//	POST /_ui/api/publish     Publish    → Reference
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
	// Of a save that is refused with status 409, since the file has changed:
	Text string `json:"text,omitempty"` // what it holds now
	Hash string `json:"hash,omitempty"` // of that; "" if the file is gone
}

// Done is the answer of a request that has nothing to tell but that it was done.
type Done struct{}

// An Overview says what runs here.
type Overview struct {
	Version   string     `json:"version"`
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
	// Language is "JSONata" (with or without {% %}), "JSONPath" or "Intrinsic"; or
	// "JSONataTemplate" or "JSONPathTemplate" for JSON with expressions in it.
	Language    string `json:"language"`
	Expression  string `json:"expression"`
	Input       string `json:"input"`       // JSON: $states.input, $
	Result      string `json:"result"`      // $states.result; "" for none
	ErrorOutput string `json:"errorOutput"` // $states.errorOutput; "" for none
	Variables   string `json:"variables"`   // an object; "" for none
	Context     string `json:"context"`     // an object: $states.context, $$
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

// A Document is a text that can be edited: a file with a definition in it, or the definition
// of a state machine. Offsets in texts are in UTF-16 units, as in the strings of JavaScript.
type Document struct {
	Text     string `json:"text"`
	Format   string `json:"format"`   // JSON or YAML
	Pointer  string `json:"pointer"`  // JSON pointer of the definition in the text; "" if that is all of it
	Path     string `json:"path"`     // of the file, in the served folder, with slashes; "" if there is none
	Hash     string `json:"hash"`     // of the text as it was read
	Savable  bool   `json:"savable"`  // to the file, or by UpdateStateMachine if there is none
	Why      string `json:"why"`      // why it is not; "" if it is
	ARN      string `json:"arn"`      // of the state machine; "" of a file that is opened by its path
	Name     string `json:"name"`     // of the state machine
	Type     string `json:"type"`     // STANDARD or EXPRESS
	Language string `json:"language"` // JSONPath or JSONata: of states that do not say it
}

// Text is a text as it stands in the editor.
type Text struct {
	Text    string `json:"text"`
	Format  string `json:"format"`
	Pointer string `json:"pointer"`
	Express bool   `json:"express"` // it is checked as an Express state machine
}

// A Draft is what a text means.
type Draft struct {
	Graph       json.RawMessage  `json:"graph"` // package graph; null if the text cannot be read
	Diagnostics []Diagnostic     `json:"diagnostics"`
	States      map[string]Place `json:"states"`     // by pointer; of those that have a place of their own
	Definition  string           `json:"definition"` // JSON of the definition as it is written, with placeholders; "" if the text cannot be read
	OK          bool             `json:"ok"`         // the text can be read; it may have errors
}

// A Place is a part of a text: of a member with its name.
type Place struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// A Diagnostic is a problem of a text.
type Diagnostic struct {
	Line     int    `json:"line"` // from 1; 0 if the place is not known
	Column   int    `json:"column"`
	Offset   int    `json:"offset"`
	Length   int    `json:"length"`
	Severity string `json:"severity"` // ERROR or WARNING
	Code     string `json:"code"`
	Message  string `json:"message"`
	Hint     string `json:"hint"`
	Pointer  string `json:"pointer"` // JSON pointer of the place in the definition, or what AWS says instead of one; "" if it is not known
	State    string `json:"state"`   // JSON pointer of the innermost state that it is in; "" if it is in none
}

// Save writes a text to the file that it came from, makes a new file of it, or updates a
// state machine that has none.
type Save struct {
	ARN    string `json:"arn"`  // of a state machine without a file
	Path   string `json:"path"` // of the file
	Text   string `json:"text"`
	Format string `json:"format"`
	Hash   string `json:"hash"` // of what the text was made from; "" for a new file
}

// Saved says what was written.
type Saved struct {
	Hash string `json:"hash"`
}

// Publish makes a version of a state machine.
type Publish struct {
	ARN         string `json:"arn"`
	Description string `json:"description"`
}

// Fields are those that a state, or a state machine, may have.
type Fields struct {
	Fields []assist.Field `json:"fields"`
}

// A Catalog lists what can be put into a state machine.
type Catalog struct {
	Flow       []CatalogState    `json:"flow"`
	Services   []CatalogService  `json:"services"` // optimized integrations, those that most use first
	SDK        []CatalogAction   `json:"sdk"`      // of the AWS SDK, that fit the parameter q; 60 at most
	Patterns   []CatalogPattern  `json:"patterns"`
	Functions  []CatalogFunction `json:"functions"` // of Lambda that run here
	Machines   []Reference       `json:"machines"`
	Activities []Reference       `json:"activities"`
}

// A CatalogState is a state of the language.
type CatalogState struct {
	Type  string          `json:"type"`
	Label string          `json:"label"`
	Icon  string          `json:"icon"`
	State json.RawMessage `json:"state"` // as it is put in, without Next and End
}

// A CatalogService has the actions of a service.
type CatalogService struct {
	Name    string          `json:"name"`  // in a Resource: "sqs"
	Label   string          `json:"label"` // "SQS"
	Icon    string          `json:"icon"`
	Actions []CatalogAction `json:"actions"`
}

// A CatalogAction is one that a Task may call.
type CatalogAction struct {
	Name       string             `json:"name"`     // "sendMessage"; of the AWS SDK "kms:encrypt"
	Resource   string             `json:"resource"` // without a pattern
	Patterns   []string           `json:"patterns"` // beside request and response, by their suffixes: ".sync"
	Parameters []CatalogParameter `json:"parameters"`
	Arguments  json.RawMessage    `json:"arguments"` // an object of the parameters that must be there, empty
	Answer     []string           `json:"answer"`    // members of the result, as far as they are known
}

// A CatalogParameter is one of an action.
type CatalogParameter struct {
	Name     string   `json:"name"`
	Required bool     `json:"required"`
	Kind     string   `json:"kind"`             // of JSON: object, array, string, number, boolean; "" if any, or not known
	Values   []string `json:"values,omitempty"` // that a string may have
}

// A CatalogPattern is a fragment of several states.
type CatalogPattern struct {
	Name       string `json:"name"`
	Title      string `json:"title"`
	Comment    string `json:"comment"`
	Icon       string `json:"icon"`
	Definition string `json:"definition"` // JSON of a state machine of its own, in JSONPath
	JSONata    string `json:"jsonata"`    // the same in JSONata
}

// A CatalogFunction is a Lambda function that runs here.
type CatalogFunction struct {
	Name    string `json:"name"`
	ARN     string `json:"arn"`
	Note    string `json:"note"`
	Problem string `json:"problem"` // why it cannot run; "" if it can
}

// AtOffset is a place in a text that something is asked about.
type AtOffset struct {
	Text
	Offset int                  `json:"offset"`
	Data   map[string]StateData `json:"data"` // of states, by their pointers: that of the last run
}

// StateData is what a state had in a run. Its members but Status, Error and Cause are JSON.
type StateData struct {
	Input       string `json:"input"`
	Arguments   string `json:"arguments"` // what its resource was called with
	Result      string `json:"result"`    // what that answered
	ErrorOutput string `json:"errorOutput"`
	Output      string `json:"output"`
	Variables   string `json:"variables"` // an object: those in force when it was entered
	Context     string `json:"context"`
	Status      string `json:"status"` // as the outcome of a Visit; "" if it is not known
	Error       string `json:"error"`
	Cause       string `json:"cause"`
}

// Completions are what can be written at a place, the best first.
type Completions struct {
	Items []Completion `json:"items"`
}

// A Completion is one of them.
type Completion struct {
	Label  string  `json:"label"`
	Kind   string  `json:"kind"`
	Detail string  `json:"detail"`
	Docs   string  `json:"docs"`
	Filter string  `json:"filter"` // what the typed text, from Start to the cursor, is matched with
	Insert string  `json:"insert"` // replaces Start to End
	Start  int     `json:"start"`
	End    int     `json:"end"`
	Stops  []Place `json:"stops"` // parts of Insert that remain to be filled in; the cursor goes to the first
}

// Hover says what stands at a place.
type Hover struct {
	Start int     `json:"start"`
	End   int     `json:"end"`
	Title string  `json:"title"`
	Kind  string  `json:"kind"`
	Text  string  `json:"text"` // "" if nothing is known
	Shown []Shown `json:"shown"`
}

// Shown is a value of the last run.
type Shown struct {
	Label string `json:"label"`
	Value string `json:"value"` // JSON
}

// Try runs one state of a text.
type Try struct {
	Text
	Name      string `json:"name"`      // of what is edited
	State     string `json:"state"`     // JSON pointer
	Input     string `json:"input"`     // JSON; "" is {}
	Variables string `json:"variables"` // an object; "" for none
	Mock      *Mock  `json:"mock"`      // null: what it calls is called
}

// A Mock is what a state gets from its work instead of doing it.
type Mock struct {
	Result string `json:"result"` // JSON
	Error  string `json:"error"`  // the name of an error instead; "" for none
	Cause  string `json:"cause"`
}

// Tried says what a state did.
type Tried struct {
	Status       string     `json:"status"` // SUCCEEDED, FAILED, RETRIABLE, CAUGHT_ERROR; RUNNING if Execution goes on
	Output       string     `json:"output"`
	Error        string     `json:"error"`
	Cause        string     `json:"cause"`
	Next         string     `json:"next"`      // the state that follows
	Assigned     string     `json:"assigned"`  // an object: variables that it has set
	Steps        []FlowStep `json:"steps"`     // from the input to the output
	Execution    string     `json:"execution"` // ARN of the trial run that has run it; "" if TestState has
	Note         string     `json:"note"`
	Milliseconds int64      `json:"milliseconds"`
}

// RunDraft runs a text without saving it. The execution is in no list, and Standard.
type RunDraft struct {
	Text
	Name  string          `json:"name"` // of what is edited
	Input string          `json:"input"`
	Mocks map[string]Mock `json:"mocks"` // by names of states
}

// Pinned is the data of an execution by states.
type Pinned struct {
	ARN     string               `json:"arn"`
	Machine string               `json:"machine"` // ARN
	Name    string               `json:"name"`
	Status  string               `json:"status"`
	Input   string               `json:"input"`
	Failed  string               `json:"failed"`  // JSON pointer of the state that has failed last; "" if none has
	States  map[string]StateData `json:"states"`  // by JSON pointer
	Partial bool                 `json:"partial"` // the data of some was left out, since there is too much
}

// Edit changes a text.
type Edit struct {
	Text
	Edits []edit.Edit `json:"edits"` // one after the other, all or none
}

// Edited is the text as it stands then.
type Edited struct {
	Text    string        `json:"text"`
	Changes []Replacement `json:"changes"` // of the text before, ascending
	Select  []string      `json:"select"`  // JSON pointers of the states to select
	Notes   []edit.Note   `json:"notes"`
	Draft   *Draft        `json:"draft"`
}

// A Replacement replaces a part of a text.
type Replacement struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	Text  string `json:"text"`
}

// Convert writes a definition in another format, alone, without its comments.
type Convert struct {
	Text
	To string `json:"to"` // JSON or YAML
}

// Converted is the definition in that format.
type Converted struct {
	Text string `json:"text"`
}

// Render writes a text for other programs.
type Render struct {
	Text
	Kind string `json:"kind"` // svg, png, mermaid, json, yaml, sam, terraform
	Name string `json:"name"` // of the state machine
}

// Rendered is what was written: a text, or a picture.
type Rendered struct {
	Text   string `json:"text"`
	Base64 string `json:"base64"` // of a PNG; "" if it is a text
}
