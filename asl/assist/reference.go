package assist

import "github.com/aslocal/aslocal/asl/edit"

// A Location is a part of the document that names a state or a variable.
type Location struct {
	Start   int    `json:"start"` // bytes, without quotes and $
	End     int    `json:"end"`
	Pointer string `json:"pointer"`           // of the member or value, relative to the definition
	Defines bool   `json:"defines,omitempty"` // it is the key of the state, or assigns the variable
}

// Definition returns where the state or variable at an offset is defined: the key
// in States, or the members of Assign. It is nil if there is none.
func Definition(doc edit.Document, offset int) []Location { return nil }

// References returns all places that name the state or variable at an offset, its
// definition included, in the order of the text.
func References(doc edit.Document, offset int) []Location { return nil }
