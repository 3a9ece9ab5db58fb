package awsapi

import "iter"

// An Operation is what a model says of an operation.
type Operation struct {
	Name    string // "PutItem"
	Input   *Shape // a structure
	Output  *Shape // a structure
	Streams bool   // it sends or answers events one by one, which Step Functions does not offer
}

// Describe returns an operation of a service, both by their names in botocore. It
// is false if there is none.
func Describe(service, operation string) (*Operation, bool) { return nil, false }

// Kind is what a Shape is of.
type Kind uint8

// The kinds.
const (
	Structure Kind = iota
	List
	Map
	String
	Blob
	Timestamp
	Integer // also long ones
	Float   // also double ones
	Boolean
	Document // any JSON
)

// A Shape says what a value may be. It can contain itself.
type Shape struct {
	Kind    Kind
	Union   bool     // a structure with exactly one of its members
	Element *Shape   // of the items of a list, or of the values of a map
	Low     int64    // least number, length of a string, size of a blob, list or map; math.MinInt64: not bounded
	High    int64    // greatest; math.MaxInt64: not bounded
	Enum    []string // what a string may be; nil: any
}

// Members ranges over the members of a structure by their names in a casing, in
// alphabetical order.
func (s *Shape) Members(c Casing) iter.Seq2[string, *Member] {
	return func(func(string, *Member) bool) {}
}

// Member returns the member of a structure that has a name in a casing.
func (s *Shape) Member(name string, c Casing) (*Member, bool) { return nil, false }

// A Member is one of a structure.
type Member struct {
	Name      string // in the model
	Shape     *Shape
	Required  bool
	Generated bool // an idempotency token, which a client makes up if it is left out
}
