package edit

import (
	"encoding/json"
	"fmt"

	"github.com/aslocal/aslocal/internal/patch"
)

// A Format is the language of a text.
type Format = patch.Format

// The formats.
const (
	JSON = patch.JSON
	YAML = patch.YAML
)

// A Document is a text with a definition in it.
type Document struct {
	Text    string `json:"text"`
	Format  Format `json:"format"`
	Pointer string `json:"pointer"` // JSON pointer (RFC 6901) of the definition in a template; "" if it is the whole text
}

// The operations, and which members of an Edit they read.
const (
	Insert       = "insert"       // Edge and From, or After, or Workflow; Name, State
	Delete       = "delete"       // States
	Duplicate    = "duplicate"    // States
	Move         = "move"         // States; Edge and From, or After, or Workflow
	Paste        = "paste"        // Text; Edge and From, or After, or Workflow
	Rename       = "rename"       // State, as a pointer; Name
	Reconnect    = "reconnect"    // Edge and From; To
	Connect      = "connect"      // From, To
	Start        = "start"        // Workflow, To
	Convert      = "convert"      // State, as a pointer; Type
	Wrap         = "wrap"         // States, Type
	Unwrap       = "unwrap"       // State, as a pointer
	AddBranch    = "addBranch"    // State, as a pointer
	DeleteBranch = "deleteBranch" // State, as a pointer; Index
	MoveItem     = "moveItem"     // Array; From and To, as indexes
	Set          = "set"          // Pointer, Value
	Remove       = "remove"       // Pointer
	Language     = "language"     // Pointer, of a state or "" for the machine; To
	Reformat     = "format"       // none; it must be the only edit
)

// An Edit is one operation. Pointers are JSON pointers relative to the definition, as
// in package graph: "/States/A/Branches/0/States/B" is a state, "/States/A/Branches/0"
// a workflow, "" the machine. An edge has the ID and From that it has there.
type Edit struct {
	Op string `json:"op"`

	States   []string `json:"states,omitempty"`
	Workflow string   `json:"workflow,omitempty"`
	Edge     string   `json:"edge,omitempty"` // pointer of a Next, Default or StartAt; "end" for the end behind the state From
	From     Ref      `json:"from,omitempty"`
	To       Ref      `json:"to,omitempty"` // pointer of a state; "end"; for Language "JSONPath" or "JSONata"
	After    string   `json:"after,omitempty"`
	Name     string   `json:"name,omitempty"`

	// State is the JSON of a new state for Insert; a JSON string with the pointer of a
	// state for all others.
	State json.RawMessage `json:"state,omitempty"`

	Type    string          `json:"type,omitempty"` // of a state
	Index   int             `json:"index,omitempty"`
	Array   string          `json:"array,omitempty"` // pointer of an array
	Pointer string          `json:"pointer,omitempty"`
	Value   json.RawMessage `json:"value,omitempty"` // JSON
	Text    string          `json:"text,omitempty"`  // from Copy
}

// A Ref is a pointer, or an index in decimal digits. JSON may have a number in its
// place.
type Ref string

// UnmarshalJSON reads a string or a number.
func (r *Ref) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] != '"' {
		var n json.Number
		if err := json.Unmarshal(text, &n); err != nil {
			return err
		}
		*r = Ref(n)
		return nil
	}
	var s string
	err := json.Unmarshal(text, &s)
	*r = Ref(s)
	return err
}

// A Change replaces the bytes from Start to End of the old text.
type Change = patch.Change

// A Result is what edits give.
type Result struct {
	Text    string   `json:"text"`
	Changes []Change `json:"changes"`         // ascending, not overlapping
	Select  []string `json:"select"`          // pointers of the states to select
	Notes   []Note   `json:"notes,omitempty"` // what the user should know
}

// A Note says what an edit has done, or left undone, that is easily overlooked.
type Note struct {
	Pointer string `json:"pointer"` // in the new definition
	Message string `json:"message"`
}

// Limits of Apply.
const (
	MaxText   = 1 << 20 // bytes of a text
	maxEdits  = 1000
	maxStates = 1000 // that an edit names
)

// An Error says why an edit is refused.
type Error struct {
	Op      string // "" if the document cannot be edited at all
	Pointer string // relative to the definition, of what stands in the way
	Message string
}

// Error returns operation, pointer and message.
func (e *Error) Error() string {
	text := e.Message
	if e.Pointer != "" {
		text = e.Pointer + ": " + text
	}
	if e.Op != "" {
		text = e.Op + ": " + text
	}
	return text
}

func refuse(pointer, format string, args ...any) error {
	return &Error{Pointer: pointer, Message: fmt.Sprintf(format, args...)}
}

// Apply applies edits one after another, all or none of them. The same document and
// edits always give the same result. The error is an *Error.
func Apply(doc Document, edits ...Edit) (Result, error) {
	m, err := open(doc)
	if err != nil {
		return Result{}, err
	}
	if len(edits) == 1 && edits[0].Op == Reformat {
		return m.reformat()
	}
	if len(edits) > maxEdits {
		return Result{}, refuse("", "expected at most %d edits, got %d", maxEdits, len(edits))
	}
	for i := range edits {
		m.selected = nil
		if err := m.apply(&edits[i]); err != nil {
			if bad, ok := err.(*Error); ok {
				bad.Op = edits[i].Op
			}
			return Result{}, err
		}
	}
	return m.result()
}

func (m *machine) apply(e *Edit) error {
	if len(e.States) > maxStates {
		return refuse("", "expected at most %d states, got %d", maxStates, len(e.States))
	}
	switch e.Op {
	case Insert:
		return m.insert(e)
	case Delete:
		return m.delete(e.States)
	case Duplicate:
		return m.duplicate(e.States)
	case Move:
		return m.move(e)
	case Paste:
		return m.paste(e)
	case Rename:
		return m.rename(e)
	case Reconnect:
		return m.reconnect(e)
	case Connect:
		return m.connect(string(e.From), string(e.To))
	case Start:
		return m.start(e.Workflow, string(e.To))
	case Convert:
		return m.convert(e)
	case Wrap:
		return m.wrap(e)
	case Unwrap:
		return m.unwrap(e)
	case AddBranch:
		return m.addBranch(e)
	case DeleteBranch:
		return m.deleteBranch(e)
	case MoveItem:
		return m.moveItem(e.Array, string(e.From), string(e.To))
	case Set:
		return m.set(e.Pointer, e.Value)
	case Remove:
		return m.remove(e.Pointer)
	case Language:
		return m.language(e.Pointer, string(e.To))
	case Reformat:
		return refuse("", "expected no other edits beside it")
	}
	return refuse("", "there is no operation %q", e.Op)
}
