package testcase

import (
	_ "embed"
	"time"

	"github.com/aslocal/aslocal/emulator/internal/mock"
	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/value"
)

// This file has what a test file consists of.

// Mistakes are all that is wrong with a test file, in the order of the text. The text of
// the error has a line "file:line:column: message" for each.
type Mistakes = mock.Mistakes

// A Mistake is one of them.
type Mistake = mock.Mistake

// A Fault makes the calls of a Task state fail, or come late.
type Fault = mock.Fault

// schema is the JSON Schema of test files.
//
//go:embed testcase.schema.json
var schema string

// Schema returns the JSON Schema (draft 7) of test files.
func Schema() string { return schema }

// A File is a test file.
type File struct {
	Name          string            // of the file, for places
	Definition    string            // path from the folder of the file, with "#" and the name of one of several state machines; "": beside the file
	MockConfig    string            // path of a MockConfigFile.json; "": the one in the folder
	Substitutions map[string]string // values of ${Name} in the definition
	Cases         []Case            // those of tables row by row

	table *position.Table
}

// A Case is a test of one execution.
type Case struct {
	Name  string
	At    position.Position // of the case in the file
	Skip  string            // why it is not run; "": it is
	Input value.Value       // an empty object if not given
	Clock time.Time         // when the execution starts
	Seed  uint64            // of all that is random; never 0

	// What answers a call, the first of these that has an answer for it.
	Mocks     map[string]*Mock // by the name of the state
	MockCase  string           // name of a test case of the MockConfigFile.json; "": none
	Resources map[string]*Mock // by resource: the name or ARN of a function, the ARN of an integration, of an activity; * stands for any text
	Faults    []Fault

	Expect Expectation
}

// A Mock says how calls end. They take the first answer that is left for them.
type Mock struct {
	At      position.Position
	Answers []Answer
}

// An Answer is how one call ends, or several.
type Answer struct {
	At    position.Position
	When  string        // JSONata on $input, the arguments of the call: the answer is only for those it is true for; "": all
	Times int           // how many calls it answers; Always for any number
	Delay time.Duration // the call takes so long, on the clock of the case

	// One of these.
	Return   value.Value
	Evaluate string // JSONata on $input that makes the result
	Error    string // the call fails; Cause belongs to it
	Cause    string
	Timeout  bool // States.Timeout
	Real     bool // the call is made
}

// Always is the Times of an Answer for any number of calls.
const Always = -1

// An Expectation is what the execution of a case must be like. What is not given is not
// looked at.
type Expectation struct {
	At     position.Position
	Status string // SUCCEEDED if nothing else is given; FAILED if Error or Cause are
	Output Wanted
	Error  Wanted
	Cause  Wanted

	Path  *PathWanted            // states of the state machine itself, in their order
	Paths map[string]*PathWanted // those of branches and iterations, as in "Ship all[2]/Pack[0]"

	Events      []string // types of events in this order; others may stand between them
	EventsAt    position.Position
	States      map[string]*StateWanted
	Calls       []CallWanted // in this order; others may stand between them
	Transitions *int         // as Standard executions are billed: states entered, and retries

	TransitionsAt position.Position
	Snapshot      bool // as the snapshot file has it
	SnapshotAt    position.Position
}

// A Wanted is a value that is expected: equal, or partly. A string {% … %} anywhere in it
// is a condition in JSONata on the value there, $.
type Wanted struct {
	Value   value.Value // no value: none is expected
	Partial bool        // objects may have more members
	pointer string      // in the file
}

// A PathWanted is a list of states. "*" stands for one state, "…" or "..." for any number.
type PathWanted struct {
	At     position.Position
	States []string
}

// A StateWanted is what is expected of a state.
type StateWanted struct {
	At     position.Position
	Visits *int          // how often it is entered
	Each   []VisitWanted // of each visit in their order; or
	Last   *VisitWanted  // of the last visit
}

// A VisitWanted is what is expected of one passage through a state.
type VisitWanted struct {
	At        position.Position
	Attempts  *int // calls of a Task; how often a Parallel or Map state began
	Input     Wanted
	Arguments Wanted // what the last attempt was called with
	Output    Wanted
	Variables Wanted // what it assigns
	Error     Wanted // what its last attempt failed with
	Next      Wanted
}

// A CallWanted is a call of a Task state that is expected.
type CallWanted struct {
	At        position.Position
	State     string // "": any
	Resource  string // as in Case.Resources; "": any
	Arguments Wanted
	Times     *int // how many such calls there are in all, wherever; 0: none
}

// Place returns where a JSON pointer leads to in the file; of what a table has put in,
// where it was put in.
func (f *File) Place(pointer string) position.Position { return nearest(f.table, pointer, false) }
