package assist

import "github.com/aslocal/aslocal/asl/edit"

// A Symbol is a state or a branch in the outline of a definition.
type Symbol struct {
	Name      string   `json:"name"`
	Type      string   `json:"type"`    // of the state: "Task"; "" for a branch
	Detail    string   `json:"detail"`  // what a Task calls, or ""
	Pointer   string   `json:"pointer"` // relative to the definition
	Start     int      `json:"start"`   // bytes: the whole member
	End       int      `json:"end"`
	NameStart int      `json:"nameStart"` // bytes: the name, without quotes
	NameEnd   int      `json:"nameEnd"`
	Children  []Symbol `json:"children,omitempty"`
}

// Symbols returns the outline of the definition.
func Symbols(doc edit.Document) []Symbol { return nil }

// A Machine is a definition in a text.
type Machine struct {
	Name    string `json:"name"`    // logical id in a template; "" for a bare definition
	Pointer string `json:"pointer"` // of the definition, for edit.Document
	Start   int    `json:"start"`   // bytes: the definition
	End     int    `json:"end"`
}

// Machines returns the definitions that a text has: itself, or those inside a SAM,
// CloudFormation or Serverless template.
func Machines(text string, format edit.Format) []Machine { return nil }
