package graph

import (
	"encoding/json"
	"strconv"

	"github.com/aslocal/aslocal/asl"
)

// A Graph is a state machine laid out: where its nodes stand and how its edges
// run. All lengths are in px of a drawing at its natural size; the origin is the
// upper left corner, and nothing lies outside Width and Height. Its JSON form is
// what the browser draws.
type Graph struct {
	Width     float64   `json:"width"`
	Height    float64   `json:"height"`
	Direction Direction `json:"direction"`
	Nodes     []Node    `json:"nodes"`             // a container before what it contains
	Edges     []Edge    `json:"edges"`             // in the order of the definition
	Painted   bool      `json:"painted,omitempty"` // shows a run
	Omitted   int       `json:"omitted,omitempty"` // states and transitions that are not drawn, because there are too many or they are nested too deep
}

// A Direction is where the happy path leads.
type Direction string

// The directions.
const (
	Down  Direction = "down"
	Right Direction = "right"
)

// A NodeKind says what a node stands for.
type NodeKind string

// The kinds of nodes. A Lane is one branch of a Parallel state, or what a Map state
// repeats: a box inside the container that holds the states. A Missing node stands
// for a state that a transition names and the definition does not have.
const (
	State     NodeKind = "state"
	Container NodeKind = "container"
	Lane      NodeKind = "lane"
	Missing   NodeKind = "missing"
	Start     NodeKind = "start"
	End       NodeKind = "end"
)

// A Node is a box or a disc.
type Node struct {
	ID     string        `json:"id"`               // JSON pointer of the state or workflow; "start", "end", or the workflow's pointer with "#name" for a Missing one
	Parent string        `json:"parent,omitempty"` // ID of the lane that a state is in, or of the container that a lane is in
	Kind   NodeKind      `json:"kind"`
	Type   asl.StateType `json:"type,omitempty"`   // of a state or container, as written; of a lane: that of its container
	Name   string        `json:"name,omitempty"`   // as written
	Label  string        `json:"label,omitempty"`  // the name as drawn: cut if it is too long
	Label2 string        `json:"label2,omitempty"` // the second line, as drawn
	Icon   string        `json:"icon,omitempty"`   // glyph: "choice", "function", "queue", … ("i-" and it is the symbol's name)
	Depth  int           `json:"depth,omitempty"`  // how many lanes it lies in

	X float64 `json:"x"` // upper left corner
	Y float64 `json:"y"`
	W float64 `json:"w"`
	H float64 `json:"h"`

	End         bool `json:"end,omitempty"`         // the workflow ends here: drawn as a small ring where lines leave
	Happy       bool `json:"happy,omitempty"`       // lies on the happy path of its workflow
	Unreachable bool `json:"unreachable,omitempty"` // no transition leads here from the start

	// Of a painted run:
	Status   Status `json:"status,omitempty"`
	Visits   int    `json:"visits,omitempty"`   // how often the state was entered
	Attempts int    `json:"attempts,omitempty"` // of the visit with the most
}

// An EdgeKind says which field of a state an edge stands for.
type EdgeKind string

// The kinds of edges.
const (
	StartEdge   EdgeKind = "start"   // StartAt
	NextEdge    EdgeKind = "next"    // Next
	ChoiceEdge  EdgeKind = "choice"  // a rule of a Choice state
	DefaultEdge EdgeKind = "default" // Default
	CatchEdge   EdgeKind = "catch"   // a Catcher
	EndEdge     EdgeKind = "end"     // End
)

// An Edge is a transition. Its line has only right angles.
type Edge struct {
	ID    string   `json:"id"`   // JSON pointer of the Next, Default or StartAt that is drawn; "end" for the one to the end
	From  string   `json:"from"` // ID of a node
	To    string   `json:"to"`
	Kind  EdgeKind `json:"kind"`
	Label string   `json:"label,omitempty"` // as drawn: cut to 168 px
	Text  string   `json:"text,omitempty"`  // the whole condition or names of errors
	Box   *Box     `json:"box,omitempty"`   // where Label lies

	Points []Point `json:"points"`
	Join   int     `json:"join,omitempty"` // from this point on the line is also that of another edge to the same node; 0: nowhere

	Loop  bool `json:"loop,omitempty"`  // leads back
	Happy bool `json:"happy,omitempty"` // lies on the happy path

	Taken int `json:"taken,omitempty"` // of a painted run: how often the transition was taken
}

// A Point is a place in the drawing. Its JSON form is [x, y].
type Point struct{ X, Y float64 }

// MarshalJSON returns [x, y].
func (p Point) MarshalJSON() ([]byte, error) {
	text := strconv.AppendFloat(append(make([]byte, 0, 24), '['), p.X, 'f', -1, 64)
	return append(strconv.AppendFloat(append(text, ','), p.Y, 'f', -1, 64), ']'), nil
}

// UnmarshalJSON reads [x, y].
func (p *Point) UnmarshalJSON(text []byte) error {
	var pair [2]float64
	err := json.Unmarshal(text, &pair)
	p.X, p.Y = pair[0], pair[1]
	return err
}

// A Box is a rectangle; X and Y are its upper left corner.
type Box struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
	W float64 `json:"w"`
	H float64 `json:"h"`
}

// A Status is how a state stands in a painted run.
type Status string

// The statuses. A state without one was not reached.
const (
	Running   Status = "running"
	Succeeded Status = "succeeded"
	Caught    Status = "caught" // failed, and a Catcher took the error
	Failed    Status = "failed"
	TimedOut  Status = "timedOut"
	Aborted   Status = "aborted"
)
