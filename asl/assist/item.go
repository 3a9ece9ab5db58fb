package assist

// An Item is one completion. The best come first.
type Item struct {
	Label  string `json:"label"`            // what is chosen: "Retry", "Ship order", "$states.input"
	Kind   Kind   `json:"kind"`             // what it is
	Detail string `json:"detail,omitempty"` // one short line: type, signature, or last value
	Docs   string `json:"docs,omitempty"`   // plain text
	Filter string `json:"filter"`           // what the typed text, from Start to the cursor, is matched with

	// Insert replaces the bytes Start to End of the document. Stops are the parts of
	// Insert that remain to be filled in, in their order; the cursor goes to the first,
	// or behind Insert if there is none.
	Insert string `json:"insert"`
	Start  int    `json:"start"`
	End    int    `json:"end"`
	Stops  []Stop `json:"stops,omitempty"`
}

// A Stop is a part of Item.Insert, in bytes, that is selected to be typed over. It
// may be empty.
type Stop struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// A Kind says what an Item or a Field is.
type Kind string

// The kinds of Items.
const (
	FieldItem     Kind = "field"     // a member that the language defines
	ParameterItem Kind = "parameter" // a parameter of an action
	ValueItem     Kind = "value"     // one of the values of a field
	StateItem     Kind = "state"     // the name of a state
	ResourceItem  Kind = "resource"  // what a Task can call
	ErrorItem     Kind = "error"     // the name of an error
	VariableItem  Kind = "variable"
	FunctionItem  Kind = "function" // of JSONata, or an intrinsic one
	MemberItem    Kind = "member"   // of data, or of the context object
	SnippetItem   Kind = "snippet"  // a whole state, Retrier, rule, …
)
