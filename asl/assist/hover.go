package assist

import (
	"github.com/aslocal/aslocal/asl/edit"
	"github.com/aslocal/aslocal/value"
)

// A Note says what stands at a place.
type Note struct {
	Start int     `json:"start"` // bytes of the document that it is about
	End   int     `json:"end"`
	Title string  `json:"title"`           // "Retry", "$states.input", "Ship order"
	Kind  Kind    `json:"kind"`            // as of an Item
	Docs  string  `json:"docs"`            // plain text; paragraphs are parted by an empty line
	Shown []Shown `json:"shown,omitempty"` // data of the last run
}

// Shown is a value of the last run.
type Shown struct {
	Label string      `json:"label"` // "Input", "Value"
	Value value.Value `json:"value"`
}

// Hover returns what is known about the word at an offset; false if nothing is.
func Hover(doc edit.Document, offset int, know Knowledge) (Note, bool) { return Note{}, false }
