package assist

import "github.com/aslocal/aslocal/value"

// Knowledge is what is known beyond the document. The zero Knowledge is valid.
type Knowledge struct {
	Functions  []Resource // Lambda functions
	Machines   []Resource // state machines
	Activities []Resource

	// Data is what states had in the last run, by the JSON pointers of the states in
	// the definition: "/States/A".
	Data map[string]Data
}

// A Resource is something that a Task can name.
type Resource struct {
	Name string `json:"name"`
	ARN  string `json:"arn"`
	Docs string `json:"docs,omitempty"` // a short text, such as the runtime of a function; may be ""
}

// Data is what a state had in a run. A value that does not exist is not known.
type Data struct {
	Input       value.Value `json:"input"`       // before InputPath
	Arguments   value.Value `json:"arguments"`   // what the resource was called with
	Result      value.Value `json:"result"`      // what it answered
	ErrorOutput value.Value `json:"errorOutput"` // what a Catcher got
	Output      value.Value `json:"output"`      // what the next state got
	Variables   value.Value `json:"variables"`   // an object: the variables as the state began
	Context     value.Value `json:"context"`     // the context object
}
